"""C2SP signed notes: a text for people with signature lines beneath it [c2sp.org/signed-note v1.0.0].

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+...
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from jointwatch.exchange.keys import PublicKey, SigningKey
from jointwatch.exchange.refused import Refused

RULE = "C2SP signed-note"
ED25519 = 0x01
KEY_ID_BYTES = 4
MAX_NOTE_BYTES = 16 * 1024
MAX_SIGNATURES = 32  # the specification asks for at least 16
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")  # every one below a blank, but for newline


@dataclass(frozen=True)
class Signature:
    """One signature line: who says so, the short id of their key, and what the key gave."""

    name: str
    key_id: bytes
    signature: bytes

    def line(self) -> str:
        """Return the line, with its newline."""
        return f"— {self.name} {base64.b64encode(self.key_id + self.signature).decode()}\n"


@dataclass(frozen=True)
class Note:
    """A text ending in a newline, and the signatures beneath it; nothing in it is verified yet."""

    text: str
    signatures: tuple[Signature, ...]

    def encode(self) -> bytes:
        """Return the bytes of the note."""
        return (self.text + "\n" + "".join(signature.line() for signature in self.signatures)).encode()


class Verifier(Protocol):
    """A named key that can check the signatures made by it."""

    @property
    def name(self) -> str:
        """The name on the signature line."""
        ...

    @property
    def key_id(self) -> bytes:
        """The four bytes before the signature."""
        ...

    def check(self, text: str, signature: bytes) -> None:
        """Return nothing where the signature is this key's over the text; raise Refused otherwise."""
        ...


@dataclass(frozen=True)
class Ed25519Verifier:
    """A key of signature type 0x01: plain Ed25519 over the text."""

    name: str
    public_key: PublicKey

    @property
    def key_id(self) -> bytes:
        """The four bytes before the signature."""
        return key_id(self.name, ED25519, self.public_key.data)

    def check(self, text: str, signature: bytes) -> None:
        """Return nothing where the signature is this key's over the text; raise Refused otherwise."""
        self.public_key.verify(text.encode(), signature)


def key_id(name: str, algorithm: int, public_key: bytes) -> bytes:
    """Return the first four bytes of SHA-256(name || newline || type || public key)."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([algorithm]) + public_key).digest()[:KEY_ID_BYTES]


def sign(text: str, name: str, key: SigningKey) -> Signature:
    """Return the Ed25519 signature line over `text` under the key name `name`."""
    check_text(text)
    check_name(name)
    return Signature(name, key_id(name, ED25519, key.public.data), key.sign(text.encode()))


@lru_cache(maxsize=256)  # a checkpoint is opened at every door it passes: signed, stored, mirrored, cosigned, shown
def parse(data: bytes) -> Note:
    """Return the note these bytes hold; only what `Note.encode` would write is accepted."""
    if len(data) > MAX_NOTE_BYTES:
        raise Refused(RULE, f"the note has {len(data)} bytes; at most {MAX_NOTE_BYTES} are read")
    try:
        whole = data.decode()
    except UnicodeDecodeError as error:
        raise Refused(RULE, f"byte {error.start} of the note is not UTF-8") from None
    text, blank, lines = whole.rpartition("\n\n")
    if not blank or not lines.endswith("\n"):
        raise Refused(RULE, "a note is a text, an empty line and signature lines, each ended by a newline")
    check_text(text + "\n")
    signature_lines = lines[:-1].split("\n")
    if len(signature_lines) > MAX_SIGNATURES:
        raise Refused(RULE, f"the note has {len(signature_lines)} signatures; at most {MAX_SIGNATURES} are read")
    return Note(text + "\n", tuple(parse_signature(line + "\n") for line in signature_lines))


def parse_signature(line: str) -> Signature:
    """Return the signature of one line "— name base64", newline included."""
    parts = line[:-1].split(" ")
    if len(parts) != 3 or parts[0] != "—" or not line.endswith("\n"):
        raise Refused(RULE, "a signature line is an em dash, the key's name and base64, with one space between")
    check_name(parts[1])
    data = _base64(parts[2])
    if len(data) <= KEY_ID_BYTES:
        raise Refused(
            RULE, f"the signature of {parts[1]} has {len(data)} bytes; a key id of 4 and a signature are needed"
        )
    return Signature(parts[1], data[:KEY_ID_BYTES], data[KEY_ID_BYTES:])


def verify(note: Note, verifiers: Iterable[Verifier]) -> frozenset[str]:
    """Return the names among `verifiers` whose signature is on the note; at least one.

    A signature by an unknown key is ignored; one by a known key that fails refuses the whole note.
    """
    known = {(verifier.name, verifier.key_id): verifier for verifier in verifiers}
    found = set()
    for signature in note.signatures:
        verifier = known.get((signature.name, signature.key_id))
        if verifier is not None:
            verifier.check(note.text, signature.signature)
            found.add(signature.name)
    if not found:
        names = ", ".join(sorted({name for name, _ in known})) or "nobody"
        raise Refused(RULE, f"the note carries no signature by a known key; known: {names}")
    return frozenset(found)


def verifier_key(verifier: Ed25519Verifier) -> str:
    """Return the key as one line of text to hand out: name+id+base64."""
    data = bytes([ED25519]) + verifier.public_key.data
    return f"{verifier.name}+{verifier.key_id.hex()}+{base64.b64encode(data).decode()}"


def parse_verifier_key(text: str) -> Ed25519Verifier:
    """Return the key that a line name+id+base64 holds; its id must be the one the name and key give."""
    name, id_hex, encoded = ([*text.split("+", 2), "", ""])[:3]
    check_name(name)
    data = _base64(encoded)
    if data[:1] != bytes([ED25519]):
        raise Refused(RULE, f"the key of {name} is not of type 0x01 (Ed25519)")
    verifier = Ed25519Verifier(name, PublicKey(data[1:]))
    if verifier.key_id.hex() != id_hex:
        raise Refused(RULE, f"the key of {name} has the id {verifier.key_id.hex()}; the line says {id_hex!r}")
    return verifier


def check_text(text: str) -> None:
    """Raise Refused unless `text` may be signed: ended by a newline and free of other control characters."""
    if not text.endswith("\n"):
        raise Refused(RULE, "the text of a note ends with a newline")
    if _CONTROL.search(text):
        raise Refused(RULE, "the note holds a control character other than newline")


def check_name(name: str) -> None:
    """Raise Refused unless `name` may name a key: not empty, without space and plus."""
    if not name or "+" in name or name.split() != [name]:  # split() knows the same spaces as isspace()
        raise Refused(RULE, f"{name!r} cannot name a key: a name is not empty and has neither space nor plus")


def _base64(text: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        data = b""
    if not data or base64.b64encode(data).decode() != text:
        raise Refused(RULE, "a signature or key is not canonical base64 (RFC 4648 section 4)")
    return data
