"""Section 6: notes, checkpoints, cosignatures and tlog-proofs; and section 7's frames."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from hashlib import sha256
from typing import NamedTuple

from . import ml_dsa_44, trees
from .messagepack import Cursor
from .strict_ed25519 import holds
from .wrong import Wrong, need

LOG, COSIGN, LOG_ML_DSA_44 = 0x01, 0x04, 0x06
WORD = "[a-z0-9][a-z0-9.-]{0,62}"


class Line(NamedTuple):
    name: str
    key_id: bytes
    signature: bytes


class Checkpoint(NamedTuple):
    origin: str
    size: int
    root: bytes
    text: str
    lines: tuple[Line, ...]


def b64(text: str, section: int = 6) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        data = b""
    need(bool(data) and base64.b64encode(data).decode() == text, section, "not canonical base64")
    return data


def number(text: str) -> int:
    need(re.fullmatch("0|[1-9][0-9]{0,18}", text) is not None and int(text) < 2**63, 6, "not a plain decimal")
    return int(text)


def key_id(name: str, kind: int, key: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + bytes([kind]) + key).digest()[:4]


def note(data: bytes) -> tuple[str, tuple[Line, ...]]:
    """Text and signature lines of a note."""
    need(len(data) <= 16_384, 6, "the note is too long")
    try:
        whole = data.decode()
    except UnicodeDecodeError:
        raise Wrong(6, "the note is not UTF-8") from None
    at = whole.rfind("\n\n")
    need(at >= 0 and whole.endswith("\n"), 6, "the note has no empty line, or does not end in a newline")
    text, lines = whole[: at + 1], whole[at + 2 : -1].split("\n")
    need(not any(c < " " and c != "\n" for c in text), 6, "a control character in the note")
    need(len(lines) <= 32, 6, "too many signature lines")
    return text, tuple(map(_line, lines))


def _line(text: str) -> Line:
    words = text.split(" ")
    need(len(words) == 3 and words[0] == "\u2014", 6, "not a signature line")
    name, data = words[1], b64(words[2])
    need(name != "" and "+" not in name and not any(c.isspace() for c in name), 6, "not a name")
    need(len(data) > 4, 6, "no signature behind the key id")
    return Line(name, data[:4], data[4:])


def checkpoint(data: bytes) -> Checkpoint:
    """The checkpoint in a note; nothing is verified yet."""
    text, lines = note(data)
    words = text[:-1].split("\n")
    need(len(words) >= 3 and all(words), 6, "a checkpoint has three lines, none of them empty")
    root = b64(words[2])
    need(len(root) == 32, 6, "the root has another length than 32")
    return Checkpoint(words[0], number(words[1]), root, text, lines)


def by(found: Checkpoint, name: str, kind: int, key: bytes) -> bool:
    """Whether a line of this name and key stands under a checkpoint, verified or not."""
    return any((line.name, line.key_id) == (name, key_id(name, kind, key)) for line in found.lines)


def check_log_signature(found: Checkpoint, origin: str, log_key: bytes) -> None:
    need(found.origin == origin, 6, f"the checkpoint is of {found.origin}")
    mine = [s for s in found.lines if (s.name, s.key_id) == (origin, key_id(origin, LOG, log_key))]
    need(bool(mine), 6, "no line by the log key")
    for line in mine:
        need(holds(log_key, found.text.encode(), line.signature), 6, "the log's signature does not verify")


def check_second_log_signature(found: Checkpoint, origin: str, log_key: bytes) -> None:
    """The one further line under the log's name, by its ML-DSA-44 key."""
    mine = [s for s in found.lines if s.name == origin]
    need(len(mine) == 2 and mine[1].key_id == key_id(origin, LOG_ML_DSA_44, log_key), 6, "not the log's two lines")
    need(len(mine[1].signature) == 8 + 2420 and mine[1].signature[:8] == bytes(8), 6, "not 8 bytes of zero and 2,420")
    name = origin.encode()
    need(len(name) < 256, 6, "the origin is too long")
    short = bytes([len(name)]) + name
    said = b"subtree/v1\n\0" + short + bytes(8) + short + bytes(8) + found.size.to_bytes(8, "big") + found.root
    need(ml_dsa_44.holds(log_key, said, mine[1].signature[8:]), 6, "the log's second signature does not verify")


def check_cosignature(found: Checkpoint, name: str, cosign_key: bytes) -> int:
    """The POSIX time at which the key cosigned."""
    mine = [s for s in found.lines if (s.name, s.key_id) == (name, key_id(name, COSIGN, cosign_key))]
    need(bool(mine), 6, f"no line by the cosign key of {name}")
    times = []
    for line in mine:
        need(len(line.signature) == 72, 6, "a cosignature has 72 bytes")
        times.append(int.from_bytes(line.signature[:8], "big"))
        need(times[-1] < 2**63, 6, "a time beyond 2^63 - 1")
        said = f"cosignature/v1\ntime {times[-1]}\n{found.text}".encode()
        need(holds(cosign_key, said, line.signature[8:]), 6, "the cosignature does not verify")
    return max(times)


def check_proof(data: bytes, entry: bytes, origin: str, log_key: bytes, cosigners: Mapping[str, bytes]) -> Checkpoint:
    """The checkpoint under which a tlog-proof shows the entry to stand."""
    need(len(data) <= 131_072, 6, "the proof is too long")
    head, blank, body = data.partition(b"\n\n")
    try:
        lines = head.decode().split("\n")
    except UnicodeDecodeError:
        raise Wrong(6, "the proof is not UTF-8") from None
    need(bool(blank) and lines.pop(0) == "c2sp.org/tlog-proof@v1", 6, "not a tlog-proof")
    if lines and lines[0].startswith("extra "):
        b64(lines.pop(0).removeprefix("extra "))
    need(bool(lines) and lines[0].startswith("index "), 6, "no index")
    index, hashes = number(lines[0].removeprefix("index ")), [b64(line) for line in lines[1:]]
    need(len(hashes) <= 63, 6, "too many hashes")
    found = checkpoint(body)
    check_log_signature(found, origin, log_key)
    for name, key in cosigners.items():
        check_cosignature(found, name, key)
    trees.check_inclusion(trees.leaf(entry), index, found.size, found.root, hashes)
    return found


class Frame(NamedTuple):
    log: str
    start: int
    entries: list[bytes]
    checkpoint: Checkpoint


def frame(data: bytes) -> Frame:
    """What a frame holds; nothing is verified yet."""
    need(len(data) <= 4_194_304, 7, "the frame is too long")
    cursor = Cursor(data, 7)
    need(cursor.take(4) == b"JWF1", 7, "not a frame")
    log = cursor.take(cursor.number(2)).decode("latin-1")
    need(re.fullmatch(f"{WORD}/{WORD}/{WORD}", log) is not None, 1, "not the name of a log")
    start, body, count = cursor.number(8), cursor.take(cursor.number(4)), cursor.number(4)
    need(count <= 1000, 7, "too many entries")
    entries = [cursor.take(cursor.number(2)) for _ in range(count)]
    need(cursor.at == len(data) and all(entries), 7, "bytes behind the frame, or an empty entry")
    need(start + count < 2**63, 7, "beyond the last position there is")
    return Frame(log, start, entries, checkpoint(body))
