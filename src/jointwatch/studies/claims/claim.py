"""A claim as its file has it: who said which words, the test that decides, and the assumptions that may vary.

    title = "Gabala sees it three to four minutes earlier"
    question = "lead"
    reading = "first sight over Gabala's and over Brdy's horizon; three minutes are enough"
    about = { first = "gabala", second = "brdy" }
    test = { figure = "lead_s", at_least = 180.0 }

    [[said]]
    words = "at least three to four minutes earlier"
    source = "postol-2007"
    tag = "seen"

    [assumptions.propellant]
    title = "burn"
    default = "liquid"
    reason = "..."
    claims.liquid = { value = "liquid", source = "aps-2003", tag = "seen", note = "250 s" }
    claims.solid = { value = "solid", source = "aps-2003", tag = "seen", note = "170 s" }

An assumption without `claims` names a radar and one of its parameters: all who claim it in the catalogue then speak.
Sources are those of the catalogue, and the file's own under [sources].
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from math import inf
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, model_validator

from jointwatch.catalogue.fact import Claim, Fact, Model, Provenance, Source, Tag, rows_of
from jointwatch.catalogue.files import nearest, sources
from jointwatch.catalogue.radars import provenance

FILES = "jointwatch.studies.claims.files"
Outcome = Literal["supported", "not supported", "depends"]
Degrees = Annotated[tuple[float, float], Field(strict=False)]
Value = float | str | Degrees


class ClaimError(ValueError):
    """A claim's file is not as it has to be, or there is none of this name: one sentence."""


class Said(Model):
    """Words as published, with their source; `against` where they answer the claim rather than make it.

    quoted: whether these are the words; otherwise what they, or a drawing, amount to.
    """

    words: str
    source: str
    tag: Tag
    note: str = ""
    against: bool = False
    quoted: bool = True


class Criterion(Model):
    """What decides: a figure between bounds; a bound may be another figure of the same case."""

    figure: str
    at_least: float | str | None = None
    at_most: float | str | None = None

    @model_validator(mode="after")
    def _some_bound(self) -> Criterion:
        if self.at_least is None and self.at_most is None:
            raise ValueError("a test wants at_least or at_most")
        return self


class Mark(Model):
    """A further bound whose share of the cases is told, without deciding: "four minutes"."""

    words: str
    figure: str
    at_least: float = -inf
    at_most: float = inf


class Compared(Model):
    """A number that somebody had for a figure before, and, where ours is another, who is wrong and why."""

    figure: str
    low: float
    high: float
    by: str
    within: float = Field(gt=0)
    choices: dict[str, str] = Field(default_factory=dict)
    note: str


class Assumption(Model):
    """One thing that may be otherwise: its values by claimant, here or in the catalogue."""

    title: str
    claims: dict[str, dict[str, Any]] = Field(default_factory=dict)
    default: str = ""
    reason: str = ""
    radar: str = ""
    parameter: str = ""

    @model_validator(mode="after")
    def _here_or_there(self) -> Assumption:
        if bool(self.claims) == bool(self.radar and self.parameter):
            raise ValueError("give claims, or a radar and its parameter in the catalogue")
        return self


class ClaimFile(Model):
    """One file."""

    title: str
    question: str
    reading: str
    limit: str
    about: dict[str, Any]
    test: Criterion
    said: list[Said] = Field(min_length=1)
    marks: list[Mark] = Field(default_factory=list)
    compared: list[Compared] = Field(default_factory=list)
    assumptions: dict[str, Assumption] = Field(min_length=1)
    places: dict[str, Claim[Degrees]] = Field(default_factory=dict)
    sources: dict[str, Source] = Field(default_factory=dict)

    def place(self, name: str) -> tuple[float, float]:
        """Return latitude and longitude in degrees of a place that the file names."""
        if name not in self.places:
            raise ClaimError(f"[places] has no {name!r}; {nearest(name, self.places)}")
        return self.places[name].value


class _Values(Fact[Value]):
    """The claims of an assumption that stands in the file itself."""


def names() -> tuple[str, ...]:
    """Return the names of all claims, in the order of the alphabet."""
    files = resources.files(FILES).iterdir()
    return tuple(sorted(file.name.removesuffix(".toml") for file in files if file.name.endswith(".toml")))


@cache
def load(name: str) -> ClaimFile:
    """Return a built-in claim; an unknown name is refused with the nearest ones."""
    if name not in names():
        raise ClaimError(f"there is no claim {name!r}; {nearest(name, names())}")
    return read((resources.files(FILES) / f"{name}.toml").read_text(encoding="utf-8"), where=f"{name}.toml")


def read(text: str, *, where: str) -> ClaimFile:
    """Return the claim of a file's text; `where` names the file in complaints."""
    try:
        claim = ClaimFile.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ClaimError(f"{where}: not valid TOML: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise ClaimError(f"{where}: {key}: {first['msg'].removeprefix('Value error, ')}") from None
    known = sources_of(claim)
    named = [said.source for said in claim.said] + [place.source for place in claim.places.values()]
    for source in named:
        if source not in known:
            raise ClaimError(f"{where}: {source!r} is no source; {nearest(source, known)}")
    for key in claim.assumptions:
        assumed(claim, key, where=where)
    return claim


def sources_of(claim: ClaimFile) -> Mapping[str, Source]:
    """Return the sources that a claim may name: the catalogue's and its own."""
    return {**sources(), **claim.sources}


def assumed(claim: ClaimFile, name: str, *, where: str = "claim") -> dict[str, Provenance]:
    """Return the values of an assumption by the name of their claim, the default first, each with its provenance."""
    held = claim.assumptions[name]
    if held.radar:
        rows = [row for row in provenance(held.radar) if row.parameter == held.parameter]
        if not rows:
            raise ClaimError(f"{where}: assumptions.{name}: {held.radar} has no {held.parameter!r} in the catalogue")
        return {_short(row): row for row in rows}
    try:
        fact = _Values.model_validate({"claims": held.claims, "default": held.default, "reason": held.reason})
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        message = first["msg"].removeprefix("Value error, ")
        raise ClaimError(f"{where}: assumptions.{name}: {key}: {message}") from None
    known = dict(sources_of(claim))
    for spoken in fact.claims.values():
        if spoken.source not in known:
            raise ClaimError(
                f"{where}: assumptions.{name}: {spoken.source!r} is no source; {nearest(spoken.source, known)}"
            )
    order = sorted(fact.claims, key=lambda each: each != fact.taken)
    return dict(zip(order, rows_of(name, fact, known), strict=True))


def _short(row: Provenance) -> str:
    return f"{row.shown} {row.unit}".strip()
