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
from typing import Any

from jointwatch.catalogue.days import begin_utc, end_utc
from jointwatch.catalogue.fact import OURS, Claim, Fact, Provenance, facts_in, rows_of
from jointwatch.catalogue.files import CatalogueError, nearest, shelf_of, sources
from jointwatch.catalogue.radar_entries import (
    MODELS,
    RADARS,
    Detection,
    FaceEntry,
    Performance,
    RadarEntry,
    load_radar,
    load_radars,
)

__all__ = [
    "MODELS",
    "RADARS",
    "Detection",
    "FaceEntry",
    "FaceParameters",
    "Performance",
    "RadarEntry",
    "RadarParameters",
    "SiteParameters",
    "load_radar",
    "load_radars",
    "provenance",
    "radar_parameters",
]


@dataclass(frozen=True, slots=True)
class SiteParameters:
    """Fields of `sensors.site.Site`, in its order."""

    name: str
    latitude_rad: float
    longitude_rad: float
    height_m: float


@dataclass(frozen=True, slots=True)
class FaceParameters:
    """Fields of `sensors.radar.Face`, with the times of service as UTC text and, where published, where it points.

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
    boresight_azimuth_rad: float | None = None
    boresight_elevation_rad: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RadarParameters:
    """Fields of `sensors.radar.Radar`, SI and radians; then what else was published, None where nothing was.

    Powers and aperture are of one array, the frequency is the middle of the band it works in. `assumed` names the
    values taken here that nobody was seen to claim: they are to be shown as assumptions wherever they are used.
    """

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
    frequency_hz: float | None = None
    peak_power_w: float | None = None
    mean_power_w: float | None = None
    aperture_m2: float | None = None
    track_capacity: int | None = None
    position_error_m: float | None = None
    assumed: tuple[str, ...] = ()

    def performance(self) -> dict[str, Any]:
        """Band and every number by its name: what `sensors.radar.Radar` takes besides name, site and faces."""
        return {field.name: getattr(self, field.name) for field in fields(self) if field.name not in _APART}


_PUBLISHED = (
    "frequency_hz",
    "peak_power_w",
    "mean_power_w",
    "aperture_m2",
    "track_capacity",
    "position_error_m",
    "assumed",
)
_APART = frozenset({"name", "title", "operator", "site", "faces", *_PUBLISHED})


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
        frequency_hz=_middle(chosen.get("frequency_mhz"), 1e6),
        peak_power_w=_times(chosen.get("peak_power_kw"), 1e3),
        mean_power_w=_times(chosen.get("mean_power_kw"), 1e3),
        aperture_m2=chosen.get("aperture_m2"),
        track_capacity=chosen.get("track_capacity"),
        position_error_m=_times(chosen.get("position_error_km"), 1e3),
        assumed=chosen.assumed(),
    )


def _times(value: float | None, unit: float) -> float | None:
    return None if value is None else value * unit


def _middle(ends: tuple[float, float] | None, unit: float) -> float | None:
    return None if ends is None else (ends[0] + ends[1]) / 2 * unit


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
        return self._claim(key).value

    def get(self, key: str) -> Any:
        """Value of a key, None where neither the entry nor its model gives one."""
        return self._claim(key).value if key in self.facts else None

    def assumed(self) -> tuple[str, ...]:
        """Keys of the values taken that nobody was seen to claim."""
        return tuple(key for key in self.facts if self._claim(key).tag in OURS)

    def _claim(self, key: str) -> Claim[Any]:
        fact = self.facts[key]
        return fact.claims[self.choices.get(key, fact.taken)]


_PLACE = ("position_deg", "position_error_km", "height_m")


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
    first = {key: own.pop(key) for key in list(own) if key in _PLACE}
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
        boresight_azimuth_rad=_times(chosen.get(f"faces.{name}.boresight_azimuth_deg"), radians(1)),
        boresight_elevation_rad=_times(chosen.get(f"faces.{name}.boresight_elevation_deg"), radians(1)),
    )
