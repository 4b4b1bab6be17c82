"""Combinations of radars are what `holding.hold` makes of each by itself, however much of the work they share."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jointwatch.sensors.combinations import combined, tree
from jointwatch.sensors.holding import hold
from jointwatch.sensors.visibility import SEEN

RADARS, ARCS, STEPS = 5, 4, 60
several = st.sets(st.frozensets(st.integers(0, RADARS - 1)), min_size=1, max_size=12)


def looked(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities of a look that come and go, as a flight through a few fields does."""
    draw = np.random.default_rng(seed)
    begins = draw.integers(-20, STEPS, (RADARS, ARCS, 1))
    there = (np.arange(STEPS) >= begins) & (np.arange(STEPS) < begins + draw.integers(1, 40, (RADARS, ARCS, 1)))
    return np.where(there, draw.random((RADARS, ARCS, STEPS)) ** 3, 0.0).astype(np.float32), draw.uniform(
        0.1, 5, RADARS
    )


def by_itself(probability: np.ndarray, looks: np.ndarray, some: list[int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    m, p = len(some), probability[some]
    floats, steps = np.zeros((m, ARCS)), np.zeros((m, ARCS), np.int64)
    by_any, first, unused = np.zeros(ARCS), np.zeros(ARCS, np.int64), np.zeros(ARCS, np.int64)
    pairs = np.zeros((m, m), np.int64)
    hold(
        p, looks[some], SEEN, floats, steps.copy(), steps.copy(), by_any, first, unused, unused.copy(), pairs,
        pairs.copy(), pairs.copy(), unused.copy(),
    )  # fmt: skip
    return by_any, first, (p >= SEEN).any(axis=0).sum(axis=1)


@settings(max_examples=40, deadline=None)
@given(several, st.integers(0, 2**32))
def test_each_is_what_its_radars_make_of_the_arcs_by_themselves(wanted: set[frozenset[int]], seed: int) -> None:
    probability, looks = looked(seed)
    of = tree([sorted(some) for some in wanted])
    found = combined(probability, looks, SEEN, of)
    for some in wanted - {frozenset()}:
        detected, first, held = by_itself(probability, looks, sorted(some))
        at = of.number[some]
        assert found.detected[at] == pytest.approx(detected, abs=1e-12)
        assert np.array_equal(found.first[at], first)
        assert np.array_equal(found.held[at], held)


@given(several)
def test_a_tree_holds_each_once_after_the_one_above_it(wanted: set[frozenset[int]]) -> None:
    of = tree([sorted(some) for some in wanted])
    above: list[frozenset[int]] = [frozenset()] * (RADARS + 1)
    for at, (radar, depth) in enumerate(zip(of.radar, of.depth, strict=True)):
        above[depth] = above[depth - 1] | {int(radar)}
        assert of.number[above[depth]] == at
    assert wanted <= set(of.number)
    assert len(of) == len(of.number) - 1 <= sum(map(len, wanted))


def test_all_subsets_cost_one_step_each() -> None:
    every = [[i for i in range(8) if s >> i & 1] for s in range(256)]
    assert len(tree(every)) == 255
    assert len(tree([[9, *some] for some in every])) == 256


def test_without_arcs_or_radars_there_is_nothing() -> None:
    probability, looks = looked(1)
    assert combined(probability[:, :0], looks, SEEN, tree([[0]])).first.shape == (1, 0)
    assert combined(probability, looks, SEEN, tree([[]])).first.shape == (0, ARCS)
