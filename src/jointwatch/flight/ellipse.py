"""What the Kepler ellipse of a moment says of a flight, as scalar functions compiled by Numba, to plan it with.

Without J2 and air, so good to some kilometres: enough to know which way a flight goes, and never a result.
"""

from __future__ import annotations

from math import acos, cos, inf, nan, sin, sqrt

import numpy as np

from jointwatch.earth.arrays import Floats
from jointwatch.earth.compiled import kernel
from jointwatch.earth.ellipsoid import B_M, E2, GM_M3_S2, OMEGA_RAD_S

SINKING_M = 30_000.0  # so far under the ground the perigee must be, for J2 and the figure of the Earth move it
LOW_M = 60_000.0  # where a flight is about over


@kernel
def radius_m(x: float, y: float, z: float) -> float:
    """Radius of the ellipsoid in the direction of a position."""
    radius: float = B_M / sqrt(1 - E2 * (x * x + y * y) / (x * x + y * y + z * z))
    return radius


@kernel
def coasting_s(x: float, y: float, z: float, vx: float, vy: float, vz: float, top_m: float) -> float:
    """Seconds until an object, in axes at rest, sinks through a height on its Kepler ellipse; NaN if it does not.

    turn: the growth of the eccentric anomaly. The radius there follows from the latitude, which a second round settles.
    [R. R. Bate, D. D. Mueller, J. E. White, 1971, sections 4.2 and 4.4]
    """
    r = sqrt(x * x + y * y + z * z)
    a = 1 / (2 / r - (vx * vx + vy * vy + vz * vz) / GM_M3_S2)
    n = sqrt(GM_M3_S2 / a) / a
    climb = (x * vx + y * vy + z * vz) / sqrt(GM_M3_S2 * a)
    e_cos = 1 - r / a
    e = sqrt(climb * climb + e_cos * e_cos)
    if not (a > 0 and 1e-4 < e < 1 and a * (1 - e) < radius_m(x, y, z) - SINKING_M):
        return nan
    here = acos(min(1.0, max(-1.0, e_cos / e)))
    if climb < 0:
        here = 2 * np.pi - here
    radius, seconds = radius_m(x, y, z) + top_m, nan
    for _ in range(2):
        cosine = (1 - radius / a) / e
        if not -1 < cosine < 1:
            return nan
        turn = 2 * np.pi - acos(cosine) - here
        seconds = (turn + climb * (1 - cos(turn)) - e_cos * sin(turn)) / n
        f, g = 1 - a / r * (1 - cos(turn)), seconds - (turn - sin(turn)) / n
        radius = radius_m(f * x + g * vx, f * y + g * vy, f * z + g * vz) + top_m
    return float(seconds) if seconds > 0 else nan


@kernel
def gain_m(x: Floats) -> float:
    """How much farther from the centre the apogee of the Kepler ellipse is, in metres; infinite for what escapes."""
    vx, vy = x[3] - OMEGA_RAD_S * x[1], x[4] + OMEGA_RAD_S * x[0]
    r = sqrt(x[0] * x[0] + x[1] * x[1] + x[2] * x[2])
    inverse_a = 2 / r - (vx * vx + vy * vy + x[5] * x[5]) / GM_M3_S2
    if inverse_a <= 0:
        return inf
    climb = (x[0] * vx + x[1] * vy + x[2] * x[5]) ** 2 * inverse_a / GM_M3_S2
    return float((1 + sqrt((1 - r * inverse_a) ** 2 + climb)) / inverse_a - r)


@kernel
def rate2_over(x: Floats, rise_m: float) -> float:
    """Square of the radial speed so much farther from the centre, by energy and angular momentum; negative if never."""
    vx, vy = x[3] - OMEGA_RAD_S * x[1], x[4] + OMEGA_RAD_S * x[0]
    r = sqrt(x[0] * x[0] + x[1] * x[1] + x[2] * x[2])
    v2, radial = vx * vx + vy * vy + x[5] * x[5], (x[0] * vx + x[1] * vy + x[2] * x[5]) / r
    there = r + rise_m
    return float(v2 - 2 * GM_M3_S2 * rise_m / (r * there) - (v2 - radial * radial) * (r / there) ** 2)


@kernel
def leverage_s(x: Floats, climb_m_s: float) -> float:
    """Roughly the metres by which an impact moves for each m/s of the velocity now.

    The seconds of the flight, twice v / g; of a long ellipse its own, and more because the time grows with the speed:
    with q = v^2 r / mu and a = r / (2 - q), dT / dv = 3 T a v / mu.
    """
    vx, vy = x[3] - OMEGA_RAD_S * x[1], x[4] + OMEGA_RAD_S * x[0]
    r = sqrt(x[0] * x[0] + x[1] * x[1] + x[2] * x[2])
    guess = 100 + max(climb_m_s, 0.0) / 4.5
    q = (vx * vx + vy * vy + x[5] * x[5]) * r / GM_M3_S2
    if q < 0.6:
        return guess
    seconds = coasting_s(x[0], x[1], x[2], vx, vy, x[5], LOW_M)
    return 100 + seconds * (1 + 3 * q / (2 - q)) if seconds > 0 else guess
