"""Where would it have gone? An object last seen burning, with every remaining burn time as likely as ignorance has it.

Nothing in the track says when the engine stopped. The one assumption that favours no time scale: the moment it was
last seen is anywhere in its burn with equal chance, so that a remaining time longer than y has probability
age / (age + y). The climb and the ground speed go on changing as they last did (a vehicle under power is taken not to
dive: a falling climb rate stops at level flight). The chance of an orbit is then the mean over remaining burn times of
the chance after each. It is a number for "undecided", never a verdict.
"""

from __future__ import annotations

from math import cos, sin

import numpy as np

from jointwatch.assessment.cutoff import Cutoff
from jointwatch.assessment.ground_track import ground_track
from jointwatch.assessment.perigee import probability_not_reached
from jointwatch.assessment.track_history import TrackHistory, seconds_between
from jointwatch.assessment.unscented import sigma_points
from jointwatch.earth.arrays import Floats
from jointwatch.earth.ellipsoid import A_M, OMEGA_RAD_S
from jointwatch.earth.topocentric import enu_basis

QUANTILES = (np.arange(64) + 0.5) / 64.0
ACCELERATION_OVER_S = 20.0  # velocities this far apart, or farther, tell an acceleration


def probability_of_orbit(history: TrackHistory, end: Cutoff, age_s: float) -> float | None:
    """Probability of an orbit after an unknown further burn; None where too little of the ascent was seen to tell.

    age_s: seconds from launch to the last boosting state.
    """
    rows = np.flatnonzero(end.boosting)
    span_s = np.array([seconds_between(history.time_tai_ns[rows[-1]], history.time_tai_ns[row]) for row in rows])
    far = np.flatnonzero(span_s >= ACCELERATION_OVER_S)
    if not far.size:
        return None
    before, last = int(rows[far[-1]]), int(rows[-1])
    mean, covariance, heading, latitude = _motion(history, before, last, float(span_s[far[-1]]))
    points, weights = sigma_points(mean, covariance)
    remaining_s = age_s * QUANTILES / (1.0 - QUANTILES)
    return float(np.mean([_orbit_after(points, weights, y, heading, latitude) for y in remaining_s]))


def _motion(history: TrackHistory, before: int, last: int, span_s: float) -> tuple[Floats, Floats, float, float]:
    """Return mean and covariance of (height, climb, speed, rates of the two), and heading and latitude."""
    track = ground_track(history.x[[before, last]])
    heading, latitude = float(track.heading_rad[1]), float(track.latitude_rad[1])
    H = np.zeros((2, 3, 6))
    for row in (0, 1):
        east, north, up = enu_basis(track.latitude_rad[row], track.longitude_rad[row])
        ahead = sin(track.heading_rad[row]) * east + cos(track.heading_rad[row]) * north
        H[row, 0, :3], H[row, 1, 3:], H[row, 2, 3:] = up, up, ahead
    motion = np.stack(
        [track.height_m, track.climb_m_s, np.einsum("ri,ri->r", H[:, 2, 3:], history.x[[before, last], 3:])]
    )
    now, then = (H[row] @ history.P[index] @ H[row].T for row, index in ((1, last), (0, before)))
    differences = np.diff(motion[1:], axis=1)[:, 0] / span_s
    covariance = np.zeros((5, 5))
    covariance[:3, :3] = now
    covariance[3:, :3] = now[1:] / span_s
    covariance[:3, 3:] = covariance[3:, :3].T
    covariance[3:, 3:] = (now[1:, 1:] + then[1:, 1:]) / span_s**2
    return np.r_[motion[:, 1], differences], covariance, heading, latitude


def _orbit_after(points: Floats, weights: Floats, burn_s: float, heading_rad: float, latitude_rad: float) -> float:
    """Probability of an orbit if the engine stops after so many more seconds."""
    height, climb, speed, climb_rate, speed_rate = points.T
    level_s = np.where(climb_rate < 0.0, np.maximum(climb, 0.0) / np.maximum(-climb_rate, 1e-9), np.inf)
    rising_s = np.minimum(burn_s, level_s)
    radius = A_M + height + climb * rising_s + 0.5 * climb_rate * rising_s**2
    vertical = climb + climb_rate * rising_s
    along = speed + speed_rate * burn_s
    east = along * sin(heading_rad) + OMEGA_RAD_S * radius * cos(latitude_rad)
    horizontal2 = east**2 + (along * cos(heading_rad)) ** 2
    return probability_not_reached(radius, vertical**2 + horizontal2, radius**2 * horizontal2, weights)
