"""The strategic question as geometry: how fast, on average, one would have had to be to reach a flight once tracked.

From a point on the map to each place where a flight will be after it was first tracked, the shortest way over ground
and air is divided by the time that is left until then; the least of these is the mean speed that was needed. It is
compared with the speeds that each side claimed in public. Nothing here models what would travel: no acceleration, no
guidance, no encounter. Less than the speed needed cannot have reached the flight; of more, nothing is said.
"""

from __future__ import annotations

from math import acos, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jointwatch.earth import geodesic
from jointwatch.earth.arrays import Floats
from jointwatch.earth.compiled import kernel

Steps = NDArray[np.int64]


def needed_speed_m_s(site_m: ArrayLike, positions_m: Floats, first: Steps, *, step_s: float) -> Floats:
    """Return the least mean speed (v, k) from a site to flights after each was first tracked; infinite where never.

    site_m: Earth-fixed (3,), on the ground. positions_m: Earth-fixed (k, t, 3) every step_s, NaN where not flying.
    first: (v, k) the step in which each of v viewers first tracked each flight, below zero for never.
    """
    needed = np.full(first.shape, np.inf)
    _needed(np.asarray(site_m, dtype=np.float64), positions_m, first, step_s, needed)
    return needed


@kernel
def _needed(site: Floats, positions: Floats, first: Steps, step_s: float, needed: Floats) -> None:
    v, k = first.shape
    t = positions.shape[1]
    way = np.empty(t)
    for j in range(k):
        for n in range(t):
            way[n] = way_round_m(site, positions[j, n])
        for i in range(v):
            if first[i, j] < 0:
                continue
            for other in range(i):  # viewers often track a flight in the same step
                if first[other, j] == first[i, j]:
                    needed[i, j] = needed[other, j]
                    break
            else:
                for n in range(first[i, j] + 1, t):
                    needed[i, j] = min(needed[i, j], way[n] / ((n - first[i, j]) * step_s))


@kernel
def way_round_m(site: Floats, place: Floats) -> float:
    """Return the shortest way from a point on the ground (3,) to a place (3,): straight, or round the Earth.

    Over a sphere through the site: where the straight line would pass beneath it, along the ground to where it rises.
    Infinite where there is no place.
    """
    ground, height, along, straight = 0.0, 0.0, 0.0, 0.0
    for i in range(3):
        ground += site[i] ** 2
        height += place[i] ** 2
        along += site[i] * place[i]
        straight += (place[i] - site[i]) ** 2
    if not height >= 0.0:
        return np.inf
    ground = sqrt(ground)
    height = max(sqrt(height), ground)
    cosine = max(-1.0, min(1.0, along / (height * ground)))
    if cosine >= ground / height:  # in sight
        return sqrt(straight)
    return ground * (acos(cosine) - acos(ground / height)) + sqrt(height**2 - ground**2)


def ring(latitude_rad: float, longitude_rad: float, range_m: float, count: int = 180) -> tuple[Floats, Floats]:
    """Return latitudes and longitudes (count,), radians, of the places at a published range from one, north first.

    >>> north, _ = ring(0.0, 0.0, 1_000e3, 4)
    >>> np.rad2deg(north).round(1) + 0.0
    array([ 9.,  0., -9.,  0.])
    """
    bearings = np.linspace(0.0, 2 * np.pi, count, endpoint=False)
    latitude, longitude, _ = geodesic.direct(latitude_rad, longitude_rad, bearings, range_m)
    return latitude, longitude
