"""Copies out of a record: what an audience may have of a run, and what goes on a stick for a partner."""

from __future__ import annotations

import re
from pathlib import Path

import typer
from rich.console import Console

from jointwatch.cli import stick
from jointwatch.cli.errors import UserError
from jointwatch.cli.log_place import cores, held
from jointwatch.cli.log_report import print_report
from jointwatch.cli.terminal import print_line
from jointwatch.exchange.export import export_audience
from jointwatch.exchange.logid import COMMON
from jointwatch.exchange.publishing import publish
from jointwatch.exchange.refused import Refused


def load_stick(database: Path, audience: str, out: Path | None) -> None:
    """Put on the stick `out` what a partner may have of a centre's record and has not acknowledged."""
    if out is None:
        raise UserError("a record is exported to a stick; say where it is with --out")
    try:
        written = stick.write(database, audience, out)
    except OSError as error:
        typer.echo(f"not all written: {out}: {error.strerror}; what was written is whole", err=True)
        raise typer.Exit(1) from None
    console = Console()
    for path in written:
        print_line(console, str(path.relative_to(out)))
    print_line(
        console, f"{len(written)} files for {audience}." if written else f"{audience} has acknowledged everything."
    )


def publish_record(place: str, out: Path | None) -> None:
    """Bring the web folder `out` up to the common logs, own and mirrored, that a record or another web folder holds."""
    if out is None:
        raise UserError("published logs are written to a folder; say where it is with --out")
    found = held(place)
    logs = [log for log in found.logs if log.audience == COMMON]
    try:
        written = publish(found.source, logs, out)
    except OSError as error:
        typer.echo(f"not all written: {out}: {error.strerror}; what was written is whole", err=True)
        raise typer.Exit(1) from None
    except Refused as refusal:
        typer.echo(f"not published: {refusal.sentence}", err=True)
        raise typer.Exit(1) from None
    print_line(Console(), f"{len(logs)} logs, {written} files written to {out}.")


def export_run(directory: Path, audience: str, out: Path | None) -> None:
    """Write the copy of a run that an audience may have, and say whether it verifies; ends with the exit code."""
    name = f"{directory.resolve().name}-{re.sub(r'[^a-z0-9.-]', '_', audience)}"
    target = out or directory.resolve().with_name(name)
    try:
        report = export_audience(directory, audience, target, processes=cores())
    except FileExistsError as error:
        raise UserError(f"{error}; choose another with --out") from None
    except Refused as refusal:
        typer.echo(f"not exported: {refusal.sentence}", err=True)
        raise typer.Exit(1 if "does not verify" in refusal.sentence else 2) from None
    console = Console()
    console.print(f"Written to {target}", markup=False, soft_wrap=True, highlight=False)
    print_report(console, report)
    raise typer.Exit(0 if report.ok else 1)
