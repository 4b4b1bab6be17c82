"""A centre's record, read by someone without a key while its centre may be writing it: nothing in it is ever changed.

Positions whose entries are missing, and files that SQLite cannot read, are refused like any other damage.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import apsw

from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange import frame, note, schema, tiles
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.refused import Refused
from jointwatch.exchange.tiles import WIDTH, DirectoryRefused, tile_name

RULE = "jointwatch store v1"
_LEVELS_OF_A_TILE = 8


@dataclass(frozen=True)
class Database:
    """The logs in a record's file, in tiles."""

    path: Path

    def about(self) -> dict[str, str]:
        """Return what the file says of itself: version, run and owner."""
        with self._refusing(""):
            return dict(self._db.execute("SELECT name, value FROM about"))

    def logs(self) -> list[LogId]:
        """Return the logs that have a signed checkpoint, own and mirrored, in order of their names.

        Of an archived shard no more than that is here, so it is not named.
        """
        with self._refusing(""):
            signed = {number for (number,) in self._db.execute("SELECT DISTINCT log FROM checkpoint")}
            signed -= set(schema.archived(self._db))
            return sorted(log for log, number in schema.log_ids(self._db).items() if number in signed)

    def checkpoint(self, log: LogId) -> bytes:
        """Return the newest checkpoint, with the cosignatures kept over that size."""
        with self._refusing(tiles.CHECKPOINT):
            size = self._db.execute("SELECT max(size) FROM checkpoint WHERE log = ?", (self._number(log),)).get
            body = schema.checkpoint(self._db, self._number(log), size)
            if body is None:
                raise DirectoryRefused(tiles.CHECKPOINT, "is missing")
            for line in schema.cosignatures(self._db, self._number(log), size):
                body = checkpoints.with_signature(body, note.parse_signature(line))
            return body

    def bundle(self, log: LogId, index: int, width: int) -> list[bytes]:
        """Return the `width` entries of tile `index`."""
        name = tile_name("entries", index, width)
        with self._refusing(name):
            found = schema.entries(self._db, self._number(log), index * WIDTH, index * WIDTH + width)
        if len(found) != width:
            raise DirectoryRefused(name, f"{width - len(found)} of these {width} entries are missing")
        return found

    def tile(self, log: LogId, level: int, index: int, width: int) -> bytes:
        """Return the `width` hashes of a tile: every eighth level of the tree's nodes."""
        name, first = tile_name(level, index, width), index * WIDTH
        with self._refusing(name):
            rows = self._db.execute(
                "SELECT hash FROM node WHERE log = ? AND level = ? AND position BETWEEN ? AND ? "
                "AND typeof(hash) = 'blob' ORDER BY position",
                (self._number(log), level * _LEVELS_OF_A_TILE, first, first + width - 1),
            )
            return b"".join(digest for (digest,) in rows)

    def node(self, log: LogId, level: int, index: int) -> bytes:
        """Return the hash of one complete subtree."""
        with self._refusing(f"node {level}/{index}"):
            return schema.node(self._db, self._number(log), level, index)

    def nodes(self, log: LogId, level: int) -> Iterator[tuple[int, bytes]]:
        """Return position and hash of all complete subtrees of a level, in order."""
        query = "SELECT position, hash FROM node WHERE log = ? AND level = ? ORDER BY position"
        with self._refusing(f"level {level} of the tree"):
            yield from self._db.execute(query, (self._number(log), level))

    def stray_nodes(self, log: LogId) -> int:
        """Return how many nodes stand where a log of its size has none."""
        with self._refusing("the tree"):
            found: int = self._db.execute(
                "SELECT count(*) FROM node WHERE log = ?1 AND "
                "(position < 0 OR position >= (SELECT max(size) FROM checkpoint WHERE log = ?1) >> level)",
                (self._number(log),),
            ).get
            return found

    def signed(self, log: LogId, until: int) -> Iterator[tuple[int, bytes]]:
        """Return size and note of every checkpoint of at most `until` entries, smallest first."""
        query = "SELECT size, note FROM checkpoint WHERE log = ? AND size <= ? ORDER BY size"
        with self._refusing(tiles.CHECKPOINT):
            yield from self._db.execute(query, (self._number(log), until))

    def cosigned(self, log: LogId, until: int) -> Iterator[tuple[int, str, str]]:
        """Return size, name and line of every cosignature over at most `until` entries, smallest first."""
        query = "SELECT size, name, line FROM cosignature WHERE log = ? AND size <= ? ORDER BY size, name"
        with self._refusing(tiles.CHECKPOINT):
            yield from self._db.execute(query, (self._number(log), until))

    def beyond(self, log: LogId) -> int:
        """Return how many entries stand behind the last checkpoint, where none may."""
        number = self._number(log)
        with self._refusing("entries"):
            found: int = self._db.execute(
                "SELECT count(*) FROM entry WHERE position < ? AND position >= ? + "
                "(SELECT max(size) FROM checkpoint WHERE log = ?)",
                (schema.row(number + 1, 0), schema.row(number, 0), number),
            ).get
            return found

    def place(self, log: LogId, name: str) -> str:
        """Return what people find a part of a log by; a tile is told by the entries it holds.

        >>> Database(Path("x")).place(LogId("moscow", "common", "notify"), "tile/entries/001.p/9")
        'moscow/common/notify, entries 256 to 264'
        """
        words = name.replace("/x", "/").replace(".p/", "/").split("/")
        if words[0] != "tile":
            return f"{log}, {name}"
        partial = ".p/" in name
        index = int("".join(words[2:-1] if partial else words[2:]))
        level = 0 if words[1] == "entries" else int(words[1])
        each = WIDTH**level
        last = index * WIDTH + (int(words[-1]) if partial else WIDTH)
        what = "entries" if words[1] == "entries" else "the tree over entries"
        return f"{log}, {what} {index * WIDTH * each} to {last * each - 1}"

    @property
    def _db(self) -> apsw.Connection:
        return _connection(self.path, os.getpid(), self.path.stat().st_ino)

    def _number(self, log: LogId) -> int:
        return schema.log_ids(self._db)[log]

    @contextmanager
    def _refusing(self, name: str) -> Iterator[None]:
        try:
            yield
        except (apsw.Error, OSError) as error:
            raise DirectoryRefused(name or str(self.path), f"cannot be read: {error}") from None


