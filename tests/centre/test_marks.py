"""How much of a log is unverified is counted once, however many ask at a time."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from jointwatch.centre.marks import Marks
from jointwatch.exchange.keyrings import Unverified
from jointwatch.exchange.logid import LogId

LOG = LogId("moscow", "brussels", "notify")


def of_a_stolen_key(*_: object) -> None:
    raise Unverified("keys", "the key was compromised")


def test_two_who_ask_at_once_are_told_the_same() -> None:
    keys: Any = SimpleNamespace(bounds=("one",), check_bounds=of_a_stolen_key)
    counts, others = list[dict[str, int]](), list[threading.Thread]()

    def entries(log: LogId, start: int, stop: int) -> Sequence[bytes]:
        if not others:  # another one asks while the first still reads
            others.append(threading.Thread(target=lambda: counts.append(marks.counts())))
            others[0].start()
            others[0].join(0.5)
        return [b""] * (stop - start)

    store: Any = SimpleNamespace(logs=lambda: [LOG], size=lambda log: 3, entries=entries)
    marks = Marks(store, lambda centre: keys)
    counts.append(marks.counts())
    others[0].join(60)
    assert counts == [{str(LOG): 3}] * 2
