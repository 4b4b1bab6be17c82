"""A fact: one quantity, every claim about it with its source, and which is taken unless another is asked for.

In a file, with the unit in the key:

    instrumented_range_km.default = "agency-2008"
    instrumented_range_km.reason = "why this one"
    instrumented_range_km.claims.agency-2008 = { value = 4000.0, source = "sputnik-2008", tag = "seen" }
    instrumented_range_km.claims.press-2011 = { value = 6000.0, source = "topwar-2011", tag = "seen", note = "no RCS" }
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from jointwatch.catalogue.days import begin_utc

Tag = Literal["seen", "seen-2nd", "seen-part", "recalled", "computed", "inferred"]
"""How a value was come by: read in its source; read in a work that names its source; read cut off; background
knowledge only; computed from stated inputs; concluded, not stated."""

OURS: frozenset[str] = frozenset({"recalled", "computed", "inferred"})
"""Tags of values nobody was seen to claim: assumptions, which must say in a note what they rest on."""

UNITS = {
    "_kg_m2": "kg/m²",
    "_km_s": "km/s",
    "_mhz": "MHz",
    "_deg": "°",
    "_db": "dB",
    "_km": "km",
    "_m2": "m²",
    "_kg": "kg",
    "_m": "m",
    "_s": "s",
}

T = TypeVar("T")


def _day(text: str) -> str:
    begin_utc(text)
    return text


def _interval(ends: tuple[float, float]) -> tuple[float, float]:
    if ends[0] > ends[1]:
        raise ValueError(f"an interval runs from the lower to the higher end; got {ends[0]:g} to {ends[1]:g}")
    return ends


def _elevations(ends: tuple[float, float]) -> tuple[float, float]:
    if not -90 <= ends[0] < ends[1] <= 90:
        raise ValueError(f"elevations run upwards between -90 and 90 degrees; got {ends[0]:g} to {ends[1]:g}")
    return ends


def _bearings(ends: tuple[float, float]) -> tuple[float, float]:
    if not all(0 <= end <= 360 for end in ends):
        raise ValueError(f"bearings lie between 0 and 360 degrees; got {ends[0]:g} to {ends[1]:g}")
    return ends


def _position(place: tuple[float, float]) -> tuple[float, float]:
    if not (abs(place[0]) <= 90 and abs(place[1]) <= 180):
        raise ValueError(f"a position is latitude (to 90), then longitude (to 180), in degrees; got {place}")
    return place


_Pair = Annotated[tuple[float, float], Field(strict=False)]
Position = Annotated[_Pair, AfterValidator(_position)]
Sector = Annotated[_Pair, AfterValidator(_bearings)]
Elevations = Annotated[_Pair, AfterValidator(_elevations)]
Interval = Annotated[_Pair, AfterValidator(_interval)]
Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
Day = Annotated[str, Field(pattern=r"^\d{4}(-\d\d(-\d\d)?)?$"), AfterValidator(_day)]
"""A year, a month or a day, as exactly as the source has it."""


class Model(BaseModel):
    """Base of everything read from a file: unknown keys refused, values frozen, no text taken for a number."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class Claim(Model, Generic[T]):
    """One claimant's value. Claimant and date are the source's own unless given."""

    value: T
    source: str
    tag: Tag
    claimant: str = ""
    date: str = ""
    note: str = ""

    @model_validator(mode="after")
    def _assumptions_say_why(self) -> Claim[T]:
        if self.tag in OURS and not self.note:
            raise ValueError(f"a value tagged {self.tag!r} needs a note that says what it rests on")
        return self


class Fact(Model, Generic[T]):
    """All claims about one quantity, and the name of the one taken by default with the reason."""

    claims: dict[str, Claim[T]] = Field(min_length=1)
    default: str = ""
    reason: str = ""

    @model_validator(mode="after")
    def _one_default_with_a_reason(self) -> Fact[T]:
        if len(self.claims) > 1 and not (self.default and self.reason):
            raise ValueError(f"{len(self.claims)} claims stand here: name one as default, and give the reason")
        if self.default and self.default not in self.claims:
            raise ValueError(f"the default {self.default!r} is none of the claims {', '.join(self.claims)}")
        return self

    @property
    def taken(self) -> str:
        """Name of the default claim."""
        return self.default or next(iter(self.claims))

    @property
    def value(self) -> T:
        """Value of the default claim."""
        return self.claims[self.taken].value


class Source(Model):
    """Where something was read: the author or speaker, the date, the title, and an address or a shelf mark."""

    claimant: str
    title: str
    date: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Provenance:
    """One claim as a row for a report: what, how much, in which unit, who says so and when, read where, how sure."""

    parameter: str
    value: object
    unit: str
    claimant: str
    date: str
    source: str
    tag: Tag
    taken: bool
    note: str

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
    if isinstance(value, tuple):
        return " to ".join(_shown(part) for part in value)
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
        )
