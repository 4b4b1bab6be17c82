"""Who holds an object when: cumulative detection, gaps and hand-overs, in one pass over the looks at each arc.

Compiled by Numba, under `sensors.cumulative`.
"""

from __future__ import annotations

from math import exp, log, log1p

import numpy as np
from numpy.typing import NDArray

from jointwatch.earth.arrays import Bools, Floats, Ints
from jointwatch.earth.compiled import kernel

NEVER = -1


@kernel
def hold(
    probability: NDArray[np.float32],
    looks: Floats,
    seen: float,
    cumulative: Floats,
    first: Ints,
    held: Ints,
    by_any: Floats,
    first_by_any: Ints,
    gap: Ints,
    longest_gap: Ints,
    handed: Ints,
    overlap: Ints,
    least: Ints,
) -> None:
    """Fill what m radars make of n arcs from the probabilities (m, n, t) of one look at each step of time.

    looks: (m,) looks of each radar in one step. seen: probability of one look from which on a radar holds the object.
    cumulative (m, n), by_any (n,): probability of at least one detection. first (m, n), first_by_any (n,): step in
    which it reaches one half, or `NEVER`. held (m, n): steps. gap, longest_gap (n,): steps without any radar between
    two with one. handed, overlap, least (m, m): added to, see `_follow`.
    """
    m, n, t = probability.shape
    miss, since, holds = np.empty(t), np.empty(m, np.int64), np.empty((m, t), np.bool_)
    for j in range(n):
        for k in range(t):
            miss[k] = 0.0
        for i in range(m):
            first[i, j], held[i, j], cumulative[i, j] = _one(probability[i, j], looks[i], seen, miss, holds[i])
        total, first_by_any[j] = 0.0, NEVER
        for k in range(t):
            total += miss[k]
            if first_by_any[j] == NEVER and total <= log(0.5):
                first_by_any[j] = k
        by_any[j] = 1.0 - exp(total)
        gap[j], longest_gap[j] = _follow(holds, since, handed, overlap, least)


@kernel
def _one(
    probability: NDArray[np.float32], looks: float, seen: float, miss: Floats, holds: Bools
) -> tuple[int, int, float]:
    """Step of the radar's first detection, steps held, and its cumulative probability; its misses added to `miss`."""
    first, held, total = NEVER, 0, 0.0
    for k in range(probability.size):
        p = probability[k]
        holds[k] = p >= seen
        if p > 0.0:
            missed = looks * log1p(-min(float(p), 1.0 - 1e-12))  # the logarithm of missing it in all looks of a step
            total += missed
            miss[k] += missed
            held += holds[k]
            if first == NEVER and total <= log(0.5):
                first = k
    return first, held, 1.0 - exp(total)


@kernel
def _follow(holds: Bools, since: Ints, handed: Ints, overlap: Ints, least: Ints) -> tuple[int, int]:
    """Steps of all gaps and of the longest, of one arc; its hand-overs are added to the three matrices.

    The object stays with the radar that holds it for as long as that does, then goes to the one that has held it
    longest by then, or, after a gap, to the first that does again; of equals to the earlier in order.
    handed[a, b]: hand-overs from a to b; overlap: steps in which both held it before, summed, or less the gap between;
    least: the fewest.
    """
    m, t = holds.shape
    for i in range(m):  # a loop, for `since[:] = NEVER` takes seconds to compile
        since[i] = NEVER
    holder, lost, gap, longest = NEVER, NEVER, 0, 0
    for k in range(t):
        oldest = NEVER
        for i in range(m):
            since[i] = NEVER if not holds[i, k] else (k if since[i] == NEVER else since[i])
            if since[i] != NEVER and (oldest == NEVER or since[i] < since[oldest]):
                oldest = i
        if holder != NEVER and lost == NEVER and not holds[holder, k]:
            lost = k
        if oldest == NEVER:
            continue
        if lost != NEVER:
            if since[oldest] > lost:
                gap, longest = gap + k - lost, max(longest, k - lost)
            if oldest != holder:
                together = lost - since[oldest]
                least[holder, oldest] = min(least[holder, oldest], together)
                overlap[holder, oldest] += together
                handed[holder, oldest] += 1
            holder, lost = oldest, NEVER
        elif holder == NEVER:
            holder = oldest
    return gap, longest
