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

from jointwatch.assessment.ascent import FLAT, age_by_burn_time, kappas_at_cutoff, kappas_while_burning
from jointwatch.assessment.ground_track import GroundTrack, ground_track
from jointwatch.assessment.priors import BoostPriors
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
    """A Gaussian over the state, nuisances and logarithms of age or kappa, and its reading as ascents."""

    time_tai_ns: int
    mean: Floats
    covariance: Floats
    ascents: Callable[[Floats], Ascents]
    basis: str  # what it stands on, for people


def at_boosting_state(time_tai_ns: int, x: Floats, P: Floats, priors: BoostPriors) -> Anchor:
    """Anchor on a state under power; where it is flat its age is that of the prior on burn time."""
    here = ground_track(x[None])
    height_m, steepness = float(here.height_m[0]), float(steepness_of(here)[0])
    flat = steepness < FLAT
    kappas = kappas_while_burning(priors, height_m, steepness)
    numbers, sigmas = age_by_burn_time(priors) if flat else _logarithms(kappas)

    def ascents(points: Floats) -> Ascents:
        track = ground_track(points[:, :6])
        age_s = np.exp(points[:, 6]) if flat else _age(points[:, 6], track)
        return Ascents(track, np.zeros(len(points)), age_s, np.exp(points[:, 7]))

    basis = "a usual burn time, the ascent was flat when seen" if flat else "a state under power"
    return _anchor(time_tai_ns, x, P, numbers, sigmas, ascents, basis)


def at_cutoff(time_tai_ns: int, sigma_s: float, after_s: float, x: Floats, P: Floats, priors: BoostPriors) -> Anchor:
    """Anchor on cut-off: a coasting state (`after_s` later) taken back along its free flight."""
    at_end = ground_track(coast.propagate(Ecef(x[None]), -after_s).pos_vel)
    numbers, sigmas = _logarithms(kappas_at_cutoff(priors, steepness_of(at_end)[0]))

    def ascents(points: Floats) -> Ascents:
        late_s = points[:, 6]
        track = ground_track(coast.propagate(Ecef(points[:, :6]), late_s - after_s).pos_vel)
        return Ascents(track, late_s, _age(points[:, 7], track), np.exp(points[:, 8]))

    return _anchor(time_tai_ns, x, P, np.r_[0.0, numbers], np.r_[sigma_s, sigmas], ascents, "cut-off as seen")


def at_burnout_altitude(
    time_tai_ns: int, x: Floats, P: Floats, priors: BoostPriors, *, seen_at_m: float
) -> Anchor | None:
    """Anchor on the prior burnout altitude, never above where it was first seen; None where its arc never was so low.

    The state is the best coasting one, `seen_at_m` the height of the first.
    """
    mean_m = min(priors.burnout_altitude_m, seen_at_m)
    guess_s = seconds_back_to(x, mean_m)
    if guess_s is None:
        return None
    there = ground_track(coast.propagate(Ecef(x[None]), guess_s).pos_vel)
    numbers, sigmas = _logarithms(kappas_at_cutoff(priors, steepness_of(there)[0]))

    def ascents(points: Floats) -> Ascents:
        burnout_m = np.clip(points[:, 6], LOWEST_BURNOUT_M, seen_at_m)
        late_s, arc = back_to_height(points[:, :6], burnout_m, guess_s)
        track = ground_track(arc)
        return Ascents(track, late_s, _age(points[:, 7], track), np.exp(points[:, 8]))

    nuisance, spread = np.r_[mean_m, numbers], np.r_[priors.burnout_altitude_sigma_m, sigmas]
    return _anchor(time_tai_ns, x, P, nuisance, spread, ascents, "a usual burnout altitude, the ascent was not seen")


def steepness_of(track: GroundTrack) -> Floats:
    """Climb rate over ground speed (n,)."""
    return np.asarray(track.climb_m_s / np.maximum(track.ground_speed_m_s, 1.0))


def seconds_back_to(x: Floats, height_m: float) -> float | None:
    """Seconds (zero or negative) at which the free flight of a state (6,) last climbed through a height, to 10 s."""
    times = np.arange(-LONGEST_ARC_S, 1.0, 10.0)
    track = ground_track(coast.trajectory(Ecef(x[None]), times).pos_vel)
    below = np.flatnonzero((track.height_m <= height_m + 1.0) & (track.climb_m_s > 0.0))
    return float(times[below[-1]]) if below.size else None


def back_to_height(pos_vel: Floats, height_m: Floats, guess_s: float) -> tuple[Floats, Floats]:
    """Seconds (n,) and states (n, 6) at which free flights climbed through given heights.

    By Newton's rule from a guess; the slope is kept above 100 m/s, so that an arc which only just reaches the height
    stops near its nearest point.
    """
    back = np.full(len(pos_vel), guess_s)
    states = coast.propagate(Ecef(pos_vel), back).pos_vel
    for _ in range(5):
        track = ground_track(states)
        back = back - (track.height_m - height_m) / np.maximum(track.climb_m_s, 100.0)
        states = coast.propagate(Ecef(pos_vel), back).pos_vel
    return back, states


def _age(log_kappa: Floats, track: GroundTrack) -> Floats:
    """Return the age in seconds by height, climb rate and kappa."""
    return np.asarray(np.maximum(track.height_m, 0.0) / (np.exp(log_kappa) * np.maximum(track.climb_m_s, 1.0)))


def _logarithms(kappas: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    """Return means and sigmas of the logarithms: kappa is positive, and is divided by."""
    mean, sigma = kappas
    return np.log(mean), sigma / mean


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
