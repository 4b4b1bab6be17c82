"""An entry of the catalogue for a terminal: each value with who says so, assumptions named, sources at the end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from rich.console import RenderableType

    from jointwatch.catalogue.fact import Provenance

OUR_OWN = "this project"
LEGEND = (
    "taken: the value that is used unless another claim is chosen. seen: read in its source; seen-2nd: read in a work "
    "that names its source; seen-part: read cut off. ASSUMPTION: nobody was seen to claim it: recalled (background "
    "knowledge), computed (from stated inputs) or inferred."
)


def listing(titles: Mapping[str, str], tallies: Mapping[str, tuple[int, int, int]]) -> Table:
    """Return a table of a kind's entries: name, title, number of values, how many are assumptions, and contested."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("name", no_wrap=True)
    table.add_column("what it is", ratio=1)
    table.add_column("values", justify="right")
    table.add_column("assumed", justify="right")
    table.add_column("contested", justify="right")
    for name, title in titles.items():
        values, assumed, contested = tallies[name]
        doubt = Text(str(assumed), "yellow" if assumed else "")
        table.add_row(Text(name, "bold"), Text(title), str(values), doubt, str(contested))
    return table


def entry(title: str, summary: str, words: Mapping[str, str], rows: Iterable[Provenance]) -> Iterator[RenderableType]:
    """Return one entry line by line: what it is, each value with all its claims, what the tags mean, the sources.

    Lines that are plain text are addresses: they are not to be broken, so that they can be opened.
    """
    held = list(rows)
    theirs = dict.fromkeys(row.source for row in held if row.claimant != OUR_OWN)
    numbers = {source: number for number, source in enumerate(theirs, start=1)}
    yield Text(title, "bold")
    if summary:
        yield Text(summary)
    yield from (Text(f"{_words(key)}: {value}") for key, value in words.items())
    taken = [row for row in held if row.taken]
    yield Text(f"values: {len(taken)}, of them assumptions: {sum(row.assumption for row in taken)}")
    for parameter, claims in groupby(held, key=lambda row: row.parameter):
        yield Text(f"\n{parameter}", "bold")
        for row in claims:
            yield from _claim(row, numbers.get(row.source, 0))
    yield Text(f"\n{LEGEND}", "dim")
    if numbers:
        yield Text("\nSources", "bold")
    for source, number in numbers.items():
        yield from _source(source, number)


def _claim(row: Provenance, number: int) -> Iterator[RenderableType]:
    line = Text("taken " if row.taken else "  or  ", "green" if row.taken else "")
    line.append(f"{row.shown} {row.unit}".strip(), "bold" if row.taken else "")
    if row.qualifier:
        line.append(f", {row.qualifier}", "yellow" if "not stated" in row.qualifier else "")
    line.append("  ")
    line.append(f"ASSUMPTION, {row.tag}" if row.assumption else row.tag, "yellow" if row.assumption else "")
    line.append(f"  {row.claimant}" if row.claimant == OUR_OWN else f"  {row.claimant}{_when(row)} [{number}]")
    yield _hanging(line)
    remark = row.note.removesuffix(row.reason).removesuffix("; ") if row.reason else row.note
    if remark:
        yield Padding(Text(remark, "dim"), (0, 0, 0, 6))
    if row.reason and row.taken:
        yield Padding(Text(f"taken because: {row.reason}", "dim"), (0, 0, 0, 6))


def _when(row: Provenance) -> str:
    """Return the date, unless the claimant's name already ends with it."""
    if row.date == "undated":
        return " (undated)"
    return "" if row.date[:4] in row.claimant else f" ({row.date})"


def _hanging(line: Text) -> Table:
    """Return a line whose continuation stands under its value, whatever the width."""
    table = Table.grid(padding=0)
    table.add_column(width=6, no_wrap=True)
    table.add_column()
    table.add_row(line[:6], line[6:])
    return table


def _source(source: str, number: int) -> Iterator[RenderableType]:
    """Return a source's title, and beneath it its address."""
    title, comma, address = source.rpartition(", http")
    yield Text(f"[{number}] {title or source}")
    if comma:
        yield f"    http{address}"


def _words(key: str) -> str:
    return key.replace("_", " ")
