"""The joint picture: from the outbound logs of all centres and nothing else, in one order that everyone can repeat.

Entries are heard by the time they were logged, then by centre, log and position, and only up to the time to which every
partner has been heard: a later word of one centre never overtakes an earlier one of another that is still on the line.
"""

from __future__ import annotations

from bisect import insort
from dataclasses import dataclass, field

from jointwatch.assessment.priors import BoostPriors
from jointwatch.centre.watch import Watch
from jointwatch.messages.encoding import Heard
from jointwatch.messages.picture import Picture
from jointwatch.messages.plot_report import PlotReport
from jointwatch.tracking.known import Known

SCANS = 256
Scan = tuple[str, int, tuple[float, ...]]  # sensor, time, ranges
Place = tuple[int, str, str, int]  # logged, owner, log, position: the order of hearing


@dataclass(order=True)
class _Waiting:
    place: Place
    message: Heard = field(compare=False)


class JointPicture:
    """What all centres together have said, as one perspective; known: the satellites of the public catalogue."""

    def __init__(self, centres: tuple[str, ...], priors: BoostPriors, known: Known | None = None) -> None:
        self.watch = Watch("joint", priors, known)
        self._heard_until = dict.fromkeys(centres, 0)
        self._waiting: list[_Waiting] = []
        self._scans: dict[str, dict[Scan, None]] = {centre: {} for centre in centres}  # the newest of each

    @property
    def horizon_tai_ns(self) -> int:
        """The time to which every centre has been heard."""
        return min(self._heard_until.values())

    def said(self, owner: str, log: str, position: int, message: Heard, at_tai_ns: int | None = None) -> None:
        """Take in one entry of an outbound log, own or verified. at_tai_ns: when it counts as said, else as logged."""
        at = message.logged_tai_ns if at_tai_ns is None else at_tai_ns
        insort(self._waiting, _Waiting((at, owner, log, position), message))
        self._heard_until[owner] = max(self._heard_until[owner], at)

    def picture(self) -> Picture:
        """Return the joint picture at its horizon, after hearing everything up to it."""
        self.hear_until(self.horizon_tai_ns)
        return self.watch.picture(self.horizon_tai_ns)

    def hear_until(self, tai_ns: int) -> None:
        """Hear what was logged up to a time, in order."""
        while self._waiting and self._waiting[0].place[0] <= tai_ns:
            heard = self._waiting.pop(0)
            self.watch.be_at(heard.place[0])
            if not self._again(heard.place[1], heard.message):
                self.watch.hear(heard.place[1], heard.message)

    def _again(self, owner: str, message: Heard) -> bool:
        """Whether this is a scan that its owner released to another partner too: it counts once."""
        if not isinstance(message, PlotReport):
            return False
        scan, scans = (message.sensor, message.time_tai_ns, message.range_m), self._scans[owner]
        again = scan in scans
        scans[scan] = None
        if len(scans) > SCANS:
            del scans[next(iter(scans))]
        return again
