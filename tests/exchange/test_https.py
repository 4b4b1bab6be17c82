"""The HTTPS carrier: who gets in, what is refused and when, and that a cut line is one kind of failure."""

from __future__ import annotations

import contextlib
import http.client
import re
import resource
import socket
import ssl
import statistics
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import msgspec
import pytest
from starlette.requests import Request

from jointwatch.exchange import frame
from jointwatch.exchange.allowance import LONGEST_WAIT_S, Allowance
from jointwatch.exchange.carrier import (
    MAX_REQUEST_BYTES,
    MOST_ASKED_BYTES,
    Answer,
    Cosignatures,
    LineCut,
    NotForYou,
    Position,
    Pull,
    TurnedDown,
)
from jointwatch.exchange.follow import follow
from jointwatch.exchange.https import app as https_app
from jointwatch.exchange.https.line import to_ask_next
from jointwatch.exchange.https.server import Client, Server
from jointwatch.exchange.tls import Identity, client_context, ensure_identity, server_context
from tests import ports
from tests.exchange import two_centres as world
from tests.faults.harness import patience

ROOT = bytes(range(32))
LIMIT_S = 60.0  # what takes longer hangs, also on a busy machine


class RecordingDesk:
    """A desk that notes who asked what, and answers by the first log named."""

    centre = "moscow"

    def __init__(self) -> None:
        self.pulls: list[tuple[str, dict[str, Position]]] = []
        self.cosignatures: list[tuple[str, dict[str, bytes]]] = []

    def pull(
        self,
        peer: str,
        positions: Mapping[str, Position],
        *,
        max_bytes: int = MOST_ASKED_BYTES,
        without: Collection[str] = (),
    ) -> Answer:
        self.pulls.append((peer, dict(positions)))
        if "moscow/ankara/plot" in positions:
            raise NotForYou("moscow/ankara/plot is not for brussels")
        if "moscow/common/gone" in positions:
            return Answer(v=1, frames=[b"other"], conflicts={"moscow/common/gone": b"checkpoint"}, more=False)
        return Answer(v=1, frames=[b"frame"], conflicts={}, more=False)

    def cosign(self, peer: str, notes: Mapping[str, bytes]) -> None:
        if b"forged" in notes.values():
            raise ValueError("cosignature: signature does not verify")
        self.cosignatures.append((peer, dict(notes)))

    def listen(self, heard: Callable[[], None]) -> None:
        self.heard = heard


@pytest.fixture(scope="module")
def identities(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Identity]:
    base = tmp_path_factory.mktemp("line")
    return {name: ensure_identity(base / name, name) for name in ("moscow", "brussels", "ankara")}


@pytest.fixture(scope="module")
def desk() -> RecordingDesk:
    return RecordingDesk()


@pytest.fixture(scope="module")
def server(identities: dict[str, Identity], desk: RecordingDesk) -> Iterator[Server]:
    pins = {"brussels": identities["brussels"].authority_pem()}
    with Server(desk, identities["moscow"], pins) as running:
        yield running


def line_to(port: int, own: Identity, moscow_authority_pem: str) -> Client:
    """A line to Moscow's door that waits for a machine that is busy with something else."""
    return Client(own, "moscow", moscow_authority_pem, host="127.0.0.1", port=port, timeout_s=LIMIT_S)


def until(happened: Callable[[], object]) -> None:
    start = time.monotonic()
    while not happened():
        assert time.monotonic() - start < LIMIT_S
        time.sleep(0.01)


@pytest.fixture
def client(identities: dict[str, Identity], server: Server) -> Iterator[Client]:
    with line_to(server.port, identities["brussels"], identities["moscow"].authority_pem()) as line:
        yield line


@pytest.fixture
def raw(identities: dict[str, Identity], server: Server) -> Iterator[http.client.HTTPSConnection]:
    """A partner that may send anything, with the right certificate."""
    context = client_context(identities["brussels"], identities["moscow"].authority_pem())
    connection = connection_to(server.port, context)
    yield connection
    connection.close()


def connection_to(port: int, context: ssl.SSLContext) -> http.client.HTTPSConnection:
    return http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=LIMIT_S)


def ask(connection: http.client.HTTPSConnection, body: bytes) -> http.client.HTTPResponse:
    connection.request("POST", "/exchange/v1/pull", body)
    return connection.getresponse()


