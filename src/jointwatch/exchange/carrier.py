"""What any carrier moves between two centres: a question with positions, an answer with frames, cosignatures back.

A carrier is untrusted by construction: it moves frames that verify or do not. HTTPS is one (`https`), two desks in
one process are another (tests), a stick is a third. What a peer may read or hand in is decided at the `Desk`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Annotated, Protocol, TypeVar

import msgspec

from jointwatch.exchange.refused import Refused

RULE = "jointwatch wire v1"
WIRE_VERSION = 1
MAX_REQUEST_BYTES = 4 << 20
MAX_ANSWER_BYTES = 8 << 20  # twice what the entries of one answer may hold: room for a single commit that is larger
MAX_LOGS = 256
MAX_WAIT_MS = 10_000
LEAST_ASKED_BYTES, MOST_ASKED_BYTES = 4 << 10, 4 << 20

LogName = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Root = Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]
Size = Annotated[int, msgspec.Meta(ge=0, lt=1 << 48)]
Note = Annotated[bytes, msgspec.Meta(max_length=16 << 10)]  # a checkpoint with its signatures


class Position(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """How far a log was verified: its size in entries and the RFC 6962 root over them."""

    size: Size
    root: Root


class Pull(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The question: what is new after these last verified positions? A log not named is asked for from its start.

    wait_ms: how long an answer that would bring nothing is held back, in case something comes. max_bytes: how many
    bytes of entries are wanted in all, but for a single one that is larger; an asker on a slow line asks for few, so
    that what is urgent need not wait behind a long answer. without: logs, all their shards, of which nothing is wanted,
    as the asker would refuse it: they would take the room of the others in every answer.
    """

    v: int
    positions: Annotated[dict[LogName, Position], msgspec.Meta(max_length=MAX_LOGS)]
    wait_ms: Annotated[int, msgspec.Meta(ge=0, le=MAX_WAIT_MS)] = 0
    max_bytes: Annotated[int, msgspec.Meta(ge=LEAST_ASKED_BYTES, le=MOST_ASKED_BYTES)] = MOST_ASKED_BYTES
    without: Annotated[tuple[LogName, ...], msgspec.Meta(max_length=MAX_LOGS)] = ()


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Frames of logs that moved on; our checkpoint of each log asked for at a position that is not in our history.

    conflicts: log -> signed checkpoint, empty where we hold no such log. Whoever gets one has noticed a rollback or
    a split view: the position it named was verified under our signature once.
    more: the answer was cut at its limits; ask again.
    """

    v: int
    frames: Annotated[list[bytes], msgspec.Meta(max_length=MAX_LOGS)]
    conflicts: Annotated[dict[LogName, Note], msgspec.Meta(max_length=MAX_LOGS)]
    more: bool


class Cosignatures(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Receipts: for each log the checkpoint that the sender verified and holds, with its cosignature."""

    v: int
    notes: Annotated[dict[LogName, Note], msgspec.Meta(min_length=1, max_length=MAX_LOGS)]


class Health(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who answers, and whom it believes it is talking to."""

    v: int
    centre: str
    peer: str


class Body(Protocol):
    """What a request or an answer says: the version of the wire, and more."""

    @property
    def v(self) -> int:
        """The version."""


W = TypeVar("W", bound=Body)


def parse(body: bytes | bytearray, kind: type[W]) -> W:
    """Return what a body of this kind holds; raise Refused for any other bytes and for another version."""
    try:
        found = msgspec.msgpack.decode(body, type=kind)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise Refused(RULE, f"not a {kind.__name__}: {error}") from None
    if found.v != WIRE_VERSION:
        raise Refused(RULE, f"wire version {WIRE_VERSION} is spoken here, not {found.v}")
    return found


class Desk(Protocol):
    """Where a centre meets a partner whose name the line has already proven."""

    centre: str

    def pull(
        self,
        peer: str,
        positions: Mapping[str, Position],
        *,
        max_bytes: int = MOST_ASKED_BYTES,
        without: Collection[str] = (),
    ) -> Answer:
        """What the peer may read, does not have yet and wants; raises NotForYou for a log it must not know."""

    def give_back(self, peer: str, positions: Mapping[str, Position]) -> Answer:
        """What is kept here of the peer's own logs after these positions; raises NotForYou for anyone else's."""

    def cosign(self, peer: str, notes: Mapping[str, bytes]) -> None:
        """Keep the peer's cosignatures; raises ValueError, naming the rule, when one does not verify."""

    def listen(self, heard: Callable[[], None]) -> None:
        """Have `heard` called whenever there may be more to pull, in whatever thread."""


def answered(desk: Desk, peer: str, question: Pull) -> Answer:
    """Return what a desk answers to a question of this peer."""
    return desk.pull(peer, question.positions, max_bytes=question.max_bytes, without=question.without)


class NotForYou(Exception):  # noqa: N818 - reads as what happened, as do LineCut, Refused, Equivocation
    """A peer asked for a log that it may not read."""


class LineCut(Exception):  # noqa: N818
    """The partner could not be reached, or what answered is not our protocol; the reason is one sentence."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TurnedDown(LineCut):
    """The partner is there and said no; its words are in the reason, and with HTTPS its status."""

    def __init__(self, reason: str, status: int = 0) -> None:
        super().__init__(reason)
        self.status = status
