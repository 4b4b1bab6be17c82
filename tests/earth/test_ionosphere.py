"""The ionosphere: a thin shell against the layer, bending against traced rays, what was published."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import brentq

from jointwatch.earth.horizon import MEAN_RADIUS_M as R
from jointwatch.earth.ionosphere import (
    ELECTRONS_M3_S2,
    TECU,
    Ionosphere,
    elevation_bias_rad,
    obliquity,
    range_delay_m,
)

DAY = Ionosphere(30 * TECU)
VHF, UHF, X_BAND = 160e6, 430e6, 9.5e9
NODES, WEIGHTS = np.polynomial.legendre.leggauss(300)


def density(height_m: np.ndarray | float, layer: Ionosphere = DAY) -> np.ndarray:
    """Electrons per cubic metre of Chapman's layer."""
    z = np.maximum((np.asarray(height_m) - layer.peak_height_m) / layer.scale_height_m, -14.0)
    peak = layer.vertical_tec_m2 / (layer.scale_height_m * np.sqrt(2 * np.pi * np.e))
    return np.asarray(peak * np.exp((1 - z - np.exp(-z)) / 2))


def slant_content(elevation: float, range_m: float, layer: Ionosphere = DAY) -> float:
    """Electrons along the straight line, by Gauss's rule."""
    x, w = NODES, WEIGHTS
    s = (x + 1) / 2 * range_m
    return float(w @ density(np.sqrt(R**2 + s**2 + 2 * R * s * np.sin(elevation)) - R, layer)) * range_m / 2


@pytest.mark.parametrize(("frequency", "metres"), [(VHF, 472.0), (UHF, 65.0), (X_BAND, 0.13)])
def test_thirty_units_overhead_delay_as_published(frequency: float, metres: float) -> None:
    """40.3 TEC / f^2, to the digits printed; from 20,000 km, above all electrons."""
    assert range_delay_m(frequency, np.pi / 2, 2e7, DAY) == pytest.approx(metres, rel=0.01, abs=0.005)


def test_the_constant_is_that_of_the_electron() -> None:
    e, m, epsilon = 1.602176634e-19, 9.1093837015e-31, 8.8541878128e-12
    assert pytest.approx(e**2 / (8 * np.pi**2 * epsilon * m), rel=3e-4) == ELECTRONS_M3_S2


def test_the_share_below_a_height_is_the_integral_of_the_layer() -> None:
    for height in (150e3, 250e3, 350e3, 500e3, 900e3, 3000e3):
        below = quad(lambda h: float(density(h)), 0.0, height, limit=200, points=[350e3] if height > 350e3 else None)[0]
        assert DAY.share_below(height) == pytest.approx(below / DAY.vertical_tec_m2, abs=1e-6)


def test_the_shell_stands_at_the_median_of_the_electrons_below() -> None:
    heights = np.array([250e3, 400e3, 1000e3, 1e8])
    assert DAY.share_below(DAY.shell_height_m(heights)) == pytest.approx(DAY.share_below(heights) / 2, rel=1e-9)


@pytest.mark.parametrize("range_m", [600e3, 1000e3, 2000e3, 4000e3])
@pytest.mark.parametrize("elevation_deg", [0.0, 2.0, 5.0, 10.0, 20.0, 40.0, 80.0])
def test_the_thin_shell_delays_like_the_whole_layer(range_m: float, elevation_deg: float) -> None:
    """Within 2 % of the integral along the line, for objects in, under and over the layer; 0.02 m where it is none."""
    elevation = np.deg2rad(elevation_deg)
    through = ELECTRONS_M3_S2 / VHF**2 * slant_content(elevation, range_m)
    assert range_delay_m(VHF, elevation, range_m, DAY) == pytest.approx(through, rel=0.02, abs=0.02)


