"""A programme whose growth is known: 262 tests of a public database, against what was said of them at the time.

Distances and apogees as J. Schmerler and others (CNS/NTI) have them, after nagix/nk-missile-tests (Apache-2.0).
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from jointwatch.assessment.programme.capability import Series, capability, year_ends
from jointwatch.assessment.programme.new_class import one_a_day, rise
from jointwatch.assessment.programme.shown import Shown, classes, shown

LAUNCHES = Path(__file__).parents[3].parent / "shared" / "data" / "launches"
SPACE_LAUNCHES = {"unha", "unha-3", "chollima-1", "taepodong-1"}  # of these no range over the ground means anything


@pytest.fixture(scope="module")
def tests() -> list[dict]:
    if not LAUNCHES.exists():
        pytest.skip("the list of tests, shared/data/launches, is not beside this repository")
    everything = json.loads((LAUNCHES / "dprk_tests_1984_2023.json").read_text())
    return [
        test
        for test in everything
        if test["missile"] not in SPACE_LAUNCHES and not isinstance(test["distance"], str) and len(test["date"]) == 10
    ]


@pytest.fixture(scope="module")
def what(tests: list[dict]) -> Shown:
    places = json.loads((LAUNCHES / "dprk_facilities.json").read_text())["facilities"]
    figures = np.array([[known(test[key]) for key in ("distance", "apogee", "bearing")] for test in tests])
    where = np.deg2rad([[places[test["facility"]][key] for key in ("lat", "lon")] for test in tests])
    distance_km, apogee_km, bearing_deg = figures.T
    return shown(
        distance_km * 1e3,
        apogee_km * 1e3,
        latitude_rad=where[:, 0],
        longitude_rad=where[:, 1],
        bearing_rad=np.deg2rad(bearing_deg),
    )


def known(figure: float | str) -> float:
    return np.nan if isinstance(figure, str) else figure


def days_of(tests: list[dict]) -> np.ndarray:
    return np.array([test["date"] for test in tests], dtype="M8[D]")


def test_most_that_reaches_far_flew_near(what: Shown) -> None:
    far = np.array([name == "ICBM" for name in classes(what.at_least_m)])
    assert far.sum() == 10
    assert np.all(what.lofted[far])
    assert np.all(what.flown_m[far] < 1_300e3)


def test_by_the_end_of_2017_a_reach_between_ten_thousand_kilometres_and_no_limit_had_been_shown(
    tests: list[dict], what: Shown
) -> None:
    worked = np.array([test["outcome"] == "success" for test in tests])
    perhaps = np.array([test["outcome"] != "failure" for test in tests])
    days = days_of(tests)
    by = capability(Series(days, days, what.at_least_m, what.at_most_m, worked, perhaps), year_ends(1993, 2023))
    shown_km = {str(day)[:4]: (a / 1e3, b / 1e3) for day, a, b in zip(*vars(by).values(), strict=True)}
    assert shown_km["1993"] == pytest.approx((500, 500), rel=0.03)  # the Nodong of that year as the list has it
    # Musudan, 22 June 2016: 400 km, 1,413 km up; said at the time to have had about 3,000 km or more in it
    assert 2_700 < shown_km["2016"][0] < shown_km["2016"][1] < 3_200
    assert shown_km["2017"][0] < 13_000 < shown_km["2017"][1]  # Hwasong-15: "more than 13,000 km"


def test_what_was_flown_by_2017_is_less_than_half_of_what_the_lofted_tests_could_have_reached(
    tests: list[dict], what: Shown
) -> None:
    worked = np.array([test["outcome"] == "success" for test in tests])
    days = days_of(tests)
    flown = capability(Series(days, days, what.flown_m, what.flown_m, worked, worked), year_ends(2017, 2017))
    might = capability(Series(days, days, what.at_least_m, what.at_most_m, worked, worked), year_ends(2017, 2017))
    assert flown.at_least_m[0] == 3_700e3  # Hwasong-12 over Japan, 15 September 2017
    assert might.at_least_m[0] > 2 * flown.at_least_m[0]


def test_flight_times_lie_within_their_bounds_wherever_the_figures_are_ballistic(what: Shown) -> None:
    known = np.isfinite(what.flight_time_s)
    assert known.sum() > 60
    assert np.all(what.flight_time_low_s[known] <= what.flight_time_s[known])
    assert np.all(what.flight_time_s[known] <= what.flight_time_high_s[known])
    assert all(why for why, there in zip(what.why, known, strict=True) if not there and why)


def test_that_long_range_tests_became_more_frequent_is_no_chance_and_dates_after_2016(
    tests: list[dict], what: Shown
) -> None:
    days, of_class = one_a_day(days_of(tests), [name == "ICBM" for name in classes(what.at_least_m)])
    found = rise(of_class)
    assert (found.trials, found.of_class) == (98, 10)
    assert found.p_value < 0.02
    assert days[found.places[0]] >= np.datetime64("2016-07-01")
    # but of the class that came with five tests between them nobody can say from the order alone
    _, middle = one_a_day(days_of(tests), [name == "IRBM" for name in classes(what.at_least_m)])
    assert rise(middle).p_value > 0.2
