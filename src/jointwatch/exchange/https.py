"""The default carrier: HTTPS with TLS 1.3 and certificates on both sides, pulled by whoever wants to know.

    POST /exchange/v1/pull      Pull -> Answer          200, or 409 when a position asked for is not in our history
    POST /exchange/v1/give-back Pull -> Answer          the same, of the asker's own logs as they are kept here
    POST /exchange/v1/cosign    Cosignatures            204, or 422 naming the log and the rule
    GET  /exchange/v1/health    Health                  200

Bodies are MessagePack. Who the peer is comes from its certificate alone; anyone the pinned authorities do not name
gets 403 before a byte of the body is read. Bodies are counted while they are read and refused with 413 at 4 MiB.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from typing import TypeVar

import httpx
import msgspec
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from jointwatch.exchange import carrier
from jointwatch.exchange.carrier import (
    MAX_ANSWER_BYTES,
    WIRE_VERSION,
    Answer,
    Cosignatures,
    Desk,
    Health,
    LineCut,
    Position,
    Pull,
    TurnedDown,
)
from jointwatch.exchange.door import Door, Guests
from jointwatch.exchange.https_app import MESSAGEPACK, ExchangeApp
from jointwatch.exchange.refused import Refused
from jointwatch.exchange.tls import Identity, client_context, server_context

A = TypeVar("A", Answer, Health)


def _protocol(guests: Guests) -> type[H11Protocol]:
    """uvicorn's HTTP protocol, taught to say whose certificate the connection showed: stock uvicorn does not."""

    class PeerProtocol(H11Protocol):
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            line = transport.get_extra_info("ssl_object")
            shown = line.getpeercert(binary_form=True) if line is not None else None
            self.app_state = {**self.app_state, "caller": guests.of(shown)}

        def shutdown(self) -> None:
            super().shutdown()
            if self.transport.is_closing():
                self.transport.abort()  # an idle partner would take up to 30 s to answer TLS's farewell

    return PeerProtocol


class Server:
    """A centre's door on the line, in a thread of the centre's process. Use as a context manager, or start and stop.

    guests: who may come in, where that is more than the partners; clients: what the centre's own clients are shown to.
    """

    def __init__(
        self,
        desk: Desk,
        identity: Identity,
        peer_authorities_pem: Mapping[str, str],
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        guests: Guests | None = None,
        clients: ASGIApp | None = None,
    ) -> None:
        self.host, self.port = host, port
        guests = guests or Guests(peer_authorities_pem)
        self.tls = server_context(identity, guests.trusted_pem())
        config = uvicorn.Config(
            Door(guests, ExchangeApp(desk), clients),
            http=_protocol(guests),
            ws="none",
            lifespan="off",
            loop="asyncio",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            limit_concurrency=64,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=1,
            h11_max_incomplete_event_size=8 << 10,
            ssl_context_factory=lambda _config, _default: self.tls,
        )
        self._server = uvicorn.Server(config)
        self._thread: threading.Thread | None = None

    def start(self) -> int:
        """The port that is now open. Raises OSError when it is taken or the server does not come up within 10 s."""
        listener = self._listen()
        self._thread = threading.Thread(target=self._server.run, args=([listener],), name="exchange", daemon=True)
        self._thread.start()
        deadline = time.monotonic() + 10
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > deadline:
                self.stop()
                raise OSError(f"the exchange did not open on {self.host}:{self.port}")
            time.sleep(0.002)
        return self.port

    def stop(self) -> None:
        """Close the door and every connection; returns when the thread has ended."""
        self._server.should_exit = True
        if self._thread is not None:
            self._thread.join(10)
            self._thread = None

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _listen(self) -> socket.socket:
        # The protocol is named because asyncio switches Nagle's algorithm off only then: 40 ms per answer otherwise.
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((self.host, self.port))
        except OSError as error:
            listener.close()
            raise OSError(error.errno, f"port {self.port} on {self.host} is taken; choose another") from error
        self.port = int(listener.getsockname()[1])
        return listener


class Client:
    """The line to one partner, kept open; every failure is a LineCut with its reason, TurnedDown where it said no."""

    def __init__(
        self,
        identity: Identity,
        peer: str,
        peer_authority_pem: str,
        *,
        host: str,
        port: int,
        timeout_s: float = 2.0,
        path: str = "exchange/v1",
    ) -> None:
        self.peer = peer
        self._deadline_s = 5 * timeout_s
        # The certificate must name the centre, not the machine: the name we check is the peer's id.
        self._extensions = {"sni_hostname": peer}
        self.tls = client_context(identity, peer_authority_pem)
        self._http = httpx.Client(
            base_url=f"https://{host}:{port}/{path}/",
            verify=self.tls,
            timeout=httpx.Timeout(timeout_s, connect=0.75 * timeout_s),  # an attempt begun before a line is back
            trust_env=False,
            limits=httpx.Limits(max_connections=2, max_keepalive_connections=1, keepalive_expiry=60),
        )

    def pull(self, positions: Mapping[str, Position]) -> Answer:
        """What the partner's logs hold after these positions, unverified: hand each frame to the Mirror."""
        return self._pull("pull", positions)

    def give_back(self, positions: Mapping[str, Position]) -> Answer:
        """What the partner keeps of our own logs after these positions, unverified: hand it to the Guard."""
        return self._pull("give-back", positions)

    def cosign(self, notes: Mapping[str, bytes]) -> None:
        """Hand the partner our receipts."""
        self.ask("POST", "cosign", msgspec.msgpack.encode(Cosignatures(WIRE_VERSION, dict(notes))), good=(204,))

    def health(self) -> Health:
        """Who answers on the other side."""
        return _decoded(self.ask("GET", "health", b"", good=(200,)), Health)

    def close(self) -> None:
        """Hang up."""
        self._http.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _pull(self, path: str, positions: Mapping[str, Position]) -> Answer:
        question = msgspec.msgpack.encode(Pull(WIRE_VERSION, dict(positions)))
        return _decoded(self.ask("POST", path, question, good=(200, 409)), Answer)

    def ask(self, method: str, path: str, body: bytes, *, good: tuple[int, ...]) -> bytes:
        """One question; once more on a fresh connection when the kept one turns out to have been closed meanwhile."""
        try:
            try:
                return self._once(method, path, body, good)
            except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
                return self._once(method, path, body, good)
        except (httpx.HTTPError, ssl.SSLError, OSError) as error:
            raise LineCut(f"{self.peer} cannot be reached: {type(error).__name__} {error}".rstrip()) from error

    def _once(self, method: str, path: str, body: bytes, good: tuple[int, ...]) -> bytes:
        start, answer = time.monotonic(), bytearray()
        with self._http.stream(
            method, path, content=body, headers=MESSAGEPACK, extensions=self._extensions
        ) as response:
            for chunk in response.iter_raw():
                answer += chunk
                if len(answer) > MAX_ANSWER_BYTES or time.monotonic() - start > self._deadline_s:
                    raise LineCut(f"{self.peer} sent more than {MAX_ANSWER_BYTES} bytes or took too long")
        if response.status_code not in good:
            said = answer[:300].decode(errors="replace")
            raise TurnedDown(f"{self.peer} answered {response.status_code} to {path}: {said}", response.status_code)
        return bytes(answer)


def _decoded(body: bytes, kind: type[A]) -> A:
    try:
        return carrier.parse(body, kind)
    except Refused as refusal:
        raise LineCut(f"the partner's answer cannot be read: {refusal}") from refusal
