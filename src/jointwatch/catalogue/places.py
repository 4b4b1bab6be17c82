"""Places: launch sites with the error of their position, and the centres of the proposal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import radians

from jointwatch.catalogue.fact import Fact, Model
from jointwatch.catalogue.files import shelf_of, unknown
from jointwatch.catalogue.quantities import NotNegative, Position

SITES, CENTRES = "sites.toml", "centres.toml"


class SiteEntry(Model):
    """One launch site: latitude and longitude, and the one-sigma of either as its list has it."""

    title: str
    summary: str
    position_deg: Fact[Position]
    error_deg: Fact[NotNegative]


class CentreEntry(Model):
    """One data-exchange centre."""

    title: str
    summary: str
    proposed_by: Fact[str]
    position_deg: Fact[Position]


@dataclass(frozen=True, slots=True)
class Place:
    """A named place, in radians; error_rad is how far off it may be."""

    name: str
    title: str
    latitude_rad: float
    longitude_rad: float
    error_rad: float


def load_sites() -> Mapping[str, SiteEntry]:
    """All launch sites by the code of their list in lower case."""
    return shelf_of(SITES, SiteEntry)


def load_centres() -> Mapping[str, CentreEntry]:
    """All centres by name."""
    return shelf_of(CENTRES, CentreEntry)


def site_place(name: str) -> Place:
    """A launch site as plain values.

    >>> round(site_place("semx").error_rad * 6371)  # km
    22
    """
    entries = load_sites()
    if name not in entries:
        raise unknown("site", name, entries)
    (latitude, longitude), error = entries[name].position_deg.value, entries[name].error_deg.value
    return Place(name, entries[name].title, radians(latitude), radians(longitude), radians(error))


def centre_place(name: str) -> Place:
    """A centre as plain values; a city, so good to some kilometres."""
    entries = load_centres()
    if name not in entries:
        raise unknown("centre", name, entries)
    latitude, longitude = entries[name].position_deg.value
    return Place(name, entries[name].title, radians(latitude), radians(longitude), radians(0.1))
