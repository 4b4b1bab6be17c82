"""A log as it stands in a record's file: every hash recomputed, and compared with what was written and signed."""

from __future__ import annotations

from collections.abc import Callable

import apsw

from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange import merkle, schema
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.merkle import CompactRange
from jointwatch.exchange.refused import Refused
from jointwatch.exchange.schema import RULE

_ROWS_AT_ONCE = 4096


def checked_edge(db: apsw.Connection, number: int, log: LogId, origin: str) -> CompactRange:
    """Return the right edge of a log's tree, every hash recomputed from the entries as they stand in the file.

    Raises Refused, naming the first entry or node that differs from what was signed.
    """
    size: int = db.execute("SELECT coalesce(max(size), 0) FROM checkpoint WHERE log = ?", (number,)).get
    edge = edge_of(db, number, log, size)
    check_signed(db, number, log, edge, origin)
    _check_nothing_beyond(db, number, log, edge.size)
    return edge


def edge_of(
    db: apsw.Connection, number: int, log: LogId, size: int, between: Callable[[], object] = lambda: None
) -> CompactRange:
    """Return the right edge of a log's first entries, each hash compared; `between` is called every few thousand."""
    edge = CompactRange()
    while edge.size < size:
        start = edge.size
        batch = schema.entries(db, number, start, min(size, start + _ROWS_AT_ONCE))
        if not batch:
            raise Refused(RULE, f"{log} lacks entry {start}, though its checkpoint says {size}")
        edge, nodes = edge.extend(merkle.leaf_hash(data) for data in batch)
        _check_nodes(db, number, log, nodes)
        between()
    return edge


def _check_nodes(db: apsw.Connection, number: int, log: LogId, nodes: list[tuple[int, int, bytes]]) -> None:
    """Compare recomputed nodes with the stored ones, level by level; each level's are consecutive."""
    for level in {level for level, _, _ in nodes}:
        wanted = [(index, digest) for at, index, digest in nodes if at == level]
        query = (
            "SELECT position, hash FROM node WHERE log = ? AND level = ? AND position BETWEEN ? AND ? ORDER BY position"
        )
        stored = list(db.execute(query, (number, level, wanted[0][0], wanted[-1][0])))
        for (index, digest), row in zip(wanted, stored + [None] * (len(wanted) - len(stored)), strict=True):
            if row != (index, digest):
                what = f"entry {index}" if level == 0 else f"node {level}/{index}"
                raise Refused(RULE, f"{what} of {log} was altered in the file; refill it from a partner's replica")


def check_signed(db: apsw.Connection, number: int, log: LogId, edge: CompactRange, origin: str) -> None:
    """Raise Refused unless the checkpoint kept for this size, if there is one, is of this edge."""
    last = schema.checkpoint(db, number, edge.size)
    if last is not None:
        claimed = checkpoints.unverified(last)
        if (claimed.origin, claimed.size, claimed.root) != (origin, edge.size, edge.root()):
            raise Refused(RULE, f"the checkpoint of {log} at size {edge.size} was altered in the file")


def _check_nothing_beyond(db: apsw.Connection, number: int, log: LogId, size: int) -> None:
    beyond = db.execute(
        "SELECT count(*) FROM entry WHERE position >= ? AND position < ?",
        (schema.row(number, size), schema.row(number + 1, 0)),
    ).get
    if beyond:
        raise Refused(RULE, f"{beyond} entries of {log} stand in the file beyond its last checkpoint; none covers them")
