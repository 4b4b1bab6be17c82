"""The true course of an object, for the score: where it was at any times, and the quantities asked of every launch."""

from __future__ import annotations

from dataclasses import dataclass
from math import radians

import numpy as np
from numpy.typing import ArrayLike

from jointwatch.earth.arrays import Floats, Ints
from jointwatch.earth.ellipsoid import geodetic_from_ecef
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.flight import coast, orbit
from jointwatch.studies.truth import Flown

STEP_S = 2.0


@dataclass(frozen=True)
class Ground:
    """A place on the ellipsoid, radians."""

    latitude_rad: float
    longitude_rad: float


@dataclass(frozen=True, eq=False)
class Course:
    """What truly happened to one object, and its path (k,) Earth-fixed to its impact or the scenario's end."""

    launch: Ground
    launch_tai_ns: int
    direction_rad: float
    burnout_tai_ns: int
    burnout_height_m: float
    burnout_speed_m_s: float  # relative to the turning Earth
    apogee_m: float
    impact: Ground | None
    impact_tai_ns: int | None
    time_tai_ns: Ints
    r_ecef_m: Floats

    def since_launch_s(self, tai_ns: int) -> float:
        """Seconds after the true launch."""
        return (tai_ns - self.launch_tai_ns) / NS_PER_S


def course(flown: Flown, end_tai_ns: int) -> Course:
    """Return the true course of a flight; an orbit's path ends at the given time."""
    flight = flown.flight
    _, _, height = geodetic_from_ecef(flown.burnout.r_m)
    times, states = flown.samples(STEP_S, end_tai_ns)
    return Course(
        launch=Ground(radians(flight.launch_latitude_deg), radians(flight.launch_longitude_deg)),
        launch_tai_ns=flown.launch_tai_ns,
        direction_rad=radians(flight.azimuth_deg),
        burnout_tai_ns=flown.launch_tai_ns + round(flown.profile.burn_time_s * NS_PER_S),
        burnout_height_m=float(height[0]),
        burnout_speed_m_s=float(np.linalg.norm(flown.burnout.v_m_s[0])),
        apogee_m=_apogee_m(flown),
        impact=_ground(flown.impact.r_m[0]) if flown.impact is not None else None,
        impact_tai_ns=flown.impact_tai_ns,
        time_tai_ns=times,
        r_ecef_m=states.r_m,
    )


def positions_at(flown: Flown, times_tai_ns: ArrayLike) -> Floats:
    """Return the true Earth-fixed positions (n, 3), metres, at times (n,); NaN while the object is not aloft."""
    times = np.asarray(times_tai_ns, dtype=np.int64)
    positions = np.full((len(times), 3), np.nan)
    seconds = (times - flown.launch_tai_ns) / NS_PER_S
    aloft = np.array([flown.aloft(int(time)) for time in times], dtype=bool)
    coasting = aloft & (seconds > flown.profile.burn_time_s)
    for row in np.flatnonzero(aloft & ~coasting):
        positions[row] = flown.states_at(int(times[row])).r_m[0]
    rows = np.flatnonzero(coasting)[np.argsort(seconds[coasting], kind="stable")]
    free = coast.trajectory(flown.burnout, seconds[rows] - flown.profile.burn_time_s, beta_kg_m2=flown.beta_kg_m2)
    positions[rows] = free.r_m
    return positions


def _apogee_m(flown: Flown) -> float:
    """Highest point of the free flight over the ellipsoid; osculating where it is too far ahead to be flown to."""
    _, height = coast.apogee(flown.burnout, beta_kg_m2=flown.beta_kg_m2)
    return float(height[0] if np.isfinite(height[0]) else orbit.apogee_height_m(flown.burnout)[0])


def _ground(r_ecef_m: Floats) -> Ground:
    latitude, longitude, _ = geodetic_from_ecef(r_ecef_m)
    return Ground(float(latitude), float(longitude))
