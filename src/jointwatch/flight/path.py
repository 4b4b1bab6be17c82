"""A whole flight in one call: ascent, coast, entry and the end on the ground."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from jointwatch.earth.arrays import Floats
from jointwatch.earth.states import Ecef, joined
from jointwatch.flight import coast
from jointwatch.flight.boost import BoostProfile, ascent


@dataclass(frozen=True, eq=False)
class Flown:
    """One object's flight at those of the asked times at which it was flying.

    times_s (k,): seconds after ignition; states: Earth-fixed, (k), without NaN.
    burnout: the state (1) at the end of the burn.
    impact_time_s, impact: seconds after ignition and the state (1) on the ground; None for what stays up.
    """

    times_s: Floats
    states: Ecef
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
    times_s: ArrayLike,
    beta_kg_m2: float = np.inf,
    height_m: float = 0.0,
    horizon_s: float = coast.HORIZON_S,
) -> Flown:
    """The flight of one object at times (k,), seconds after ignition, rising; before it and after impact they drop out.

    Speed and angle are relative to the rotating Earth, as in `boost.ascent`. An impact is looked for until the later
    of the last time and `horizon_s` after burnout.

    >>> flown = fly(
    ...     BoostProfile(60.0, 0.4, 0.4), latitude_rad=0.6, longitude_rad=0.9, azimuth_rad=1.0,
    ...     burnout_speed_m_s=1500.0, burnout_angle_rad=0.7, times_s=np.arange(0.0, 900.0, 10.0))
    >>> bool(flown.times_s[-1] <= flown.impact_time_s < flown.times_s[-1] + 10.0)
    True
    """
    times = np.atleast_1d(np.asarray(times_s, dtype=np.float64))
    if times.ndim != 1 or not np.all(np.isfinite(times)) or np.any(np.diff(times) < 0):
        raise ValueError("times_s must be a row of finite seconds in rising order")
    T = profile.burn_time_s

    rise = partial(
        ascent,
        profile,
        latitude_rad=latitude_rad,
        longitude_rad=longitude_rad,
        azimuth_rad=azimuth_rad,
        burnout_speed_m_s=burnout_speed_m_s,
        burnout_angle_rad=burnout_angle_rad,
        height_m=height_m,
    )
    burnout = rise(times_s=T)
    last = float(times[-1]) - T if times.size else 0.0
    end = coast.impact(burnout, beta_kg_m2=beta_kg_m2, horizon_s=max(horizon_s, last))
    impact_time_s = T + float(end.time_s[0]) if end.reached[0] else None
    flying = times[(times >= 0) & (times <= (np.inf if impact_time_s is None else impact_time_s))]
    rising, falling = flying[flying <= T], flying[flying > T]
    states = joined([rise(times_s=rising), coast.trajectory(burnout, falling - T, beta_kg_m2=beta_kg_m2)])
    return Flown(flying, states, burnout, impact_time_s, end.states if end.reached[0] else None)
