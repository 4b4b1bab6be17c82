"""The next entry of a consultation: a query, the reply to one, and that something said does not hold any more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

from jointwatch.centre.accord.consultation import NOTIFY, Entry
from jointwatch.centre.accord.papers import place
from jointwatch.centre.saying import Saying
from jointwatch.messages.consultation import Disclosure, Query, Reply
from jointwatch.messages.correction import Correction
from jointwatch.messages.reference import EntryReference

Subject: TypeAlias = Literal["launch", "object", "plots", "source", "statement", "line"]
Outcome: TypeAlias = Literal["answered", "nothing held", "declined"]


def query(
    saying: Saying,
    to: str,
    subject: Subject,
    text: str,
    *,
    about: Sequence[EntryReference] = (),
    until_tai_ns: int | None = None,
) -> Query:
    """Return a query to another centre."""
    if not text.strip():
        raise ValueError("a query asks something; its text is empty")
    header = saying.header(saying.to(to, NOTIFY), "query")
    return Query(**header, to=to, subject=subject, about=tuple(about), text=text, until_tai_ns=until_tai_ns)


def reply(
    saying: Saying,
    asked: Entry,
    outcome: Outcome,
    text: str,
    *,
    entries: Sequence[EntryReference] = (),
    disclosed: Sequence[Disclosure] = (),
) -> Reply:
    """Return the reply to a query that names this centre; it goes to whoever asked."""
    at, said = asked
    if not isinstance(said, Query):
        raise ValueError(f"{place(at)} is no query")
    if said.to != saying.centre:
        raise ValueError(f"{place(at)} asks {said.to}, which alone can reply to it")
    return Reply(
        **saying.header(saying.to(said.origin, NOTIFY), "reply"),
        query=at,
        outcome=outcome,
        text=text,
        entries=tuple(entries),
        disclosed=tuple(disclosed),
    )


def withdrawal(saying: Saying, entry: EntryReference, reason: str) -> Correction:
    """Return that something which this centre said no longer holds; it stands in the log of what it takes back."""
    owner, audience, klass = entry.log.split("/")[:3]
    if owner != saying.centre:
        raise ValueError(f"{place(entry)} is {owner}'s; {saying.centre} withdraws what it said itself")
    log = saying.common(klass) if audience == "common" else saying.to(audience, klass)
    return Correction(**saying.header(log, "withdrawal"), corrects=entry, reason=reason)
