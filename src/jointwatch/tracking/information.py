"""Information: the inverse of a covariance, which adds up where errors are independent."""

from __future__ import annotations

import numpy as np

from jointwatch.earth.arrays import Bools, Floats


def inverse(P: Floats) -> Floats:
    """Information matrices (..., k, k) of covariances, and back; symmetric to the bit.

    Scaled to a unit diagonal first: metres and metres per second lie far apart.

    >>> inverse(np.diag([4e6, 1e-4])).round(9).tolist()
    [[2.5e-07, 0.0], [0.0, 10000.0]]
    """
    s = 1 / np.sqrt(np.einsum("...ii->...i", P))
    scale = s[..., :, None] * s[..., None, :]
    inverted = np.linalg.inv(P * scale) * scale
    return np.asarray(0.5 * (inverted + inverted.swapaxes(-1, -2)))


def definite(A: Floats, *, least: float = 1e-13) -> Bools:
    """Which symmetric matrices (n, k, k) are positive definite and have an inverse that rounding leaves sensible.

    least: eigenvalue of the matrix scaled to a unit diagonal.

    >>> definite(np.array([np.eye(2), np.diag([1.0, -1.0]), np.ones((2, 2))])).tolist()
    [True, False, False]
    """
    diagonal = np.einsum("nii->ni", A)
    well = np.isfinite(A).all(axis=(1, 2)) & (diagonal > 0).all(axis=1)
    s = 1 / np.sqrt(np.where(well[:, None], diagonal, 1.0))
    unit = np.where(well[:, None, None], A, np.eye(A.shape[1])) * s[:, :, None] * s[:, None, :]
    well &= (np.abs(unit) < 1.0 + 1e-9).all(axis=(1, 2))
    return np.asarray(
        well & (np.linalg.eigvalsh(np.where(well[:, None, None], unit, np.eye(A.shape[1])))[:, 0] > least)
    )
