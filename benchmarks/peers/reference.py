"""The truth the propagators are measured against: impacts to a few micrometres.

heyoka's Taylor method at tolerance 1e-17 with steps of at most 2 s, in time alone and in axes at rest, heights by two
rounds of Bowring's formula: neither the equations nor the legs of the peers. It takes a guess of the time of impact
and corrects it until the height is nothing.
"""

from __future__ import annotations

import heyoka as hy
import numpy as np
from peers.arcs import DENSITY_KG_M3, SCALE_HEIGHT_M

from jointwatch.earth.ellipsoid import A_M, E2, GM_M3_S2, J2, OMEGA_RAD_S, F, geodetic_from_ecef

WIDTH = 8
LONGEST_STEP_S = 2.0


def impacts(x: np.ndarray, beta_kg_m2: float, guess_s: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Seconds to impact (n,) and Earth-fixed positions there (n, 3); guess_s: (n,), good to a second or so."""
    n = len(x)
    order = np.argsort(guess_s)
    order = order[np.arange(-(-n // WIDTH) * WIDTH) % n]
    integrator = _integrator()
    integrator.pars[:] = 1 / beta_kg_m2
    time_s, place = np.empty(n), np.empty((n, 3))
    for i in range(0, len(order), WIDTH):
        lanes = order[i : i + WIDTH]
        integrator.set_time(np.zeros(WIDTH))
        integrator.state[:] = x[lanes].T
        integrator.state[3] -= OMEGA_RAD_S * x[lanes, 1]
        integrator.state[4] += OMEGA_RAD_S * x[lanes, 0]
        time_s[lanes], place[lanes] = _down(integrator, guess_s[lanes])
    return time_s, place


def _down(integrator: hy.taylor_adaptive_batch, time_s: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Time of and position at height nothing, by Newton's method from the guess."""
    for _ in range(3):
        integrator.propagate_until(time_s, max_delta_t=[LONGEST_STEP_S] * WIDTH)
        r, ahead = _turned(integrator.state, time_s, 0.0), _turned(integrator.state, time_s, 1e-3)
        height, then = geodetic_from_ecef(r)[2], geodetic_from_ecef(ahead)[2]
        time_s = time_s - height / ((then - height) / 1e-3)
    # the last correction is some micrometres and needs no more flight
    return time_s, r - (height / (then - height))[:, None] * (ahead - r)


def _turned(state: np.ndarray, time_s: np.ndarray, later_s: float) -> np.ndarray:
    """Earth-fixed positions (WIDTH, 3) of inertial states, moved on along their velocities."""
    x, y, z = state[:3] + later_s * state[3:]
    angle = OMEGA_RAD_S * (time_s + later_s)
    return np.stack([x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle), z], axis=-1)


def _integrator() -> hy.taylor_adaptive_batch:
    x, y, z, vx, vy, vz = hy.make_vars("x", "y", "z", "vx", "vy", "vz")
    r = hy.sqrt(x**2 + y**2 + z**2)
    pull, j = -GM_M3_S2 / r**3, 1.5 * J2 * (A_M / r) ** 2
    equatorial, polar = pull * (1 + j * (1 - 5 * (z / r) ** 2)), pull * (1 + j * (3 - 5 * (z / r) ** 2))
    wind = [vx + OMEGA_RAD_S * y, vy - OMEGA_RAD_S * x, vz]
    density = DENSITY_KG_M3 * hy.exp(-_height(x, y, z) / SCALE_HEIGHT_M)
    drag = -0.5 * density * hy.par[0] * hy.sqrt(wind[0] ** 2 + wind[1] ** 2 + wind[2] ** 2)
    slopes = [vx, vy, vz, equatorial * x + drag * wind[0], equatorial * y + drag * wind[1], polar * z + drag * wind[2]]
    system = [*zip((x, y, z, vx, vy, vz), slopes, strict=True)]
    return hy.taylor_adaptive_batch(system, np.ones((6, WIDTH)), pars=np.zeros((1, WIDTH)), tol=1e-17)


def _height(x: hy.expression, y: hy.expression, z: hy.expression) -> hy.expression:
    """Height by two rounds of Bowring's formula in the tangent of the reduced latitude."""
    p = hy.sqrt(x**2 + y**2)
    tangent = z / (p * (1 - F))
    for _ in range(2):
        cosine = 1 / hy.sqrt(1 + tangent**2)
        latitude = (z + E2 / (1 - F) * A_M * (tangent * cosine) ** 3) / (p - E2 * A_M * cosine**3)
        tangent = (1 - F) * latitude
    cosine = 1 / hy.sqrt(1 + latitude**2)
    sine = latitude * cosine
    return p * cosine + z * sine - A_M * hy.sqrt(1 - E2 * sine**2)
