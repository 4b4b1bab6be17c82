"""Refraction, against published figures, an independent integration of the ray equation, and laws."""

import erfa
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from jointwatch.earth import horizon
from jointwatch.earth.horizon import MEAN_RADIUS_M
from jointwatch.earth.refraction import (
    apparent_elevation_rad,
    bending_rad,
    elevation_bias_rad,
    minimum_visible_height_m,
    range_delay_m,
    ray,
)
from jointwatch.earth.refractivity import MEAN_AIR, Refractivity

CRPL = Refractivity(313.0, 1e3 / 0.143859)
P834_SHARE = 0.03  # the closed formula of the recommendation is itself a fit
ERFA_SHARE = 0.005
ODE_RAD, ODE_M = 3e-10, 2e-3  # the air above 16 scale heights, which we leave out

elevations = st.floats(0.0, np.pi / 2)
radar_heights = st.floats(0.0, 3e3)
climbs = st.floats(1.0, 4e7)


def test_the_figures_printed_by_the_radar_toolbox_for_the_crpl_atmosphere() -> None:
    """MathWorks Radar Toolbox, documentation of height2range and height2grndrange: 10 m radar, 1 km target, 2 deg."""
    way = ray(np.deg2rad(2.0), 1e3, radar_height_m=10.0, air=CRPL)
    assert float(way.path_m) == pytest.approx(27_171, abs=0.5)
    assert float(way.range_m) == pytest.approx(27_163, abs=0.5)
    assert float(np.rad2deg(way.true_elevation_rad)) == pytest.approx(1.9666, abs=5e-5)
    assert float(way.ground_angle_rad) * MEAN_RADIUS_M == pytest.approx(27_143, abs=0.5)


@pytest.mark.parametrize("height_km", [0.0, 1.0, 3.0])
@pytest.mark.parametrize("elevation_deg", [0.0, 0.5, 1.0, 2.0, 5.0])
def test_bending_is_that_of_itu_r_p834(height_km: float, elevation_deg: float) -> None:
    """ITU-R P.834-7, degrees and kilometres, for 315 N-units and 7.35 km; the coefficients as Orekit has them."""
    h, q = height_km, elevation_deg
    at_height = h * (0.2305 + 0.09428 * q + 0.01096 * q**2) + 0.008583 * h**2
    published = np.deg2rad(1 / (1.314 + 0.6437 * q + 0.02869 * q**2 + at_height))
    ours = bending_rad(np.deg2rad(elevation_deg), radar_height_m=1e3 * height_km)
    assert float(ours) == pytest.approx(published, rel=P834_SHARE)


@pytest.mark.parametrize("elevation_deg", [10.0, 20.0, 45.0, 70.0])
def test_bending_is_erfas_for_radio_away_from_the_horizon(elevation_deg: float) -> None:
    """ERFA's A tan z + B tan^3 z for air at 1013.25 hPa, 15 C, half saturated: 311 N-units by ITU-R P.453."""
    a, b = erfa.refco(1_013.25, 15.0, 0.5, 1e6)
    tangent = np.tan(np.deg2rad(90 - elevation_deg))
    ours = bending_rad(np.deg2rad(elevation_deg), air=Refractivity(311.0, 7_350.0))
    assert float(ours) == pytest.approx(a * tangent + b * tangent**3, rel=ERFA_SHARE)


