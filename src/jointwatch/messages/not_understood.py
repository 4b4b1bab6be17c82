"""What a newer version of this program says: kept as it came, byte for byte, and never taken for something understood.

Its beginning is that of every message, so that it can be placed, dated and attributed. Whoever is upgraded reads it
from the record, where it stands as it was signed.
"""

from __future__ import annotations

from math import isfinite
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from jointwatch.messages.quantities import Id, LogName, Mode, TaiNs, Word

DEEPEST = 32  # levels of lists and maps; no kind of today has more than five
Kind = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,62}$(?!\n)")]
Version = Annotated[int, Meta(ge=1, le=65_535)]


class Beginning(msgspec.Struct, kw_only=True, frozen=True):
    """What every message of every version begins with, in this order."""

    kind: Kind
    v: Version
    mode: Mode
    run: Id
    origin: Word
    log: LogName
    logged_tai_ns: TaiNs
    id: Id


class NotUnderstood(Beginning, kw_only=True, frozen=True):
    """A message of an unknown kind, or of a later version of a known one. payload: the bytes that were signed."""

    payload: bytes

    def in_words(self) -> str:
        """Return one line for people."""
        return f"not understood: {self.kind}, version {self.v}, {len(self.payload)} bytes; a later version reads it"


_BEGINNING = Beginning.__struct_fields__
_decoder = msgspec.msgpack.Decoder(Beginning)


def beginning(data: bytes) -> NotUnderstood:
    """Return what stands at the beginning of a message of any kind and version; raise ValueError where it does not.

    The whole must be the one form of MessagePack, whatever else it holds.
    """
    fields = msgspec.msgpack.decode(data)
    if not isinstance(fields, dict) or tuple(fields)[: len(_BEGINNING)] != _BEGINNING:
        raise ValueError("a message begins with kind, v, mode, run, origin, log, logged_tai_ns and id")
    _check_plain(fields, 0)
    if msgspec.msgpack.encode(fields) != data:
        raise ValueError("its MessagePack is not in the one form that is written")
    return NotUnderstood(**msgspec.structs.asdict(_decoder.decode(data)), payload=data)


def _check_plain(value: Any, depth: int) -> None:
    """Raise ValueError for what no message holds: other types, keys that are no text, numbers that are none."""
    if depth == DEEPEST:
        raise ValueError(f"it is nested deeper than {DEEPEST} levels")
    if isinstance(value, dict):
        for key, part in value.items():
            if not isinstance(key, str):
                raise ValueError("a key in it is no text")
            _check_plain(part, depth + 1)
    elif isinstance(value, list):
        for part in value:
            _check_plain(part, depth + 1)
    elif not (value is None or isinstance(value, bool | int | str | bytes | float)):
        raise ValueError("it holds an extension type")
    elif isinstance(value, float) and not isfinite(value):
        raise ValueError("a number in it is not finite")
