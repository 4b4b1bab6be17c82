"""Joint statements: both centres' findings named by their hashes, what they agree on, and each centre's signature."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from jointwatch.messages.finding import MAX_OBJECTS, ObjectFinding
from jointwatch.messages.header import Header
from jointwatch.messages.quantities import Hash, Id, Line, Sentence, TaiNs, Word, octets
from jointwatch.messages.reference import EntryReference


class Member(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """The object as one centre's finding calls it."""

    centre: Word
    object: Id


class Concordance(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """One thing compared: whether both findings agree within their uncertainty, and a sentence with the figures."""

    item: Line
    agree: bool
    text: Sentence


class JointObject(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """One object, or two findings taken for one. joint: the better determined of the findings."""

    object: Id
    members: Annotated[tuple[Member, ...], Meta(min_length=1, max_length=16)]
    concordance: Annotated[tuple[Concordance, ...], Meta(max_length=32)]
    joint: ObjectFinding | None = None


class Statement(Header, kw_only=True, frozen=True, forbid_unknown_fields=True, tag="statement"):
    """What the centres say together, as of a time; where they disagree, on what. absent: centres that took no part."""

    as_of_tai_ns: TaiNs
    centres: Annotated[tuple[Word, ...], Meta(min_length=1, max_length=16)]
    absent: Annotated[tuple[Word, ...], Meta(max_length=16)] = ()
    findings: Annotated[tuple[EntryReference, ...], Meta(min_length=1, max_length=16)]
    objects: Annotated[tuple[JointObject, ...], Meta(max_length=MAX_OBJECTS)]
    agree: bool
    sentences: Annotated[tuple[Sentence, ...], Meta(max_length=64)]

    def __post_init__(self) -> None:
        compared = [item for joint in self.objects for item in joint.concordance]
        if self.agree and not all(item.agree for item in compared):
            raise ValueError("the statement says the centres agree, but an item of its concordance says they do not")
        if set(self.centres) & set(self.absent):
            raise ValueError("a centre cannot both make the statement and be absent from it")


class StatementSignature(Header, kw_only=True, frozen=True, forbid_unknown_fields=True, tag="statement_signature"):
    """The origin cosigns a statement: its DSSE signature over the payload, to be joined in statement.json."""

    statement: EntryReference | None = None
    payload_type: Line
    payload_sha256: Hash
    keyid: Line
    signature: Annotated[bytes, octets(64, 64)]
