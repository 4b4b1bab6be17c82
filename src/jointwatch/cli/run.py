"""`jointwatch run`: play a scenario before both centres, keep the evidence, serve the watch page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from jointwatch.cli.errors import UserError

app = typer.Typer(add_completion=False)

SCENARIO = Annotated[str, typer.Argument(help="A built-in scenario, or a TOML file of your own.")]
VARIANT = Annotated[
    str | None, typer.Option(help="as-it-was or as-proposed (a counterfactual); else the file's first.")
]
SPEED = Annotated[
    str | None, typer.Option(help="How many times faster than real time, or 'max'; else 20, elsewhere 1.")
]
OUT = Annotated[Path | None, typer.Option(help="Run directory to write; else runs/SCENARIO-VARIANT-TIME.")]
FORCE = Annotated[bool, typer.Option("--force", help="Replace a run directory that exists.")]
SERVE = Annotated[bool, typer.Option("--serve/--no-serve", help="Serve the watch page on 127.0.0.1 while it runs.")]
CATALOGUE = Annotated[Path | None, typer.Option(help="Satellites overhead: a file of element sets (TLE, 3LE, OMM).")]
PORT = Annotated[int, typer.Option(min=0, max=65_535, help="Port of the watch page; 0 takes a free one.")]
SENSORS_ONLY = Annotated[bool, typer.Option("--sensors-only", help="The radars alone: centres run elsewhere.")]
CREDENTIALS = Annotated[
    Path | None, typer.Option(help="Of --sensors-only: a folder that holds each radar's, made by its centre.")
]
SUBMIT = Annotated[
    list[str], typer.Option(help="CENTRE=https://HOST:PORT, where that is not what the radars' folders say.")
]
SCRIPT = Annotated[Path | None, typer.Option(help="TOML of what happens to the radars meanwhile.")]
HEARD = Annotated[
    list[str], typer.Option(help="Where a centre's logs can be read at the end: its folder, record or address.")
]


@app.command()
def run(
    scenario: SCENARIO,
    variant: VARIANT = None,
    speed: SPEED = None,
    out: OUT = None,
    force: FORCE = False,
    serve: SERVE = True,
    port: PORT = 8711,
    catalogue: CATALOGUE = None,
    sensors_only: SENSORS_ONLY = False,
    credentials: CREDENTIALS = None,
    submit: SUBMIT = [],  # noqa: B006 - typer copies it
    script: SCRIPT = None,
    heard: HEARD = [],  # noqa: B006
) -> None:
    """Play a scenario: radars, two centres, the signed exchange, one statement.

    With --catalogue these satellites pass over, and both centres know them; a scenario that makes up a sky of its own
    is then played on that catalogue's day.

    With --sensors-only the radars feed centres that run elsewhere, at the times of today, and what was said of which
    launch, when and by whom, is written down beside the truth.

    Exit code 0 when both centres signed the statement, 1 when one was lost on the way or refused a radar's plots.
    """
    if sensors_only:
        if credentials is None or catalogue is not None or force:
            raise UserError("--sensors-only wants --credentials DIR, and knows neither --catalogue nor --force")
        from jointwatch.cli import run_sensors

        where = run_sensors.Elsewhere(credentials, submit, heard)
        run_sensors.play(scenario, variant, where, script=script, speed=speed or "1", out=out)
        return
    if credentials is not None or submit or script is not None or heard:
        raise UserError("--credentials, --submit, --script and --heard are of --sensors-only")
    from jointwatch.cli.stage import Stage, check_folder, perform, ready, speed_of

    factor = speed_of(speed or "20")
    if out is not None:
        check_folder(out, force)
    with ready(scenario, variant, catalogue=catalogue) as centres, Stage(serve=serve, port=port) as stage:
        record = perform(stage, centres, speed=factor, out=out, force=force)
        stage.linger(record)
    raise typer.Exit(1 if record.lost or record.report_fault else 0)
