"""Official warnings and lists of launches as a centre uses them: windows, areas and sites as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from jointwatch.assessment import notice_match
from jointwatch.assessment.notice_match import Announced, Launched
from jointwatch.earth import geodesic
from jointwatch.earth.timescale import tai_ns_from_utc
from jointwatch.formats.launch_lists import Launch, LaunchSite
from jointwatch.formats.notice_areas import Area, Box, Circle, Place, Polygon
from jointwatch.formats.notice_text import NoticeText


@dataclass(frozen=True, slots=True)
class Match:
    """A launch that a warning may have been about, and how likely."""

    launch: Launch
    probability: float


def announced(says: NoticeText) -> Announced | None:
    """Return what a warning says of when and where; None where it says one of them nowhere."""
    whole = [operation for operation in says.operations if operation.windows and operation.areas]
    if not whole:
        return None
    windows = dict.fromkeys((window.start, window.end) for operation in whole for window in operation.windows)
    areas = dict.fromkeys(area for operation in whole for area in operation.areas)
    times = np.array([[tai_ns(at) for at in window] for window in windows], dtype=np.int64)
    return Announced(times, np.array([middle_rad(area) for area in areas]), "missile operations" in says.subjects)


def matches(says: NoticeText, launches: Sequence[Launch], launched: Launched) -> tuple[Match, ...]:
    """Return the launches a warning may have been about, likeliest first; `launched` holds them as values."""
    of = announced(says)
    near = notice_match.candidates(of, launched) if of is not None else np.empty(0, dtype=np.int64)
    if of is None or not near.size:
        return ()
    found = notice_match.probabilities(of, Launched(launched.time_tai_ns[near], launched.site_rad[near]))
    order = np.argsort(-found)
    return tuple(Match(launches[near[k]], float(found[k])) for k in order)


def placed(launches: Sequence[Launch], sites: Mapping[str, LaunchSite]) -> tuple[list[Launch], Launched]:
    """Return the launches whose site is in the list, and the same as values."""
    known = [launch for launch in launches if launch.site in sites]
    places = [(sites[launch.site].latitude_deg, sites[launch.site].longitude_deg) for launch in known]
    times = np.array([[tai_ns(launch.earliest), tai_ns(launch.latest)] for launch in known], dtype=np.int64)
    return known, Launched(times.reshape(-1, 2), np.radians(np.array(places).reshape(-1, 2)))


def tai_ns(at: datetime) -> int:
    """Return a time in UTC as TAI nanoseconds."""
    return tai_ns_from_utc(at.strftime("%Y-%m-%dT%H:%M:%SZ"))


def middle_rad(area: Area) -> tuple[float, float]:
    """Return the middle of an area, latitude and longitude in radians: of its corners, on the sphere."""
    if isinstance(area, Circle):
        return _radians(area.centre)
    if isinstance(area, Box):
        width = (area.east_deg - area.west_deg) % 360.0
        middle = Place((area.south_deg + area.north_deg) / 2, area.west_deg + width / 2)
        return _radians(middle)
    places = area.corners if isinstance(area, Polygon) else area.points
    return geodesic.middle(*np.array([_radians(place) for place in places]).T)


def _radians(place: Place) -> tuple[float, float]:
    return float(np.radians(place.latitude_deg)), float(np.radians(place.longitude_deg))
