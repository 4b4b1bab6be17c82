"""A stretch of a log, looked at by one process: its tiles against its entries, each entry's signature and header.

Verifying a signature costs some 60 us of a core and everything else a quarter of that, so a long log is cut into
stretches for as many processes as there are cores. Each reads its own tiles; what comes back is small.
"""

from __future__ import annotations

import signal
from array import array
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from hashlib import sha256
from multiprocessing import get_context
from typing import TypeVar

from jointwatch.exchange import merkle, shard, tiles
from jointwatch.exchange.keyrings import Keyrings, Unverified
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.refused import Refused
from jointwatch.exchange.source import Source
from jointwatch.exchange.tiles import WIDTH
from jointwatch.messages.encoding import Heard
from jointwatch.messages.release_policy import ReleasePolicy

TILES = 16
"""How many tiles make a stretch: some 4,000 entries, half a second of a core."""
_AHEAD = 2  # parts handed out before they are wanted, per process
_ID_BYTES = 16
Part = TypeVar("Part")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Stretch:
    """The tiles [first, stop) of a log of `size` entries. keys: its owner's; None: only the tree is checked."""

    source: Source
    log: LogId
    size: int
    first: int
    stop: int
    keys: Keyrings | None = None

    @property
    def entries(self) -> int:
        """How many entries it has."""
        return min(self.stop * WIDTH, self.size) - self.first * WIDTH


@dataclass
class Found:
    """What a stretch holds.

    roots: the hash over each tile's entries. unlike: tiles of level 0 that hold other hashes. altered: the first entry
    whose hash is not the stored one. unreadable: a tile that cannot be read, and why; nothing behind it was looked at.
    refused: entries that do not hold, by position. ids: a digest of origin and id for each entry, b"" for those; times:
    when each was logged, 0 for those. policies: the release policies among them, with position and leaf hash.
    unverified: entries that hold but were signed outside of a key's bounds, so that nobody may use them.
    """

    stretch: Stretch
    roots: list[bytes] = field(default_factory=list)
    unlike: list[str] = field(default_factory=list)
    altered: int | None = None
    unreadable: tuple[str, str] | None = None
    refused: list[tuple[int, str]] = field(default_factory=list)
    ids: list[bytes] = field(default_factory=list)
    times: array[int] = field(default_factory=lambda: array("q"))
    policies: list[tuple[int, bytes, ReleasePolicy]] = field(default_factory=list)
    unverified: list[tuple[int, str]] = field(default_factory=list)


def stretches(source: Source, log: LogId, size: int, keys: Keyrings | None) -> Iterator[Stretch]:
    """Return a log cut into stretches."""
    count = -(-size // WIDTH)
    for first in range(0, count, TILES):
        yield Stretch(source, log, size, first, min(first + TILES, count), keys)


def look(stretch: Stretch) -> Found:
    """Return what a stretch holds."""
    found = Found(stretch)
    for index in range(stretch.first, stretch.stop):
        width = tiles.width(index, stretch.size)
        try:
            entries = stretch.source.bundle(stretch.log, index, width)
            stored = stretch.source.tile(stretch.log, 0, index, width)
        except tiles.DirectoryRefused as refusal:
            found.unreadable = refusal.file, refusal.sentence.removeprefix(f"{refusal.file}: ")
            return found
        leaves = [merkle.leaf_hash(entry) for entry in entries]
        found.roots.append(merkle.CompactRange().extend(leaves)[0].root())
        _compare(found, index, leaves, stored)
        if stretch.keys is not None:
            for position, (entry, leaf) in enumerate(zip(entries, leaves, strict=True), index * WIDTH):
                _open(found, stretch.keys, position, entry, leaf)
    return found


def each(look: Callable[[Part], Result], work: Iterable[Part], processes: int) -> Iterator[Result]:
    """Return what looking at each part gave, in order, by so many processes; within this one where it is one."""
    if processes < 2:
        yield from map(look, work)
        return
    pool = ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=_leave_interrupts_to_the_parent)
    waiting: deque[Future[Result]] = deque()
    try:
        for part in work:
            waiting.append(pool.submit(look, part))
            if len(waiting) > _AHEAD * processes:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _compare(found: Found, index: int, leaves: list[bytes], stored: bytes) -> None:
    """Record where a tile of level 0 holds other hashes than its entries give."""
    if b"".join(leaves) == stored:
        return
    found.unlike.append(tiles.tile_name(0, index, len(leaves)))
    if found.altered is None:
        size = merkle.HASH_BYTES
        differing = (k for k, leaf in enumerate(leaves) if stored[k * size : (k + 1) * size] != leaf)
        found.altered = next((index * WIDTH + k for k in differing), None)


def _open(found: Found, keys: Keyrings, position: int, entry: bytes, leaf: bytes) -> None:
    """Open one entry with its owner's keys, and keep of it what is wanted later."""
    try:
        try:
            message = keys.open_entry(entry, found.stretch.log, position)
        except Unverified as mark:
            found.unverified.append((position, mark.sentence))
            message = keys.open_entry(entry, found.stretch.log)
        shard.check_places(found.stretch.log, position, [message])
    except Refused as refusal:
        found.refused.append((position, refusal.sentence))
        found.ids.append(b"")
        found.times.append(0)
        return
    found.ids.append(_id(message))
    found.times.append(message.logged_tai_ns)
    if isinstance(message, ReleasePolicy):
        found.policies.append((position, leaf, message))


def _id(message: Heard) -> bytes:
    return sha256(f"{message.origin}\n{message.id}".encode()).digest()[:_ID_BYTES]
