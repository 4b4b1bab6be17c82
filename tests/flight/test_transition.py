"""The transition matrix without and with air: by automatic derivatives, by differences, and by the laws it obeys.

The oracle with air is heyoka: potential, height and air written as expressions, differentiated by its own rules.
"""

from __future__ import annotations

from collections.abc import Callable

import heyoka as hy
import numpy as np
import pytest

from jointwatch.earth.ellipsoid import A_M, E2, GM_M3_S2, J2, OMEGA_RAD_S, F, ecef_from_geodetic
from jointwatch.earth.states import Ecef
from jointwatch.earth.topocentric import enu_basis
from jointwatch.flight import coast
from jointwatch.flight.dispersion import transition
from jointwatch.flight.model import EXP, US76, Model
from jointwatch.flight.segments import pulls
from jointwatch.flight.variation import vary
from jointwatch.flight.variation_in_air import vary_in_air

Arcs = Callable[..., np.ndarray]
Derivatives = Callable[[np.ndarray, float, float], tuple[np.ndarray, np.ndarray]]

TEN_SECONDS_M = 2e-4  # one step of 10 s against the adaptive method; 7e-5 m was the worst seen
WHOLE_FLIGHT_M = 0.1


@pytest.fixture
def x(arcs: Arcs) -> np.ndarray:
    return arcs(12, angle_deg=(25, 55), speed_km_s=(2, 7))


@pytest.mark.parametrize("seconds", [-10.0, 2.5, 10.0])
def test_ten_seconds_are_good_to_a_fraction_of_a_millimetre(seconds: float, x: np.ndarray) -> None:
    there, _ = coast.transition_arrays(x, seconds)
    exact = coast.propagate_arrays(x, seconds)
    assert np.abs(there - exact)[:, :3].max() < TEN_SECONDS_M
    assert np.abs(there - exact)[:, 3:].max() < TEN_SECONDS_M / 10


def test_a_whole_flight_is_good_to_ten_centimetres(x: np.ndarray) -> None:
    seconds = 0.97 * coast.impact_arrays(x, np.inf)[0]
    there, _ = coast.transition_arrays(x, seconds)
    assert np.abs(there - coast.propagate_arrays(x, seconds))[:, :3].max() < WHOLE_FLIGHT_M


@pytest.mark.parametrize("seconds", [10.0, -35.0, 240.0])
def test_phi_is_the_derivative_by_differences(seconds: float, x: np.ndarray) -> None:
    _, phi = coast.transition_arrays(x, seconds)
    for axis, step in enumerate([50.0] * 3 + [0.05] * 3):
        shift = np.zeros(6)
        shift[axis] = step
        ahead, behind = (coast.transition_arrays(x + sign * shift, seconds)[0] for sign in (1, -1))
        scale = np.array([1.0] * 3 + [1e-3] * 3)
        assert np.abs(((ahead - behind) / (2 * step) - phi[:, :, axis]) / scale).max() < 1e-5 * max(1, abs(seconds))


def test_phi_is_symplectic_in_canonical_momenta(x: np.ndarray) -> None:
    # p = v + omega x r; with it Phi' J Phi = J, so volume is kept too (Liouville)
    _, phi = coast.transition_arrays(x, 600.0)
    spin = OMEGA_RAD_S * np.array([[0, -1, 0], [1, 0, 0], [0, 0, 0.0]])
    canonical = np.block([[np.eye(3), np.zeros((3, 3))], [spin, np.eye(3)]])
    mixed = canonical @ phi @ np.linalg.inv(canonical)
    scale = np.diag([1e-3] * 3 + [1.0] * 3)  # kilometres, or the blocks have no common size
    mixed = scale @ mixed @ np.linalg.inv(scale)
    J = np.block([[np.zeros((3, 3)), np.eye(3)], [-np.eye(3), np.zeros((3, 3))]])
    assert np.abs(np.swapaxes(mixed, 1, 2) @ J @ mixed - J).max() < 1e-8
    assert np.linalg.det(phi) == pytest.approx(np.ones(len(x)), abs=1e-9)


