"""What can be said of a flight without integrating: conics, what a turning field conserves, how errors fall."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from jointwatch.earth.ellipsoid import A_M, B_M, GM_M3_S2, J2, J3, J4, OMEGA_RAD_S
from jointwatch.earth.states import Ecef
from jointwatch.flight import coast
from jointwatch.flight.model import EXP, US76, Model

Arcs = Callable[..., np.ndarray]

CONIC_M = 1e-5
TIGHT_M = 1e-7  # asked for where the method is to be compared with a closed form
LONG_S = 1e5
POINT_MASS = Model("a point mass", (0.0, 0.0, 0.0), "exp")
LAUNCHES = {
    "ordinary": {"angle_deg": (25, 55), "speed_km_s": (2, 7)},
    "steep": {"angle_deg": (55, 89), "speed_km_s": (2, 8)},
    "shallow": {"angle_deg": (5, 25), "speed_km_s": (2, 7)},
    "lofted": {"angle_deg": (60, 85), "speed_km_s": (8, 9.5)},
}


def at_rest(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Places and velocities along axes at rest that agree with the Earth's at time 0."""
    turning = OMEGA_RAD_S * np.stack([-x[:, 1], x[:, 0], 0 * x[:, 0]], axis=1)
    return x[:, :3], x[:, 3:] + turning


