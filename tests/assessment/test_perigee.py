"""The chance of an orbit, against draws, and the same wherever on the Earth it is asked."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jointwatch.assessment.perigee import perigee_range_km, probability_above
from jointwatch.earth.ellipsoid import A_M, GM_M3_S2, OMEGA_RAD_S
from jointwatch.earth.states import Ecef
from jointwatch.flight import orbit


def level_flight(height_m: float, inertial_speed_m_s: float, climb_m_s: float = 0.0) -> np.ndarray:
    """Over the equator, eastward: the Earth-fixed state of an object of this speed past the stars."""
    r = A_M + height_m
    return np.array([r, 0.0, 0.0, climb_m_s, inertial_speed_m_s - OMEGA_RAD_S * r, 0.0])


def circular_speed(height_m: float) -> float:
    return float(np.sqrt(GM_M3_S2 / (A_M + height_m)))


def turned(x: np.ndarray, angle: float) -> np.ndarray:
    """The same flight at another longitude."""
    c, s = np.cos(angle), np.sin(angle)
    R = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
    return np.concatenate([R @ x[:3], R @ x[3:]])


@pytest.mark.parametrize("below_circular_m_s", [0.0, 20.0, 40.0, 60.0, 120.0])
@pytest.mark.parametrize("climb_m_s", [0.0, 150.0])
def test_the_probability_is_the_share_of_draws_that_stay_up(below_circular_m_s: float, climb_m_s: float) -> None:
    x = level_flight(250e3, circular_speed(250e3) - below_circular_m_s, climb_m_s)
    P = np.diag(np.repeat([1000.0, 15.0], 3) ** 2)
    draws = np.random.default_rng(1).multivariate_normal(x, P, size=20_000)
    share = np.mean(orbit.perigee_height_m(Ecef(draws)) > 120e3)
    assert probability_above(x, P) == pytest.approx(share, abs=0.03)  # u is taken as Gaussian: 0.02 at the worst


def test_an_orbit_stays_up_and_the_same_height_and_half_the_speed_comes_down() -> None:
    P = np.diag(np.repeat([300.0, 5.0], 3) ** 2)
    assert probability_above(level_flight(250e3, circular_speed(250e3)), P) > 0.999
    assert probability_above(level_flight(250e3, 0.5 * circular_speed(250e3)), P) < 1e-6


def test_what_is_below_the_top_of_the_air_cannot_have_its_perigee_above_it() -> None:
    P = np.diag(np.repeat([300.0, 5.0], 3) ** 2)
    for climb_m_s in (0.0, 500.0, 2000.0):
        assert probability_above(level_flight(100e3, circular_speed(100e3), climb_m_s), P) < 1e-6


@given(st.floats(-np.pi, np.pi), st.floats(7000.0, 7900.0), st.floats(-300.0, 300.0))
def test_the_place_over_the_turning_earth_changes_nothing(angle: float, speed: float, climb: float) -> None:
    x = level_flight(250e3, speed, climb)
    P = np.diag(np.repeat([1000.0, 20.0], 3) ** 2)
    # sigma points stand along axes that do not turn with the flight: the tail of the probability is that uncertain
    assert probability_above(turned(x, angle), P) == pytest.approx(probability_above(x, P), abs=1e-3)


def test_two_sigma_of_perigee_stand_around_the_perigee() -> None:
    x = level_flight(250e3, circular_speed(250e3) - 40.0)
    low, high = perigee_range_km(x, np.diag(np.repeat([100.0, 2.0], 3) ** 2))
    assert low < orbit.perigee_height_m(Ecef(x))[0] / 1e3 < high
    assert high - low == pytest.approx(4 * 2.0 * 3.5, rel=0.15)  # 2 m/s, and 3.5 km of perigee for each
