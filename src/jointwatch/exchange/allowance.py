"""How much of a door's time one caller may take, so that a partner that floods it slows down nobody but itself.

A token bucket for each caller: seconds of work, half of each second, and what was not used is saved up for a while.
Reading a log costs some microseconds an entry, so this is many times what any log grows by. Whoever is over it waits
before it is told so, on one of its few connections. Of a sensor of the centre's own that cannot sign, reading and
signing what it posts is counted in the same way; what is handed in signed is not.
"""

from __future__ import annotations

import time
from collections.abc import Callable

SHARE = 0.5  # of a processor
SAVED_S = 2.0
REQUEST_S = 0.0003  # what a request takes around the work that is measured: HTTP, TLS
LONGEST_WAIT_S = 1.0
MAX_CONNECTIONS = 16  # of one caller at a time


class Allowance:
    """What one caller has left, in seconds of work; below zero where it has taken more than it had."""

    def __init__(
        self, share: float = SHARE, saved_s: float = SAVED_S, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._share, self._most_s, self._clock = share, saved_s, clock
        self._left_s, self._seen_s = saved_s, clock()

    def spend(self, seconds: float) -> None:
        """Take what some work has cost."""
        self._left_s = self._now() - seconds

    def wait_s(self) -> float:
        """Return how long until there is something left; zero where there is now.

        >>> allowance = Allowance(share=0.5, saved_s=2.0, clock=lambda: 0.0)
        >>> allowance.spend(2.5)
        >>> allowance.wait_s()
        1.0
        """
        return max(0.0, -self._now() / self._share)

    def _now(self) -> float:
        now = self._clock()
        self._left_s = min(self._most_s, self._left_s + (now - self._seen_s) * self._share)
        self._seen_s = now
        return self._left_s
