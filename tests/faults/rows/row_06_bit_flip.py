"""The disk under a sender in service turns a bit, spoils a page, loses the end of the file."""

from __future__ import annotations

import time
from pathlib import Path

from tests.exchange.damage import flip
from tests.faults import served
from tests.faults.harness import Outcome, seconds_until

TITLE = "I/O error, bit flip in the database"
REQUIRED = "found by the audit, read-only, refilled from the mirror"
BACK_S = 30.0


def run(folder: Path, *, full: bool) -> Outcome:
    worst, seen = 0.0, 0
    with served.centres(folder, program=served.AUDITED_OFTEN) as (moscow, brussels):
        desk = served.Desk(moscow)
        for harm in (_turn_a_bit, _spoil_a_page, _cut_the_end) * (3 if full else 1):
            desk.hand_in(400)
            served.mirrored_s(moscow, brussels)
            moscow.stop()  # in order, so that all of it is in the main file
            moscow.start()
            seconds_until(moscow.appends, BACK_S, "moscow appends")
            harm(moscow.database)
            start, seen = time.monotonic(), seen + 1
            seconds_until(lambda wanted=seen: _set_aside(moscow) >= wanted, BACK_S, f"{harm.__name__} is found")  # type: ignore[misc]
            seconds_until(moscow.appends, BACK_S, "moscow appends again")
            worst = max(worst, time.monotonic() - start)
        desk.hand_in(50)
        found = served.ended(moscow, brussels, desk.acknowledged)
        assert moscow.told("the record is damaged, and read-only from now on"), "found by opening it, not in service"
        assert any(told.about == "refill" for told in moscow.incidents())
    return found.outcome(worst, f"{seen} times set aside, salvaged and refilled; recovery from the harm on")


def _set_aside(moscow: served.Centre) -> int:
    return len(list(moscow.database.parent.glob("*.damaged-*")))


def _turn_a_bit(database: Path) -> None:
    flip(database, b"id-7.")


def _spoil_a_page(database: Path) -> None:
    """A page in the middle of the file: whatever it held, it is no page any more."""
    with database.open("r+b") as file:
        file.seek(database.stat().st_size // 2 // 4096 * 4096)
        file.write(b"\xff" * 4096)


def _cut_the_end(database: Path) -> None:
    """Reading beyond it is an I/O error."""
    with database.open("r+b") as file:
        file.truncate(database.stat().st_size // 3 // 4096 * 4096)
