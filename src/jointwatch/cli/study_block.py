"""Figures in columns that fit 80: a heading, the columns' names once, and the launches each on a line above."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

Part = tuple[str, Sequence[Sequence[str]]]
"""What stands above some rows, and the rows."""


def block(title: str, note: str, columns: Sequence[tuple[str, int]], parts: Iterable[Part]) -> Iterator[Text | Table]:
    """Return a heading with its note, and a table for each part, all with the same columns, (name, least width)."""
    from rich.text import Text

    yield Text.assemble((title, "bold"), f"\n{note}\n")
    names = _table(columns, "")
    names.add_row(*(name for name, _ in columns), style="italic")
    yield names
    for heading, rows in parts:
        table = _table(columns, heading)
        for row in rows:
            table.add_row(*row)
        yield table
    yield Text("")


def _table(columns: Sequence[tuple[str, int]], title: str) -> Table:
    from rich.table import Table

    table = Table(
        title=title or None, title_justify="left", title_style="", box=None, show_header=False, padding=(0, 1),
        pad_edge=False,
    )  # fmt: skip
    for number, (_, width) in enumerate(columns):
        table.add_column(min_width=width, justify="right" if number else "left")
    return table
