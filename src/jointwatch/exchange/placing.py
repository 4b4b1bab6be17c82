"""Where in a centre's record an entry goes: into its log or, where that has shards, into the one that is open."""

from __future__ import annotations

from collections.abc import Mapping

from jointwatch.exchange import schema, shard
from jointwatch.exchange.keyrings import logged_tai_ns
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.merkle import CompactRange
from jointwatch.exchange.proofs import Proofs
from jointwatch.exchange.refused import Refused
from jointwatch.exchange.shard import Closed, Monthly
from jointwatch.messages.shard_opening import month_of


class Placing(Proofs):
    """A record that knows which shard of a log is open, and how the next one begins."""

    _monthly: Monthly | None

    def place(self, log: LogId) -> tuple[LogId, int]:
        """Return in which shard, and at which position there, an entry for `log` would stand if it were appended now.

        Of a log without shards it is the log itself. The shard need not be open yet; its opening takes position 0.
        """
        with self._lock:
            at = self._shard(self._ids, log)
            return at, self.size(at) if at in self._ids or not at.shard else 1

    def _shard(self, ids: Mapping[LogId, int], log: LogId) -> LogId:
        """Return where entries for `log` go; raise Refused for a shard that is closed or not the month's."""
        newest, at = shard.newest_of(log, ids), log
        if not log.shard and self._monthly is not None and log not in ids:
            at = self._monthly.shard(log, newest)
        if newest is not None and at < newest:
            raise Refused(shard.RULE, f"{at} is closed, {newest} follows it; append to {at.whole}")
        if at.shard and at != newest and (self._monthly is None or at.shard != month_of(self._monthly.now_tai_ns())):
            raise Refused(shard.RULE, f"{at} is not open, and this is not its month; append to {at.whole}")
        return at

    def _opening(self, ids: Mapping[LogId, int], edges: Mapping[LogId, CompactRange], at: LogId) -> bytes:
        """Return the entry that begins the shard `at` and closes the one before. Within a transaction."""
        if self._monthly is None:
            raise Refused(shard.RULE, f"{at} cannot be opened: the store was opened without the desk that signs for it")
        before = shard.newest_of(at, ids)
        return self._monthly.opening(at, self.run, None if before is None else self._closed(ids, edges, before))

    def _closed(self, ids: Mapping[LogId, int], edges: Mapping[LogId, CompactRange], log: LogId) -> Closed:
        size, root = edges[log].size, edges[log].root()
        body = schema.checkpoint(self._db, ids[log], size) or self._signed(log, size, root)
        return Closed(body, logged_tai_ns(schema.entries(self._db, ids[log], size - 1, size)[0]))
