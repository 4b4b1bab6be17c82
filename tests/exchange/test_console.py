"""Consoles of one centre over a NATS server that does its worst: what they are told is verified, whole and in order."""

from __future__ import annotations

import contextlib
import math
import random
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import msgspec
import pytest

from jointwatch.exchange import frame as frames
from jointwatch.exchange.equivocation import Equivocation
from jointwatch.exchange.follow import Round
from jointwatch.exchange.log import Store
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.mirror import Mirror
from jointwatch.exchange.nats import console as consoles
from jointwatch.exchange.nats.broker import Broker
from jointwatch.exchange.nats.console import Console
from jointwatch.exchange.nats.fanout import EVERY_S, Fanout
from jointwatch.exchange.nats.line import subject
from jointwatch.exchange.nats.settings import centre_user, reader_user
from jointwatch.exchange.tls import Identity, client_context, ensure_identity
from tests.exchange import two_centres as world
from tests.exchange.nats_server import NatsServer, issued
from tests.faults.harness import patience

RUN, CENTRE = "rehearsal-1", "brussels"
LIMIT_S = 60.0  # what takes longer hangs, also on a busy machine


def until(happened: Callable[[], object], why: Callable[[], object] = lambda: "") -> float:
    start = time.monotonic()
    while not happened():
        assert time.monotonic() - start < LIMIT_S, f"not within {LIMIT_S} s: {why()}"
        time.sleep(0.005)
    return time.monotonic() - start


class Desk:
    """One console: its replica, what it was told, and the thread that it runs in."""

    def __init__(self, folder: Path, server: NatsServer, name: str, centres: list[Any]) -> None:
        self.name, self.rounds = name, list[Round]()
        self.store = Store(folder / f"{name}.db", run=RUN, owner=name)
        self.knew = {log: self.store.size(log) for log in self.store.logs()}
        self.mirror = Mirror(
            self.store,
            mode="exercise",
            identities={centre.name: centre.identity.public for centre in centres},
            cosign_key=None,
            evidence_folder=folder / f"{name}-evidence",
            may_hold=lambda log: not log.internal,
        )
        self.broker = Broker(Identity(name, server.folder / name), server.identity.authority_pem(), port=server.port)
        self.console = Console(self.broker, self.mirror, CENTRE, self.rounds.append)
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.console.run, args=(self.stop,))

    def __enter__(self) -> Desk:
        self.broker.start()
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self.broker.stop()
        self.thread.join(LIMIT_S)
        assert not self.thread.is_alive()
        self.store.close()

    @property
    def refusals(self) -> list[Any]:
        return [refusal for found in self.rounds for refusal in found.refusals]

    def told(self) -> dict[LogId, list[str]]:
        """What was said to it, log by log, as the ids of the messages."""
        found: dict[LogId, list[str]] = {}
        for accepted in (one for round_ in self.rounds for one in round_.accepted):
            ids = found.setdefault(accepted.log, [])
            assert accepted.positions.start == len(ids), "in the order of the log, none left out, none twice"
            ids += [message.id for message in accepted.messages]
        return found

    def holds(self, store: Store) -> bool:
        """Whether it holds to the last entry all that the centre has and may give out, and was told it."""
        logs = [log for log in store.logs() if not log.internal]
        known = self.knew | {one.log: one.positions.stop for found in self.rounds for one in found.accepted}
        return (
            all(self.store.size(log) == store.size(log) for log in logs)
            and all(self.store.root(log) == store.root(log) for log in logs)
            and all(known.get(log, 0) == store.size(log) for log in logs)
        )


@pytest.fixture
def centres(tmp_path: Path) -> Iterator[list[Any]]:
    made = world.two_centres(tmp_path)
    world.settle(made)
    yield made
    for centre in made:
        centre.close()


@pytest.fixture
def moscow(centres: list[Any]) -> Any:
    return centres[0]


@pytest.fixture
def brussels(centres: list[Any]) -> Any:
    return centres[1]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Identity:
    return ensure_identity(tmp_path_factory.mktemp("authority"), CENTRE)


def nats_server(folder: Path, authority: Identity) -> NatsServer:
    """A party's server, with certificates for the centre and two consoles."""
    for name in (CENTRE, "ops-1", "ops-2"):
        issued(folder / name, authority, name)
    users = [centre_user(RUN, CENTRE), *(reader_user(RUN, CENTRE, name) for name in ("ops-1", "ops-2"))]
    return NatsServer(folder, authority, users, waits_for_who_is_slow)


