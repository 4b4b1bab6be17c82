"""Two centres as `jointwatch centre serve` runs them, and a client that hands in until all is kept."""

from __future__ import annotations

import atexit
import itertools
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from jointwatch.centre import configuration
from jointwatch.centre.client import CentreLine
from jointwatch.exchange import dsse
from jointwatch.exchange.carrier import LineCut, TurnedDown
from jointwatch.exchange.keyrings import Keyrings, roster_log
from jointwatch.exchange.log import Store
from jointwatch.exchange.logid import LogId
from jointwatch.messages.encoding import decode
from jointwatch.messages.incident import Incident
from tests.centre import serving
from tests.faults.harness import Tally, seconds_until, tally

RUN = "watch"
_OFTEN = (
    "from jointwatch.centre import service; service.AUDIT_EVERY_S = 0.5; from jointwatch.cli.main import main; main()"
)
AUDITED_OFTEN = (sys.executable, "-c", _OFTEN)
"""Runs `jointwatch` with an audit of the record each half second instead of each hour."""


class Centre:
    """One centre's folder, and its process while it has one."""

    def __init__(self, folder: Path, *, program: Sequence[str] = serving.JOINTWATCH) -> None:
        self.folder, self.name, self.program = folder, folder.name, program
        self.process: subprocess.Popen[bytes] | None = None
        atexit.register(self.kill)  # however the row ends: it is in a session of its own

    @property
    def database(self) -> Path:
        return configuration.Place(self.folder).record(RUN)

    @property
    def identity(self) -> str:
        """Its fingerprint, as the other centre pins it."""
        with self.record() as store:
            rosters = store.entries(roster_log(self.name))
        return Keyrings(self.name, RUN, "exercise").learn(rosters[0]).identity

    def start(self) -> None:
        self.process = serving.start(self.folder, program=self.program)

    def kill(self) -> None:
        """kill -9."""
        if self.process is not None:
            serving.end(self.process, signal.SIGKILL)

    def stop(self) -> None:
        if self.process is not None:
            serving.end(self.process)

    def record(self) -> Store:
        """Its record, opened: every hash in it is recomputed. The process must have ended."""
        return Store(self.database, run=RUN, owner=self.name)

    def told(self, words: str) -> bool:
        """Whether it has said this on its standard output."""
        return words in (self.folder / "serving.txt").read_text()

    def incidents(self) -> list[Incident]:
        """What it wrote down in its internal log; the process must have ended."""
        with self.record() as store:
            logs = [log for log in store.logs() if log.whole == LogId(self.name, self.name, "record")]
            entries = [entry for log in logs for entry in store.entries(log)]
        return [found for entry in entries if isinstance(found := decode(dsse.parse(entry).payload), Incident)]

    def appends(self) -> bool:
        """Whether it has asked its partners and appends to all of its logs."""
        try:
            found = serving.health(self.folder)
        except LineCut:
            return False
        return not found["waits_for"] and not found["damage"]


@contextmanager
def centres(folder: Path, *, program: Sequence[str] = serving.JOINTWATCH) -> Iterator[tuple[Centre, Centre]]:
    """Moscow and Brussels, in service and open; Moscow runs by `program`. Both are ended afterwards."""
    here, there = serving.found(folder, "moscow", "brussels")
    moscow, brussels = Centre(here, program=program), Centre(there)
    with ExitStack() as stack:
        for centre in (moscow, brussels):
            centre.start()
            stack.callback(centre.kill)
        serving.opened(here, there)
        yield moscow, brussels


class Desk:
    """A client that hands in small batches, each again until it is told where its entries stand."""

    def __init__(self, centre: Centre, log: str = "moscow/brussels/notify", *, mark: str = "id") -> None:
        self.centre, self.log, self.mark = centre, log, mark
        self.acknowledged: dict[str, int] = {}
        self.turned_down: set[str] = set()
        self._numbers, self._stop = itertools.count(), threading.Event()

    def __enter__(self) -> Desk:
        self._stop.clear()
        self._thread = threading.Thread(target=self._go_on)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(60)
        self._stop.clear()

    def hand_in(self, count: int, *, batch: int = 250) -> None:
        """Hand in so many at once, and return when all are kept."""
        for start in range(0, count, batch):
            self._keep(min(batch, count - start))

    def _go_on(self) -> None:
        while not self._stop.wait(0.02):
            self._keep(5)

    def _keep(self, count: int) -> None:
        with CentreLine(self.centre.folder / "clients" / "desk") as line:
            ids = [f"{self.mark}-{next(self._numbers)}." for _ in range(count)]
            entries = [serving.entry(line, self.log, found) for found in ids]
            while True:
                try:
                    places = line.submit(entries).places
                except LineCut as cut:
                    if isinstance(cut, TurnedDown) and cut.status not in (503, 507):
                        raise  # this is not to be tried again
                    self.turned_down.add(cut.reason)
                    if self._stop.wait(0.05):
                        return
                    continue
                self.acknowledged |= {found: index for found, (_, index) in zip(ids, places, strict=True)}
                return


def mirrored_s(sender: Centre, mirror: Centre, limit_s: float = 60.0) -> float:
    """How long it took until the mirror held all the sender has, and the sender had its receipts."""

    def held() -> bool:
        try:
            return serving.mirrored(sender.folder, mirror.folder)
        except LineCut:
            return False

    return seconds_until(held, limit_s, f"{mirror.name} holds all that {sender.name} has")


def ended(sender: Centre, mirror: Centre, acknowledged: dict[str, int]) -> Tally:
    """The tally of both records, once all is mirrored and both centres have ended in order."""
    mirrored_s(sender, mirror)
    held = sizes_held(mirror, sender)
    for centre in (sender, mirror):
        centre.stop()
    with sender.record() as own, mirror.record() as kept:
        return tally(own, kept, acknowledged, pinned=sender_identity(own), held=held)


def sizes_held(mirror: Centre, sender: Centre) -> Counter[str]:
    """How many entries of each of the sender's whole logs the mirror holds now."""
    sizes: Counter[str] = Counter()
    for name, at in serving.health(mirror.folder)["logs"].items():
        if name.startswith(f"{sender.name}/"):
            sizes[str(LogId.parse(name).whole)] += at["size"]
    return sizes


def sender_identity(own: Store) -> str:
    return Keyrings(own.owner, RUN, "exercise").learn(own.entries(roster_log(own.owner))[0]).identity
