"""A rise of a class's share: all orders of small series counted one by one, and series with a known rise."""

from __future__ import annotations

from itertools import combinations
from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jointwatch.assessment.programme.new_class import rise

SMALL = st.lists(st.booleans(), min_size=2, max_size=9)


def log_likelihood(series: list[bool]) -> float:
    n, m = len(series), sum(series)
    return sum(count * log(count / n) for count in (m, n - m) if count)


def gain(series: list[bool], k: int) -> float:
    """Log likelihood ratio of a rise after k, from the definition."""
    before, after = series[:k], series[k:]
    if not before or not after or np.mean(before) >= np.mean(after):
        return 0.0
    return log_likelihood(before) + log_likelihood(after) - log_likelihood(series)


def orders(n: int, m: int) -> list[list[bool]]:
    return [[i in chosen for i in range(n)] for chosen in combinations(range(n), m)]


def best(series: list[bool]) -> float:
    return max(gain(series, k) for k in range(len(series) + 1))


@settings(deadline=None, max_examples=60)
@given(SMALL)
def test_the_probability_is_the_share_of_all_orders_that_look_as_good(series: list[bool]) -> None:
    found = rise(series)
    if found.places:
        as_good = [best(other) >= best(series) - 1e-9 for other in orders(len(series), sum(series))]
        assert found.p_value == pytest.approx(np.mean(as_good))
        assert gain(series, found.before) == pytest.approx(best(series))
    else:
        assert best(series) < 1e-9
        assert found.p_value == 1.0


@settings(deadline=None, max_examples=30)
@given(SMALL)
def test_the_places_are_those_at_which_orders_with_a_rise_there_look_as_good_often_enough(series: list[bool]) -> None:
    found, top = rise(series), best(series)
    for k in range(1, len(series)) if found.places else ():
        heads, tails = orders(k, sum(series[:k])), orders(len(series) - k, sum(series[k:]))
        others = [head + tail for head in heads for tail in tails]
        often = np.mean([best(other) >= top - 1e-9 for other in others])
        assert (k in found.places) == (often > 0.05 + 1e-12 or gain(series, k) >= top - 1e-9)


@given(st.integers(2, 400))
def test_one_test_of_a_new_class_at_the_end_is_as_surprising_as_being_the_last_of_n(n: int) -> None:
    assert rise([False] * (n - 1) + [True]).p_value == pytest.approx(1 / n)


def test_a_fall_is_no_rise_and_neither_is_a_series_of_one_kind() -> None:
    for series in ([True] * 5 + [False] * 5, [False] * 8, [True] * 8, []):
        assert (rise(series).p_value, rise(series).places) == (1.0, ())


def test_under_no_change_small_probabilities_come_no_more_often_than_they_say() -> None:
    rng = np.random.default_rng(8)
    values = np.array([rise(rng.random(60) < 0.3).p_value for _ in range(400)])
    for level in (0.05, 0.2, 0.5):
        assert np.mean(values <= level) <= level + 3 * np.sqrt(level * (1 - level) / 400)


def test_a_rise_that_is_there_is_found_and_its_place_is_among_those_named() -> None:
    rng = np.random.default_rng(9)
    found = [rise(np.r_[rng.random(30) < 0.05, rng.random(20) < 0.6]) for _ in range(200)]
    assert np.mean([one.p_value < 0.01 for one in found]) > 0.9
    assert np.mean([30 in one.places for one in found]) >= 0.93
    assert np.median([len(one.places) for one in found]) < 20
