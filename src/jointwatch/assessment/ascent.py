"""How old is an ascent, and how far has it come? Two numbers, kappa, between a state and its place of launch.

kappa_altitude is height over (climb rate x age), kappa_downrange ground distance over (ground speed x age). From
rest at constant acceleration both are 1/2; where acceleration grows from nothing, 1/3. Between launch and the state
in hand (the anchor), height and distance are taken as cubics of time from rest, which kappa fixes; so earlier states
of the same ascent, if they were seen, say how large kappa is, and the class prior need not be believed alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jointwatch.assessment.ground_track import GroundTrack
from jointwatch.assessment.priors import BoostPriors
from jointwatch.assessment.unscented import cross_covariance, moments, sigma_points
from jointwatch.earth import geodesic
from jointwatch.earth.arrays import Floats
from jointwatch.earth.topocentric import enu_basis

FROM_REST = 0.5  # kappa of any smooth ascent in its first seconds
# A staged ascent is not a cubic: what is left of heights, distances and speeds of real two-stage flights after the
# best cubic has been taken out is of this relative size. Assumed, not measured.
LAW_ERROR = 0.03


@dataclass(frozen=True, slots=True)
class Earlier:
    """A state of the same ascent before the anchor: its time before the anchor's nominal time, and what it measures."""

    before_anchor_s: float
    latitude_rad: float
    longitude_rad: float
    measured: (
        Floats  # (3,) height m, climb rate m/s, ground speed m/s; its distance from the anchor is the fourth, zero
    )
    covariance: Floats  # (4, 4)


def kappas_while_burning(priors: BoostPriors) -> tuple[Floats, Floats]:
    """Means (2,) and sigmas (2,) of kappa, altitude and downrange, at an unknown moment of the burn.

    Kappa begins at 1/2 and ends at the class value; not knowing where between, the middle is taken, and half the way
    is added to the sigma.
    """
    at_cutoff = np.array([priors.kappa_altitude, priors.kappa_downrange])
    half_way = 0.5 * (FROM_REST - at_cutoff)
    sigma = np.hypot([priors.kappa_altitude_sigma, priors.kappa_downrange_sigma], half_way)
    return at_cutoff + half_way, sigma


def kappas_at_cutoff(priors: BoostPriors) -> tuple[Floats, Floats]:
    """Means (2,) and sigmas (2,) of kappa, altitude and downrange, at cut-off: the class prior as handed in."""
    return (
        np.array([priors.kappa_altitude, priors.kappa_downrange]),
        np.array([priors.kappa_altitude_sigma, priors.kappa_downrange_sigma]),
    )


def cubic_from_rest(fraction: Floats, end: Floats, end_rate: Floats, age_s: Floats) -> tuple[Floats, Floats]:
    """Value and rate at a fraction of the age, of the cubic from rest that reaches `end` with `end_rate`.

    >>> value, rate = cubic_from_rest(0.5, 100.0, 20.0, 10.0)  # constant acceleration: 2 m/s2 for 10 s
    >>> float(value), float(rate)
    (25.0, 10.0)
    """
    quadratic, cubic = 3.0 * end - end_rate * age_s, end_rate * age_s - 2.0 * end
    value = quadratic * fraction**2 + cubic * fraction**3
    rate = (2.0 * quadratic * fraction + 3.0 * cubic * fraction**2) / age_s
    return value, rate


def predicted(earlier: Earlier, anchor: GroundTrack, late_s: Floats, age_s: Floats, kappa_downrange: Floats) -> Floats:
    """Height, climb rate, ground speed (n, 3) that anchors foretell at an earlier state's time, and the distance (n,)
    by which they miss its place: (n, 4)."""
    fraction = np.clip(1.0 - (earlier.before_anchor_s + late_s) / age_s, 0.0, 1.0)
    height, climb = cubic_from_rest(fraction, anchor.height_m, anchor.climb_m_s, age_s)
    whole = kappa_downrange * anchor.ground_speed_m_s * age_s
    come, speed = cubic_from_rest(fraction, whole, anchor.ground_speed_m_s, age_s)
    apart, _, _ = geodesic.inverse(
        earlier.latitude_rad, earlier.longitude_rad, anchor.latitude_rad, anchor.longitude_rad
    )
    return np.stack([height, climb, speed, (whole - come) - apart], axis=-1)


def earlier_state(before_anchor_s: float, track: GroundTrack, row: int, P: Floats) -> Earlier:
    """What one state of an ascent measures of it: `row` of a ground track, with that state's covariance (6, 6)."""
    latitude, longitude = float(track.latitude_rad[row]), float(track.longitude_rad[row])
    east, north, up = enu_basis(latitude, longitude)
    ahead = np.sin(track.heading_rad[row]) * east + np.cos(track.heading_rad[row]) * north
    H = np.zeros((4, 6))
    H[0, :3], H[1, 3:], H[2, 3:], H[3, :3] = up, up, ahead, ahead
    measured = np.array([track.height_m[row], track.climb_m_s[row], track.ground_speed_m_s[row]])
    return Earlier(before_anchor_s, latitude, longitude, measured, H @ P @ H.T)