def ground_angle(apparent: float, height_m: float, frequency: float) -> float:
    """Angle at the Earth's centre along a ray by Bouguer's law, n^2 = 1 - 2 K N: the exact law for a layered sphere.

    Over s with s^2 the height, so that a level ray does not begin at infinity; by Gauss's rule.
    """
    x, w = NODES, WEIGHTS
    s = (x + 1) / 2 * np.sqrt(height_m)
    n2 = 1 - 2 * ELECTRONS_M3_S2 / frequency**2 * density(s * s)
    grip = R * np.cos(apparent)
    rate = 2 * s * grip / ((R + s * s) * np.sqrt(n2 * (R + s * s) ** 2 - grip**2))
    return float(w @ rate) * np.sqrt(height_m) / 2


@pytest.mark.parametrize("height_m", [300e3, 500e3, 1000e3, 2500e3])
@pytest.mark.parametrize("elevation_deg", [1.0, 3.0, 6.0, 12.0, 30.0])
def test_rays_bend_as_much_as_rays_traced_through_the_layer(height_m: float, elevation_deg: float) -> None:
    """The apparent elevation under which a traced ray reaches the object, less the straight line's. 10 %
    or 0.02 mrad, for the shell."""
    r2, true = R + height_m, np.deg2rad(elevation_deg)
    range_m = np.sqrt(r2**2 - (R * np.cos(true)) ** 2) - R * np.sin(true)
    psi = np.arccos(R * np.cos(true) / r2) - true
    apparent = brentq(lambda e: ground_angle(e, height_m, VHF) - psi, true - 1e-3, true + 2e-2, xtol=1e-12)
    assert elevation_bias_rad(VHF, true, range_m, DAY) == pytest.approx(apparent - true, rel=0.10, abs=2e-5)


@pytest.mark.parametrize("height_m", [500e3, 1000e3, 2000e3])
def test_the_bending_is_greatest_near_a_tenth_of_a_radian_as_weisbrod_and_colin_found(height_m: float) -> None:
    """IRE Trans. AP-8 (1960) 107, abstract: it grows at first and is greatest on the order of 100 mrad."""
    elevation = np.linspace(0.0, 0.6, 601)
    range_m = np.sqrt((R + height_m) ** 2 - (R * np.cos(elevation)) ** 2) - R * np.sin(elevation)
    bias = elevation_bias_rad(VHF, elevation, range_m, DAY)
    assert bias[0] < bias[20] < bias[40]
    assert 0.05 < elevation[np.argmax(bias)] < 0.25


def test_for_stars_the_first_slope_is_none() -> None:
    """The same abstract: at astronomical distances the initial slope of the error at grazing incidence is zero."""
    level, slightly = elevation_bias_rad(VHF, np.array([0.0, 1e-3]), 1e12, DAY)
    assert slightly == pytest.approx(level, rel=1e-4)


@given(st.floats(0.0, np.pi / 2), st.floats(1e5, 1e7), st.floats(60e6, 1e10), st.floats(0.0, 100.0))
@settings(max_examples=100)
def test_both_fall_with_the_square_of_the_frequency_and_rise_with_content(
    elevation: float, range_m: float, frequency: float, tecu: float
) -> None:
    for law in (range_delay_m, elevation_bias_rad):
        one = float(law(frequency, elevation, range_m, Ionosphere(tecu * TECU)))
        assert float(law(2 * frequency, elevation, range_m, Ionosphere(tecu * TECU))) == pytest.approx(one / 4)
        assert float(law(frequency, elevation, range_m, Ionosphere(2 * tecu * TECU))) == pytest.approx(2 * one)
        assert one >= 0.0


def test_an_object_under_the_layer_is_untouched_and_one_in_place_finite() -> None:
    assert range_delay_m(VHF, 0.5, 100e3, DAY) == pytest.approx(0.0, abs=1e-6)
    assert np.isfinite(elevation_bias_rad(VHF, 0.3, 0.0, DAY))
    assert obliquity(np.pi / 2, 400e3) == 1.0


def test_what_cannot_be_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="at least 50 MHz, below which rays bend too far"):
        range_delay_m(10e6, 0.1, 1e6, DAY)
    for content, peak in ((-1.0, 350e3), (np.nan, 350e3), (1e17, 50e3)):
        with pytest.raises(ValueError, match="0 to 1e19 per square metre"):
            Ionosphere(content, peak)
