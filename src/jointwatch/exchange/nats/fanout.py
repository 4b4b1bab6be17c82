"""What a centre tells its consoles over its party's NATS server: each new frame, and every second how far its logs go.

    jointwatch.<run>.<centre>.frames.<owner>.<audience>.<class>    one frame, as soon as it is in the record
    jointwatch.<run>.<centre>.positions                            Pull: how far each log goes; unsigned, a hint to ask

All logs of the centre and its replicas of its partners', but no internal one: what stays at home is not handed to
another program. Nothing is kept for anyone. A console that missed something asks, as `nats` says, from where it is.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable

import msgspec

from jointwatch.exchange import frame as frames
from jointwatch.exchange import shard
from jointwatch.exchange.carrier import MAX_LOGS, WIRE_VERSION, Position, Pull
from jointwatch.exchange.desk import StoreDesk, urgency
from jointwatch.exchange.keyrings import Keyrings
from jointwatch.exchange.log import Store
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.nats.broker import Broker
from jointwatch.exchange.nats.line import open_desk, subject
from jointwatch.exchange.refused import Refused

EVERY_S = 1.0
_FRAME_BYTES = 256 << 10  # of one frame of plots: a notice waits for no more than that


class Fanout:
    """Tells the consoles of the centre whose store this is. Use as a context manager, within which `broker` is started.

    keys: as for the desk; a console's cosignature is refused by it, for a console is no partner.
    """

    def __init__(self, broker: Broker, store: Store, keys: Callable[[str], Keyrings]) -> None:
        self._broker, self._store = broker, store
        self._told: dict[LogId, int] = {}
        self._news, self._ended = threading.Event(), False
        self._thread = threading.Thread(target=self._run, name="fanout", daemon=True)
        open_desk(broker, StoreDesk(store, keys, may_read=lambda _log, _console: True), store.run)
        store.listen(lambda _log, _size: self._news.set())

    def __enter__(self) -> Fanout:
        self._told = self._sizes()
        self._broker.start()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended = True
        self._news.set()
        self._thread.join(10)
        self._broker.stop()

    def _run(self) -> None:
        positions_due = 0.0
        while not self._ended:
            self._news.wait(max(0.0, positions_due - time.monotonic()))
            self._news.clear()
            due = time.monotonic() >= positions_due
            with contextlib.suppress(Refused, OSError):  # a damaged record is the audit's to report
                self._tell_news()
                if due:
                    self._tell_positions()
            if due:
                positions_due = time.monotonic() + EVERY_S

    def _tell_news(self) -> None:
        """Publish what was written since, the most urgent log first; what is not taken is not told again."""
        while not self._ended and (behind := self._behind()):
            log = min(behind, key=urgency)
            found = self._store.frame(log, self._told.get(log, 0), max_bytes=_FRAME_BYTES)
            name = subject(self._store.run, self._store.owner, "frames", *str(log).split("/"))
            if not self._broker.publish(name, frames.encode(found)):
                self._told = self._sizes()
            else:
                self._told[log] = found.end

    def _tell_positions(self) -> None:
        edges = {log: self._store.edge(log) for log in sorted(shard.newest(self._sizes()), key=urgency)[:MAX_LOGS]}
        at = {str(log): Position(edge.size, edge.root()) for log, edge in edges.items()}
        body = msgspec.msgpack.encode(Pull(WIRE_VERSION, at))
        self._broker.publish(subject(self._store.run, self._store.owner, "positions"), body)

    def _behind(self) -> list[LogId]:
        return [log for log, size in self._sizes().items() if size > self._told.get(log, 0)]

    def _sizes(self) -> dict[LogId, int]:
        return {log: self._store.size(log) for log in self._store.logs() if not log.internal}
