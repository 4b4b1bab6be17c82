"""Estimates carried on in time, or back, on the understanding that their objects only fall."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from jointwatch.earth.arrays import Floats
from jointwatch.flight.coast import transition_arrays


def coasted(x: Floats, P: Floats, duration_s: ArrayLike, noise_m2_s3: float) -> tuple[Floats, Floats]:
    """States (n, 6) and covariances (n, 6, 6) after durations (n,) in seconds; before, where these are negative.

    noise_m2_s3: density of the white acceleration that the motion leaves out; it adds both ways.

    >>> x = np.array([[6778137.0, 0.0, 0.0, 0.0, 7174.0, 0.0]])
    >>> _, P = coasted(x, np.diag([1e4] * 3 + [1.0] * 3)[None], 60.0, 1e-5)
    >>> np.sqrt(np.diagonal(P[0]))[:3].round(1).tolist()
    [117.1, 116.4, 116.4]
    """
    seconds = np.empty(len(x))
    seconds[:] = duration_s
    there, Phi = transition_arrays(x, seconds)
    return there, Phi @ P @ Phi.swapaxes(-1, -2) + white(seconds, noise_m2_s3)


def white(duration_s: Floats, density_m2_s3: float) -> Floats:
    """Covariance (n, 6, 6) that a white acceleration of this density adds in durations (n,), either way in time."""
    t, sign = np.abs(duration_s), np.sign(duration_s)
    Q = np.zeros((len(t), 6, 6))
    place, speed = np.arange(3), np.arange(3, 6)
    Q[:, place, place] = (t**3 / 3)[:, None]
    Q[:, place, speed] = Q[:, speed, place] = (sign * t**2 / 2)[:, None]
    Q[:, speed, speed] = t[:, None]
    return density_m2_s3 * Q
