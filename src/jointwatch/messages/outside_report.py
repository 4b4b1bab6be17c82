"""Reports from outside: a light in the sky that somebody else saw, such as a bolide, passed on as it was given."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from jointwatch.messages.header import Header
from jointwatch.messages.quantities import Height, Latitude, Line, Longitude, Sentence, TaiNs

Speed = Annotated[float, Meta(ge=0.0, le=1e6, description="metres per second, relative to the Earth")]
Velocity = Annotated[float, Meta(ge=-1e6, le=1e6, description="metres per second, Earth-fixed")]


class OutsideContents(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """What was seen, apart from who logs it; null: it was not given. The place is that beneath the brightest point.

    sigma_m_s: one sigma of speed and velocity, in each axis. source: who says so.
    """

    seen_tai_ns: TaiNs
    latitude_rad: Latitude | None = None
    longitude_rad: Longitude | None = None
    height_m: Height | None = None
    speed_m_s: Speed | None = None
    velocity_m_s: tuple[Velocity, Velocity, Velocity] | None = None
    sigma_m_s: Speed | None = None
    text: Sentence = ""
    source: Line

    def __post_init__(self) -> None:
        if (self.latitude_rad is None) != (self.longitude_rad is None):
            raise ValueError("a place has a latitude and a longitude, or is not given")
        if self.sigma_m_s is not None and self.speed_m_s is None and self.velocity_m_s is None:
            raise ValueError("without a speed or a velocity there is no sigma of it")


class OutsideReport(Header, kw_only=True, frozen=True, forbid_unknown_fields=True, tag="outside_report"):
    """A centre takes in, or passes on, a report of a light in the sky."""

    contents: OutsideContents
