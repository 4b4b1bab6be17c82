"""A centre's record: all its own logs and its replicas of the partners', in one SQLite file.

One transaction holds entries, tree nodes and the signed checkpoint, so no state exists in which an acknowledged entry
is not under a signature. WAL with `synchronous=FULL`: what `append` returned survives a kill and a power cut. One
process has the file open at a time, through one connection; a lock beside it says so.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

import apsw

from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange import frame as frames
from jointwatch.exchange import merkle, note, schema
from jointwatch.exchange.frame import Frame
from jointwatch.exchange.keys import SigningKey
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.merkle import CompactRange
from jointwatch.exchange.refused import Refused

RULE = "jointwatch store"

Listener = Callable[[LogId, int], None]
"""Called with a log and its new size, after the entries are on the disk."""


class Store:
    """The logs of one centre in one run. Safe to use from several threads; every call is one transaction or one read.

    `log_key` signs the checkpoints of own logs; without it the store can be read and can mirror, but not append.
    """

    def __init__(self, path: Path, *, run: str, owner: str, log_key: SigningKey | None = None):
        self.path, self.run, self.owner = path, run, owner
        self._key = log_key
        self._lock = threading.RLock()
        self._listeners: list[Listener] = []
        self._nested = False
        self._untold: list[Mapping[LogId, range]] = []
        self._guard = _sole_user(path)
        try:
            self._db = schema.connect(path, run, owner)
            try:
                self._ids = schema.log_ids(self._db)
                self._edges = {log: self._checked_edge(log) for log in self._ids}
            except BaseException:
                self._db.close()
                raise
        except BaseException as error:
            os.close(self._guard)
            if isinstance(error, apsw.CorruptError | apsw.NotADBError):
                raise Refused(RULE, f"{path} is damaged: {error}; refill it from the partners' replicas") from None
            raise

    # What the logs hold

    def logs(self) -> tuple[LogId, ...]:
        """Return the logs in the store, own and mirrored, in order of their names."""
        with self._lock:
            return tuple(sorted(self._ids))

    def size(self, log: LogId) -> int:
        """Return how many entries `log` has; 0 for one that was never written."""
        return self.edge(log).size

    def root(self, log: LogId, size: int | None = None) -> bytes:
        """Return the root of the log's first `size` entries; of all of them where no size is given."""
        if size is None:
            return self.edge(log).root()
        with self._lock:
            self._check_within(log, size)
            return merkle.root(self._node(log), size)

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
            return schema.entries(self._db, self._ids[log], start, stop)

    def inclusion_proof(self, log: LogId, index: int, size: int) -> list[bytes]:
        """Return the hashes from entry `index` to the root of the first `size` entries."""
        with self._lock:
            self._check_within(log, size)
            return merkle.inclusion_proof(self._node(log), index, size)

    def consistency_proof(self, log: LogId, size1: int, size2: int) -> list[bytes]:
        """Return the hashes that show the first `size1` entries to be the beginning of the first `size2`."""
        with self._lock:
            self._check_within(log, size2)
            return merkle.consistency_proof(self._node(log), size1, size2)

    def consistent(self, log: LogId, size: int, root: bytes) -> bool:
        """Return whether (size, root) is a beginning of this log; False also where the partner holds more."""
        with self._lock:
            return 0 <= size <= self.size(log) and self.root(log, size) == root

    # Checkpoints

    def checkpoint(self, log: LogId, size: int | None = None) -> bytes:
        """Return the note over the log's first `size` entries (the newest where none is given), cosignatures included.

        For an own log any size can be asked for; of a mirrored one, those at which a frame ended.
        """
        with self._lock:
            size = self.size(log) if size is None else size
            body = self._checkpoint(log, size)
            for line in schema.cosignatures(self._db, self._ids.get(log, 0), size):
                body = checkpoints.with_signature(body, note.parse_signature(line))
            return body

    def cosigned(self, log: LogId) -> bytes | None:
        """Return the newest checkpoint that carries a cosignature; None where there is none."""
        with self._lock:
            size = schema.cosigned_size(self._db, self._ids.get(log, 0))
            return None if size is None else self.checkpoint(log, size)

    def add_cosignature(self, log: LogId, size: int, line: str, cosigner: checkpoints.Cosigner) -> None:
        """Keep `cosigner`'s line over the checkpoint of `size`, once verified; the newest line of a name stays."""
        signature = note.parse_signature(line)
        if (signature.name, signature.key_id) != (cosigner.name, cosigner.key_id):
            raise Refused(checkpoints.COSIGNATURE_RULE, f"the line is by {signature.name}, not by {cosigner.name}")
        with self._lock:
            body = self._checkpoint(log, size)
            cosigner.check(note.parse(body).text, signature.signature)
            ids = dict(self._ids)
            with self._transaction():
                number = ids[log] if log in ids else ids.setdefault(log, schema.add_log(self._db, log))
                schema.put_checkpoint(self._db, number, size, body)
                schema.put_cosignature(self._db, number, size, cosigner.name, line)
            self._ids = ids

    # Writing

    def append(self, batch: Mapping[LogId, Sequence[bytes]]) -> dict[LogId, range]:
        """Return the positions the entries were given, once all of them are on the disk under signed checkpoints.

        All logs of the batch in one transaction: either everything is in the record or nothing is.
        """
        written = {log: entries for log, entries in batch.items() if entries}
        for log, entries in written.items():
            self._check_own(log)
            for number, entry in enumerate(entries):
                frames.check_entry(entry, f"entry {number} for {log}")
        with self._lock:
            ids, edges = dict(self._ids), dict(self._edges)
            with self._transaction():
                for log, entries in written.items():
                    edges[log] = self._write(ids, log, entries)
                    body = self._signed(log, edges[log].size, edges[log].root())
                    schema.put_checkpoint(self._db, ids[log], edges[log].size, body)
            self._ids, self._edges = ids, edges
        positions = {log: range(edges[log].size - len(entries), edges[log].size) for log, entries in written.items()}
        self._tell(positions)
        return positions

    def store_mirrored(self, frame: Frame) -> range:
        """Return the positions of a partner's frame, once it is on the disk.

        The caller has verified the checkpoint's signature. Position and root are checked here once more: the frame
        must begin where the replica ends, and its entries must lead to the checkpoint's root. An empty frame writes
        nothing.
        """
        claimed = checkpoints.unverified(frame.checkpoint)
        with self._lock:
            ids, start = dict(self._ids), self.size(frame.log)
            self._check_next(frame, start, claimed)
            with self._transaction():
                edge = self._write(ids, frame.log, frame.entries)
                if edge.root() != claimed.root:
                    raise Refused(
                        "RFC 6962 2.1 tree hash", f"{frame.log}: its entries do not lead to its checkpoint's root"
                    )
                if frame.entries:
                    schema.put_checkpoint(self._db, ids[frame.log], edge.size, frame.checkpoint)
            self._ids, self._edges = ids, {**self._edges, frame.log: edge}
        self._tell({frame.log: range(start, edge.size)})
        return range(start, edge.size)

    def frame(
        self, log: LogId, start: int, max_n: int = frames.MAX_ENTRIES, max_bytes: int = frames.MAX_BYTES
    ) -> Frame:
        """Return the entries from `start` that fit, with a checkpoint that ends exactly behind them.

        Beginning at the log's end the frame is empty and carries the newest checkpoint.
        """
        with self._lock:
            self._check_within(log, start)
            stop = self._frame_end(log, start, max_n, max_bytes)
            entries = self.entries(log, start, stop)
            return Frame(log, start, tuple(entries), self.checkpoint(log, stop))

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make all that is written inside one transaction: durable when the block ends, or undone as a whole."""
        with self._lock:
            ids, edges, self._untold = dict(self._ids), dict(self._edges), []
            try:
                with self._transaction():
                    self._nested = True
                    yield
                    self._nested = False
            except BaseException:
                self._ids, self._edges, self._untold, self._nested = ids, edges, [], False
                raise
            untold, self._untold = self._untold, []
        for positions in untold:
            self._tell(positions)

    def listen(self, listener: Listener) -> None:
        """Have `listener` called after each append and each stored frame, in the writer's thread."""
        self._listeners.append(listener)

    def close(self) -> None:
        """Close the file; the store cannot be used afterwards."""
        with self._lock:
            self._db.close()
            if self._guard >= 0:
                os.close(self._guard)
                self._guard = -1

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # Within

    def _checked_edge(self, log: LogId) -> CompactRange:
        edge = schema.checked_edge(self._db, self._ids[log], log, log.origin(self.run))
        last = schema.checkpoint(self._db, self._ids[log], edge.size)
        if last is not None and self._key is not None and log.owner == self.owner:
            checkpoints.opened(last, log.origin(self.run), self._key.public)
        return edge

    def _write(self, ids: dict[LogId, int], log: LogId, entries: Sequence[bytes]) -> CompactRange:
        """Return the log's edge after writing entries and nodes; within a transaction."""
        old = self._edges.get(log, CompactRange())
        if log not in ids:
            ids[log] = schema.add_log(self._db, log)
        new, nodes = old.extend(merkle.leaf_hash(entry) for entry in entries)
        schema.put_entries(self._db, ids[log], old.size, entries)
        schema.put_nodes(self._db, ids[log], nodes)
        return new

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """Commit what is done inside, or nothing of it; the disk's refusals become OSError. Within `together`, wait."""
        if self._nested:
            yield
            return
        try:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            finally:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
        except (apsw.FullError, apsw.IOError, apsw.ReadOnlyError) as error:
            raise OSError(
                f"{self.path}: nothing was written: {error}; make room or repair the disk, then go on"
            ) from error

    def _checkpoint(self, log: LogId, size: int) -> bytes:
        """Return the log's own note over its first `size` entries, made now where none was kept."""
        self._check_within(log, size)
        kept = schema.checkpoint(self._db, self._ids.get(log, 0), size)
        return kept if kept is not None else self._signed(log, size, self.root(log, size))

    def _signed(self, log: LogId, size: int, root: bytes) -> bytes:
        self._check_own(log)
        if self._key is None:
            raise Refused(RULE, f"{log} cannot be signed: the store was opened without its log key")
        return checkpoints.signed(checkpoints.Checkpoint(log.origin(self.run), size, root), self._key)

    def _node(self, log: LogId) -> merkle.Node:
        number = self._ids.get(log, 0)
        return lambda level, index: schema.node(self._db, number, level, index)

    def _frame_end(self, log: LogId, start: int, max_n: int, max_bytes: int) -> int:
        number, size = self._ids.get(log, 0), self.size(log)
        fits = frames.fitting(schema.lengths(self._db, number, start, min(size, start + max_n)), max_n, max_bytes)
        if log.owner == self.owner or fits == 0:
            return start + fits
        return schema.checkpoint_size(self._db, number, start, start + fits) or size

    def _check_own(self, log: LogId) -> None:
        if log.owner != self.owner:
            raise Refused(RULE, f"{log} belongs to {log.owner}; {self.owner} signs and appends to its own logs only")

    def _check_within(self, log: LogId, size: int) -> None:
        if not 0 <= size <= self.size(log):
            raise Refused(RULE, f"{log} has {self.size(log)} entries; {size} was asked for")

    def _check_next(self, frame: Frame, size: int, claimed: checkpoints.Checkpoint) -> None:
        origin = frame.log.origin(self.run)
        if frame.log.owner == self.owner:
            raise Refused(RULE, f"{frame.log} is this centre's own log; it is not mirrored")
        if claimed.origin != origin:
            raise Refused(
                checkpoints.RULE, f"the checkpoint is of {claimed.origin!r}; the frame needs one of {origin!r}"
            )
        if frame.start != size:
            raise Refused(
                "next position", f"the replica of {frame.log} ends at {size}; the frame begins at {frame.start}"
            )
        if claimed.size != frame.end:
            raise Refused("next position", f"the frame ends at {frame.end}; its checkpoint covers {claimed.size}")

    def _tell(self, positions: Mapping[LogId, range]) -> None:
        if self._nested:
            self._untold.append(positions)
            return
        for log, written in positions.items():
            if written:
                for listener in self._listeners:
                    listener(log, written.stop)


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
