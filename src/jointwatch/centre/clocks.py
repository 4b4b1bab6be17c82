"""The partners' clocks, as far as they can be told from what the partners sign: an alarm, and never a reason to drop.

A cosignature carries the whole second in which it was made, and a partner cosigns anew about once a second. So it is
ahead by at least what its newest time lies before us; and it is behind where none of several in a row was less old than
that. Order in a log is the position, so a wrong clock disturbs nothing but what people read from the times.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from jointwatch.earth.timescale import NS_PER_S, now_tai_ns
from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange import note
from jointwatch.exchange.desk import StoreDesk
from jointwatch.exchange.keyrings import ROSTER
from jointwatch.exchange.mirror import Accepted
from jointwatch.exchange.roster import cosigner_name

ALARM_S = 1.0
FUTURE_S = 60.0
ALARMS, WITHIN_S = 10, 3600.0  # no more of one partner: each is an entry, and it could sign any times it likes
IN_A_ROW = 5  # cosignatures: a single one may have waited on the line
_TRUNCATED_S = 1.0  # a cosignature's time is a whole second, up to one less than the time it was made


@dataclass
class _Seen:
    ages_s: deque[float] = field(default_factory=lambda: deque(maxlen=IN_A_ROW))
    off_s: float = 0.0
    told: bool = False
    told_posix_s: deque[float] = field(default_factory=lambda: deque(maxlen=ALARMS))
    future: dict[str, int] = field(default_factory=dict)


class Clocks:
    """What is known of each partner's clock. alarm: told when one goes wrong, and when it is right again."""

    def __init__(
        self,
        partners: Iterable[str],
        alarm: Callable[[str, str], None],
        *,
        now_posix_s: Callable[[], float] = time.time,
        now_tai_ns: Callable[[], int] = now_tai_ns,
    ) -> None:
        self._alarm, self._now_posix_s, self._now_tai_ns = alarm, now_posix_s, now_tai_ns
        self._seen = {partner: _Seen() for partner in partners}
        self._lock = threading.Lock()

    def off_s(self, partner: str) -> float:
        """Return by how many seconds at least a partner's clock is ahead of ours, or behind it where negative."""
        return self._seen[partner].off_s

    def future(self, partner: str) -> dict[str, int]:
        """Return how many entries of each log of a partner were from more than a minute ahead of when they came."""
        return dict(self._seen[partner].future)

    def cosigned(self, partner: str, posix_s: int) -> None:
        """Take note of a time that a partner signed just now."""
        with self._lock:
            seen = self._seen[partner]
            seen.ages_s.append(self._now_posix_s() - posix_s)
            seen.off_s = _off_s(seen.ages_s)
            due = bool(seen.off_s) != seen.told and self._may_tell(seen.told_posix_s)
            if due:
                seen.told = bool(seen.off_s)
                seen.told_posix_s.append(self._now_posix_s())
        if due:
            self._tell(partner, seen.off_s)

    def heard(self, partner: str, came: Accepted) -> None:
        """Count what a partner logged that is yet to be; rosters say from when they will be in force, and may."""
        latest = self._now_tai_ns() + int(FUTURE_S * NS_PER_S)
        count = sum(message is not None and message.logged_tai_ns > latest for message in came.messages)
        if not count or came.log.klass == ROSTER:
            return
        with self._lock:
            future = self._seen[partner].future
            first = str(came.log) not in future
            future[str(came.log)] = future.get(str(came.log), 0) + count
        if first:
            self._alarm(
                partner, f"entries of {came.log} are logged more than {FUTURE_S:g} s in the future; they are kept"
            )

    def _may_tell(self, told_posix_s: deque[float]) -> bool:
        return len(told_posix_s) < ALARMS or abs(self._now_posix_s() - told_posix_s[0]) >= WITHIN_S

    def _tell(self, partner: str, off_s: float) -> None:
        which = "ahead of" if off_s > 0 else "behind"
        wrong = f"the clock of {partner} is at least {abs(off_s):.1f} s {which} ours"
        self._alarm(partner, wrong if off_s else f"the clock of {partner} agrees with ours again")


class TimedDesk(StoreDesk):
    """A desk that takes note of the times beneath what partners hand in. clocks: set before it is used."""

    clocks: Clocks

    def cosign(self, peer: str, notes: Mapping[str, bytes]) -> None:
        """Keep the peer's cosignatures, and look at the newest of their times."""
        super().cosign(peer, notes)
        name = cosigner_name(self.store.run, peer)
        lines = (line for body in notes.values() for line in note.parse(body).signatures if line.name == name)
        times = [checkpoints.timestamp_s(line.signature) for line in lines if len(line.signature) == 72]
        if times:
            self.clocks.cosigned(peer, max(times))


def _off_s(ages_s: deque[float]) -> float:
    """Return by how much at least the clock is off that signed times of these ages; 0.0 within the alarm's limit."""
    ahead = -min(ages_s)
    if ahead > ALARM_S:
        return ahead
    behind = min(ages_s) - _TRUNCATED_S
    return -behind if len(ages_s) == ages_s.maxlen and behind > ALARM_S else 0.0
