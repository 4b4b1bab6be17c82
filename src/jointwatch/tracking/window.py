"""The plots that tracks of wide angles keep, so that they can be linearised again: a window for each, from one pool.

A window holds what was believed before it, and so many plots in the order of their times. When it is full, the two
plots of one radar that lie closest become one normal point, as in laser ranging: the mean of both against the path
now believed (`refit`). So a window never ends and nothing has to be summed up as a Gaussian while it is none.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jointwatch.earth.arrays import Floats, Ints
from jointwatch.tracking.bank import WINDOW, Bank
from jointwatch.tracking.kernels import kernels
from jointwatch.tracking.screen import Admitted

NODES = 64
"""Plots of one window: five minutes of one radar that looks every five seconds, before any two become one."""

# Columns of a node: range, azimuth, elevation; from VARIANCE on theirs; from SITE on the radar's origin and its east,
# north and up (`gate.place`).
VARIANCE, SITE = 3, 6
COLUMNS = 18

# Columns of a window's head: how many nodes, and when what was believed before them was believed, TAI nanoseconds.
COUNT, SINCE = 0, 1


class Windows:
    """All windows: times (w, 64) in TAI nanoseconds, nodes (w, 64, 18), heads (w, 2), and before (w, 7, 6).

    before: state and, below it, covariance before the first node; unused: the windows nobody holds, of which the first
    `left[0]` count.
    """

    def __init__(self) -> None:
        self.times: Ints = np.empty((0, NODES), dtype=np.int64)
        self.nodes: Floats = np.empty((0, NODES, COLUMNS))
        self.before: Floats = np.empty((0, 7, 6))
        self.heads: Ints = np.zeros((0, 2), dtype=np.int64)
        self.unused: Ints = np.empty(0, dtype=np.int64)
        self.left: Ints = np.zeros(1, dtype=np.int64)

    def begin(self, bank: Bank, which: Ints, plots: Admitted, velocity_variance: float) -> None:
        """Give windows to rows that were just appended, one for each of these plots, where the plots are wide."""
        k = kernels()
        if k.refit.any_wide(plots.z, plots.sigma):
            self.reserve(len(which), bank.column(WINDOW))
            of = (
                plots.z,
                plots.sigma,
                plots.stand(which)[0],
                velocity_variance,
                plots.time_tai_ns,
                k.gate.place(plots.site),
            )
            k.refit.begin(bank.counts, bank.size, which, *of, *self._arrays())

    def opened(self, bank: Bank, rows: Ints, plot: Ints, plots: Admitted) -> bool:
        """Give windows to rows that are to be updated with wide plots, where they need one; whether any row has one."""
        k = kernels()
        if k.refit.any_wide(plots.z, plots.sigma):
            self.reserve(len(rows), bank.column(WINDOW))
            of = rows, plot, plots.z, plots.sigma, k.gate.place(plots.site), plots.time_tai_ns
            k.refit.open_windows(bank.numbers, bank.counts, *of, *self._arrays())
        return bool(self.left[0] < len(self.times))

    def refit(self, bank: Bank, pairs: tuple[Ints, Ints, Floats], plots: Admitted, moving: Floats) -> None:
        """Fit updated rows that have a window anew to all their plots.

        pairs: rows, their plots, and the probabilities that these are theirs.
        """
        k = kernels()
        of = *pairs, plots.z, plots.sigma, k.gate.place(plots.site), plots.time_tai_ns, moving
        k.refit.refit(bank.numbers, bank.counts, *of, *self._arrays())

    def _arrays(self) -> tuple[Any, ...]:
        return self.times, self.nodes, self.before, self.heads, self.unused, self.left

    def reserve(self, windows: int, held: Ints) -> None:
        """See to it that so many windows are free, given those held now: numbers from one on, zeros among them."""
        if self.left[0] >= windows:
            return
        total = len(self.times)
        free = np.setdiff1d(np.arange(total), held - 1)
        if len(free) < windows:
            more = max(windows - len(free), total, 64)
            free = np.concatenate([free, np.arange(total, total + more)])
            self.times, self.nodes = _longer(self.times, more), _longer(self.nodes, more)
            self.before, self.heads = _longer(self.before, more), _longer(self.heads, more)
        self.unused = np.zeros(len(self.times), dtype=np.int64)
        self.unused[: len(free)], self.left[0] = free[::-1], len(free)


def _longer(array: np.ndarray, more: int) -> np.ndarray:
    longer = np.empty((len(array) + more, *array.shape[1:]), dtype=array.dtype)
    longer[: len(array)] = array
    return longer
