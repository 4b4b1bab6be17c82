"""Proof that a centre showed two histories of one log: two checkpoints under its own signature that cannot both hold.

The evidence needs nobody's word: whoever knows the log's public key checks it offline with `check`. Where both
checkpoints are of one size their roots differ. Where they are not, the proof shows which root the larger one has
over its first entries, and it is not the one that was signed for them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange import merkle, whole_file
from jointwatch.exchange.checkpoint import Checkpoint
from jointwatch.exchange.keys import PublicKey
from jointwatch.exchange.logid import LogId, parse_origin
from jointwatch.exchange.refused import Refused

RULE = "one history per log"


class Evidence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Two signed notes of one log, the root the larger tree has at the smaller's size, and the proof of that."""

    origin: str
    smaller: str
    larger: str
    prefix_root: bytes
    consistency_proof: tuple[bytes, ...]


class Equivocation(Refused):
    """Raised with the evidence when one log is shown with two histories."""

    def __init__(self, log: LogId, evidence: Evidence):
        self.log, self.evidence = log, evidence
        small, large = (checkpoints.unverified(text.encode()).size for text in (evidence.smaller, evidence.larger))
        super().__init__(
            RULE,
            f"{log.owner} signed two histories of {log}: its checkpoints of {small} and {large} entries contradict",
        )


def evidence(note_a: bytes, note_b: bytes, prefix_root: bytes, consistency_proof: Iterable[bytes]) -> Evidence:
    """The evidence from two signed checkpoints, and what the larger one's tree says of the smaller one's size.

    Where both are of one size, `prefix_root` is the root of whichever is called larger and the proof is empty.
    """
    smaller, larger = sorted((note_a, note_b), key=lambda body: checkpoints.unverified(body).size)
    origin = checkpoints.unverified(larger).origin
    return Evidence(origin, smaller.decode(), larger.decode(), prefix_root, tuple(consistency_proof))


def check(found: Evidence, log_keys: Iterable[PublicKey]) -> None:
    """Return nothing where the evidence proves two histories; raise Refused where it does not."""
    keys = tuple(log_keys)
    small = _opened_by_any(found.smaller.encode(), found.origin, keys)
    large = _opened_by_any(found.larger.encode(), found.origin, keys)
    merkle.verify_consistency(small.size, large.size, found.prefix_root, large.root, found.consistency_proof)
    if found.prefix_root == small.root:
        raise Refused(RULE, f"the checkpoints of {small.size} and {large.size} entries belong to one history")


def _opened_by_any(body: bytes, origin: str, log_keys: Iterable[PublicKey]) -> Checkpoint:
    """The checkpoint, verified under one of the owner's log keys."""
    refusal = Refused("C2SP signed-note", f"no log key is known for {origin}")
    for key in log_keys:
        try:
            return checkpoints.opened(body, origin, key)
        except Refused as error:
            refusal = error
    raise refusal


def encode(found: Evidence) -> bytes:
    """The evidence as a file: JSON, indented."""
    return msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n"


def write(found: Evidence, folder: Path) -> Path:
    """The path of the file that now holds the evidence as JSON; the same evidence gives the same file."""
    body = encode(found)
    _, log = parse_origin(found.origin)
    name = f"equivocation-{str(log).replace('/', '-')}-{hashlib.sha256(body).hexdigest()[:16]}.json"
    return whole_file.write(folder / name, body)


def read(path: Path) -> Evidence:
    """The evidence in a file, not yet checked."""
    return parse(path.read_bytes(), str(path))


def parse(data: bytes, name: str = "the file") -> Evidence:
    """The evidence that a file, called `name` in the sentence, holds; not yet checked."""
    try:
        return msgspec.json.decode(data, type=Evidence)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise Refused(RULE, f"{name} holds no evidence: {error}") from None


def logs_in(folder: Path) -> set[LogId]:
    """The logs of which a folder holds evidence: frozen, also after a restart."""
    return {parse_origin(read(path).origin)[1] for path in sorted(folder.glob("equivocation-*.json"))}


@contextmanager
def kept(folder: Path, frozen: set[LogId]) -> Iterator[None]:
    """While it is open, what is found of two histories is written into the folder, and the log is frozen."""
    try:
        yield
    except Equivocation as found:
        write(found.evidence, folder)
        frozen.add(found.log)
        raise
