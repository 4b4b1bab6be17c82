"""Consultations from the logs: who asked, who answered, what is owed; in whatever order it came."""

from __future__ import annotations

import itertools

import pytest

from jointwatch.centre.accord import asking
from jointwatch.centre.accord.consultation import Entry, consultations
from jointwatch.centre.saying import Saying
from jointwatch.messages.correction import Correction
from jointwatch.messages.encoding import Message
from jointwatch.messages.reference import EntryReference

S = 1_000_000_000
START = 1_000 * S


def saying(centre: str, at_s: int) -> Saying:
    return Saying(centre, "watch", "exercise", START + at_s * S, f"{at_s:04d}")


def stands(index: int, message: Message) -> Entry:
    return EntryReference(log=message.log, index=index, leaf_hash=bytes([index]) * 32), message


ASKED = stands(
    1, asking.query(saying("moscow", 0), "brussels", "launch", "Was that yours?", until_tai_ns=START + 60 * S)
)
ANSWERED = stands(2, asking.reply(saying("brussels", 30), ASKED, "nothing held", "Not ours"))
LATER = stands(3, asking.reply(saying("brussels", 90), ASKED, "answered", "A research rocket"))


def test_whoever_is_named_answers_and_the_first_reply_that_was_not_taken_back_stands():
    gone = stands(4, asking.withdrawal(saying("brussels", 80), ANSWERED[0], "we looked again"))
    (one,) = consultations([ASKED, ANSWERED, LATER, gone]).queries
    assert one.state(START) == "answered"
    assert one.answer is not None
    assert (one.answer.said.text, one.answer.late) == ("A research rocket", True)
    assert [reply.withdrawn for reply in one.replies] == [gone[0], None]


@pytest.mark.parametrize("text", ["", " "])
def test_a_query_asks_something(text: str):
    with pytest.raises(ValueError, match="its text is empty"):
        asking.query(saying("moscow", 0), "brussels", "launch", text)


def test_the_same_entries_in_any_order_give_the_same():
    gone = stands(4, asking.withdrawal(saying("brussels", 80), ANSWERED[0], "we looked again"))
    entries = (ASKED, ANSWERED, LATER, gone)
    assert len({repr(consultations(order)) for order in itertools.permutations(entries)}) == 1


@pytest.mark.parametrize(("at_s", "state"), [(60, "open"), (61, "overdue")])
def test_a_reply_is_owed_until_the_time_that_the_query_or_the_rules_say(at_s: int, state: str):
    assert consultations([ASKED]).queries[0].state(START + at_s * S) == state
    open_ended = stands(1, asking.query(saying("moscow", 0), "brussels", "launch", "Was that yours?"))
    assert consultations([open_ended], reply_within_s=60.0).queries[0].state(START + at_s * S) == state
    assert consultations([open_ended]).queries[0].state(START + 10**6 * S) == "open"


def test_a_query_is_taken_back_by_its_own_centre_alone():
    own = stands(5, asking.withdrawal(saying("moscow", 5), ASKED[0], "found it ourselves"))
    assert consultations([ASKED, own]).queries[0].state(START) == "withdrawn"
    header = saying("brussels", 5).header(saying("brussels", 5).to("moscow", "notify"), "withdrawal")
    others = stands(5, Correction(**header, corrects=ASKED[0], reason="not to be asked"))
    assert consultations([ASKED, others]).queries[0].state(START) == "open"


def test_a_reply_by_another_or_to_nothing_counts_for_nothing_and_is_said():
    said = ANSWERED[1]
    forged = stands(6, type(said)(**{**_fields(said), "origin": "riga", "log": "riga/moscow/notify", "id": "x"}))
    found = consultations([ASKED, forged])
    assert "asks brussels, and riga replies to it" in found.void[0].sentence
    assert found.queries[0].replies == ()
    assert "is no query that is here" in consultations([ANSWERED]).void[0].sentence


def test_what_cannot_be_said_is_not_drafted():
    with pytest.raises(ValueError, match="asks brussels, which alone can reply"):
        asking.reply(saying("riga", 1), ASKED, "answered", "It was us")
    with pytest.raises(ValueError, match="is no query"):
        asking.reply(saying("moscow", 1), ANSWERED, "answered", "Thanks")
    with pytest.raises(ValueError, match="withdraws what it said itself"):
        asking.withdrawal(saying("riga", 1), ASKED[0], "no")


def _fields(message: Message) -> dict[str, object]:
    return {name: getattr(message, name) for name in message.__struct_fields__}
