"""Party roots: the officers who together say which keys speak for a centre, and how many of them must sign."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from jointwatch.messages.header import Header
from jointwatch.messages.quantities import Line, PublicKeyBytes


class Officer(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """One person's root key, kept off every machine that is on a line."""

    name: Line
    public_key: PublicKeyBytes


class PartyRoot(Header, kw_only=True, frozen=True, forbid_unknown_fields=True, tag="party_root"):
    """The `number`-th root of the origin: from here on `threshold` of these officers sign what its roster log says.

    The first is signed by the identity key as well, which signs nothing afterwards; each later one by `threshold` of
    the officers before it too.
    """

    number: Annotated[int, Meta(ge=1, le=2**31)]
    identity: PublicKeyBytes
    threshold: Annotated[int, Meta(ge=2, le=16)]
    officers: Annotated[tuple[Officer, ...], Meta(min_length=2, max_length=16)]

    def __post_init__(self) -> None:
        keys = [officer.public_key for officer in self.officers] + [self.identity]
        if len(set(keys)) != len(keys):
            raise ValueError("a key stands in the root twice; each officer has a key of their own")
        if self.threshold > len(self.officers):
            raise ValueError(f"{self.threshold} of {len(self.officers)} officers cannot sign")
