"""The names and words that a study file may hold: names of the catalogue, days of UTC, texts that steer no terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Annotated

from pydantic import AfterValidator, Field

from jointwatch.catalogue.files import nearest
from jointwatch.catalogue.interceptor_sites import load_interceptor_sites
from jointwatch.catalogue.news_systems import load_news_systems
from jointwatch.catalogue.places import load_sites
from jointwatch.catalogue.quantities import Day
from jointwatch.catalogue.radar_entries import load_radars
from jointwatch.catalogue.regions import load_regions
from jointwatch.catalogue.vehicles import load_vehicles


def _plain(text: str, *, but: str = "") -> str:
    odd = next((letter for letter in text if unicodedata.category(letter) == "Cc" and letter not in but), None)
    if odd is not None:
        raise ValueError(f"there is a control character, U+{ord(odd):04X}, in it; leave it out")
    return text


def _radar(name: str) -> str:
    return known("radar", name, load_radars())


def _destination(name: str) -> str:
    return known("region", name, load_regions())


def _vehicle(name: str) -> str:
    known("vehicle", name, load_vehicles())
    if load_vehicles()[name].range_km is None:
        raise ValueError(f"{name!r} has no published range, so no flight of it ends at a destination; take a missile")
    return name


def _site(name: str) -> str:
    return known("site", name, {**load_interceptor_sites(), **load_sites()})


def _system(name: str) -> str:
    return known("system in the news", name, load_news_systems())


def known(kind: str, name: str, among: Iterable[str]) -> str:
    """Return the name; raises ValueError, with those near to it, where the catalogue has none of this kind."""
    if name not in among:
        raise ValueError(f"the catalogue has no {kind} {name[:60]!r}; {nearest(name[:60], among)}")
    return name


def _since_1972(day: str) -> str:
    if day[:4] < "1972":
        raise ValueError("a study's days are from 1972 on, when UTC with its leap seconds begins")
    return day


Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]
Line = Annotated[str, Field(min_length=1, max_length=300), AfterValidator(_plain)]
Lines = Annotated[str, Field(max_length=10_000), AfterValidator(lambda text: _plain(text, but="\n"))]
StudyDay = Annotated[Day, AfterValidator(_since_1972)]
RadarName = Annotated[str, AfterValidator(_radar)]
Radars = Annotated[tuple[RadarName, ...], Field(strict=False, max_length=64)]
Destination = Annotated[str, AfterValidator(_destination)]
Vehicle = Annotated[str, AfterValidator(_vehicle)]
Site = Annotated[str, AfterValidator(_site)]
System = Annotated[str, AfterValidator(_system)]
