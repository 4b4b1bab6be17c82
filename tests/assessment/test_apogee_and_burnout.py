"""The highest point and the end of boost of a track, against a Monte Carlo run and the track itself."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from jointwatch.assessment.apogee import apogee
from jointwatch.assessment.burnout import burnout
from jointwatch.earth.ellipsoid import ecef_from_geodetic, geodetic_from_ecef
from jointwatch.earth.states import Ecef
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.earth.topocentric import enu_basis
from jointwatch.flight import coast

LATITUDE, LONGITUDE = np.radians([36.0, 55.0])
STEP_S, BOOSTING, THRUST_M_S2 = 5.0, 4, 40.0
SIGMA = np.diag([200.0, 200.0, 200.0, 5.0, 5.0, 5.0]) ** 2


def flight(speed_m_s: float = 4000.0, boosting: int = BOOSTING) -> SimpleNamespace:
    """Return a track: some states under thrust, the rest coasting, each with the same covariance."""
    basis = np.asarray(enu_basis(LATITUDE, LONGITUDE)).reshape(3, 3)
    start = np.concatenate(
        [ecef_from_geodetic(LATITUDE, LONGITUDE, 120e3), speed_m_s * np.array([0.4, 0.3, 0.866]) @ basis]
    )
    seconds = np.arange(12) * STEP_S
    x = coast.propagate_arrays(np.tile(start, (12, 1)), seconds)
    to_go = np.maximum((boosting - 1) * STEP_S - seconds, 0.0)[:, None]
    x[:, 3:] *= 1.0 - THRUST_M_S2 * to_go / np.linalg.norm(x[:, 3:], axis=1, keepdims=True)
    return SimpleNamespace(
        time_tai_ns=np.round(seconds * NS_PER_S).astype(np.int64),
        x=x,
        P=np.tile(SIGMA, (12, 1, 1)),
        boost_probability=np.where(np.arange(12) < boosting, 0.9, 0.01),
    )


def test_the_apogee_and_its_spread_are_those_of_many_flights() -> None:
    history = flight()
    found = apogee(history)
    assert found is not None
    drawn = np.random.default_rng(1).multivariate_normal(history.x[-1], SIGMA, 4000)
    after_s, height = coast.apogee(Ecef(drawn))
    latitude, longitude, _ = geodetic_from_ecef(coast.propagate_arrays(drawn, after_s)[:, :3])
    assert found.height_m == pytest.approx(height.mean(), abs=5 * height.std() / 4000**0.5 + 20.0)
    assert np.sqrt(found.cov_enu_m2[2, 2]) == pytest.approx(height.std(), rel=0.05)
    assert found.sigma_s == pytest.approx(after_s.std(), rel=0.05)
    assert found.time_tai_ns / NS_PER_S == pytest.approx(55.0 + after_s.mean(), abs=0.1)
    assert found.latitude_rad == pytest.approx(latitude.mean(), abs=5e-6)
    assert found.longitude_rad == pytest.approx(longitude.mean(), abs=5e-6)
    assert np.sqrt(found.cov_enu_m2[1, 1]) == pytest.approx(latitude.std() * 6.37e6, rel=0.06)


def test_the_end_of_boost_lies_on_the_free_flight_wider_along_the_way() -> None:
    history = flight()
    found = burnout(history)
    assert found is not None
    end_s = found.time_tai_ns / NS_PER_S
    assert end_s == pytest.approx((BOOSTING - 1) * STEP_S, abs=found.sigma_s)
    assert found.sigma_s < STEP_S
    there = coast.propagate_arrays(history.x[BOOSTING : BOOSTING + 1], end_s - BOOSTING * STEP_S)
    latitude, longitude, height = geodetic_from_ecef(there[:, :3])
    assert found.height_m == pytest.approx(height[0], abs=0.1)
    assert (found.latitude_rad, found.longitude_rad) == (pytest.approx(latitude[0]), pytest.approx(longitude[0]))
    assert found.speed_m_s == pytest.approx(np.linalg.norm(there[0, 3:]), abs=0.01)
    along = np.linalg.eigvalsh(found.cov_enu_m2)
    of_time, of_state = (found.speed_m_s * found.sigma_s) ** 2, 200.0**2 + (5.0 * (55.0 - end_s)) ** 2
    assert along[-1] == pytest.approx(of_time + of_state, rel=0.02)
    assert along[:2] == pytest.approx([of_state] * 2, rel=0.05)  # gravity's gradient bends it a little


def test_neither_is_told_before_it_can_be() -> None:
    burning = flight(boosting=12)
    assert burnout(burning) is None
    assert apogee(burning) is None
    assert burnout(flight(boosting=0)) is None
    escaping = flight(speed_m_s=11_500.0)
    assert apogee(escaping) is None
