"""Radars with their sources, and each as plain values from which a sensor can be made.

    p = radar_parameters("armavir")
    Radar(name=p.name, site=Site(*astuple(p.site)), faces=(Face(...) for f in p.faces), **p.performance())

Nobody published, for any Russian radar, a detection range with its cross-section, an accuracy or a revisit rate: those
values are assumptions, tagged so, and `choices` swaps any value for another claimant's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from math import radians
from typing import Annotated, Any, Literal

from pydantic import Field

from jointwatch.catalogue.days import begin_utc, end_utc
from jointwatch.catalogue.fact import (
    Day,
    Elevations,
    Fact,
    Interval,
    Model,
    NotNegative,
    Position,
    Positive,
    Provenance,
    Sector,
    facts_in,
    rows_of,
)
from jointwatch.catalogue.files import CatalogueError, nearest, shelf_of, sources, unknown

RADARS, MODELS = "radars.toml", "radar_models.toml"
Band = Literal["VHF", "UHF", "L", "S", "C", "X"]
Probability = Annotated[float, Field(gt=0, lt=1)]


class Detection(Model):
    """A point of the range law: at this range an object of this mean cross-section has this mean SNR (a ratio)."""

    range_km: Positive
    rcs_m2: Positive
    snr: Positive


class Performance(Model):
    """What a model of radar can do; an entry of its own may say otherwise."""

    band: Fact[Band] | None = None
    frequency_mhz: Fact[Interval] | None = None
    instrumented_range_km: Fact[Positive] | None = None
    minimum_range_km: Fact[NotNegative] | None = None
    detection: Fact[Detection] | None = None
    beam_deg: Fact[NotNegative] | None = None
    sigma_angle_deg: Fact[Positive] | None = None
    range_resolution_m: Fact[NotNegative] | None = None
    sigma_range_m: Fact[Positive] | None = None
    revisit_s: Fact[Positive] | None = None
    false_alarm_probability: Fact[Probability] | None = None
    false_plots_per_scan: Fact[NotNegative] | None = None


class FaceEntry(Model):
    """One array: sector (clockwise), elevation limits, and when it served, trial duty counted."""

    sector_deg: Fact[Sector]
    elevation_deg: Fact[Elevations]
    on_duty_from: Fact[Day] | None = None
    on_duty_until: Fact[Day] | None = None


class RadarEntry(Performance):
    """One radar at its place. `ever_on_duty` is false for what was only planned."""

    title: str
    operator: str
    place: str
    model: str
    summary: str
    ever_on_duty: bool = True
    position_deg: Fact[Position]
    height_m: Fact[float]
    faces: dict[str, FaceEntry] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class SiteParameters:
    """Fields of `sensors.site.Site`, in its order."""

    name: str
    latitude_rad: float
    longitude_rad: float
    height_m: float


@dataclass(frozen=True, slots=True)
class FaceParameters:
    """Fields of `sensors.radar.Face`, with the times of service as UTC text.

    None is an open end, also where service began before 1972, when UTC did.
    """

    name: str
    azimuth_from_rad: float
    azimuth_to_rad: float
    elevation_min_rad: float
    elevation_max_rad: float
    on_duty_from_utc: str | None
    on_duty_until_utc: str | None
    ever_on_duty: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RadarParameters:
    """Fields of `sensors.radar.Radar`, SI and radians, with title and operator for a reader."""

    name: str
    title: str
    operator: str
    site: SiteParameters
    band: str
    faces: tuple[FaceParameters, ...]
    reference_range_m: float
    reference_rcs_m2: float
    reference_snr: float
    instrumented_range_m: float
    minimum_range_m: float
    sigma_range_m: float
    sigma_azimuth_rad: float
    sigma_elevation_rad: float
    revisit_s: float
    false_alarm_probability: float
    false_plots_per_scan: float
    beam_azimuth_rad: float
    beam_elevation_rad: float
    range_resolution_m: float

    def performance(self) -> dict[str, Any]:
        """Band and every number by its name: what `sensors.radar.Radar` takes besides name, site and faces."""
        apart = {"name", "title", "operator", "site", "faces"}
        return {field.name: getattr(self, field.name) for field in fields(self) if field.name not in apart}


def load_radars() -> Mapping[str, RadarEntry]:
    """All radars by name."""
    return shelf_of(RADARS, RadarEntry)


def load_radar(name: str) -> RadarEntry:
    """One radar; an unknown name is refused with the nearest ones."""
    entries = load_radars()
    if name not in entries:
        raise unknown("radar", name, entries)
    return entries[name]


def radar_parameters(name: str, choices: Mapping[str, str] | None = None) -> RadarParameters:
    """A radar as plain values, each of its default claim or of the claim that `choices` names for its key.

    >>> p = radar_parameters("armavir", {"instrumented_range_km": "upi-2013"})
    >>> [face.name for face in p.faces], p.instrumented_range_m
    (['south-west', 'south-east'], 3700000.0)
    """
    chosen = _Chosen(name, choices or {})
    entry = chosen.entry
    latitude, longitude = chosen("position_deg")
    point: Detection = chosen("detection")
    sigma, beam = radians(chosen("sigma_angle_deg")), radians(chosen("beam_deg"))
    return RadarParameters(
        name=name,
        title=entry.title,
        operator=entry.operator,
        site=SiteParameters(entry.place, radians(latitude), radians(longitude), float(chosen("height_m"))),
        band=chosen("band"),
        faces=tuple(_face(face, entry.ever_on_duty, chosen) for face in entry.faces),
        reference_range_m=point.range_km * 1e3,
        reference_rcs_m2=float(point.rcs_m2),
        reference_snr=float(point.snr),
        instrumented_range_m=chosen("instrumented_range_km") * 1e3,
        minimum_range_m=chosen("minimum_range_km") * 1e3,
        sigma_range_m=float(chosen("sigma_range_m")),
        sigma_azimuth_rad=sigma,
        sigma_elevation_rad=sigma,
        revisit_s=float(chosen("revisit_s")),
        false_alarm_probability=float(chosen("false_alarm_probability")),
        false_plots_per_scan=float(chosen("false_plots_per_scan")),
        beam_azimuth_rad=beam,
        beam_elevation_rad=beam,
        range_resolution_m=float(chosen("range_resolution_m")),
    )


def provenance(name: str, choices: Mapping[str, str] | None = None) -> tuple[Provenance, ...]:
    """Every claim about a radar as rows, per parameter the one taken first; what `radar_parameters` used is `taken`."""
    chosen = _Chosen(name, choices or {})
    known = dict(sources())
    return tuple(
        row for key, fact in chosen.facts.items() for row in rows_of(key, fact, known, chosen.choices.get(key, ""))
    )


class _Chosen:
    """The facts of one radar, its own before its model's, and which claim of each is taken."""

    def __init__(self, name: str, choices: Mapping[str, str]) -> None:
        self.name, self.entry, self.choices = name, load_radar(name), dict(choices)
        self.facts = _facts(name)
        for key, claim in self.choices.items():
            if key not in self.facts:
                raise CatalogueError(f"radar {name!r} has no value {key!r} to choose; {nearest(key, self.facts)}")
            if claim not in self.facts[key].claims:
                held = nearest(claim, self.facts[key].claims)
                raise CatalogueError(f"radar {name!r}: nobody called {claim!r} speaks on {key}; {held}")

    def __call__(self, key: str) -> Any:
        if key not in self.facts:
            raise CatalogueError(f"{RADARS}: {self.name}.{key}: neither this entry nor its model gives this value")
        fact = self.facts[key]
        return fact.claims[self.choices.get(key, fact.taken)].value


