"""How far a flight might have gone instead: from what was shown, the range of the arc that goes farthest.

A lofted shot shows less than it could. Two answers bound it, both on a sphere that does not turn and without air:
the same energy at burnout, which leaves out that a flatter ascent loses less to gravity, so it is too little; and the
same effort, the whole velocity that the thrust gave along a generic ascent, which grants all of that back and grows
without limit near orbital speed, so it tends to be too much. Published estimates lie between (docs/method/arcs.md).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from jointwatch.earth.arrays import Floats
from jointwatch.earth.ellipsoid import GM_M3_S2
from jointwatch.earth.horizon import MEAN_RADIUS_M
from jointwatch.flight.boost import BoostProfile
from jointwatch.flight.burnout import at_rest

FARTHEST_M = np.pi * MEAN_RADIUS_M
_FARTHEST_SOLVED_M = 2.5 * MEAN_RADIUS_M  # beyond 16,000 km level burnouts cost less again: orbit is near
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)


def at_energy(height_m: ArrayLike, speed_m_s: ArrayLike) -> Floats:
    """Range, m, from ground to ground of the arc of least energy that has the energy of a speed at a height.

    Half around the Earth where the energy suffices for more. [A. D. Wheelon, ARS Journal 29 (1959) 915, solved for s]

    >>> round(float(at_energy(0.0, 4113.0)) / 1e3)
    2000
    """
    r = MEAN_RADIUS_M + np.asarray(height_m, dtype=np.float64)
    speed2 = np.asarray(speed_m_s, dtype=np.float64) ** 2 + 2 * GM_M3_S2 * (1 / MEAN_RADIUS_M - 1 / r)
    q = np.minimum(speed2 * MEAN_RADIUS_M / GM_M3_S2, 1.0)  # 1 at the speed of a circle at the ground
    return np.asarray(2 * MEAN_RADIUS_M * np.arcsin(q / (2 - q)))


def at_effort(effort_m_s: ArrayLike, profile: BoostProfile) -> Floats:
    """Range, m, of the arc of least speed whose ascent costs an effort, as `effort`; half around the Earth for more.

    >>> speed, angle = at_rest(np.array(2000e3), np.array(np.nan), BoostProfile(100.0, 0.4, 0.36))
    >>> cost = effort(speed, angle, BoostProfile(100.0, 0.4, 0.36))
    >>> round(float(at_effort(cost, BoostProfile(100.0, 0.4, 0.36))) / 1e3)
    2000
    """
    asked = np.asarray(effort_m_s, dtype=np.float64)
    low, high = np.zeros_like(asked), np.full_like(asked, _FARTHEST_SOLVED_M)
    for _ in range(16):  # to 300 m
        middle = (low + high) / 2
        speed, angle = at_rest(middle, np.full_like(middle, np.nan), profile)
        less = ~(effort(speed, angle, profile) > asked)
        low, high = np.where(less, middle, low), np.where(less, high, middle)
    farther = low >= _FARTHEST_SOLVED_M * (1 - 1e-4)
    return np.where(np.isnan(asked), np.nan, np.where(farther, FARTHEST_M, (low + high) / 2))


def effort(burnout_speed_m_s: ArrayLike, burnout_angle_rad: ArrayLike, profile: BoostProfile) -> Floats:
    """Velocity, m/s, that the thrust gives along a generic ascent, gravity's losses included and no air.

    The integral of acceleration less gravity along the profile's curves: height a cubic, distance a power of time.

    >>> round(float(effort(6000.0, 1.4, BoostProfile(220.0, 0.41, 0.34))))
    8039
    """
    speed, angle, s = np.broadcast_arrays(
        *(np.asarray(value, dtype=np.float64)[..., None] for value in (burnout_speed_m_s, burnout_angle_rad)),
        (_NODES + 1) / 2,
    )
    T, k, n = profile.burn_time_s, profile.altitude_fraction or 0.0, 1 / profile.downrange_fraction
    climb, level = speed * np.sin(angle), speed * np.cos(angle)
    height = climb * T * ((3 * k - 1) * s**2 + (1 - 2 * k) * s**3)
    upward = climb / T * (2 * (3 * k - 1) + 6 * (1 - 2 * k) * s)
    onward, along = level / T * (n - 1) * s ** (n - 2), level * s ** (n - 1)
    r = MEAN_RADIUS_M + height
    thrust = np.hypot(onward, upward + GM_M3_S2 / r**2 - along**2 / r)
    return np.asarray(T / 2 * np.sum(_WEIGHTS * thrust, axis=-1))
