"""Rows of a recording that are no full plots, by the object that the file names: ranges alone, angles alone.

The tracker cannot take them. Where most of what a file has of an object is of this kind, as with stations of
satellites, an orbit is estimated of it instead; there the file's word is taken for what is one object, since no gate
can tell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jointwatch.earth.arrays import Bools, Floats, Ints
from jointwatch.formats.measurements import MEASURED, Measurements
from jointwatch.studies.recording_sites import Sensor
from jointwatch.tracking.observables import Kind, Observables

Columns = tuple[NDArray[Any], ...]
UNNAMED = "-"
_UNIT = np.array([1.0, np.pi / 180, np.pi / 180, 1.0])


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """Rows in order of time: instants (n,), places of sensor and object (n,); values and sigmas (n, 4), in SI units.

    NaN where a row has no such value, or no sigma of its own; received: whether timed when the signal came back.
    """

    objects: tuple[str, ...]
    time_tai_ns: Ints
    sensor: Ints
    object: Ints
    z: Floats
    sigma: Floats
    snr_db: Floats
    received: Bools

    def __len__(self) -> int:
        return len(self.time_tai_ns)

    def of(self, name: str, sensors: Mapping[str, Sensor], names: tuple[str, ...]) -> tuple[Observables, Floats]:
        """The numbers of one object, corrected by what is known of each sensor, and sigmas (s, 4) of what is not.

        sensors: by name; names: in the order of the places. A range rate without a sigma is left out.
        """
        rows = np.flatnonzero(self.object == self.objects.index(name))
        used = np.unique(self.sensor[rows])
        of_sensor = [sensors[names[place]] for place in used]
        z, sigma = self.z[rows].copy(), self.sigma[rows].copy()
        for place, sensor in zip(used, of_sensor, strict=True):
            here = self.sensor[rows] == place
            z[here, :3] = sensor.corrected(z[here, :3])
            known = np.column_stack(
                [sensor.sigmas(self.snr_db[rows][here]), np.full(here.sum(), sensor.sigma_range_rate_m_s)]
            )
            sigma[here] = np.where(np.isnan(sigma[here]), known, sigma[here])
        row, kind = np.nonzero(~np.isnan(z) & ~np.isnan(sigma))
        found = Observables(
            tuple(sensor.site for sensor in of_sensor), self.time_tai_ns[rows][row],
            np.searchsorted(used, self.sensor[rows][row]), kind, z[row, kind], sigma[row, kind],
            self.received[rows][row],
        )  # fmt: skip
        return found, np.array([np.append(sensor.sigma_bias, 0.0) for sensor in of_sensor])


def rows_of(table: Measurements, full: Bools) -> Ints:
    """Rows (r,) of objects of which at least half the rows are no full plots; of unnamed ones those rows alone."""
    code = table.object + 1
    partial = np.bincount(code[~full], minlength=len(table.objects) + 1)
    mostly = partial >= np.maximum(1, np.bincount(code[full], minlength=len(table.objects) + 1))
    return np.flatnonzero(mostly[code] & ((code > 0) | ~full))


def part(table: Measurements, rows: Ints, time_tai_ns: Ints, sensor: Ints, objects: dict[str, int]) -> Columns:
    """The columns of rows of one table; names of objects that are new are given their places."""
    z, sigma = (
        np.column_stack([column(table, prefix + name)[rows] for name in MEASURED]) * _UNIT for prefix in ("", "sigma_")
    )
    z[:, Kind.AZIMUTH] = np.mod(z[:, Kind.AZIMUTH], 2 * np.pi)
    names = [UNNAMED, *table.objects]
    place = {code: objects.setdefault(names[code], len(objects)) for code in np.unique(table.object[rows] + 1).tolist()}
    object_ = np.array([place[code] for code in (table.object[rows] + 1).tolist()], dtype=np.int64)
    return time_tai_ns[rows], sensor[rows], object_, z, sigma, column(table, "snr_db")[rows], table.received[rows]


def joined(parts: list[Columns], objects: tuple[str, ...]) -> Numbers:
    """All parts in order of time."""
    columns = [np.concatenate(of_all) for of_all in zip(*parts, strict=True)]
    order = np.argsort(columns[0], kind="stable")
    return Numbers(objects, *(of_all[order] for of_all in columns))


def column(table: Measurements, name: str) -> Floats:
    """A column of the table, NaN where it has none."""
    return np.asarray(table.values.get(name, np.full(len(table), np.nan)))
