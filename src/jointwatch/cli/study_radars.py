"""What each radar of a study makes of the flights by itself, once for all architectures in which it looks alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from jointwatch.display.study import cells, parts, places
from jointwatch.studies.joint.file import NEUTRAL, Study
from jointwatch.studies.joint.measures import ALONE, Row
from jointwatch.studies.joint.overall import cell_of, pooled

Figures = dict[tuple[str, ...], cells.Figure]


def alone(study: Study, rows: Sequence[Row], architectures: Sequence[places.Architecture]) -> Iterator[parts.Alone]:
    """Yield the radars, those of each party in the order of the study's file, with their figures."""
    looking = {(one.name, radar.name): radar for one in architectures for held in one.looks.values() for radar in held}
    by: dict[str, dict[str, list[Row]]] = {}
    for row in rows:
        if row.radar:
            by.setdefault(row.radar, {}).setdefault(row.architecture, []).append(row)
    for name in _order(study, by):
        for alike in _alike(by[name]):
            some = by[name][alike[0]]
            yield parts.Alone(
                radar=looking[alike[0], name],
                architectures=alike,
                everywhere=len(alike) == len(by[name]),
                figures=_figures(some),
                detected=dict(_pooled(study, some)),
            )


def _order(study: Study, names: Mapping[str, object]) -> list[str]:
    owned = [radar for party in study.parties.values() for radar in (*party.radars, *party.builds)]
    return [name for name in dict.fromkeys((*owned, *names)) if name in names]


def _alike(by: Mapping[str, Sequence[Row]]) -> Iterator[tuple[str, ...]]:
    """The architectures in which a radar has the same figures, to the last digit, together."""
    groups: dict[str, list[str]] = {}
    for architecture, rows in by.items():
        groups.setdefault(repr(_figures(rows)), []).append(architecture)
    return (tuple(names) for names in groups.values())


def _figures(rows: Sequence[Row]) -> Figures:
    return {
        (*cell_of(row), row.assumptions, row.measure.removeprefix(ALONE)): cells.Figure(
            row.value, row.low, row.high, row.flights, row.unit
        )
        for row in rows
    }


def _pooled(study: Study, rows: Sequence[Row]) -> Iterator[tuple[str, cells.Figure]]:
    """The share detected of all flights of the study, by each set of assumptions."""
    for name in dict.fromkeys((NEUTRAL, *study.assumptions)):
        told = pooled([row for row in rows if (row.assumptions, row.measure) == (name, f"{ALONE}detected")])
        yield name, cells.Figure(told.value, told.low, told.high, told.flights, "share")
