"""The desk and its ledger: every message gets its header, a number and the desk key's signature, and is kept.

What is said during one tick is gathered and committed in one transaction: all of it is in the record, or none; with it
what must be known again after an end of the process, such as the last number of each kind of message.
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


_NUMBER = "ledger/number/"


class Ledger:
    """Writes, signs and keeps the messages of one centre in one run; after an end it goes on from the record."""

    def __init__(self, centre: str, *, run: str, mode: Mode, key: SigningKey, store: Store) -> None:
        self.centre, self.run, self.mode = centre, run, mode
        self.now_tai_ns = 0
        self._key = key
        self._store = store
        kept = store.kept(_NUMBER)
        self._numbers = {name.removeprefix(_NUMBER): int(value) for name, value in kept.items()}
        self._changed: dict[str, bytes | None] = {}
        self._waiting: dict[LogId, list[bytes]] = {}
        self._said: list[tuple[EntryReference, Message]] = []

    @property
    def waits(self) -> bool:
        """Whether anything waits to be kept."""
        return bool(self._waiting or self._changed)

    def sign_with(self, key: SigningKey) -> None:
        """Sign what is said from now on with this key."""
        self._key = key

    def say(self, kind: type[M], log: LogId, **content: Any) -> tuple[M, EntryReference]:
        """Return a message of a kind, written for a log and waiting for `commit`, and where it will stand."""
        message = self.draft(kind, log, **content)
        name = str(kind.__struct_config__.tag)
        self._numbers[name] = self._numbers.get(name, 0) + 1
        self.remember(f"{_NUMBER}{name}", b"%d" % self._numbers[name])
        reference = self.put(log, dsse.sign(PAYLOAD_TYPE, encode(message), [self._key]).encode())
        self._said.append((reference, message))
        return message, reference

    def draft(self, kind: type[M], log: LogId, **content: Any) -> M:
        """Return a message as it would be said now; it is neither numbered nor kept."""
        name = str(kind.__struct_config__.tag)
        return kind(
            mode=self.mode,
            run=self.run,
            origin=self.centre,
            log=str(log),
            logged_tai_ns=self.now_tai_ns,
            id=f"{self.centre}-{name}-{self._numbers.get(name, 0) + 1}",
            **content,
        )

    def vouched(self, entry: bytes) -> bytes:
        """Return an entry with the desk's signature beside its originator's: taken in, checked, and so vouched for."""
        envelope = dsse.parse(entry)
        return dsse.joined([envelope, dsse.sign(envelope.payload_type, envelope.payload, [self._key])]).encode()

    def put(self, log: LogId, entry: bytes) -> EntryReference:
        """Return where an entry that someone else signed will stand once committed."""
        at, start = self._store.place(log)
        waiting = self._waiting.setdefault(at, [])
        waiting.append(entry)
        return EntryReference(log=str(at), index=start + len(waiting) - 1, leaf_hash=merkle.leaf_hash(entry))

    def entry(self, reference: EntryReference) -> bytes:
        """Return an own entry, committed or waiting."""
        log = LogId.parse(reference.log)
        size = self._store.size(log)
        if reference.index < size:
            return self._store.entry(log, reference.index)
        start = size or int(log.shard != "")  # behind the opening of a shard that is not there yet
        return self._waiting[log][reference.index - start]

    def remember(self, name: str, value: bytes | None) -> None:
        """Have a value kept, or with None forgotten, with the next `commit`."""
        self._changed[name] = value

    def remembered(self, prefix: str) -> dict[str, bytes]:
        """Return the values that were kept under names with this beginning, in order of their names."""
        return self._store.kept(prefix)

    def commit(self) -> list[tuple[EntryReference, Message]]:
        """Keep everything that waits, in one transaction, and return the messages the desk wrote, in order."""
        said, batch, changed = self._said, self._waiting, self._changed
        self._said, self._waiting, self._changed = [], {}, {}
        if batch or changed:
            with self._store.together():
                self._store.append(batch)
                self._store.keep(changed)
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
