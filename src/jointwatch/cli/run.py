"""`jointwatch run`: play a scenario before both centres, keep the evidence, serve the watch page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(add_completion=False)

SCENARIO = Annotated[str, typer.Argument(help="A built-in scenario, or a TOML file of your own.")]
VARIANT = Annotated[
    str | None, typer.Option(help="as-it-was or as-proposed (a counterfactual); else the file's first.")
]
SPEED = Annotated[str, typer.Option(help="How many times faster than real time, or 'max'.")]
OUT = Annotated[Path | None, typer.Option(help="Run directory to write; else runs/SCENARIO-VARIANT-TIME.")]
FORCE = Annotated[bool, typer.Option("--force", help="Replace a run directory that exists.")]
SERVE = Annotated[bool, typer.Option("--serve/--no-serve", help="Serve the watch page on 127.0.0.1 while it runs.")]
CATALOGUE = Annotated[Path | None, typer.Option(help="Satellites overhead: a file of element sets (TLE, 3LE, OMM).")]
PORT = Annotated[int, typer.Option(min=0, max=65_535, help="Port of the watch page; 0 takes a free one.")]


@app.command()
def run(
    scenario: SCENARIO,
    variant: VARIANT = None,
    speed: SPEED = "20",
    out: OUT = None,
    force: FORCE = False,
    serve: SERVE = True,
    port: PORT = 8711,
    catalogue: CATALOGUE = None,
) -> None:
    """Play a scenario: radars, two centres, the signed exchange, one statement.

    With --catalogue these satellites pass over, and both centres know them; a scenario that makes up a sky of its own
    is then played on that catalogue's day.

    Exit code 0 when both centres signed the statement, 1 when one was lost on the way.
    """
    from jointwatch.cli.stage import Stage, perform, ready

    with ready(scenario, variant, catalogue=catalogue) as centres, Stage(serve=serve, port=port) as stage:
        record = perform(stage, centres, speed=speed, out=out, force=force)
        stage.linger(record)
    raise typer.Exit(1 if record.lost or record.report_fault else 0)
