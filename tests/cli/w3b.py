"""Real tracking of the satellite W3B, November 2010, turned from Telespazio's table into what the command reads.

Five stations measured ranges and, at other instants, azimuths and elevations; the times are those at which the signals
came back. The station file of the same tutorial (Orekit's, Apache-2.0) holds places, sigmas and first values of biases.
"""

from __future__ import annotations

import re
from pathlib import Path

DATA = Path(__file__).parents[3] / "shared" / "data" / "tracking" / "W3B"
ON_BOARD_M = 5969.0  # onboard.range.bias: the transponder's delay
_KEY = re.compile(r"ground\.station\.([a-z.]+)\s*\[(\d)\]\s*=\s*(\S+)")
_META = """META_START
TIME_SYSTEM = UTC
PARTICIPANT_1 = {station}
PARTICIPANT_2 = W3B
MODE = SEQUENTIAL
PATH = 1,2,1
TIMETAG_REF = RECEIVE
RANGE_UNITS = km
ANGLE_TYPE = AZEL
META_STOP
DATA_START
"""


def stations() -> list[dict[str, str]]:
    """Return the stations' entries, by key without `ground.station.`."""
    found: dict[int, dict[str, str]] = {}
    for key, number, value in _KEY.findall((DATA / "od_test_W3.in").read_text()):
        found.setdefault(int(number), {})[key] = value
    return list(found.values())


def sites(path: Path, *, known_biases: bool = False, sigma_bias_range_m: float = 20_000.0) -> Path:
    """Write the stations as a file for --sites: with the biases that the table of the tutorial begins with, or none."""
    text = ""
    for station in stations():
        bias_m = float(station["range.bias"]) + ON_BOARD_M if known_biases else 0.0
        text += (
            f"[sites.{station['name']}]\nlatitude_deg = {station['latitude']}\nlongitude_deg = {station['longitude']}\n"
            f"height_m = {station['altitude']}\nsigma_range_m = {station['range.sigma']}\n"
            f"sigma_azimuth_deg = {station['azimuth.sigma']}\nsigma_elevation_deg = {station['elevation.sigma']}\n"
            f"bias_range_m = {bias_m}\nsigma_bias_range_m = {sigma_bias_range_m}\n"
            "sigma_bias_azimuth_deg = 0.5\nsigma_bias_elevation_deg = 0.5\nrefraction = true\n\n"
        )
    path.write_text(text)
    return path


def tdm(path: Path) -> Path:
    """Write all ranges and angles as one tracking data message, a segment for each station and kind."""
    rows: dict[tuple[str, str], list[str]] = {}
    for line in (DATA / "W3B.aer").read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            when, kind, station, *values = line.split()
            names = ("RANGE",) if kind == "RANGE" else ("ANGLE_1", "ANGLE_2")
            rows.setdefault((station, kind), []).extend(
                f"{name} = {when} {value}" for name, value in zip(names, values, strict=True)
            )
    text = "CCSDS_TDM_VERS = 2.0\nCREATION_DATE = 2010-11-03T00:00:00\nORIGINATOR = TELESPAZIO\n"
    for (station, _), lines in rows.items():
        text += _META.format(station=station) + "\n".join(lines) + "\nDATA_STOP\n"
    path.write_text(text)
    return path
