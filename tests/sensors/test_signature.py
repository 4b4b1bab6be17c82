"""Cross-sections in a run: log-normal around the class's, all bands together."""

from __future__ import annotations

import numpy as np
import pytest

from jointwatch.sensors.signature import drawn_rcs_m2

CLASS = {"VHF": 1.0, "X": 0.01}


def test_cross_sections_are_log_normal_around_the_class_with_its_spread() -> None:
    """By Kolmogorov and Smirnov at 1e-4; the median is the class's value, the sigma the spread in decibels."""
    from scipy.stats import kstest

    rng = np.random.default_rng(6)
    decibels = np.array([10 * np.log10(drawn_rcs_m2(CLASS, 5.0, rng)["X"] / 0.01) for _ in range(4000)])
    assert kstest(decibels / 5.0, "norm").pvalue > 1e-4


def test_all_bands_move_together_and_without_spread_none_does() -> None:
    drawn = drawn_rcs_m2(CLASS, 5.0, np.random.default_rng(1))
    assert drawn["VHF"] / drawn["X"] == pytest.approx(100.0)
    assert drawn_rcs_m2(CLASS, 0.0, np.random.default_rng(1)) == CLASS


def test_what_is_no_cross_section_is_refused() -> None:
    rng = np.random.default_rng(1)
    with pytest.raises(ValueError, match=r"above 0 m2; got \{'X': nan\}"):
        drawn_rcs_m2({"VHF": 1.0, "X": np.nan}, 5.0, rng)
    with pytest.raises(ValueError, match="0 dB or more; got -1"):
        drawn_rcs_m2(CLASS, -1, rng)
