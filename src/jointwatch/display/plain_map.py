"""One flat map as SVG text: coast, radars with the azimuths they face, tracks, launch and impact ellipses.

Longitudes are squeezed by the cosine of the middle latitude; shapes are true near the middle of the map only. Colours
are the page's own CSS variables, and each object carries its name, so that colour is never the only difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

import numpy as np
from numpy.typing import NDArray

from jointwatch.display import coastline, outlines
from jointwatch.messages.picture import Picture, PictureTrack, PointInTime, RadarView, RunView

WIDTH, HEIGHT = 960.0, 600.0  # of the drawing, in its own units
NOTE = (
    f"{coastline.NOTE} Shaded: the azimuths an array on duty faces, out to its instrumented range; "
    "the horizon hides what flies low."
)
_MARGIN = 0.12  # of the shown width or height, on each side
_SMALLEST_DEG = 16.0
_SIDES = 3  # colours for centres; the fourth begins again
Line = NDArray[np.float64]


class Frame:
    """The part of the world on show, and where a longitude and latitude falls in the drawing."""

    def __init__(self, points: Line) -> None:
        low, high = points.min(axis=0), points.max(axis=0)
        self.middle = (low + high) / 2.0
        self.squeeze = max(0.2, float(np.cos(np.radians(self.middle[1]))))
        tall = max(high[1] - low[1], (high[0] - low[0]) * self.squeeze * HEIGHT / WIDTH, _SMALLEST_DEG)
        self.units_per_deg = HEIGHT / (tall * (1.0 + 2.0 * _MARGIN))
        half = np.array([WIDTH / self.squeeze, HEIGHT]) / (2.0 * self.units_per_deg)
        self.bounds = (*(self.middle - half), *(self.middle + half))

    def place(self, line: Iterable[Iterable[float]]) -> Line:
        """Return (n, 2) drawing units, right and down, of longitudes and latitudes in degrees."""
        offset = (np.asarray(line, dtype=float).reshape(-1, 2) - self.middle) * self.units_per_deg
        placed: Line = offset * [self.squeeze, -1.0] + [WIDTH / 2.0, HEIGHT / 2.0]
        return placed

    def path(self, line: Iterable[Iterable[float]], *, closed: bool = False) -> str:
        """Return the `d` of an SVG path."""
        points = self.place(line)
        return "M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in points) + ("Z" if closed else "")


def svg(run: RunView, picture: Picture | None, trails: Mapping[str, list[tuple[float, float]]]) -> str:
    """Return the map as one <svg> element; `trails` are longitudes and latitudes by track id."""
    tracks = picture.tracks if picture else ()
    frame = Frame(_points(run, tracks))
    parts = [
        *_ground(frame),
        *(part for radar in run.radars for part in _radar(frame, run, radar)),
        *(part for track in tracks for part in _track(frame, run, track, trails.get(track.id, []))),
    ]
    label = f"Map of {run.title}: {len(run.radars)} radars, {len(tracks)} tracks; the tables hold the same facts"
    size = f'viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}"'
    return f'<svg {size} role="img" aria-label="{escape(label)}" class="map">{"".join(parts)}</svg>'


def side(run: RunView, owners: Iterable[str]) -> str:
    """Return the CSS class of who an estimate rests on: one centre's own, or joint for several."""
    order = [centre.id for centre in run.centres]
    known = [order.index(owner) for owner in set(owners) if owner in order]
    return f"side{known[0] % _SIDES + 1}" if len(known) == 1 else "joint"


def _points(run: RunView, tracks: Iterable[PictureTrack]) -> Line:
    points = [(radar.longitude_deg, radar.latitude_deg) for radar in run.radars]
    for track in tracks:
        points.append((track.longitude_deg, track.latitude_deg))
        points += [(longitude, latitude) for _, longitude, latitude, _ in track.prediction]
        ends = [end.ellipse for end in (track.launch, track.impact) if end is not None]
        points += [(ellipse.longitude_deg, ellipse.latitude_deg) for ellipse in ends]
    return np.array(points or [(0.0, 0.0)])


def _ground(frame: Frame) -> Iterable[str]:
    yield f'<rect class="sea" width="{WIDTH:.0f}" height="{HEIGHT:.0f}"/>'
    rings = coastline.within(coastline.land(), *frame.bounds)
    yield f'<path class="land" d="{"".join(frame.path(ring, closed=True) for ring in rings)}"/>'
    lines = coastline.within(coastline.borders(), *frame.bounds)
    yield f'<path class="border" d="{"".join(frame.path(line) for line in lines)}"/>'


def _radar(frame: Frame, run: RunView, radar: RadarView) -> Iterable[str]:
    colour = side(run, [radar.feeds])
    for face in radar.faces:
        if face.on_duty:
            outline = outlines.sector(
                radar.latitude_deg,
                radar.longitude_deg,
                azimuth_from_deg=face.azimuth_from_deg,
                azimuth_to_deg=face.azimuth_to_deg,
                ground_range_km=radar.range_km,
            )
            yield f'<path class="sector {colour}" d="{frame.path(outline, closed=True)}"/>'
    ((x, y),) = frame.place([(radar.longitude_deg, radar.latitude_deg)])
    yield f'<rect class="site {colour}" x="{x - 5:.1f}" y="{y - 5:.1f}" width="10" height="10"/>'
    yield _text(x + 10, y + 4, radar.name)


def _track(frame: Frame, run: RunView, track: PictureTrack, trail: list[tuple[float, float]]) -> Iterable[str]:
    colour = side(run, track.owners)
    here = (track.longitude_deg, track.latitude_deg)
    if len(trail) > 1:
        yield f'<path class="trail {colour}" d="{frame.path(trail)}"/>'
    if track.prediction:
        ahead = [here, *((longitude, latitude) for _, longitude, latitude, _ in track.prediction)]
        yield f'<path class="ahead {colour}" d="{frame.path(ahead)}"/>'
    for word, end in (("launch", track.launch), ("impact", track.impact)):
        if end is not None:
            yield from _ellipse(frame, colour, f"{track.id} {word} 95 %", end)
    ((x, y),) = frame.place([here])
    yield f'<circle class="object {colour}" cx="{x:.1f}" cy="{y:.1f}" r="5.5"/>'
    yield _text(x + 9, y - 8, track.id, "name")


def _ellipse(frame: Frame, colour: str, words: str, end: PointInTime) -> Iterable[str]:
    yield f'<path class="ellipse {colour}" d="{frame.path(outlines.ellipse(end.ellipse), closed=True)}"/>'
    ((x, y),) = frame.place([(end.ellipse.longitude_deg, end.ellipse.latitude_deg)])
    below = end.ellipse.semi_major_km / 111.2 * frame.units_per_deg
    yield _text(x, y + min(below, 60.0) + 14, words, "area")


def _text(x: float, y: float, words: str, kind: str = "label") -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}">{escape(words)}</text>'
