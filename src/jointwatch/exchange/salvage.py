"""A damaged record: set aside as it is, and a new one begun with what of it still verifies.

The file is evidence and is not written to. What it still holds whole goes, as frames under the checkpoints that were
signed, through the same checks as if a partner had sent it; at the first entry that was altered a log stops. What
follows of an own log comes back from the partners, and behind that the rest of the old file fits again. What nobody
else holds, the rest of an internal log, is lost.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import takewhile
from pathlib import Path
from typing import Generic, TypeVar

import apsw

from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange import merkle, schema
from jointwatch.exchange.desk import urgency
from jointwatch.exchange.frame import Frame
from jointwatch.exchange.log import Store
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.record import Damaged
from jointwatch.exchange.refused import Refused

S = TypeVar("S", bound=Store)


@dataclass(frozen=True)
class Opened(Generic[S]):
    """A record that is open. aside: the damaged file that it takes the place of, and why; None where there is none."""

    store: S
    aside: Path | None = None
    why: str = ""


def opened(path: Path, opening: Callable[[], S]) -> Opened[S]:
    """Return the record in `path`, which `opening` opens; a new one where the old one is damaged and was set aside."""
    try:
        return Opened(opening())
    except Damaged as damage:
        aside = _set_aside(path)
        return Opened(opening(), aside, damage.sentence)


def salvage(aside: Path, store: Store, take: Callable[[Frame], object]) -> dict[LogId, str]:
    """Return, for each log that could not be taken to its end, why; `take` was given all that follows on what is held.

    Ask again once a partner has given back what is missing in between. store: the record that takes the place of the
    damaged one; of an own log its key signs what is sound before the first altered entry.
    """
    lost: dict[LogId, str] = {}
    try:
        db = schema.look_into(aside)
        logs = schema.log_ids(db)
    except apsw.Error:
        return lost  # not even the names of its logs can be read
    with contextlib.closing(db):
        for log, number in sorted(logs.items(), key=lambda found: urgency(found[0])):
            try:
                for frame in _frames(db, number, log, store.size(log)):
                    take(frame)
            except (Refused, apsw.Error) as error:
                lost[log] = error.sentence if isinstance(error, Refused) else str(error)
                with contextlib.suppress(Refused, apsw.Error):
                    _take_sound_part(db, number, log, store, take)
    return lost


def _take_sound_part(
    db: apsw.Connection, number: int, log: LogId, store: Store, take: Callable[[Frame], object]
) -> None:
    """Take of an own log what stands before the first altered entry, under a checkpoint over just that.

    Its hashes, as they stand in the file, must prove it to be a beginning of what our own key signed over more.
    """
    start, nodes = store.size(log), partial(schema.node, db, number)
    end = next(size for size in schema.checkpoint_sizes(db, number) if size > start)
    pairs = zip(schema.entries(db, number, start, end), range(start, end), strict=False)
    sound = [entry for entry, at in takewhile(lambda pair: merkle.leaf_hash(pair[0]) == nodes(0, pair[1]), pairs)]
    if log.owner == store.owner and sound:
        size = start + len(sound)
        body = schema.checkpoint(db, number, end) or b""
        store.check_ours(body, log)
        claimed = checkpoints.unverified(body)
        root, proof = merkle.root(nodes, size), merkle.consistency_proof(nodes, size, end)
        merkle.verify_consistency(size, end, root, claimed.root, proof)
        take(Frame(log, start, tuple(sound), store.note_over(log, size, root)))


def _frames(db: apsw.Connection, number: int, log: LogId, start: int) -> Iterator[Frame]:
    """Return what the file holds from `start`, a frame for each signed checkpoint."""
    for size in schema.checkpoint_sizes(db, number):
        if size > start:
            body = schema.checkpoint(db, number, size) or b""
            yield Frame(log, start, tuple(schema.entries(db, number, start, size)), body)
            start = size


def _set_aside(path: Path) -> Path:
    """Return where the file now lies, with all that SQLite keeps beside it; the file itself moves last."""
    folder = path.with_name(f"{path.stem}.damaged-{datetime.now(UTC):%Y%m%dT%H%M%S.%f}")
    folder.mkdir(mode=0o700)
    for name in (f"{path.name}-wal", f"{path.name}-shm", path.name):
        with contextlib.suppress(FileNotFoundError):
            path.with_name(name).rename(folder / name)
    return folder / path.name
