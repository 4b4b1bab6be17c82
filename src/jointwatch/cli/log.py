"""`jointwatch log`: verify, show or export the signed logs of a run with no secret; carry a centre's on a stick."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from jointwatch.exchange.logid import LogId
    from jointwatch.exchange.verify import VerifyReport

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

    from jointwatch.exchange.verify import verify_run

    pinned = None if trust is None else read_trust(trust)
    _need_directory(directory)
    with Console(stderr=True).status("reading") as status:
        report = verify_run(directory, pinned, progress=lambda what: status.update(f"checking {what}"))
    _print_report(Console(), report)
    raise typer.Exit(0 if report.ok else 1)


@app.command()
def show(directory: DIRECTORY, log: LOG = None) -> None:
    """List the entries of all logs, or of one: position, time, kind, origin, id, and what it says.

    Hashes are compared while reading; signatures are not. `jointwatch log verify` checks those.
    """
    from rich.console import Console

    from jointwatch.exchange.refused import Refused

    _need_directory(directory)
    try:
        for one in _logs_to_show(directory, log):
            _print_log(Console(), directory, one)
    except Refused as refusal:
        typer.echo(f"not readable: {refusal.sentence}", err=True)
        raise typer.Exit(1) from None


@app.command()
def export(directory: FROM, audience: AUDIENCE, out: OUT = None) -> None:
    """Write the copy of a run that an audience may have; nothing that was withheld from it is in it.

    Of a centre's record (a file, not in use): put on the stick --out what that partner may have and has not yet
    acknowledged, in frames that `jointwatch log import` takes in at the other end.
    """
    if directory.is_file():
        _load_stick(directory, audience, out)
    else:
        _export_run(directory, audience, out)


@app.command("import")
def import_(directory: STICK, into: INTO, trust: PINS) -> None:
    """Take in what partners put on a stick, and leave receipts for it there; take in their receipts for ours.

    Exit code 0 when everything was verified and kept, 1 when a file was refused: each is named with the rule. What was
    taken in before does no harm, and what is missing comes with the partner's next export.
    """
    from rich.console import Console

    from jointwatch.cli import stick

    _need_directory(directory)
    came = stick.read(directory, into, read_trust(trust))
    console = Console()
    for line in came.lines:
        _line(console, line)
    for line in came.refused:
        _line(console, line, style="red")
    _line(console, f"{len(came.lines)} taken in, {len(came.refused)} refused.", style="bold")
    raise typer.Exit(1 if came.refused else 0)


def _load_stick(database: Path, audience: str, out: Path | None) -> None:
    from rich.console import Console

    from jointwatch.cli import stick
    from jointwatch.cli.errors import UserError

    if out is None:
        raise UserError("a record is exported to a stick; say where it is with --out")
    try:
        written = stick.write(database, audience, out)
    except OSError as error:
        typer.echo(f"not all written: {out}: {error.strerror}; what was written is whole", err=True)
        raise typer.Exit(1) from None
    console = Console()
    for path in written:
        _line(console, str(path.relative_to(out)))
    _line(console, f"{len(written)} files for {audience}." if written else f"{audience} has acknowledged everything.")


def _export_run(directory: Path, audience: str, out: Path | None) -> None:
    from rich.console import Console

    from jointwatch.cli.errors import UserError
    from jointwatch.exchange.export import export_audience
    from jointwatch.exchange.refused import Refused

    _need_directory(directory)
    name = f"{directory.resolve().name}-{re.sub(r'[^a-z0-9.-]', '_', audience)}"
    target = out or directory.resolve().with_name(name)
    try:
        report = export_audience(directory, audience, target)
    except FileExistsError as error:
        raise UserError(f"{error}; choose another with --out") from None
    except Refused as refusal:
        typer.echo(f"not exported: {refusal.sentence}", err=True)
        raise typer.Exit(1 if "does not verify" in refusal.sentence else 2) from None
    console = Console()
    console.print(f"Written to {target}", markup=False, soft_wrap=True, highlight=False)
    _print_report(console, report)
    raise typer.Exit(0 if report.ok else 1)


def read_trust(path: Path) -> dict[str, str]:
    """Return centre -> fingerprint from a trust file; raise UserError, with file and key, at anything else.

    [centres]
    moscow = "SHA256:Zmh6rfhivXduj8GLjp+OIAiXFIVu4jOzkCpZHQ1fKSU"
    """
    import tomllib

    from jointwatch.cli.errors import UserError

    try:
        table = tomllib.loads(path.read_text())
    except OSError as error:
        raise UserError(f"the trust file {path} cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"the trust file {path} is not TOML: {error}") from None
    centres = table.pop("centres", None)
    if table or not isinstance(centres, dict) or not centres:
        raise UserError(f'{path}: wanted one table [centres] with lines name = "SHA256:...", and nothing else')
    for name, fingerprint in centres.items():
        if not _is_fingerprint(fingerprint):
            raise UserError(
                f"{path}: centres.{name} must be a fingerprint SHA256:... of 43 characters; it is {fingerprint!r}"
            )
    return centres


def _is_fingerprint(text: object) -> bool:
    import re

    return isinstance(text, str) and re.fullmatch(r"SHA256:[A-Za-z0-9+/]{43}", text) is not None


def _need_directory(directory: Path) -> None:
    from jointwatch.cli.errors import UserError

    if not directory.is_dir():
        raise UserError(f"{directory} is not a directory; give the run directory that `jointwatch run` wrote")


def _print_report(console: Console, report: VerifyReport) -> None:
    """Logs, identities, what was covered; then each fault on a line of its own, unwrapped; the verdict last."""
    from rich.table import Column, Table

    table = Table("log", Column("entries", justify="right"), "cosigned by", box=None, header_style="bold")
    for seen in report.logs:
        internal = "internal" if seen.log.internal else ""
        table.add_row(str(seen.log), f"{seen.entries:,}", ", ".join(seen.cosigned_by) or internal or "nobody")
    lines = [f"Run {report.run}, mode {report.mode}" if report.run else "No roster could be read"]
    lines += [f"Identity of {centre}: {key}" for centre, key in report.identities.items()]
    lines += [f"Statement signed by {', '.join(report.statement_by) or 'nobody'}"]
    lines += [f"Absent: {', '.join(report.absent)} (no cosignature wanted)"] if report.absent else []
    lines += [f"Checked: {report.covers}"]
    console.print(table)
    for line in ["", *lines, ""]:
        _line(console, line)
    for fault in report.faults:
        _line(console, f"{fault.file}: {fault.why}", style="red")
    _line(console, report.verdict[0].upper() + report.verdict[1:] + ".", style="bold" if report.ok else "bold red")


def _line(console: Console, text: str, style: str = "") -> None:
    """Print one line as it is: not wrapped, no markup, nothing that steers a terminal."""
    from rich.text import Text

    shown = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)
    console.print(Text(shown.encode("utf-8", "backslashreplace").decode(), style=style), soft_wrap=True)


def _logs_to_show(directory: Path, name: str | None) -> list[LogId]:
    from jointwatch.cli.errors import UserError
    from jointwatch.exchange.run_directory import listing, log_of

    files, _ = listing(directory)
    found = sorted({log for path in files if (log := log_of(path)) is not None})
    wanted = [log for log in found if name in (None, str(log))]
    if not wanted:
        names = ", ".join(map(str, found)) or "none"
        raise UserError(f"{directory} has no log {name or 'at all'}; there are: {names}")
    return wanted


def _print_log(console: Console, directory: Path, log: LogId) -> None:
    """One log as a table; an entry that is no message says so in its row."""
    from rich.table import Table
    from rich.text import Text

    from jointwatch.exchange.run_directory import log_folder
    from jointwatch.exchange.tiles import read_log_directory

    entries, _ = read_log_directory(directory / log_folder(log))
    _line(console, f"{log}: {len(entries)} entries, signatures not checked", style="bold")
    table = Table("#", "time (UTC)", "kind", "origin", "id", "says", box=None, header_style="dim")
    for index, entry in enumerate(entries):
        table.add_row(str(index), *(Text(cell) for cell in _cells(entry)))
    console.print(table)
    console.print()


def _cells(entry: bytes) -> tuple[str, str, str, str, str]:
    from jointwatch.cli.entry_text import in_words
    from jointwatch.earth.timescale import utc_from_tai_ns
    from jointwatch.exchange import dsse
    from jointwatch.messages.encoding import decode, kind_of

    try:
        message = decode(dsse.parse(entry).payload)
    except ValueError as error:  # both refusals are one
        return "", "not understood", "", "", str(error)
    time = utc_from_tai_ns(message.logged_tai_ns, digits=3)
    return time, kind_of(message), message.origin, message.id, in_words(message)
