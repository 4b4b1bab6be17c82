"""What happened and what was said: launches with every value claimed, public statements."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, model_validator

from jointwatch.catalogue.fact import Fact, Model
from jointwatch.catalogue.files import shelf_of
from jointwatch.catalogue.quantities import Bearing, Count, Day, Interval, NotNegative, Positive

LAUNCHES, STATEMENTS = "launches.toml", "statements.toml"
Inclination = Annotated[float, Field(ge=0, le=180)]
Outcome = Literal["success", "failure"]
Announced = Literal["beforehand", "afterwards", "never"]
Instant = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]


class LaunchEntry(Model):
    """One launch; `site` names an entry of the sites, `vehicle` the class that we take it for, none where none fits."""

    title: str
    vehicle: str | None = None
    summary: str
    vehicle_name: Fact[str] | None = None
    day: Fact[Day] | None = None
    launch_time_utc: Fact[Instant] | None = None
    site: Fact[str]
    bearing_deg: Fact[Bearing] | None = None
    objects: Fact[Count] | None = None
    outcome: Fact[Outcome] | None = None
    range_km: Fact[Interval] | None = None
    apogee_km: Fact[Positive] | None = None
    perigee_km: Fact[Positive] | None = None
    inclination_deg: Fact[Inclination] | None = None
    payload_kg: Fact[NotNegative] | None = None
    announced: Fact[Announced] | None = None

    @model_validator(mode="after")
    def _at_some_time(self) -> LaunchEntry:
        if self.day is None and self.launch_time_utc is None:
            raise ValueError("a launch has a day or a launch_time_utc; neither is given")
        return self


class StatementEntry(Model):
    """What was said in public, by one side and the others; `subject` names an entry of the kind `about`."""

    title: str
    about: Literal["radars", "interceptor-sites", "launches", "architectures", "agreements"] = "radars"
    subject: str
    words: Fact[str]


def load_launches() -> Mapping[str, LaunchEntry]:
    """All launches by name."""
    return shelf_of(LAUNCHES, LaunchEntry)


def load_statements() -> Mapping[str, StatementEntry]:
    """All public statements by name."""
    return shelf_of(STATEMENTS, StatementEntry)
