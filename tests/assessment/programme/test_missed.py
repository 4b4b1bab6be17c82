"""The probability of having been missed: published values, laws, and bounds that hold as often as they say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from jointwatch.assessment.programme import missed as chance


@given(st.integers(1, 10_000), st.data())
def test_the_bounds_are_those_of_an_independent_exact_interval(trials: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(1, trials))
    low, high = chance.interval(count, trials)
    theirs = stats.binomtest(count, trials).proportion_ci(0.95, method="exact")
    if count < trials:
        assert (low, high) == pytest.approx((theirs.low, theirs.high), rel=1e-9)
    assert low < count / trials <= high


@given(st.integers(30, 100_000))
def test_with_none_missed_the_bound_is_a_little_below_three_over_n(trials: int) -> None:
    high = chance.missed(np.ones(trials)).high
    assert 0.95 * chance.rule_of_three(trials) < high < chance.rule_of_three(trials)


def test_a_published_example_of_the_rule_of_three() -> None:
    # Hanley and Lippman-Hand 1983: none of 14 patients had a reaction; the risk may be as high as 19 % (3/14: 21 %)
    assert chance.missed(np.ones(14)).high == pytest.approx(0.193, abs=0.001)
    assert chance.rule_of_three(14) == pytest.approx(0.214, abs=0.001)


@given(st.floats(1e-6, 0.5), st.floats(0.5, 0.999))
def test_so_many_flights_are_enough_and_one_less_is_not(share: float, confidence: float) -> None:
    enough = chance.trials_for(share, confidence)
    assert chance.interval(0, enough, confidence)[1] <= share * (1 + 1e-9)
    if enough > 1:
        assert chance.interval(0, enough - 1, confidence)[1] > share * (1 - 1e-9)


def test_the_upper_bound_holds_as_often_as_it_says_for_flights_that_are_detected_by_chance() -> None:
    rng = np.random.default_rng(4)
    for a, b in ((0.05, 0.5), (0.2, 5.0), (2.0, 20.0)):  # mostly all or nothing; rare and small; nearly all alike
        held = [chance.missed(1 - rng.beta(a, b, 200)) for _ in range(400)]
        truth = a / (a + b)
        assert np.mean([bound.low <= truth <= bound.high for bound in held]) >= 0.94


@given(st.floats(0.0, 1.0), st.integers(1, 50))
def test_some_missed_and_all_missed_agree_for_one_test_and_are_ordered_for_more(share: float, tests: int) -> None:
    some, every = chance.any_missed(share, tests), chance.all_missed(share, tests)
    assert every <= share + 1e-12
    assert some >= share - 1e-12
    assert chance.any_missed(share, 1) == pytest.approx(share)


@pytest.mark.parametrize("wrong", [[], [1.1], [np.nan]])
def test_no_flights_or_no_probabilities_are_refused(wrong: list[float]) -> None:
    with pytest.raises(ValueError, match="at least one flight, each a probability from 0 to 1; got"):
        chance.missed(wrong)
    with pytest.raises(ValueError, match="no number of flights proves 0"):
        chance.trials_for(0.0)
