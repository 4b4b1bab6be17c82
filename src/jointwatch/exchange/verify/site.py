"""Published logs, checked by someone who holds no secret: trees, rosters, entries, checkpoints, cosignatures.

Whose copy it is does not matter. A site shows what its keeper chose to show; a log left out of the index, or an old
state of a log, can only be noticed by who remembers more: `monitor` does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from jointwatch.exchange import tiles
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.source import Source
from jointwatch.exchange.verify.faults import Faults
from jointwatch.exchange.verify.history import check_history
from jointwatch.exchange.verify.keys import Centres, check_lines
from jointwatch.exchange.verify.logs import Progress, ReadLog, read_log
from jointwatch.exchange.verify.report import VerifyReport


def verify_site(
    source: Source,
    names: Sequence[LogId],
    trust: Mapping[str, str] | None = None,
    *,
    progress: Progress | None = None,
    processes: int = 1,
) -> VerifyReport:
    """Return what checking the logs of these names found. trust and the rest are as with `verify.verify_run`."""
    faults = Faults()
    history = check_history(_read(source, names, faults), trust, faults, progress, processes)
    centres = Centres(frozenset(log.owner for log in history.logs), history.keys, frozenset())
    for read in history.logs.values():
        if read.log.owner in history.keys:
            check_lines(read, centres, faults)
    entries = sum(read.held for read in history.logs.values())
    return VerifyReport(
        run=history.run,
        mode=history.mode,
        identities=history.identities,
        trusted=trust is not None,
        logs=history.seen(),
        covers=f"{len(history.logs)} published logs, {entries:,} entries{history.begins}",
        faults=faults.sorted(),
        remarks=history.remarks(),
    )


def _read(source: Source, names: Sequence[LogId], faults: Faults) -> dict[LogId, ReadLog]:
    found = {}
    for log in names:
        try:
            found[log] = read_log(source, log)
        except tiles.DirectoryRefused as refusal:
            faults.add(source.place(log, refusal.file), refusal.sentence.removeprefix(f"{refusal.file}: "))
    return found
