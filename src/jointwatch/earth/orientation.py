"""Earth orientation by date: UT1 - TAI and the position of the pole, from the tables of the IERS.

The table is finals2000A of the package `astropy-iers-data`: daily values from 1973-01-02, about a year of them
predicted. They are interpolated linearly, UT1 as UT1 - TAI, which knows no leap seconds; that leaves out daily and
half-daily tides and part of the fortnightly, some 5e-5 s and 1 milliarcsecond (5 cm on the ground).

Outside the table UT1 is carried on with its mean rate over the nearest year and the pole is held. What that costs was
measured on the table itself, from 1973 to 2026, for every day it could have ended on; `Orientation.error_m` states it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jointwatch.earth.arrays import Bools, Floats
from jointwatch.earth.ellipsoid import A_M
from jointwatch.earth.julian import tai_minus_utc_s, tai_nanoseconds
from jointwatch.earth.nutation import ARCSEC_RAD
from jointwatch.earth.timescale import LEAP_TABLE, NS_PER_S, S_PER_DAY, utc_from_tai_ns

_MJD_1970 = 40_587
_LINE = 188  # characters with the newline
_ROTATION_RAD_S = 2 * np.pi / 86_164.1
_YEAR_S = 365.25 * S_PER_DAY
_DAYS_OF_RATE = 365
# One sigma outside the table, measured (tests/earth/test_orientation.py): UT1 after 30 days 0.012 s, a year 0.087 s,
# ten years 2.3 s; the pole, which circles within a year and a month, 0.32 arcsec after half a year and no more.
_UT1_AFTER_A_YEAR_S, _UT1_POWER_BELOW, _UT1_POWER_ABOVE = 0.087, 0.78, 1.43
_POLE_RAD, _POLE_S = 0.32 * ARCSEC_RAD, 150 * S_PER_DAY
_STEP_S = 0.01  # UT1 - TAI has never changed by more than 0.0041 s in a day; a leap second would show as 1 s


@dataclass(frozen=True)
class Orientation:
    """How the Earth stood at some times: arrays (...) of the times' shape.

    `error_m` is one sigma of what UT1 and pole together move a point of the equator by, stated by the IERS inside the
    table and measured outside; at a geocentric distance r it grows in proportion to r. Tides are not in it.
    """

    ut1_minus_tai_s: Floats
    pole_x_rad: Floats
    pole_y_rad: Floats
    error_m: Floats
    predicted: Bools
    outside: Bools


@dataclass(frozen=True)
class _Table:
    tai_s: Floats  # since the first row
    ut1_minus_tai_s: Floats
    pole_x_rad: Floats
    pole_y_rad: Floats
    error_m: Floats
    first_tai_ns: int
    predicted_from_s: float


def orientation(tai_ns: ArrayLike) -> Orientation:
    """UT1 - TAI, the pole and their error at TAI times (...); outside the table carried on, and marked so.

    >>> from jointwatch.earth.timescale import tai_ns_from_utc
    >>> earth = orientation(tai_ns_from_utc("2009-02-02T18:30:00Z"))
    >>> round(float(earth.ut1_minus_tai_s) + 34, 3), float(earth.error_m) < 0.1  # UT1 - UTC, s
    (0.38, True)
    >>> late = orientation(tai_ns_from_utc("2040-01-01T00:00:00Z"))
    >>> bool(late.outside), float(late.error_m) > 100
    (True, True)
    """
    table = _table()
    since_s = (tai_nanoseconds(tai_ns) - table.first_tai_ns) / NS_PER_S
    beyond_s = np.maximum(0.0, np.maximum(-since_s, since_s - table.tai_s[-1]))
    ut1 = np.interp(since_s, table.tai_s, table.ut1_minus_tai_s)
    start, end = _rates(table)
    return Orientation(
        ut1_minus_tai_s=ut1 + np.where(since_s < 0, -start, end) * beyond_s,
        pole_x_rad=np.interp(since_s, table.tai_s, table.pole_x_rad),
        pole_y_rad=np.interp(since_s, table.tai_s, table.pole_y_rad),
        error_m=np.hypot(np.interp(since_s, table.tai_s, table.error_m), _error_beyond_m(beyond_s)),
        predicted=since_s >= table.predicted_from_s,
        outside=beyond_s > 0,
    )


def known_inside(tai_ns: ArrayLike) -> Orientation:
    """Like `orientation`, but a time outside the table is refused, in a sentence that says what to do.

    >>> known_inside(2**62)
    Traceback (most recent call last):
    ValueError: the Earth's orientation is tabulated from 1973-01-02 to ...
    """
    earth = orientation(tai_ns)
    if np.any(earth.outside):
        first_ns, last_ns = table_span_tai_ns()
        raise ValueError(
            f"the Earth's orientation is tabulated from {utc_from_tai_ns(first_ns)[:10]} to "
            f"{utc_from_tai_ns(last_ns)[:10]}, and a time outside was given: update the package astropy-iers-data, "
            f"or hand in earth=orientation(tai_ns) and accept an error of {np.max(earth.error_m):.0f} m on the ground"
        )
    return earth


def table_span_tai_ns() -> tuple[int, int]:
    """First and last TAI time of the table, predictions included.

    >>> utc_from_tai_ns(table_span_tai_ns()[0])
    '1973-01-02T00:00:00Z'
    """
    table = _table()
    return table.first_tai_ns, table.first_tai_ns + round(table.tai_s[-1]) * NS_PER_S


def _rates(table: _Table) -> tuple[float, float]:
    """Seconds of UT1 - TAI per second, over the first and the last year of the table."""
    days, s, ut1 = _DAYS_OF_RATE, table.tai_s, table.ut1_minus_tai_s
    return float((ut1[days] - ut1[0]) / (s[days] - s[0])), float((ut1[-1] - ut1[-1 - days]) / (s[-1] - s[-1 - days]))


def _error_beyond_m(beyond_s: Floats) -> Floats:
    years = beyond_s / _YEAR_S
    ut1_s = _UT1_AFTER_A_YEAR_S * years ** np.where(years < 1, _UT1_POWER_BELOW, _UT1_POWER_ABOVE)
    pole_rad = _POLE_RAD * np.minimum(1.0, beyond_s / _POLE_S)
    return np.asarray(A_M * np.hypot(_ROTATION_RAD_S * ut1_s, pole_rad))


@lru_cache(maxsize=1)
def _table() -> _Table:
    from astropy_iers_data import IERS_A_FILE  # type: ignore[import-untyped]

    return read_finals(Path(IERS_A_FILE).read_bytes(), IERS_A_FILE)


def read_finals(content: bytes, name: str) -> _Table:
    """The table in a finals2000A file [columns: readme.finals2000A of the US Naval Observatory].

    Bulletin B's final values where there are any, else Bulletin A's; the errors are Bulletin A's.
    """
    column = _columns(content, name)
    rows = _filled_rows(column(58, 58))
    finals = _filled_rows(column(155, 165))
    if rows <= _DAYS_OF_RATE:
        raise ValueError(f"{name}: wanted more than a year of daily values, got {rows}")

    def best(a: tuple[int, int], b: tuple[int, int]) -> Floats:
        return np.concatenate([_numbers(column(*b)[:finals], name), _numbers(column(*a)[finals:rows], name)])

    mjd = _numbers(column(8, 15)[:rows], name)
    tai_s = _tai_s(mjd, name)
    ut1 = best((59, 68), (155, 165)) - (tai_s - (mjd - _MJD_1970) * S_PER_DAY)
    pole_x, pole_y = best((19, 27), (135, 144)), best((38, 46), (145, 154))
    _check(ut1, pole_x, pole_y, name)
    errors = [_numbers(column(*at)[:rows], name) for at in ((69, 78), (28, 36), (47, 55))]
    predicted = np.flatnonzero(column(58, 58)[:rows] == b"P")
    return _Table(
        tai_s=tai_s - tai_s[0],
        ut1_minus_tai_s=ut1,
        pole_x_rad=pole_x * ARCSEC_RAD,
        pole_y_rad=pole_y * ARCSEC_RAD,
        error_m=A_M * np.sqrt((_ROTATION_RAD_S * errors[0]) ** 2 + (errors[1] ** 2 + errors[2] ** 2) * ARCSEC_RAD**2),
        first_tai_ns=round(tai_s[0]) * NS_PER_S,
        predicted_from_s=float(tai_s[predicted[0]] - tai_s[0]) if predicted.size else np.inf,
    )


def _columns(content: bytes, name: str) -> Callable[[int, int], NDArray[Any]]:
    """Reads the characters from one to another position, both counted from 1, of all lines."""
    letters = np.frombuffer(content, dtype=np.uint8)
    if letters.size == 0 or letters.size % _LINE:
        raise ValueError(f"{name}: wanted lines of {_LINE - 1} characters (finals2000A), got {letters.size} bytes")
    lines = letters.reshape(-1, _LINE)
    if np.any(lines[:, -1] != ord("\n")) or np.any(lines[:, :-1] == ord("\n")):
        raise ValueError(f"{name}: wanted lines of {_LINE - 1} characters (finals2000A), got other lengths")
    return lambda first, last: np.ascontiguousarray(lines[:, first - 1 : last]).view(f"S{last - first + 1}").ravel()


def _filled_rows(texts: NDArray[Any]) -> int:
    """Number of lines before the first blank one."""
    blank = np.flatnonzero(np.char.strip(texts) == b"")
    return int(blank[0]) if blank.size else len(texts)


def _numbers(texts: NDArray[Any], name: str) -> Floats:
    try:
        return np.asarray(texts.astype(np.float64))
    except ValueError as error:
        raise ValueError(f"{name}: a field that should hold a number does not ({error})") from error


def _tai_s(mjd: Floats, name: str) -> Floats:
    """TAI seconds at which the days begin."""
    if np.any(np.diff(mjd) != 1) or np.any(mjd != np.floor(mjd)):
        raise ValueError(f"{name}: wanted one line for each day, got dates that skip or repeat")
    utc_s = (mjd - _MJD_1970).astype(np.int64) * S_PER_DAY
    # a day's own offset: ask a little after its beginning, with an offset close enough to fall within the day
    return np.asarray(utc_s + tai_minus_utc_s((utc_s + LEAP_TABLE[-1][1] + 1) * NS_PER_S), dtype=np.float64)


def _check(ut1_minus_tai_s: Floats, pole_x_arcsec: Floats, pole_y_arcsec: Floats, name: str) -> None:
    step_s = np.abs(np.diff(ut1_minus_tai_s))
    if not np.all(step_s < _STEP_S):
        row = int(np.argmax(~(step_s < _STEP_S)))
        raise ValueError(
            f"{name}: UT1 - TAI jumps by {step_s[row]:.3f} s after line {row + 1}: the file is damaged, or has a leap "
            "second that timescale.LEAP_TABLE lacks"
        )
    if not np.all(np.hypot(pole_x_arcsec, pole_y_arcsec) < 1):
        raise ValueError(f"{name}: wanted a pole within 1 arcsec of the reference pole, as it has ever been")
