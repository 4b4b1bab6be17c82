"""Geodesics, against Karney's own test set and his library."""

from pathlib import Path

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic

from jointwatch.earth.geodesic import direct, inverse

SERIES_M = 2e-4  # Vincenty's series, worst near antipodes
SHARED = Path(__file__).parents[2] / ".." / "shared" / "data" / "oracles" / "geodesic" / "GeodTest-100.dat"


def apart(a_rad: np.ndarray, b_deg: np.ndarray) -> np.ndarray:
    """The angle between two directions, radians."""
    return np.abs(np.angle(np.exp(1j * (a_rad - np.deg2rad(b_deg)))))


def karney(points_deg: np.ndarray) -> np.ndarray:
    lines = [Geodesic.WGS84.Inverse(*point) for point in points_deg]
    return np.array([[line["s12"], line["azi1"], line["azi2"]] for line in lines])


@pytest.mark.skipif(not SHARED.exists(), reason=f"Karney's 100 test geodesics are not here: {SHARED}")
def test_karneys_hundred_geodesics() -> None:
    table = np.loadtxt(SHARED)
    phi1, alpha1, phi2, lambda2, alpha2, s = (*np.deg2rad(table[:, [0, 2, 3, 4, 5]]).T, table[:, 6])
    distance, azimuth1, azimuth2 = inverse(phi1, 0.0, phi2, lambda2)
    assert np.abs(distance - s).max() < SERIES_M
    clear = np.sin(lambda2) > 0.02  # next to an antipode a hair's breadth turns the azimuth by degrees
    assert apart(azimuth1, np.rad2deg(alpha1))[clear].max() < 1e-9
    assert apart(azimuth2, np.rad2deg(alpha2))[clear].max() < 1e-9
    latitude, longitude, onward = direct(phi1, 0.0, alpha1, s)
    off_m = 6.4e6 * np.hypot(latitude - phi2, (longitude - lambda2) * np.cos(latitude))
    assert off_m.max() < SERIES_M
    assert apart(onward, np.rad2deg(alpha2)).max() < 1e-6


def test_random_pairs_agree_with_geographiclib() -> None:
    rng = np.random.default_rng(1)
    points = np.stack([rng.uniform(low, high, 300) for low, high in ((-90, 90), (-180, 180)) * 2], axis=-1)
    distance, azimuth1, azimuth2 = inverse(*np.deg2rad(points.T))
    theirs = karney(points)
    assert np.abs(distance - theirs[:, 0]).max() < SERIES_M
    ordinary = theirs[:, 0] < 19.9e6
    assert apart(azimuth1, theirs[:, 1])[ordinary].max() < 1e-8
    assert apart(azimuth2, theirs[:, 2])[ordinary].max() < 1e-8


def test_nearly_antipodal_pairs_where_vincenty_gives_up() -> None:
    rng = np.random.default_rng(2)
    latitude, longitude = rng.uniform(-80, 80, 200), rng.uniform(-180, 180, 200)
    shift = rng.normal(size=(2, 200)) * 10.0 ** rng.uniform(-6, 0, 200)
    points = np.stack([latitude, longitude, -latitude + shift[0], longitude + 180 + shift[1]], axis=-1)
    points[:50, [0, 2]] = 0.0  # along the equator, where the line leaves it for the shorter way by the north
    distance, azimuth1, _ = inverse(*np.deg2rad(points.T))
    theirs = karney(points)
    assert np.abs(distance - theirs[:, 0]).max() < SERIES_M
    assert apart(azimuth1, theirs[:, 1]).max() < 1e-5


def test_what_goes_out_comes_back() -> None:
    rng = np.random.default_rng(3)
    latitude, longitude, azimuth = rng.uniform(-1.5, 1.5, 100), rng.uniform(-3, 3, 100), rng.uniform(-3, 3, 100)
    there = direct(latitude, longitude, azimuth, 3e6)
    distance, azimuth1, azimuth2 = inverse(latitude, longitude, *there[:2])
    assert np.abs(distance - 3e6).max() < SERIES_M
    assert np.abs(np.angle(np.exp(1j * (azimuth1 - azimuth)))).max() < 1e-9
    back = direct(*there, -3e6)
    assert np.abs(back[0] - latitude).max() < 1e-10
    assert np.abs(np.angle(np.exp(1j * (azimuth2 - there[2])))).max() < 1e-9


def test_ends_of_the_world() -> None:
    quarter = 10_001_965.729  # of the meridian, metres
    assert inverse(0.3, 1.0, 0.3, 1.0)[0] == 0.0
    assert float(inverse(np.pi / 2, 0.0, -np.pi / 2, 2.0)[0]) == pytest.approx(2 * quarter, abs=1e-2)
    assert float(inverse(0.0, 0.0, 0.0, np.pi)[0]) == pytest.approx(2 * quarter, abs=1e-2)
    assert float(inverse(0.0, 0.0, 0.0, np.pi / 2)[0]) == pytest.approx(6378137.0 * np.pi / 2, abs=1e-3)
    assert inverse(np.zeros((2, 1)), 0.0, np.ones(3), 0.5)[0].shape == (2, 3)
