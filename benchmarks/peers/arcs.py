"""The arcs all propagators fly in `benchmarks/propagation.py`, and Kepler's clock for them.

Domain of the study behind the goals: from 100 km height, climbing, latitude within 60 degrees, any direction; speed
and flight-path angle relative to the Earth. Model `exp`: J2, a co-rotating exponential atmosphere over WGS 84.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jointwatch.earth.ellipsoid import A_M, E2, GM_M3_S2, OMEGA_RAD_S, F, ecef_from_geodetic
from jointwatch.earth.topocentric import enu_basis

START_M = 100e3
DENSITY_KG_M3, SCALE_HEIGHT_M = 1.225, 7200.0


@dataclass(frozen=True)
class Regime:
    """Angle over the horizon, degrees, speed, km/s, and ballistic coefficient, kg/m^2."""

    name: str
    angle_deg: tuple[float, float] = (25.0, 55.0)
    speed_km_s: tuple[float, float] = (2.0, 7.0)
    beta_kg_m2: float = 5000.0


ORDINARY = Regime("ordinary")
ROBUSTNESS = (
    Regime("steep", angle_deg=(55, 85)),
    Regime("shallow", angle_deg=(10, 25), speed_km_s=(4, 7)),
    Regime("slow", speed_km_s=(1, 2)),
    Regime("beta 20,000", beta_kg_m2=20000.0),
    Regime("beta 1,000", beta_kg_m2=1000.0),
    Regime("beta 200", beta_kg_m2=200.0),
)


def draw(regime: Regime, count: int, seed: int) -> np.ndarray:
    """States (count, 6), Earth-fixed, m and m/s."""
    rng = np.random.default_rng(seed)
    latitude = np.arcsin(rng.uniform(-1, 1, count) * np.sin(np.pi / 3))
    longitude, azimuth = rng.uniform(-np.pi, np.pi, (2, count))
    angle = np.deg2rad(rng.uniform(*regime.angle_deg, count))
    speed = 1e3 * rng.uniform(*regime.speed_km_s, count)
    level = np.cos(angle)
    enu = speed[:, None] * np.stack([level * np.sin(azimuth), level * np.cos(azimuth), np.sin(angle)], axis=-1)
    velocity = np.einsum("nji,nj->ni", enu_basis(latitude, longitude), enu)
    return np.concatenate([ecef_from_geodetic(latitude, longitude, START_M), velocity], axis=-1)


def seconds_until_down(x: np.ndarray, aim_m: float) -> np.ndarray:
    """About when (n,) the arcs sink through a height, by Kepler's equation: off by up to 30 km of height, as J2 goes.

    Where the apogee is hardly higher, a moment just after it. The radius of the ground is taken from the start.
    """
    rx, ry, rz, vx, vy, vz = x.T
    vx, vy = vx - OMEGA_RAD_S * ry, vy + OMEGA_RAD_S * rx
    r = np.sqrt(rx * rx + ry * ry + rz * rz)
    a = 1 / (2 / r - (vx * vx + vy * vy + vz * vz) / GM_M3_S2)
    e_sin, e_cos = (rx * vx + ry * vy + rz * vz) / np.sqrt(GM_M3_S2 * a), 1 - r / a
    e = np.sqrt(e_sin * e_sin + e_cos * e_cos)
    aim_r = np.minimum(r - START_M + aim_m, 0.02 * r + 0.98 * a * (1 + e))
    E = 2 * np.pi - np.arccos((1 - aim_r / a) / e)
    return np.sqrt(a**3 / GM_M3_S2) * (E - e * np.sin(E) - np.arctan2(e_sin, e_cos) + e_sin)


def heights_m(r: np.ndarray) -> np.ndarray:
    """Height of positions (3, n) over WGS 84, one step of Bowring's formula: below 1 mm off up to 10,000 km."""
    x, y, z = r
    p = np.sqrt(x * x + y * y)
    bz, bp = z, p * (1 - F)
    scale = 1 / np.sqrt(bz * bz + bp * bp)
    nz, np_ = z + E2 / (1 - F) * A_M * (bz * scale) ** 3, p - E2 * A_M * (bp * scale) ** 3
    scale = 1 / np.sqrt(nz * nz + np_ * np_)
    sine, cosine = nz * scale, np_ * scale
    return p * cosine + z * sine - A_M * np.sqrt(1 - E2 * sine * sine)
