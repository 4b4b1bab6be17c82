"""C2SP tlog-proofs: that one entry stands in a log, in a text that anyone checks offline [c2sp.org/tlog-proof].

c2sp.org/tlog-proof@v1
index 1
0Nc2CrefWKseHj/mStd+LqC8B+NrX0btIiPt2SmN+ek=

example.com/log
2
T1X2GdkhUjV3iyufF9b0kVsWFxIU0VI4EpNml2Teci4=

— example.com/log m+XTxoVcwCINVsfjuLXTvM+wJyYJUNHAttA9WS2Kk1...
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange import merkle
from jointwatch.exchange.checkpoint import Checkpoint, Cosigner
from jointwatch.exchange.keys import PublicKey
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.refused import Refused

RULE = "C2SP tlog-proof v1"
MAX_PROOF_BYTES = 128 * 1024  # room for a checkpoint, 63 hashes and as much extra data as an entry may have
MAX_HASHES = 63
_FIRST = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True)
class LogProof:
    """Where an entry stands, the hashes from it to the root (nearest first), and the signed checkpoint of that root.

    extra: what its maker added for whoever knows what it means; nothing vouches for it. Ours have none.
    """

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes = b""

    def encode(self) -> bytes:
        """Return the text; its file's name ends in .tlog-proof."""
        extra = [f"extra {_base64(self.extra)}"] if self.extra else []
        lines = [_FIRST, *extra, f"index {self.index}", *map(_base64, self.hashes), "", ""]
        return "\n".join(lines).encode() + self.checkpoint


class Kept(Protocol):
    """Whatever holds logs and answers for their trees, such as a `log.Store`."""

    def checkpoint(self, log: LogId, size: int | None = None) -> bytes:
        """Return the signed note over the first `size` entries; the newest where none is given."""
        ...

    def inclusion_proof(self, log: LogId, index: int, size: int) -> Sequence[bytes]:
        """Return the hashes from entry `index` to the root of the first `size` entries."""
        ...


def prove(kept: Kept, log: LogId, index: int, size: int | None = None) -> LogProof:
    """Return the proof that entry `index` is among the log's first `size`, or among all it has; cosignatures included.

    Of a partner's log, the sizes of which a checkpoint is kept can be asked for.
    """
    body = kept.checkpoint(log, size)
    hashes = kept.inclusion_proof(log, index, checkpoints.unverified(body).size)
    return LogProof(index, tuple(hashes), body)


def parse(data: bytes) -> LogProof:
    """Return the proof these bytes hold, unverified; only what `LogProof.encode` would write is accepted."""
    if len(data) > MAX_PROOF_BYTES:
        raise Refused(RULE, f"the proof has {len(data)} bytes; at most {MAX_PROOF_BYTES} are read")
    head, _, body = data.partition(b"\n\n")
    try:
        proof = _proof(head.decode().split("\n"), body)
    except ValueError as error:
        sentence = error.sentence if isinstance(error, Refused) else "a number or a base64 text in it cannot be read"
        raise Refused(RULE, sentence) from None
    if proof.encode() != data:
        raise Refused(RULE, "the proof is not in the one form that is written: plain decimals and canonical base64")
    checkpoints.unverified(body)
    return proof


def verify(
    proof: LogProof, entry: bytes, origin: str, log_key: PublicKey, cosigners: Iterable[Cosigner] = ()
) -> Checkpoint:
    """Return the checkpoint under which `entry` stands at `proof.index` of the log `origin`; raise Refused otherwise.

    Each of `cosigners` must have cosigned it.
    """
    found = checkpoints.opened(proof.checkpoint, origin, log_key)
    for cosigner in cosigners:
        checkpoints.cosigned_at(proof.checkpoint, cosigner)
    merkle.verify_inclusion(merkle.leaf_hash(entry), proof.index, found.size, found.root, proof.hashes)
    return found


def _proof(lines: list[str], body: bytes) -> LogProof:
    """Return what the lines above the checkpoint say; whether they say it in the one form is for the caller to see."""
    if lines[0] != _FIRST:
        raise Refused(RULE, f"a proof begins with the line {_FIRST}")
    extra = lines.pop(1).removeprefix("extra ") if lines[1:] and lines[1].startswith("extra ") else ""
    if len(lines) < 2 or not lines[1].startswith("index "):
        raise Refused(RULE, 'the line "index" with the entry\'s position is missing')
    index, hashes = int(lines[1].removeprefix("index ")), [_bytes(line) for line in lines[2:]]
    if not 0 <= index <= checkpoints.MAX_SIZE:
        raise Refused(RULE, "the index is not one of an entry: 0 to 2^63 - 1")
    if len(hashes) > MAX_HASHES or any(len(digest) != merkle.HASH_BYTES for digest in hashes):
        raise Refused(RULE, f"a proof has at most {MAX_HASHES} hashes of {merkle.HASH_BYTES} bytes")
    return LogProof(index, tuple(hashes), body, _bytes(extra))


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
