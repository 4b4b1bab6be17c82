"""`jointwatch replay`: rebuild the picture from the logs alone, and say whether it is the one that was shown."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(add_completion=False)


@app.command()
def replay(
    run_dir: Annotated[Path, typer.Argument(help="A run directory.")],
    as_of: Annotated[
        str | None, typer.Option(help="A UTC time such as 2009-05-20T06:05:00Z; else the whole run.")
    ] = None,
) -> None:
    """Rebuild the picture of a run from its logs alone, also as it was known at a time.

    Exit code 0 when the rebuilt pictures are those that were shown, 1 when they are not.
    """
    from rich.console import Console

    from jointwatch.cli.rebuilt import Rebuilt

    rebuilt = Rebuilt.of(run_dir)
    if as_of is not None:
        rebuilt.check_time(as_of)
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 132)
    if as_of is not None:
        for table in rebuilt.tables(as_of):
            console.print(table)
    verdict = rebuilt.compare(as_of)
    console.print(verdict.sentence)
    raise typer.Exit(0 if verdict.holds else 1)
