"""Two centres, each a process that may be killed at any moment, and clients that submit until they are acknowledged."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jointwatch.centre import cards, configuration, founding, service_keys
from jointwatch.centre.configuration import Place
from jointwatch.centre.service_keys import ServiceKeys
from jointwatch.exchange.keyrings import Keyrings, roster_log
from jointwatch.exchange.keys import SigningKey, read_key
from jointwatch.exchange.log import Store
from jointwatch.exchange.logid import COMMON
from tests import ports
from tests.faults.harness import ROOT, Tally, keyrings, seconds_until, tally
from tests.faults.wire import HOSTS, Wire, wire

RUN, MODE = "faults", "exercise"
DESK = founding.Client("operator", "desk")
RELEASERS = [founding.Client("releaser", name) for name in ("anna", "boris")]
START_S = 60.0


class Gone(Exception):  # noqa: N818 - reads as what happened
    """The centre was not heard: nothing is known of what became of what it was asked."""


class Station:
    """A centre in its folder, served by a process, and the process of a client that hands in what its desk says."""

    def __init__(
        self,
        name: str,
        folder: Path,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        inside: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
        desk_environment: Mapping[str, str] | None = None,
        program: str = "jointwatch",
    ) -> None:
        self.name, self.folder, self.host, self.port = name, folder, host, port or ports.free(host)
        self.inside, self.program = list(inside), program
        self.environment, self.desk_environment = dict(environment or {}), dict(desk_environment or {})
        self.process: subprocess.Popen[bytes] | None = None
        self.clerk: subprocess.Popen[str] | None = None
        self.orders = threading.Lock()
        self.said = folder.parent / f"{name}.said"
        folder.mkdir(parents=True, exist_ok=True)
        founding.found(folder, run=RUN, mode=MODE, listen=f"{host}:{self.port}", clients=[DESK, *RELEASERS])

    @property
    def card(self) -> Keyrings:
        """Its keys as its card names them, and as anyone may know them."""
        return cards.keys(cards.read(self.folder))

    @property
    def fingerprint(self) -> str:
        """What its partners pin."""
        return self.card.identity

    @property
    def keys(self) -> ServiceKeys:
        """The private keys in its folder."""
        return service_keys.held(Place(self.folder).keys, self.card)

    @property
    def officers(self) -> list[SigningKey]:
        """The root keys of its officers, two of whom sign for its keys."""
        return [read_key(path) for path in sorted(Place(self.folder).officers.glob("*.pem"))]

    @property
    def desk_key(self) -> SigningKey:
        """The key with which the client signs what it hands in."""
        return read_key(Place(self.folder).clients / "desk" / "signing.pem")

    @property
    def releasers(self) -> list[SigningKey]:
        """The keys of the officers of release, two of whom sign a change of policy."""
        return [read_key(Place(self.folder).clients / officer.name / "signing.pem") for officer in RELEASERS]

    @property
    def database(self) -> Path:
        return Place(self.folder).record(RUN)

    @property
    def evidence(self) -> Path:
        """The folder in which it keeps two histories of one log."""
        return self.database.with_suffix(".evidence")

    def knows(self, other: Station, *, host: str = "", port: int = 0) -> None:
        """Pin another centre; host and port: where its door is seen from here, if not where it stands."""
        address = f"{host or other.host}:{port or other.port}"
        card = cards.read(other.folder).model_copy(update={"address": address})
        cards.pin(Place(self.folder), card, other.fingerprint)

    def start(self, *, kill_at: tuple[str, int] | None = None) -> None:
        """Start the process; returns when its door is open."""
        serve = [self.program, "centre", "serve", str(self.folder)]
        if kill_at is not None:
            serve = ["tests.faults.kill_point", str(self.folder), *map(str, kill_at)]
        before = self.said.stat().st_size if self.said.exists() else 0
        with self.said.open("ab") as said:
            self.process = subprocess.Popen(
                [*self.inside, sys.executable, "-m", *serve],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                cwd=ROOT,
                env={**os.environ, **self.environment},
            )
        seconds_until(lambda: self._serves(before), START_S, f"{self.name} serves")

    def _serves(self, offset: int) -> bool:
        with self.said.open("rb") as said:
            said.seek(offset)
            text = said.read().decode(errors="replace")
        assert self.process is None or self.process.poll() in (None, -9), f"{self.name} ended: {text[-600:]}"
        return "serves at" in text or (self.process is not None and self.process.poll() == -9)

    def send(self, **order: Any) -> None:
        """Have the client ask something, without hearing the answer yet."""
        if self.clerk is None:
            self.clerk = subprocess.Popen(
                [*self.inside, sys.executable, "-m", "tests.faults.clerk", str(Place(self.folder).clients / "desk")],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                cwd=ROOT,
                env={**os.environ, **self.desk_environment},
            )
        assert self.clerk.stdin is not None
        self.clerk.stdin.write(json.dumps(order) + "\n")
        self.clerk.stdin.flush()

    def hear(self) -> dict[str, Any]:
        """Return the answer to what was sent; raise Gone where the centre was not heard."""
        assert self.clerk is not None
        assert self.clerk.stdout is not None
        line = self.clerk.stdout.readline()
        assert line, f"the client of {self.name} has ended"
        answer: dict[str, Any] = json.loads(line)
        if "gone" in answer:
            raise Gone(answer["gone"])
        return answer

    def ask(self, **order: Any) -> dict[str, Any]:
        """Return the centre's answer to its client; raise Gone where it was not heard."""
        with self.orders:
            self.send(**order)
            return self.hear()

    def say(self, ids: Sequence[str], log: str) -> list[int]:
        """Return the positions at which it acknowledged these ids; handed in again where it was not heard."""
        while True:
            try:
                positions: list[int] = self.ask(say=list(ids), log=log)["positions"]
            except Gone:
                time.sleep(0.05)
            else:
                return positions

    def state(self) -> dict[str, Any]:
        """Return what the centre says of itself: sizes (of whole logs), why lines are cut, what was refused."""
        health = self.ask(state=True)
        partners: dict[str, dict[str, Any]] = health["partners"]
        sizes: Counter[str] = Counter()
        for log, at in health["logs"].items():
            sizes[whole(log)] += at["size"]
        return {
            "sizes": dict(sizes),
            "cut": {name: at["cut"] for name, at in partners.items()},
            "refusals": [at["last_refusal"] for at in partners.values() if at["last_refusal"]],
            "refused": sum(at["refused"] for at in partners.values()),
        }

    def speaks(self) -> bool:
        """Whether it has asked its partners how far they hold its logs, without which it appends nothing."""
        try:
            return not self.ask(state=True)["waits_for"]
        except Gone:
            return False

    def sizes(self) -> dict[str, int]:
        """Return how many entries each log has here; nothing where the centre does not answer."""
        try:
            found: dict[str, int] = self.state()["sizes"]
        except Gone:
            return {}
        return found

    def kill(self) -> None:
        """kill -9."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.ended()

    def freeze(self) -> None:
        """Stop it in the middle of whatever it does."""
        if self.process is not None:
            self.process.send_signal(signal.SIGSTOP)

    def open_files(self) -> int:
        """Return how many files and sockets it has open."""
        return len(list(Path(f"/proc/{self._pid()}/fd").iterdir()))

    def resident_kb(self) -> int:
        """Return how much memory it holds."""
        return int(Path(f"/proc/{self._pid()}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024

    def _pid(self) -> int:
        assert self.process is not None, f"{self.name} is not running"
        return self.process.pid

    def ended(self) -> None:
        """Wait until the process has ended."""
        if self.process is not None:
            self.process.wait(START_S)
            self.process = None

    def stop(self) -> None:
        """End it as its operator would."""
        if self.process is not None:
            self.process.terminate()
            try:
                self.ended()
            except subprocess.TimeoutExpired:
                raise AssertionError(f"{self.name} did not end within {START_S:g} s of being told to") from None

    def leave(self) -> None:
        """Kill the centre, and let its client go."""
        self.kill()
        if self.clerk is not None:
            self.clerk.kill()
            self.clerk.wait()
            self.clerk = None


def whole(log: str) -> str:
    """Return the name of a log without its shard."""
    return "/".join(log.split("/")[:3])


class Submitter:
    """A client that says `per_second` ids at its centre in small batches, each again until it is acknowledged.

    waited_s: how long each batch took.
    """

    def __init__(self, station: Station, log: str, *, per_second: float = 200.0, batch: int = 5, mark: str = "n"):
        self.station, self.log, self.per_second, self.batch, self.mark = station, log, per_second, batch, mark
        self.acknowledged: dict[str, int] = {}
        self.errors: list[str] = []
        self.gone: list[str] = []
        self.waited_s: list[float] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._submit)

    def __enter__(self) -> Submitter:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Say no more; returns when what was under way is over."""
        self._stop.set()
        self._thread.join(START_S)

    def _submit(self) -> None:
        number, start = 0, time.monotonic()
        while not self._stop.is_set():
            ids = [f"{self.mark}-{number + extra}" for extra in range(self.batch)]
            begun = time.monotonic()
            while not self._said(ids):
                if self._stop.wait(0.05):
                    return
            self.waited_s.append(time.monotonic() - begun)
            number += self.batch
            self._stop.wait(max(0.0, start + number / self.per_second - time.monotonic()))

    def _said(self, ids: list[str]) -> bool:
        try:
            answer = self.station.ask(say=ids, log=self.log)
        except Gone as reason:
            self.gone.append(str(reason))
            return False
        if "error" in answer:
            self.errors.append(answer["error"])
            return False
        self.acknowledged |= dict(zip(ids, answer["positions"], strict=True))
        return True


