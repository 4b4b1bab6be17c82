"""A console of a centre: it hears the centre's frames over NATS, verifies each as a partner would, and asks for gaps.

The server between may forge, drop, repeat, reorder or die: that costs time. What `tell` is told was verified under the
signatures of those who said it, in the order of its log, each entry once; a log shown with two histories freezes.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable

from jointwatch.exchange import carrier, shard
from jointwatch.exchange import frame as frames
from jointwatch.exchange.carrier import MAX_LOGS, WIRE_VERSION, Answer, LineCut, Position, Pull
from jointwatch.exchange.desk import urgency
from jointwatch.exchange.follow import Round, take
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.mirror import Mirror
from jointwatch.exchange.nats.broker import RETRY_S, Broker
from jointwatch.exchange.nats.line import NatsLine, subject
from jointwatch.exchange.refused import Refused

SILENT_S = 3.0  # after this long without a word it asks
_MAX_UNREAD = 1_000  # messages heard and not yet looked at; what is beyond is asked for
_APART_S = 0.1  # from question to question, whatever the server makes of what it carries
_PAUSE_S = 0.2  # between two looks at the clock


class Console:
    """What a console has verified of everything that `centre` holds, kept by `mirror` (which needs no cosign key).

    Make it before the broker is started; `run` it in a thread.
    """

    def __init__(self, broker: Broker, mirror: Mirror, centre: str, tell: Callable[[Round], None]) -> None:
        self._mirror, self._tell = mirror, tell
        self._line = NatsLine(broker, centre, run=mirror.store.run)
        self._heard: queue.Queue[tuple[bool, bytes]] = queue.Queue(_MAX_UNREAD)
        self._ask_at = self._silent_at = 0.0
        self._may_ask_at = 0.0
        broker.hear(subject(mirror.store.run, centre, "frames", ">"), lambda body: self._put(True, body))
        broker.hear(subject(mirror.store.run, centre, "positions"), lambda body: self._put(False, body))

    def run(self, stop: threading.Event) -> None:
        """Verify what is heard and ask for what is not, until told to stop."""
        while not stop.is_set():
            if time.monotonic() >= min(self._ask_at, self._silent_at):
                self._ask(stop)
            try:
                is_frame, body = self._heard.get(timeout=min(_PAUSE_S, max(0.001, self._ask_at - time.monotonic())))
            except queue.Empty:
                continue
            self._silent_at = time.monotonic() + SILENT_S
            (self._take_frame if is_frame else self._compare)(body)

    def _put(self, is_frame: bool, body: bytes) -> None:
        try:
            self._heard.put_nowait((is_frame, body))
        except queue.Full:
            self._need(0)

    def _need(self, after_s: float) -> None:
        self._ask_at = min(self._ask_at, max(time.monotonic() + after_s, self._may_ask_at))

    def _take_frame(self, body: bytes) -> None:
        if self._follows_a_gap(body):
            self._need(0)
            return
        found = take(Answer(WIRE_VERSION, [body], {}, False), self._mirror)
        if found != Round():
            self._tell(found)
        if found.refusals or found.cut:
            self._need(RETRY_S if found.cut else 0)

    def _follows_a_gap(self, body: bytes) -> bool:
        """Return whether what is before this frame is missing: entries, or its owner's roster, or the shard before."""
        try:
            log, start = frames.beginning(body)
        except Refused:
            return False  # it is refused as what it is
        held = self._mirror.store.size(log)
        return start > held or not held

    def _compare(self, body: bytes) -> None:
        """Ask where the centre says that it is elsewhere; nothing signed says so; nothing else follows."""
        try:
            theirs = carrier.parse(body, Pull).positions
            behind = any(self._differs(LogId.parse(name), position) for name, position in theirs.items())
        except Refused as refusal:
            self._tell(Round(refusals=(refusal,)))
        else:
            if behind:
                self._need(0)

    def _differs(self, log: LogId, theirs: Position) -> bool:
        ours = self._mirror.store.edge(log)
        return log not in self._mirror.frozen and (ours.size, ours.root()) != (theirs.size, theirs.root)

    def _ask(self, stop: threading.Event) -> None:
        """Ask until there is no more; then again when a gap, a difference or silence calls for it."""
        self._ask_at, self._silent_at, more = float("inf"), time.monotonic() + SILENT_S, True
        while more and not stop.is_set():
            try:
                found = take(self._line.pull(self._positions(), without=self._without()), self._mirror)
            except LineCut as cut:
                found = Round(cut=cut.reason)
            self._tell(found)
            if found.cut:
                self._need(RETRY_S)
                return
            more = found.more and bool(found.accepted)
            self._may_ask_at = time.monotonic() + _APART_S

    def _without(self) -> list[str]:
        return sorted({str(log.whole) for log in self._mirror.frozen})[:MAX_LOGS]

    def _positions(self) -> dict[str, Position]:
        logs = sorted(shard.newest(self._mirror.store.logs()), key=urgency)[:MAX_LOGS]
        edges = {log: self._mirror.store.edge(log) for log in logs}
        return {str(log): Position(edge.size, edge.root()) for log, edge in edges.items()}
