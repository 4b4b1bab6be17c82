"""Who holds an object when: cumulative detection, gaps and hand-overs, in one pass over the looks at each arc.

Compiled by Numba, under `sensors.cumulative`.
"""

from __future__ import annotations

from math import exp, log, log1p

import numpy as np
from numpy.typing import NDArray

from jointwatch.earth.arrays import Bools, Floats, Ints
from jointwatch.earth.compiled import kernel, part

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
    passed: Ints,
) -> None:
    """Fill what m radars make of n arcs from the probabilities (m, n, t) of one look at each step of time.

    looks: (m,) looks of each radar in one step. seen: probability of one look from which on a radar holds the object.
    cumulative (m, n), by_any (n,): probability of at least one detection. first (m, n), first_by_any (n,): step in
    which it reaches one half, or `NEVER`. held (m, n): steps. gap, longest_gap (n,): steps without any radar between
    two with one. handed, overlap, least (m, m): added to, see `_follow`. passed (n,): hand-overs of each arc.
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
        gap[j], longest_gap[j], passed[j] = _follow(holds, since, handed, overlap, least)


@kernel
def hold_by_sets(
    probability: NDArray[np.float32],
    looks: Floats,
    seen: float,
    sets: Ints,
    cumulative: Floats,
    first: Ints,
    held: Ints,
    by_any: Floats,
    first_by_any: Ints,
    held_by_any: Ints,
    gap: Ints,
    longest_gap: Ints,
    passed: Ints,
) -> None:
    """Fill what m radars, each by itself and in g sets, make of n arcs: as `hold` for each set, in one pass.

    sets: (g, most) numbers of radars in their order, -1 after the last. by_any and what follows: (g, n); held_by_any:
    steps in which some radar of the set holds the arc. Sets of which the same radars see an arc share the work.
    """
    m, n, t = probability.shape
    sets_count, most = sets.shape
    missed, holds, sees = np.empty((m, t)), np.empty((m, t), np.bool_), np.empty(m, np.bool_)
    which, count = np.empty((sets_count, most), np.int64), np.empty(sets_count, np.int64)
    miss, rows, since = np.empty(t), np.empty((most, t), np.bool_), np.empty(most, np.int64)
    nothing = np.zeros((most, most), np.int64)
    for j in range(n):
        for i in range(m):
            for k in range(t):
                missed[i, k] = 0.0
            first[i, j], held[i, j], cumulative[i, j] = _one(probability[i, j], looks[i], seen, missed[i], holds[i])
            sees[i] = cumulative[i, j] > 0.0
        begin, end = _seen_between(missed)
        for g in range(sets_count):
            same = _same_as(g, sets, sees, which, count)
            if same < g:
                by_any[g, j], first_by_any[g, j], held_by_any[g, j] = (
                    by_any[same, j], first_by_any[same, j], held_by_any[same, j],
                )  # fmt: skip
                gap[g, j], longest_gap[g, j], passed[g, j] = gap[same, j], longest_gap[same, j], passed[same, j]
                continue
            radars = which[g, : count[g]]
            by_any[g, j], first_by_any[g, j], held_by_any[g, j] = _by_any(missed, holds, radars, begin, end, miss, rows)
            within = rows[: count[g], begin:end]
            gap[g, j], longest_gap[g, j], passed[g, j] = _follow(within, since, nothing, nothing, nothing)


@part
def _by_any(
    missed: Floats, holds: Bools, radars: Ints, begin: int, end: int, miss: Floats, rows: Bools
) -> tuple[float, int, int]:
    """Cumulative probability of some radars together, the step of their first detection, and steps held by any.

    rows: filled with who of them holds the arc.
    """
    for k in range(begin, end):
        miss[k] = 0.0
        for c in range(len(radars)):
            miss[k] += missed[radars[c], k]
            rows[c, k] = holds[radars[c], k]
    total, first, held = 0.0, NEVER, 0
    for k in range(begin, end):
        total += miss[k]
        if first == NEVER and total <= log(0.5):
            first = k
        for c in range(len(radars)):
            if rows[c, k]:
                held += 1
                break
    return 1.0 - exp(total), first, held


@kernel
def _seen_between(missed: Floats) -> tuple[int, int]:
    """The first step in which some radar may see the arc, and the one after the last."""
    m, t = missed.shape
    begin, end = t, 0
    for i in range(m):
        k = 0
        while k < begin and missed[i, k] == 0.0:
            k += 1
        begin = min(begin, k)
        k = t
        while k > end and missed[i, k - 1] == 0.0:
            k -= 1
        end = max(end, k)
    return begin, end


@kernel
def _same_as(g: int, sets: Ints, sees: Bools, which: Ints, count: Ints) -> int:
    """Write down which radars of a set see the arc; return the first set of which the same ones do: itself at last."""
    count[g] = 0
    for c in range(sets.shape[1]):
        if sets[g, c] >= 0 and sees[sets[g, c]]:
            which[g, count[g]] = sets[g, c]
            count[g] += 1
    for h in range(g):
        same = count[h] == count[g]
        for c in range(count[g] if same else 0):
            same = same and which[h, c] == which[g, c]
        if same:
            return h
    return g


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
def _follow(holds: Bools, since: Ints, handed: Ints, overlap: Ints, least: Ints) -> tuple[int, int, int]:
    """Steps of all gaps and of the longest, and hand-overs, of one arc; the latter are added to the three matrices.

    The object stays with the radar that holds it for as long as that does, then goes to the one that has held it
    longest by then, or, after a gap, to the first that does again; of equals to the earlier in order.
    handed[a, b]: hand-overs from a to b; overlap: steps in which both held it before, summed, or less the gap between;
    least: the fewest.
    """
    m, t = holds.shape
    for i in range(m):  # a loop, for `since[:] = NEVER` takes seconds to compile
        since[i] = NEVER
    holder, lost, gap, longest, passed = NEVER, NEVER, 0, 0, 0
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
                passed += 1
            holder, lost = oldest, NEVER
        elif holder == NEVER:
            holder = oldest
    return gap, longest, passed
