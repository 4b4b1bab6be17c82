"""A log as a directory of files that anyone can check without a secret [c2sp.org/tlog-tiles].

    checkpoint                      the signed note
    tile/<L>/<N>[.p/<W>]            256 hashes of level L, or the W that there are
    tile/entries/<N>[.p/<W>]        256 entries, each behind its length in 16 bits, or the W that there are

Of the partial tiles only those of the checkpoint's own size are written, so that a log has exactly one directory:
whatever is more, less or different in it is an alteration, and is named.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange import merkle
from jointwatch.exchange.checkpoint import Checkpoint
from jointwatch.exchange.frame import MAX_ENTRY_BYTES, check_entry
from jointwatch.exchange.note import MAX_NOTE_BYTES
from jointwatch.exchange.refused import Refused

RULE = "C2SP tlog-tiles"
WIDTH = 256
MAX_BUNDLE_BYTES = WIDTH * (MAX_ENTRY_BYTES + 2)
CHECKPOINT = "checkpoint"


class DirectoryRefused(Refused):
    """A log directory that is not the one its checkpoint describes; `file` is the path, within it, of what is wrong."""

    def __init__(self, file: str, sentence: str):
        self.file = file
        super().__init__(RULE, f"{file}: {sentence}")


def write_log_directory(path: Path, entries: Sequence[bytes], checkpoint_note: bytes) -> None:
    """Write the directory of the log with these entries and this signed checkpoint; it appears whole or not at all."""
    claimed = checkpoints.unverified(checkpoint_note)
    leaves = [merkle.leaf_hash(entry) for entry in entries]
    if (claimed.size, claimed.root) != (len(entries), merkle.CompactRange().extend(leaves)[0].root()):
        raise Refused(
            RULE, f"the checkpoint of {claimed.origin} is not of these {len(entries)} entries; nothing was written"
        )
    if path.exists():
        raise FileExistsError(f"{path} exists; a log is written to a new directory")
    part = path.with_name(f".{path.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    for name, data in _files(entries, leaves, checkpoint_note):
        file = part / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    part.rename(path)


def read_log_directory(path: Path) -> tuple[list[bytes], bytes]:
    """Return the entries and the checkpoint note of a log directory, every file of it compared byte for byte.

    The checkpoint's signature is not looked at here. Raises DirectoryRefused, which names the file that is changed,
    missing, extra, truncated, or not as it is written.
    """
    note, claimed = _read_checkpoint(path)
    check_listing(path, claimed)
    entries: list[bytes] = []
    for name, width in _tiles("entries", claimed.size):
        entries += parse_bundle(name, read_file(path, name, MAX_BUNDLE_BYTES), width)
    leaves = [merkle.leaf_hash(entry) for entry in entries]
    _check_tiles(path, entries, leaves, claimed)
    return entries, note


def tile_name(level: int | str, index: int, width: int = WIDTH) -> str:
    """Return the path of a tile within a log directory; `level` is 0, 1, ... or "entries".

    >>> tile_name(0, 1234067)
    'tile/0/x001/x234/067'
    >>> tile_name("entries", 0, 5)
    'tile/entries/000.p/5'
    """
    digits = f"{index:03d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[k : k + 3] for k in range(0, len(digits), 3)]
    name = "/".join([f"x{group}" for group in groups[:-1]] + groups[-1:])
    return f"tile/{level}/{name}" + ("" if width == WIDTH else f".p/{width}")


def width(index: int, count: int) -> int:
    """Return how many of `count` hashes or entries tile `index` holds.

    >>> [width(index, 600) for index in range(3)]
    [256, 256, 88]
    """
    return min(WIDTH, count - index * WIDTH)


def file_names(size: int) -> Iterator[str]:
    """Return the paths of all files of the directory of a log of `size` entries."""
    yield CHECKPOINT
    yield from (name for name, _ in _tiles("entries", size))
    level = 0
    while size:
        yield from (name for name, _ in _tiles(level, size))
        level, size = level + 1, size // WIDTH


def _tiles(level: int | str, count: int) -> Iterator[tuple[str, int]]:
    """Return name and width of the tiles that hold `count` hashes or entries."""
    for index in range(count // WIDTH):
        yield tile_name(level, index), WIDTH
    if count % WIDTH:
        yield tile_name(level, count // WIDTH, count % WIDTH), count % WIDTH


def _files(entries: Sequence[bytes], leaves: Sequence[bytes], checkpoint_note: bytes) -> Iterator[tuple[str, bytes]]:
    """Return name and bytes of every file of a log directory; the checkpoint last, as it covers the others."""
    for at, (name, width) in enumerate(_tiles("entries", len(entries))):
        yield name, bundled(entries[at * WIDTH : at * WIDTH + width])
    yield from _hash_files(leaves)
    yield CHECKPOINT, checkpoint_note


def _hash_files(leaves: Sequence[bytes]) -> Iterator[tuple[str, bytes]]:
    level, hashes = 0, leaves
    while hashes:
        for at, (name, width) in enumerate(_tiles(level, len(hashes))):
            yield name, b"".join(hashes[at * WIDTH : at * WIDTH + width])
        level, hashes = level + 1, level_above(hashes)


def level_above(hashes: Sequence[bytes]) -> list[bytes]:
    """Return the Merkle tree hash of each full tile of these hashes."""
    full = len(hashes) // WIDTH
    return [merkle.CompactRange().extend(hashes[k * WIDTH : (k + 1) * WIDTH])[0].root() for k in range(full)]


def bundled(entries: Sequence[bytes]) -> bytes:
    """Return the bytes of a tile of these entries, each behind its length."""
    for entry in entries:
        check_entry(entry, "an entry")
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def parse_bundle(name: str, data: bytes, count: int) -> list[bytes]:
    """Return the `count` entries of the tile `name`; raise DirectoryRefused for bytes that are not exactly those."""
    entries: list[bytes] = []
    at = 0
    for _ in range(count):
        length = int.from_bytes(data[at : at + 2], "big")
        entry = data[at + 2 : at + 2 + length]
        if len(entry) != length or not length:
            raise DirectoryRefused(
                name, f"is truncated or changed: entry {len(entries)} of {count} is cut at byte {len(data)}"
            )
        entries.append(entry)
        at += 2 + length
    if at != len(data):
        raise DirectoryRefused(name, f"holds {len(data) - at} bytes behind its {count} entries")
    return entries


def _read_checkpoint(path: Path) -> tuple[bytes, Checkpoint]:
    data = read_file(path, CHECKPOINT, MAX_NOTE_BYTES)
    try:
        return data, checkpoints.unverified(data)
    except Refused as error:
        raise DirectoryRefused(CHECKPOINT, error.sentence) from None


def check_listing(path: Path, claimed: Checkpoint) -> None:
    """Compare the names that are there with those that must be; a checkpoint that is the odd one out is named."""
    found = set(_listing(path))
    bundled = sum(_bundle_width(name) for name in found if name.startswith("tile/entries/"))
    if bundled != claimed.size and bundled < 2**40 and found == set(file_names(bundled)):
        raise DirectoryRefused(
            CHECKPOINT, f"says {claimed.size} entries, but the files are those of a log of {bundled}"
        )
    wanted: set[str] = set()
    for name in file_names(claimed.size):
        if name not in found:
            raise DirectoryRefused(name, f"is missing; a log of {claimed.size} entries has it")
        wanted.add(name)
    for name in sorted(found - wanted):
        raise DirectoryRefused(name, f"does not belong here; a log of {claimed.size} entries has no such file")


def _bundle_width(name: str) -> int:
    _, partial, width = name.partition(".p/")
    if not partial:
        return WIDTH
    return int(width) if width.isascii() and width.isdigit() and len(width) < 4 else 0


def _listing(path: Path) -> Iterator[str]:
    """Return the paths of all plain files under `path`; anything else there is refused."""
    for folder, folders, names in os.walk(path):
        here = Path(folder)
        if not folders and not names and here != path:
            raise DirectoryRefused(here.relative_to(path).as_posix(), "is an empty folder; a log directory has none")
        for name in sorted(names) + [name for name in folders if (here / name).is_symlink()]:
            relative = (here / name).relative_to(path).as_posix()
            if not stat.S_ISREG((here / name).lstat().st_mode):
                raise DirectoryRefused(relative, "is not a plain file")
            yield relative


def read_file(path: Path, name: str, limit: int) -> bytes:
    """Return a file of a log directory; raise DirectoryRefused where there is no plain file, or one beyond `limit`."""
    file = path / name
    try:
        if not stat.S_ISREG(file.lstat().st_mode):
            raise DirectoryRefused(name, "is not a plain file")
        with file.open("rb") as handle:
            data = handle.read(limit + 1)
    except FileNotFoundError:
        raise DirectoryRefused(name, "is missing") from None
    if len(data) > limit:
        raise DirectoryRefused(name, f"has more than {limit} bytes, the most it can have")
    return data


def _check_tiles(path: Path, entries: Sequence[bytes], leaves: Sequence[bytes], claimed: Checkpoint) -> None:
    """Compare every tile with what the entries give; where they differ, the root says which of them lies."""
    wrong = [name for name, data in _hash_files(leaves) if read_file(path, name, len(data)) != data]
    if merkle.CompactRange().extend(leaves)[0].root() == claimed.root:
        if wrong:
            raise DirectoryRefused(wrong[0], "was changed: it does not hold the hashes of the entries")
        return
    if not wrong:
        raise DirectoryRefused(CHECKPOINT, "was changed: its root is not that of the entries and tiles")
    stored = b"".join(read_file(path, name, WIDTH * merkle.HASH_BYTES) for name, _ in _tiles(0, claimed.size))
    for index, leaf in enumerate(leaves):
        if stored[index * merkle.HASH_BYTES : (index + 1) * merkle.HASH_BYTES] != leaf:
            tile = index // WIDTH
            name = tile_name("entries", tile, min(WIDTH, claimed.size - tile * WIDTH))
            raise DirectoryRefused(name, f"was changed: entry {index} is not the one that was logged")
    raise DirectoryRefused(wrong[0], "was changed, and so was the checkpoint")
