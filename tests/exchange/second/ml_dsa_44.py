"""Section 6: ML-DSA-44 verified in whole numbers, by the algorithms of FIPS 204 under their numbers there."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from hashlib import shake_128, shake_256

Q, N, D = 8_380_417, 256, 13
K = L = 4
TAU, OMEGA, BETA = 39, 80, 78
GAMMA_1, GAMMA_2 = 1 << 17, (Q - 1) // 88
KEY_BYTES, SIGNATURE_BYTES, HASH_BYTES = 1312, 2420, 32
ZETAS = [pow(1753, int(f"{k:08b}"[::-1], 2), Q) for k in range(N)]
Polynomial = list[int]


@lru_cache(maxsize=256)
def holds(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature, without context, verifies [algorithms 3 and 8]."""
    if len(key) != KEY_BYTES or len(signature) != SIGNATURE_BYTES:
        return False
    challenge, packed = signature[:HASH_BYTES], signature[HASH_BYTES:]
    z = [[GAMMA_1 - v for v in bits(packed[576 * k : 576 * (k + 1)], 18)] for k in range(L)]
    hints = unpacked_hints(packed[576 * L :])
    if hints is None or any(abs(v) >= GAMMA_1 - BETA for one in z for v in one):
        return False
    digest = shake_256(shake_256(key).digest(64) + b"\0\0" + message).digest(64)
    high = [used(hint, one) for hint, one in zip(hints, commitment(key, challenge, z), strict=True)]
    return shake_256(digest + b"".join(map(packed_high, high))).digest(HASH_BYTES) == challenge


def commitment(key: bytes, challenge: bytes, z: list[Polynomial]) -> Iterator[Polynomial]:
    """A z - c t, of which the signer hashed the high part."""
    c, z_hat = ntt(ball(challenge)), [ntt(one) for one in z]
    for row in range(K):
        t = ntt([v << D for v in bits(key[32 + 320 * row : 32 + 320 * (row + 1)], 10)])
        total = [-a * b for a, b in zip(c, t, strict=True)]
        for column in range(L):
            matrix = uniform(key[:32] + bytes([column, row]))
            total = [s + a * b for s, a, b in zip(total, matrix, z_hat[column], strict=True)]
        yield inverse_ntt([v % Q for v in total])


def bits(data: bytes, width: int) -> Polynomial:
    """Numbers of so many bits, the least significant first [algorithms 18 and 19]."""
    whole, mask = int.from_bytes(data, "little"), (1 << width) - 1
    return [whole >> width * k & mask for k in range(N)]


def unpacked_hints(data: bytes) -> list[set[int]] | None:
    """The positions of the hints in each polynomial; None where they are not in the one form [algorithm 21]."""
    found, at = [], 0
    for end in data[OMEGA:]:
        positions = list(data[at:end])
        if not at <= end <= OMEGA or positions != sorted(set(positions)):
            return None
        found.append(set(positions))
        at = end
    return None if any(data[at:OMEGA]) else found


def ball(seed: bytes) -> Polynomial:
    """A polynomial of 39 coefficients 1 or -1 among zeroes [algorithm 29]."""
    stream = shake_256(seed).digest(8 + 4096)
    signs, at, c = int.from_bytes(stream[:8], "little"), 8, [0] * N
    for i in range(N - TAU, N):
        while stream[at] > i:
            at += 1
        j, at = stream[at], at + 1
        c[i], c[j] = c[j], -1 if signs >> (i + TAU - N) & 1 else 1
    return c


@lru_cache(maxsize=256)
def uniform(seed: bytes) -> Polynomial:
    """An entry of the matrix A, as its transform [algorithms 14 and 30]."""
    stream, found = shake_128(seed).digest(3 * 1024), []
    for k in range(0, len(stream), 3):
        value = int.from_bytes(stream[k : k + 3], "little") & 0x7FFFFF
        if value < Q:
            found.append(value)
    return found[:N]


def ntt(w: Polynomial) -> Polynomial:
    """The number-theoretic transform [algorithm 41]."""
    w, k, half = list(w), 0, N // 2
    while half:
        for start in range(0, N, 2 * half):
            k += 1
            for j in range(start, start + half):
                t = ZETAS[k] * w[j + half] % Q
                w[j + half], w[j] = (w[j] - t) % Q, (w[j] + t) % Q
        half //= 2
    return w


def inverse_ntt(w: Polynomial) -> Polynomial:
    """Back from the transform [algorithm 42]."""
    w, k, half = list(w), N, 1
    while half < N:
        for start in range(0, N, 2 * half):
            k -= 1
            for j in range(start, start + half):
                t = w[j]
                w[j], w[j + half] = (t + w[j + half]) % Q, -ZETAS[k] * (t - w[j + half]) % Q
        half *= 2
    return [v * pow(N, -1, Q) % Q for v in w]


def used(hint: set[int], w: Polynomial) -> Polynomial:
    """The high parts, moved by one where there is a hint [algorithms 36 and 40]."""
    found = []
    for at, r in enumerate(w):
        low = r % (2 * GAMMA_2)
        low -= 2 * GAMMA_2 if low > GAMMA_2 else 0
        high, low = (0, low - 1) if r - low == Q - 1 else ((r - low) // (2 * GAMMA_2), low)
        found.append((high + (1 if low > 0 else -1)) % 44 if at in hint else high)
    return found


def packed_high(w: Polynomial) -> bytes:
    """Six bits each, the least significant first [algorithm 28]."""
    return sum(v << 6 * k for k, v in enumerate(w)).to_bytes(6 * N // 8, "little")
