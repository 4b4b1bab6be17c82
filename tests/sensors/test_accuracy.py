"""How exactly a radar measures: laws, the widened beam, and the echo of a monopulse pair played out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from jointwatch.sensors.accuracy import MONOPULSE_SLOPE, measurement_sigma, range_resolution_m
from jointwatch.sensors.radar import Radar


def test_accuracy_has_a_floor_and_a_part_that_falls_with_the_signal(gabala: Radar) -> None:
    beamed = replace(gabala, beam_azimuth_rad=0.02, range_resolution_m=1000.0)
    weak, strong = measurement_sigma(beamed, [50.0, 5e9])
    assert strong == pytest.approx([200.0, 1e-3, 1e-3], rel=1e-3)
    assert weak == pytest.approx([np.hypot(200.0, 100.0), np.hypot(1e-3, 0.02 / 16), 1e-3])  # sqrt(2 x 50) is 10


def test_off_boresight_the_beam_is_wider_by_the_cosine_and_the_range_as_exact(gabala: Radar) -> None:
    bare = replace(
        gabala, beam_azimuth_rad=0.02, beam_elevation_rad=0.03, range_resolution_m=1000.0,
        sigma_range_m=1e-6, sigma_azimuth_rad=1e-12, sigma_elevation_rad=1e-12,
    )  # fmt: skip
    ahead, aside = measurement_sigma(bare, [50.0, 50.0], [1.0, 0.5])
    assert aside / ahead == pytest.approx([1.0, 2.0, 2.0], rel=1e-6)


def test_a_monopulse_pair_played_out_has_the_thermal_sigma(gabala: Radar) -> None:
    """Sum 1 and difference k_m angle / beam, each with noise of its own of power 1 / SNR: the spread of the real part
    of their ratio, turned back into an angle, at 20 dB and over; within 3 % of the formula in 40,000 looks."""
    rng, n, beam = np.random.default_rng(5), 40_000, 0.02
    for snr in (100.0, 1000.0):
        noise = (rng.standard_normal((2, n)) + 1j * rng.standard_normal((2, n))) / np.sqrt(2 * snr)
        ratio = np.real((0.0 + noise[1]) / (1.0 + noise[0]))  # on the axis
        spread = np.std(ratio) * beam / MONOPULSE_SLOPE
        bare = replace(gabala, beam_azimuth_rad=beam, sigma_azimuth_rad=1e-12)
        assert spread == pytest.approx(float(measurement_sigma(bare, np.array([snr]))[0, 1]), rel=0.03)


def test_range_resolution_is_half_a_wave_of_the_bandwidth() -> None:
    assert range_resolution_m(1e6) == pytest.approx(149.9, abs=0.05)
    with pytest.raises(ValueError, match="a bandwidth is above 0 Hz; got 0"):
        range_resolution_m(0)