def waits_for_who_is_slow(settings: str) -> str:
    """The server's settings, with a minute for TLS and for the answer to a ping, which the tests are not about."""
    for own, here in (('"timeout": 2', '"timeout": 60'), ('"ping_interval": "2s"', '"ping_interval": "60s"')):
        assert own in settings
        settings = settings.replace(own, here)
    return settings


@pytest.fixture
def server(tmp_path: Path, authority: Identity) -> Iterator[NatsServer]:
    with nats_server(tmp_path / "nats", authority) as found:
        yield found


def broker_of(server: NatsServer, name: str = CENTRE) -> Broker:
    return Broker(Identity(name, server.folder / name), server.identity.authority_pem(), port=server.port)


@pytest.fixture
def fanout(server: NatsServer, brussels: Any) -> Iterator[Fanout]:
    with Fanout(broker_of(server), brussels.store, brussels.mirror.keys) as found:
        yield found


def talk(centres: list[Any], number: int) -> None:
    """Something from each centre to everyone, and from Moscow to Brussels, which Brussels then has."""
    moscow, brussels = centres
    moscow.say("brussels", "plot", f"scan {number}")
    moscow.say("common", "notify", f"notice {number}")
    brussels.say("moscow", "assess", f"finding {number}")
    brussels.say("brussels", "record", world.SECRET)
    assert not brussels.follow(moscow).refusals


def test_a_console_is_told_all_that_its_centre_holds_and_nothing_internal(
    tmp_path: Path, server: NatsServer, fanout: Fanout, centres: list[Any], brussels: Any
) -> None:
    talk(centres, 0)
    with Desk(tmp_path, server, "ops-1", centres) as ops:
        until(lambda: ops.holds(brussels.store), why=lambda: ops.rounds[-1:])
        for number in range(1, 6):
            talk(centres, number)
        until(lambda: ops.holds(brussels.store))
        assert ops.refusals == []
        assert {str(log): len(ids) for log, ids in ops.told().items()} == {
            "moscow/common/roster": 1,
            "brussels/common/roster": 1,
            "moscow/brussels/plot": 6,
            "moscow/common/notify": 6,
            "brussels/moscow/assess": 6,
        }
    for file in tmp_path.glob("ops-1.db*"):
        assert world.SECRET.encode() not in file.read_bytes()


