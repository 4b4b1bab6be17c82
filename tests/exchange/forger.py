"""A dishonest owner of a log in shards: every entry and every checkpoint it writes is signed with the right keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange import frame, merkle, run_directory, tiles
from jointwatch.exchange.checkpoint import Checkpoint
from jointwatch.exchange.frame import Frame
from jointwatch.exchange.logid import COMMON, LogId
from jointwatch.exchange.roster import cosigner_name
from jointwatch.messages.manifest import Manifest
from jointwatch.messages.shard_opening import ShardOpening
from tests.exchange.two_centres import POSIX_S, Centre


class Forger:
    """Writes shards of a centre's plots as it likes, with that centre's keys."""

    def __init__(self, centre: Centre) -> None:
        self.centre = centre

    def opening(self, month: str, *, closes: bytes = b"", last_tai_ns: int | None = None, **other: Any) -> bytes:
        """An opening that closes whatever is given."""
        log = self.centre.log("brussels", "plot")
        given = {"shard": month, "closes": closes, "last_logged_tai_ns": last_tai_ns} | other
        return self.centre.entry(ShardOpening, log, **given)

    def note(self, log: LogId, entries: Sequence[bytes]) -> bytes:
        """A signed checkpoint over any entries."""
        edge, _ = merkle.CompactRange().extend(map(merkle.leaf_hash, entries))
        text = Checkpoint(log.origin(self.centre.run), edge.size, edge.root())
        return checkpoints.signed(text, self.centre.log_key)

    def frame(self, log: LogId, entries: Sequence[bytes], start: int = 0) -> bytes:
        """A frame of any entries from a start on."""
        return frame.encode(Frame(log, start, tuple(entries[start:]), self.note(log, entries)))


def write_run(directory: Path, centres: Sequence[Centre], logs: Mapping[LogId, Sequence[bytes]]) -> Path:
    """A run directory of any logs, signed by their owners and cosigned by all who may read them, with its manifest."""
    for log, entries in sorted(logs.items()):
        _write(directory, centres, log, entries)
    first = centres[0]
    log, files = first.log(COMMON, "manifest"), run_directory.digests(directory)
    _write(directory, centres, log, [first.entry(Manifest, log, part=1, parts=1, files=files)])
    return directory


def _write(directory: Path, centres: Sequence[Centre], log: LogId, entries: Sequence[bytes]) -> None:
    owner = next(centre for centre in centres if centre.name == log.owner)
    body = Forger(owner).note(log, entries)
    for centre in sorted(centres, key=lambda centre: centre.name):
        if centre is not owner and log.audience in (COMMON, centre.name):
            line = checkpoints.cosign(body, cosigner_name(owner.run, centre.name), centre.cosign_key, POSIX_S)
            body = checkpoints.with_signature(body, line)
    folder = directory / run_directory.log_folder(log)
    folder.parent.mkdir(parents=True, exist_ok=True)
    tiles.write_log_directory(folder, entries, body)
