"""The 95 % ellipse against the eigenvectors of its covariance, and against a sample."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2

from jointwatch.assessment.ellipse import CHI2_95_2DOF, contains, covariance_en, ellipse_95

sigmas = st.floats(1.0, 1e6)
angles = st.floats(0.0, np.pi)


def rotated(major: float, minor: float, azimuth: float) -> np.ndarray:
    along, across = np.array([np.sin(azimuth), np.cos(azimuth)]), np.array([np.cos(azimuth), -np.sin(azimuth)])
    return major**2 * np.outer(along, along) + minor**2 * np.outer(across, across)


def test_the_scale_is_the_95_percent_point_of_chi_square() -> None:
    assert pytest.approx(chi2.ppf(0.95, 2)) == CHI2_95_2DOF


@given(sigmas, st.floats(0.01, 0.9), angles)
def test_semi_axes_and_azimuth_are_those_of_the_covariance(major: float, ratio: float, azimuth: float) -> None:
    ellipse = ellipse_95(0.0, 0.0, rotated(major, ratio * major, azimuth))
    assert ellipse.semi_major_m == pytest.approx(major * np.sqrt(CHI2_95_2DOF), rel=1e-6)
    assert ellipse.semi_minor_m == pytest.approx(ratio * major * np.sqrt(CHI2_95_2DOF), rel=1e-4)
    assert abs(np.sin(ellipse.azimuth_rad - azimuth)) < 1e-6
    assert 0.0 <= ellipse.azimuth_rad < np.pi


@given(sigmas, st.floats(0.01, 0.9), angles)
def test_the_covariance_comes_back_from_the_ellipse(major: float, ratio: float, azimuth: float) -> None:
    P = rotated(major, ratio * major, azimuth)
    np.testing.assert_allclose(covariance_en(ellipse_95(0.0, 0.0, P)), P, atol=1e-6 * major**2)


def test_ninety_five_of_a_hundred_draws_lie_inside() -> None:
    P = rotated(9e3, 2e3, 0.7)
    draws = np.random.default_rng(1).multivariate_normal([0.0, 0.0], P, size=20_000)
    inside = contains(ellipse_95(0.6, 0.9, P), draws[:, 0], draws[:, 1])
    assert inside.mean() == pytest.approx(0.95, abs=0.005)  # three sigma of a share of 20,000