def test_what_is_new_arrives_by_itself_and_not_by_asking(
    tmp_path: Path, server: NatsServer, centres: list[Any], brussels: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without what has a console ask: word of how far the logs go, and silence."""
    monkeypatch.setattr(Fanout, "_tell_positions", lambda self: None)
    monkeypatch.setattr(consoles, "SILENT_S", math.inf)
    brussels.say("common", "notify", "the first of its log, which is asked for")
    fanout = Fanout(broker_of(server), brussels.store, brussels.mirror.keys)
    with fanout, Desk(tmp_path, server, "ops-1", centres) as ops:
        until(lambda: ops.holds(brussels.store))
        told = len(ops.rounds)
        took = []
        for number in range(20):
            start = time.monotonic()
            brussels.say("common", "notify", f"notice {number}")
            until(lambda: ops.holds(brussels.store))
            took.append(time.monotonic() - start)
        assert [len(found.accepted) for found in ops.rounds[told:]] == [1] * 20, "each as it came, none asked for"
        assert sorted(took)[10] < EVERY_S * patience(), f"half of them before there would be word of them: {took}"


def test_a_console_that_comes_back_asks_from_where_it_was(
    tmp_path: Path, server: NatsServer, fanout: Fanout, centres: list[Any], brussels: Any
) -> None:
    talk(centres, 0)
    with Desk(tmp_path, server, "ops-1", centres) as ops:
        until(lambda: ops.holds(brussels.store))
    talk(centres, 1)
    with Desk(tmp_path, server, "ops-1", centres) as ops:
        until(lambda: ops.holds(brussels.store))
        said = [accepted for found in ops.rounds for accepted in found.accepted]
        assert {str(accepted.log): accepted.positions for accepted in said} == {
            "moscow/brussels/plot": range(1, 2),
            "moscow/common/notify": range(1, 2),
            "brussels/moscow/assess": range(1, 2),
        }


def test_a_server_that_is_killed_costs_time_alone(
    tmp_path: Path, server: NatsServer, fanout: Fanout, centres: list[Any], brussels: Any
) -> None:
    with Desk(tmp_path, server, "ops-1", centres) as ops, Desk(tmp_path, server, "ops-2", centres) as other:
        for number in range(4):
            talk(centres, number)
            server.kill(signal.SIGKILL)
            talk(centres, 10 + number)
            server.start()
            talk(centres, 20 + number)
        back_s = until(lambda: ops.holds(brussels.store) and other.holds(brussels.store))
        print(f"whole {back_s:.2f} s after the server's fourth return")
        assert ops.told() == other.told()
        assert len(ops.told()[LogId("moscow", "common", "notify")]) == 12
        assert ops.refusals == other.refusals == []


class Between:
    """Whoever runs the server: it connects to the centre on one side and is the centre to the consoles on the other."""

    def __init__(self, near: NatsServer, far: NatsServer, alter: Callable[[list[bytes]], list[bytes]]) -> None:
        self.near, self.far, self.alter = broker_of(near, "ops-2"), broker_of(far), alter
        self.kept: list[bytes] = []
        self.honest = False
        self.near.hear(subject(RUN, CENTRE, "frames", ">"), self.frame)
        self.near.hear(subject(RUN, CENTRE, "positions"), self.positions)
        self.far.answer(subject(RUN, CENTRE, "pull", "*"), self.pull)
        self.todo: SimpleQueue[bytes | None] = SimpleQueue()
        self.thread = threading.Thread(target=self.work)

    def frame(self, body: bytes) -> None:
        self.todo.put(body)

    def work(self) -> None:
        while (body := self.todo.get()) is not None:
            self.kept.append(body)
            for made in [body] if self.honest else self.alter(self.kept):
                self.far.publish(subject(RUN, CENTRE, "frames", "some", "where"), made)

    def positions(self, body: bytes) -> None:
        threading.Thread(target=self.far.publish, args=(subject(RUN, CENTRE, "positions"), body), daemon=True).start()

    def pull(self, asker: str, body: bytes) -> bytes:
        return self.near.ask(subject(RUN, CENTRE, "pull", "ops-2"), body, whom=CENTRE, timeout_s=5)

    def __enter__(self) -> Between:
        self.near.start()
        self.far.start()
        self.thread.start()
        until(lambda: self.near.connected and self.far.connected, why=lambda: (self.near.cut, self.far.cut))
        return self

    def __exit__(self, *_: object) -> None:
        self.todo.put(None)
        self.thread.join(LIMIT_S)
        self.near.stop()
        self.far.stop()


chance = random.Random(20090520)


def forged(kept: list[bytes]) -> list[bytes]:
    """A byte altered anywhere, or another entry's place taken."""
    data = bytearray(kept[-1])
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return [bytes(data)]


ALTERED: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "forges": forged,
    "forges beside": lambda kept: [forged(kept)[0], kept[-1], forged(kept)[0]],
    "drops": lambda kept: kept[-1:] if chance.random() < 0.5 else [],
    "drops all": lambda kept: [],
    "repeats": lambda kept: [*kept[-5:], *kept],
    "reorders": lambda kept: kept[-4:][::-1] if len(kept) % 4 == 0 else [],
    "sends rubbish": lambda kept: [b"", b"JWF1", bytes(70_000), chance.randbytes(300), kept[-1][:-1]],
}


@pytest.mark.parametrize("how", ALTERED)
def test_a_server_that_cheats_costs_time_alone(
    how: str, tmp_path: Path, server: NatsServer, fanout: Fanout, authority: Identity, centres: list[Any], brussels: Any
) -> None:
    with (
        nats_server(tmp_path / "far", authority) as far,
        Between(server, far, ALTERED[how]),
        Desk(tmp_path, far, "ops-1", centres) as ops,
    ):
        until(lambda: ops.holds(brussels.store), why=lambda: ops.rounds[-3:])
        for number in range(12):
            talk(centres, number)
            time.sleep(0.02)
        until(lambda: ops.holds(brussels.store), why=lambda: ops.rounds[-3:])
        refused = how in ("forges", "forges beside", "sends rubbish")
        until(lambda: ops.refusals or not refused)
        assert len(ops.told()[LogId("moscow", "common", "notify")]) == 12
        assert ops.mirror.frozen == set()
        assert bool(ops.refusals) == refused


