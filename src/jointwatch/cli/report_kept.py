"""The report of a run from its directory: verified, reconstructed, and drawn as it was at the end of the run."""

from __future__ import annotations

from pathlib import Path

import msgspec

from jointwatch import __version__
from jointwatch.cli.errors import UserError
from jointwatch.exchange.refused import Refused
from jointwatch.exchange.verify.run import verify_run
from jointwatch.messages.encoding import MessageRefused
from jointwatch.studies.evidence import Played, RunFile
from jointwatch.studies.reconstruction import reconstructed, run_file


def report_of(directory: Path, form: str) -> bytes:
    """Return the report of a run as "html" or "pdf"; raises UserError where the directory does not hold it."""
    from jointwatch.cli.reporting import report_page

    page = report_page(_played(directory))
    if form == "html":
        return page.encode()
    from jointwatch.display.paper import document
    from jointwatch.display.study.sheets import pdf

    return pdf(document(page))


def _played(directory: Path) -> Played:
    try:
        run = run_file(directory)
        _check(directory, run)
        return reconstructed(directory, run)
    except (msgspec.MsgspecError, MessageRefused, Refused, TypeError, ValueError, OSError) as error:
        raise UserError(
            f"{directory}: its report cannot be drawn again ({error}); jointwatch log verify {directory} says more"
        ) from None


def _check(directory: Path, run: RunFile) -> None:
    """Raise UserError where the radars would not look as they did: another version, or a file that was altered."""
    by = run.versions.get("jointwatch", "unknown")
    if by != __version__:
        raise UserError(
            f"{directory} was played by Jointwatch {by}, this is {__version__}, whose radars may look otherwise; take "
            "that version, or the report.html that lies there"
        )
    faults = verify_run(directory).faults
    if faults:
        raise UserError(
            f"{directory}: {faults[0].file} {faults[0].why}; jointwatch log verify {directory} names all that is wrong"
        )
