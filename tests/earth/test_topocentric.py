"""Azimuth, elevation and range, against pymap3d and by round trip."""

import numpy as np
import pymap3d
import pytest

from jointwatch.earth.ellipsoid import ecef_from_geodetic
from jointwatch.earth.topocentric import azimuth_elevation_range, ecef_from_azimuth_elevation_range, enu_basis

GABALA = (np.deg2rad(40.8707), np.deg2rad(47.8027), 700.0)


@pytest.fixture
def points() -> np.ndarray:
    rng = np.random.default_rng(20090202)
    return ecef_from_geodetic(
        np.deg2rad(rng.uniform(20, 60, 500)), np.deg2rad(rng.uniform(20, 80, 500)), rng.uniform(-1e3, 2e6, 500)
    )


def test_what_a_site_sees_is_what_pymap3d_says(points: np.ndarray) -> None:
    azimuth, elevation, distance = pymap3d.ecef2aer(*points.T, *GABALA, deg=False)
    ours = azimuth_elevation_range(*GABALA, points)
    assert np.abs(ours[:, 2] - distance).max() < 1e-6
    assert np.abs(np.angle(np.exp(1j * (ours[:, 0] - azimuth)))).max() < 1e-12
    assert np.abs(ours[:, 1] - elevation).max() < 1e-12


def test_the_way_back_leads_to_the_point(points: np.ndarray) -> None:
    back = ecef_from_azimuth_elevation_range(*GABALA, azimuth_elevation_range(*GABALA, points))
    assert np.abs(back - points).max() < 1e-7


def test_azimuth_lies_in_one_turn_also_just_west_of_north() -> None:
    north = ecef_from_azimuth_elevation_range(*GABALA, [[-1e-18, 0.1, 1e5], [2 * np.pi, 0.1, 1e5]])
    azimuth = azimuth_elevation_range(*GABALA, north)[:, 0]
    assert np.all((azimuth >= 0) & (azimuth < 2 * np.pi))


def test_the_basis_is_right_handed_and_batches() -> None:
    bases = enu_basis(np.linspace(-1.5, 1.5, 7), 0.3)
    assert bases.shape == (7, 3, 3)
    assert np.linalg.det(bases) == pytest.approx(np.ones(7))
    assert bases[2] == pytest.approx(enu_basis(-0.5, 0.3))
