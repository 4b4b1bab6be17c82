"""The sky over a site: azimuth, elevation and range from and to Earth-fixed positions.

Azimuth is clockwise from true north; elevation is geometric, from the plane of the ellipsoid, without refraction.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from jointwatch.earth.arrays import Floats
from jointwatch.earth.ellipsoid import ecef_from_geodetic


def enu_basis(latitude_rad: ArrayLike, longitude_rad: ArrayLike) -> Floats:
    """Unit vectors east, north and up as the rows of a matrix (..., 3, 3) that turns Earth-fixed vectors into ENU.

    >>> (enu_basis(0.0, 0.0) @ [1.0, 0.0, 0.0]).tolist()  # over Null Island the x axis points up
    [0.0, 0.0, 1.0]
    """
    latitude, longitude = np.broadcast_arrays(
        np.asarray(latitude_rad, dtype=np.float64), np.asarray(longitude_rad, dtype=np.float64)
    )
    sin_phi, cos_phi, sin_lambda, cos_lambda = np.sin(latitude), np.cos(latitude), np.sin(longitude), np.cos(longitude)
    east = np.stack([-sin_lambda, cos_lambda, np.zeros_like(sin_phi)], axis=-1)
    north = np.stack([-sin_phi * cos_lambda, -sin_phi * sin_lambda, cos_phi], axis=-1)
    up = np.stack([cos_phi * cos_lambda, cos_phi * sin_lambda, sin_phi], axis=-1)
    return np.stack([east, north, up], axis=-2)


def azimuth_elevation_range(latitude_rad: float, longitude_rad: float, height_m: float, r_ecef_m: ArrayLike) -> Floats:
    """Azimuth and elevation, radians, and range, metres, of positions (n, 3) seen from one site: an array (n, 3).

    Azimuth is in [0, 2 pi). Straight up the azimuth means nothing and comes out as some number.

    >>> above = ecef_from_geodetic(0.0, 0.0, 500e3)
    >>> azimuth_elevation_range(0.0, 0.0, 0.0, above[None, :]).round(3).tolist()
    [[0.0, 1.571, 500000.0]]
    """
    r = np.atleast_2d(np.asarray(r_ecef_m, dtype=np.float64))
    sight = (r - ecef_from_geodetic(latitude_rad, longitude_rad, height_m)) @ enu_basis(latitude_rad, longitude_rad).T
    east, north, up = sight[:, 0], sight[:, 1], sight[:, 2]
    horizontal = np.hypot(east, north)
    azimuth = np.mod(np.arctan2(east, north), 2 * np.pi)
    azimuth = np.where(azimuth >= 2 * np.pi, 0.0, azimuth)  # mod of a tiny negative angle rounds up to the full turn
    return np.stack([azimuth, np.arctan2(up, horizontal), np.hypot(horizontal, up)], axis=-1)


def ecef_from_azimuth_elevation_range(
    latitude_rad: float, longitude_rad: float, height_m: float, azimuth_elevation_range_rad_m: ArrayLike
) -> Floats:
    """Earth-fixed positions (n, 3), in metres, of what a site sees at azimuths, elevations and ranges (n, 3).

    >>> north = ecef_from_azimuth_elevation_range(0.0, 0.0, 0.0, [[0.0, 0.0, 1000.0]])
    >>> north.tolist()
    [[6378137.0, 0.0, 1000.0]]
    """
    seen = np.atleast_2d(np.asarray(azimuth_elevation_range_rad_m, dtype=np.float64))
    azimuth, elevation, distance = seen[:, 0], seen[:, 1], seen[:, 2]
    horizontal = distance * np.cos(elevation)
    enu = np.stack([horizontal * np.sin(azimuth), horizontal * np.cos(azimuth), distance * np.sin(elevation)], axis=-1)
    return ecef_from_geodetic(latitude_rad, longitude_rad, height_m) + enu @ enu_basis(latitude_rad, longitude_rad)
