"""What `jointwatch track --out` writes: an OEM for each track, all of them as Parquet, estimates as JSON, a figure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from math import degrees
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from jointwatch import __version__
from jointwatch.assessment.apogee import ApogeeEstimate
from jointwatch.assessment.burnout import BurnoutEstimate
from jointwatch.assessment.ellipse import Ellipse
from jointwatch.assessment.impact_area import ImpactEstimate
from jointwatch.assessment.knowable import Knowable
from jointwatch.assessment.launch_point import LaunchEstimate
from jointwatch.centre.alerts import ephemeris
from jointwatch.cli.track_orbit_values import orbit_values
from jointwatch.cli.track_work import Work
from jointwatch.display import track_figure
from jointwatch.earth.ellipsoid import geodetic_from_ecef
from jointwatch.earth.timescale import now_tai_ns, utc_from_tai_ns
from jointwatch.formats import oem_kvn
from jointwatch.formats.oem import LOWER, Oem
from jointwatch.studies.recording import Recording
from jointwatch.studies.recording_sites import Sensor
from jointwatch.studies.recording_tracks import Said, TrackFound
from jointwatch.tracking.track import History

FILTERED = "States and covariances as each stood after its own plot: filtered, not smoothed."
SMOOTHED = "States and covariances given all numbers: smoothed."
STATE = ("x_m", "y_m", "z_m", "vx_m_s", "vy_m_s", "vz_m_s")


def write(out: Path, recording: Recording, sensors: Mapping[str, Sensor], work: Work) -> list[Path]:
    """Write everything into a new folder; return the files, those of the tracks as their folder."""
    out.mkdir(parents=True, exist_ok=True)
    written = [out / "tracks.parquet", out / "estimates.json", out / "tracks.png"]
    histories = [track.history for track in work.found.tracks] + [orbit.history for orbit in work.orbits.found]
    table(histories).write_parquet(written[0], statistics=False)
    written[1].write_text(json.dumps(estimates(recording, sensors, work), indent=1) + "\n", encoding="utf-8")
    track_figure.draw(_figure(recording, sensors, work), written[2])
    if not histories:
        return written
    folder = out / "oem"
    folder.mkdir()
    for track in work.found.tracks:
        _write(folder, oem(track.history, FILTERED))
    for orbit in work.orbits.found:
        _write(folder, oem(orbit.history, SMOOTHED, name=orbit.object))
    return [folder, *written]


def _write(folder: Path, message: Oem) -> None:
    with (folder / f"{message.segments[0].metadata.object_id}.oem").open("wb") as stream:
        oem_kvn.write(message, stream)


def oem(history: History, how: str, *, name: str = "") -> Oem:
    """A history as an Orbit Ephemeris Message in UTC, with the covariance of every state; how the states were made."""
    times, x, P = ephemeris.known(history.time_tai_ns, history.x, history.P)
    left = len(history) - len(times)
    early = (f"{left} estimates before the first with a velocity to 1 km/s are left out.",) if left else ()
    gone = (f"{history.left_out} estimates between the first and the last are left out.",) if history.left_out else ()
    segment = ephemeris.segment(history.track_id, times, x, P, how, *early, *gone, name=name.strip("-") and name)
    return Oem(ephemeris.header(f"JOINTWATCH {__version__}", now_tai_ns()), (segment,))


def table(histories: Sequence[History]) -> pl.DataFrame:
    """All estimates of all tracks, one row each; covariance: the lower triangle row by row, metres and seconds."""
    rows, columns = zip(*LOWER, strict=True)
    parts = [_columns(each, rows, columns) for each in histories]
    schema: dict[str, Any] = {
        "track": pl.String, "time_utc": pl.String, "tai_ns": pl.Int64, **dict.fromkeys(STATE, pl.Float64),
        "latitude_deg": pl.Float64, "longitude_deg": pl.Float64, "height_m": pl.Float64,
        "boost_probability": pl.Float64, "radars": pl.List(pl.String), "covariance": pl.List(pl.Float64),
    }  # fmt: skip
    return pl.concat([pl.DataFrame(part, schema=schema) for part in parts]) if parts else pl.DataFrame(schema=schema)


def _columns(history: History, rows: tuple[int, ...], columns: tuple[int, ...]) -> dict[str, Any]:
    latitude, longitude, height = geodetic_from_ecef(history.x[:, :3])
    return {
        "track": [history.track_id] * len(history),
        "time_utc": [utc_from_tai_ns(int(time), digits=9) for time in history.time_tai_ns],
        "tai_ns": history.time_tai_ns,
        **dict(zip(STATE, history.x.T, strict=True)),
        "latitude_deg": np.degrees(latitude),
        "longitude_deg": np.degrees(longitude),
        "height_m": height,
        "boost_probability": history.boost_probability,
        "radars": [list(names) for names in history.radars],
        "covariance": history.P[:, rows, columns].tolist(),
    }


def estimates(recording: Recording, sensors: Mapping[str, Sensor], work: Work) -> dict[str, Any]:
    """Everything that was asked of the tracks, as plain values: degrees, metres, seconds, UTC."""
    return {
        "made_by": f"jointwatch {__version__}",
        "files": [
            {"file": str(file.path), "rows": file.rows, "plots": file.plots, "incomplete": dict(file.incomplete),
             "not_read": list(file.unused)}
            for file in recording.files
        ],
        "sensors": {
            name: {"rows": rows, "latitude_deg": degrees(sensors[name].site.latitude_rad),
                   "longitude_deg": degrees(sensors[name].site.longitude_rad), "height_m": sensors[name].site.height_m}
            for name, rows in recording.rows_of().items()
        },
        "plots_refused": dict(work.found.refused),
        "doubts": [
            {"sensor": each.radar, "cause": each.cause, "offset_si": each.offset, "sigma_si": each.sigma,
             "against": list(each.against), "since_utc": _utc(each.since_tai_ns), "certain": each.certain}
            for each in work.found.doubts
        ],
        "scans": work.found.scans,
        "scans_followed": work.found.scans_followed,
        "covariances": "square metres, in the order east, north (up); ellipses hold 95 %",
        "tracks": [_track(found, said) for found, said in zip(work.found.tracks, work.said, strict=True)],
        "orbits": [orbit_values(each) for each in work.orbits.found],
        "no_orbit": dict(work.orbits.refused),
    }  # fmt: skip


def _track(found: TrackFound, said: tuple[Said, ...]) -> dict[str, Any]:
    track = found.track
    return {
        "track": track.id,
        "first_plot_utc": _utc(track.first_plot_tai_ns),
        "last_plot_utc": _utc(track.last_plot_tai_ns),
        "plots": dict(track.radars),
        "estimates": [_said(each) for each in said],
    }


def _said(said: Said) -> dict[str, Any]:
    what = said.assessment
    return {
        "since_first_plot_s": said.since_first_plot_s,
        "verdict": what.verdict.verdict,
        "probability_space_launch": what.verdict.p_space,
        "reason": what.verdict.reason,
        "range_class": None if what.verdict.range_class == "-" else what.verdict.range_class,
        "range_m": what.range_m,
        "launch": _launch(what.launch) if what.launch else None,
        "launch_note": what.launch_note,
        "burnout": _high(said.burnout) | {"speed_m_s": said.burnout.speed_m_s} if said.burnout else None,
        "apogee": _high(said.apogee) if said.apogee else None,
        "apogee_height_m": what.apogee_height_m,
        "impact": _ground(what.impact) if what.impact else None,
        "impact_note": what.impact_note,
        "attainable": _attainable(said.bound) if said.bound else None,
    }


def _attainable(bound: Knowable) -> dict[str, Any]:
    """The Cramér-Rao bound of each item: the least sigmas and ellipse that the same looks allow."""
    unknown = bound.P is None
    variances = np.zeros(6) if bound.P is None else np.diag(bound.P)
    on_ground = {
        name: {"sigma_s": place.sigma_s, "ellipse_95": _ellipse(place.ellipse)} if place else None
        for name, place in (("launch", bound.launch), ("impact", bound.impact))
    }
    high = bound.apogee
    return {
        "position_sigma_m": None if unknown else float(np.sqrt(variances[:3].sum())),
        "velocity_sigma_m_s": None if unknown else float(np.sqrt(variances[3:].sum())),
        "burnout": {"sigma_s": bound.burnout_sigma_s} if bound.burnout_sigma_s is not None else None,
        "apogee": {"sigma_s": high.sigma_s, "sigma_height_m": float(np.sqrt(high.cov_enu_m2[2, 2]))} if high else None,
        **on_ground,
    }


def _launch(launch: LaunchEstimate) -> dict[str, Any]:
    turned = {"azimuth_deg": degrees(launch.direction_rad), "sigma_azimuth_deg": degrees(launch.direction_sigma_rad)}
    return _ground(launch) | turned


def _ground(place: LaunchEstimate | ImpactEstimate) -> dict[str, Any]:
    return _when(place) | {"covariance_en_m2": place.cov_en_m2.tolist(), "ellipse_95": _ellipse(place.ellipse)}


def _high(place: BurnoutEstimate | ApogeeEstimate) -> dict[str, Any]:
    return _when(place) | {"height_m": place.height_m, "covariance_enu_m2": place.cov_enu_m2.tolist()}


def _when(place: LaunchEstimate | ImpactEstimate | BurnoutEstimate | ApogeeEstimate) -> dict[str, Any]:
    return {
        "time_utc": _utc(place.time_tai_ns),
        "sigma_s": place.sigma_s,
        "latitude_deg": degrees(place.latitude_rad),
        "longitude_deg": degrees(place.longitude_rad),
    }


def _ellipse(ellipse: Ellipse) -> dict[str, float]:
    return {
        "semi_major_m": ellipse.semi_major_m,
        "semi_minor_m": ellipse.semi_minor_m,
        "azimuth_deg": degrees(ellipse.azimuth_rad),
    }


def _utc(tai_ns: int) -> str:
    return utc_from_tai_ns(tai_ns, digits=3)


def _figure(recording: Recording, sensors: Mapping[str, Sensor], work: Work) -> track_figure.TrackFigure:
    begins = [int(times[0]) for times in (recording.time_tai_ns, recording.numbers.time_tai_ns) if len(times)]
    begin = min(begins, default=0)
    places = [(name, degrees(s.site.longitude_rad), degrees(s.site.latitude_rad)) for name, s in sensors.items()]
    lines = []
    for found, said in work.last_words():
        places_said = (("launch", said.assessment.launch), ("impact", said.assessment.impact))
        ellipses = tuple((word, *_drawn(place.ellipse)) for word, place in places_said if place)
        lines.append(_line(found.history, begin, ellipses))
    lines += [_line(each.history, begin) for each in work.orbits.found]
    since = utc_from_tai_ns(begin) if begins else "the first plot"
    return track_figure.TrackFigure(tuple(lines), tuple(places), f"minutes after {since}")


def _line(history: History, begin_tai_ns: int, ellipses: tuple[Any, ...] = ()) -> track_figure.Line:
    latitude, longitude, height = geodetic_from_ecef(history.x[:, :3])
    return track_figure.Line(
        name=history.track_id,
        minutes=(history.time_tai_ns - begin_tai_ns) / 60e9,
        longitude_deg=np.degrees(longitude),
        latitude_deg=np.degrees(latitude),
        height_km=height / 1e3,
        boosting=history.boost_probability > 0.5,
        ellipses=ellipses,
    )


def _drawn(ellipse: Ellipse) -> tuple[float, float, float, float, float]:
    """Longitude, latitude and azimuth in degrees, semi-axes in km."""
    return (
        degrees(ellipse.longitude_rad), degrees(ellipse.latitude_rad), ellipse.semi_major_m / 1e3,
        ellipse.semi_minor_m / 1e3, degrees(ellipse.azimuth_rad),
    )  # fmt: skip
