"""`jointwatch log`: verify, show or export the signed logs of a run with no secret; carry a centre's on a stick."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Verify, show, export or import signed logs.")

DIRECTORY = Annotated[Path, typer.Argument(help="A run directory, or an export of one.", metavar="DIR")]
TRUST = Annotated[
    Path | None,
    typer.Option(help='TOML file with the pinned identities: a table [centres] with lines name = "SHA256:...".'),
]
AUDIENCE = Annotated[str, typer.Option(help="A centre's id, or common for the copy that anyone may have.")]
OUT = Annotated[Path | None, typer.Option(help="Where to write the copy, else DIR-AUDIENCE; for a record, the stick.")]
FROM = Annotated[Path, typer.Argument(help="A run directory; or a centre's record, RUN.sqlite.", metavar="DIR")]
STICK = Annotated[Path, typer.Argument(help="The stick, or a copy of what was on it.", metavar="DIR")]
INTO = Annotated[Path, typer.Option(help="The record of the centre that takes it in, RUN.sqlite.")]
PINS = Annotated[Path, typer.Option("--trust", help="TOML file with the partners' pinned identities.")]
LOG = Annotated[str | None, typer.Option("--log", help="Only this log, as owner/audience/class.")]


@app.command()
def verify(directory: DIRECTORY, trust: TRUST = None) -> None:
    """Check every byte: hashes, signatures, cosignatures, manifest, statement.

    Exit code 0 when everything holds, 1 when anything does not: each file is named with the reason. Without --trust
    the identities are printed and not checked.
    """
    from rich.console import Console

    from jointwatch.cli.log_report import print_report, progress_bar
    from jointwatch.cli.trust_file import read_trust
    from jointwatch.exchange.verify import verify_run

    pinned = None if trust is None else read_trust(trust)
    _need_directory(directory)
    with progress_bar() as progress:
        report = verify_run(directory, pinned, progress=progress)
    print_report(Console(), report)
    raise typer.Exit(0 if report.ok else 1)


@app.command()
def show(directory: DIRECTORY, log: LOG = None) -> None:
    """List the entries of all logs, or of one: position, time, kind, origin, id, and what it says.

    Hashes are compared while reading; signatures are not. `jointwatch log verify` checks those.
    """
    from rich.console import Console

    from jointwatch.cli.log_entries import logs_to_show, print_log
    from jointwatch.exchange.refused import Refused

    _need_directory(directory)
    try:
        for one in logs_to_show(directory, log):
            print_log(Console(), directory, one)
    except Refused as refusal:
        typer.echo(f"not readable: {refusal.sentence}", err=True)
        raise typer.Exit(1) from None


@app.command()
def export(directory: FROM, audience: AUDIENCE, out: OUT = None) -> None:
    """Write the copy of a run that an audience may have; nothing that was withheld from it is in it.

    Of a centre's record (a file, not in use): put on the stick --out what that partner may have and has not yet
    acknowledged, in frames that `jointwatch log import` takes in at the other end.
    """
    from jointwatch.cli.log_copies import export_run, load_stick

    if directory.is_file():
        load_stick(directory, audience, out)
    else:
        _need_directory(directory)
        export_run(directory, audience, out)


@app.command("import")
def import_(directory: STICK, into: INTO, trust: PINS) -> None:
    """Take in what partners put on a stick, and leave receipts for it there; take in their receipts for ours.

    Exit code 0 when everything was verified and kept, 1 when a file was refused: each is named with the rule. What was
    taken in before does no harm, and what is missing comes with the partner's next export.
    """
    from rich.console import Console

    from jointwatch.cli import stick
    from jointwatch.cli.terminal import print_line
    from jointwatch.cli.trust_file import read_trust

    _need_directory(directory)
    came = stick.read(directory, into, read_trust(trust))
    console = Console()
    for said in came.lines:
        print_line(console, said)
    for said in came.refused:
        print_line(console, said, style="red")
    print_line(console, f"{len(came.lines)} taken in, {len(came.refused)} refused.", style="bold")
    raise typer.Exit(1 if came.refused else 0)


def _need_directory(directory: Path) -> None:
    from jointwatch.cli.errors import UserError

    if not directory.is_dir():
        raise UserError(f"{directory} is not a directory; give the run directory that `jointwatch run` wrote")
