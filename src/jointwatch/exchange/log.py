"""A centre's record, written: own logs appended to under a signature, the partners' replicas, their cosignatures.

One transaction holds entries, tree nodes and the signed checkpoint, so no state exists in which an acknowledged entry
is not under a signature.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange import frame as frames
from jointwatch.exchange import merkle, ml_dsa, note, schema
from jointwatch.exchange.frame import Frame
from jointwatch.exchange.keys import PublicKey, SigningKey
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.merkle import CompactRange
from jointwatch.exchange.record import RULE
from jointwatch.exchange.refused import Refused
from jointwatch.exchange.shard import Monthly
from jointwatch.exchange.writing import Writing


@dataclass(eq=False)
class _Waiting:
    """A batch handed in, and what became of it."""

    batch: Mapping[LogId, Sequence[bytes]]
    positions: dict[LogId, range] = field(default_factory=dict)
    failure: BaseException | None = None
    done: bool = False


class Store(Writing):
    """The logs of one centre in one run. Safe to use from several threads; every call is one transaction or one read.

    `log_key` signs the checkpoints of own logs; without it the store can be read and can mirror, but not append.
    `second_log_key`, which the centre's roster must name, signs them with ML-DSA-44 as well. With `monthly` own logs
    are kept in shards; one that was begun without stays as it is.
    """

    def __init__(
        self,
        path: Path,
        *,
        run: str,
        owner: str,
        log_key: SigningKey | None = None,
        second_log_key: ml_dsa.SigningKey | None = None,
        former_log_keys: Sequence[PublicKey] = (),
        monthly: Monthly | None = None,
    ):
        self._monthly, self._inside = monthly, 0
        self._listeners, self._untold = [], []
        self._queue: deque[_Waiting] = deque()
        self.may_append: Callable[[LogId], None] = lambda log: None  # raises where an own log is closed (see `guard`)
        super().__init__(
            path, run=run, owner=owner, log_key=log_key, second_log_key=second_log_key, former_log_keys=former_log_keys
        )

    def append(self, batch: Mapping[LogId, Sequence[bytes]]) -> dict[LogId, range]:
        """Return the positions the entries were given, once all of them are on the disk under signed checkpoints.

        All logs of the batch in one transaction: either everything is in the record or nothing is. Batches that
        other threads hand in while one is being written go into the next transaction together, with one flush for all.
        The positions stand in the order of the batch, under the name of the shard where the log has shards: the one of
        this month, which is opened where it is new, or the one that the batch names, if that is still open.
        """
        waiting = _Waiting({log: entries for log, entries in batch.items() if entries})
        self._check_batch(waiting.batch)
        self._queue.append(waiting)
        with self._lock:
            if not waiting.done:
                self._commit(self._taken(waiting))
        if waiting.failure is not None:
            raise waiting.failure
        self._tell(waiting.positions)
        return waiting.positions

    def store_mirrored(self, frame: Frame) -> range:
        """Return the positions of a partner's frame, once it is on the disk.

        The caller has verified the checkpoint's signature. Position and root are checked here once more: the frame
        must begin where the replica ends, and its entries must lead to the checkpoint's root. An empty frame writes
        nothing.
        """
        if frame.log.owner == self.owner:
            raise Refused(RULE, f"{frame.log} is this centre's own log; it is not mirrored")
        return self._store(frame)

    def refill(self, frame: Frame, ids: Sequence[str] = ()) -> range:
        """Return the positions of entries of an own log that were lost and given back, once they are on the disk.

        As `store_mirrored`: the caller has verified that the checkpoint was signed by this centre once. ids: of the
        messages in them, so that handing one in again leads to its place.
        """
        if frame.log.owner != self.owner:
            raise Refused(RULE, f"{frame.log} belongs to {frame.log.owner}; only own logs are refilled")
        with self.together():
            positions = self._store(frame)
            known = ((id, self._ids[frame.log], at) for id, at in zip(ids, positions, strict=False))
            schema.put_handed_in(self._db, [row for row in known if schema.handed_in(self._db, row[0]) is None])
        return positions

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

    # Within

    def _store(self, frame: Frame) -> range:
        claimed = checkpoints.unverified(frame.checkpoint)
        with self._lock:
            ids, edges, start = dict(self._ids), dict(self._edges), self.size(frame.log)
            self._check_next(frame, start, claimed)
            with self._transaction():
                positions = self._write(ids, edges, frame.log, frame.entries)
                if edges[frame.log].root() != claimed.root:
                    raise Refused(
                        "RFC 6962 2.1 tree hash", f"{frame.log}: its entries do not lead to its checkpoint's root"
                    )
                if frame.entries:
                    schema.put_checkpoint(self._db, ids[frame.log], positions.stop, frame.checkpoint)
                    schema.thin_checkpoints(self._db, ids[frame.log], start)
            self._ids, self._edges = ids, edges
        self._tell({frame.log: positions})
        return positions

    def _check_batch(self, batch: Mapping[LogId, Sequence[bytes]]) -> None:
        for log, entries in batch.items():
            self._log_key(log)
            self.may_append(log)
            for number, entry in enumerate(entries):
                frames.check_entry(entry, f"entry {number} for {log}")

    def _taken(self, waiting: _Waiting) -> list[_Waiting]:
        """Return the batches to write now, in the order they came: all that wait; within `together` this one alone."""
        if self._nested:
            self._queue.remove(waiting)
            return [waiting]
        return [self._queue.popleft() for _ in range(len(self._queue))]

    def _commit(self, group: Sequence[_Waiting]) -> None:
        """Write batches in one transaction; where the disk refuses them, each in one of its own, so that none suffers
        for another's size.
        """
        try:
            self._write_group(group)
        except BaseException as error:
            if len(group) > 1 and isinstance(error, OSError):
                for waiting in group:
                    self._commit([waiting])
            else:
                for waiting in group:
                    waiting.done, waiting.failure = True, error

    def _write_group(self, group: Sequence[_Waiting]) -> None:
        ids, edges = dict(self._ids), dict(self._edges)
        with self._transaction():
            found = [self._write_batch(ids, edges, waiting.batch) for waiting in group]
            for log in dict.fromkeys(log for positions in found for log in positions):
                body = self._signed(log, edges[log].size, edges[log].root())
                schema.put_checkpoint(self._db, ids[log], edges[log].size, body)
                schema.thin_checkpoints(self._db, ids[log], self.size(log))
        self._ids, self._edges = ids, edges
        for waiting, positions in zip(group, found, strict=True):
            waiting.done, waiting.positions = True, positions

    def _write_batch(
        self, ids: dict[LogId, int], edges: dict[LogId, CompactRange], batch: Mapping[LogId, Sequence[bytes]]
    ) -> dict[LogId, range]:
        """Return where the entries of a batch were written, shards of a new month begun. Within a transaction."""
        found = {}
        for log, entries in batch.items():
            at = self._shard(ids, log)
            if at.shard and at not in ids:
                self._write(ids, edges, at, [self._opening(ids, edges, at)])
            if at in found:
                raise Refused(RULE, f"the batch names {at} twice; give all its entries under one name")
            found[at] = self._write(ids, edges, at, entries)
        return found

    def _write(
        self, ids: dict[LogId, int], edges: dict[LogId, CompactRange], log: LogId, entries: Sequence[bytes]
    ) -> range:
        """Return where entries and nodes were written; the log's edge moves in `edges`. Within a transaction."""
        old = edges.get(log, CompactRange())
        if log not in ids:
            ids[log] = schema.add_log(self._db, log)
        edges[log], nodes = merkle.grown(old, tuple(entries))
        schema.put_entries(self._db, ids[log], old.size, entries)
        schema.put_nodes(self._db, ids[log], nodes)
        return range(old.size, edges[log].size)

    def _check_next(self, frame: Frame, size: int, claimed: checkpoints.Checkpoint) -> None:
        origin = frame.log.origin(self.run)
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
