"""Rosters: which keys speak for a centre, for what and from when; signed by the centre's identity key."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from jointwatch.messages.header import Header
from jointwatch.messages.quantities import Line, PublicKeyBytes, TaiNs, octets

Purpose = Annotated[
    str,
    Meta(
        pattern=r"^(log|log-ml-dsa-44|cosign|desk|tls-ca|(sensor|releaser):[A-Za-z0-9][A-Za-z0-9._:/-]{0,119})$(?!\n)"
    ),
]
ED25519_KEY_BYTES, ML_DSA_44_KEY_BYTES = 32, 1_312


class RosterKey(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """One key and what it may sign.

    purpose: log (checkpoints), log-ml-dsa-44 (where there is one, every checkpoint is signed with it as well), cosign
    (partners' checkpoints), desk (the centre's messages), sensor:<id> (that sensor's plots), releaser:<id> (that
    officer's half of a release policy), tls-ca (the certificate, DER, that issues this centre's line certificates).
    valid_until: null where open.
    """

    name: Line
    purpose: Purpose
    public_key: Annotated[bytes, octets(32, 4_096)]
    valid_from_tai_ns: TaiNs
    valid_until_tai_ns: TaiNs | None = None

    def __post_init__(self) -> None:
        second = self.purpose == "log-ml-dsa-44"
        kind, length = ("ML-DSA-44", ML_DSA_44_KEY_BYTES) if second else ("Ed25519", ED25519_KEY_BYTES)
        if self.purpose != "tls-ca" and len(self.public_key) != length:
            raise ValueError(f"the key {self.name!r} has {len(self.public_key)} bytes; an {kind} key has {length}")
        if self.valid_until_tai_ns is not None and self.valid_until_tai_ns < self.valid_from_tai_ns:
            raise ValueError(f"the key {self.name!r} ends before it begins")


class Roster(Header, kw_only=True, frozen=True, forbid_unknown_fields=True, tag="roster"):
    """The `number`-th roster of the origin; it replaces the one before. identity: the public key that signs it.

    Where a party root stands before it, the root's officers sign it, and the identity is only named.
    """

    number: Annotated[int, Meta(ge=1, le=2**31)]
    identity: PublicKeyBytes
    keys: Annotated[tuple[RosterKey, ...], Meta(min_length=1, max_length=256)]

    def __post_init__(self) -> None:
        keys = [key.public_key for key in self.keys] + [self.identity]
        if len(set(keys)) != len(keys):
            raise ValueError("a key stands in the roster twice; each purpose has a key of its own")