def test_the_application_knows_the_peer_by_its_certificate(client: Client, desk: RecordingDesk) -> None:
    health = client.health()
    assert (health.centre, health.peer) == ("moscow", "brussels")
    client.pull({"moscow/common/assess": Position(3, ROOT)})
    assert desk.pulls[-1] == ("brussels", {"moscow/common/assess": Position(3, ROOT)})


def test_a_pull_brings_frames_and_a_cosignature_arrives(client: Client, desk: RecordingDesk) -> None:
    assert client.pull({}).frames == [b"frame"]
    client.cosign({"moscow/common/assess": b"note"})
    assert desk.cosignatures[-1] == ("brussels", {"moscow/common/assess": b"note"})


def test_a_position_outside_our_history_is_answered_409_with_the_checkpoint(
    client: Client, raw: http.client.HTTPSConnection
) -> None:
    asked = {"moscow/common/gone": Position(9, ROOT)}
    raw.request("POST", "/exchange/v1/pull", msgspec.msgpack.encode(Pull(1, asked)))
    assert raw.getresponse().status == 409
    answer = client.pull(asked)
    assert answer.conflicts == {"moscow/common/gone": b"checkpoint"}
    assert answer.frames == [b"other"]  # one log in doubt does not hold up the others


def test_a_log_that_is_not_for_the_peer_is_refused(client: Client) -> None:
    with pytest.raises(LineCut, match=r"403.*not for brussels"):
        client.pull({"moscow/ankara/plot": Position(0, ROOT)})


def test_a_cosignature_that_does_not_verify_is_refused_by_its_rule(client: Client) -> None:
    with pytest.raises(LineCut, match=r"422.*does not verify"):
        client.cosign({"moscow/common/assess": b"forged"})


def test_no_certificate_and_a_strangers_certificate_never_reach_the_desk(
    identities: dict[str, Identity], server: Server, desk: RecordingDesk
) -> None:
    before = len(desk.pulls)
    bare = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    bare.load_verify_locations(cadata=identities["moscow"].authority_pem())
    stranger = client_context(identities["ankara"], identities["moscow"].authority_pem())
    for context in (bare, stranger):
        connection = connection_to(server.port, context)
        with pytest.raises(OSError):  # noqa: PT011 - reset, broken pipe or an alert, as the kernel times it
            ask(connection, msgspec.msgpack.encode(Pull(1, {})))
        connection.close()
    assert len(desk.pulls) == before


