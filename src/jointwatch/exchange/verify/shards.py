"""The chain of a log's shards: each opening quotes the last checkpoint of the shard before, as that one stands here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from jointwatch.exchange import dsse, shard
from jointwatch.exchange.keyrings import Keyrings
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.refused import Refused
from jointwatch.exchange.shard import Closed
from jointwatch.exchange.verify.faults import Faults
from jointwatch.exchange.verify.logs import Logs, ReadLog
from jointwatch.messages.encoding import decode


def check_shards(logs: Logs, keys: Mapping[str, Keyrings], faults: Faults) -> dict[LogId, str]:
    """Return a sentence for each whole log whose first shards are not here; record what breaks the chain.

    The entries were opened before, and each opening stands where it must.
    """
    missing = {}
    for whole in sorted({log.whole for log in logs if log.shard and log.owner in keys}):
        if whole in logs:
            faults.add(logs[whole].checkpoint_file, f"does not belong here; {whole} is kept in shards")
        before: ReadLog | None = None
        for log in shard.shards_of(whole, logs):
            read = logs[log]
            with faults.against(read.entry_file(0) if read.size else read.checkpoint_file):
                closed = _closed(read, keys[log.owner])
                if before is not None:
                    _check_continues(read, closed, before)
                elif closed is not None:
                    missing[whole] = f"{whole} begins here with {log.shard}; it goes on from {closed.log.shard}"
            before = read
    return missing


def in_one_sentence(missing: Iterable[str]) -> str:
    """Return what to add to what a verdict covers; nothing where all shards are here."""
    return "".join(f"; {sentence}" for sentence in missing)


def _closed(read: ReadLog, keys: Keyrings) -> Closed | None:
    if not read.size:
        raise Refused(shard.RULE, f"{read.log} has no entry, and so no opening")
    return shard.closed_by(decode(dsse.parse(read.entries(0, 1)[0]).payload), read.log, keys)


def _check_continues(read: ReadLog, closed: Closed | None, before: ReadLog) -> None:
    if closed is None or closed.log != before.log:
        named = "no shard" if closed is None else str(closed.log)
        raise Refused(shard.RULE, f"the opening of {read.log} closes {named}; the one before it here is {before.log}")
    said = closed.checkpoint
    if (said.size, said.root) != (before.claimed.size, before.claimed.root):
        raise Refused(
            shard.RULE, f"closes {before.log} with another checkpoint, of {said.size} entries, than stands there"
        )
    if closed.last_logged_tai_ns != before.last_tai_ns:
        raise Refused(shard.RULE, f"says another time for the last entry of {before.log} than that entry says")
