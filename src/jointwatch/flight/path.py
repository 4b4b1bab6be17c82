"""A whole flight in one call: ascent, coast, entry and the end on the ground, as arrays.

`fly` takes the burnout as given, `fly_range` finds the one that comes down at a range, `fly_orbit` one that stays up.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from jointwatch.earth.arrays import Floats
from jointwatch.earth.ellipsoid import geodetic_from_ecef
from jointwatch.earth.states import Ecef, joined
from jointwatch.earth.topocentric import enu_basis
from jointwatch.flight import burnout as burnouts
from jointwatch.flight import coast
from jointwatch.flight.boost import BoostProfile, ascent

STEP_S = 5.0
_PASSES = 6


@dataclass(frozen=True, eq=False)
class Flown:
    """One object's flight, and its states at those of the asked times at which it was flying.

    times_s (k,): seconds after ignition; states: Earth-fixed, (k), without NaN.
    latitude_rad, longitude_rad, height_m (k,): of the states, over the ellipsoid.
    burnout: the state (1) at the end of the burn.
    impact_time_s, impact: seconds after ignition and the state (1) on the ground; None for what stays up.
    launch_*, burnout_speed_m_s, burnout_angle_rad, beta_kg_m2: as given or found; `states_at` flies them again.
    """

    profile: BoostProfile
    launch_latitude_rad: float
    launch_longitude_rad: float
    launch_height_m: float
    azimuth_rad: float
    burnout_speed_m_s: float
    burnout_angle_rad: float
    beta_kg_m2: float
    times_s: Floats
    states: Ecef
    latitude_rad: Floats
    longitude_rad: Floats
    height_m: Floats
    burnout: Ecef
    impact_time_s: float | None
    impact: Ecef | None


def fly(
    profile: BoostProfile,
    *,
    latitude_rad: float,
    longitude_rad: float,
    azimuth_rad: float,
    burnout_speed_m_s: float,
    burnout_angle_rad: float,
    times_s: ArrayLike | None = None,
    beta_kg_m2: float = np.inf,
    height_m: float = 0.0,
    horizon_s: float = coast.HORIZON_S,
) -> Flown:
    """The flight of one object at times (k,), seconds after ignition, rising; before it and after impact they drop out.

    Speed and angle are relative to the rotating Earth, as in `boost.ascent`. An impact is looked for until the later
    of the last time and `horizon_s` after burnout. Without times: every 5 s and the end, be it the ground or the
    horizon.

    >>> flown = fly(
    ...     BoostProfile(60.0, 0.4, 0.4), latitude_rad=0.6, longitude_rad=0.9, azimuth_rad=1.0,
    ...     burnout_speed_m_s=1500.0, burnout_angle_rad=0.7, times_s=np.arange(0.0, 900.0, 10.0))
    >>> bool(flown.times_s[-1] <= flown.impact_time_s < flown.times_s[-1] + 10.0)
    True
    """
    times = None if times_s is None else np.atleast_1d(np.asarray(times_s, dtype=np.float64))
    if times is not None and (times.ndim != 1 or not np.all(np.isfinite(times)) or np.any(np.diff(times) < 0)):
        raise ValueError("times_s must be a row of finite seconds in rising order")
    T = profile.burn_time_s
    launch = (latitude_rad, longitude_rad, height_m, azimuth_rad)
    burnout = _rising(profile, launch, burnout_speed_m_s, burnout_angle_rad, np.array([T]))
    last = 0.0 if times is None or not times.size else float(times[-1]) - T
    horizon_s = max(horizon_s, last)
    end = coast.impact(burnout, beta_kg_m2=beta_kg_m2, horizon_s=horizon_s)
    impact_time_s = T + float(end.time_s[0]) if end.reached[0] else None
    until = T + horizon_s if impact_time_s is None else impact_time_s
    times = np.append(np.arange(0.0, until, STEP_S), until) if times is None else times
    flying = times[(times >= 0) & (times <= (np.inf if impact_time_s is None else impact_time_s))]
    states = _along(
        profile, launch, burnout_speed_m_s, burnout_angle_rad, beta_kg_m2=beta_kg_m2, burnout=burnout, times=flying
    )
    return Flown(
        profile,
        *launch,
        burnout_speed_m_s,
        burnout_angle_rad,
        beta_kg_m2,
        flying,
        states,
        *geodetic_from_ecef(states.r_m),
        burnout,
        impact_time_s,
        end.states if end.reached[0] else None,
    )


def fly_range(
    profile: BoostProfile,
    *,
    latitude_rad: float,
    longitude_rad: float,
    azimuth_rad: float,
    range_m: float,
    apogee_m: float | None = None,
    times_s: ArrayLike | None = None,
    beta_kg_m2: float = np.inf,
    horizon_s: float = coast.HORIZON_S,
) -> Flown:
    """The flight whose arc without air comes down at a range over the ground, to a kilometre: `fly` of its burnout.

    apogee_m: highest point over the ellipsoid; None for the least speed at burnout. For a range or an apogee that
    cannot be, see `burnout.burnout_for`.

    >>> flown = fly_range(BoostProfile(100.0, 0.4, 0.36), latitude_rad=0.6, longitude_rad=0.9, azimuth_rad=2.4,
    ...     range_m=2000e3)
    >>> round(float(flown.height_m.max()) / 1e3), round(flown.impact_time_s)
    (494, 801)
    """
    speed, angle = burnouts.burnout_for(range_m, apogee_m, profile, latitude_rad=latitude_rad, azimuth_rad=azimuth_rad)
    return fly(
        profile,
        latitude_rad=latitude_rad,
        longitude_rad=longitude_rad,
        azimuth_rad=azimuth_rad,
        burnout_speed_m_s=float(speed),
        burnout_angle_rad=float(angle),
        times_s=times_s,
        beta_kg_m2=beta_kg_m2,
        horizon_s=horizon_s,
    )


def fly_orbit(
    profile: BoostProfile,
    *,
    latitude_rad: float,
    longitude_rad: float,
    azimuth_rad: float,
    perigee_height_m: float,
    apogee_height_m: float,
    times_s: ArrayLike | None = None,
    beta_kg_m2: float = np.inf,
    horizon_s: float = coast.HORIZON_S,
) -> Flown:
    """The flight into an orbit whose perigee is its level burnout; heights over the equatorial radius.

    profile: its shape; the height of its burnout becomes the perigee's.

    >>> flown = fly_orbit(BoostProfile(480.0, 0.4, 0.36), latitude_rad=0.6, longitude_rad=0.9, azimuth_rad=2.2,
    ...     perigee_height_m=242e3, apogee_height_m=382e3, times_s=[480.0])
    >>> round(flown.burnout_speed_m_s), round(float(flown.height_m[0]) / 1e3), flown.impact
    (7472, 246, None)
    """
    speed, height, latitude, azimuth = 7500.0, 0.0, latitude_rad, azimuth_rad
    for _ in range(_PASSES):  # the burnout's place moves the speed by less than 1 %: each pass gains two digits
        found, perigee = burnouts.injection_for(perigee_height_m, apogee_height_m, azimuth, latitude)
        speed, height = float(found), float(perigee)
        profile = replace(profile, altitude_fraction=None, burnout_height_m=height)
        launch = (latitude_rad, longitude_rad, 0.0, azimuth_rad)
        latitude, azimuth = _heading(_rising(profile, launch, speed, 0.0, np.array([profile.burn_time_s])))
    return fly(
        profile,
        latitude_rad=latitude_rad,
        longitude_rad=longitude_rad,
        azimuth_rad=azimuth_rad,
        burnout_speed_m_s=speed,
        burnout_angle_rad=0.0,
        times_s=times_s,
        beta_kg_m2=beta_kg_m2,
        horizon_s=horizon_s,
    )


def states_at(flown: Flown, times_s: ArrayLike) -> Ecef:
    """Earth-fixed states (k), m and m/s, of a flight at times (k,), seconds after ignition, rising, from 0 on.

    Past the impact the fall goes on under the ground: ask `impact_time_s` first.
    """
    times = np.atleast_1d(np.asarray(times_s, dtype=np.float64))
    launch = flown.launch_latitude_rad, flown.launch_longitude_rad, flown.launch_height_m, flown.azimuth_rad
    return _along(
        flown.profile,
        launch,
        flown.burnout_speed_m_s,
        flown.burnout_angle_rad,
        beta_kg_m2=flown.beta_kg_m2,
        burnout=flown.burnout,
        times=times,
    )


def _along(
    profile: BoostProfile,
    launch: tuple[float, float, float, float],
    speed: float,
    angle: float,
    *,
    beta_kg_m2: float,
    burnout: Ecef,
    times: Floats,
) -> Ecef:
    T = profile.burn_time_s
    rising, falling = times[times <= T], times[times > T]
    return joined(
        [_rising(profile, launch, speed, angle, rising), coast.trajectory(burnout, falling - T, beta_kg_m2=beta_kg_m2)]
    )


def _rising(
    profile: BoostProfile, launch: tuple[float, float, float, float], speed: float, angle: float, times: Floats
) -> Ecef:
    latitude, longitude, height, azimuth = launch
    return ascent(
        profile,
        latitude_rad=latitude,
        longitude_rad=longitude,
        azimuth_rad=azimuth,
        burnout_speed_m_s=speed,
        burnout_angle_rad=angle,
        times_s=times,
        height_m=height,
    )


def _heading(state: Ecef) -> tuple[float, float]:
    """Latitude and azimuth of the velocity, radians, of one state."""
    latitude, longitude, _ = (float(value[0]) for value in geodetic_from_ecef(state.r_m))
    east, north, _ = enu_basis(latitude, longitude) @ state.v_m_s[0]
    return latitude, float(np.arctan2(east, north))
