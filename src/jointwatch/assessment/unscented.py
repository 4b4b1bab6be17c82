"""The unscented transform: mean and covariance of a curved function of a Gaussian, without random numbers.

Julier and Uhlmann, Proc. IEEE 92 (2004) 401-422. All weights are positive here, so that no covariance that comes
out can be indefinite: as a rule the centre weighs 1/(n+1) and 2n points stand sqrt(n+1) sigmas out. Mean and covariance
are exact for linear functions, the mean also for quadratic ones.
"""

from __future__ import annotations

import numpy as np

from jointwatch.earth.arrays import Floats


def sigma_points(mean: Floats, covariance: Floats, *, spreads: Floats | None = None) -> tuple[Floats, Floats]:
    """Points (2n+1, n), the mean first, and their weights (2n+1,), which add to one.

    spreads: sigmas (n,) by which the points of each variable (with what is left of it after those before) stand out;
    sqrt(3) suits a curved dependence on a Gaussian best. The sum of 1/spreads^2 must be at most one.

    >>> points, weights = sigma_points(np.zeros(2), np.diag([4.0, 9.0]))
    >>> np.round(np.einsum("p,pi,pj->ij", weights, points, points), 9).tolist()
    [[4.0, 0.0], [0.0, 9.0]]
    """
    mean = np.asarray(mean, dtype=float)
    n = mean.size
    spreads = np.full(n, np.sqrt(n + 1.0)) if spreads is None else spreads
    offsets = spreads[:, None] * _square_root(np.asarray(covariance, dtype=float)).T
    outside = 0.5 / spreads**2
    weights = np.concatenate([[1.0 - 2.0 * outside.sum()], outside, outside])
    return np.concatenate([mean[None], mean + offsets, mean - offsets]), weights


def moments(values: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Mean (m,) and covariance (m, m) of weighted values (p, m)."""
    mean = weights @ values
    away = values - mean
    return mean, (weights[:, None] * away).T @ away


def _square_root(covariance: Floats) -> Floats:
    """Return L with L L^T = covariance, scaled to correlations first because metres and radians stand side by side."""
    scale = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    safe = np.where(scale > 0.0, scale, 1.0)
    correlation = covariance / np.outer(safe, safe)
    try:
        root = np.linalg.cholesky(correlation)
    except np.linalg.LinAlgError:  # a value that is known exactly, or rounding: its negative part is rounding too
        values, vectors = np.linalg.eigh(0.5 * (correlation + correlation.T))
        root = vectors * np.sqrt(np.maximum(values, 0.0))
    return safe[:, None] * root
