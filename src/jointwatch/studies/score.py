"""The score of a played run: for each object the truth, who saw it, who knew what when, and how far off each was.

Pure functions of what was played. Truth is read here, after the run, and leaves this room as numbers in a report.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from jointwatch.assessment.ellipse import Ellipse, covariance_en
from jointwatch.centre.reported import symmetric
from jointwatch.earth import geodesic
from jointwatch.earth.arrays import Floats
from jointwatch.earth.ellipsoid import ecef_from_geodetic
from jointwatch.earth.timescale import NS_PER_S, tai_ns_from_utc
from jointwatch.earth.topocentric import enu_basis
from jointwatch.messages import picture as view
from jointwatch.messages.finding import Finding, ObjectFinding, PointFinding
from jointwatch.messages.picture import PictureTrack, PointInTime
from jointwatch.messages.tracklet import Tracklet
from jointwatch.studies.attainable import attainable_sigma_m
from jointwatch.studies.course import Course, Ground, course
from jointwatch.studies.evidence import Played
from jointwatch.studies.followed import Followed, followed, object_of
from jointwatch.studies.knowledge import Knowledge, Logged, Logs, knowledge
from jointwatch.studies.sightings import Sighting, sightings
from jointwatch.studies.truth import Flown

SAME_POINT_RAD = 1e-9  # 6 mm: two launch points that are one estimate


@dataclass(frozen=True)
class PointScore:
    """An estimated launch or impact, and how far off it is; None where the truth has no such point."""

    point: PointInTime
    time_tai_ns: int
    error_m: float | None
    error_sigmas: float | None  # Mahalanobis distance of the truth from the estimate
    time_error_s: float | None  # estimate minus truth


@dataclass(frozen=True)
class EstimateScore:
    """One perspective's last word on an object; errors are estimate minus truth."""

    perspective: str
    as_of_tai_ns: int
    track: PictureTrack
    launch: PointScore | None
    impact: PointScore | None
    direction_rad: float | None
    direction_sigma_rad: float | None
    direction_error_rad: float | None
    apogee_error_m: float | None


@dataclass(frozen=True, eq=False)
class LaunchCurve:
    """How one perspective's launch point converged: (k,) where it said something new, and at its last measurement."""

    perspective: str
    since_first_s: Floats
    error_m: Floats
    semi_major_m: Floats  # of the 95 % ellipse


@dataclass(frozen=True, eq=False)
class ObjectScore:
    """One launched object. attainable_m: by perspective, the Cramér-Rao bound of its positions where there is one."""

    flown: Flown
    course: Course
    sightings: tuple[Sighting, ...]
    followed: tuple[Followed, ...]
    attainable_m: Mapping[str, Floats]
    knowledge: tuple[Knowledge, ...]
    estimates: tuple[EstimateScore, ...]
    launches: tuple[LaunchCurve, ...]


@dataclass(frozen=True)
class Score:
    """Every object launched before the run ended, and when it ended."""

    until_tai_ns: int
    objects: tuple[ObjectScore, ...]


def score(played: Played, logs: Logs) -> Score:
    """Return the score of a run. logs: its messages by log, as `centre.replay.read_logs` reads them."""
    until = played_until_tai_ns(played)
    launched = [flown for flown in played.flown if flown.launch_tai_ns <= until]
    end = max(played.plan.ticks_tai_ns[-1], until)
    seen = sightings(launched, played.plan.deployed, played.desk.scans, until)
    tracked = followed(launched, played.record.snapshots)
    logged = Logged(logs)
    findings = [found for messages in logs.values() for m in messages if isinstance(m, Finding) for found in m.objects]
    objects = []
    for index, flown in enumerate(launched):
        objects.append(
            _object(launched, index, course(flown, end), seen[index], tracked[index], played, logged, findings)
        )
    return Score(until, tuple(objects))


def played_until_tai_ns(played: Played) -> int:
    """Return the last instant that was played."""
    shown = [tai_ns_from_utc(snapshot.time_utc) for snapshot in played.record.snapshots[-1:]]
    return max([played.plan.ticks_tai_ns[0], *shown, *(scan.time_tai_ns for scan in played.desk.scans)])


def _object(
    launched: Sequence[Flown],
    index: int,
    path: Course,
    seen: tuple[Sighting, ...],
    tracked: tuple[Followed, ...],
    played: Played,
    logged: Logged,
    findings: Sequence[ObjectFinding],
) -> ObjectScore:
    flown = launched[index]
    pictures = {each.perspective: each for each in tracked}
    radars = {deployed.radar.name: deployed.radar for deployed in played.plan.deployed}

    def is_of_it(tracklet: Tracklet) -> bool:
        return _object_of_tracklet(tracklet, launched) == index

    return ObjectScore(
        flown=flown,
        course=path,
        sightings=seen,
        followed=tracked,
        attainable_m={each.perspective: attainable_sigma_m(each, flown, seen, radars) for each in tracked},
        knowledge=tuple(
            knowledge(centre, logged, seen, pictures, is_of_it, played.record.events) for centre in played.plan.release
        ),
        estimates=tuple(estimate(each, path, findings) for each in tracked),
        launches=tuple(launch_curve(each, path) for each in tracked),
    )


