"""A study file: which architectures are asked, whose radars they join, which launches, and what each party assumes.

    name, title, summary, seed
    count                                  # pairs of places drawn for each launch region, destination and class
    [parties.russia]                       # its radars whatever is agreed, and those an architecture may bring it
    [architectures.gabala-armavir-2007]    # a name of the catalogue with a date, or radars given here
    [[launches]]                           # from a region, to regions, by classes of vehicles
    [assumptions.neutral]                  # and one set for each party: claims of the catalogue taken for its defaults
    [package]                              # if wanted: elements, of which every subset is valued
    [reach]                                # if wanted: sites, from which each flight was so and so far, and rings

TOML, strict; every complaint is one sentence with file and key.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from pydantic import Field, model_validator

from jointwatch.catalogue.architectures import load_architectures
from jointwatch.catalogue.files import CatalogueError, nearest, tree_in, whole
from jointwatch.studies.complaint import once
from jointwatch.studies.joint.given import (
    ArchitectureGiven,
    AssumptionsGiven,
    LaunchesGiven,
    PackageGiven,
    PartyGiven,
    ReachGiven,
    kind,
)
from jointwatch.studies.joint.names import (
    Line,
    Lines,
    Slug,
)
from jointwatch.studies.strict import Model

MAX_BYTES = 256 * 1024
NEUTRAL = "neutral"
TOGETHER = "together"
"""As a party: what all of them see between them, whether or not they tell each other."""


class StudyError(ValueError):
    """A study cannot be made, as one sentence with file and key."""


class Study(Model):
    """A whole study file."""

    name: Slug
    title: Line
    summary: Lines
    count: int = Field(ge=1, le=1_000_000)
    seed: int = Field(ge=0, le=2**63 - 1)
    parties: dict[Slug, PartyGiven] = Field(min_length=1, max_length=8)
    architectures: dict[Slug, ArchitectureGiven] = Field(min_length=1, max_length=32)
    launches: tuple[LaunchesGiven, ...] = Field(strict=False, min_length=1, max_length=64)
    assumptions: dict[Slug, AssumptionsGiven]
    package: PackageGiven | None = None
    reach: ReachGiven | None = None

    @model_validator(mode="after")
    def _one_set_of_assumptions_for_each_party(self) -> Study:
        if NEUTRAL in self.parties:
            raise ValueError(f"a party cannot be called {NEUTRAL!r}: that is the set of assumptions of no party")
        if TOGETHER in self.parties:
            raise ValueError(f"a party cannot be called {TOGETHER!r}: that is what all of them see between them")
        wanted = [NEUTRAL, *self.parties]
        for name in wanted:
            if name not in self.assumptions:
                raise ValueError(f"assumptions.{name} is missing; each party has a set, and there is {NEUTRAL!r}")
        strangers = [name for name in self.assumptions if name not in wanted]
        if strangers:
            raise ValueError(f"assumptions.{strangers[0]} is of no party; {nearest(strangers[0], wanted)}")
        return self

    @model_validator(mode="after")
    def _architectures_are_known_or_given(self) -> Study:
        held = load_architectures()
        for name, given in self.architectures.items():
            if given.radars is None and name not in held:
                raise ValueError(
                    f"architectures.{name}: the catalogue has none of this name; {nearest(name, held)}, "
                    "or give its radars here"
                )
            if given.radars is not None and name in held:
                raise ValueError(f"architectures.{name}: the catalogue has one of this name; give yours another")
        return self

    @model_validator(mode="after")
    def _no_launches_twice(self) -> Study:
        """Figures are told of a region, a destination and a class on one kind of arc."""
        asked = [
            f"{one.origin} to {to}, {kind(name, one.apogee_km)}"
            for one in self.launches
            for to in one.to
            for name in one.vehicles
        ]
        twice = next((cell for cell in asked if asked.count(cell) > 1), None)
        if twice is not None:
            raise ValueError(f"launches: {twice!r} stands there twice; leave one of them out")
        return self

    @model_validator(mode="after")
    def _no_radar_of_two_parties(self) -> Study:
        held = [radar for party in self.parties.values() for radar in {*party.radars, *party.builds}]
        once("parties", held)
        return self


def built_in() -> list[str]:
    """Return the names of the studies inside the package.

    >>> "europe-2007" in built_in()
    True
    """
    folder = resources.files(__package__) / "files"
    return sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml"))


def load(name_or_path: str) -> tuple[Study, bytes]:
    """Return a study by its built-in name or from a file, and its bytes; raises StudyError with one sentence."""
    if name_or_path in built_in():
        data = (resources.files(__package__) / "files" / f"{name_or_path}.toml").read_bytes()
        return parse(data, where=name_or_path), data
    if not name_or_path.endswith(".toml"):
        near = nearest(name_or_path, built_in())
        raise StudyError(f"there is no study {name_or_path!r}; {near} (a file of your own ends in .toml)")
    try:
        with Path(name_or_path).open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise StudyError(
            f"{name_or_path}: cannot be read ({why}); give a study file or one of {', '.join(built_in())}"
        ) from None
    return parse(data, where=name_or_path), data


def parse(data: bytes, *, where: str) -> Study:
    """Return the study in TOML bytes; `where` names the file in the error."""
    if len(data) > MAX_BYTES:
        raise StudyError(f"{where}: a study has at most {MAX_BYTES // 1024} kB; this file is longer")
    try:
        return whole(Study, tree_in(data.decode("utf-8-sig"), where=where), where=where)
    except UnicodeDecodeError as error:
        raise StudyError(f"{where}: not UTF-8, at byte {error.start}; save it as UTF-8") from None
    except CatalogueError as error:
        raise StudyError(str(error)) from None
