"""When what was measured at other times is handed in now, and which times it then carries.

The centres' clocks are the clocks of today, so the times of a replay or of an exercise are moved as a whole: never
ahead of today's clock, and at real time exactly on it.
"""

from __future__ import annotations

from dataclasses import dataclass

from jointwatch.earth.timescale import NS_PER_S


@dataclass(frozen=True)
class Pace:
    """From `first` to `last` of the old times, beginning `now`, so many times faster than they passed; all TAI ns."""

    first_tai_ns: int
    last_tai_ns: int
    now_tai_ns: int
    speed: float = 1.0

    @property
    def ahead_ns(self) -> int:
        """By how much the old times are moved.

        >>> Pace(0, 10 * NS_PER_S, 1_000 * NS_PER_S).ahead_ns // NS_PER_S
        1000
        >>> Pace(0, 10 * NS_PER_S, 1_000 * NS_PER_S, speed=10.0).ahead_ns // NS_PER_S
        991
        """
        long_ns = self.last_tai_ns - self.first_tai_ns
        return self.now_tai_ns - self.first_tai_ns - round(long_ns * (1.0 - 1.0 / self.speed))

    def clock(self, old_tai_ns: int) -> int:
        """Return when, by today's clock, an old time comes."""
        return self.now_tai_ns + round(self.due_s(old_tai_ns) * NS_PER_S)

    def moved(self, clock_tai_ns: int) -> int:
        """Return how far the moved times are when today's clock says so; at real time that is the same.

        >>> pace = Pace(0, 100 * NS_PER_S, 1_000 * NS_PER_S, speed=10.0)
        >>> [pace.moved(pace.clock(t * NS_PER_S)) - pace.ahead_ns == t * NS_PER_S for t in (0, 50, 100)]
        [True, True, True]
        """
        return self.first_tai_ns + self.ahead_ns + round((clock_tai_ns - self.now_tai_ns) * self.speed)

    def due_s(self, time_tai_ns: int) -> float:
        """Return how many seconds after the beginning an old time comes."""
        return (time_tai_ns - self.first_tai_ns) / NS_PER_S / self.speed
