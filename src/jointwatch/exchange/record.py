"""What stands in a centre's record: its own logs and its replicas of the partners', in one SQLite file, opened.

WAL with `synchronous=FULL`: what was written survives a kill and a power cut. One process has the file open at a time,
through one connection; a lock beside it says so. On opening, every hash is recomputed from the entries.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Sequence
from pathlib import Path

import apsw

from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange import ml_dsa, note, recomputed, schema
from jointwatch.exchange.keys import PublicKey, SigningKey
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.merkle import CompactRange
from jointwatch.exchange.refused import Refused

RULE = "jointwatch store"


class Damaged(Refused):
    """Raised where the file does not hold what was signed."""


class Record:
    """The logs of one centre in one run, for reading. Safe to use from several threads."""

    def __init__(
        self,
        path: Path,
        *,
        run: str,
        owner: str,
        log_key: SigningKey | None = None,
        second_log_key: ml_dsa.SigningKey | None = None,
        former_log_keys: Sequence[PublicKey] = (),
    ):
        self.path, self.run, self.owner = path, run, owner
        self._key, self._second_key = log_key, second_log_key
        self._former_keys = tuple(former_log_keys)
        self._lock = threading.RLock()
        self._guard = _sole_user(path)
        try:
            self._db = schema.connect(path, run, owner)
            try:
                if others := schema.of_other_types(self._db):
                    raise Damaged(RULE, f"{path} is damaged: {others[0]!r} in it holds values of another type")
                self._ids = schema.log_ids(self._db)
                self._archived = schema.archived(self._db)
                self._edges = self._checked_edges()
            except BaseException:
                self._db.close()
                raise
        except BaseException as error:
            os.close(self._guard)
            if isinstance(error, apsw.CorruptError | apsw.NotADBError | UnicodeDecodeError):
                raise Damaged(RULE, f"{path} is damaged: {error}; refill it from the partners' replicas") from None
            raise

    def logs(self) -> tuple[LogId, ...]:
        """Return the logs in the store, own and mirrored, in order of their names."""
        with self._lock:
            return tuple(sorted(self._ids))

    def size(self, log: LogId) -> int:
        """Return how many entries `log` has; 0 for one that was never written."""
        return self.edge(log).size

    def edge(self, log: LogId) -> CompactRange:
        """Return the right edge of the log's tree, from which a new root is computed."""
        with self._lock:
            return self._edges.get(log, CompactRange())

    def entry(self, log: LogId, index: int) -> bytes:
        """Return the entry at `index`."""
        return self.entries(log, index, index + 1)[0]

    def entries(self, log: LogId, start: int = 0, stop: int | None = None) -> list[bytes]:
        """Return the entries [start, stop); to the end where no stop is given."""
        with self._lock:
            stop = self.size(log) if stop is None else stop
            self._check_within(log, stop)
            if start >= stop:
                return []
            if self.archived(log):
                raise Refused(RULE, f"the entries of {log} were archived; they are kept elsewhere, not in {self.path}")
            return schema.entries(self._db, self._ids[log], start, stop)

    def archived(self, log: LogId) -> bool:
        """Return whether a shard's entries are kept elsewhere; size, root and last checkpoint are still known."""
        return self._ids.get(log, 0) in self._archived

    def close(self) -> None:
        """Close the file; the store cannot be used afterwards."""
        with self._lock:
            self._db.close()
            if self._guard >= 0:
                os.close(self._guard)
                self._guard = -1

    def _checked_edges(self) -> dict[LogId, CompactRange]:
        try:
            return {log: self._checked_edge(log) for log in self._ids}
        except Refused as refusal:
            raise Damaged(refusal.rule, refusal.sentence) from None

    def _checked_edge(self, log: LogId) -> CompactRange:
        number, origin = self._ids[log], log.origin(self.run)
        if number in self._archived:
            recomputed.check_signed(self._db, number, log, self._archived[number], origin)
            return self._archived[number]
        edge = recomputed.checked_edge(self._db, number, log, origin)
        last = schema.checkpoint(self._db, self._ids[log], edge.size)
        if last is not None and self._key is not None and log.owner == self.owner:
            self.check_ours(last, log)
        return edge

    def check_ours(self, last: bytes, log: LogId) -> None:
        """Raise Refused unless the checkpoint of an own log is signed by its log key, or by one it had before."""
        lines = {line.key_id for line in note.parse(last).signatures}
        keys = [self._key.public, *self._former_keys] if self._key else []
        origin = log.origin(self.run)
        ours = [key for key in keys if note.Ed25519Verifier(origin, key).key_id in lines]
        checkpoints.opened(last, origin, (ours or keys)[0])

    def _log_key(self, log: LogId) -> SigningKey:
        """Return the key that signs an own log's checkpoints."""
        if log.owner != self.owner:
            raise Refused(RULE, f"{log} belongs to {log.owner}; {self.owner} signs and appends to its own logs only")
        if self._key is None:
            raise Refused(RULE, f"{log} cannot be signed: the store was opened without its log key")
        return self._key

    def _check_within(self, log: LogId, size: int) -> None:
        if not 0 <= size <= self.size(log):
            raise Refused(RULE, f"{log} has {self.size(log)} entries; {size} was asked for")


def _sole_user(path: Path) -> int:
    """Return a handle that holds the lock beside the file; raise Refused where another process holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise Refused(
            RULE, f"{path} is in use by another process; a centre's record has one writer, stop that first"
        ) from None
    return handle
