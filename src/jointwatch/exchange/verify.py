"""A run directory, checked to the last byte by someone who holds no secret and asks nobody.

1. Each log's folder is exactly the one its checkpoint describes. 2. Each centre's rosters are signed by one identity;
with a trust file it is the pinned one. 3. Each entry is a message of this run, mode and log, signed by a key of the
roster. 4. statement.json carries one signature of each centre that makes it, over the same bytes. 5. Each checkpoint
is signed by its centre and cosigned by every other centre that may read the log. 6. The last entry of the manifest
log lists every other file, and every file is as it lists it.

How the log that holds the manifest is covered without being listed in it: see `run_directory`. A centre that the
statement calls absent (its process was lost) need not have cosigned; the report says that it is absent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from jointwatch.exchange import run_directory
from jointwatch.exchange.export_label import Label
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.verify_files import check_files, check_label, read_label, read_manifest
from jointwatch.exchange.verify_logs import (
    Fault,
    Faults,
    ReadLog,
    check_checkpoint,
    check_entries,
    check_trust,
    learn_keys,
    read_logs,
)
from jointwatch.exchange.verify_statement import read_statement

Progress = Callable[[str], None]
"""Called with what is looked at next."""


@dataclass(frozen=True)
class LogSeen:
    """One log as it was found: how many entries hold, and who cosigned all of them."""

    log: LogId
    entries: int
    cosigned_by: tuple[str, ...]


@dataclass(frozen=True)
class VerifyReport:
    """What was found. identities: centre -> fingerprint of the identity key that signed its rosters.

    trusted: those were compared with pinned ones. statement_by: who signed the statement; absent: whom it calls absent.
    listed: the files in the manifest. covers: what the verdict is about, in words.
    """

    directory: Path
    run: str
    mode: str
    identities: Mapping[str, str]
    trusted: bool
    logs: tuple[LogSeen, ...]
    statement_by: tuple[str, ...]
    absent: tuple[str, ...]
    listed: tuple[str, ...]
    covers: str
    faults: tuple[Fault, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing was found wrong."""
        return not self.faults

    @property
    def verdict(self) -> str:
        """The outcome in one line; without a trust file never more than that the record agrees with itself."""
        if self.faults:
            count = len(self.faults)
            return f"not verified: {count} {'file is' if count == 1 else 'files are'} not what the record says"
        return "verified, identities as pinned" if self.trusted else "consistent, identity not checked"


def verify_run(
    directory: Path, trust: Mapping[str, str] | None = None, *, progress: Progress | None = None
) -> VerifyReport:
    """Return what checking every byte of a run directory, or of an export of one, found.

    trust: centre -> "SHA256:..." of its identity key, as pinned. Raises NotADirectoryError where there is no directory.
    """
    if not directory.is_dir():
        raise NotADirectoryError(f"{directory} is not a directory; give a run directory")
    look = progress or (lambda _: None)
    faults = Faults()
    found, odd = run_directory.listing(directory)
    for path, why in odd.items():
        faults.add(path, why)
    look("log folders")
    logs = read_logs(directory, found, faults)
    keys = learn_keys(logs, faults)
    if trust is not None:
        check_trust(keys, trust, faults)
    seen: dict[tuple[str, str], str] = {}
    signed = [read for read in logs.values() if read.log.owner in keys]
    for read in signed:
        look(str(read.log))
        check_entries(read, keys[read.log.owner], seen, faults)
    statement = read_statement(directory, keys, logs, faults)
    absent = statement.absent if statement else ()
    for read in signed:
        check_checkpoint(read, keys, frozenset(keys) - set(absent), faults)
    label = read_label(directory, found, faults)
    look("files")
    listed = read_manifest(logs, faults)
    same = 0 if listed is None else check_files(directory, found, listed, label, faults)
    run, mode = next(((ring.run, ring.mode) for ring in keys.values()), ("", ""))
    if label is not None and listed is not None:
        check_label(label, run, keys, listed, faults)
    return VerifyReport(
        directory=directory,
        run=run,
        mode=mode,
        identities={centre: ring.identity for centre, ring in sorted(keys.items())},
        trusted=trust is not None,
        logs=tuple(map(_seen, logs.values())),
        statement_by=statement.centres if statement else (),
        absent=absent,
        listed=tuple(listed or ()),
        covers=_covers(label, same, None if listed is None else len(listed)),
        faults=faults.sorted(),
    )


def _seen(read: ReadLog) -> LogSeen:
    return LogSeen(read.log, len(read.messages), read.cosigned_by)


def _covers(label: Label | None, same: int, listed: int | None) -> str:
    """Return what the verdict is about."""
    if listed is None:
        return "no manifest could be read, so only the logs were checked"
    if label is None:
        return f"{same} of {listed} files of the run, and the log that lists them"
    return f"a copy for {label.audience}: {same} of the run's {listed} files; {len(label.left_out)} were left out"
