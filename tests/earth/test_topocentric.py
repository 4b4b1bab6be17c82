"""Azimuth, elevation and range, against pymap3d and Skyfield and by round trip."""

import numpy as np
import pymap3d
import pytest
from skyfield.api import Distance, load, wgs84
from skyfield.toposlib import ITRSPosition

from jointwatch.earth.ellipsoid import ecef_from_geodetic
from jointwatch.earth.topocentric import azimuth_elevation_range, ecef_from_azimuth_elevation_range, enu_basis

PEERS_RAD, PEERS_M = 5e-12, 1e-6  # 5e-6 microradian; Skyfield goes by way of the stars and back
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


def test_ten_thousand_looks_from_a_hundred_sites_are_those_of_pymap3d_and_skyfield() -> None:
    """Both poles, the date line and the equator among the sites; objects at 1 to 40,000 km in every direction."""
    rng = np.random.default_rng(5)
    latitudes = np.concatenate([[90, -90, 89.9999, -89.9999, 0, 0, 0], rng.uniform(-90, 90, 93)])
    longitudes = np.concatenate([[0, 0, 120, -50, 180, -180, 179.9999], rng.uniform(-180, 180, 93)])
    at = load.timescale(builtin=True).tt_jd(np.full(100, 2_455_000.5))
    worst_rad, worst_m = 0.0, 0.0
    for latitude, longitude, height in zip(latitudes, longitudes, rng.uniform(-100, 3_000, 100), strict=True):
        site = (np.deg2rad(latitude), np.deg2rad(longitude), height)
        directions = rng.normal(size=(100, 3))
        directions *= (10 ** rng.uniform(3, 7.6, 100) / np.linalg.norm(directions, axis=1))[:, None]
        r = ecef_from_geodetic(*site) + directions
        azimuth, elevation, distance = azimuth_elevation_range(*site, r).T
        skyfield = (ITRSPosition(Distance(m=r.T)) - wgs84.latlon(latitude, longitude, height)).at(at).altaz()
        peers = [(skyfield[1].radians, skyfield[0].radians, skyfield[2].m), pymap3d.ecef2aer(*r.T, *site, deg=False)]
        for peer_azimuth, peer_elevation, peer_distance in peers:
            across = np.cos(elevation) * np.angle(np.exp(1j * (azimuth - peer_azimuth)))
            worst_rad = max(worst_rad, np.abs(across).max(), np.abs(elevation - peer_elevation).max())
            worst_m = max(worst_m, np.abs(distance - peer_distance).max())
    assert worst_rad < PEERS_RAD
    assert worst_m < PEERS_M


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