@lru_cache(maxsize=4)
def _connection(path: Path, _process: int, _inode: int) -> apsw.Connection:
    """Return this process's connection to the file, which cannot write; a new one where another file took its place."""
    try:
        db = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
        db.execute("PRAGMA query_only = ON")
        db.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except apsw.CantOpenError:  # a medium that cannot be written, where no writer can be either
        uri = f"{path.absolute().as_uri()}?immutable=1"
        db = apsw.Connection(uri, flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI)
    except apsw.Error as error:
        raise Refused(RULE, f"{path} is no centre's record: {error}") from None
    db.set_busy_timeout(5_000)
    _distrust(db, path)
    return db


def _distrust(db: apsw.Connection, path: Path) -> None:
    """Raise Refused unless the file has our tables alone: a stranger may put views there that never end.

    Nothing of its schema is believed, no value may be longer than a frame.
    """
    db.execute("PRAGMA trusted_schema = OFF")
    db.execute("PRAGMA cell_size_check = ON")
    db.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
    db.config(apsw.SQLITE_DBCONFIG_ENABLE_VIEW, 0)
    db.limit(apsw.SQLITE_LIMIT_LENGTH, frame.MAX_BYTES)
    try:
        found = set(db.execute("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL"))
        foreign = sorted({str(name) for _, name, _ in found - schema.ours()}) or schema.of_other_types(db)
    except (apsw.Error, UnicodeDecodeError) as error:
        raise Refused(RULE, f"{path} is no centre's record: {error}") from None
    if foreign:
        raise Refused(RULE, f"{path} is no centre's record: {foreign[0]!r} in it is not as this program makes it")
