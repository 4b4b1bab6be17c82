"""When a radar's looks tell apart two flights that were claimed: how far one comes down, against the other.

Every look at a falling body narrows the place where it can come down; how much, says the Cramér-Rao bound. Two claims
of a range are told apart when the bounds of both flights, each at its own true range, leave room for a threshold
between them with so many sigmas on either side. No knowledge of the vehicle or of its burn is used, and no look before
the burn's end: what is concluded rests on free flight alone.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from jointwatch.earth import geodesic
from jointwatch.earth.arrays import Floats
from jointwatch.earth.ellipsoid import geodetic_from_ecef
from jointwatch.earth.states import Ecef
from jointwatch.flight import coast
from jointwatch.flight.coast import transition_arrays
from jointwatch.tracking.bound import Looks, cramer_rao

_STEPS = np.array([100.0, 100.0, 100.0, 0.1, 0.1, 0.1])  # m, m/s: the range bends over thousands of times as much


def range_sigma_m(
    state: Ecef, looks: Sequence[Looks], at_s: ArrayLike, *, latitude_rad: float, longitude_rad: float
) -> Floats:
    """Least one-sigma (m,) of how far from a place a falling body comes down, in metres, by its looks until times (m,).

    state: of the one body at the epoch of all times, in free flight; without air. Infinite before the looks suffice.

    >>> from jointwatch.flight import path
    >>> from jointwatch.flight.boost import BoostProfile
    >>> from jointwatch.sensors.site import Site
    >>> flown = path.fly_range(BoostProfile(100.0, 0.41, 0.34), latitude_rad=0.632, longitude_rad=0.966,
    ...     azimuth_rad=2.62, range_m=2000e3, times_s=[])
    >>> radar = Looks(Site("Gabala", 0.713, 0.834), np.arange(5.0, 65.0, 5.0), np.array([200.0, 2e-3, 2e-3]))
    >>> sigma = range_sigma_m(flown.burnout, [radar], [5.0, 20.0, 60.0], latitude_rad=0.632, longitude_rad=0.966)
    >>> (sigma / 1e3).round(1)  # km
    array([ inf, 94.5, 16.6])
    """
    at = np.asarray(at_s, dtype=np.float64)
    slope = _slope(state, latitude_rad, longitude_rad)
    least = cramer_rao(state, looks, at)
    known = np.isfinite(least[:, 0, 0])
    _, Phi = transition_arrays(np.repeat(state.pos_vel, len(at), axis=0), at)
    carried = np.linalg.solve(Phi.swapaxes(-1, -2), np.broadcast_to(slope, (len(at), 6))[..., None])[..., 0]
    sigma = np.full(len(at), np.inf)
    g = carried[known]
    sigma[known] = np.sqrt(np.einsum("mi,mij,mj->m", g, least[known], g))
    return sigma


def sigmas_apart(difference_m: ArrayLike, one_sigma_m: ArrayLike, other_sigma_m: ArrayLike) -> Floats:
    """Return how many sigmas lie on either side of the threshold that errs equally often either way.

    >>> float(sigmas_apart(812e3, 100e3, 103e3))
    4.0
    """
    return np.asarray(np.abs(difference_m) / (np.asarray(one_sigma_m) + np.asarray(other_sigma_m)))


def sigmas_for(wanted: float) -> float:
    """Return how many sigmas a confidence wants: the probability, under either claim, of deciding for the true one.

    >>> round(sigmas_for(0.999), 2)
    3.09
    """
    if not 0.5 < wanted < 1.0:
        raise ValueError(f"a confidence to decide with lies between one half and 1, both excluded; got {wanted:g}")
    return float(ndtri(wanted))


def _slope(state: Ecef, latitude_rad: float, longitude_rad: float) -> Floats:
    """Change (6,) of the distance at which a body comes down, for each metre and metre a second of its state."""
    moved = state.pos_vel + np.concatenate([np.diag(_STEPS), -np.diag(_STEPS)])
    end = coast.impact(Ecef(moved))
    if not np.all(end.reached):
        raise ValueError("a range is asked of a body that comes down; this one stays up")
    latitude, longitude, _ = geodetic_from_ecef(end.states.r_m)
    distance, _, _ = geodesic.inverse(latitude_rad, longitude_rad, latitude, longitude)
    return np.asarray((distance[:6] - distance[6:]) / (2 * _STEPS))
