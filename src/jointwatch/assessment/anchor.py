"""The state from which a launch is reckoned back, with what is assumed of the ascent before it.

Three kinds: cut-off, where it was seen (the latest coasting state taken back to it); a boosting state; and, for an
object first seen coasting, the point of its arc at the prior burnout altitude. Each is a Gaussian over the tracked
state and a few nuisance numbers, and a function that turns points of it into ground track, lateness, age and kappa.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.linalg import block_diag

from jointwatch.assessment.ascent import (
    LAW_ERROR,
    Earlier,
    kappas_at_cutoff,
    kappas_while_burning,
    predicted,
)
from jointwatch.assessment.ground_track import GroundTrack, ground_track
from jointwatch.assessment.priors import BoostPriors
from jointwatch.assessment.unscented import cross_covariance, moments, sigma_points
from jointwatch.earth.arrays import Floats
from jointwatch.earth.states import Ecef
from jointwatch.flight import coast

LOWEST_BURNOUT_M = 10e3
LONGEST_ARC_S = 2700.0


class Ascents(NamedTuple):
    """Ascents (n,) that sigma points stand for: where they ended, how late against the nominal time, how old, kappa."""

    track: GroundTrack
    late_s: Floats
    age_s: Floats
    kappa_downrange: Floats


@dataclass(frozen=True)
class Anchor:
    """A Gaussian over (state, nuisances, age number, kappa_downrange) and its reading as ascents."""

    time_tai_ns: int
    mean: Floats
    covariance: Floats
    ascents: Callable[[Floats], Ascents]
    basis: str  # what it stands on, for people


def at_boosting_state(time_tai_ns: int, x: Floats, P: Floats, priors: BoostPriors, *, flat: bool) -> Anchor:
    """Anchor on a state under power; `flat` where its climb rate says nothing about its age."""
    numbers, sigmas = _age_by_burn_time(priors) if flat else kappas_while_burning(priors)

    def ascents(points: Floats) -> Ascents:
        track = ground_track(points[:, :6])
        return Ascents(track, np.zeros(len(points)), _age(points[:, -2], track, flat), points[:, -1])

    return _anchor(time_tai_ns, x, P, numbers, sigmas, ascents, "a state under power")


def at_cutoff(
    time_tai_ns: int, sigma_s: float, after_s: float, x: Floats, P: Floats, priors: BoostPriors, *, flat: bool
) -> Anchor:
    """Anchor on cut-off: a coasting state (`after_s` later) taken back along its free flight."""
    numbers, sigmas = _age_by_burn_time(priors) if flat else kappas_at_cutoff(priors)

    def ascents(points: Floats) -> Ascents:
        late = points[:, 6]
        track = ground_track(coast.propagate(Ecef(points[:, :6]), late - after_s).pos_vel)
        return Ascents(track, late, _age(points[:, -2], track, flat), points[:, -1])

    return _anchor(time_tai_ns, x, P, np.r_[0.0, numbers], np.r_[sigma_s, sigmas], ascents, "cut-off as seen")


def at_burnout_altitude(
    time_tai_ns: int, x: Floats, P: Floats, priors: BoostPriors, *, seen_at_m: float
) -> Anchor | None:
    """Anchor on the prior burnout altitude, never above where it was first seen; None where its arc never was so low.

    The state is the best coasting one, `seen_at_m` the height of the first.
    """
    numbers, sigmas = kappas_at_cutoff(priors)
    mean_m = min(priors.burnout_altitude_m, seen_at_m)
    guess_s = seconds_back_to(x, mean_m)
    if guess_s is None:
        return None

    def ascents(points: Floats) -> Ascents:
        burnout_m = np.clip(points[:, 6], LOWEST_BURNOUT_M, seen_at_m)
        late, arc = back_to_height(points[:, :6], burnout_m, guess_s)
        track = ground_track(arc)
        return Ascents(track, late, _age(points[:, -2], track, False), points[:, -1])

    nuisance, spread = np.r_[mean_m, numbers], np.r_[priors.burnout_altitude_sigma_m, sigmas]
    return _anchor(time_tai_ns, x, P, nuisance, spread, ascents, "a usual burnout altitude, the ascent was not seen")


def seconds_back_to(x: Floats, height_m: float) -> float | None:
    """Seconds (zero or negative) at which the free flight of a state (6,) last climbed through a height, to 10 s."""
    times = -np.arange(0.0, LONGEST_ARC_S, 10.0)
    track = ground_track(coast.trajectory(Ecef(x[None]), times).pos_vel)
    below = np.flatnonzero((track.height_m <= height_m + 1.0) & (track.climb_m_s > 0.0))
    return float(times[below[0]]) if below.size else None


def back_to_height(pos_vel: Floats, height_m: Floats, guess_s: float) -> tuple[Floats, Floats]:
    """Seconds (n,) and states (n, 6) at which free flights climbed through given heights, by Newton's rule from a guess.

    The slope is kept above 100 m/s: an arc that only just reaches the height stops near its nearest point.
    """
    back = np.full(len(pos_vel), guess_s)
    states = coast.propagate(Ecef(pos_vel), back).pos_vel
    for _ in range(5):
        track = ground_track(states)
        back = back - (track.height_m - height_m) / np.maximum(track.climb_m_s, 100.0)
        states = coast.propagate(Ecef(pos_vel), back).pos_vel
    return back, states


def learned(anchor: Anchor, earlier: list[Earlier]) -> tuple[Anchor, float]:
    """The anchor after earlier states of the same ascent have spoken on age and kappa, and how far they were off.

    Only the last two numbers are learned. States of one filter are not independent, so the tracked state itself must
    not gain from older ones a second time: it is a "considered" quantity (Schmidt, 1966). The second value is the sum
    of the normalised innovations squared, 4 per state when prior and ascent agree.
    """
    mean, covariance, surprise = anchor.mean, anchor.covariance, 0.0
    for state in earlier:
        points, weights = sigma_points(mean, covariance)
        ascents = anchor.ascents(points)
        z, Pzz = moments(predicted(state, *ascents), weights)
        Pxz = cross_covariance(points, predicted(state, *ascents), weights)
        S = Pzz + state.covariance + np.diag((LAW_ERROR * _sizes(ascents)) ** 2)
        K = np.linalg.solve(S, Pxz.T).T
        K[:-2] = 0.0
        innovation = np.append(state.measured, 0.0) - z
        surprise += float(innovation @ np.linalg.solve(S, innovation))
        mean = mean + K @ innovation
        covariance = covariance - K @ Pxz.T - Pxz @ K.T + K @ S @ K.T
    return Anchor(anchor.time_tai_ns, mean, covariance, anchor.ascents, anchor.basis), surprise


def _sizes(ascents: Ascents) -> Floats:
    """Return height, climb rate, ground speed and distance of the central ascent, against which the law's error is counted."""
    track, _, age, kappa = ascents
    speed = track.ground_speed_m_s[0]
    return np.array([track.height_m[0], np.hypot(track.climb_m_s[0], 0.3 * speed), speed, kappa[0] * speed * age[0]])


def _age(number: Floats, track: GroundTrack, flat: bool) -> Floats:
    """Age in seconds: by height, climb rate and kappa, or, flat, by the logarithm of a burn time."""
    if flat:
        return np.asarray(np.exp(number))
    return np.maximum(track.height_m, 0.0) / (np.maximum(number, 0.1) * np.maximum(track.climb_m_s, 1.0))


def _age_by_burn_time(priors: BoostPriors) -> tuple[Floats, Floats]:
    """Return means and sigmas of (log of burn time, kappa_downrange) where the class prior on height is no use."""
    spread = np.log1p((priors.burn_time_sigma_s / priors.burn_time_s) ** 2)
    (_, downrange), (_, sigma) = kappas_while_burning(priors)
    return np.array([np.log(priors.burn_time_s) - 0.5 * spread, downrange]), np.array([np.sqrt(spread), sigma])


def _anchor(
    time_tai_ns: int,
    x: Floats,
    P: Floats,
    numbers: Floats,
    sigmas: Floats,
    ascents: Callable[[Floats], Ascents],
    basis: str,
) -> Anchor:
    return Anchor(time_tai_ns, np.r_[x, numbers], block_diag(P, np.diag(sigmas**2)), ascents, basis)
