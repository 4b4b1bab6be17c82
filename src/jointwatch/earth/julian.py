"""Julian dates in TT and UTC, and TAI - UTC, of many TAI times at once.

A Julian date comes in two parts, a whole number of days and a fraction in [0, 1) counted from noon, so that nothing
finer than a nanosecond is lost. TT is TAI + 32.184 s exactly; UT1 is in `orientation`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from jointwatch.earth.arrays import Floats, Ints
from jointwatch.earth.timescale import LEAP_TABLE, NS_PER_S, S_PER_DAY, tai_ns_from_utc

TT_MINUS_TAI_S = 32.184
J2000_JULIAN_DATE = 2_451_545.0  # 2000-01-01T12:00:00, in whichever scale
DAYS_PER_CENTURY = 36_525.0

_NS_PER_DAY = S_PER_DAY * NS_PER_S
_J2000_NS = 10_957 * _NS_PER_DAY + _NS_PER_DAY // 2  # from 1970-01-01T00:00:00, read on the same clock
_LEAP_NS = np.array([tai_ns_from_utc(f"{day}T00:00:00Z") for day, _ in LEAP_TABLE], dtype=np.int64)
_OFFSET_S = np.array([seconds for _, seconds in LEAP_TABLE], dtype=np.int64)


def tai_minus_utc_s(tai_ns: ArrayLike) -> Ints:
    """TAI - UTC, in whole seconds, at TAI times (...); in a leap second still that of the ending day.

    >>> tai_minus_utc_s(1_233_599_434_000_000_000).item()
    34
    """
    row = np.searchsorted(_LEAP_NS, tai_nanoseconds(tai_ns), side="right") - 1
    if np.any(row < 0):
        raise ValueError("UTC with leap seconds begins on 1972-01-01; a TAI time before it was given")
    return np.asarray(_OFFSET_S[row])


def julian_date_tt(tai_ns: ArrayLike) -> tuple[Floats, Floats]:
    """Julian date in TT of TAI times (...): whole days and fraction.

    >>> [part.item() for part in julian_date_tt(tai_ns_from_utc("2000-01-01T11:58:55.816Z"))]
    [2451545.0, 0.0]
    """
    return _julian_date(tai_ns, TT_MINUS_TAI_S)


def julian_date_utc(tai_ns: ArrayLike) -> tuple[Floats, Floats]:
    """Julian date in UTC of TAI times (...): whole days of 86,400 s and fraction, as SGP4 takes it.

    A leap second has the dates of the second after it, as in POSIX time: within that one second the date is wrong
    by up to 1 s, at no other time. (ERFA's quasi date stretches the whole day instead.)

    >>> [part.item() for part in julian_date_utc(tai_ns_from_utc("2026-01-01T18:00:00Z"))]
    [2461042.0, 0.25]
    """
    utc_ns = tai_nanoseconds(tai_ns) - tai_minus_utc_s(tai_ns) * NS_PER_S
    return _julian_date(utc_ns, 0.0)


def days_since_j2000(tai_ns: ArrayLike, scale_minus_tai_s: ArrayLike) -> tuple[Floats, Floats]:
    """Days from 2000-01-01T12:00:00 of a time scale to TAI times (...), whole and the rest, at least 0.

    >>> [part.item() for part in days_since_j2000(tai_ns_from_utc("2000-01-02T11:58:55.816Z"), 32.184)]
    [1.0, 0.0]
    """
    whole, rest_ns = np.divmod(tai_nanoseconds(tai_ns) - _J2000_NS, _NS_PER_DAY)
    fraction = (rest_ns / NS_PER_S + np.asarray(scale_minus_tai_s, dtype=np.float64)) / S_PER_DAY
    carried = np.floor(fraction)
    return whole + carried, fraction - carried


def centuries_tt(tai_ns: ArrayLike) -> Floats:
    """Julian centuries of TT since J2000.0 at TAI times (...), the argument of the theories of precession.

    >>> round(centuries_tt(tai_ns_from_utc("2026-01-01T12:00:00Z")).item(), 6)
    0.260014
    """
    whole, fraction = days_since_j2000(tai_ns, TT_MINUS_TAI_S)
    return np.asarray((whole + fraction) / DAYS_PER_CENTURY)


def tai_nanoseconds(tai_ns: ArrayLike) -> Ints:
    """TAI times as an int64 array; floats are refused, for they would lose microseconds.

    >>> tai_nanoseconds([1, 2]).dtype.name
    'int64'
    """
    values: np.ndarray[Any, Any] = np.asarray(tai_ns)
    if values.dtype.kind not in "iu":
        raise TypeError(f"tai_ns wants whole nanoseconds of TAI (int64), got {values.dtype}; convert with care")
    return values.astype(np.int64)


def _julian_date(tai_ns: ArrayLike, scale_minus_tai_s: float) -> tuple[Floats, Floats]:
    whole, fraction = days_since_j2000(tai_ns, scale_minus_tai_s)
    return J2000_JULIAN_DATE + whole, fraction
