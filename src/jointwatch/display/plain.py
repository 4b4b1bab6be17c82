"""The page without scripts: the same facts as tables and one SVG map, for any browser and any reader.

It is what the server shows where the 3-D page was not built, and is always there at /plain: for screen readers, for
machines without WebGL, for printing. It is drawn anew at each request from the feed's newest snapshot.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from jointwatch.display import plain_map, wording
from jointwatch.display.feed import Feed
from jointwatch.messages.picture import Event, FaceView, Picture, PictureTrack, RunView, Snapshot

NOT_BUILT = (
    "The 3-D view is not built in this installation: run 'npm ci && npm run build' in the folder web/ (Node.js 20.19 "
    "or newer), or install again with Node.js on the PATH. This page holds the same facts as text and a flat map."
)
NO_SIGN_IN = (
    "The page is not built in this installation, and without it nobody can sign in: run 'npm ci && npm run build' in "
    "the folder web/ (Node.js 20.19 or newer), or install again with Node.js on the PATH."
)
JOINT = "joint"
NEWEST = 2**63
ALL = 2**31
LAST_EVENTS = 100
LAST_SNAPSHOTS = 1000  # of which trails are drawn
_TEMPLATES = Path(__file__).parent / "templates"


def page(
    feed: Feed, *, perspective: str = JOINT, snapshot: int | None = None, notice: str = "", refresh_s: int = 0
) -> str:
    """Return the page as HTML, as of the newest snapshot or as it was known at an earlier one.

    perspective: "joint" or a centre's id; another name gives the joint picture, at a centre in service its own.
    snapshot: the number of the one to show. refresh_s: reload by itself at this interval, 0 for never.
    """
    run = feed.run
    shown, earlier, later = feed.around(NEWEST if snapshot is None else snapshot)
    if run is None:
        return _render("waiting.html", banner=banner(None), title=title(None), notice=notice)
    perspectives = _perspectives(run)
    if perspective not in dict(perspectives):
        perspective = perspectives[0][0]
    picture = chosen(shown, perspective)
    return _render(
        "plain.html",
        run=run,
        banner=banner(run),
        title=title(run),
        notice=notice,
        refresh_s=refresh_s,
        snapshot=shown,
        earlier=earlier,
        later=later,
        at=None if later is None else shown,
        names={centre.id: centre.name for centre in run.centres} | {radar.id: radar.name for radar in run.radars},
        perspectives=perspectives,
        picture=picture,
        map=plain_map.svg(run, picture, _trails(feed, shown, picture)),
        note=plain_map.NOTE,
        events=_last_events(feed, None if later is None else shown),
        finished=feed.finished and later is None,
        summary=feed.summary if later is None else "",
        has_report=feed.report_path is not None,
        has_statement=feed.statement is not None,
    )


def _perspectives(run: RunView) -> list[tuple[str, str]]:
    """Return whose pictures there are to look at, with their names: a centre in service has its own alone."""
    centres = [(centre.id, centre.name) for centre in run.centres]
    return [(JOINT, "Joint"), *centres] if run.scenario else centres[:1]


def banner(run: RunView | None) -> str:
    """Return the words that stand over everything and cannot be switched off.

    >>> banner(None)
    'NO RUN YET'
    """
    if run is None:
        return "NO RUN YET"
    words = run.banner.strip()
    if run.mode != "operational" and "EXERCISE" not in words.upper():
        words = f"EXERCISE · {words}" if words else "EXERCISE"
    if run.counterfactual and "COUNTERFACTUAL" not in words.upper():
        words = f"{words} · COUNTERFACTUAL: {run.variant.replace('-', ' ')}"
    return words


def title(run: RunView | None) -> str:
    """Return the run's title, or what is waited for."""
    return "Waiting for a run" if run is None else run.title


def chosen(snapshot: Snapshot | None, perspective: str) -> Picture | None:
    """Return the picture of a perspective, the joint one where there is none of that name, else None."""
    pictures = {} if snapshot is None else {picture.perspective: picture for picture in snapshot.pictures}
    return pictures.get(perspective) or pictures.get(JOINT)


def verdict(track: PictureTrack) -> str:
    """Return what kind of launch it is held to be, and the probability it rests on."""
    return f"{track.verdict} (p of a space launch {wording.probability(track.p_space)})"


def sector(face: FaceView) -> str:
    """Return what an array can face, in degrees."""
    azimuth = f"azimuth {face.azimuth_from_deg:.0f}°–{face.azimuth_to_deg:.0f}°"
    return f"{azimuth}, elevation {face.elevation_min_deg:.0f}°–{face.elevation_max_deg:.0f}°"


def duty(face: FaceView) -> str:
    """Return whether an array is on duty, and the note that says why."""
    state = "on duty" if face.on_duty else "not on duty"
    return f"{state}: {face.note}" if face.note else state


def agreement(snapshot: Snapshot) -> str:
    """Return in words whether both centres computed the same joint picture."""
    if snapshot.joint_agrees is None:
        return "The joint pictures of the centres cannot be compared at this moment."
    if snapshot.joint_agrees:
        return "Both centres computed the same joint picture, to the bit."
    return "The centres computed different joint pictures."


def _last_events(feed: Feed, until: Snapshot | None) -> list[Event]:
    """Return the last events, newest first; none that came after a snapshot."""
    events = feed.newest(ALL)[1]
    if until is not None:
        events = tuple(event for event in events if _instant(event.time_utc) <= _instant(until.time_utc))
    return list(reversed(events[-LAST_EVENTS:]))


def _instant(time_utc: str) -> str:
    return time_utc.rstrip("Z")  # so that text sorts as time does, with a fraction of a second or without


def _trails(feed: Feed, shown: Snapshot | None, picture: Picture | None) -> dict[str, list[tuple[float, float]]]:
    """Return where each track of the picture was held to be in earlier snapshots, longitude and latitude in degrees."""
    trails: dict[str, list[tuple[float, float]]] = {track.id: [] for track in picture.tracks} if picture else {}
    snapshots, _ = feed.newest(LAST_SNAPSHOTS)
    past = [snapshot for snapshot in snapshots if shown is not None and snapshot.seq <= shown.seq]
    for earlier in (chosen(snapshot, picture.perspective) for snapshot in past if picture):
        for track in earlier.tracks if earlier else ():
            if track.id in trails:
                trails[track.id].append((track.longitude_deg, track.latitude_deg))
    return trails


@cache
def _environment() -> Environment:
    found = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    words = (wording.clock, wording.place, wording.axes, wording.probability, verdict, sector, duty, agreement)
    found.filters.update({word.__name__: word for word in words})
    return found


def _render(template: str, **values: Any) -> str:
    return _environment().get_template(template).render(**values)
