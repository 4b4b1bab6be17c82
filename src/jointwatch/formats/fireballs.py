"""Fireballs as JPL publishes what sensors of the United States saw of them: comma-separated text, a row for each.

CNEOS, https://cneos.jpl.nasa.gov/fireballs, public domain. Time and energies are always there; place, altitude, speed
and velocity where they were released. The velocity is Earth-fixed, before the air: z to the north pole, x to longitude
zero. Cells that are not as CNEOS writes them are refused.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from jointwatch.formats.lines import whole_text
from jointwatch.formats.refusal import Refusal, shown

LARGEST_BYTES = 16 << 20
COLUMNS = (
    "Peak Brightness Date/Time (UT)",
    "Latitude (deg.)",
    "Longitude (deg.)",
    "Altitude (km)",
    "Velocity (km/s)",
    "vx",
    "vy",
    "vz",
    "Total Radiated Energy (J)",
    "Calculated Total Impact Energy (kt)",
)
_NUMBER = re.compile(r"[+-]?[0-9]{1,6}(\.[0-9]{1,6})?(e[0-9]{1,2})?")


@dataclass(frozen=True, slots=True)
class Fireball:
    """One fireball at its brightest; None: not given. velocity_km_s: x, y, z, Earth-fixed; energy_kt: of the impact."""

    at: datetime
    latitude_deg: float | None
    longitude_deg: float | None
    altitude_km: float | None
    speed_km_s: float | None
    velocity_km_s: tuple[float, float, float] | None
    radiated_j: float
    energy_kt: float


def read_fireballs(path: Path) -> tuple[Fireball, ...]:
    """Return the fireballs of a list, in its order; raises Refusal, naming the line, and OSError."""
    reader = csv.reader(whole_text(path, LARGEST_BYTES).splitlines(), strict=True)
    try:
        if tuple(next(reader, ())) != COLUMNS:
            raise Refusal("line 1", f"wanted the columns of CNEOS's list, {COLUMNS[0]!r} first")
        return tuple(_fireball(reader.line_num, row) for row in reader)
    except csv.Error as error:
        raise Refusal(f"line {reader.line_num}", f"not comma-separated text: {error}") from None


def _fireball(line: int, row: list[str]) -> Fireball:
    if len(row) != len(COLUMNS):
        raise Refusal(f"line {line}", f"wanted {len(COLUMNS)} cells, got {len(row)}")
    when, latitude, longitude, altitude, speed, *velocity, radiated, energy = row
    if (latitude == "") != (longitude == "") or len({cell == "" for cell in velocity}) != 1:
        raise Refusal(f"line {line}", "wanted both angles of a place, and all three parts of a velocity, or none")
    given = velocity[0] != ""
    x, y, z = (_number(line, cell) if given else 0.0 for cell in velocity)
    return Fireball(
        _time(line, when),
        _angle(line, latitude, "NS", 90.0),
        _angle(line, longitude, "EW", 180.0),
        _number(line, altitude) if altitude else None,
        _number(line, speed) if speed else None,
        (x, y, z) if given else None,
        _number(line, radiated),
        _number(line, energy),
    )


def _time(line: int, text: str) -> datetime:
    try:
        at = datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        raise Refusal(f"line {line}", f"a time must be like 2014-12-13 02:53:52, got {shown(text)}") from None
    return at


def _angle(line: int, text: str, signs: str, most: float) -> float | None:
    """Return an angle in degrees, positive for the first of its two signs."""
    if not text:
        return None
    if text[-1] not in signs:
        raise Refusal(f"line {line}", f"an angle must end in {signs[0]} or {signs[1]}, got {shown(text)}")
    degrees = _number(line, text[:-1])
    if not 0.0 <= degrees <= most:
        raise Refusal(f"line {line}", f"an angle must be from 0 to {most:g} degrees, got {shown(text)}")
    return degrees if text[-1] == signs[0] else -degrees


def _number(line: int, text: str) -> float:
    if not _NUMBER.fullmatch(text):
        raise Refusal(f"line {line}", f"wanted a number like 21.7 or 4.4e10, got {shown(text)}")
    return float(text)
