"""Air and ionosphere in a radar's rows: the tables against the rays, what comes into sight, and biases from them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from jointwatch.earth import refraction
from jointwatch.earth.horizon import MEAN_RADIUS_M
from jointwatch.earth.ionosphere import TECU, Ionosphere
from jointwatch.earth.refractivity import MEAN_AIR
from jointwatch.sensors.bias import NONE, Bias, BiasSpread, biased, drawn
from jointwatch.sensors.coverage import in_field_of_regard
from jointwatch.sensors.measurement import position
from jointwatch.sensors.propagation import Medium, air_excess, apparent_elevation_rad, ionosphere_excess
from jointwatch.sensors.radar import Face, Radar
from jointwatch.sensors.sight import in_sight

DAY = Medium(MEAN_AIR, Ionosphere(30 * TECU))


def rows(count: int, low: float, high: float, seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.stack(
        [10 ** rng.uniform(4.4, 7, count), rng.uniform(0, 2 * np.pi, count), rng.uniform(low, high, count)], axis=-1
    )


def test_the_tables_say_what_the_rays_do(gabala: Radar) -> None:
    """In sight of a radar at 300 m and from 25 km on: 2e-5 rad and 0.2 m, from half a degree up 2e-6 rad and 0.02 m."""
    z, r = np.concatenate([rows(3000, -0.015, 0.1), rows(2000, 0.0, 1.55, 2)]), MEAN_RADIUS_M + 300.0
    apparent = refraction.apparent_elevation_rad(z[:, 2], z[:, 0], radar_height_m=300.0)
    gained = z[:, 0] * (z[:, 0] + 2 * r * np.sin(z[:, 2]))
    height = np.maximum(300.0 + gained / (np.sqrt(r**2 + gained) + r), 300.0)
    delay = refraction.range_delay_m(np.maximum(apparent, 0.0), height, radar_height_m=300.0)
    seen = apparent >= 0.0
    off_rad = np.abs(apparent_elevation_rad(gabala.site, z, MEAN_AIR) - apparent)
    off_m = np.abs(air_excess(gabala.site, z, MEAN_AIR)[:, 0] - delay)
    assert off_rad[seen].max() < 2e-5
    assert off_m[seen].max() < 0.2
    assert off_rad[apparent > 0.009].max() < 2e-6
    assert off_m[apparent > 0.009].max() < 0.02


def test_refraction_lowers_the_height_that_must_be_reached_as_the_rays_say(gabala: Radar) -> None:
    """Over Semnan, 824 km off, at the array's 2 degrees: in sight from the height on that `refraction` gives."""
    site = replace(gabala.site, height_m=0.0)
    radar = replace(gabala, site=site)
    needed = float(refraction.minimum_visible_height_m(824e3, np.deg2rad(2.0)))
    heights = np.arange(60e3, 100e3, 100.0)
    psi, r2 = 824e3 / MEAN_RADIUS_M, MEAN_RADIUS_M + heights
    distance = np.sqrt(MEAN_RADIUS_M**2 + r2**2 - 2 * MEAN_RADIUS_M * r2 * np.cos(psi))
    elevation = np.arctan2(r2 * np.cos(psi) - MEAN_RADIUS_M, r2 * np.sin(psi))
    z = np.stack([distance, np.full_like(distance, np.radians(138.0)), elevation], axis=-1)
    r, _ = position(site, z, np.ones_like(z))
    through_air, straight = in_sight(radar, radar.faces, r, MEAN_AIR), in_field_of_regard(radar, radar.faces, r)
    assert heights[through_air.argmax()] == pytest.approx(needed, abs=200.0)
    assert heights[straight.argmax()] - heights[through_air.argmax()] == pytest.approx(5e3, abs=1e3)


def test_without_air_sight_is_the_field_of_regard(gabala: Radar) -> None:
    r, _ = position(gabala.site, rows(500, -0.2, 1.5), np.ones((500, 3)))
    assert (in_sight(gabala, gabala.faces, r) == in_field_of_regard(gabala, gabala.faces, r)).all()


def test_what_is_far_below_the_horizon_stays_out_of_sight_even_for_an_array_that_looks_down(gabala: Radar) -> None:
    down = Face("down", 0.0, 0.0, -0.5, 1.5)
    radar = replace(gabala, faces=(down,), minimum_range_m=0.0)
    z = np.array([[2e6, 1.0, -0.05], [2e6, 1.0, -0.20], [2e6, 1.0, 0.01]])
    r, _ = position(radar.site, z, np.ones_like(z))
    assert in_sight(radar, radar.faces, r, MEAN_AIR).tolist() == [False, False, True]


def test_a_bias_moves_every_row_alike_and_none_not_a_bit(gabala: Radar) -> None:
    z = rows(50, 0.0, 1.0)
    assert biased(gabala, z, NONE, DAY) is z
    moved = biased(gabala, z, Bias(range_m=50.0, azimuth_rad=0.01, elevation_rad=-0.002))
    assert moved[:, 0] - z[:, 0] == pytest.approx(50.0)
    assert np.mod(moved[:, 1] - z[:, 1], 2 * np.pi) == pytest.approx(0.01)
    assert moved[:, 2] - z[:, 2] == pytest.approx(-0.002)
    assert ((moved[:, 1] >= 0) & (moved[:, 1] < 2 * np.pi)).all()


def test_what_is_left_of_air_and_ionosphere_is_a_share_of_the_whole(gabala: Radar) -> None:
    radar, z = replace(gabala, frequency_hz=160e6), rows(200, 0.05, 1.0)
    whole = biased(radar, z, Bias(air_share=1.0, ionosphere_share=1.0), DAY) - z
    part = biased(radar, z, Bias(air_share=0.1, ionosphere_share=-0.5), DAY) - z
    assert DAY.air is not None
    assert DAY.ionosphere is not None
    air = air_excess(radar.site, z, DAY.air)
    layer = ionosphere_excess(radar, z, DAY.ionosphere)
    assert whole[:, [0, 2]] == pytest.approx(air + layer, abs=1e-7)
    assert part[:, [0, 2]] == pytest.approx(0.1 * air - 0.5 * layer, abs=1e-7)


def test_biases_have_the_spread_asked_for_and_the_uncorrected_medium_is_whole() -> None:
    rng, n = np.random.default_rng(2), 4000
    spread = BiasSpread(range_m=100.0, clock_s=0.02, ionosphere_share=0.5)
    biases = [drawn(spread, rng) for _ in range(n)]
    for name, sigma in (("range_m", 100.0), ("clock_s", 0.02), ("ionosphere_share", 0.5)):
        values = np.array([getattr(bias, name) for bias in biases])
        assert abs(values.mean()) < 4 * sigma / np.sqrt(n)
        assert values.std() == pytest.approx(sigma, rel=4 / np.sqrt(2 * n))
    assert {bias.azimuth_rad for bias in biases} == {0.0}
    raw = drawn(replace(spread, uncorrected=True), rng)
    assert (raw.air_share, raw.ionosphere_share) == (1.0, 1.0)


def test_the_ionosphere_wants_a_frequency(gabala: Radar) -> None:
    with pytest.raises(ValueError, match="its frequency_hz is not stated"):
        biased(gabala, rows(1, 0.1, 0.2), Bias(ionosphere_share=1.0), DAY)
    with pytest.raises(ValueError, match="0 or more in each part; clock_s is nan"):
        BiasSpread(clock_s=np.nan)