def test_there_and_back_and_in_two_legs(x: np.ndarray) -> None:
    there, out = coast.transition_arrays(x, 120.0)
    half, first = coast.transition_arrays(x, 60.0)
    both, second = coast.transition_arrays(half, 60.0)
    assert np.abs(both - there)[:, :3].max() < 1e-6
    assert np.abs(second @ first - out).max() < 1e-6
    _, back = coast.transition_arrays(there, -120.0)
    assert np.abs(back @ out - np.eye(6)).max() < 1e-4


def test_the_fourth_order_shows(x: np.ndarray) -> None:
    # one step of 10 s against the adaptive method, then of 5 s: local errors fall by 2^5
    errors = [
        np.abs(coast.transition_arrays(x, h)[0] - coast.propagate_arrays(x, h))[:, :3].max(axis=1) for h in (10.0, 5.0)
    ]
    assert np.median(np.log2(errors[0] / errors[1])) == pytest.approx(5, abs=0.3)


def test_each_object_has_its_own_duration_and_nothing_takes_nothing(x: np.ndarray) -> None:
    seconds = np.linspace(-20, 20, 12)
    there, phi = coast.transition(Ecef(x), seconds)
    assert np.array_equal(there.pos_vel[3:4], coast.transition_arrays(x[3:4], seconds[3])[0])
    still, unit = coast.transition_arrays(x, 0.0)
    assert np.array_equal(still, x)
    assert np.array_equal(unit, np.broadcast_to(np.eye(6), unit.shape))
    assert phi.shape == (12, 6, 6)
    assert coast.transition_arrays(np.empty((0, 6)), 1.0)[1].shape == (0, 6, 6)
    assert len(vary.signatures) == 1


# --- with air ------------------------------------------------------------------------------------------------------

# flight-path angle, speed, ballistic coefficient
REGIMES = {
    "ordinary": ((25, 55), (2, 7), 5000.0),
    "steep": ((55, 85), (2, 7), 5000.0),
    "shallow": ((10, 25), (4, 7), 5000.0),
    "slow": ((25, 55), (1, 2), 5000.0),
    "light": ((25, 55), (2, 7), 1000.0),
    "feather": ((25, 55), (2, 7), 200.0),
    "airless": ((25, 55), (2, 7), np.inf),
}
MODELS = pytest.mark.parametrize("model", [EXP, US76], ids=["exp", "us76"])
SHARE = 5e-7  # error of a column, in its own length; 4e-8 was the worst against heyoka, 2e-7 by a law
STATE_M = 2e-3  # 2e-4 m was the worst
BY_BETA_M = 1e3  # least length of the column by log beta, which begins at nothing
LATE_S = 300.0  # metres that a velocity of 1 m/s stands for in a length


