"""The search behind `flight.arcs`: which burnouts end where asked, for many arcs at once.

Each round flies what it has, and gives what the conic on a sphere gets wrong about that flight (10 to 60 km, more
where an entry is shallow) to the conic that is wanted; Broyden's method [C. G. Broyden, Mathematics of Computation 19
(1965) 577] hastens it. The unknown, `u` (n, 3), is the velocity at burnout relative to the Earth as east, north and up,
with the azimuth at launch. What has settled flies no more. Three to six rounds are usual.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jointwatch.earth import geodesic
from jointwatch.earth.arrays import Bools, Floats
from jointwatch.earth.ellipsoid import ecef_from_geodetic, geodetic_from_ecef
from jointwatch.earth.horizon import MEAN_RADIUS_M
from jointwatch.earth.topocentric import enu_basis
from jointwatch.flight import coast, transfer
from jointwatch.flight.boost import BoostProfile, ascent

CELL_M = 1_000.0  # no better: this is for looking on
WITHIN_M = 250.0  # of the middle of a cell, so that no arc ends farther than 1 km from what was asked
WITHIN_APOGEE_M = 1_000.0
WITHIN_S = 1.0  # at an entry's kilometres a second as coarse
LONGEST_S = 6 * 3600.0
_ROUNDS = 24
_SEARCHES = 3  # rounds that look for the least speed; so flat a minimum may then stand still
_MOST_SPEED_M_S = 12_000.0
_LEAST_CLIMB_M_S = 1.0
_FIRST_TIME_S = 600.0


@dataclass(frozen=True, eq=False)
class Task:
    """What is asked, n of each: where from, where to, through which apogee or in what time; NaN for the least speed."""

    profile: BoostProfile
    latitude: Floats
    longitude: Floats
    end_latitude: Floats
    end_longitude: Floats
    apogee: Floats
    time: Floats

    def __getitem__(self, these: Bools) -> Task:
        fields = (self.latitude, self.longitude, self.end_latitude, self.end_longitude, self.apogee, self.time)
        return Task(self.profile, *(field[these] for field in fields))

    @property
    def start_ecef(self) -> Floats:
        """The launch places (n, 3)."""
        return ecef_from_geodetic(self.latitude, self.longitude, 0.0)

    @property
    def end_ecef(self) -> Floats:
        """The middle of the cell that holds the destination."""
        step = CELL_M / MEAN_RADIUS_M
        latitude = np.round(self.end_latitude / step) * step
        around = step / np.maximum(np.cos(latitude), step)
        return ecef_from_geodetic(latitude, np.round(self.end_longitude / around) * around, 0.0)

    @property
    def heading(self) -> Floats:
        """Unit vector (n, 3) along the shorter way over the ground."""
        bearing = geodesic.inverse(self.latitude, self.longitude, self.end_latitude, self.end_longitude)[1]
        level = np.stack([np.sin(bearing), np.cos(bearing), 0 * bearing], axis=-1)
        return np.asarray(np.einsum("nji,nj->ni", enu_basis(self.latitude, self.longitude), level))


@dataclass(frozen=True, eq=False)
class Flights:
    """One flight of each arc: burnout (n, 6), impact (n, 3), duration and apogee (n); NaN where there is none."""

    burnout: Floats
    impact: Floats
    time: Floats
    apogee: Floats

    def take(self, these: NDArray[np.intp], other: Flights, of_other: Bools) -> None:
        """Put in, at the places `these`, the flights of another that are true in `of_other`."""
        for mine, theirs in zip(vars(self).values(), vars(other).values(), strict=True):
            mine[these] = theirs[of_other]


def search(task: Task, asked: Bools) -> tuple[Floats, Flights, Floats]:
    """Velocities u (n, 3) and flights, NaN where none was found or asked, and how near the nearest came (n), m."""
    n = len(task.latitude)
    u, found, nearest = np.full((n, 3), np.nan), _nothing(n), np.full(n, np.nan)
    active = asked.copy()
    if not np.any(active):
        return u, found, nearest
    u[active] = _first_guess(task[active])
    inverse, least = np.tile(-np.eye(3), (n, 1, 1)), np.full(n, np.nan)
    residual, step = np.full((2, n, 3), np.nan)
    for turn in range(_ROUNDS):
        here, part = np.flatnonzero(active), task[active]
        flights = _flown(part, u[here])
        miss, right = _missed(part, flights)
        nearest[here] = np.fmin(nearest[here], miss)
        there = right & (miss < WITHIN_M)
        found.take(here[there], flights, there)
        active[here[there]] = False
        if not np.any(active):
            break
        wanted, top = _wanted(part, flights, u[here], least[here])
        if turn >= _SEARCHES:
            least[here] = np.where(np.isnan(part.apogee) & np.isnan(part.time), top, np.nan)
        off = wanted - u[here]
        inverse[here] = _broyden(inverse[here], step[here], off - residual[here])
        step[here] = _bounded(u[here] - np.einsum("nij,nj->ni", inverse[here], off)) - u[here]
        residual[here] = off
        u[active] += step[active]
    u[active] = np.nan
    return u, found, nearest


def polar(u: Floats) -> tuple[Floats, Floats, Floats]:
    """Length, angle over the horizon and azimuth of east, north and up (n, 3)."""
    level = np.hypot(u[:, 0], u[:, 1])
    return np.hypot(level, u[:, 2]), np.arctan2(u[:, 2], level), np.arctan2(u[:, 0], u[:, 1])


def _nothing(n: int) -> Flights:
    return Flights(np.full((n, 6), np.nan), np.full((n, 3), np.nan), np.full(n, np.nan), np.full(n, np.nan))


def _first_guess(task: Task) -> Floats:
    """u as if burnout were at the launch place itself."""
    top = np.linalg.norm(task.end_ecef, axis=-1) + task.apogee
    time = task.time - task.profile.burn_time_s
    about = np.full(len(time), _FIRST_TIME_S)
    velocity, _ = transfer.leaving(task.start_ecef, task.heading, task.end_ecef, top, time, about)
    return _bounded(np.einsum("nij,nj->ni", enu_basis(task.latitude, task.longitude), velocity))


def _bounded(u: Floats) -> Floats:
    """The same, never sinking nor beyond escape, so that it can be flown."""
    u = np.nan_to_num(u, nan=_LEAST_CLIMB_M_S)
    u[:, 2] = np.maximum(u[:, 2], _LEAST_CLIMB_M_S)
    return np.asarray(u * np.minimum(1.0, _MOST_SPEED_M_S / np.linalg.norm(u, axis=-1))[:, None])


def _flown(task: Task, u: Floats) -> Flights:
    speed, angle, azimuth = polar(u)
    burnout = ascent(
        task.profile, latitude_rad=task.latitude, longitude_rad=task.longitude, azimuth_rad=azimuth,
        burnout_speed_m_s=speed, burnout_angle_rad=angle, times_s=task.profile.burn_time_s,
    )  # fmt: skip
    end = coast.impact(burnout, horizon_s=LONGEST_S)
    apogee = coast.apogee(burnout, horizon_s=LONGEST_S)[1]
    return Flights(burnout.pos_vel, end.states.r_m, end.time_s + task.profile.burn_time_s, apogee)


def _missed(task: Task, flights: Flights) -> tuple[Floats, Bools]:
    """Distance from destination to impact, and whether apogee and time are as asked."""
    miss = np.linalg.norm(flights.impact - task.end_ecef, axis=-1)
    high = np.isnan(task.apogee) | (np.abs(flights.apogee - task.apogee) < WITHIN_APOGEE_M)
    late = np.isnan(task.time) | (np.abs(flights.time - task.time) < WITHIN_S)
    return miss, high & late


def _wanted(task: Task, flights: Flights, u: Floats, least: Floats) -> tuple[Floats, Floats]:
    """What u should be if the conic were as wrong about the arc that is wanted as about the one just flown.

    least: radius of the apogee of least speed where it stands still already, else NaN; the one used comes back.
    """
    radius, burn = np.linalg.norm(task.end_ecef, axis=-1), task.profile.burn_time_s
    impact, r_a, time = transfer.comes_down(flights.burnout, radius)
    late = flights.time - burn - time
    known = np.isfinite(late) & np.isfinite(flights.apogee)
    aim = np.where(known[:, None], transfer.carried(task.end_ecef, flights.impact, impact), task.end_ecef)
    top = np.where(np.isnan(least), task.apogee + np.where(known, r_a - flights.apogee, radius), least)
    about = np.where(known, time, _FIRST_TIME_S)
    wanted_time = task.time - burn - np.where(known, late, 0.0)
    velocity, top = transfer.leaving(flights.burnout[:, :3], task.heading, aim, top, wanted_time, about)
    return _at_launch(flights.burnout, velocity, u), top


def _at_launch(burnout: Floats, velocity: Floats, u: Floats) -> Floats:
    """A wanted velocity at burnout as u: turned at launch by what it is to be turned at burnout."""
    latitude, longitude, _ = geodetic_from_ecef(burnout[:, :3])
    basis = enu_basis(latitude, longitude)
    _, _, azimuth_now = polar(np.einsum("nij,nj->ni", basis, burnout[:, 3:]))
    speed, angle, azimuth = polar(np.einsum("nij,nj->ni", basis, velocity))
    launch, level = polar(u)[2] + azimuth - azimuth_now, speed * np.cos(angle)
    return np.stack([level * np.sin(launch), level * np.cos(launch), speed * np.sin(angle)], axis=-1)


def _broyden(inverse: Floats, step: Floats, change: Floats) -> Floats:
    """Broyden's update of an inverse Jacobian (n, 3, 3); untouched where there was no step or it taught nothing."""
    predicted = np.einsum("nij,nj->ni", inverse, change)
    weight = np.einsum("ni,ni->n", step, predicted)
    useful = np.abs(weight) > 0.05 * np.einsum("ni,ni->n", step, step)
    row = np.einsum("ni,nij->nj", step, inverse)
    update = (step - predicted)[:, :, None] * row[:, None, :] / np.where(useful, weight, np.nan)[:, None, None]
    return np.where(useful[:, None, None], inverse + update, inverse)
