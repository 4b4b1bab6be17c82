"""The logs of a run directory, read and checked: folders, rosters, trees, entries.

Every fault is recorded against the file that holds it and the check goes on with what can still be checked.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange import merkle, note, run_directory, source, tiles
from jointwatch.exchange.checkpoint import Checkpoint
from jointwatch.exchange.keyrings import Keyrings
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.refused import Refused
from jointwatch.exchange.source import Source
from jointwatch.exchange.verify.faults import Faults
from jointwatch.exchange.verify.stretch import Found, each, look, stretches
from jointwatch.exchange.verify.tree import Tree
from jointwatch.messages.release_policy import ReleasePolicy

Progress = Callable[[str, int, int], None]
"""Called with what is looked at, and how many of how many entries have been."""

_MOST_NAMES = 100_000  # a checkpoint that was altered may claim any size
_PROCESSES_FROM = 20_000  # entries; a process takes a third of a second to begin


@dataclass
class ReadLog:
    """A log as it was read. times: when each entry was logged, 0 for one that does not hold."""

    log: LogId
    source: Source
    note: bytes
    claimed: Checkpoint
    times: array[int] = field(default_factory=lambda: array("q"))
    policies: list[tuple[int, bytes, ReleasePolicy]] = field(default_factory=list)
    unverified: list[tuple[int, str]] = field(default_factory=list)
    cosigned_by: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """How many entries its checkpoint says it has."""
        return self.claimed.size

    @property
    def held(self) -> int:
        """How many of them hold."""
        return len(self.times) - self.times.count(0)

    @property
    def last_tai_ns(self) -> int | None:
        """When the last entry that holds was logged; None where there is none."""
        return next((time for time in reversed(self.times) if time), None)

    @property
    def checkpoint_file(self) -> str:
        """The file that holds the checkpoint."""
        return self.source.place(self.log, tiles.CHECKPOINT)

    def entry_file(self, index: int) -> str:
        """Return the file that holds the entry at `index`."""
        tile = index // tiles.WIDTH
        return self.source.place(self.log, tiles.tile_name("entries", tile, tiles.width(tile, self.size)))

    def entries(self, start: int, stop: int) -> list[bytes]:
        """Return the entries [start, stop)."""
        return source.entries(self.source, self.log, start, stop, self.size)

    def leaf(self, index: int) -> bytes:
        """Return the hash of the entry at `index`."""
        return merkle.leaf_hash(self.entries(index, index + 1)[0])


Logs = Mapping[LogId, ReadLog]


def read_folders(directory: Path, files: Sequence[str], faults: Faults) -> dict[LogId, ReadLog]:
    """Return every log whose folder has the files that its checkpoint calls for; what is in them was not looked at."""
    found, run = {}, source.run_folder(directory)
    for log in sorted({log for path in files if (log := run_directory.log_of(path)) is not None}):
        folder = directory / run_directory.log_folder(log)
        try:
            read = read_log(run, log)
            tiles.check_listing(folder, read.claimed)
            found[log] = read
        except tiles.DirectoryRefused as refusal:
            file = _file_in_place_of(folder, refusal.file)
            faults.add(run.place(log, file), _why(refusal) if file == refusal.file else "is missing")
        except OSError as error:
            faults.add(run_directory.log_folder(log), f"cannot be read: {error.strerror}")
    return found


MOST_ENTRIES = 1 << 30
"""A log of more is not read: a size is claimed in one line, and looking for what is not there would take for ever."""


def read_log(held: Source, log: LogId) -> ReadLog:
    """Return a log with its newest checkpoint, unverified."""
    body = held.checkpoint(log)
    try:
        claimed = checkpoints.unverified(body)
    except Refused as refusal:
        raise tiles.DirectoryRefused(tiles.CHECKPOINT, refusal.sentence) from None
    if claimed.size > MOST_ENTRIES:
        raise tiles.DirectoryRefused(
            tiles.CHECKPOINT, f"claims {claimed.size} entries; at most {MOST_ENTRIES} are looked for"
        )
    return ReadLog(log, held, body, claimed)


def check_logs(
    logs: dict[LogId, ReadLog], keys: Mapping[str, Keyrings], faults: Faults, progress: Progress, processes: int
) -> None:
    """Check every tree and every entry; a log whose tree does not hold is taken out of `logs`, its entries unjudged."""
    plan = {log: list(stretches(read.source, log, read.size, keys.get(log.owner))) for log, read in logs.items()}
    total, done = sum(read.size for read in logs.values()), 0
    work = (stretch for parts in plan.values() for stretch in parts)
    came = each(look, work, processes if total >= _PROCESSES_FROM else 1)
    seen: dict[bytes, tuple[LogId, int]] = {}
    for log, parts in plan.items():
        progress(str(log), done, total)
        found = []
        for part in islice(came, len(parts)):
            found.append(part)
            done += part.stretch.entries
            progress(str(log), done, total)
        if holds(logs[log], found, faults):
            _take(logs[log], found, seen, faults)
        else:
            del logs[log]


def holds(read: ReadLog, found: Sequence[Found], faults: Faults) -> bool:
    """Return whether a log's tiles lead to the root of its checkpoint; where they do not, the file is recorded."""
    tree = Tree(read.source, read.log, read.claimed)
    try:
        for stretch in found:
            tree.add(stretch)
        tree.check()
    except tiles.DirectoryRefused as refusal:
        faults.add(read.source.place(read.log, refusal.file), _why(refusal))
    except OSError as error:
        faults.add(read.checkpoint_file, f"cannot be read: {error.strerror}")
    else:
        return True
    return False


def _take(read: ReadLog, found: Sequence[Found], seen: dict[bytes, tuple[LogId, int]], faults: Faults) -> None:
    """Keep what the entries of a whole tree say. seen: digest of (origin, id) -> where: an id stands once in a run."""
    for part in found:
        for index, why in part.refused:
            faults.add(read.entry_file(index), f"entry {index}: {why}")
        for index, digest in enumerate(part.ids, len(read.times)):
            log, first = seen.setdefault(digest, (read.log, index)) if digest else (read.log, index)
            if (log, first) != (read.log, index):
                why = f"entry {index} of {read.log} has the id that entry {first} of {log} has"
                faults.add(read.entry_file(index), why)
        read.times.extend(part.times)
        read.policies += part.policies
        read.unverified += part.unverified


def _why(refusal: tiles.DirectoryRefused) -> str:
    return refusal.sentence.removeprefix(f"{refusal.file}: ")


def _file_in_place_of(folder: Path, name: str) -> str:
    """Return the name of the file that is missing where an empty folder was found; any other name as it is."""
    if not (folder / name).is_dir():
        return name
    with (folder / tiles.CHECKPOINT).open("rb") as file:
        size = checkpoints.unverified(file.read(note.MAX_NOTE_BYTES)).size
    names = islice(tiles.file_names(size), _MOST_NAMES)
    return next((wanted for wanted in names if wanted.startswith(f"{name}/")), name)
