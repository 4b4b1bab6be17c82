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
from dataclasses import replace
from pathlib import Path

import numpy as np
from pydantic import Field, ValidationError, model_validator

from jointwatch.catalogue.files import UnknownNameError
from jointwatch.catalogue.radar_entries import load_radars
from jointwatch.centre.intake.declared import Height, Latitude, Longitude, Measures, NotNegative, Sigma
from jointwatch.centre.intake.scans import SI, biases, sigmas
from jointwatch.sensors.site import Site
from jointwatch.sensors.station import Sensor as Sensor
from jointwatch.studies.architecture import catalogue_radar
from jointwatch.studies.strict import Model

MAX_BYTES = 1 << 20


class SitesError(ValueError):
    """A file of sites, or a sensor without one: one sentence with file and key."""


class SiteGiven(Measures):
    """One sensor: its place and sigmas, or the radar of the catalogue that it is; sigmas given go before that one's."""

    radar: str | None = None
    latitude_deg: Latitude | None = None
    longitude_deg: Longitude | None = None
    height_m: Height | None = None
    sigma_range_rate_m_s: Sigma | None = None
    sigma_bias_range_m: NotNegative = 0.0
    sigma_bias_azimuth_deg: NotNegative = 0.0
    sigma_bias_elevation_deg: NotNegative = 0.0

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


def sensor(name: str, given: SiteGiven | None = None) -> Sensor:
    """The sensor that a file describes, or, by its name alone, the catalogue; raises UnknownNameError.

    >>> sensor("gabala").sigmas(np.array([np.nan])).round(4).tolist()
    [[257.7074, 0.0027, 0.0027]]
    """
    sigma = sigmas(given) if given else np.full(3, np.nan)
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
        bias=biases(given),
        sigma_bias=SI * [given.sigma_bias_range_m, given.sigma_bias_azimuth_deg, given.sigma_bias_elevation_deg],
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
