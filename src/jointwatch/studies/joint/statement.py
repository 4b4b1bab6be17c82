"""A study's figures as joint statements, to be signed by each party that has computed them again.

The first point of each statement says of which study, by which version, in which order, within what. Every other one
holds figures of one launch region, destination and class with one architecture:

    iran to turkey, mrbm-solid-2stage, both-2007: detected 0.99962 0.99962 1.00000 / 0.99960 0.99961 1.00000; ...

a measure, then for each set of assumptions, parted by strokes, its figure for each party and for all together. A dot
stands where there is no such figure, a dash where no flight has one. The text is all: whoever holds a signed statement
can compare it (`comparison`).
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from jointwatch import __version__
from jointwatch.messages.accord import JointText
from jointwatch.studies.joint.file import TOGETHER, Study
from jointwatch.studies.joint.measures import Row

MOST_POINTS, MOST_LETTERS, MOST_BYTES = 32, 2_000, 48_000
"""Of a statement: its points, the letters of each, and all of them: what a signed entry holds."""
TOLERANCES = {"share": 0.001, "points": 0.001, "s": 5.0, "per flight": 0.01, "km/s": 0.02, "km": 0.01}
"""How far two who compute the same may be apart; of lengths this part of the greater."""
DIGITS = {"share": 5, "points": 5, "s": 1, "per flight": 3, "km/s": 3, "km": 3}
NO_FIGURE, NO_FLIGHT = ".", "-"

Where: TypeAlias = tuple[str, str, str, str]  # launch region, destination, class, architecture
Values: TypeAlias = tuple[tuple[str, ...], ...]  # by assumptions, then by party
Told: TypeAlias = Mapping[Where, Mapping[str, Values]]  # by measure; with it what it is of, such as one radar by itself


def texts(study: Study, data: bytes, rows: Iterable[Row]) -> list[JointText]:
    """Return the figures of a study (its bytes, its rows) as the joint statements to propose, in their order."""
    parts = list(_parted(_points(told(study, rows))))
    return [
        JointText(
            title=title(study, number, len(parts)),
            points=(_head(study, data, number, len(parts)), *points),
        )
        for number, points in enumerate(parts, 1)
    ]


def title(study: Study, number: int, parts: int) -> str:
    """Return what a statement of a study is called."""
    return f"Study {study.name}: its figures, part {number} of {parts}"


def told(study: Study, rows: Iterable[Row]) -> Told:
    """Return the figures of a study as they are stated, by what they are of."""
    sides, parties = list(study.assumptions), [*study.parties, TOGETHER]
    found: dict[Where, dict[str, dict[tuple[str, str], str]]] = {}
    for row in rows:
        where = (row.origin, row.to, row.vehicle, row.architecture)
        measure = f"{row.measure} {row.radar}" if row.radar else row.measure
        found.setdefault(where, {}).setdefault(measure, {})[row.assumptions, row.party] = written(row)
    return {
        where: {name: _values(figures, sides, parties) for name, figures in of.items()} for where, of in found.items()
    }


def _values(figures: Mapping[tuple[str, str], str], sides: Sequence[str], parties: Sequence[str]) -> Values:
    """Figures in the order of the statement; of what is of no party one for each side, of no view one alone."""
    if ("", "") in figures:
        return ((figures["", ""],),)
    if all(party == "" for _, party in figures):
        return tuple((figures.get((side, ""), NO_FIGURE),) for side in sides)
    return tuple(tuple(figures.get((side, party), NO_FIGURE) for party in parties) for side in sides)


def written(row: Row) -> str:
    """Return a figure as it is stated."""
    if not row.flights or math.isnan(row.value):
        return NO_FLIGHT
    return "inf" if math.isinf(row.value) else f"{row.value + 0.0:.{DIGITS[row.unit]}f}"


def order(study: Study) -> str:
    """Return in which order the figures of a study stand, and within what they are agreed."""
    within = ", ".join(f"{unit} {most:g}" for unit, most in TOLERANCES.items())
    return (
        f"Assumptions: {' / '.join(study.assumptions)}. Seen by: {', '.join([*study.parties, TOGETHER])}. "
        f"Agreed within: {within} of the length."
    )


def _head(study: Study, data: bytes, number: int, parts: int) -> str:
    digest = hashlib.sha256(data).hexdigest()
    return (
        f"Study {study.name}, file SHA-256 {digest}, Jointwatch {__version__}, part {number} of {parts}. {order(study)}"
    )


def place_of(where: Where) -> str:
    """Return which launches, and with which architecture, in words."""
    origin, to, vehicle, architecture = where
    return ", ".join(filter(None, (f"{origin} to {to}", vehicle, architecture)))


def _points(found: Told) -> Iterator[str]:
    """The points of a study: as many measures of one place and architecture in each as it holds."""
    for where, of in found.items():
        begin, held = f"{place_of(where)}: ", ""
        for name, values in of.items():
            item = f"{name} {' / '.join(' '.join(one) for one in values)}"
            if held and len(begin) + len(held) + len(item) + 2 > MOST_LETTERS:
                yield begin + held
                held = ""
            held = f"{held}; {item}" if held else item
        yield begin + held


def _parted(points: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """Points by statement: as many in each as it holds beside its first."""
    held: list[str] = []
    for point in points:
        if len(held) + 2 > MOST_POINTS or sum(map(len, held)) + len(point) > MOST_BYTES:
            yield tuple(held)
            held = []
        held.append(point)
    yield tuple(held)
