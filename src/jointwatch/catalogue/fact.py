"""A fact: one quantity, every claim about it with its source, and which is taken unless another is asked for.

In a file, with the unit in the key:

    beam_deg.default = "agency-2008"
    beam_deg.reason = "why this one"
    beam_deg.claims.agency-2008 = { value = 1.1, source = "sputnik-2008", tag = "seen" }
    beam_deg.claims.press-2011 = { value = 1.5, source = "topwar-2011", tag = "seen", note = "what else it said" }

A range of a radar says besides for which radar cross-section it was quoted, or that it was quoted without one:

    instrumented_range_km.claims.agency = { value = 4000.0, rcs_m2 = "not stated", source = "agency", tag = "seen" }
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from jointwatch.catalogue.quantities import Dated, DayOrNone, Positive, RangeKm
from jointwatch.catalogue.quantities import Position as Position

Tag = Literal["seen", "seen-2nd", "seen-part", "recalled", "computed", "inferred"]
"""How a value was come by: read in its source; read in a work that names its source; read cut off; background
knowledge only; computed from stated inputs; concluded, not stated."""

OURS: frozenset[str] = frozenset({"recalled", "computed", "inferred"})
"""Tags of values nobody was seen to claim: assumptions, which must say in a note what they rest on."""

UNITS = {
    "_kg_m2": "kg/m²",
    "_km_s": "km/s",
    "_mhz": "MHz",
    "_kw": "kW",
    "_deg": "°",
    "_db": "dB",
    "_km": "km",
    "_m2": "m²",
    "_kg": "kg",
    "_min": "min",
    "_m": "m",
    "_s": "s",
    "_h": "h",
    "_yr": "years",
}

T = TypeVar("T")


class Model(BaseModel):
    """Base of everything read from a file: unknown keys refused, values frozen, no text taken for a number."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class Claim(Model, Generic[T]):
    """One claimant's value. Claimant and date are the source's own unless given."""

    value: T
    source: str
    tag: Tag
    claimant: str = ""
    date: DayOrNone = ""
    note: str = ""

    @model_validator(mode="after")
    def _assumptions_say_why(self) -> Claim[T]:
        if self.tag in OURS and not self.note:
            raise ValueError(f"a value tagged {self.tag!r} needs a note that says what it rests on")
        return self


class RangeClaim(Claim[RangeKm]):
    """A claimed range: for which radar cross-section it was quoted, or that the claimant stated none."""

    rcs_m2: Positive | Literal["not stated"]


class Fact(Model, Generic[T]):
    """All claims about one quantity, and the name of the one taken by default with the reason."""

    claims: Mapping[str, Claim[T]] = Field(min_length=1)
    default: str = ""
    reason: str = ""

    @model_validator(mode="after")
    def _one_default_with_a_reason(self) -> Fact[T]:
        if len(self.claims) > 1 and not (self.default and self.reason):
            raise ValueError(f"{len(self.claims)} claims stand here: name one as default, and give the reason")
        if self.default and self.default not in self.claims:
            raise ValueError(f"the default {self.default!r} is none of the claims {', '.join(self.claims)}")
        if self.default and not self.reason:
            raise ValueError(f"the default {self.default!r} stands without its reason")
        return self

    @property
    def taken(self) -> str:
        """Name of the default claim."""
        return self.default or next(iter(self.claims))

    @property
    def value(self) -> T:
        """Value of the default claim."""
        return self.claims[self.taken].value


class RangeFact(Fact[RangeKm]):
    """All claims about a range, each with the cross-section it was quoted for."""

    claims: Mapping[str, RangeClaim] = Field(min_length=1)


class Source(Model):
    """Where something was read: the author or speaker, the date, the title, and an address or a shelf mark."""

    claimant: str
    title: str
    date: Dated
    address: str = ""


@dataclass(frozen=True, slots=True)
class Provenance:
    """One claim as a row for a report: what, how much, in which unit, who says so and when, read where, how sure.

    note: what the claim adds, and, where it is the default, why; reason: the latter alone; qualifier: what the value
    holds for, as "cross-section not stated" of a range.
    """

    parameter: str
    value: object
    unit: str
    claimant: str
    date: str
    source: str
    tag: Tag
    taken: bool
    note: str
    reason: str = ""
    qualifier: str = ""

    @property
    def shown(self) -> str:
        """The value as a reader wants it, without its unit: 4000, 107 to 217, 2012-12."""
        text = _shown(self.value)
        return text.replace(" to ", ", ") if self.parameter.endswith("position_deg") else text

    @property
    def assumption(self) -> bool:
        """Whether nobody was seen to claim this value."""
        return self.tag in OURS


def _shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, tuple) and all(isinstance(part, str) for part in value):
        return ", ".join(value)
    if isinstance(value, tuple):
        return " to ".join(dict.fromkeys(_shown(part) for part in value))  # an interval without width is one number
    if isinstance(value, BaseModel):
        return ", ".join(f"{name} {_shown(part)}" for name, part in value)
    return str(value)


def unit_of(parameter: str) -> str:
    """Unit of a parameter, from the end of its key; empty for pure numbers, dates and words.

    >>> unit_of("faces.south-east.elevation_deg"), unit_of("false_alarm_probability")
    ('°', '')
    """
    return next((unit for ending, unit in UNITS.items() if parameter.endswith(ending)), "")


def facts_in(entry: BaseModel, path: str = "") -> Iterator[tuple[str, Fact[Any]]]:
    """Every fact inside an entry with its dotted key, in the order of the schema."""
    for name in type(entry).model_fields:
        value = getattr(entry, name)
        if isinstance(value, Fact):
            yield f"{path}{name}", value
        elif isinstance(value, BaseModel):
            yield from facts_in(value, f"{path}{name}.")
        elif isinstance(value, dict):
            for key, part in value.items():
                if isinstance(part, Fact):
                    yield f"{path}{name}.{key}", part
                elif isinstance(part, BaseModel):
                    yield from facts_in(part, f"{path}{name}.{key}.")


def rows_of(parameter: str, fact: Fact[Any], sources: dict[str, Source], taken: str = "") -> Iterator[Provenance]:
    """Rows of all claims about one quantity, the one taken first; `taken` names another than the default."""
    chosen = taken or fact.taken
    for name in sorted(fact.claims, key=lambda claim: claim != chosen):
        claim = fact.claims[name]
        source = sources[claim.source]
        reason = fact.reason if name == fact.taken else ""
        yield Provenance(
            parameter=parameter,
            value=claim.value,
            unit=unit_of(parameter),
            claimant=claim.claimant or source.claimant,
            date=claim.date or source.date,
            source=", ".join(filter(None, (source.title, source.address))),
            tag=claim.tag,
            taken=name == chosen,
            note="; ".join(filter(None, (claim.note, reason))),
            reason=reason,
            qualifier=_qualifier(claim),
        )


def _qualifier(claim: Claim[Any]) -> str:
    """Return for which cross-section a range was quoted; nothing for other values."""
    if not isinstance(claim, RangeClaim):
        return ""
    return "cross-section not stated" if claim.rcs_m2 == "not stated" else f"for {claim.rcs_m2:g} m²"
