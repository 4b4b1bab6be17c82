"""The forces on a body that only falls: gravity with J2, the turning frame, and the air; compiled by Numba."""

from __future__ import annotations

from math import sqrt

from jointwatch.earth.air import density_kg_m3
from jointwatch.earth.compiled import kernel
from jointwatch.earth.ellipsoid import A_M, OMEGA_RAD_S
from jointwatch.earth.gravity import gravity
from jointwatch.earth.height import height_m

# Beyond 250 km over the equator `density_kg_m3` is below 1.1e-15 kg/m^3: 1e-10 m/s^2 on the lightest body we fly.
_AIRLESS_M = A_M + 250e3


@kernel
def acceleration(
    x: float, y: float, z: float, vx: float, vy: float, vz: float, inverse_beta: float
) -> tuple[float, float, float]:
    """Acceleration, in metres per second squared, in the rotating Earth-fixed frame, Coriolis and centrifugal included.

    inverse_beta: one over the ballistic coefficient m / (C_D A), in square metres per kilogram; 0 leaves the air out.
    The air turns with the Earth, so its wind is minus the velocity; lift is left out. [Vallado, 4th ed., eq. 8-28]
    """
    gx, gy, gz = gravity(x, y, z)
    ax = gx + 2 * OMEGA_RAD_S * vy + OMEGA_RAD_S * OMEGA_RAD_S * x
    ay = gy - 2 * OMEGA_RAD_S * vx + OMEGA_RAD_S * OMEGA_RAD_S * y
    if inverse_beta == 0.0 or x * x + y * y + z * z > _AIRLESS_M * _AIRLESS_M:
        return ax, ay, gz
    drag = 0.5 * density_kg_m3(height_m(x, y, z)) * inverse_beta * sqrt(vx * vx + vy * vy + vz * vz)
    return ax - drag * vx, ay - drag * vy, gz - drag * vz
