"""The calendar hears what was told, and says once each what is late, does not follow, or is overdue."""

from __future__ import annotations

import copy
import pickle

import msgspec

from jointwatch.centre.duty.listener import Word
from jointwatch.centre.notification import giving
from jointwatch.centre.notification.calendar import Calendar
from jointwatch.centre.notification.forms import ExtensionForm
from jointwatch.exchange import merkle
from jointwatch.messages.encoding import Message, encode
from jointwatch.messages.examples import EXAMPLES
from jointwatch.messages.reference import EntryReference
from tests.centre.test_notification import NOW, RULES, STATES, known, plan, saying

H = 3_600 * 10**9


def heard(calendar: Calendar, message: Message) -> list[str]:
    """What the calendar says on hearing a message."""
    at = EntryReference(log=message.log, index=0, leaf_hash=merkle.leaf_hash(encode(message)))
    words: list[Word] = list(calendar.hear(message.origin, message, at))
    return [word.content["text"] for word in words]


def beat(tai_ns: int, origin: str = "moscow") -> Message:
    return msgspec.structs.replace(EXAMPLES["heartbeat"], origin=origin, logged_tai_ns=tai_ns)


def test_a_late_notification_is_said_when_it_comes_and_once():
    said = giving.given(saying(30), plan(), known()).message
    calendar = Calendar("brussels", STATES, RULES)
    found = heard(calendar, said)
    assert found
    assert all(text.startswith("PLN/RU/2026/001/000/01: it is given 15.0 h before") for text in found)
    assert heard(calendar, said) == []
    assert heard(calendar, beat(NOW + 31 * H, "brussels")) == []


def test_what_is_overdue_is_said_once_as_time_passes_by_the_own_record():
    said = giving.given(saying(), plan(), known()).message
    end = said.until_tai_ns  # type: ignore[union-attr]
    calendar = Calendar("moscow", STATES, RULES)
    assert heard(calendar, said) == []
    assert heard(calendar, beat(end + 47 * H)) == []
    assert heard(calendar, beat(end + 100 * H, "brussels")) == []  # whose clock is not ours
    (overdue,) = heard(calendar, beat(end + 49 * H))
    assert "has not said what became of it" in overdue
    assert heard(calendar, beat(end + 50 * H)) == []


def test_what_does_not_follow_is_said():
    said = giving.given(saying(), plan(), known()).message
    calendar = Calendar("brussels", STATES, RULES)
    heard(calendar, said)
    (told,) = calendar._board.values()
    shorter = giving.going_on(saying(), told, ExtensionForm(until_utc="2026-11-24T09:00:00Z")).message
    (found,) = heard(calendar, shorter)
    assert "would begin or end earlier" in found


def test_it_goes_on_after_an_end_as_if_there_had_been_none_and_forgets_old_launches():
    said = giving.given(saying(), plan(), known()).message
    end = said.until_tai_ns  # type: ignore[union-attr]
    calendar = Calendar("moscow", STATES, RULES)
    heard(calendar, said)
    again = pickle.loads(pickle.dumps(calendar))  # noqa: S301 - our own, a line before
    twin = copy.deepcopy(calendar)
    assert heard(again, beat(end + 49 * H)) == heard(twin, beat(end + 49 * H)) != []
    heard(again, beat(end + 401 * 24 * H))
    assert (again._board, again._said) == ({}, {})


def test_a_centre_that_knows_of_no_states_asks_no_agreement_and_still_says_what_does_not_follow():
    said = giving.given(saying(30), plan(), known()).message
    calendar = Calendar("brussels", {"brussels": [], "moscow": []}, RULES)
    assert heard(calendar, said) == []
    (told,) = calendar._board.values()
    shorter = giving.going_on(saying(31), told, ExtensionForm(until_utc="2026-11-24T09:00:00Z")).message
    assert len(heard(calendar, shorter)) == 1


def report(**items: object) -> Message:
    """A launch report in moscow's own record, of the class MRBM: over 1,000 km."""
    whole = EXAMPLES["launch_report"]
    own = {"log": "moscow/moscow/record", "items": msgspec.structs.replace(whole.items, **items)}
    return msgspec.structs.replace(whole, **own)


def judged(announced: str) -> Message:
    """What moscow found that launch to be."""
    plain = {"origin": "moscow", "log": "moscow/moscow/record", "object": "T-0001", "announced": announced}
    notice = None if announced == "not announced" else EXAMPLES["correlation"].subject
    return msgspec.structs.replace(EXAMPLES["correlation"], notice=notice, satellite=None, nature="", **plain)


def test_a_launch_that_nobody_told_of_is_said_once_with_the_agreements_that_wanted_it():
    calendar = Calendar("moscow", STATES, RULES)
    assert heard(calendar, report()) == []
    (text,) = heard(calendar, judged("not announced"))
    assert text.startswith(
        "T-0001: nobody told of this launch beforehand; that was owed, if RU launched it, under Pre-"
    )
    assert (
        "if US launched it, under Pre- and Post-Launch Notification System (Brussels, 16 December 2000) to RU" in text
    )
    assert "BE" not in text  # a party to none
    assert heard(calendar, judged("not announced")) == heard(calendar, report()) == []


def test_it_is_said_as_soon_as_a_report_says_how_far_the_launch_goes():
    calendar = Calendar("moscow", STATES, RULES)
    early = report(range_class="-", apogee_m=None, impact=None, impact_time_tai_ns=None, impact_time_sigma_s=None)
    assert heard(calendar, early) == heard(calendar, judged("not announced")) == []
    assert len(heard(calendar, report())) == 1


def test_nothing_is_said_of_a_launch_without_agreements_or_unjudged_or_announced_after_all():
    for calendar in (Calendar("moscow", {}, ()), Calendar("moscow", STATES, ())):
        assert heard(calendar, report()) == heard(calendar, judged("not announced")) == []
    calendar = Calendar("moscow", STATES, RULES)
    assert heard(calendar, judged("not announced")) == heard(calendar, judged("announced")) == []
    assert heard(calendar, report()) == []
    assert heard(calendar, EXAMPLES["launch_report"]) == []  # what went out of it, masked, is no report of its own


def test_what_was_said_of_a_track_is_forgotten_with_it():
    calendar = Calendar("moscow", STATES, RULES)
    first = report()
    heard(calendar, first)
    heard(calendar, judged("not announced"))
    heard(calendar, beat(max(first.logged_tai_ns, EXAMPLES["correlation"].logged_tai_ns) + 2 * H))
    assert (calendar._reports, calendar._unannounced, calendar._untold) == ({}, {}, {})


def test_a_partner_that_tells_a_flood_of_nonsense_fills_no_record():
    calendar = Calendar("brussels", STATES, RULES)
    late = giving.given(saying(30), plan(), known()).message
    found = [heard(calendar, msgspec.structs.replace(late, id=f"PLN/RU/2026/{k:03d}/000/01")) for k in range(200)]
    assert sum(map(len, found)) == 60
    heard(calendar, beat(NOW + 32 * H, "brussels"))  # the next hour
    assert len(heard(calendar, msgspec.structs.replace(late, id="PLN/RU/2026/999/000/01"))) == 1
