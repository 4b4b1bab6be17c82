"""Two centres, each a process that may be killed at any moment, and clients that submit until they are acknowledged."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jointwatch.centre.credentials import Credentials, ensure
from jointwatch.exchange.keyrings import roster_log
from jointwatch.exchange.log import Store
from tests.faults.harness import ROOT, Tally, keyrings, seconds_until, tally

RUN, MODE = "faults", "exercise"
START_S = 20.0


class Gone(Exception):  # noqa: N818 - reads as what happened
    """The station's process ended before it answered: nothing is known of what was asked."""


@dataclass
class Station:
    """A centre's process, its folder, and what it is started with."""

    name: str
    folder: Path
    host: str = "127.0.0.1"
    port: int = 0
    partners: dict[str, dict[str, Any]] = field(default_factory=dict)
    prefix: Sequence[str] = ()
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[str] | None = None

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = self.port or free_port(self.host)
        self.orders = threading.Lock()

    @property
    def credentials(self) -> Credentials:
        return ensure(self.folder / "keys", self.name)

    @property
    def database(self) -> Path:
        return self.folder / "record.db"

    def knows(self, other: Station, *, host: str = "", port: int = 0) -> None:
        """Pin another centre; host and port: where its door is seen from here, if not where it stands."""
        keys = other.credentials
        self.partners[other.name] = {
            "host": host or other.host,
            "port": port or other.port,
            "identity": keys.identity.public.data.hex(),
            "authority": keys.line.authority_pem(),
        }

    def start(self, *, kill_at: tuple[str, int] | None = None) -> None:
        """Start the process; returns when its door is open."""
        setting = {
            "folder": str(self.folder),
            "name": self.name,
            "listen": {"host": self.host, "port": self.port},
            "partners": self.partners,
            "kill_at": kill_at,
        }
        command = [*self.prefix, sys.executable, "-m", "tests.faults.station_process", json.dumps(setting)]
        with self.orders:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                cwd=ROOT,
                env={**os.environ, **self.environment},
            )
            assert self.process.stdout is not None
            assert self.process.stdout.readline(), f"{self.name} did not start"

    def ask(self, **order: Any) -> dict[str, Any]:
        """Return the answer to an order; raise Gone where the process ends first."""
        with self.orders:
            if self.process is None:
                raise Gone(self.name)
            assert self.process.stdin is not None
            assert self.process.stdout is not None
            try:
                self.process.stdin.write(json.dumps(order) + "\n")
                self.process.stdin.flush()
                line = self.process.stdout.readline()
            except (OSError, ValueError) as error:
                raise Gone(self.name) from error
        if not line:
            raise Gone(self.name)
        answer: dict[str, Any] = json.loads(line)
        return answer

    def state(self) -> dict[str, Any]:
        return self.ask(state=True)

    def sizes(self) -> dict[str, int]:
        """Return how many entries each log has here; nothing where the process is dead."""
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

    def ended(self) -> None:
        """Wait until the process has ended."""
        process = self.process
        if process is not None:
            process.wait(START_S)
            with contextlib.suppress(OSError):
                process.stdin.close()  # type: ignore[union-attr]
            with self.orders:
                process.stdout.close()  # type: ignore[union-attr]
                self.process = None

    def stop(self) -> None:
        """End it as its operator would."""
        if self.process is not None:
            with contextlib.suppress(OSError):
                self.process.stdin.close()  # type: ignore[union-attr]
            try:
                self.process.wait(START_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
            self.ended()


class Submitter:
    """A client that says `per_second` ids at its centre in small batches, each again until it is acknowledged."""

    def __init__(self, station: Station, log: str, *, per_second: float = 200.0, batch: int = 5, mark: str = "n"):
        self.station, self.log, self.per_second, self.batch, self.mark = station, log, per_second, batch, mark
        self.acknowledged: dict[str, int] = {}
        self.errors: list[str] = []
        self.slowest_s = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._submit)

    def __enter__(self) -> Submitter:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
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
            self.slowest_s = max(self.slowest_s, time.monotonic() - begun)
            number += self.batch
            self._stop.wait(max(0.0, start + number / self.per_second - time.monotonic()))

    def _said(self, ids: list[str]) -> bool:
        try:
            answer = self.station.ask(say=ids, log=self.log)
        except Gone:
            return False
        if "error" in answer:
            self.errors.append(answer["error"])
            return False
        self.acknowledged |= dict(zip(ids, answer["positions"], strict=True))
        return True