def test_a_server_that_invents_positions_is_asked_and_no_more(
    tmp_path: Path, server: NatsServer, fanout: Fanout, centres: list[Any], brussels: Any
) -> None:
    invented = [
        b"",
        b"\x80",
        msgspec.msgpack.encode({"v": 1, "positions": {"moscow/common/notify": [99, bytes(32)]}}),
        msgspec.msgpack.encode({"v": 1, "positions": {"no log": [9, bytes(32)]}}),
        msgspec.msgpack.encode({"v": 1, "positions": {"x/y/z": [9, bytes(32)]}}),
    ]
    with Desk(tmp_path, server, "ops-1", centres) as ops, broker_of(server) as liar:
        until(lambda: liar.connected and ops.holds(brussels.store))
        for body in invented * 20:
            assert liar.publish(subject(RUN, CENTRE, "positions"), body)
        talk(centres, 1)
        until(lambda: ops.holds(brussels.store))
        time.sleep(0.3)
        assert len(ops.rounds) < 200
        assert ops.mirror.frozen == set()


def test_two_histories_freeze_the_one_log_at_the_console_too(
    tmp_path: Path, server: NatsServer, fanout: Fanout, centres: list[Any], moscow: Any, brussels: Any
) -> None:
    """Moscow's log key signs another first notice, and whoever runs the server shows it to one console."""
    log = moscow.log("common", "notify")
    with Store(tmp_path / "twin.db", run=RUN, owner="moscow", log_key=moscow.log_key) as twin:
        twin.append({log: [moscow.entry(world.Incident, log, about="info", text="what the console was told")]})
        other = frames.encode(twin.frame(log, 0))
    talk(centres, 0)
    with Desk(tmp_path, server, "ops-1", centres) as ops, broker_of(server) as liar:
        until(lambda: liar.connected and ops.holds(brussels.store))
        assert liar.publish(subject(RUN, CENTRE, "frames", "moscow", "common", "notify"), other)
        until(lambda: ops.refusals)
        assert ops.mirror.frozen == {log}
        assert [type(refusal) for refusal in ops.refusals] == [Equivocation]
        talk(centres, 1)
        rest = LogId("moscow", "brussels", "plot")
        until(lambda: ops.store.size(rest) == 2)
        assert ops.store.size(log) == 1


def test_a_console_that_does_not_read_costs_the_others_nothing(
    tmp_path: Path, server: NatsServer, fanout: Fanout, centres: list[Any], brussels: Any
) -> None:
    """96 MiB for two consoles, one of which takes none: the server cuts it off and holds no more of it."""
    log = brussels.log("common", "plot")
    with Desk(tmp_path, server, "ops-1", centres) as ops, deaf(server, "ops-2") as ended:
        until(lambda: ops.holds(brussels.store))
        for number in range(6):
            many = [brussels.entry(world.Incident, log, about="info", text="x" * 2_000) for _ in range(120)]
            brussels.store.append({log: many})
            frame = frames.encode(brussels.store.frame(log, number * 120))
            for _ in range(64):  # again and again: it costs the reader one look
                fanout._broker.publish(subject(RUN, CENTRE, "frames", "brussels", "common", "plot"), frame)
        brussels.say("common", "notify", "after all that")
        until(lambda: ops.holds(brussels.store), why=lambda: ops.rounds[-2:])
        until(ended)
        assert server.process is not None
        resident_kb = int(Path(f"/proc/{server.process.pid}/statm").read_text().split()[1]) * 4
        print(f"the server holds {resident_kb >> 10} MiB")
        assert resident_kb < 400 << 10
    assert ops.told()[LogId("brussels", "common", "notify")]


@contextlib.contextmanager
def deaf(server: NatsServer, name: str) -> Iterator[Callable[[], bool]]:
    """A console's connection that listens to everything and reads nothing; yields whether the server ended it."""
    context = client_context(Identity(name, server.folder / name), server.identity.authority_pem())
    with socket.create_connection(("127.0.0.1", server.port)) as near:
        near.recv(4_096)
        with context.wrap_socket(near, server_hostname="broker") as line:
            place = subject(RUN, CENTRE, "frames", ">")
            line.sendall(b'CONNECT {"verbose":false,"tls_required":true}\r\n' + f"SUB {place} 1\r\n".encode())
            line.sendall(b"PING\r\n")
            while b"PONG" not in line.recv(4_096):  # then it listens
                pass
            log = server.folder / "log"
            yield lambda: "Slow Consumer" in log.read_text()
