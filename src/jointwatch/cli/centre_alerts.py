"""`jointwatch centre alerts`: what a centre's receivers are told of launches, and what each of them answered."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from jointwatch.cli.centre_errors import explained

PLACE = Annotated[
    str, typer.Argument(help="A centre's folder or its record, RUN.sqlite; a run directory.", metavar="DIR")
]
OUT = Annotated[Path | None, typer.Option(help="A new folder for the messages, each a CAP 1.2 file.")]
CENTRE = Annotated[str | None, typer.Option(help="Of a run directory: this centre's alone.")]


def alerts(place: PLACE, out: OUT = None, centre: CENTRE = None) -> None:
    """Show the alerts that follow from a centre's log, as people read them, and what became of each.

    With --out each is written as a CAP file too. Of a centre's folder also: whom it alerts, the key that its messages
    are signed with, and what two watch officers approve before its alerts are meant in earnest.
    """
    from jointwatch.cli import centre_alerts_text

    with explained():
        centre_alerts_text.show(place, centre, out)
