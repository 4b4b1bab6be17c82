"""A monitor as a process: one round after another, a line for each alarm, and a page for Prometheus."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from rich.console import Console

from jointwatch.cli.errors import UserError
from jointwatch.cli.log_place import held, kind_of
from jointwatch.cli.terminal import print_line
from jointwatch.earth.timescale import now_tai_ns
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.monitor.metrics import CONTENT_TYPE, text
from jointwatch.exchange.monitor.state import State
from jointwatch.exchange.monitor.verifier import Monitor
from jointwatch.exchange.refused import Refused


def keep_watch(place: str, state: Path, trust: Mapping[str, str], every_s: float, listen: str) -> int:
    """Return the exit code once interrupted: 1 where anything was wrong in all that is remembered."""
    kind_of(place)
    console, stop = Console(), threading.Event()
    remembered = _opened(state)

    def tell(log: LogId, kind: str, what: str) -> None:
        print_line(console, f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())} {log}: {kind}: {what}", style="red")

    evidence = state.with_name(f"{state.name}.evidence")
    monitor = Monitor(remembered, lambda: (time.time(), now_tai_ns()), trust, evidence, tell)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with _page(listen) as page:
        print_line(console, f"{place} every {every_s:g} s; metrics at http://{page.address}/metrics")
        while not stop.is_set():
            _round(monitor, place, console)
            page.body = text(remembered, time.time()).encode()
            stop.wait(every_s)
    wrong = remembered.alarms()
    remembered.close()
    return 1 if wrong else 0


def _opened(path: Path) -> State:
    import apsw

    try:
        return State(path, time.time())
    except apsw.Error as error:
        raise UserError(f"{path} cannot be used as a monitor's state: {error}; give a new file") from None


def _round(monitor: Monitor, place: str, console: Console) -> None:
    """One round; a place that cannot be read at the moment is counted against its availability."""
    try:
        found = held(place)
    except (UserError, Refused) as error:
        print_line(console, str(error), style="yellow")
        monitor.unreachable()
    else:
        monitor.round(found.source, found.logs)


class _Page:
    """What is shown; replaced as a whole after each round."""

    def __init__(self, address: str) -> None:
        self.address, self.body = address, b""


@contextmanager
def _page(listen: str) -> Iterator[_Page]:
    """Yield a page that is served until the block ends."""
    host, _, port = listen.rpartition(":")
    if not (host and port.isascii() and port.isdigit() and int(port) < 65_536):
        raise UserError(f'--listen wants "host:port", such as 127.0.0.1:9464; it is {listen!r}')
    page = _Page(listen)
    try:
        server = ThreadingHTTPServer((host, int(port)), _handler(page))
    except OSError as error:
        raise UserError(f"{listen} cannot be listened at: {error.strerror}; choose another with --listen") from None
    page.address = f"{host}:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield page
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def _handler(page: _Page) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 10.0

        def do_GET(self) -> None:
            found = self.path == "/metrics"
            body = page.body if found else b""  # looked at once: the next round may replace it at any time
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", CONTENT_TYPE)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing of each request."""

    return Handler
