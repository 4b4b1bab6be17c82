"""Interacting multiple model: two hypotheses of motion, mixed before they are predicted and weighed after.

Arrays over tracks: x (n, 2, 7), P (n, 2, 7, 7), mode probabilities mu (n, 2). The state is Earth-fixed position and
velocity and, seventh, the acceleration by thrust along the velocity in m/s2. A coasting object has none: under `coast`
that component stands at its prior, uncorrelated, so that a mode without it lends none to a mode that needs one
(the unbiased mixing of states of unequal length, Yuan, Bar-Shalom, Willett 2012).

Source: Blom and Bar-Shalom 1988; Bar-Shalom, Li, Kirubarajan 2001, section 11.6.6.
"""

from __future__ import annotations

import numpy as np

from jointwatch.earth.arrays import Floats
from jointwatch.tracking.settings import Settings

BOOST, COAST = 0, 1
THRUST = 6
"""Index of the seventh component, acceleration by thrust."""

LEAST_PROBABILITY = 1e-12
"""Floor of a mode's probability, so that its logarithm exists; far below anything that shows in an estimate."""


def transition(duration_s: Floats, settings: Settings) -> Floats:
    """Probabilities (n, 2, 2) of going from mode (row) to mode (column) in durations (n,), none for negative ones.

    >>> transition(np.array([5.0]), Settings(burnout_rate_per_s=0.02, ignition_rate_per_s=0.0)).round(3)
    array([[[0.905, 0.095],
            [0.   , 1.   ]]])
    """
    elapsed = np.maximum(duration_s, 0.0)
    burnout = -np.expm1(-settings.burnout_rate_per_s * elapsed)
    ignition = -np.expm1(-settings.ignition_rate_per_s * elapsed)
    pi = np.empty((len(elapsed), 2, 2))
    pi[:, BOOST, BOOST], pi[:, BOOST, COAST] = 1 - burnout, burnout
    pi[:, COAST, BOOST], pi[:, COAST, COAST] = ignition, 1 - ignition
    return pi


def mix(x: Floats, P: Floats, mu: Floats, pi: Floats, settings: Settings) -> tuple[Floats, Floats, Floats]:
    """States and covariances each mode starts from, and probabilities of the modes, by the transitions pi (n, 2, 2)."""
    joint = mu[:, :, None] * pi
    c = joint.sum(axis=1)
    w = joint / np.maximum(c, LEAST_PROBABILITY)[:, None, :]  # from (axis 1) into (axis 2)
    w[:, BOOST] = 1 - w[:, COAST]
    d = x[:, BOOST] - x[:, COAST]
    mixed_x = x[:, None, COAST] + w[:, BOOST, :, None] * d[:, None]
    spread = (w[:, BOOST] * w[:, COAST])[..., None, None] * (d[:, :, None] * d[:, None, :])[:, None]
    mixed_P = w[:, BOOST, :, None, None] * P[:, None, BOOST] + w[:, COAST, :, None, None] * P[:, None, COAST] + spread
    without_thrust(mixed_x, mixed_P, settings)
    return mixed_x, mixed_P, c


def without_thrust(x: Floats, P: Floats, settings: Settings) -> None:
    """Put the thrust of the coast mode back to its prior, in place."""
    x[:, COAST, THRUST] = settings.thrust_mean_m_s2
    P[:, COAST, THRUST, :] = 0.0
    P[:, COAST, :, THRUST] = 0.0
    P[:, COAST, THRUST, THRUST] = settings.thrust_sigma_m_s2**2


def reweighed(c: Floats, log_likelihood: Floats) -> Floats:
    """Mode probabilities (n, 2) after a plot, from those before, c, and the log likelihoods under each mode (n, 2)."""
    log_mu = np.log(np.maximum(c, LEAST_PROBABILITY)) + log_likelihood
    mu = np.maximum(np.exp(log_mu - log_mu.max(axis=1, keepdims=True)), LEAST_PROBABILITY)
    return np.asarray(mu / mu.sum(axis=1, keepdims=True))


def combined(x: Floats, P: Floats, mu: Floats) -> tuple[Floats, Floats]:
    """One state (n, 6) and covariance (n, 6, 6) with the mean and spread of both modes."""
    d = x[:, BOOST, :6] - x[:, COAST, :6]
    mean = x[:, COAST, :6] + mu[:, BOOST, None] * d
    spread = (mu[:, BOOST] * mu[:, COAST])[:, None, None] * (d[:, :, None] * d[:, None, :])
    within = mu[:, BOOST, None, None] * P[:, BOOST, :6, :6] + mu[:, COAST, None, None] * P[:, COAST, :6, :6]
    return mean, within + spread


def boost_probability(x: Floats, P: Floats, mu: Floats) -> Floats:
    """Probability (n,) that thrust drives the object: the boost mode's, times that of its acceleration being forward.

    The boost mode also follows the air's braking, as thrust below zero; that is no boost.
    """
    from scipy.special import ndtr

    forward = ndtr(x[:, BOOST, THRUST] / np.sqrt(P[:, BOOST, THRUST, THRUST]))
    return np.asarray(mu[:, BOOST] * forward)
