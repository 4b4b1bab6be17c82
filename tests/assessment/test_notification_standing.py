"""How what was told stands, and what it lacks: extensions, outcomes, and each fault in its sentence."""

from __future__ import annotations

import hashlib
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jointwatch.assessment.notification import standing
from jointwatch.assessment.notification.faults import faults, launch, overdue
from jointwatch.assessment.notification.owed import Rule
from jointwatch.assessment.notification.standing import Board, Told, hear
from jointwatch.catalogue.agreements import rule_parameters
from jointwatch.messages.encoding import Message, encode
from jointwatch.messages.examples import EXAMPLES
from jointwatch.messages.notification import Notification, WindowExtension
from jointwatch.messages.post_launch import PostLaunchNotice
from jointwatch.messages.reference import EntryReference

RULES = [Rule(**p) for p in rule_parameters()]
H = 3_600 * 10**9
TOLD: Notification = EXAMPLES["notification"]  # type: ignore[assignment]
BEGIN, END = TOLD.from_tai_ns, TOLD.until_tai_ns
STATES = ("US",)


def at(message: Message) -> EntryReference:
    return EntryReference(log=message.log, index=0, leaf_hash=hashlib.sha256(encode(message)).digest())


def extension(begin: int, end: int, **changes: object) -> WindowExtension:
    plain = {"notification": at(TOLD), "from_tai_ns": begin, "until_tai_ns": end, "logged_tai_ns": BEGIN - H}
    return msgspec.structs.replace(EXAMPLES["window_extension"], **(plain | changes))  # type: ignore[type-var]


def outcome(**changes: object) -> PostLaunchNotice:
    plain = {"announced": at(TOLD), "logged_tai_ns": END + H, "launch_time_tai_ns": BEGIN + H}
    return msgspec.structs.replace(EXAMPLES["post_launch_notice"], **(plain | changes))  # type: ignore[type-var]


def told(*after: Message) -> Told:
    board: Board = {}
    for message in (TOLD, *after):
        hear(board, message, at(message))
    (found,) = board.values()
    return found


def test_a_window_goes_by_and_is_moved_by_its_own_centre():
    assert [told().state(t) for t in (BEGIN - 1, BEGIN, END, END + 1)] == ["ahead", "open", "open", "over"]
    longer = told(extension(BEGIN, END + 24 * H))
    assert longer.state(END + 1) == "open"
    assert longer.windows == ((BEGIN, END), (BEGIN, END + 24 * H))


def test_what_became_of_it_ends_it():
    cancelled = outcome(outcome="cancelled", launch_time_tai_ns=None, direction_rad=None, areas=())
    assert told(outcome()).state(END + 1) == "launched"
    assert told(cancelled).state(END + 1) == "cancelled"


@pytest.mark.parametrize(
    ("after", "words"),
    [
        (extension(BEGIN, END + H, origin="brussels"), "only moscow can go on from it"),
        (extension(BEGIN, END - 1), "would begin or end earlier"),
        (extension(BEGIN - 1, END), "would begin or end earlier"),
        (extension(BEGIN, END + H, logged_tai_ns=END + 1), "over before it was extended"),
        (outcome(launch_time_tai_ns=END + 2 * H), "a launch before the launch"),
    ],
)
def test_what_does_not_follow_changes_nothing_and_is_said(after: Message, words: str):
    found = told(after)
    assert found.windows == ((BEGIN, END),)
    assert found.outcome is None
    assert words in found.faults[0]


def test_the_first_word_on_what_became_of_it_stands():
    found = told(outcome(), extension(BEGIN, END + H))
    assert found.windows == ((BEGIN, END),)
    assert "was told before" in found.faults[0]


@given(st.lists(st.tuples(st.integers(-(10**4), 10**4), st.integers(-(10**4), 10**4), st.booleans()), max_size=12))
def test_a_window_never_moves_back_whatever_is_heard(moves: list[tuple[int, int, bool]]):
    after: list[Message] = []
    for k, (a, b, own) in enumerate(moves):
        begin, end = BEGIN + a * 10**9, END + b * 10**9
        who = {"origin": "moscow" if own else "brussels", "id": f"x-{k}"}
        after.append(extension(min(begin, end), max(begin, end), **who))
    windows = told(*after).windows
    assert all(w[0] >= v[0] and w[1] >= v[1] for v, w in pairwise(windows))


