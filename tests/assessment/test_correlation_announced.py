"""A launch against the notices in force: the five answers, chance held to its one per cent, areas by a second route."""

from __future__ import annotations

from dataclasses import replace
from math import pi, radians

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jointwatch.assessment.correlation.announced import Announcement, against
from jointwatch.assessment.correlation.area import LEAST_M, Area, sigmas_outside
from jointwatch.assessment.correlation.launch import Launch
from jointwatch.assessment.correlation.standing import standing
from jointwatch.assessment.finding import Direction, Instant, Place
from jointwatch.earth import geodesic
from jointwatch.earth.timescale import NS_PER_S, tai_ns_from_utc

LAUNCHED = tai_ns_from_utc("1995-01-25T06:24:48Z")
HOUR = 3_600 * NS_PER_S
KM2 = 1e6
ANDOYA = (radians(69.29), radians(16.02))
SPITSBERGEN = Area(np.radians([[77.0, 8.0], [79.5, 8.0], [79.5, 22.0], [77.0, 22.0]]))
LAUNCH = Launch(
    name="T-0001",
    place=Place(*ANDOYA, 400 * KM2 * np.eye(2)),
    event=Instant(LAUNCHED, 15.0),
    direction=Direction(radians(359.5), radians(2.0)),
    impact=Place(radians(78.2), radians(15.6), 900 * KM2 * np.eye(2)),
)
NOTICE = Announcement(
    name="N-1",
    says="a sounding rocket from Andøya",
    from_tai_ns=LAUNCHED - HOUR,
    until_tai_ns=LAUNCHED + HOUR,
    launch=(Area(np.array([ANDOYA])),),
    impact=(SPITSBERGEN,),
)


def moved(place: Place, east_km: float, north_km: float) -> Place:
    latitude, longitude, _ = geodesic.direct(
        place.latitude_rad, place.longitude_rad, np.arctan2(east_km, north_km), 1e3 * np.hypot(east_km, north_km)
    )
    return Place(float(latitude), float(longitude), place.cov_en_m2)


def test_a_launch_in_its_window_from_its_place_to_its_area_is_announced() -> None:
    held = against(LAUNCH, [NOTICE])
    assert (held.standing, held.notice, held.late_s, held.impact_sigma) == ("announced", "N-1", 0.0, 0.0)
    assert held.sentence == (
        "announced by N-1 (in force, from 1995-01-25 05:24:48Z to 1995-01-25 07:24:48Z): a sounding rocket from Andøya"
    )


@pytest.mark.parametrize(
    ("launch", "words"),
    [
        (replace(LAUNCH, place=moved(LAUNCH.place, 200.0, 0.0)), "outside the launch area"),
        (replace(LAUNCH, impact=moved(LAUNCH.impact, 0.0, -600.0)), "outside the impact area"),
        (replace(LAUNCH, direction=Direction(radians(90.0), radians(2.0))), "off the way announced"),
    ],
)
def test_a_launch_that_goes_another_way_is_announced_elsewhere(launch: Launch, words: str) -> None:
    held = against(launch, [NOTICE])
    assert held.standing == "announced elsewhere"
    assert words in held.sentence


@pytest.mark.parametrize(("shift_s", "words"), [(2 * 3600, "60 min after"), (-8 * 3600, "7.0 h before")])
def test_a_launch_out_of_its_window_is_announced_for_another_time(shift_s: int, words: str) -> None:
    held = against(replace(LAUNCH, event=Instant(LAUNCHED + shift_s * NS_PER_S, 15.0)), [NOTICE])
    assert held.standing == "announced for another time"
    assert words in held.sentence


def test_a_notice_of_another_place_or_another_day_is_about_another_launch() -> None:
    far = replace(NOTICE, launch=(Area(np.radians([[28.5, -80.5]])),))
    late = replace(NOTICE, from_tai_ns=NOTICE.from_tai_ns + 48 * HOUR, until_tai_ns=NOTICE.until_tai_ns + 48 * HOUR)
    assert against(LAUNCH, [far, late]).sentence == "not announced: none of 2 notices in force is about it"
    assert against(LAUNCH, []).sentence == "not announced: no notice is in force"


