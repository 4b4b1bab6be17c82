"""A receiver of alerts for the tests: a web server on this machine that answers as it is told and keeps what came."""

from __future__ import annotations

import base64
import io
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from jointwatch.formats import cap, cap_xml
from tests import ports


@dataclass
class Came:
    """One request: its headers in lower case, its body."""

    headers: dict[str, str]
    body: bytes

    @property
    def alert(self) -> cap.Alert:
        return cap_xml.read(io.BytesIO(self.body))

    def verify(self, public_text: str) -> None:
        """Verify as a receiver would, by the page of Standard Webhooks and another library."""
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_text.removeprefix("whpk_")))
        kind, _, signature = self.headers["webhook-signature"].partition(",")
        assert kind == "v1a"
        signed = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.".encode() + self.body
        key.verify(base64.b64decode(signature), signed)


@dataclass
class Receiver:
    """answer: what a request gets, by its number from 0: a status, or a function of the handler."""

    answer: Callable[[int], int] = lambda number: 204
    raw: Callable[[BaseHTTPRequestHandler], None] | None = None
    extra: dict[str, str] = field(default_factory=dict)
    came: list[Came] = field(default_factory=list)
    port: int = 0
    tls: ssl.SSLContext | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/alerts"

    @property
    def taken(self) -> list[cap.Alert]:
        """The messages as a receiver keeps them that looks at the id: each once."""
        return [one.alert for one in {one.headers["webhook-id"]: one for one in self.came}.values()]


@contextmanager
def receiving(receiver: Receiver) -> Iterator[Receiver]:
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            with lock:
                number = len(receiver.came)
                receiver.came.append(Came({name.lower(): value for name, value in self.headers.items()}, body))
            if receiver.raw is not None:
                receiver.raw(self)
                return
            self.send_response(receiver.answer(number))
            for name, value in receiver.extra.items():
                self.send_header(name, value)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    receiver.port = receiver.port or ports.free()  # so that nobody else has it while this one is away
    server = ThreadingHTTPServer(("127.0.0.1", receiver.port), Handler)
    server.daemon_threads = True
    if receiver.tls is not None:
        server.socket = receiver.tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
