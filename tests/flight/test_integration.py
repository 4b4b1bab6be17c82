"""The method of order 8: its table and its order."""

from __future__ import annotations

import numpy as np
import pytest

from jointwatch.flight import dop853, integration
from jointwatch.flight.dynamics import acceleration
from jointwatch.flight.model import EXP

START = np.array([6.6e6, 1e5, -2e5, 1000.0, 5000.0, 3000.0])


def step_from(state: np.ndarray, h: float) -> tuple[np.ndarray, float]:
    k, end = np.empty((dop853.STAGES, 6)), np.empty(6)
    integration._slope(state, 0.0, EXP.forces, k[0])
    off2, slip2 = integration._step(state, h, 0.0, EXP.forces, k, end)
    return end, float(np.sqrt(off2 + (integration.VELOCITY_WEIGHT_S**2) * slip2)) / integration.TOLERANCE_M


def one_step(h: float) -> tuple[np.ndarray, float]:
    return step_from(START, h)


def in_short_steps(h: float) -> np.ndarray:
    state = START
    for _ in range(32):
        state, _ = step_from(state, h / 32)
    return state


def test_the_table_is_consistent() -> None:
    nodes = dop853.A.sum(axis=1)
    assert dop853.WEIGHTS.sum() == pytest.approx(1, abs=1e-14)
    assert dop853.ERROR.sum() == pytest.approx(0, abs=1e-14)
    for power in range(1, 8):  # the quadrature conditions of order 8
        assert dop853.WEIGHTS @ nodes**power == pytest.approx(1 / (power + 1), abs=1e-14)


def test_the_eighth_order_shows() -> None:
    # the error of one step falls by 2^9 when it is halved
    errors = [np.linalg.norm((one_step(h)[0] - in_short_steps(h))[:3]) for h in (400.0, 200.0)]
    assert np.log2(errors[0] / errors[1]) == pytest.approx(9, abs=0.7)


def test_the_error_a_step_reports_is_larger_than_the_one_it_makes() -> None:
    for h in (50.0, 100.0, 200.0):
        whole, reported = one_step(h)
        made = np.linalg.norm((whole - in_short_steps(h))[:3]) / integration.TOLERANCE_M
        assert made < reported


@pytest.mark.parametrize("error", [np.nan, np.inf])
def test_an_error_beyond_number_shrinks_the_step(error: float) -> None:
    assert integration._adapted(10.0, error) == 1.0


def test_the_frame_turns_with_the_earth() -> None:
    # Seen from the ground, a stone at rest in space over the equator runs west at omega r. It circles the axis once a
    # day whatever pulls at it, so its acceleration is that of the fall and omega^2 r more.
    omega, r = 7.292115e-5, 7e6
    pull = 3.986004418e14 / r**2 * (1 + 1.5 * 1.0826262e-3 * (6378137 / r) ** 2)
    seen = acceleration(r, 0.0, 0.0, 0.0, -omega * r, 0.0, 0.0, EXP.forces)
    assert seen == pytest.approx((-pull - omega**2 * r, 0.0, 0.0))


def test_drag_pulls_against_the_wind_of_the_turning_air() -> None:
    r = 6_378_137.0 + 20_000.0
    with_air = np.array(acceleration(r, 0.0, 0.0, 300.0, 400.0, -1200.0, 1 / 1000.0, EXP.forces))
    drag = with_air - acceleration(r, 0.0, 0.0, 300.0, 400.0, -1200.0, 0.0, EXP.forces)
    density = 1.225 * np.exp(-20 / 7.2)
    assert drag == pytest.approx(-0.5 * density * 1300.0 / 1000.0 * np.array([300.0, 400.0, -1200.0]), rel=1e-9)
