"""TAI nanoseconds from and to UTC text, leap seconds included.

Inside the house time is int64 nanoseconds of TAI since 1970-01-01T00:00:00 TAI, a scale without gaps; UTC, with
its 23:59:60, is text at the edges.
"""

from __future__ import annotations

import re
import time
from bisect import bisect_right
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # whoever only wants to read a time of day need not wait for numpy
    from numpy.typing import NDArray

NS_PER_S = 1_000_000_000
S_PER_DAY = 86_400

# First UTC day of each value of TAI - UTC, seconds: the leap seconds announced by IERS Bulletin C since 1972, the
# last at the end of 2016. The same as ERFA's table (eraDat), which a test compares. A new one belongs here.
LEAP_TABLE: tuple[tuple[str, int], ...] = (
    ("1972-01-01", 10), ("1972-07-01", 11), ("1973-01-01", 12), ("1974-01-01", 13), ("1975-01-01", 14),
    ("1976-01-01", 15), ("1977-01-01", 16), ("1978-01-01", 17), ("1979-01-01", 18), ("1980-01-01", 19),
    ("1981-07-01", 20), ("1982-07-01", 21), ("1983-07-01", 22), ("1985-07-01", 23), ("1988-01-01", 24),
    ("1990-01-01", 25), ("1991-01-01", 26), ("1992-07-01", 27), ("1993-07-01", 28), ("1994-07-01", 29),
    ("1996-01-01", 30), ("1997-07-01", 31), ("1999-01-01", 32), ("2006-01-01", 33), ("2009-01-01", 34),
    ("2012-07-01", 35), ("2015-07-01", 36), ("2017-01-01", 37),
)  # fmt: skip

_EPOCH = date(1970, 1, 1)
_LEAP_DAY = [(date.fromisoformat(day) - _EPOCH).days for day, _ in LEAP_TABLE]
_OFFSET_S = [seconds for _, seconds in LEAP_TABLE]
# the TAI second at which each of those days begins
_LEAP_TAI_S = [day * S_PER_DAY + offset for day, offset in zip(_LEAP_DAY, _OFFSET_S, strict=True)]
_UTC = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?Z")


def tai_ns_from_utc(text: str) -> int:
    """Nanoseconds of TAI since 1970-01-01T00:00:00 TAI for a UTC time written `2009-02-02T18:30:00Z`.

    Up to nine decimals of a second are read; 23:59:60 is read on the days that had it and refused on others.

    >>> tai_ns_from_utc("2009-02-02T18:30:00Z")
    1233599434000000000
    >>> tai_ns_from_utc("2008-12-31T23:59:60.5Z") - tai_ns_from_utc("2008-12-31T23:59:59.5Z")
    1000000000
    """
    found = _UTC.fullmatch(text)
    if found is None:
        raise ValueError(f"wanted a UTC time such as 2009-02-02T18:30:00Z (up to nine decimals), got {text!r}")
    day = _day_number(found[1], text)
    hour, minute, second = int(found[2]), int(found[3]), int(found[4])
    last = 60 if (hour, minute) == (23, 59) and day + 1 in _LEAP_DAY[1:] else 59
    if hour > 23 or minute > 59 or second > last:
        raise ValueError(f"{text!r} is not a time of day: UTC had no such second on {found[1]}")
    offset = _OFFSET_S[bisect_right(_LEAP_DAY, day) - 1]
    fraction_ns = int((found[5] or "").ljust(9, "0"))
    return (day * S_PER_DAY + hour * 3600 + minute * 60 + second + offset) * NS_PER_S + fraction_ns


