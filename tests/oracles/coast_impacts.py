"""Remakes `coast_impacts.csv`: where arcs of many kinds come down, by heyoka and the textbook's equations.

    python tests/oracles/coast_impacts.py

Oracle and equations are those of `tests/flight/conftest.py`: Taylor's method at tolerance 1e-17 in axes at rest, no
step longer than 2 s below 400 km. The states are rounded first, so that the file says all digits of what was flown.
Good to 1e-5 m. A minute of computing.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

TABLE = Path(__file__).with_suffix(".csv")
HEAD = "regime,beta_kg_m2,x_m,y_m,z_m,vx_m_s,vy_m_s,vz_m_s,impact_s,impact_x_m,impact_y_m,impact_z_m"


@dataclass(frozen=True)
class Regime:
    """How many arcs, angle over the horizon, degrees, speed, km/s, ballistic coefficient, kg/m^2, start, km.

    The last two evenly in their logarithms.
    """

    count: int = 120
    angle_deg: tuple[float, float] = (25, 55)
    speed_km_s: tuple[float, float] = (2, 7)
    beta_kg_m2: tuple[float, float] = (5000, 5000)
    height_km: tuple[float, float] = (100, 100)


REGIMES = {
    "ordinary": Regime(),
    "steep": Regime(angle_deg=(55, 85)),
    "shallow": Regime(angle_deg=(10, 25), speed_km_s=(4, 7)),
    "slow": Regime(speed_km_s=(1, 2)),
    "heavy": Regime(beta_kg_m2=(20000, 20000)),
    "light": Regime(beta_kg_m2=(1000, 1000)),
    "feather": Regime(beta_kg_m2=(200, 200)),
    "any": Regime(200, angle_deg=(5, 85), speed_km_s=(1, 7), beta_kg_m2=(50, 1e5)),
    "grazing": Regime(60, angle_deg=(1, 10), speed_km_s=(4, 6.5)),
    "lofted": Regime(60, angle_deg=(60, 89.9), speed_km_s=(7, 9)),
    "falling": Regime(60, angle_deg=(-70, -10), speed_km_s=(0.5, 6), beta_kg_m2=(200, 10000), height_km=(60, 60)),
    "hopping": Regime(60, angle_deg=(10, 80), speed_km_s=(0.1, 1), beta_kg_m2=(200, 10000), height_km=(5, 5)),
    "dust": Regime(30, beta_kg_m2=(20, 20)),
    "drifting": Regime(60, (-89, 89), speed_km_s=(0.02, 0.5), beta_kg_m2=(50, 5000), height_km=(20, 90)),
    "anywhere": Regime(300, (-89.9, 89.9), speed_km_s=(0.02, 7.3), beta_kg_m2=(10, 1e5), height_km=(0.01, 500)),
}


def drawn(regime: Regime, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Rounded states (n, 6) and ballistic coefficients (n,)."""
    from conftest import draw
    from jointwatch.earth.ellipsoid import ecef_from_geodetic, geodetic_from_ecef

    x = draw(regime.count, angle_deg=regime.angle_deg, speed_km_s=regime.speed_km_s, seed=seed)
    rng = np.random.default_rng(seed)
    beta, height_km = (
        np.exp(rng.uniform(*np.log(bounds), regime.count)) for bounds in (regime.beta_kg_m2, regime.height_km)
    )
    latitude, longitude, _ = geodetic_from_ecef(x[:, :3])
    x[:, :3] = ecef_from_geodetic(latitude, longitude, 1e3 * height_km)
    return np.concatenate([x[:, :3].round(2), x[:, 3:].round(5)], axis=1), beta.round(2)


def impact(step: Any, x: np.ndarray, beta: float) -> tuple[float, np.ndarray]:
    """Seconds to the ground and the Earth-fixed position there: down by short steps, then Newton's method."""
    from conftest import spun
    from jointwatch.earth.ellipsoid import geodetic_from_ecef

    def height(seconds: float, later_s: float = 0.0) -> float:
        state = step.state.copy()
        state[:3] += later_s * state[3:]
        return float(geodetic_from_ecef(spun(state, seconds + later_s, to_inertial=False)[:3])[2])

    step.time, step.state[:], step.pars[0] = 0.0, spun(x, 0.0, to_inertial=True), 1 / beta
    t, h = 0.0, height(0.0)
    while h > 0:
        near_s = 0.5 * h / np.linalg.norm(step.state[3:])  # deep under the ground the air stops what Newton starts from
        t += 20.0 if h > 600e3 else min(2.0, max(0.01, near_s))
        step.propagate_until(t, max_delta_t=2.0 if h < 600e3 else 20.0)
        h = height(t)
    for _ in range(6):
        t -= h / ((height(t, 1e-3) - height(t, -1e-3)) / 2e-3)
        step.propagate_until(t, max_delta_t=2.0)
        h = height(t)
    assert abs(h) < 1e-7
    return t, spun(step.state, t, to_inertial=False)[:3]


def main() -> None:
    """Fly them all and write the table."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "flight"))
    from conftest import integrator

    step, lines = integrator(), [HEAD]
    for seed, (name, regime) in enumerate(REGIMES.items(), start=100):
        for x, beta in zip(*drawn(regime, seed), strict=True):
            t, there = impact(step, x, beta)
            start = ",".join(f"{value:.2f}" for value in x[:3]) + "," + ",".join(f"{value:.5f}" for value in x[3:])
            lines.append(f"{name},{beta:.2f},{start},{t:.7f}," + ",".join(f"{value:.5f}" for value in there))
    TABLE.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
