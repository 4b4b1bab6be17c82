"""`jointwatch centre bolides`: take published bolides in as reports from outside, which the centre judges."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jointwatch.cli.centre_errors import explained
from jointwatch.cli.centre_line import BY, DESK, FOLDER

if TYPE_CHECKING:
    from jointwatch.formats.fireballs import Fireball

FILE = Annotated[Path, typer.Argument(help="Fireballs as CNEOS gives them out: .csv.", metavar="FILE")]


def bolides(folder: FOLDER, file: FILE, by: BY = DESK) -> None:
    """Take published bolides in as reports from outside; the centre then says of each what it can have been.

    The same bolide is taken in once, however often it is given.
    """
    from rich.console import Console

    from jointwatch.centre import saying
    from jointwatch.centre.correlation.bolides import drafted
    from jointwatch.cli.centre_line import line_of
    from jointwatch.cli.telling import taken_in
    from jointwatch.cli.terminal import print_line

    found = _read(file)
    with explained(), line_of(folder, by) as line:
        words = saying.by(line)
        fresh = taken_in(line, drafted(words, found), words, act="bolide")
    print_line(Console(highlight=False), f"{len(found):,} bolides, {fresh:,} of them new to the centre.")


def _read(file: Path) -> tuple[Fireball, ...]:
    from jointwatch.cli.errors import UserError
    from jointwatch.formats.fireballs import read_fireballs
    from jointwatch.formats.refusal import Refusal

    try:
        return read_fireballs(file)
    except (Refusal, OSError) as error:
        raise UserError(f"{file} was not read: {error.strerror if isinstance(error, OSError) else error}") from None
