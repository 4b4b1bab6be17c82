"""The picture as a person reads it: degrees, kilometres and UTC text, from objects and what was made of them."""

from __future__ import annotations

import numpy as np

from jointwatch.assessment.ellipse import Ellipse
from jointwatch.assessment.estimate import Assessment, ImpactEstimate, LaunchEstimate
from jointwatch.centre.held import Held
from jointwatch.earth.arrays import Floats
from jointwatch.earth.ellipsoid import geodetic_from_ecef
from jointwatch.earth.states import Ecef
from jointwatch.earth.timescale import NS_PER_S, utc_from_tai_ns
from jointwatch.earth.topocentric import enu_basis
from jointwatch.flight import coast
from jointwatch.messages import picture as view

PREDICTED_POINTS = 48
PREDICTED_AT_MOST_S = 3600.0


def track_view(held: Held, assessment: Assessment | None, as_of_tai_ns: int) -> view.PictureTrack:
    """Return one object as the page shows it at a time, predicted from its last estimate."""
    x, P, stopped_tai_ns = _at(held, assessment, as_of_tai_ns)
    latitude, longitude, height = (float(value) for value in geodetic_from_ecef(x[:3]))
    east, north, _ = enu_basis(latitude, longitude) @ x[3:]
    verdict = assessment.verdict if assessment else None
    return view.PictureTrack(
        id=held.id,
        status=held.status,
        phase=held.phase,
        latitude_deg=float(np.degrees(latitude)),
        longitude_deg=float(np.degrees(longitude)),
        altitude_km=height / 1e3,
        speed_km_s=float(np.linalg.norm(x[3:])) / 1e3,
        heading_deg=float(np.degrees(np.arctan2(east, north)) % 360.0),
        sigma_km=_sigmas_km(P),
        first_seen_utc=utc_from_tai_ns(held.first_seen_tai_ns),
        last_seen_utc=utc_from_tai_ns(held.last_seen_tai_ns),
        plots=held.plots,
        sources=held.sources,
        owners=held.owners,
        verdict=verdict.verdict if verdict else "undecided",
        p_space=verdict.p_space if verdict else 0.5,
        reason=verdict.reason if verdict else "not assessed yet",
        range_class=verdict.range_class if verdict else "-",
        launch=_point(assessment.launch) if assessment and assessment.launch else None,
        impact=_point(assessment.impact) if assessment and assessment.impact else None,
        apogee_km=assessment.apogee_height_m / 1e3 if assessment and assessment.apogee_height_m is not None else None,
        prediction=_prediction(held, x, assessment, stopped_tai_ns),
    )


def _at(held: Held, assessment: Assessment | None, as_of_tai_ns: int) -> tuple[Floats, Floats, int]:
    """State and covariance at the time; a burning object that is out of sight stays where it was last seen.

    Free flight ends at the estimated impact: nothing is carried on under the ground.
    """
    last_tai_ns = int(held.states.time_tai_ns[-1])
    x, P = held.states.x[-1], held.states.P[-1]
    until_tai_ns = as_of_tai_ns
    if assessment and assessment.impact:
        until_tai_ns = min(until_tai_ns, assessment.impact.time_tai_ns)
    if until_tai_ns == last_tai_ns or (held.phase == "boost" and held.status == "lost"):
        return x, P, last_tai_ns
    ahead, phi = coast.transition(Ecef(x[np.newaxis]), (until_tai_ns - last_tai_ns) / NS_PER_S)
    return ahead.pos_vel[0], phi[0] @ P @ phi[0].T, until_tai_ns


def _sigmas_km(P: Floats) -> tuple[float, float, float]:
    variances = np.linalg.eigvalsh(P[:3, :3])[::-1]
    first, second, third = (float(value) for value in np.sqrt(np.maximum(variances, 0.0)) / 1e3)
    return first, second, third


def _prediction(
    held: Held, x: Floats, assessment: Assessment | None, from_tai_ns: int
) -> tuple[tuple[float, float, float, float], ...]:
    """Points of the free flight ahead: to the impact, or an hour of it where there is none; empty while burning."""
    if held.phase == "boost" or assessment is None:
        return ()
    span_s = PREDICTED_AT_MOST_S
    if assessment.impact:
        span_s = min(span_s, (assessment.impact.time_tai_ns - from_tai_ns) / NS_PER_S)
    if span_s <= 0.0:
        return ()
    times = np.linspace(0.0, span_s, PREDICTED_POINTS)
    arc = coast.trajectory(Ecef(x[np.newaxis]), times)
    latitude, longitude, height = geodetic_from_ecef(arc.r_m)
    rows = zip(times, np.degrees(longitude), np.degrees(latitude), height, strict=True)
    return tuple((float(t), float(lon), float(lat), float(h)) for t, lon, lat, h in rows if np.isfinite(h))


def _point(estimate: LaunchEstimate | ImpactEstimate) -> view.PointInTime:
    return view.PointInTime(
        utc_from_tai_ns(estimate.time_tai_ns), float(estimate.sigma_s), ellipse_view(estimate.ellipse)
    )


def ellipse_view(ellipse: Ellipse) -> view.Ellipse:
    """Return an ellipse in degrees and kilometres."""
    return view.Ellipse(
        float(np.degrees(ellipse.latitude_rad)),
        float(np.degrees(ellipse.longitude_rad)),
        float(ellipse.semi_major_m) / 1e3,
        float(ellipse.semi_minor_m) / 1e3,
        float(np.degrees(ellipse.azimuth_rad)),
    )