def test_the_client_refuses_a_server_of_another_authority(identities: dict[str, Identity], server: Server) -> None:
    with (
        line_to(server.port, identities["brussels"], identities["ankara"].authority_pem()) as line,
        pytest.raises(LineCut, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        line.health()


def test_a_body_longer_than_its_limit_is_refused_while_it_is_read(
    raw: http.client.HTTPSConnection, desk: RecordingDesk
) -> None:
    """One gigabyte is announced and offered without end; 413 comes early and memory does not grow with it."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    raw.putrequest("POST", "/exchange/v1/pull")
    raw.putheader("Content-Length", str(1 << 30))
    raw.endheaders()
    offered = 0
    with contextlib.suppress(OSError):  # reset or broken pipe: the server hung up
        while offered < 1 << 28:
            raw.send(bytes(1 << 16))
            offered += 1 << 16
    grown_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert offered < 16 * MAX_REQUEST_BYTES, "the limit, and what the system holds between the two ends: up to 40 MB"
    assert grown_kib < 40 << 10, "the limit, h11's buffer and the socket's: not what was offered"


def test_a_long_body_is_answered_413_in_words(raw: http.client.HTTPSConnection) -> None:
    raw.request("POST", "/exchange/v1/pull", bytes(MAX_REQUEST_BYTES + 1))
    response = raw.getresponse()
    assert response.status == 413
    assert b"4194304" in response.read()


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b"", "Pull"),
        (b"\xc1", "Pull"),
        (b"\x81" * 3000, "Pull"),  # nested maps
        (b"\xdd\xff\xff\xff\xff", "Pull"),  # an array of four thousand million
        (msgspec.msgpack.encode({"v": 1, "positions": {}, "more": 1}), "unknown field"),
        (msgspec.msgpack.encode({"v": 1, "positions": {"moscow/common/assess": [1, b"short"]}}), "Pull"),
        (msgspec.msgpack.encode({"v": 1, "positions": {"moscow/common/assess": [-1, ROOT]}}), "Pull"),
        (msgspec.msgpack.encode({"v": 1, "positions": {"moscow/common/assess": [1, ROOT, 1]}}), "Pull"),
        (b"\x82\xa1v\x01\xa9positions\x81\xa1\xff\x92\x00\xc4\x20" + ROOT, "utf-8"),  # a name that is no text
        (msgspec.msgpack.encode(Pull(2, {})), "wire version"),
        (msgspec.msgpack.encode(Pull(1, {})) + b"\x00", "Pull"),
    ],
)
def test_what_is_not_a_pull_to_the_letter_is_refused_400(
    raw: http.client.HTTPSConnection, body: bytes, word: str
) -> None:
    response = ask(raw, body)
    assert response.status == 400
    assert word in response.read().decode()


def test_other_paths_and_methods_do_not_exist(raw: http.client.HTTPSConnection) -> None:
    for method, path, status in (("GET", "/", 404), ("GET", "/exchange/v1/pull", 405), ("PUT", "/docs", 404)):
        raw.request(method, path)
        response = raw.getresponse()
        response.read()
        assert response.status == status


def test_an_empty_receipt_is_not_a_receipt(raw: http.client.HTTPSConnection) -> None:
    raw.request("POST", "/exchange/v1/cosign", msgspec.msgpack.encode(Cosignatures(1, {})))
    assert raw.getresponse().status == 400


def test_a_partner_that_is_gone_is_a_cut_line_and_comes_back_by_itself(
    identities: dict[str, Identity], desk: RecordingDesk
) -> None:
    pins = {"brussels": identities["brussels"].authority_pem()}
    first = Server(desk, identities["moscow"], pins, port=ports.free())
    port = first.start()
    with line_to(port, identities["brussels"], identities["moscow"].authority_pem()) as line:
        line.health()
        first.stop()
        with pytest.raises(LineCut, match=r"^moscow cannot be reached: (nobody answers at )?127[.]0[.]0[.]1"):
            line.health()
        with Server(desk, identities["moscow"], pins, port=port):
            assert line.health().centre == "moscow"


def test_a_restart_between_two_questions_goes_unnoticed(identities: dict[str, Identity], desk: RecordingDesk) -> None:
    pins = {"brussels": identities["brussels"].authority_pem()}
    first = Server(desk, identities["moscow"], pins, port=ports.free())
    port = first.start()
    with line_to(port, identities["brussels"], identities["moscow"].authority_pem()) as line:
        line.health()
        first.stop()
        with Server(desk, identities["moscow"], pins, port=port):
            assert line.health().peer == "brussels"


def test_a_silent_partner_costs_two_seconds(identities: dict[str, Identity]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        start = time.monotonic()
        with (
            Client(
                identities["brussels"],
                "moscow",
                identities["moscow"].authority_pem(),
                host="127.0.0.1",
                port=silent.getsockname()[1],
                timeout_s=0.3,
            ) as line,
            pytest.raises(LineCut, match=r"no answer of 127\.0\.0\.1:[0-9]+ in 0\.3 s"),
        ):
            line.health()
        assert time.monotonic() - start < LIMIT_S


def test_an_answer_that_breaks_off_is_a_cut_line_and_not_an_answer(identities: dict[str, Identity]) -> None:
    tls = server_context(identities["moscow"], {"brussels": identities["brussels"].authority_pem()})

    def break_off(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with tls.wrap_socket(connection, server_side=True) as line:
            line.recv(65_536)
            line.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf of it")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=break_off, args=(listener,))
        thread.start()
        authority, port = identities["moscow"].authority_pem(), listener.getsockname()[1]
        with (
            line_to(port, identities["brussels"], authority) as line,
            pytest.raises(LineCut, match=r"IncompleteRead\(10 bytes read, 90 more expected\)"),
        ):
            line.ask("GET", "health", b"", good=(200,))
        thread.join(LIMIT_S)


def test_a_question_that_breaks_off_is_no_matter_for_the_diary(
    identities: dict[str, Identity], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lines are cut every day, and a caller could fill the diary with them."""
    pins, desk = {"brussels": identities["brussels"].authority_pem()}, RecordingDesk()
    read_bytes, ended = https_app.read_bytes, list[str]()

    async def noted(request: Request) -> bytes:
        try:
            return await read_bytes(request)
        finally:
            ended.append(request.url.path)

    monkeypatch.setattr(https_app, "read_bytes", noted)
    context = client_context(identities["brussels"], identities["moscow"].authority_pem())
    with Server(desk, identities["moscow"], pins) as door:
        for verb in ("pull", "cosign"):
            line = context.wrap_socket(socket.create_connection(("127.0.0.1", door.port)), server_hostname="moscow")
            with line:
                line.sendall(f"POST /exchange/v1/{verb} HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\nha".encode())
        until(lambda: len(ended) == 2 and not door._server.server_state.tasks)  # else the end of the door breaks it off
    assert (desk.pulls, desk.cosignatures) == ([], [])
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


def test_a_port_in_use_says_so(identities: dict[str, Identity], server: Server, desk: RecordingDesk) -> None:
    second = Server(desk, identities["moscow"], {"brussels": identities["brussels"].authority_pem()}, port=server.port)
    with pytest.raises(OSError, match=rf"port {server.port} on 127\.0\.0\.1 is taken; choose another"):
        second.start()


def test_stopping_ends_the_thread_and_frees_the_port(identities: dict[str, Identity], desk: RecordingDesk) -> None:
    pins = {"brussels": identities["brussels"].authority_pem()}
    one = Server(desk, identities["moscow"], pins, port=ports.free())
    port = one.start()
    one.stop()
    assert not [thread for thread in threading.enumerate() if thread.name == "exchange" and not thread.daemon]
    socket.create_server(("127.0.0.1", port)).close()


def test_while_all_is_quiet_the_desk_is_asked_once_for_a_question_that_waits(
    identities: dict[str, Identity], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moscow, brussels = world.two_centres(tmp_path)
    world.settle([moscow, brussels])
    own, asked, pull = identities["brussels"], list[str](), moscow.desk.pull
    monkeypatch.setattr(moscow.desk, "pull", lambda peer, *at, **how: (asked.append(peer), pull(peer, *at, **how))[1])
    with (
        Server(moscow.desk, identities["moscow"], {"brussels": own.authority_pem()}) as door,
        line_to(door.port, own, identities["moscow"].authority_pem()) as line,
    ):
        assert line.pull(brussels.mirror.positions("moscow"), wait_s=0.2).frames == []
    assert asked == ["brussels"]
    moscow.close()
    brussels.close()


def test_an_answer_with_nothing_in_it_is_held_back_until_something_comes(
    identities: dict[str, Identity], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moscow, brussels = world.two_centres(tmp_path)
    world.settle([moscow, brussels])
    own, asked, pull = identities["brussels"], list[str](), moscow.desk.pull
    monkeypatch.setattr(moscow.desk, "pull", lambda peer, *at, **how: (pull(peer, *at, **how), asked.append(peer))[0])
    with (
        ThreadPoolExecutor(1) as pool,
        Server(moscow.desk, identities["moscow"], {"brussels": own.authority_pem()}) as door,
        line_to(door.port, own, identities["moscow"].authority_pem()) as line,
    ):
        held = brussels.mirror.positions("moscow")
        assert line.pull(held).frames == []
        start = time.monotonic()
        assert line.pull(held, wait_s=0.3).frames == []
        assert time.monotonic() - start >= 0.3
        asked.clear()
        waiting = pool.submit(line.pull, held, wait_s=9.5)
        until(lambda: asked)
        assert not wait([waiting], 0.2).done, "the desk has nothing, and that is not said yet"
        moscow.say("common", "notify", "a launch")
        assert len(waiting.result(LIMIT_S).frames) == 1
        moscow.say("moscow", "internal", "nothing for brussels")
        start = time.monotonic()
        line.pull(held | line_end(moscow), wait_s=0.2)
        assert time.monotonic() - start >= 0.2
    for centre in (moscow, brussels):
        centre.close()


def line_end(moscow: Any) -> dict[str, Position]:
    log = moscow.log("common", "notify")
    return {str(log): Position(moscow.store.size(log), moscow.store.root(log))}


def test_a_slow_asker_gets_little_at_a_time_and_what_is_urgent_first(tmp_path: Path) -> None:
    moscow, brussels = world.two_centres(tmp_path)
    world.settle([moscow, brussels])
    for number in range(40):
        moscow.say("brussels", "plot", f"scan {number} " + 1000 * "x")
    moscow.say("common", "notify", "a launch")
    few = moscow.desk.pull("brussels", brussels.mirror.positions("moscow"), max_bytes=8192)
    found = [frame.decode(data) for data in few.frames]
    assert [str(came.log) for came in found] == ["moscow/common/notify", "moscow/brussels/plot"]
    assert 1 < len(found[1].entries) < 8
    assert few.more
    one = moscow.desk.pull("brussels", brussels.mirror.positions("moscow"), max_bytes=100)
    assert [len(frame.decode(data).entries) for data in one.frames] == [1], "one larger entry comes whole"
    for centre in (moscow, brussels):
        centre.close()


def test_a_long_backlog_of_an_urgent_log_leaves_room_for_the_others(tmp_path: Path) -> None:
    """Its frames may be refused over there every time; the others must still come."""
    moscow, brussels = world.two_centres(tmp_path)
    world.settle([moscow, brussels])
    for number in range(40):
        moscow.say("common", "notify", f"notice {number} " + 1000 * "x")
        moscow.say("brussels", "plot", f"scan {number} " + 1000 * "x")
    found = moscow.desk.pull("brussels", brussels.mirror.positions("moscow"), max_bytes=16_384).frames
    assert [len(frame.decode(data).entries) > 2 for data in found] == [True, True]
    for centre in (moscow, brussels):
        centre.close()


def test_what_is_asked_for_grows_on_a_quick_line_and_shrinks_on_a_slow_one() -> None:
    asked = [16 << 10]
    for _ in range(9):
        asked.append(to_ask_next(asked[-1], asked[-1], 0.05))
    assert asked[-1] == asked[-2] == MOST_ASKED_BYTES
    assert to_ask_next(1 << 20, 2_000, 0.0) == 1 << 20, "an answer that was not full says nothing"
    assert to_ask_next(1 << 20, 1 << 20, 130.0) == 8 << 10, "a line of 64 kbit/s"


def test_a_second_partner_is_known_by_its_own_name(
    identities: dict[str, Identity], desk: RecordingDesk, tmp_path: Path
) -> None:
    pins = {name: identities[name].authority_pem() for name in ("brussels", "ankara")}
    with Server(desk, identities["moscow"], pins) as door:
        for name in pins:
            with line_to(door.port, identities[name], identities["moscow"].authority_pem()) as line:
                assert line.health().peer == name


def test_two_centres_over_https_end_with_equal_logs_and_receipts_on_both_sides(
    identities: dict[str, Identity], tmp_path: Path
) -> None:
    centres = {centre.name: centre for centre in world.two_centres(tmp_path)}
    moscow, brussels = centres["moscow"], centres["brussels"]
    moscow.say("common", "notify", "a launch")
    brussels.say("moscow", "plot", "a scan")
    with contextlib.ExitStack() as stack:
        lines = {}
        for name, other in (("moscow", "brussels"), ("brussels", "moscow")):
            pin = identities[other].authority_pem()
            door = stack.enter_context(Server(centres[name].desk, identities[name], {other: pin}))
            pin = identities[name].authority_pem()
            line = Client(identities[other], name, pin, host="127.0.0.1", port=door.port, timeout_s=LIMIT_S)
            lines[name] = stack.enter_context(line)
        first = follow(lines["moscow"], brussels.mirror)
        assert first.cut == "", "moscow is there"
        assert "no roster of brussels is known" in first.turned_down, "it cannot check the receipt yet, and says so"
        assert not follow(lines["brussels"], moscow.mirror).cut
        assert follow(lines["moscow"], brussels.mirror).turned_down == "", "the receipts go with the next round"
        for log in moscow.store.logs():
            assert moscow.store.root(log) == brussels.store.root(log)
            owner, reader = centres[log.owner], "brussels" if log.owner == "moscow" else "moscow"
            assert f"— jointwatch/rehearsal-1/{reader} ".encode() in owner.store.checkpoint(log)
    for centre in centres.values():
        centre.close()


def test_who_floods_the_door_is_told_to_wait_and_slows_down_nobody_else(
    identities: dict[str, Identity], desk: RecordingDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The share is a hundredth here, 33 questions a second, as a flood out of the door's own process asks not many."""
    monkeypatch.setattr(https_app, "Allowance", lambda: Allowance(share=0.01, saved_s=0.03))
    pins = {name: identities[name].authority_pem() for name in ("brussels", "ankara")}
    start, told, took_s = time.monotonic(), list[TurnedDown](), list[float]()
    with Server(desk, identities["moscow"], pins) as door:
        authority = identities["moscow"].authority_pem()

        def flood() -> None:
            with line_to(door.port, identities["brussels"], authority) as line:
                while time.monotonic() - start < LIMIT_S and not (told and len(took_s) >= 9):
                    try:
                        line.pull({})
                    except TurnedDown as refusal:
                        told.append(refusal)

        crowd = [threading.Thread(target=flood) for _ in range(4)]
        for one in crowd:
            one.start()
        with line_to(door.port, identities["ankara"], authority) as line:
            while any(one.is_alive() for one in crowd):
                asked = time.monotonic()
                assert line.health().peer == "ankara"
                took_s.append(time.monotonic() - asked)
                time.sleep(0.1)  # ten a second are within the share
    assert told, f"not within {LIMIT_S} s"
    assert {refusal.status for refusal in told} == {429}
    assert re.search(r"brussels has had its share of this door's time; the next \d+\.\d s are for others", str(told[0]))
    assert statistics.median(took_s) < LONGEST_WAIT_S * patience(), "which brussels waits each time"


def test_a_caller_has_sixteen_connections_and_others_have_their_own(identities: dict[str, Identity]) -> None:
    pins = {name: identities[name].authority_pem() for name in ("brussels", "ankara")}
    authority = identities["moscow"].authority_pem()
    with Server(RecordingDesk(), identities["moscow"], pins) as door, contextlib.ExitStack() as stack:
        context = client_context(identities["brussels"], authority)
        held = [connection_to(door.port, context) for _ in range(17)]
        for connection in held:
            stack.callback(connection.close)
        for connection in held[:16]:
            assert ask(connection, msgspec.msgpack.encode(Pull(1, {}))).status == 200
        with pytest.raises(OSError):  # noqa: PT011 - reset or end of file, as the kernel times it
            ask(held[16], msgspec.msgpack.encode(Pull(1, {})))
        with line_to(door.port, identities["ankara"], authority) as other:
            assert other.health().peer == "ankara"
        held[0].close()
        until(lambda: let_in(door.port, context))  # once the door has heard that one is gone


def let_in(port: int, context: ssl.SSLContext) -> bool:
    """Whether one more connection is answered, and not closed."""
    with contextlib.closing(connection_to(port, context)) as one_more:
        try:
            return ask(one_more, msgspec.msgpack.encode(Pull(1, {}))).status == 200
        except OSError:
            return False


def test_an_allowance_is_saved_up_to_its_limit_and_paid_back() -> None:
    now = [0.0]
    allowance = Allowance(share=0.5, saved_s=2.0, clock=lambda: now[0])
    now[0] = 100.0
    allowance.spend(2.0)
    assert allowance.wait_s() == 0
    allowance.spend(1.0)
    assert allowance.wait_s() == 2
    now[0] = 101.0
    assert allowance.wait_s() == 1
    now[0] = 102.0
    assert allowance.wait_s() == 0


def test_hanging_up_does_not_wait_for_a_partner_that_drips_its_answer(identities: dict[str, Identity]) -> None:
    """One byte of a header at a time would keep whoever asked for hours, and the centre from ending."""
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(2) as pool:
        asked, done = threading.Event(), threading.Event()
        pins = {"brussels": identities["brussels"].authority_pem()}
        dripping = pool.submit(drip, listener, server_context(identities["moscow"], pins), asked, done)
        line = line_to(listener.getsockname()[1], identities["brussels"], identities["moscow"].authority_pem())
        asking = pool.submit(line.pull, {})
        try:
            assert asked.wait(LIMIT_S)
            begun = time.monotonic()
            line.close()
            assert time.monotonic() - begun < LIMIT_S
            with pytest.raises(LineCut):
                asking.result(LIMIT_S)
        finally:
            done.set()
        dripping.result(LIMIT_S)


def drip(listener: socket.socket, tls: ssl.SSLContext, asked: threading.Event, done: threading.Event) -> None:
    """Take one connection, and answer its question with a header that has no end."""
    with contextlib.suppress(OSError):
        plain, _ = listener.accept()
        with tls.wrap_socket(plain, server_side=True) as answering:
            answering.recv(65_536)
            answering.sendall(b"HTTP/1.1 200 OK\r\nX: ")
            asked.set()
            while not done.wait(0.1):
                answering.sendall(b"x")
