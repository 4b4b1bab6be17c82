"""The diaries of all tracks: the first estimates of each for good, and a ring of the last ones.

An estimate is one line; lines are bound in pages that tracks take when they need them and give back when forgotten,
so that memory follows the number of tracks and not their age.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from jointwatch.earth.arrays import Floats, Ints
from jointwatch.tracking.bank import ENTRIES, PAGES
from jointwatch.tracking.track import History

LINES = 32  # of a page
NAMED = 16  # of the plots that made one estimate, so many name their radar; scans come 20 s late at most
SUMMARY = 28
TRIANGLE = np.triu_indices(6)
SQUARE = np.empty((6, 6), dtype=np.int64)  # where a summary has each element of the covariance
SQUARE[TRIANGLE] = SQUARE.T[TRIANGLE] = np.arange(6, 27)


class Diaries:
    """All pages: summaries (pages, 32, 28) as `imm.combine` fills them, times (pages, 32), radars (pages, 32, 16).

    radars: index of each radar plus one, zero for none; unused: the pages that nobody holds, the first `left[0]` count.
    """

    def __init__(self, first: int, last: int) -> None:
        self.first, self.last = first, last
        self.pages_of_one = -(-(first + last) // LINES)
        self.summaries: Floats = np.empty((0, LINES, SUMMARY))
        self.times: Ints = np.empty((0, LINES), dtype=np.int64)
        self.radars = np.empty((0, LINES, NAMED), dtype=np.uint16)
        self.unused: Ints = np.empty(0, dtype=np.int64)
        self.left: Ints = np.zeros(1, dtype=np.int64)

    def reserve(self, pages: int) -> None:
        """See to it that so many pages are free."""
        left, held = int(self.left[0]), len(self.times)
        if left >= pages:
            return
        more = max(pages - left, held, 64)
        self.summaries = _longer(self.summaries, more)
        self.times = _longer(self.times, more)
        self.radars = _longer(self.radars, more)
        unused = np.empty(held + more, dtype=np.int64)
        unused[:left] = self.unused[:left]
        unused[left : left + more] = np.arange(held + more - 1, held - 1, -1)
        self.unused, self.left[0] = unused, left + more

    def release(self, counts: Ints) -> None:
        """Take back the pages of a track, given its row of the bank's counts."""
        pages = counts[PAGES:][counts[PAGES:] >= 0]
        left = int(self.left[0])
        self.unused[left : left + len(pages)] = pages
        self.left[0] = left + len(pages)

    def read(self, track_id: str, counts: Ints, names: Sequence[str]) -> History:
        """What was written of a track, given its row of the bank's counts and the names of the radars."""
        written, room = int(counts[ENTRIES]), self.first + self.last
        kept = np.arange(written)
        if written > room:
            kept = np.concatenate([kept[: self.first], kept[written - self.last :]])
        slot = np.where(kept < self.first, kept, self.first + (kept - self.first) % self.last)
        page, line = counts[PAGES + slot // LINES], slot % LINES
        summary = self.summaries[page, line]
        P, radars = summary[:, SQUARE], self._named(self.radars[page, line], names)
        times = self.times[page, line]
        return History(track_id, times, summary[:, :6], P, summary[:, 27], radars, max(0, written - room))

    def _named(self, radars: np.ndarray, names: Sequence[str]) -> tuple[tuple[str, ...], ...]:
        """The radars of each estimate by name; most are of few radars, and those are looked up once."""
        rows = radars.view(f"V{radars.itemsize * NAMED}")[:, 0].tolist()
        known = {row: tuple(names[k - 1] for k in np.frombuffer(row, radars.dtype) if k) for row in set(rows)}
        return tuple(known[row] for row in rows)


def _longer(array: np.ndarray, more: int) -> np.ndarray:
    longer = np.empty((len(array) + more, *array.shape[1:]), dtype=array.dtype)
    longer[: len(array)] = array
    return longer
