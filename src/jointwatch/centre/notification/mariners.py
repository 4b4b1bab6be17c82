"""Official warnings to mariners as notices of a centre: one for each window of a launching, with its areas.

What a warning closes are areas of danger, so every area has the role `hazard`; what is launched, and by whom, is not
said there. Circles and lines become polygons that hold them. Only warnings in force are taken, and of them windows that
are not over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

import numpy as np

from jointwatch.centre.saying import Saying
from jointwatch.earth import geodesic
from jointwatch.earth.arrays import Floats
from jointwatch.earth.timescale import tai_ns_from_utc
from jointwatch.formats.notice_areas import Area, Box, Circle, Place, Track
from jointwatch.formats.notice_series import Life
from jointwatch.formats.notice_text import Operation
from jointwatch.messages.notice import Notice, NoticeArea, NoticeContents

LAUNCHINGS = ("rocket launching", "missile operations", "falling debris")
"""The subjects of warnings that a launch may be behind; gunnery is none."""
CORNERS, AREAS, WINDOWS = 64, 16, 31
"""The most of each in one notice, and of windows that are kept apart: those of a month, day by day."""
ROUND = 16  # corners of a polygon about a circle
LEAST_WIDTH_M = 1_852.0  # of a line that was given without one: a mile to each side
RECORD = "record"
Span: TypeAlias = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Taken:
    """What a warning becomes: its notices, and what of it is left out, in words."""

    notices: tuple[Notice, ...]
    left_out: tuple[str, ...]


def taken(saying: Saying, life: Life, now: datetime) -> Taken:
    """Return the notices of a warning in force; none of one that has ended or is about nothing launched."""
    if not life.in_force(now):
        return Taken((), ())
    parts, left_out = list[tuple[Operation, Span, list[Floats]]](), list[str]()
    for operation in life.warned.says.operations:
        if not set(operation.subjects or life.warned.says.subjects) & set(LAUNCHINGS):
            continue
        areas = [polygon(area) for area in operation.areas]
        left_out += [f"{life.warned.id}: an area of {len(a)} corners" for a in areas if len(a) > CORNERS]
        areas = [area for area in areas if len(area) <= CORNERS]
        groups = [areas[k : k + AREAS] for k in range(0, len(areas), AREAS)]
        parts += [(operation, span, group) for span in _spans(operation) for group in groups]
    numbered = [(number, part) for number, part in enumerate(parts, 1) if part[1][1] > now]
    return Taken(tuple(_notice(saying, life, *part, number) for number, part in numbered), tuple(left_out))


def polygon(area: Area) -> Floats:
    """Return the corners (n, 2) of a polygon that is an area, or holds it: latitude and longitude in radians."""
    if isinstance(area, Circle):
        return _about(area)
    if isinstance(area, Track):
        return _along(area)
    return _radians(_corners(area) if isinstance(area, Box) else area.corners)


def _spans(operation: Operation) -> list[Span]:
    """Return an operation's windows in their order; of more than a month's, the one from the first to the last."""
    each = sorted({(window.start, window.end) for window in operation.windows})
    if len(each) <= WINDOWS:
        return each
    return [(each[0][0], max(end for _, end in each))]


def _notice(
    saying: Saying, life: Life, operation: Operation, span: Span, areas: Sequence[Floats], number: int
) -> Notice:
    """Return one notice of a warning; its id follows from the warning, so that none is taken in twice."""
    warned, subjects = life.warned, operation.subjects or life.warned.says.subjects
    id = f"{saying.centre}-warning-{warned.id}-{number}".replace(" ", "-").replace("/", "-")
    contents = NoticeContents(
        occasion="pre-launch",
        from_tai_ns=tai_ns_from_utc(f"{span[0]:%Y-%m-%dT%H:%M:%SZ}"),
        until_tai_ns=tai_ns_from_utc(f"{span[1]:%Y-%m-%dT%H:%M:%SZ}"),
        received_tai_ns=saying.now_tai_ns,
        vehicle="missile" if subjects == ("missile operations",) else "unknown",
        areas=tuple(NoticeArea(role="hazard", corners=tuple((float(a), float(b)) for a, b in area)) for area in areas),
        text=f"{warned.id}: {' '.join(warned.text.split())}"[:2_000],
        source=f"{warned.id}, {' '.join(warned.authority.split())}"[:200].rstrip(", "),
    )
    return Notice(**(saying.header(saying.internal(RECORD), "warning") | {"id": id}), contents=contents)


def _corners(box: Box) -> tuple[Place, ...]:
    """Return a box's corners; the long side along a parallel is parted, as a great circle leaves it."""
    width = (box.east_deg - box.west_deg) % 360.0
    steps = np.linspace(box.west_deg, box.west_deg + width, max(int(np.ceil(width / 5.0)), 1) + 1)
    there = [Place(box.south_deg, float(longitude)) for longitude in steps]
    return (*there, *(Place(box.north_deg, float(longitude)) for longitude in steps[::-1]))


def _about(circle: Circle) -> Floats:
    """Return a polygon about a circle, its sides touching it; of a sector, its centre and its arc."""
    centre = _radians([circle.centre])[0]
    if circle.bearings_deg is None:
        bearings = np.linspace(0.0, 2 * np.pi, ROUND, endpoint=False)
        radius_m = circle.radius_m / np.cos(np.pi / ROUND)
        return _placed(centre, bearings, radius_m)
    first, last = np.radians(circle.bearings_deg)
    step = ((last - first) % (2 * np.pi)) / (ROUND - 1)
    arc = _placed(centre, first + step * np.arange(ROUND), circle.radius_m / np.cos(min(step, 1.0) / 2))
    return np.vstack([centre, arc])


def _along(track: Track) -> Floats:
    """Return a polygon about a line of points: at each, a point to either side across its course."""
    points = _radians(track.points)
    if len(points) < 2:
        return _about(Circle(track.points[0], max(track.half_width_m, LEAST_WIDTH_M)))
    _, out, onward = geodesic.inverse(*points[:-1].T, *points[1:].T)
    course = np.append(out, onward[-1])
    half_m = max(track.half_width_m, LEAST_WIDTH_M)
    return np.vstack([_placed(points, course - np.pi / 2, half_m), _placed(points, course + np.pi / 2, half_m)[::-1]])


def _placed(from_rad: Floats, bearings_rad: Floats, distance_m: float) -> Floats:
    """Return the places (n, 2) that lie so far from one place (2,), or from places (n, 2), in these directions."""
    latitude, longitude, _ = geodesic.direct(from_rad[..., 0], from_rad[..., 1], bearings_rad, distance_m)
    return np.column_stack([latitude, longitude])


def _radians(places: Sequence[Place]) -> Floats:
    """Return places (n, 2) in radians, longitudes within half a turn."""
    degrees = np.array([(place.latitude_deg, place.longitude_deg) for place in places])
    turned: Floats = np.radians(np.column_stack([degrees[:, 0], (degrees[:, 1] + 180.0) % 360.0 - 180.0]))
    return turned
