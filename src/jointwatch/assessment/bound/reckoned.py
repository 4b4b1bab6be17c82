"""The launch as a linear function of a state of the ascent: along and across the ground track, for many states at once.

As `launch_point` reckons it: the point below the state, less the ground distance d = kappa_downrange v t back along the
heading, with the age t = h / (kappa_altitude vz). To first order, on a sphere of the Earth's greater radius.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from jointwatch.assessment.anchor import LOWEST_BURNOUT_M
from jointwatch.assessment.ascent import FLAT, kappas_at_cutoff, kappas_while_burning
from jointwatch.assessment.priors import BoostPriors
from jointwatch.earth.arrays import Bools, Floats
from jointwatch.earth.ellipsoid import A_M, GM_M3_S2, OMEGA_RAD_S, geodetic_from_ecef
from jointwatch.earth.topocentric import enu_basis
from jointwatch.flight.coast import transition_arrays

LEAST_CLIMB_M_S = 1.0
_UNSCENTED = (
    10.0  # squared spread of the points by which `anchor.at_burnout_altitude` takes its heights: 9 numbers and one
)


class Reckoned(NamedTuple):
    """Of states (n): derivatives (n, 6) of the launch along and across the track, and what the ascent leaves open.

    spread_m (n,): one sigma of the launch along the track, by the kappas. up, ahead (n, 3): unit vectors of the normal
    and the velocity; climb_m_s (n,); usable (n,): whether it climbs, and not too flat.
    """

    along: Floats
    across: Floats
    spread_m: Floats
    up: Floats
    ahead: Floats
    climb_m_s: Floats
    usable: Bools


class OnTheArc(NamedTuple):
    """Launches of ascents that nobody saw, from the heights at which their burns usually end.

    along, across (n, 6): derivatives by the state at burnout; spread_m (n,): by the kappas; by_height (n, 2): along
    and across, by the height of the end of the burn; seen from below (n,) is for those first seen lower than that.
    """

    along: Floats
    across: Floats
    spread_m: Floats
    by_height: Floats
    sigma_m: Floats
    usable: Bools


def while_burning(x: Floats, priors: BoostPriors) -> Reckoned:
    """Launches reckoned back from states (n, 6) of a burn, Earth-fixed metres and m/s."""
    height = geodetic_from_ecef(x[:, :3])[2]
    return _reckoned(x, *kappas_while_burning(priors, height, _steepness(x)))


def at_cutoff(x: Floats, priors: BoostPriors) -> Reckoned:
    """Launches reckoned back from states (n, 6) at the end of a burn."""
    return _reckoned(x, *kappas_at_cutoff(priors, _steepness(x)))


def unseen(burnout: Floats, priors: BoostPriors, *, seen_at_m: Floats) -> OnTheArc:
    """Launches of ascents first seen in free flight at a height (n,), from the arcs through the burnouts (n, 6)."""
    height_m = np.minimum(priors.burnout_altitude_m, seen_at_m)
    x, Phi, there = _carried(burnout, height_m)
    of = at_cutoff(x, priors)
    rate = np.concatenate([x[:, 3:], falling_m_s2(x)], axis=1)
    climb = np.maximum(of.climb_m_s, LEAST_CLIMB_M_S)
    by_time = np.stack([_dot(of.along, rate), _dot(of.across, rate)], axis=-1)
    later = -np.einsum("ni,nij->nj", of.up, Phi[:, :3]) / climb[:, None]  # by which a lower arc reaches the height
    along, across = (np.einsum("ni,nij->nj", row, Phi) for row in (of.along, of.across))
    return OnTheArc(
        along + by_time[:, :1] * later,
        across + by_time[:, 1:] * later,
        of.spread_m,
        by_time / climb[:, None],
        _sigma_of_heights(height_m, seen_at_m, priors),
        of.usable & there,
    )


def falling_m_s2(x: Floats) -> Floats:
    """Acceleration (n, 3) in free flight of states (n, 6), Earth-fixed axes: a point mass and the turning Earth."""
    r, v = x[:, :3], x[:, 3:]
    pull = -GM_M3_S2 * r / np.linalg.norm(r, axis=1)[:, None] ** 3
    turning = 2 * OMEGA_RAD_S * np.stack([v[:, 1], -v[:, 0], 0 * v[:, 0]], axis=-1)
    return np.asarray(pull + turning + OMEGA_RAD_S**2 * r * np.array([1.0, 1.0, 0.0]))


def _carried(burnout: Floats, height_m: Floats) -> tuple[Floats, Floats, Bools]:
    """The arcs through states (n, 6) where they climb through heights (n,), with Phi, and whether they do."""
    seconds, there = np.zeros(len(burnout)), np.ones(len(burnout), dtype=bool)
    x, Phi = burnout, np.tile(np.eye(6), (len(burnout), 1, 1))
    for _ in range(3):  # each a parabola through height, climb and fall: the second is good to metres
        up, height, climb = _vertical(x)
        fall = -_dot(up, falling_m_s2(x)) - _level2(x, up) / (A_M + height)
        room = climb**2 - 2 * fall * (height_m - height)
        there &= (room > 0) & (fall > 0)
        step = (climb - np.sqrt(np.maximum(room, 0.0))) / np.where(fall > 0, fall, 1.0)
        seconds = np.clip(seconds + np.where(there, step, 0.0), -600.0, 600.0)
        x, Phi = transition_arrays(burnout, seconds)
    return x, Phi, there & (np.abs(_vertical(x)[1] - height_m) < 1e3)


def _sigma_of_heights(mean_m: Floats, seen_at_m: Floats, priors: BoostPriors) -> Floats:
    """One sigma (n,) of the height at burnout: the prior's, cut off where it was seen, as the unscented points are."""
    far = np.sqrt(_UNSCENTED) * priors.burnout_altitude_sigma_m
    low, high = np.minimum(far, mean_m - LOWEST_BURNOUT_M), np.minimum(far, np.maximum(seen_at_m - mean_m, 0.0))
    share = 0.5 / _UNSCENTED
    return np.asarray(np.sqrt(share * (low**2 + high**2) - (share * (high - low)) ** 2))


