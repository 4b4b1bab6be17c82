"""Frames: consecutive entries of one log with a checkpoint that ends exactly behind them; what a carrier moves.

    "JWF1" | u16 n | log name (n) | u64 start | u32 c | checkpoint note (c) | u32 count | count x (u16 n | entry (n))

All numbers are big-endian. A receiver that holds the log up to `start` recomputes the root and needs nothing else.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from jointwatch.exchange import checkpoint, note
from jointwatch.exchange.checkpoint import Checkpoint
from jointwatch.exchange.logid import MAX_NAME_BYTES, LogId
from jointwatch.exchange.refused import Refused

RULE = "jointwatch frame v1"
MAX_ENTRY_BYTES = 65_535  # a C2SP entry bundle gives an entry's length in 16 bits
MAX_ENTRIES = 1_000
MAX_BYTES = 4 * 1024 * 1024  # of a whole encoded frame
_MAGIC = b"JWF1"
BEGINNING_BYTES = 4 + 2 + MAX_NAME_BYTES + 8  # up to the start
OVERHEAD_BYTES = BEGINNING_BYTES + 4 + note.MAX_NOTE_BYTES + 4


@dataclass(frozen=True)
class Frame:
    """Entries [start, start + len(entries)) of `log`, and the signed checkpoint of that size."""

    log: LogId
    start: int
    entries: tuple[bytes, ...]
    checkpoint: bytes

    @property
    def end(self) -> int:
        """The log's size behind the last entry of the frame."""
        return self.start + len(self.entries)


def encode(frame: Frame) -> bytes:
    """Return the bytes of a frame; raise Refused where it is over a limit."""
    for offset, entry in enumerate(frame.entries):
        check_entry(entry, f"entry {frame.start + offset} of {frame.log}")
    name = str(frame.log).encode()
    parts = [_MAGIC, struct.pack(">H", len(name)), name, struct.pack(">QI", frame.start, len(frame.checkpoint))]
    parts += [frame.checkpoint, struct.pack(">I", len(frame.entries))]
    for entry in frame.entries:
        parts += (len(entry).to_bytes(2, "big"), entry)
    data = b"".join(parts)
    _check_limits(len(data), len(frame.entries))
    return data


def decode(data: bytes) -> Frame:
    """Return the frame these bytes hold; nothing in it is verified yet."""
    _check_limits(len(data), 0)
    reader = _Reader(data)
    log, start = _beginning(reader)
    checkpoint = reader.take(reader.number(4))
    count = reader.number(4)
    _check_limits(len(data), count)
    entries = tuple(reader.take(reader.number(2)) for _ in range(count))
    if reader.at != len(data):
        raise Refused(RULE, f"{len(data) - reader.at} bytes follow the frame's last entry")
    if start + count > 2**63 - 1 or not all(entries):
        raise Refused(RULE, "the frame's entries are empty or lie beyond position 2^63 - 1")
    return Frame(log, start, entries, checkpoint)


def beginning(data: bytes) -> tuple[LogId, int]:
    """Return which log a frame is of and where it starts, from its first `BEGINNING_BYTES`; nothing is verified."""
    return _beginning(_Reader(data))


def claimed_end(data: bytes) -> tuple[LogId, Checkpoint]:
    """Return which log a frame is of and the checkpoint in it; its entries are not read, and nothing is verified."""
    reader = _Reader(data)
    log, _ = _beginning(reader)
    return log, checkpoint.unverified(reader.take(reader.number(4)))


def check_entry(entry: bytes, name: str) -> None:
    """Raise Refused unless `entry`, called `name` in the sentence, may stand in a log."""
    if not 1 <= len(entry) <= MAX_ENTRY_BYTES:
        raise Refused(RULE, f"{name} has {len(entry)} bytes; an entry has 1 to {MAX_ENTRY_BYTES}")


def fitting(lengths: Sequence[int], max_n: int, max_bytes: int) -> int:
    """Return how many entries of these lengths, in bytes, go into one frame; at least one where there is one."""
    room, count = min(max_bytes, MAX_BYTES) - OVERHEAD_BYTES, 0
    for length in lengths[: min(max_n, MAX_ENTRIES)]:
        room -= length + 2
        if room < 0 and count:
            break
        count += 1
    return count


def _check_limits(size: int, count: int) -> None:
    if size > MAX_BYTES or count > MAX_ENTRIES:
        raise Refused(RULE, f"a frame has at most {MAX_ENTRIES} entries and {MAX_BYTES} bytes; {count} and {size} came")


def _beginning(reader: _Reader) -> tuple[LogId, int]:
    magic = reader.take(4)
    if magic != _MAGIC:
        raise Refused(RULE, f"a frame begins with {_MAGIC.decode()}; this begins with {magic!r}")
    name = reader.take(reader.number(2))
    return LogId.parse(name.decode("ascii", "replace")), reader.number(8)


class _Reader:
    """Takes bytes from the front, and refuses to run past the end."""

    def __init__(self, data: bytes):
        self.data, self.at = data, 0

    def take(self, count: int) -> bytes:
        end = self.at + count
        if end > len(self.data):
            raise Refused(RULE, f"the frame ends at byte {len(self.data)}, within a part that goes on to {end}")
        part, self.at = self.data[self.at : end], end
        return part

    def number(self, width: int) -> int:
        return int.from_bytes(self.take(width), "big")
