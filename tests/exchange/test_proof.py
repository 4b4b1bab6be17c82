"""tlog-proofs: a published log's entries proven, the text as the specification has it, and what is refused."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange import merkle, note
from jointwatch.exchange import proof as proofs
from jointwatch.exchange.checkpoint import Checkpoint, Cosigner
from jointwatch.exchange.keys import SigningKey
from jointwatch.exchange.log import Store
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.proof import LogProof
from jointwatch.exchange.refused import Refused

TESSERA = Path(__file__).parents[2].parent / "shared" / "data" / "log" / "tlog_tiles"
TESSERA_KEY = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"
LOG_KEY, KEY = SigningKey(b"\1" * 32), SigningKey(b"\2" * 32)
LOG = LogId("moscow", "common", "notify")
ORIGIN, COSIGNER = LOG.origin("run-1"), Cosigner("jointwatch/run-1/brussels", KEY.public)
ENTRIES = [b"one", b"two", b"three", b"four", b"five"]
NODE = merkle.tree_of([merkle.leaf_hash(entry) for entry in ENTRIES])


def proof_of(index: int) -> LogProof:
    size = len(ENTRIES)
    body = checkpoints.signed(Checkpoint(ORIGIN, size, merkle.root(NODE, size)), LOG_KEY)
    cosigned = checkpoints.with_signature(body, checkpoints.cosign(body, COSIGNER.name, KEY, 1_700_000_000))
    return LogProof(index, tuple(merkle.inclusion_proof(NODE, index, size)), cosigned)


GOOD = proof_of(3).encode()


@pytest.mark.skipif(not TESSERA.is_dir(), reason=f"the public log is not at {TESSERA}")
def test_every_entry_of_a_published_log_is_proven_under_its_own_checkpoints():
    key, hashes = note.parse_verifier_key(TESSERA_KEY), (TESSERA / "tile/0/000.p/15").read_bytes()
    bundle, entries = (TESSERA / "tile/entries/000.p/15").read_bytes(), []
    while bundle:
        end = 2 + int.from_bytes(bundle[:2], "big")
        entries.append(bundle[2:end])
        bundle = bundle[end:]
    node = merkle.tree_of([hashes[k : k + 32] for k in range(0, len(hashes), 32)])
    for size in range(1, 16):
        body = (TESSERA / f"checkpoint.{size}").read_bytes()
        for index in range(size):
            written = LogProof(index, tuple(merkle.inclusion_proof(node, index, size)), body).encode()
            found = proofs.verify(proofs.parse(written), entries[index], key.name, key.public_key)
            assert found.size == size


def test_the_text_is_the_specifications():
    lines = GOOD.decode().split("\n")
    assert lines[:2] == ["c2sp.org/tlog-proof@v1", "index 3"]
    assert lines[5:9] == ["", ORIGIN, "5", checkpoints.unverified(proof_of(3).checkpoint).text().split("\n")[2]]
    assert GOOD.endswith(b"\n\n" + proof_of(3).checkpoint)


def test_a_store_proves_its_entries_with_the_cosignatures_it_keeps(tmp_path: Path):
    with Store(tmp_path / "moscow.db", run="run-1", owner="moscow", log_key=LOG_KEY) as store:
        store.append({LOG: ENTRIES})
        line = checkpoints.cosign(store.checkpoint(LOG), COSIGNER.name, KEY, 1_700_000_000)
        store.add_cosignature(LOG, 5, line.line(), COSIGNER)
        for index, entry in enumerate(ENTRIES):
            found = proofs.parse(proofs.prove(store, LOG, index).encode())
            assert proofs.verify(found, entry, ORIGIN, LOG_KEY.public, [COSIGNER]).size == 5
        older = proofs.prove(store, LOG, 0, 2)
        assert proofs.verify(older, b"one", ORIGIN, LOG_KEY.public).size == 2
        with pytest.raises(Refused, match="no signature by a known key"):
            proofs.verify(older, b"one", ORIGIN, LOG_KEY.public, [COSIGNER])
        with pytest.raises(Refused, match="leaf 5 is not in a tree of 5"):
            proofs.prove(store, LOG, 5)


def test_a_proof_holds_for_its_own_entry_position_log_and_key_only():
    good = proofs.parse(GOOD)
    assert proofs.verify(good, b"four", ORIGIN, LOG_KEY.public, [COSIGNER]).size == 5
    moved = LogProof(2, good.hashes, good.checkpoint)
    for proof, entry, origin, key in [
        (good, b"three", ORIGIN, LOG_KEY.public),
        (moved, b"four", ORIGIN, LOG_KEY.public),
        (LogProof(3, good.hashes[:-1], good.checkpoint), b"four", ORIGIN, LOG_KEY.public),
        (LogProof(5, good.hashes, good.checkpoint), b"four", ORIGIN, LOG_KEY.public),
        (good, b"four", ORIGIN.replace("run-1", "run-2"), LOG_KEY.public),
        (good, b"four", ORIGIN, KEY.public),
    ]:
        with pytest.raises(Refused):
            proofs.verify(proof, entry, origin, key)


def test_extra_data_is_read_and_written_again_and_vouched_for_by_nobody():
    extra = LogProof(3, proofs.parse(GOOD).hashes, proof_of(3).checkpoint, b"age-v1.2.1")
    assert extra.encode().split(b"\n")[1] == b"extra YWdlLXYxLjIuMQ=="
    assert proofs.parse(extra.encode()) == extra
    assert proofs.verify(extra, b"four", ORIGIN, LOG_KEY.public).size == 5


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (b"proof@v1", b"proof@v2", "begins with the line"),
        (b"index 3\n", b"", "is missing"),
        (b"index 3", b"index 03", "one form"),
        (b"index 3", b"index +3", "one form"),
        (b"index 3", b"index -3", "0 to 2"),
        (b"index 3", "index ٣".encode(), "one form"),
        (b"index 3", b"index 9223372036854775808", "0 to 2"),
        (b"index 3", b"index " + b"9" * 5000, "cannot be read"),
        (b"index 3", b"index 3\nAAAA", "at most 63 hashes of 32 bytes"),
        (b"index 3", b"index 3" + b"\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=" * 61, "at most 63"),
        (b"index 3", b"extra \nindex 3", "one form"),
        (b"index 3", b"extra AB==\nindex 3", "one form"),
        (b"index 3", b"index 3\n\xff", "cannot be read"),
        (b"\n", b"\r\n", "begins with the line"),
        (b"=\n\njoint", b"=\n\n\njoint", "empty"),
    ],
)
def test_what_is_not_in_the_one_form_is_refused(old: bytes, new: bytes, why: str):
    with pytest.raises(Refused, match=why):
        proofs.parse(GOOD.replace(old, new, 1))


def test_a_proof_longer_than_any_is_not_looked_at():
    with pytest.raises(Refused, match="at most 131072 are read"):
        proofs.parse(GOOD + b" " * 131_072)


@given(st.binary(max_size=200), st.integers(0, len(GOOD)), st.integers(0, 40))
def test_whatever_is_read_is_written_again_and_nothing_but_a_refusal_is_raised(data: bytes, at: int, cut: int):
    for body in (data, GOOD[:at] + data + GOOD[at + cut :]):
        with contextlib.suppress(Refused):
            assert proofs.parse(body).encode() == body


def test_every_changed_bit_of_a_proof_is_refused_when_it_is_read_or_checked():
    for at in range(len(GOOD)):
        changed = GOOD[:at] + bytes([GOOD[at] ^ 1]) + GOOD[at + 1 :]
        with pytest.raises(Refused):
            proofs.verify(proofs.parse(changed), b"four", ORIGIN, LOG_KEY.public, [COSIGNER])
