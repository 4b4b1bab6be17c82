"""C2SP checkpoints and cosignatures: a log's size and root under its own signature, and others' under theirs.

A checkpoint is a signed note of three lines: origin, size, root [c2sp.org/tlog-checkpoint v1.0.0]. A cosignature
says that as of a time its maker verified and keeps the log up to there [c2sp.org/tlog-cosignature, cosignature/v1].
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from jointwatch.exchange import note
from jointwatch.exchange.keys import PublicKey, SigningKey
from jointwatch.exchange.merkle import HASH_BYTES
from jointwatch.exchange.refused import Refused

RULE = "C2SP tlog-checkpoint"
COSIGNATURE_RULE = "C2SP tlog-cosignature v1"
COSIGNATURE = 0x04
MAX_SIZE = 2**63 - 1
_TIMESTAMP_BYTES = 8


@dataclass(frozen=True)
class Checkpoint:
    """What a log says of itself: its origin line, how many entries it has, and their root (32 bytes)."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def text(self) -> str:
        r"""Return the text that is signed.

        >>> Checkpoint("example.com/log", 0, bytes(32)).text()
        'example.com/log\n0\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n'
        """
        return "\n".join((self.origin, str(self.size), base64.b64encode(self.root).decode(), *self.extensions, ""))


def parse_text(text: str) -> Checkpoint:
    """Return the checkpoint that a note's text holds; only what `Checkpoint.text` would write is accepted."""
    lines = text.split("\n")
    if len(lines) < 4 or not all(lines[:-1]) or lines[-1]:
        raise Refused(RULE, "a checkpoint is at least three lines, none of them empty, each ended by a newline")
    origin, size, root, *extensions = lines[:-1]
    return Checkpoint(origin, _size(size), _root(root), tuple(extensions))


def signed(checkpoint: Checkpoint, key: SigningKey) -> bytes:
    """Return the checkpoint as a note signed by the log's key; the key's name is the origin."""
    text = checkpoint.text()
    return note.Note(text, (note.sign(text, checkpoint.origin, key),)).encode()


def opened(data: bytes, origin: str, log_key: PublicKey) -> Checkpoint:
    """Return the checkpoint of the log `origin`, its signature verified under the log's key."""
    parsed = note.parse(data)
    checkpoint = parse_text(parsed.text)
    if checkpoint.origin != origin:
        raise Refused(RULE, f"the checkpoint is of the log {checkpoint.origin!r}; {origin!r} was wanted")
    note.verify(parsed, [note.Ed25519Verifier(origin, log_key)])
    return checkpoint


def unverified(data: bytes) -> Checkpoint:
    """Return the checkpoint in a note without looking at its signatures."""
    return parse_text(note.parse(data).text)


@dataclass(frozen=True)
class Cosigner:
    """A key of signature type 0x04: Ed25519 over a time and the whole checkpoint."""

    name: str
    public_key: PublicKey

    @property
    def key_id(self) -> bytes:
        """The four bytes before the signature."""
        return note.key_id(self.name, COSIGNATURE, self.public_key.data)

    def check(self, text: str, signature: bytes) -> None:
        """Return nothing where the cosignature is this key's over the checkpoint's text; raise Refused otherwise."""
        self.public_key.verify(_cosigned_message(text, timestamp_s(signature)), signature[_TIMESTAMP_BYTES:])


def cosign(checkpoint_note: bytes, name: str, key: SigningKey, timestamp_posix_s: int) -> note.Signature:
    """Return the cosignature line of `name` over a checkpoint, as of a POSIX time in seconds.

    Only for who has verified the log up to there and holds it on disk; that is what the line says.
    """
    text = note.parse(checkpoint_note).text
    parse_text(text)
    note.check_name(name)
    stamp = timestamp_posix_s.to_bytes(_TIMESTAMP_BYTES, "big")
    data = stamp + key.sign(_cosigned_message(text, timestamp_posix_s))
    return note.Signature(name, note.key_id(name, COSIGNATURE, key.public.data), data)


def with_signature(checkpoint_note: bytes, line: note.Signature) -> bytes:
    """Return the note with one more signature line; an older line of the same key is replaced."""
    parsed = note.parse(checkpoint_note)
    kept = tuple(s for s in parsed.signatures if (s.name, s.key_id) != (line.name, line.key_id))
    return note.Note(parsed.text, (*kept, line)).encode()


def cosigned_at(checkpoint_note: bytes, cosigner: Cosigner) -> int:
    """Return the POSIX time, in seconds, at which `cosigner` cosigned; raise Refused where it did not."""
    parsed = note.parse(checkpoint_note)
    note.verify(parsed, [cosigner])
    own = [s for s in parsed.signatures if (s.name, s.key_id) == (cosigner.name, cosigner.key_id)]
    return max(timestamp_s(signature.signature) for signature in own)


def timestamp_s(signature: bytes) -> int:
    """Return the POSIX time in seconds in a cosignature (its first 8 bytes, big-endian)."""
    if len(signature) != _TIMESTAMP_BYTES + 64:
        raise Refused(COSIGNATURE_RULE, f"a cosignature has 8 + 64 bytes; this one has {len(signature)}")
    stamp = int.from_bytes(signature[:_TIMESTAMP_BYTES], "big")
    if stamp > MAX_SIZE:
        raise Refused(COSIGNATURE_RULE, "the cosignature's time is beyond 2^63 - 1")
    return stamp


def _cosigned_message(text: str, timestamp_posix_s: int) -> bytes:
    return f"cosignature/v1\ntime {timestamp_posix_s}\n{text}".encode()


def _size(digits: str) -> int:
    if not (digits.isascii() and digits.isdigit() and len(digits) < 20) or str(int(digits)) != digits:
        raise Refused(RULE, f"the second line is a decimal size without leading zeroes; it says {digits[:40]!r}")
    if int(digits) > MAX_SIZE:
        raise Refused(RULE, f"the size {digits} is beyond 2^63 - 1")
    return int(digits)


def _root(encoded: str) -> bytes:
    try:
        digest = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        digest = b""
    if len(digest) != HASH_BYTES or base64.b64encode(digest).decode() != encoded:
        raise Refused(RULE, "the third line is the root: canonical base64 of 32 bytes")
    return digest
