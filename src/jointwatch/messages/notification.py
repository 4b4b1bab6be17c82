"""Notifications: what a state that launches tells of it beforehand, as agreements between states want it told.

The Memorandum of 16 December 2000 is taken to have six formats [inferred: UN phrase lists, which name no document].
Formats 1 (before a launch), 5 (geophysical experiment) and 6 (a spacecraft brought down) are a `notification`; format
2 is a `window_extension`; formats 3 (after a launch) and 4 (cancelled) are a `post_launch_notice`. Each refers back to
the entry that it goes on from; the header's `id` is the identifier. What anyone else says of a launch is a `notice`.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from jointwatch.messages.header import Header
from jointwatch.messages.quantities import Azimuth, Latitude, Length, Line, Longitude, Sentence, TaiNs, Word
from jointwatch.messages.reference import EntryReference

State = Annotated[str, Meta(pattern=r"^[A-Z]{2}$(?!\n)", description="a state, two letters [ISO 3166-1]")]


class NotifiedArea(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """An area as a notification gives it; each corner is latitude and longitude in radians.

    At least three corners are its boundary; one is its centre, with a radius, or a point; with none the name says all,
    as a body of water or an ocean's quadrant does. The agreement of 1988 leaves the size to who notifies.
    """

    role: Literal["launch", "impact", "hazard"]
    corners: Annotated[tuple[tuple[Latitude, Longitude], ...], Meta(max_length=64)] = ()
    radius_m: Length | None = None
    name: Line = ""

    def __post_init__(self) -> None:
        if len(self.corners) == 2:
            raise ValueError("an area has one corner, its centre, or at least three, its boundary; two bound none")
        if self.radius_m is not None and len(self.corners) != 1:
            raise ValueError("a radius goes with one corner, the centre of the circle")
        if not self.corners and not self.name:
            raise ValueError("an area without corners is given by its name")


class Notification(Header, kw_only=True, frozen=True, forbid_unknown_fields=True, tag="notification"):
    """A state tells beforehand of a launch, of a geophysical experiment, or of a spacecraft that it brings down.

    agreements: those it is given under, by their names in the catalogue; none: of its own accord. vehicle: spacecraft
    where one is brought down, and only there. generic_class: of missiles, "-" where none is told. launches: how many go
    up in the window, spacing apart, as the agreement of 2009 has it. from/until: the window. site: its name.
    """

    state: State
    occasion: Literal["launch", "geophysical experiment", "de-orbiting"]
    agreements: Annotated[tuple[Word, ...], Meta(max_length=16)] = ()
    vehicle: Literal["missile", "space launch", "sounding rocket", "spacecraft", "other"]
    generic_class: Literal["ICBM", "SLBM", "IRBM", "MRBM", "SRBM", "-"] = "-"
    designation: Line = ""
    launches: Annotated[int, Meta(ge=1, le=64)] = 1
    spacing: Literal["single", "simultaneous", "near-simultaneous"] = "single"
    from_tai_ns: TaiNs
    until_tai_ns: TaiNs
    site: Line = ""
    direction_rad: Azimuth | None = None
    areas: Annotated[tuple[NotifiedArea, ...], Meta(max_length=16)] = ()
    text: Sentence = ""

    def __post_init__(self) -> None:
        _check_window(self.from_tai_ns, self.until_tai_ns)
        if (self.occasion == "de-orbiting") != (self.vehicle == "spacecraft"):
            raise ValueError("a spacecraft is brought down (de-orbiting), and nothing else is")
        if self.generic_class != "-" and self.vehicle != "missile":
            raise ValueError("a generic class by range is told of missiles only")
        if (self.launches == 1) != (self.spacing == "single"):
            raise ValueError('one launch is "single", and more than one are (near-)simultaneous')
        if len(set(self.agreements)) != len(self.agreements):
            raise ValueError("an agreement is named twice")


class WindowExtension(Header, kw_only=True, frozen=True, forbid_unknown_fields=True, tag="window_extension"):
    """The window of a notification is another from now on. notification: the entry that told of it first."""

    notification: EntryReference
    from_tai_ns: TaiNs
    until_tai_ns: TaiNs
    text: Sentence = ""

    def __post_init__(self) -> None:
        _check_window(self.from_tai_ns, self.until_tai_ns)


def _check_window(from_tai_ns: int, until_tai_ns: int) -> None:
    if from_tai_ns > until_tai_ns:
        raise ValueError("the notification's window ends before it begins")