def utc_from_tai_ns(tai_ns: int, *, digits: int = 0) -> str:
    """UTC text such as `2009-02-02T18:30:00Z` of a TAI time, cut (never rounded up) to `digits` = 0, 3 or 9 decimals.

    >>> utc_from_tai_ns(1233599434_000_000_000)
    '2009-02-02T18:30:00Z'
    >>> utc_from_tai_ns(tai_ns_from_utc("2016-12-31T23:59:60.25Z"), digits=3)
    '2016-12-31T23:59:60.250Z'

    A time that anyone may have written can be printed: before 1972, when UTC ran otherwise, with the 10 s of that year,
    which is off by up to 10 s.
    """
    if digits not in (0, 3, 9):
        raise ValueError(f"digits must be 0, 3 or 9, got {digits}")
    tai_s, fraction_ns = divmod(int(tai_ns), NS_PER_S)
    row = max(bisect_right(_LEAP_TAI_S, tai_s) - 1, 0)
    day, second = divmod(tai_s - _OFFSET_S[row], S_PER_DAY)
    if row + 1 < len(_LEAP_DAY) and day == _LEAP_DAY[row + 1]:  # the leap second itself: 23:59:60 of the day before
        day, second = day - 1, S_PER_DAY
    hour, minute = min(second // 3600, 23), min(second // 60, 1439) % 60
    decimals = f".{fraction_ns:09d}"[: digits + 1] if digits else ""
    return f"{_date_text(day)}T{hour:02d}:{minute:02d}:{second - hour * 3600 - minute * 60:02d}{decimals}Z"


def tai_ns_from_days(day: NDArray[Any], ns_of_day: NDArray[Any]) -> NDArray[Any]:
    """TAI nanoseconds (n,) of UTC days since 1970-01-01 (n,) and nanoseconds of those days (n,).

    A leap second lies past 86,400 s of its day. Raises ValueError, naming the row, for one on a day that had none and
    for days before 1972.

    >>> import numpy as np
    >>> tai_ns_from_days(np.array([14277]), np.array([66_600_000_000_000]))
    array([1233599434000000000])
    """
    import numpy as np

    days, ns = np.asarray(day, dtype=np.int64), np.asarray(ns_of_day, dtype=np.int64)
    row = np.searchsorted(_LEAP_DAY, days, side="right") - 1
    ends_with_leap = np.isin(days + 1, _LEAP_DAY[1:])
    longest = (S_PER_DAY + ends_with_leap) * NS_PER_S
    for wrong, why in (
        (row < 0, "UTC with leap seconds begins on 1972-01-01"),
        ((ns < 0) | (ns >= longest), "UTC had no such second on that day"),
    ):
        if wrong.any():
            first = int(np.flatnonzero(wrong)[0])
            raise ValueError(f"row {first}: {why}; got {_date_text(int(days[first]))} and {ns[first] / NS_PER_S:g} s")
    offset = np.asarray(_OFFSET_S, dtype=np.int64)[row]
    return np.asarray((days * S_PER_DAY + offset) * NS_PER_S + ns)


def days_from_tai_ns(tai_ns: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """UTC days since 1970-01-01 (n,) and nanoseconds of those days (n,) of TAI nanoseconds (n,).

    The inverse of `tai_ns_from_days`: a leap second lies past 86,400 s of the day it closes.

    >>> import numpy as np
    >>> days_from_tai_ns(np.array([1233599434000000000]))
    (array([14277]), array([66600000000000]))
    """
    import numpy as np

    times = np.asarray(tai_ns, dtype=np.int64)
    row = np.searchsorted(np.asarray(_LEAP_TAI_S, dtype=np.int64) * NS_PER_S, times, side="right") - 1
    if (row < 0).any():
        first = int(np.flatnonzero(row < 0)[0])
        raise ValueError(f"row {first}: UTC with leap seconds begins on 1972-01-01; {times[first]} ns is before it")
    day, ns = np.divmod(times - np.asarray(_OFFSET_S, dtype=np.int64)[row] * NS_PER_S, S_PER_DAY * NS_PER_S)
    following = np.append(np.asarray(_LEAP_DAY[1:], dtype=np.int64), np.iinfo(np.int64).max)[row]
    leap = day == following
    return day - leap, ns + leap * (S_PER_DAY * NS_PER_S)


def now_tai_ns() -> int:
    """The computer's clock, in nanoseconds of TAI; where the system smears leap seconds, so does this.

    >>> now_tai_ns() > tai_ns_from_utc("2026-01-01T00:00:00Z")
    True
    """
    return time.time_ns() + _OFFSET_S[-1] * NS_PER_S


def _day_number(day_text: str, text: str) -> int:
    """Days since 1970-01-01 of a calendar day in the years UTC has had leap seconds."""
    try:
        day = (date.fromisoformat(day_text) - _EPOCH).days
    except ValueError as error:
        raise ValueError(f"{text!r} names no day of the calendar") from error
    if day < _LEAP_DAY[0]:
        raise ValueError(f"UTC with leap seconds begins on 1972-01-01; got {text!r}")
    return day


def _date_text(day: int) -> str:
    try:
        return (_EPOCH + timedelta(days=day)).isoformat()
    except OverflowError as error:
        raise ValueError(f"day {day} after 1970-01-01 is outside the calendar (years 1 to 9999)") from error
