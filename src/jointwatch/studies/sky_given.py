"""What a scenario says of the satellites in its sky: how many, on which orbits, how large, how well they are known.

[sky]
objects = 24000
source = "..."                                  said in the report: where the figures are from
[sky.elements]                                  how far the truth is from what is published
[[sky.families]]                                how many of the source's objects are on orbits like these
[sky.sizes]                                     metres: median, and the factor of one sigma
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from jointwatch.studies.strict import Model

_Span = Annotated[tuple[float, float], Field(strict=False)]
MOST_OBJECTS = 100_000
LEAST_PERIGEE_KM = 150.0


class Family(Model):
    """Orbits alike: spans in which perigee, apogee and inclination are drawn evenly; nodes and places lie anywhere.

    count: how many of the source's objects. debris, rocket_bodies: shares of it; the rest are payloads.
    """

    name: str
    count: int = Field(ge=1)
    perigee_km: _Span
    apogee_km: _Span
    inclination_deg: _Span
    debris: float = Field(ge=0, le=1)
    rocket_bodies: float = Field(ge=0, le=1)

    @model_validator(mode="after")
    def _spans_rise(self) -> Family:
        for key in ("perigee_km", "apogee_km", "inclination_deg"):
            low, high = getattr(self, key)
            if not low <= high:
                raise ValueError(f"{key}: the second number must not be below the first, got {low:g} and {high:g}")
        if self.perigee_km[0] < LEAST_PERIGEE_KM or self.inclination_deg[0] < 0 or self.inclination_deg[1] > 180:
            raise ValueError(
                f"perigee_km begins at {LEAST_PERIGEE_KM:g} at least, inclination_deg lies within 0 and 180"
            )
        if self.apogee_km[1] < self.perigee_km[1]:
            raise ValueError("apogee_km must reach as high as perigee_km")
        if self.debris + self.rocket_bodies > 1:
            raise ValueError("debris and rocket_bodies are shares and make 1 together at most")
        return self


class ElementsGiven(Model):
    """How old public elements are, and how far off: along the track, growing by the day, and beside it."""

    age_days: float = Field(default=0.44, ge=0, le=30)  # median of a log-normal law
    age_factor: float = Field(default=3.4, ge=1, le=10)  # of one sigma
    along_km: float = Field(default=1.0, ge=0, le=100)
    growth_km_per_day: _Span = (1.0, 3.0)
    beside_km: float = Field(default=0.3, ge=0, le=10)


class SizesGiven(Model):
    """Diameters in metres by kind, log-normal: the median and the factor of one sigma."""

    payloads: _Span = (2.5, 2.0)
    rocket_bodies: _Span = (5.0, 1.5)
    debris: _Span = (0.2, 2.0)


class SkyGiven(Model):
    """A whole sky."""

    objects: int = Field(ge=1, le=MOST_OBJECTS)
    source: str
    elements: ElementsGiven = ElementsGiven()
    sizes: SizesGiven = SizesGiven()
    families: tuple[Family, ...] = Field(strict=False, min_length=1)
