"""Where the radars of a recording stand and how well they measure: a TOML file of one's own, or the catalogue.

[sites.GABALA]                  the sensor as the measurements call it
latitude_deg = 40.87            WGS 84
longitude_deg = 47.80
height_m = 680.0                over the ellipsoid; 0 if left out
sigma_range_m = 150.0           one sigma of each, for rows that do not say their own
sigma_azimuth_deg = 0.15
sigma_elevation_deg = 0.15
bias_range_m = 30.0             what it always measures too much, known: taken off; of the angles likewise
sigma_bias_azimuth_deg = 0.1    one sigma of what it measures too much and nobody knows: found with an orbit
refraction = true               it measures through air and nobody has corrected that: taken off
round_trip = true               its ranges are the way there and back: halved, before anything else is taken off

[sites.RADAR-2]
radar = "armavir"               or: stand where, and measure as well as, a radar of the catalogue
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import Field, ValidationError, model_validator

from jointwatch.catalogue.files import UnknownNameError
from jointwatch.catalogue.radar_entries import load_radars
from jointwatch.earth.arrays import Floats
from jointwatch.earth.horizon import MEAN_RADIUS_M
from jointwatch.earth.refraction import elevation_bias_rad, range_delay_m
from jointwatch.sensors.accuracy import measurement_sigma
from jointwatch.sensors.radar import Radar
from jointwatch.sensors.site import Site
from jointwatch.studies.architecture import catalogue_radar
from jointwatch.studies.strict import Model

MAX_BYTES = 1 << 20
_BEYOND_M = 1e9  # as far away as makes no difference to a ray
_ROUNDS = 3
_Number = Annotated[float, Field(allow_inf_nan=False)]
_Sigma = Annotated[float, Field(gt=0, allow_inf_nan=False)]
_NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
_SI = np.array([1.0, np.pi / 180, np.pi / 180])


class SitesError(ValueError):
    """A file of sites, or a sensor without one: one sentence with file and key."""


class SiteGiven(Model):
    """One sensor: its place and sigmas, or the radar of the catalogue that it is; sigmas given go before that one's."""

    radar: str | None = None
    latitude_deg: Annotated[_Number, Field(ge=-90, le=90)] | None = None
    longitude_deg: Annotated[_Number, Field(ge=-180, le=360)] | None = None
    height_m: Annotated[_Number, Field(ge=-1000, le=10_000)] | None = None
    sigma_range_m: _Sigma | None = None
    sigma_azimuth_deg: _Sigma | None = None
    sigma_elevation_deg: _Sigma | None = None
    sigma_range_rate_m_s: _Sigma | None = None
    bias_range_m: _Number = 0.0
    bias_azimuth_deg: _Number = 0.0
    bias_elevation_deg: _Number = 0.0
    sigma_bias_range_m: _NotNegative = 0.0
    sigma_bias_azimuth_deg: _NotNegative = 0.0
    sigma_bias_elevation_deg: _NotNegative = 0.0
    refraction: bool = False
    round_trip: bool = False

    @model_validator(mode="after")
    def _one_place(self) -> SiteGiven:
        place = (self.latitude_deg, self.longitude_deg, self.height_m)
        if self.radar is not None and place != (None, None, None):
            raise ValueError("wanted radar, or latitude_deg and longitude_deg; not both")
        if self.radar is None and None in place[:2]:
            raise ValueError("wanted latitude_deg and longitude_deg, or radar")
        return self


class SitesFile(Model):
    """The whole file."""

    sites: dict[str, SiteGiven] = Field(min_length=1)


@dataclass(frozen=True, eq=False)
class Sensor:
    """A sensor of a recording: where it stands, and its sigmas (3,) in metres and radians, NaN where not known.

    radar: the entry of the catalogue that the missing ones come from; None where the sensor is none of it.
    bias, sigma_bias (3,): what it always measures too much, and one sigma of what of that is not known; refraction:
    whether it measures through air and nobody has corrected that; round_trip: whether its ranges are the way there and
    back; sigma_range_rate_m_s: NaN where not known.
    """

    name: str
    site: Site
    sigma: Floats
    radar: Radar | None = None
    bias: Floats = field(default_factory=lambda: np.zeros(3))
    sigma_bias: Floats = field(default_factory=lambda: np.zeros(3))
    refraction: bool = False
    round_trip: bool = False
    sigma_range_rate_m_s: float = np.nan

    def corrected(self, z: Floats) -> Floats:
        """Range, azimuth and elevation (n, 3), one way, NaN where not measured, less the known bias and the air.

        Of the air a range is corrected where it came with an elevation; an object whose range is not known is taken to
        be beyond the air. Elevations below the horizontal are corrected as those along it.
        """
        off = z * [0.5 if self.round_trip else 1.0, 1.0, 1.0] - self.bias
        if self.refraction:
            known = ~np.isnan(off[:, 2])
            off[known] = _without_air(off[known], self.site.height_m)
        off[:, 1] = np.mod(off[:, 1], 2 * np.pi)
        return off

    def sigmas(self, snr_db: Floats) -> Floats:
        """Sigmas (n, 3) for rows of a signal-to-noise ratio (n,), decibels; where that is NaN, for that of reference.

        >>> sensor("gabala").sigmas(np.array([np.nan])).round(4).tolist()
        [[257.7074, 0.0027, 0.0027]]
        """
        known = np.broadcast_to(self.sigma, (len(snr_db), 3))
        if self.radar is None:
            return known
        snr = np.where(np.isnan(snr_db), self.radar.reference_snr, 10.0 ** (snr_db / 10.0))
        return np.where(np.isnan(known), measurement_sigma(self.radar, snr), known)


