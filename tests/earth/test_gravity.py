"""Gravity, height and air as the kernels compute them, against their definitions."""

from math import exp

import numpy as np
import pytest

from jointwatch.earth.air import density_and_slope, density_kg_m3, layer_at
from jointwatch.earth.ellipsoid import A_M, GM_M3_S2, J2, J3, J4, ecef_from_geodetic
from jointwatch.earth.gravity import INNERMOST_M, gravity, gravity_gradient, zonal_gradient, zonal_gravity
from jointwatch.earth.height import height_and_normal, height_m, height_rate
from jointwatch.earth.standard_atmosphere import exponential_layers, layers
from jointwatch.earth.topocentric import enu_basis

PLACES = [(7e6, 0.0, 0.0), (0.0, 0.0, 6.6e6), (3e6, -4e6, 5e6), (-4.2e7, 1e6, -3e5)]


def potential(r: np.ndarray) -> float:
    """Of a point mass with J2 (Vallado, 4th ed., eq. 8-25), by the Legendre polynomial."""
    length = np.linalg.norm(r)
    return GM_M3_S2 / length * (1 - J2 * (A_M / length) ** 2 * (1.5 * (r[2] / length) ** 2 - 0.5))


@pytest.mark.parametrize("place", PLACES)
def test_gravity_is_the_slope_of_the_potential(place: tuple[float, float, float]) -> None:
    r, step = np.array(place), 100.0
    slope = [(potential(r + step * axis) - potential(r - step * axis)) / (2 * step) for axis in np.eye(3)]
    assert np.abs(np.array(gravity(*place)) - slope).max() < 1e-8


@pytest.mark.parametrize("place", PLACES)
def test_the_gradient_is_the_slope_of_gravity_and_has_no_trace(place: tuple[float, float, float]) -> None:
    r, step = np.array(place), 10.0
    slope = np.array([np.subtract(gravity(*(r + step * a)), gravity(*(r - step * a))) / (2 * step) for a in np.eye(3)])
    xx, xy, xz, yy, yz, zz = gravity_gradient(*place)
    assert np.abs(np.array([[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]]) - slope.T).max() < 1e-9 * abs(zz)
    assert abs(xx + yy + zz) < 1e-12 * abs(zz)  # Laplace: no mass out here


def test_gravity_is_finite_down_to_the_centre_and_has_no_step() -> None:
    assert gravity(0.0, 0.0, 0.0) == (0.0, 0.0, 0.0)
    below, above = gravity(INNERMOST_M - 1e-3, 0.0, 0.0), gravity(INNERMOST_M + 1e-3, 0.0, 0.0)
    assert below[0] == pytest.approx(above[0], rel=1e-8)


@pytest.mark.parametrize(("height", "error_m"), [(0.0, 1e-8), (1e4, 1e-5), (1e5, 1e-4), (2.5e5, 1e-3), (1e6, 1e-2)])
def test_height_for_the_air_is_the_geodetic_height(height: float, error_m: float) -> None:
    latitude = np.linspace(-np.pi / 2, np.pi / 2, 91)
    for r in ecef_from_geodetic(latitude, 0.7, height):
        assert height_m(*r) == pytest.approx(height, abs=error_m)


@pytest.mark.parametrize("height", [-1e4, 0.0, 1e5, 1e7])
def test_height_and_normal_are_geodetic(height: float) -> None:
    for latitude in np.linspace(-np.pi / 2, np.pi / 2, 31):
        found, *normal = height_and_normal(*ecef_from_geodetic(latitude, 0.7, height))
        assert found == pytest.approx(height, abs=1e-7)
        assert normal == pytest.approx(enu_basis(latitude, 0.7)[2], abs=1e-7)


def test_height_rate_is_the_speed_along_the_normal() -> None:
    r, v = ecef_from_geodetic(0.6, 0.9, 3e5), np.array([1e3, -2e3, 3e3])
    ahead, behind = (height_and_normal(*(r + sign * 1e-3 * v))[0] for sign in (1, -1))
    assert height_rate(*r, *v)[1] == pytest.approx((ahead - behind) / 2e-3, abs=1e-4)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("zonal", [(J2, J3, J4), (0.0, 1e-3, 0.0), (0.0, 0.0, 1e-3), (0.0, 0.0, 0.0)])
