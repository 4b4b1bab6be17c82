"""What is printed of a study's package: alternative or addition, and what each element is worth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from jointwatch.cli.study_block import Part, block

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

    from jointwatch.studies.joint.chunk import Plan
    from jointwatch.studies.joint.elements import Package
    from jointwatch.studies.joint.launches import Cell
    from jointwatch.studies.joint.worth import WorthRow

_TITLES = {
    "detected": "share of flights detected, %",
    "warning": "warning before impact, s, on average",
    "track_time": "time on track, s, on average",
}
_NEUTRAL = "neutral"
Held = dict[tuple[str, str, str], "WorthRow"]  # by assumptions, figure and what it is of


def package_tables(plan: Plan, rows: Sequence[WorthRow]) -> Iterator[Text | Table]:
    """Return what is printed of a package, for each measure two blocks; nothing where the study has none."""
    package = plan.package
    if package is None:
        return
    for measure in package.given.measures:
        asked = [row for row in rows if row.measure == measure]
        if package.given.alternatives is not None:
            a, b = package.given.alternatives
            yield from _alternatives(
                plan, package, (a, b), asked, f"Alternative or addition? {_TITLES[measure].capitalize()}"
            )
        yield from _elements(plan, package, asked, f"What each element is worth: {_TITLES[measure]}")


def _alternatives(
    plan: Plan, package: Package, two: tuple[str, str], rows: Sequence[WorthRow], title: str
) -> Iterator[Text | Table]:
    (a, b), sides = two, list(plan.study.parties)
    as_sides = " / ".join(sides)
    note = f"A: {a}. B: {b}. What each adds to the other, ± two standard errors; below, as {as_sides} assume."
    columns = [("", 15), ("neither", 7), ("A", 6), ("B", 6), ("A and B", 7), ("A adds", 12), ("B adds", 12)]

    def lines(party: str, held: Held) -> Iterator[list[str]]:
        values = [_plain(held[_NEUTRAL, "alternative", of]) for of in ("", a, b, f"{a}+{b}")]
        yield [f"  {party}", *values, *(_with_error(held[_NEUTRAL, "adds", of]) for of in (a, b))]
        yield ["", "", "", "", "", *(" / ".join(_plain(held[side, "adds", of]) for side in sides) for of in (a, b))]

    parts = (
        (cell.name, [line for party, held in found for line in lines(party, held)])
        for cell, found in _found(plan, package, rows)
    )
    yield from block(title, note, columns, parts)


def _elements(plan: Plan, package: Package, rows: Sequence[WorthRow], title: str) -> Iterator[Text | Table]:
    parties = list(dict.fromkeys(party for party, _ in package.groups))
    note = "The mean over all orders in which they could come (alone; on top of all others), for each party."
    columns = [("", 15), *((party, 18) for party in parties)]

    def part(cell: Cell, found: list[tuple[str, Held]]) -> Part:
        return cell.name, [[f"  {name}", *(_worth(held, name) for _, held in found)] for name in package.given.names]

    yield from block(title, note, columns, (part(cell, found) for cell, found in _found(plan, package, rows)))


def _found(plan: Plan, package: Package, rows: Sequence[WorthRow]) -> Iterator[tuple[Cell, list[tuple[str, Held]]]]:
    """The figures of each party for each cell that has flights."""
    for cell in plan.cells:
        parties = list(dict.fromkeys(party for party, _ in package.groups))
        found = [(party, _held(rows, cell, party)) for party in parties]
        if all(held[_NEUTRAL, "subset", ""].flights for _, held in found):
            yield cell, found


def _held(rows: Sequence[WorthRow], cell: Cell, party: str) -> Held:
    key = (cell.origin.name, cell.to.name, cell.kind, party)
    return {(r.assumptions, r.figure, r.of): r for r in rows if (r.origin, r.to, r.vehicle, r.party) == key}


def _worth(held: Held, name: str) -> str:
    share, alone, on_top = (_plain(held[_NEUTRAL, figure, name]) for figure in ("share", "alone", "on_top"))
    return f"{share} ({alone}; {on_top})"


def _with_error(row: WorthRow) -> str:
    return f"{_plain(row)} ±{_number(row.unit, row.high - row.value)}"


def _plain(row: WorthRow) -> str:
    return _number(row.unit, row.value)


def _number(unit: str, value: float) -> str:
    """Per cent with a decimal, or whole seconds, and no minus before a zero."""
    return f"{100 * value:z.1f}" if unit == "share" else f"{value:z.0f}"
