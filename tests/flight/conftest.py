"""Arcs as the propagation study drew them, and the same flight by other means.

The oracle: inertial equations written from the textbook, heyoka's Taylor method, heights by another form of Bowring's
formula. Nothing of the package but its constants is used. Its steps are kept short: a Taylor step that starts in the
vacuum does not see the air.
"""

from __future__ import annotations

from collections.abc import Callable

import heyoka as hy
import numpy as np
import pytest

from jointwatch.earth.ellipsoid import A_M, E2, GM_M3_S2, J2, OMEGA_RAD_S, F, ecef_from_geodetic
from jointwatch.earth.topocentric import enu_basis

LONGEST_STEP_S = 2.0


def draw(count: int, *, angle_deg: tuple[float, float], speed_km_s: tuple[float, float], seed: int = 5) -> np.ndarray:
    """States (count, 6) at 100 km height, climbing, latitude within 60 degrees, any direction."""
    rng = np.random.default_rng(seed)
    latitude = np.arcsin(rng.uniform(-1, 1, count) * np.sin(np.pi / 3))
    longitude, azimuth = rng.uniform(-np.pi, np.pi, (2, count))
    angle, speed = np.deg2rad(rng.uniform(*angle_deg, count)), 1e3 * rng.uniform(*speed_km_s, count)
    level = np.cos(angle)
    enu = speed[:, None] * np.stack([level * np.sin(azimuth), level * np.cos(azimuth), np.sin(angle)], axis=-1)
    velocity = np.einsum("nji,nj->ni", enu_basis(latitude, longitude), enu)
    return np.concatenate([ecef_from_geodetic(latitude, longitude, 100e3), velocity], axis=-1)


def spun(pos_vel: np.ndarray, seconds: float, *, to_inertial: bool) -> np.ndarray:
    """A state turned between Earth-fixed axes and axes at rest that agreed with them at time 0."""
    angle = OMEGA_RAD_S * seconds
    turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    omega = np.array([0.0, 0.0, OMEGA_RAD_S])
    if to_inertial:
        return np.concatenate([turn @ pos_vel[:3], turn @ (pos_vel[3:] + np.cross(omega, pos_vel[:3]))])
    r = turn.T @ pos_vel[:3]
    return np.concatenate([r, turn.T @ pos_vel[3:] - np.cross(omega, r)])


def integrator() -> hy.taylor_adaptive:
    """Heyoka's integrator of the inertial equations; its parameter is one over the ballistic coefficient."""
    x, y, z, vx, vy, vz = hy.make_vars("x", "y", "z", "vx", "vy", "vz")
    r = hy.sqrt(x**2 + y**2 + z**2)
    pull = -GM_M3_S2 / r**3
    j = 1.5 * J2 * (A_M / r) ** 2
    equatorial, polar = pull * (1 + j * (1 - 5 * (z / r) ** 2)), pull * (1 + j * (3 - 5 * (z / r) ** 2))
    wind = [vx + OMEGA_RAD_S * y, vy - OMEGA_RAD_S * x, vz]
    density = 1.225 * hy.exp(-_height(x, y, z) / 7200.0)
    drag = -0.5 * density * hy.par[0] * hy.sqrt(wind[0] ** 2 + wind[1] ** 2 + wind[2] ** 2)
    forces = [equatorial * x + drag * wind[0], equatorial * y + drag * wind[1], polar * z + drag * wind[2]]
    system = [(x, vx), (y, vy), (z, vz), *zip((vx, vy, vz), forces, strict=True)]
    return hy.taylor_adaptive(system, [1.0] * 6, pars=[0.0], tol=1e-17)


def flown(step: hy.taylor_adaptive, pos_vel: np.ndarray, seconds: float, beta_kg_m2: float) -> np.ndarray:
    """The Earth-fixed state `seconds` later."""
    step.time, step.state[:], step.pars[0] = 0.0, spun(pos_vel, 0.0, to_inertial=True), 1 / beta_kg_m2
    step.propagate_until(seconds, max_delta_t=LONGEST_STEP_S)
    return spun(step.state, seconds, to_inertial=False)


def _height(x: hy.expression, y: hy.expression, z: hy.expression) -> hy.expression:
    """Height by two rounds of Bowring's formula in the tangent of the reduced latitude (another form than ours)."""
    p = hy.sqrt(x**2 + y**2)
    tangent = z / (p * (1 - F))
    for _ in range(2):
        cosine = 1 / hy.sqrt(1 + tangent**2)
        latitude = (z + E2 / (1 - F) * A_M * (tangent * cosine) ** 3) / (p - E2 * A_M * cosine**3)
        tangent = (1 - F) * latitude
    cosine = 1 / hy.sqrt(1 + latitude**2)
    sine = latitude * cosine
    return p * cosine + z * sine - A_M * hy.sqrt(1 - E2 * sine**2)


@pytest.fixture(scope="session")
def arcs() -> Callable[..., np.ndarray]:
    return draw


@pytest.fixture(scope="session")
def oracle() -> Callable[[np.ndarray, float, float], np.ndarray]:
    """The Earth-fixed state of one object some seconds later, by heyoka: oracle(pos_vel, seconds, beta_kg_m2)."""
    step = integrator()
    return lambda pos_vel, seconds, beta_kg_m2: flown(step, pos_vel, seconds, beta_kg_m2)
