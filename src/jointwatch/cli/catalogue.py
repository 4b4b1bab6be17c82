"""`jointwatch catalogue`: the sourced facts, each value with everyone who claims it, and the one that is taken."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from jointwatch.catalogue.fact import Provenance

app = typer.Typer(add_completion=False)


@app.command()
def catalogue(
    kind: Annotated[str, typer.Argument(help="radars, vehicles, sites, centres, launches, agreements, claims, ...")],
    name: Annotated[str | None, typer.Argument(help="One entry, with every claim and its source.")] = None,
) -> None:
    """Show the sourced facts: radars, sites, vehicles, centres, launches."""
    from rich.console import Console
    from rich.markup import escape

    from jointwatch.catalogue import shelf
    from jointwatch.catalogue.files import UnknownNameError
    from jointwatch.cli.errors import UserError

    console = Console(highlight=False, soft_wrap=True)
    try:
        if name is None:
            for entry, title in shelf.titles(kind).items():
                console.print(f"[bold]{entry}[/bold]  {escape(title)}")
            return
        summary = shelf.summary(kind, name)
        console.print(f"[bold]{escape(shelf.titles(kind)[name])}[/bold]\n{escape(summary)}")
        _claims(console, shelf.rows(kind, name))
    except UnknownNameError as error:
        raise UserError(str(error)) from None


def _claims(console: Console, rows: Iterable[Provenance]) -> None:
    """Print each parameter once, the value taken first, the others beneath it; assumptions say so."""
    from rich.markup import escape

    for parameter, claims in groupby(rows, key=lambda row: row.parameter):
        console.print(f"\n[bold]{escape(parameter)}[/bold]")
        for row in claims:
            mark = "[green]taken[/green]" if row.taken else "     "
            sure = f"[yellow]ASSUMPTION, {row.tag}[/yellow]" if row.assumption else row.tag
            value = f"{row.shown} {row.unit}".strip()
            console.print(f"  {mark} {escape(value)}  ({sure})  {escape(row.claimant)} {escape(row.date)}")
            for line in filter(None, (row.source, row.note)):
                console.print(f"          [dim]{escape(line)}[/dim]")
