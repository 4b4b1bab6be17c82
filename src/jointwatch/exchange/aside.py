"""Logs whose frames were refused, left out of the questions for a while, so that the others have all of the line.

Most of what is refused once is refused for ever, as no entry is ever taken back; but a carrier may have garbled it, and
a roster may yet name its key. So it is asked for again after a quarter of a second, and each further time after twice
as long, up to `MOST_S`; at once when a frame of it or of a roster was accepted, and when a line that was cut is back.
"""

from __future__ import annotations

import math
import time
from typing import Protocol

from jointwatch.exchange.keyrings import ROSTER
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.mirror import Accepted

LEAST_S, MOST_S = 0.25, 5.0


class Outcome(Protocol):
    """What a round with a partner brought, as far as it matters here."""

    @property
    def accepted(self) -> tuple[Accepted, ...]:
        """The frames that were accepted."""

    @property
    def refused(self) -> frozenset[LogId]:
        """The logs of which something was refused."""

    @property
    def cut(self) -> str:
        """Why the line broke, if it did."""


class Aside:
    """The logs of one partner that are set aside."""

    def __init__(self) -> None:
        self._waits_s: dict[LogId, float] = {}
        self._until_s: dict[LogId, float] = {}

    def logs(self) -> set[str]:
        """Return the names of the logs that are not to be asked for now."""
        now = time.monotonic()
        return {str(log) for log, until in self._until_s.items() if until > now}

    def due_in_s(self) -> float:
        """Return how soon one of them is to be asked for again; infinity where none is set aside."""
        now = time.monotonic()
        return min((until - now for until in self._until_s.values() if until > now), default=math.inf)

    def after(self, found: Outcome) -> None:
        """Take note of what a round brought."""
        if found.cut or any(came.log.klass == ROSTER for came in found.accepted):
            self._forget(set(self._until_s))
        self._forget({came.log.whole for came in found.accepted})
        for log in {log.whole for log in found.refused}:
            self._waits_s[log] = min(MOST_S, 2 * self._waits_s.get(log, LEAST_S / 2))
            self._until_s[log] = time.monotonic() + self._waits_s[log]

    def _forget(self, logs: set[LogId]) -> None:
        for log in logs & set(self._until_s):
            del self._waits_s[log], self._until_s[log]
