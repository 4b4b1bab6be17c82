"""Rules as a person writes them, in TOML; what is left out is not agreed.

members = ["brussels", "moscow"]

[thresholds]
notify_range_km = 500.0
notify_before_h = 24.0
report_within_s = 120.0
reply_within_s = 3600.0

[[sensors]]
centre = "moscow"
sensor = "armavir"

[[releases]]
centre = "moscow"
to = "brussels"
class = "notify"
form = "five items"
delay_s = 0.0
"""

from __future__ import annotations

from collections.abc import Mapping
from math import radians
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from jointwatch.centre.configuration import ConfigurationError, Model, parsed
from jointwatch.messages.accord import AgreedMember, AgreedRelease, AgreedSensor, Rules, Thresholds
from jointwatch.messages.release_policy import Region, ReleaseRule

NS = 1_000_000_000
Word = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{0,62}$")]
Span = Annotated[float, Field(ge=0.0, le=366 * 86_400.0)]
Degrees = Annotated[float, Field(ge=-180.0, le=180.0)]


class RegionTable(Model):
    """A part of the ground, in degrees; west of east, or else across the meridian of 180 degrees."""

    south_deg: Annotated[float, Field(ge=-90.0, le=90.0)]
    north_deg: Annotated[float, Field(ge=-90.0, le=90.0)]
    west_deg: Degrees
    east_deg: Degrees

    def region(self) -> Region:
        """Return the region."""
        south, north, west, east = (radians(d) for d in (self.south_deg, self.north_deg, self.west_deg, self.east_deg))
        return Region(south_rad=south, north_rad=north, west_rad=west, east_rad=east)


class RuleTable(Model):
    """What goes `to` one audience in one class."""

    to: Word
    klass: Literal["notify", "assess", "track", "plot"] = Field(alias="class")
    form: Literal["whole", "source masked", "five items"]
    every_s: Span = 0.0
    delay_s: Span = 0.0
    region: RegionTable | None = None

    def rule(self) -> ReleaseRule:
        """Return the rule."""
        return ReleaseRule(
            audience=self.to,
            klass=self.klass,
            form=self.form,
            every_ns=round(self.every_s * NS),
            delay_ns=round(self.delay_s * NS),
            region=self.region.region() if self.region else None,
        )


class ReleaseTable(RuleTable):
    """What `centre` lets go at least."""

    centre: Word


class SensorTable(Model):
    """A sensor in the agreement, and whose it is."""

    centre: Word
    sensor: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$")]


class ThresholdTable(Model):
    """Figures, in the units that their names say."""

    notify_range_km: Annotated[float, Field(ge=0.0, le=1e6)] | None = None
    notify_apogee_km: Annotated[float, Field(ge=0.0, le=1e6)] | None = None
    notify_before_h: Annotated[float, Field(ge=0.0, le=1e5)] | None = None
    report_within_s: Annotated[float, Field(ge=0.0, le=1e9)] | None = None
    reply_within_s: Annotated[float, Field(ge=0.0, le=1e9)] | None = None

    def thresholds(self) -> Thresholds:
        """Return them in metres and seconds."""
        return Thresholds(
            notify_range_m=_times(self.notify_range_km, 1e3),
            notify_apogee_m=_times(self.notify_apogee_km, 1e3),
            notify_before_s=_times(self.notify_before_h, 3600.0),
            report_within_s=self.report_within_s,
            reply_within_s=self.reply_within_s,
        )


class RulesFile(Model):
    """What a file of rules says."""

    members: Annotated[list[Word], Field(min_length=2, max_length=16)]
    thresholds: ThresholdTable = ThresholdTable()
    sensors: Annotated[tuple[SensorTable, ...], Field(max_length=256, strict=False)] = ()
    releases: Annotated[tuple[ReleaseTable, ...], Field(max_length=256, strict=False)] = ()


def read(path: Path, identities: Mapping[str, str]) -> Rules:
    """Return the rules in a file, as yet without a number. identities: of the centres that are known here."""
    said = parsed(path, RulesFile)
    unknown = sorted(set(said.members) - set(identities))
    if unknown:
        raise ConfigurationError(f"{path}: members: {unknown[0]} is no pinned partner; meet it first")
    try:
        return Rules(
            number=1,
            members=tuple(AgreedMember(centre=name, identity=identities[name]) for name in sorted(said.members)),
            sensors=tuple(AgreedSensor(centre=one.centre, sensor=one.sensor) for one in said.sensors),
            releases=tuple(AgreedRelease(centre=one.centre, rule=one.rule()) for one in said.releases),
            thresholds=said.thresholds.thresholds(),
        )
    except ValueError as error:
        raise ConfigurationError(f"{path}: {error}") from None


def _times(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor
