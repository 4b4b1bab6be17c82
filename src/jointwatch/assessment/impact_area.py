"""Where and when a coasting object comes down, with its covariance.

An unscented transform over the state, and a quadrature over the logarithm of the ballistic coefficient, through the
free flight with J2 and drag (`flight.coast.impact`). Only where free flight is established and an orbit is as good as
excluded: of an object that still burns, the place where it would fall now says nothing about where it will fall.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jointwatch.assessment.cutoff import cutoff
from jointwatch.assessment.ellipse import Ellipse, ellipse_95
from jointwatch.assessment.ground_track import offsets_en, place_at
from jointwatch.assessment.perigee import ORBIT_EXCLUDED, probability_above
from jointwatch.assessment.priors import BoostPriors
from jointwatch.assessment.track_history import MIN_STATES, TrackHistory, shifted
from jointwatch.assessment.unscented import moments, sigma_points
from jointwatch.earth.arrays import Floats, Ints
from jointwatch.earth.ellipsoid import geodetic_from_ecef
from jointwatch.earth.states import Ecef
from jointwatch.flight import coast

# The fall is nearly linear in the state, but not in the ballistic coefficient: what is light falls far shorter than
# what is heavy falls long. Three points on it tell four fifths of that spread, five (Gauss and Hermite's) all but one
# per cent. The state's stand out so far that nothing is left for the centre.
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(5)
LIGHT_TO_HEAVY = np.delete(_NODES, 2)
OF_EACH = np.delete(_WEIGHTS, 2) / _WEIGHTS.sum()
SPREAD = float(np.sqrt(6.0 / (1.0 - OF_EACH.sum())))
UP_FOR_LONG = "not yet: within its uncertainty the object may stay up for longer than an hour and a half"


@dataclass(frozen=True, slots=True)
class ImpactEstimate:
    """An impact: place (WGS 84) with covariance in east and north, time with sigma."""

    latitude_rad: float
    longitude_rad: float
    cov_en_m2: Floats  # (2, 2)
    time_tai_ns: int
    sigma_s: float
    ellipse: Ellipse  # 95 %


def impact_area(history: TrackHistory, priors: BoostPriors) -> ImpactEstimate | None:
    """Impact place and time, or None where the track does not bear them."""
    found = impact_or_reason(history, priors)
    return found if isinstance(found, ImpactEstimate) else None


def impact_or_reason(history: TrackHistory, priors: BoostPriors) -> ImpactEstimate | str:
    """Impact estimate, or one sentence that says why there is none."""
    if len(history.time_tai_ns) < MIN_STATES:
        return f"not yet: the track has {len(history.time_tai_ns)} states, an impact wants {MIN_STATES}"
    end = cutoff(history)
    if not end.coast_established:
        return "not yet: free flight is not established, the object may still be accelerating"
    row = int(np.flatnonzero(end.coasting)[-1])  # in the air too: what is braked already need not be foreseen
    p_orbit = probability_above(history.x[row], history.P[row])
    if p_orbit > ORBIT_EXCLUDED:
        return f"none: an orbit that stays above the air is not excluded (probability {p_orbit:.2f})"
    return fallen(int(history.time_tai_ns[row]), history.x[row], history.P[row], priors)


def fallen(time_tai_ns: int, x: Floats, P: Floats, priors: BoostPriors) -> ImpactEstimate | str:
    """Impact estimate of a coasting state (6,) with covariance (6, 6), or the sentence that says why there is none."""
    return all_fallen(np.array([time_tai_ns]), x[None], P[None], priors)[0]


def all_fallen(time_tai_ns: Ints, x: Floats, P: Floats, priors: BoostPriors) -> list[ImpactEstimate | str]:
    """Impact estimates, or sentences, of many coasting states (n, 6) with covariances (n, 6, 6), flown all at once."""
    drawn = [_points(mean, covariance, priors) for mean, covariance in zip(x, P, strict=True)]
    if not drawn:
        return []
    points = np.concatenate([each for each, _ in drawn])
    impact = coast.impact(Ecef(points[:, :6]), beta_kg_m2=np.exp(points[:, 6]))
    ground = np.stack(geodetic_from_ecef(impact.states.r_m)[:2], axis=-1).reshape(len(x), -1, 2)
    seconds, reached = impact.time_s.reshape(len(x), -1), impact.reached.reshape(len(x), -1)
    return [
        _estimate(int(time), *row, weights) if all_down.all() else UP_FOR_LONG
        for time, row, all_down, (_, weights) in zip(
            time_tai_ns, zip(ground, seconds, strict=True), reached, drawn, strict=True
        )
    ]


def _points(x: Floats, P: Floats, priors: BoostPriors) -> tuple[Floats, Floats]:
    """Points (17, 7) of state and logarithm of the ballistic coefficient, and their weights, none below zero."""
    states, weights = sigma_points(x, P, spreads=np.full(6, SPREAD))
    points = np.column_stack(
        [np.concatenate([states, np.repeat(x[None], 4, axis=0)]), np.full(17, priors.log_beta_mean)]
    )
    points[13:, 6] += priors.log_beta_sigma * LIGHT_TO_HEAVY
    return points, np.concatenate([[0.0], weights[1:], OF_EACH])


def _estimate(time_tai_ns: int, places: Floats, seconds: Floats, weights: Floats) -> ImpactEstimate:
    """Estimate from the impacts of weighted points: latitudes and longitudes (p, 2), and seconds (p,) until then."""
    here = float(places[0, 0]), float(places[0, 1])
    offsets = offsets_en(*here, places[:, 0], places[:, 1])
    mean, covariance = moments(np.column_stack([offsets, seconds]), weights)
    place = place_at(*here, mean[:2])
    return ImpactEstimate(
        *place,
        covariance[:2, :2],
        shifted(time_tai_ns, mean[2]),
        float(np.sqrt(covariance[2, 2])),
        ellipse_95(*place, covariance[:2, :2]),
    )
