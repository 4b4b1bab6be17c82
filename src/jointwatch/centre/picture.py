"""The picture as a person reads it: degrees, kilometres and UTC text, from objects and what was made of them."""

from __future__ import annotations

from collections.abc import Sequence

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
from jointwatch.tracking.track import Recognised

PREDICTED_POINTS = 48
PREDICTED_AT_MOST_S = 3600.0
BURNING_AHEAD_AT_MOST_S = 10.0  # two scans: what a thrust of 50 m/s2 moves an object in that time is 2.5 km


def track_view(held: Held, assessment: Assessment | None, as_of_tai_ns: int, *, beta_kg_m2: float) -> view.PictureTrack:
    """Return one object as the page shows it at a time, predicted from its last estimate.

    beta_kg_m2: ballistic coefficient assumed for the last seconds, in the air.
    """
    x, P, stopped_tai_ns, left_s = _at(held, assessment, as_of_tai_ns, beta_kg_m2)
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
        prediction=_prediction(x, left_s, beta_kg_m2, offset_s=(stopped_tai_ns - as_of_tai_ns) / NS_PER_S),
    )


def satellites_view(seen: Recognised, names: Sequence[str]) -> tuple[view.PictureSatellite, ...]:
    """Return recognised satellites as the page shows them."""
    latitude, longitude, height = geodetic_from_ecef(seen.x[:, :3])
    places = (values.tolist() for values in (np.degrees(latitude), np.degrees(longitude), height / 1e3))
    rows = zip(seen.numbers.tolist(), names, *places, seen.plots.tolist(), strict=True)
    return tuple(view.PictureSatellite(*row) for row in rows)


def _at(
    held: Held, assessment: Assessment | None, as_of_tai_ns: int, beta_kg_m2: float
) -> tuple[Floats, Floats, int, float]:
    """State and covariance at the time or where free flight ends before it, that time, and the seconds left to fly.

    A burning object that is out of sight stays where it was last seen, with nothing left: nobody knows its thrust.
    """
    last_tai_ns = int(held.states.time_tai_ns[-1])
    x, P = held.states.x[-1], held.states.P[-1]
    ahead_s, falls_s = (as_of_tai_ns - last_tai_ns) / NS_PER_S, PREDICTED_AT_MOST_S
    if held.phase == "boost" and ahead_s > BURNING_AHEAD_AT_MOST_S:
        return x, P, last_tai_ns, 0.0
    if assessment and assessment.impact:
        end = coast.impact(Ecef(x[np.newaxis]), beta_kg_m2=beta_kg_m2)
        falls_s = float(end.time_s[0]) if end.reached[0] else falls_s
        ahead_s = min(ahead_s, falls_s)
    left_s = 0.0 if held.phase == "boost" or assessment is None else falls_s - ahead_s
    there = coast.propagate(Ecef(x[np.newaxis]), ahead_s, beta_kg_m2=beta_kg_m2)
    _, phi = coast.transition(Ecef(x[np.newaxis]), ahead_s)
    return there.pos_vel[0], phi[0] @ P @ phi[0].T, last_tai_ns + round(ahead_s * NS_PER_S), left_s


def _sigmas_km(P: Floats) -> tuple[float, float, float]:
    variances = np.linalg.eigvalsh(P[:3, :3])[::-1]
    first, second, third = (float(value) for value in np.sqrt(np.maximum(variances, 0.0)) / 1e3)
    return first, second, third


def _prediction(
    x: Floats, left_s: float, beta_kg_m2: float, *, offset_s: float
) -> tuple[tuple[float, float, float, float], ...]:
    """Points of the free flight that is left: to the ground, or an hour of it where there is none ahead."""
    if left_s <= 0.0:
        return ()
    times = np.linspace(0.0, left_s, PREDICTED_POINTS)
    arc = coast.trajectory(Ecef(x[np.newaxis]), times, beta_kg_m2=beta_kg_m2)
    latitude, longitude, height = geodetic_from_ecef(arc.r_m)
    rows = zip(times + offset_s, np.degrees(longitude), np.degrees(latitude), height, strict=True)
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
