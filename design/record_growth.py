"""What does a centre's record take on the disk for each entry, where does it go, and would larger pages take less?

    python design/record_growth.py

writes a log of 3,000 entries into a record of SQLite's pages of 4, 8 and 16 KiB, 64 entries a commit and one a commit,
and prints for each: bytes of the file per entry and how they are spread, and bytes written to the WAL per commit. An
entry of 1,024 bytes fits three times into a page of 4 KiB, which leaves a quarter of it empty; larger pages leave less
and write more for each commit, since whole pages are written.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import apsw

from jointwatch.exchange import schema
from jointwatch.exchange.keys import SigningKey
from jointwatch.exchange.log import Store
from jointwatch.exchange.logid import LogId

ENTRIES, COMMITS = 3_000, 200
LOG = LogId("moscow", "brussels", "plot")


def main() -> None:
    """Print the table."""
    print("| page | entry | entries a commit | on disk, B an entry | entries | tree | checkpoints | WAL, B a commit |")
    print("|---|---|---|---|---|---|---|---|")
    for page in (4_096, 8_192, 16_384):
        for size in (400, 1_024):
            for batch in (64, 1):
                print(row(page, size, batch))


def row(page: int, size: int, batch: int) -> str:
    """Return one line of the table."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "record.db"
        _begin(path, page)
        with Store(path, run="growth", owner="moscow", log_key=SigningKey.generate()) as store:
            wal = _wal_a_commit(store, path, size, batch)
            while store.size(LOG) < ENTRIES:
                store.append({LOG: [os.urandom(size) for _ in range(batch)]})
            written = store.size(LOG)
        parts = {name: used / written for name, used in _pages(path)}
        total = path.stat().st_size / written
    spread = " | ".join(f"{parts[name]:,.0f}" for name in ("entry", "node", "checkpoint"))
    return f"| {page:,} | {size:,} | {batch} | {total:,.0f} | {spread} | {wal:,.0f} |"


def _begin(path: Path, page: int) -> None:
    """Make the file with pages of a size; the store takes what it finds."""
    db = apsw.Connection(str(path))
    db.execute(f"PRAGMA page_size = {page}")
    db.execute("VACUUM")
    db.close()
    schema.connect(path, "growth", "moscow").close()


def _wal_a_commit(store: Store, path: Path, size: int, batch: int) -> float:
    """Return the bytes that a commit writes to the WAL, of so many commits before it is first read back."""
    wal = Path(f"{path}-wal")
    before = wal.stat().st_size
    for _ in range(COMMITS if batch == 1 else COMMITS // 10):
        store.append({LOG: [os.urandom(size) for _ in range(batch)]})
    return (wal.stat().st_size - before) / (COMMITS if batch == 1 else COMMITS // 10)


def _pages(path: Path) -> list[tuple[str, int]]:
    db = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        return list(db.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name"))
    finally:
        db.close()


if __name__ == "__main__":
    main()
