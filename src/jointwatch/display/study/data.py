"""What the report of a study says, as plain values: filled by whoever ran the study, set by `document`.

Degrees and kilometres, seconds and shares; an assumption set, a party, an architecture are called by their names, with
titles beside them. What a study did not ask is an empty tuple.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from jointwatch.display.report_data import Input
from jointwatch.display.study.cells import (
    NEUTRAL,
    TOGETHER,
    Alternative,
    Assumptions,
    CellHead,
    Dissent,
    Figure,
    Named,
    Overall,
)
from jointwatch.display.study.parts import Alone, Package, Programme, Reach
from jointwatch.display.study.places import Architecture, Circle, Region


@dataclass(frozen=True)
class Asked:
    """What was asked: the study's words, and all that another needs to ask the same again."""

    name: str
    title: str
    summary: str
    version: str
    study_sha256: str
    figures_sha256: str
    file: str
    command: str
    count: int
    seed: int


@dataclass(frozen=True)
class StudyData(Asked):
    """Everything the report of a study says.

    figures: by (origin, to, class, architecture, party, assumptions, measure).
    """

    parties: tuple[Named, ...]
    architectures: tuple[Architecture, ...]
    regions: tuple[Region, ...]
    assumptions: tuple[Assumptions, ...]
    cells: tuple[CellHead, ...]
    figures: Mapping[tuple[str, ...], Figure]
    alone: tuple[Alone, ...]
    overall: tuple[Overall, ...]
    dissents: tuple[Dissent, ...]
    compared: int
    alternatives: tuple[Alternative, ...]
    inputs: tuple[Input, ...]
    map_height_km: float
    programme: Programme | None = None
    package: Package | None = None
    reach: tuple[Reach, ...] = ()
    rings: tuple[Circle, ...] = ()

    @property
    def flights(self) -> int:
        """How many flights there are, of all launches."""
        return sum(cell.flights for cell in self.cells)

    @property
    def seeing(self) -> tuple[Named, ...]:
        """The parties, and all of them together."""
        return (*self.parties, Named(TOGETHER, "all of them together"))

    def title_of(self, party: str) -> str:
        """Title of a party, or of all together."""
        return next((one.title for one in self.seeing if one.name == party), party)

    def called(self, cell: CellHead) -> str:
        """What launches are called beside the others of the study: without where from, where that is one for all."""
        origins = {one.origin.name for one in self.cells}
        return cell.title if len(origins) > 1 else f"{cell.to.title}: {cell.vehicle.title}"

    def architecture(self, name: str) -> Architecture:
        """The architecture of a name."""
        return next(one for one in self.architectures if one.name == name)

    def over_all(self, architecture: str, party: str, assumptions: str = NEUTRAL) -> Overall:
        """What a party sees with an architecture over all launches."""
        wanted = (architecture, party, assumptions)
        return next(one for one in self.overall if (one.architecture, one.party, one.assumptions) == wanted)
