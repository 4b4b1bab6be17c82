"""A NATS server for the tests: Debian's, on a port of the loopback that stays its own, ended by its process id."""

from __future__ import annotations

import contextlib
import json
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from jointwatch.exchange.nats import settings as broker_settings
from jointwatch.exchange.nats.broker import SERVER
from jointwatch.exchange.nats.settings import User
from jointwatch.exchange.tls import Identity, ensure_identity
from tests import ports

UNPACKED = Path(__file__).parents[2] / ".nats" / "usr" / "sbin" / "nats-server"


def binary() -> str:
    """The server's program; where there is none, the reason why these tests fail."""
    found = str(UNPACKED) if UNPACKED.exists() else shutil.which("nats-server")
    if found is None:
        raise FileNotFoundError(
            "nats-server is missing: `make nats-server` unpacks Debian's into .nats/ (it needs apt-get)"
        )
    return found


def issued(folder: Path, authority: Identity, name: str) -> Identity:
    """An identity of this name under another's authority, as a party's operator hands it out."""
    folder.mkdir(parents=True)
    for file in ("tls-ca.pem", "tls-ca.key"):
        shutil.copy(authority.directory / file, folder / file)
    identity = ensure_identity(folder, name)
    (folder / "tls-ca.key").unlink()
    return identity


class NatsServer:
    """A server that lets these users in. Use as a context manager; `kill` and `start` it in between."""

    def __init__(
        self, folder: Path, authority: Identity, users: Sequence[User], alter: Callable[[str], str] = str
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.port, self.users, self.alter = folder, ports.free(), users, alter
        self.identity = issued(folder / SERVER, authority, SERVER)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        text = broker_settings.settings(
            self.users,
            certificate=self.identity.leaf,
            authority=self.identity.directory / "tls-ca.pem",
            port=self.port,
        )
        path = self.folder / "nats.conf"
        path.write_text(self.alter(text))
        command = [binary(), "-c", str(path), "--ports_file_dir", str(self.folder), "-l", str(self.folder / "log")]
        self.process = subprocess.Popen(command)
        self._wait_for(self.folder / f"nats-server_{self.process.pid}.ports")

    def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(60)
            self.process = None

    def __enter__(self) -> NatsServer:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill(signal.SIGTERM)

    def _wait_for(self, path: Path) -> None:
        """Wait until the server has written down its ports, which it does when it listens."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with contextlib.suppress(FileNotFoundError, json.JSONDecodeError):
                assert json.loads(path.read_text())["nats"][0].endswith(f":{self.port}")
                return
            assert self.process is not None
            assert self.process.poll() is None, (self.folder / "log").read_text()
            time.sleep(0.01)
        raise TimeoutError(f"nats-server did not listen within 60 s: {(self.folder / 'log').read_text()}")
