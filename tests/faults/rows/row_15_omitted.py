"""Between the centres one entry is left out, or given twice in the place of another."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from jointwatch.exchange.frame import Frame
from tests.faults.harness import Outcome
from tests.faults.lying_line import altered, honest, lied_to, refused
from tests.faults.stations import Submitter, caught_up_s, settled

TITLE = "omission of one entry"
REQUIRED = "refused"
BACK_S = 5.0


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
    worst = 0.0
    with lied_to(folder) as (moscow, brussels, line), Submitter(moscow, "moscow/common/notify") as radar:
        for lie, rule in LIES * (5 if full else 1):
            refused(brussels, line, altered(lie), rule)
            line.lie = honest
            worst = max(worst, caught_up_s(brussels, moscow, BACK_S))
        radar.__exit__()
        found = settled(moscow, brussels, radar.acknowledged)
    return found.outcome(worst, f"{len(LIES)} ways refused by their rule, then taken in whole")
