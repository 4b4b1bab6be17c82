"""The life of all tracks after a scan: chances missed, who may be confirmed, who must go; and rows that move up."""

from __future__ import annotations

from typing import Any

import numpy as np

from jointwatch.earth.arrays import Bools, Floats, Ints
from jointwatch.earth.compiled import kernel, part
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.tracking.bank import (
    CHANCES,
    CONFIRMED,
    FIRST,
    MU,
    NAME,
    NIS,
    NUMBERS,
    ORIGIN,
    PAGES,
    RECENT,
    TIME,
    P,
    X,
)
from jointwatch.tracking.entry import write
from jointwatch.tracking.sieve import stand


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
    numbers: Floats, counts: Ints, tally: Ints, size: int, plots: Ints, z: Floats, sigma: Floats, site: Floats,
    prior: Floats, radar: int, time_tai_ns: int,
    summaries: Floats, times: Ints, radars: Any, unused: Ints, left: Ints, first: int, last: int,
) -> None:  # fmt: skip
    """Append the rows of tracks that begin with the plots of these indices."""
    r, R = np.empty((1, 3)), np.empty((1, 3, 3))
    for i in range(len(plots)):
        row, j = size + i, plots[i]
        stand(z[j : j + 1], sigma[j : j + 1], site, r, R)
        _first_state(numbers, row, r[0], R[0], prior)
        for k in range(tally.shape[1]):
            tally[row, k] = 0
        for k in range(counts.shape[1]):
            counts[row, k] = 0 if k < PAGES else -1
        counts[row, TIME] = counts[row, FIRST] = time_tai_ns
        counts[row, RECENT] = counts[row, CHANCES] = 1
        counts[row, ORIGIN] = radar
        write(numbers, counts, tally, row, radar, time_tai_ns, summaries, times, radars, unused, left, first, last)


@part
def _first_state(numbers: Floats, row: int, r: Floats, R: Floats, prior: Floats) -> None:
    """Position from the plot, all else from the prior (`initiate.prior`)."""
    for k in range(NUMBERS):
        numbers[row, k] = 0.0
    for mode in range(2):
        x, p = X + 7 * mode, P + 28 * mode
        for a in range(3):
            numbers[row, x + a] = r[a]
            for b in range(a, 3):
                numbers[row, p + 7 * a - a * (a - 1) // 2 + b - a] = R[a, b] * (1 + 1e-12 if a == b else 1.0)
        numbers[row, x + 6] = prior[mode]
        for a in range(3, 6):
            numbers[row, p + 7 * a - a * (a - 1) // 2] = prior[4]
        numbers[row, p + 27] = prior[2 + mode]
    numbers[row, MU], numbers[row, MU + 1], numbers[row, NIS] = prior[5], 1 - prior[5], np.nan


@kernel
def miss(counts: Ints, size: int, radar: int, time_tai_ns: int) -> None:
    """Note a chance let go by the tracks that this radar saw first and did not see now."""
    for row in range(size):
        if counts[row, ORIGIN] == radar and counts[row, TIME] < time_tai_ns:
            counts[row, RECENT] = (counts[row, RECENT] << 1) & 0xFFFFFFFF
            counts[row, CHANCES] += 1


@kernel
def excuse(counts: Ints, rows: Ints, radar: int) -> None:
    """Strike the miss that rows were charged with by one part of a scan when another part has just updated them."""
    for i in range(len(rows)):
        row, recent = rows[i], counts[rows[i], RECENT]
        if counts[row, ORIGIN] == radar and recent & 3 == 1 and counts[row, CHANCES] > 2:
            counts[row, RECENT] = (recent >> 2 << 1) | 1
            counts[row, CHANCES] -= 1


@kernel
def judge(
    counts: Ints, size: int, now_tai_ns: int, needed: int, window: int, tentative_s: float, lost_s: float
) -> tuple[Ints, Bools, int, int]:
    """Rows seen often enough of late to be confirmed, rows not seen for too long (size,), how many; of them confirmed.

    A tentative track goes too when it can no longer be confirmed in time.
    """
    ready, gone = np.empty(size, dtype=np.int64), np.zeros(size, dtype=np.bool_)
    count, going, losing = 0, 0, 0
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
        losing += gone[row] and counts[row, CONFIRMED] == 1
    return ready[:count], gone, going, losing


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
            for k in range(numbers.shape[1]):
                numbers[stay, k] = numbers[row, k]
            for k in range(counts.shape[1]):
                counts[stay, k] = counts[row, k]
            for k in range(tally.shape[1]):
                tally[stay, k] = tally[row, k]
        stay += 1
    return stay
