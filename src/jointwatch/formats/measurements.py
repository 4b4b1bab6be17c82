"""Radar measurements as a table: one row per instant and object, columns with their units in their names.

    time_utc or tai_ns   when: 2009-02-02T18:30:00.5Z, or nanoseconds since 1970-01-01T00:00:00 TAI; one of the two
    sensor               which radar, a name of up to 64 characters without commas and quotes
    object               what that radar calls the object; may be left out
    range_m, azimuth_deg, elevation_deg, range_rate_m_s    what was measured, at least one in every row
    sigma_range_m, sigma_azimuth_deg, sigma_elevation_deg, sigma_range_rate_m_s    one sigma of each, where known
    snr_db, rcs_m2       signal to noise and radar cross-section, where known

Columns that a sensor has not got are left out, values it has not got are empty (CSV) or null (Parquet). Rows stand in
any order; azimuth is clockwise from north. docs/reference/measurements.md is the page for those who write such files.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from jointwatch.formats.epochs import NS_PER_DAY, Days, Nanoseconds
from jointwatch.formats.refusal import BadRow, shown

Floats = NDArray[np.float64]
LONGEST_NAME = 64


@dataclass(frozen=True, slots=True)
class Column:
    """The bounds of one column of numbers: least and greatest value, the least excluded where `above`."""

    least: float = -math.inf
    greatest: float = math.inf
    above: bool = False

    def wanted(self) -> str:
        """The bounds in words."""
        upper = f" and at most {self.greatest:g}" if self.greatest < math.inf else ""
        return f"{'above' if self.above else 'at least'} {self.least:g}{upper}"


_POSITIVE = Column(0.0, above=True)
MEASURED = ("range_m", "azimuth_deg", "elevation_deg", "range_rate_m_s")
COLUMNS: dict[str, Column] = {
    "range_m": _POSITIVE,
    "azimuth_deg": Column(-180.0, 360.0),
    "elevation_deg": Column(-90.0, 90.0),
    "range_rate_m_s": Column(),
    **{f"sigma_{name}": _POSITIVE for name in MEASURED},
    "snr_db": Column(),
    "rcs_m2": _POSITIVE,
}
"""Columns of numbers, in the order of writing."""
NAMES = ("time_utc", "tai_ns", "sensor", "object", *COLUMNS)


@dataclass(frozen=True, slots=True, eq=False)
class Measurements:
    """A table of n rows as columns.

    day, ns_of_day: when (epochs.py), in `time_system`, which is UTC or TAI. sensor, object: places (n,) in the lists of
    names; object is -1 in rows without one. values: columns of floats by name, not-a-number where there is no value.
    received: whether (n,) the time of a row is that at which the signal came back, not that at which it met the object;
    only a Tracking Data Message can say so (TIMETAG_REF), the tables of ours have no such column.
    unused: kinds of observations that the file held and the table has no column for.
    """

    time_system: str
    day: Days
    ns_of_day: Nanoseconds
    sensors: tuple[str, ...]
    sensor: NDArray[np.int32]
    values: Mapping[str, Floats]
    objects: tuple[str, ...] = ()
    object: NDArray[np.int32] = field(default_factory=lambda: np.empty(0, dtype=np.int32))
    unused: tuple[str, ...] = ()
    received: NDArray[np.bool_] = field(default_factory=lambda: np.empty(0, dtype=np.bool_))

    def __post_init__(self) -> None:
        if self.time_system not in ("UTC", "TAI"):
            raise ValueError(f"measurements are timed in UTC or TAI, got {self.time_system!r}; convert them first")
        if not self.objects:
            object.__setattr__(self, "object", np.full(len(self.day), -1, dtype=np.int32))
        if not len(self.received):
            object.__setattr__(self, "received", np.zeros(len(self.day), dtype=np.bool_))
        for name in (*self.sensors, *self.objects):
            check_name(name)
        check_values(self.values, len(self.day))

    def __len__(self) -> int:
        return len(self.day)

    @property
    def tai_ns(self) -> Nanoseconds:
        """Nanoseconds of TAI since 1970-01-01 (n,); raises ValueError where the table is in UTC."""
        if self.time_system != "TAI":
            raise ValueError("this table is in UTC; turning it into TAI needs the table of leap seconds")
        return self.day.astype(np.int64) * NS_PER_DAY + self.ns_of_day


def check_name(name: str) -> str:
    """The name; raises ValueError unless it is printable ASCII that needs no quotes."""
    good = name.isascii() and name.isprintable() and name == name.strip() and not set(name) & set(',"')
    if not good or not 0 < len(name) <= LONGEST_NAME:
        raise ValueError(
            f"wanted a name of 1 to {LONGEST_NAME} ASCII characters without commas and quotes, got {shown(name)}"
        )
    return name


class BadCell(ValueError):  # noqa: N818 - a step on the way to a Refusal
    """A value that breaks a rule of its column; whoever knows the line turns it into a Refusal."""

    def __init__(self, row: int, column: str, sentence: str) -> None:
        super().__init__(f"row {row}, column {column}: {sentence}")
        self.row, self.column, self.sentence = row, column, sentence


def check_values(values: Mapping[str, Floats], n: int) -> None:
    """Raise BadCell for the first value outside its bounds, row without a measurement or sigma without its value."""
    for name, column in values.items():
        if name not in COLUMNS or column.shape != (n,):
            raise ValueError(f"{name} of shape {column.shape} is no column of {n} measurements")
        rule, given = COLUMNS[name], ~np.isnan(column)
        bad = given & ((column < rule.least) | (column > rule.greatest) | np.isinf(column))
        bad |= (column == rule.least) if rule.above else False
        if bad.any():
            row = int(np.flatnonzero(bad)[0])
            raise BadCell(row, name, f"wanted a number {rule.wanted()}, got {column[row]:g}")
    nothing = np.full(n, np.nan)
    for name in MEASURED:
        alone = ~np.isnan(values.get(f"sigma_{name}", nothing)) & np.isnan(values.get(name, nothing))
        if alone.any():
            raise BadCell(int(np.flatnonzero(alone)[0]), f"sigma_{name}", f"a sigma came without its {name}")
    blank = np.all([np.isnan(values.get(name, nothing)) for name in MEASURED], axis=0)
    if blank.any():
        raise BadCell(
            int(np.flatnonzero(blank)[0]), "range_m", f"nothing measured; wanted one of {', '.join(MEASURED)}"
        )


def split_tai(tai_ns: Nanoseconds) -> tuple[Days, Nanoseconds]:
    """Days and nanoseconds of the day, in TAI, of nanoseconds since 1970-01-01T00:00:00 TAI."""
    day, ns = np.divmod(tai_ns, NS_PER_DAY)
    return day.astype(np.int32), ns


def check_columns(names: list[str]) -> None:
    """Raise ValueError unless the columns are known, given once, and say when and by which sensor."""
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        raise ValueError(f"unknown column {shown(unknown[0])}; known are {', '.join(NAMES)}")
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise ValueError(f"column {twice[0]} is given twice")
    if ("time_utc" in names) == ("tai_ns" in names):
        raise ValueError("wanted exactly one column of time, time_utc or tai_ns")
    if "sensor" not in names:
        raise ValueError("column sensor is missing")


def coded(names: list[str]) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    """Names once each in order of coming, and the place of each row's name; -1 for empty ones.

    >>> coded(["B", "A", "", "B"])
    (('B', 'A'), array([ 0,  1, -1,  0], dtype=int32))
    """
    place: dict[str, int] = {"": -1}
    codes = [place.setdefault(name, len(place) - 1) for name in names]
    for row, name in enumerate(place):
        if name:
            try:
                check_name(name)
            except ValueError as error:
                raise BadRow(codes.index(row - 1), str(error)) from None
    return tuple(name for name in place if name), np.array(codes, dtype=np.int32)
