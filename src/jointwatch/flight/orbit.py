"""The Kepler orbit an object is on for the moment: perigee, apogee and inclination from Earth-fixed states.

Osculating: J2 and the air change it along the way, heights of a low orbit by some ten kilometres. Heights are over
the equatorial radius, as in catalogues of satellites, so over the poles they are 21 km less than over the ground.
"""

from __future__ import annotations

import numpy as np

from jointwatch.earth.arrays import Floats
from jointwatch.earth.ellipsoid import A_M, GM_M3_S2, OMEGA_RAD_S
from jointwatch.earth.states import Ecef


def perigee_height_m(states: Ecef) -> Floats:
    """Height of the perigee (n,), in metres, over the equatorial radius; negative for what falls back.

    >>> round(float(perigee_height_m(Ecef(np.array([[6778137.0, 0.0, 0.0, 0.0, 7174.2883, 0.0]])))[0]) / 1e3)  # km
    400
    """
    p, e, _ = _shape(states)
    return p / (1 + e) - A_M


def apogee_height_m(states: Ecef) -> Floats:
    """Height of the apogee (n,), in metres, over the equatorial radius; infinite for what escapes."""
    p, e, _ = _shape(states)
    return np.where(e < 1, p / np.where(e < 1, 1 - e, 1.0), np.inf) - A_M


def inclination_rad(states: Ecef) -> Floats:
    """Angle (n,), in radians, from 0 to pi, between the plane of the orbit and the equator."""
    _, _, h = _shape(states)
    return np.arctan2(np.hypot(h[:, 0], h[:, 1]), h[:, 2])


def inertial_velocity_m_s(states: Ecef) -> Floats:
    """Velocity (n, 3), in m/s, past the stars, along the Earth-fixed axes of the moment: v + omega x r."""
    x, y = states.r_m[:, 0], states.r_m[:, 1]
    return states.v_m_s + OMEGA_RAD_S * np.stack([-y, x, np.zeros_like(x)], axis=-1)


def _shape(states: Ecef) -> tuple[Floats, Floats, Floats]:
    """Semi-latus rectum, eccentricity and angular momentum vector (Bate, Mueller, White, 1971, section 2.4)."""
    r, v = states.r_m, inertial_velocity_m_s(states)
    h = np.cross(r, v)
    towards_perigee = np.cross(v, h) / GM_M3_S2 - r / np.linalg.norm(r, axis=-1, keepdims=True)
    return np.sum(h**2, axis=-1) / GM_M3_S2, np.linalg.norm(towards_perigee, axis=-1), h