def free_port(host: str = "127.0.0.1") -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as found:
        found.bind((host, 0))
        return int(found.getsockname()[1])


@contextmanager
def pair(folder: Path, *, start: bool = True) -> Iterator[tuple[Station, Station]]:
    """Yield Moscow and Brussels, each following the other on the loopback; both are stopped afterwards."""
    moscow, brussels = Station("moscow", folder / "moscow"), Station("brussels", folder / "brussels")
    moscow.knows(brussels)
    brussels.knows(moscow)
    try:
        for station in (moscow, brussels):
            if start:
                station.start()
        yield moscow, brussels
    finally:
        for station in (moscow, brussels):
            station.kill()


def holds_all(reader: Station, owner: Station) -> bool:
    """Whether the reader has mirrored all that the owner has for it now."""
    theirs = {log: size for log, size in owner.sizes().items() if log.startswith(f"{owner.name}/")}
    held = reader.sizes()
    return bool(theirs) and all(held.get(log, 0) >= size for log, size in theirs.items())


def caught_up_s(reader: Station, owner: Station, limit_s: float) -> float:
    """Return how long it took until the reader held what the owner had when this was asked."""
    theirs: dict[str, int] = {}
    deadline = time.monotonic() + START_S
    start = time.monotonic()
    while not theirs and time.monotonic() < deadline:
        theirs = {log: size for log, size in owner.sizes().items() if log.startswith(f"{owner.name}/")}

    def there() -> bool:
        held = reader.sizes()
        return all(held.get(log, 0) >= size for log, size in theirs.items())

    seconds_until(there, limit_s, f"{reader.name} holds what {owner.name} had")
    return time.monotonic() - start


def settled(sender: Station, mirror: Station, acknowledged: dict[str, int], *, limit_s: float = 30.0) -> Tally:
    """Return the tally of both records once everything is mirrored and both centres have stopped."""
    seconds_until(lambda: holds_all(mirror, sender), limit_s, f"{mirror.name} holds all that {sender.name} has")
    for station in (sender, mirror):
        station.stop()
    return closed_tally(sender, mirror, acknowledged)


def closed_tally(sender: Station, mirror: Station, acknowledged: dict[str, int], *, whole: bool = True) -> Tally:
    """Return the tally of two records that nobody has open; each id also stands where it was said to stand."""
    pinned = sender.credentials.identity.public.fingerprint
    with record(sender) as own, record(mirror) as kept:
        _check_positions(own, acknowledged, pinned)
        return tally(own, kept, acknowledged, pinned=pinned, mode=MODE, whole=whole)


def record(station: Station) -> Store:
    """Return a station's record, opened: every hash in it is recomputed."""
    return Store(station.database, run=RUN, owner=station.name, log_key=station.credentials.held["log"])


def _check_positions(own: Store, acknowledged: dict[str, int], pinned: str) -> None:
    rings = keyrings(own, own.owner, pinned=pinned, mode=MODE)
    logs = [log for log in own.logs() if log.owner == own.owner and log != roster_log(own.owner)]
    standing = {rings.open_entry(e, log).id: at for log in logs for at, e in enumerate(own.entries(log))}
    moved = [found for found, at in acknowledged.items() if standing.get(found, at) != at]
    assert not moved, f"{len(moved)} ids stand elsewhere than they were acknowledged: {moved[:3]}"
