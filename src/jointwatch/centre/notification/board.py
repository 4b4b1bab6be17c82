"""What was told of launches, as it stands on record: read from the logs of notices, each entry once.

Entries that a compromised key signed are left out, also those read before that was known.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import msgspec

from jointwatch.assessment.notification.standing import Board, Told, hear
from jointwatch.centre.notification import identifier
from jointwatch.exchange import dsse, merkle
from jointwatch.exchange.keyrings import Keyrings, Unverified
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.record import Record
from jointwatch.exchange.refused import Refused
from jointwatch.messages.encoding import hear as heard
from jointwatch.messages.notification import Notification, WindowExtension
from jointwatch.messages.post_launch import PostLaunchNotice
from jointwatch.messages.reference import EntryReference

NOTIFY = "notify"
ROWS = 1_024
SHOWN_NS = 400 * 86_400 * 1_000_000_000
"""How long after its window a launch is shown: what was told of one year is whole until the next has begun."""
OF_NOTICES = (Notification, WindowExtension, PostLaunchNotice)


class Posted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One entry that tells of a launch. about: the leaf hash of the notification that it is, or goes on from."""

    log: str
    index: int
    about: bytes
    entry: bytes


class Notices(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a centre shows its clients: for which states it and its partners speak, and what was told of launches."""

    v: int
    states: dict[str, list[str]]
    posted: list[Posted]


@dataclass
class _Read:
    """What was read under so many bounds of keys."""

    bounds: dict[str, int] = field(default_factory=dict)
    position: dict[LogId, int] = field(default_factory=dict)
    board: Board = field(default_factory=dict)
    posted: list[Posted] = field(default_factory=list)


class NoticeBoard:
    """The notices of a record; it goes on from where it stopped, and new bounds of keys begin it anew."""

    def __init__(self, record: Record, keys: Callable[[str], Keyrings]) -> None:
        self._record, self._keys = record, keys
        self._read, self._lock = _Read(), threading.Lock()

    def told(self) -> tuple[Told, ...]:
        """Return all that was told, as it stands now, in the order in which it was read."""
        with self._lock:
            return tuple(self._now().board.values())

    def posted(self, since_tai_ns: int) -> list[Posted]:
        """Return the entries about launches whose window ends after a time, each log in its order."""
        with self._lock:
            read = self._now()
            late = {key for key, told in read.board.items() if told.window_tai_ns[1] > since_tai_ns}
            read.posted = [one for one in read.posted if one.about in read.board]
            return [one for one in read.posted if one.about in late]

    def _now(self) -> _Read:
        logs = [log for log in self._record.logs() if log.klass == NOTIFY and not self._record.archived(log)]
        bounds = {log.owner: self._bounds(log.owner) for log in logs}
        if any(bounds[owner] != count for owner, count in self._read.bounds.items() if owner in bounds):
            self._read = _Read()
        self._read.bounds |= bounds
        for log in sorted(logs, key=str):
            self._read_on(log)
        return self._read

    def _bounds(self, owner: str) -> int:
        try:
            return len(self._keys(owner).bounds)
        except Refused:
            return 0  # of a partner that is none any more

    def _read_on(self, log: LogId) -> None:
        size, start = self._record.size(log), self._read.position.get(log, 0)
        while start < size:
            stop = min(size, start + ROWS)
            for index, entry in enumerate(self._record.entries(log, start, stop), start):
                self._take(log, index, entry)
            self._read.position[log] = start = stop

    def _take(self, log: LogId, index: int, entry: bytes) -> None:
        message = heard(dsse.parse(entry).payload)
        if isinstance(message, OF_NOTICES) and self._usable(log, index, entry):
            at = EntryReference(log=str(log), index=index, leaf_hash=merkle.leaf_hash(entry))
            hear(self._read.board, message, at)
            self._read.posted.append(Posted(str(log), index, _about(message, at), entry))

    def _usable(self, log: LogId, index: int, entry: bytes) -> bool:
        try:
            self._keys(log.owner).check_bounds(entry, log, index)
        except Unverified:
            return False
        except Refused:
            return True  # its owner is no partner any more; it was verified when it came
        return True


def _about(message: Notification | WindowExtension | PostLaunchNotice, at: EntryReference) -> bytes:
    """Return the leaf hash of the notification that a message is, or goes on from; empty where it is about none."""
    if isinstance(message, Notification):
        return at.leaf_hash
    of = message.notification if isinstance(message, WindowExtension) else message.announced
    return of.leaf_hash if of else b""


def folded(posted: Iterable[Posted]) -> Board:
    """Return the board that some entries make, as a centre passed them on."""
    board: Board = {}
    for one in posted:
        message = heard(dsse.parse(one.entry).payload)
        at = EntryReference(log=one.log, index=one.index, leaf_hash=merkle.leaf_hash(one.entry))
        hear(board, message, at)
    return board


def next_number(told: Iterable[Told], state: str, year: int) -> int:
    """Return the number of a state's next notification in a year: one more than the highest given."""
    return 1 + max((_number(one, state, year) for one in told), default=0)


def _number(told: Told, state: str, year: int) -> int:
    try:
        id = identifier.parse(told.notification.id)
    except ValueError:
        return 0  # of another system
    return id.number if (id.state, id.year) == (state, year) else 0
