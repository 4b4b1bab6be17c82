"""What the rows of a study come to: over all launches, where the assumptions change it, and A beside B beside both.

Everything stands in the order of the study's file; nothing is ordered by how much is seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from math import isfinite, sqrt
from typing import Protocol

import numpy as np

from jointwatch.studies.joint.chunk import STEP_S
from jointwatch.studies.joint.deployment import brought
from jointwatch.studies.joint.file import NEUTRAL, TOGETHER, Study
from jointwatch.studies.joint.intervals import NOTHING, Interval, Told, share_of
from jointwatch.studies.joint.measures import Row

SHARE_APART = 0.05
"""Shares further apart than this, and than their intervals, are another answer."""
TIME_APART_S = 3 * STEP_S
"""So are times further apart than this."""
JUDGED = ("detected", "first_after_launch")
"""The measures in which an answer is looked for."""

Span = tuple[float, float]


@dataclass(frozen=True)
class Overall:
    """What a view sees of all flights of a study; spans from the least to the most of any region and class."""

    architecture: str
    party: str
    assumptions: str
    detected: Told
    detected_span: Span
    first_span_s: Span
    left_span_s: Span


@dataclass(frozen=True)
class Dissent:
    """A figure that is another one by whose assumptions are taken: rows by set, in the study's order."""

    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Alternative:
    """Two architectures and the one that brings the radars of both, for a party, by neutral assumptions.

    cells: with flights; sees_more, sees_sooner: in how many of them both see more, or sooner, than either alone.
    """

    party: str
    one: str
    other: str
    both: str
    cells: int
    sees_more: int
    sees_sooner: int


class Found:
    """The rows of a study, to be asked for by what they are of."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows = tuple(rows)
        seen = [row for row in self.rows if not row.radar]
        self._by = {(*cell_of(r), r.architecture, r.party, r.assumptions, r.measure): r for r in seen}
        self.cells = tuple(dict.fromkeys(cell_of(row) for row in self.rows))
        self.views = tuple(dict.fromkeys((r.architecture, r.party, r.assumptions) for r in self.rows if r.party))

    def row(self, cell: tuple[str, str, str], view: tuple[str, str, str], measure: str) -> Row | None:
        """Return the row of a cell, a view (architecture, party, assumptions) and a measure, where there is one."""
        return self._by.get((*cell, *view, measure))


def cell_of(row: Row) -> tuple[str, str, str]:
    """Return which launches a row is of."""
    return row.origin, row.to, row.vehicle


def overall(found: Found) -> list[Overall]:
    """Return what each view sees over all launches."""
    return [_overall(found, view) for view in found.views]


def dissents(found: Found, study: Study) -> tuple[list[Dissent], int]:
    """Return the figures that depend on whose assumptions are taken, and how many were compared.

    They do where two sets `differ`, or where one has a figure and another none.
    """
    compared = list(_by_assumptions(found, study))
    return [Dissent(rows) for rows in compared if _apart(rows)], len(compared)


def alternatives(found: Found, study: Study) -> list[Alternative]:
    """Return for every two architectures, and a third that brings the radars of both, what they are to each party."""
    return [_alternative(found, three, party) for three in _triples(study) for party in (*study.parties, TOGETHER)]


class Held(Interval, Protocol):
    """A mean or a share of a cell."""

    @property
    def flights(self) -> int:
        """Of how many flights it is."""


def differ(figures: Sequence[Interval], unit: str) -> bool:
    """Return whether the least and the most of figures of one thing are another answer, and their intervals apart.

    unit: "share", further apart than `SHARE_APART`, or "s", than `TIME_APART_S`.

    >>> from jointwatch.studies.joint.intervals import share_of
    >>> differ([share_of(0.90, 9_000), share_of(0.96, 9_000)], "share")
    True
    >>> differ([share_of(0.90, 90), share_of(0.96, 90)], "share")
    False
    """
    least, most = min(figures, key=lambda one: one.value), max(figures, key=lambda one: one.value)
    enough = SHARE_APART if unit == "share" else TIME_APART_S
    return most.value - least.value > enough and not most.low <= least.high


def pooled(rows: Sequence[Held]) -> Told:
    """Return the mean over the flights of several cells from the mean of each, with an interval from theirs.

    >>> from jointwatch.studies.joint.intervals import mean
    >>> told = pooled([mean([1.0, 3.0] * 50), mean([5.0, 7.0] * 50)])
    >>> told.value, round(told.high - told.value, 2), told.flights
    (4.0, 0.14, 200)
    """
    known = [row for row in rows if row.flights and isfinite(row.value)]
    flights = sum(row.flights for row in known)
    if not flights:
        return NOTHING
    value = sum(row.value * row.flights for row in known) / flights
    half = sqrt(sum(((row.high - row.value) * row.flights) ** 2 for row in known)) / flights
    return Told(value, value - half, value + half, flights)


def _overall(found: Found, view: tuple[str, str, str]) -> Overall:
    rows = [row for cell in found.cells if (row := found.row(cell, view, "detected")) and row.flights]
    flights = sum(row.flights for row in rows)
    mean = sum(row.value * row.flights for row in rows) / flights if flights else np.nan
    return Overall(
        *view,
        detected=share_of(mean, flights),
        detected_span=_span(row.value for row in rows),
        first_span_s=_span(_values(found, view, "first_after_launch")),
        left_span_s=_span(_values(found, view, "time_left")),
    )


def _values(found: Found, view: tuple[str, str, str], measure: str) -> Iterator[float]:
    for cell in found.cells:
        row = found.row(cell, view, measure)
        if row is not None and row.flights:
            yield row.value


def _span(values: Iterable[float]) -> Span:
    held = list(values)
    return (min(held), max(held)) if held else (np.nan, np.nan)


def _by_assumptions(found: Found, study: Study) -> Iterator[tuple[Row, ...]]:
    views = dict.fromkeys((architecture, party) for architecture, party, _ in found.views)
    for cell in found.cells:
        for architecture, party in views:
            for measure in JUDGED:
                rows = [found.row(cell, (architecture, party, name), measure) for name in study.assumptions]
                held = tuple(row for row in rows if row is not None)
                if any(row.flights for row in held):
                    yield held


def _apart(rows: Sequence[Row]) -> bool:
    known = [row for row in rows if row.flights]
    if len(known) < len(rows):
        return True
    return differ(known, rows[0].unit)


def _triples(study: Study) -> Iterator[tuple[str, str, str]]:
    """Two architectures, neither within the other, and the one that brings the radars of both and no more."""
    bring = {name: set(brought(study, name)) for name in study.architectures}
    order = list(study.architectures)
    for one, other, both in permutations(order, 3):
        apart = bring[one] - bring[other] and bring[other] - bring[one]
        if apart and order.index(one) < order.index(other) and bring[both] == bring[one] | bring[other]:
            yield one, other, both


def _alternative(found: Found, three: tuple[str, str, str], party: str) -> Alternative:
    one, other, both = three
    more = sooner = cells = 0
    for cell in found.cells:
        seen = [found.row(cell, (name, party, NEUTRAL), "detected") for name in three]
        first = [found.row(cell, (name, party, NEUTRAL), "first_after_launch") for name in three]
        if not all(row is not None and row.flights for row in seen):
            continue
        cells += 1
        a, b, ab = (row for row in seen if row is not None)
        more += ab.low > max(a.high, b.high)
        times = [row.value if row is not None and row.flights else np.inf for row in first]
        sooner += isfinite(times[2]) and times[2] <= min(times[:2]) - STEP_S
    return Alternative(party, one, other, both, cells, more, sooner)
