"""Release records: which internal entry stands behind a released one, and the salt that proves it; kept at home."""

from __future__ import annotations

import hashlib
from typing import Annotated

from jointwatch.messages.header import Header
from jointwatch.messages.quantities import Line, octets
from jointwatch.messages.reference import EntryReference
from jointwatch.messages.withheld import FieldNames

SALT_BYTES = 32
_CONTEXT = b"jointwatch/commitment/v1\n"


class Release(Header, kw_only=True, frozen=True, forbid_unknown_fields=True, tag="release"):
    """`outbound` is the released view of `internal`; whoever is shown `salt` and the internal entry can check that.

    rule: the line of the release policy that let it go.
    """

    internal: EntryReference
    outbound: EntryReference
    salt: Annotated[bytes, octets(SALT_BYTES, SALT_BYTES)]
    withheld: FieldNames = ()
    rule: Line


def commitment(salt: bytes, internal_entry: bytes) -> bytes:
    """Return the 32 bytes a released message carries: SHA-256("jointwatch/commitment/v1" newline || salt || entry).

    salt: 32 random bytes, new for each release; without it the commitment says nothing about the entry.

    >>> commitment(bytes(32), b"entry").hex()[:16]
    '349d517ef50ce4ad'
    """
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes; this one has {len(salt)}")
    return hashlib.sha256(_CONTEXT + salt + internal_entry).digest()
