"""The summary of `jointwatch track` for a terminal of 80 columns or more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import degrees
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from jointwatch.assessment.ellipse import Ellipse
from jointwatch.cli.track_work import Work
from jointwatch.earth.timescale import NS_PER_S, utc_from_tai_ns
from jointwatch.studies.recording import FileRead, Recording
from jointwatch.studies.recording_sites import Sensor
from jointwatch.studies.recording_tracks import Said, TrackFound
from jointwatch.tracking.doubts import Doubt

_CAUSES = {"range": (1.0, "m", 0), "azimuth": (degrees(1), "°", 2), "elevation": (degrees(1), "°", 2),
           "clock": (1.0, "s", 2)}  # fmt: skip
LISTED = 20  # tracks in the table
TOLD = 4  # tracks whose estimates are printed in full
NO_PLOTS = "A track wants range, azimuth and elevation together; of other rows an orbit is tried (see the guide)."


def inputs(console: Console, recording: Recording, sensors: Mapping[str, Sensor]) -> None:
    """Print what was read: files, and sensors with their places and where their sigmas come from."""
    for file in recording.files:
        console.print(Text(f"{file.path}: {_file(file)}"), soft_wrap=True)
    if any(file.incomplete for file in recording.files):
        console.print(Text(NO_PLOTS))
    table = _table(("sensor", "left"), ("rows", "right"), ("place", "left"), ("sigma", "left"))
    for place, (name, plots) in enumerate(recording.rows_of().items()):
        site = sensors[name].site
        where = f"{_place(site.latitude_rad, site.longitude_rad)} {site.height_m:.0f} m"
        table.add_row(name, f"{plots:,}", where, _sigma_from(recording, place, sensors[name]))
    console.print(table)


def tracks(console: Console, work: Work) -> None:
    """Print the tracks, and of the first few all they say."""
    found = work.found
    if found.scans:
        console.print()
    if found.interrupted:
        console.print(f"interrupted: {found.scans_followed:,} of {found.scans:,} scans followed", style="bold")
    for reason, count in found.refused.items():
        console.print(Text(f"plots refused: {count:,}, {reason}"))
    for doubt in found.doubts:
        console.print(Text(_doubt(doubt), "bold"))
    if not found.tracks:
        if found.scans or not work.orbits.found:
            console.print("no track: no object was seen often enough to be believed", style="bold")
        return
    console.print(_listing(work.last_words()[:LISTED]))
    if len(found.tracks) > LISTED:
        console.print(f"and {len(found.tracks) - LISTED:,} more")
    for track, said in list(zip(found.tracks, work.said, strict=True))[:TOLD]:
        console.print()
        console.print(Text(f"{track.track.id}: {_verdict(said[-1])}", "bold"))
        for line in _estimates(said[-1]):
            console.print(Padding(Text(line), (0, 0, 0, 2)))
        console.print(Padding(_course(said), (0, 0, 0, 2)))


def written(paths: Iterable[Path]) -> str:
    """Return the files that were written, on one line."""
    return "\nwritten: " + ", ".join(str(path) for path in paths)


def _doubt(doubt: Doubt) -> str:
    """One sentence on a sensor whose plots contradict others."""
    scale, unit, decimals = _CAUSES[doubt.cause]
    off = f"{doubt.offset * scale:+.{decimals}f} ± {doubt.sigma * scale:.{decimals}f} {unit}"
    others = [name for name in doubt.against if name != doubt.radar]
    against = f"what {', '.join(others)} saw" if others else "what it saw before"
    either = "" if doubt.certain else " (either may be wrong)"
    since = utc_from_tai_ns(doubt.since_tai_ns)
    return f"doubted: {doubt.radar}, {doubt.cause} off by {off} since {since}, against {against}{either}"


def _file(file: FileRead) -> str:
    lost = ", ".join(f"{kind}: {count:,}" for kind, count in file.incomplete.items())
    words = f"{file.rows:,} {'row' if file.rows == 1 else 'rows'}, {file.plots:,} of them full plots" + (
        f"; others: {lost}" if lost else ""
    )
    return words + (f"; kinds not read: {', '.join(file.unused)}" if file.unused else "")


def _sigma_from(recording: Recording, place: int, sensor: Sensor) -> str:
    if recording.gives_sigmas(place):
        return "in the file"
    return "sites file" if np.isfinite(sensor.sigma).all() else "catalogue (see its assumptions)"


def _table(*columns: tuple[str, str]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name, side in columns:
        table.add_column(name, justify="right" if side == "right" else "left", overflow="fold")
    return table


def _listing(last_words: list[tuple[TrackFound, Said]]) -> Table:
    table = _table(
        ("track", "left"), ("first plot", "left"), ("seen", "right"), ("plots", "right"), ("by", "left"),
        ("verdict", "left"),
    )  # fmt: skip
    for found, said in last_words:
        track = found.track
        seen_s = (track.last_plot_tai_ns - track.first_plot_tai_ns) / NS_PER_S
        by = ", ".join(name for name, _ in track.radars)
        verdict = said.assessment.verdict
        kind = "" if verdict.range_class == "-" else f", {verdict.range_class}"
        table.add_row(
            track.id, utc_from_tai_ns(track.first_plot_tai_ns), f"{seen_s:.0f} s", f"{track.plots:,}", by,
            f"{verdict.verdict}{kind}",
        )  # fmt: skip
    return table


def _verdict(said: Said) -> str:
    verdict = said.assessment.verdict
    return f"{verdict.verdict}: {verdict.reason}"


def _estimates(said: Said) -> list[str]:
    what, lines = said.assessment, []
    if what.launch:
        lines.append(
            f"launch   {_ground(what.launch.latitude_rad, what.launch.longitude_rad, what.launch.ellipse)}, "
            f"{_clock(what.launch.time_tai_ns)} ± {what.launch.sigma_s:.0f} s"
        )
        lines.append(
            f"heading  {degrees(what.launch.direction_rad):.1f}° ± {degrees(what.launch.direction_sigma_rad):.1f}° at "
            "launch"
        )
    else:
        lines.append(f"launch   {what.launch_note}")
    if said.burnout:
        sigma_km = float(np.sqrt(said.burnout.cov_enu_m2[2, 2])) / 1e3
        lines.append(
            f"burnout  {_place(said.burnout.latitude_rad, said.burnout.longitude_rad)}, "
            f"{said.burnout.height_m / 1e3:.0f} ± {sigma_km:.0f} km high, {_clock(said.burnout.time_tai_ns)} ± "
            f"{said.burnout.sigma_s:.0f} s, {said.burnout.speed_m_s / 1e3:.2f} km/s"
        )
    if said.apogee:
        sigma_km = float(np.sqrt(said.apogee.cov_enu_m2[2, 2])) / 1e3
        lines.append(
            f"apogee   {_place(said.apogee.latitude_rad, said.apogee.longitude_rad)}, "
            f"{said.apogee.height_m / 1e3:.0f} ± {sigma_km:.1f} km high, {_clock(said.apogee.time_tai_ns)} ± "
            f"{said.apogee.sigma_s:.1f} s"
        )
    if what.impact:
        lines.append(
            f"impact   {_ground(what.impact.latitude_rad, what.impact.longitude_rad, what.impact.ellipse)}, "
            f"{_clock(what.impact.time_tai_ns)} ± {what.impact.sigma_s:.0f} s"
        )
    else:
        lines.append(f"impact   {what.impact_note}")
    return lines


def _course(said: tuple[Said, ...]) -> Table:
    """Return what was known when: each step with its verdict and how wide launch and impact still were."""
    table = _table(
        ("since first plot", "right"), ("verdict", "left"), ("p(space)", "right"), ("launch 95 %, km", "right"),
        ("impact 95 %, km", "right"),
    )  # fmt: skip
    for each in said:
        what = each.assessment
        sizes = [_size(place.ellipse) if place else "-" for place in (what.launch, what.impact)]
        table.add_row(f"{each.since_first_plot_s:.0f} s", what.verdict.verdict, f"{what.verdict.p_space:.2f}", *sizes)
    return table


def _size(ellipse: Ellipse) -> str:
    return f"{_km(ellipse.semi_major_m)} x {_km(ellipse.semi_minor_m)}"


def _km(metres: float) -> str:
    return f"{metres / 1e3:.1f}" if metres < 10e3 else f"{metres / 1e3:.0f}"


def _ground(latitude_rad: float, longitude_rad: float, ellipse: Ellipse) -> str:
    return f"{_place(latitude_rad, longitude_rad)} (95 %: {_size(ellipse)} km)"


def _place(latitude_rad: float, longitude_rad: float) -> str:
    latitude, longitude = degrees(latitude_rad), (degrees(longitude_rad) + 180) % 360 - 180
    return f"{abs(latitude):.2f} {'NS'[latitude < 0]} {abs(longitude):.2f} {'EW'[longitude < 0]}"


def _clock(time_tai_ns: int) -> str:
    return utc_from_tai_ns(time_tai_ns)[11:]
