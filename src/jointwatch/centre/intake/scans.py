"""Scans out of what a radar wrote down: rows of one instant are one scan, and what is no plot is counted.

A plot has range, azimuth and elevation. Rows without all three are left out and named by what they have; so are kinds
of observations for which there is no column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from jointwatch.centre.intake.declared import Declared, Measures
from jointwatch.earth.arrays import Bools, Floats, Ints
from jointwatch.earth.timescale import NS_PER_S, tai_ns_from_days
from jointwatch.formats import scans_json
from jointwatch.formats.epochs import Days
from jointwatch.formats.measurements import Measurements
from jointwatch.formats.refusal import Refusal
from jointwatch.sensors.accuracy import LIGHT_M_S
from jointwatch.sensors.measurement import Plots
from jointwatch.sensors.site import Site
from jointwatch.sensors.station import Sensor

COLUMNS = ("range_m", "azimuth_deg", "elevation_deg")
SI = np.array([1.0, np.pi / 180, np.pi / 180])
"""From metres and degrees, as people write a plot's three numbers, to metres and radians."""
FIRST_DAY, LAST_DAY = 730, 106_650  # since 1970: leap seconds begin in 1972, nanoseconds no longer fit in 2262


@dataclass(frozen=True, eq=False)
class Scan:
    """What was told of one instant. z, sigma (n, 3): metres and radians as measured, sigma NaN where not given.

    received: whether the time is that at which the signal came back, not that at which it met the object.
    """

    time_tai_ns: int
    z: Floats
    sigma: Floats
    received: bool = False


@dataclass(frozen=True)
class Told:
    """What a radar told: its scans in order of time, the name it gave itself, and what of the rows was no plot."""

    scans: tuple[Scan, ...]
    called: tuple[str, ...]
    left_out: Mapping[str, int] = field(default_factory=dict)
    unused: tuple[str, ...] = ()

    @property
    def plots(self) -> int:
        """How many plots the scans have in all."""
        return sum(len(scan.z) for scan in self.scans)


def sensor(name: str, declared: Declared) -> Sensor:
    """Return a sensor of this name as it was declared."""
    latitude, longitude = np.radians([declared.latitude_deg, declared.longitude_deg])
    return Sensor(
        name,
        Site(name, float(latitude), float(longitude), declared.height_m),
        sigmas(declared),
        bias=biases(declared),
        refraction=declared.refraction,
        round_trip=declared.round_trip,
    )


def sigmas(given: Measures) -> Floats:
    """Return the sigmas (3,) of a sensor's measurements in metres and radians, NaN where not given."""
    degrees = (given.sigma_azimuth_deg, given.sigma_elevation_deg)
    sigma: Floats = SI * np.array([given.sigma_range_m, *degrees], dtype=float)
    return sigma


def biases(given: Measures) -> Floats:
    """Return what a sensor always measures too much (3,), in metres and radians."""
    bias: Floats = SI * [given.bias_range_m, given.bias_azimuth_deg, given.bias_elevation_deg]
    return bias


def of_table(table: Measurements) -> Told:
    """Return what a table of measurements tells; raises Refusal where it holds no plot at all."""
    given = np.column_stack([_column(table, name) for name in COLUMNS])
    full = ~np.isnan(given).any(axis=1)
    others = left_out(~np.isnan(given[~full]))
    if not full.any():
        raise Refusal("", f"no row is a plot, which has range, azimuth and elevation; there are {_listed(others)}")
    sigma = np.column_stack([_column(table, f"sigma_{name}") for name in COLUMNS])
    time = _tai_ns(table.time_system, table.day, table.ns_of_day)
    rows = np.flatnonzero(full)
    rows = rows[np.argsort(time[rows], kind="stable")]
    scans = _scans(time[rows], given[rows] * SI, sigma[rows] * SI, table.received[rows])
    called = tuple(table.sensors[place] for place in dict.fromkeys(table.sensor.tolist()))
    return Told(scans, called, others, table.unused)


def of_batch(batch: scans_json.Batch) -> Told:
    """Return what a batch of scans tells."""
    times = _tai_ns(*scans_json.epochs(batch))
    scans = [_of_json(int(time), scan.plots) for time, scan in zip(times.tolist(), batch.scans, strict=True)]
    order = np.argsort(times, kind="stable").tolist()
    twice = next((a for a, b in pairwise(order) if times[a] == times[b]), None)
    if twice is not None:
        raise Refusal(f"scans[{twice}]", "another scan has the same time; one instant is one scan, with all its plots")
    return Told(tuple(scans[place] for place in order), (batch.sensor,) if batch.sensor else ())


