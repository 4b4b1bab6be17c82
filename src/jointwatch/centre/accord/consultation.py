"""Consultation: who asked whom what, how it was answered, and what is still owed; from the logs alone.

A query is answered by the centre that it names, and by nobody else; the first reply that was not taken back is the
answer. Nothing here depends on the order in which the logs came: every entry names what it is about by its hash.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal, TypeAlias

import msgspec

from jointwatch.centre.accord.papers import Void, in_order, place
from jointwatch.messages.consultation import Disclosure, Query, Reply
from jointwatch.messages.correction import Correction
from jointwatch.messages.encoding import Message
from jointwatch.messages.reference import EntryReference

NOTIFY = "notify"
"""The class of the logs in which centres consult: <who says it>/<to whom>/notify."""
NS = 1_000_000_000
State: TypeAlias = Literal["open", "overdue", "answered", "nothing held", "declined", "withdrawn"]
Entry: TypeAlias = tuple[EntryReference, Message]


class Answer(msgspec.Struct, frozen=True):
    """A reply. late: it was logged when no reply was waited for any more. withdrawn: the entry that took it back.

    disclosed: of each entry that is shown by it, what it is, or why it is not what stood behind the released one.
    """

    entry: EntryReference
    said: Reply
    late: bool = False
    withdrawn: EntryReference | None = None
    disclosed: tuple[str, ...] = ()


class Consultation(msgspec.Struct, frozen=True):
    """A query and its replies, the oldest first. until_tai_ns: when a reply was due, by it or by the rules in force."""

    entry: EntryReference
    said: Query
    replies: tuple[Answer, ...] = ()
    withdrawn: EntryReference | None = None
    until_tai_ns: int | None = None

    @property
    def answer(self) -> Answer | None:
        """The reply that stands."""
        return next((reply for reply in self.replies if reply.withdrawn is None), None)

    def state(self, now_tai_ns: int) -> State:
        """Return how it stands at a time."""
        if self.answer is not None:
            return self.answer.said.outcome
        if self.withdrawn is not None:
            return "withdrawn"
        return "overdue" if self.until_tai_ns is not None and now_tai_ns > self.until_tai_ns else "open"


class Consultations(msgspec.Struct, frozen=True):
    """All queries in the order of their times, and what counts for nothing."""

    queries: tuple[Consultation, ...] = ()
    void: tuple[Void, ...] = ()


def consultations(
    entries: Iterable[Entry],
    *,
    reply_within_s: float | None = None,
    shown: Callable[[Disclosure], str] = lambda _: "not looked at",
) -> Consultations:
    """Return the consultations in entries of any logs, in any order.

    reply_within_s: the limit in force for queries that name none. shown: what a disclosure proves, in a sentence.
    """
    held = sorted(entries, key=lambda entry: in_order(entry[0]))
    queries = {at: said for at, said in held if isinstance(said, Query)}
    replies = {at: said for at, said in held if isinstance(said, Reply)}
    taken = {said.corrects: at for at, said in reversed(held) if isinstance(said, Correction) and _takes_back(at, said)}
    answers: dict[EntryReference, list[Answer]] = {}
    void = []
    for at, said in replies.items():
        why = _does_not_answer(said, queries)
        if why:
            void.append(Void(at, f"{place(at)} counts for nothing: {why}"))
            continue
        until = _until(queries[said.query], reply_within_s)
        late = until is not None and said.logged_tai_ns > until
        proofs = tuple(shown(disclosure) for disclosure in said.disclosed)
        answers.setdefault(said.query, []).append(Answer(at, said, late, taken.get(at), proofs))
    found = [
        Consultation(at, said, tuple(answers.get(at, ())), taken.get(at), _until(said, reply_within_s))
        for at, said in queries.items()
    ]
    return Consultations(tuple(sorted(found, key=lambda one: (one.said.logged_tai_ns, one.entry.log))), tuple(void))


def _takes_back(at: EntryReference, said: Correction) -> bool:
    """Return whether a correction takes something of its own centre's back."""
    return said.replacement is None and said.corrects.log.split("/")[0] == at.log.split("/")[0]


def _does_not_answer(said: Reply, queries: dict[EntryReference, Query]) -> str:
    asked = queries.get(said.query)
    if asked is None:
        return f"{place(said.query)}, to which it replies, is no query that is here"
    return "" if asked.to == said.origin else f"{place(said.query)} asks {asked.to}, and {said.origin} replies to it"


def _until(said: Query, within_s: float | None) -> int | None:
    if said.until_tai_ns is not None or within_s is None:
        return said.until_tai_ns
    return said.logged_tai_ns + round(within_s * NS)
