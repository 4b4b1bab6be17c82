"""Where and when an object was launched, and in which direction, from its track and the boost-phase class prior.

# Algorithm

1. Anchors: some boosting states, and cut-off where it was seen (the best coasting state taken back to it); for an
   object first seen coasting, the prior burnout altitude on its arc, followed back.
2. Age t = h / (kappa_altitude vz) and ground distance d = kappa_downrange v t, both of the anchor (`ascent`).
3. Where an ascent is flat (vz small against v, as with a space launcher near its orbit) h / vz is singular: kappa is
   widened as a climb levels off, and below a ratio of 0.2 a state is an anchor only if all of the ascent is as flat,
   with a prior on the burn time in the place of height and climb rate.
4. All of it through an unscented transform, to place, time and direction.
5. Of several anchors, the estimate with the smallest covariance: as a rule the earliest state that is good enough;
   and the direction with the smallest sigma: as a rule that of the latest.

The way from the launch to the anchor is taken as a geodesic along the anchor's Earth-relative heading. A vehicle that
turns (a dog-leg, or the drift of an inertially steered ascent on the rotating Earth, some km) is not followed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from jointwatch.assessment.anchor import Anchor, at_boosting_state, at_burnout_altitude, at_cutoff, steepness_of
from jointwatch.assessment.ascent import FLAT
from jointwatch.assessment.cutoff import Cutoff, cutoff
from jointwatch.assessment.ellipse import Ellipse, ellipse_95
from jointwatch.assessment.ground_track import ground_track, offsets_en, place_at, wrapped
from jointwatch.assessment.perigee import ORBIT_EXCLUDED, probability_above
from jointwatch.assessment.priors import BoostPriors
from jointwatch.assessment.track_history import MIN_STATES, TrackHistory, seconds_between, shifted
from jointwatch.assessment.unscented import moments, sigma_points
from jointwatch.earth import geodesic
from jointwatch.earth.arrays import Bools, Floats
from jointwatch.earth.topocentric import enu_basis

CERTAIN = 6.0  # sigmas by which the climb rate of an anchor must be above zero: one part in six of its age
ANCHORS = 4  # boosting states tried as anchors


@dataclass(frozen=True, slots=True)
class LaunchEstimate:
    """A launch: place (WGS 84) with covariance in east and north, time with sigma, azimuth at launch with sigma."""

    latitude_rad: float
    longitude_rad: float
    cov_en_m2: Floats  # (2, 2)
    time_tai_ns: int
    sigma_s: float
    direction_rad: float  # clockwise from north, [0, 2 pi)
    direction_sigma_rad: float
    ellipse: Ellipse  # 95 %
    basis: str  # what it stands on, for people


def launch_point(history: TrackHistory, priors: BoostPriors) -> LaunchEstimate | None:
    """Launch place, time and direction, or None where the track does not bear them yet."""
    found = launch_or_reason(history, priors)
    return found if isinstance(found, LaunchEstimate) else None


def launch_or_reason(history: TrackHistory, priors: BoostPriors) -> LaunchEstimate | str:
    """Launch estimate, or one sentence that says why there is none."""
    if len(history.time_tai_ns) < MIN_STATES:
        return f"not yet: the track has {len(history.time_tai_ns)} states, a launch point wants {MIN_STATES}"
    end = cutoff(history)
    if not end.ascent_seen:
        return _from_free_flight(history, end, priors)
    return _from_ascent(history, end, priors)


def _from_free_flight(history: TrackHistory, end: Cutoff, priors: BoostPriors) -> LaunchEstimate | str:
    """Launch of an object whose ascent was not seen."""
    if not end.coast_established:
        return "not yet: neither powered ascent nor free flight is established"
    row = end.best
    first = ground_track(history.x[end.coasting][:1])
    anchor = at_burnout_altitude(
        int(history.time_tai_ns[row]), history.x[row], history.P[row], priors, seen_at_m=float(first.height_m[0])
    )
    if anchor is None:
        return "none: its free flight, followed back for 45 min, never climbed through a usual burnout altitude"
    if probability_above(history.x[row], history.P[row]) > ORBIT_EXCLUDED:
        return "not yet: an orbit is not excluded, and of an orbit the arc does not lead back to a launch"
    return reckoned_back(anchor)


def _from_ascent(history: TrackHistory, end: Cutoff, priors: BoostPriors) -> LaunchEstimate | str:
    """Launch of an object whose ascent was seen: the smallest estimate over its anchors."""
    track = ground_track(history.x)
    steep = steepness_of(track) >= FLAT
    usable = end.boosting & steep & climb_is_certain(history.x, history.P)
    rows = np.flatnonzero(usable) if usable.any() else np.flatnonzero(end.boosting & ~steep)
    if not rows.size:
        return "not yet: the climb rate of the ascent is too uncertain to reckon its launch back"
    chosen = rows[np.unique(np.linspace(0, rows.size - 1, ANCHORS).astype(int))]
    times = [int(history.time_tai_ns[row]) for row in chosen]
    estimates = [
        _from_boosting_state(time, history.x[row].tobytes(), history.P[row].tobytes(), priors)
        for time, row in zip(times, chosen, strict=True)
    ]
    if end.time_tai_ns is not None and usable.any() and rows[-1] == np.flatnonzero(end.boosting)[-1]:
        x, P = history.x[end.best], history.P[end.best]
        after_s = seconds_between(history.time_tai_ns[end.best], end.time_tai_ns)
        estimates.append(reckoned_back(at_cutoff(end.time_tai_ns, end.sigma_s, after_s, x, P, priors)))
    straightest = min(estimates, key=lambda estimate: estimate.direction_sigma_rad)
    return replace(
        min(estimates, key=_expected_miss),
        direction_rad=straightest.direction_rad,
        direction_sigma_rad=straightest.direction_sigma_rad,
    )


@lru_cache(maxsize=128)
def _from_boosting_state(time_tai_ns: int, x: bytes, P: bytes, priors: BoostPriors) -> LaunchEstimate:
    """Launch reckoned back from one state of the ascent; a track's ascent stays as it was, so it is asked for again."""
    return reckoned_back(at_boosting_state(time_tai_ns, np.frombuffer(x), np.frombuffer(P).reshape(6, 6), priors))


