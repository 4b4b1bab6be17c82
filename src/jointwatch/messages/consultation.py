"""Consultation: one centre asks another about something in the record, and is answered, or told that it will not be.

A reply may disclose what was withheld before: the internal entry and the salt of the commitment in the released view,
so that the asker can prove that this entry, and no other, stood behind that view.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from jointwatch.messages.header import Header
from jointwatch.messages.quantities import Sentence, TaiNs, Word, octets
from jointwatch.messages.reference import EntryReference
from jointwatch.messages.release import SALT_BYTES

_References = Annotated[tuple[EntryReference, ...], Meta(max_length=64)]


class Query(Header, kw_only=True, frozen=True, forbid_unknown_fields=True, tag="query"):
    """The origin asks the centre `to`. about: the entries in question; none where the question is about none.

    subject: what is wanted. until_tai_ns: after this no reply is waited for; null: no limit.
    """

    to: Word
    subject: Literal["launch", "object", "plots", "source", "statement", "line"]
    about: _References = ()
    text: Sentence
    until_tai_ns: TaiNs | None = None

    def __post_init__(self) -> None:
        if self.to == self.origin:
            raise ValueError("a centre does not ask itself; `to` names another")
        if self.until_tai_ns is not None and self.until_tai_ns <= self.logged_tai_ns:
            raise ValueError("the query leaves no time for a reply; until_tai_ns lies after logged_tai_ns")


class Disclosure(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """What stands behind a released view: the whole internal entry, and the salt of the view's commitment to it."""

    released: EntryReference
    salt: Annotated[bytes, octets(SALT_BYTES, SALT_BYTES)]
    entry: Annotated[bytes, octets(1, 60_000)]


class Reply(Header, kw_only=True, frozen=True, forbid_unknown_fields=True, tag="reply"):
    """The answer to a query. entries: what in the record answers it; disclosed: what was withheld and now is not."""

    query: EntryReference
    outcome: Literal["answered", "nothing held", "declined"]
    text: Sentence
    entries: _References = ()
    disclosed: Annotated[tuple[Disclosure, ...], Meta(max_length=16)] = ()

    def __post_init__(self) -> None:
        if self.outcome != "answered" and (self.entries or self.disclosed):
            raise ValueError(f'the outcome "{self.outcome}" names no entries and discloses nothing')
        if any(disclosed.released.log.split("/")[0] != self.origin for disclosed in self.disclosed):
            raise ValueError("a centre discloses only what stands behind its own entries")
