"""What happened and what was said: launches with every value claimed, agreements, public statements."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from jointwatch.catalogue.fact import Fact, Model
from jointwatch.catalogue.files import shelf_of
from jointwatch.catalogue.quantities import Bearing, Interval, NotNegative, Positive

LAUNCHES, AGREEMENTS, STATEMENTS = "launches.toml", "agreements.toml", "statements.toml"
Inclination = Annotated[float, Field(ge=0, le=180)]
Instant = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]


class LaunchEntry(Model):
    """One launch; `site` names an entry of the sites, `vehicle` one of the vehicle classes."""

    title: str
    vehicle: str
    summary: str
    launch_time_utc: Fact[Instant]
    site: Fact[str]
    bearing_deg: Fact[Bearing]
    range_km: Fact[Interval] | None = None
    apogee_km: Fact[Positive]
    perigee_km: Fact[Positive] | None = None
    inclination_deg: Fact[Inclination] | None = None
    payload_kg: Fact[NotNegative] | None = None


class AgreementEntry(Model):
    """What states agreed to tell each other about launches."""

    title: str
    summary: str
    threshold: Fact[str] | None = None
    timing: Fact[str] | None = None
    items: Fact[str] | None = None
    masking: Fact[str] | None = None


class StatementEntry(Model):
    """What was said in public about a radar; `subject` names an entry of the radars."""

    title: str
    subject: str
    words: Fact[str]


def load_launches() -> Mapping[str, LaunchEntry]:
    """All launches by name."""
    return shelf_of(LAUNCHES, LaunchEntry)


def load_agreements() -> Mapping[str, AgreementEntry]:
    """All agreements by name."""
    return shelf_of(AGREEMENTS, AgreementEntry)


def load_statements() -> Mapping[str, StatementEntry]:
    """All public statements by name."""
    return shelf_of(STATEMENTS, StatementEntry)
