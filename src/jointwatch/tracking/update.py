"""The Kalman update of both modes of many tracks, each with its one plot, in time or late.

A late plot was made when the object was at x(t_k - d); the track's present state is taken back there (retrodiction) and
the plot speaks of the present through the derivative of that: H F, with the noise of the way back added to the plot's
own. Without process noise this is the exact answer; with it, the correlation of that noise with the track is left out,
which makes the update cautious (Bar-Shalom, Li, Kirubarajan 2001; Bar-Shalom, Chen, Mallick 2004, algorithm B).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jointwatch.earth.arrays import Bools, Floats
from jointwatch.sensors.measurement import jacobian, residual
from jointwatch.tracking.gate import Expected
from jointwatch.tracking.predict import Prediction
from jointwatch.tracking.screen import Admitted

_I7 = np.eye(7)
_GUARD = 1 + 1e-12 * _I7
"""Variances grow by this much at each update, so that rounding cannot take a correlation to one."""


@dataclass(frozen=True, slots=True, eq=False)
class Innovation:
    """What k plots say against k predictions: nu (k, 2, 3), H = dz/dr (k, 2, 3, 3), R (k, 1, 3, 3)."""

    nu: Floats
    H: Floats
    R: Floats


def innovation(plots: Admitted, prediction: Prediction, expectation: Expected) -> Innovation:
    """Innovations of plots against the tracks of the same index, linearised where each pair is known best.

    A prediction narrower than the plot is the point to linearise at (the EKF). A wider one, as after the first plot, is
    not: there the plot's own position is taken, or the sagitta of tens of km across the beam would pass for range.
    """
    sigma2 = plots.sigma**2
    R = sigma2[:, None, :, None] * np.eye(3)
    nu = residual(plots.z[:, None], expectation.z)
    wide = (np.einsum("...ii->...i", expectation.S)[..., 1:] > sigma2[:, None, 1:]).any(axis=-1)
    if not wide.any():
        return Innovation(nu, expectation.H, R)
    at_plot = jacobian(plots.site, plots.r)[:, None]
    nu_at_plot = (at_plot @ (plots.r[:, None] - prediction.x[..., :3])[..., None])[..., 0]
    H = np.where(wide[..., None, None], at_plot, expectation.H)
    return Innovation(np.where(wide[..., None], nu_at_plot, nu), H, R)


def update(x: Floats, P: Floats, prediction: Prediction, seen: Innovation, late: Bools) -> tuple[Floats, Floats]:
    """States (k, 2, 7) and covariances after the plots.

    x, P: as the tracks were before the prediction, mixed; late (k,): whose time lies after the plot's, so that the
    estimate stays at its own time.
    """
    H = np.zeros((*seen.H.shape[:-1], 7))
    H[..., :3] = seen.H
    if not late.any():
        return joseph(prediction.x, prediction.P, seen.nu, H, seen.R)
    back = late[:, None, None, None]
    H_now = np.where(back, H @ prediction.F, H)
    R = np.where(back, seen.R + seen.H @ prediction.Q[..., :3, :3] @ seen.H.swapaxes(-1, -2), seen.R)
    x_now = np.where(back[..., 0], x, prediction.x)
    P_now = np.where(back, P, prediction.P)
    return joseph(x_now, P_now, seen.nu, H_now, R)


def joseph(x: Floats, P: Floats, nu: Floats, H: Floats, R: Floats) -> tuple[Floats, Floats]:
    """State and covariance after a measurement with innovation nu, derivative H and noise R; any leading axes.

    Joseph's form (Bucy, Joseph 1968), symmetrised: positive definite whatever the gain's rounding.
    """
    PH = P @ H.swapaxes(-1, -2)
    K = PH @ np.linalg.inv(H @ PH + R)
    A = _I7 - K @ H
    P1 = A @ P @ A.swapaxes(-1, -2) + K @ R @ K.swapaxes(-1, -2)
    return x + (K @ nu[..., None])[..., 0], 0.5 * (P1 + P1.swapaxes(-1, -2)) * _GUARD
