"""`jointwatch centre notify|notices|warn`: tell of launches, see how what was told stands, take warnings in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from jointwatch.cli.centre_errors import explained
from jointwatch.cli.centre_line import BY, DESK, FOLDER

SHEET = Annotated[Path, typer.Argument(help="The sheet: TOML, filled in.", metavar="SHEET")]
ANYWAY = Annotated[bool, typer.Option("--anyway", help="Hand it in with its faults: late is better than never.")]
DRY_RUN = Annotated[bool, typer.Option("--dry-run", help="Print what would be said, and hand in nothing.")]
WARNINGS = Annotated[
    list[Path], typer.Argument(metavar="FILE...", help="Warnings as NGA gives them out: JSON, or .gz of it.")
]


def notify(folder: FOLDER, sheet: SHEET, by: BY = DESK, anyway: ANYWAY = False, dry_run: DRY_RUN = False) -> None:
    """Tell partners of a launch as the agreements want it, or go on from what was told; a sheet says what.

    Prints which agreements ask for it, of whom and until when, and each fault in a sentence. Exit code 1 where there is
    one: nothing is handed in then.
    """
    from jointwatch.cli import telling

    with explained():
        telling.notify(folder, sheet, by, anyway=anyway, dry_run=dry_run)


def notices(folder: FOLDER, by: BY = DESK) -> None:
    """Show what was told of launches, by this centre and its partners, how it stands, and what is late or missing.

    Exit code 1 where anything is.
    """
    from jointwatch.cli import telling

    telling.notices(folder, by)


def warn(folder: FOLDER, files: WARNINGS, by: BY = DESK, dry_run: DRY_RUN = False) -> None:
    """Take official warnings to mariners in as notices: those in force and about launchings, a notice for each window.

    The same warning is taken in once, however often it is given.
    """
    from jointwatch.cli import telling

    telling.warn(folder, files, by, dry_run=dry_run)