@contextmanager
def pair(folder: Path) -> Iterator[tuple[Station, Station]]:
    """Yield Moscow and Brussels, each following the other on the loopback."""
    moscow, brussels = Station("moscow", folder / "moscow"), Station("brussels", folder / "brussels")
    with started(moscow, brussels):
        yield moscow, brussels


@contextmanager
def with_an_abuser(folder: Path) -> Iterator[tuple[Station, Station, Station]]:
    """Yield Moscow, Ankara that follows it, and Brussels, a pinned partner whose process is gone: its certificate and
    key are what a row then knocks at Moscow's door with.
    """
    moscow, ankara, brussels = (Station(name, folder / name) for name in ("moscow", "ankara", "brussels"))
    with started(moscow, ankara, brussels):
        seconds_until(lambda: holds_all(brussels, moscow), START_S, "Brussels knows Moscow")
        brussels.kill()
        yield moscow, ankara, brussels


@contextmanager
def apart(folder: Path) -> Iterator[tuple[Station, Station, Wire]]:
    """Yield Moscow and Brussels on machines of their own, and the line between the two."""
    with wire() as line:
        moscow, brussels = (
            Station(name, folder / name, host=host, port=8443, inside=inside)
            for name, host, inside in zip(("moscow", "brussels"), HOSTS, line.inside, strict=True)
        )
        with started(moscow, brussels):
            yield moscow, brussels, line


