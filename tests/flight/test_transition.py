"""The transition matrix, by differences and by the laws every such matrix obeys."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from jointwatch.earth.ellipsoid import OMEGA_RAD_S
from jointwatch.earth.states import Ecef
from jointwatch.flight import coast
from jointwatch.flight.variation import vary

Arcs = Callable[..., np.ndarray]

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
