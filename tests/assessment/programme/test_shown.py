"""What a test showed: published flights, and the laws between what was flown and what could have been."""

from __future__ import annotations

import numpy as np
import pytest

from jointwatch.assessment.programme.shown import classes, shown
from jointwatch.flight import reach

HERE = {"latitude_rad": np.deg2rad(39.2), "longitude_rad": np.deg2rad(125.67)}


def test_a_lofted_test_that_fell_near_showed_more_than_it_flew() -> None:
    # Hwasong-14, 28 July 2017: 998 km, 3,724.9 km up; published estimates 10,000 to 10,400 km
    test = shown(998e3, 3724.9e3, **HERE, bearing_rad=np.deg2rad(75.0))
    assert test.lofted.tolist() == [True]
    assert (classes(test.flown_m), classes(test.at_least_m)) == (["SRBM"], ["ICBM"])
    assert test.at_least_m[0] < 10_200e3 < test.at_most_m[0] * 1.03


def test_with_an_apogee_alone_the_least_is_what_any_arc_to_that_height_had() -> None:
    flown = np.array([1000e3, 2000e3, 4000e3])
    apogee = np.array([400e3, 600e3, 900e3])
    alone, whole = shown(np.nan, apogee, **HERE), shown(flown, apogee, **HERE)
    assert np.all(alone.at_least_m < whole.at_least_m)
    assert np.all(np.isinf(alone.at_most_m))
    # straight up, by the flat textbook: half the range of the same speed at 45 degrees
    low = shown(np.nan, 10e3, **HERE)
    assert low.at_least_m == pytest.approx([20e3], rel=0.01)


def test_with_a_distance_alone_it_showed_that_and_no_more() -> None:
    test = shown([300e3, 2000e3], **HERE)
    assert test.at_least_m.tolist() == test.at_most_m.tolist() == [300e3, 2000e3]
    assert not test.lofted.any()


def test_of_a_flight_that_is_not_ballistic_only_the_distance_counts_and_the_reason_is_told() -> None:
    test = shown([450e3, 2000e3], [37e3, 459e3], **HERE, bearing_rad=1.5)
    assert test.at_most_m[0] == 450e3
    assert test.why[0].startswith("not ballistic with these figures")
    assert test.why[1] == ""
    assert np.isnan(test.flight_time_s).tolist() == [True, False]


def test_what_is_not_known_stays_unknown() -> None:
    test = shown(np.nan, np.nan, **HERE)
    assert np.isnan([test.flown_m[0], test.at_least_m[0], test.at_most_m[0], test.loft[0]]).all()
    assert classes(test.at_least_m) == ["-"]


def test_more_of_either_figure_is_never_less_reach() -> None:
    apogees = np.linspace(500e3, 3000e3, 6)
    test = shown(2000e3, apogees, **HERE)
    assert np.all(np.diff(test.at_least_m) > 0)
    assert np.all(test.at_least_m <= test.at_most_m)
    assert np.all(test.at_most_m <= reach.FARTHEST_M)