def _without_air(z: Floats, height_m: float) -> Floats:
    """The same range (NaN where not measured), azimuth and elevation (n, 3) without what the air does to them."""
    apparent, far = np.clip(z[:, 2], 0.0, np.pi / 2), np.where(np.isnan(z[:, 0]), _BEYOND_M, z[:, 0])
    elevation, straight = apparent, far
    for _ in range(_ROUNDS):  # the air does more, the higher the object is, and that is told by where it really is
        over = np.sqrt(MEAN_RADIUS_M**2 + straight**2 + 2 * MEAN_RADIUS_M * straight * np.sin(elevation))
        above = height_m + np.maximum(over - MEAN_RADIUS_M, 1.0)
        elevation = apparent - elevation_bias_rad(apparent, above, radar_height_m=height_m)
        straight = far - range_delay_m(apparent, above, radar_height_m=height_m)
    return np.column_stack([z[:, 0] + straight - far, z[:, 1], z[:, 2] + elevation - apparent])


def sensor(name: str, given: SiteGiven | None = None) -> Sensor:
    """The sensor that a file describes, or, by its name alone, the catalogue; raises UnknownNameError."""
    degrees = (given.sigma_azimuth_deg, given.sigma_elevation_deg) if given else (None, None)
    sigma = np.array([given.sigma_range_m if given else None, *degrees], dtype=float)
    sigma[1:] = np.radians(sigma[1:])
    if given is None or given.radar is not None:
        radar, _ = catalogue_radar((given.radar if given and given.radar else name).lower())
        return _with_biases(Sensor(name, radar.site, sigma, radar), given)
    latitude, longitude = np.radians([given.latitude_deg or 0.0, given.longitude_deg or 0.0])
    site = Site(name, float(latitude), float(longitude), given.height_m or 0.0)
    return _with_biases(Sensor(name, site, sigma), given)


def _with_biases(sensor: Sensor, given: SiteGiven | None) -> Sensor:
    """The sensor with what a file says of its systematic errors."""
    if given is None:
        return sensor
    return replace(
        sensor,
        bias=_SI * [given.bias_range_m, given.bias_azimuth_deg, given.bias_elevation_deg],
        sigma_bias=_SI * [given.sigma_bias_range_m, given.sigma_bias_azimuth_deg, given.sigma_bias_elevation_deg],
        refraction=given.refraction,
        round_trip=given.round_trip,
        sigma_range_rate_m_s=given.sigma_range_rate_m_s or np.nan,
    )


def read_sites(path: Path) -> Mapping[str, SiteGiven]:
    """The sensors of a TOML file by name; raises SitesError, one sentence with file and key."""
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise SitesError(f"{path}: a file of sites has at most {MAX_BYTES // 1024} kB; this one is longer")
        return SitesFile.model_validate(tomllib.loads(data.decode("utf-8-sig"))).sites
    except OSError as error:
        raise SitesError(f"{path}: cannot be read ({error.strerror}); --sites wants a TOML file") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise SitesError(f"{path}: not valid TOML: {error}") from None
    except ValidationError as error:
        raise SitesError(f"{path}: {_sentence(error)}") from None


def sensors(names: Iterable[str], given: Mapping[str, SiteGiven], *, where: str = "") -> dict[str, Sensor]:
    """Every sensor by name, as the file says or else the catalogue; raises SitesError naming all that nobody places."""
    found: dict[str, Sensor] = {}
    strangers = []
    for name in names:
        if name not in given and name.lower() not in load_radars():
            strangers.append(name)
            continue
        try:
            found[name] = sensor(name, given.get(name))
        except UnknownNameError as error:
            raise SitesError(f"{where}: sites.{name}.radar: {error}") from None
    if strangers:
        held = f"{where} has {', '.join(given)}" if given else "`jointwatch catalogue radars` has no such radar"
        raise SitesError(
            f"no place is known for {_listed(strangers)}: {held}; write a table [sites.{_key(strangers[0])}] with "
            "latitude_deg and longitude_deg, or with radar, into a file for --sites"
        )
    return found


def _listed(names: list[str], most: int = 5) -> str:
    """The names, cut where they are many: what a file calls its sensors may be anything."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"sensor{'s' if len(names) > 1 else ''} {', '.join(names[:most])}{more}"


def _key(name: str) -> str:
    """The name as a key of TOML."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else f'"{name}"'


def _sentence(error: ValidationError) -> str:
    """The first complaint with its key, a misspelt key before others, and how many follow."""
    first, *rest = sorted(error.errors(), key=lambda item: item["type"] != "extra_forbidden")
    key = ".".join(str(part) for part in first["loc"]) or "the file"
    said = {"extra_forbidden": f"this key is not known; known are {', '.join(SiteGiven.model_fields)}"}
    if len(first["loc"]) < 3:
        said["extra_forbidden"] = "this key is not known; a file of sites holds tables [sites.NAME]"
    said["missing"] = "this key is missing; a file of sites holds tables [sites.NAME]"
    shown = f" (given: {first['input']!r})" if isinstance(first["input"], str | int | float | bool) else ""
    message = first["msg"].removeprefix("Value error, ")
    complaint = said.get(str(first["type"]), message[0].lower() + message[1:] + shown)
    return f"{key}: {complaint}" + (f" (and {len(rest)} more)" if rest else "")
