"""What a record takes on the disk over the years: no note more than is needed, a WAL that stays short."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from jointwatch.exchange import audit, frame, merkle
from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange.checkpoint import Checkpoint, Cosigner
from jointwatch.exchange.frame import Frame
from jointwatch.exchange.keys import SigningKey
from jointwatch.exchange.log import Store
from jointwatch.exchange.logid import LogId

KEY, COSIGN = SigningKey.generate(), SigningKey.generate()
OWN, THEIRS = LogId("moscow", "brussels", "plot"), LogId("brussels", "moscow", "plot")
MIB = 1 << 20


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "moscow.db", run="r-1", owner="moscow", log_key=KEY) as opened:
        yield opened


def mirror_one_by_one(store: Store, entries: list[bytes]) -> None:
    """Store a partner's entries as they come live: a frame, a checkpoint and our cosignature for each."""
    cosigner = Cosigner("jointwatch/r-1/moscow", COSIGN.public)
    for index, entry in enumerate(entries):
        edge, _ = store.edge(THEIRS).extend([merkle.leaf_hash(entry)])
        note = checkpoints.signed(Checkpoint(THEIRS.origin("r-1"), edge.size, edge.root()), KEY)
        with store.together():
            store.store_mirrored(Frame(THEIRS, index, (entry,), note))
            line = checkpoints.cosign(note, cosigner.name, COSIGN, 1_700_000_000 + index)
            store.add_cosignature(THEIRS, index + 1, line.line(), cosigner)


def count(store: Store, table: str) -> int:
    return int(store._db.execute(f"SELECT count(*) FROM {table}").get)


def test_of_a_log_written_entry_by_entry_few_checkpoints_stay(store: Store):
    for number in range(240):
        store.append({OWN: [b"entry %d" % number]})
    assert count(store, "checkpoint") <= 240 / 30 + 2
    assert checkpoints.opened(store.checkpoint(OWN), OWN.origin("r-1"), KEY.public).size == 240
    assert checkpoints.opened(store.checkpoint(OWN, 77), OWN.origin("r-1"), KEY.public).root == store.root(OWN, 77)


def test_of_a_replica_filled_entry_by_entry_few_checkpoints_and_one_cosignature_stay(store: Store):
    mirror_one_by_one(store, [b"entry %d" % number for number in range(150)])
    assert count(store, "checkpoint") <= 150 / 30 + 2
    assert count(store, "cosignature") == 1
    assert store.cosigned(THEIRS) == store.checkpoint(THEIRS)


def test_every_stretch_of_a_replica_of_the_largest_entries_still_fits_a_frame(store: Store):
    mirror_one_by_one(store, [bytes([number]) * frame.MAX_ENTRY_BYTES for number in range(140)])
    start = 0
    while start < 140:
        found = frame.decode(frame.encode(store.frame(THEIRS, start)))
        checkpoints.opened(found.checkpoint, THEIRS.origin("r-1"), KEY.public)
        assert found.end > start
        start = found.end


def test_a_receipt_for_less_than_was_cosigned_before_changes_nothing_of_that(store: Store):
    store.append({OWN: [b"a", b"b", b"c"]})
    cosigner = Cosigner("jointwatch/r-1/brussels", COSIGN.public)
    for size in (3, 2):
        line = checkpoints.cosign(store.checkpoint(OWN, size), cosigner.name, COSIGN, 1_700_000_000)
        store.add_cosignature(OWN, size, line.line(), cosigner)
    kept = store.cosigned(OWN)
    assert kept is not None
    assert checkpoints.unverified(kept).size == 3


def test_the_wal_stays_short_beside_a_reader_and_is_cut_after_a_large_transaction(store: Store, tmp_path: Path):
    wal = tmp_path / "moscow.db-wal"
    store.append({OWN: [bytes(60_000)] * 800})  # 48 MB at once
    assert wal.stat().st_size > 40 * MIB
    for number in range(300):
        store.append({OWN: [bytes(16_000)]})
        if number % 100 == 0:
            audit.audit(store, rest=lambda _: None)
    assert wal.stat().st_size <= 16 * MIB