def climb_is_certain(x: Floats, P: Floats) -> Bools:
    """Whether the climb rates of states (n, 6) are far enough above zero to divide by."""
    track = ground_track(x)
    up = enu_basis(track.latitude_rad, track.longitude_rad)[:, 2]
    variance: Floats = np.einsum("ni,nij,nj->n", up, P[:, 3:, 3:], up)
    return np.asarray(track.climb_m_s > CERTAIN * np.sqrt(variance))


def _expected_miss(estimate: LaunchEstimate) -> float:
    """Return the mean square of its error, in metres squared: the trace of the covariance in east and north."""
    return float(np.trace(estimate.cov_en_m2))


def reckoned_back(anchor: Anchor) -> LaunchEstimate:
    """Launch estimate from one anchor: its ascents run back along their headings, through the unscented transform."""
    points, weights = sigma_points(anchor.mean, anchor.covariance)
    track, late_s, age_s, kappa = anchor.ascents(points)
    latitude, longitude, backwards = geodesic.direct(
        track.latitude_rad, track.longitude_rad, track.heading_rad + np.pi, kappa * track.ground_speed_m_s * age_s
    )
    here = float(latitude[0]), float(longitude[0])
    turned = wrapped(backwards + np.pi - (backwards[0] + np.pi))
    values = np.column_stack([offsets_en(*here, latitude, longitude), late_s - age_s, turned])
    mean, covariance = moments(values, weights)
    place = place_at(*here, mean[:2])
    return LaunchEstimate(
        *place,
        covariance[:2, :2],
        shifted(anchor.time_tai_ns, mean[2]),
        float(np.sqrt(covariance[2, 2])),
        float((backwards[0] + np.pi + mean[3]) % (2.0 * np.pi)),
        float(np.sqrt(covariance[3, 3])),
        ellipse_95(*place, covariance[:2, :2]),
        anchor.basis,
    )
