"""Listening on a port of this machine: the page's server in a thread of its own."""

from __future__ import annotations

import errno
import socket
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from jointwatch.display.prompt import prompt

START_TIMEOUT_S = 10.0
STOP_TIMEOUT_S = 5.0
_MAX_FROM_READER = 4096  # bytes in one WebSocket message from a browser, which has nothing to say


class PortInUse(OSError):  # noqa: N818 - said as it is, like the FileNotFoundError it stands beside
    """Another program listens on the port that was asked for."""


@dataclass(frozen=True)
class Serving:
    """A server at work: its address, and the way to end it."""

    host: str
    port: int
    secure: bool
    _server: uvicorn.Server
    _thread: threading.Thread

    @property
    def url(self) -> str:
        """The address to open in a browser."""
        return f"http{'s' * self.secure}://{self.host}:{self.port}/"

    def stop(self) -> None:
        """End the server; open pages are told, nothing waits longer than a few seconds."""
        self._server.should_exit = True
        self._thread.join(STOP_TIMEOUT_S)
        if self._thread.is_alive():
            self._server.force_exit = True
            self._thread.join(STOP_TIMEOUT_S)


def serve_in_thread(
    app: ASGIApp, port: int = 0, *, host: str = "127.0.0.1", certificate: tuple[Path, Path] | None = None
) -> Serving:
    """Serve `app` until `.stop()`; port 0 takes any free one. Raises PortInUse with what to do about it.

    certificate: the files of one and of its private key, PEM, for HTTPS.
    """
    listener = _bind(host, port)
    config = uvicorn.Config(
        app,
        http=prompt(),
        proxy_headers=False,  # an address is where a connection comes from, and not what it says of itself
        log_level="warning",
        access_log=False,
        lifespan="off",
        ws_max_size=_MAX_FROM_READER,
        timeout_graceful_shutdown=2,
        server_header=False,
        limit_concurrency=200,
        ssl_certfile=certificate and certificate[0],
        ssl_keyfile=certificate and certificate[1],
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="jointwatch-display", daemon=True)
    thread.start()
    _wait_for(server, thread)
    return Serving(host, listener.getsockname()[1], certificate is not None, server, thread)


def _bind(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise PortInUse(
                errno.EADDRINUSE,
                f"port {port} on {host} is in use by another program; end that one, "
                f"or give another port with --port (0 takes any free one)",
            ) from error
        if error.errno == errno.EACCES:
            raise PermissionError(
                errno.EACCES, f"port {port} on {host} is not ours to open; give one above 1023 with --port"
            ) from error
        raise
    return listener


def _wait_for(server: uvicorn.Server, thread: threading.Thread) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            raise RuntimeError(f"the page's server did not start within {START_TIMEOUT_S:.0f} s; see the lines above")
        time.sleep(0.01)
