"""How closely does a staged profile follow 30 real ascents, and in which direction did each fly?

Data: telemetry of 30 Falcon launches read off the broadcasts at 1 s (shahar603/Telemetry-Data, Unlicense): speed
relative to the turning Earth, height; `analysed.json` is partly smoothed by its author and follows one stage, the
events are rounded to seconds. Its ground distance is the integral of the horizontal speed at height, 2 % longer than
over the ground, and says nothing that speed and height do not: it is compared, not fitted.

    python design/ascents.py FOLDER     # the folder that holds <mission>/analysed.json and events.json

prints the tables of docs/method/boost.md:
1. Direction: azimuth at launch over the turning ground from the site's latitude and the published inclination, and the
   inclination of the fitted flight at the end of its record, where that is in orbit.
2. What is left, fitted less told, to first and second burnout: median and greatest, height in metres, speed in m/s.
3. The same of a profile that knows nothing but each stage's burnout, as a class in the catalogue does.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from jointwatch.earth.ellipsoid import geodetic_from_ecef
from jointwatch.flight import orbit
from jointwatch.flight.boost import ascent, launch_azimuth_rad, staged
from jointwatch.flight.telemetry import Fitted, fit

Floats = NDArray[np.float64]
SITES = {"CC": (28.5619, -80.5772), "KSC": (28.6083, -80.6041), "VS": (34.6320, -120.6107)}  # GCAT; LC40, LC39A, SLC4E
LOW_ORBIT_M_S = 7_800.0
CATALOGUE = "public catalogue, 22 Jan 2022"
STATION = "the station's, same catalogue"
DUE_EAST = "recalled: due east, as launches to geostationary transfer"
RECALLED = "recalled"

# mission: site, inclination in degrees, where that is read, whether northwards
MISSIONS: dict[str, tuple[str, float, str, bool]] = {
    "Bangabandhu-1": ("KSC", 28.6, DUE_EAST, False),
    "BulgariaSat-1": ("KSC", 28.6, DUE_EAST, False),
    "DM-1": ("KSC", 51.64, STATION, True),
    "Falcon Heavy Demo 1": ("KSC", 29.0, RECALLED, False),
    "FormoSat-5": ("VS", 98.25, f"{CATALOGUE}, 2017-049A", False),
    "GPS III SV01": ("CC", 55.07, f"{CATALOGUE}, 2018-109A", True),
    "GovSat-1": ("CC", 28.6, DUE_EAST, False),
    "Intelsat 35e": ("KSC", 28.6, DUE_EAST, False),
    "Iridium NEXT 1": ("VS", 86.40, f"{CATALOGUE}, 2017-003A", False),
    "Iridium NEXT 3": ("VS", 86.40, f"{CATALOGUE}, 2017-061A", False),
    "Iridium NEXT 4": ("VS", 86.40, f"{CATALOGUE}, 2017-083A", False),
    "Iridium NEXT 5": ("VS", 86.40, f"{CATALOGUE}, 2018-030A", False),
    "Iridium NEXT 7": ("VS", 86.40, f"{CATALOGUE}, 2018-061A", False),
    "JCSAT-16": ("CC", 28.6, DUE_EAST, False),
    "NROL-76": ("KSC", 50.0, RECALLED, True),
    "Orbcomm OG2": ("CC", 47.00, f"{CATALOGUE}, 2015-081A", True),
    "Paz": ("VS", 97.44, f"{CATALOGUE}, 2018-020A", False),
    "SAOCOM 1A": ("VS", 97.88, f"{CATALOGUE}, 2018-076A", False),
    "SES-10": ("KSC", 28.6, DUE_EAST, False),
    "SES-11": ("KSC", 28.6, DUE_EAST, False),
    "SES-12": ("CC", 28.6, DUE_EAST, False),
    "SES-9": ("CC", 28.6, DUE_EAST, False),
    "SpaceX CRS-11": ("KSC", 51.64, STATION, True),
    "SpaceX CRS-13": ("CC", 51.64, STATION, True),
    "SpaceX CRS-14": ("CC", 51.64, STATION, True),
    "SpaceX CRS-8": ("CC", 51.64, STATION, True),
    "SpaceX CRS-9": ("CC", 51.64, STATION, True),
    "TESS": ("CC", 28.6, "recalled: due east", False),
    "Thaicom 8": ("CC", 28.6, DUE_EAST, False),
    "ZUMA": ("CC", 50.0, RECALLED, True),
}


@dataclass(frozen=True)
class Ascent:
    """One launch: seconds, metres, m/s, and when its stages burnt as far as the record follows them."""

    name: str
    time_s: Floats
    height_m: Floats
    speed_m_s: Floats
    distance_m: Floats
    stages: tuple[tuple[float, float], ...]
    to_orbit: bool


def read(folder: Path) -> Ascent:
    """Return the ascent in one mission's folder."""
    events = json.loads((folder / "events.json").read_text())
    column = {
        key: np.array(row, dtype=float) for key, row in json.loads((folder / "analysed.json").read_text()).items()
    }
    last, cutoff = float(column["time"][-1]), events["seco1"]
    stages = [(0.0, float(events["meco"]))]
    if events["ses1"]:  # otherwise the record goes on with the first stage, on its way back
        stages.append((float(events["ses1"]), min(float(cutoff or last), last)))
    return Ascent(
        folder.name,
        column["time"],
        column["altitude"] * 1e3,
        column["velocity"],
        column["downrange_distance"] * 1e3,
        tuple(stages),
        bool(cutoff and cutoff <= last),
    )


