"""Where logs can be read by someone who holds no secret: a run directory here; databases and sites elsewhere.

Whatever it is, it answers in tiles of 256 [c2sp.org/tlog-tiles], so a log of any length is read in bounded memory and
by several processes at once. Nothing that comes out of it is verified.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from jointwatch.exchange import merkle, note, run_directory, tiles
from jointwatch.exchange.logid import LogId


class Source(Protocol):
    """Logs, in tiles. What cannot be read raises tiles.DirectoryRefused with the tile's name in a log's directory."""

    def checkpoint(self, log: LogId) -> bytes:
        """Return the newest checkpoint, cosignatures included."""
        ...

    def bundle(self, log: LogId, index: int, width: int) -> list[bytes]:
        """Return the `width` entries of tile `index`."""
        ...

    def tile(self, log: LogId, level: int, index: int, width: int) -> bytes:
        """Return the `width` hashes of a tile, one behind the other."""
        ...

    def place(self, log: LogId, name: str) -> str:
        """Return what people find this file of a log's directory by."""
        ...


@dataclass(frozen=True)
class Files:
    """A source whose logs are directories of files. read: the file of a log's directory, of at most so many bytes.

    prefix: what stands before the log in what people find a file by.
    """

    read: Callable[[LogId, str, int], bytes]
    prefix: str = ""

    def checkpoint(self, log: LogId) -> bytes:
        """Return the newest checkpoint, cosignatures included."""
        return self.read(log, tiles.CHECKPOINT, note.MAX_NOTE_BYTES)

    def bundle(self, log: LogId, index: int, width: int) -> list[bytes]:
        """Return the `width` entries of tile `index`."""
        name = tiles.tile_name("entries", index, width)
        return tiles.parse_bundle(name, self.read(log, name, tiles.MAX_BUNDLE_BYTES), width)

    def tile(self, log: LogId, level: int, index: int, width: int) -> bytes:
        """Return the `width` hashes of a tile, one behind the other."""
        return self.read(log, tiles.tile_name(level, index, width), width * merkle.HASH_BYTES)

    def place(self, log: LogId, name: str) -> str:
        """Return the path of a log's file."""
        return f"{self.prefix}{log}/{name}"


def run_folder(directory: Path) -> Files:
    """Return the logs of a run directory as a source."""
    return Files(partial(_file_of_run, directory), f"{run_directory.LOGS}/")


def _file_of_run(directory: Path, log: LogId, name: str, limit: int) -> bytes:
    return tiles.read_file(directory / run_directory.log_folder(log), name, limit)


def entries(source: Source, log: LogId, start: int, stop: int, size: int) -> list[bytes]:
    """Return the entries [start, stop) of a log of `size` entries, from the tiles that hold them."""
    found: list[bytes] = []
    for index in range(start // tiles.WIDTH, -(-stop // tiles.WIDTH)):
        found += source.bundle(log, index, tiles.width(index, size))
    first = start // tiles.WIDTH * tiles.WIDTH
    return found[start - first : stop - first]


def node(source: Source, log: LogId, size: int) -> merkle.Node:
    """Return the nodes of the tree of a log of `size` entries, from the tiles that hold them or what they stand on."""

    def found(level: int, index: int) -> bytes:
        tile_level, above = divmod(level, 8)
        first, count = index << above, 1 << above
        tile, at = divmod(first, tiles.WIDTH)
        data = source.tile(log, tile_level, tile, tiles.width(tile, size >> 8 * tile_level))
        hashes = [data[k : k + merkle.HASH_BYTES] for k in range(0, len(data), merkle.HASH_BYTES)]
        return merkle.root(merkle.tree_of(hashes[at : at + count]), count)

    return found
