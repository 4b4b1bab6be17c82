"""What logs say, entry by entry, on a terminal."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from jointwatch.cli.entry_text import in_words
from jointwatch.cli.errors import UserError
from jointwatch.cli.terminal import print_line
from jointwatch.earth.timescale import utc_from_tai_ns
from jointwatch.exchange import dsse
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.run_directory import listing, log_folder, log_of
from jointwatch.exchange.tiles import read_log_directory
from jointwatch.messages.encoding import decode, kind_of


def logs_to_show(directory: Path, name: str | None) -> list[LogId]:
    """Return the logs of a run directory, or the one that is named; raise UserError where there is none."""
    files, _ = listing(directory)
    found = sorted({log for path in files if (log := log_of(path)) is not None})
    wanted = [log for log in found if name in (None, str(log))]
    if not wanted:
        names = ", ".join(map(str, found)) or "none"
        raise UserError(f"{directory} has no log {name or 'at all'}; there are: {names}")
    return wanted


def print_log(console: Console, directory: Path, log: LogId) -> None:
    """One log as a table; an entry that is no message says so in its row."""
    entries, _ = read_log_directory(directory / log_folder(log))
    print_line(console, f"{log}: {len(entries)} entries, signatures not checked", style="bold")
    table = Table("#", "time (UTC)", "kind", "origin", "id", "says", box=None, header_style="dim")
    for index, entry in enumerate(entries):
        table.add_row(str(index), *(Text(cell) for cell in _cells(entry)))
    console.print(table)
    console.print()


def _cells(entry: bytes) -> tuple[str, str, str, str, str]:
    try:
        message = decode(dsse.parse(entry).payload)
    except ValueError as error:  # both refusals are one
        return "", "not understood", "", "", str(error)
    time = utc_from_tai_ns(message.logged_tai_ns, digits=3)
    return time, kind_of(message), message.origin, message.id, in_words(message)
