"""Two centres on one machine: how fast entries reach the partner's disk, verified, and how long one takes.

    python benchmarks/exchange.py [--entries N] [--rounds N] [--seconds S] [--check]

Two processes, HTTPS with mutual TLS between them on the loopback. An entry is a signed message of 1 KB; the clock
starts before it is signed. Arrived: checkpoint and entry signatures verified, root recomputed, on the partner's disk
(SQLite, `synchronous=FULL`); at the sender it was on the disk before anyone could ask.

The peer is NATS JetStream with `sync_interval: always`: a server on either side, a leaf line between them, a mirror
stream at the partner. It signs and verifies nothing and its line is without TLS, which favours it. It runs where
`nats-server` and nats-py are found (the `bench` group). The last line is the summary; with --check it exits 1 below a
goal.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import tempfile
import threading
import time
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median

import numpy as np
from numpy.typing import NDArray
from peers import jetstream
from peers.jetstream import Figures

from jointwatch.centre.credentials import Credentials, ensure
from jointwatch.exchange import dsse
from jointwatch.exchange.desk import StoreDesk
from jointwatch.exchange.follow import Round, keep_following
from jointwatch.exchange.https.server import Client, Server
from jointwatch.exchange.keyrings import Keyrings, roster_log
from jointwatch.exchange.keys import PublicKey
from jointwatch.exchange.log import Store
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.mirror import Mirror
from jointwatch.messages.encoding import PAYLOAD_TYPE, encode
from jointwatch.messages.incident import Incident
from jointwatch.messages.quantities import Mode

RUN, PLOTS = "benchmark", LogId("moscow", "brussels", "plot")
MODE: Mode = "exercise"
ENTRY_BYTES, BATCH = 1_024, 512
GOAL_PER_S, GOAL_RATIO, GOAL_P99_MS = 5_000, 5.0, 10.0


def signed_entry(keys: Credentials, number: int, padding: bytes, *, log: LogId = PLOTS) -> bytes:
    """Return the `number`-th message as a signed entry, of the plot log where no other is given."""
    message = Incident(
        mode=MODE,
        run=RUN,
        origin="moscow",
        log=str(log),
        logged_tai_ns=time.time_ns(),
        id=f"{log.klass}-{number:09}",
        about="benchmark",
        text="one of many",
        evidence=padding,
    )
    return dsse.sign(PAYLOAD_TYPE, encode(message), [keys.held["desk"]]).encode()


def roster_entry(keys: Credentials) -> bytes:
    """Return the centre's roster as the first entry of its roster log."""
    return keys.signed(keys.roster(run=RUN, mode=MODE, now_tai_ns=time.time_ns(), sensors=()))[0]


class Sender:
    """The sending centre: a store, a door, and entries of 1 KB."""

    def __init__(self, folder: Path) -> None:
        self.keys, other = ensure(folder / "moscow", "moscow"), ensure(folder / "brussels", "brussels")
        self.store = Store(folder / "moscow.db", run=RUN, owner="moscow", log_key=self.keys.held["log"])
        self.store.append({roster_log("moscow"): [roster_entry(self.keys)]})
        rings = Keyrings("brussels", RUN, MODE).learn(roster_entry(other))
        self.padding = bytes(ENTRY_BYTES - len(signed_entry(self.keys, 0, b"")))
        pinned = {"brussels": other.line.authority_pem()}
        self.server = Server(StoreDesk(self.store, lambda _: rings), self.keys.line, pinned)

    def submit(self, numbers: range) -> tuple[range, float]:
        """Return where entries were written, once they are on the disk, and when the first was about to be signed."""
        started = time.monotonic()
        written = self.store.append({PLOTS: [signed_entry(self.keys, number, self.padding) for number in numbers]})
        return written[PLOTS], started

    def flood(self, count: int) -> NDArray[np.float64]:
        """Return when each entry began, in the log's order: as fast as the store takes them, 512 at a time."""
        sent = np.empty(count)
        for first in range(0, count, BATCH):
            written, started = self.submit(range(first, min(first + BATCH, count)))
            sent[written.start : written.stop] = started
        return sent

    def paced(self, count: int, per_second: float) -> NDArray[np.float64]:
        """Return when each entry began: one at a time, at a steady rate."""
        sent, start = np.empty(count), time.monotonic()
        for number in range(count):
            time.sleep(max(0.0, start + number / per_second - time.monotonic()))
            sent[number] = self.submit(range(number, number + 1))[1]
        return sent


