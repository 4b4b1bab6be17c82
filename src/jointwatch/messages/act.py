"""Acts: what a person of a centre did, in which role; kept in the centre's own log and signed with the person's key."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from jointwatch.messages.header import Header
from jointwatch.messages.quantities import Hash, Id, Sentence, Word
from jointwatch.messages.reference import EntryReference

Role = Literal["watch-officer", "analyst", "auditor"]
MAX_POINTED_AT = 64


class Act(Header, kw_only=True, frozen=True, forbid_unknown_fields=True, tag="act"):
    """A person, in a role, did this. on: the entries that it was about; said: the ids of the messages it put on record.

    subject: the SHA-256 of something outside the record, such as an alert that is approved; null: nothing.
    A sign-in is written by the centre's desk, everything else carries the person's own signature.
    """

    person: Word
    role: Role
    act: Word
    on: Annotated[tuple[EntryReference, ...], Meta(max_length=MAX_POINTED_AT)] = ()
    said: Annotated[tuple[Id, ...], Meta(max_length=MAX_POINTED_AT)] = ()
    subject: Hash | None = None
    text: Sentence = ""

    def __post_init__(self) -> None:
        if self.log != f"{self.origin}/{self.origin}/acts":
            raise ValueError("the acts of a centre's people stand in its own log of acts")
