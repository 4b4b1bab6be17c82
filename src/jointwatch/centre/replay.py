"""The picture again, from the logs of a run directory and nothing else: the whole run, or as it was known at a time.

A centre's own picture follows from its internal log, whose receipts say when each of the partner's entries was known
there. The joint picture follows from the outbound logs alone, so whoever has only the published logs can make it too.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from jointwatch.assessment.priors import BoostPriors
from jointwatch.centre.joint import JointPicture
from jointwatch.centre.watch import Watch
from jointwatch.exchange import dsse
from jointwatch.exchange.keyrings import ROSTER
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.run_directory import LOGS, MANIFEST
from jointwatch.exchange.tiles import read_log_directory
from jointwatch.messages.correlation import Correlation
from jointwatch.messages.encoding import Heard, hear
from jointwatch.messages.notice import Notice
from jointwatch.messages.picture import Picture
from jointwatch.messages.plot_report import PlotReport
from jointwatch.messages.receipt import Receipt
from jointwatch.tracking.known import Known

Logs = dict[LogId, list[Heard]]


def read_logs(directory: Path) -> Logs:
    """Return every message of a run directory's logs; raises exchange.Refused, naming the file, for altered tiles."""
    found = {}
    for checkpoint in sorted((directory / LOGS).glob("*/*/*/checkpoint")):
        log = LogId(*checkpoint.relative_to(directory / LOGS).parts[:3])
        entries, _ = read_log_directory(checkpoint.parent)
        found[log] = [hear(dsse.parse(entry).payload) for entry in entries]
    return found


class Replay:
    """All pictures of a run, rebuilt in the order in which they were seen.

    known: the satellites of the catalogue that the run's centres knew, where they knew one.
    """

    def __init__(self, logs: Logs, priors: BoostPriors, known: Known | None = None) -> None:
        self._logs, self.priors, self._known = logs, priors, known
        self.centres = tuple(sorted({log.owner for log in logs}))

    @property
    def mode(self) -> str:
        """Exercise or operational, as every entry says."""
        return self._any().mode

    @property
    def run(self) -> str:
        """The run that every entry names."""
        return self._any().run

    def lasted_tai_ns(self) -> tuple[int, int]:
        """Return when the first and the last entry of all logs were logged; a roster's time is when it is in force."""
        times = {
            (log.klass == ROSTER, message.logged_tai_ns) for log, messages in self._logs.items() for message in messages
        }
        said = [time for of_keys, time in times if not of_keys]
        everything = [time for _, time in times]
        return min(everything), max(said or everything)

    def perspectives(self) -> tuple[str, ...]:
        """Return whose pictures can be rebuilt: the joint one, and that of each centre whose internal log is here."""
        return ("joint", *(c for c in self.centres if LogId(c, c, "record") in self._logs))

    def picture(self, perspective: str, as_of_tai_ns: int) -> Picture:
        """Return one picture as it was known at a time."""
        return next(iter(self.pictures(perspective, (as_of_tai_ns,))))

    def pictures(self, perspective: str, times_tai_ns: tuple[int, ...]) -> Iterator[Picture]:
        """Return the pictures of one perspective at these times, which rise."""
        if perspective == "joint":
            return self._joint(times_tai_ns)
        return self._national(perspective, times_tai_ns)

    def watch(self, centre: str, as_of_tai_ns: int) -> Watch:
        """Return what a centre held at a time, with all estimates up to it."""
        watch = Watch(centre, self.priors, self._known)
        for message in self._logs[LogId(centre, centre, "record")]:
            if message.logged_tai_ns <= as_of_tai_ns:
                self._hear(watch, centre, message)
        return watch

    def _national(self, centre: str, times_tai_ns: tuple[int, ...]) -> Iterator[Picture]:
        watch = Watch(centre, self.priors, self._known)
        record = iter(self._logs[LogId(centre, centre, "record")])
        waiting = next(record, None)
        for time in times_tai_ns:
            while waiting is not None and waiting.logged_tai_ns <= time:
                self._hear(watch, centre, waiting)
                waiting = next(record, None)
            yield watch.picture(time)

    def _any(self) -> Heard:
        return next(message for messages in self._logs.values() for message in messages)

    def _hear(self, watch: Watch, centre: str, message: Heard) -> None:
        """Hear an entry of an internal log: own plots and notices, and, at its receipt, what a partner had said."""
        watch.pass_time(message.logged_tai_ns)
        if isinstance(message, PlotReport | Notice | Correlation):
            watch.hear(centre, message)
        elif isinstance(message, Receipt):
            log = LogId.parse(message.head.log)
            if log.owner == centre and not log.internal:
                return  # released views of what is heard at home
            for said in self._logs.get(log, [])[message.first_index : message.head.size]:
                watch.hear(log.owner, said)

    def _joint(self, times_tai_ns: tuple[int, ...]) -> Iterator[Picture]:
        joint = JointPicture(self.centres, self.priors, self._known)
        for log, messages in self._logs.items():
            if not log.internal and log.klass != MANIFEST:
                for index, message in enumerate(messages):
                    joint.said(log.owner, str(log), index, message)
        for time in times_tai_ns:
            joint.hear_until(time)
            yield joint.watch.picture(time)
