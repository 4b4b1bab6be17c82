"""Objects of a score as the report has them: degrees, kilometres, UTC text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from jointwatch.display import report_data as rd
from jointwatch.display.wording import place
from jointwatch.earth import geodesic
from jointwatch.earth.arrays import Floats, Ints
from jointwatch.earth.ellipsoid import geodetic_from_ecef
from jointwatch.earth.timescale import NS_PER_S, utc_from_tai_ns
from jointwatch.earth.topocentric import ecef_from_azimuth_elevation_range
from jointwatch.sensors.coverage import range_to_altitude
from jointwatch.sensors.radar import Radar
from jointwatch.studies.architecture import Deployed
from jointwatch.studies.course import Course, Ground
from jointwatch.studies.evidence import Played
from jointwatch.studies.followed import Followed
from jointwatch.studies.knowledge import Knowledge
from jointwatch.studies.score import EstimateScore, LaunchCurve, ObjectScore, PointScore, Score
from jointwatch.studies.sightings import Sighting

ORBIT_SHOWN_S = 120  # after cut-off or the last measurement
KIND = {"missile": "missile", "space": "space launch"}


def object_reports(score: Score, played: Played) -> tuple[rd.ObjectReport, ...]:
    """Return every object of a score, in the units of the report."""
    return tuple(_object(item, played) for item in score.objects)


def reach(deployed: Sequence[Deployed], height_km: float) -> tuple[rd.Coverage, ...]:
    """Return how far over ground each radar looks down to its lowest elevation at objects of one height."""
    return tuple(rd.Coverage(d.radar.name, ground_range_km(d.radar, height_km)) for d in deployed)


def ground_range_km(radar: Radar, height_km: float) -> float:
    """Return how far over ground a radar looks down to its lowest elevation at objects of one height."""
    site, face = radar.site, min(radar.faces, key=lambda face: face.elevation_min_rad)
    azimuth, elevation = face.azimuth_from_rad + face.azimuth_width_rad / 2, face.elevation_min_rad
    slant_m = min(float(range_to_altitude(site, azimuth, elevation, height_km * 1e3)), radar.instrumented_range_m)
    there = ecef_from_azimuth_elevation_range(
        site.latitude_rad, site.longitude_rad, site.height_m, np.array([[azimuth, elevation, slant_m]])
    )
    latitude, longitude, _ = geodetic_from_ecef(there[0])
    distance_m, _, _ = geodesic.inverse(site.latitude_rad, site.longitude_rad, latitude, longitude)
    return float(distance_m) / 1e3


def _object(item: ObjectScore, played: Played) -> rd.ObjectReport:
    path = item.course
    return rd.ObjectReport(
        name=item.flown.flight.id,
        truth=_truth(item),
        sightings=tuple(_sighting(each, path) for each in item.sightings),
        knowledge=tuple(_knowledge(each, item, played) for each in item.knowledge),
        estimates=tuple(_estimate(each, path) for each in item.estimates),
        tracks=tuple(_track(each, path, item.attainable_m[each.perspective]) for each in item.followed),
        launches=tuple(_launch_curve(each) for each in item.launches if len(each.since_first_s)),
    )


# -- truth -----------------------------------------------------------------------------------------------------------


def _truth(item: ObjectScore) -> rd.Truth:
    path = item.course
    here = _place(path.launch)
    return rd.Truth(
        kind=KIND[item.flown.kind],
        vehicle=f"{item.flown.title}; generic class",
        place=place(here.latitude_deg, here.longitude_deg),
        quantities=rd.Quantities(
            launch_point=here,
            launch_time=rd.Instant(_nearest_second(path.launch_tai_ns)),
            direction_deg=rd.Value(float(np.degrees(path.direction_rad))),
            burnout_time=rd.Instant(_nearest_second(path.burnout_tai_ns)),
            burnout_altitude_km=rd.Value(path.burnout_height_m / 1e3),
            burnout_speed_km_s=rd.Value(path.burnout_speed_m_s / 1e3),
            apogee_km=rd.Value(path.apogee_m / 1e3),
            impact_point=_place(path.impact) if path.impact else None,
            impact_time=rd.Instant(_nearest_second(path.impact_tai_ns)) if path.impact_tai_ns else None,
        ),
        path=_shown_path(item),
    )


def _shown_path(item: ObjectScore) -> rd.Path:
    """Return the true path; of an orbit so much as a map of the ascent can bear."""
    path = item.course
    last = [path.burnout_tai_ns, *(int(each.plot_tai_ns[-1]) for each in item.sightings if len(each.plot_tai_ns))]
    wanted = path.time_tai_ns <= (path.impact_tai_ns or max(last) + ORBIT_SHOWN_S * NS_PER_S)
    return _path(path.time_tai_ns[wanted], path.r_ecef_m[wanted], path)


def _path(times: Ints, r_ecef_m: Floats, path: Course) -> rd.Path:
    latitude, longitude, height = geodetic_from_ecef(r_ecef_m.reshape(-1, 3))
    seconds = (times - path.launch_tai_ns) / NS_PER_S
    return rd.Path(seconds, np.degrees(longitude), np.degrees(latitude), height / 1e3)


# -- who saw, who knew -----------------------------------------------------------------------------------------------


def _sighting(each: Sighting, path: Course) -> rd.Sighting:
    seconds = (each.plot_tai_ns - path.launch_tai_ns) / NS_PER_S
    return rd.Sighting(
        radar=each.radar,
        first=_moment(int(each.plot_tai_ns[0]), path) if len(seconds) else None,
        last=_moment(int(each.plot_tai_ns[-1]), path) if len(seconds) else None,
        plots=len(seconds),
        visible_s=tuple((path.since_launch_s(start), path.since_launch_s(end)) for start, end in each.visible),
        plot_s=seconds,
        why=each.why,
    )


def _knowledge(each: Knowledge, item: ObjectScore, played: Played) -> rd.Knowledge:
    def when(tai_ns: int | None) -> rd.Moment | None:
        return None if tai_ns is None else _moment(tai_ns, item.course)

    return rd.Knowledge(
        centre=each.centre,
        first_plot=when(each.first_plot),
        confirmed=when(each.confirmed),
        burnout=when(each.burnout),
        report=when(each.report),
        partner_report=when(each.partner_report),
        correction=when(each.correction),
        last_plot=when(each.last_plot),
        note=_note(each, item, played),
    )


def _note(each: Knowledge, item: ObjectScore, played: Played) -> str:
    """What the row of a centre needs said besides: whose data it lived on, and what became of it."""
    lines = []
    own = [s for s in item.sightings if s.feeds == each.centre and len(s.plot_tai_ns)]
    if not own and each.first_plot is not None:
        lines.append("None of its own radars measured the object; the measurements it held were released to it.")
    if each.first_plot is None and each.first_tracklet is not None:
        at = _utc(each.first_tracklet)[11:19]
        lines.append(f"It held no measurement, but track estimates released to it, the first verified at {at}.")
    if each.centre in played.record.lost:
        lines.append("Its process was lost during the run, so it says nothing after that.")
    return " ".join(lines)


# -- estimates -------------------------------------------------------------------------------------------------------


def _estimate(each: EstimateScore, path: Course) -> rd.Estimate:
    track = each.track
    return rd.Estimate(
        perspective=each.perspective,
        as_of=_moment(each.as_of_tai_ns, path),
        verdict=track.verdict,
        p_space=track.p_space,
        range_class=track.range_class,
        reason=track.reason.rstrip("."),
        quantities=rd.Quantities(
            launch_point=_estimated_point(each.launch) if each.launch else None,
            launch_time=_estimated_instant(each.launch) if each.launch else None,
            direction_deg=_direction(each),
            apogee_km=_apogee(each),
            impact_point=_estimated_point(each.impact) if each.impact else None,
            impact_time=_estimated_instant(each.impact) if each.impact else None,
        ),
        absent=_absent(each, path),
    )


def _estimated_point(each: PointScore) -> rd.Point:
    ellipse = each.point.ellipse
    error_km = None if each.error_m is None else each.error_m / 1e3
    return rd.Point(ellipse.latitude_deg, ellipse.longitude_deg, ellipse, error_km, each.error_sigmas)


def _estimated_instant(each: PointScore) -> rd.Instant:
    return rd.Instant(_nearest_second(each.time_tai_ns), each.point.sigma_s, each.time_error_s)


def _direction(each: EstimateScore) -> rd.Value | None:
    if each.direction_rad is None or each.direction_sigma_rad is None or each.direction_error_rad is None:
        return None
    value, sigma, error = np.degrees([each.direction_rad, each.direction_sigma_rad, each.direction_error_rad])
    return rd.Value(float(value), float(sigma), float(error))


def _apogee(each: EstimateScore) -> rd.Value | None:
    if each.track.apogee_km is None:
        return None
    error_km = None if each.apogee_error_m is None else each.apogee_error_m / 1e3
    return rd.Value(each.track.apogee_km, None, error_km)


def _absent(each: EstimateScore, path: Course) -> str:
    """Why quantities that the truth has are missing from an estimate."""
    lines = []
    if each.launch is None:
        lines.append("The track did not bear a launch point.")
    if each.impact is None and path.impact is not None:
        lines.append("The track did not bear an impact point.")
    if each.track.apogee_km is None:
        lines.append("Free flight was not established, so there is no apogee.")
    if each.track.phase == "coast":
        lines.append("A picture does not give time, height and speed of cut-off.")
    return " ".join(lines)


# -- curves ----------------------------------------------------------------------------------------------------------


def _track(each: Followed, path: Course, bound_m: Floats) -> rd.TrackCurve:
    return rd.TrackCurve(
        perspective=each.perspective,
        path=_path(each.time_tai_ns, each.r_ecef_m, path),
        error_km=each.error_m / 1e3,
        sigma_km=each.sigma_m / 1e3,
        bound_km=bound_m / 1e3 if np.isfinite(bound_m).any() else None,
    )


def _launch_curve(each: LaunchCurve) -> rd.LaunchCurve:
    return rd.LaunchCurve(each.perspective, each.since_first_s, each.error_m / 1e3, each.semi_major_m / 1e3)


def _place(ground: Ground) -> rd.Point:
    return rd.Point(float(np.degrees(ground.latitude_rad)), float(np.degrees(ground.longitude_rad)))


def _moment(tai_ns: int, path: Course) -> rd.Moment:
    return rd.Moment(_utc(tai_ns), path.since_launch_s(tai_ns))


def _utc(tai_ns: int) -> str:
    return utc_from_tai_ns(tai_ns, digits=0)


def _nearest_second(tai_ns: int) -> str:
    return _utc(tai_ns + NS_PER_S // 2)
