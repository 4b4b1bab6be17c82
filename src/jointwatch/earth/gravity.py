"""Gravity with the Earth's flattening (J2), as scalar functions compiled by Numba, in Earth-fixed axes.

Left out: J3, J4 and the rest, up to 3e-4 m/s^2, which over the 700 s of a 2,000 km arc comes to some tens of metres;
sun and moon, 1e-6 m/s^2, to less than a metre (estimates from the size of the terms).
"""

from __future__ import annotations

from math import sqrt

from jointwatch.earth.compiled import kernel
from jointwatch.earth.ellipsoid import A_M, GM_M3_S2, J2

# No flight is this deep, but a trial step may be. Below, the pull shrinks with the radius as in a uniform sphere,
# so that nothing overflows near the centre.
INNERMOST_M = 6_200_000.0
_J2_A2 = J2 * A_M * A_M


@kernel
def gravity(x: float, y: float, z: float) -> tuple[float, float, float]:
    """Pull of the Earth, in metres per second squared, of a point mass with J2 (Vallado, 4th ed., eq. 8-30)."""
    inverse_r2 = 1 / max(x * x + y * y + z * z, INNERMOST_M * INNERMOST_M)
    k = -GM_M3_S2 * inverse_r2 * sqrt(inverse_r2)
    j = 1.5 * _J2_A2 * inverse_r2
    s = 5 * z * z * inverse_r2
    equatorial = k * (1 + j * (1 - s))
    return equatorial * x, equatorial * y, k * (1 + j * (3 - s)) * z


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
