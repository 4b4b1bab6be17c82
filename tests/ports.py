"""Ports of this machine that nobody has, and that nobody else is given meanwhile.

Between the moment a test is told of a port and the one in which its centre listens there, seconds pass, and the kernel
gives whoever asks for any port one at random of some fourteen thousand: with three processes of tests and three of
fault rows, two of them would meet once in some twenty runs. So ports are given out here one after the other, by all
processes of this machine together, and below those that the kernel gives out by itself.
"""

from __future__ import annotations

import fcntl
import os
import socket
import tempfile
from pathlib import Path

COUNT = 12_000
_KERNELS = Path("/proc/sys/net/ipv4/ip_local_port_range")


def free(host: str = "127.0.0.1", *, in_a_row: int = 1) -> int:
    """Return the first of so many ports in a row, at all of which one can listen."""
    below = max(min(int(_KERNELS.read_text().split()[0]), 32_768), 1_024 + COUNT)
    with (Path(tempfile.gettempdir()) / f"jointwatch-ports-{os.getuid()}").open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        given = int(file.read() or 0)
        for _ in range(COUNT):
            first = below - COUNT + given % (COUNT - in_a_row)
            given += in_a_row
            if all(_is_free(host, first + more) for more in range(in_a_row)):
                file.truncate(0)
                file.write(f"{given % COUNT}")
                return first
    raise OSError(f"no {in_a_row} ports in a row from {below - COUNT} to {below} are free on {host}")


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
