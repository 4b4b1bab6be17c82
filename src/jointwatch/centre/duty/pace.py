"""How fast each partner is heard: as fast as was agreed, and for a while faster, whatever it sends.

What is beyond that waits in the replica, where nothing of it is lost, and is heard in its turn; own sensors do not wait
for it. A centre that sends many times what was agreed is named, once, and once more when it is back.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

SAVED_S = 10.0  # of what was agreed may come at once, as after a cut
BEHIND_S = 30.0  # of what was agreed, waiting: then people are told


@dataclass
class _Left:
    entries: float
    seen_s: float
    told: bool = False


class Pace:
    """What may be heard of each owner now. agreed_per_s: entries a second of each partner; others are not limited.

    alarm: told of a partner that sends more than it is heard, and when all of it has been heard.
    """

    def __init__(
        self,
        agreed_per_s: Mapping[str, int],
        alarm: Callable[[str, str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._agreed, self._alarm, self._clock = agreed_per_s, alarm, clock
        self._left = {owner: _Left(SAVED_S * rate, clock()) for owner, rate in agreed_per_s.items()}

    def room(self, owner: str, wanted: int) -> int:
        """Return how many of so many entries may be heard now."""
        left = self._left.get(owner)
        if left is None:
            return wanted
        now, rate = self._clock(), self._agreed[owner]
        left.entries = min(SAVED_S * rate, left.entries + (now - left.seen_s) * rate)
        left.seen_s = now
        return max(0, min(wanted, int(left.entries)))

    def take(self, owner: str, entries: int) -> None:
        """Count what is heard."""
        if owner in self._left:
            self._left[owner].entries -= entries

    def waits(self, owner: str, entries: int) -> None:
        """Note how many entries of an owner wait to be heard."""
        left = self._left.get(owner)
        if left is None:
            return
        rate = self._agreed[owner]
        if not left.told and entries > BEHIND_S * rate:
            left.told = True
            text = f"{owner} sends more than the {rate} entries a second that were agreed: {entries:,} wait to be heard"
            self._alarm(owner, f"{text}; none is lost, and own sensors go first")
        elif left.told and not entries:
            left.told = False
            self._alarm(owner, f"all that {owner} sent has been heard")
