"""What `jointwatch study programme` adds to a study: the account of the tests, and the files of its reach map."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table as Grid

    from jointwatch.studies.joint.chunk import Plan
    from jointwatch.studies.programme.noticed import Watched
    from jointwatch.studies.programme.tables import Table

PROGRAMME = "programme"
_BETWEEN = 2
_WIDEST = 120


def by_region(plan: Plan, data: bytes, folder: Path) -> tuple[list[Watched], list[Watched]]:
    """Return what of each class was missed in all regions together, and in each, by every view."""
    from jointwatch.studies.joint.work import kept
    from jointwatch.studies.programme.noticed import missed_by_class, missed_by_region

    chunks = list(kept(data, folder))
    return missed_by_class(plan, chunks), missed_by_region(plan, chunks)


def programme_files(watched: list[Watched], folder: Path) -> tuple[Path, ...]:
    """Write the reach map and the shares missed; return where."""
    from jointwatch.studies.programme.chronology import READINGS
    from jointwatch.studies.programme.files import write
    from jointwatch.studies.programme.growth import reach_by_year

    return write({name: reach_by_year(name) for name in READINGS}, watched, folder)


def programme_tables(of_class: list[Watched], of_region: list[Watched], width: int) -> Iterator[RenderableType]:
    """Yield the tables of the account, for a screen of so many columns."""
    for told in account_of(of_class, of_region):
        yield from printed(told, min(width, _WIDEST))


def account_of(of_class: list[Watched], of_region: list[Watched]) -> list[Table]:
    """Return the account; by class with what all radars together miss by the defaults, by region all."""
    from jointwatch.studies.joint.file import NEUTRAL, TOGETHER
    from jointwatch.studies.programme.account import account

    everything = [one for one in of_class if (one.party, one.assumptions) == (TOGETHER, NEUTRAL)]
    return account(everything, of_region)


def printed(told: Table, width: int) -> Iterator[RenderableType]:
    """Yield a table within so many columns, nothing cut off: its leading cells stand as a line above their rows."""
    from rich.markup import escape
    from rich.padding import Padding

    widths = _widths(told, width - _BETWEEN)
    yield f"[italic]{escape(told.title)}[/italic]"
    yield Padding(_grid([told.head[told.leading :]], widths, style="bold"), (0, 0, 0, _BETWEEN))
    for leading, rows in groupby(told.rows, key=lambda row: row[: told.leading]):
        if leading:
            yield f"[bold]{escape(', '.join(leading))}[/bold]"
        yield Padding(_grid([row[told.leading :] for row in rows], widths), (0, 0, 0, _BETWEEN))
    yield f"[dim]{escape(told.note)}[/dim]\n" if told.note else ""


def _widths(told: Table, most: int) -> list[int]:
    """Width of each column: what its longest cell wants; where that is too much together, the widest give way."""
    columns = list(zip(*(row[told.leading :] for row in (told.head, *told.rows)), strict=True))
    widths = [max(map(len, column)) for column in columns]
    while sum(widths) + _BETWEEN * (len(widths) - 1) > most:
        widths[widths.index(max(widths))] -= 1
    return widths


def _grid(rows: Sequence[Sequence[str]], widths: Sequence[int], style: str = "") -> Grid:
    from rich.markup import escape
    from rich.table import Table as Grid

    grid = Grid(box=None, show_header=False, padding=(0, _BETWEEN, 0, 0), pad_edge=False, style=style)
    for width in widths:
        grid.add_column(width=width, overflow="fold")
    for row in rows:
        grid.add_row(*map(escape, row))
    return grid
