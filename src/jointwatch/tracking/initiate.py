"""How a track begins: its first state from one plot, and when it is believed."""

from __future__ import annotations

import numpy as np

from jointwatch.earth.arrays import Bools, Floats
from jointwatch.earth.ellipsoid import geodetic_from_ecef
from jointwatch.tracking.imm import BOOST, COAST, THRUST
from jointwatch.tracking.screen import Admitted
from jointwatch.tracking.settings import Settings


def first_states(plots: Admitted, settings: Settings) -> tuple[Floats, Floats, Floats]:
    """States (k, 2, 7), covariances and mode probabilities (k, 2) that k single plots give.

    Position from the plot, velocity at rest with a sigma wide enough for any object, thrust at its prior.
    """
    k = len(plots)
    x, P = np.zeros((k, 2, 7)), np.zeros((k, 2, 7, 7))
    x[..., :3], P[..., :3, :3] = plots.r[:, None], plots.R[:, None]
    i = np.arange(3, 6)
    P[..., i, i] = settings.velocity_sigma_m_s**2
    x[..., THRUST] = settings.thrust_mean_m_s2
    P[..., THRUST, THRUST] = settings.thrust_sigma_m_s2**2
    mu = np.empty((k, 2))
    mu[:, BOOST], mu[:, COAST] = settings.initial_boost_probability, 1 - settings.initial_boost_probability
    return x, P, mu


def plausible(x: Floats, settings: Settings) -> Bools:
    """Whether states (n, 6) are those of something that flies: height and speed within the limits."""
    _, _, height = geodetic_from_ecef(x[:, :3])
    speed = np.linalg.norm(x[:, 3:], axis=1)
    high = (height >= settings.least_height_m) & (height <= settings.greatest_height_m)
    return np.asarray(high & (speed >= settings.least_speed_m_s) & (speed <= settings.greatest_speed_m_s))
