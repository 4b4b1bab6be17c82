"""Where and when a coasting object comes down, with its covariance.

An unscented transform over the state and the logarithm of the ballistic coefficient, through the free flight with
J2 and drag (`flight.coast.impact`). Only where free flight is established and an orbit is as good as excluded: of an
object that still burns, the place where it would fall now says nothing about where it will fall.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import block_diag

from jointwatch.assessment.cutoff import cutoff
from jointwatch.assessment.ellipse import Ellipse, ellipse_95
from jointwatch.assessment.ground_track import ground_track, offsets_en, place_at
from jointwatch.assessment.perigee import ORBIT_EXCLUDED, probability_above
from jointwatch.assessment.priors import BoostPriors
from jointwatch.assessment.track_history import MIN_STATES, TrackHistory, shifted
from jointwatch.assessment.unscented import moments, sigma_points
from jointwatch.earth.arrays import Floats
from jointwatch.earth.states import Ecef
from jointwatch.flight import coast

# The fall is nearly linear in the state but not in the ballistic coefficient, whose points stand nearer.
SPREADS = np.sqrt([9.0, 9.0, 9.0, 9.0, 9.0, 9.0, 3.0])


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
    row = end.best
    p_orbit = probability_above(history.x[row], history.P[row])
    if p_orbit > ORBIT_EXCLUDED:
        return f"none: an orbit that stays above the air is not excluded (probability {p_orbit:.2f})"
    return fallen(int(history.time_tai_ns[row]), history.x[row], history.P[row], priors)


def fallen(time_tai_ns: int, x: Floats, P: Floats, priors: BoostPriors) -> ImpactEstimate | str:
    """Impact estimate of a coasting state (6,) with covariance (6, 6), or the sentence that says why there is none."""
    covariance = block_diag(P, np.array([[priors.log_beta_sigma**2]]))
    points, weights = sigma_points(np.r_[x, priors.log_beta_mean], covariance, spreads=SPREADS)
    impact = coast.impact(Ecef(points[:, :6]), beta_kg_m2=np.exp(points[:, 6]))
    if not impact.reached.all():
        return "not yet: within its uncertainty the object may stay up for longer than an hour and a half"
    ground = ground_track(impact.states.pos_vel)
    here = float(ground.latitude_rad[0]), float(ground.longitude_rad[0])
    offsets = offsets_en(*here, ground.latitude_rad, ground.longitude_rad)
    mean, covariance = moments(np.column_stack([offsets, impact.time_s]), weights)
    place = place_at(*here, mean[:2])
    return ImpactEstimate(
        *place,
        covariance[:2, :2],
        shifted(time_tai_ns, mean[2]),
        float(np.sqrt(covariance[2, 2])),
        ellipse_95(*place, covariance[:2, :2]),
    )
