"""When boost ended: from boost probabilities, for how long they last, and what speed was still lacking."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from jointwatch.assessment.burn_end import burn_end
from jointwatch.assessment.cutoff import cutoff
from jointwatch.assessment.free_flight import jacobi
from jointwatch.earth.states import Ecef
from jointwatch.flight import coast

STEP_S = 5
THRUST_M_S2 = 30.0


@dataclass(frozen=True)
class Track:
    time_tai_ns: np.ndarray
    x: np.ndarray
    P: np.ndarray
    boost_probability: np.ndarray


def track(
    *probabilities: float,
    burns: int = 10**6,
    sinks_from: int = 10**6,
    step_s: float = STEP_S,
    height_m: float = 222e3,
    sigma_m_s: float = 10.0,
) -> Track:
    """States every 5 s of which the first `burns` gain 30 m/s2 and the others nothing."""
    k = len(probabilities)
    time_s = np.arange(k) * step_s
    to_go = np.maximum((min(burns, k) - 1) * step_s - time_s, 0.0)
    climb = np.where(np.arange(k) < sinks_from, 1500.0, -1500.0)
    along = np.sqrt(np.maximum((3000.0 - THRUST_M_S2 * to_go) ** 2 - climb**2, 0.0))
    x = np.zeros((k, 6))
    x[:, 0], x[:, 3], x[:, 4] = 6_378_137.0 + height_m, climb, along
    times = 1_233_599_434_000_000_000 + np.round(time_s * 1e9).astype(np.int64)
    P = np.diag(np.repeat([100.0, sigma_m_s], 3) ** 2)
    return Track(times, x, np.tile(P, (k, 1, 1)), np.array(probabilities))


def test_cut_off_is_when_no_speed_was_lacking_any_more_though_the_filter_noticed_late() -> None:
    seen = track(0.5, 0.9, 1.0, 1.0, 0.8, 0.7, 0.3, 0.05, 0.0, 0.0, 0.0, burns=4)
    end = cutoff(seen)
    assert end.time_tai_ns is not None
    assert (end.time_tai_ns - seen.time_tai_ns[3]) / 1e9 == pytest.approx(0.0, abs=2.0)
    assert end.sigma_s < STEP_S
    assert end.boosting.tolist() == [False] + [True] * 3 + [False] * 7
    assert end.coasting.tolist() == [False] * 6 + [True] * 5
    assert end.best == 10


@pytest.mark.parametrize(
    "probabilities",
    [(0.9, 1.0, 1.0, 1.0), (0.9, 1.0, 1.0, 0.05, 0.0), (0.9, 1.0, 1.0, 0.4, 0.3, 0.2, 0.2)],
    ids=["still burning", "five seconds since", "never sure since"],
)
def test_free_flight_wants_ten_sure_seconds(probabilities: tuple[float, ...]) -> None:
    end = cutoff(track(*probabilities))
    assert end.ascent_seen
    assert not end.coast_established
    assert end.time_tai_ns is None


def test_ten_seconds_are_ten_seconds_however_often_a_radar_looks() -> None:
    burning = [0.95] * 100
    assert not cutoff(track(*burning, *[0.02] * 90, burns=100, step_s=0.1)).coast_established
    assert cutoff(track(*burning, *[0.02] * 120, burns=100, step_s=0.1)).coast_established


@pytest.mark.parametrize(("sigma_m_s", "wanted_s"), [(10.0, 10.0), (50.0, 50.0), (100.0, 100.0)])
def test_the_vaguer_the_speed_the_longer_it_takes_until_a_weak_burn_must_have_shown(
    sigma_m_s: float, wanted_s: float
) -> None:
    """A thrust of 5 m/s2 against five sigmas: by hand."""
    established = [
        cutoff(track(0.9, 0.9, *[0.01] * n, burns=2, sigma_m_s=sigma_m_s)).coast_established for n in range(1, 24)
    ]
    assert established.index(True) * STEP_S == wanted_s


def test_one_state_above_one_half_is_no_ascent() -> None:
    end = cutoff(track(0.5, 0.55, 0.3, 0.05, 0.01, 0.0))
    assert not end.ascent_seen
    assert end.coast_established
    assert end.time_tai_ns is None


def test_what_a_filter_begins_with_is_no_ascent_however_long_it_keeps_it() -> None:
    assert not cutoff(track(0.65, 0.66, 0.67, 0.65, 0.7, 0.68)).ascent_seen
    assert cutoff(track(0.65, 0.66, 0.67, 0.65, 0.8, 0.85)).ascent_seen


def test_a_filter_that_said_boost_of_what_never_gained_speed_saw_no_ascent() -> None:
    end = cutoff(track(0.8, 0.8, 0.6, 0.3, 0.05, 0.01, 0.0, burns=1))
    assert not end.ascent_seen
    assert end.coast_established
    assert end.time_tai_ns is None


def test_a_fall_slowed_by_air_is_not_taken_for_boost() -> None:
    end = cutoff(track(0.9, 0.9, 0.05, 0.0, 0.0, 0.0, 0.0, 0.0, 0.9, 0.9, 0.9, burns=2, sinks_from=6, height_m=60e3))
    assert end.boosting.tolist() == [True, True] + [False] * 9
    assert end.coast_established


def test_a_launcher_that_sinks_under_thrust_above_the_air_is_under_thrust() -> None:
    sinking = (0.9, 0.9, 0.05, 0.0, 0.0, 0.9, 0.9, 0.9)
    assert not cutoff(track(*sinking, sinks_from=4)).coast_established
    assert cutoff(track(*sinking, sinks_from=4, height_m=60e3)).coast_established


def test_a_filter_that_guesses_wrong_for_a_moment_establishes_nothing() -> None:
    # boost probabilities of a launcher under power at its first plots, from a run of the tracker
    for wrong in ((0.49, 0.44, 0.15), (0.49, 0.44, 0.52, 0.10), (0.49, 0.44, 0.18, 0.29, 1.0)):
        assert not cutoff(track(*wrong)).coast_established


def test_an_empty_track_has_neither_ascent_nor_free_flight() -> None:
    end = cutoff(track())
    assert not end.ascent_seen
    assert not end.coast_established


def test_a_single_doubtful_state_within_an_ascent_stays_part_of_it() -> None:
    end = cutoff(track(0.9, 0.9, 0.4, 0.9, 0.9, 0.05, 0.05, 0.05, 0.01, burns=5))
    assert end.boosting.tolist() == [True] * 5 + [False] * 4


def test_the_end_of_a_burn_is_as_uncertain_as_it_says() -> None:
    """Draws by the model: errors of estimates half in common with the one before."""
    rng, time = np.random.default_rng(4), np.arange(0.0, 90.0, 5.0)
    away = []
    for _ in range(300):
        end_s, thrust = rng.uniform(35.0, 65.0), rng.uniform(8.0, 50.0)
        white = rng.standard_normal(len(time) + 1)
        noise = 60.0 * (white[1:] + white[:-1]) / np.sqrt(2.0)
        lacking = thrust * np.maximum(end_s - time, 0.0) + noise
        found = burn_end(time, lacking, np.full(len(time), 60.0**2), guess_s=end_s + rng.uniform(-5.0, 20.0))
        away.append((found.time_s - end_s) / found.sigma_s)
    assert abs(np.mean(away)) < 0.3
    assert 0.6 < np.std(away) < 1.1


def test_a_gap_in_which_the_burn_ended_is_all_that_is_known_of_its_end() -> None:
    time = np.concatenate([np.arange(0.0, 40.0, 5.0), np.arange(200.0, 260.0, 5.0)])
    lacking = np.where(time < 100.0, 3000.0 - 30.0 * time, 0.0)
    found = burn_end(time, lacking, np.full(len(time), 400.0), guess_s=35.0)
    assert found.time_s == pytest.approx(100.0, abs=5.0)
    assert found.sigma_s > 10.0


def test_free_flight_keeps_its_jacobi_constant() -> None:
    """By the propagator with J2, to a millionth of the kinetic energy; and a burn adds thrust times speed."""
    state = np.array([[6.6e6, 1e5, 2e5, 1500.0, 4000.0, 3000.0]])
    path = coast.trajectory(Ecef(state), np.arange(0.0, 900.0, 60.0)).pos_vel
    constant, _ = jacobi(path, np.zeros((len(path), 6, 6)))
    assert np.ptp(constant) < 30.0  # of 13 million m2/s2
    faster = state + np.append(np.zeros(3), 0.01 * state[0, 3:] / np.linalg.norm(state[0, 3:]))
    gained = jacobi(faster, np.zeros((1, 6, 6)))[0] - jacobi(state, np.zeros((1, 6, 6)))[0]
    assert gained[0] == pytest.approx(0.01 * np.linalg.norm(state[0, 3:]), rel=1e-4)


def test_the_variance_of_the_jacobi_constant_is_that_of_draws() -> None:
    x = np.array([6.6e6, 1e5, 2e5, 1500.0, 2000.0, 1000.0])
    P = np.diag(np.repeat([3000.0, 900.0], 3) ** 2)  # so vague that the square of the velocity counts
    drawn = np.random.default_rng(5).multivariate_normal(x, P, 40_000)
    mean, variance = jacobi(x[None], P[None])
    constants, _ = jacobi(drawn, np.zeros((len(drawn), 6, 6)))
    assert mean[0] == pytest.approx(constants.mean(), abs=4 * constants.std() / 200.0)
    assert variance[0] == pytest.approx(constants.var(), rel=0.03)
