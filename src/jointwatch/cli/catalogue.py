"""`jointwatch catalogue`: the sourced facts, each value with everyone who claims it, and the one that is taken."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(add_completion=False)
KINDS = (
    "radars, sites, interceptor-sites, news-systems, centres, regions, vehicles, launches, architectures, agreements, "
    "claims or boost-priors."
)


@app.command()
def catalogue(
    kind: Annotated[str, typer.Argument(help=KINDS)],
    name: Annotated[str | None, typer.Argument(help="One entry, with every claim and its source.")] = None,
) -> None:
    """Show the sourced facts: radars, sites, vehicles, centres, launches."""
    from rich.console import Console

    from jointwatch.catalogue import shelf
    from jointwatch.catalogue.files import UnknownNameError
    from jointwatch.cli import catalogue_text
    from jointwatch.cli.errors import UserError

    console = Console(highlight=False)
    try:
        if name is None:
            tallies = {entry: shelf.tally(kind, entry) for entry in shelf.titles(kind)}
            console.print(catalogue_text.listing(shelf.titles(kind), tallies))
            return
        title, summary = shelf.titles(kind).get(name, ""), shelf.summary(kind, name)
        for line in catalogue_text.entry(title, summary, shelf.plain_words(kind, name), shelf.rows(kind, name)):
            console.print(line, soft_wrap=isinstance(line, str), markup=False)
    except UnknownNameError as error:
        raise UserError(str(error)) from None