def conic_impact(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Seconds to the ellipsoid and the Earth-fixed place there, of Kepler ellipses.

    r = a (cos E - e) P + b sin E Q; down between the apogee (E = pi) and the perigee, where the place crosses
    x^2 + y^2 + (z a / b)^2 = a^2 of the Earth: by halving; n t = E - e sin E.
    """
    r, v = at_rest(x)
    length = np.linalg.norm(r, axis=1)
    a = 1 / (2 / length - (v**2).sum(1) / GM_M3_S2)
    to_perigee = np.cross(v, np.cross(r, v)) / GM_M3_S2 - r / length[:, None]
    e = np.linalg.norm(to_perigee, axis=1)
    P = to_perigee / e[:, None]
    Q = np.cross(np.cross(r, v), P)
    Q *= (a * np.sqrt(1 - e**2) / np.linalg.norm(Q, axis=1))[:, None]

    def place(E: np.ndarray) -> np.ndarray:
        return (a * (np.cos(E) - e))[:, None] * P + np.sin(E)[:, None] * Q

    high, low = np.full(len(x), np.pi), np.full(len(x), 2 * np.pi)
    for _ in range(60):
        middle = (high + low) / 2
        over = (place(middle) ** 2 @ [1.0, 1.0, (A_M / B_M) ** 2]) > A_M**2
        high, low = np.where(over, middle, high), np.where(over, low, middle)
    start = np.arctan2((r * v).sum(1) / np.sqrt(GM_M3_S2 * a), 1 - length / a)
    E = (high + low) / 2
    time_s = np.sqrt(a**3 / GM_M3_S2) * (E - e * np.sin(E) - start + e * np.sin(start))
    there, turn = place(E), -OMEGA_RAD_S * time_s
    c, s = np.cos(turn), np.sin(turn)
    east = [c * there[:, 0] - s * there[:, 1], s * there[:, 0] + c * there[:, 1]]
    return time_s, np.stack([*east, there[:, 2]], axis=1)


def jacobi(x: np.ndarray, zonal: tuple[float, float, float]) -> np.ndarray:
    """The energy that a field turning with the Earth conserves, J/kg, with Legendre's polynomials."""
    length = np.linalg.norm(x[:, :3], axis=1)
    s = x[:, 2] / length
    legendre = ((3 * s**2 - 1) / 2, (5 * s**3 - 3 * s) / 2, (35 * s**4 - 30 * s**2 + 3) / 8)
    bulge = sum(
        j * (A_M / length) ** n * polynomial for n, j, polynomial in zip((2, 3, 4), zonal, legendre, strict=True)
    )
    spin = OMEGA_RAD_S**2 * (x[:, :2] ** 2).sum(1) / 2
    return (x[:, 3:] ** 2).sum(1) / 2 - GM_M3_S2 / length * (1 - bulge) - spin


def axial_momentum(x: np.ndarray) -> np.ndarray:
    """Angular momentum about the Earth's axis among the stars, m^2/s: no zonal field has a moment about it."""
    r, v = at_rest(x)
    return r[:, 0] * v[:, 1] - r[:, 1] * v[:, 0]


@pytest.mark.parametrize("launch", LAUNCHES)
def test_without_flattening_and_air_an_arc_is_a_conic_to_a_hundredth_of_a_millimetre(launch: str, arcs: Arcs) -> None:
    x = arcs(300, **LAUNCHES[launch], seed=21)
    time_s, place = conic_impact(x)
    mine_s, there, reached = coast.impact_arrays(x, np.inf, LONG_S, model=POINT_MASS, tolerance_m=TIGHT_M)
    assert reached.all()
    assert np.linalg.norm(there[:, :3] - place, axis=1).max() < CONIC_M
    assert np.abs(mine_s - time_s).max() < 1e-8


def test_a_conic_flown_as_it_comes_is_right_to_a_fifth_of_a_metre(arcs: Arcs) -> None:
    x = np.concatenate([arcs(300, **launch, seed=22) for launch in LAUNCHES.values()])
    there = coast.impact_arrays(x, np.inf, LONG_S, model=POINT_MASS)[1]
    assert np.linalg.norm(there[:, :3] - conic_impact(x)[1], axis=1).max() < 0.2


@pytest.mark.parametrize("model", [POINT_MASS, EXP, US76], ids=lambda model: model.name)
@pytest.mark.parametrize("launch", LAUNCHES)
def test_what_a_turning_field_conserves_is_conserved_to_the_ground(launch: str, model: Model, arcs: Arcs) -> None:
    x = arcs(100, **LAUNCHES[launch], seed=23)
    there = coast.impact_arrays(x, np.inf, LONG_S, model=model, tolerance_m=TIGHT_M)[1]
    # an error of CONIC_M changes the energy by g times it, the momentum by the speed times it
    assert np.abs(jacobi(there, model.zonal) - jacobi(x, model.zonal)).max() < 10 * CONIC_M
    assert np.abs(axial_momentum(there) - axial_momentum(x)).max() < 1e4 * CONIC_M


def test_the_energy_of_one_model_is_not_that_of_another(arcs: Arcs) -> None:
    # so the check above tells models apart: J3 and J4 change the energy along an arc by some J/kg
    x = arcs(100, **LAUNCHES["ordinary"], seed=24)
    there = coast.impact_arrays(x, np.inf, LONG_S, model=US76, tolerance_m=TIGHT_M)[1]
    assert np.abs(jacobi(there, (J2, 0.0, 0.0)) - jacobi(x, (J2, 0.0, 0.0))).max() > 1.0
    assert np.abs(jacobi(there, (J2, J3, J4)) - jacobi(x, (J2, J3, J4))).max() < 10 * CONIC_M


def test_air_only_ever_takes_energy(arcs: Arcs) -> None:
    x = arcs(1, angle_deg=(40, 40), speed_km_s=(5, 5))
    time_s = coast.impact_arrays(x, 1000.0)[0][0]
    path = coast.trajectory(Ecef(x), np.linspace(0, time_s, 400), beta_kg_m2=1000.0).pos_vel
    energy = jacobi(path, (J2, 0.0, 0.0))
    assert np.diff(energy).max() < 0.01
    assert energy[0] - energy[-1] > 1e6


@pytest.mark.parametrize("beta", [np.inf, 5000.0, 300.0])
def test_errors_fall_at_least_as_the_tolerance(beta: float, arcs: Arcs) -> None:
    # an embedded pair of orders 8 and 5 keeps a power over 1 of what is asked: the estimate is the lower order's
    x = arcs(200, **LAUNCHES["ordinary"], seed=25)
    truth = coast.impact_arrays(x, beta, LONG_S, tolerance_m=1e-8)[1]
    asked = np.array([1.0, 0.1, 0.01])
    errors = [coast.impact_arrays(x, beta, LONG_S, tolerance_m=tolerance)[1] - truth for tolerance in asked]
    median = np.array([np.median(np.linalg.norm(error[:, :3], axis=1)) for error in errors])
    assert np.all(np.diff(median) < 0)
    assert np.log(median[0] / median[-1]) / np.log(asked[0] / asked[-1]) > 0.9


@pytest.mark.parametrize("tolerance_m", [0.0, -1.0, np.nan, np.inf])
def test_a_tolerance_that_is_none_is_refused(tolerance_m: float, arcs: Arcs) -> None:
    with pytest.raises(ValueError, match="tolerance_m must be positive"):
        coast.impact_arrays(arcs(1, **LAUNCHES["ordinary"]), 5000.0, tolerance_m=tolerance_m)
