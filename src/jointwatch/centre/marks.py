"""How much of each log is unverified: signed by a key where it did not hold, kept for ever, and used by nobody."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from jointwatch.exchange.keyrings import ROSTER, Keyrings, Unverified
from jointwatch.exchange.log import Store
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.refused import Refused

ROWS = 4_096


@dataclass
class _Seen:
    """How far a log was looked through under so many bounds, and how many entries were found."""

    bounds: int = 0
    position: int = 0
    found: int = 0


class Marks:
    """Counts what is marked, going on from where it stopped; new bounds of keys begin it anew. For several threads."""

    def __init__(self, store: Store, keys: Callable[[str], Keyrings]) -> None:
        self._store, self._keys = store, keys
        self._seen: dict[LogId, _Seen] = {}
        self._lock = threading.Lock()

    def counts(self) -> dict[str, int]:
        """Return how many entries of each log are unverified, for those that have any."""
        with self._lock:
            found = {str(log): self._count(log) for log in self._store.logs()}
        return {log: count for log, count in found.items() if count}

    def _count(self, log: LogId) -> int:
        try:
            keys = self._keys(log.owner)
        except Refused:
            return 0  # of a partner that is none any more
        if not keys.bounds or log.klass == ROSTER:
            return 0
        seen = self._seen.setdefault(log, _Seen())
        if seen.bounds != len(keys.bounds):
            seen = self._seen[log] = _Seen(len(keys.bounds))
        size = self._store.size(log)
        while seen.position < size:
            stop = min(size, seen.position + ROWS)
            for index, entry in enumerate(self._store.entries(log, seen.position, stop), seen.position):
                seen.found += not _usable(keys, entry, log, index)
            seen.position = stop
        return seen.found


def _usable(keys: Keyrings, entry: bytes, log: LogId, index: int) -> bool:
    try:
        keys.check_bounds(entry, log, index)
    except Unverified:
        return False
    return True
