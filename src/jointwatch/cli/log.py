"""`jointwatch log`: verify, show or export the signed logs of a run with no secret; carry a centre's on a stick."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Verify, show, export or import signed logs.")

PROOF_SUFFIX = ".tlog-proof"
PLACE = Annotated[
    str,
    typer.Argument(
        help="A run directory or an export of one; a centre's folder or its record, RUN.sqlite; published logs: their "
        "folder or its http(s) address.",
        metavar="DIR_OR_URL",
    ),
]
TRUST = Annotated[
    Path | None,
    typer.Option(help='TOML file with the pinned identities: a table [centres] with lines name = "SHA256:...".'),
]
AUDIENCE = Annotated[str, typer.Option(help="A centre's id, or common for the copy that anyone may have.")]
OUT = Annotated[
    Path | None,
    typer.Option(help="Where to write the copy, else DIR-AUDIENCE; of a record: the stick, or the web folder."),
]
FROM = Annotated[
    Path, typer.Argument(help="A run directory; or a centre's folder or record, RUN.sqlite.", metavar="DIR")
]
STICK = Annotated[Path, typer.Argument(help="The stick, or a copy of what was on it.", metavar="DIR")]
INTO = Annotated[Path, typer.Option(help="The record of the centre that takes it in, RUN.sqlite.")]
PINS = Annotated[Path, typer.Option("--trust", help="TOML file with the partners' pinned identities.")]
LISTEN = Annotated[str, typer.Option(help="Where Prometheus finds /metrics.", metavar="HOST:PORT")]
LOG = Annotated[str | None, typer.Option("--log", help="Only this log, as owner/audience/class.")]
KEY = Annotated[str | None, typer.Option(help="Of a .tlog-proof: the log's key, one line name+id+base64.")]
PROOF = Annotated[
    int | None, typer.Option(help="Write this entry of the --log, and the proof that it stands there.", min=0)
]
PROOF_OUT = Annotated[Path, typer.Option("--out", help="Folder for NAME.entry and NAME.tlog-proof.")]


@app.command()
def verify(place: PLACE, trust: TRUST = None, key: KEY = None) -> None:
    """Check every byte: hashes, signatures, cosignatures; of a run also manifest and statement. No secret is needed.

    Exit code 0 when everything holds, 1 when anything does not: each part is named with the reason. Without --trust
    the identities are printed and not checked. A record may be in use meanwhile.

    Of a file NAME.tlog-proof: that the entry in NAME.entry beside it stands in the log whose --key is given. Nothing
    else is needed.
    """
    if place.endswith(PROOF_SUFFIX):
        from jointwatch.cli.log_proof import check

        raise typer.Exit(check(Path(place), key))
    from rich.console import Console

    from jointwatch.cli.log_place import verified
    from jointwatch.cli.log_report import print_report, progress_bar
    from jointwatch.cli.trust_file import read_trust

    pinned = None if trust is None else read_trust(trust)
    with progress_bar() as progress:
        report = verified(place, pinned, progress)
    print_report(Console(), report)
    raise typer.Exit(0 if report.ok else 1)


@app.command()
def monitor(
    place: PLACE,
    state: Annotated[Path, typer.Option(help="Where to remember what was verified: a file, or a new one.")],
    trust: TRUST = None,
    every: Annotated[float, typer.Option(help="Seconds from one round to the next.", min=0.1)] = 5.0,
    listen: LISTEN = "127.0.0.1:9464",
) -> None:
    """Verify what is new, again and again, and say at once what is wrong: altered, rolled back, two histories, gaps.

    Each log must go on from where it was last seen, also by a monitor that was ended and begun again. What proves two
    histories is kept beside the state, in FILE.evidence. Ends on an interrupt; exit code 1 where anything was wrong.
    """
    from jointwatch.cli.log_monitor import keep_watch
    from jointwatch.cli.trust_file import read_trust

    raise typer.Exit(keep_watch(place, state, {} if trust is None else read_trust(trust), every, listen))


@app.command()
def show(place: PLACE, log: LOG = None, proof: PROOF = None, out: PROOF_OUT = Path()) -> None:
    """List the entries of all logs, or of one: position, time, kind, origin, id, and what it says.

    Hashes are compared while reading; signatures are not. `jointwatch log verify` checks those. With --proof one entry
    is written as it was signed, with a C2SP tlog-proof: whoever has both and the log's key can check it offline.
    """
    from rich.console import Console

    from jointwatch.cli.log_entries import logs_to_show, print_log
    from jointwatch.cli.log_place import held
    from jointwatch.exchange.refused import Refused

    found = held(place)
    try:
        if proof is not None:
            from jointwatch.cli.log_proof import write

            write(found, log, proof, out)
            return
        for one in logs_to_show(found, log):
            print_log(Console(), found, one)
    except Refused as refusal:
        typer.echo(f"not readable: {refusal.sentence}", err=True)
        raise typer.Exit(1) from None


@app.command()
def export(directory: FROM, audience: AUDIENCE, out: OUT = None) -> None:
    """Write the copy of a run that an audience may have; nothing that was withheld from it is in it.

    Of a centre's record (a file, not in use): put on the stick --out what that partner may have and has not yet
    acknowledged, in frames that `jointwatch log import` takes in at the other end. For the audience common: bring the
    folder --out up to what the record holds, also while it is in use; any web server can hand it out, and `jointwatch
    log verify ADDRESS` checks it.
    """
    from jointwatch.cli.log_copies import export_run, load_stick, publish_record
    from jointwatch.cli.log_place import kind_of, record_at

    kind = kind_of(str(directory))
    if kind == "run":
        export_run(directory, audience, out)
    elif audience == "common":
        publish_record(str(directory), out)
    else:
        load_stick(record_at(str(directory)), audience, out)


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
