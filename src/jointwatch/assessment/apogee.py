"""Where, when and how high the free flight of a track is highest, with its covariance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jointwatch.assessment.cutoff import cutoff
from jointwatch.assessment.ground_track import ground_track, offsets_en, place_at
from jointwatch.assessment.track_history import MIN_STATES, TrackHistory, shifted
from jointwatch.assessment.unscented import moments, sigma_points
from jointwatch.earth.arrays import Floats
from jointwatch.earth.states import Ecef
from jointwatch.flight import coast


@dataclass(frozen=True, slots=True)
class ApogeeEstimate:
    """The highest point: place (WGS 84) and height with covariance (3, 3) in east, north, up; time with sigma."""

    latitude_rad: float
    longitude_rad: float
    height_m: float
    cov_enu_m2: Floats
    time_tai_ns: int
    sigma_s: float


def apogee(history: TrackHistory) -> ApogeeEstimate | None:
    """Highest point of the free flight, or None before that is established and where none comes within 90 minutes.

    An unscented transform over the state through the flight with J2; above 100 km the air does not count.
    """
    if len(history.time_tai_ns) < MIN_STATES or not (end := cutoff(history)).coast_established:
        return None
    return highest(int(history.time_tai_ns[end.best]), history.x[end.best], history.P[end.best])


def highest(time_tai_ns: int, x: Floats, P: Floats) -> ApogeeEstimate | None:
    """Highest point of the free flight of a state (6,) with covariance (6, 6), or None where none is within 90 min."""
    points, weights = sigma_points(x, P)
    after_s, height = coast.apogee(Ecef(points))
    if not np.isfinite(after_s).all():
        return None
    ground = ground_track(coast.propagate_arrays(points, after_s))
    here = float(ground.latitude_rad[0]), float(ground.longitude_rad[0])
    offsets = offsets_en(*here, ground.latitude_rad, ground.longitude_rad)
    mean, covariance = moments(np.column_stack([offsets, height, after_s]), weights)
    return ApogeeEstimate(
        *place_at(*here, mean[:2]),
        float(mean[2]),
        covariance[:3, :3],
        shifted(time_tai_ns, mean[3]),
        float(np.sqrt(covariance[3, 3])),
    )