def test_the_zonal_pull_is_the_gradient_of_its_potential(
    place: tuple[float, float, float], zonal: tuple[float, float, float]
) -> None:
    """The potential by Legendre polynomials (NumPy's), differentiated numerically to four orders (step 1 km)."""

    def energy(r: np.ndarray) -> float:
        length = np.linalg.norm(r)
        series = np.polynomial.legendre.legval(r[2] / length, [0, 0, *zonal] * (A_M / length) ** np.arange(5))
        return float(GM_M3_S2 / length * (1 - series))

    pull = zonal_gravity(*place, *zonal)
    for axis in range(3):
        e = 1e3 * np.eye(3)[axis]
        near, far = (energy(place + k * e) - energy(place - k * e) for k in (1, 2))
        assert pull[axis] == pytest.approx((8 * near - far) / 12e3, abs=1e-9)
    assert pull[3:] == pytest.approx((1 / np.sum(np.square(place)), place[2] ** 2 / np.sum(np.square(place))))


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("zonal", [(J2, J3, J4), (0.0, 1e-3, 0.0), (0.0, 0.0, 1e-3), (0.0, 0.0, 0.0)])
def test_the_zonal_gradient_is_the_slope_of_the_zonal_pull(
    place: tuple[float, float, float], zonal: tuple[float, float, float]
) -> None:
    """Differences of fourth order, 3 km apart."""
    xx, xy, xz, yy, yz, zz = zonal_gradient(*place, *zonal)
    for column, axis in zip(([xx, xy, xz], [xy, yy, yz], [xz, yz, zz]), 3e3 * np.eye(3), strict=True):
        ahead, behind, far_ahead, far_behind = (
            np.array(zonal_gravity(*(place + k * axis), *zonal)[:3]) for k in (1, -1, 2, -2)
        )
        slope = (8 * (ahead - behind) - (far_ahead - far_behind)) / 36e3
        assert np.abs(slope - column).max() < 1e-9 * max(abs(xx), abs(yy), abs(zz))


def test_there_is_no_gradient_inside_the_earth() -> None:
    assert np.isnan(zonal_gradient(INNERMOST_M - 1.0, 0.0, 0.0, J2, J3, J4)).all()


def test_density_halves_every_five_kilometres_and_ends_under_the_ground() -> None:
    air = exponential_layers()
    here, high, low, lowest = (
        density_kg_m3(height, air.bounds_m, air.log_density) for height in (0.0, 72_000.0, -10_000.0, -1e6)
    )
    assert here == pytest.approx(1.225)
    assert high == pytest.approx(1.225 * exp(-10))
    assert lowest == low == pytest.approx(1.225 * exp(1 / 0.72))
    assert density_kg_m3(250_001.0, air.bounds_m, air.log_density) == 0.0


@pytest.mark.parametrize("height", [-4_000.0, 5_000.0, 15e3, 33e3, 70e3, 100_001.0, 140e3, 900e3])
def test_the_slope_of_the_density_is_the_slope_of_its_logarithm(height: float) -> None:
    for air in (exponential_layers(), layers()):
        if height > air.bounds_m[-1]:
            continue
        here, ahead, behind = (density_kg_m3(height + k, air.bounds_m, air.log_density) for k in (0.0, 0.5, -0.5))
        density, slope = density_and_slope(height, layer_at(height, air.bounds_m), air.bounds_m, air.log_density)
        assert density == pytest.approx(here, rel=1e-12)
        assert slope == pytest.approx(np.log(ahead / behind), rel=1e-5)


def test_where_pieces_meet_the_slope_has_two_values_and_under_the_lowest_none() -> None:
    bounds, log_density = layers().bounds_m, layers().log_density
    tropopause = bounds[1]
    (below, falling), (above, sinking) = (density_and_slope(tropopause, piece, bounds, log_density) for piece in (0, 1))
    assert above == pytest.approx(below, rel=1e-6)
    assert sinking / falling == pytest.approx(1.23, abs=0.01)  # g M / R T over that less the lapse: 34.2 / 27.7 K/km
    foot, _ = density_and_slope(bounds[0], 0, bounds, log_density)
    assert density_and_slope(-9e3, 0, bounds, log_density) == (foot, 0.0)
