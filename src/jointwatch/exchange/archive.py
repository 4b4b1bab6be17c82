"""Putting closed shards away: written as published logs are, verified where they lie, then taken out of the record.

What stays in the record of a shard is its size, the right edge of its tree and its last checkpoint with the
cosignatures: enough to refuse another history of it, and to go on after it. SQLite uses the room for what follows.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange import schema, shard
from jointwatch.exchange.database import Database
from jointwatch.exchange.handed_in import Counter
from jointwatch.exchange.keyrings import ROSTER
from jointwatch.exchange.logid import COMMON, LogId
from jointwatch.exchange.proofs import Proofs
from jointwatch.exchange.publishing import publish
from jointwatch.exchange.refused import Refused
from jointwatch.exchange.roster import cosigner_name
from jointwatch.exchange.site import INDEX, logs_of, site
from jointwatch.exchange.tiles import CHECKPOINT
from jointwatch.exchange.verify.site import verify_site

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

    The folder may hold what was archived before. partners: whose cosignatures are wanted, where they may read a log.
    Nothing leaves the record before all of it was verified as it stands on the disk; raises Refused, and takes nothing
    out, where that fails or a receipt is missing.
    """
    logs = _due(store, before)
    for log in logs:
        _check_receipts(store, log, partners)
    if logs:
        _write(store, logs, folder)
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


def _write(store: Proofs, logs: Sequence[LogId], folder: Path) -> None:
    """Bring the archive up to these shards and all rosters, and verify it whole."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # internal logs are in it
    there = logs_of(str(folder)) if (folder / INDEX).exists() else []
    rosters = [log for log in store.logs() if log.klass == ROSTER]
    held = sorted({*there, *rosters, *logs})
    publish(Database(store.path), held, folder)
    report = verify_site(site(str(folder)), held)
    if report.faults:
        first = report.faults[0]
        raise Refused(RULE, f"{folder} does not verify, so nothing was taken out: {first.file} {first.why}")
    for log in logs:
        if (folder / str(log) / CHECKPOINT).read_bytes() != store.checkpoint(log):
            raise Refused(RULE, f"{folder / str(log)} is not what stands in the record; nothing was taken out")
