"""Kepler elements from Earth-fixed states, against an orbit laid out by hand."""

import numpy as np
import pytest

from jointwatch.earth.ellipsoid import A_M, GM_M3_S2, OMEGA_RAD_S
from jointwatch.earth.states import Ecef
from jointwatch.flight import orbit


def at_perigee(r_p: float, r_a: float, inclination: float) -> Ecef:
    """A state at the perigee over the equator, going north-east, as the ground sees it."""
    speed = np.sqrt(GM_M3_S2 * (2 / r_p - 2 / (r_p + r_a)))
    return Ecef([r_p, 0, 0, 0, speed * np.cos(inclination) - OMEGA_RAD_S * r_p, speed * np.sin(inclination)])


@pytest.mark.parametrize("inclination_deg", [0.0, 55.5, 90.0, 98.0, 180.0])
def test_perigee_apogee_and_inclination_come_back(inclination_deg: float) -> None:
    state = at_perigee(A_M + 242e3, A_M + 382e3, np.deg2rad(inclination_deg))
    assert orbit.perigee_height_m(state)[0] == pytest.approx(242e3, abs=0.01)
    assert orbit.apogee_height_m(state)[0] == pytest.approx(382e3, abs=0.01)
    assert np.rad2deg(orbit.inclination_rad(state)[0]) == pytest.approx(inclination_deg, abs=1e-9)


def test_what_falls_has_its_perigee_underground_and_what_escapes_no_apogee() -> None:
    stone = Ecef([A_M + 1e5, 0, 0, 100.0, 0, 0])
    escaping = Ecef([A_M + 1e6, 0, 0, 0, 12_000.0, 0])
    assert orbit.perigee_height_m(stone)[0] < -6.3e6
    assert orbit.apogee_height_m(stone)[0] == pytest.approx(100e3 + 100**2 / 2 / 9.5, abs=200)
    assert orbit.apogee_height_m(escaping)[0] == np.inf
    assert orbit.perigee_height_m(escaping)[0] > 0
