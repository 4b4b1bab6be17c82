"""Height over the ellipsoid and how fast it grows, as scalar functions compiled by Numba for the kernels."""

from __future__ import annotations

from math import sqrt

from jointwatch.earth.compiled import kernel
from jointwatch.earth.ellipsoid import A_M, B_M, E2, F
from jointwatch.earth.gravity import INNERMOST_M

_BOWRING_Z = E2 / (1 - F) * A_M
_BOWRING_P = E2 * A_M


@kernel
def height_m(x: float, y: float, z: float) -> float:
    """Height over WGS 84, in metres, of an Earth-fixed position: exact on the ground, to 1 cm up to 250 km.

    1. d = r - R, above the ellipsoid's radius R in the same geocentric direction.
    2. The normal leans by a small angle eps from the radius, tan(eps) = e2 sin cos / (1 - e2 cos^2), so the tangent
       plane is only d cos(eps) away, and the surface curves off from it by (d sin(eps))^2 / (2 (R + d)).
    Together h = d (1 - eps^2 / 2 * R / r), less terms of d eps^3; half the time of `height_and_normal`.
    """
    r2 = max(x * x + y * y + z * z, INNERMOST_M * INNERMOST_M)
    inverse_r2 = 1 / r2
    inverse_r = sqrt(inverse_r2)  # as in `gravity`, so that the compiler takes both from one division and one root
    sin2 = z * z * inverse_r2
    inverse_w = 1 / (1 - E2 * (1 - sin2))
    R = B_M * sqrt(inverse_w)
    eps2 = E2 * E2 * sin2 * (1 - sin2) * inverse_w * inverse_w
    return (r2 * inverse_r - R) * (1 - 0.5 * eps2 * R * inverse_r)


@kernel
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


@kernel
def height_rate(x: float, y: float, z: float, vx: float, vy: float, vz: float) -> tuple[float, float]:
    """Height over WGS 84, in metres, and its rate, in metres per second: exactly the speed along the normal."""
    height, ux, uy, uz = height_and_normal(x, y, z)
    return height, vx * ux + vy * uy + vz * uz
