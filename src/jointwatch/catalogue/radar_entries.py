"""The schema of a radar's entry: what a model of it can do, where it stands, and each array with its service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, model_validator

from jointwatch.catalogue.fact import Fact, Model, RangeFact
from jointwatch.catalogue.files import shelf_of, unknown
from jointwatch.catalogue.quantities import (
    Bearing,
    Count,
    Day,
    Elevations,
    FrequenciesMhz,
    HeightM,
    NotNegative,
    Position,
    Positive,
    PowerKw,
    RangeKm,
    Sector,
    Share,
)

RADARS, MODELS = "radars.toml", "radar_models.toml"
Band = Literal["VHF", "UHF", "L", "S", "C", "X"]
BANDS_MHZ: Mapping[str, tuple[float, float]] = {
    "VHF": (30, 300),
    "UHF": (300, 1_000),
    "L": (1_000, 2_000),
    "S": (2_000, 4_000),
    "C": (4_000, 8_000),
    "X": (8_000, 12_000),
}
"""Limits of the letter bands, megahertz [IEEE 521-2002, table 1]."""
Probability = Annotated[float, Field(gt=0, lt=1)]
Tilt = Annotated[float, Field(ge=0, le=90)]


class Detection(Model):
    """A point of the range law: at this range an object of this mean cross-section has this mean SNR (a ratio)."""

    range_km: RangeKm
    rcs_m2: Positive
    snr: Positive


class Performance(Model):
    """What a model of radar can do; an entry of its own may say otherwise. Power, elements, aperture: of one array."""

    band: Fact[Band] | None = None
    frequency_mhz: Fact[FrequenciesMhz] | None = None
    peak_power_kw: Fact[PowerKw] | None = None
    mean_power_kw: Fact[PowerKw] | None = None
    duty_cycle: Fact[Share] | None = None
    elements: Fact[Count] | None = None
    active_elements: Fact[Count] | None = None
    aperture_m2: Fact[Positive] | None = None
    gain_db: Fact[Positive] | None = None
    instrumented_range_km: RangeFact | None = None
    minimum_range_km: Fact[NotNegative] | None = None
    detection: Fact[Detection] | None = None
    beam_deg: Fact[NotNegative] | None = None
    sigma_angle_deg: Fact[Positive] | None = None
    range_resolution_m: Fact[NotNegative] | None = None
    sigma_range_m: Fact[Positive] | None = None
    revisit_s: Fact[Positive] | None = None
    track_capacity: Fact[Count] | None = None
    false_alarm_probability: Fact[Probability] | None = None
    false_plots_per_scan: Fact[NotNegative] | None = None

    @model_validator(mode="after")
    def _the_frequency_is_of_the_band(self) -> Performance:
        if self.band is None or self.frequency_mhz is None:
            return self
        for (low, high), (least, most) in (
            (claim.value, BANDS_MHZ[self.band.value]) for claim in self.frequency_mhz.claims.values()
        ):
            if high < least or low > most:
                raise ValueError(
                    f"the band {self.band.value} runs from {least:g} to {most:g} MHz, frequency_mhz says "
                    f"{low:g} to {high:g}; make them agree"
                )
        return self


class FaceEntry(Model):
    """One array: sector (clockwise), elevation limits, where its face points, when it served, trial duty counted."""

    sector_deg: Fact[Sector]
    elevation_deg: Fact[Elevations]
    boresight_azimuth_deg: Fact[Bearing] | None = None
    boresight_elevation_deg: Fact[Tilt] | None = None
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
    position_error_km: Fact[NotNegative] | None = None
    height_m: Fact[HeightM]
    faces: dict[str, FaceEntry] = Field(min_length=1)


def load_radars() -> Mapping[str, RadarEntry]:
    """All radars by name."""
    return shelf_of(RADARS, RadarEntry)


def load_radar(name: str) -> RadarEntry:
    """One radar; an unknown name is refused with the nearest ones."""
    entries = load_radars()
    if name not in entries:
        raise unknown("radar", name, entries)
    return entries[name]
