"""Information: the inverse of a covariance, which adds up where errors are independent."""

from __future__ import annotations

import numpy as np

from jointwatch.earth.arrays import Floats


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
