"""Between the centres, entries change places and go missing while a radar goes on submitting."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from jointwatch.exchange.frame import Frame
from tests.faults.harness import Outcome
from tests.faults.lying_line import withstood

TITLE = "reorder, gap"
REQUIRED = "refused, asked for again"


def swapped(came: Frame) -> Frame | None:
    """The first two entries in each other's place."""
    first, *rest = came.entries
    return replace(came, entries=(rest[0], first, *rest[1:])) if rest else None


def later(came: Frame) -> Frame | None:
    """The frame without its first entry, and honest about it."""
    return replace(came, start=came.start + 1, entries=came.entries[1:]) if len(came.entries) > 1 else None


def earlier(came: Frame) -> Frame | None:
    """The frame said to stand one position before its own, over what is held."""
    return replace(came, start=came.start - 1) if came.start else None


LIES = ((swapped, "RFC 6962"), (later, "next position"), (earlier, "next position"))


def run(folder: Path, *, full: bool) -> Outcome:
    found, worst = withstood(folder, LIES, full=full)
    return found.outcome(worst, f"{len(LIES)} ways refused by their rule, then taken in as sent")
