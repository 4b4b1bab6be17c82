"""Section 2: Ed25519 under the one rule, in whole numbers [RFC 8032 section 5.1]. Slow, and with no secret to keep."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha512

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]  # X, Y, Z, T with x = X/Z, y = Y/Z, x y = T/Z
NEUTRAL: Point = (0, 1, 1, 0)
ORDER_EIGHT = (
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
)
SMALL = {0, 1, P - 1, P, P + 1} | {int.from_bytes(bytes.fromhex(y), "little") for y in ORDER_EIGHT}


@lru_cache(maxsize=4096)
def holds(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature verifies: rules 1 to 5."""
    if len(key) != 32 or len(signature) != 64:
        return False
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    if s >= L or low_255_bits(r) in SMALL or low_255_bits(key) in SMALL or low_255_bits(key) >= P:
        return False
    a = decode(key)
    if a is None:
        return False
    k = int.from_bytes(sha512(r + key + message).digest(), "little") % L
    return encode(add(multiply(s, BASE), multiply(k, negative(a)))) == r


def low_255_bits(encoded: bytes) -> int:
    return int.from_bytes(encoded, "little") & (2**255 - 1)


def add(p: Point, q: Point) -> Point:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def negative(p: Point) -> Point:
    return -p[0] % P, p[1], p[2], -p[3] % P


def multiply(factor: int, p: Point) -> Point:
    found = NEUTRAL
    for bit in bin(factor)[2:]:
        found = add(found, found)
        if bit == "1":
            found = add(found, p)
    return found


def encode(p: Point) -> bytes:
    z = pow(p[2], -1, P)
    return (p[1] * z % P | (p[0] * z % P & 1) << 255).to_bytes(32, "little")


def decode(encoded: bytes) -> Point | None:
    """The point of an encoding; y beyond p is reduced, which only rule 2 and 3 can see."""
    y, sign = low_255_bits(encoded) % P, encoded[31] >> 7
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if v * x * x % P == -u % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if v * x * x % P != u:
        return None
    x = -x % P if x & 1 != sign else x
    return x, y, 1, x * y % P


_base = decode((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
assert _base is not None
BASE: Point = _base
