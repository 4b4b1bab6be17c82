"""The conic of least speed between two places of the turning Earth, compiled by Numba: the loop under `transfer`.

As `transfer` and `conic` have it in arrays: a golden section over the height of the apogee, at each of which the ground
turns on while the flight lasts, four times over. [J. Kiefer, Proc. Amer. Math. Soc. 4 (1953) 502]
"""

from __future__ import annotations

from math import atan2, cos, pi, sin, sqrt

from jointwatch.earth.arrays import Floats
from jointwatch.earth.compiled import kernel, part
from jointwatch.earth.ellipsoid import GM_M3_S2, OMEGA_RAD_S

_RATIO = (sqrt(5.0) - 1.0) / 2.0
_TURNS = 4


@kernel
def least(r: Floats, heading: Floats, aim: Floats, lowest: Floats, about: Floats, span: float, top: Floats) -> None:
    """Fill top (n,) with the height over `lowest`, up to `span`, of the apogee of the least speed at r (n, 3).

    heading, aim: (n, 3), lowest, about: (n,), as `transfer.leaving` has them.
    """
    for i in range(len(r)):
        low, high = 0.0, span
        left, right = high - _RATIO * span, low + _RATIO * span
        at_left = _speed(r[i], heading[i], aim[i], lowest[i] + left, about[i])
        at_right = _speed(r[i], heading[i], aim[i], lowest[i] + right, about[i])
        for _ in range(20):
            if at_left < at_right:
                high, right, at_right = right, left, at_left
                left = high - _RATIO * (high - low)
                at_left = _speed(r[i], heading[i], aim[i], lowest[i] + left, about[i])
            else:
                low, left, at_left = left, right, at_right
                right = low + _RATIO * (high - low)
                at_right = _speed(r[i], heading[i], aim[i], lowest[i] + right, about[i])
        top[i] = 0.5 * (low + high)


@part
def _speed(r: Floats, heading: Floats, aim: Floats, r_a: float, about: float) -> float:
    """Speed relative to the Earth at r of the conic over an apogee to a place that turns meanwhile."""
    r1 = sqrt(r[0] * r[0] + r[1] * r[1] + r[2] * r[2])
    r2 = sqrt(aim[0] * aim[0] + aim[1] * aim[1] + aim[2] * aim[2])
    ox, oy, oz = r[0] / r1, r[1] / r1, r[2] / r1
    s1, s2 = sqrt(max(r_a / r1 - 1.0, 0.0)), sqrt(max(r_a / r2 - 1.0, 0.0))
    time, across, up, fx, fy, fz = about, 0.0, 0.0, 0.0, 0.0, 0.0
    for _ in range(_TURNS):
        c, s = cos(OMEGA_RAD_S * time), sin(OMEGA_RAD_S * time)
        x, y, z = c * aim[0] - s * aim[1], s * aim[0] + c * aim[1], aim[2]
        cosine = x * ox + y * oy + z * oz
        lx, ly, lz = x - cosine * ox, y - cosine * oy, z - cosine * oz
        sine = sqrt(lx * lx + ly * ly + lz * lz)
        phi, sign = atan2(sine, cosine), 1.0
        if cosine < 0.0 and lx * heading[0] + ly * heading[1] + lz * heading[2] < 0.0:
            phi, sign = 2 * pi - phi, -1.0
        scale = sign / max(sine, 1e-3)
        fx, fy, fz = lx * scale, ly * scale, lz * scale
        half = cos(phi / 2)
        third = sqrt(s1 * s1 + s2 * s2 + 2 * s1 * s2 * half)
        K = (sin(phi / 2) / third) ** 2
        cos1, cos2 = (s2 + s1 * half) / third, (s1 + s2 * half) / third
        across = sqrt(2 * GM_M3_S2 * r_a * K / (1 + 2 * K)) / r1
        up = sqrt(2 * GM_M3_S2 / (r_a * (1 + 2 * K))) * s1 * cos1
        a, e = r_a * (1 + 2 * K) / (2 + 2 * K), 1 / (1 + 2 * K)
        first, second = 2 * atan2(sqrt(1 + K) * s1, cos1), 2 * atan2(sqrt(1 + K) * s2, cos2)
        time = sqrt(a * a * a / GM_M3_S2) * (first + e * sin(first) + second + e * sin(second))
    vx = up * ox + across * fx + OMEGA_RAD_S * r[1]
    vy = up * oy + across * fy - OMEGA_RAD_S * r[0]
    vz = up * oz + across * fz
    return sqrt(vx * vx + vy * vy + vz * vz)
