"""What logs say, entry by entry, on a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from jointwatch.cli.entry_text import in_words
from jointwatch.cli.errors import UserError
from jointwatch.cli.log_place import Held
from jointwatch.cli.terminal import as_it_is, print_line
from jointwatch.earth.timescale import utc_from_tai_ns
from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange import dsse, merkle
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.merkle import HASH_BYTES
from jointwatch.exchange.tiles import WIDTH, DirectoryRefused, tile_name, width
from jointwatch.messages.encoding import hear, kind_of
from jointwatch.messages.not_understood import NotUnderstood

WIDE = 120
"""Columns from which on a table of entries has room for what they say."""


def logs_to_show(held: Held, name: str | None) -> list[LogId]:
    """Return the logs at a place, or the one that is named; raise UserError where there is none.

    A log that is kept in shards is named whole, or by one of them.
    """
    wanted = [log for log in held.logs if name in (None, str(log), str(log.whole))]
    if not wanted:
        names = ", ".join(map(str, held.logs)) or "none"
        raise UserError(f"there is no log {name or 'at all'}; there are: {names}")
    return wanted


def print_log(console: Console, held: Held, log: LogId) -> None:
    """One log, tile by tile: a table, or where that would be cut, two lines for each entry.

    An entry that is no message says so in its row.
    """
    size = checkpoints.unverified(held.source.checkpoint(log)).size
    print_line(console, f"{log}: {size} entries, signatures not checked", style="bold")
    for tile in range(-(-size // WIDTH)):
        rows: list[tuple[str, ...]] = []
        leaves = held.source.tile(log, 0, tile, width(tile, size))
        for place, entry in enumerate(held.source.bundle(log, tile, width(tile, size))):
            if merkle.leaf_hash(entry) != leaves[place * HASH_BYTES : (place + 1) * HASH_BYTES]:
                raise DirectoryRefused(
                    tile_name("entries", tile, width(tile, size)),
                    f"was changed: entry {tile * WIDTH + place} is not the one that was logged",
                )
            rows.append((str(tile * WIDTH + place), *_cells(entry)))
        _print_rows(console, rows)
    console.print()


def _print_rows(console: Console, rows: Sequence[tuple[str, ...]]) -> None:
    if console.width < WIDE:
        for *head, says in rows:
            print_line(console, "  ".join(cell for cell in head if cell), style="dim")
            console.print(Padding(Text(as_it_is(says)), (0, 0, 0, 4)))
        return
    table = Table("#", "time (UTC)", "kind", "origin", "id", "says", box=None, header_style="dim")
    for row in rows:
        table.add_row(*map(Text, row))
    console.print(table)


def _cells(entry: bytes) -> tuple[str, str, str, str, str]:
    try:
        message = hear(dsse.parse(entry).payload)
    except ValueError as error:  # both refusals are one
        return "", "not understood", "", "", str(error)
    time = utc_from_tai_ns(message.logged_tai_ns, digits=3)
    kind = "not understood" if isinstance(message, NotUnderstood) else kind_of(message)
    return time, kind, message.origin, message.id, in_words(message)
