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

from collections.abc import Mapping
from pathlib import Path

from jointwatch.exchange import run_directory
from jointwatch.exchange.export_label import Label
from jointwatch.exchange.run_directory import STATEMENT
from jointwatch.exchange.verify.cosigned import check_cosigned
from jointwatch.exchange.verify.faults import Faults
from jointwatch.exchange.verify.files import check_files, check_label, read_label, read_manifest
from jointwatch.exchange.verify.history import History, check_history
from jointwatch.exchange.verify.keys import Centres, check_checkpoint
from jointwatch.exchange.verify.logs import Progress, read_folders
from jointwatch.exchange.verify.report import VerifyReport
from jointwatch.exchange.verify.statement import read_statement
from jointwatch.messages.manifest import FileDigest
from jointwatch.messages.statement import Statement


def verify_run(
    directory: Path,
    trust: Mapping[str, str] | None = None,
    *,
    progress: Progress | None = None,
    processes: int = 1,
) -> VerifyReport:
    """Return what checking every byte of a run directory, or of an export of one, found.

    trust: centre -> "SHA256:..." of its identity key, as pinned. processes: how many look at long logs; with more than
    one, a script must guard its main part as `multiprocessing` says. Raises NotADirectoryError where there is no
    directory.
    """
    if not directory.is_dir():
        raise NotADirectoryError(f"{directory} is not a directory; give a run directory")
    faults = Faults()
    files, odd = run_directory.listing(directory)
    for path, why in odd.items():
        if why != run_directory.EMPTY:
            faults.add(path, why)
    history = check_history(read_folders(directory, files, faults), trust, faults, progress, processes)
    statement = _check_signatures(directory, history, faults)
    cosigned = check_cosigned(directory, files, history.logs, history.keys, faults)
    label, listed, same = _check_files(directory, files, history, faults)
    for path in odd:
        if not faults.known(path):  # mostly a folder is empty because the file in it is missing
            faults.add(path, run_directory.EMPTY)
    return VerifyReport(
        run=history.run,
        mode=history.mode,
        identities=history.identities,
        trusted=trust is not None,
        logs=history.seen(cosigned),
        covers=_covers(label, same, None if listed is None else len(listed)) + history.begins,
        faults=faults.sorted(),
        statement_by=statement.centres if statement and not faults.known(STATEMENT) else (),
        absent=statement.absent if statement else (),
        listed=tuple(listed or ()),
        remarks=history.remarks(),
    )


def _check_signatures(directory: Path, history: History, faults: Faults) -> Statement | None:
    """Check statement and checkpoints; return the statement as it reads."""
    statement = read_statement(directory, history.keys, history.logs, faults)
    owners = frozenset(log.owner for log in history.logs)
    centres = Centres(owners, history.keys, frozenset(statement.absent if statement else ()))
    for read in history.logs.values():
        if read.log.owner in history.keys:
            check_checkpoint(read, centres, faults)
    return statement


def _check_files(
    directory: Path, files: list[str], history: History, faults: Faults
) -> tuple[Label | None, Mapping[str, FileDigest] | None, int]:
    """Check every file against the manifest; return the label of an export, the manifest, how many files agree."""
    label = read_label(directory, files, faults)
    listed, same = read_manifest(history.logs, faults), 0
    if listed is not None:
        same = check_files(directory, files, listed, label, faults)
        if label is not None:
            check_label(label, history.run, history.keys, listed, faults)
    return label, listed, same


def _covers(label: Label | None, same: int, listed: int | None) -> str:
    """Return what the verdict is about."""
    if listed is None:
        return "no manifest could be read, so only the logs were checked"
    if label is None:
        return f"{same} of {listed} files of the run, and the log that lists them"
    return f"a copy for {label.audience}: {same} of the run's {listed} files; {len(label.left_out)} were left out"
