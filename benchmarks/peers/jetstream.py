"""NATS JetStream between two parties, every message flushed to the disk: a server each, a leaf line, a mirror stream.

Settings: `sync_interval: always`, file storage, one replica; messages of 1 KB, at most 256 unacknowledged. Arrived:
delivered to a reader of the partner's mirror stream. `missing` says what is not here to run it; Debian 12's server, of
2022, does not know the setting.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import importlib.util
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

MESSAGE_BYTES, IN_FLIGHT, LINK_S = 1_024, 256, 20.0
FIRST = 2  # the number that counts first: a stream begins with 1, and that one wakes the mirror
SERVER = """
server_name: {name}
listen: "127.0.0.1:{port}"
jetstream {{ store_dir: "{store}", domain: {name}, sync_interval: always }}
leafnodes {{ {leaf} }}
"""


@dataclass(frozen=True)
class Figures:
    """When each entry was sent and had arrived (monotonic seconds), when the sender had them all, processor seconds."""

    sent_s: NDArray[np.float64]
    committed_s: float
    arrived_s: NDArray[np.float64]
    processor_a_s: float
    processor_b_s: float

    HEAD: ClassVar[str] = f"{'':<34}{'at A /s':>9}{'at B /s':>9}{'p50 ms':>8}{'p99 ms':>8}{'us A':>7}{'us B':>7}"

    @property
    def per_second(self) -> float:
        """Entries per second, from the first sent to the last that arrived."""
        return float(len(self.sent_s) / (self.arrived_s.max() - self.sent_s.min()))

    @property
    def p99_ms(self) -> float:
        """How long it took one way, in milliseconds, for all but one in a hundred."""
        return float(np.percentile(self.arrived_s - self.sent_s, 99) * 1e3)

    def row(self, name: str) -> str:
        """Return the line of the table; processor microseconds an entry at either side."""
        count, p50_ms = len(self.sent_s), float(np.percentile(self.arrived_s - self.sent_s, 50) * 1e3)
        at_a = count / (self.committed_s - self.sent_s.min())
        used = f"{self.processor_a_s / count * 1e6:>7.0f}{self.processor_b_s / count * 1e6:>7.0f}"
        return f"{name:<34}{at_a:>9,.0f}{self.per_second:>9,.0f}{p50_ms:>8.1f}{self.p99_ms:>8.1f}{used}"


def missing() -> str:
    """Return what the peer needs and this machine lacks, in a few words; nothing where it can be run."""
    if _binary() is None or importlib.util.find_spec("nats") is None:
        return "no nats-server or no nats-py here (the group `bench` has both)"
    found = re.search(r"v(\d+)\.(\d+)", version())
    if found is None or (int(found[1]), int(found[2])) < (2, 10):
        return f"{version()} does not know sync_interval: always (2.10 and later do; the group `bench` has one)"
    return ""


def version() -> str:
    """Return the server's version and the beginning of its binary's SHA-256."""
    path = _binary()
    assert path is not None
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    return f"{said} (SHA-256 {hashlib.sha256(Path(path).read_bytes()).hexdigest()[:16]})"


def run(count: int, per_second: float | None) -> Figures:
    """Return the figures of one run between two new servers; without a rate, as fast as it goes."""
    with tempfile.TemporaryDirectory() as folder:
        ports, leaf = [_free_port(), _free_port()], _free_port()
        with (
            _server(Path(folder), "a", ports[0], f'listen: "127.0.0.1:{leaf}"') as first,
            _server(Path(folder), "b", ports[1], f'remotes: [{{ url: "nats-leaf://127.0.0.1:{leaf}" }}]') as second,
        ):
            sent, committed, arrived = asyncio.run(_measure(ports, count, per_second))
            return Figures(sent, committed, arrived, _processor_s(first.pid), _processor_s(second.pid))


async def _measure(
    ports: list[int], count: int, per_second: float | None
) -> tuple[NDArray[np.float64], float, NDArray[np.float64]]:
    near, far = [await _connected(port) for port in ports]
    await _linked(far)
    await near.jetstream().add_stream(name="OUT", subjects=["out"])
    await far.jetstream().add_stream(name="COPY", mirror=_source())
    arrived, awake, complete = np.zeros(count), asyncio.Event(), asyncio.Event()

    async def hear(message: Any) -> None:
        index = message.metadata.sequence.stream - FIRST
        if index >= 0:
            arrived[index] = time.monotonic()
        (complete if index == count - 1 else awake).set()

    await far.jetstream().subscribe("out", stream="COPY", cb=hear, ordered_consumer=True)
    await near.jetstream().publish("out", b"the mirror takes a while to begin; that is not counted")
    await asyncio.wait_for(awake.wait(), 60)
    sent = await _publish(near.jetstream(), count, per_second)
    committed = time.monotonic()
    await asyncio.wait_for(complete.wait(), 120)
    await near.close()
    await far.close()
    return sent, committed, arrived


async def _publish(stream: Any, count: int, per_second: float | None) -> NDArray[np.float64]:
    """Return when each message was handed to the client, once all are acknowledged; the order is the stream's."""
    sent, room, start = np.empty(count), asyncio.Semaphore(IN_FLIGHT), time.monotonic()

    async def one(payload: bytes) -> None:
        started = time.monotonic()
        found = await stream.publish("out", payload)
        sent[found.seq - FIRST] = started
        room.release()

    async with asyncio.TaskGroup() as tasks:
        for number in range(count):
            if per_second is not None:
                await asyncio.sleep(max(0.0, start + number / per_second - time.monotonic()))
            await room.acquire()
            tasks.create_task(one(number.to_bytes(8, "big") + bytes(MESSAGE_BYTES - 8)))
    return sent


def _source() -> Any:
    from nats.js.api import ExternalStream, StreamSource

    return StreamSource(name="OUT", external=ExternalStream(api="$JS.a.API", deliver="deliver.copy"))


async def _connected(port: int) -> Any:
    import nats

    return await nats.connect(f"nats://127.0.0.1:{port}", connect_timeout=5)


async def _linked(far: Any) -> None:
    """Wait until the other side's JetStream answers; a mirror made before that starts up to 40 s late."""
    deadline = time.monotonic() + LINK_S
    while time.monotonic() < deadline:
        with contextlib.suppress(Exception):
            await far.jetstream(domain="a", timeout=0.5).account_info()
            return
        await asyncio.sleep(0.1)
    raise RuntimeError(f"the line between the two servers did not open within {LINK_S:.0f} s")


@contextlib.contextmanager
def _server(folder: Path, name: str, port: int, leaf: str) -> Iterator[subprocess.Popen[bytes]]:
    config = folder / f"{name}.conf"
    config.write_text(SERVER.format(name=name, port=port, store=folder / name, leaf=leaf))
    with subprocess.Popen([_binary() or "nats-server", "-c", str(config)], stderr=subprocess.DEVNULL) as process:
        try:
            _await_port(port)
            yield process
        finally:
            process.terminate()


def _binary() -> str | None:
    """Return where the server is: beside this Python, where the package of the bench group puts it, or on the path."""
    beside = Path(sys.executable).parent
    return shutil.which("nats-server", path=os.pathsep.join([str(beside), os.environ.get("PATH", os.defpath)]))


def _await_port(port: int) -> None:
    deadline = time.monotonic() + LINK_S
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise RuntimeError(f"nats-server did not open port {port} within {LINK_S:.0f} s")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _processor_s(pid: int) -> float:
    """Return the processor seconds a process has used [proc(5): fields 14 and 15 of stat, in hundredths]."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100
