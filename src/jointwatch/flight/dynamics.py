"""The forces on a body that only falls: gravity, the turning frame, and the air; compiled by Numba."""

from __future__ import annotations

from math import sqrt

from jointwatch.earth.air import density_kg_m3
from jointwatch.earth.compiled import kernel
from jointwatch.earth.ellipsoid import OMEGA_RAD_S
from jointwatch.earth.gravity import zonal_gravity
from jointwatch.earth.height import height_m
from jointwatch.flight.model import Forces


@kernel
def acceleration(
    x: float, y: float, z: float, vx: float, vy: float, vz: float, inverse_beta: float, forces: Forces
) -> tuple[float, float, float]:
    """Acceleration, in metres per second squared, in the rotating Earth-fixed frame, Coriolis and centrifugal included.

    inverse_beta: one over the ballistic coefficient m / (C_D A), in square metres per kilogram; 0 leaves the air out.
    The air turns with the Earth, so its wind is minus the velocity; lift is left out. [Vallado, 4th ed., eq. 8-28]
    """
    gx, gy, gz, inverse_r2, _ = zonal_gravity(x, y, z, forces[0], forces[1], forces[2])
    ax = gx + 2 * OMEGA_RAD_S * vy + OMEGA_RAD_S * OMEGA_RAD_S * x
    ay = gy - 2 * OMEGA_RAD_S * vx + OMEGA_RAD_S * OMEGA_RAD_S * y
    # beyond the air over the poles, and so over all the Earth
    top = forces[3][-1] + 6_400_000.0
    if inverse_beta == 0.0 or inverse_r2 * top * top < 1:
        return ax, ay, gz
    density = density_kg_m3(height_m(x, y, z), forces[3], forces[4])
    drag = 0.5 * density * inverse_beta * sqrt(vx * vx + vy * vy + vz * vz)
    return ax - drag * vx, ay - drag * vy, gz - drag * vz
