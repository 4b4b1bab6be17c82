"""Intervals hold what they should as often as they say, against SciPy, textbooks and drawn samples."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from jointwatch.studies.joint.intervals import NOTHING, mean, median, quantiles, share

DRAWN = 2000


@given(st.integers(0, 400), st.integers(0, 400))
def test_the_interval_of_a_share_is_scipys_wilson(yes: int, no: int) -> None:
    if not yes + no:
        assert share([]) == NOTHING
        return
    told = share([True] * yes + [False] * no)
    oracle = stats.binomtest(yes, yes + no).proportion_ci(0.95, method="wilson")
    assert (told.low, told.high) == pytest.approx((oracle.low, oracle.high), abs=1e-12)
    assert 0 <= told.low <= told.value <= told.high <= 1


@given(st.integers(1, 3000))
def test_the_ranks_of_a_median_are_those_of_the_sign_test(n: int) -> None:
    told = median(np.arange(1, n + 1))
    rank = next((r for r in range(n // 2 + 1, 0, -1) if stats.binom.cdf(r - 1, n, 0.5) <= 0.025), 0)
    if rank:
        assert (told.low, told.high) == (rank, n + 1 - rank)
    else:
        assert np.isnan(told.low)


def test_in_drawn_samples_the_intervals_hold_the_truth_as_often_as_they_say() -> None:
    draw = np.random.default_rng(5)
    samples = draw.exponential(1.0, (DRAWN, 60))
    in_median = np.mean([told.low <= np.log(2) <= told.high for told in map(median, samples)])
    in_mean = np.mean([told.low <= 1.0 <= told.high for told in map(mean, samples)])
    in_share = np.mean([told.low <= np.exp(-1) <= told.high for told in (share(row > 1) for row in samples)])
    assert 0.945 <= in_median <= 0.985  # the ranks are whole, so rather more than 95 %
    assert 0.90 <= in_mean <= 0.96  # a skewed law and 60 draws
    assert 0.93 <= in_share <= 0.97


def test_what_is_not_there_is_left_out_and_counted() -> None:
    told = median([np.nan, 3.0, 1.0, 2.0])
    assert (told.value, told.flights) == (2.0, 3)
    assert mean([4.0]).value == 4.0
    assert np.isnan(mean([4.0]).low)
    assert mean([np.nan]) == NOTHING


@given(st.integers(1, 500))
def test_the_median_among_quantiles_has_the_ends_of_the_median(n: int) -> None:
    (told,) = quantiles(np.arange(1, n + 1), [0.5])
    whole = median(np.arange(1, n + 1))
    assert (told.low, told.high) == pytest.approx((whole.low, whole.high), nan_ok=True)
    assert abs(told.value - whole.value) <= 0.5


def test_quantiles_hold_the_truth_as_often_as_they_say_and_count_what_never_is() -> None:
    samples = np.random.default_rng(6).exponential(1.0, (DRAWN, 80))
    for part in (0.1, 0.75):
        told = [quantiles(row, [part])[0] for row in samples]
        held = np.mean([one.low <= -np.log1p(-part) <= one.high for one in told])
        assert 0.945 <= held <= 0.985
    many = quantiles([1.0, 2.0, np.inf, np.nan], [0.1, 0.5, 0.9])
    assert [one.value for one in many] == [1.0, 2.0, np.inf]
    assert many[0].flights == 3
    assert quantiles([np.nan], [0.5]) == [NOTHING]
