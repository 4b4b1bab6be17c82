"""`jointwatch centre tracks`: what a centre holds, as CCSDS Orbit Ephemeris Messages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from jointwatch.cli.centre_errors import explained

PLACE = Annotated[
    str, typer.Argument(help="A centre's folder or its record, RUN.sqlite; a run directory.", metavar="DIR")
]
OUT = Annotated[Path, typer.Option(help="A new folder for the files, one for each object.")]
CENTRE = Annotated[str | None, typer.Option(help="Of a run directory: this centre's alone.")]
AS_OF = Annotated[
    str | None, typer.Option(help="As known at a UTC time such as 2009-05-20T06:05:00Z; else at the end.")
]


def tracks(place: PLACE, out: OUT, centre: CENTRE = None, as_of: AS_OF = None) -> None:
    """Write the tracks that a centre holds and where they go from there, rebuilt from its log, as OEM files.

    Each has the track, with the covariance of every state, and its free flight to the ground or for an hour. A record
    may be in use meanwhile.
    """
    from jointwatch.cli import centre_tracks_out

    with explained():
        centre_tracks_out.write(place, out, centre, as_of)