@cache
def _facts(name: str) -> dict[str, Fact[Any]]:
    entry = load_radar(name)
    models = shelf_of(MODELS, Performance)
    if entry.model not in models:
        raise CatalogueError(
            f"{RADARS}: {name}.model: {entry.model!r} is not in {MODELS}; {nearest(entry.model, models)}"
        )
    own = dict(facts_in(entry))
    of_model = dict(facts_in(models[entry.model]))
    first = {key: own.pop(key) for key in ("position_deg", "height_m")}
    faces = {key: own.pop(key) for key in list(own) if key.startswith("faces.")}
    return {**first, **faces, **of_model, **own}


def _face(name: str, ever_on_duty: bool, chosen: _Chosen) -> FaceParameters:
    (start, end), (low, high) = chosen(f"faces.{name}.sector_deg"), chosen(f"faces.{name}.elevation_deg")
    since, until = (
        chosen(key) if (key := f"faces.{name}.{word}") in chosen.facts else None
        for word in ("on_duty_from", "on_duty_until")
    )
    return FaceParameters(
        name=name,
        azimuth_from_rad=radians(start),
        azimuth_to_rad=radians(end),
        elevation_min_rad=radians(low),
        elevation_max_rad=radians(high),
        on_duty_from_utc=begin_utc(since) if since and since >= "1972" else None,
        on_duty_until_utc=end_utc(until) if until else None,
        ever_on_duty=ever_on_duty,
    )
