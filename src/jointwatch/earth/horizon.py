"""What the roundness of the Earth hides: the lowest height visible at a distance, on a sphere, without refraction."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from jointwatch.earth.arrays import Floats

MEAN_RADIUS_M = 6_371_000.0  # IUGG mean radius, rounded


def minimum_visible_height_m(
    ground_distance_m: ArrayLike, elevation_rad: ArrayLike = 0.0, *, earth_radius_m: float = MEAN_RADIUS_M
) -> Floats:
    """Height, in metres, at which an object over a point so far away stands at the given elevation; inf if never.

    ground_distance_m: along the surface of the sphere, from the radar (at zero height) to below the object.
    earth_radius_m: give 4/3 of the true radius to allow for refraction near the ground [ITU-R P.310]; beyond 400 km
    that overdoes it, see `refraction.minimum_visible_height_m`.
    A sphere for WGS 84 costs below 0.5 % of the height.

    >>> round(float(minimum_visible_height_m(824e3, np.deg2rad(2.0))) / 1e3)  # km, Gabala to Semnan
    83
    """
    psi = np.asarray(ground_distance_m, dtype=np.float64) / earth_radius_m
    elevation = np.asarray(elevation_rad, dtype=np.float64)
    if np.any(psi < 0):
        raise ValueError(
            f"ground_distance_m must not be negative; lowest given: {float(np.min(psi)) * earth_radius_m:.1f} m"
        )
    # sine rule in the triangle centre, radar, object: the object's angle is 90 deg - elevation - psi
    cosine = np.cos(elevation + psi)
    reached = elevation + psi < np.pi / 2
    ratio = np.cos(elevation) / np.where(reached, cosine, 1.0)
    return np.where(reached, earth_radius_m * (ratio - 1), np.inf)


def elevation_rad(
    ground_distance_m: ArrayLike, height_m: ArrayLike, *, earth_radius_m: float = MEAN_RADIUS_M
) -> Floats:
    """Elevation, in radians, of an object at a height over a point so far away; negative below the horizon.

    >>> round(float(np.rad2deg(elevation_rad(824e3, 83e3))), 1)
    2.0
    """
    psi = np.asarray(ground_distance_m, dtype=np.float64) / earth_radius_m
    ratio = earth_radius_m / (earth_radius_m + np.asarray(height_m, dtype=np.float64))
    return np.arctan2(np.cos(psi) - ratio, np.sin(psi))