def integrated(elevation: float, start_m: float, end_m: float) -> tuple[float, ...]:
    """Ground angle, path, range, true elevation and turn from d/ds (n dr/ds) = grad n, in Cartesian coordinates."""

    def rates(_: float, y: np.ndarray) -> list[float]:
        r = np.hypot(y[0], y[1])
        n_minus_one = 315e-6 * np.exp(-(r - MEAN_RADIUS_M) / 7_350)
        pull = -n_minus_one / 7_350 / r
        return [y[2] / (1 + n_minus_one), y[3] / (1 + n_minus_one), pull * y[0], pull * y[1], 1 + n_minus_one]

    def arrived(_: float, y: np.ndarray) -> float:
        return float(np.hypot(y[0], y[1]) - MEAN_RADIUS_M - end_m)

    arrived.terminal, arrived.direction = True, 1  # type: ignore[attr-defined]
    n = 1 + 315e-6 * np.exp(-start_m / 7_350)
    start = [0.0, MEAN_RADIUS_M + start_m, n * np.cos(elevation), n * np.sin(elevation), 0.0]
    done = solve_ivp(rates, (0, 1e7), start, method="DOP853", rtol=1e-13, atol=1e-10, events=arrived, max_step=2e4)
    x, z, u, w, path = done.y_events[0][0]
    rise = z - MEAN_RADIUS_M - start_m
    return np.arctan2(x, z), path, np.hypot(x, rise), np.arctan2(rise, x), elevation - np.arctan2(w, u)


@pytest.mark.parametrize(
    ("elevation", "start_m", "end_m"),
    [(0.0, 0.0, 1e6), (0.0, 700.0, 5e4), (0.01, 0.0, 3e3), (0.1, 1_500.0, 4e5), (1.0, 0.0, 2e5)],
)
def test_rays_are_those_of_the_ray_equation(elevation: float, start_m: float, end_m: float) -> None:
    psi, path, straight, true, turn = integrated(elevation, start_m, end_m)
    way = ray(elevation, end_m, radar_height_m=start_m)
    assert abs(way.ground_angle_rad - psi) < ODE_RAD
    assert abs(way.true_elevation_rad - true) < ODE_RAD
    assert abs(way.bending_rad - turn) < ODE_RAD
    assert abs(way.path_m - path) < ODE_M
    assert abs(way.range_m - straight) < ODE_M


@given(elevations, radar_heights, climbs)
def test_without_air_lines_are_straight(elevation: float, radar_m: float, climb_m: float) -> None:
    way = ray(elevation, radar_m + climb_m, radar_height_m=radar_m, air=Refractivity(0.0))
    assert abs(way.bending_rad) == 0
    assert abs(way.true_elevation_rad - elevation) < 1e-10 + 5e-9 / climb_m
    assert abs(way.path_m - way.range_m) < 1e-5


@given(elevations, radar_heights, climbs)
def test_air_lifts_and_delays_but_by_no_more_than_a_straight_line_through_it(
    elevation: float, radar_m: float, climb_m: float
) -> None:
    """Fermat: the ray is the quickest way."""
    target_m = radar_m + climb_m
    lift = elevation_bias_rad(elevation, target_m, radar_height_m=radar_m)
    delay = range_delay_m(elevation, target_m, radar_height_m=radar_m)
    rounding = 1e-10 + 5e-9 / climb_m
    assert -rounding <= lift <= bending_rad(elevation, target_m, radar_height_m=radar_m) + rounding
    way = ray(elevation, target_m, radar_height_m=radar_m)
    along = np.linspace(0, 1, 4_001) ** 3 * way.range_m
    start = MEAN_RADIUS_M + radar_m
    r = np.sqrt(start**2 + along * (along + 2 * start * np.sin(way.true_elevation_rad)))
    straight = np.trapezoid(MEAN_AIR.minus_one(r - MEAN_RADIUS_M), along)
    assert 0 < delay < straight * (1 + 1e-4) + 1e-4


@given(elevations, radar_heights, climbs)
def test_apparent_elevation_undoes_true_elevation(elevation: float, radar_m: float, climb_m: float) -> None:
    way = ray(elevation, radar_m + climb_m, radar_height_m=radar_m)
    back = apparent_elevation_rad(way.true_elevation_rad, way.range_m, radar_height_m=radar_m)
    assert abs(back - elevation) < 3e-9 + 1e-8 / climb_m  # the straight line's own rounding, for close targets


