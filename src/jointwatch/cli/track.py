"""`jointwatch track`: recorded measurements of any radars to tracks, and to what they say about launches."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from jointwatch.studies.recording import Recording
    from jointwatch.studies.recording_sites import Sensor

app = typer.Typer(add_completion=False)


@app.command()
def track(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Measurements: TDM (KVN or XML), CSV or Parquet, any mix.")
    ],
    sites: Annotated[
        Path | None, typer.Option(help="TOML file: where each sensor stands, its sigmas. Else the catalogue, by name.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="New folder for tracks (OEM, Parquet), estimates (JSON) and a figure.")
    ] = None,
    catalogue: Annotated[
        Path | None,
        typer.Option(help="Satellites to recognise: a file of element sets (TLE, 3LE, OMM)."),
    ] = None,
) -> None:
    """Follow what recorded measurements show: tracks, where each was launched and comes down, and what it is.

    Of an object of which ranges and angles come apart, an orbit instead. Satellites of --catalogue are named, and
    nothing is asked about their launch. Without --out only the summary is printed. Exit code 1 where nothing is found.
    """
    from rich.console import Console

    from jointwatch.cli import track_files, track_orbit_text, track_satellites, track_text
    from jointwatch.cli.errors import UserError
    from jointwatch.cli.track_work import followed

    _check_out(out)
    recording, sensors = _taken(files, sites)
    console = Console(highlight=False)
    track_text.inputs(console, recording, sensors)
    known = track_satellites.known(catalogue, recording)
    work = followed(recording, sensors, known)
    if work.found.interrupted and not work.found.tracks:
        raise typer.Exit(130)
    track_text.tracks(console, work)
    track_satellites.print_them(console, work.found.satellites, known)
    track_orbit_text.orbits(console, work.orbits)
    if out is not None:
        try:
            console.print(track_text.written(track_files.write(out, recording, sensors, work)), soft_wrap=True)
        except OSError as error:
            raise UserError(f"--out {str(out)!r}: {error.strerror or error}") from None
    raise typer.Exit(0 if work.found.tracks or work.found.satellites or work.orbits.found else 1)


def _check_out(out: Path | None) -> None:
    from jointwatch.cli.errors import UserError

    if out is not None and out.exists() and not (out.is_dir() and not any(out.iterdir())):
        raise UserError(f"--out {str(out)!r} exists and is no empty folder; name a new one")


def _taken(files: list[Path], sites: Path | None) -> tuple[Recording, dict[str, Sensor]]:
    """The measurements of all files, and their sensors."""
    from rich.console import Console
    from rich.progress import Progress

    from jointwatch.cli.errors import UserError
    from jointwatch.studies import recording, recording_sites

    try:
        given = recording_sites.read_sites(sites) if sites else {}
        bar = Console(stderr=True)
        with Progress(console=bar, transient=True, disable=not bar.is_terminal) as progress:
            task = progress.add_task("reading", total=len(files))
            taken = recording.read(files, lambda _: progress.advance(task))
        sensors = recording_sites.sensors(taken.names, given, where=str(sites) if sites else "")
        recording.check_sigmas(taken, sensors)
    except (recording.RecordingError, recording_sites.SitesError) as error:
        raise UserError(str(error)) from None
    return taken, sensors
