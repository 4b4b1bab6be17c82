"""A connection on which nobody asks or reads is ended, and one address has only so many."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator

import httpx
import pytest
from starlette.responses import PlainTextResponse

from jointwatch.display import prompt
from jointwatch.display.listen import Serving, serve_in_thread
from jointwatch.display.prompt import Prompt
from tests.centre.serving import wait_for

LONG = 40_000_000
LIMIT_S = 60.0  # what takes longer hangs, also on a busy machine
HEAD = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


@pytest.fixture
def page() -> Iterator[Serving]:
    serving = serve_in_thread(PlainTextResponse(b"x" * LONG))
    yield serving
    serving.stop()


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch, page: Serving) -> Serving:
    """A page that waits half a second."""
    monkeypatch.setattr(prompt, "ASKED_S", 0.5)
    monkeypatch.setattr(prompt, "READ_S", 0.5)
    return page


def connected(page: Serving) -> socket.socket:
    return socket.create_connection((page.host, page.port), LIMIT_S)


def head(page: Serving) -> int:
    return httpx.head(page.url, trust_env=False, timeout=LIMIT_S).status_code


def answers(page: Serving) -> bool:
    with contextlib.suppress(httpx.TransportError):
        return head(page) == 200
    return False


def seconds_until_ended(line: socket.socket, dribble: Callable[[], None] = lambda: None) -> float:
    begun = time.monotonic()
    line.settimeout(0.1)
    while time.monotonic() - begun < LIMIT_S:
        try:
            dribble()
            if not line.recv(1 << 20):
                break
        except TimeoutError:
            continue
        except OSError:
            break
    return time.monotonic() - begun


def received(line: socket.socket, at_most: int = 2 * LONG) -> int:
    """How many bytes came before the end, or before there were so many."""
    count = 0
    with contextlib.suppress(ConnectionResetError):
        while count < at_most and (got := len(line.recv(1 << 20))):
            count += got
    return count


def test_who_says_nothing_is_let_go(hurried: Serving) -> None:
    begun = time.monotonic()
    with connected(hurried) as line:
        assert seconds_until_ended(line) < LIMIT_S
    assert time.monotonic() - begun >= prompt.ASKED_S


def test_who_asks_a_letter_at_a_time_is_let_go(hurried: Serving) -> None:
    with connected(hurried) as line:
        assert seconds_until_ended(line, lambda: line.sendall(b"G")) < LIMIT_S


def test_who_dribbles_after_an_answer_is_let_go(hurried: Serving) -> None:
    with connected(hurried) as line:
        line.sendall(HEAD.replace(b"GET", b"HEAD"))
        assert seconds_until_ended(line, lambda: line.sendall(b"G")) < LIMIT_S


def test_who_does_not_read_the_answer_is_let_go(hurried: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
    ended, lost = threading.Event(), Prompt.connection_lost
    monkeypatch.setattr(Prompt, "connection_lost", lambda self, exc: (lost(self, exc), ended.set())[0])
    with connected(hurried) as line:
        line.sendall(HEAD)
        assert ended.wait(LIMIT_S)
        assert received(line) < LONG


def test_who_reads_slowly_gets_all_of_it(page: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both waits begin with the answer and end at the same moments, twice before all is read."""
    monkeypatch.setattr(prompt, "ASKED_S", 1e6)
    monkeypatch.setattr(prompt, "READ_S", 1e6)
    made: list[Prompt] = []
    begin = Prompt.connection_made
    monkeypatch.setattr(Prompt, "connection_made", lambda self, line: (made.append(self), begin(self, line))[1])
    with connected(page) as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 18)
        line.sendall(HEAD.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        count = 0
        for _ in range(2):
            count += received(line, LONG * 2 // 5)  # more than the system holds of it between the two ends
            let_both_waits_end(made[0])
        assert count + received(line) > LONG


def let_both_waits_end(connection: Prompt) -> None:
    """Have happen now what happens when the waits for a request and for a reader are over."""
    done = threading.Event()

    def end() -> None:
        for timer in (connection._asked, connection._read):
            assert timer is not None
            due, said = timer._callback, timer._args
            timer.cancel()
            due(*said)
        done.set()

    connection.loop.call_soon_threadsafe(end)
    assert done.wait(LIMIT_S)


def test_one_address_has_so_many_and_its_next_ones_once_they_ended(
    page: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prompt, "MOST_OF_ONE", 5)
    with contextlib.ExitStack() as lines:
        for _ in range(5):
            lines.enter_context(connected(page))
        with pytest.raises(httpx.TransportError):
            head(page)
    wait_for(lambda: answers(page), LIMIT_S)
    assert [head(page) for _ in range(12)] == [200] * 12
