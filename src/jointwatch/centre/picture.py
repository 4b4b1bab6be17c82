"""The picture as a person reads it: degrees, kilometres and UTC text, from objects and what was made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from jointwatch.assessment.ellipse import Ellipse
from jointwatch.assessment.estimate import Assessment, ImpactEstimate, LaunchEstimate
from jointwatch.centre.held import Held
from jointwatch.earth.arrays import Bools, Floats
from jointwatch.earth.ellipsoid import geodetic_from_ecef
from jointwatch.earth.states import Ecef
from jointwatch.earth.timescale import NS_PER_S, utc_from_tai_ns
from jointwatch.earth.topocentric import enu_basis
from jointwatch.flight import coast
from jointwatch.messages import picture as view
from jointwatch.messages.correlation import Correlation
from jointwatch.tracking.track import Recognised

PREDICTED_POINTS = 48
PREDICTED_AT_MOST_S = 3600.0
BEFORE_AT_MOST_S = 60.0  # an estimate may be that much newer than the picture; flown back farther it meets the air
BURNING_AHEAD_AT_MOST_S = 10.0  # two scans: what a thrust of 50 m/s2 moves an object in that time is 2.5 km


Points = tuple[tuple[float, float, float, float], ...]
"""Seconds from the time of the picture, longitude and latitude in degrees, height in metres."""


@dataclass(frozen=True, eq=False)
class _There:
    """Where n objects are at one time: states (n, 6), covariances (n, 6, 6), and seconds left to fly (n,).

    offset_s: from that time on (n,); below zero where a flight ended before it.
    """

    x: Floats
    P: Floats
    offset_s: Floats
    left_s: Floats


def tracks_view(
    held: Sequence[Held], assessed: Mapping[str, Assessment], as_of_tai_ns: int, *, beta_kg_m2: float
) -> tuple[view.PictureTrack, ...]:
    """Return objects as the page shows them at a time, each predicted from its last estimate; all are flown at once.

    assessed: by the objects' ids. beta_kg_m2: ballistic coefficient assumed for the last seconds, in the air.
    """
    if not held:
        return ()
    there = _at(held, assessed, as_of_tai_ns, beta_kg_m2)
    latitude, longitude, height = geodetic_from_ecef(there.x[:, :3])
    east, north, _ = (enu_basis(latitude, longitude) @ there.x[:, 3:, None])[:, :, 0].T
    speed_km_s = np.linalg.norm(there.x[:, 3:], axis=1) / 1e3
    heading_deg = np.degrees(np.arctan2(east, north)) % 360.0
    numbers = np.stack([np.degrees(latitude), np.degrees(longitude), height / 1e3, speed_km_s, heading_deg], axis=1)
    rows = zip(held, numbers.tolist(), _sigmas_km(there.P).tolist(), _predictions(there, beta_kg_m2), strict=True)
    return tuple(_track(one, assessed.get(one.id), *row) for one, *row in rows)


def _track(
    held: Held, assessment: Assessment | None, numbers: list[float], sigma_km: list[float], prediction: Points
) -> view.PictureTrack:
    latitude_deg, longitude_deg, altitude_km, speed_km_s, heading_deg = numbers
    verdict = assessment.verdict if assessment else None
    return view.PictureTrack(
        id=held.id,
        status=held.status,
        phase=held.phase,
        latitude_deg=latitude_deg,
        longitude_deg=longitude_deg,
        altitude_km=altitude_km,
        speed_km_s=speed_km_s,
        heading_deg=heading_deg,
        sigma_km=(sigma_km[0], sigma_km[1], sigma_km[2]),
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
        prediction=prediction,
    )


def satellites_view(seen: Recognised, names: Sequence[str]) -> tuple[view.PictureSatellite, ...]:
    """Return recognised satellites as the page shows them."""
    latitude, longitude, height = geodetic_from_ecef(seen.x[:, :3])
    places = (values.tolist() for values in (np.degrees(latitude), np.degrees(longitude), height / 1e3))
    rows = zip(seen.numbers.tolist(), names, *places, seen.plots.tolist(), strict=True)
    return tuple(view.PictureSatellite(*row) for row in rows)


def correlation_view(said: Correlation) -> view.PictureCorrelation:
    """Return what a launch was found to be as the page shows it."""
    return view.PictureCorrelation(
        object=said.object,
        standing=said.standing,
        announced=said.announced,
        nature=said.nature,
        said_utc=utc_from_tai_ns(said.logged_tai_ns, digits=0),
        text=said.text,
    )


def _at(held: Sequence[Held], assessed: Mapping[str, Assessment], as_of_tai_ns: int, beta_kg_m2: float) -> _There:
    """Where objects are at the time, or where free flight ends before it.

    A burning object that is out of sight stays where it was last seen, with nothing left: nobody knows its thrust.
    """
    last_tai_ns = np.array([one.states.time_tai_ns[-1] for one in held], dtype=np.int64)
    x, P = np.array([one.states.x[-1] for one in held]), np.array([one.states.P[-1] for one in held])
    burns = np.array([one.phase == "boost" for one in held])
    found = [assessed.get(one.id) for one in held]
    since_s = (as_of_tai_ns - last_tai_ns) / NS_PER_S
    ahead_s = np.clip(since_s, -BEFORE_AT_MOST_S, PREDICTED_AT_MOST_S)  # a partner says of when its track is
    stays = burns & (ahead_s > BURNING_AHEAD_AT_MOST_S)
    falls_s = _falls_s(x, ~stays & [bool(one and one.impact) for one in found], beta_kg_m2)
    ahead_s = np.where(stays, 0.0, np.minimum(ahead_s, falls_s))
    left_s = np.where(burns | [one is None for one in found], 0.0, falls_s - ahead_s)
    moved = coast.propagate(Ecef(x), ahead_s, beta_kg_m2=beta_kg_m2).pos_vel
    _, phi = coast.transition(Ecef(x), ahead_s)
    return _There(moved, phi @ P @ phi.transpose(0, 2, 1), ahead_s - since_s, left_s)


def _falls_s(x: Floats, lands: Bools, beta_kg_m2: float) -> Floats:
    """Seconds (n,) until objects come down, where they do; an hour where they do not, which is as far as we look."""
    falls_s = np.full(len(x), PREDICTED_AT_MOST_S)
    end = coast.impact(Ecef(x[lands]), beta_kg_m2=beta_kg_m2)
    falls_s[lands] = np.where(end.reached, end.time_s, PREDICTED_AT_MOST_S)
    return falls_s


def _sigmas_km(P: Floats) -> Floats:
    """Half-axes (n, 3) of the ellipsoids of position at one sigma, the longest first."""
    variances = np.linalg.eigvalsh(P[:, :3, :3])[:, ::-1]
    return np.asarray(np.sqrt(np.maximum(variances, 0.0)) / 1e3)


def _predictions(there: _There, beta_kg_m2: float) -> list[Points]:
    """Points of the free flight that is left: to the ground, or an hour of it where there is none ahead."""
    flies = np.flatnonzero(there.left_s > 0.0)
    times = np.linspace(0.0, there.left_s[flies], PREDICTED_POINTS, axis=1)
    arcs = coast.states_at(Ecef(there.x[flies]), times, beta_kg_m2=beta_kg_m2)
    latitude, longitude, height = geodetic_from_ecef(arcs[..., :3])
    offset_s = times + there.offset_s[flies, None]
    points = np.stack([offset_s, np.degrees(longitude), np.degrees(latitude), height], axis=-1)
    known = dict(zip(flies.tolist(), points, strict=True))
    return [_rows(known[k]) if k in known else () for k in range(len(there.x))]


def _rows(points: Floats) -> Points:
    return tuple((t, lon, lat, h) for t, lon, lat, h in points[np.isfinite(points[:, 3])].tolist())


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
