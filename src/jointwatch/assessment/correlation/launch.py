"""A launch as someone detected it: the event and its detection, kept apart."""

from __future__ import annotations

from dataclasses import dataclass

from jointwatch.assessment.finding import Direction, Instant, Place
from jointwatch.earth.timescale import NS_PER_S


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Launch:
    """One object that was launched, by one party's estimate.

    event: when it was launched, as estimated. detected_tai_ns: when it was first seen, which says where the sensors
    are and not when the launch was; None: not told. verdict: "" where it was withheld.
    """

    name: str
    place: Place
    event: Instant
    direction: Direction | None = None
    impact: Place | None = None
    detected_tai_ns: int | None = None
    verdict: str = ""

    def behind_event_s(self) -> float | None:
        """Seconds from the event to its detection, or None where the detection was not told."""
        return None if self.detected_tai_ns is None else (self.detected_tai_ns - self.event.time_tai_ns) / NS_PER_S
