"""Which plot goes to which track: the choice with the greatest total gain, each plot and each track at most once.

Tracks and plots fall into clusters that share no gated pair; each cluster is settled alone, most of them at a glance.
"""

from __future__ import annotations

import numpy as np

from jointwatch.earth.arrays import Bools, Floats, Ints


def assign(track: Ints, plot: Ints, gain: Floats) -> Bools:
    """Which of the pairs (p,) are chosen, so that the sum of their gains is greatest.

    track, plot: indices of each pair, every pair at most once; gain: log ratio to leaving both alone. Pairs without
    gain are never chosen, so a track may be left without plot.

    >>> assign(np.array([0, 0, 1]), np.array([0, 1, 0]), np.array([5.0, 4.0, 3.0])).tolist()  # 4 + 3 beats 5
    [False, True, True]
    """
    chosen = np.zeros(len(track), dtype=bool)
    useful = np.flatnonzero(gain > 0)
    if not len(useful):
        return chosen
    alone = (np.bincount(track[useful])[track[useful]] == 1) & (np.bincount(plot[useful])[plot[useful]] == 1)
    chosen[useful[alone]] = True
    shared = useful[~alone]
    for members in clusters(track[shared], plot[shared]):
        pairs = shared[members]
        chosen[pairs[_settle(track[pairs], plot[pairs], gain[pairs])]] = True
    return chosen


def clusters(track: Ints, plot: Ints) -> list[Ints]:
    """The pairs (indices) of each cluster: tracks and plots joined, through others or directly, by a pair.

    >>> [c.tolist() for c in clusters(np.array([0, 1, 7]), np.array([3, 3, 5]))]
    [[0, 1], [2]]
    """
    if not len(track):
        return []
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    tracks, rows = np.unique(track, return_inverse=True)
    plots, columns = np.unique(plot, return_inverse=True)
    size = len(tracks) + len(plots)
    graph = coo_array((np.ones(len(rows)), (rows, columns + len(tracks))), shape=(size, size))
    count, label = connected_components(graph, directed=False)
    of_pair = label[rows]
    return [np.flatnonzero(of_pair == cluster) for cluster in range(count)]


def _settle(track: Ints, plot: Ints, gain: Floats) -> Bools:
    """Which pairs of one cluster are chosen (Crouse 2016, as SciPy has it).

    Where no pair is, the matrix holds zero, and a zero chosen means: left alone. So no rows for misses are needed.
    """
    from scipy.optimize import linear_sum_assignment

    tracks, rows = np.unique(track, return_inverse=True)
    plots, columns = np.unique(plot, return_inverse=True)
    matrix = np.zeros((len(tracks), len(plots)))
    matrix[rows, columns] = gain
    picked = np.full(len(tracks), -1)
    row, column = linear_sum_assignment(matrix, maximize=True)
    picked[row] = column
    return np.asarray(picked[rows] == columns)
