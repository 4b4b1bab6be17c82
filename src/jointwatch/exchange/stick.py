"""Files on a stick as a carrier: the last resort between capitals, in any order, repeated or damaged on the way.

    STICK/<run>/<writer>/<reader>/<owner>_<audience>_<class>_<start>.frame     one frame of one of the writer's logs
    STICK/<run>/<writer>/<reader>/<owner>_<audience>_<class>.receipt           a checkpoint of one of the reader's logs
                                                                               with the writer's cosignature
(of a shard: ..._<class>_<month>...)

1. `load` writes frames of all that the reader has not acknowledged, and removes those that it has. 2. `take_in` hands
every frame to the mirror and leaves a receipt for each log on the stick. 3. `collect` hands those to the desk.
A file's name helps people and is not looked at; what is in it verifies or does not. A damaged file costs that file:
what follows it in its log is refused as a gap, is not acknowledged, and the next `load` writes it again.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange import frame as frames
from jointwatch.exchange import note, whole_file
from jointwatch.exchange.carrier import Desk, NotForYou, Position
from jointwatch.exchange.desk import urgency
from jointwatch.exchange.logid import LogId, parse_origin
from jointwatch.exchange.mirror import Accepted, Mirror
from jointwatch.exchange.refused import Refused

RULE = "jointwatch stick v1"
FRAME, RECEIPT = ".frame", ".receipt"
MAX_FILES = 10_000  # of one kind in one folder: 40 GB of frames
_LAST = ((1 << 30, LogId("z", "z", "z")), 0)  # where a file whose beginning cannot be read is tried


@dataclass(frozen=True)
class Taken:
    """What was taken from a stick: accepted frames, names of logs whose receipts were kept, and file -> why not."""

    accepted: tuple[Accepted, ...] = ()
    receipts: tuple[str, ...] = ()
    refused: tuple[tuple[str, Refused], ...] = ()


def folder(stick: Path, run: str, writer: str, reader: str) -> Path:
    """Return where on the stick the writer's files for the reader lie.

    >>> folder(Path("stick"), "sejil-2009-1", "moscow", "brussels").as_posix()
    'stick/sejil-2009-1/moscow/brussels'
    """
    LogId(writer, reader, "any").origin(run)  # refuses what is no name: nothing leads out of the stick
    box = stick / run / writer / reader
    if link := next((path for path in (box, *box.parents[:2]) if path.is_symlink()), None):
        raise Refused(RULE, f"{link} is a link to somewhere else; a stick holds plain folders")
    return box


def load(stick: Path, desk: Desk, reader: str, held: Mapping[str, Position], *, run: str) -> tuple[Path, ...]:
    """Return the files that now carry everything the reader may have after the positions it is known to hold.

    Each file is flushed and appears whole or not at all. A full stick raises OSError; what fitted stays and is good.
    """
    box, positions, written = folder(stick, run, desk.centre, reader), dict(held), list[Path]()
    more = True
    while more:
        answer = desk.pull(reader, positions)
        for data in answer.frames:
            part = frames.decode(data)
            written.append(whole_file.write(box / f"{_stem(part.log)}_{part.start:015d}{FRAME}", data))
            positions[str(part.log)] = Position(part.end, checkpoints.unverified(part.checkpoint).root)
        more = answer.more and bool(answer.frames)
    for old in set(_files(box, FRAME)) - set(written):
        old.unlink()
    return tuple(written)


def take_in(stick: Path, mirror: Mirror, writer: str) -> Taken:
    """Return what the writer's frames brought; our receipts for all that is held of its logs then lie on the stick."""
    mirror.keys(writer)  # a stranger's files are not opened
    accepted, refused = list[Accepted](), list[tuple[str, Refused]]()
    box = folder(stick, mirror.store.run, writer, mirror.store.owner)
    for path in sorted(_files(box, FRAME), key=_place):
        try:
            accepted.append(mirror.accept(_read(path, frames.MAX_BYTES)))
        except Refused as refusal:
            refused.append((path.name, refusal))
    back = folder(stick, mirror.store.run, mirror.store.owner, writer)
    for name, body in mirror.receipts(writer).items():
        whole_file.write(back / f"{_stem(LogId.parse(name))}{RECEIPT}", body)
    return Taken(accepted=tuple(found for found in accepted if found.messages), refused=tuple(refused))


def collect(stick: Path, desk: Desk, reader: str, *, run: str) -> Taken:
    """Return for which of our logs the reader's receipts were kept, and which receipts did not verify."""
    kept, refused = list[str](), list[tuple[str, Refused]]()
    for path in _files(folder(stick, run, reader, desk.centre), RECEIPT):
        try:
            body = _read(path, note.MAX_NOTE_BYTES)
            of_run, log = parse_origin(checkpoints.unverified(body).origin)
            if of_run != run:
                raise Refused(RULE, f"the receipt is of the run {of_run}; {run} is wanted")
            desk.cosign(reader, {str(log): body})
            kept.append(str(log))
        except NotForYou as refusal:
            refused.append((path.name, Refused("audience", str(refusal))))
        except Refused as refusal:
            refused.append((path.name, refusal))
    return Taken(receipts=tuple(kept), refused=tuple(refused))


def _stem(log: LogId) -> str:
    return str(log).replace("/", "_")  # no word of a log's name holds an underscore


def _files(box: Path, suffix: str) -> list[Path]:
    found = sorted(path for path in _listing(box) if path.suffix == suffix and not path.name.startswith("."))
    if len(found) > MAX_FILES:
        raise Refused(RULE, f"{box} holds {len(found)} files {suffix}; at most {MAX_FILES} are read")
    return found


def _listing(box: Path) -> Iterator[Path]:
    try:
        yield from box.iterdir()
    except FileNotFoundError:
        return


def _place(path: Path) -> tuple[tuple[int, LogId], int]:
    """Return where in the order of work a frame's file comes: rosters first, plots last, each log from its start."""
    try:
        log, start = frames.beginning(_read(path, frames.MAX_BYTES, frames.BEGINNING_BYTES))
    except Refused:
        return _LAST
    return urgency(log), start


def _read(path: Path, limit: int, want: int | None = None) -> bytes:
    """Return a plain file's bytes, or its first `want`; raise Refused where it is over the limit or cannot be read."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as file:
            about = os.fstat(handle)
            if not stat.S_ISREG(about.st_mode) or about.st_size > limit:
                raise Refused(RULE, f"it is no plain file of at most {limit} bytes")
            return file.read(limit if want is None else want)
    except OSError as error:
        raise Refused(RULE, f"it cannot be read: {error.strerror}") from None
