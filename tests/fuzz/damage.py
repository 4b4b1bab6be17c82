"""Damage to one MessagePack value that leaves it one: a part exchanged, left out, doubled, out of order, out of range.

Bytes changed blindly seldom stay MessagePack, and say little about what lies behind the first check.
"""

from __future__ import annotations

import math
import random
from typing import Any

import msgspec

_NUMBERS = (0, 1, -1, 2, 31, 32, 127, 128, 255, 256, 2**16, 2**31, 2**53, 2**63 - 1, 2**63, 2**64 - 1, -(2**63))
_REALS = (0.0, -0.0, 1.0, math.pi, -math.pi / 2, 1e-300, 1e9, 1e18, 1.1e18, math.inf, math.nan)
_TEXTS = ("", "a", "common", "moscow", "a/b/c", "a\n", "\u202e", "\x00", "x" * 201, "x" * 2_001, "exercise")


def damaged(data: bytes, seed: int) -> bytes | None:
    """Return the value with one to three parts of it changed; None where the bytes are no value."""
    try:
        value = msgspec.msgpack.decode(data)
    except (msgspec.MsgspecError, UnicodeError, RecursionError, ValueError, TypeError):
        return None
    chance = random.Random(seed)
    for _ in range(chance.randint(1, 3)):
        value = _changed(value, chance, value)
    try:
        return msgspec.msgpack.encode(value)
    except (OverflowError, TypeError, RecursionError, UnicodeError):
        return None


def _changed(value: Any, chance: random.Random, whole: Any) -> Any:
    """Return the value with one part of it changed, deep down more often than at the top."""
    if isinstance(value, dict) and value and chance.random() < 0.9:
        return _changed_map(value, chance, whole)
    if isinstance(value, list) and value and chance.random() < 0.9:
        return _changed_list(value, chance, whole)
    return _exchanged(value, chance, whole)


def _changed_map(value: dict[Any, Any], chance: random.Random, whole: Any) -> dict[Any, Any]:
    pairs = list(value.items())
    at = chance.randrange(len(pairs))
    key, part = pairs[at]
    what = chance.random()
    if what < 0.8:
        pairs[at] = key, _changed(part, chance, whole)
    elif what < 0.85:
        del pairs[at]
    elif what < 0.9:
        chance.shuffle(pairs)
    else:
        pairs.insert(at, (chance.choice(("more", "v", "kind", str(key) + "x")), part))
    return dict(pairs)


def _changed_list(value: list[Any], chance: random.Random, whole: Any) -> list[Any]:
    at, found, what = chance.randrange(len(value)), list(value), chance.random()
    if what < 0.6:
        found[at] = _changed(found[at], chance, whole)
    elif what < 0.7:
        del found[at]
    elif what < 0.8:
        found.insert(at, found[chance.randrange(len(found))])
    elif what < 0.9:
        found.reverse()
    else:
        found = found * chance.choice((2, 17))
    return found[:2_000]


def _exchanged(value: Any, chance: random.Random, whole: Any) -> Any:
    if chance.random() < 0.25:
        return chance.choice((None, True, False, 0, 0.0, "", b"", [], {}, _any_part(whole, chance)))
    if isinstance(value, bool) or value is None:
        return chance.choice((True, False, None))
    if isinstance(value, int):
        return chance.choice((*_NUMBERS, value + 1, value - 1, value ^ 1 << chance.randrange(63)))
    if isinstance(value, float):
        return chance.choice((*_REALS, -value, value * 1e3, float(round(value)) if math.isfinite(value) else 0.0))
    if isinstance(value, str):
        return chance.choice((*_TEXTS, value + "x", value[:-1], value.upper(), value + "\n", value[::-1]))
    if isinstance(value, bytes):
        return chance.choice((b"", value[:-1], value + b"\0", bytes(len(value)), value[::-1], bytes(32)))
    return chance.choice((None, 0, ""))


def _any_part(value: Any, chance: random.Random) -> Any:
    """Return some part of the whole, to stand where another belongs."""
    while chance.random() < 0.7 and isinstance(value, dict | list) and value:
        value = chance.choice(list(value.values()) if isinstance(value, dict) else value)
    return value
