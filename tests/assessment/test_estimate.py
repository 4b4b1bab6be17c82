"""The bundle: all parts of one track at one time, within its price, and never an exception for too little."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from jointwatch.assessment.concordance import compare
from jointwatch.assessment.estimate import Assessment, BoostPriors, assess
from jointwatch.assessment.finding import finding
from jointwatch.assessment.ground_track import ground_track
from jointwatch.earth import geodesic

PRIORS = BoostPriors()
WARM_S = 0.2  # of one core, however slow: a centre assesses every track at every tick; 0.01 s measured


def bits(assessment: Assessment) -> str:
    with np.printoptions(precision=17):
        return repr(assessment)


def test_a_missile_seen_through_cut_off_has_every_part(observe: Callable[..., Any], medium_range: Any) -> None:
    assessment = assess(observe(medium_range, np.random.default_rng(1), first_s=80.0, last_s=500.0), PRIORS)
    assert assessment.launch is not None
    assert assessment.impact is not None
    assert assessment.verdict.verdict == "missile"
    truth = observe(medium_range, np.random.default_rng(1), first_s=80.0, last_s=2000.0, sigma_m=0.0, sigma_m_s=0.0)
    path = ground_track(truth.x)
    flown_m, _, _ = geodesic.inverse(0.615, 0.941, path.latitude_rad[-1], path.longitude_rad[-1])
    assert assessment.range_m == pytest.approx(float(flown_m), abs=60e3)  # of the launch point, 20 km are one sigma
    assert assessment.apogee_height_m == pytest.approx(path.height_m.max(), abs=15e3)
    assert assessment.launch_note == assessment.launch.basis
    assert assessment.impact_note == ""


def test_the_same_track_gives_the_same_bits(observe: Callable[..., Any], medium_range: Any) -> None:
    history = observe(medium_range, np.random.default_rng(1), first_s=80.0, last_s=300.0)
    assert bits(assess(history, PRIORS)) == bits(assess(history, PRIORS))


def test_as_of_a_time_is_what_was_known_then(observe: Callable[..., Any], medium_range: Any) -> None:
    history = observe(medium_range, np.random.default_rng(1), first_s=80.0, last_s=500.0)
    then = int(history.time_tai_ns[4])
    early = observe(medium_range, np.random.default_rng(1), first_s=80.0, last_s=500.0)
    for name in ("time_tai_ns", "x", "P", "boost_probability"):
        object.__setattr__(early, name, getattr(early, name)[:5])
    assert bits(assess(history, PRIORS, then)) == bits(assess(early, PRIORS))
    assert assess(history, PRIORS, then).impact is None


@pytest.mark.parametrize("states", range(6))
def test_too_little_is_not_yet_and_no_exception(observe: Callable[..., Any], medium_range: Any, states: int) -> None:
    history = observe(medium_range, np.random.default_rng(1), first_s=80.0, last_s=500.0)
    assessment = assess(history, PRIORS, int(history.time_tai_ns[0]) + (states - 1) * 5_000_000_000)
    assert assessment.verdict.verdict == "undecided"
    assert assessment.impact is None
    assert assessment.impact_note.startswith("not yet: ")
    if states < 3:
        assert assessment.launch is None
        assert assessment.launch_note.startswith("not yet: ")


def test_first_states_as_wide_as_a_filter_makes_them_do_no_harm(observe: Callable[..., Any], medium_range: Any) -> None:
    """A filter begins without a velocity: zero, and 4 km/s of sigma in every direction."""
    history = observe(medium_range, np.random.default_rng(1), first_s=80.0, last_s=500.0)
    history.x[0, 3:], history.P[0, 3:, 3:], history.boost_probability[0] = 0.0, 16e6 * np.eye(3), 0.5
    for known in range(1, 12):
        assess(history, PRIORS, int(history.time_tai_ns[known]))


def test_two_centres_that_saw_the_same_flight_agree(observe: Callable[..., Any], medium_range: Any) -> None:
    one, other = (
        finding(
            name,
            assess(observe(medium_range, np.random.default_rng(seed), first_s=80.0, last_s=last), PRIORS),
            objects=1,
        )
        for name, seed, last in (("moscow", 1, 400.0), ("brussels", 2, 500.0))
    )
    assert [row.status for row in compare(one, other)] == ["agree"] * 7


def test_one_assessment_costs_less_than_its_price_warm(observe: Callable[..., Any], medium_range: Any) -> None:
    history = observe(medium_range, np.random.default_rng(1), first_s=60.0, last_s=700.0)
    assess(history, PRIORS)
    costs = []
    for _ in range(9):
        start = time.process_time()
        assess(history, PRIORS)
        costs.append(time.process_time() - start)
    assert np.median(costs) < WARM_S
