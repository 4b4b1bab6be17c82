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
import threading
import time
from collections import Counter
from collections.abc import Mapping

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from jointwatch.exchange.allowance import MAX_CONNECTIONS
from jointwatch.exchange.carrier import Desk
from jointwatch.exchange.door import Door, Guests
from jointwatch.exchange.https.app import ExchangeApp
from jointwatch.exchange.https.line import Client as Client
from jointwatch.exchange.tls import Identity, server_context


def _protocol(guests: Guests) -> type[H11Protocol]:
    """uvicorn's HTTP protocol, taught to say whose certificate the connection showed: stock uvicorn does not.

    A caller has so many connections and no more: a further one is closed before anything is read from it.
    """
    open_of = Counter[str]()

    class PeerProtocol(H11Protocol):
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            line = transport.get_extra_info("ssl_object")
            shown = line.getpeercert(binary_form=True) if line is not None else None
            caller = guests.of(shown)
            self.app_state = {**self.app_state, "caller": caller}
            self.name = caller.name if caller is not None else ""
            open_of[self.name] += 1
            if open_of[self.name] > MAX_CONNECTIONS:
                transport.abort()

        def connection_lost(self, exc: Exception | None) -> None:
            super().connection_lost(exc)
            open_of[self.name] -= 1

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
            limit_concurrency=2_048,  # of all callers together
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
