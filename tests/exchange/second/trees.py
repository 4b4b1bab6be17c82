"""Section 5: RFC 6962 trees by recursion; proofs checked bit by bit, as in RFC 9162 2.1.3.2 and 2.1.4.2."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from .wrong import need


def leaf(entry: bytes) -> bytes:
    return sha256(b"\0" + entry).digest()


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256(b"").digest()
    k = split(len(leaves))
    return node(root(leaves[:k]), root(leaves[k:]))


def split(n: int) -> int:
    """The largest power of two less than n."""
    return 1 << (n - 1).bit_length() - 1


def path(i: int, leaves: Sequence[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if i < k:
        return [*path(i, leaves[:k]), root(leaves[k:])]
    return [*path(i - k, leaves[k:]), root(leaves[:k])]


def consistency(m: int, leaves: Sequence[bytes]) -> list[bytes]:
    return [] if m == 0 else sub(m, leaves, True)


def sub(m: int, leaves: Sequence[bytes], whole: bool) -> list[bytes]:
    if m == len(leaves):
        return [] if whole else [root(leaves)]
    k = split(len(leaves))
    if m <= k:
        return [*sub(m, leaves[:k], whole), root(leaves[k:])]
    return [*sub(m - k, leaves[k:], False), root(leaves[:k])]


def check_inclusion(entry_leaf: bytes, i: int, n: int, root_hash: bytes, proof: Sequence[bytes]) -> None:
    """Raise Wrong unless the leaf is at i of the n under that root."""
    need(0 <= i < n and all(len(one) == 32 for one in proof), 5, "no such leaf, or a hash of another length")
    fn, sn, r = i, n - 1, entry_leaf
    for p in proof:
        need(sn != 0, 5, "the inclusion proof is too long")
        if fn & 1 or fn == sn:
            r = node(p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node(r, p)
        fn, sn = fn >> 1, sn >> 1
    need(sn == 0 and r == root_hash, 5, "the inclusion proof leads to another root")


def check_consistency(m: int, n: int, root_m: bytes, root_n: bytes, proof: Sequence[bytes]) -> None:
    """Raise Wrong unless the tree of n under root_n begins with the m under root_m."""
    need(0 <= m <= n and all(len(one) == 32 for one in proof), 5, "sizes out of order, or a hash of another length")
    if m in (0, n):
        need(not proof, 5, "the consistency proof is too long")
        need(root_m == root_n if m == n else root_m == root([]), 5, "the roots do not fit the sizes")
        return
    hashes = [root_m, *proof] if m & (m - 1) == 0 else list(proof)
    need(bool(hashes), 5, "the consistency proof is too short")
    fn, sn = m - 1, n - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = hashes[0]
    for c in hashes[1:]:
        need(sn != 0, 5, "the consistency proof is too long")
        if fn & 1 or fn == sn:
            fr, sr = node(c, fr), node(c, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node(sr, c)
        fn, sn = fn >> 1, sn >> 1
    need(sn == 0 and (fr, sr) == (root_m, root_n), 5, "the consistency proof leads to other roots")
