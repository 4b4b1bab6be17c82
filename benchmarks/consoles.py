"""Two hundred consoles of one centre on one machine: how long until every one of them has verified what was said.

    python benchmarks/consoles.py [--consoles N] [--check]

The real thing: a centre made and served by `jointwatch centre`, Debian's nats-server with the configuration that the
centre wrote, consoles as the guide opens them, in four processes, each with a replica of its own. The clock starts
before the operator's client signs the entry; verified: checkpoint, root and signatures checked at that console and the
entry in its replica. All consoles share the machine with the centre, where in a house each has its own, so most of the
time is theirs: "heard" is the same frames over the same server and nothing verified.

1. Notices at 2 a second: the slowest console, over the notices. 2. A burst of 1,000 entries: until the last console has
all. 3. The server killed and started again, with entries said in between: until the last console has all.
"""

from __future__ import annotations

import argparse
import multiprocessing
import queue
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

from jointwatch.centre import configuration, console
from jointwatch.centre.client import CentreLine
from jointwatch.earth.timescale import now_tai_ns
from jointwatch.exchange import dsse
from jointwatch.exchange.carrier import LineCut
from jointwatch.exchange.follow import Round
from jointwatch.exchange.nats.broker import Broker
from jointwatch.exchange.nats.line import subject
from jointwatch.exchange.tls import Identity
from jointwatch.messages.encoding import PAYLOAD_TYPE, encode
from jointwatch.messages.incident import Incident

JOINTWATCH = (sys.executable, "-m", "jointwatch")
LOG, PROCESSES, NOTICES, EVERY_S, BURST, BATCH = "brussels/common/notify", 4, 20, 0.5, 1_000, 100
GOAL_S = 1.0
"""A notice is at every desk within a second."""
WAIT_S = 120.0


def server_program() -> str | None:
    """Return where nats-server is: installed, or as `make nats-server` unpacks it."""
    unpacked = Path(__file__).parents[1] / ".nats" / "usr" / "sbin" / "nats-server"
    return str(unpacked) if unpacked.exists() else shutil.which("nats-server")


class Clerk:
    """Whoever says something at the centre, and knows when."""

    def __init__(self, line: CentreLine) -> None:
        self.line, self.key, self.said = line, line.signing_key(), 0

    def say(self, count: int) -> float:
        """Return when the first of these entries was begun (monotonic seconds), once all are acknowledged."""
        begun = time.monotonic()
        for start in range(0, count, BATCH):
            self.line.submit([self.entry() for _ in range(min(BATCH, count - start))])
        return begun

    def entry(self) -> bytes:
        """Return a signed entry of 1 KB."""
        about, self.said = self.line.about, self.said + 1
        message = Incident(
            mode=about.mode,
            run=about.run,
            origin=about.centre,
            log=LOG,
            logged_tai_ns=now_tai_ns(),
            id=f"said-{self.said}",
            about="info",
            text="x" * 690,
        )
        return dsse.sign(PAYLOAD_TYPE, encode(message), [self.key]).encode()


def consoles_process(folders: list[Path], pipe: Connection) -> None:
    """Run consoles; send (which, entries so far, when) each time one has verified more, until told to stop."""
    told: queue.SimpleQueue[tuple[str, int, float]] = queue.SimpleQueue()

    def teller(name: str) -> Callable[[Round], None]:
        held = [0]

        def tell(found: Round) -> None:
            count = sum(str(one.log.whole) == LOG and len(one.messages) for one in found.accepted)
            if count:
                held[0] += count
                told.put((name, held[0], time.monotonic()))

        return tell

    with ExitStack() as stack:
        for folder in folders:
            stack.enter_context(console.opened(folder, teller(folder.name)))
        _pass_on(told, pipe)


def listeners_process(folders: list[Path], port: int, run: str, pipe: Connection) -> None:
    """The same connections and the same frames, heard and not looked at."""
    told: queue.SimpleQueue[tuple[str, int, float]] = queue.SimpleQueue()

    def hearing(name: str) -> Callable[[bytes], None]:
        return lambda _body: told.put((name, 1, time.monotonic()))

    with ExitStack() as stack:
        for folder in folders:
            identity = Identity(folder.name, folder)
            broker = Broker(identity, identity.authority_pem(), port=port)
            broker.hear(subject(run, "brussels", "frames", ">"), hearing(folder.name))
            stack.enter_context(broker)
        _pass_on(told, pipe)


def _pass_on(told: queue.SimpleQueue[tuple[str, int, float]], pipe: Connection) -> None:
    while not pipe.poll(0.01):
        while not told.empty():
            pipe.send(told.get())


class Room:
    """All consoles, in their processes, and what each has so far."""

    def __init__(self, target: Callable[..., None], folders: list[Path], *more: object) -> None:
        self.has: dict[str, int] = {}
        self.at: dict[str, float] = {}
        self.names = [folder.name for folder in folders]
        self.pipes, self.processes = [], []
        for part in (folders[start::PROCESSES] for start in range(PROCESSES)):
            ours, theirs = multiprocessing.Pipe()
            process = multiprocessing.get_context("spawn").Process(target=target, args=(part, *more, theirs))
            process.start()
            self.pipes.append(ours)
            self.processes.append(process)

    def slowest(self, entries: int) -> float:
        """Return when the last console had this many entries (monotonic seconds)."""
        deadline = time.monotonic() + WAIT_S
        while any(self.has.get(name, 0) < entries for name in self.names):
            for pipe in multiprocessing.connection.wait(self.pipes, 1.0):
                name, self.has[name], self.at[name] = pipe.recv()  # type: ignore[union-attr]
            if time.monotonic() > deadline:
                whole = sum(self.has.get(name, 0) >= entries for name in self.names)
                raise TimeoutError(f"{whole} of {len(self.names)} consoles have {entries} entries after {WAIT_S:g} s")
        return max(self.at.values())

    def forget(self) -> None:
        """Begin to count anew, for listeners."""
        self.has = {}

    def close(self) -> None:
        """End the processes."""
        for pipe in self.pipes:
            pipe.send("stop")
        for process in self.processes:
            process.join(30)