def test_of_several_notices_the_one_that_fits_counts() -> None:
    other = replace(NOTICE, name="N-0", until_tai_ns=LAUNCHED - HOUR // 2)
    assert against(LAUNCH, [other, NOTICE]).notice == "N-1"


def test_what_is_told_afterwards_explains_only_the_launch_of_that_minute() -> None:
    at = (LAUNCHED // (60 * NS_PER_S)) * 60 * NS_PER_S
    told = replace(NOTICE, from_tai_ns=at, until_tai_ns=at, afterwards=True)
    assert against(LAUNCH, [told]).standing == "told afterwards"
    later = replace(LAUNCH, event=Instant(LAUNCHED + 600 * NS_PER_S, 15.0))
    assert against(later, [told]).standing == "not announced"


def test_without_an_impact_estimate_the_direction_stands_for_it() -> None:
    held = against(replace(LAUNCH, impact=None), [NOTICE])
    assert (held.standing, held.impact_sigma) == ("announced", None)
    assert held.direction_sigma == pytest.approx(0.0, abs=0.1)


def test_of_launches_made_as_announced_one_in_a_hundred_fails_each_question_by_chance() -> None:
    """Window and place at their edge: the place a point, the time the end of the window; 2,000 draws."""
    rng = np.random.default_rng(20)
    notice = replace(NOTICE, until_tai_ns=LAUNCHED, impact=())
    drawn = [
        replace(
            LAUNCH,
            place=moved(LAUNCH.place, *rng.normal(0.0, 20.0, 2)),
            event=Instant(LAUNCHED + round(rng.normal(0.0, 15.0) * NS_PER_S), 15.0),
        )
        for _ in range(2000)
    ]
    failed = sum(against(each, [notice]).standing != "announced" for each in drawn) / len(drawn)
    assert failed <= 0.017, "1 % of the place, less of the time: a window is told to the minute, and one-sided here"
    assert failed >= 0.004, "a test that lets everything pass tests nothing"


def test_the_standing_is_an_alarm_until_a_notice_covers_it() -> None:
    none, fits = against(LAUNCH, []), against(LAUNCH, [NOTICE])
    late = against(replace(LAUNCH, event=Instant(LAUNCHED + 2 * HOUR, 15.0)), [NOTICE])
    assert standing(none, "missile")[0] == standing(none, "undecided")[0] == standing(none, "")[0] == "alarm"
    assert standing(none, "space launch")[0] == "open"
    assert standing(late, "missile")[0] == standing(late, "undecided")[0] == "alarm"
    assert standing(late, "missile")[1].startswith("announced for another time, not explained: ")
    assert standing(late, "space launch")[0] == "open"
    assert standing(fits, "missile")[0] == "explained"


# -- areas -----------------------------------------------------------------------------------------------------------

FLAT = Place(0.0, 0.0, np.diag([100 * KM2, 25 * KM2]) - LEAST_M**2 * np.eye(2))


def flat(*corners_km: tuple[float, float]) -> np.ndarray:
    """Corners in kilometres east and north of the origin at the equator, as latitude and longitude."""
    return np.array([(1e3 * n / 6_335_439.0, 1e3 * e / 6_378_137.0) for e, n in corners_km])


def test_an_area_is_as_many_sigmas_away_as_its_nearest_point() -> None:
    square = Area(flat((20, -10), (60, -10), (60, 10), (20, 10)))
    assert sigmas_outside(FLAT, [square]) == pytest.approx(2.0, rel=1e-3)
    assert sigmas_outside(FLAT, [Area(flat((0, 15)))]) == pytest.approx(3.0, rel=1e-3)
    assert sigmas_outside(FLAT, [square, Area(flat((0, 5)))]) == pytest.approx(1.0, rel=1e-3)
    assert sigmas_outside(FLAT, [Area(flat((-30, -20), (-30, 20), (30, 20), (30, -20)))]) == 0.0


def test_a_circle_reaches_as_far_as_its_radius() -> None:
    assert sigmas_outside(FLAT, [Area(flat((50, 0)), radius_m=30e3)]) == pytest.approx(2.0, rel=2e-3)
    assert sigmas_outside(FLAT, [Area(flat((50, 0)), radius_m=60e3)]) == 0.0


@given(st.integers(0, 10_000))
def test_the_nearest_point_of_a_polygon_is_none_of_ten_thousand_others(seed: int) -> None:
    """A second route: points sampled along the sides; none is nearer, and the nearest is as near as the spacing."""
    rng = np.random.default_rng(seed)
    turned = np.sort(rng.uniform(0, 2 * pi, 5))
    corners = rng.uniform(-80, 80, 2) + rng.uniform(5, 40, (5, 1)) * np.column_stack([np.cos(turned), np.sin(turned)])
    found = sigmas_outside(FLAT, [Area(flat(*corners))])
    part = np.linspace(0, 1, 2000)[:, None, None]
    sides = (corners * (1 - part) + np.roll(corners, -1, axis=0) * part).reshape(-1, 2)
    sampled = np.hypot(sides[:, 0] / 10.0, sides[:, 1] / 5.0).min()
    assert found <= sampled + 1e-2
    assert found == pytest.approx(sampled, abs=0.05) or found == 0.0


def test_a_covariance_that_is_none_is_judged_and_not_trusted() -> None:
    broken = Place(0.0, 0.0, np.array([[-1e6, 5e9], [5e9, -1e6]]))
    assert np.isfinite(sigmas_outside(broken, [Area(flat((50, 50)))]))
