"""DSSE envelopes: a payload, what it is, and who signed it [secure-systems-lab/dsse v1.0].

The same envelope has two forms: MessagePack as an entry of a log, JSON as a file for people. The signature is over
the payload's bytes, so it holds in both, and nothing is ever re-serialised to check it.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from jointwatch.exchange.keys import PublicKey, SigningKey
from jointwatch.exchange.refused import Refused

RULE = "DSSE v1"
MAX_SIGNATURES = 32


class Signature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A key's fingerprint (a hint, itself unsigned) and its 64-byte signature over the PAE."""

    keyid: str
    sig: bytes


class Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"payload_type": "payloadType"}):
    """A payload, its type, and the signatures over both."""

    payload_type: str
    payload: bytes
    signatures: tuple[Signature, ...]

    def encode(self) -> bytes:
        """Return the envelope as an entry of a log: MessagePack, three keys, in this order."""
        return _encoder.encode(self)

    def to_json(self) -> bytes:
        """Return the envelope as a JSON file, indented, with a newline at the end."""
        return msgspec.json.format(msgspec.json.encode(self), indent=1) + b"\n"


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Envelope)


class _JsonSignature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    sig: str
    keyid: str = ""


class _JsonEnvelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"payload_type": "payloadType"}):
    payload_type: str
    payload: str
    signatures: tuple[_JsonSignature, ...]


def pae(payload_type: str, payload: bytes) -> bytes:
    """Return the bytes that are signed: the pre-authentication encoding of type and payload.

    >>> pae("http://example.com/HelloWorld", b"hello world")
    b'DSSEv1 29 http://example.com/HelloWorld 11 hello world'
    """
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def sign(payload_type: str, payload: bytes, keys: Sequence[SigningKey]) -> Envelope:
    """Return an envelope around the payload, signed by each of the keys."""
    message = pae(payload_type, payload)
    return Envelope(payload_type, payload, tuple(Signature(k.public.fingerprint, k.sign(message)) for k in keys))


def joined(envelopes: Sequence[Envelope]) -> Envelope:
    """Return one envelope with the signatures of all; they must be around the same payload of the same type."""
    first = envelopes[0]
    for other in envelopes[1:]:
        if (other.payload_type, other.payload) != (first.payload_type, first.payload):
            raise Refused(RULE, "envelopes around different payloads cannot be joined")
    signatures = {signature.keyid: signature for envelope in envelopes for signature in envelope.signatures}
    return Envelope(first.payload_type, first.payload, tuple(signatures.values()))


def parse(data: bytes) -> Envelope:
    """Return the envelope an entry holds, unverified; only what `Envelope.encode` would write is accepted."""
    try:
        envelope = _decoder.decode(data)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise Refused(RULE, f"the entry is not an envelope: {error}") from None
    _check_signatures(envelope)
    if envelope.encode() != data:
        raise Refused(RULE, "the entry's MessagePack is not in the one form that is written")
    return envelope


def parse_json(data: bytes) -> Envelope:
    """Return the envelope a JSON file holds, unverified; base64 may be the standard or the URL-safe one."""
    try:
        found = msgspec.json.decode(data, type=_JsonEnvelope)
        signatures = tuple(Signature(s.keyid, _base64(s.sig)) for s in found.signatures)
        envelope = Envelope(found.payload_type, _base64(found.payload), signatures)
    except (msgspec.MsgspecError, RecursionError, ValueError) as error:  # ValueError: no text, or no base64
        raise Refused(RULE, f"the file is not a DSSE envelope: {error}") from None
    _check_signatures(envelope)
    return envelope


class Claim(NamedTuple):
    """A signature under a known key, with what it is over; to be verified."""

    key: PublicKey
    message: bytes
    signature: bytes

    def check(self) -> None:
        """Raise Refused unless the signature is the key's over the message."""
        self.key.verify(self.message, self.signature)


def claims(envelope: Envelope, keys: Iterable[PublicKey]) -> tuple[Claim, ...]:
    """Return the signatures of the envelope that are under the ids of `keys`; at least one. None of them is verified.

    A signature by an unknown key is ignored; every one that is returned must hold, or the envelope is refused.
    """
    known: Mapping[str, PublicKey] = {key.fingerprint: key for key in keys}
    message = pae(envelope.payload_type, envelope.payload)
    found = tuple(Claim(known[s.keyid], message, s.sig) for s in envelope.signatures if s.keyid in known)
    if not found:
        raise Refused(RULE, f"none of the {len(known)} known keys signed this; it names {_names(envelope)}")
    return found


def verify(envelope: Envelope, keys: Iterable[PublicKey]) -> frozenset[PublicKey]:
    """Return which of `keys` signed the envelope; at least one.

    A signature by an unknown key is ignored; one under a known key's id that fails refuses the envelope.
    """
    found = claims(envelope, keys)
    for claim in found:
        claim.check()
    return frozenset(claim.key for claim in found)


def _names(envelope: Envelope) -> str:
    return ", ".join(signature.keyid for signature in envelope.signatures)


def _check_signatures(envelope: Envelope) -> None:
    ids = [signature.keyid for signature in envelope.signatures]
    if not 1 <= len(ids) <= MAX_SIGNATURES:
        raise Refused(RULE, f"an envelope has 1 to {MAX_SIGNATURES} signatures; this one has {len(ids)}")
    if len(set(ids)) != len(ids):
        raise Refused(RULE, "two signatures of the envelope are under one key id")


def _base64(text: str) -> bytes:
    return base64.b64decode(text.replace("-", "+").replace("_", "/"), validate=True)
