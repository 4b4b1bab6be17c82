"""Flights of the public debate as paths over the turning Earth, every second from launch to impact.

Least speed at burnout, J2, no air; of a vehicle class that goes with the distance, in one of several shapes of ascent.
The least-speed arc is the one that the debate computed with; lofted and flatter ones are not asked after here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np

from jointwatch.assessment.range_class import range_class
from jointwatch.earth import geodesic
from jointwatch.earth.arrays import Floats
from jointwatch.flight import arcs, trajectories
from jointwatch.flight.boost import BoostProfile, ascent
from jointwatch.studies.vehicles import vehicle_class

STEP_S = 1.0
CLASSES = {
    ("SRBM", "liquid"): "srbm-liquid-1stage",
    ("SRBM", "solid"): "srbm-solid-1stage",
    ("MRBM", "liquid"): "mrbm-liquid-1stage",
    ("MRBM", "solid"): "mrbm-solid-2stage",
    ("IRBM", "liquid"): "irbm-liquid-1stage",
    ("IRBM", "solid"): "irbm-solid-3stage",
    ("ICBM", "liquid"): "icbm-liquid-2stage",
    ("ICBM", "solid"): "icbm-solid-3stage",
}
STAGED = "stages"
"""As an ascent: stage by stage, as the class's reference flight. A number: one smooth rise with that fraction."""

Place = tuple[float, float]


@dataclass(frozen=True, order=True)
class Flight:
    """What is to be flown: from and to, latitude and longitude in degrees; liquid or solid; the shape of its ascent."""

    vehicle: str
    ascent: str
    start_deg: Place
    end_deg: Place


@dataclass(frozen=True, eq=False)
class Paths:
    """Flights (n) at times (m), seconds after launch: Earth-fixed positions (n, m, 3) in metres, NaN after impact.

    burnout_s, end_s, apogee_m: (n).
    """

    time_s: Floats
    r_ecef_m: Floats
    burnout_s: Floats
    end_s: Floats
    apogee_m: Floats

    def __len__(self) -> int:
        return len(self.end_s)


def flight(start_deg: Place, end_deg: Place, *, propellant: str, ascent: str) -> Flight:
    """Return the flight between two places by a vehicle of the class that goes with their distance.

    >>> flight((35.234, 53.921), (38.9, -77.04), propellant="solid", ascent="0.41").vehicle
    'icbm-solid-3stage'
    """
    distance, _, _ = geodesic.inverse(*np.deg2rad([*start_deg, *end_deg]))
    return Flight(CLASSES[range_class(float(distance)), propellant], ascent, start_deg, end_deg)


def paths(flights: Sequence[Flight]) -> Paths:
    """Return the flights, in their order; one that is not to be had is refused with a sentence."""
    order = sorted(range(len(flights)), key=lambda i: flights[i])
    parts = [list(part) for _, part in groupby(order, key=lambda i: (flights[i].vehicle, flights[i].ascent))]
    flown = [_flown([flights[i] for i in part]) for part in parts]
    longest = max(len(part.time_s) for part in flown)
    r = np.full((len(flights), longest, 3), np.nan)
    burnout, end, apogee = np.empty((3, len(flights)))
    for part, path in zip(parts, flown, strict=True):
        r[part, : len(path.time_s)] = path.r_ecef_m
        burnout[part], end[part], apogee[part] = path.burnout_s, path.end_s, path.apogee_m
    return Paths(_seconds(longest), r, burnout, end, apogee)


def profile_of(vehicle: str, shape: str) -> BoostProfile:
    """Return a class's ascent in a shape: its stages, or one smooth rise with this altitude fraction."""
    held = vehicle_class(vehicle)
    if shape == STAGED:
        return held.staged or held.profile
    return replace(held.profile, altitude_fraction=float(shape))


def _flown(flights: Sequence[Flight]) -> Paths:
    """Flights of one profile."""
    profile = profile_of(flights[0].vehicle, flights[0].ascent)
    start, end = np.deg2rad([f.start_deg for f in flights]), np.deg2rad([f.end_deg for f in flights])
    found = arcs.between(
        profile,
        latitude_rad=start[:, 0], longitude_rad=start[:, 1], end_latitude_rad=end[:, 0], end_longitude_rad=end[:, 1],
    )  # fmt: skip
    if not np.all(found.solved):
        raise ValueError(found.why(int(np.argmin(found.solved))))
    time = _seconds(int(found.flight_time_s.max() / STEP_S) + 1)
    rising = time <= profile.burn_time_s
    latitude, longitude, azimuth, speed, angle, times = (
        value.ravel()
        for value in np.broadcast_arrays(
            found.latitude_rad[:, None], found.longitude_rad[:, None], found.azimuth_rad[:, None],
            found.burnout_speed_m_s[:, None], found.burnout_angle_rad[:, None], time[None, rising],
        )
    )  # fmt: skip
    up = ascent(
        profile,
        latitude_rad=latitude,
        longitude_rad=longitude,
        azimuth_rad=azimuth,
        burnout_speed_m_s=speed,
        burnout_angle_rad=angle,
        times_s=times,
    )
    down = trajectories.fly(found.burnout).at(time[~rising] - profile.burn_time_s)[..., :3]
    r = np.concatenate([up.r_m.reshape(len(flights), -1, 3), down], axis=1)
    burnout = np.full(len(flights), profile.burn_time_s)
    return Paths(time, r, burnout, found.flight_time_s, found.apogee_m)


def _seconds(count: int) -> Floats:
    return STEP_S * np.arange(count, dtype=np.float64)
