"""Between the centres one entry is left out, or given twice in the place of another."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from jointwatch.exchange.frame import Frame
from tests.faults.harness import Outcome
from tests.faults.lying_line import withstood

TITLE = "omission of one entry"
REQUIRED = "refused"


def without_one(came: Frame) -> Frame | None:
    """An entry of the middle left out."""
    middle = len(came.entries) // 2
    kept = (*came.entries[:middle], *came.entries[middle + 1 :])
    return replace(came, entries=kept) if kept else None


def without_last(came: Frame) -> Frame | None:
    """The last entry left out, under the checkpoint that covers it."""
    return replace(came, entries=came.entries[:-1])


def doubled(came: Frame) -> Frame | None:
    """One entry in the place of its successor, so that the number is right."""
    first, *rest = came.entries
    return replace(came, entries=(first, first, *rest[1:])) if rest else None


LIES = ((without_one, "next position"), (without_last, "next position"), (doubled, "RFC 6962"))


def run(folder: Path, *, full: bool) -> Outcome:
    found, worst = withstood(folder, LIES, full=full)
    return found.outcome(worst, f"{len(LIES)} ways refused by their rule, then taken in whole")
