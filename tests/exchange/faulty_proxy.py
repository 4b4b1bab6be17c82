"""A line between two ports that can be cut: a relay in user space, since not every machine lets us drop packets.

Loaded by path, like `two_centres`. `silence` is the worst kind of cut: nothing is closed and nothing arrives, in both
directions or in one, and what was open then stays dead after `heal`, as behind a box that has forgotten the connection.
"""

from __future__ import annotations

import contextlib
import socket
import threading


class FaultyProxy:
    """Relays from a port of its own to `port`. Use as a context manager."""

    def __init__(self, port: int) -> None:
        self.target = port
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.listener.getsockname()[1])
        self.silent: set[str] = set()
        self.sockets: list[socket.socket] = []
        self.closed = False
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()

    def silence(self, *ways: str) -> None:
        """Let nothing through any more, in the ways "there" and "back" or in one of them."""
        self.silent = set(ways or ("there", "back"))

    def heal(self) -> None:
        """Let new connections through."""
        self.silent = set()

    def refuse(self) -> None:
        """Close every connection, as a partner that ends does."""
        for found in self.sockets:
            with contextlib.suppress(OSError):
                found.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> FaultyProxy:
        return self

    def __exit__(self, *_: object) -> None:
        self.closed = True
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)  # whoever waits for the next connection waits no more
        self.thread.join(10)
        self.refuse()
        for found in [*self.sockets, self.listener]:
            found.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while not self.closed:
                near, _ = self.listener.accept()
                try:
                    far = socket.create_connection(("127.0.0.1", self.target))
                except OSError:  # nobody is there just now; the next one may be answered
                    near.close()
                    continue
                self.sockets += [near, far]
                dead: set[str] = set(self.silent)
                for way, source, drain in (("there", near, far), ("back", far, near)):
                    threading.Thread(target=self._relay, args=(way, source, drain, dead), daemon=True).start()

    def _relay(self, way: str, source: socket.socket, drain: socket.socket, dead: set[str]) -> None:
        """Move bytes one way; a connection that was once silent in this way carries nothing ever after."""
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 16):
                dead |= self.silent
                if way not in dead:
                    drain.sendall(data)
            drain.shutdown(socket.SHUT_RDWR)
