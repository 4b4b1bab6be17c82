"""The asking side of HTTPS: two connections to a partner's door, kept open, and how much to ask for on a slow line."""

from __future__ import annotations

import contextlib
import http.client
import math
import socket
import ssl
import threading
import time
from collections.abc import Collection, Mapping
from typing import TypeVar

import msgspec

from jointwatch.exchange import carrier
from jointwatch.exchange.carrier import (
    MAX_ANSWER_BYTES,
    MOST_ASKED_BYTES,
    WIRE_VERSION,
    Answer,
    Cosignatures,
    Health,
    LineCut,
    Position,
    Pull,
    TurnedDown,
)
from jointwatch.exchange.https.app import MESSAGEPACK
from jointwatch.exchange.refused import Refused
from jointwatch.exchange.tls import Identity, client_context

A = TypeVar("A", Answer, Health)
LEAST_ASKED_BYTES = 8 << 10  # one second of a line of 64 kbit/s
QUICK_S, SLOW_S = 0.15, 0.3  # what an answer takes, beneath which more is asked for, and above which less
CLOSE_S = 2.0  # that whoever uses a connection has to notice its end
ANSWER_S = 10.0  # an answer's last byte must be here that long after the last moment at which it may begin
_READ_BYTES = 64 << 10


class Client:
    """The line to one partner; every failure is a LineCut with its reason, TurnedDown where it said no.

    Pulls have a connection of their own, so that receipts do not wait behind an answer that is held back; where one
    fails, neither is trusted. timeout_s: how long the partner may say nothing, and four times what a connection took to
    open on top, for a line by satellite; the two seconds in which a line that is back is used begin with it.
    """

    def __init__(
        self,
        identity: Identity,
        peer: str,
        peer_authority_pem: str,
        *,
        host: str,
        port: int,
        timeout_s: float = 1.5,
        path: str = "exchange/v1",
    ) -> None:
        self.peer, self.tls = peer, client_context(identity, peer_authority_pem)
        self._path, self._timeout_s = path, timeout_s
        self._pulls, self._rest = (_Connection(host, port, self.tls, peer, timeout_s) for _ in range(2))
        self._asked_bytes = 2 * LEAST_ASKED_BYTES
        self._full_since = math.inf  # when an answer came behind which there is more: how long it keeps the asker busy

    def pull(self, positions: Mapping[str, Position], *, wait_s: float = 0.0, without: Collection[str] = ()) -> Answer:
        """What the partner's logs hold after these positions, unverified: hand each frame to the Mirror.

        wait_s: how long the partner may hold back an answer that would bring nothing. without: logs not wanted.
        """
        return self._pull("pull", positions, wait_s, tuple(without))

    def give_back(self, positions: Mapping[str, Position]) -> Answer:
        """What the partner keeps of our own logs after these positions, unverified: hand it to the Guard."""
        return self._pull("give-back", positions, 0.0)

    def cosign(self, notes: Mapping[str, bytes]) -> None:
        """Hand the partner our receipts."""
        self.ask("POST", "cosign", msgspec.msgpack.encode(Cosignatures(WIRE_VERSION, dict(notes))), good=(204,))

    def health(self) -> Health:
        """Who answers on the other side."""
        return _decoded(self.ask("GET", "health", b"", good=(200,)), Health)

    def ask(self, method: str, path: str, body: bytes, *, good: tuple[int, ...]) -> bytes:
        """Return the body of an answer with one of the `good` statuses; TurnedDown with any other."""
        return self._ask(self._rest, method, path, body, good=good)[0]

    def close(self) -> None:
        """Hang up, also on a partner that keeps an answer waiting."""
        for connection in (self._pulls, self._rest):
            connection.cut()
            if connection.in_use.acquire(timeout=CLOSE_S):
                connection.close()
                connection.in_use.release()

    def _hang_up(self) -> None:
        """Close the connections that are not in use."""
        for connection in (self._pulls, self._rest):
            if connection.in_use.acquire(blocking=False):
                connection.close()
                connection.in_use.release()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _pull(
        self, path: str, positions: Mapping[str, Position], wait_s: float, without: tuple[str, ...] = ()
    ) -> Answer:
        busy_s = max(0.0, time.monotonic() - self._full_since)
        question = Pull(WIRE_VERSION, dict(positions), round(wait_s * 1e3), self._asked_bytes, without)
        try:
            asked = ("POST", path, msgspec.msgpack.encode(question))
            body, took_s = self._ask(self._pulls, *asked, good=(200, 409), wait_s=wait_s)
        except LineCut as cut:
            if not isinstance(cut, TurnedDown):
                self._asked_bytes = max(self._asked_bytes // 4, LEAST_ASKED_BYTES)
            raise
        answer = _decoded(body, Answer)
        self._asked_bytes = to_ask_next(self._asked_bytes, len(body), max(took_s, busy_s))
        self._full_since = time.monotonic() if answer.more else math.inf
        return answer

    def _ask(
        self,
        connection: _Connection,
        method: str,
        path: str,
        body: bytes,
        *,
        good: tuple[int, ...],
        wait_s: float = 0.0,
    ) -> tuple[bytes, float]:
        """Return the answer's body and the seconds it took to read; raise TurnedDown where its status is not good."""
        try:
            with connection.in_use:
                status, answer, took_s = self._answered(connection, method, path, body, wait_s)
        except (http.client.HTTPException, OSError) as error:
            self._hang_up()
            raise LineCut(f"{self.peer} cannot be reached: {_words(error, connection)}") from error
        if status not in good:
            said = answer[:300].decode(errors="replace")
            raise TurnedDown(f"{self.peer} answered {status} to {path}: {said}", status)
        return answer, took_s

    def _answered(
        self, connection: _Connection, method: str, path: str, body: bytes, wait_s: float
    ) -> tuple[int, bytes, float]:
        """Once more on a fresh connection when the kept one turns out to have been closed meanwhile."""
        kept = connection.sock is not None
        try:
            return self._once(connection, method, path, body, wait_s)
        except (http.client.BadStatusLine, ConnectionError, ssl.SSLError):
            connection.close()
            if not kept:
                raise
            return self._once(connection, method, path, body, wait_s)
        except BaseException:
            connection.close()
            raise

    def _once(
        self, connection: _Connection, method: str, path: str, body: bytes, wait_s: float
    ) -> tuple[int, bytes, float]:
        end = time.monotonic() + wait_s + self._timeout_s + ANSWER_S
        if connection.sock is None:
            connection.connect()
        connection.sock.settimeout(wait_s + self._timeout_s + 4 * connection.opened_in_s)
        connection.request(method, f"/{self._path}/{path}", body, MESSAGEPACK)
        with connection.getresponse() as response:
            begun, answer = time.monotonic(), bytearray()
            while chunk := response.read1(_READ_BYTES):
                answer += chunk
                if len(answer) > MAX_ANSWER_BYTES or time.monotonic() > end:
                    raise OSError(f"more than {MAX_ANSWER_BYTES} bytes, or they took too long")
            if response.length:
                raise http.client.IncompleteRead(bytes(answer), response.length)  # which read1 does not say
        return response.status, bytes(answer), time.monotonic() - begun


class _Connection(http.client.HTTPConnection):
    """HTTPS whose certificate must name the centre, not the machine: the name that is checked is the partner's id."""

    def __init__(self, host: str, port: int, tls: ssl.SSLContext, peer: str, timeout_s: float) -> None:
        super().__init__(host, port, timeout=timeout_s)
        self.in_use, self.opened_in_s = threading.Lock(), 0.0
        self._tls, self._peer = tls, peer

    def cut(self) -> None:
        """End what is being sent or waited for: whoever does so gets an OSError."""
        line = self.sock
        if line is not None:
            with contextlib.suppress(OSError):  # closed meanwhile
                socket.socket.shutdown(line, socket.SHUT_RDWR)  # beneath TLS, which says no farewell

    def connect(self) -> None:
        start = time.monotonic()
        super().connect()
        self.opened_in_s = time.monotonic() - start
        try:
            self.sock = self._tls.wrap_socket(self.sock, server_hostname=self._peer)
        except BaseException:
            self.close()
            raise


def to_ask_next(asked: int, came: int, took_s: float) -> int:
    """Return how many bytes to ask for, after an answer of `came` bytes to a question for `asked` that took so long.

    Twice as many where it was full and quick; a quarter of a second's worth where it was slow.

    >>> to_ask_next(16_384, 16_384, 0.01), to_ask_next(65_536, 65_536, 8.0)
    (32768, 8192)
    """
    if took_s > SLOW_S:
        return min(asked, max(LEAST_ASKED_BYTES, int(came * 0.25 / took_s)))
    if took_s < QUICK_S and came > asked // 2:
        return min(2 * asked, MOST_ASKED_BYTES)
    return asked


def _decoded(body: bytes, kind: type[A]) -> A:
    try:
        return carrier.parse(body, kind)
    except Refused as refusal:
        raise LineCut(f"the partner's answer cannot be read: {refusal}") from refusal


def _words(error: Exception, connection: _Connection) -> str:
    """Return why no answer came, for people, without the number that the system has for it."""
    at = f"{connection.host}:{connection.port}"
    match error:
        case ConnectionRefusedError():
            return f"nobody answers at {at}"
        case ConnectionResetError() | http.client.RemoteDisconnected():
            return f"{at} hung up"
        case TimeoutError():
            return f"no answer of {at} in {connection.timeout:g} s"
        case ssl.SSLError():
            return f"no TLS with {at}: {error.reason or error}"
        case OSError(strerror=str() as why) if why:
            return f"{at}: {why}"
    return f"{at}: {type(error).__name__} {error}".rstrip()
