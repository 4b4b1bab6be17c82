"""Bundles of flights: one vehicle class out of one named region, spread evenly, and where all of them are at all times.

A bundle stands for its class and region as a whole. Places lie evenly over the region, bearings all round, ranges over
what is published for the class, by a sequence that fills evenly; nobody chooses them, and nothing looks at coverage.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.interpolate import CubicHermiteSpline

from jointwatch.catalogue.regions import Region
from jointwatch.earth.arrays import Floats, Ints
from jointwatch.earth.ellipsoid import geodetic_from_ecef
from jointwatch.earth.states import Ecef
from jointwatch.flight import coast, trajectories
from jointwatch.flight.arcs import Arcs
from jointwatch.flight.boost import BoostProfile, ascent
from jointwatch.flight.burnout import burnout_for
from jointwatch.flight.model import EXP
from jointwatch.flight.vehicle import VehicleClass

_THICK_M = 30e3
_LEAST_PULL_M_S2, _MORE_S = 9.0, 120.0  # below 250 km; the height of such a burnout is fallen through in less
_ENDS = 11  # between which an ascent without stages is a cubic in time to 2 m


@dataclass(frozen=True, eq=False)
class Bundle:
    """Flights (n) of one class from one region: radians, m/s, at launch and at burnout."""

    vehicle: VehicleClass
    region: Region
    latitude_rad: Floats
    longitude_rad: Floats
    azimuth_rad: Floats
    burnout_speed_m_s: Floats
    burnout_angle_rad: Floats

    def __len__(self) -> int:
        return len(self.latitude_rad)

    @property
    def profile(self) -> BoostProfile:
        """The smooth ascent of the class."""
        return self.vehicle.profile


def bundle(vehicle: VehicleClass, region: Region, count: int) -> Bundle:
    """Flights (count) of a class of missiles from a region, each at the least speed for its range.

    The range is that over an Earth at rest; the turning one moves the end of a flight by some per cent of it.
    """
    if vehicle.range_m is None:
        raise ValueError(f"a bundle wants a class with a published range; {vehicle.title!r} has none")
    north, east, round_about, far = evenly(np.arange(count), 4)
    sines = np.sin([region.south_rad, region.north_rad])
    speed, angle = burnout_for(vehicle.range_m[0] + far * np.ptp(vehicle.range_m), None, vehicle.profile)
    return Bundle(
        vehicle,
        region,
        latitude_rad=np.arcsin(sines[0] + north * (sines[1] - sines[0])),
        longitude_rad=region.west_rad + east * region.wide_rad,
        azimuth_rad=2 * np.pi * round_about,
        burnout_speed_m_s=speed,
        burnout_angle_rad=angle,
    )


def positions(flights: Bundle | Arcs, part: slice, *, step_s: float, beta_kg_m2: float = np.inf) -> Floats:
    """Earth-fixed positions (k, t, 3), metres, of some flights every step_s seconds from ignition; NaN after the end.

    Ascent, coast and entry; t is the longest of this part. Of arcs, all must be solved.
    """
    return paths(flights, part, step_s=step_s, beta_kg_m2=beta_kg_m2).r_m


class Paths(NamedTuple):
    """Of flights (k): positions (k, t, 3), states of the ascents at the steps before burnout (k, b, 6), and at it."""

    r_m: Floats
    rising: Floats
    burnout: Floats


def paths(flights: Bundle | Arcs, part: slice, *, step_s: float, beta_kg_m2: float = np.inf) -> Paths:
    """Return what `positions` does, with the velocities of the ascents, which it comes by on the way."""
    burn_s = flights.profile.burn_time_s
    rising_s = np.arange(0.0, burn_s, step_s)
    ends_s = np.linspace(0.0, burn_s, _ENDS)
    ends = _rise(flights, part, ends_s)
    falling = _fall(ends[:, -1], burn_s, step_s, beta_kg_m2)
    if flights.profile.stages or len(rising_s) <= _ENDS:
        rising = _rise(flights, part, rising_s)
    else:  # an ascent without stages is all but a cubic in time
        cubic = CubicHermiteSpline(ends_s, ends[..., :3], ends[..., 3:], axis=1)
        rising = np.concatenate([cubic(rising_s), cubic(rising_s, nu=1)], axis=-1)
    return Paths(np.concatenate([rising[..., :3], falling], axis=1), rising, ends[:, -1])


def _fall(burnout: Floats, burn_s: float, step_s: float, beta_kg_m2: float) -> Floats:
    """Positions (k, t, 3) from the burnouts (k, 6) on, at whole steps from ignition, to the last one's end."""
    from jointwatch.flight.integration import GROUND

    first = int(np.ceil(burn_s / step_s))

    def times(end_s: float) -> Floats:
        steps = np.arange(first, int(np.ceil((burn_s + end_s) / step_s)) + 1, dtype=np.float64)
        return np.asarray(steps * step_s - burn_s)

    if geodetic_from_ecef(burnout[:, :3])[2].max(initial=0.0) > _THICK_M:
        flown = trajectories.fly(Ecef(burnout), beta_kg_m2=beta_kg_m2)
        return flown.at(times(flown.end_s.max(initial=0.0)))[..., :3]
    # whoever begins in thick air is flown one by one whichever way, and then its samples cost a tenth of its nodes
    fastest_m_s = float(np.linalg.norm(burnout[:, 3:], axis=1).max(initial=0.0))
    every = np.tile(times(2 * fastest_m_s / _LEAST_PULL_M_S2 + _MORE_S), (len(burnout), 1))
    x, inverse_beta = coast.checked(burnout, beta_kg_m2)
    states, end_s, _ = coast.one_by_one(x, inverse_beta, every, EXP, GROUND)
    ended_s = np.where(np.isnan(end_s), every[:, -1], end_s)
    return states[:, : len(times(ended_s.max(initial=0.0))), :3]


def _rise(flights: Bundle | Arcs, part: slice, times_s: Floats) -> Floats:
    """States (k, t, 6) of ascents at times (t,)."""

    def each(values: Floats) -> Floats:
        return np.repeat(values[part], len(times_s))

    states = ascent(
        flights.profile,
        latitude_rad=each(flights.latitude_rad),
        longitude_rad=each(flights.longitude_rad),
        azimuth_rad=each(flights.azimuth_rad),
        burnout_speed_m_s=each(flights.burnout_speed_m_s),
        burnout_angle_rad=each(flights.burnout_angle_rad),
        times_s=np.tile(times_s, len(flights.latitude_rad[part])),
    )
    return states.pos_vel.reshape(-1, len(times_s), 6)


def evenly(numbers: Ints, dimensions: int, turned: float | Floats = 0.0) -> Floats:
    """Points (dimensions, k) of a sequence that fills the unit cube evenly, by their numbers, the same every time.

    A Kronecker sequence with the powers of the root of x^(d+1) = x + 1. [M. Roberts, The unreasonable effectiveness of
    quasirandom sequences, 2018] turned: by how much all points are moved round the cube, one number or one a dimension.
    """
    root = 2.0
    for _ in range(60):
        root = (1 + root) ** (1 / (dimensions + 1))
    steps = root ** -np.arange(1.0, dimensions + 1)
    moved = np.broadcast_to(np.asarray(turned, dtype=np.float64), (dimensions,))
    return np.asarray((0.5 + moved[:, None] + np.outer(steps, numbers + 1)) % 1.0)
