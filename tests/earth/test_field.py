"""The field beyond J2 against the gradient of its potential, and against the zonal harmonics of `gravity`."""

from __future__ import annotations

import numpy as np
from scipy.special import lpmv

from jointwatch.earth.ellipsoid import A_M, GM_M3_S2, J2, J3, J4
from jointwatch.earth.field import COEFFICIENTS, beyond_j2_m_s2
from jointwatch.earth.gravity import zonal_gravity

PLACES = np.random.default_rng(4).normal(size=(20, 3))
PLACES *= np.linspace(6.6e6, 4.2e7, 20)[:, None] / np.linalg.norm(PLACES, axis=1, keepdims=True)
STEP_M = 20.0  # of the differences: rounding and curvature both stay under a millionth


def potential(r: np.ndarray) -> float:
    """Return the potential as textbooks print it, Vallado eq. 8-19, with SciPy's associated Legendre functions."""
    far = np.linalg.norm(r)
    longitude, total = np.arctan2(r[1], r[0]), 0.0
    for (n, m), (c, s) in COEFFICIENTS.items():
        legendre = (-1) ** m * lpmv(m, n, r[2] / far)  # SciPy's carry the phase of Condon and Shortley
        total += (A_M / far) ** n * legendre * (c * np.cos(m * longitude) + s * np.sin(m * longitude))
    return GM_M3_S2 / far * total


def test_the_pull_is_the_gradient_of_the_potential() -> None:
    for r in PLACES:
        slope = [(potential(r + STEP_M * e) - potential(r - STEP_M * e)) / (2 * STEP_M) for e in np.eye(3)]
        pull = beyond_j2_m_s2(r[None])[0]
        assert np.linalg.norm(pull - slope) < 1e-5 * np.linalg.norm(pull)


def test_turned_about_the_poles_and_averaged_it_is_that_of_the_zonal_harmonics_3_and_4() -> None:
    turns = np.arange(12) * np.pi / 6
    for x, y, z in PLACES:
        rho, bearing = np.hypot(x, y), np.arctan2(y, x)
        ring = np.column_stack([rho * np.cos(bearing + turns), rho * np.sin(bearing + turns), np.full(12, z)])
        pull = beyond_j2_m_s2(ring)
        outward = np.mean(pull[:, 0] * np.cos(bearing + turns) + pull[:, 1] * np.sin(bearing + turns))
        zonal = np.subtract(
            zonal_gravity.py_func(x, y, z, J2, J3, J4)[:3], zonal_gravity.py_func(x, y, z, J2, 0, 0)[:3]
        )
        np.testing.assert_allclose(
            [outward, pull[:, 2].mean()], [(zonal[0] * x + zonal[1] * y) / rho, zonal[2]], atol=1e-12, rtol=1e-6
        )
