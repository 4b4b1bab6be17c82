"""Plots: what one radar measured in one scan, before anyone calls it an object."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from jointwatch.messages.header import Header
from jointwatch.messages.quantities import (
    Azimuth,
    Commitment,
    Elevation,
    Height,
    Latitude,
    Line,
    Longitude,
    MaskedId,
    Range,
    SigmaMetres,
    SigmaRadians,
    TaiNs,
)
from jointwatch.messages.withheld import FieldNames, check_withheld

MAX_PLOTS = 1_000
_Scan = Meta(max_length=MAX_PLOTS)
_MEASURED = ("range_m", "azimuth_rad", "elevation_rad")


class Site(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """Where a radar stands; azimuth and elevation are measured from its local vertical on the WGS 84 ellipsoid."""

    name: Line
    latitude_rad: Latitude
    longitude_rad: Longitude
    height_m: Height


class PlotReport(Header, kw_only=True, frozen=True, forbid_unknown_fields=True, tag="plot_report"):
    """One scan's plots as lists of equal length; no plot says which object it belongs to."""

    sensor: MaskedId
    site: Site
    time_tai_ns: TaiNs
    range_m: Annotated[tuple[Range, ...], _Scan]
    azimuth_rad: Annotated[tuple[Azimuth, ...], _Scan]
    elevation_rad: Annotated[tuple[Elevation, ...], _Scan]
    sigma_range_m: Annotated[tuple[SigmaMetres, ...], _Scan]
    sigma_azimuth_rad: Annotated[tuple[SigmaRadians, ...], _Scan]
    sigma_elevation_rad: Annotated[tuple[SigmaRadians, ...], _Scan]
    withheld: FieldNames = ()
    commitment: Commitment = b""

    def __post_init__(self) -> None:
        check_withheld(self, self.__struct_fields__)
        count = len(self.range_m)
        for name in _MEASURED:
            for field in (name, f"sigma_{name}"):
                length = len(getattr(self, field))
                if length != count and field not in self.withheld:
                    raise ValueError(f"{field} has {length} values, range_m has {count}; a plot has one of each")
