"""The life of all tracks after a scan: chances missed, who may be confirmed, who must go; and rows that move up."""

from __future__ import annotations

from typing import Any

import numpy as np

from jointwatch.earth.arrays import Bools, Floats, Ints
from jointwatch.earth.compiled import kernel
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.tracking.bank import CHANCES, CONFIRMED, FIRST, NAME, ORIGIN, PAGES, RECENT, TIME
from jointwatch.tracking.entry import write


@kernel
def enter(
    numbers: Floats, counts: Ints, tally: Ints, rows: Ints, radar: int, time_tai_ns: int, named: int,
    summaries: Floats, times: Ints, radars: Any, unused: Ints, left: Ints, first: int, last: int,
) -> int:  # fmt: skip
    """Enter updated rows into their diaries, and name those that now have two plots; the last name given."""
    for i in range(len(rows)):
        row = rows[i]
        write(numbers, counts, tally, row, radar, time_tai_ns, summaries, times, radars, unused, left, first, last)
        if counts[row, NAME] == 0:
            named += 1
            counts[row, NAME] = named
    return named


@kernel
def begin(
    numbers: Floats, counts: Ints, tally: Ints, size: int, new: Floats, radar: int, time_tai_ns: int,
    summaries: Floats, times: Ints, radars: Any, unused: Ints, left: Ints, first: int, last: int,
) -> None:  # fmt: skip
    """Append the rows of tracks that begin now, each with one plot."""
    for i in range(len(new)):
        row = size + i
        numbers[row] = new[i]
        tally[row] = 0
        counts[row, :PAGES] = 0
        counts[row, PAGES:] = -1
        counts[row, TIME] = counts[row, FIRST] = time_tai_ns
        counts[row, RECENT] = counts[row, CHANCES] = 1
        counts[row, ORIGIN] = radar
        write(numbers, counts, tally, row, radar, time_tai_ns, summaries, times, radars, unused, left, first, last)


@kernel
def miss(counts: Ints, size: int, radar: int, time_tai_ns: int) -> None:
    """Note a chance let go by the tracks that this radar saw first and did not see now."""
    for row in range(size):
        if counts[row, ORIGIN] == radar and counts[row, TIME] < time_tai_ns:
            counts[row, RECENT] = (counts[row, RECENT] << 1) & 0xFFFFFFFF
            counts[row, CHANCES] += 1


@kernel
def judge(
    counts: Ints, size: int, now_tai_ns: int, needed: int, window: int, tentative_s: float, lost_s: float
) -> tuple[Ints, Bools, int]:
    """Rows seen often enough of late to be confirmed, rows not seen for too long (size,) and how many these are.

    A tentative track goes too when it can no longer be confirmed in time.
    """
    ready, gone = np.empty(size, dtype=np.int64), np.zeros(size, dtype=np.bool_)
    count, going = 0, 0
    for row in range(size):
        hits, recent = 0, counts[row, RECENT]
        for k in range(window):
            hits += (recent >> k) & 1
        if counts[row, CONFIRMED] == 0 and hits >= needed:
            ready[count] = row
            count += 1
        age = (now_tai_ns - counts[row, TIME]) / NS_PER_S
        hopeless = min(counts[row, CHANCES], window) - hits > window - needed or age > tentative_s
        gone[row] = age > lost_s if counts[row, CONFIRMED] else hopeless
        going += gone[row]
    return ready[:count], gone, going


@kernel
def close_up(numbers: Floats, counts: Ints, tally: Ints, size: int, gone: Bools, unused: Ints, left: Ints) -> int:
    """Move the rows that stay up; the number of them. Tentative tracks that go give their pages back."""
    stay = 0
    for row in range(size):
        if gone[row]:
            for k in range(PAGES, counts.shape[1]):
                if counts[row, CONFIRMED] == 0 and counts[row, k] >= 0:
                    unused[left[0]] = counts[row, k]
                    left[0] += 1
            continue
        if stay < row:
            numbers[stay], counts[stay], tally[stay] = numbers[row], counts[row], tally[row]
        stay += 1
    return stay
