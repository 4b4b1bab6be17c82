"""Recorded measurements of several sensors as one stream of scans, in order of time across files.

Rows of one sensor and one instant are one scan. A tracker takes range, azimuth and elevation together; rows without
all three are counted, and kept for an orbit where an object has hardly others (`recording_numbers`). What a radar did
not see is not in such files: a scan without plots never happened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jointwatch.centre.intake.scans import COLUMNS as PLOT
from jointwatch.centre.intake.scans import FIRST_DAY, LAST_DAY, SI, left_out
from jointwatch.earth.arrays import Bools, Floats, Ints
from jointwatch.earth.timescale import NS_PER_S, tai_ns_from_days
from jointwatch.formats import measurement_files
from jointwatch.formats.measurements import Measurements
from jointwatch.formats.refusal import Refusal
from jointwatch.sensors.measurement import Plots
from jointwatch.studies import recording_numbers
from jointwatch.studies.recording_numbers import Numbers
from jointwatch.studies.recording_numbers import column as _column
from jointwatch.studies.recording_sites import Sensor, SitesError
from jointwatch.tracking.observables import LIGHT_M_S


class RecordingError(ValueError):
    """A file that cannot be taken: one sentence that begins with its name."""


@dataclass(frozen=True, slots=True)
class FileRead:
    """What one file held: rows, those of them that are no full plots, by what they have, and kinds with no column."""

    path: Path
    rows: int
    incomplete: Mapping[str, int]
    unused: tuple[str, ...] = ()

    @property
    def plots(self) -> int:
        """How many rows are full plots."""
        return self.rows - sum(self.incomplete.values())


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """All full plots of the files in order of time, then sensor, 72 bytes each; and the numbers that are none.

    time_tai_ns (n,), as told; received: whether (n,) that is when the signal came back; sensor: place (n,) in `names`;
    z (n, 3) and sigma (n, 3) in metres and radians, sigma NaN where the file gives none; snr_db (n,), NaN where not
    given.
    """

    files: tuple[FileRead, ...]
    names: tuple[str, ...]
    numbers: Numbers
    time_tai_ns: Ints
    sensor: Ints
    z: Floats
    sigma: Floats
    snr_db: Floats
    received: Bools

    def __len__(self) -> int:
        return len(self.time_tai_ns)

    def plots_of(self) -> dict[str, int]:
        """How many plots each sensor gave, by its name."""
        counts = np.bincount(self.sensor, minlength=len(self.names)).tolist()
        return dict(zip(self.names, counts, strict=True))

    def rows_of(self) -> dict[str, int]:
        """How many plots and single numbers each sensor gave, by its name."""
        singles = np.bincount(self.numbers.sensor, minlength=len(self.names)).tolist()
        return {name: plots + single for (name, plots), single in zip(self.plots_of().items(), singles, strict=True)}

    def gives_sigmas(self, place: int) -> bool:
        """Whether every row of a sensor came with its sigmas."""
        single = self.numbers.sensor == place
        z, sigma = self.numbers.z[single], self.numbers.sigma[single]
        return not (np.isnan(self.sigma[self.sensor == place]).any() or (np.isnan(sigma) & ~np.isnan(z)).any())

    def begins(self) -> Ints:
        """Where each scan begins (k,), and the number of plots as the last one (k + 1,).

        Rows timed when the signal came back met their objects at instants of their own: each is a scan.
        """
        new = (np.diff(self.time_tai_ns) != 0) | (np.diff(self.sensor) != 0) | self.received[1:]
        return np.concatenate([[0], np.flatnonzero(new) + 1, [len(self)]]) if len(self) else np.zeros(1, dtype=int)

    def scans(self, sensors: Mapping[str, Sensor]) -> Iterator[Plots]:
        """The scans in order of time, each at the instant at which the signal met what it shows."""
        begins = self.begins().tolist()
        for first, last in pairwise(begins):
            name = self.names[self.sensor[first]]
            here = slice(first, last)
            sigma = np.where(np.isnan(self.sigma[here]), sensors[name].sigmas(self.snr_db[here]), self.sigma[here])
            z = sensors[name].corrected(self.z[here])
            way_s = float(z[0, 0]) / LIGHT_M_S if self.received[first] else 0.0
            time = int(self.time_tai_ns[first]) - round(way_s * NS_PER_S)
            yield Plots(sensors[name].site, name, time, z, sigma)


def read(paths: Sequence[Path], done: Callable[[Path], None] = lambda path: None) -> Recording:
    """The plots of all files; raises RecordingError, one sentence with the file, for one that cannot be taken."""
    parts, numbers, files = [], [], []
    names: dict[str, int] = {}
    objects: dict[str, int] = {}
    for path in paths:
        table = _table(path)
        taken, file = _full(path, table)
        places = np.array([names.setdefault(name, len(names)) for name in table.sensors], dtype=np.int64)
        time, sensor = _time(path, table), places[table.sensor]
        parts.append(_part(table, taken, time, sensor))
        others = recording_numbers.rows_of(table, np.isin(np.arange(len(table)), taken))
        numbers.append(recording_numbers.part(table, others, time, sensor, objects))
        files.append(file)
        done(path)
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    order = np.lexsort((columns[1], columns[0]))
    kept = recording_numbers.joined(numbers, tuple(objects))
    return Recording(tuple(files), tuple(names), kept, *(column[order] for column in columns))


def check_sigmas(recording: Recording, sensors: Mapping[str, Sensor]) -> None:
    """Raise SitesError unless every range and angle has its sigma, from its row, the file of sites or the catalogue."""
    numbers = recording.numbers
    for place, name in enumerate(recording.names):
        rows, single = recording.sensor == place, numbers.sensor == place
        known = ~np.isnan(sensors[name].sigmas(np.full(1, np.nan))[0])
        lacking = (np.isnan(recording.sigma[rows]) & ~known).any(axis=0)
        given = ~np.isnan(numbers.z[single, :3])
        lacking |= (given & np.isnan(numbers.sigma[single, :3]) & ~known).any(axis=0)
        if lacking.any():
            which = " and ".join(f"sigma_{column}" for column, lacks in zip(PLOT, lacking, strict=True) if lacks)
            raise SitesError(
                f"sensor {name}: {which} is neither in every row of the measurements nor known otherwise; add it to "
                f"[sites.{name}] in a file for --sites"
            )


def _table(path: Path) -> Measurements:
    try:
        return measurement_files.read(path)
    except Refusal as error:
        raise RecordingError(f"{path}: {error}") from None
    except OSError as error:
        raise RecordingError(f"{path}: cannot be read ({error.strerror})") from None


def _full(path: Path, table: Measurements) -> tuple[Ints, FileRead]:
    """Rows that are full plots, and the account of the file."""
    has = np.column_stack([~np.isnan(_column(table, name)) for name in PLOT])
    full = has.all(axis=1)
    return np.flatnonzero(full), FileRead(path, len(table), left_out(has[~full]), table.unused)


def _time(path: Path, table: Measurements) -> Ints:
    """TAI nanoseconds (n,) of the rows."""
    strange = (table.day < FIRST_DAY) | (table.day > LAST_DAY)
    if strange.any():
        row = int(np.flatnonzero(strange)[0])
        date = np.datetime64(int(table.day[row]), "D")
        raise RecordingError(f"{path}: measurement {row + 1}: wanted a time from 1972 to 2261, got one of {date}")
    try:
        return tai_ns_from_days(table.day, table.ns_of_day) if table.time_system == "UTC" else table.tai_ns
    except ValueError as error:
        raise RecordingError(f"{path}: {error}") from None


def _part(table: Measurements, taken: Ints, time: Ints, sensor: Ints) -> tuple[NDArray[Any], ...]:
    """Times, sensors, z, sigma, SNR of the rows taken, and whether timed at reception."""
    z, sigma = (
        np.stack([_column(table, prefix + name)[taken] for name in PLOT], axis=-1) * SI for prefix in ("", "sigma_")
    )
    z[:, 1] = np.mod(z[:, 1], 2 * np.pi)
    return time[taken], sensor[taken], z, sigma, _column(table, "snr_db")[taken], table.received[taken]
