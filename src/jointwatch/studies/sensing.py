"""What a scenario may assume of its sensors beyond the catalogue; left out, each changes nothing.

[medium]                                       what lies between radar and object
refractivity_n = 315.0
tec_tecu = 30.0

[[variants.as-proposed.radars]]
name = "gabala"
claims = { detection = "recalled-high" }       whose value of the catalogue is taken
law = { swerling = 0, scan_loss_exponent = 2.5, boresight_elevation_deg = 20.0, frequency_mhz = 160.0 }
errors = { range_m = 100.0, clock_ms = 20.0, noise_range_m = 300.0 }
search = { fence_top_deg = 8.0, confirming_looks = 3, confirmations_needed = 2, track_capacity = 100 }
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import inf
from typing import Any

import numpy as np
from pydantic import Field, model_validator

from jointwatch.earth.horizon import MEAN_RADIUS_M
from jointwatch.earth.ionosphere import TECU, Ionosphere
from jointwatch.earth.refractivity import Refractivity
from jointwatch.sensors.bias import BiasSpread
from jointwatch.sensors.infrared import Infrared
from jointwatch.sensors.propagation import Medium
from jointwatch.sensors.radar import Radar
from jointwatch.studies.strict import Model

BAND_MHZ: Mapping[str, float] = {"VHF": 160.0, "UHF": 435.0, "L": 1300.0, "S": 3300.0, "C": 5500.0, "X": 9500.0}
"""Where a radar of a band is taken to work if nothing nearer is known: an assumption, of weight for the ionosphere."""


class MediumGiven(Model):
    """Air and ionosphere; without a key that part is empty space."""

    refractivity_n: float | None = Field(default=None, ge=0, le=450)
    refractivity_scale_km: float = Field(default=7.35, ge=1, le=20)
    tec_tecu: float | None = Field(default=None, ge=0, le=300)
    peak_height_km: float = Field(default=350.0, ge=200, le=600)
    scale_height_km: float = Field(default=70.0, ge=20, le=150)

    @model_validator(mode="after")
    def _no_duct(self) -> MediumGiven:
        if (self.refractivity_n or 0.0) * 1e-6 * MEAN_RADIUS_M >= 0.99 * self.refractivity_scale_km * 1e3:
            raise ValueError("this refractivity falls so fast with height that it traps level rays: a duct")
        return self

    def medium(self) -> Medium:
        """Return it as the sensors take it."""
        air = layer = None
        if self.refractivity_n is not None:
            air = Refractivity(self.refractivity_n, self.refractivity_scale_km * 1e3)
        if self.tec_tecu is not None:
            layer = Ionosphere(self.tec_tecu * TECU, self.peak_height_km * 1e3, self.scale_height_km * 1e3)
        return Medium(air, layer)

    def sentence(self) -> str:
        """Return in words what is assumed; empty where nothing is."""
        parts = []
        if self.refractivity_n is not None:
            parts.append(f"air of {self.refractivity_n:g} N-units at the sea")
        if self.tec_tecu is not None:
            parts.append(f"an ionosphere of {self.tec_tecu:g} TECU")
        return f"Between radars and objects: {' and '.join(parts)} (this scenario's assumption)" if parts else ""


class ErrorsGiven(Model):
    """One sigma of what is drawn once per run, and floors of the noise drawn per measurement, in the catalogue's place.

    The two shares are of what air and ionosphere add, left in after the radar's own correction; they count only where
    the scenario has a medium.
    """

    range_m: float = Field(default=0.0, ge=0, le=1e5)
    azimuth_deg: float = Field(default=0.0, ge=0, le=10)
    elevation_deg: float = Field(default=0.0, ge=0, le=10)
    clock_ms: float = Field(default=0.0, ge=0, le=10_000)
    air_share: float = Field(default=0.1, ge=0, le=1)
    ionosphere_share: float = Field(default=0.5, ge=0, le=1)
    uncorrected: bool = False
    noise_range_m: float | None = Field(default=None, gt=0, le=1e5)
    noise_azimuth_deg: float | None = Field(default=None, gt=0, le=10)
    noise_elevation_deg: float | None = Field(default=None, gt=0, le=10)

    def spread(self) -> BiasSpread:
        """Return the spread of the biases."""
        return BiasSpread(
            range_m=self.range_m,
            azimuth_rad=float(np.radians(self.azimuth_deg)),
            elevation_rad=float(np.radians(self.elevation_deg)),
            clock_s=self.clock_ms / 1e3,
            air_share=self.air_share,
            ionosphere_share=self.ionosphere_share,
            uncorrected=self.uncorrected,
        )

    def fields(self) -> dict[str, Any]:
        """Return the floors of the noise as fields of a radar."""
        return {
            "sigma_range_m": self.noise_range_m,
            "sigma_azimuth_rad": _radians(self.noise_azimuth_deg),
            "sigma_elevation_rad": _radians(self.noise_elevation_deg),
        }


class LawGiven(Model):
    """How echoes fade, how many pulses are summed, what is lost off boresight, and the frequency."""

    swerling: int | None = Field(default=None, ge=0, le=1)
    pulses: int | None = Field(default=None, ge=1, le=10_000)
    scan_loss_exponent: float | None = Field(default=None, ge=0, le=10)
    boresight_elevation_deg: float | None = Field(default=None, ge=-90, le=90)
    frequency_mhz: float | None = Field(default=None, ge=50, le=100_000)

    def fields(self) -> dict[str, Any]:
        """Return them as fields of a radar."""
        return {
            "swerling": self.swerling,
            "pulses": self.pulses,
            "scan_loss_exponent": self.scan_loss_exponent,
            "boresight_elevation_rad": _radians(self.boresight_elevation_deg),
            "frequency_hz": None if self.frequency_mhz is None else self.frequency_mhz * 1e6,
        }


class SearchGiven(Model):
    """A fence, its confirming looks, and how many tracks can be kept up."""

    fence_top_deg: float = Field(default=90.0, ge=-5, le=90)
    revisit_s: float | None = Field(default=None, gt=0, le=600)
    confirming_looks: int = Field(default=0, ge=0, le=20)
    confirmations_needed: int = Field(default=0, ge=0, le=20)
    track_capacity: int = Field(default=0, ge=0, le=1_000_000)
    track_dwell_ms: float = Field(default=0.0, ge=0, le=10_000)
    track_share: float = Field(default=1.0, gt=0, le=1)

    @model_validator(mode="after")
    def _as_many_as_there_are(self) -> SearchGiven:
        if self.confirmations_needed > self.confirming_looks:
            raise ValueError("confirmations_needed cannot exceed confirming_looks")
        return self

    def fields(self) -> dict[str, Any]:
        """Return them as fields of a radar."""
        return {
            "fence_top_rad": _radians(self.fence_top_deg),
            "revisit_s": self.revisit_s,
            "confirming_looks": self.confirming_looks,
            "confirmations_needed": self.confirmations_needed,
            "track_capacity": self.track_capacity,
            "track_dwell_s": self.track_dwell_ms / 1e3,
            "track_share": self.track_share,
        }


class InfraredGiven(Model):
    """An overhead infrared sensor of a variant, and the centre it tells. Off unless declared."""

    name: str = Field(min_length=1, max_length=60)
    feeds: str
    delay_s: tuple[float, float] = Field(default=(45.0, 65.0), strict=False)
    ellipse_km: tuple[float, float] = Field(default=(10.0, 10.0), strict=False)
    ellipse_azimuth_deg: float = Field(default=0.0, ge=0, lt=360)
    sees: float = Field(default=1.0, ge=0, le=1)

    @model_validator(mode="after")
    def _is_a_sensor(self) -> InfraredGiven:
        self.sensor()
        return self

    def sensor(self) -> Infrared:
        """Return it as a sensor."""
        return Infrared(
            name=self.name,
            delay_least_s=self.delay_s[0],
            delay_greatest_s=self.delay_s[1],
            semi_major_m=self.ellipse_km[0] * 1e3,
            semi_minor_m=self.ellipse_km[1] * 1e3,
            azimuth_rad=float(np.radians(self.ellipse_azimuth_deg)),
            sees=self.sees,
        )


def assumed(radar: Radar, *given: Mapping[str, Any]) -> Radar:
    """Return the radar with the fields given that are not None, and a frequency of its band where it has none."""
    chosen = {name: value for fields in given for name, value in fields.items() if value is not None}
    if not chosen.get("frequency_hz", radar.frequency_hz):
        chosen["frequency_hz"] = BAND_MHZ.get(radar.band, inf) * 1e6
    return replace(radar, **chosen)


def _radians(degrees: float | None) -> float | None:
    return None if degrees is None else float(np.radians(degrees))
