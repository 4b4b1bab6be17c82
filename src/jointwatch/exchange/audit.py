"""The audit of one's own record: every hash recomputed from the file as it stands on the disk, while it is in use.

Opening a record does this once. A disk that turns a bit later, or a hand that changes a row, shows here: through a
connection of its own, which reads the file and not what the writer remembers. It rests between its steps, so that it
takes a small part of one core.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import apsw

from jointwatch.exchange import recomputed, schema
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.merkle import CompactRange
from jointwatch.exchange.record import Damaged, Record
from jointwatch.exchange.refused import Refused

RULE = "audit of the record"
SHARE = 0.1  # of one core
Rest = Callable[[float], object]
"""Waits that many seconds."""


@dataclass(frozen=True)
class Audited:
    """What was recomputed: logs, entries, and in how many seconds, rests included."""

    logs: int
    entries: int
    seconds: float


def audit(record: Record, *, rest: Rest = time.sleep) -> Audited:
    """Return what was recomputed and found as it was written; raise Damaged naming the first thing that was not.

    rest: called with seconds between the steps; may raise to break off.
    """
    start, edges = time.monotonic(), {log: record.edge(log) for log in record.logs() if not record.archived(log)}
    try:
        db = schema.look_into(record.path)
        try:
            for log, edge in edges.items():
                if not record.archived(log):
                    _audit_log(db, log, edge, log.origin(record.run), rest)
        finally:
            db.close()
    except Refused as refusal:
        raise Damaged(refusal.rule, refusal.sentence) from None
    except (apsw.CorruptError, apsw.NotADBError, apsw.IOError, apsw.CantOpenError) as error:
        raise Damaged(RULE, f"{record.path} cannot be read any more: {error}") from None
    return Audited(len(edges), sum(edge.size for edge in edges.values()), time.monotonic() - start)


def keep_auditing(
    record: Record, tell: Callable[[Audited | Damaged], None], *, stop: threading.Event, every_s: float
) -> None:
    """Audit again and again until told to stop, and tell of each; damage is told once, and ends it."""
    while not stop.wait(every_s):
        try:
            tell(audit(record, rest=lambda pause_s: _rest(stop, pause_s)))
        except Damaged as damage:
            tell(damage)
            return
        except _StoppedError:
            return


class _StoppedError(Exception):
    """The process ends: the audit breaks off."""


def _rest(stop: threading.Event, pause_s: float) -> None:
    if stop.wait(pause_s):
        raise _StoppedError


def _audit_log(db: apsw.Connection, log: LogId, written: CompactRange, origin: str, rest: Rest) -> None:
    """Raise Refused unless the file gives the edge that was written, under the checkpoint that was signed."""
    number, began = schema.log_ids(db).get(log, 0), time.monotonic()

    def pause() -> None:
        nonlocal began
        rest((time.monotonic() - began) * (1 / SHARE - 1))
        began = time.monotonic()

    edge = recomputed.edge_of(db, number, log, written.size, pause)
    if edge != written:
        raise Refused(RULE, f"{log} is not what was written: its entries and their hashes were altered in the file")
    recomputed.check_signed(db, number, log, edge, origin)