def fitted(told: Ascent, *, earlier_s: float = 0.0) -> Fitted:
    """Return the profile fitted to a launch; `earlier_s` moves the first burnout against the rounded event."""
    first, *rest = told.stages
    stages = [(first[0], first[1] - earlier_s), *rest]
    return fit(told.time_s, told.height_m, told.speed_m_s, stages=stages, launch_height_m=float(told.height_m[0]))


def azimuth_rad(name: str) -> float:
    """Return the azimuth at launch of a mission."""
    site, inclination, _, northwards = MISSIONS[name]
    latitude = np.radians(SITES[site][0])
    return float(launch_azimuth_rad(np.radians(inclination), latitude, speed_m_s=LOW_ORBIT_M_S, northwards=northwards))


def inclination_at_the_end_deg(name: str, found: Fitted) -> float:
    """Return the inclination of the plane in which the fitted flight ends."""
    latitude, longitude = np.radians(SITES[MISSIONS[name][0]])
    end = ascent(
        found.profile,
        latitude_rad=latitude,
        longitude_rad=longitude,
        azimuth_rad=azimuth_rad(name),
        burnout_speed_m_s=found.burnout_speed_m_s,
        burnout_angle_rad=found.burnout_angle_rad,
        times_s=found.profile.burn_time_s,
        height_m=found.height_m,
    )
    return float(np.degrees(orbit.inclination_rad(end)[0]))


def by_burnouts_alone(told: Ascent, found: Fitted) -> tuple[float, float]:
    """Return the greatest distance, metres, and m/s, of the record from a profile of nothing but the burnouts."""
    used = told.time_s <= found.profile.burn_time_s
    states = ascent(
        staged(found.burnouts),
        latitude_rad=0.5,
        longitude_rad=0.0,
        azimuth_rad=1.5,
        burnout_speed_m_s=found.burnout_speed_m_s,
        burnout_angle_rad=found.burnout_angle_rad,
        times_s=told.time_s[used],
    )
    height = geodetic_from_ecef(states.r_m)[2] + found.height_m
    speed = np.linalg.norm(states.v_m_s, axis=1)
    return float(np.abs(height - told.height_m[used]).max()), float(np.abs(speed - told.speed_m_s[used]).max())


def left_of(found: Fitted, stage: int) -> tuple[float, float, float, float]:
    """Return median and greatest distance in height, metres, and speed, m/s, of one stage."""
    rows = found.rows_of(stage)
    height, speed = np.abs(found.height_residual_m[rows]), np.abs(found.speed_residual_m_s[rows])
    return float(np.median(height)), float(height.max()), float(np.median(speed)), float(speed.max())


def rows(told: Ascent, found: Fitted) -> tuple[str, str]:
    """Return one launch's rows of both tables."""
    site, inclination, source, _ = MISSIONS[told.name]
    flown = f"{inclination_at_the_end_deg(told.name, found):.1f}" if told.to_orbit else ""
    direction = (
        f"| {told.name} | {site} | {inclination:g} | {source} | {np.degrees(azimuth_rad(told.name)):.1f} | {flown} |"
    )
    stages = [left_of(found, stage) for stage in range(1, len(told.stages) + 1)]
    cells = [f"{h:.0f} / {hm:.0f} | {v:.1f} / {vm:.0f}" for h, hm, v, vm in stages] + ["| "] * (2 - len(stages))
    height, speed = by_burnouts_alone(told, found)
    burns = f"{told.stages[0][1]:.0f}" + (f", {told.stages[1][0]:.0f} to {told.stages[1][1]:.0f}" if stages[1:] else "")
    return direction, f"| {told.name} | {burns} | {' | '.join(cells)} | {height / 1e3:.1f} / {speed:.0f} |"


def main() -> None:
    """Print the answer."""
    ascents = [read(folder) for folder in sorted(Path(sys.argv[1]).iterdir()) if folder.is_dir()]
    found = [fitted(told) for told in ascents]
    both = [rows(told, each) for told, each in zip(ascents, found, strict=True)]
    for table in zip(*both, strict=True):
        print("\n".join(table), end="\n\n")
    greatest = np.array([left_of(each, 1)[3] for each in found])
    earlier = np.array([left_of(fitted(told, earlier_s=0.5), 1)[3] for told in ascents])
    print(
        f"greatest speed left in first stages, median of 30: {np.median(greatest):.0f} m/s; with burnout half a second"
    )
    print(f"before the rounded event: {np.median(earlier):.0f} m/s")


if __name__ == "__main__":
    main()
