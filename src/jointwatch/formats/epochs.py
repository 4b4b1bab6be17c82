"""Epochs as the files give them: a calendar day and nanoseconds of that day, in the time system the file names.

Not one count of seconds: 23:59:60 must have a place in UTC, and a file in GPS or TDB must not become UTC by accident.
Whoever reads a file turns (day, nanosecond) and the named time system into the house's time, or refuses to. Digits
of a second beyond the ninth are dropped, which costs less than a nanosecond (8 micrometres along an orbit).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from jointwatch.formats.refusal import BadRow, shown

Days = NDArray[np.int32]
Nanoseconds = NDArray[np.int64]

NS_PER_S = 1_000_000_000
NS_PER_DAY = 86_400 * NS_PER_S
LONGEST_EPOCH = 64
TIME_SYSTEMS = ("UTC", "TAI", "TT", "GPS", "UT1", "TDB", "TCB", "TCG", "GMST", "MET", "MRT", "SCLK")
"""Names of the SANA time systems registry. Reading keeps the name; only a caller that knows the scale may convert."""


class Instant(NamedTuple):
    """Days since 1970-01-01 in some calendar, and nanoseconds of that day (a leap second lies past 86,400 s).

    >>> Instant(14245, 66_600_000_000_000).text()
    '2009-01-01T18:30:00'
    """

    day: int
    ns_of_day: int

    def text(self) -> str:
        """The same as text, with as few decimals as hold it: none, 3, 6 or 9."""
        day, ns = np.array([self.day], dtype=np.int32), np.array([self.ns_of_day], dtype=np.int64)
        return epoch_texts(day, ns)[0].decode()


def read_instant(text: str, time_system: str = "UTC") -> Instant:
    """The instant a text names; raises ValueError.

    >>> read_instant("2008-12-31T23:59:60.5")
    Instant(day=14244, ns_of_day=86400500000000)
    """
    try:
        day, ns = read_epochs([text.encode()], time_system)
    except BadRow as bad:
        raise ValueError(bad.sentence) from None
    return Instant(int(day[0]), int(ns[0]))


def read_epochs(texts: list[bytes], time_system: str) -> tuple[Days, Nanoseconds]:
    """Days since 1970-01-01 (n,) and nanoseconds of the day (n,); raises BadRow at the first that is no epoch.

    Both forms of CCSDS 301.0-B-4: 2009-02-02T18:30:00.5 and 2009-033T18:30:00.5. In UTC a Z may end it, and second 60
    may close the last minute of a month (whether that day had one is for the leap second table of the caller).

    >>> read_epochs([b"2009-02-02T18:30:00", b"2009-033T18:30:00Z"], "UTC")[0]
    array([14277, 14277], dtype=int32)
    """
    if not texts:
        return np.empty(0, dtype=np.int32), np.empty(0, dtype=np.int64)
    longest = max(map(len, texts))
    if longest > LONGEST_EPOCH:
        row = next(row for row, text in enumerate(texts) if len(text) > LONGEST_EPOCH)
        raise _bad(texts, row, "is no time")
    width = max(longest, 21)
    C = np.array(texts, dtype=f"S{width}").view(np.uint8).reshape(len(texts), width)
    calendar = C[:, 10] == ord("T")
    day = np.zeros(len(texts), dtype=np.int64)
    ns = np.zeros(len(texts), dtype=np.int64)
    month_end = np.zeros(len(texts), dtype=bool)
    for rows, date in ((calendar, _calendar_days), (~calendar, _ordinal_days)):
        if rows.any():
            index = np.flatnonzero(rows)
            day[index], month_end[index] = date(C[index], texts, index)
            time_at = 11 if date is _calendar_days else 9
            ns[index] = _time_of_day(C[index][:, time_at:], texts, index, time_system)
    leap = ns >= NS_PER_DAY
    if (leap & ~month_end).any():
        raise _bad(texts, int(np.flatnonzero(leap & ~month_end)[0]), "has a second 60 that no month ends with")
    return day.astype(np.int32), ns


def epoch_texts(day: Days, ns_of_day: Nanoseconds) -> list[bytes]:
    """Calendar texts of epochs, all with as few decimals as hold them all: none, 3, 6 or 9.

    >>> epoch_texts(np.array([0, 0], dtype=np.int32), np.array([0, 1_500_000_000]))
    [b'1970-01-01T00:00:00.000', b'1970-01-01T00:00:01.500']
    """
    if len(day) == 0:
        return []
    if int(day.min()) < _FIRST_DAY or int(day.max()) > _LAST_DAY:
        raise ValueError(f"days must lie in the years 1 to 9999, got day {int(day.min())} to {int(day.max())} of 1970")
    digits = next(d for d in (0, 3, 6, 9) if not (ns_of_day % 10 ** (9 - d)).any())
    s, fraction = np.divmod(ns_of_day, NS_PER_S)
    hour, minute = np.minimum(s // 3600, 23), np.minimum(s // 60, 1439) % 60
    second = s - hour * 3600 - minute * 60
    T = np.empty((len(day), 19 + (digits + 1 if digits else 0)), dtype=np.uint8)
    unique, inverse = np.unique(day, return_inverse=True)
    dates = np.datetime_as_string(unique.astype("datetime64[D]")).astype("S10")
    T[:, :10] = dates.view(np.uint8).reshape(-1, 10)[inverse]
    T[:, 10], T[:, 13], T[:, 16] = ord("T"), ord(":"), ord(":")
    for at, part in ((11, hour), (14, minute), (17, second)):
        T[:, at], T[:, at + 1] = part // 10 + 48, part % 10 + 48
    if digits:
        T[:, 19] = ord(".")
        for k in range(digits):
            T[:, 20 + k] = fraction // 10 ** (8 - k) % 10 + 48
    return np.ascontiguousarray(T).view(f"S{T.shape[1]}").ravel().tolist()


_FIRST_DAY = int(np.datetime64("0001-01-01", "D").astype(int))
_LAST_DAY = int(np.datetime64("9999-12-31", "D").astype(int))


def _bad(texts: list[bytes], row: int, reason: str) -> BadRow:
    return BadRow(
        row, f"{shown(texts[row])} {reason}; wanted a time such as 2009-02-02T18:30:00.5 or 2009-033T18:30:00.5"
    )


def _require(good: NDArray[np.bool_], texts: list[bytes], index: NDArray[np.int64], reason: str) -> None:
    if not good.all():
        raise _bad(texts, int(index[np.flatnonzero(~good)[0]]), reason)


def _number(C: NDArray[np.uint8], first: int, count: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The number that `count` columns of digits write, and where they are digits."""
    digit = C[:, first : first + count].astype(np.int64) - 48
    weight = 10 ** np.arange(count - 1, -1, -1, dtype=np.int64)
    return np.asarray(digit @ weight), np.asarray(((digit >= 0) & (digit <= 9)).all(axis=1))


