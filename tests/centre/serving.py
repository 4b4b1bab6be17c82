"""Centres in service, as processes of their own, and what their clients say: for the tests that need the real thing."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any
from unittest import mock

from jointwatch.centre.client import CentreLine
from jointwatch.cli import main
from jointwatch.earth.timescale import now_tai_ns
from jointwatch.exchange import dsse
from jointwatch.exchange.carrier import LineCut
from jointwatch.exchange.keys import SigningKey
from jointwatch.messages.encoding import PAYLOAD_TYPE, Message, encode
from jointwatch.messages.incident import Incident
from jointwatch.messages.shard_opening import month_of
from tests import ports
from tests.faults.harness import patience

JOINTWATCH = (sys.executable, "-m", "jointwatch")
ENDED_S, STARTED_S, SETTLED_S = 60.0, 120.0, 120.0  # what comes costs none of it


def command(*words: object, given: str = "") -> subprocess.CompletedProcess[str]:
    """A `jointwatch` command that has ended, as a person types it; in this process, which has all imported already.

    given: what is typed in answer, where it asks.
    """
    out, err, code = io.StringIO(), io.StringIO(), 0
    typed = ["jointwatch", *map(str, words)]
    with (
        mock.patch.object(sys, "argv", typed),
        mock.patch.object(sys, "stdin", io.StringIO(given)),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            main.main()
        except SystemExit as ended:
            code = int(ended.code or 0)
    return subprocess.CompletedProcess(typed, code, out.getvalue(), err.getvalue())


def found(folder: Path, *names: str, clients: Sequence[str] = ("operator:desk",)) -> list[Path]:
    """Centres in a folder that know each other, on free ports of this machine."""
    centres: list[Path] = []
    for name in names:
        partners = [word for other in centres for word in ("--partner", other)]
        wanted = [word for client in clients for word in ("--client", client)]
        listen = ("--no-page", "--listen", f"127.0.0.1:{ports.free()}")
        done = command("centre", "init", folder / name, *partners, *wanted, *listen)
        assert done.returncode == 0, done.stderr
        centres.append(folder / name)
    return centres


@contextmanager
def serving(centre: Path, *words: str, environment: dict[str, str] | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """A centre's process that answers; ended in order, or killed where it does not end."""
    process = start(centre, *words, environment=environment)
    try:
        yield process
    finally:
        end(process)


def start(
    centre: Path, *words: str, environment: dict[str, str] | None = None, program: Sequence[str] = JOINTWATCH
) -> subprocess.Popen[bytes]:
    """A centre's process, once it answers. program: what runs `jointwatch`, where the test has to alter it."""
    log = (centre / "serving.txt").open("ab")
    process = subprocess.Popen(
        [*program, "centre", "serve", str(centre), *words],
        stdout=log,
        stderr=log,
        env={**os.environ, **(environment or {})},
        start_new_session=True,
    )
    log.close()
    try:
        wait_for(lambda: process.poll() is not None or _answers(centre), STARTED_S)
        said = (centre / "serving.txt").read_text()
        assert process.poll() is None, f"{centre.name} ended with {process.poll()}, and said: {said[-2000:]}"
    except BaseException:
        end(process)
        raise
    return process


def end(process: subprocess.Popen[bytes], number: int = signal.SIGTERM) -> int:
    """The exit code of a process that was told to end."""
    if process.poll() is None:
        process.send_signal(number)
    try:
        return process.wait(ENDED_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise


def health(centre: Path) -> dict[str, Any]:
    """How things stand at a centre, as its administrator is told."""
    with CentreLine(centre / "clients" / "admin", timeout_s=30.0) as line:
        return line.health()


def opened(*centres: Path) -> None:
    """Returns once each centre has asked its partners what they hold of its logs, and appends to them."""
    for centre in centres:
        wait_for(lambda centre=centre: _answers(centre) and not health(centre)["waits_for"])  # type: ignore[misc]


def mirrored(sender: Path, receiver: Path) -> bool:
    """Whether the receiver holds all that the sender has for it, and the sender has receipts for it."""
    ours, theirs = health(sender)["logs"], health(receiver)["logs"]
    readers = ("common", receiver.name)
    mine = {n: at for n, at in ours.items() if n.split("/")[0] == sender.name and n.split("/")[1] in readers}
    return all(theirs.get(name, {"size": 0})["size"] == at["size"] == at["cosigned"] for name, at in mine.items())


def shard(log: str) -> str:
    """The shard of this month, in which a centre in service keeps what is handed in for a log."""
    return f"{log}/{month_of(now_tai_ns())}"


def wait_for(true: Callable[[], bool], within_s: float = SETTLED_S) -> float:
    """After how many seconds it became true; AssertionError where it did not, on a machine that had time for it."""
    begun = time.monotonic()
    while not true():
        assert time.monotonic() - begun < within_s * patience(), f"not so within {within_s * patience():.0f} s"
        time.sleep(0.1)  # to look costs the one who is looked at
    return time.monotonic() - begun


def held_by(path: Path) -> bytes:
    """What a file of a centre in service holds; nothing where it is none, or went while it was looked at."""
    try:
        return path.read_bytes() if path.is_file() else b""
    except FileNotFoundError:
        return b""


def next_second() -> None:
    """Returns in another second than it was called in, by the clock that files are dated with too."""
    asked_s = int(time.time())
    wait_for(lambda: time.time() > asked_s + 1.05)


def entry(line: CentreLine, log: str, id: str, text: str = "said", *, by: SigningKey | None = None) -> bytes:
    """A signed entry of a client for a log of its centre."""
    return words(line, Incident, log, id, about="info", text=text, by=by)


def words(
    line: CentreLine, kind: type[Message], log: str, id: str, /, *, by: SigningKey | None = None, **content: Any
) -> bytes:
    """A signed entry of any kind."""
    about = line.about
    header = {"mode": about.mode, "run": about.run, "origin": about.centre, "log": log, "id": id}
    message = kind(**{"logged_tai_ns": now_tai_ns(), **header, **content})
    return dsse.sign(PAYLOAD_TYPE, encode(message), [by or line.signing_key()]).encode()


def _answers(centre: Path) -> bool:
    try:
        return bool(health(centre))
    except LineCut:
        return False


def address() -> str:
    """A door on this machine at a port that nobody has."""
    return f"127.0.0.1:{ports.free()}"