@contextmanager
def started(*stations: Station) -> Iterator[None]:
    """Have centres that know each other and run; all are killed afterwards."""
    for station in stations:
        for other in stations:
            if other is not station:
                station.knows(other)
    try:
        for station in stations:
            station.start()
        for station in stations:
            seconds_until(station.speaks, START_S, f"{station.name} has asked its partners and speaks")
        yield
    finally:
        for station in stations:
            station.leave()


def for_reader(reader: Station, owner: Station) -> dict[str, int]:
    """Return how many entries each of the owner's logs has that the reader may have."""
    audiences = (f"{owner.name}/{COMMON}/", f"{owner.name}/{reader.name}/")
    return {log: size for log, size in owner.sizes().items() if log.startswith(audiences)}


def holds_all(reader: Station, owner: Station) -> bool:
    """Whether the reader has mirrored all that the owner has for it now."""
    theirs = for_reader(reader, owner)
    held = reader.sizes()
    return bool(theirs) and all(held.get(log, 0) >= size for log, size in theirs.items())


def caught_up_s(reader: Station, owner: Station, limit_s: float) -> float:
    """Return how long it took until the reader held what the owner had when this was asked."""
    theirs: dict[str, int] = {}
    deadline = time.monotonic() + START_S
    start = time.monotonic()
    while not theirs and time.monotonic() < deadline:
        theirs = for_reader(reader, owner)

    def there() -> bool:
        held = reader.sizes()
        return all(held.get(log, 0) >= size for log, size in theirs.items())

    seconds_until(there, limit_s, f"{reader.name} holds what {owner.name} had")
    return time.monotonic() - start


def settled(sender: Station, mirror: Station, acknowledged: dict[str, int], *, limit_s: float = 30.0) -> Tally:
    """Return the tally of both records once everything is mirrored and both centres have stopped."""
    seconds_until(lambda: holds_all(mirror, sender), limit_s, f"{mirror.name} holds all that {sender.name} has")
    held = sizes_held(mirror, sender)
    for station in (sender, mirror):
        station.stop()
    return closed_tally(sender, mirror, acknowledged, held=held)


def sizes_held(mirror: Station, sender: Station) -> dict[str, int]:
    """Return how many entries of each of the sender's logs the mirror holds now."""
    return {log: size for log, size in mirror.sizes().items() if log.startswith(f"{sender.name}/")}


def closed_tally(
    sender: Station, mirror: Station, acknowledged: dict[str, int], *, held: Mapping[str, int] | None = None
) -> Tally:
    """Return the tally of two records that nobody has open; each id also stands where it was said to stand."""
    pinned = sender.fingerprint
    with record(sender) as own, record(mirror) as kept:
        _check_positions(own, acknowledged, pinned)
        return tally(own, kept, acknowledged, pinned=pinned, mode=MODE, held=held)


def record(station: Station) -> Store:
    """Return a station's record, opened: every hash in it is recomputed."""
    place = Place(station.folder)
    keys, card = station.keys, station.card
    return founding.opened(place, configuration.read(station.folder), keys, lambda said: keys.said_by_desk(said, card))


def _check_positions(own: Store, acknowledged: dict[str, int], pinned: str) -> None:
    rings = keyrings(own, own.owner, pinned=pinned, mode=MODE)
    logs = [log for log in own.logs() if log.owner == own.owner and log != roster_log(own.owner)]
    standing = {rings.open_entry(e, log).id: at for log in logs for at, e in enumerate(own.entries(log))}
    moved = [found for found, at in acknowledged.items() if standing.get(found, at) != at]
    assert not moved, f"{len(moved)} ids stand elsewhere than they were acknowledged: {moved[:3]}"
