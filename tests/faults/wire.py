"""A line between two machines that does what a bad line does: falls silent, in one way or both, is slow, loses packets.

Two network namespaces, each with a TUN device at one end of the line; the relay between them is the process of this
program, in user space, because not every kernel has netem. A silent line closes nothing and answers nothing: packets
go in and none comes out. The namespaces live as long as the processes that hold them, so none is left behind.

    python -m tests.faults.wire PID PID      settings as lines of JSON on standard input
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import heapq
import json
import os
import random
import select
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from itertools import count

from tests.faults.harness import ROOT, CannotRun

HOSTS = ("10.77.0.1", "10.77.0.2")
QUEUE_BYTES = 64 << 10  # what stands before a slow line; more is dropped, as a router does
_CLONE_NEWNET = 0x40000000
_TUNSETIFF, _IFF_TUN_NO_PI = 0x400454CA, 0x1001


@dataclass(frozen=True)
class Weather:
    """What the line does to packets; silent: which ways are dead, "there" (first to second machine) and "back"."""

    silent: tuple[str, ...] = ()
    delay_s: float = 0.0
    loss: float = 0.0
    bytes_per_s: float = 0.0


FINE = Weather()
SILENT = Weather(silent=("there", "back"))


class Wire:
    """The line, and the two machines at its ends."""

    def __init__(self, relay: subprocess.Popen[str], holders: list[subprocess.Popen[bytes]]) -> None:
        self._relay = relay
        self.inside = [["nsenter", "-t", str(holder.pid), "-n", "--"] for holder in holders]

    def becomes(self, weather: Weather) -> None:
        """Change what the line does; in force when this returns."""
        assert self._relay.stdin is not None
        assert self._relay.stdout is not None
        self._relay.stdin.write(json.dumps(asdict(weather)) + "\n")
        self._relay.stdin.flush()
        assert self._relay.stdout.readline(), "the line's relay has ended"


@contextmanager
def wire() -> Iterator[Wire]:
    """Yield a line between two machines of our own; raise CannotRun where they cannot be made."""
    if os.geteuid() != 0 or not os.path.exists("/dev/net/tun"):
        raise CannotRun("needs root and /dev/net/tun, to make two machines with a line between them")
    with ExitStack() as stack:
        holders = [_started(stack, ["unshare", "--net", "sleep", "infinity"]) for _ in HOSTS]
        for holder in holders:
            _wait_for_own_network(holder.pid)
        command = [sys.executable, "-m", "tests.faults.wire", *(str(holder.pid) for holder in holders)]
        relay = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        stack.callback(relay.wait)
        stack.callback(relay.kill)
        if relay.stdout is None or not relay.stdout.readline():
            raise CannotRun("this kernel gives no TUN device in a network namespace of our own")
        for holder, host in zip(holders, HOSTS, strict=True):
            for what in (f"addr add {host}/30 dev line", "link set line up", "link set lo up"):
                subprocess.run(["nsenter", "-t", str(holder.pid), "-n", "ip", *what.split()], check=True)
        yield Wire(relay, holders)


def _started(stack: ExitStack, command: list[str]) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(command)
    stack.callback(process.wait)
    stack.callback(process.kill)
    return process


def _wait_for_own_network(pid: int) -> None:
    ours, deadline = os.readlink("/proc/self/ns/net"), time.monotonic() + 5
    while os.readlink(f"/proc/{pid}/ns/net") == ours:
        if time.monotonic() > deadline:
            raise CannotRun("this machine gives no network namespace of our own")
        time.sleep(0.005)


@dataclass
class Way:
    """One way of the line: packets wait for their turn, then for the delay."""

    name: str
    source: int
    drain: int
    free_at: float = 0.0
    flying: list[tuple[float, int, bytes]] = field(default_factory=list)
    order: Iterator[int] = field(default_factory=count)

    def take(self, packet: bytes, weather: Weather, now: float) -> None:
        """Let a packet in, or lose it."""
        busy_s = max(0.0, self.free_at - now)
        full = busy_s * weather.bytes_per_s > QUEUE_BYTES
        if self.name in weather.silent or full or random.random() < weather.loss:
            return
        self.free_at = now + busy_s + (len(packet) / weather.bytes_per_s if weather.bytes_per_s else 0.0)
        heapq.heappush(self.flying, (self.free_at + weather.delay_s, next(self.order), packet))

    def deliver(self, now: float) -> float:
        """Hand out what has arrived; return when the next will."""
        while self.flying and self.flying[0][0] <= now:
            with contextlib.suppress(OSError):  # nobody has opened that end yet
                os.write(self.drain, heapq.heappop(self.flying)[2])
        return self.flying[0][0] if self.flying else now + 1.0


def _tun(pid: int) -> int:
    """Return this end of a TUN device named `line` that stands in a process's network namespace."""
    libc = ctypes.CDLL(None, use_errno=True)
    namespace = os.open(f"/proc/{pid}/ns/net", os.O_RDONLY)
    if libc.setns(namespace, _CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")
    device = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(device, _TUNSETIFF, struct.pack("16sH", b"line", _IFF_TUN_NO_PI))
    return device


def relay(first: int, second: int) -> None:
    """Carry packets until the input ends."""
    ends = (_tun(first), _tun(second))
    ways = (Way("there", ends[0], ends[1]), Way("back", ends[1], ends[0]))
    weather, orders = FINE, sys.stdin.fileno()
    print("up", flush=True)
    while True:
        now = time.monotonic()
        soonest = min(way.deliver(now) for way in ways)
        ready, _, _ = select.select([orders, *ends], [], [], max(0.0, soonest - now))
        if orders in ready:
            line = sys.stdin.buffer.readline()
            if not line:
                return
            found = json.loads(line)
            weather = Weather(**{**found, "silent": tuple(found["silent"])})
            print("set", flush=True)
        for way in ways:
            if way.source in ready:
                way.take(os.read(way.source, 1 << 16), weather, time.monotonic())


if __name__ == "__main__":
    relay(int(sys.argv[1]), int(sys.argv[2]))