def _object_of_tracklet(tracklet: Tracklet, launched: Sequence[Flown]) -> int | None:
    sigma_m = np.sqrt(np.trace(symmetric(tracklet.covariance)[:3, :3]))
    times = np.array([tracklet.time_tai_ns], dtype=np.int64)
    return object_of(launched, times, np.array([tracklet.state[:3]]), np.array([sigma_m]))


def estimate(tracked: Followed, path: Course, findings: Sequence[ObjectFinding] = ()) -> EstimateScore:
    """Return the last word of one perspective on an object.

    findings: of the centres. The one that says the very same gives what a picture has not: the direction of the
    launch, and times to the nanosecond where the picture cuts them to the second.
    """
    as_of, track = tracked.last
    said = _finding_with(track, findings)
    return EstimateScore(
        perspective=tracked.perspective,
        as_of_tai_ns=as_of,
        track=track,
        launch=point_score(track.launch, path.launch, path.launch_tai_ns, said.launch if said else None),
        impact=point_score(track.impact, path.impact, path.impact_tai_ns, said.impact if said else None),
        direction_rad=said.direction_rad if said else None,
        direction_sigma_rad=said.direction_sigma_rad if said else None,
        direction_error_rad=_direction_error_rad(said, path),
        apogee_error_m=None if track.apogee_km is None else track.apogee_km * 1e3 - path.apogee_m,
    )


def point_score(
    point: PointInTime | None, truth: Ground | None, truth_tai_ns: int | None, exact: PointFinding | None = None
) -> PointScore | None:
    """Return how far an estimated place and time are from the true ones, in metres, sigmas and seconds."""
    if point is None:
        return None
    time_tai_ns = exact.time_tai_ns if exact else tai_ns_from_utc(point.time_utc)
    if truth is None or truth_tai_ns is None:
        return PointScore(point, time_tai_ns, None, None, None)
    ellipse = _radians(point.ellipse)
    distance, _, _ = geodesic.inverse(
        ellipse.latitude_rad, ellipse.longitude_rad, truth.latitude_rad, truth.longitude_rad
    )
    seconds = (time_tai_ns - truth_tai_ns) / NS_PER_S
    return PointScore(point, time_tai_ns, float(distance), _sigmas(ellipse, truth), seconds)


def launch_curve(tracked: Followed, path: Course) -> LaunchCurve:
    """Return how the launch point of one perspective converged, from its first measurement on."""
    said: list[tuple[int, PointScore]] = []
    for time, track in tracked.views:
        scored = point_score(track.launch, path.launch, path.launch_tai_ns)
        if scored is not None and (not said or scored.point != said[-1][1].point):
            said.append((time, scored))
    first_tai_ns = tai_ns_from_utc(tracked.views[0][1].first_seen_utc)
    if said and len(tracked.time_tai_ns) and tracked.time_tai_ns[-1] > said[-1][0]:
        said.append((int(tracked.time_tai_ns[-1]), said[-1][1]))
    return LaunchCurve(
        tracked.perspective,
        since_first_s=np.array([(time - first_tai_ns) / NS_PER_S for time, _ in said]),
        error_m=np.array([scored.error_m for _, scored in said], dtype=float),
        semi_major_m=np.array([scored.point.ellipse.semi_major_km * 1e3 for _, scored in said]),
    )


def _finding_with(track: PictureTrack, findings: Sequence[ObjectFinding]) -> ObjectFinding | None:
    """Return the finding with the very launch and impact point of a track in a picture."""
    if track.launch is None:
        return None
    return next((f for f in findings if _same(track.launch, f.launch) and _same(track.impact, f.impact)), None)


def _same(shown: PointInTime | None, found: PointFinding | None) -> bool:
    if shown is None or found is None:
        return shown is None and found is None
    place = _radians(shown.ellipse)
    away = (found.latitude_rad - place.latitude_rad, found.longitude_rad - place.longitude_rad)
    return max(map(abs, away)) < SAME_POINT_RAD


def _sigmas(ellipse: Ellipse, truth: Ground) -> float:
    """Mahalanobis distance of the true place from the estimate, in the east and north of the estimate."""
    here = ecef_from_geodetic(ellipse.latitude_rad, ellipse.longitude_rad, 0.0)
    there = ecef_from_geodetic(truth.latitude_rad, truth.longitude_rad, 0.0)
    away = (enu_basis(ellipse.latitude_rad, ellipse.longitude_rad) @ (there - here))[:2]
    return float(np.sqrt(away @ np.linalg.solve(covariance_en(ellipse), away)))


def _radians(ellipse: view.Ellipse) -> Ellipse:
    return Ellipse(
        float(np.radians(ellipse.latitude_deg)),
        float(np.radians(ellipse.longitude_deg)),
        ellipse.semi_major_km * 1e3,
        ellipse.semi_minor_km * 1e3,
        float(np.radians(ellipse.azimuth_deg)),
    )


def _direction_error_rad(said: ObjectFinding | None, path: Course) -> float | None:
    """Estimated minus true azimuth of the launch, in [-pi, pi)."""
    if said is None or said.direction_rad is None:
        return None
    return float((said.direction_rad - path.direction_rad + np.pi) % (2 * np.pi) - np.pi)
