"""Satellites by their public mean elements: where a whole catalogue is, at one time or many (SGP4, frame TEME).

The theory is that of the public elements: SGP4 with the constants of WGS 72, as Vallado and others revised it
[AIAA 2006-6753], through the package `sgp4`. As a rule public elements are good to a kilometre at their epoch and lose
some kilometres a day in low orbits; nothing here makes them better.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sgp4.api import WGS72, Satrec, SatrecArray  # type: ignore[import-untyped]

from jointwatch.earth.arrays import Bools, Floats, Ints
from jointwatch.earth.frames import ecef_from_teme
from jointwatch.earth.julian import J2000_JULIAN_DATE, days_since_j2000, tai_minus_utc_s, tai_nanoseconds
from jointwatch.earth.orientation import orientation
from jointwatch.earth.states import Teme
from jointwatch.earth.timescale import NS_PER_S, S_PER_DAY, tai_ns_from_utc

_NS_PER_DAY = S_PER_DAY * NS_PER_S
_JULIAN_DATE_1970 = 2_440_587.5
_JULIAN_DATE_OF_SGP4 = 2_433_281.5  # 1949-12-31, from which SGP4 counts its epochs
_RAD_MIN = 2 * np.pi / 1440  # of revolutions per day
_NOT_FINITE = 7  # a code of our own, after SGP4's
ARC_S = 60
_EVERYONE = slice(None)
_FARTHEST_M = 1e9  # elements beyond their reach may send an object past the Moon without an error
_ARCS_KEPT = 4  # ends of arcs: scans that come some seconds late find the arc before still there

REASONS: dict[int, str] = {
    1: "the mean eccentricity has left 0 to 1: the elements do not reach so far from their epoch",
    2: "the mean motion has fallen below zero: the elements do not reach so far from their epoch",
    3: "the perturbed eccentricity has left 0 to 1: the elements do not reach so far from their epoch",
    4: "the semi-latus rectum has fallen below zero: the elements are of no orbit",
    6: "decayed: the orbit has come below the surface",
    _NOT_FINITE: "the theory gives no finite position",
}


class Elements(Protocol):
    """Mean elements as `formats.mean_elements` has them: degrees, revolutions per day, an epoch in UTC."""

    @property
    def object_name(self) -> str: ...  # noqa: D102
    @property
    def norad_cat_id(self) -> int: ...  # noqa: D102
    @property
    def epoch(self) -> str: ...  # noqa: D102
    @property
    def mean_motion(self) -> float: ...  # noqa: D102
    @property
    def eccentricity(self) -> float: ...  # noqa: D102
    @property
    def inclination(self) -> float: ...  # noqa: D102
    @property
    def ra_of_asc_node(self) -> float: ...  # noqa: D102
    @property
    def arg_of_pericenter(self) -> float: ...  # noqa: D102
    @property
    def mean_anomaly(self) -> float: ...  # noqa: D102
    @property
    def bstar(self) -> float: ...  # noqa: D102
    @property
    def mean_motion_dot(self) -> float: ...  # noqa: D102
    @property
    def mean_motion_ddot(self) -> float: ...  # noqa: D102


@dataclass(frozen=True, eq=False)
class Catalogue:
    """Objects ready for SGP4, in the order of their elements; make one with `catalogue_of`.

    epoch_tai_ns (n,): epochs. refused: index and reason of elements whose epoch is no time of UTC.
    A part of it, by an index array, a mask or a slice, is a catalogue too.
    """

    elements: tuple[Elements, ...]
    epoch_tai_ns: Ints
    refused: tuple[tuple[int, str], ...]
    satellites: NDArray[np.object_]

    def __len__(self) -> int:
        return len(self.elements)

    def __getitem__(self, index: slice | Ints | Bools) -> Catalogue:
        rows = np.arange(len(self))[index]
        elements = tuple(self.elements[row] for row in rows)
        return Catalogue(elements, self.epoch_tai_ns[rows], (), self.satellites[rows])

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the objects."""
        return tuple(each.object_name for each in self.elements)

    @cached_property
    def numbers(self) -> Ints:
        """Catalogue numbers (n,)."""
        return np.array([each.norad_cat_id for each in self.elements], dtype=np.int64)

    @cached_property
    def groups(self) -> tuple[tuple[Ints | slice, int, SatrecArray], ...]:
        """Rows, TAI - UTC at their epochs in seconds, and their array for SGP4, for each value of TAI - UTC.

        SGP4 wants minutes since the epoch and is given dates. Dates in one clock, set as UTC was at the epoch, keep
        the minutes true beyond a leap second; dates in UTC would lose that second, 7.5 km of a low orbit.
        """
        offsets_s = tai_minus_utc_s(self.epoch_tai_ns)
        values = np.unique(offsets_s).tolist()
        if len(values) == 1:  # nearly always, and a slice spares a copy
            return ((slice(None), values[0], SatrecArray(self.satellites.tolist())),)
        rows = [np.flatnonzero(offsets_s == value) for value in values]
        return tuple(
            (row, value, SatrecArray(self.satellites[row].tolist())) for row, value in zip(rows, values, strict=True)
        )


