"""What each force beside gravity with J2 does along an orbit, whether it is in the path or not: figures for people."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jointwatch.earth.arrays import Floats
from jointwatch.earth.ellipsoid import geodetic_from_ecef
from jointwatch.earth.field import beyond_j2_m_s2
from jointwatch.earth.standard_atmosphere import density_kg_m3
from jointwatch.earth.sun_and_moon import GM_MOON_M3_S2, GM_SUN_M3_S2, moon_m, radiation_m_s2, sun_m, tide_m_s2
from jointwatch.flight.coast import transition_arrays
from jointwatch.tracking.orbit_estimate import OrbitEstimate
from jointwatch.tracking.orbit_path import turned

AREA_TO_MASS_M2_KG = 0.02  # of a communications satellite with its wings, a round figure; light pushes by it
BETA_KG_M2 = 100.0  # m / (C_D A) of the same


@dataclass(frozen=True, slots=True)
class Force:
    """Its name, its greatest acceleration along the path, how far it moves the object at most, and if it is in it."""

    name: str
    greatest_m_s2: float
    moves_m: float
    in_path: bool


def forces(found: OrbitEstimate) -> tuple[Force, ...]:
    """The forces beside J2 along an orbit, m/s^2, and what each alone, from the first number on, comes to in metres."""
    nodes = found.path.nodes
    time = found.numbers.time_tai_ns[0] + np.rint(nodes.time_s * 1e9).astype(np.int64)
    r, v = nodes.x[:, :3], nodes.x[:, 3:]
    sun = sun_m(time)
    pulls = {
        "Earth's field beyond J2, to degree 4": (beyond_j2_m_s2(r), True),
        "Moon": (tide_m_s2(moon_m(time), GM_MOON_M3_S2, r), True),
        "Sun": (tide_m_s2(sun, GM_SUN_M3_S2, r), True),
        "constant push, found": (turned(nodes.time_s) @ found.path.push_m_s2, True),
        f"light of the Sun, at {AREA_TO_MASS_M2_KG:g} m2/kg": (radiation_m_s2(sun, r, AREA_TO_MASS_M2_KG), False),
        f"air, at {BETA_KG_M2:g} kg/m2": (_drag_m_s2(r, v), False),
    }
    steps = np.diff(nodes.time_s)
    _, phi = transition_arrays(nodes.x[:-1], steps)
    return tuple(
        Force(name, float(np.linalg.norm(a, axis=1).max()), _moved_m(a, steps, phi), inside)
        for name, (a, inside) in pulls.items()
    )


def _drag_m_s2(r: Floats, v: Floats) -> Floats:
    """What the air of a mean day does (n, 3)."""
    height = geodetic_from_ecef(r)[2]
    low = height < 1000e3
    density = np.where(low, density_kg_m3(np.where(low, height, 0.0)), 0.0)
    speed = np.linalg.norm(v, axis=1, keepdims=True)
    return np.asarray(-0.5 * density[:, None] / BETA_KG_M2 * speed * v)


def _moved_m(a: Floats, steps_s: Floats, phi: Floats) -> float:
    """How far an acceleration (k, 3) at the nodes moves the object at most, to first order, from none at the first."""
    moved, most = np.zeros(6), 0.0
    for step, h in enumerate(steps_s):
        moved[3:] += 0.5 * h * a[step]
        moved = phi[step] @ moved
        moved[3:] += 0.5 * h * a[step + 1]
        most = max(most, float(np.linalg.norm(moved[:3])))
    return most
