"""The SQLite file behind a `Store`: its tables, and the statements on them.

entry       one row per entry; its rowid is log number * 2^40 + index, so reading on is reading rows in order
node        the hashes of complete subtrees, leaves included: proofs and old roots cost a few rows
checkpoint  signed notes: the newest, and of older ones as many as let any stretch be shown within one frame
cosignature the partners' verified lines beneath them, the newest of each name
archived    shards whose entries and nodes are kept elsewhere: size and right edge of their trees
kept        what a centre's own work must know again after an end, written with what it said meanwhile
handed_in   the ids of what clients handed in, each with its row in `entry`: handed in twice it stands once
"""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import apsw

from jointwatch.exchange import merkle
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.merkle import CompactRange
from jointwatch.exchange.refused import Refused

RULE = "jointwatch store v1"
_VERSION = 1
_INDEX_BITS = 40
_NOTES_APART = 60  # entries, of 64 KiB at most: a frame holds that many and its checkpoint
_SETTINGS = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "wal_autocheckpoint = 4000",  # 16 MB: checkpointing less often costs single appends half the time
    "journal_size_limit = 16777216",  # a WAL that one large transaction made longer is cut again
    "trusted_schema = OFF",
    "cell_size_check = ON",
    "wal_autocheckpoint = 4000",
)

_TABLES = """
CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS log (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE IF NOT EXISTS entry (position INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS node (
  log INTEGER, level INTEGER, position INTEGER, hash BLOB NOT NULL, PRIMARY KEY (log, level, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS checkpoint (
  log INTEGER, size INTEGER, note BLOB NOT NULL, PRIMARY KEY (log, size)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS cosignature (
  log INTEGER, size INTEGER, name TEXT, line TEXT NOT NULL, PRIMARY KEY (log, size, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS archived (
  log INTEGER PRIMARY KEY, size INTEGER NOT NULL, edge BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS kept (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS handed_in (id TEXT PRIMARY KEY, entry INTEGER NOT NULL) STRICT, WITHOUT ROWID;
"""
_NODE = "SELECT hash FROM node WHERE log = ? AND level = ? AND position = ? AND typeof(hash) = 'blob'"
_TYPES: dict[str, tuple[type, ...]] = {
    "about": (str, str),
    "log": (int, str),
    "checkpoint": (int, int, bytes),
    "cosignature": (int, int, str, str),
    "archived": (int, int, bytes),
}


@cache
def ours() -> frozenset[tuple[str, str, str]]:
    """Return what a record's file has in its schema: (type, name, SQL)."""
    with contextlib.closing(apsw.Connection(":memory:")) as db:
        db.execute(_TABLES)
        return frozenset(db.execute("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL"))


def of_other_types(db: apsw.Connection) -> list[str]:
    """Return the small tables with a value of another type than theirs, which a stranger's file may have all the same.

    Raises UnicodeDecodeError at a text that is none. Of entries and nodes, a value that is not bytes is not there.
    """
    return [
        table
        for table, types in _TYPES.items()
        if any(tuple(map(type, values)) != types for values in db.execute(f"SELECT * FROM {table}"))
    ]


