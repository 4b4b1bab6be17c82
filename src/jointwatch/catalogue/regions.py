"""Regions named in the public debate, as boxes: coverage, misses and gaps are told for these as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import radians
from typing import Annotated

from pydantic import Field

from jointwatch.catalogue.fact import Fact, Model
from jointwatch.catalogue.files import shelf_of, unknown
from jointwatch.catalogue.quantities import Interval, Sector

REGIONS = "regions.toml"


State = Annotated[str, Field(pattern="^[A-Z]{2}$")]


class RegionEntry(Model):
    """One box: from its southern to its northern latitude, and eastwards from its first longitude (0 to 360)."""

    title: str
    summary: str
    launches: bool = False
    state: Fact[State] | None = None
    latitude_deg: Fact[Interval]
    longitude_deg: Fact[Sector]


@dataclass(frozen=True, slots=True)
class Region:
    """A named box, radians: `wide_rad` eastwards from `west_rad`.

    launches: flights of the debate began in it; state: whose they were, two letters, "" where that is not said.
    """

    name: str
    title: str
    south_rad: float
    north_rad: float
    west_rad: float
    wide_rad: float
    launches: bool
    state: str = ""


def load_regions() -> Mapping[str, RegionEntry]:
    """All regions by name."""
    return shelf_of(REGIONS, RegionEntry)


def region(name: str) -> Region:
    """A region as plain values; an unknown name is refused with the nearest ones.

    >>> region("europe-west").launches, round(region("europe-west").wide_rad, 2)  # through Greenwich
    (False, 0.35)
    """
    entries = load_regions()
    if name not in entries:
        raise unknown("region", name, entries)
    entry = entries[name]
    (south, north), (west, east) = entry.latitude_deg.value, entry.longitude_deg.value
    wide = (east - west) % 360 or 360.0
    box = radians(south), radians(north), radians(west), radians(wide)
    return Region(name, entry.title, *box, entry.launches, entry.state.value if entry.state else "")


def regions() -> tuple[Region, ...]:
    """All regions, in the order of their file."""
    return tuple(region(name) for name in load_regions())
