"""The connection to a party's NATS server: who gets in, who may say what, and servers that are not what they seem."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jointwatch.exchange.carrier import MAX_ANSWER_BYTES, LineCut, TurnedDown
from jointwatch.exchange.nats.broker import SERVER, Broker, TurnedAway, inbox
from jointwatch.exchange.nats.client import leave
from jointwatch.exchange.nats.line import subject
from jointwatch.exchange.nats.settings import centre_user, reader_user
from jointwatch.exchange.tls import Identity, ensure_identity, server_context
from tests import ports
from tests.exchange.nats_server import NatsServer, issued

RUN, CENTRE = "rehearsal-1", "brussels"
LIMIT_S = 60.0  # what takes longer hangs, also on a busy machine
USERS = [centre_user(RUN, CENTRE), reader_user(RUN, CENTRE, "ops-1"), reader_user(RUN, CENTRE, "ops-2")]


def until(happened: Callable[[], object], why: Callable[[], object] = lambda: "") -> None:
    start = time.monotonic()
    while not happened():
        assert time.monotonic() - start < LIMIT_S, f"not within {LIMIT_S} s: {why()}"
        time.sleep(0.005)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Identity:
    return ensure_identity(tmp_path_factory.mktemp("authority"), CENTRE)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, authority: Identity) -> Iterator[NatsServer]:
    base = tmp_path_factory.mktemp("nats")
    for name in (CENTRE, "ops-1", "ops-2", "guest"):
        issued(base / "server" / name, authority, name)
    with NatsServer(base / "server", authority, USERS) as found:
        yield found


def broker_of(server: NatsServer, name: str) -> Broker:
    return Broker(Identity(name, server.folder / name), server.identity.authority_pem(), port=server.port)


@contextlib.contextmanager
def connected(*brokers: Broker) -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        for broker in brokers:
            stack.enter_context(broker)
        for broker in brokers:
            until(lambda broker=broker: broker.connected, why=lambda broker=broker: broker.cut)  # type: ignore[misc]
        yield


def heard_by(broker: Broker, place: str) -> list[bytes]:
    found: list[bytes] = []
    broker.hear(place, found.append)
    return found


# Who gets in


def test_a_certificate_of_another_authority_is_not_let_in(server: NatsServer, tmp_path: Path) -> None:
    stranger = ensure_identity(tmp_path / "ops-1", "ops-1")
    with Broker(stranger, server.identity.authority_pem(), port=server.port) as broker:
        until(lambda: broker.cut != "not started")
        time.sleep(1)
        assert not broker.connected


def test_a_name_that_the_server_does_not_know_is_not_let_in(server: NatsServer) -> None:
    with broker_of(server, "guest") as broker:
        until(lambda: "Authorization" in broker.cut, why=lambda: broker.cut)
        assert not broker.connected


def test_a_server_without_the_name_of_one_is_not_spoken_to(
    server: NatsServer, authority: Identity, tmp_path: Path
) -> None:
    """Whoever has a console's certificate is not the server for it."""
    impostor = NatsServer(tmp_path / "nats", authority, USERS)
    impostor.identity = Identity("ops-2", server.folder / "ops-2")
    ops = Identity("ops-1", server.folder / "ops-1")
    with impostor, Broker(ops, authority.authority_pem(), port=impostor.port) as broker:
        until(lambda: "certificate" in broker.cut.lower(), why=lambda: broker.cut)
        assert not broker.connected


# Who may say what


def test_a_console_cannot_speak_as_the_centre(server: NatsServer) -> None:
    ops, other, centre = broker_of(server, "ops-1"), broker_of(server, "ops-2"), broker_of(server, CENTRE)
    heard = heard_by(other, subject(RUN, CENTRE, "frames", ">"))
    hints = heard_by(other, subject(RUN, CENTRE, "positions"))
    with connected(ops, other, centre):
        ops.publish(subject(RUN, CENTRE, "frames", CENTRE, "common", "notify"), b"forged")
        ops.publish(subject(RUN, CENTRE, "positions"), b"forged")
        until(lambda: "Permissions Violation" in ops._why_not or "permissions violation" in ops._why_not)
        centre.publish(subject(RUN, CENTRE, "frames", CENTRE, "common", "notify"), b"true")
        until(lambda: heard)
    assert (heard, hints) == ([b"true"], [])


