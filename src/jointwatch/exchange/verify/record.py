"""A centre's record, checked by someone who holds no key: own logs and replicas, every signed size, every cosignature.

1. Each log's tree is rebuilt from its entries and compared with every stored node; the root is that of the newest
checkpoint. 2. Each centre's rosters are signed by one identity. 3. Each entry is signed and belongs where it stands.
4. Every checkpoint that was ever signed and kept, not the newest alone, is one of this same history. 5. Every
cosignature kept holds. A record may be in use meanwhile; what is checked is what stood there at the beginning.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange import merkle, note
from jointwatch.exchange.database import Database
from jointwatch.exchange.keyrings import Keyrings
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.refused import Refused
from jointwatch.exchange.roster import cosigner_name
from jointwatch.exchange.tiles import DirectoryRefused
from jointwatch.exchange.verify.faults import Faults
from jointwatch.exchange.verify.history import History, check_history
from jointwatch.exchange.verify.logs import Progress, ReadLog, read_log
from jointwatch.exchange.verify.report import VerifyReport
from jointwatch.exchange.verify.stretch import each

_NOTES_A_PART = 2_000


def verify_record(
    path: Path,
    trust: Mapping[str, str] | None = None,
    *,
    progress: Progress | None = None,
    processes: int = 1,
) -> VerifyReport:
    """Return what checking a record found. trust, progress and processes are as with `verify.verify_run`."""
    look, faults = progress or (lambda what, done, total: None), Faults()
    database = Database(path)
    owner = database.about().get("owner", "")
    read = {log: read_log(database, log) for log in database.logs()}
    history = check_history(read, trust, faults, look, processes)
    look("the tree's nodes", 0, 0)
    for one in history.logs.values():
        _check_nodes(database, one, faults)
    cosigned, signed = _check_lines(database, history, faults, look, processes)
    entries = sum(one.held for one in history.logs.values())
    held = f"{len(history.logs)} logs, {entries:,} entries, {signed:,} signatures over them"
    return VerifyReport(
        run=history.run,
        mode=history.mode,
        identities=history.identities,
        trusted=trust is not None,
        logs=history.seen(cosigned),
        covers=f"the record of {owner}: {held}{history.begins}",
        faults=faults.sorted(),
        remarks=history.remarks(),
    )


def _check_nodes(database: Database, read: ReadLog, faults: Faults) -> None:
    """Check that every node above the leaves is the hash of the two beneath it, and that there is no other."""
    try:
        if beyond := database.beyond(read.log):
            raise DirectoryRefused("entries", f"{beyond} stand behind the last checkpoint; nothing covers them")
        if stray := database.stray_nodes(read.log):
            raise DirectoryRefused("the tree", f"{stray} nodes stand where a log of its size has none")
        beneath = [digest for _, digest in islice(database.nodes(read.log, 0), read.size)]
        for level in range(1, read.size.bit_length()):
            pairs = zip(beneath[::2], beneath[1::2], strict=False)
            wanted = [merkle.node_hash(left, right) for left, right in pairs]
            if list(islice(database.nodes(read.log, level), len(wanted))) != list(enumerate(wanted)):
                raise DirectoryRefused(f"level {level} of the tree", "was altered: a node is not that of its entries")
            beneath = wanted
    except DirectoryRefused as refusal:
        faults.add(database.place(read.log, refusal.file), refusal.sentence.removeprefix(f"{refusal.file}: "))


@dataclass(frozen=True)
class Lines:
    """Some of what was signed over one log: (size, when its last entry was logged, name, note or line).

    name: the cosigner's; empty for a checkpoint of the owner's.
    """

    database: Database
    log: LogId
    owner: Keyrings
    keys: Mapping[str, Keyrings]
    signed: tuple[tuple[int, int, str, bytes], ...]


def look_at_lines(lines: Lines) -> list[tuple[int, str, str]]:
    """Return what does not hold: size, name, why."""
    found = []
    for size, tai_ns, name, body in lines.signed:
        try:
            if name:
                _check_cosignature(lines, size, tai_ns, name, body)
            else:
                _check_checkpoint(lines, size, tai_ns, body)
        except Refused as refusal:
            found.append((size, name, refusal.sentence))
    return found


def _check_checkpoint(lines: Lines, size: int, tai_ns: int, body: bytes) -> None:
    claimed = lines.owner.open_checkpoint(body, lines.log, tai_ns)
    if (claimed.size, claimed.root) != (size, _root(lines, size)):
        raise Refused(checkpoints.RULE, f"the checkpoint of {claimed.size} entries is of another history")


def _check_cosignature(lines: Lines, size: int, tai_ns: int, name: str, line: bytes) -> None:
    centre, signature = name.rpartition("/")[2], note.parse_signature(line.decode())
    if centre not in lines.keys or name != cosigner_name(lines.owner.run, centre):
        raise Refused(checkpoints.COSIGNATURE_RULE, f"{name} is no centre whose rosters are here")
    over = checkpoints.Checkpoint(lines.log.origin(lines.owner.run), size, _root(lines, size))
    body = note.Note(over.text(), (signature,)).encode()
    checkpoints.cosigned_at(body, lines.keys[centre].cosigner(tai_ns, body))


def _root(lines: Lines, size: int) -> bytes:
    return merkle.root(partial(lines.database.node, lines.log), size)


def _check_lines(
    database: Database, history: History, faults: Faults, look: Progress, processes: int
) -> tuple[dict[LogId, dict[str, int]], int]:
    """Return how far each centre cosigned each log, and how many signatures were looked at."""
    cosigned: dict[LogId, dict[str, int]] = {}
    logs, keys = history.logs, history.keys
    work = [part for read in logs.values() if read.log.owner in keys for part in _parts(database, read, keys)]
    total, done = sum(len(part.signed) for part in work), 0
    for part, wrong in zip(work, each(look_at_lines, work, processes if total >= _NOTES_A_PART else 1), strict=True):
        done += len(part.signed)
        look(f"signatures over {part.log}", done, total)
        refused = {(size, name) for size, name, _ in wrong}
        for size, name, why in wrong:
            what = f"cosignature of {name.rpartition('/')[2]}" if name else "checkpoint"
            faults.add(f"{part.log}, {what} at size {size}", why)
        for size, _, name, _ in part.signed:
            if name and (size, name) not in refused:
                cosigned.setdefault(part.log, {})[name.rpartition("/")[2]] = size
    return cosigned, total


def _parts(database: Database, read: ReadLog, keys: Mapping[str, Keyrings]) -> Iterator[Lines]:
    owner = keys[read.log.owner]
    first = owner.at(0).roster.logged_tai_ns
    signed = iter(sorted(_signed(database, read, first)))
    while some := tuple(islice(signed, _NOTES_A_PART)):
        yield Lines(database, read.log, owner, keys, some)


def _signed(database: Database, read: ReadLog, first_tai_ns: int) -> Iterable[tuple[int, int, str, bytes]]:
    """Return everything signed over a log; when the last entry beneath was logged, the first roster's time for none."""
    for size, body in database.signed(read.log, read.size):
        yield size, read.times[size - 1] if size else first_tai_ns, "", bytes(body)
    for size, name, line in database.cosigned(read.log, read.size):
        yield size, read.times[size - 1] if size else first_tai_ns, name, line.encode()
