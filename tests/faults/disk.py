"""Disks of a row's own: one that is small, and one whose power can be cut.

A disk is an ext4 in a file on a loop device. Its power is cut by an atomic copy (a reflink on btrfs) of what has been
written to the device: what only the page cache held is not in it. Mounts are made in a mount namespace of the row's
own, so none is left behind however the row ends.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
from pathlib import Path

from tests.faults.harness import CannotRun

_CLONE_NEWNS = 0x00020000


def own_mounts() -> None:
    """Have this process and what it starts see mounts that nobody else sees; before any thread is started."""
    if os.geteuid() != 0 or not os.path.exists("/dev/loop-control"):
        raise CannotRun("needs root and loop devices, to make a disk of its own")
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWNS) != 0:
        raise CannotRun(f"this machine gives no mount namespace of our own: {os.strerror(ctypes.get_errno())}")
    _done("mount", "--make-rprivate", "/")


def small_disk(image: Path, place: Path, megabytes: int) -> None:
    """Mount a new ext4 of this size at a place."""
    _formatted(image, megabytes, "mkfs.ext4", "-q", "-m", "0")
    _mounted(image, place)


class PowerDisk:
    """A disk, mounted at `place`, whose power can be cut."""

    def __init__(self, folder: Path, place: Path, megabytes: int = 96) -> None:
        if shutil.which("mkfs.btrfs") is None:
            raise CannotRun("needs mkfs.btrfs (Debian: btrfs-progs), to copy a block device at one instant")
        self.place, self.images, self.cuts = place, folder / "images", 0
        _formatted(folder / "images.btrfs", 12 * megabytes, "mkfs.btrfs", "-q")
        _mounted(folder / "images.btrfs", self.images)
        self.image = self.images / "disk-0"
        _formatted(self.image, megabytes, "mkfs.ext4", "-q", "-m", "0")
        _mounted(self.image, place)

    def snapshot(self) -> Path:
        """Return the image of what has reached the device at this instant."""
        self.cuts += 1
        image = self.images / f"disk-{self.cuts}"
        _done("cp", "--reflink=always", str(self.image), str(image))
        return image

    def restart_from(self, image: Path) -> None:
        """Mount a snapshot in the disk's place, as a machine does that comes up again; nobody may be using it."""
        _done("umount", str(self.place))
        self.image.unlink()
        self.image = image
        _mounted(image, self.place)


def fill(place: Path, *, leave_bytes: int) -> Path:
    """Return a file that takes the disk's room but for so much."""
    ballast = place / "ballast"
    free = os.statvfs(place)
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, free.f_bavail * free.f_frsize - leave_bytes)
    return ballast


def _formatted(image: Path, megabytes: int, *command: str) -> None:
    with image.open("wb") as file:
        file.truncate(megabytes << 20)
    _done(*command, str(image))


def _mounted(image: Path, place: Path) -> None:
    place.mkdir(parents=True, exist_ok=True)
    try:
        _done("mount", "-o", "loop", str(image), str(place))
    except AssertionError as error:
        raise CannotRun(f"a file cannot be mounted as a disk here: {error}") from None


def _done(*command: str) -> None:
    found = subprocess.run(command, capture_output=True, text=True)
    assert found.returncode == 0, f"{' '.join(command)}: {found.stderr.strip()}"
