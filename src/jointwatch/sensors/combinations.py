"""What many combinations of the same radars make of the same arcs, the work shared between them.

Compiled by Numba. The combinations stand in a tree: each is the one above it and one radar more, so that each costs a
sum over the steps of an arc, however many radars it has.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp, log, log1p

import numpy as np
from numpy.typing import NDArray

from jointwatch.earth.arrays import Floats, Ints
from jointwatch.earth.compiled import kernel
from jointwatch.sensors.holding import NEVER

Singles = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Tree:
    """Combinations of radars by number: the radar (c,) that comes to the one above, and how many there are (c,).

    In an order in which each stands after the one above it, which is the last before it with one radar less.
    """

    radar: Ints
    depth: Ints
    number: dict[frozenset[int], int]
    """Of a combination; that of no radar is -1."""

    def __len__(self) -> int:
        return len(self.radar)


@dataclass(frozen=True, eq=False)
class Combined:
    """What c combinations make of n arcs, (c, n): probability of at least one detection, first step, steps held."""

    detected: Floats
    first: Ints
    held: Ints


def tree(combinations: Iterable[Sequence[int]]) -> Tree:
    """Return the tree of some combinations of radars; those that most have come first, so that most is shared.

    >>> small = tree([(0,), (0, 1), (0, 1, 2)])
    >>> len(small), small.depth.tolist(), small.number[frozenset((0, 1))]
    (3, [1, 2, 3], 1)
    """
    wanted = {frozenset(some) for some in combinations}
    often = Counter(radar for some in wanted for radar in some)
    order = sorted(often, key=lambda radar: (-often[radar], radar))
    rank = {radar: i for i, radar in enumerate(order)}
    ways = [tuple(sorted(rank[radar] for radar in some)) for some in wanted]
    nodes = sorted({way[:end] for way in ways for end in range(1, len(way) + 1)})
    number = {frozenset(order[i] for i in node): at for at, node in enumerate(nodes)} | {frozenset(): -1}
    return Tree(
        np.array([order[node[-1]] for node in nodes], dtype=np.int64),
        np.array([len(node) for node in nodes], dtype=np.int64),
        number,
    )


def combined(probability: Singles, looks: Floats, seen: float, of: Tree) -> Combined:
    """Return what the combinations of a tree make of arcs from the probabilities (m, n, t) of one look at each step.

    looks: (m,) looks of each radar in one step. seen: probability of one look from which on a radar holds the object.
    """
    c, n = len(of), probability.shape[1]
    held = Combined(np.zeros((c, n)), np.full((c, n), NEVER, dtype=np.int64), np.zeros((c, n), dtype=np.int64))
    if c and n:
        _combine(probability, looks, seen, of.radar, of.depth, held.detected, held.first, held.held)
    return held


@kernel
def _combine(
    probability: Singles,
    looks: Floats,
    seen: float,
    radar: Ints,
    depth: Ints,
    detected: Floats,
    first: Ints,
    held: Ints,
) -> None:
    m, n, t = probability.shape
    missed, holds = np.zeros((m, t)), np.zeros((m, t), np.bool_)
    miss, hold = np.zeros((depth.max() + 1, t)), np.zeros((depth.max() + 1, t), np.bool_)
    for j in range(n):
        for i in range(m):
            total = 0.0
            for k in range(t):
                p = probability[i, j, k]
                if p > 0.0:
                    total += looks[i] * log1p(-min(float(p), 1.0 - 1e-12))
                missed[i, k], holds[i, k] = total, p >= seen
        for c in range(radar.size):
            i, d, steps = radar[c], depth[c], 0
            for k in range(t):
                miss[d, k] = miss[d - 1, k] + missed[i, k]
            for k in range(t):
                hold[d, k] = hold[d - 1, k] | holds[i, k]
                steps += hold[d, k]
            detected[c, j], held[c, j] = 1.0 - exp(miss[d, t - 1]), steps
            first[c, j] = _first(miss[d])


@kernel
def _first(missed: Floats) -> int:
    """First step at which the logarithm of missing an object, which never rises, says one half; `NEVER` if none."""
    low, high = 0, missed.size
    while low < high:
        middle = (low + high) // 2
        if missed[middle] <= log(0.5):
            high = middle
        else:
            low = middle + 1
    return low if low < missed.size else NEVER
