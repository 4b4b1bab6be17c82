"""How a track begins: what is believed before its first plot, and when it is believed itself."""

from __future__ import annotations

import numpy as np

from jointwatch.earth.arrays import Bools, Floats
from jointwatch.earth.ellipsoid import geodetic_from_ecef
from jointwatch.tracking.settings import Settings


def prior(settings: Settings) -> Floats:
    """What is believed before anything is seen: means, then variances, of thrust and drag; of the velocity; boost.

    One plot says nothing of the velocity: it is at rest, with a sigma wide enough for any object (`life.begin`).
    """
    return np.array([
        settings.thrust_mean_m_s2, 0.0, settings.thrust_sigma_m_s2**2, settings.drag_sigma**2,
        settings.velocity_sigma_m_s**2, settings.initial_boost_probability,
    ])  # fmt: skip


def plausible(x: Floats, settings: Settings) -> Bools:
    """Whether states (n, 6) are those of something that flies: height and speed within the limits."""
    _, _, height = geodetic_from_ecef(x[:, :3])
    speed = np.linalg.norm(x[:, 3:], axis=1)
    high = (height >= settings.least_height_m) & (height <= settings.greatest_height_m)
    return np.asarray(high & (speed >= settings.least_speed_m_s) & (speed <= settings.greatest_speed_m_s))
