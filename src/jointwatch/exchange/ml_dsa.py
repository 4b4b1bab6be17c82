"""A second signature on checkpoints that a quantum computer does not forge: ML-DSA-44 [FIPS 204], signature type 0x06.

What is signed is the `cosigned_message` of C2SP tlog-cosignature: the key's name, a time, the log's origin, its size
and root. A log signs under its origin with the time zero; a cosigner under its name, as of when it verified. Extension
lines of a checkpoint are not covered. It stands beside the Ed25519 line and takes nothing from it.
"""

from __future__ import annotations

import secrets
import struct
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from jointwatch.exchange import note
from jointwatch.exchange.checkpoint import MAX_SIZE, Checkpoint, parse_text
from jointwatch.exchange.refused import Refused

RULE = "C2SP tlog-cosignature, ML-DSA-44"
ML_DSA_44 = 0x06
SEED_BYTES, PUBLIC_KEY_BYTES, SIGNATURE_BYTES = 32, 1_312, 2_420
_LABEL = b"subtree/v1\n\0"
_TIMESTAMP_BYTES = 8


class SigningKey:
    """An ML-DSA-44 private key; its repr shows the public half's fingerprint only."""

    __slots__ = ("_key", "public")

    def __init__(self, seed: bytes):
        if len(seed) != SEED_BYTES:
            raise Refused(RULE, f"a private key's seed has {SEED_BYTES} bytes; this one has {len(seed)}")
        self._key = MLDSA44PrivateKey.from_seed_bytes(seed)
        self.public = self._key.public_key().public_bytes_raw()

    @classmethod
    def generate(cls) -> SigningKey:
        """Return a new key from the operating system's randomness."""
        return cls(secrets.token_bytes(SEED_BYTES))

    def sign(self, message: bytes) -> bytes:
        """Return the 2,420-byte signature over `message`; each time another one, all of them good."""
        return self._key.sign(message)

    def __repr__(self) -> str:
        return f"SigningKey(ML-DSA-44, {len(self.public)} public bytes)"


@dataclass(frozen=True)
class Verifier:
    """A key of signature type 0x06 under its name: a log's origin, or a cosigner's name."""

    name: str
    public_key: bytes

    def __post_init__(self) -> None:
        note.check_name(self.name)
        if len(self.public_key) != PUBLIC_KEY_BYTES:
            raise Refused(RULE, f"a public key has {PUBLIC_KEY_BYTES} bytes; this one has {len(self.public_key)}")

    @property
    def key_id(self) -> bytes:
        """The four bytes before the signature."""
        return note.key_id(self.name, ML_DSA_44, self.public_key)

    def check(self, text: str, signature: bytes) -> None:
        """Return nothing where the signature is this key's over the checkpoint's text; raise Refused otherwise."""
        checkpoint, stamp = parse_text(text), timestamp_s(signature)
        if stamp and self.name == checkpoint.origin:
            raise Refused(RULE, f"a log signs with the time zero; {self.name} signed with {stamp}")
        message = _message(self.name, checkpoint, stamp)
        try:
            MLDSA44PublicKey.from_public_bytes(self.public_key).verify(signature[_TIMESTAMP_BYTES:], message)
        except InvalidSignature:
            raise Refused(RULE, f"the signature is not one of the key {self.name} over this checkpoint") from None


def sign(checkpoint_note: bytes, name: str, key: SigningKey, timestamp_posix_s: int = 0) -> note.Signature:
    """Return the signature line of `name` over a checkpoint.

    timestamp_posix_s: for a cosigner the time, in seconds, at which it verified the log and kept it; zero for the log.
    """
    checkpoint = parse_text(note.parse(checkpoint_note).text)
    verifier = Verifier(name, key.public)
    stamp = timestamp_posix_s.to_bytes(_TIMESTAMP_BYTES, "big")
    data = stamp + key.sign(_message(name, checkpoint, timestamp_posix_s))
    return note.Signature(name, verifier.key_id, data)


def timestamp_s(signature: bytes) -> int:
    """Return the POSIX time in seconds in a signature (its first 8 bytes, big-endian); zero where it states none."""
    if len(signature) != _TIMESTAMP_BYTES + SIGNATURE_BYTES:
        raise Refused(RULE, f"a signature has 8 + {SIGNATURE_BYTES} bytes; this one has {len(signature)}")
    stamp = int.from_bytes(signature[:_TIMESTAMP_BYTES], "big")
    if stamp > MAX_SIZE:
        raise Refused(RULE, "the signature's time is beyond 2^63 - 1")
    return stamp


def _message(name: str, checkpoint: Checkpoint, timestamp_posix_s: int) -> bytes:
    """Return the `cosigned_message`: its strings carry their length in one byte, its numbers are big-endian."""
    numbers = struct.pack(">QQ", 0, checkpoint.size)
    stamp = timestamp_posix_s.to_bytes(_TIMESTAMP_BYTES, "big")
    return _LABEL + _short(name) + stamp + _short(checkpoint.origin) + numbers + checkpoint.root


def _short(text: str) -> bytes:
    data = text.encode()
    if not 1 <= len(data) <= 255:
        raise Refused(RULE, f"a name or origin has 1 to 255 bytes; {text[:40]!r} has {len(data)}")
    return bytes([len(data)]) + data
