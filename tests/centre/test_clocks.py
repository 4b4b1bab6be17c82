"""A partner's clock that is wrong is told, in both directions, and nothing is dropped for it."""

from __future__ import annotations

from typing import Any

import pytest

from jointwatch.centre.clocks import Clocks
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.mirror import Accepted
from jointwatch.messages.examples import EXAMPLES
from tests.exchange.two_centres import replaced

NOW_POSIX_S, NOW_TAI_NS = 1_800_000_000.5, 1_800_000_037_500_000_000
LOG = LogId("brussels", "common", "notify")


def clocks(told: list[str]) -> Clocks:
    return Clocks(
        ["brussels"],
        lambda partner, text: told.append(text),
        now_posix_s=lambda: NOW_POSIX_S,
        now_tai_ns=lambda: NOW_TAI_NS,
    )


@pytest.mark.parametrize(("off_s", "alarm"), [(-30, True), (-3, True), (-1, False), (0, False), (1, False), (3, True)])
def test_a_clock_that_is_off_by_more_than_a_second_is_told_once(off_s: int, alarm: bool) -> None:
    told: list[str] = []
    seen = clocks(told)
    for _ in range(10):
        seen.cosigned("brussels", int(NOW_POSIX_S + off_s))
    assert len(told) == alarm
    assert (seen.off_s("brussels") != 0) == alarm
    if alarm:
        assert ("behind" in told[0]) == (off_s < 0)


def test_one_receipt_that_waited_on_the_line_is_no_alarm_and_a_clock_set_right_is_told() -> None:
    told: list[str] = []
    seen = clocks(told)
    for age in (0, 20, 0, 0, 0, 0):
        seen.cosigned("brussels", int(NOW_POSIX_S) - age)
    assert told == []
    seen.cosigned("brussels", int(NOW_POSIX_S) + 400 * 86_400)
    for _ in range(5):
        seen.cosigned("brussels", int(NOW_POSIX_S))
    assert [("ahead" in text, "agrees" in text) for text in told] == [(True, False), (False, True)]


def test_what_is_logged_more_than_a_minute_ahead_is_counted_and_kept() -> None:
    told: list[str] = []
    seen = clocks(told)
    seconds = (0, 59, 61, 10**6)
    messages: tuple[Any, ...] = tuple(
        replaced(EXAMPLES["heartbeat"], logged_tai_ns=NOW_TAI_NS + after * 10**9) for after in seconds
    )
    for _ in range(2):
        seen.heard("brussels", Accepted(LOG, range(5), (*messages, None), {4: "unverified"}))
    assert seen.future("brussels") == {str(LOG): 4}
    assert len(told) == 1
    assert "kept" in told[0]


def test_a_roster_may_say_from_when_on_it_will_be_in_force() -> None:
    told: list[str] = []
    seen = clocks(told)
    roster = replaced(EXAMPLES["roster"], logged_tai_ns=NOW_TAI_NS + 3600 * 10**9)
    seen.heard("brussels", Accepted(LogId("brussels", "common", "roster"), range(1), (roster,)))
    assert (told, seen.future("brussels")) == ([], {})


def test_a_partner_that_signs_any_times_it_likes_does_not_fill_our_record_with_alarms() -> None:
    told: list[str] = []
    seen = clocks(told)
    for _ in range(1_000):
        seen.cosigned("brussels", int(NOW_POSIX_S) + 60)
        for _ in range(5):
            seen.cosigned("brussels", int(NOW_POSIX_S))
    assert len(told) == 10
