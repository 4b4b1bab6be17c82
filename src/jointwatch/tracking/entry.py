"""One line in a track's diary, written from its row of the bank."""

from __future__ import annotations

from typing import Any

from jointwatch.earth.arrays import Floats, Ints
from jointwatch.earth.compiled import part
from jointwatch.tracking.bank import ENTRIES, FIRST, PAGES, PLOTS, TIME
from jointwatch.tracking.diary import LINES, NAMED
from jointwatch.tracking.imm import combine


@part
def write(
    numbers: Floats, counts: Ints, tally: Ints, row: int, radar: int, time_tai_ns: int,
    summaries: Floats, times: Ints, radars: Any, unused: Ints, left: Ints, first: int, last: int,
) -> None:  # fmt: skip
    """Enter the estimate of a row as a plot of this radar and time left it.

    One of the same time as the last line replaces it, and both radars are named there.
    """
    written = counts[row, ENTRIES]
    again = False
    if written > 0:
        page, line = _line(counts, row, written - 1, first, last)
        again = times[page, line] == counts[row, TIME]
    if not again:
        slot = written if written < first else first + (written - first) % last
        if counts[row, PAGES + slot // LINES] < 0:
            left[0] -= 1
            counts[row, PAGES + slot // LINES] = unused[left[0]]
        page, line = _line(counts, row, written, first, last)
        counts[row, ENTRIES] = written + 1
        times[page, line] = counts[row, TIME]
        for k in range(NAMED):
            radars[page, line, k] = 0
    combine(numbers, row, summaries[page, line])
    for k in range(NAMED):
        if radars[page, line, k] == 0:
            radars[page, line, k] = radar + 1
            break
    _count(tally, row, radar)
    counts[row, PLOTS] += 1
    counts[row, FIRST] = min(counts[row, FIRST], time_tai_ns)


@part
def _line(counts: Ints, row: int, written: int, first: int, last: int) -> tuple[int, int]:
    """Page and line of an entry, by how many were written before."""
    slot = written if written < first else first + (written - first) % last
    return counts[row, PAGES + slot // LINES], slot % LINES


@part
def _count(tally: Ints, row: int, radar: int) -> None:
    """One plot more of this radar; above 2^32 stands how many others saw the track before it first did."""
    if tally[row, radar] == 0:
        others = 0
        for k in range(tally.shape[1]):
            others += tally[row, k] != 0
        tally[row, radar] = others << 32
    tally[row, radar] += 1
