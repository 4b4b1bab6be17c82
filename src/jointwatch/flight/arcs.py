"""Arcs between two places, or along a bearing, on the turning Earth: for observation, to a kilometre and no finer.

Gravity with J2, no air. A destination is where it will be when the flight ends: the launch azimuth is solved for it.
A destination is read to the kilometre, by the cell of a grid that holds it: all its points have one arc, and nothing
asks for better. Air, winds and the shape of the ascent move a real impact by far more. Nothing here looks at coverage
or at what stands at the far end.

`flight.arc_search` holds the method; `flight.burnout` the closed forms and the arcs of a given azimuth, which are named
here too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from jointwatch.earth import geodesic
from jointwatch.earth.arrays import Bools, Floats
from jointwatch.earth.ellipsoid import geodetic_from_ecef
from jointwatch.earth.horizon import MEAN_RADIUS_M
from jointwatch.earth.states import Ecef
from jointwatch.flight import path
from jointwatch.flight.arc_search import CELL_M, LONGEST_S, Flights, Task, polar, search
from jointwatch.flight.boost import BoostProfile
from jointwatch.flight.burnout import burnout_for, injection_for, minimum_energy

__all__ = ["LONGEST_S", "Arcs", "along", "between", "burnout_for", "injection_for", "minimum_energy"]

_SKIMMING_M_S = 8_000.0  # a circle at the ground goes 7.9 km/s


@dataclass(frozen=True, eq=False)
class Arcs:
    """Flights (n) from launch to impact; where `solved` is false the numbers of the flight are NaN, and `why` says why.

    latitude_rad, longitude_rad: of the launch. azimuth_rad: there, clockwise from north; it differs from the bearing of
    the impact by what the Earth turns meanwhile.
    burnout_speed_m_s, burnout_angle_rad: relative to the turning Earth, over its horizon; burnout: the state there.
    flight_time_s: from ignition to impact. apogee_m: over the ellipsoid. distance_m: along it, launch to impact.
    """

    profile: BoostProfile
    latitude_rad: Floats
    longitude_rad: Floats
    azimuth_rad: Floats
    burnout_speed_m_s: Floats
    burnout_angle_rad: Floats
    burnout: Ecef
    flight_time_s: Floats
    apogee_m: Floats
    distance_m: Floats
    impact_latitude_rad: Floats
    impact_longitude_rad: Floats
    solved: Bools
    _reasons: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.solved)

    def why(self, index: int) -> str:
        """One sentence on why an arc is not there; empty for one that is."""
        return self._reasons[index]

    def flown(self, index: int, times_s: ArrayLike) -> path.Flown:
        """One of the flights at times (k,), seconds after ignition, rising; as `flight.path.fly`, without air."""
        if not self.solved[index]:
            raise ValueError(self.why(index))
        return path.fly(
            self.profile,
            latitude_rad=float(self.latitude_rad[index]),
            longitude_rad=float(self.longitude_rad[index]),
            azimuth_rad=float(self.azimuth_rad[index]),
            burnout_speed_m_s=float(self.burnout_speed_m_s[index]),
            burnout_angle_rad=float(self.burnout_angle_rad[index]),
            times_s=times_s,
            horizon_s=LONGEST_S,
        )


def between(
    profile: BoostProfile,
    *,
    latitude_rad: ArrayLike,
    longitude_rad: ArrayLike,
    end_latitude_rad: ArrayLike,
    end_longitude_rad: ArrayLike,
    apogee_m: ArrayLike = np.nan,
    flight_time_s: ArrayLike = np.nan,
) -> Arcs:
    """Arcs from launch places to destinations: of least speed at burnout, of a given apogee, or of a given duration.

    Everything but the profile broadcasts to (n). Where apogee and time are both NaN the least speed is asked for.
    apogee_m: over the ellipsoid; met to 1 km. flight_time_s: from ignition to impact; met to 1 s.
    One arc, asked for by plain numbers, that is not to be had is refused with a sentence; of many, see `Arcs.solved`.
    Of the two ways round the Earth, the shorter one.

    >>> arcs = between(
    ...     BoostProfile(112.0, 0.41, 0.34), latitude_rad=np.deg2rad(35.23), longitude_rad=np.deg2rad(53.92),
    ...     end_latitude_rad=np.deg2rad(25.0), end_longitude_rad=np.deg2rad(65.0))
    >>> (arcs.apogee_m / 1e3).round(-1).tolist(), (arcs.flight_time_s / 60).round(1).tolist()
    ([390.0], [11.8])
    """
    places = (_finite(value) for value in (latitude_rad, longitude_rad, end_latitude_rad, end_longitude_rad))
    given = (*places, apogee_m, flight_time_s)
    alone = all(np.ndim(value) == 0 for value in given)
    if profile.burnout_height_m is not None:
        raise ValueError("arcs want a profile that ends climbing (altitude_fraction), not one that ends in orbit")
    task = Task(profile, *(np.array(value, dtype=np.float64).ravel() for value in np.broadcast_arrays(*given)))
    reasons = _beforehand(task)
    u, flights, nearest = search(task, np.array([not reason for reason in reasons], dtype=bool))
    arcs = _arcs(task, u, flights, [reason or _afterwards(near) for reason, near in zip(reasons, nearest, strict=True)])
    if alone and not arcs.solved[0]:
        raise ValueError(arcs.why(0))
    return arcs


def along(
    profile: BoostProfile,
    *,
    latitude_rad: ArrayLike,
    longitude_rad: ArrayLike,
    bearing_rad: ArrayLike,
    distance_m: ArrayLike,
    apogee_m: ArrayLike = np.nan,
    flight_time_s: ArrayLike = np.nan,
) -> Arcs:
    """Arcs to the places at a bearing and a distance over the ground from the launch; else as `between`.

    bearing_rad: of the impact as seen from the launch place, clockwise from north, as ministries publish it.

    >>> arcs = along(BoostProfile(270.0, 0.41, 0.34), latitude_rad=0.69, longitude_rad=2.2,
    ...     bearing_rad=np.deg2rad(76.0), distance_m=950e3, apogee_m=4475e3)
    >>> (arcs.flight_time_s / 60).round().tolist(), np.rad2deg(arcs.azimuth_rad).round().tolist()
    ([53.0], [73.0])
    """
    distance = np.asarray(distance_m, dtype=np.float64)
    usable = np.where((distance > 0) & (distance < np.pi * MEAN_RADIUS_M), distance, np.nan)
    latitude, longitude, bearing = (_finite(value) for value in (latitude_rad, longitude_rad, bearing_rad))
    end_latitude, end_longitude, _ = geodesic.direct(latitude, longitude, bearing, usable)
    return between(
        profile, latitude_rad=latitude, longitude_rad=longitude,
        end_latitude_rad=end_latitude[()], end_longitude_rad=end_longitude[()],
        apogee_m=apogee_m, flight_time_s=flight_time_s,
    )  # fmt: skip


def _finite(value: ArrayLike) -> Floats:
    """The same with NaN for infinities, which are told of later, not warned of by each sine."""
    number = np.asarray(value, dtype=np.float64)
    return np.asarray(np.where(np.isfinite(number), number, np.nan))[()]


def _beforehand(task: Task) -> list[str]:
    """Why an arc cannot be looked for at all; empty where it can."""
    start, end = task.start_ecef, task.end_ecef
    chord = np.minimum(np.linalg.norm(end - start, axis=-1), 2 * MEAN_RADIUS_M)
    fastest = 2 * np.arcsin(chord / 2 / MEAN_RADIUS_M) * MEAN_RADIUS_M / _SKIMMING_M_S
    least, burn = np.isnan(task.apogee) & np.isnan(task.time), task.profile.burn_time_s
    steepest = np.maximum(np.abs(task.latitude), np.abs(task.end_latitude))
    refusals = [
        (
            ~np.all(np.isfinite(np.concatenate([start, end], axis=-1)), axis=-1),
            "wanted finite places, and a distance that is positive and less than half around the Earth",
        ),
        (steepest > np.pi / 2 + 1e-9, "latitudes must lie between -pi/2 and pi/2 radians"),
        (~np.isnan(task.apogee) & ~np.isnan(task.time), "give an apogee or a time: either fixes the arc"),
        ((task.apogee <= 0) | np.isinf(task.apogee), "apogee_m must be positive and finite, or NaN"),
        (task.time <= burn, f"flight_time_s must be longer than the burn of {burn:g} s"),
        (task.time < fastest, "nothing that falls is so fast: skimming the ground takes longer than flight_time_s"),
        (task.time > LONGEST_S, f"flights of more than {LONGEST_S / 3600:g} h are not looked for"),
        (least & (chord < CELL_M), "launch and destination are one place to 1 km; give an apogee or a time"),
    ]
    reasons = [""] * len(task.latitude)
    for wrong, sentence in refusals:
        for i in np.flatnonzero(wrong):
            reasons[i] = reasons[i] or sentence
    return reasons


def _afterwards(nearest_m: float) -> str:
    near = f"ended {nearest_m / 1e3:.1f} km away" if np.isfinite(nearest_m) else f"stays up {LONGEST_S / 3600:g} h"
    return (
        f"no flight with this ascent was found to end there as asked, the nearest {near}; ask for another apogee or "
        "time, or a shorter burn"
    )


def _arcs(task: Task, u: Floats, flights: Flights, reasons: list[str]) -> Arcs:
    solved = np.isfinite(flights.time)
    speed, angle, azimuth = polar(u)
    latitude, longitude, _ = geodetic_from_ecef(flights.impact)
    ends = np.where(solved, latitude, 0.0), np.where(solved, longitude, 0.0)
    distance = geodesic.inverse(np.where(solved, task.latitude, 0.0), np.where(solved, task.longitude, 0.0), *ends)[0]
    told = tuple("" if done else f"no arc {i}: {reasons[i]}" for i, done in enumerate(solved))
    return Arcs(
        task.profile, task.latitude, task.longitude, np.mod(azimuth, 2 * np.pi), speed, angle, Ecef(flights.burnout),
        flights.time, flights.apogee, np.where(solved, distance, np.nan), latitude, longitude, solved, told,
    )  # fmt: skip
