"""The ledger: references that lead to what was said, over ends of the process and of months."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from jointwatch.centre.ledger import Ledger
from jointwatch.exchange import dsse, merkle
from jointwatch.exchange.keys import SigningKey
from jointwatch.exchange.log import Store
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.shard import Monthly
from jointwatch.messages.encoding import PAYLOAD_TYPE, encode
from jointwatch.messages.incident import Incident

KEY = SigningKey.generate()


class Clock:
    """A time that the test sets."""

    def __init__(self, day: str) -> None:
        self.set(day)

    def set(self, day: str) -> None:
        self.tai_ns = int(datetime.fromisoformat(f"{day}T12:00:00+00:00").timestamp()) * 10**9


def opened(folder: Path, clock: Clock, *, monthly: bool = True) -> tuple[Store, Ledger]:
    by_desk = Monthly(
        "exercise", lambda: clock.tai_ns, lambda said: dsse.sign(PAYLOAD_TYPE, encode(said), [KEY]).encode()
    )
    store = Store(folder / "moscow.db", run="r-1", owner="moscow", log_key=KEY, monthly=by_desk if monthly else None)
    return store, Ledger("moscow", run="r-1", mode="exercise", key=KEY, store=store)


def say(ledger: Ledger, clock: Clock, text: str) -> Any:
    ledger.now_tai_ns = clock.tai_ns
    return ledger.say(Incident, ledger.internal(), about="test", text=text)


def test_a_reference_leads_to_its_entry_before_and_after_it_is_committed_in_this_shard_and_the_next(tmp_path: Path):
    clock = Clock("2026-10-31")
    store, ledger = opened(tmp_path, clock)
    references = []
    with store:
        for day in ("2026-10-31", "2026-11-01"):
            clock.set(day)
            for text in ("one", "two"):
                _, reference = say(ledger, clock, f"{text} on {day}")
                assert merkle.leaf_hash(ledger.entry(reference)) == reference.leaf_hash
                references.append(reference)
            ledger.commit()
        assert [(found.log, found.index) for found in references] == [
            ("moscow/moscow/record/2026-10", 1),
            ("moscow/moscow/record/2026-10", 2),
            ("moscow/moscow/record/2026-11", 1),
            ("moscow/moscow/record/2026-11", 2),
        ]
        for found in references:
            entry = store.entry(LogId.parse(found.log), found.index)
            assert merkle.leaf_hash(entry) == found.leaf_hash == merkle.leaf_hash(ledger.entry(found))


def test_a_month_that_turns_within_a_tick_cuts_it(tmp_path: Path):
    clock = Clock("2026-10-31")
    store, ledger = opened(tmp_path, clock)
    with store:
        say(ledger, clock, "the shard of October is open")
        ledger.commit()
        _, before = say(ledger, clock, "before")
        clock.set("2026-11-01")
        _, after = say(ledger, clock, "after")
        ledger.commit()
        for found in (before, after):
            assert merkle.leaf_hash(store.entry(LogId.parse(found.log), found.index)) == found.leaf_hash
        assert (before.log[-7:], after.log[-7:]) == ("2026-10", "2026-11")


def test_numbers_go_on_after_an_end_so_that_no_id_is_said_twice(tmp_path: Path):
    clock, ids = Clock("2026-11-01"), []
    for _ in range(3):
        store, ledger = opened(tmp_path, clock, monthly=False)
        with store:
            ids.append(say(ledger, clock, "said")[0].id)
            ledger.commit()
            say(ledger, clock, "never committed")
    assert ids == ["moscow-incident-1", "moscow-incident-2", "moscow-incident-3"]