def _reckoned(x: Floats, mean: Floats, sigma: Floats) -> Reckoned:
    """Derivatives of the launch by states (n, 6), for kappas (2, n) with sigmas (2, n)."""
    up, height, climb = _vertical(x)
    v = x[:, 3:]
    level = v - climb[:, None] * up
    speed = np.maximum(np.linalg.norm(level, axis=1), LEAST_CLIMB_M_S)
    along = level / speed[:, None]
    across = np.cross(up, along)
    usable = (climb > LEAST_CLIMB_M_S) & (climb * (A_M + height) >= FLAT * speed * A_M) & (height > 0.0)
    climb_, height_, radius = np.where(usable, climb, 1.0), np.where(usable, height, 1.0), A_M + height
    d = mean[1] * speed * (A_M / radius) * height_ / (mean[0] * climb_)
    turned = along / radius[:, None], across / radius[:, None]  # of the vertical, by a step along and across
    by_v = up / climb_[:, None], along / speed[:, None]
    grown = [  # of d, relative: by position, by velocity
        up * (1 / height_ - 1 / radius)[:, None] - turned[0] * (climb / speed + speed / climb_)[:, None],
        by_v[1] - by_v[0],
    ]
    heading = [-climb[:, None] * turned[1] / speed[:, None], across / speed[:, None]]
    shrink, curved = (A_M / radius)[:, None], (d / A_M)[:, None]
    return Reckoned(
        np.concatenate([shrink * along - d[:, None] * grown[0], -d[:, None] * grown[1]], axis=1),
        np.concatenate(
            [
                shrink * np.cos(curved) * across - A_M * np.sin(curved) * heading[0],
                -A_M * np.sin(curved) * heading[1],
            ],
            axis=1,
        ),
        d * _ratio_sigma(np.square(sigma / mean).sum(axis=0)),
        up,
        v / np.maximum(np.linalg.norm(v, axis=1), 1e-3)[:, None],
        climb,
        usable,
    )


def _ratio_sigma(squared: Floats) -> Floats:
    """One sigma of a quotient around one, of whose logarithm that is the variance."""
    return np.asarray(np.sqrt(np.exp(squared) * np.expm1(squared)))


def _vertical(x: Floats) -> tuple[Floats, Floats, Floats]:
    """The normal (n, 3), the height and the climb rate (n,) of states (n, 6)."""
    latitude, longitude, height = geodetic_from_ecef(x[:, :3])
    up = np.asarray(enu_basis(latitude, longitude)).reshape(-1, 3, 3)[:, 2]
    return up, height, _dot(up, x[:, 3:])


def _steepness(x: Floats) -> Floats:
    """Climb rate over ground speed (n,), as `anchor.steepness_of`."""
    up, height, climb = _vertical(x)
    return np.asarray(climb / np.maximum(np.sqrt(_level2(x, up)) * A_M / (A_M + height), 1.0))


def _level2(x: Floats, up: Floats) -> Floats:
    """Square of the speed over the ground (n,), at the height of the states."""
    return np.asarray(np.maximum(_dot(x[:, 3:], x[:, 3:]) - _dot(up, x[:, 3:]) ** 2, 0.0))


def _dot(a: Floats, b: Floats) -> Floats:
    return np.asarray(np.einsum("ni,ni->n", a, b))