@given(st.floats(0.0, 1.5), radar_heights, climbs)
def test_the_lowest_visible_height_is_where_the_ray_passes(elevation: float, radar_m: float, climb_m: float) -> None:
    way = ray(elevation, radar_m + climb_m, radar_height_m=radar_m)
    height = minimum_visible_height_m(way.ground_angle_rad * MEAN_RADIUS_M, elevation, radar_height_m=radar_m)
    assert abs(height - radar_m - climb_m) < 1e-5 + 1e-11 * climb_m / np.cos(elevation)


def test_apparent_elevation_runs_through_the_horizon_without_a_jump_and_upwards() -> None:
    true = np.linspace(-0.03, 0.01, 4_001)
    apparent = apparent_elevation_rad(true, 2_000e3)
    assert np.all(np.diff(apparent) > 0)
    assert np.diff(apparent).max() < 2.1 * (true[1] - true[0])
    assert apparent[0] < 0 < apparent[-1]


@pytest.mark.parametrize(
    ("distance_km", "ray_km", "sphere_share"), [(400, 9.72, 0.03), (824, 45.2, 0.12), (2_000, 301.4, 0.21)]
)
def test_where_the_sphere_of_four_thirds_is_right(distance_km: float, ray_km: float, sphere_share: float) -> None:
    height = float(minimum_visible_height_m(distance_km * 1e3))
    sphere = float(horizon.minimum_visible_height_m(distance_km * 1e3, earth_radius_m=4 / 3 * MEAN_RADIUS_M))
    none = float(horizon.minimum_visible_height_m(distance_km * 1e3))
    assert height / 1e3 == pytest.approx(ray_km, rel=2e-3)
    assert 1 - sphere_share < sphere / height < 1 - 0.8 * sphere_share
    assert (abs(none - height) < abs(sphere - height)) == (distance_km > 1_100)


def test_figures_of_the_ends() -> None:
    assert minimum_visible_height_m(12e6) == np.inf
    assert minimum_visible_height_m(0.0, radar_height_m=700.0) == 700.0
    assert minimum_visible_height_m(1e3, np.pi / 2) == np.inf
    assert range_delay_m(0.3, 0.0) == 0
    assert elevation_bias_rad(0.3, 500.0, radar_height_m=500.0) == 0
    assert float(range_delay_m(np.pi / 2, 1e6)) == pytest.approx(315e-6 * 7_350, abs=1e-6)
    assert float(elevation_bias_rad(0.0, np.inf)) == pytest.approx(float(bending_rad(0.0)), abs=1e-5)
    assert MEAN_AIR.effective_radius_factor() == pytest.approx(4 / 3, rel=0.04)


def test_arguments_broadcast() -> None:
    assert ray(np.zeros((3, 1)), np.array([1e3, 1e6])).path_m.shape == (3, 2)
    assert minimum_visible_height_m(np.full((2, 3), 1e5), 0.1).shape == (2, 3)
    assert apparent_elevation_rad(0.1, 1e6).shape == ()


def test_what_has_no_ray_is_refused() -> None:
    with pytest.raises(ValueError, match="elevations from 0 to pi/2"):
        bending_rad(-0.01)
    with pytest.raises(ValueError, match="elevations from 0 to pi/2"):
        minimum_visible_height_m(1e5, np.nan)
    with pytest.raises(ValueError, match="targets above the radar"):
        ray(0.1, 500.0, radar_height_m=700.0)
    with pytest.raises(ValueError, match="targets above the radar"):
        ray(0.1, np.nan)
    with pytest.raises(ValueError, match="must not be negative"):
        minimum_visible_height_m(-1.0)
    with pytest.raises(ValueError, match="ranges of at least 0 m"):
        apparent_elevation_rad(0.1, np.nan)
    with pytest.raises(ValueError, match="a duct"):
        Refractivity(400.0, 2_000.0)
    with pytest.raises(ValueError, match="scale height above 0"):
        Refractivity(315.0, 0.0)
