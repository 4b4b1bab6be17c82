"""What a disk does to a record's file: one bit turned, in the file itself."""

from __future__ import annotations

from pathlib import Path

from jointwatch.exchange.log import Store


def flip(path: Path, wanted: bytes) -> None:
    """Turn one bit of the bytes `wanted` wherever they stand: SQLite leaves copies in pages it has split."""
    data = path.read_bytes()
    found = [at for at in range(len(data)) if data.startswith(wanted, at)]
    assert found
    with path.open("r+b") as file:
        for at in found:
            file.seek(at)
            file.write(bytes([wanted[0] ^ 1]))


def write_back(store: Store) -> None:
    """Have everything in the main file, nothing beside it."""
    store._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
