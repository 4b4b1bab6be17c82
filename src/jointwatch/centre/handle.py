"""A centre's process, held from outside: start it, ask it, see that it died.

The organiser of an exercise drives each centre through its standard input and output, one JSON line each way. Keys,
log and picture stay in the centre's process; the pipe carries the exercise clock, signed plots and what to show.
"""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
from contextlib import suppress
from typing import IO

import msgspec

from jointwatch.centre.orders import Answer, AnyOrder, Stop


class CentreLost(Exception):  # noqa: N818 - reads as what happened
    """The centre's process is gone or silent; the sentence says which and how."""


class CentreHandle:
    """One running centre process."""

    def __init__(self, name: str, *, patience_s: float = 60.0) -> None:
        self.name = name
        self.patience_s = patience_s
        self.lost: str | None = None
        self._buffer = b""
        # A process group of its own: Ctrl-C at the terminal reaches the organiser alone, which ends the run in order.
        self._process = subprocess.Popen(
            [sys.executable, "-m", "jointwatch.centre.process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
            bufsize=0,
        )

    @property
    def pid(self) -> int:
        """The operating system's id of the process."""
        return self._process.pid

    def send(self, order: AnyOrder) -> None:
        """Write one order; raises CentreLost when nobody reads any more."""
        if self.lost:
            raise CentreLost(self.lost)
        try:
            _write_all(_pipe(self._process.stdin), msgspec.json.encode(order) + b"\n")
        except OSError as error:
            raise self._lose(f"does not take orders ({error.strerror})") from None

    def receive(self) -> Answer:
        """Return the answer to the oldest order not answered yet; raises CentreLost."""
        while b"\n" not in self._buffer:
            self._buffer += self._read()
        line, _, self._buffer = self._buffer.partition(b"\n")
        answer = msgspec.json.decode(line, type=Answer)
        if answer.error:
            raise self._lose(f"stopped: {answer.error}")
        return answer

    def ask(self, order: AnyOrder) -> Answer:
        """Return the answer to one order."""
        self.send(order)
        return self.receive()

    def stop(self) -> None:
        """Tell the process to end in order, where it still listens."""
        with suppress(CentreLost):
            self.send(Stop())

    def cut_power(self) -> None:
        """End the process at once, as a power cut would."""
        self._process.send_signal(signal.SIGKILL)

    def close(self, timeout_s: float = 5.0) -> None:
        """Let the process end by itself, or end it."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        try:
            self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _read(self) -> bytes:
        stdout = _pipe(self._process.stdout)
        with selectors.DefaultSelector() as selector:
            selector.register(stdout, selectors.EVENT_READ)
            if not selector.select(self.patience_s):
                self.cut_power()  # so that nobody writes its record any more when it is read for the evidence
                self._process.wait()
                raise self._lose(f"has not answered for {self.patience_s:.0f} s")
        data = os.read(stdout.fileno(), 1 << 20)
        if not data:
            raise self._lose("ended without an answer")
        return data

    def _lose(self, how: str) -> CentreLost:
        self.lost = f"the process of {self.name} {how}"
        return CentreLost(self.lost)


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise CentreLost("the pipe to the centre is closed")
    return pipe


def _write_all(pipe: IO[bytes], data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[pipe.write(view) :]
