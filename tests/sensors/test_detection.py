"""Range law, Swerling 1 and accuracy, against laws and against the detector played out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jointwatch.sensors.detection import (
    measurement_sigma,
    probability,
    range_for_probability,
    snr,
    snr_for_probability,
)
from jointwatch.sensors.radar import Radar


def test_the_signal_falls_with_the_fourth_power_of_range_and_rises_with_cross_section(gabala: Radar) -> None:
    assert snr(gabala, 4e6, 0.1) == pytest.approx(18.93)
    assert snr(gabala, [2e6, 4e6], [0.1, 1.0]) == pytest.approx([16 * 18.93, 10 * 18.93])


def test_at_zero_range_the_signal_is_finite(gabala: Radar) -> None:
    assert np.isfinite(snr(gabala, 0.0, 0.1))


@pytest.mark.parametrize(("mean_snr", "pfa"), [(3.0, 1e-2), (18.93, 1e-4), (60.0, 1e-6)])
def test_probability_is_that_of_the_detector_played_out(mean_snr: float, pfa: float) -> None:
    """An oracle by first principles: a voltage with exponential cross-section, complex Gaussian noise, a threshold
    set on noise alone; within four binomial standard errors of 200,000 looks."""
    rng = np.random.default_rng(7)
    n = 200_000
    rcs = rng.exponential(1.0, n)
    echo = np.sqrt(mean_snr * rcs) * np.exp(2j * np.pi * rng.random(n))
    noise = (rng.standard_normal(n) + 1j * rng.standard_normal(n)) / np.sqrt(2)
    seen = np.mean(np.abs(echo + noise) ** 2 > -np.log(pfa))
    pd = float(probability(mean_snr, pfa))
    assert abs(seen - pd) < 4 * np.sqrt(pd * (1 - pd) / n)


def test_without_an_echo_the_false_alarms_remain() -> None:
    assert probability(0.0, 1e-6) == pytest.approx(1e-6)


@pytest.mark.parametrize(("pd", "pfa", "decibels"), [(0.9, 1e-6, 21.14), (0.5, 1e-6, 12.77), (0.9, 1e-8, 22.40)])
def test_the_signal_needed_is_that_of_the_closed_form(pd: float, pfa: float, decibels: float) -> None:
    """Ten times the decimal logarithm of ln(pfa) / ln(pd) - 1, worked out by hand with four figures."""
    assert 10 * np.log10(snr_for_probability(pd, pfa)) == pytest.approx(decibels, abs=0.01)


def test_the_range_for_a_probability_gives_that_probability(gabala: Radar) -> None:
    @given(pd=st.floats(0.01, 0.99), rcs=st.floats(1e-3, 100.0))
    def holds(pd: float, rcs: float) -> None:
        r = range_for_probability(gabala, rcs, pd)
        assert float(probability(snr(gabala, r, rcs), gabala.false_alarm_probability)) == pytest.approx(pd, rel=1e-9)

    holds()


def test_a_probability_below_the_false_alarms_is_refused() -> None:
    with pytest.raises(ValueError, match="between the false-alarm probability 1e-06 and 1; got 1e-07"):
        snr_for_probability(1e-7, 1e-6)


def test_accuracy_has_a_floor_and_a_part_that_falls_with_the_signal(gabala: Radar) -> None:
    beamed = replace(gabala, beam_azimuth_rad=0.02, range_resolution_m=1000.0)
    weak, strong = measurement_sigma(beamed, [50.0, 5e9])
    assert strong == pytest.approx([200.0, 1e-3, 1e-3], rel=1e-3)
    assert weak == pytest.approx([np.hypot(200.0, 100.0), np.hypot(1e-3, 0.02 / 16), 1e-3])  # sqrt(2 x 50) is 10
