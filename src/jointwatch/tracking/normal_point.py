"""Two plots of one radar made one, without loss: their mean against a path, at the mean of their times.

A normal point as in satellite laser ranging (the Herstmonceux algorithm, Sinclair 1997). What two looks some seconds
apart say beyond their mean, the slope between them, is a share (span / length of the window)^2 of what all say of it.
"""

from __future__ import annotations

import numpy as np

from jointwatch.earth.arrays import Floats, Ints
from jointwatch.earth.compiled import kernel
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.tracking.gate import turned
from jointwatch.tracking.smooth import fly, measure
from jointwatch.tracking.window import COLUMNS, COUNT, SITE, VARIANCE


@kernel
def _closest(times: Ints, nodes: Floats, count: int) -> tuple[int, int]:
    """Indices of the two successive nodes of one radar that lie closest in time, the oldest of equals; -1 for none."""
    first, second, least = -1, -1, np.iinfo(np.int64).max
    for i in range(count - 1):
        for j in range(i + 1, count):
            if nodes[i, SITE] == nodes[j, SITE] and nodes[i, SITE + 1] == nodes[j, SITE + 1]:
                if times[j] - times[i] < least:
                    first, second, least = i, j, times[j] - times[i]
                break
    return first, second


@kernel
def _expected(x: Floats, seconds: float, node: Floats, y: Floats, H: Floats) -> None:
    """Fill H (4, 3) with what a node's radar measures of a path that is at x, so many seconds later (`measure`)."""
    for k in range(6):
        y[k] = x[k]
    fly(y, seconds)
    measure(node, y, H)


@kernel
def make_room(times: Ints, nodes: Floats, head: Ints, x: Floats, now_tai_ns: int) -> None:
    """Make one of two nodes of a full window, against the path of a coast that is at x (6,) now.

    Where each radar has but one node the oldest is left out.
    """
    i, j = _closest(times, nodes, head[COUNT])
    if i >= 0:
        _join(times, nodes, i, j, x, now_tai_ns)
    head[COUNT] -= 1
    for k in range(max(i, 0), head[COUNT]):
        _swap(times, nodes, k)


@kernel
def _join(times: Ints, nodes: Floats, i: int, j: int, x: Floats, now_tai_ns: int) -> None:
    """Put the normal point of nodes i and j where j was, or as far before as its time asks."""
    y, first, second, mean = np.empty(6), np.empty((4, 3)), np.empty((4, 3)), np.empty((4, 3))
    share = nodes[i, VARIANCE] / (nodes[i, VARIANCE] + nodes[j, VARIANCE])
    at = times[i] + np.int64(share * (times[j] - times[i]))
    _expected(x, (times[i] - now_tai_ns) / NS_PER_S, nodes[i], y, first)
    _expected(x, (times[j] - now_tai_ns) / NS_PER_S, nodes[j], y, second)
    _expected(x, (at - now_tai_ns) / NS_PER_S, nodes[j], y, mean)
    for k in range(3):
        a, b = nodes[i, VARIANCE + k], nodes[j, VARIANCE + k]
        of_i, of_j = nodes[i, k] - first[0, k], nodes[j, k] - second[0, k]
        if k == 1:
            of_i, of_j = turned(of_i), turned(of_j)
        nodes[j, k] = mean[0, k] + (b * of_i + a * of_j) / (a + b)
        nodes[j, VARIANCE + k] = a * b / (a + b)
    times[j] = at
    while j > 0 and times[j - 1] > at:  # of others that lie between
        _swap(times, nodes, j - 1)
        j -= 1


@kernel
def _swap(times: Ints, nodes: Floats, k: int) -> None:
    """Exchange a node with the next."""
    times[k], times[k + 1] = times[k + 1], times[k]
    for c in range(COLUMNS):
        nodes[k, c], nodes[k + 1, c] = nodes[k + 1, c], nodes[k, c]
