"""Publishing logs: a folder brought up to what a record holds, for any web server to hand out.

Full tiles never change and are written once. Of each log the checkpoint is written last and takes the old one's place
at once, so that whoever reads it finds every tile that it calls for.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange import tiles
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.refused import Refused
from jointwatch.exchange.site import INDEX, RULE, Index
from jointwatch.exchange.source import Source
from jointwatch.exchange.tiles import WIDTH, tile_name


def publish(held: Source, logs: Sequence[LogId], out: Path) -> int:
    """Return how many files were written to bring the folder `out` up to what is held of these logs."""
    written = sum(_publish_log(held, log, out / str(log)) for log in logs)
    index = msgspec.json.encode(Index(1, tuple(sorted(map(str, logs)))))
    return written + _write(out / INDEX, index + b"\n")


def _publish_log(held: Source, log: LogId, folder: Path) -> int:
    note = held.checkpoint(log)
    size = checkpoints.unverified(note).size
    before = _size_of(folder / tiles.CHECKPOINT)
    if size < before:
        raise Refused(
            RULE, f"{folder} has {before} entries of {log}, more than this record ({size}); is it an older one?"
        )
    written = 0
    for name, data in _new_tiles(held, log, size, folder):
        written += _write(folder / name, data)
        if ".p/" not in name:
            shutil.rmtree(folder / f"{name}.p", ignore_errors=True)
    return written + _write(folder / tiles.CHECKPOINT, note)


def _size_of(checkpoint: Path) -> int:
    return checkpoints.unverified(checkpoint.read_bytes()).size if checkpoint.exists() else 0


def _new_tiles(held: Source, log: LogId, size: int, folder: Path) -> Iterator[tuple[str, bytes]]:
    """Return name and bytes of every tile of a log that is not in the folder yet."""
    for index in range(-(-size // WIDTH)):
        width = tiles.width(index, size)
        name = tile_name("entries", index, width)
        if not (folder / name).exists():
            yield name, tiles.bundled(held.bundle(log, index, width))
    level = 0
    while size:
        for index in range(-(-size // WIDTH)):
            width = tiles.width(index, size)
            name = tile_name(level, index, width)
            if not (folder / name).exists():
                yield name, held.tile(log, level, index, width)
        level, size = level + 1, size // WIDTH


def _write(path: Path, data: bytes) -> int:
    """Write a file whole or not at all, on the disk when this returns; return 0 where it was the same already."""
    if path.exists() and path.read_bytes() == data:
        return 0
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.rename(path)
    return 1
