"""What a study's report tells of launches by region and class: figures, and whose assumptions they rest on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

NEUTRAL, TOGETHER = "neutral", "together"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with the ends of its 95 % interval, of so many flights; NaN where there were none."""

    value: float
    low: float
    high: float
    flights: int
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Named:
    """Something with a name in files and a title for readers."""

    name: str
    title: str


@dataclass(frozen=True)
class Choice:
    """One value that a side takes otherwise than the catalogue's default: whose word, and what the default says."""

    subject: str
    parameter: str
    value: str
    said_by: str
    default: str


@dataclass(frozen=True)
class Assumptions:
    """One set of assumptions."""

    name: str
    title: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class CellHead:
    """Launches from one region to another by one class: how many of the pairs of places are flown."""

    number: int
    origin: Named
    to: Named
    vehicle: Named
    pairs: int
    flights: int

    @property
    def title(self) -> str:
        """What a reader calls it."""
        return f"{self.origin.title} to {self.to.title}: {self.vehicle.title}"

    @property
    def key(self) -> tuple[str, str, str]:
        """By what rows name it."""
        return self.origin.name, self.to.name, self.vehicle.name


@dataclass(frozen=True)
class Overall:
    """What one party sees with one architecture under one set of assumptions, over all launches of the study.

    detected: share of all flights; the rest from the least to the most of any region and class, seconds.
    """

    architecture: str
    party: str
    assumptions: str
    detected: Figure
    detected_span: tuple[float, float]
    first_span_s: tuple[float, float]
    left_span_s: tuple[float, float]


@dataclass(frozen=True)
class Dissent:
    """A figure that depends on whose assumptions are taken: by set of assumptions, in the study's order."""

    cell: CellHead
    architecture: str
    party: str
    measure: str
    by: Mapping[str, Figure]


@dataclass(frozen=True)
class Alternative:
    """What two architectures and both of them together are to one party: overall by architecture, and the count of
    cells in which both see more than the better of the two alone, or see it sooner.
    """

    party: str
    one: str
    other: str
    both: str
    cells: int
    sees_more: int
    sees_sooner: int