def test_a_console_asks_under_its_own_name_alone_and_the_desk_is_told_it(server: NatsServer) -> None:
    ops, centre = broker_of(server, "ops-1"), broker_of(server, CENTRE)
    centre.answer(subject(RUN, CENTRE, "pull", "*"), lambda asker, body: f"{asker} asked {body!r}".encode())
    with connected(ops, centre):
        said = ops.ask(subject(RUN, CENTRE, "pull", "ops-1"), b"x", whom=CENTRE, timeout_s=LIMIT_S)
        assert said == b"ops-1 asked b'x'"
        with pytest.raises(LineCut, match="cannot be reached"):
            ops.ask(subject(RUN, CENTRE, "pull", "ops-2"), b"x", whom=CENTRE, timeout_s=0.3)


def test_a_console_overhears_neither_questions_nor_anothers_answers(server: NatsServer) -> None:
    spy, ops, centre = broker_of(server, "ops-2"), broker_of(server, "ops-1"), broker_of(server, CENTRE)
    overheard = [heard_by(spy, place) for place in (subject(RUN, CENTRE, "pull", "*"), inbox("ops-1.>"), ">")]
    centre.answer(subject(RUN, CENTRE, "pull", "*"), lambda _asker, _body: b"for ops-1")
    with connected(spy, ops, centre):
        assert ops.ask(subject(RUN, CENTRE, "pull", "ops-1"), b"x", whom=CENTRE, timeout_s=LIMIT_S) == b"for ops-1"
        time.sleep(0.2)
    assert overheard == [[], [], []]


def test_what_the_desk_turns_down_is_said_in_its_words(server: NatsServer) -> None:
    ops, centre = broker_of(server, "ops-1"), broker_of(server, CENTRE)

    def refuse(_asker: str, _body: bytes) -> bytes:
        raise TurnedAway(403, "moscow/ankara/plot is not for ops-1")

    centre.answer(subject(RUN, CENTRE, "pull", "*"), refuse)
    with connected(ops, centre), pytest.raises(TurnedDown, match=r"answered 403: moscow/ankara/plot is not for ops-1"):
        ops.ask(subject(RUN, CENTRE, "pull", "ops-1"), b"x", whom=CENTRE, timeout_s=LIMIT_S)


def test_one_who_floods_with_questions_keeps_out_nobody(server: NatsServer) -> None:
    flooder, ops, centre = broker_of(server, "ops-2"), broker_of(server, "ops-1"), broker_of(server, CENTRE)
    answered: list[str] = []

    def slow(asker: str, _body: bytes) -> bytes:
        answered.append(asker)
        time.sleep(0.02)
        return b"well"

    centre.answer(subject(RUN, CENTRE, "pull", "*"), slow)
    stop = threading.Event()

    def flood() -> None:
        while not stop.is_set():
            with contextlib.suppress(LineCut):
                flooder.ask(subject(RUN, CENTRE, "pull", "ops-2"), bytes(10_000), whom=CENTRE, timeout_s=0.01)

    with connected(flooder, ops, centre):
        floods = [threading.Thread(target=flood) for _ in range(8)]
        for thread in floods:
            thread.start()
        try:
            until(lambda: len(answered) > 20)
            before = []
            for _ in range(11):
                asked = len(answered)
                assert ops.ask(subject(RUN, CENTRE, "pull", "ops-1"), b"", whom=CENTRE, timeout_s=LIMIT_S) == b"well"
                before.append(answered[asked:].index("ops-1"))
        finally:
            stop.set()
            for thread in floods:
                thread.join(LIMIT_S)
    assert statistics.median(before) < 20, "each waits for one question of each other asker, once its own is there"
    assert answered.count("ops-1") == 11


# A server that is not what it should be


