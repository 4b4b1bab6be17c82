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

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jointwatch.exchange import run_directory
from jointwatch.exchange.export_label import Label
from jointwatch.exchange.keyrings import Keyrings
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.run_directory import STATEMENT
from jointwatch.exchange.verify_faults import Fault, Faults
from jointwatch.exchange.verify_files import check_files, check_label, read_label, read_manifest
from jointwatch.exchange.verify_keys import (
    Centres,
    check_checkpoint,
    check_trust,
    learn_keys,
    name_owners_without_roster,
)
from jointwatch.exchange.verify_logs import Progress, ReadLog, check_logs, read_folders
from jointwatch.exchange.verify_shards import check_shards, in_one_sentence
from jointwatch.exchange.verify_statement import read_statement
from jointwatch.messages.manifest import FileDigest
from jointwatch.messages.statement import Statement


@dataclass(frozen=True)
class LogSeen:
    """One log as it was found: how many entries hold, and who cosigned all of them.

    unverified: position -> why, of those among them that a key signed outside of its bounds: nobody may use them.
    """

    log: LogId
    entries: int
    cosigned_by: tuple[str, ...]
    unverified: tuple[tuple[int, str], ...] = ()


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
        held = "verified, identities as pinned" if self.trusted else "consistent, identity not checked"
        if not self.absent:
            return held
        return f"{held}; {' and '.join(self.absent)} took no part in the end, so for that part nobody else vouches"


def verify_run(
    directory: Path,
    trust: Mapping[str, str] | None = None,
    *,
    progress: Progress | None = None,
    processes: int | None = None,
) -> VerifyReport:
    """Return what checking every byte of a run directory, or of an export of one, found.

    trust: centre -> "SHA256:..." of its identity key, as pinned. processes: how many look at long logs, else one for
    each core there is. Raises NotADirectoryError where there is no directory.
    """
    if not directory.is_dir():
        raise NotADirectoryError(f"{directory} is not a directory; give a run directory")
    look, faults = progress or (lambda what, done, total: None), Faults()
    record = _read(directory, faults)
    if trust is not None:
        check_trust(record.logs, record.keys, trust, faults)
    check_logs(record.logs, record.keys, faults, look, processes or len(os.sched_getaffinity(0)))
    name_owners_without_roster(record.logs, record.keys, faults)
    begins = check_shards(record.logs, record.keys, faults)
    statement = _check_signatures(record, faults)
    look("files", 0, 0)
    label, listed, same = _check_files(record, faults)
    return VerifyReport(
        directory=directory,
        run=record.run,
        mode=record.mode,
        identities={centre: ring.identity for centre, ring in sorted(record.keys.items())},
        trusted=trust is not None,
        logs=tuple(
            LogSeen(read.log, read.held, read.cosigned_by, tuple(read.unverified)) for read in record.logs.values()
        ),
        statement_by=statement.centres if statement and not faults.known(STATEMENT) else (),
        absent=statement.absent if statement else (),
        listed=tuple(listed or ()),
        covers=_covers(label, same, None if listed is None else len(listed)) + in_one_sentence(begins),
        faults=faults.sorted(),
    )


@dataclass(frozen=True)
class _Record:
    """What was read: plain files, whatever else stands there, logs whose folders are sound, centres' keys."""

    directory: Path
    files: Sequence[str]
    odd: Mapping[str, str]
    logs: dict[LogId, ReadLog]
    keys: Mapping[str, Keyrings]

    @property
    def run(self) -> str:
        """The run's id; empty where no roster could be read."""
        return next((ring.run for ring in self.keys.values()), "")

    @property
    def mode(self) -> str:
        """Exercise or operational; empty where no roster could be read."""
        return next((ring.mode for ring in self.keys.values()), "")


def _read(directory: Path, faults: Faults) -> _Record:
    """Return the record as it stands; faults of form and of rosters are recorded."""
    files, odd = run_directory.listing(directory)
    for path, why in odd.items():
        if why != run_directory.EMPTY:
            faults.add(path, why)
    logs = read_folders(directory, files, faults)
    return _Record(directory, files, odd, logs, learn_keys(logs, faults))


def _check_signatures(record: _Record, faults: Faults) -> Statement | None:
    """Check statement and checkpoints; return the statement as it reads."""
    statement = read_statement(record.directory, record.keys, record.logs, faults)
    owners = frozenset(log.owner for log in record.logs)
    centres = Centres(owners, record.keys, frozenset(statement.absent if statement else ()))
    for read in record.logs.values():
        if read.log.owner in record.keys:
            check_checkpoint(read, centres, faults)
    return statement


def _check_files(record: _Record, faults: Faults) -> tuple[Label | None, Mapping[str, FileDigest] | None, int]:
    """Check every file against the manifest; return the label of an export, the manifest, how many files agree."""
    label = read_label(record.directory, record.files, faults)
    listed, same = read_manifest(record.logs, faults), 0
    if listed is not None:
        same = check_files(record.directory, record.files, listed, label, faults)
        if label is not None:
            check_label(label, record.run, record.keys, listed, faults)
    for path in record.odd:
        if not faults.known(path):  # mostly a folder is empty because the file in it is missing
            faults.add(path, run_directory.EMPTY)
    return label, listed, same


def _covers(label: Label | None, same: int, listed: int | None) -> str:
    """Return what the verdict is about."""
    if listed is None:
        return "no manifest could be read, so only the logs were checked"
    if label is None:
        return f"{same} of {listed} files of the run, and the log that lists them"
    return f"a copy for {label.audience}: {same} of the run's {listed} files; {len(label.left_out)} were left out"