def sentences(states: tuple[str, ...] = STATES, **changes: object) -> tuple[str, ...]:
    said = msgspec.structs.replace(TOLD, **changes)
    return faults(said, launch(said), RULES, states)


def test_a_notification_in_time_with_all_its_fields_has_no_fault():
    assert sentences() == ()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"logged_tai_ns": BEGIN - 23 * H},
            "it is given 23.0 h before its window begins; Notifications of launches of ICBMs and SLBMs (31 May 1988) "
            "wants at least 24 h",
        ),
        (
            {"logged_tai_ns": BEGIN + H},
            "it is given 1.0 h after its window began; Notifications of launches of ICBMs and SLBMs (31 May 1988) "
            "wants at least 24 h",
        ),
        (
            {"logged_tai_ns": BEGIN - 31 * 24 * H},
            "it is given 744.0 h before its window begins; Pre- and Post-Launch Notification System (Brussels, "
            "16 December 2000) wants at most 720 h (an assumption: its text was not read)",
        ),
        (
            {"until_tai_ns": BEGIN + 100 * H},
            "its window is 100.0 h long; Notifications of launches of ICBMs and SLBMs (31 May 1988) has at most 96 h "
            "(an assumption: its text was not read)",
        ),
        (
            {"areas": TOLD.areas[:1]},
            "it does not give the impact coordinates, which Notifications of launches of ICBMs and SLBMs (31 May 1988) "
            "asks for",
        ),
        (
            {"agreements": ("launch-notification-1988",)},
            "it is owed under Pre- and Post-Launch Notification System (Brussels, 16 December 2000), as its range is "
            "over 500 km, and does not name it",
        ),
        (
            {"agreements": (*TOLD.agreements, "outer-space-1967")},
            "it names the agreement 'outer-space-1967', which is none of accidents-measures-1971, "
            "launch-notification-1988, plns-2000, hague-code-2002, india-pakistan-2005, russia-china-2009",
        ),
        (
            {"agreements": (*TOLD.agreements, "russia-china-2009")},
            "it names Russia and China on notifications of launches (13 October 2009), which does not have this launch "
            "told to any of those it goes to",
        ),
    ],
)
def test_each_fault_is_one_sentence(changes: dict[str, object], sentence: str):
    assert sentence in sentences(**changes)


def test_the_range_follows_from_the_areas_where_no_class_is_told():
    said = msgspec.structs.replace(TOLD, generic_class="-")
    on_a_sphere = 5_766e3  # 51.85 deg from Plesetsk to the middle of Kura's area, by the cosine rule
    assert launch(said).range_m == pytest.approx(on_a_sphere, rel=0.005)
    assert "it does not give the class" in " ".join(faults(said, launch(said), RULES, STATES))


def test_silence_after_the_window_is_said_when_the_agreement_wanted_a_word():
    assert overdue(told(), RULES, STATES, END + 47 * H) == ""
    late = overdue(told(), RULES, STATES, END + 49 * H)
    assert late.startswith(f"{TOLD.id}: its window ended 49.0 h ago and moscow has not said what became of it")
    assert late.endswith("wants that within 48 h (an assumption: its text was not read)")
    assert overdue(told(outcome()), RULES, STATES, END + 49 * H) == ""
    assert overdue(told(extension(BEGIN, END + 24 * H)), RULES, STATES, END + 49 * H) == ""


def test_a_centre_that_tells_too_much_loses_its_own_oldest_and_nobody_elses(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(standing, "MOST", 3)
    board: Board = {}
    hear(board, TOLD, at(TOLD))
    for k in range(9):
        many = msgspec.structs.replace(TOLD, origin="brussels", id=f"b-{k}", until_tai_ns=END + k)
        hear(board, many, at(many))
    assert [told.notification.id for told in board.values()] == [TOLD.id, "b-6", "b-7", "b-8"]


def test_a_notification_holds_no_more_than_so_many_faults():
    wrong = [extension(BEGIN, END - 1, id=f"x-{k}") for k in range(40)]
    assert len(told(*wrong).faults) == standing.FAULTS