class Fake:
    """Whatever listens where the server should: `script` gets each connection."""

    def __init__(self, script: Callable[[socket.socket], None]) -> None:
        self.script, self.got = script, bytearray()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.listener.getsockname()[1])
        self.thread = threading.Thread(target=self.run, daemon=True)

    def run(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                with contextlib.suppress(OSError), near:
                    near.settimeout(LIMIT_S)
                    self.script(near)

    def __enter__(self) -> Fake:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(LIMIT_S)


def info(**said: Any) -> bytes:
    import json

    about = {"server_id": "x", "version": "2.9.10", "headers": True, "max_payload": MAX_ANSWER_BYTES, **said}
    return b"INFO " + json.dumps(about).encode() + b"\r\n"


def test_nothing_is_said_in_clear_to_a_server_that_does_not_ask_for_tls(server: NatsServer) -> None:
    got = bytearray()

    def plain(near: socket.socket) -> None:
        near.sendall(info())
        while data := near.recv(4_096):
            got.extend(data)

    with (
        Fake(plain) as fake,
        Broker(Identity("ops-1", server.folder / "ops-1"), server.identity.authority_pem(), port=fake.port) as broker,
    ):
        until(lambda: "TLS" in broker.cut, why=lambda: broker.cut)
        assert not broker.connected
        assert not broker.publish("anything", b"secret")
    assert bytes(got) == b""


@pytest.mark.parametrize(
    "begin",
    [b"MSG x 1 4000000000\r\n", b"HMSG x 1 100 4000000000\r\n", b"X" * 5_000 + b"\r\n", b"+OK"],
    ids=["message", "with headers", "line", "no line"],
)
def test_what_a_server_sends_without_end_is_not_held(server: NatsServer, begin: bytes) -> None:
    sent, ended = list[int](), threading.Event()
    context = server_context(Identity(SERVER, server.identity.directory), {"ops-1": server.identity.authority_pem()})

    def endless(near: socket.socket) -> None:
        near.sendall(info(tls_required=True))
        with contextlib.suppress(OSError), context.wrap_socket(near, server_side=True) as line:
            line.recv(4_096)
            line.sendall(b"PONG\r\n" * 3 + begin)
            sent.append(0)
            while sent[-1] < 32 * MAX_ANSWER_BYTES:
                line.sendall(bytes(1 << 16))
                sent[-1] += 1 << 16
        ended.set()

    with (
        Fake(endless) as fake,
        Broker(Identity("ops-1", server.folder / "ops-1"), server.identity.authority_pem(), port=fake.port),
    ):
        until(lambda: sent and ended.is_set())
    assert max(sent) < 8 * MAX_ANSWER_BYTES, "over one of its connections, of which the system holds up to 40 MB"


def test_a_server_with_too_small_messages_is_named_with_what_to_set(
    server: NatsServer, authority: Identity, tmp_path: Path
) -> None:
    small = NatsServer(
        tmp_path / "small", authority, USERS, lambda text: text.replace(f'load": {MAX_ANSWER_BYTES}', 'load": 1048576')
    )
    ops = Identity("ops-1", server.folder / "ops-1")
    with small, Broker(ops, authority.authority_pem(), port=small.port) as broker:
        until(lambda: "max_payload to 8MB" in broker.cut, why=lambda: broker.cut)
        assert not broker.connected


def test_a_line_that_is_not_there_says_so(server: NatsServer) -> None:
    port = ports.free()
    broker = Broker(Identity("ops-1", server.folder / "ops-1"), server.identity.authority_pem(), port=port)
    with broker:
        until(lambda: "refused" in broker.cut.lower() or "connect" in broker.cut.lower())
        with pytest.raises(LineCut, match=f"the NATS server at 127.0.0.1:{port}"):
            broker.ask("x", b"", whom=CENTRE, timeout_s=1)
    assert not broker.publish("x", b"")


def test_a_connection_that_was_stopped_says_so(server: NatsServer) -> None:
    broker = broker_of(server, "ops-1")
    with connected(broker):
        pass
    with pytest.raises(LineCut):
        broker.ask("x", b"", whom=CENTRE, timeout_s=1)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("nats")]


def test_what_is_asked_when_the_connection_has_just_ended_is_refused_and_not_left_undone(
    server: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    broker, said = broker_of(server, "ops-1"), list[str]()
    close = broker._loop.close

    def asked_before_the_end() -> None:
        try:
            broker._do(asyncio.sleep(0), 0.1)
        except OSError as error:
            said.append(str(error))
        close()

    monkeypatch.setattr(broker._loop, "close", asked_before_the_end)
    with connected(broker):
        pass
    assert said == ["the connection was stopped"]


def test_a_connection_is_dropped_also_where_leaving_it_is_broken_off() -> None:
    dropped = []

    class Stuck:
        async def close(self) -> None:
            await asyncio.sleep(LIMIT_S)

        def abort(self) -> None:
            dropped.append(self)

    async def broken_off() -> None:
        leaving = asyncio.create_task(leave(Stuck()))  # type: ignore[arg-type]
        await asyncio.sleep(0.01)
        leaving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await leaving

    asyncio.run(broken_off())
    assert len(dropped) == 1


def test_the_settings_are_read_by_the_server_itself(server: NatsServer) -> None:
    """`nats-server -t` reads them, and what they allow is what is written here."""
    import json
    import subprocess

    from tests.exchange.nats_server import binary

    path = server.folder / "nats.conf"
    assert subprocess.run([binary(), "-t", "-c", str(path)], capture_output=True, timeout=LIMIT_S).returncode == 0
    ops = next(user for user in json.loads(path.read_text())["authorization"]["users"] if user["user"] == "ops-1")
    base = "jointwatch.rehearsal-1.brussels"
    assert ops["permissions"] == {
        "publish": {"allow": [f"{base}.pull.ops-1", f"{base}.cosign.ops-1"]},
        "subscribe": {"allow": [f"{base}.frames.>", f"{base}.positions", "_INBOX.ops-1.>"]},
    }