def connect(path: Path, run: str, owner: str) -> apsw.Connection:
    """Return the one connection to the file, made where it is not there yet, after looking at whose it is."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))  # SQLite gives its -wal and -shm the same mode
    db = apsw.Connection(str(path))
    try:
        for pragma in _SETTINGS:
            db.execute(f"PRAGMA {pragma}")
        with db:
            db.execute(_TABLES)
            _check_about(db, path, {"version": str(_VERSION), "run": run, "owner": owner})
    except BaseException:
        db.close()
        raise
    return db


def _check_about(db: apsw.Connection, path: Path, wanted: dict[str, str]) -> None:
    db.executemany("INSERT OR IGNORE INTO about VALUES (?, ?)", wanted.items())
    for name, value in db.execute("SELECT name, value FROM about"):
        if wanted.get(name) != value:
            raise Refused(RULE, f"{path} is of {name} {value!r}, not {wanted.get(name)!r}; open it as what it is")


def look_into(path: Path) -> apsw.Connection:
    """Return a connection that reads the file and writes nothing, whatever state it is in."""
    db = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    db.set_busy_timeout(10_000)
    db.execute("PRAGMA query_only = ON")
    return db


def checkpoint_sizes(db: apsw.Connection, number: int) -> list[int]:
    """Return every size of a log with a signed note, in order."""
    return [size for (size,) in db.execute("SELECT size FROM checkpoint WHERE log = ? ORDER BY size", (number,))]


def log_ids(db: apsw.Connection) -> dict[LogId, int]:
    """Return the number of each log in the file."""
    return {LogId.parse(name): number for number, name in db.execute("SELECT number, name FROM log")}


def add_log(db: apsw.Connection, log: LogId) -> int:
    """Return the number of a log that is new to the file."""
    db.execute("INSERT INTO log (name) VALUES (?)", (str(log),))
    return db.last_insert_rowid()


def entries(db: apsw.Connection, number: int, start: int, stop: int) -> list[bytes]:
    """Return the entries [start, stop) of a log."""
    rows = db.execute(
        "SELECT data FROM entry WHERE position >= ? AND position < ? AND typeof(data) = 'blob' ORDER BY position",
        (row(number, start), row(number, stop)),
    )
    return [data for (data,) in rows]


def lengths(db: apsw.Connection, number: int, start: int, stop: int) -> list[int]:
    """Return the lengths, in bytes, of the entries [start, stop) of a log."""
    rows = db.execute(
        "SELECT length(data) FROM entry WHERE position >= ? AND position < ? ORDER BY position",
        (row(number, start), row(number, stop)),
    )
    return [length for (length,) in rows]


def put_entries(db: apsw.Connection, number: int, start: int, new: Iterable[bytes]) -> None:
    """Write entries from position `start` on; a position that is taken is an error."""
    db.executemany("INSERT INTO entry VALUES (?, ?)", zip(itertools.count(row(number, start)), new, strict=False))


def handed_in(db: apsw.Connection, id: str) -> tuple[int, int, bytes | None] | None:
    """Return log number, index and bytes of the entry that a client handed in under this id; None where none was.

    The bytes are None where the entry is archived.
    """
    query = "SELECT entry, data FROM handed_in LEFT JOIN entry ON position = entry WHERE id = ?"
    row = db.execute(query, (id,)).fetchone()
    return None if row is None else (row[0] >> _INDEX_BITS, row[0] & ((1 << _INDEX_BITS) - 1), row[1])


def put_handed_in(db: apsw.Connection, found: Iterable[tuple[str, int, int]]) -> None:
    """Keep under which ids (id, log number, index) entries were handed in; an id that stands already is an error."""
    db.executemany("INSERT INTO handed_in VALUES (?, ?)", ((id, row(number, at)) for id, number, at in found))


def put_nodes(db: apsw.Connection, number: int, nodes: Iterable[tuple[int, int, bytes]]) -> None:
    """Write tree nodes (level, index, hash)."""
    db.executemany(f"INSERT INTO node VALUES ({number:d}, ?, ?, ?)", nodes)


def node(db: apsw.Connection, number: int, level: int, index: int) -> bytes:
    """Return the hash of one complete subtree."""
    row = db.execute(_NODE, (number, level, index)).get
    if row is None:
        raise Refused(RULE, f"the tree of log number {number} lacks the node {level}/{index}; the file is damaged")
    return bytes(row)


def put_checkpoint(db: apsw.Connection, number: int, size: int, body: bytes) -> None:
    """Keep a signed note; the first one of a size stays."""
    db.execute("INSERT OR IGNORE INTO checkpoint VALUES (?, ?, ?)", (number, size, body))


def thin_checkpoints(db: apsw.Connection, number: int, size: int) -> None:
    """Remove the note of a size where no one cosigned it and those beside it are near enough to do without it."""
    before = db.execute("SELECT max(size) FROM checkpoint WHERE log = ? AND size < ?", (number, size)).get
    after = db.execute("SELECT min(size) FROM checkpoint WHERE log = ? AND size > ?", (number, size)).get
    if after is not None and after - (before or 0) <= _NOTES_APART:
        unless = "NOT EXISTS (SELECT 1 FROM cosignature WHERE log = ?1 AND size = ?2)"
        db.execute(f"DELETE FROM checkpoint WHERE log = ?1 AND size = ?2 AND {unless}", (number, size))


def only_checkpoint(db: apsw.Connection, number: int, size: int, body: bytes) -> None:
    """Keep this signed note of a log alone; cosignatures, which are over the texts of notes, stay."""
    db.execute("DELETE FROM checkpoint WHERE log = ?", (number,))
    put_checkpoint(db, number, size, body)


def checkpoint(db: apsw.Connection, number: int, size: int) -> bytes | None:
    """Return the signed note of exactly this size, without the cosignatures kept beside it."""
    found: bytes | None = db.execute("SELECT note FROM checkpoint WHERE log = ? AND size = ?", (number, size)).get
    return found


def checkpoint_size(db: apsw.Connection, number: int, after: int, until: int) -> int | None:
    """Return the largest size in (after, until] with a signed note; where there is none, the next one beyond."""
    ends = "SELECT max(size) FROM checkpoint WHERE log = ? AND size > ? AND size <= ?"
    beyond = "SELECT min(size) FROM checkpoint WHERE log = ? AND size > ?"
    found: int | None = db.execute(ends, (number, after, until)).get
    if found is None:
        found = db.execute(beyond, (number, until)).get
    return found


def put_cosignature(db: apsw.Connection, number: int, size: int, name: str, line: str) -> None:
    """Keep a verified cosignature line in place of those of the same name over less, and over the same."""
    less = "DELETE FROM cosignature WHERE log = ? AND size < ? AND name = ? RETURNING size"
    freed: list[int] = [old for (old,) in db.execute(less, (number, size, name))]
    db.execute("INSERT OR REPLACE INTO cosignature VALUES (?, ?, ?, ?)", (number, size, name, line))
    for old in freed:
        thin_checkpoints(db, number, old)


def cosignatures(db: apsw.Connection, number: int, size: int) -> list[str]:
    """Return the cosignature lines over the checkpoint of this size, in order of their names."""
    rows = db.execute("SELECT line FROM cosignature WHERE log = ? AND size = ? ORDER BY name", (number, size))
    return [line for (line,) in rows]


def cosigned_size(db: apsw.Connection, number: int, name: str | None = None) -> int | None:
    """Return the largest size with a cosignature, of this name where one is given."""
    query = "SELECT max(size) FROM cosignature WHERE log = ?1 AND (?2 IS NULL OR name = ?2)"
    found: int | None = db.execute(query, (number, name)).get
    return found


def keep(db: apsw.Connection, values: Mapping[str, bytes | None]) -> None:
    """Write values by name; None removes one."""
    db.executemany("DELETE FROM kept WHERE name = ?", ((name,) for name, value in values.items() if value is None))
    rows = [(name, value) for name, value in values.items() if value is not None]
    db.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?)", rows)


def kept(db: apsw.Connection, prefix: str) -> dict[str, bytes]:
    """Return the values whose names begin with `prefix`, in order of their names."""
    query = "SELECT name, value FROM kept WHERE substr(name, 1, length(?1)) = ?1 ORDER BY name"
    return dict(db.execute(query, (prefix,)))


def cosigners(db: apsw.Connection, number: int) -> dict[str, int]:
    """Return up to which size each name has cosigned a log."""
    rows = db.execute("SELECT name, max(size) FROM cosignature WHERE log = ? GROUP BY name ORDER BY name", (number,))
    return dict(list(rows))


def put_archived(db: apsw.Connection, number: int, edge: CompactRange) -> None:
    """Keep of a log what its last checkpoint is checked with, before its entries go."""
    db.execute("INSERT INTO archived VALUES (?, ?, ?)", (number, edge.size, b"".join(edge.hashes)))


def archived(db: apsw.Connection) -> dict[int, CompactRange]:
    """Return the right edge of each log that is kept elsewhere, by its number."""
    step = merkle.HASH_BYTES
    return {
        number: CompactRange(size, tuple(edge[k : k + step] for k in range(0, len(edge), step)))
        for number, size, edge in db.execute("SELECT log, size, edge FROM archived")
    }


def remove_some(db: apsw.Connection, number: int, most: int) -> int:
    """Return how many rows of an archived log's entries, nodes and older notes were removed, of `most` each."""
    last: int = db.execute("SELECT size FROM archived WHERE log = ?", (number,)).get
    db.execute(
        "DELETE FROM entry WHERE position IN (SELECT position FROM entry WHERE position >= ? AND position < ? LIMIT ?)",
        (row(number, 0), row(number + 1, 0), most),
    )
    removed = db.changes()
    nodes = "SELECT level, position FROM node WHERE log = ?1 LIMIT ?2"
    db.execute(f"DELETE FROM node WHERE log = ?1 AND (level, position) IN ({nodes})", (number, most))
    removed += db.changes()
    for table in ("cosignature", "checkpoint"):
        db.execute(f"DELETE FROM {table} WHERE log = ? AND size < ?", (number, last))
        removed += db.changes()
    return removed


def row(number: int, index: int) -> int:
    """Return the rowid of the entry at `index` of a log."""
    return (number << _INDEX_BITS) + index
