"""RFC 6962 Merkle trees: hashes, roots, inclusion and consistency proofs.

A tree is read through `node(level, index)`: the hash of the complete subtree over the leaves
[index * 2^level, (index + 1) * 2^level). A list in memory, a database and tiles on disk can all answer that, so a
proof costs as many questions as it has hashes, whatever holds the tree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from jointwatch.exchange.refused import Refused

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()

Node = Callable[[int, int], bytes]
"""(level, index) -> hash of the complete subtree there."""

_INCLUSION = "RFC 6962 2.1.1 inclusion proof"
_CONSISTENCY = "RFC 6962 2.1.2 consistency proof"


def leaf_hash(entry: bytes) -> bytes:
    """Return the 32-byte hash of an entry as a leaf, SHA-256(0x00 || entry) [RFC 6962 2.1]."""
    return sha256(b"\0" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the 32-byte hash of two subtrees, SHA-256(0x01 || left || right) [RFC 6962 2.1]."""
    return sha256(b"\1" + left + right).digest()


@dataclass(frozen=True)
class CompactRange:
    """The right edge of a tree: the hashes of its complete subtrees, largest first; enough to go on appending."""

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def extend(self, leaves: Iterable[bytes]) -> tuple[CompactRange, list[tuple[int, int, bytes]]]:
        """Return the range after these leaf hashes, and every complete node that came to be: (level, index, hash)."""
        size, edge, nodes = self.size, list(self.hashes), []
        for leaf in leaves:
            level, index, digest = 0, size, leaf
            nodes.append((level, index, digest))
            while index & 1:  # a right child: its left sibling is the last of the edge
                digest = sha256(b"\1" + edge.pop() + digest).digest()
                level, index = level + 1, index >> 1
                nodes.append((level, index, digest))
            edge.append(digest)
            size += 1
        return CompactRange(size, tuple(edge)), nodes

    def root(self) -> bytes:
        """Return the Merkle tree hash of all leaves so far.

        >>> CompactRange().root().hex()[:16]
        'e3b0c44298fc1c14'
        """
        return _fold(self.hashes) if self.hashes else EMPTY_ROOT


@lru_cache(maxsize=1)  # a frame is hashed when it is checked, and is the same when it is stored
def grown(edge: CompactRange, entries: tuple[bytes, ...]) -> tuple[CompactRange, list[tuple[int, int, bytes]]]:
    """Return what `extend` does, from the entries themselves."""
    return edge.extend(map(leaf_hash, entries))


def compact_range(node: Node, size: int) -> CompactRange:
    """Return the right edge of the tree of `size` leaves."""
    return CompactRange(size, tuple(_complete_subtrees(node, 0, size)))


def root(node: Node, size: int) -> bytes:
    """Return the Merkle tree hash of the first `size` leaves."""
    return compact_range(node, size).root()


def tree_of(leaves: Sequence[bytes]) -> Node:
    """Return the nodes of a tree held in memory, from its leaf hashes.

    >>> leaves = [leaf_hash(b"one"), leaf_hash(b"two"), leaf_hash(b"three")]
    >>> root(tree_of(leaves), 3) == node_hash(node_hash(*leaves[:2]), leaves[2])
    True
    """
    _, nodes = CompactRange().extend(leaves)
    table = {(level, index): digest for level, index, digest in nodes}
    return lambda level, index: table[level, index]


def inclusion_proof(node: Node, index: int, size: int) -> list[bytes]:
    """Return the hashes that lead from leaf `index` to the root of `size` leaves, nearest first [RFC 6962 2.1.1]."""
    if not 0 <= index < size:
        raise Refused(_INCLUSION, f"leaf {index} is not in a tree of {size}; give an index from 0 to {size - 1}")
    return [_range_hash(node, low, high) for low, high in _siblings(index, size)]


def root_of_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    """Return the root that this proof gives to the leaf hash at `index` of `size`."""
    if not 0 <= index < size:
        raise Refused(_INCLUSION, f"leaf {index} is not in a tree of {size}")
    siblings = _siblings(index, size)
    _check_hashes(_INCLUSION, proof, len(siblings))
    digest = leaf
    for (low, _), other in zip(siblings, proof, strict=True):
        digest = node_hash(other, digest) if low <= index else node_hash(digest, other)
    return digest


