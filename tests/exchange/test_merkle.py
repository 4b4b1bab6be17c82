"""RFC 6962 trees by three routes: ours, the recursion as the RFC writes it, another library; and published vectors."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import pymerkle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jointwatch.exchange import merkle
from jointwatch.exchange.merkle import CompactRange, leaf_hash
from jointwatch.exchange.refused import Refused

VECTORS = Path(__file__).parents[2].parent / "shared" / "data" / "log" / "merkle"
ENTRIES = [f"entry {k}".encode() * (k % 5) for k in range(64)]  # among them the empty one
LEAVES = [leaf_hash(entry) for entry in ENTRIES]
NODE = merkle.tree_of(LEAVES)

needs_vectors = pytest.mark.skipif(not VECTORS.is_dir(), reason=f"the public vectors are not at {VECTORS}")


# The recursion, from the text of RFC 6962 section 2.1, on entries; k is the largest power of two smaller than n.


def mth(d: Sequence[bytes]) -> bytes:
    if len(d) < 2:
        return sha256(b"\0" + d[0]).digest() if d else sha256().digest()
    k = 1 << (len(d) - 1).bit_length() - 1
    return sha256(b"\1" + mth(d[:k]) + mth(d[k:])).digest()


def path(m: int, d: Sequence[bytes]) -> list[bytes]:
    if len(d) == 1:
        return []
    k = 1 << (len(d) - 1).bit_length() - 1
    return [*path(m, d[:k]), mth(d[k:])] if m < k else [*path(m - k, d[k:]), mth(d[:k])]


def subproof(m: int, d: Sequence[bytes], whole: bool) -> list[bytes]:
    if m == len(d):
        return [] if whole else [mth(d)]
    k = 1 << (len(d) - 1).bit_length() - 1
    if m <= k:
        return [*subproof(m, d[:k], whole), mth(d[k:])]
    return [*subproof(m - k, d[k:], False), mth(d[:k])]


def test_the_roots_of_all_logs_up_to_64_entries_agree_by_three_routes():
    other = pymerkle.InmemoryTree(algorithm="sha256")
    edge = CompactRange()
    for size, entry in enumerate(ENTRIES, 1):
        other.append_entry(entry)
        edge, _ = edge.extend([leaf_hash(entry)])
        assert edge.root() == merkle.root(NODE, size) == mth(ENTRIES[:size]) == other.get_root()
        assert merkle.compact_range(NODE, size) == edge
    assert CompactRange().root() == merkle.root(NODE, 0) == mth([])


def test_every_inclusion_proof_of_all_logs_up_to_64_entries_is_the_rfcs_and_verifies():
    for size in range(1, 65):
        root = mth(ENTRIES[:size])
        for index in range(size):
            proof = merkle.inclusion_proof(NODE, index, size)
            assert proof == path(index, ENTRIES[:size])
            merkle.verify_inclusion(LEAVES[index], index, size, root, proof)


def test_every_consistency_proof_of_all_logs_up_to_64_entries_is_the_rfcs_and_verifies():
    roots = [mth(ENTRIES[:size]) for size in range(65)]
    for size2 in range(65):
        for size1 in range(size2 + 1):
            proof = merkle.consistency_proof(NODE, size1, size2)
            assert size1 == 0 or proof == subproof(size1, ENTRIES[:size2], True)
            merkle.verify_consistency(size1, size2, roots[size1], roots[size2], proof)


def test_an_inclusion_proof_holds_for_no_other_leaf_place_size_or_root():
    for size in (1, 2, 3, 7, 8, 21):
        for index in range(size):
            good = (LEAVES[index], index, size, merkle.root(NODE, size), merkle.inclusion_proof(NODE, index, size))
            merkle.verify_inclusion(*good)
            for wrong in inclusion_changes(*good):
                with pytest.raises(Refused, match="inclusion proof"):
                    merkle.verify_inclusion(*wrong)


def inclusion_changes(leaf: bytes, index: int, size: int, root: bytes, proof: list[bytes]) -> list[Any]:
    other = sha256(leaf).digest()
    cuts = [proof[:-1]] if proof else []
    flipped = [[*proof[:k], sha256(proof[k]).digest(), *proof[k + 1 :]] for k in range(len(proof))]
    return [
        (other, index, size, root, proof),
        (leaf, size, size, root, proof),
        (leaf, -1, size, root, proof),
        (leaf, index, size, other, proof),
        *[(leaf, k, size, root, proof) for k in range(size) if k != index],
        *[(leaf, index, size, root, wrong) for wrong in (*cuts, [*proof, other], [*proof, b""], *flipped)],
    ]


def test_a_consistency_proof_holds_for_no_other_roots_and_no_other_hashes():
    for size1, size2 in ((1, 2), (3, 7), (4, 7), (6, 8), (7, 21), (8, 8), (0, 5), (63, 64)):
        root1, root2 = merkle.root(NODE, size1), merkle.root(NODE, size2)
        proof = merkle.consistency_proof(NODE, size1, size2)
        other = sha256(root1).digest()
        changes: list[Any] = [(size1, size2, other, root2, proof), (size1, size2, root1, root2, [*proof, other])]
        if size1:
            changes += [(size1, size2, root1, other, proof), (size2 + 1, size2, root1, root2, proof)]
        changes += [(size1, size2, root1, root2, [*proof[:k], other, *proof[k + 1 :]]) for k in range(len(proof))]
        for wrong in changes:
            with pytest.raises(Refused, match="consistency proof"):
                merkle.verify_consistency(*wrong)


def test_only_the_empty_root_belongs_to_the_empty_tree():
    merkle.verify_consistency(0, 0, merkle.EMPTY_ROOT, merkle.EMPTY_ROOT, [])
    for root1, root2 in ((merkle.EMPTY_ROOT, LEAVES[0]), (LEAVES[0], merkle.EMPTY_ROOT), (LEAVES[0], LEAVES[0])):
        with pytest.raises(Refused):
            merkle.verify_consistency(0, 0, root1, root2, [])


def test_a_hash_of_another_length_is_refused_before_it_is_used():
    proof = merkle.inclusion_proof(NODE, 3, 8)
    with pytest.raises(Refused, match="32 bytes"):
        merkle.verify_inclusion(LEAVES[3], 3, 8, merkle.root(NODE, 8), [proof[0] + b"\0", *proof[1:]])


@given(st.lists(st.integers(0, 40), min_size=1, max_size=8))
def test_a_tree_grown_in_any_steps_is_the_same_tree(steps: list[int]):
    edge, nodes = CompactRange(), {}
    for step in steps:
        edge, new = edge.extend(sha256(bytes([k % 256])).digest() for k in range(edge.size, edge.size + step))
        nodes |= {(level, index): digest for level, index, digest in new}
    at_once, all_nodes = CompactRange().extend(sha256(bytes([k % 256])).digest() for k in range(edge.size))
    assert edge == at_once
    assert nodes == {(level, index): digest for level, index, digest in all_nodes}


def hashes(proof: list[str] | None) -> list[bytes]:
    return [base64.b64decode(text) for text in proof or []]


@needs_vectors
@pytest.mark.parametrize("file", sorted(VECTORS.glob("*/*/*.json")), ids=lambda file: "-".join(file.parts[-3:]))
def test_published_vectors(file: Path):
    case = json.loads(file.read_text())
    proof = hashes(case["proof"])
    if "size1" in case:
        root1, root2 = base64.b64decode(case["root1"] or ""), base64.b64decode(case["root2"] or "")
        arguments: Any = (case["size1"], case["size2"], root1, root2, proof)
        check: Any = merkle.verify_consistency
    else:
        leaf, root = base64.b64decode(case["leafHash"] or ""), base64.b64decode(case["root"] or "")
        arguments, check = (leaf, case["leafIdx"], case["treeSize"], root, proof), merkle.verify_inclusion
    if case["wantErr"]:
        with pytest.raises(Refused):
            check(*arguments)
    else:
        check(*arguments)
