"""Where things stand in a run directory, and how a centre writes its part of it.

    logs/<owner>/<audience>/<class>/...     each log, as `tiles` writes it; where it has shards, each in <month>/...
    logs/<first centre>/common/manifest/... one more log; its last entry lists the SHA-256 of every other file
    cosigned/<a log>/<centre>               the last checkpoint that a centre cosigned, where it is not the end's
    statement.json                          the joint statement, signed by each centre
    run.json, tracks.parquet, ...           anything else; the manifest covers it

The manifest cannot list the log that holds it. That log needs no list: its entry is signed by its centre, its tiles
follow from its entries, its checkpoint is signed by its centre and cosigned by every other, and nothing else may
stand in its folder. So the last step of a run is: write all files, log the manifest, let the partners cosign it, and
write that log.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Protocol

from jointwatch.exchange import tiles
from jointwatch.exchange.logid import LogId, is_month
from jointwatch.exchange.refused import Refused
from jointwatch.messages.manifest import MAX_FILES, FileDigest

LOGS = "logs"
COSIGNED = "cosigned"
STATEMENT = "statement.json"
MANIFEST = "manifest"
"""The class of the log that holds the manifest."""

RULE = "jointwatch run directory"
EMPTY = "is an empty folder"
_CHUNK_BYTES = 1 << 20


def log_folder(log: LogId) -> str:
    """Return the path of a log's folder within a run directory.

    >>> log_folder(LogId("moscow", "common", "assess"))
    'logs/moscow/common/assess'
    """
    return f"{LOGS}/{log}"


def log_of(path: str) -> LogId | None:
    """Return the log that a file of a run directory belongs to; None for a file of no log.

    >>> str(log_of("logs/moscow/common/assess/tile/0/000.p/3"))
    'moscow/common/assess'
    >>> str(log_of("logs/moscow/common/assess/2026-11/checkpoint"))
    'moscow/common/assess/2026-11'
    """
    words = path.split("/")
    if words[0] != LOGS or len(words) < 5:
        return None
    try:
        log = LogId(*words[1:4])
    except Refused:
        return None
    return log.of_month(words[4]) if len(words) > 5 and is_month(words[4]) else log


def cosigned_file(log: LogId, centre: str) -> str:
    """Return the path of the last checkpoint of a log that a centre cosigned, where it is not that of its end.

    >>> cosigned_file(LogId("moscow", "common", "notify"), "brussels")
    'cosigned/moscow/common/notify/brussels'
    """
    return f"{COSIGNED}/{log}/{centre}"


def cosigned_of(path: str) -> tuple[LogId, str] | None:
    """Return the log and the centre of such a file; None for another.

    >>> [str(found) for found in cosigned_of("cosigned/moscow/common/notify/brussels")]
    ['moscow/common/notify', 'brussels']
    """
    top, _, rest = path.partition("/")
    name, _, centre = rest.rpartition("/")
    if top != COSIGNED:
        return None
    try:
        return LogId.parse(name), centre
    except Refused:
        return None


class Kept(Protocol):
    """Whatever holds logs, such as a `log.Store`; whoever only looks at a directory needs no database."""

    def entries(self, log: LogId) -> list[bytes]:
        """Return the entries of a log."""
        ...

    def checkpoint(self, log: LogId) -> bytes:
        """Return its newest checkpoint, cosignatures included."""
        ...

    def cosigned_before(self, log: LogId) -> Mapping[str, bytes]:
        """Return the newest checkpoint of each centre that cosigned, but not its end."""
        ...


def write_logs(kept: Kept, directory: Path, logs: Iterable[LogId]) -> None:
    """Write these logs, with the cosignatures kept beneath their checkpoints, into a run directory.

    Beside them, of a centre that did not live to cosign the end, how far it did; not of the manifest, which is last.
    """
    for log in logs:
        folder = directory / log_folder(log)
        folder.parent.mkdir(parents=True, exist_ok=True)
        tiles.write_log_directory(folder, kept.entries(log), kept.checkpoint(log))
        if log.klass != MANIFEST:
            for centre, body in kept.cosigned_before(log).items():
                file = directory / cosigned_file(log, centre)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(body)


def digests(directory: Path) -> tuple[FileDigest, ...]:
    """Return what a manifest says of a run directory: every file but those of manifest logs, in alphabetical order."""
    paths, odd = listing(directory)
    if odd:
        path, why = next(iter(odd.items()))
        raise Refused(RULE, f"{path} {why}; no manifest can list it")
    return tuple(digest(directory, path) for path in paths if not in_manifest_log(path))


def parts(found: tuple[FileDigest, ...]) -> list[tuple[FileDigest, ...]]:
    """Return the digests cut into as many parts as there must be manifest entries; at least one."""
    return [found[k : k + MAX_FILES] for k in range(0, max(len(found), 1), MAX_FILES)]


def in_manifest_log(path: str) -> bool:
    """Return whether a file belongs to a log that holds a manifest, and is therefore not listed in it."""
    log = log_of(path)
    return log is not None and log.klass == MANIFEST


def listing(directory: Path) -> tuple[list[str], dict[str, str]]:
    """Return the relative paths of all plain files, sorted, and what is neither file nor folder: path -> why not."""
    files, odd = [], {}
    for folder, folders, names in os.walk(directory):
        here = Path(folder)
        if not folders and not names and here != directory:
            odd[here.relative_to(directory).as_posix()] = EMPTY
        for path in (here / name for name in [*folders, *names]):
            mode, relative = path.lstat().st_mode, path.relative_to(directory).as_posix()
            if stat.S_ISREG(mode):
                files.append(relative)
            elif not stat.S_ISDIR(mode):
                odd[relative] = "is neither a file nor a folder"
    return sorted(files), odd


def digest(directory: Path, path: str) -> FileDigest:
    """Return the SHA-256 and the length, in bytes, of one file."""
    sha256, size = hashlib.sha256(), 0
    with (directory / path).open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            sha256.update(chunk)
            size += len(chunk)
    return FileDigest(path=path, sha256=sha256.digest(), size=size)
