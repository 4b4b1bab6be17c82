"""What had been shown by a day: laws that hold for any series, and what each kind of doubt may change."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jointwatch.assessment.programme.capability import Capability, Series, capability, year_ends

DAY0 = np.datetime64("2006-01-01")
ALL_DAYS = DAY0 + np.arange(-1, 401)


@st.composite
def some_series(draw: st.DrawFn) -> Series:
    tests = draw(st.lists(st.tuples(*[st.integers(0, 350), st.integers(0, 30)], st.floats(0, 5e6), st.floats(0, 5e6),
                                    st.booleans(), st.booleans()), max_size=8))  # fmt: skip
    first, length, least, more, sure, perhaps = (np.array([t[i] for t in tests]) for i in range(6))
    first = first.astype(int)
    sure, perhaps = sure.astype(bool), perhaps.astype(bool)
    return Series(
        DAY0 + first, DAY0 + first + length.astype(int), least.astype(float), least + more, sure, sure | perhaps
    )


def slowly(series: Series, day: np.datetime64) -> tuple[float, float]:
    tests = range(len(series))
    least = [series.at_least_m[i] for i in tests if series.worked[i] and series.last_day[i] <= day]
    most = [series.at_most_m[i] for i in tests if series.may_have_worked[i] and series.first_day[i] <= day]
    return max(least, default=0.0), max(most, default=0.0)


@given(some_series())
def test_it_is_the_longest_reach_of_the_tests_so_far_between_bounds_that_only_grow(series: Series) -> None:
    by = capability(series, ALL_DAYS)
    expected = np.array([slowly(series, day) for day in ALL_DAYS[::50]]).T
    np.testing.assert_array_equal([by.at_least_m[::50], by.at_most_m[::50]], expected)
    assert np.all(by.at_least_m <= by.at_most_m)
    assert np.all(np.diff(by.at_least_m) >= 0)
    assert np.all(np.diff(by.at_most_m) >= 0)


@given(some_series(), st.randoms())
def test_the_order_of_the_tests_changes_nothing(series: Series, random) -> None:
    order = list(range(len(series)))
    random.shuffle(order)
    index = np.array(order, dtype=int)
    again = Series(**{name: values[index] for name, values in vars(series).items()})
    assert told(capability(again, ALL_DAYS)) == told(capability(series, ALL_DAYS))


@given(some_series())
def test_less_doubt_never_widens_the_bounds(series: Series) -> None:
    doubtful, sure = capability(series, ALL_DAYS), capability(replace(series, worked=series.may_have_worked), ALL_DAYS)
    assert np.all(sure.at_least_m >= doubtful.at_least_m)
    assert told(sure)[1] == told(doubtful)[1]


def told(by: Capability) -> tuple[list[float], list[float]]:
    return by.at_least_m.tolist(), by.at_most_m.tolist()


def test_a_test_of_which_nothing_is_known_shows_nothing() -> None:
    day, yes = np.array(["2009-05-20"], "M8[D]"), np.array([True])
    unknown = Series(day, day, np.array([np.nan]), np.array([np.nan]), yes, yes)
    assert told(capability(unknown, year_ends(2009, 2010))) == ([0.0, 0.0], [0.0, 0.0])


def test_columns_that_contradict_each_other_are_refused_with_the_test() -> None:
    day, yes = np.array(["2009-05-20"] * 2, "M8[D]"), np.array([True, True])
    one = Series(day, day, np.array([1e6, 1e6]), np.array([2e6, 2e6]), yes, yes)
    with pytest.raises(ValueError, match="at_least_m must not be above at_most_m; it is so in test 1 of 2"):
        replace(one, at_least_m=np.array([1e6, 3e6]))
    with pytest.raises(ValueError, match="first_day must not be after last_day"):
        replace(one, last_day=day - 1)
    with pytest.raises(ValueError, match="a test that worked may have worked"):
        replace(one, may_have_worked=~yes)
    with pytest.raises(ValueError, match="of one length"):
        replace(one, worked=yes[:1])
