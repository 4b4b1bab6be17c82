"""The parts of a study's report that not every study has: single radars, a package, sites, a programme."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from jointwatch.display.study.cells import Figure, Named
from jointwatch.display.study.places import Circle, Radar, Site


@dataclass(frozen=True)
class Alone:
    """What one radar makes of the flights by itself, in architectures in which it looks alike.

    everywhere: whether these are all in which it looks. figures: by (origin, to, class, assumptions, measure);
    detected: of all flights of the study, by assumptions.
    """

    radar: Radar
    architectures: tuple[str, ...]
    everywhere: bool
    figures: Mapping[tuple[str, ...], Figure]
    detected: Mapping[str, Figure]


@dataclass(frozen=True)
class Parted:
    """What something is worth to a party over all launches, which is another by whose assumptions are taken.

    figure: share, or adds; of: the element, or the alternative. by: by set of assumptions, in the study's order.
    """

    party: str
    measure: str
    figure: str
    of: str
    by: Mapping[str, Figure]


@dataclass(frozen=True)
class Package:
    """What the elements of a package are worth. of: elements, or the two alternatives, joined by "+".

    figures: by (origin, to, class, party, assumptions, measure, figure, of); pooled: over all launches, by (party,
    assumptions, measure, figure, of). figure: subset, share, alone, on_top, together, alternative, adds. parted: what
    is another by whose assumptions are taken, of so many compared.
    """

    elements: tuple[Named, ...]
    alternatives: tuple[Named, ...]
    measures: tuple[str, ...]
    figures: Mapping[tuple[str, ...], Figure]
    pooled: Mapping[tuple[str, ...], Figure]
    parted: tuple[Parted, ...]
    compared: int


@dataclass(frozen=True, slots=True)
class Speed:
    """A speed that somebody claimed in public, km/s, and how it is known; one line for each end of what was said."""

    claim: str
    claimant: str
    speed_km_s: float
    tag: str
    assumed: bool


@dataclass(frozen=True)
class Reach:
    """From one site: which mean speed flights would have asked for once tracked by any, beside the claimed ones.

    needed: by (origin, to, class, architecture, assumptions), figures of 10, 25, 50, 75 and 90 % of the flights.
    within: by the same and (claim, speed as text), the share that asks for no more.
    """

    site: Site
    speeds: tuple[Speed, ...]
    needed: Mapping[tuple[str, ...], tuple[Figure, ...]]
    within: Mapping[tuple[str, ...], Figure]


@dataclass(frozen=True)
class Text:
    """A table of texts, made where its figures are known."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True)
class Step:
    """By the end of a year, how far the tests had reached, km, by one reading; bounds, inf for none."""

    year: int
    at_least_km: float
    at_most_km: float


@dataclass(frozen=True)
class Programme:
    """The programme behind a study: its growth by reading, rings by year, and its tables."""

    growth: Mapping[str, tuple[Step, ...]]
    rings: tuple[Circle, ...]
    rings_from: str
    tables: tuple[Text, ...]
