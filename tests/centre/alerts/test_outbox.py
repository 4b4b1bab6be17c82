"""The queue of a receiver follows from the log: what is waiting, what is overtaken, what is too old, what is done."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from jointwatch.centre.alerts import outbox
from jointwatch.centre.alerts.outbox import HOLDS_NS, Outbox
from jointwatch.messages.alert import Alert, Dispatch
from jointwatch.messages.examples import EXAMPLES
from jointwatch.messages.reference import EntryReference

UPDATE: Any = EXAMPLES["alert"]
DISPATCH: Any = EXAMPLES["dispatch"]
NOW = UPDATE.logged_tai_ns


def at(index: int) -> EntryReference:
    return EntryReference(log="moscow/moscow/alerts/2009-05", index=index, leaf_hash=bytes(32))


def message(type: str, track: str = "T-0001", logged_tai_ns: int = NOW) -> Alert:
    items = msgspec.structs.replace(UPDATE.items, track=track)
    earlier = () if type == "alert" else UPDATE.earlier
    return msgspec.structs.replace(UPDATE, type=type, items=items, earlier=earlier, logged_tai_ns=logged_tai_ns)


def dispatch(index: int, receiver: str = "police") -> Dispatch:
    return msgspec.structs.replace(DISPATCH, alert=at(index), receiver=receiver)


def filled(*messages: Any) -> Outbox:
    box = Outbox("police")
    for index, one in enumerate(messages):
        box.hear(one, at(index))
    return box


def sent(box: Outbox, now_tai_ns: int = NOW) -> list[int]:
    """The positions of what is sent, in order, where everything is answered."""
    found = []
    while (waiting := box.next(now_tai_ns)) is not None:
        found.append(waiting.at.index)
        box.done(waiting.at)
    return found


def test_the_oldest_goes_first() -> None:
    assert sent(filled(message("alert", "A"), message("alert", "B"), message("cancel", "A"))) == [0, 1, 2]


def test_an_update_that_was_overtaken_is_not_sent_and_the_alert_before_it_is() -> None:
    box = filled(*(message(type) for type in ("alert", "update", "update", "cancel")), message("update", "B"))
    assert sent(box) == [0, 3, 4]
    assert [(one.waiting.at.index, one.outcome) for one in box.left()] == [(1, "overtaken"), (2, "overtaken")]
    assert list(box.left()) == []


def test_what_was_dispatched_is_not_sent_again_and_another_s_dispatch_changes_nothing() -> None:
    box = filled(message("alert"), message("update"), dispatch(0), dispatch(1, "ministry"))
    assert sent(box) == [1]


def test_after_a_day_without_an_answer_it_is_over() -> None:
    box = filled(message("alert"), message("alert", "B", NOW + HOLDS_NS))
    assert sent(box, NOW + HOLDS_NS + 1) == [1]
    assert [one.outcome for one in box.left()] == ["expired"]


def test_what_waits_has_a_bound_and_the_oldest_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "MAX_WAITING", 5)
    box = filled(*(message("alert", f"T-{number}") for number in range(8)))
    assert len(box) == 5
    assert [(one.waiting.at.index, one.why) for one in box.left()] == [(k, "5 alerts waited") for k in range(3)]
    assert sent(box) == [3, 4, 5, 6, 7]