@dataclass(frozen=True, eq=False)
class Failures:
    """Where SGP4 had no answer: its code for each object (n,) or each object and time (n, m), zero where it had one."""

    code: NDArray[np.uint8]

    @property
    def failed(self) -> Bools:
        """Objects (n,) that fail at one of the times at least."""
        return np.asarray(self._rows().any(axis=1))

    def reasons(self) -> dict[int, str]:
        """Why, by the object's index, at the first of the times that fails."""
        rows = self._rows()
        return {int(i): REASONS[int(rows[i][np.argmax(rows[i] != 0)])] for i in np.flatnonzero(self.failed)}

    def _rows(self) -> NDArray[np.uint8]:
        return self.code[:, None] if self.code.ndim == 1 else self.code


@dataclass(frozen=True, eq=False)
class Ephemeris:
    """States of n objects at m times: TEME, metres and metres per second, NaN where there is a failure."""

    tai_ns: Ints
    pos_vel: Floats
    failures: Failures

    def at(self, k: int) -> Teme:
        """The states (n) at the k-th time."""
        return Teme(self.pos_vel[:, k])


def catalogue_of(elements: Iterable[Elements]) -> Catalogue:
    """A catalogue of mean elements; what has an epoch that UTC never had is left out and said in `refused`.

    >>> from jointwatch.formats.tle import read_tle
    >>> catalogue = catalogue_of(read_tle('''1 00005U 58002B   20287.20333880 -.00000016  00000-0 -22483-4 0  9998
    ... 2 00005  34.2443 225.5254 1845686 162.2516 205.2356 10.84869164218149''').elements)
    >>> found, failures = states(catalogue, tai_ns_from_utc("2020-10-14T00:00:00Z"))
    >>> found.r_m.round().tolist(), failures.reasons()
    ([[-4109263.0, 5769481.0, -4777051.0]], {})
    """
    kept, epochs, refused = [], [], []
    for index, each in enumerate(elements):
        try:
            epochs.append(_epoch_tai_ns(each.epoch))
        except ValueError as error:
            refused.append((index, f"{each.object_name or each.norad_cat_id}: {error}"))
        else:
            kept.append(each)
    epoch_tai_ns = np.array(epochs, dtype=np.int64)
    utc_ns = epoch_tai_ns - tai_minus_utc_s(epoch_tai_ns) * NS_PER_S
    satellites = np.empty(len(kept), dtype=object)
    satellites[:] = [_initialised(each, ns) for each, ns in zip(kept, utc_ns.tolist(), strict=True)]
    return Catalogue(tuple(kept), epoch_tai_ns, tuple(refused), satellites)


def states(catalogue: Catalogue, tai_ns: int) -> tuple[Teme, Failures]:
    """States (n) of a catalogue at one time, nanoseconds of TAI: NaN where SGP4 fails, and the failures."""
    found = ephemeris(catalogue, [tai_ns])
    return found.at(0), Failures(found.failures.code[:, 0])


def ephemeris(catalogue: Catalogue, tai_ns: ArrayLike) -> Ephemeris:
    """States (n, m) of a catalogue at times (m,), nanoseconds of TAI.

    48 bytes for each object and time: a whole catalogue over a day of minutes is 1.6 GB, so take it in parts.
    """
    times = np.atleast_1d(tai_nanoseconds(tai_ns))
    if times.ndim != 1:
        raise ValueError(f"tai_ns wants one row of times (m,), got shape {times.shape}")
    n, m = len(catalogue), len(times)
    pos_vel, code = np.empty((n, m, 6)), np.empty((n, m), dtype=np.uint8)
    for rows, offset_s, satellites in catalogue.groups:
        whole, fraction = days_since_j2000(times, -float(offset_s))
        code[rows], r_km, v_km_s = satellites.sgp4(J2000_JULIAN_DATE + whole, fraction)
        pos_vel[rows, :, :3], pos_vel[rows, :, 3:] = r_km, v_km_s
    pos_vel *= 1e3
    code[(code == 0) & ~np.isfinite(pos_vel[..., 0] + pos_vel[..., 5])] = _NOT_FINITE
    pos_vel[code != 0] = np.nan
    return Ephemeris(times, pos_vel, Failures(code))