def mirror_of(folder: Path) -> Mirror:
    """Return the receiving centre's replicas, in a new record."""
    keys, sender = ensure(folder / "brussels", "brussels"), ensure(folder / "moscow", "moscow")
    store = Store(folder / "brussels.db", run=RUN, owner="brussels", log_key=keys.held["log"])
    identities = {"moscow": PublicKey(sender.identity.public.data)}
    return Mirror(store, mode=MODE, identities=identities, cosign_key=keys.held["cosign"], evidence_folder=folder)


def line_of(folder: Path, port: int) -> Client:
    """Return the receiving centre's line to the sending one."""
    keys, sender = ensure(folder / "brussels", "brussels"), ensure(folder / "moscow", "moscow")
    return Client(keys.line, "moscow", sender.line.authority_pem(), host="127.0.0.1", port=port)


def partner(folder: Path, port: int, line: Connection) -> None:
    """The receiving centre's process: follow until told how many entries there are, then say when each had come."""
    mirror, times = mirror_of(folder), list[tuple[int, float]]([(0, 0.0)])
    store = mirror.store
    store.listen(lambda log, size: times.append((size, time.monotonic())) if log == PLOTS else None)
    total, complete, trouble = [-1], threading.Event(), list[str]()

    def look(found: Round) -> None:
        if found.cut or found.refusals or found.turned_down:
            trouble.append(str(found))
        if line.poll():
            total[0] = line.recv()
        if trouble or store.size(PLOTS) == total[0]:
            complete.set()

    with store, line_of(folder, port) as client:
        line.send(time.process_time())
        keep_following(client, mirror, look, stop=complete)
    if trouble:
        raise SystemExit(f"the partner stopped: {trouble[0]}")
    sizes, at = zip(*times, strict=True)
    line.send((np.asarray(at)[np.searchsorted(sizes, np.arange(1, total[0] + 1))], time.process_time()))


def ours(count: int, per_second: float | None) -> Figures:
    """Return the figures of one run between two new centres; without a rate, as fast as it goes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sender = Sender(folder)
        near, far = multiprocessing.get_context("spawn").Pipe()
        with sender.store, sender.server:
            process = multiprocessing.get_context("spawn").Process(
                target=partner, args=(folder, sender.server.port, far)
            )
            process.start()
            begun_s = near.recv()
            processor_s = time.process_time()
            sent = sender.flood(count) if per_second is None else sender.paced(count, per_second)
            committed = time.monotonic()
            near.send(count)
            arrived, other_processor_s = near.recv()
            process.join()
        return Figures(sent, committed, arrived, time.process_time() - processor_s, other_processor_s - begun_s)


def main() -> int:
    """Print one row per run and the summary; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--entries", type=int, default=20_000, help="of a run as fast as it goes")
    parser.add_argument("--rounds", type=int, default=3, help="of such runs, ours and the peer's in turn")
    parser.add_argument("--seconds", type=int, default=20, help="of the run at 100 a second")
    parser.add_argument("--check", action="store_true")
    asked = parser.parse_args()
    missing = jetstream.missing()
    print(Figures.HEAD)
    floods, ratios = list[float](), list[float]()
    for _ in range(asked.rounds):
        floods.append(shown("ours, 512 at a time", ours(asked.entries, None)).per_second)
        if not missing:
            peer = shown("JetStream always, 256 in flight", jetstream.run(asked.entries // 4, None))
            ratios.append(floods[-1] / peer.per_second)
    slow = shown("ours, 100/s", ours(asked.seconds * 100, 100.0))
    if not missing:
        shown("JetStream always, 100/s", jetstream.run(asked.seconds * 100, 100.0))
    met = median(floods) >= GOAL_PER_S and slow.p99_ms <= GOAL_P99_MS
    met = met and (not ratios or median(ratios) >= GOAL_RATIO)
    among = f"{median(ratios):.1f} ({min(ratios):.1f} to {max(ratios):.1f})" if ratios else ""
    beside = f"{among} times {jetstream.version()} (goal {GOAL_RATIO:.0f})" if ratios else f"no peer: {missing}"
    print(
        f"exchange: {median(floods):,.0f} entries/s verified and durable at both ends (goal {GOAL_PER_S:,}), "
        f"{beside}, p99 {slow.p99_ms:.1f} ms at 100/s (goal {GOAL_P99_MS:.0f}); medians of {asked.rounds} runs: "
        f"{'met' if met else 'missed'}"
    )
    return 0 if met or not asked.check else 1


def shown(name: str, figures: Figures) -> Figures:
    """Return the figures, once their row is printed."""
    print(figures.row(name), flush=True)
    return figures


if __name__ == "__main__":
    sys.exit(main())
