"""What stands in logs began and ended when it was said; a roster is dated by when it is in force."""

from __future__ import annotations

from unittest.mock import Mock

from jointwatch.centre.replay import Logs, Replay
from jointwatch.exchange.logid import LogId


def lasted(times: dict[str, tuple[int, ...]]) -> tuple[int, int]:
    logs = Logs()
    for klass, entries in times.items():
        logs[LogId("moscow", "common", klass)] = [Mock(logged_tai_ns=at) for at in entries]
    return Replay.lasted_tai_ns(Mock(_logs=logs))


def test_a_roster_of_the_future_does_not_make_a_record_last_until_then() -> None:
    """`centre tracks` told them as known in an hour, after a change of keys."""
    assert lasted({"roster": (5, 3600), "notify": (7, 30)}) == (5, 30)
    assert lasted({"roster": (5, 6)}) == (5, 6)
