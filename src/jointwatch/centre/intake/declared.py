"""A sensor as a file declares it: where it stands, how well it measures, what it always has wrong.

[sensors.gabala]
latitude_deg = 40.87            WGS 84
longitude_deg = 47.80
height_m = 680.0                over the ellipsoid; 0 if left out
sigma_range_m = 150.0           one sigma of each, for plots that come without their own
sigma_azimuth_deg = 0.15
sigma_elevation_deg = 0.15
called = "GABALA-1"             as its own files call it, where that is another name
"""

from __future__ import annotations

import json
from typing import Annotated

from pydantic import Field

from jointwatch.centre.strict import Model

_Number = Annotated[float, Field(allow_inf_nan=False)]
Sigma = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Latitude = Annotated[_Number, Field(ge=-90, le=90)]
Longitude = Annotated[_Number, Field(ge=-180, le=360)]
Height = Annotated[_Number, Field(ge=-1000, le=10_000)]


class Measures(Model):
    """How a sensor measures: one sigma of each, what it always measures too much, and what nobody has corrected yet."""

    sigma_range_m: Sigma | None = None
    sigma_azimuth_deg: Sigma | None = None
    sigma_elevation_deg: Sigma | None = None
    bias_range_m: _Number = 0.0
    bias_azimuth_deg: _Number = 0.0
    bias_elevation_deg: _Number = 0.0
    refraction: bool = False
    round_trip: bool = False


class Declared(Measures):
    """A sensor of a centre. called: its name in its own files, where that is not its name here."""

    latitude_deg: Latitude
    longitude_deg: Longitude
    height_m: Height = 0.0
    called: Annotated[str, Field(min_length=1, max_length=64)] | None = None


_ORDER = ("latitude_deg", "longitude_deg", "height_m", *Measures.model_fields, "called")


def table(name: str, declared: Declared) -> str:
    """Return the table of centre.toml that declares a sensor.

    >>> print(table("gabala", Declared(latitude_deg=40.87, longitude_deg=47.8, sigma_range_m=150.0)))
    [sensors.gabala]
    latitude_deg = 40.87
    longitude_deg = 47.8
    sigma_range_m = 150.0
    """
    given = declared.model_dump(exclude_defaults=True)
    order = [key for key in _ORDER if key in given]
    return "\n".join([f"[sensors.{name}]", *(f"{key} = {json.dumps(given[key])}" for key in order)])
