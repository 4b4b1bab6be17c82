"""HTTP for whoever is prompt: a connection on which nobody asks, or nobody reads, is ended, and one place has so many.

uvicorn waits for ever for a connection's first request, and for the rest of any; a few hundred open connections would
then keep everybody else from the page.
"""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

if TYPE_CHECKING:
    import h11

ASKED_S = 10.0  # until a whole request head is here: after the connection was made, and after each answer
READ_S = 30.0  # until more of an answer is taken
MOST_OF_ONE = 100  # connections from one address at a time


class Prompt(H11Protocol):
    """One connection, with these bounds."""

    open_of: Counter[str]  # connections by address, of one server
    _asked: asyncio.TimerHandle | None = None
    _read: asyncio.TimerHandle | None = None
    _address = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count it, and wait for its first request."""
        stream = cast("asyncio.Transport", transport)  # of which a server that listens makes no other
        super().connection_made(stream)
        self._address = self.client[0] if self.client else ""
        self.open_of[self._address] += 1
        self._wait_for_a_request()
        if self.open_of[self._address] > MOST_OF_ONE:
            stream.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Count it no more."""
        super().connection_lost(exc)
        self._over()

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """Let it go: from now on it belongs to a WebSocket."""
        self._over()
        super().handle_websocket_upgrade(event)

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        self._wait_for_a_request()
        super().on_response_complete()

    def pause_writing(self) -> None:
        """Wait for somebody to read."""
        super().pause_writing()
        self._wait_for_a_reader()

    def resume_writing(self) -> None:
        """Somebody reads again."""
        super().resume_writing()
        _cancelled(self._read)

    def _wait_for_a_request(self, left: float = math.inf) -> None:
        _cancelled(self._asked)
        self._asked = self.loop.call_later(ASKED_S, self._end_unless_asked, left)

    def _wait_for_a_reader(self, left: float = math.inf) -> None:
        _cancelled(self._read)
        self._read = self.loop.call_later(READ_S, self._end_unless_read, left, self._wait_for_a_reader)

    def _end_unless_asked(self, before: float) -> None:
        cycle = cast("RequestResponseCycle | None", self.cycle)  # none before the first request
        if cycle is None or cycle.response_complete:
            self._end_unless_read(before, self._wait_for_a_request)

    def _end_unless_read(self, before: float, again: Callable[[float], None]) -> None:
        """End the connection, unless some of an answer waits and less of it than when this wait began."""
        left = self.transport.get_write_buffer_size()
        if 0 < left < before:
            again(left)
        else:
            self.transport.abort()

    def _over(self) -> None:
        """The connection has ended, or belongs to a WebSocket from now on."""
        for timer in (self._asked, self._read):
            _cancelled(timer)
        self.open_of[self._address] -= 1
        if not self.open_of[self._address]:
            del self.open_of[self._address]


def prompt() -> type[Prompt]:
    """Return uvicorn's HTTP protocol with these bounds, for one server."""
    return type("PromptOfOneServer", (Prompt,), {"open_of": Counter[str]()})


def _cancelled(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()
