"""Prediction of both modes of many tracks at once, forward or back in time, with exact derivatives.

Both modes fall under gravity with J2 on the rotating Earth (`flight.coast`); the boost mode adds thrust along the
velocity. Its acceleration is a first-order Gauss-Markov process (Singer 1970) around a mean, integrated in closed form.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jointwatch.earth.arrays import Floats, Ints
from jointwatch.flight.coast import transition_arrays
from jointwatch.tracking.imm import BOOST, COAST, THRUST
from jointwatch.tracking.settings import Settings

_I3 = np.eye(3)
_WHERE = np.zeros((3, 7, 7))  # position, position by velocity, and velocity, as they stand in a covariance
_WHERE[0, :3, :3] = _WHERE[1, :3, 3:6] = _WHERE[1, 3:6, :3] = _WHERE[2, 3:6, 3:6] = _I3


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """States x (n, 2, 7) and covariances P at the new time, derivative F of the new by the old, noise Q between."""

    x: Floats
    P: Floats
    F: Floats
    Q: Floats

    def __getitem__(self, rows: Ints) -> Prediction:
        return Prediction(self.x[rows], self.P[rows], self.F[rows], self.Q[rows])


def predict(x: Floats, P: Floats, duration_s: Floats, settings: Settings) -> Prediction:
    """Both modes (n, 2, 7) after durations (n,) in seconds; negative ones go back, and the noise still adds."""
    n = len(x)
    x1, F = x.copy(), np.zeros((n, 2, 7, 7))
    flat = np.ascontiguousarray(x[..., :6]).reshape(2 * n, 6)
    fallen, Phi = transition_arrays(flat, np.repeat(duration_s, 2))
    x1[..., :6] = fallen.reshape(n, 2, 6)
    F[..., :6, :6] = Phi.reshape(n, 2, 6, 6)
    F[:, COAST, THRUST, THRUST] = 1.0
    along, toward = _direction(0.5 * (x[:, BOOST, 3:6] + x1[:, BOOST, 3:6]), P[:, BOOST])
    _push(x1[:, BOOST], F[:, BOOST], along, toward, duration_s, settings)
    Q = _noise(duration_s, along, settings)
    return Prediction(x1, F @ P @ F.swapaxes(-1, -2) + Q, F, Q)


def _direction(v: Floats, P: Floats) -> tuple[Floats, Floats]:
    """Expected unit vector (n, 3) along the velocity and its derivative (n, 3, 3) by velocity.

    The mean of v/|v| when v is uncertain is close to v / sqrt(|v|^2 + tr P_vv): a velocity not yet known gives no push.
    """
    norm = np.sqrt(np.sum(v * v, axis=1) + np.trace(P[:, 3:6, 3:6], axis1=1, axis2=2))[:, None]
    along = v / norm
    return along, (_I3 - along[:, :, None] * along[:, None, :]) / norm[:, :, None]


def _push(x: Floats, F: Floats, along: Floats, toward: Floats, duration_s: Floats, settings: Settings) -> None:
    """Add the thrust's change of position and velocity to fallen states (n, 7) and their derivatives, in place."""
    mean, tau = settings.thrust_mean_m_s2, settings.thrust_time_s
    elapsed = np.abs(duration_s)
    decay = np.exp(-elapsed / tau)
    speed_by_a = np.sign(duration_s) * tau * (1 - decay)
    way_by_a = tau * (elapsed - tau * (1 - decay))
    excess = x[:, THRUST] - mean
    speed = (mean * duration_s + excess * speed_by_a)[:, None]
    way = (mean * duration_s**2 / 2 + excess * way_by_a)[:, None]
    x[:, 0:3] += way * along
    x[:, 3:6] += speed * along
    x[:, THRUST] = mean + excess * decay
    F[:, 0:3, 3:6] += way[:, :, None] * toward
    F[:, 3:6, 3:6] += speed[:, :, None] * toward
    F[:, 0:3, THRUST] = way_by_a[:, None] * along
    F[:, 3:6, THRUST] = speed_by_a[:, None] * along
    F[:, THRUST, THRUST] = decay


def _noise(duration_s: Floats, along: Floats, settings: Settings) -> Floats:
    """Covariance (n, 2, 7, 7) that the noise adds: white acceleration in both modes, a wandering thrust in boost.

    Back in time the velocity's part changes sign against the others (put t -> -t, v -> -v). The thrust's part is that
    of a random walk, which over more than a minute is wider than the Gauss-Markov process: on the safe side.
    """
    t, s = np.abs(duration_s), np.sign(duration_s)
    white = np.array([t**3 / 3, s * t**2 / 2, t]).T @ _WHERE.reshape(3, 49)
    density = np.array([settings.boost_noise_m2_s3, settings.coast_noise_m2_s3])
    Q = (density[:, None] * white[:, None]).reshape(-1, 2, 7, 7)
    E = np.zeros((len(t), 3, 7))  # rows: how way, speed and thrust along the velocity enter the state
    E[:, 0, 0:3] = E[:, 1, 3:6] = along
    E[:, 2, THRUST] = 1.0
    g = 2 * settings.thrust_sigma_m_s2**2 / settings.thrust_time_s
    way_speed, way_thrust, speed_thrust = s * t**4 / 8, t**3 / 6, s * t**2 / 2
    rows = [t**5 / 20, way_speed, way_thrust, way_speed, t**3 / 3, speed_thrust, way_thrust, speed_thrust, t]
    walk = g * np.array(rows).T.reshape(-1, 3, 3)
    Q[:, BOOST] += E.swapaxes(-1, -2) @ walk @ E
    return Q
