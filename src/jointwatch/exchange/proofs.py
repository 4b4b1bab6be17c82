"""What a record can show of its logs: roots, proofs, signed checkpoints with the partners' lines, and frames."""

from __future__ import annotations

from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange import frame as frames
from jointwatch.exchange import merkle, ml_dsa, note, schema
from jointwatch.exchange.frame import Frame
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.record import Record


class Proofs(Record):
    """A record that proves what is in it, to whoever pulls from it."""

    def root(self, log: LogId, size: int | None = None) -> bytes:
        """Return the root of the log's first `size` entries; of all of them where no size is given."""
        edge = self.edge(log)
        if size is None or size == edge.size:
            return edge.root()
        with self._lock:
            self._check_within(log, size)
            return merkle.root(self._node(log), size)

    def edge_at(self, log: LogId, size: int) -> merkle.CompactRange:
        """Return the right edge of the tree of the log's first `size` entries, from the nodes that are kept."""
        with self._lock:
            self._check_within(log, size)
            return merkle.compact_range(self._node(log), size)

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
        """Return whether (size, root) is a beginning of this log; False also where the partner holds more.

        Of an archived shard nothing but the whole can be denied.
        """
        with self._lock:
            if self.archived(log) and 0 <= size < self.size(log):
                return True
            return 0 <= size <= self.size(log) and self.root(log, size) == root

    def checkpoint(self, log: LogId, size: int | None = None) -> bytes:
        """Return the note over the log's first `size` entries (the newest where none is given), cosignatures included.

        For an own log any size can be asked for; of a mirrored one, those whose notes were kept: see `schema`.
        """
        with self._lock:
            size = self.size(log) if size is None else size
            body = self._checkpoint(log, size)
            for line in schema.cosignatures(self._db, self._ids.get(log, 0), size):
                body = checkpoints.with_signature(body, note.parse_signature(line))
            return body

    def note_over(self, log: LogId, size: int, root: bytes) -> bytes:
        """Return a note over this tree, signed now; whoever asks knows it for a beginning of what was signed of it."""
        return self._signed(log, size, root)

    def cosigned(self, log: LogId, *, by: str | None = None) -> bytes | None:
        """Return the newest checkpoint with a cosignature, of the cosigner `by` where one is named; else None."""
        with self._lock:
            size = schema.cosigned_size(self._db, self._ids.get(log, 0), by)
            return None if size is None else self.checkpoint(log, size)

    def cosigned_before(self, log: LogId) -> dict[str, bytes]:
        """Return, for each centre that has not cosigned all of a log, the newest checkpoint that it did cosign.

        Beneath it stand the owner's lines and that centre's.
        """
        with self._lock:
            number, found = self._ids.get(log, 0), dict[str, bytes]()
            for name, size in schema.cosigners(self._db, number).items():
                if size < self.size(log):
                    lines = map(note.parse_signature, schema.cosignatures(self._db, number, size))
                    line = next(line for line in lines if line.name == name)
                    found[name.rpartition("/")[2]] = checkpoints.with_signature(self._checkpoint(log, size), line)
            return found

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

    def _checkpoint(self, log: LogId, size: int) -> bytes:
        """Return the log's own note over its first `size` entries, made now where none was kept."""
        self._check_within(log, size)
        kept = schema.checkpoint(self._db, self._ids.get(log, 0), size)
        return kept if kept is not None else self._signed(log, size, self.root(log, size))

    def _signed(self, log: LogId, size: int, root: bytes) -> bytes:
        key = self._log_key(log)
        body = checkpoints.signed(checkpoints.Checkpoint(log.origin(self.run), size, root), key)
        if self._second_key is None:
            return body
        return checkpoints.with_signature(body, ml_dsa.sign(body, log.origin(self.run), self._second_key))

    def _node(self, log: LogId) -> merkle.Node:
        number = self._ids.get(log, 0)
        return lambda level, index: schema.node(self._db, number, level, index)

    def _frame_end(self, log: LogId, start: int, max_n: int, max_bytes: int) -> int:
        number, size = self._ids.get(log, 0), self.size(log)
        fits = frames.fitting(schema.lengths(self._db, number, start, min(size, start + max_n)), max_n, max_bytes)
        if log.owner == self.owner or fits == 0:
            return start + fits
        return schema.checkpoint_size(self._db, number, start, start + fits) or size
