"""Range, azimuth and elevation: there and back, against an independent library, and with exact derivatives."""

from __future__ import annotations

import numpy as np
import pymap3d
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jointwatch.sensors.measurement import Plots, jacobian, position, predict, residual
from jointwatch.sensors.site import Site

GABALA = Site("Gabala", np.radians(40.8707), np.radians(47.8027), 300.0)
ROUND_TRIP_M = 1e-6  # metres; a few hundred roundings at 10,000 km
ORACLE_M = 1e-6  # metres in range
ORACLE_RAD = 1e-12  # radians; 0.01 mm at 10,000 km


def sky(rng: np.random.Generator, n: int) -> np.ndarray:
    return np.stack(
        [rng.uniform(1e4, 1e7, n), rng.uniform(0, 2 * np.pi, n), rng.uniform(-0.4, np.pi / 2 - 1e-3, n)], axis=-1
    )


@given(
    latitude=st.floats(-np.pi / 2, np.pi / 2),
    longitude=st.floats(-np.pi, np.pi),
    height=st.floats(-400.0, 5e3),
    range_m=st.floats(1e3, 1e7),
    azimuth=st.floats(0.0, 2 * np.pi - 1e-9),
    elevation=st.floats(-1.5, 1.5),
)
def test_a_position_made_from_a_measurement_is_predicted_back_to_it(
    latitude: float, longitude: float, height: float, range_m: float, azimuth: float, elevation: float
) -> None:
    """Everywhere, the poles and the date line included."""
    site = Site("anywhere", latitude, longitude, height)
    z = np.array([[range_m, azimuth, elevation]])
    r, _ = position(site, z, np.ones((1, 3)))
    error = residual(predict(site, r), z)[0]
    across = np.hypot(error[1] * np.cos(elevation), error[2]) * range_m
    assert np.hypot(error[0], across) < ROUND_TRIP_M


def test_it_agrees_with_pymap3d() -> None:
    rng = np.random.default_rng(20090520)
    for site in (GABALA, Site("pole", np.pi / 2, 0.3), Site("date line", -0.2, np.pi, 900.0)):
        z = sky(rng, 4000)
        r, _ = position(site, z, np.ones_like(z))
        az, el, slant = pymap3d.ecef2aer(*r.T, site.latitude_rad, site.longitude_rad, site.height_m, deg=False)
        ours = residual(predict(site, r), np.stack([slant, az, el], axis=-1))
        assert np.abs(ours[:, 0]).max() < ORACLE_M
        assert np.abs(ours[:, 1] * np.cos(el)).max() < ORACLE_RAD
        assert np.abs(ours[:, 2]).max() < ORACLE_RAD


def test_the_jacobian_is_the_limit_of_finite_differences() -> None:
    """Central differences over 2 h lose the third derivative, about (h / r)^2 of the value."""
    rng = np.random.default_rng(1)
    z = sky(rng, 500)
    z[:, 2] = np.minimum(z[:, 2], 1.5)
    r, _ = position(GABALA, z, np.ones_like(z))
    h = 1.0
    steps = h * np.eye(3)
    difference = np.stack([residual(predict(GABALA, r + s), predict(GABALA, r - s)) / (2 * h) for s in steps], axis=-1)
    scale = np.array([1.0, 1.0, 1.0]) / np.stack([np.ones(500), z[:, 0] * np.cos(z[:, 2]), z[:, 0]], axis=-1)
    assert np.abs((jacobian(GABALA, r) - difference) / scale[..., None]).max() < 1e-6


def test_straight_above_the_site_the_jacobian_stays_finite() -> None:
    r, _ = position(GABALA, np.array([[5e5, 0.0, np.pi / 2]]), np.ones((1, 3)))
    assert np.isfinite(jacobian(GABALA, r)).all()


def test_the_covariance_of_a_position_maps_back_to_the_sigmas() -> None:
    rng = np.random.default_rng(2)
    z, sigma = sky(rng, 300), np.array([100.0, 1e-3, 2e-3])
    r, P = position(GABALA, z, np.broadcast_to(sigma, z.shape))
    J = jacobian(GABALA, r)
    back = J @ P @ np.swapaxes(J, 1, 2) / np.outer(sigma, sigma)
    assert np.abs(back - np.eye(3)).max() < 1e-6


def test_the_covariance_is_that_of_a_cloud_of_noisy_measurements() -> None:
    """40,000 draws: the normalised error squared has mean 3 within four of its own standard errors."""
    rng = np.random.default_rng(3)
    z, sigma = np.array([1.2e6, 2.4, 0.3]), np.array([150.0, 1e-3, 1e-3])
    n = 40_000
    noisy = z + sigma * rng.standard_normal((n, 3))
    r, P = position(GABALA, noisy, np.broadcast_to(sigma, (n, 3)))
    truth, _ = position(GABALA, z[None], sigma[None])
    nees = np.einsum("ni,nij,nj->n", r - truth, np.linalg.inv(P), r - truth)
    assert abs(nees.mean() - 3) < 4 * np.sqrt(6 / n)


@given(a=st.floats(0, 2 * np.pi), b=st.floats(0, 2 * np.pi))
def test_azimuth_differences_take_the_short_way_round(a: float, b: float) -> None:
    difference = residual(np.array([[1.0, a, 0.0]]), np.array([[1.0, b, 0.0]]))[0, 1]
    assert -np.pi <= difference <= np.pi
    assert abs(np.exp(1j * difference) - np.exp(1j * (a - b))) < 1e-12


def test_plots_cannot_be_changed_afterwards() -> None:
    z = np.array([[1e6, 1.0, 0.2]])
    plots = Plots(GABALA, "gabala", 0, z, np.full((1, 3), 1e-3))
    z[0, 0] = 0.0
    assert plots.z[0, 0] == 1e6
    with pytest.raises(ValueError, match="read-only"):
        plots.z[0, 0] = 0.0


@pytest.mark.parametrize(
    ("z", "sigma", "words"),
    [
        (np.ones((2, 3)), np.ones((1, 3)), "2 measurements came with 1 sigmas"),
        (np.full((1, 3), np.nan), np.ones((1, 3)), "must be finite"),
        (np.ones((1, 3)), np.zeros((1, 3)), "sigmas above zero"),
    ],
)
def test_plots_refuse_what_is_not_a_measurement(z: np.ndarray, sigma: np.ndarray, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Plots(GABALA, "gabala", 0, z, sigma)


def test_a_site_in_degrees_is_refused() -> None:
    with pytest.raises(ValueError, match="meant in radians"):
        Site("Gabala", 40.87, 47.80)
