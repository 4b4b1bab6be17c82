"""SciPy's DOP853 at its best here: many arcs as one system, the same two legs as heyoka's.

One arc at a time, with the equations in Python's floats and an event at the ground, is what most people write: 400
arcs/s where this reaches some 10,000. Each arc runs from 0 to 1 of its own leg, so all take the same steps, chosen by
the mean square of their errors; the setting is the relative tolerance, and 160 km the change of legs.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from peers.arcs import DENSITY_KG_M3, SCALE_HEIGHT_M, heights_m, seconds_until_down
from scipy.integrate import solve_ivp

from jointwatch.earth.ellipsoid import A_M, E2, GM_M3_S2, J2, OMEGA_RAD_S, F

SETTINGS = [10.0**-k for k in range(6, 13)]
TOGETHER = 500
_AIM_M = 160e3


def fly(x: np.ndarray, beta_kg_m2: float, rtol: float) -> tuple[np.ndarray, np.ndarray]:
    """Seconds to impact (n,) and Earth-fixed positions there (n, 3), from states (n, 6)."""
    parts = [_fly(x[i : i + TOGETHER].T, beta_kg_m2, rtol) for i in range(0, len(x), TOGETHER)]
    end = np.concatenate(parts, axis=1)
    return end[6], end[:3].T


def _fly(x: np.ndarray, beta_kg_m2: float, rtol: float) -> np.ndarray:
    duration = seconds_until_down(x.T, _AIM_M)

    def coasting(_: float, flat: np.ndarray) -> np.ndarray:
        y = flat.reshape(6, -1)
        return (duration * _slopes(y, heights_m(y[:3]), beta_kg_m2)).ravel()

    middle = _solved(coasting, x, rtol, [1.0] * 3 + [1e-3] * 3)
    top = heights_m(middle[:3])

    def entering(s: float, flat: np.ndarray) -> np.ndarray:
        y, height = flat.reshape(7, -1), top * (1 - s)
        slopes = _slopes(y[:6], height, beta_kg_m2)
        per_climb = 1 / _climb(y, height)
        return (-top * per_climb * np.concatenate([slopes, np.ones((1, len(top)))])).ravel()

    return _solved(entering, np.concatenate([middle, duration[None]]), rtol, [1.0] * 3 + [1e-3] * 3 + [1e-3])


def _solved(
    slopes: Callable[[float, np.ndarray], np.ndarray], start: np.ndarray, rtol: float, one_unit: list[float]
) -> np.ndarray:
    absolute = np.repeat(rtol * 1e6 * np.array(one_unit), start.shape[1])  # as if every place were 1,000 km, 1 km/s
    solution = solve_ivp(slopes, (0, 1), start.ravel(), method="DOP853", rtol=rtol, atol=absolute, t_eval=[1.0])
    return solution.y[:, -1].reshape(start.shape)


def _slopes(y: np.ndarray, height: np.ndarray, beta_kg_m2: float) -> np.ndarray:
    """Time derivative (6, n) of states in the frame that turns with the Earth."""
    rx, ry, rz, vx, vy, vz = y
    inverse_r2 = 1 / (rx * rx + ry * ry + rz * rz)
    k = -GM_M3_S2 * inverse_r2 * np.sqrt(inverse_r2)
    j, u = 1.5 * J2 * A_M**2 * inverse_r2, rz * rz * inverse_r2
    sideways = k * (1 + j * (1 - 5 * u)) + OMEGA_RAD_S**2
    speed = np.sqrt(vx * vx + vy * vy + vz * vz)
    drag = 0.5 * DENSITY_KG_M3 / beta_kg_m2 * np.exp(height / -SCALE_HEIGHT_M) * speed
    out = np.empty_like(y)
    out[:3] = y[3:]
    out[3] = sideways * rx + 2 * OMEGA_RAD_S * vy - drag * vx
    out[4] = sideways * ry - 2 * OMEGA_RAD_S * vx - drag * vy
    out[5] = k * (1 + j * (3 - 5 * u)) * rz - drag * vz
    return out


def _climb(y: np.ndarray, height: np.ndarray) -> np.ndarray:
    """Rate of the height, m/s: the velocity along the normal, whose latitude follows from the height."""
    p2, z = y[0] ** 2 + y[1] ** 2, y[2]
    squeeze = 1 - E2 * A_M / (A_M + height)
    sine2 = z * z / (z * z + p2 * squeeze * squeeze)
    N = A_M / np.sqrt(1 - E2 * sine2)
    return (y[0] * y[3] + y[1] * y[4]) / (N + height) + z * y[5] / (N * (1 - F) ** 2 + height)
