"""Height over the ellipsoid and how fast it grows, as scalar functions compiled by Numba for the kernels."""

from __future__ import annotations

from math import sqrt

from numba import njit

from jointwatch.earth.ellipsoid import A_M, E2, F

_BOWRING_Z = E2 / (1 - F) * A_M
_BOWRING_P = E2 * A_M


@njit(cache=True, nogil=True, error_model="numpy")
def height_and_normal(x: float, y: float, z: float) -> tuple[float, float, float, float]:
    """Height over WGS 84, in metres, of an Earth-fixed position, and the unit normal (up) there.

    One step of Bowring's formula: below 1 mm from the ground to 10,000 km, and finite everywhere but at the
    centre. `ellipsoid.geodetic_from_ecef` is the exact one. [B. R. Bowring, Survey Review 23 (1976) 323]
    """
    p = sqrt(x * x + y * y)
    # sine and cosine of the reduced latitude, first guess
    bz, bp = z, p * (1 - F)
    scale = 1 / sqrt(bz * bz + bp * bp)
    sin_beta, cos_beta = bz * scale, bp * scale
    nz = z + _BOWRING_Z * sin_beta * sin_beta * sin_beta
    np_ = p - _BOWRING_P * cos_beta * cos_beta * cos_beta
    scale = 1 / sqrt(nz * nz + np_ * np_)
    sin_phi, cos_phi = nz * scale, np_ * scale
    height = p * cos_phi + z * sin_phi - A_M * sqrt(1 - E2 * sin_phi * sin_phi)
    if p == 0.0:
        return height, 0.0, 0.0, sin_phi
    return height, cos_phi * x / p, cos_phi * y / p, sin_phi


@njit(cache=True, nogil=True, error_model="numpy")
def height_rate(x: float, y: float, z: float, vx: float, vy: float, vz: float) -> tuple[float, float]:
    """Height over WGS 84, in metres, and its rate of growth, in metres per second: exactly the speed along the normal."""
    height, ux, uy, uz = height_and_normal(x, y, z)
    return height, vx * ux + vy * uy + vz * uz
