"""What the times in a record show: clocks that went back or ran ahead, and how long a log was silent.

Order is the position, never time, so none of it is a fault; a reader should know it all the same.
"""

from __future__ import annotations

import time
from array import array
from collections.abc import Iterable, Iterator

from jointwatch.exchange.verify.logs import ReadLog

BACK_S = 1.0
"""A step back of more than this is told."""
AHEAD_S = 60.0
"""An operational entry from so far in the future is told."""
_TAI_MINUS_UTC_S = 37  # since 2017; a leap second more would change no remark


def remarks(logs: Iterable[ReadLog], mode: str) -> tuple[str, ...]:
    """Return what the clocks of the owners of these logs did, one line each. mode: of the record."""
    now_tai_ns = int((time.time() + _TAI_MINUS_UTC_S) * 1e9)
    return tuple(line for read in logs for line in _of(read, now_tai_ns if mode == "operational" else None))


def _of(read: ReadLog, now_tai_ns: int | None) -> Iterator[str]:
    # a shard's opening is written when the first entry of its month has come, which was logged a little before
    count, worst_ns, where = steps_back(read.times, 1 if read.log.shard else 0)
    if count:
        times = "once" if count == 1 else f"{count:,} times"
        yield f"Clock: that of {read.log} went back {times}, by up to {worst_ns / 1e9:,.1f} s (at entry {where})"
    if now_tai_ns is not None and (ahead := max(read.times, default=0) - now_tai_ns) > AHEAD_S * 1e9:
        yield f"Clock: entries of {read.log} are dated up to {ahead / 1e9:,.0f} s in the future"


def steps_back(times_ns: array[int], start: int = 0) -> tuple[int, int, int]:
    """Return how often a time lies more than a second before the one before it, the most in ns, and where.

    A time of 0 is that of an entry that does not hold, and is passed over. start: the first that is looked at.

    >>> steps_back(array("q", [10_000_000_000, 0, 4_000_000_000, 12_000_000_000]))
    (1, 6000000000, 2)
    """
    count, worst, where, before = 0, 0, 0, 0
    for index, now in enumerate(times_ns[start:], start):
        if now and before - now > BACK_S * 1e9:
            count += 1
            if before - now > worst:
                worst, where = before - now, index
        before = now or before
    return count, worst, where
