"""What a sensor always measures wrong is taken off: known biases, the air, the way there and back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from jointwatch.earth.ellipsoid import ecef_from_geodetic
from jointwatch.earth.horizon import MEAN_RADIUS_M
from jointwatch.earth.refraction import apparent_elevation_rad, ray
from jointwatch.sensors.measurement import predict
from jointwatch.sensors.site import Site
from jointwatch.studies.recording_sites import Sensor, SitesError, read_sites, sensor

PLAIN = Sensor("X", Site("X", 0.7, 0.3, 500.0), np.array([20.0, 1e-3, 1e-3]))
Z = np.array([[4e5, 1.0, 0.3], [np.nan, 6.28, 0.05], [8e5, np.nan, np.nan]])


def test_without_a_word_nothing_is_taken_off() -> None:
    np.testing.assert_array_equal(PLAIN.corrected(Z), Z)


def test_biases_are_taken_off_and_azimuths_stay_within_a_turn() -> None:
    biased = replace(PLAIN, bias=np.array([100.0, 1.5, 0.01]))
    np.testing.assert_allclose(
        biased.corrected(Z),
        [[399_900.0, 1.0 - 1.5 + 2 * np.pi, 0.29], [np.nan, 4.78, 0.04], [799_900.0, np.nan, np.nan]],
    )


def test_the_way_there_and_back_is_halved_before_the_bias_is_taken_off() -> None:
    both = replace(PLAIN, round_trip=True, bias=np.array([100.0, 0.0, 0.0]))
    np.testing.assert_allclose(both.corrected(Z)[[0, 2], 0], [199_900.0, 399_900.0])


@pytest.mark.parametrize("height_m", [30e3, 200e3, 36_000e3])
@pytest.mark.parametrize("true_deg", [1.0, 5.0, 40.0])
def test_what_a_ray_through_air_shows_is_put_back_where_the_object_is(height_m: float, true_deg: float) -> None:
    """Against the ray itself, whose earth is a sphere with the radar on it: hence centimetres."""
    apparent = apparent_elevation_rad(np.radians(true_deg), height_m, radar_height_m=500.0)
    way = ray(apparent, height_m, radar_height_m=500.0)
    shown = np.array([[float(way.path_m), 1.0, float(apparent)]])
    there = replace(PLAIN, refraction=True).corrected(shown)
    assert there[0, 0] == pytest.approx(float(way.range_m), abs=0.02)
    assert there[0, 2] == pytest.approx(float(way.true_elevation_rad), abs=2e-6)


def test_an_angle_without_a_range_is_taken_for_one_of_something_far_away() -> None:
    air = replace(PLAIN, refraction=True)
    alone, far = air.corrected(np.array([[np.nan, 1.0, 0.3], [4e7, 1.0, 0.3]]))
    assert alone[2] == pytest.approx(far[2], abs=1e-6)
    assert 0.3 - alone[2] == pytest.approx(0.001, rel=0.1), "a milliradian at 17 degrees"


def test_the_heights_are_over_the_sphere_that_the_rays_are_made_for() -> None:
    """The ellipsoid's real heights differ by kilometres where it matters least: a range of 1,000 km at 20 degrees."""
    over = ecef_from_geodetic(0.7, 0.42, 300e3)
    z = predict(PLAIN.site, over[None])[0]
    sphere = np.sqrt(MEAN_RADIUS_M**2 + z[0] ** 2 + 2 * MEAN_RADIUS_M * z[0] * np.sin(z[2])) - MEAN_RADIUS_M
    assert abs(sphere + 500.0 - 300e3) < 5e3


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("sigma_bias_range_m = -1.0", r"sites\.X\.sigma_bias_range_m: .*greater than or equal to 0 \(given: -1"),
        ("bias_range_m = inf", r"sites\.X\.bias_range_m: .*finite"),
        ("refraction = 'yes please'", r"sites\.X\.refraction: .*boolean"),
        ("round_trip = 2.5", r"sites\.X\.round_trip: .*boolean"),
        ("bias_range = 2.5", r"sites\.X\.bias_range: this key is not known; known are"),
    ],
)
def test_what_is_wrong_is_said_with_its_key(tmp_path: Path, line: str, words: str) -> None:
    path = tmp_path / "sites.toml"
    path.write_text(f"[sites.X]\nlatitude_deg = 1.0\nlongitude_deg = 2.0\n{line}\n")
    with pytest.raises(SitesError, match=words):
        read_sites(path)


def test_a_radar_of_the_catalogue_may_be_said_to_have_a_bias(tmp_path: Path) -> None:
    path = tmp_path / "sites.toml"
    path.write_text('[sites.G]\nradar = "gabala"\nbias_azimuth_deg = 1.0\nsigma_bias_range_m = 30.0\n')
    found = sensor("G", read_sites(path)["G"])
    assert found.radar is not None
    np.testing.assert_allclose(found.bias, [0.0, np.radians(1.0), 0.0])
    np.testing.assert_allclose(found.sigma_bias, [30.0, 0.0, 0.0])
