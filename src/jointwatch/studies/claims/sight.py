"""When a radar could look at flights: over its lowest elevation, within its sector and its ranges.

`Limits` are what one radar can face. A margin is positive where a flight is inside all of them; its sign changes give
the times, between the seconds of a path by a straight line (to some milliseconds). Refraction is that of mean air.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jointwatch.earth.arrays import Bools, Floats, Ints
from jointwatch.earth.refraction import apparent_elevation_rad
from jointwatch.earth.topocentric import azimuth_elevation_range
from jointwatch.studies.claims.flights import Paths

_LIFTED_RAD = np.deg2rad([-1.5, 8.0])  # air lifts nothing by more than 1.2 degrees; above, by nothing of weight here


@dataclass(frozen=True)
class Limits:
    """What a radar can face: where it stands (degrees, metres), lowest and highest elevation, sector, ranges."""

    position_deg: tuple[float, float]
    height_m: float = 0.0
    lowest_deg: float = 0.0
    highest_deg: float = 90.0
    sector_deg: tuple[float, float] = (0.0, 360.0)
    least_m: float = 0.0
    reach_m: float = np.inf
    refracted: bool = False


@dataclass(frozen=True, eq=False)
class Sky:
    """Flights seen from one place: azimuth, elevation, range (n, m), radians and metres; NaN after impact."""

    azimuth_rad: Floats
    elevation_rad: Floats
    range_m: Floats


def sky(paths: Paths, limits: Limits) -> Sky:
    """Return the flights over the radar's place, lifted by the air where that is asked for."""
    latitude, longitude = np.deg2rad(limits.position_deg)
    seen = azimuth_elevation_range(latitude, longitude, limits.height_m, paths.r_ecef_m.reshape(-1, 3))
    azimuth, elevation, distance = (seen[:, i].reshape(paths.r_ecef_m.shape[:2]) for i in range(3))
    if limits.refracted:
        low = (elevation > _LIFTED_RAD[0]) & (elevation < _LIFTED_RAD[1])
        elevation[low] = apparent_elevation_rad(elevation[low], distance[low], radar_height_m=limits.height_m)
    return Sky(azimuth, elevation, distance)


def margin(view: Sky, limits: Limits) -> Floats:
    """Return how far inside all limits each flight is at each time (n, m): above zero inside, in no common unit."""
    start, end = np.deg2rad(limits.sector_deg)
    width = (end - start) % (2 * np.pi) or 2 * np.pi
    past_middle = (view.azimuth_rad - (start + width / 2) + np.pi) % (2 * np.pi) - np.pi
    parts = [
        view.elevation_rad - np.deg2rad(limits.lowest_deg),
        np.deg2rad(limits.highest_deg) - view.elevation_rad + 1e-9,
        (view.range_m - limits.least_m) / 1e6,
        np.full_like(view.range_m, 1.0) if np.isinf(limits.reach_m) else (limits.reach_m - view.range_m) / 1e6,
    ]
    if width < 2 * np.pi:
        parts.append(width / 2 - np.abs(past_middle))
    inside = np.min(parts, axis=0)
    return np.where(np.isnan(inside), -1.0, inside)


def first_s(paths: Paths, margins: Floats) -> Floats:
    """Return seconds after launch at which each flight (n) comes inside first; inf where it never does."""
    inside = margins > 0
    k = inside.argmax(axis=1)
    return np.where(inside.any(axis=1), _crossing(paths.time_s, margins, np.maximum(k - 1, 0), k), np.inf)


def last_s(paths: Paths, margins: Floats) -> Floats:
    """Return seconds after launch at which each flight (n) is inside last; -inf where it never is."""
    inside = margins > 0
    k = inside.shape[1] - 1 - inside[:, ::-1].argmax(axis=1)
    after = np.minimum(k + 1, inside.shape[1] - 1)
    left = np.minimum(_crossing(paths.time_s, margins, after, k), paths.end_s)
    return np.where(inside.any(axis=1), left, -np.inf)


def unseen_s(paths: Paths, seen: Bools, begin_s: Floats, end_s: Floats) -> Floats:
    """Return for how many seconds between two times each flight (n) is not seen (n, m), to a second; NaN if no time."""
    within = (paths.time_s >= begin_s[:, None]) & (paths.time_s < end_s[:, None])
    missing = (within & ~seen).sum(axis=1) * float(paths.time_s[1])
    return np.where(np.isfinite(begin_s) & np.isfinite(end_s), missing, np.nan)


def _crossing(times: Floats, margins: Floats, outside: Ints, inside: Ints) -> Floats:
    """Times between two neighbouring samples at which a margin is zero; that of `inside` where both are inside."""
    rows = np.arange(len(margins))
    a, b = margins[rows, outside], margins[rows, inside]
    apart = (a <= 0) & (b > 0)
    share = np.where(apart, b / np.where(apart, b - a, 1.0), 0.0)
    return np.asarray(times[inside] + share * (times[outside] - times[inside]))
