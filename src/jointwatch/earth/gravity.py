"""Gravity of the flattened Earth, as scalar functions compiled by Numba, in axes that have z along the Earth's.

Zonal harmonics J2 to J4: the field turns into itself about z, so the axes may spin or stand still. Left out: the rest
of the field, 1e-4 m/s^2, which over the 700 s of a 2,000 km arc comes to some ten metres; sun and moon, 1e-6 m/s^2,
to less than a metre (estimates from the size of the terms).
"""

from __future__ import annotations

from math import nan, sqrt

from jointwatch.earth.compiled import inlined, kernel
from jointwatch.earth.ellipsoid import A_M, GM_M3_S2, J2

# No flight is this deep, but a trial step may be. Below, the pull shrinks with the radius as in a uniform sphere,
# so that nothing overflows near the centre.
INNERMOST_M = 6_200_000.0
_J2_A2 = J2 * A_M * A_M


@inlined
def zonal_gravity(
    x: float, y: float, z: float, j2: float, j3: float, j4: float
) -> tuple[float, float, float, float, float]:
    """Pull of the Earth, in m/s^2, of a point mass with the zonal harmonics given; and 1 / r^2 and (z / r)^2.

    Vallado, 4th ed., eq. 8-30 and 8-31, with s = z / r.
    """
    r2 = max(x * x + y * y + z * z, INNERMOST_M * INNERMOST_M)
    inverse_r2 = 1 / r2
    inverse_r = sqrt(inverse_r2)
    k = -GM_M3_S2 * inverse_r2 * inverse_r
    a, s, s2 = A_M * inverse_r, z * inverse_r, z * z * inverse_r2
    a2 = a * a
    c2, c3, c4 = 1.5 * j2 * a2, 2.5 * j3 * a2 * a, 1.875 * j4 * a2 * a2
    equatorial = k * (1 + c2 * (1 - 5 * s2) + c3 * s * (3 - 7 * s2) - c4 * (1 - s2 * (14 - 21 * s2)))
    polar = k * (1 + c2 * (3 - 5 * s2) + c3 * s * (6 - 7 * s2) - c4 * (5 - s2 * ((70 / 3) - 21 * s2)))
    return equatorial * x, equatorial * y, polar * z - 0.6 * k * c3 * r2 * inverse_r, inverse_r2, s2


@kernel
def gravity(x: float, y: float, z: float) -> tuple[float, float, float]:
    """Pull of the Earth, in metres per second squared, of a point mass with J2."""
    ax, ay, az, _, _ = zonal_gravity(x, y, z, J2, 0.0, 0.0)
    return ax, ay, az


@kernel
def gravity_gradient(x: float, y: float, z: float) -> tuple[float, float, float, float, float, float]:
    """Derivatives of `gravity` by position, per second squared: xx, xy, xz, yy, yz, zz of a symmetric matrix.

    Off the Earth's interior only (above `INNERMOST_M`).
    """
    inverse_r2 = 1 / max(x * x + y * y + z * z, INNERMOST_M * INNERMOST_M)
    k = -GM_M3_S2 * inverse_r2 * sqrt(inverse_r2)
    j = 1.5 * _J2_A2 * inverse_r2
    s = 5 * z * z * inverse_r2
    equatorial = k * (1 + j * (1 - s))
    polar = k * (1 + j * (3 - s))
    # each derivative by a z brings 10 j more, from s
    c = k * (-3 + j * (-5 + 7 * s)) * inverse_r2
    cz = k * (-3 + j * (-15 + 7 * s)) * inverse_r2
    czz = k * (-3 + j * (-25 + 7 * s)) * inverse_r2
    return (
        equatorial + c * x * x,
        c * x * y,
        cz * x * z,
        equatorial + c * y * y,
        cz * y * z,
        polar + czz * z * z,
    )


@inlined
def zonal_gradient(
    x: float, y: float, z: float, j2: float, j3: float, j4: float
) -> tuple[float, float, float, float, float, float]:
    """Derivatives of `zonal_gravity` by position, per second squared: xx, xy, xz, yy, yz, zz of a symmetric matrix.

    c: derivative of the equatorial pull per metre, by x or y, over x or y; zz by Laplace's equation. All six are NaN
    below `INNERMOST_M`, where that does not hold.
    """
    r2 = x * x + y * y + z * z
    inverse_r2 = 1 / r2
    inverse_r = sqrt(inverse_r2)
    k = -GM_M3_S2 * inverse_r2 * inverse_r if r2 >= INNERMOST_M * INNERMOST_M else nan
    a, s, s2 = A_M * inverse_r, z * inverse_r, z * z * inverse_r2
    a2 = a * a
    c2, c3, c4 = 1.5 * j2 * a2, 2.5 * j3 * a2 * a, 1.875 * j4 * a2 * a2
    equatorial = k * (1 + c2 * (1 - 5 * s2) + c3 * s * (3 - 7 * s2) - c4 * (1 - s2 * (14 - 21 * s2)))
    by_s = k * (c3 * (3 - 21 * s2) - 10 * c2 * s + c4 * s * (28 - 84 * s2))
    by_r = k * (c4 * (7 - s2 * (98 - 147 * s2)) - 3 - c2 * (5 - 25 * s2) - c3 * s * (18 - 42 * s2))
    c = (by_r - s * by_s) * inverse_r2
    by_z = c * z + by_s * inverse_r
    return (
        equatorial + c * x * x,
        c * x * y,
        by_z * x,
        equatorial + c * y * y,
        by_z * y,
        -2 * equatorial - c * (x * x + y * y),
    )