@contextmanager
def running(command: list[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A program, ended by its process id."""
    with log.open("ab") as file:
        process = subprocess.Popen(command, stdout=file, stderr=file)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def centre_with(folder: Path, count: int) -> tuple[Path, int]:
    """Return a centre's folder and its NATS server's port; it has so many consoles."""
    centre = folder / "brussels"
    door, port = _free_port(), _free_port()
    subprocess.run(
        [*JOINTWATCH, "centre", "init", str(centre), "--listen", f"127.0.0.1:{door}"], check=True, capture_output=True
    )
    names = ", ".join(f'"ops-{number}"' for number in range(count))
    with (centre / "centre.toml").open("a") as file:
        file.write(f'\n[nats]\naddress = "127.0.0.1:{port}"\nconsoles = [{names}]\n')
    return centre, port


def linked(clerk: CentreLine) -> None:
    """Return once the centre answers and has its NATS server."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if clerk.health()["nats"]["linked"]:
                return
        except LineCut:
            pass
        time.sleep(0.1)
    raise TimeoutError("the centre did not find its NATS server within 60 s")


def measured(centre: Path, port: int, program: str, count: int) -> dict[str, float]:
    """Return seconds by what was measured."""
    folders = [centre / "clients" / f"ops-{number}" for number in range(count)]
    server = [program, "-c", str(centre / "clients" / "broker" / "nats.conf")]
    run, found = configuration.read(centre).run, {}
    with ExitStack() as stack:
        stack.enter_context(running([*JOINTWATCH, "centre", "serve", str(centre)], centre / "serve.txt"))
        line = stack.enter_context(CentreLine(centre / "clients" / "desk"))
        _wait_for(centre / "clients" / "broker" / "nats.conf")
        nats = stack.enter_context(running(server, centre / "nats.txt"))
        linked(line)
        clerk = Clerk(line)
        clerk.say(1)
        listening = Room(listeners_process, folders, port, run)
        time.sleep(15)
        found["heard"] = float(np.median([_one(listening, clerk) for _ in range(NOTICES)]))
        listening.close()
        room = Room(consoles_process, folders)
        stack.callback(room.close)
        room.slowest(clerk.said + 1)  # the shard's opening too
        found |= _verified(room, clerk, nats, server, centre, stack)
    return found


def _one(listening: Room, clerk: Clerk) -> float:
    listening.forget()
    took = -clerk.say(1) + listening.slowest(1)
    time.sleep(EVERY_S)
    return took


def _verified(
    room: Room, clerk: Clerk, nats: subprocess.Popen[bytes], server: list[str], centre: Path, stack: ExitStack
) -> dict[str, float]:
    slowest, middle = [], []
    for _ in range(NOTICES):
        begun = clerk.say(1)
        slowest.append(room.slowest(clerk.said + 1) - begun)
        middle.append(float(np.median(list(room.at.values()))) - begun)
        time.sleep(max(0.0, begun + EVERY_S - time.monotonic()))
    begun = clerk.say(BURST)
    burst = room.slowest(clerk.said + 1) - begun
    nats.kill()
    nats.wait()
    clerk.say(10)
    stack.enter_context(running(server, centre / "nats.txt"))
    begun = time.monotonic()
    back = room.slowest(clerk.said + 1) - begun
    return {
        "middle": float(np.median(middle)),
        "slowest": float(np.median(slowest)),
        "worst": max(slowest),
        "burst": burst,
        "back": back,
    }


def _wait_for(path: Path) -> None:
    deadline = time.monotonic() + 60
    while not path.exists():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{path} was not written within 60 s")
        time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> int:
    """Print the table and the summary; return the exit code."""
    assert __doc__ is not None
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--consoles", type=int, default=200)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    program = server_program()
    if program is None:
        print("consoles: nats-server is not here; `make nats-server` unpacks Debian's")
        return int(options.check)
    with tempfile.TemporaryDirectory() as folder:
        centre, port = centre_with(Path(folder), options.consoles)
        at = measured(centre, port, program, options.consoles)
    rate = BURST * options.consoles / at["burst"]
    rows = [
        ("a notice, heard by all, nothing verified (median)", f"{at['heard'] * 1e3:,.0f} ms"),
        ("a notice, verified by half of them (median)", f"{at['middle'] * 1e3:,.0f} ms"),
        ("a notice, verified by all (median)", f"{at['slowest'] * 1e3:,.0f} ms"),
        ("a notice, verified by all (worst of 20)", f"{at['worst'] * 1e3:,.0f} ms"),
        (f"{BURST:,} entries, verified by all", f"{at['burst']:.1f} s ({rate:,.0f} verifications/s)"),
        ("server killed and back, all whole again", f"{at['back']:.1f} s"),
    ]
    for name, value in rows:
        print(f"{name:<54}{value}")
    good = at["slowest"] <= GOAL_S
    print(
        f"consoles: {options.consoles} on one machine, a notice verified by all in {at['slowest'] * 1e3:,.0f} ms "
        f"(goal {GOAL_S * 1e3:,.0f}, heard alone {at['heard'] * 1e3:,.0f}), "
        f"{BURST:,} entries in {at['burst']:.1f} s, back after the server's end in {at['back']:.1f} s: "
        f"{'reached' if good else 'not reached'}"
    )
    return int(options.check and not good)


if __name__ == "__main__":
    sys.exit(main())
