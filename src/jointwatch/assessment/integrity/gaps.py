"""Silences that fall where something happened: each event is asked whether the feed was silent then.

A feed is silent for a share of the time, for whatever reason; that share is learned. If its silences have nothing to do
with events, an event falls into one with that probability. If they do, it falls in more often.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import log

import numpy as np

from jointwatch.assessment.integrity.evidence import Sum, limit
from jointwatch.earth.timescale import NS_PER_S

LOOKED_FOR = 0.5
"""Share of events that a feed with something to hide is silent at."""
LEAST_SHARE = 0.005
"""Of the time: any feed may be silent as much, also one that never was."""
SILENT_AFTER_S = 30.0
STEP_S = 3600.0  # events come by the hour, not by the minute


@dataclass(frozen=True, slots=True)
class Silences:
    """How many of the events fell into silences, and the share of the time that is silent."""

    silent: int
    events: int
    share: float
    log_evidence: float


@dataclass(slots=True, eq=False)
class Gaps:
    """The standing evidence of one feed about its silences."""

    _began_ns: int = 0
    _last_ns: int = 0
    _silent_ns: int = 0
    _waiting: list[int] = field(default_factory=list)
    _sum: Sum = field(default_factory=lambda: Sum.of(1))
    _counts: tuple[int, int] = (0, 0)

    def hear(self, time_tai_ns: int) -> None:
        """Take in the time of a scan: events since the last one are asked."""
        before, self._last_ns = self._last_ns, max(time_tai_ns, self._last_ns)
        self._began_ns = self._began_ns or time_tai_ns
        silence = before > 0 and time_tai_ns - before > SILENT_AFTER_S * NS_PER_S
        for event in [event for event in self._waiting if event <= time_tai_ns]:
            self._ask(silence and event > before)
        self._waiting = [event for event in self._waiting if event > time_tai_ns]
        self._silent_ns += (time_tai_ns - before) * silence

    def happened(self, event_tai_ns: int) -> None:
        """Something happened that the feed should have been there for."""
        if self._last_ns:
            self._waiting.append(event_tai_ns)

    @property
    def share(self) -> float:
        """Share of the time that is silent."""
        return self._silent_ns / max(self._last_ns - self._began_ns, 1)

    def found(self) -> Silences | None:
        """The silences that are beyond the stated rate of false accusations, else None."""
        if self._sum.log < limit(STEP_S):
            return None
        return Silences(*self._counts, self.share, self._sum.log)

    def _ask(self, silent: bool) -> None:
        expected = min(max(self.share, LEAST_SHARE), LOOKED_FOR)
        ratio = LOOKED_FOR / expected if silent else (1 - LOOKED_FOR) / (1 - expected)
        self._sum.step(np.array([log(ratio)]))
        self._counts = self._counts[0] + silent, self._counts[1] + 1