def _calendar_days(
    C: NDArray[np.uint8], texts: list[bytes], index: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Days since 1970-01-01 of YYYY-MM-DD, and whether each is the last of its month."""
    (year, y), (month, m), (dom, d) = _number(C, 0, 4), _number(C, 5, 2), _number(C, 8, 2)
    _require(y & m & d & (C[:, 4] == ord("-")) & (C[:, 7] == ord("-")), texts, index, "is no time")
    _require((year >= 1) & (month >= 1) & (month <= 12), texts, index, "names no day of the calendar")
    first = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    start, following = (months.astype("datetime64[D]").astype(np.int64) for months in (first, first + 1))
    day = start + dom - 1
    _require((dom >= 1) & (day < following), texts, index, "names no day of the calendar")
    return day, np.asarray(day == following - 1)


def _ordinal_days(
    C: NDArray[np.uint8], texts: list[bytes], index: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Days since 1970-01-01 of YYYY-DDD, and whether each is the last of its month."""
    (year, y), (doy, d) = _number(C, 0, 4), _number(C, 5, 3)
    _require(y & d & (C[:, 4] == ord("-")) & (C[:, 8] == ord("T")), texts, index, "is no time")
    _require(year >= 1, texts, index, "names no day of the calendar")
    first = (year - 1970).astype("datetime64[Y]")
    start, following = (years.astype("datetime64[D]").astype(np.int64) for years in (first, first + 1))
    day = start + doy - 1
    _require((doy >= 1) & (day < following), texts, index, "names no day of the calendar")
    month, of_next_day = (days.astype("datetime64[D]").astype("datetime64[M]") for days in (day, day + 1))
    return day, np.asarray(of_next_day != month)


def _time_of_day(
    C: NDArray[np.uint8], texts: list[bytes], index: NDArray[np.int64], time_system: str
) -> NDArray[np.int64]:
    """Nanoseconds of the day of hh:mm:ss[.d][Z]."""
    (hour, h), (minute, m), (second, s) = _number(C, 0, 2), _number(C, 3, 2), _number(C, 6, 2)
    _require(h & m & s & (C[:, 2] == ord(":")) & (C[:, 5] == ord(":")), texts, index, "is no time")
    rest = C[:, 8:].copy()
    length = (rest != 0).sum(axis=1)
    last = np.maximum(length - 1, 0)
    rows = np.arange(len(rest))
    zulu = rest[rows, last] == ord("Z")
    if time_system != "UTC":
        _require(~zulu, texts, index, f"ends in Z, which says UTC, in a file whose time system is {time_system}")
    rest[rows[zulu], last[zulu]] = 0
    length = length - zulu
    digits = rest[:, 1:]
    inside = np.arange(digits.shape[1]) < (length - 1)[:, None]
    plain = ((digits >= 48) & (digits <= 57)) == inside
    _require((length == 0) | ((rest[:, 0] == ord(".")) & (length > 1) & plain.all(axis=1)), texts, index, "is no time")
    leap = (second == 60) & (hour == 23) & (minute == 59) & (time_system == "UTC")
    _require(
        (hour <= 23) & (minute <= 59) & ((second <= 59) | leap), texts, index, f"is no time of a day in {time_system}"
    )
    ns = np.zeros(len(C), dtype=np.int64)
    for k in range(min(9, digits.shape[1])):
        ns += np.where(inside[:, k], digits[:, k].astype(np.int64) - 48, 0) * 10 ** (8 - k)
    return (hour * 3600 + minute * 60 + second) * NS_PER_S + ns
