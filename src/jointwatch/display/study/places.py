"""What stands on the maps of a study's report: radars, sites, regions and rings, in degrees and kilometres."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Face:
    """Where an array of a radar looks, degrees clockwise from north."""

    name: str
    azimuth_from_deg: float
    azimuth_to_deg: float


@dataclass(frozen=True)
class Radar:
    """A radar on the map. reach_km: over ground, to what is `StudyData.map_height_km` up; party: whose it is."""

    name: str
    title: str
    party: str
    latitude_deg: float
    longitude_deg: float
    reach_km: float
    faces: tuple[Face, ...]


@dataclass(frozen=True)
class Site:
    """A point on the map that is no radar."""

    name: str
    title: str
    latitude_deg: float
    longitude_deg: float


@dataclass(frozen=True)
class Region:
    """A box of the study: launches begin in it, or end there."""

    name: str
    title: str
    south_deg: float
    north_deg: float
    west_deg: float
    wide_deg: float
    launches: bool


@dataclass(frozen=True)
class Architecture:
    """An architecture on its day: which radars it brings, who has what, and which of all look (by party).

    brief: its title as far as it is needed to tell it from the others.
    """

    name: str
    title: str
    brief: str
    summary: str
    on: str
    proposed: bool
    shared: bool
    brings: tuple[str, ...]
    looks: Mapping[str, tuple[Radar, ...]]
    sites: tuple[Site, ...] = ()


@dataclass(frozen=True)
class Circle:
    """A ring on the map: longitudes and latitudes in degrees."""

    title: str
    longitude_deg: tuple[float, ...]
    latitude_deg: tuple[float, ...]
    group: int = 0
