"""How a track begins: its first state from one plot, and when it is believed."""

from __future__ import annotations

import numpy as np

from jointwatch.earth.arrays import Bools, Floats
from jointwatch.earth.ellipsoid import geodetic_from_ecef
from jointwatch.tracking.bank import MU, NIS, NUMBERS, PACKED, P, X
from jointwatch.tracking.screen import Admitted
from jointwatch.tracking.settings import Settings


def first_states(plots: Admitted, settings: Settings) -> Floats:
    """Rows (k, 73) of a bank's numbers that k single plots give.

    Position from the plot, velocity at rest with a sigma wide enough for any object, thrust at its prior.
    """
    thrust = settings.thrust_mean_m_s2, settings.thrust_sigma_m_s2**2
    boost = settings.initial_boost_probability
    numbers = np.zeros((len(plots), NUMBERS))
    for mode in range(2):
        x, p = X + 7 * mode, P + 28 * mode
        numbers[:, x : x + 3], numbers[:, x + 6] = plots.r, thrust[0]
        numbers[:, p + PACKED[_PLACE]] = plots.R[:, *_PLACE]
        numbers[:, p + PACKED[_VELOCITY, _VELOCITY]] = settings.velocity_sigma_m_s**2
        numbers[:, p + PACKED[6, 6]] = thrust[1]
    numbers[:, MU], numbers[:, MU + 1], numbers[:, NIS] = boost, 1 - boost, np.nan
    return numbers


_PLACE = np.triu_indices(3)
_VELOCITY = np.arange(3, 6)


def plausible(x: Floats, settings: Settings) -> Bools:
    """Whether states (n, 6) are those of something that flies: height and speed within the limits."""
    _, _, height = geodetic_from_ecef(x[:, :3])
    speed = np.linalg.norm(x[:, 3:], axis=1)
    high = (height >= settings.least_height_m) & (height <= settings.greatest_height_m)
    return np.asarray(high & (speed >= settings.least_speed_m_s) & (speed <= settings.greatest_speed_m_s))
