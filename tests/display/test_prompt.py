"""A connection on which nobody asks or reads is ended, and one address has only so many."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable, Iterator

import httpx
import pytest
from starlette.responses import PlainTextResponse

from jointwatch.display import prompt
from jointwatch.display.listen import Serving, serve_in_thread
from tests.centre.serving import wait_for
from tests.faults.harness import patience

LONG = 40_000_000
SOON_S = 8.0  # less than a page waits that nobody hurried
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
    return socket.create_connection((page.host, page.port), 5.0)


def answers(page: Serving) -> bool:
    with contextlib.suppress(httpx.TransportError):
        return httpx.head(page.url, trust_env=False).status_code == 200
    return False


def seconds_until_ended(line: socket.socket, dribble: Callable[[], None] = lambda: None) -> float:
    begun = time.monotonic()
    line.settimeout(0.1)
    while time.monotonic() - begun < SOON_S:
        try:
            dribble()
            if not line.recv(1 << 20):
                break
        except TimeoutError:
            continue
        except OSError:
            break
    return time.monotonic() - begun


def received(line: socket.socket, pause_s: float = 0.0) -> int:
    """How many bytes came before the end."""
    count = 0
    with contextlib.suppress(ConnectionResetError):
        while got := len(line.recv(1 << 20)):
            count += got
            time.sleep(pause_s)
    return count


def test_who_says_nothing_is_let_go(hurried: Serving) -> None:
    begun = time.monotonic()
    with connected(hurried) as line:
        assert seconds_until_ended(line) < SOON_S
    assert time.monotonic() - begun >= prompt.ASKED_S


def test_who_asks_a_letter_at_a_time_is_let_go(hurried: Serving) -> None:
    with connected(hurried) as line:
        assert seconds_until_ended(line, lambda: line.sendall(b"G")) < SOON_S


def test_who_dribbles_after_an_answer_is_let_go(hurried: Serving) -> None:
    with connected(hurried) as line:
        line.sendall(HEAD.replace(b"GET", b"HEAD"))
        assert seconds_until_ended(line, lambda: line.sendall(b"G")) < SOON_S


def test_who_does_not_read_the_answer_is_let_go(hurried: Serving) -> None:
    with connected(hurried) as line:
        line.sendall(HEAD)
        time.sleep(2.0 * patience())
        assert received(line) < LONG


def test_who_reads_slowly_gets_all_of_it(page: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both waits begin with the answer and end at the same moments, twice before all is read."""
    slow = patience()
    monkeypatch.setattr(prompt, "ASKED_S", 1.0 * slow)
    monkeypatch.setattr(prompt, "READ_S", 1.0 * slow)
    with connected(page) as line:
        line.sendall(HEAD.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        assert received(line, pause_s=0.05 * slow) > LONG


def test_one_address_has_so_many_and_its_next_ones_once_they_ended(
    page: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prompt, "MOST_OF_ONE", 5)
    with contextlib.ExitStack() as lines:
        for _ in range(5):
            lines.enter_context(connected(page))
        with pytest.raises(httpx.TransportError):
            httpx.head(page.url, trust_env=False)
    wait_for(lambda: answers(page))
    assert [httpx.head(page.url, trust_env=False).status_code for _ in range(12)] == [200] * 12
