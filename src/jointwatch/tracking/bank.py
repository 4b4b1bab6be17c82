"""The filters of all live tracks side by side, one row each, in arrays that grow by doubling."""

from __future__ import annotations

import numpy as np

from jointwatch.earth.arrays import Floats, Ints

# Columns of numbers. X: the state of boost and that of coast; P: their covariances as upper triangles; MU: their
# probabilities; NIS of the last plot. DRAG: the drag index, the coast's seventh component, and DRAG_VARIANCE its own.
X, P, MU, NIS = 0, 14, 70, 72
DRAG, DRAG_VARIANCE = 13, 69
NUMBERS = 73

# Columns of ahead: rows of a block (`lanes`) of one track, X1 and P1, then Z, H and S, then C, of boost, then of coast.
AHEAD = 108

# Columns of counts. TIME of the newest plot and FIRST of the oldest, TAI nanoseconds; PLOTS: how many; RECENT: one bit
# for each chance to be seen, newest lowest, set where seen; CHANCES: how many there were; ORIGIN: index of the radar of
# the first plot; CONFIRMED; NAME: running number of the track, zero while it has one plot; ENTRIES written to its
# diary; BURNED: whether a coast ever since the first plot is out of the question; KNOWN: catalogue number of the
# satellite it is, or zero; WINDOW: number, from one, of the plots it keeps, or zero; and from PAGES on the diary's
# pages, -1 where there is none.
TIME, FIRST, PLOTS, RECENT, CHANCES, ORIGIN, CONFIRMED, NAME, ENTRIES, BURNED, KNOWN, WINDOW, PAGES = range(13)

SMALLEST = 64  # rows

# Where the elements of a covariance stand in its upper triangle, as a matrix (7, 7).
_UPPER = np.zeros((7, 7), dtype=np.int64)
_UPPER[np.triu_indices(7)] = np.arange(28)
PACKED = np.maximum(_UPPER, _UPPER.T)


class Bank:
    """Rows of filters, oldest first, of which the first `len(bank)` are in use.

    numbers (m, 73), counts (m, 13 + pages), and tally (m, radars): how many plots each radar gave, and above 2^32 in
    which order it first did. ahead (m, 108): what the gate expected of the tracks that met a plot, until its update.
    """

    def __init__(self, *, pages: int) -> None:
        self.numbers: Floats = np.empty((SMALLEST, NUMBERS))
        self.counts: Ints = np.empty((SMALLEST, PAGES + pages), dtype=np.int64)
        self.tally: Ints = np.zeros((SMALLEST, 4), dtype=np.int64)
        self.ahead: Floats = np.empty((SMALLEST, AHEAD))
        self.size = 0

    def __len__(self) -> int:
        return self.size

    def reserve(self, rows: int, radars: int) -> None:
        """Make room for so many further rows, and for so many radars."""
        wanted = self.size + rows
        if wanted > len(self.numbers):
            capacity = max(wanted, 2 * len(self.numbers))
            self.numbers = _grown(self.numbers, (capacity, NUMBERS))
            self.counts = _grown(self.counts, (capacity, self.counts.shape[1]))
            self.ahead = np.empty((capacity, AHEAD))
            self.tally = _grown(self.tally, (capacity, self.tally.shape[1]))
        if radars > self.tally.shape[1]:
            self.tally = _grown(self.tally, (len(self.tally), max(radars, 2 * self.tally.shape[1])))

    def column(self, name: int) -> Ints:
        """One column of the counts, of the rows in use."""
        return self.counts[: self.size, name]


def _grown(array: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    larger = np.zeros(shape, dtype=array.dtype)
    larger[: array.shape[0], : array.shape[1]] = array
    return larger
