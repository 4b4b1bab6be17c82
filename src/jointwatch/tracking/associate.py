"""Which plot goes to which track: the choice with the greatest total gain, each plot and each track at most once."""

from __future__ import annotations

from math import inf

import numpy as np

from jointwatch.earth.arrays import Bools, Floats, Ints
from jointwatch.earth.compiled import kernel, part


def assign(track: Ints, plot: Ints, gain: Floats) -> Bools:
    """Which of the pairs (p,) are chosen, so that the sum of their gains is greatest.

    track, plot: indices of each pair, every pair at most once, in the order of tracks; gain: log ratio to leaving both
    alone. Pairs without gain are never chosen, so a track may be left without plot.

    >>> assign(np.array([0, 0, 1]), np.array([0, 1, 0]), np.array([5.0, 4.0, 3.0])).tolist()  # 4 + 3 beats 5
    [False, True, True]
    """
    order = np.argsort(track, kind="stable")
    chosen = np.zeros(len(track), dtype=bool)
    chosen[order] = chosen_of(track[order], plot[order], np.asarray(gain, dtype=np.float64)[order])
    return chosen


@kernel
def chosen_of(track: Ints, plot: Ints, gain: Floats) -> Bools:
    """`assign` for pairs in the order of tracks: shortest augmenting paths (Jonker, Volgenant 1987; Crouse 2016).

    # Algorithm
    Tracks enter one by one. Each looks, by Dijkstra's method over reduced costs, for the cheapest way to a plot that
    is free or to a track that can do without one; along that way everyone moves on. Only pairs are looked at, never a
    matrix, so a search ends within its cluster of tracks and plots.
    """
    chosen = np.zeros(len(track), dtype=np.bool_)
    if len(track) == 0:
        return chosen
    starts, row = np.empty(len(track) + 1, dtype=np.int64), np.empty(len(track), dtype=np.int64)
    tracks, plots = _rows(track, starts, row), reach(plot)
    u, v = np.zeros(tracks), np.zeros(plots)
    of_plot, pair_of = np.full(plots, -1), np.full(tracks, -1)
    way, by, done = np.full(plots, inf), np.empty(plots, dtype=np.int64), np.zeros(plots, dtype=np.bool_)
    reached = np.empty(plots, dtype=np.int64)
    for new in range(tracks):
        for k in range(starts[new], starts[new + 1]):
            u[new] = min(u[new], -gain[k])
        i, length, count, alone, alone_at, free = new, 0.0, 0, inf, -1, -1
        while True:
            if length - u[i] < alone:
                alone, alone_at = length - u[i], i
            for k in range(starts[i], starts[i + 1]):
                j = plot[k]
                if gain[k] > 0 and not done[j]:
                    through = length - gain[k] - u[i] - v[j]
                    if way[j] == inf:
                        reached[count] = j
                        count += 1
                    if through < way[j]:
                        way[j], by[j] = through, k
            nearest, least = -1, alone
            for n in range(count):
                j = reached[n]
                if not done[j] and way[j] < least:
                    nearest, least = j, way[j]
            length = least
            if nearest < 0:
                break
            done[nearest] = True
            if of_plot[nearest] < 0:
                free = nearest
                break
            i = of_plot[nearest]
        u[new] += length
        for n in range(count):
            j = reached[n]
            if done[j]:
                if of_plot[j] >= 0:
                    u[of_plot[j]] += length - way[j]
                v[j] -= length - way[j]
            way[j], done[j] = inf, False
        if free < 0 and alone_at != new:  # that track gives up its plot, which is then free
            free, pair_of[alone_at] = plot[pair_of[alone_at]], -1
        while free >= 0:
            k = by[free]
            i = row[k]
            before, of_plot[free], pair_of[i] = pair_of[i], i, k
            free = plot[before] if before >= 0 and i != new else -1
    for i in range(tracks):
        if pair_of[i] >= 0:
            chosen[pair_of[i]] = True
    return chosen


@part
def reach(plot: Ints) -> int:
    """One more than the greatest index, zero of none; NumPy's `max` takes half a second to compile."""
    most = -1
    for j in plot:
        most = max(most, j)
    return most + 1


@part
def _rows(track: Ints, starts: Ints, row: Ints) -> int:
    """Number the tracks of the pairs from zero: fills each pair's number, and where each begins; how many there are."""
    count = 0
    for k in range(len(track)):
        if k == 0 or track[k] != track[k - 1]:
            starts[count] = k
            count += 1
        row[k] = count - 1
    starts[count] = len(track)
    return count


@kernel
def shared_out(chosen: Bools, track: Ints, plot: Ints, judged: Floats, plots: int) -> tuple[Ints, Ints, Floats, Ints]:
    """Tracks (k,) with their plots (k,) and what was judged of these pairs (k, 4); the plots that nobody takes."""
    k, free = 0, np.ones(plots, dtype=np.bool_)
    mine, its = np.empty(len(track), dtype=np.int64), np.empty(len(track), dtype=np.int64)
    how, left = np.empty((len(track), judged.shape[1])), np.empty(plots, dtype=np.int64)
    for pair in range(len(track)):
        if chosen[pair]:
            mine[k], its[k], free[plot[pair]] = track[pair], plot[pair], False
            for c in range(judged.shape[1]):
                how[k, c] = judged[pair, c]
            k += 1
    rest = 0
    for j in range(plots):
        if free[j]:
            left[rest] = j
            rest += 1
    return mine[:k], its[:k], how[:k], left[:rest]
