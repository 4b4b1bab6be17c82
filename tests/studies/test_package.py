"""The value of a package: axioms, published games, and every order tried by hand."""

from __future__ import annotations

import itertools
import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jointwatch.studies import package

games = st.integers(1, 5).flatmap(
    lambda n: st.lists(st.floats(-10, 10), min_size=2**n, max_size=2**n).map(lambda v: np.array([0.0, *v[1:]]))
)


def worth(values: np.ndarray) -> package.Worth:
    """Return what the elements are worth, from a measure of every subset (2^n, ...)."""
    of = package.weights(len(values).bit_length() - 1)
    return package.Worth(*(np.tensordot(each, values, axes=1) for each in (of.alone, of.on_top, of.share, of.together)))


def marginal_means(values: np.ndarray) -> np.ndarray:
    """The Shapley value as it is defined: the mean over all orders of what an element adds to those before it."""
    n = len(values).bit_length() - 1
    total = np.zeros(n)
    for order in itertools.permutations(range(n)):
        there = 0
        for i in order:
            total[i] += values[there | 1 << i] - values[there]
            there |= 1 << i
    return total / math.factorial(n)


@given(games)
def test_shares_are_the_mean_over_every_order(values: np.ndarray) -> None:
    assert np.allclose(worth(values).share, marginal_means(values), atol=1e-9)


@given(games)
def test_shares_sum_to_what_the_whole_adds(values: np.ndarray) -> None:
    assert worth(values).share.sum() == pytest.approx(values[-1] - values[0], abs=1e-9)


def test_the_glove_game() -> None:
    """One left glove, two right ones: 2/3, 1/6, 1/6. [Osborne and Rubinstein, A Course in Game Theory, 1994, §14.4]"""
    pairs = [float(bool(s & 1) and bool(s & 6)) for s in range(8)]
    assert worth(pairs).share == pytest.approx([2 / 3, 1 / 6, 1 / 6])


def test_the_security_council_in_small() -> None:
    """A majority of 51 with 50, 49 and 1 votes: 2/3, 1/6, 1/6. [Shapley and Shubik 1954 has the form]"""
    votes = (50, 49, 1)
    passes = [float(sum(v for i, v in enumerate(votes) if s >> i & 1) >= 51) for s in range(8)]
    assert worth(passes).share == pytest.approx([2 / 3, 1 / 6, 1 / 6])


def test_unanimity_is_shared_equally_and_interacts_as_grabisch_and_roubens_say() -> None:
    """Of the game in which all of three are needed, each pair has the interaction 1/2. [their formula, by hand]"""
    all_three = [0.0] * 7 + [1.0]
    assert worth(all_three).share == pytest.approx([1 / 3] * 3)
    together = worth(all_three).together
    assert together[0, 1] == together[1, 2] == together[0, 2] == pytest.approx(0.5)


@given(games)
def test_interactions_are_the_mean_of_second_differences(values: np.ndarray) -> None:
    """By the definition: sum over subsets T of the others of (n-t-2)! t! / (n-1)! times the second difference."""
    n = len(values).bit_length() - 1
    found = worth(values).together
    for i, j in itertools.permutations(range(n), 2):
        rest = [s for s in range(len(values)) if not s >> i & 1 and not s >> j & 1]
        wanted = 0.0
        for s in rest:
            t = s.bit_count()
            weight = math.factorial(n - t - 2) * math.factorial(t) / math.factorial(n - 1)
            wanted += weight * (values[s | 1 << i | 1 << j] - values[s | 1 << i] - values[s | 1 << j] + values[s])
        assert found[i, j] == pytest.approx(wanted, abs=1e-9)


@given(games, st.randoms())
def test_another_order_of_the_elements_changes_nothing_but_the_order(values: np.ndarray, chance: random.Random) -> None:
    n = len(values).bit_length() - 1
    order = list(range(n))
    chance.shuffle(order)
    moved = np.array([values[sum(1 << order[i] for i in range(n) if s >> i & 1)] for s in range(len(values))])
    was, now = worth(values), worth(moved)
    assert np.allclose(now.share, was.share[order], atol=1e-9)
    assert np.allclose(now.alone, was.alone[order])
    assert np.allclose(now.on_top, was.on_top[order])
    assert np.allclose(now.together, was.together[np.ix_(order, order)], atol=1e-9)


def test_what_adds_nothing_is_worth_nothing_and_what_adds_apart_does_not_interact() -> None:
    apart = [float(0.3 * (s & 1) + 0.2 * (s >> 1 & 1)) for s in range(8)]  # the third element does nothing
    found = worth(apart)
    assert found.share == pytest.approx([0.3, 0.2, 0.0])
    assert found.alone == pytest.approx(found.on_top)
    assert np.allclose(found.together, 0.0)


def test_each_flight_has_a_worth_of_its_own_and_the_mean_of_them_is_that_of_the_mean() -> None:
    values = np.random.default_rng(1).random((16, 300))
    assert np.allclose(worth(values).share.mean(axis=1), worth(values.mean(axis=1)).share)


def test_more_elements_than_all_their_subsets_can_be_held_of_are_refused() -> None:
    with pytest.raises(ValueError, match="2\\^11 subsets"):
        package.subsets(("x",) * 11)
