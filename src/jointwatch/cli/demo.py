"""`jointwatch demo`: two launches before both centres, one after the other, with the watch page. No set-up."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from jointwatch.cli.run import PORT, SERVE

app = typer.Typer(add_completion=False)

PLAYED = (("sejil-2009", "as-proposed"), ("omid-2009", "as-it-was"))


@app.command()
def demo(
    speed: Annotated[str, typer.Option(help="How many times faster than real time, or 'max'.")] = "20",
    out: Annotated[Path | None, typer.Option(help="Folder for the two run directories; else runs/.")] = None,
    serve: SERVE = True,
    port: PORT = 8711,
) -> None:
    """Play a missile test and a space launch of 2009 before Moscow's and Brussels' centres, and show both."""
    from jointwatch.cli.stage import Stage, perform, ready, speed_of

    factor, lost = speed_of(speed), False
    with Stage(serve=serve, port=port) as stage, ExitStack() as stack:
        running = None
        for name, variant in PLAYED:
            centres = stack.enter_context(ready(name, variant, running))
            running = centres.handles
            record = perform(stage, centres, speed=factor, out=out / name if out else None)
            lost = lost or bool(record.lost or record.report_fault)
            if record.interrupted:
                break
        stage.linger(record)
    raise typer.Exit(1 if lost else 0)
