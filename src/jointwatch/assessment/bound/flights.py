"""How well many sets of radars could know many flights of one class: errors of launch and impact, and the class.

    found = known(flights, looks, members, first, after=[12, 24], priors=priors)
    found.impact_m[0, g]     # root mean square error of the impact of every flight, 12 steps after set g saw it first

One thread; many flights at once. What is left out against `assessment.knowable`, `docs/method/bound.md` says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from jointwatch.assessment.bound import reckoned
from jointwatch.assessment.bound.falling import entry_s, falls
from jointwatch.assessment.bound.reckoned import OnTheArc, Reckoned
from jointwatch.assessment.free_flight import jacobi
from jointwatch.assessment.priors import BoostPriors
from jointwatch.assessment.range_class import BOUNDS_M
from jointwatch.earth.arrays import Bools, Floats, Ints
from jointwatch.earth.ellipsoid import geodetic_from_ecef

SURE = 0.95
"""Probability with which a range lies in its class, from which on the class is known."""


@dataclass(frozen=True, eq=False)
class Flights:
    """Flights (k) of one class: positions (k, t, 3) every step_s from ignition, NaN after the end.

    rising (k, b, 6): states at the steps before burnout; burnout (k, 6); launched at latitude_rad, longitude_rad (k,).
    """

    r_m: Floats
    rising: Floats
    burnout: Floats
    burn_s: float
    step_s: float
    latitude_rad: Floats
    longitude_rad: Floats

    def __len__(self) -> int:
        return len(self.r_m)


class Looks(NamedTuple):
    """The looks (n,) of m radars at the flights, by flight and then in order of time: `sensors.sharpness.Sharp`."""

    begin: Ints
    radar: NDArray[np.int32]
    step: NDArray[np.int32]
    information: Floats


class Known(NamedTuple):
    """Of a times, g sets of radars, k flights: root mean square errors (a, g, k), metres, and class_step (g, k).

    Infinity where the looks leave it open, NaN where the set never sees the flight, or it is down by then. class_step:
    the step at which the range class is known, -1 for never.
    """

    launch_m: Floats
    impact_m: Floats
    class_step: Ints


def known(
    flights: Flights, looks: Looks, members: Bools, first: Ints, *, after: Sequence[int], priors: BoostPriors
) -> Known:
    """Return what sets of radars, members (g, m), could know of flights that they first detect at steps (g, k)."""
    from jointwatch.assessment.bound.kernels import know

    g, k = len(members), len(flights)
    found = Known(
        np.full((len(after), g, k), np.nan), np.full((len(after), g, k), np.nan), np.full((g, k), -1, np.int64)
    )
    if not k or not g:
        return found
    burn_s, step_s = flights.burn_s, flights.step_s
    r = np.ascontiguousarray(flights.r_m)
    ended = entry_s(r, step_s=step_s, burn_s=burn_s)
    places = {"latitude_rad": flights.latitude_rad, "longitude_rad": flights.longitude_rad}
    fall = falls(flights.burnout, ended, priors, **places)
    ending = reckoned.at_cutoff(flights.burnout, priors)
    rate = np.concatenate([flights.burnout[:, 3:], reckoned.falling_m_s2(flights.burnout)], axis=1)
    late = np.stack([np.einsum("ni,ni->n", row, rate) for row in (ending.along, ending.across)], axis=-1)
    burning = reckoned.while_burning(flights.rising.reshape(-1, 6), priors)
    know(
        r,
        np.isfinite(r[..., 0]).sum(axis=1),
        step_s,
        burn_s,
        np.ascontiguousarray(flights.burnout),
        _thrust_m_s2(flights),
        _rows(burning).reshape(k, -1, _rows(burning).shape[-1]),
        _rows(ending),
        late,
        _arcs(flights.burnout, priors),
        priors.burnout_altitude_m,
        np.stack([fall.along, fall.across], axis=1),
        fall.range_m,
        np.array(BOUNDS_M),
        SURE,
        *looks,
        np.ascontiguousarray(members),
        np.ascontiguousarray(first, dtype=np.int64),
        np.asarray(after, dtype=np.int64),
        *found,
    )
    return found


def _thrust_m_s2(flights: Flights) -> Floats:
    """Thrust (k,) along the velocity at the end of the burn: the growth of the Jacobi constant over the speed."""
    last_s = (flights.rising.shape[1] - 1) * flights.step_s
    before = flights.rising[:, -1]
    grown = [jacobi(x, np.zeros((len(x), 6, 6)))[0] for x in (before, flights.burnout)]
    speed = np.linalg.norm(flights.burnout[:, 3:], axis=1) + np.linalg.norm(before[:, 3:], axis=1)
    return np.asarray((grown[1] - grown[0]) / ((flights.burn_s - last_s) * 0.5 * speed))


def _arcs(burnout: Floats, priors: BoostPriors) -> Floats:
    """Launches of ascents that were not seen (k, 2, columns): first seen from the usual height on, and below it."""
    height = geodetic_from_ecef(burnout[:, :3])[2]
    high, low = np.full_like(height, np.inf), np.minimum(height, priors.burnout_altitude_m)
    return np.stack([_arc_rows(reckoned.unseen(burnout, priors, seen_at_m=seen)) for seen in (high, low)], axis=1)


def _arc_rows(of: OnTheArc) -> Floats:
    columns = [of.spread_m, *of.by_height.T, of.sigma_m, of.usable]
    return np.ascontiguousarray(np.concatenate([of.along, of.across, np.stack(columns, axis=-1)], axis=-1))


def _rows(of: Reckoned) -> Floats:
    """The columns of `kernels` (n, RISING_COLUMNS)."""
    one = [of.spread_m[:, None], of.up, of.climb_m_s[:, None], of.ahead, of.usable[:, None]]
    return np.ascontiguousarray(np.concatenate([of.along, of.across, *one], axis=-1))
