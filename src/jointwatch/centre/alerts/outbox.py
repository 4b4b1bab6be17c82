"""What one receiver has still to be told, from the log of alerts: those of the last day without a dispatch to it.

An update that a later message of the same launch replaces is not sent any more; an alert is, so that no receiver reads
of an update to something it never heard of. What waits is bounded: of more, the oldest is given up, and on record so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from jointwatch.centre.alerts.warning import HOLDS, incident
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.messages.alert import Alert, Dispatch
from jointwatch.messages.encoding import Heard
from jointwatch.messages.reference import EntryReference

MAX_WAITING = 10_000
HOLDS_NS = int(HOLDS.total_seconds()) * NS_PER_S


@dataclass(frozen=True)
class Waiting:
    """An alert that a receiver has not been told of yet, and where it stands."""

    alert: Alert
    at: EntryReference


@dataclass(frozen=True)
class Left:
    """An alert that is not sent any more, and what becomes of it instead."""

    waiting: Waiting
    outcome: str
    why: str


class Outbox:
    """The queue of one receiver. Entries are heard in the order of the log."""

    def __init__(self, receiver: str) -> None:
        self.receiver = receiver
        self._waiting: dict[tuple[str, int], Waiting] = {}
        self._left: list[Left] = []

    def __len__(self) -> int:
        return len(self._waiting)

    def hear(self, message: Heard, at: EntryReference) -> None:
        """Take in an entry of the log of alerts."""
        if isinstance(message, Alert):
            self._waiting[at.log, at.index] = Waiting(message, at)
            if len(self._waiting) > MAX_WAITING:
                self._leave(next(iter(self._waiting.values())), "expired", f"{MAX_WAITING} alerts waited")
        elif isinstance(message, Dispatch) and message.receiver == self.receiver:
            self.done(message.alert)

    def done(self, at: EntryReference) -> None:
        """Take an alert out of the queue."""
        self._waiting.pop((at.log, at.index), None)

    def next(self, now_tai_ns: int) -> Waiting | None:
        """Return what is to be sent now, the oldest first; what is older than a day or overtaken is left."""
        newest = {incident(waiting.alert): place for place, waiting in self._waiting.items()}
        for place, waiting in list(self._waiting.items()):
            if now_tai_ns - waiting.alert.logged_tai_ns > HOLDS_NS:
                self._leave(waiting, "expired", "a day without an answer")
            elif waiting.alert.type == "update" and newest[incident(waiting.alert)] != place:
                self._leave(waiting, "overtaken", "")
            else:
                return waiting
        return None

    def left(self) -> Iterator[Left]:
        """Yield what is not sent any more and not on record as such yet, once."""
        while self._left:
            yield self._left.pop(0)

    def _leave(self, waiting: Waiting, outcome: str, why: str) -> None:
        self.done(waiting.at)
        self._left.append(Left(waiting, outcome, why))
