"""The line from a command to a centre that serves, as one of its clients, and the words by which entries are named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jointwatch.cli.terminal import as_it_is

if TYPE_CHECKING:
    from jointwatch.centre.client import CentreLine
    from jointwatch.centre.configuration import Place
    from jointwatch.centre.saying import Saying
    from jointwatch.messages.encoding import Message
    from jointwatch.messages.reference import EntryReference

FOLDER = Annotated[Path, typer.Argument(help="The centre's folder, or that of one of its clients.", metavar="DIR")]
BY = Annotated[str, typer.Option(help="The client in whose name it is said; its folder lies in DIR/clients.")]
DESK = "desk"
SPEAKING = ("operator", "watch-officer")
"""Roles whose holders say what a centre says."""


@contextmanager
def line_of(folder: Path, by: str) -> Iterator[CentreLine]:
    """Yield the line of a client; what cannot be done by it is a sentence, and exit code 2."""
    from jointwatch.centre.client import CentreLine
    from jointwatch.centre.configuration import Place
    from jointwatch.cli.centre_errors import explained
    from jointwatch.cli.errors import UserError

    with explained():
        box = folder if (folder / "client.toml").is_file() else Place(folder).clients / by
        if not (box / "client.toml").is_file():
            raise UserError(_missing(Place(folder), by))
        with CentreLine(box) as line:
            yield line


def _missing(place: Place, by: str) -> str:
    """Return why nothing can be said by this client, and by whom it can."""
    from jointwatch.centre.client import ClientFile
    from jointwatch.centre.configuration import parsed

    if not place.configuration.is_file():
        return f"{place.folder} is the folder of no centre and of no client of one: it has no centre.toml"
    known = [parsed(file, ClientFile) for file in sorted(place.clients.glob("*/client.toml"))]
    able = [f"--by {one.client} ({one.role})" for one in known if one.role in SPEAKING]
    instead = f"say {' or '.join(able)}" if able else "`jointwatch centre keys draft --enrol operator:desk` makes one"
    return f"{place.clients / by} is not there; {instead}"


@contextmanager
def drafting() -> Iterator[None]:
    """Turn what keeps a message from being drafted into the sentence for who asked for it."""
    from jointwatch.cli.errors import UserError

    try:
        yield
    except ValueError as error:
        raise UserError(str(error)) from None


def named(text: str) -> tuple[str, int]:
    """Return log and index of LOG=INDEX; a centre's name alone stands for its accord log."""
    from jointwatch.centre.accord.papers import accord_log
    from jointwatch.cli.errors import UserError

    log, _, index = text.rpartition("=")
    if not log or not (index.isascii() and index.isdigit() and len(index) < 16):
        raise UserError(
            f"an entry is named LOG=INDEX, such as moscow/brussels/notify=3, or moscow=3 in an accord; not {text!r}"
        )
    return (log if "/" in log else accord_log(log)), int(index)


def reference(line: CentreLine, text: str) -> EntryReference:
    """Return the reference to an entry that the centre holds."""
    return line.entry(*named(text)).reference


def hand_in(line: CentreLine, now: Saying, said: Sequence[Message], act: str, text: str = "") -> None:
    """Hand in what is said, all of it or nothing, and print where each message stands."""
    from jointwatch.centre import saying
    from jointwatch.cli import entry_text

    receipts = saying.hand_in(line, said, act=act, saying=now, text=text)
    for message, (log, index) in zip(said, receipts.places, strict=False):
        typer.echo(as_it_is(f"Entry {index} of {log}: {entry_text.in_words(message)}"))
