"""The WGS 84 ellipsoid: its constants, and geodetic coordinates from and to Earth-fixed positions."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from jointwatch.earth.arrays import Floats

# NGA.STND.0036 1.0.0 (WGS 84), 2014, tables 3.1 to 3.3
A_M = 6_378_137.0  # semi-major axis
F = 1 / 298.257223563  # flattening
GM_M3_S2 = 3.986004418e14  # with the atmosphere
OMEGA_RAD_S = 7.292115e-5  # rotation
# zonal harmonics, -sqrt(2n + 1) times the normalised coefficient Cn0 of EGM 2008, tide free (N. K. Pavlis et al.,
# J. Geophys. Res. 117 (2012) B04406)
J2 = np.sqrt(5.0).item() * 4.84165143790815e-4  # 1.0826262e-3
J3 = -np.sqrt(7.0).item() * 9.57161207093473e-7  # -2.5324e-6
J4 = -np.sqrt(9.0).item() * 5.39965866638991e-7  # -1.6199e-6
B_M = A_M * (1 - F)  # semi-minor axis
E2 = F * (2 - F)  # first eccentricity squared


def ecef_from_geodetic(latitude_rad: ArrayLike, longitude_rad: ArrayLike, height_m: ArrayLike) -> Floats:
    """Earth-fixed position (..., 3), in metres, of a point at a geodetic latitude, longitude and ellipsoidal height.

    The three arguments broadcast. [Hofmann-Wellenhof, GNSS, 2008, eq. 8.6]

    >>> ecef_from_geodetic(0.0, 0.0, 1000.0).tolist()
    [6379137.0, 0.0, 0.0]
    """
    latitude, longitude, height = np.broadcast_arrays(
        *(np.asarray(value, dtype=np.float64) for value in (latitude_rad, longitude_rad, height_m))
    )
    sin_latitude, cos_latitude = np.sin(latitude), np.cos(latitude)
    N = A_M / np.sqrt(1 - E2 * sin_latitude**2)
    equatorial = (N + height) * cos_latitude
    return np.stack(
        [equatorial * np.cos(longitude), equatorial * np.sin(longitude), (N * (1 - E2) + height) * sin_latitude],
        axis=-1,
    )


def geodetic_from_ecef(r_ecef_m: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Geodetic latitude and longitude, radians, and height over the ellipsoid, metres, of positions (..., 3).

    Bowring's formula, iterated three times: below 1e-8 m from 5,000 km under the ground to any distance above it.
    At the Earth's centre the latitude means nothing. [B. R. Bowring, Survey Review 23 (1976) 323]

    >>> [round(float(value), 6) for value in geodetic_from_ecef([6379137.0, 0.0, 0.0])]
    [0.0, 0.0, 1000.0]
    """
    r = np.asarray(r_ecef_m, dtype=np.float64)
    x, y, z = r[..., 0], r[..., 1], r[..., 2]
    p = np.hypot(x, y)
    sin_beta, cos_beta = _normalised(z, p * (1 - F))  # the reduced latitude, first guess
    for _ in range(3):
        sin_phi, cos_phi = _normalised(z + E2 / (1 - F) * A_M * sin_beta**3, p - E2 * A_M * cos_beta**3)
        sin_beta, cos_beta = _normalised((1 - F) * sin_phi, cos_phi)
    height = p * cos_phi + z * sin_phi - A_M * np.sqrt(1 - E2 * sin_phi**2)
    return np.arctan2(sin_phi, cos_phi), np.arctan2(y, x), height


def curvature_radii_m(latitude_rad: ArrayLike) -> tuple[Floats, Floats]:
    """Radii of curvature, metres, of the meridian (M) and of the prime vertical (N) at a geodetic latitude.

    >>> [round(float(value)) for value in curvature_radii_m(0.0)]
    [6335439, 6378137]
    """
    w2 = 1 - E2 * np.sin(np.asarray(latitude_rad, dtype=np.float64)) ** 2
    N = A_M / np.sqrt(w2)
    return N * (1 - E2) / w2, N


def _normalised(sine: Floats, cosine: Floats) -> tuple[Floats, Floats]:
    """Sine and cosine of the angle whose sine and cosine are in this proportion."""
    length = np.hypot(sine, cosine)
    length = np.where(length == 0, 1.0, length)
    return sine / length, cosine / length
