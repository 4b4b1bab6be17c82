"""The order in which a centre hears: its own record entry by entry, and what a receipt in it stands for.

All other logs, the partners' and the centre's own, are heard where the record has a receipt for their entries. So the
record alone says what was known when, and whoever reads it again hears the same in the same order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from jointwatch.earth.timescale import NS_PER_S
from jointwatch.exchange import dsse, merkle
from jointwatch.exchange.desk import urgency
from jointwatch.exchange.keyrings import ROSTER, Keyrings, Unverified
from jointwatch.exchange.log import Store
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.run_directory import MANIFEST
from jointwatch.exchange.shard import shards_of
from jointwatch.messages.encoding import Heard, hear
from jointwatch.messages.plot_report import PlotReport
from jointwatch.messages.receipt import Receipt
from jointwatch.messages.reference import EntryReference, LogHead
from jointwatch.messages.tracklet import Tracklet

RECORD = "record"
RELEASED = ("plot", "track", "alerts")
"""Classes of own logs that hold views of what the record holds whole, or what follows: nothing to hear there."""
AT_ONCE = 256
"""Entries that one receipt stands for, at most, and that are read of the record at once."""
ENOUGH = 512
"""Entries to hear at once, after which what follows from them is said."""


AHEAD_NS = 60 * NS_PER_S
"""How far a partner's clock may be ahead for its sensors' words to be followed; they stand in the log all the same."""


@dataclass(frozen=True, order=True)
class Cursor:
    """How far the record was heard: its shard, and the next position there."""

    shard: str = ""
    index: int = 0

    def encode(self) -> bytes:
        """Return it as it is kept.

        >>> Cursor.decode(Cursor("2026-11", 7).encode())
        Cursor(shard='2026-11', index=7)
        """
        return f"{self.shard}/{self.index}".encode()

    @classmethod
    def decode(cls, data: bytes) -> Cursor:
        """Return a cursor that was kept."""
        shard, _, index = data.decode().partition("/")
        return cls(shard, int(index))


@dataclass(frozen=True)
class Place:
    """A place in the record: the cursor, and the root over all entries of its shard before it."""

    cursor: Cursor
    root: bytes


@dataclass(frozen=True)
class Entry:
    """One entry to hear: whose, what, and where it stands."""

    owner: str
    message: Heard
    at: EntryReference


class Course:
    """Reads the record of one centre in order. keys: a centre's by its name; they say what must not be used."""

    def __init__(self, store: Store, keys: Callable[[str], Keyrings]) -> None:
        self._store, self._keys = store, keys
        self._record = LogId(store.owner, store.owner, RECORD)

    def begin(self) -> Cursor:
        """Return where the record begins, as far as it is here: earlier shards may have been archived."""
        logs = self._shards()
        return Cursor(logs[0].shard, 0) if logs else Cursor()

    def behind(self, cursor: Cursor, until: Cursor | None = None) -> tuple[Cursor, list[Entry]]:
        """Return what is next to be heard behind a cursor, and the cursor then; the same one where there is nothing."""
        for log in self._shards():
            start = cursor.index if log.shard == cursor.shard else 0
            stop = min(self._store.size(log), start + AT_ONCE)
            if until is not None and log.shard >= until.shard:
                stop = min(stop, until.index if log.shard == until.shard else 0)
            if log.shard >= cursor.shard and start < stop:
                return self._stretch(log, start, stop)
        return cursor, []

    def place(self, cursor: Cursor) -> Place:
        """Return a cursor with what the record is before it."""
        log = self._record.of_month(cursor.shard) if cursor.shard else self._record
        return Place(cursor, self._store.root(log, cursor.index))

    def fits(self, place: Place) -> bool:
        """Return whether this record is, up to a place, the one that the place is of."""
        cursor = place.cursor
        log = self._record.of_month(cursor.shard) if cursor.shard else self._record
        return cursor.index <= self._store.size(log) and self.place(cursor) == place

    def logs(self) -> list[LogId]:
        """Return the logs that are here to be read, in order."""
        return [log for log in sorted(self._store.logs()) if not self._store.archived(log)]

    def size(self, log: LogId) -> int:
        """Return how many entries of a log are here."""
        return self._store.size(log)

    def head(self, log: LogId) -> LogHead:
        """Return a log as far as it is here."""
        size = self._store.size(log)
        return LogHead(log=str(log), size=size, root=self._store.root(log, size))

    def next_of(self, log: LogId, cursor: Cursor) -> tuple[Cursor, list[Entry]]:
        """Return the usable entries of a log that are next behind a cursor, and the cursor then."""
        for shard in self.logs():
            start = cursor.index if shard.shard == cursor.shard else 0
            stop = min(self._store.size(shard), start + AT_ONCE)
            if shard.whole == log and shard.shard >= cursor.shard and start < stop:
                return Cursor(shard.shard, stop), self.entries(shard, start, stop)
        return cursor, []

    def entries(self, log: LogId, start: int, stop: int) -> list[Entry]:
        """Return the usable entries of a stretch of a log; none of a log that was archived."""
        if self._store.archived(log):
            return []
        read = enumerate(self._store.entries(log, start, stop), start)
        return [found for at, entry in read if (found := self._usable(log, at, entry)) is not None]

    def due(
        self, received: Mapping[str, int], room: Callable[[str, int], int] = lambda _, wanted: wanted
    ) -> Iterator[tuple[LogHead, int]]:
        """Return for what no receipt stands yet, the most urgent logs first: up to where, and from which entry on.

        room: how many of so many entries of an owner may be heard now.
        """
        for log, start, size in self._waiting(received):
            stop = start + room(log.owner, min(AT_ONCE, size - start))
            if stop > start:
                yield LogHead(log=str(log), size=stop, root=self._store.root(log, stop)), start

    def waiting(self, received: Mapping[str, int]) -> Counter[str]:
        """Return how many entries of each owner no receipt stands for yet."""
        return sum((Counter({log.owner: size - start}) for log, start, size in self._waiting(received)), Counter())

    def _waiting(self, received: Mapping[str, int]) -> Iterator[tuple[LogId, int, int]]:
        for log in sorted(filter(self._is_heard, self._store.logs()), key=urgency):
            start, size = received.get(str(log), 0), self._store.size(log)
            if start < size and not self._store.archived(log):
                yield log, start, size

    def _shards(self) -> list[LogId]:
        logs = self._store.logs()
        found = [self._record] * (self._record in logs) + shards_of(self._record, logs)
        return [log for log in found if not self._store.archived(log)]

    def _is_heard(self, log: LogId) -> bool:
        if log.whole == self._record or log.klass in (ROSTER, MANIFEST):
            return False
        return log.owner != self._store.owner or log.internal or log.klass not in RELEASED

    def _stretch(self, log: LogId, start: int, stop: int) -> tuple[Cursor, list[Entry]]:
        """Return the usable entries of a stretch of the record, each followed by what it stands for, and its end."""
        found: list[Entry] = []
        for index, entry in enumerate(self._store.entries(log, start, stop), start):
            found += self._standing(log, index, entry)
            if len(found) >= ENOUGH:
                return Cursor(log.shard, index + 1), found
        return Cursor(log.shard, stop), found

    def _standing(self, log: LogId, index: int, entry: bytes) -> Iterator[Entry]:
        own = self._usable(log, index, entry)
        if own is None:
            return
        yield own
        if isinstance(own.message, Receipt):
            head, start = own.message.head, own.message.first_index
            of = LogId.parse(head.log)
            stop = min(head.size, start + AT_ONCE, self._store.size(of))
            if of.whole != self._record and not self._store.archived(of):
                found = self.entries(of, start, stop)
                yield from (one for one in found if not _seen_later(one.message, own.message.verified_tai_ns))

    def _usable(self, log: LogId, index: int, entry: bytes) -> Entry | None:
        """Return an entry to hear; None where a key signed it outside of its bounds."""
        try:
            self._keys(log.owner).check_bounds(entry, log, index)
        except Unverified:
            return None
        at = EntryReference(log=str(log), index=index, leaf_hash=merkle.leaf_hash(entry))
        return Entry(log.owner, hear(dsse.parse(entry).payload), at)


def _seen_later(message: Heard, received_tai_ns: int) -> bool:
    """Return whether a sensor is said to have seen something well after it was told of: no tracker can use that."""
    if isinstance(message, PlotReport):
        return message.time_tai_ns > received_tai_ns + AHEAD_NS
    return isinstance(message, Tracklet) and message.to_tai_ns > received_tai_ns + AHEAD_NS