def as_batch(found: Sequence[Plots]) -> scans_json.Batch:
    """Return scans of one radar in the form of those who post them, each plot with its sigmas."""
    return scans_json.Batch(scans=[_as_json(plots) for plots in found])


def plots(scan: Scan, by: Sensor) -> Plots:
    """Return the scan as plots of a sensor: corrected, with its sigmas, at the instant the signal met the object.

    Raises Refusal where a sigma is neither with the plots nor known of the sensor.
    """
    z = by.corrected(scan.z) if len(scan.z) else scan.z
    sigma = np.where(np.isnan(scan.sigma), by.sigmas(np.full(len(scan.z), np.nan)), scan.sigma)
    for column, name in enumerate(COLUMNS):
        if np.isnan(sigma[:, column]).any():
            raise Refusal(
                "", f"sigma_{name} is neither with every plot nor declared of {by.name}; give it with one of them"
            )
    way_s = float(z[0, 0]) / LIGHT_M_S if scan.received else 0.0
    try:
        return Plots(by.site, by.name, scan.time_tai_ns - round(way_s * NS_PER_S), z, sigma)
    except ValueError as error:  # a sigma that is zero in radians
        raise Refusal("", str(error)) from None


def _scans(time: Ints, z: Floats, sigma: Floats, received: Bools) -> tuple[Scan, ...]:
    """Rows of one instant together; each that is timed when its signal came back met its object at its own time."""
    new = (np.diff(time) != 0) | received[1:]
    bounds = [0, *(np.flatnonzero(new) + 1).tolist(), len(time)]
    return tuple(Scan(int(time[a]), z[a:b], sigma[a:b], bool(received[a])) for a, b in pairwise(bounds))


def _of_json(time_tai_ns: int, found: Sequence[scans_json.Plot]) -> Scan:
    rows = [[getattr(plot, prefix + name) for prefix in ("", "sigma_") for name in COLUMNS] for plot in found]
    numbers = np.array(rows, dtype=float).reshape(-1, 6)
    return Scan(time_tai_ns, numbers[:, :3] * SI, numbers[:, 3:] * SI)


def _as_json(found: Plots) -> scans_json.Scan:
    rows = np.column_stack([found.z / SI, found.sigma / SI]).tolist()
    names = (*COLUMNS, *(f"sigma_{name}" for name in COLUMNS))
    return scans_json.Scan(
        tai_ns=found.time_tai_ns, plots=[scans_json.Plot(**dict(zip(names, row, strict=True))) for row in rows]
    )


def _tai_ns(system: str, day: Days, ns_of_day: Ints) -> Ints:
    """Return the times in nanoseconds of TAI; raises Refusal for those of no year in which UTC has leap seconds."""
    days = np.asarray(day, dtype=np.int64)
    strange = (days < FIRST_DAY) | (days > LAST_DAY)
    if strange.any():
        date = np.datetime64(int(days[np.flatnonzero(strange)[0]]), "D")
        raise Refusal("", f"wanted times from 1972 to 2261, got one of {date}")
    try:
        return tai_ns_from_days(days, ns_of_day) if system == "UTC" else days * (86_400 * NS_PER_S) + ns_of_day
    except ValueError as error:
        raise Refusal("", str(error)) from None


def _column(table: Measurements, name: str) -> Floats:
    return np.asarray(table.values.get(name, np.full(len(table), np.nan)), dtype=float)


def left_out(has: Bools) -> dict[str, int]:
    """Return how many rows have which of range, azimuth and elevation (n, 3), in words."""
    codes, counts = np.unique(has @ np.array([1, 2, 4]), return_counts=True)
    kinds = {}
    for code, count in zip(codes.tolist(), counts.tolist(), strict=True):
        words = [name.split("_")[0] for bit, name in zip((1, 2, 4), COLUMNS, strict=True) if code & bit]
        kinds[f"{' and '.join(words)} only" if words else "range rate only"] = count
    return kinds


def _listed(others: Mapping[str, int]) -> str:
    return ", ".join(f"{count} with {kind}" for kind, count in others.items())
