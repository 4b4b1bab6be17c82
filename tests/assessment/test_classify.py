"""Space launch or missile: the verdict follows physics, is the same everywhere, and waits for cut-off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from jointwatch.assessment.classify import classify
from jointwatch.assessment.priors import BoostPriors
from jointwatch.assessment.range_class import range_class

PRIORS = BoostPriors()


def seen(observe: Callable[..., Any], climb: Any, first_s: float, last_s: float, **where: float) -> Any:
    return classify(observe(climb, np.random.default_rng(1), first_s=first_s, last_s=last_s, **where), PRIORS)


@pytest.mark.parametrize("where", [{}, {"azimuth_rad": 0.3}, {"latitude_rad": -0.9, "longitude_rad": -2.0}])
def test_a_medium_range_missile_is_one_wherever_it_flies(
    observe: Callable[..., Any], medium_range: Any, where: dict[str, float]
) -> None:
    verdict = seen(observe, medium_range, 80.0, 400.0, **where)
    assert (verdict.verdict, verdict.range_class) == ("missile", "MRBM")
    assert verdict.p_space < 1e-6
    assert verdict.reason.startswith("cut-off seen by 18:31:5")
    assert verdict.reason.endswith("it comes down within its first turn")


def test_at_equal_height_speed_decides(observe: Callable[..., Any], into_orbit: Any) -> None:
    """Same level cut-off at 250 km; 400 m/s less is no orbit."""
    orbiting = seen(observe, into_orbit, 200.0, 700.0, sigma_m_s=15.0)
    falling = seen(observe, replace(into_orbit, speed_m_s=into_orbit.speed_m_s - 400.0), 200.0, 700.0, sigma_m_s=15.0)
    assert (orbiting.verdict, falling.verdict) == ("space launch", "missile")
    assert orbiting.p_space > 0.99
    assert falling.p_space < 0.01
    assert orbiting.range_class == "-"


def test_a_track_that_cannot_tell_says_so(observe: Callable[..., Any], into_orbit: Any) -> None:
    verdict = seen(observe, replace(into_orbit, speed_m_s=into_orbit.speed_m_s - 60.0), 250.0, 410.0, sigma_m_s=250.0)
    assert verdict.verdict == "undecided"
    assert verdict.reason.endswith("the plots so far do not tell an orbit from a fall")


def test_last_seen_accelerating_is_undecided_with_height_speed_and_time(
    observe: Callable[..., Any], into_orbit: Any
) -> None:
    """Height by hand: 245 of 300 s are s = 0.8167, and (3 s^2 - 2 s^3) of 250 km are 228 km."""
    verdict = seen(observe, into_orbit, 130.0, 246.0, sigma_m=1.0, sigma_m_s=0.1)
    assert verdict.verdict == "undecided"
    assert verdict.reason == "last seen still accelerating at 228 km and 5.1 km/s, 18:34:05Z; cut-off was not seen"
    assert 0.3 < verdict.p_space < 0.95


def test_undecided_chances_grow_with_the_speed_it_was_last_seen_at(
    observe: Callable[..., Any], into_orbit: Any, medium_range: Any
) -> None:
    chances = [seen(observe, into_orbit, 120.0, last, sigma_m_s=10.0).p_space for last in (180.0, 220.0, 260.0, 295.0)]
    assert chances == sorted(chances)
    assert seen(observe, medium_range, 60.0, 100.0, sigma_m_s=10.0).p_space < chances[-1]


def test_two_plots_after_cut_off_are_not_enough(observe: Callable[..., Any], medium_range: Any) -> None:
    verdict = seen(observe, medium_range, 80.0, 124.0)
    assert verdict.verdict == "undecided"
    assert verdict.reason.endswith("2 plots since do not establish free flight")


def test_without_states_the_verdict_is_not_yet(empty: Any) -> None:
    verdict = classify(empty, PRIORS)
    assert (verdict.p_space, verdict.verdict, verdict.range_class) == (0.5, "undecided", "-")
    assert verdict.reason == "not yet: the track has 0 states, a verdict wants 3"


def test_range_classes_meet_at_their_bounds() -> None:
    assert [range_class(km * 1e3) for km in (300, 999.9, 1000, 2999.9, 3000, 5500, 12000)] == [
        "SRBM",
        "SRBM",
        "MRBM",
        "MRBM",
        "IRBM",
        "ICBM",
        "ICBM",
    ]
