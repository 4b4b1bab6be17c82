"""Ed25519 at its edges, for tests/oracles/exchange.json: what a dishonest owner of a key can make.

The class is that of C2SP/CCTV's ed25519vectors, remade from its description: every encoding of a point of small order
as A and as R, and every pair of points with a small-order part, with and without the parts cancelling in
[S]B = R + [k]A.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha512
from itertools import product
from typing import Any

TRIES = 200  # a message fits one time in eight at worst


def edges(curve: Any) -> Iterator[tuple[str, bytes, bytes, bytes, bool]]:
    """Name, key, message, signature and verdict. curve: tests/exchange/second/strict_ed25519.py."""
    a, r = (int.from_bytes(sha512(word).digest(), "little") % curve.L for word in (b"a", b"r"))
    part = small_points(curve)
    mixed = [(curve.encode(_plus(curve, a, t)), t) for t in part]
    nonce = [(curve.encode(_plus(curve, r, t)), t) for t in part]
    small = [(encoding, curve.decode(encoding)) for encoding in small_encodings(curve)]
    for (key, s), (first, t) in product(mixed, nonce):
        for cancels in (True, False):
            yield from _signed(curve, "parts of small order", (key, a, s), (first, r, t), cancels, cancels)
    for (key, s), (first, t) in product(small, nonce):
        yield from _signed(curve, "A of small order", (key, 0, s), (first, r, t), True, False)
    for (key, s), (first, t) in product(mixed[:2], small):
        yield from _signed(curve, "R of small order", (key, a, s), (first, 0, t), True, False)
    for (key, s), (first, t) in product(small, small):
        yield from _signed(curve, "A and R of small order", (key, 0, s), (first, 0, t), True, False)
    _, key, said, signature, _ = next(
        _signed(curve, "", (*mixed[0][:1], a, part[0]), (nonce[0][0], r, part[0]), True, True)
    )
    beyond = int.from_bytes(signature[32:], "little") + curve.L
    yield "S beyond L", key, said, signature[:32] + beyond.to_bytes(32, "little"), False


def small_points(curve: Any) -> list[Any]:
    """The eight points of order 1, 2, 4 and 8, the neutral one first."""
    one = curve.decode(bytes.fromhex(curve.ORDER_EIGHT[0]))
    return [curve.multiply(k, one) for k in range(8)]


def small_encodings(curve: Any) -> list[bytes]:
    """All fourteen encodings of those points, canonical or not."""
    found = (y | sign << 255 for y in sorted(curve.SMALL) for sign in (0, 1))
    return [encoding for value in found if curve.decode(encoding := value.to_bytes(32, "little")) is not None]


def _plus(curve: Any, scalar: int, point: Any) -> Any:
    return curve.add(curve.multiply(scalar, curve.BASE), point)


def _signed(
    curve: Any, name: str, key: tuple[bytes, int, Any], nonce: tuple[bytes, int, Any], cancels: bool, verdict: bool
) -> Iterator[tuple[str, bytes, bytes, bytes, bool]]:
    """The signature over the first message for which the parts of small order cancel, or do not, if there is one."""
    for number in range(TRIES):
        said = b"message %d" % number
        k = int.from_bytes(sha512(nonce[0] + key[0] + said).digest(), "little") % curve.L
        rest = curve.add(nonce[2], curve.multiply(k % 8, key[2]))
        if (curve.encode(rest) == curve.encode(curve.NEUTRAL)) == cancels:
            s = (nonce[1] + k * key[1]) % curve.L
            yield name, key[0], said, nonce[0] + s.to_bytes(32, "little"), verdict
            return