def apart(phi: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """The errors of the columns of matrices (n, 6, 7), in shares of their lengths."""
    scale = np.array([1.0] * 3 + [LATE_S] * 3)[:, None]
    length = np.linalg.norm(scale * truth, axis=-2)
    return np.linalg.norm(scale * (phi - truth), axis=-2) / np.maximum(length, [1.0] * 6 + [BY_BETA_M])


def falls(arcs: Arcs, regime: str, count: int = 6) -> tuple[np.ndarray, float, np.ndarray]:
    """States of a regime, their ballistic coefficient, and the seconds to where they are down."""
    angle, speed, beta = REGIMES[regime]
    x = arcs(count, angle_deg=angle, speed_km_s=speed, seed=11)
    return x, beta, coast.impact_arrays(x, beta, 1e5)[0]


def heyoka_height(x: hy.expression, y: hy.expression, z: hy.expression) -> hy.expression:
    """Two rounds of Bowring's formula in tangents."""
    p = hy.sqrt(x**2 + y**2)
    reduced = z / (p * (1 - F))
    for _ in range(2):
        cosine = 1 / hy.sqrt(1 + reduced**2)
        latitude = (z + E2 / (1 - F) * A_M * (reduced * cosine) ** 3) / (p - E2 * A_M * cosine**3)
        reduced = (1 - F) * latitude
    cosine = 1 / hy.sqrt(1 + latitude**2)
    return p * cosine + z * latitude * cosine - A_M * hy.sqrt(1 - E2 * (latitude * cosine) ** 2)


@pytest.fixture(scope="module")
def derivatives() -> Derivatives:
    """The state and its derivatives (6, 7) some seconds after a state, for a ballistic coefficient."""
    x, y, z, vx, vy, vz = hy.make_vars("x", "y", "z", "vx", "vy", "vz")
    r = hy.sqrt(x**2 + y**2 + z**2)
    level = GM_M3_S2 / r * (1 - J2 * (A_M / r) ** 2 * (1.5 * (z / r) ** 2 - 0.5)) + OMEGA_RAD_S**2 / 2 * (x**2 + y**2)
    drag = 0.5 * 1.225 * hy.exp(-heyoka_height(x, y, z) / 7200.0 - hy.par[0]) * hy.sqrt(vx**2 + vy**2 + vz**2)
    ax, ay, az = (hy.diff(level, q) - drag * v for q, v in ((x, vx), (y, vy), (z, vz)))
    ax, ay = ax + 2 * OMEGA_RAD_S * vy, ay - 2 * OMEGA_RAD_S * vx
    system = hy.var_ode_sys(
        [(x, vx), (y, vy), (z, vz), (vx, ax), (vy, ay), (vz, az)], hy.var_args.vars | hy.var_args.params, order=1
    )
    step = hy.taylor_adaptive(system, [1.0] * 6, pars=[0.0], tol=1e-15, compact_mode=True)

    def fly(state: np.ndarray, seconds: float, beta_kg_m2: float) -> tuple[np.ndarray, np.ndarray]:
        step.time, step.pars[0] = 0.0, np.log(beta_kg_m2)
        step.state[:6], step.state[6:] = state, np.eye(6, 7).ravel()
        step.propagate_until(seconds, max_delta_t=2.0)
        return step.state[:6].copy(), step.state[6:].reshape(6, 7).copy()

    return fly


@pytest.mark.parametrize("regime", [name for name in REGIMES if name != "airless"])
def test_phi_is_heyokas_automatic_derivative_down_to_the_ground(
    regime: str, arcs: Arcs, derivatives: Derivatives
) -> None:
    x, beta, ground_s = falls(arcs, regime)
    seconds = ground_s * np.array([1.0, 1.0, 1.0, 0.98, 0.7, 0.02])
    there, phi = transition(Ecef(x), seconds, beta_kg_m2=beta)
    truth = [derivatives(*row, beta) for row in zip(x, seconds, strict=True)]
    assert np.abs(there.pos_vel - [state for state, _ in truth]).max() < STATE_M
    assert apart(phi, np.array([by for _, by in truth])).max() < SHARE


def missed(phi: np.ndarray, start: np.ndarray, end: np.ndarray) -> float:
    """How far Phi (n, 6, 6) takes small changes at the start from those at the end, in shares of what it adds up."""
    scale = np.array([1.0] * 3 + [LATE_S] * 3)
    off = np.einsum("nij,nj->ni", phi, start) - end
    terms = np.einsum("nij,nj->ni", np.abs(phi), np.abs(start))
    return float((np.linalg.norm(scale * off, axis=1) / np.linalg.norm(scale * terms, axis=1)).max())


def onwards(x: np.ndarray, beta: float, model: Model) -> np.ndarray:
    """The time derivatives (n, 6) of states: velocity and acceleration."""
    pull = np.empty((len(x), 3))
    pulls(np.ascontiguousarray(x), np.full(len(x), 1 / beta), model.forces, pull)
    return np.concatenate([x[:, 3:], pull], axis=1)


@MODELS
@pytest.mark.parametrize("regime", REGIMES)
def test_who_starts_later_on_a_path_is_later_on_it(model: Model, regime: str, arcs: Arcs) -> None:
    x, beta, ground_s = falls(arcs, regime, count=40)
    there, phi = transition(Ecef(x), 0.999 * ground_s, beta_kg_m2=beta, model=model)
    assert missed(phi[:, :, :6], onwards(x, beta, model), onwards(there.pos_vel, beta, model)) < SHARE


@MODELS
@pytest.mark.parametrize("regime", REGIMES)
def test_another_longitude_is_another_longitude_for_ever(model: Model, regime: str, arcs: Arcs) -> None:
    x, beta, ground_s = falls(arcs, regime, count=40)
    there, phi = transition(Ecef(x), 0.999 * ground_s, beta_kg_m2=beta, model=model)
    east, then = (states[:, [1, 0, 2, 4, 3, 5]] * [-1, 1, 0, -1, 1, 0] for states in (x, there.pos_vel))
    assert missed(phi[:, :, :6], east, then) < 1e-13  # every Runge-Kutta step keeps it


@MODELS
@pytest.mark.parametrize("regime", REGIMES)
def test_two_legs_are_one_flight(model: Model, regime: str, arcs: Arcs) -> None:
    x, beta, ground_s = falls(arcs, regime)
    halfway, first = transition(Ecef(x), 0.95 * ground_s, beta_kg_m2=beta, model=model)
    there, second = transition(halfway, 0.04 * ground_s, beta_kg_m2=beta, model=model)
    directly, whole = transition(Ecef(x), 0.99 * ground_s, beta_kg_m2=beta, model=model)
    both = np.concatenate(
        [second[:, :, :6] @ first[:, :, :6], second[:, :, :6] @ first[:, :, 6:] + second[:, :, 6:]], 2
    )
    assert np.abs(there - directly)[:, :3].max() < 1e-3
    assert apart(both, whole).max() < 2e-6  # the two legs' errors, in the length of what drag has left


@MODELS
def test_backwards_undoes_forwards_through_the_air(model: Model, arcs: Arcs) -> None:
    x, beta, ground_s = falls(arcs, "ordinary")
    there, out = transition(Ecef(x), 0.97 * ground_s, beta_kg_m2=beta, model=model)
    again, back = transition(there, -0.97 * ground_s, beta_kg_m2=beta, model=model)
    assert np.abs(again - Ecef(x))[:, :3].max() < 0.01
    late = np.array([1.0] * 3 + [LATE_S] * 3)
    unit = (back[:, :, :6] @ out[:, :, :6]) * late[:, None] / late
    assert np.abs(unit - np.eye(6)).max() < 1e-3  # columns of 1,000 on both ways, each right to 1e-7


@MODELS
def test_phi_is_the_derivative_by_differences_through_every_layer(model: Model) -> None:
    # a fall from 95 km, looked at on either side of every joint of the standard's layers below
    x = np.concatenate([ecef_from_geodetic(0.6, 0.9, 95e3), np.array([800.0, 900.0, -2500.0]) @ enu_basis(0.6, 0.9)])
    seconds = np.array([2.0, 6.0, 12.0, 18.0, 20.0, 23.0, 27.0, 31.0, 34.0, 37.0, 43.0])

    def states(shift: np.ndarray, log_beta: float) -> np.ndarray:
        there, unused = np.empty((len(seconds), 6)), np.empty((len(seconds), 6, 7))
        starts, inverse_beta = np.tile(x + shift, (len(seconds), 1)), np.full(len(seconds), np.exp(-log_beta) / 2000.0)
        vary_in_air(starts, seconds, inverse_beta, model.forces, 1e-5, 1e-6, there, unused)
        return there

    _, phi = transition(Ecef(np.tile(x, (len(seconds), 1))), seconds, beta_kg_m2=2000.0, model=model)
    slopes = []
    for step in np.diag([20.0] * 3 + [0.2] * 3 + [1e-3]):
        near, far = (states(k * step[:6], k * step[6]) - states(-k * step[:6], -k * step[6]) for k in (1, 2))
        slopes.append((8 * near - far) / (12 * step.sum()))
    assert apart(phi, np.stack(slopes, axis=2)).max() < 3e-8


def test_volume_shrinks_by_the_drag(arcs: Arcs) -> None:
    # Liouville: the trace of the equations' Jacobian is that of the drag by velocity, -2 rho v / beta
    x, beta, ground_s = falls(arcs, "ordinary")
    nodes, weights = np.polynomial.legendre.leggauss(200)
    begun = transition(Ecef(x), ground_s - 120.0, beta_kg_m2=beta)[0]
    for i in range(len(x)):
        _, phi = transition(begun[i : i + 1], 119.0, beta_kg_m2=beta)
        path, _ = transition(Ecef(np.tile(begun.pos_vel[i], (200, 1))), 59.5 * (1 + nodes), beta_kg_m2=beta)
        drag = onwards(path.pos_vel, beta, EXP) - onwards(path.pos_vel, np.inf, EXP)
        thickness = np.linalg.norm(drag, axis=1) / np.linalg.norm(path.v_m_s, axis=1)  # rho v / (2 beta)
        assert np.linalg.slogdet(phi[0, :, :6])[1] == pytest.approx(-4 * 59.5 * weights @ thickness, rel=1e-8)


def test_without_air_it_is_the_quick_matrix_and_keeps_volume(x: np.ndarray) -> None:
    there, quick = coast.transition(Ecef(x), 60.0)
    same, phi = transition(Ecef(x), 60.0)
    assert np.abs(there - same)[:, :3].max() < WHOLE_FLIGHT_M / 100
    assert apart(phi, np.concatenate([quick, np.zeros((len(x), 6, 1))], axis=2)).max() < 1e-7
    assert not phi[:, :, 6].any()
    seconds = coast.impact_arrays(x, np.inf)[0]
    assert np.linalg.slogdet(transition(Ecef(x), seconds)[1][:, :, :6])[1] == pytest.approx(np.zeros(len(x)), abs=1e-6)


@MODELS
def test_the_state_is_that_of_the_propagator(model: Model, arcs: Arcs) -> None:
    for regime in REGIMES:
        x, beta, _ = falls(arcs, regime)
        seconds, ground, _ = coast.impact_arrays(x, beta, 1e5, model=model, tolerance_m=1e-4)
        there, _ = transition(Ecef(x), seconds, beta_kg_m2=beta, model=model)
        assert np.abs(there.r_m - ground[:, :3]).max() < 0.05


def test_each_has_its_own_duration_and_ballistic_coefficient_in_any_company(arcs: Arcs) -> None:
    x = np.tile(arcs(12, angle_deg=(10, 80), speed_km_s=(1, 7)), (60, 1))  # more than one part
    seconds, beta = np.linspace(-50, 400, len(x)), np.geomspace(100, 1e5, len(x))
    there, phi = transition(Ecef(x), seconds, beta_kg_m2=beta, model=US76)
    for i in (0, 100, 511, 512, 719):
        alone, by = transition(Ecef(x[i]), seconds[i], beta_kg_m2=beta[i], model=US76)
        assert np.array_equal(alone.pos_vel[0], there.pos_vel[i])
        assert np.array_equal(by[0], phi[i])
    still, unit = transition(Ecef(x[:3]), 0.0, beta_kg_m2=5000.0)
    assert np.array_equal(still.pos_vel, x[:3])
    assert np.array_equal(unit, np.broadcast_to(np.eye(6, 7), unit.shape))
    assert transition(Ecef(np.empty((0, 6))), 1.0)[1].shape == (0, 6, 7)
    assert len(vary_in_air.signatures) == 1


def test_where_the_numbers_end_is_nan() -> None:
    low = np.concatenate([ecef_from_geodetic(0.6, 0.9, 5e3), -200.0 * enu_basis(0.6, 0.9)[2]])
    for seconds, beta in ((-600.0, 20.0), (600.0, np.inf)):  # out of dense air; into the Earth's interior
        there, phi = transition(Ecef(low), seconds, beta_kg_m2=beta)
        assert np.isnan(there.pos_vel).all()
        assert np.isnan(phi).all()


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda s: transition(s, np.nan), "must be finite seconds"),
        (lambda s: transition(s, 1.0, beta_kg_m2=-1.0), "beta_kg_m2 must be positive"),
        (lambda s: transition(Ecef(np.full((2, 6), np.inf)), 1.0), "six finite numbers; number 0"),
    ],
)
def test_wrong_use_is_refused_in_words(call: Callable[[Ecef], object], sentence: str, x: np.ndarray) -> None:
    with pytest.raises(ValueError, match=sentence):
        call(Ecef(x))
