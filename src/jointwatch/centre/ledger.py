"""The desk and its ledger: every message gets its header, a number and the desk key's signature, and is kept.

What is said during one tick is gathered and committed in one transaction: all of it is in the record, or none.
"""

from __future__ import annotations

from typing import Any, TypeVar

from jointwatch.exchange import dsse, merkle
from jointwatch.exchange.keys import SigningKey
from jointwatch.exchange.log import Store
from jointwatch.exchange.logid import COMMON, LogId
from jointwatch.messages.encoding import PAYLOAD_TYPE, Message, encode
from jointwatch.messages.quantities import Mode
from jointwatch.messages.reference import EntryReference

M = TypeVar("M", bound=Message)


class Ledger:
    """Writes, signs and keeps the messages of one centre in one run."""

    def __init__(self, centre: str, *, run: str, mode: Mode, key: SigningKey, store: Store) -> None:
        self.centre, self.run, self.mode = centre, run, mode
        self.now_tai_ns = 0
        self._key = key
        self._store = store
        self._numbers: dict[str, int] = {}
        self._waiting: dict[LogId, list[bytes]] = {}
        self._said: list[tuple[EntryReference, Message]] = []

    def say(self, kind: type[M], log: LogId, **content: Any) -> tuple[M, EntryReference]:
        """Return a message of a kind, written for a log and waiting for `commit`, and where it will stand."""
        name = str(kind.__struct_config__.tag)
        number = self._numbers[name] = self._numbers.get(name, 0) + 1
        message = kind(
            mode=self.mode,
            run=self.run,
            origin=self.centre,
            log=str(log),
            logged_tai_ns=self.now_tai_ns,
            id=f"{self.centre}-{name}-{number}",
            **content,
        )
        reference = self.put(log, dsse.sign(PAYLOAD_TYPE, encode(message), [self._key]).encode())
        self._said.append((reference, message))
        return message, reference

    def vouched(self, entry: bytes) -> bytes:
        """Return an entry with the desk's signature beside its originator's: taken in, checked, and so vouched for."""
        envelope = dsse.parse(entry)
        return dsse.joined([envelope, dsse.sign(envelope.payload_type, envelope.payload, [self._key])]).encode()

    def put(self, log: LogId, entry: bytes) -> EntryReference:
        """Return where an entry that someone else signed will stand once committed."""
        waiting = self._waiting.setdefault(log, [])
        waiting.append(entry)
        index = self._store.size(log) + len(waiting) - 1
        return EntryReference(log=str(log), index=index, leaf_hash=merkle.leaf_hash(entry))

    def entry(self, reference: EntryReference) -> bytes:
        """Return an own entry, committed or waiting."""
        log = LogId.parse(reference.log)
        size = self._store.size(log)
        return (
            self._store.entry(log, reference.index)
            if reference.index < size
            else self._waiting[log][reference.index - size]
        )

    def commit(self) -> list[tuple[EntryReference, Message]]:
        """Keep everything that waits, in one transaction, and return the messages the desk wrote, in order."""
        said, batch = self._said, self._waiting
        self._said, self._waiting = [], {}
        if batch:
            self._store.append(batch)
        return said

    def internal(self) -> LogId:
        """Return the log that stays at home."""
        return LogId(self.centre, self.centre, "record")

    def common(self, klass: str) -> LogId:
        """Return the log of a class that is the same for all."""
        return LogId(self.centre, COMMON, klass)

    def to(self, partner: str, klass: str) -> LogId:
        """Return the log of a class for one partner."""
        return LogId(self.centre, partner, klass)