class ShortArcs:
    """Where a catalogue is, Earth-fixed, at any time asked for: SGP4 each whole minute, Hermite's cubic between.

    For a watch that asks for the whole sky several times a second. Of 1,000 objects of the public catalogue, the cubic
    is off by no more than 1.1 m and 0.11 m/s in 999. Past the table of the Earth's orientation that is carried on.

    >>> from jointwatch.formats.tle import read_tle
    >>> arcs = ShortArcs(catalogue_of(read_tle('''1 00005U 58002B   20287.20333880 -.00000016  00000-0 -22483-4 0  9998
    ... 2 00005  34.2443 225.5254 1845686 162.2516 205.2356 10.84869164218149''').elements))
    >>> arcs.at(tai_ns_from_utc("2020-10-14T00:00:30Z"))[0, :3].round().tolist()
    [-1714456.0, 6897275.0, -4809391.0]
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._ends: dict[int, Floats] = {}

    def at(self, tai_ns: int, rows: Ints | slice = _EVERYONE) -> Floats:
        """States (k, 6) of these rows of the catalogue at a time, m and m/s; NaN where SGP4 has no answer."""
        first, rest_ns = divmod(tai_ns, ARC_S * NS_PER_S)
        return _between(self.end(first)[rows], self.end(first + 1)[rows], rest_ns / (ARC_S * NS_PER_S))

    def at_each(self, tai_ns: Ints, rows: Ints | slice = _EVERYONE) -> Floats:
        """States (m, k, 6) of these rows of the catalogue at times (m,) that lie within a few minutes."""
        minute, rest_ns = np.divmod(tai_ns, ARC_S * NS_PER_S)
        parts = []
        for first in np.unique(minute).tolist():
            s = rest_ns[minute == first, None, None] / (ARC_S * NS_PER_S)
            parts.append(_between(self.end(first)[rows], self.end(first + 1)[rows], s))
        return np.concatenate(parts)[np.argsort(np.argsort(minute, kind="stable"), kind="stable")]

    def end(self, minute: int) -> Floats:
        """States (n, 6) of the whole catalogue at a whole minute of TAI, where an arc ends and the next begins."""
        if minute in self._ends:
            self._ends[minute] = self._ends.pop(minute)  # last asked for, last to go
        else:
            while len(self._ends) >= _ARCS_KEPT:
                del self._ends[next(iter(self._ends))]
            tai_ns = minute * ARC_S * NS_PER_S
            found, _ = states(self.catalogue, tai_ns)
            fixed = ecef_from_teme(found, tai_ns, earth=orientation(tai_ns)).pos_vel
            fixed[~(np.linalg.norm(found.r_m, axis=1) < _FARTHEST_M)] = np.nan
            self._ends[minute] = fixed
        return self._ends[minute]


def _epoch_tai_ns(text: str) -> int:
    tai_ns = tai_ns_from_utc(text)
    if tai_ns > np.iinfo(np.int64).max:
        raise ValueError(f"{text!r} is later than nanoseconds can say, which is the year 2262")
    return tai_ns


def _initialised(elements: Elements, epoch_utc_ns: int) -> Satrec:
    """SGP4's record of an object, from numbers and not from text, so that nothing is rounded to columns."""
    days, rest_ns = divmod(epoch_utc_ns, _NS_PER_DAY)
    whole, fraction = _JULIAN_DATE_1970 + days, rest_ns / _NS_PER_DAY
    satellite = Satrec()
    satellite.sgp4init(
        WGS72,
        "i",  # the improved mode of the 2006 revision
        0,  # the number plays no part, and nine digits do not fit in
        # where Sun and Moon stand at the epoch; one float, 40 us coarse, as it was when the verification set was made
        (whole + fraction) - _JULIAN_DATE_OF_SGP4,
        elements.bstar,
        elements.mean_motion_dot * _RAD_MIN / 1440,
        elements.mean_motion_ddot * _RAD_MIN / 1440**2,
        elements.eccentricity,
        np.radians(elements.arg_of_pericenter).item(),
        np.radians(elements.inclination).item(),
        np.radians(elements.mean_anomaly).item(),
        elements.mean_motion * _RAD_MIN,
        np.radians(elements.ra_of_asc_node).item(),
    )
    satellite.jdsatepoch, satellite.jdsatepochF = whole, fraction  # from which the minutes are counted: all digits
    return satellite


def _between(start: Floats, end: Floats, s: float | Floats) -> Floats:
    """States at a share s of the way between states (k, 6) an arc apart, by Hermite's cubic."""
    r0, v0, r1, v1 = start[:, :3], ARC_S * start[:, 3:], end[:, :3], ARC_S * end[:, 3:]
    twist, bend = v0 + v1 - 2 * (r1 - r0), 3 * (r1 - r0) - 2 * v0 - v1
    r = r0 + s * (v0 + s * (bend + s * twist))
    return np.concatenate([r, (v0 + s * (2 * bend + 3 * s * twist)) / ARC_S], axis=-1)