def verify_inclusion(leaf: bytes, index: int, size: int, root_hash: bytes, proof: Sequence[bytes]) -> None:
    """Return nothing where the leaf hash is at `index` of the tree with that size and root; raise Refused otherwise."""
    if root_of_inclusion(leaf, index, size, proof) != root_hash:
        raise Refused(_INCLUSION, f"the proof for leaf {index} of {size} leads to another root")


def consistency_proof(node: Node, size1: int, size2: int) -> list[bytes]:
    """Return the hashes that show the first `size1` of `size2` leaves to be the older tree [RFC 6962 2.1.2]."""
    _check_sizes(size1, size2)
    return [_range_hash(node, low, high) for low, high in _consistency_ranges(size1, size2)]


def verify_consistency(size1: int, size2: int, root1: bytes, root2: bytes, proof: Sequence[bytes]) -> None:
    """Return nothing where the tree (size2, root2) begins with the tree (size1, root1); raise Refused otherwise."""
    _check_sizes(size1, size2)
    ranges = _consistency_ranges(size1, size2)
    _check_hashes(_CONSISTENCY, proof, len(ranges))
    if size1 == size2:
        old, new = EMPTY_ROOT if size1 == 0 else root1, root1
    elif size1 == 0:
        old, new = EMPTY_ROOT, root2  # every tree begins with the empty one
    else:
        old, new = _roots_of_consistency(size1, root1, ranges, proof)
    if old != root1:
        raise Refused(_CONSISTENCY, f"the proof does not lead to the root given for the {size1} older leaves")
    if new != root2:
        raise Refused(_CONSISTENCY, f"the tree of {size2} leaves does not begin with the {size1} leaves of that root")


def _roots_of_consistency(
    size1: int, root1: bytes, ranges: list[tuple[int, int]], proof: Sequence[bytes]
) -> tuple[bytes, bytes]:
    """Return both roots. Where size1 is a power of two the older root is the seed, and is left out of the proof."""
    hashes = list(zip(ranges, proof, strict=True))
    if size1 & (size1 - 1) == 0:
        old = new = root1
    else:
        (_, seed), *hashes = hashes
        old = new = seed
    for (low, _), other in hashes:
        if low < size1:  # a subtree to the left: in both trees
            old, new = node_hash(other, old), node_hash(other, new)
        else:
            new = node_hash(new, other)
    return old, new


def _siblings(index: int, size: int) -> list[tuple[int, int]]:
    """Return the leaf ranges beside the way from a leaf to the root, nearest first."""
    low, high, found = 0, size, []
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            found.append((middle, high))
            high = middle
        else:
            found.append((low, middle))
            low = middle
    return found[::-1]


def _consistency_ranges(size1: int, size2: int) -> list[tuple[int, int]]:
    """Return the leaf ranges whose hashes make up SUBPROOF(size1, D[size2], true), in the order of the proof."""
    if size1 in (0, size2):
        return []
    low, high, found = 0, size2, []
    while size1 != high:
        middle = low + _split(high - low)
        if size1 <= middle:
            found.append((middle, high))
            high = middle
        else:
            found.append((low, middle))
            low = middle
    if low > 0:  # the older tree is not itself a complete subtree: its last part is needed
        found.append((low, high))
    return found[::-1]


def _range_hash(node: Node, low: int, high: int) -> bytes:
    return _fold(_complete_subtrees(node, low, high))


def _complete_subtrees(node: Node, low: int, high: int) -> list[bytes]:
    """Return the hashes of the complete subtrees that make up [low, high), where low is aligned to the first."""
    hashes = []
    while low < high:
        level = (high - low).bit_length() - 1
        hashes.append(node(level, low >> level))
        low += 1 << level
    return hashes


def _fold(hashes: Sequence[bytes]) -> bytes:
    digest = hashes[-1]
    for left in reversed(hashes[:-1]):
        digest = node_hash(left, digest)
    return digest


def _split(size: int) -> int:
    """Return the largest power of two smaller than `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def _check_sizes(size1: int, size2: int) -> None:
    if not 0 <= size1 <= size2:
        raise Refused(_CONSISTENCY, f"a tree of {size2} leaves cannot begin with {size1}")


def _check_hashes(rule: str, proof: Sequence[bytes], count: int) -> None:
    if len(proof) != count:
        raise Refused(rule, f"the proof has {len(proof)} hashes; exactly {count} are needed")
    if any(len(digest) != HASH_BYTES for digest in proof):
        raise Refused(rule, f"a hash in the proof does not have {HASH_BYTES} bytes")
