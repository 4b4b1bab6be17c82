"""Where a warning holds: polygons, boxes, circles, sectors of circles and lines with a width, as mariners write them.

    IN AREA BOUND BY 70-12N 034-32E, 71-30N 038-00E, 69-45N 042-00E
    IN AREA BETWEEN 69-58.0N 69-34.5N AND 033-38.0E 034-47.0E
    WITHIN 27 MILES OF 74-24N 053-07E

Miles are nautical. Degrees, minutes and seconds of WGS 84; longitudes in -180..180, so that an area may cross 180.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from jointwatch.formats.notice_tokens import SPELT, Reader, Token

NAUTICAL_MILE_M = 1852.0
UNITS_M = {
    "NAUTICAL MILES": NAUTICAL_MILE_M,
    "NAUTICAL MILE": NAUTICAL_MILE_M,
    "MILES": NAUTICAL_MILE_M,
    "MILE": NAUTICAL_MILE_M,
    "NM": NAUTICAL_MILE_M,
    "KILOMETERS": 1000.0,
    "KILOMETER": 1000.0,
    "KM": 1000.0,
    "METERS": 1.0,
    "METRES": 1.0,
    "YARDS": 0.9144,
    "FEET": 0.3048,
    "CABLES": 185.2,
}
MOST_CORNERS = 200


@dataclass(frozen=True, slots=True)
class Place:
    """A point: latitude and longitude in degrees."""

    latitude_deg: float
    longitude_deg: float


@dataclass(frozen=True, slots=True)
class Polygon:
    """An area by its corners, at least three, in their order."""

    corners: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Box:
    """An area between two parallels and two meridians, from west to east."""

    south_deg: float
    north_deg: float
    west_deg: float
    east_deg: float


@dataclass(frozen=True, slots=True)
class Circle:
    """An area about a point; with bearings, from the first clockwise to the second, a sector of it."""

    centre: Place
    radius_m: float
    bearings_deg: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Track:
    """A line by its points; all within `half_width_m` of it, 0 where none is given."""

    points: tuple[Place, ...]
    half_width_m: float = 0.0


Area = Polygon | Box | Circle | Track


class NotAnArea(ValueError):  # noqa: N818 - the phrase is listed as not understood, nothing went wrong
    """A phrase that begins like an area and is none."""


_OPENING = ("IN AREAS", "IN AREA", "AREAS", "AREA", "IN", "THE", "FOLLOWING", ":", ",", "AND", "ALSO", "OR")
_BOUND = ("BOUND BY", "BOUNDED BY", "BOUND", "BOUNDED", "JOINING", "ENCLOSED BY", "CONNECTING", "LIMITED BY")
_LINE = ("TRACKLINES", "TRACKLINE", "TRACK LINE", "A LINE", "LINES", "LINE")


def areas(reader: Reader) -> tuple[Area, ...]:
    """Return the areas that stand here, and move behind them; none where no area stands here.

    Raises NotAnArea, the reader wherever it stopped.
    """
    found: list[Area] = []
    while True:
        begun = reader.at
        while reader.word(*_OPENING):
            pass
        if _only_announced(reader):
            reader.at = begun
            return tuple(found)
        some = _some(reader)
        if not some:
            reader.at = begun
            return tuple(found)
        found += some


def opens(reader: Reader) -> bool:
    """Move behind the words that announce areas in the paragraphs beneath; return whether there were any."""
    begun = reader.at
    while reader.word(*_OPENING, *_BOUND, "WITHIN", *_LINE, "BETWEEN"):
        pass
    return reader.at > begun


def _only_announced(reader: Reader) -> bool:
    """Whether the words that begin an area stand at the end: the areas themselves then stand beneath."""
    ahead = 0
    while reader.peek(ahead).text in ("WITHIN", "BETWEEN", "BOUND", "BY", ":"):
        ahead += 1
    return ahead > 0 and reader.peek(ahead).kind == "end"


def _some(reader: Reader) -> list[Area]:
    if reader.word("BETWEEN"):
        return [_box(reader)]
    if reader.word("ALONG"):
        reader.word(*_LINE)
        reader.word("BETWEEN", *_BOUND)
        return [_track(reader, 0.0)]
    within = reader.word("WITHIN")
    if (reach_m := _reach_m(reader, sure=within is not None)) is not None:
        return _about(reader, reach_m)
    if within:
        raise NotAnArea("WITHIN what")
    bound = reader.word(*_BOUND)
    reader.word(":")
    if reader.peek().kind == "lat" and reader.peek(1).kind == "lat":
        return [_box(reader)]
    places = _places(reader)
    if len(places) >= 3:
        return [Polygon(places)]
    if places or (bound and reader.peek().kind in ("lat", "lon", "number")):
        raise NotAnArea(f"{len(places)} corners")
    return []


def _reach_m(reader: Reader, *, sure: bool) -> float | None:
    """Read `27 MILES OF` or `RADIUS 5 MILES FROM`; only where `sure` may anything else follow the unit."""
    begun = reader.at
    reader.word("A RADIUS OF", "RADIUS OF", "RADIUS", "A")
    token = reader.peek()
    spelt = SPELT.get(token.text)
    if spelt is None and token.kind != "number":
        reader.at = begun
        return None
    reader.at += 1
    unit = reader.word(*UNITS_M)
    reader.word("RADIUS", "EITHER SIDE", "ON EITHER SIDE")
    near = reader.word("OF", "FROM", "CENTERED ON", "CENTRED ON", "AROUND", "ABOUT")
    if unit is None or not (sure or near):
        reader.at = begun
        return None
    return (spelt or float(token.text)) * UNITS_M[unit]


def _about(reader: Reader, reach_m: float) -> list[Area]:
    if reader.word(*_LINE):
        reader.word("BETWEEN", *_BOUND)
        return [_track(reader, reach_m)]
    places = _places(reader)
    if not places:
        raise NotAnArea("WITHIN a distance of what")
    return [Circle(place, reach_m, _bearings(reader) if len(places) == 1 else None) for place in places]


def _bearings(reader: Reader) -> tuple[float, float] | None:
    begun = reader.at
    reader.word(".", ",")
    if reader.word("BETWEEN", "FROM"):
        first = reader.take("number")
        reader.word("DEGREES")
        if first and reader.word("AND", "TO", "THRU"):
            last = reader.take("number")
            if last and reader.word("DEGREES"):
                reader.word("TRUE")
                return float(first.text) % 360.0, float(last.text) % 360.0
    reader.at = begun
    return None


def _track(reader: Reader, half_width_m: float) -> Track:
    places = _places(reader)
    if len(places) < 2:
        raise NotAnArea(f"a line of {len(places)} points")
    return Track(places, half_width_m)


def _box(reader: Reader) -> Box:
    south, north = sorted(_two(reader, "lat", latitude_deg))
    reader.word("AND", ",")
    west, east = _two(reader, "lon", longitude_deg)
    if (east - west) % 360.0 > 180.0:
        west, east = east, west
    return Box(south, north, west, east)


def _two(reader: Reader, kind: str, read: Callable[[str], float]) -> tuple[float, float]:
    first = reader.take(kind)
    reader.word("AND", ",", "TO")
    second = reader.take(kind)
    if first is None or second is None:
        raise NotAnArea("a box wants two latitudes and two longitudes")
    return read(first.text), read(second.text)


def _places(reader: Reader) -> tuple[Place, ...]:
    """Read points until something else stands there; what separates them is taken, what follows the last is not."""
    found: list[Place] = []
    while len(found) <= MOST_CORNERS:
        begun = reader.at
        while found and reader.word(",", ";", "AND", "TO", "THENCE", "THEN"):
            pass
        latitude = reader.take("lat")
        reader.word(",")
        longitude = reader.take("lon")
        if latitude is None or longitude is None:
            if latitude is not None and found:
                raise NotAnArea(f"{latitude.text} without a longitude")
            reader.at = begun
            return tuple(found)
        found.append(Place(latitude_deg(latitude.text), longitude_deg(longitude.text)))
    raise NotAnArea(f"more than {MOST_CORNERS} corners")


def latitude_deg(text: str) -> float:
    """Return a latitude as degrees, north positive; raises NotAnArea.

    >>> latitude_deg("02-18.90S")
    -2.315
    """
    return _angle_deg(text, 90.0)


def longitude_deg(text: str) -> float:
    """Return a longitude as degrees, east positive; raises NotAnArea."""
    return _angle_deg(text, 180.0)


def _angle_deg(text: str, most_deg: float) -> float:
    degrees, *parts = (float(part) for part in text[:-1].strip().split("-"))
    found = degrees + sum(part / 60.0**k for k, part in enumerate(parts, 1))
    if any(part >= 60 for part in parts) or found > most_deg:
        raise NotAnArea(f"{text} is no angle up to {most_deg:.0f} degrees")
    return -found if text[-1] in "SW" else found


def is_position(token: Token) -> bool:
    """Whether a word is one half of a position."""
    return token.kind in ("lat", "lon")
