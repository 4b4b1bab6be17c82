"""What states agreed to tell each other about launches: as claimed, and as rules for a notification."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, model_validator

from jointwatch.catalogue.days import begin_utc
from jointwatch.catalogue.fact import OURS, Fact, Model
from jointwatch.catalogue.files import shelf_of
from jointwatch.catalogue.quantities import Day, Positive

AGREEMENTS = "agreements.toml"
T = TypeVar("T")
States = Annotated[tuple[Annotated[str, Field(pattern="^[A-Z]{2}$")], ...], Field(strict=False)]
Covered = Literal["ICBM", "SLBM", "missile", "space launch"]
Asked = Literal["class", "launch area", "impact area", "impact coordinates", "direction"]
Binding = Literal["obligation", "voluntary"]


class AgreementEntry(Model):
    """What states agreed to tell each other about launches.

    A rule where `covers` says what for. since: when it came to be applied; without, it never did. parties: who agreed;
    without them all states but those outside.
    with_exceptions: what of it is a norm that allows exceptions. The thresholds are of missiles, and one passed is
    enough; fields: what a notification has to give beside its window.
    """

    title: str
    summary: str
    threshold: Fact[str] | None = None
    timing: Fact[str] | None = None
    items: Fact[str] | None = None
    areas: Fact[str] | None = None
    together: Fact[str] | None = None
    formats: Fact[str] | None = None
    masking: Fact[str] | None = None
    since: Fact[Day] | None = None
    parties: Fact[States] | None = None
    outside: Fact[States] | None = None
    binding: Fact[Binding] | None = None
    covers: Fact[Annotated[tuple[Covered, ...], Field(strict=False)]] | None = None
    with_exceptions: Fact[Annotated[tuple[Covered, ...], Field(strict=False)]] | None = None
    toward_the_other: Fact[bool] | None = None
    range_over_km: Fact[Positive] | None = None
    apogee_over_km: Fact[Positive] | None = None
    at_least_before_h: Fact[Positive] | None = None
    at_most_before_h: Fact[Positive] | None = None
    window_at_most_h: Fact[Positive] | None = None
    after_within_h: Fact[Positive] | None = None
    simultaneous_under_min: Fact[Positive] | None = None
    near_simultaneous_under_min: Fact[Positive] | None = None
    fields: Fact[Annotated[tuple[Asked, ...], Field(strict=False)]] | None = None

    @model_validator(mode="after")
    def _a_rule_says_how_far_it_binds(self) -> AgreementEntry:
        if (self.covers is None) != (self.binding is None):
            raise ValueError("covers and binding are given together: what a rule is for, and whether it binds")
        return self


def load_agreements() -> Mapping[str, AgreementEntry]:
    """All agreements by name."""
    return shelf_of(AGREEMENTS, AgreementEntry)


def applied_on(day: str) -> frozenset[str]:
    """Names of the agreements that were applied on a day, month or year, at its beginning.

    >>> "hague-code-2002" in applied_on("2009-06"), "plns-2000" in applied_on("2009-06")
    (True, False)
    """
    return frozenset(
        name
        for name, entry in load_agreements().items()
        if entry.since is not None and begin_utc(entry.since.value) <= begin_utc(day)
    )


def rule_parameters() -> tuple[dict[str, Any], ...]:
    """All agreements that say which launches are to be told of, as plain values, each of its default claim.

    They are the fields of `assessment.notification.owed.Rule`, by the same names, in metres and nanoseconds; assumed:
    the keys whose values nobody was seen to claim.

    >>> [rule["agreement"] for rule in rule_parameters() if rule["range_over_m"] == 2_000e3]
    ['russia-china-2009']
    """
    return tuple(_rule(name, entry) for name, entry in load_agreements().items() if entry.covers)


def _rule(name: str, entry: AgreementEntry) -> dict[str, Any]:
    return {
        "agreement": name,
        "title": entry.title,
        "parties": _taken(entry.parties, ()),
        "outside": _taken(entry.outside, ()),
        "binding": _taken(entry.binding, ""),
        "covers": _taken(entry.covers, ()),
        "with_exceptions": _taken(entry.with_exceptions, ()),
        "toward_the_other": _taken(entry.toward_the_other, False),
        "range_over_m": _scaled(entry.range_over_km, 1e3),
        "apogee_over_m": _scaled(entry.apogee_over_km, 1e3),
        "at_least_before_ns": _whole(entry.at_least_before_h, 3_600) or 0,
        "at_most_before_ns": _whole(entry.at_most_before_h, 3_600),
        "window_at_most_ns": _whole(entry.window_at_most_h, 3_600),
        "after_within_ns": _whole(entry.after_within_h, 3_600),
        "simultaneous_under_ns": _whole(entry.simultaneous_under_min, 60),
        "near_simultaneous_under_ns": _whole(entry.near_simultaneous_under_min, 60),
        "fields": _taken(entry.fields, ()),
        "assumed": tuple(key for key, value in entry if isinstance(value, Fact) and _of_ours(value)),
    }


def _taken(fact: Fact[Any] | None, otherwise: T) -> T:
    value: T = fact.value if fact else otherwise
    return value


def _scaled(fact: Fact[float] | None, unit: float) -> float | None:
    return fact.value * unit if fact else None


def _whole(fact: Fact[float] | None, unit_s: int) -> int | None:
    return round(fact.value * unit_s * 1e9) if fact else None


def _of_ours(fact: Fact[Any]) -> bool:
    """Return whether the value taken, other than a text for people, is an assumption."""
    return not isinstance(fact.value, str) and fact.claims[fact.taken].tag in OURS
