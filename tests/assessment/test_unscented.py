"""The unscented transform: exact where it must be, never indefinite."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jointwatch.assessment.unscented import moments, sigma_points


def covariance(n: int, seed: int) -> np.ndarray:
    root = np.random.default_rng(seed).normal(size=(n, n))
    return root @ root.T + 0.1 * np.eye(n)


@given(n=st.integers(1, 10), seed=st.integers(0, 10_000))
def test_a_linear_function_keeps_mean_and_covariance_exactly(n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    mean, P, A = rng.normal(size=n), covariance(n, seed), rng.normal(size=(3, n))
    points, weights = sigma_points(mean, P)
    got_mean, got_P = moments(points @ A.T, weights)
    np.testing.assert_allclose(got_mean, A @ mean, atol=1e-9)
    np.testing.assert_allclose(got_P, A @ P @ A.T, atol=1e-8)


def test_the_mean_of_a_quadratic_function_is_exact() -> None:
    P = covariance(4, 7)
    points, weights = sigma_points(np.zeros(4), P)
    mean, _ = moments(np.einsum("pi,pi->p", points, points)[:, None], weights)
    assert mean[0] == pytest.approx(np.trace(P))


def test_a_value_that_is_known_exactly_does_not_vary() -> None:
    P = np.diag([4.0, 0.0, 1e-12])
    points, weights = sigma_points(np.array([1.0, 2.0, 3.0]), P)
    assert np.all(points[:, 1] == 2.0)
    np.testing.assert_allclose(moments(points, weights)[1], P, atol=1e-12)


def test_nearer_points_give_the_covariance_as_well() -> None:
    P = covariance(4, 3)
    points, weights = sigma_points(np.ones(4), P, spreads=np.sqrt([6.0, 6.0, 6.0, 3.0]))
    mean, got = moments(points, weights)
    np.testing.assert_allclose(mean, np.ones(4), atol=1e-12)
    np.testing.assert_allclose(got, P, atol=1e-10)
    assert weights.sum() == pytest.approx(1.0)


def test_metres_and_radians_side_by_side_lose_no_digits() -> None:
    P = np.diag([1e12, 1e-18])
    points, weights = sigma_points(np.zeros(2), P)
    np.testing.assert_allclose(np.diag(moments(points, weights)[1]), [1e12, 1e-18], rtol=1e-12)
