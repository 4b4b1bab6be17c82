"""An authorised partner and an own client send what is too large, cut off, too deep, or swells when it is unpacked."""

from __future__ import annotations

import gzip
import http.client
import socket
import ssl
import struct
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from jointwatch.centre.configuration import Place
from jointwatch.exchange import frame
from jointwatch.exchange.tls import Identity, client_context
from tests.faults.harness import Outcome
from tests.faults.lying_line import BACK_S, LyingLine, honest, lied_to, refused, told
from tests.faults.stations import Station, Submitter, caught_up_s, settled

TITLE = "huge, truncated, malformed message; 4 GiB length, deep nesting, zip bomb"
REQUIRED = "400 or 413, no memory growth"
GROWN_KB = 64 << 10
MIB = 1 << 20
LENGTHS = [code + b"\xff\xff\xff\xff" for code in (b"\xc6", b"\xdb", b"\xdd", b"\xdf", b"\xc9")]  # 4 GiB each


@dataclass(frozen=True)
class Caller:
    """Whose certificate is shown, and where its questions go."""

    identity: Identity
    path: str


BODIES: dict[str, tuple[bytes, int]] = {
    "nothing": (b"", 400),
    "5 MiB": (bytes(5 * MIB), 413),
    "a map of 4 GiB": (b"\xdf\xff\xff\xff\xff", 400),
    **{f"4 GiB in {code[:1].hex()}": (b"\x82\xa1v\x01\xa7entries" + code, 400) for code in LENGTHS},
    "100,000 lists in each other": (b"\x91" * 100_000, 400),
    "maps in each other": (b"\x81\xa1v" * 50_000, 400),
    "a zip bomb": (gzip.compress(bytes(256 * MIB)), 400),
    "text that is none": (b"\x81\xa1\xff\xc0", 400),
    "half a question": (msgspec.msgpack.encode({"v": 1, "positions": {}})[:-3], 400),
    "another version": (msgspec.msgpack.encode({"v": 2, "positions": {}}), 400),
}


def run(folder: Path, *, full: bool) -> Outcome:
    with lied_to(folder) as (moscow, brussels, line), Submitter(moscow, "moscow/common/notify") as radar:
        partner = Caller(brussels.keys.line, "/exchange/v1/pull")
        desk = Place(moscow.folder).clients / "desk"
        client = Caller(Identity("desk", desk), "/centre/v1/submit")
        before = moscow.resident_kb()
        for _ in range(20 if full else 1):
            for caller in (partner, client):
                attack(moscow, caller)
        grown = moscow.resident_kb() - before
        assert grown < GROWN_KB, f"Moscow grew by {grown:,} kB"
        answers_that_are_none(moscow, brussels, line)
        line.lie = honest
        worst = caught_up_s(brussels, moscow, BACK_S)
        radar.stop()
        found = settled(moscow, brussels, radar.acknowledged)
    ways = f"{2 * (len(BODIES) + 4)} ways at the door, 7 on the line"
    return found.outcome(worst, f"{ways}: each turned away; Moscow grew by {max(0, grown) / 1024:.0f} MiB")


def attack(moscow: Station, caller: Caller) -> None:
    """Send every body, and what is no body at all; each is answered as it should be, on a line of its own."""
    for name, (body, wanted) in BODIES.items():
        status = answered(moscow, caller, body)
        assert status == wanted, f"{name}: answered {status}, not {wanted}"
    assert answered(moscow, caller, gzip.compress(bytes(MIB)), {"Content-Encoding": "gzip"}) in (400, 415)
    assert endless(moscow, caller, {"Content-Length": str(1 << 32)}) == 413
    assert endless(moscow, caller, {"Transfer-Encoding": "chunked"}) == 413
    cut_off(moscow, caller)


def answers_that_are_none(moscow: Station, brussels: Station, line: LyingLine) -> None:
    """Tell Brussels, as Moscow's answer, frames that are none; each is refused in words."""
    good = frame.encode(next(one for one in line.passed if one.entries))
    at = good.index(b"\n") - 40
    bodies = [
        b"",
        b"JWF1",
        bytes(frame.MAX_BYTES),
        good[: len(good) // 2],
        good + b"\0",
        good[:6] + b"\xff" * (at - 6) + good[at:],
        b"JWF1" + struct.pack(">H", 21) + b"moscow/common/notify\0" + struct.pack(">QI", 0, 0xFFFFFFFF),
    ]
    for body in bodies:
        refused(brussels, line, told(body), "")
    assert brussels.process is not None
    assert brussels.process.poll() is None, "what came down the line ended Brussels"


def answered(moscow: Station, caller: Caller, body: bytes, headers: dict[str, str] | None = None) -> int:
    """Return the status with which a body is answered; 413 where the door is shut while it is still being sent."""
    with _line(moscow, caller) as raw:
        try:
            raw.request("POST", caller.path, body, headers or {})
        except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
            return 413
        return _status(raw)


def endless(moscow: Station, caller: Caller, headers: dict[str, str]) -> int:
    """Return the status with which a body without end is answered; at most 64 MiB of it were sent by then."""
    with _line(moscow, caller) as raw:
        raw.putrequest("POST", caller.path)
        for name, value in headers.items():
            raw.putheader(name, value)
        raw.endheaders()
        part = bytes(MIB) if "Content-Length" in headers else b"100000\r\n" + bytes(MIB) + b"\r\n"
        try:
            for _ in range(64):
                raw.send(part)
        except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
            return 413
        return _status(raw)


def cut_off(moscow: Station, caller: Caller) -> None:
    """Hang up in the middle of a body."""
    with _line(moscow, caller) as raw:
        raw.putrequest("POST", caller.path)
        raw.putheader("Content-Length", "1000")
        raw.endheaders()
        raw.send(b"\x82\xa1v\x01")


def _status(raw: http.client.HTTPSConnection) -> int:
    try:
        return raw.getresponse().status
    except (ConnectionResetError, http.client.RemoteDisconnected, ssl.SSLError):
        return 413


@contextmanager
def _line(moscow: Station, caller: Caller) -> Iterator[http.client.HTTPSConnection]:
    """Yield a line of its own to Moscow's door."""
    context = client_context(caller.identity, moscow.keys.line.authority_pem())
    raw = http.client.HTTPSConnection(moscow.host, moscow.port, timeout=15)
    raw.sock = context.wrap_socket(socket.create_connection((moscow.host, moscow.port), 15), server_hostname="moscow")
    with closing(raw):
        yield raw
