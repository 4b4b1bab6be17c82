"""Notices: what was said of a launch other than by sensors: announced before, confirmed after, an orbit published."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from jointwatch.messages.header import Header
from jointwatch.messages.quantities import Latitude, Length, Line, Longitude, Sentence, TaiNs, Word


class NoticeArea(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """A polygon of at least three corners, or one point; each corner is latitude and longitude in radians."""

    role: Literal["launch", "impact", "hazard"]
    corners: Annotated[tuple[tuple[Latitude, Longitude], ...], Meta(min_length=1, max_length=64)]


class PublishedOrbit(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """An orbit as someone published it: heights above the mean Earth, inclination in radians."""

    perigee_m: Length
    apogee_m: Length
    inclination_rad: Annotated[float, Meta(ge=0.0, le=3.141592653589793)]
    designation: Line = ""


class NoticeContents(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """The notice itself, apart from who logs it.

    from/until: the announced window, or the time of the launch in both. vehicle: as its source calls it.
    source: who says so (an agency, a publication). received_tai_ns: when it became known here. told: the centres that
    the source says it told itself, which need not hear it again. launches: how many objects, where it says.
    """

    occasion: Literal["pre-launch", "post-launch", "orbit"]
    from_tai_ns: TaiNs
    until_tai_ns: TaiNs
    received_tai_ns: TaiNs
    vehicle: Literal["missile", "space launch", "sounding rocket", "unknown"]
    areas: Annotated[tuple[NoticeArea, ...], Meta(max_length=16)] = ()
    orbit: PublishedOrbit | None = None
    text: Sentence
    source: Line
    told: Annotated[tuple[Word, ...], Meta(max_length=64)] = ()
    launches: Annotated[int, Meta(ge=1, le=64)] | None = None

    def __post_init__(self) -> None:
        if self.from_tai_ns > self.until_tai_ns:
            raise ValueError("the notice's window ends before it begins")
        if (self.occasion == "orbit") != (self.orbit is not None):
            raise ValueError('a notice of the occasion "orbit" carries an orbit, and no other does')


class Notice(Header, kw_only=True, frozen=True, forbid_unknown_fields=True, tag="notice"):
    """A centre passes on, or makes, a notice."""

    contents: NoticeContents
