"""Plots that came before: the same numbers again, as when an old hour is played once more.

Noise makes every plot its own: that range, azimuth and elevation all agree to the last digit is as good as impossible,
also where a radar rounds to a metre and a hundredth of a degree (10^14 values: among the plots kept of a day, one pair
agrees in 30,000 days). So three such plots within ten minutes accuse. Of each eighth plot the numbers are kept, chosen
by the numbers themselves, so that a copy is chosen as its original was.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import numpy as np

from jointwatch.earth.arrays import Floats
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.sensors.measurement import Plots

KEPT_NS = 24 * 3600 * NS_PER_S
WITHIN_NS = 600 * NS_PER_S
ENOUGH = 3
_ONE_OF = 8
_FACTOR = np.uint64(0xBF58476D1CE4E5B9)  # of SplitMix64 [Steele, Lea and Flood 2014]


@dataclass(frozen=True, slots=True)
class Repeat:
    """Plots told again: how many of those kept, within ten minutes, and how long after their originals (s)."""

    plots: int
    behind_s: float


@dataclass(slots=True, eq=False)
class Repeats:
    """The plots of a day, by a hash of their numbers."""

    _first_ns: dict[int, int] = field(default_factory=dict)
    _order: deque[int] = field(default_factory=deque)
    _again: deque[tuple[int, int]] = field(default_factory=deque)  # when told again, and how long after

    def hear(self, plots: Plots) -> None:
        """Take in a scan."""
        now = plots.time_tai_ns
        for digest in _chosen(plots.z):
            first = self._first_ns.get(digest)
            if first is None:
                self._first_ns[digest] = now
                self._order.append(digest)
            elif first != now:
                self._again.append((now, now - first))
        while self._order and now - self._first_ns[self._order[0]] > KEPT_NS:
            del self._first_ns[self._order.popleft()]
        while self._again and now - self._again[0][0] > WITHIN_NS:
            self._again.popleft()

    def found(self) -> Repeat | None:
        """What is told again, else None."""
        if len(self._again) < ENOUGH:
            return None
        behind = sorted(late for _, late in self._again)
        return Repeat(len(self._again), behind[len(behind) // 2] / NS_PER_S)


def _chosen(z: Floats) -> list[int]:
    """Numbers of 64 bits that stand for the rows chosen, one in eight; equal rows have equal ones."""
    bits = np.ascontiguousarray(z).view(np.uint64).reshape(-1, 3)
    mixed = np.zeros(len(bits), dtype=np.uint64)
    for column in bits.T:
        mixed = (mixed ^ column) * _FACTOR
        mixed ^= mixed >> np.uint64(29)
    return [int(number) for number in mixed[mixed % np.uint64(_ONE_OF) == 0]]
