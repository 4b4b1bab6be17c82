"""Putting closed shards away: written as directories of files that verify on their own, then taken out of the record.

What stays in the record of a shard is its size, the right edge of its tree and its last checkpoint with the
cosignatures: enough to refuse another history of it, and to go on after it. SQLite uses the room for what follows.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange import schema, shard, tiles
from jointwatch.exchange.handed_in import Counter
from jointwatch.exchange.keyrings import roster_log
from jointwatch.exchange.logid import COMMON, LogId
from jointwatch.exchange.proofs import Proofs
from jointwatch.exchange.refused import Refused
from jointwatch.exchange.roster import cosigner_name
from jointwatch.exchange.run_directory import log_folder, write_logs

RULE = "jointwatch archive"
_ROWS_AT_ONCE = 4_096  # in one transaction: the log of changes stays short, and others can write in between


@dataclass(frozen=True)
class Archived:
    """A shard that was put away, and how many entries of it."""

    log: LogId
    entries: int


class Archive(Counter):
    """A record whose closed shards can be put away."""

    def put_away(self, log: LogId) -> None:
        """Take a closed shard's entries out of the record; its last checkpoint and the cosignatures stay.

        A process that is ended within goes on with it the next time it is told to.
        """
        with self._lock:
            newest = shard.newest_of(log, self.logs())
            if not log.shard or newest is None or not log < newest:
                raise Refused(RULE, f"{log} is not closed; only shards that another one follows are put away")
            if not self.archived(log):
                number, edge = self._ids[log], self.edge(log)
                with self._transaction():
                    schema.put_archived(self._db, number, edge)
                self._archived = {**self._archived, number: edge}
        while self._remove_some(log):
            pass

    def _remove_some(self, log: LogId) -> int:
        with self._lock, self._transaction():
            return schema.remove_some(self._db, self._ids[log], _ROWS_AT_ONCE)


def archive(store: Archive, before: str, folder: Path, partners: Collection[str]) -> tuple[Archived, ...]:
    """Return the shards of months before `before` that now lie in `folder`, and no more in the record.

    partners: whose cosignatures are wanted, where they may read a log. Nothing leaves the record before all of it was
    read back from the disk; raises Refused, and takes nothing out, where a receipt is missing.
    """
    if folder.exists():
        raise FileExistsError(f"{folder} exists; an archive is written to a new folder")
    logs = _due(store, before)
    if not logs:
        return ()
    for log in logs:
        _check_receipts(store, log, partners)
    rosters = sorted({roster_log(log.owner) for log in logs})
    write_logs(store, folder, [*rosters, *logs])
    os.sync()
    for log in logs:
        _check_copy(store, log, folder)
    for log in logs:
        store.put_away(log)
    return tuple(Archived(log, store.size(log)) for log in logs)


def _due(store: Proofs, before: str) -> Sequence[LogId]:
    """Return the closed shards of earlier months that are not archived, in order of their names."""
    logs = store.logs()
    open_now = set(shard.newest(logs))
    return [log for log in logs if log.shard and log.shard < before and log not in open_now and not store.archived(log)]


def _check_receipts(store: Proofs, log: LogId, partners: Collection[str]) -> None:
    """Raise Refused unless each partner that may read an own log has cosigned all of it."""
    if log.owner != store.owner or log.internal:
        return
    for reader in sorted(partners if log.audience == COMMON else {log.audience} & set(partners)):
        note = store.cosigned(log, by=cosigner_name(store.run, reader))
        held = 0 if note is None else checkpoints.unverified(note).size
        if held < store.size(log):
            raise Refused(
                RULE, f"{reader} has cosigned {held} of the {store.size(log)} entries of {log}; wait until it has all"
            )


def _check_copy(store: Proofs, log: LogId, folder: Path) -> None:
    """Raise Refused unless the shard can be read back from the archive as it stands in the record."""
    entries, note = tiles.read_log_directory(folder / log_folder(log))
    if (len(entries), note) != (store.size(log), store.checkpoint(log)) or entries != store.entries(log):
        raise Refused(RULE, f"{folder / log_folder(log)} is not what stands in the record; nothing was taken out")
