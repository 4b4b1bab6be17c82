"""Where and when the boost of a track ended, with its covariance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jointwatch.assessment.cutoff import cutoff
from jointwatch.assessment.ground_track import ground_track
from jointwatch.assessment.track_history import TrackHistory, seconds_between
from jointwatch.earth.arrays import Floats
from jointwatch.earth.topocentric import enu_basis
from jointwatch.flight import coast


@dataclass(frozen=True, slots=True)
class BurnoutEstimate:
    """End of boost: place (WGS 84) and height with covariance (3, 3) in east, north, up; time with sigma; speed."""

    latitude_rad: float
    longitude_rad: float
    height_m: float
    cov_enu_m2: Floats
    time_tai_ns: int
    sigma_s: float
    speed_m_s: float  # relative to the turning Earth


def burnout(history: TrackHistory) -> BurnoutEstimate | None:
    """End of boost: the best state of the free flight taken back to it, or None where it was not seen.

    Its time is known to some seconds (`cutoff`), in which it flies on: that is added to its covariance along the way.
    """
    end = cutoff(history)
    if end.time_tai_ns is None:
        return None
    back_s = seconds_between(end.time_tai_ns, history.time_tai_ns[end.best])
    x, Phi = coast.transition_arrays(history.x[end.best : end.best + 1], back_s)
    P = Phi[0] @ history.P[end.best] @ Phi[0].T
    ground = ground_track(x)
    latitude, longitude = float(ground.latitude_rad[0]), float(ground.longitude_rad[0])
    to_enu = np.asarray(enu_basis(latitude, longitude)).reshape(3, 3)
    spread = P[:3, :3] + np.outer(x[0, 3:], x[0, 3:]) * end.sigma_s**2
    return BurnoutEstimate(
        latitude,
        longitude,
        float(ground.height_m[0]),
        to_enu @ spread @ to_enu.T,
        end.time_tai_ns,
        end.sigma_s,
        float(np.linalg.norm(x[0, 3:])),
    )
