"""When boost ended, from boost probabilities alone."""

from dataclasses import dataclass

import numpy as np
import pytest

from jointwatch.assessment.cutoff import cutoff

STEP_S = 5


@dataclass(frozen=True)
class Track:
    time_tai_ns: np.ndarray
    x: np.ndarray
    P: np.ndarray
    boost_probability: np.ndarray


def track(*probabilities: float, falling_from: int = 10**6) -> Track:
    k = len(probabilities)
    x = np.tile([6.6e6, 0.0, 0.0, 1500.0, 2000.0, 0.0], (k, 1)).reshape(k, 6)
    x[falling_from:, 3] = -1500.0
    times = 1_233_599_434_000_000_000 + np.arange(k) * STEP_S * 1_000_000_000
    return Track(times, x, np.tile(np.eye(6), (k, 1, 1)), np.array(probabilities))


def test_cut_off_is_the_last_boosting_state_give_or_take_a_scan() -> None:
    seen = track(0.5, 0.9, 1.0, 1.0, 0.3, 0.05, 0.0, 0.0)
    end = cutoff(seen)
    assert end.time_tai_ns == seen.time_tai_ns[3]
    assert end.sigma_s == STEP_S
    assert end.boosting.tolist() == [False] + [True] * 3 + [False] * 4
    assert end.coasting.tolist() == [False] * 4 + [True] * 4


@pytest.mark.parametrize(
    "probabilities",
    [(0.9, 1.0, 1.0, 1.0), (0.9, 1.0, 1.0, 0.05, 0.0), (0.9, 1.0, 1.0, 0.4, 0.3, 0.2, 0.2)],
    ids=["still burning", "two states since", "never sure since"],
)
def test_free_flight_wants_three_sure_states_in_a_row(probabilities: tuple[float, ...]) -> None:
    end = cutoff(track(*probabilities))
    assert end.ascent_seen
    assert not end.coast_established
    assert end.time_tai_ns is None


def test_one_state_above_one_half_is_no_ascent() -> None:
    end = cutoff(track(0.5, 0.55, 0.3, 0.05, 0.01, 0.0))
    assert not end.ascent_seen
    assert end.coast_established
    assert end.time_tai_ns is None


def test_a_fall_slowed_by_air_is_not_taken_for_boost() -> None:
    end = cutoff(track(0.9, 0.9, 0.05, 0.0, 0.0, 0.0, 0.9, 0.9, 0.9, falling_from=4))
    assert end.boosting.tolist() == [True, True] + [False] * 7
    assert end.coast_established


def test_a_filter_that_guesses_wrong_for_a_moment_establishes_nothing() -> None:
    # boost probabilities of a launcher under power at its first plots, from a run of the tracker
    for wrong in ((0.49, 0.44, 0.15), (0.49, 0.44, 0.52, 0.10), (0.49, 0.44, 0.18, 0.29, 1.0)):
        assert not cutoff(track(*wrong)).coast_established


def test_an_empty_track_has_neither_ascent_nor_free_flight() -> None:
    end = cutoff(track())
    assert not end.ascent_seen
    assert not end.coast_established


def test_a_single_doubtful_state_within_an_ascent_stays_part_of_it() -> None:
    end = cutoff(track(0.9, 0.9, 0.4, 0.9, 0.9, 0.05, 0.05, 0.05))
    assert end.boosting.tolist() == [True] * 5 + [False] * 3
