"""The audit: what a disk or a hand alters while the record is in use is found, and named."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from jointwatch.exchange.audit import Audited, audit, keep_auditing
from jointwatch.exchange.keys import SigningKey
from jointwatch.exchange.log import Store
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.record import Damaged
from tests.exchange.damage import flip, write_back

PLOTS, RECORD = LogId.parse("moscow/brussels/plot"), LogId.parse("moscow/moscow/record")
LOG_KEY = SigningKey(b"\1" * 32)


@pytest.fixture
def moscow(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "moscow.db", run="run-1", owner="moscow", log_key=LOG_KEY) as store:
        for start in range(0, 6_000, 1_000):
            store.append({PLOTS: [b"plot %d" % k for k in range(start, start + 1_000)], RECORD: [b"r%d" % start]})
        yield store


def test_a_sound_record_is_audited_while_it_is_written_to(moscow: Store) -> None:
    pauses: list[float] = []

    def rest(pause_s: float) -> None:
        pauses.append(pause_s)
        moscow.append({PLOTS: [b"written meanwhile"]})

    found = audit(moscow, rest=rest)
    assert (found.logs, found.entries) == (2, 6_006)
    assert len(pauses) == 3
    assert all(pause_s > 0 for pause_s in pauses)


def test_one_bit_in_the_file_is_found_and_the_entry_named(moscow: Store) -> None:
    write_back(moscow)
    flip(moscow.path, b"plot 4321")
    with pytest.raises(Damaged, match="entry 4321 of moscow/brussels/plot was altered"):
        audit(moscow, rest=lambda _: None)


def test_a_history_rewritten_with_all_its_hashes_is_found(moscow: Store, tmp_path: Path) -> None:
    """Whoever can write to the file, and even holds the log key, cannot make the running centre forget."""
    with Store(tmp_path / "other.db", run="run-1", owner="moscow", log_key=LOG_KEY) as other:
        other.append({PLOTS: [b"other %d" % k for k in range(6_000)]})
    db = apsw.Connection(str(moscow.path))
    db.execute("ATTACH ? AS other", (str(tmp_path / "other.db"),))
    number = moscow._ids[PLOTS]
    with db:
        db.execute(
            "UPDATE entry SET data = o.data FROM other.entry o WHERE o.position & 0xffffffffff = "
            "entry.position & 0xffffffffff AND entry.position >> 40 = ?",
            (number,),
        )
        db.execute(
            "UPDATE node SET hash = o.hash FROM other.node o WHERE node.log = ? AND o.level = node.level AND "
            "o.position = node.position",
            (number,),
        )
        db.execute(
            "UPDATE checkpoint SET note = o.note FROM other.checkpoint o WHERE checkpoint.log = ? AND "
            "o.size = checkpoint.size",
            (number,),
        )
    db.close()
    with pytest.raises(Damaged, match="is not what was written"):
        audit(moscow, rest=lambda _: None)


def test_a_file_that_cannot_be_read_any_more_is_damage(moscow: Store) -> None:
    write_back(moscow)
    size = moscow.path.stat().st_size
    with moscow.path.open("r+b") as file:
        file.seek(4096)
        file.write(bytes(size - 4096))
    with pytest.raises(Damaged):
        audit(moscow, rest=lambda _: None)


def test_auditing_goes_on_until_there_is_damage_and_stops_when_told(moscow: Store) -> None:
    told: list[Audited | Damaged] = []
    stop = threading.Event()
    thread = threading.Thread(target=keep_auditing, args=(moscow, told.append), kwargs={"stop": stop, "every_s": 0.01})
    thread.start()
    wait_for(lambda: len(told) > 1)
    write_back(moscow)
    flip(moscow.path, b"plot 4321")
    thread.join(120)
    assert not thread.is_alive()
    assert isinstance(told[-1], Damaged)
    assert all(isinstance(found, Audited) for found in told[:-1])
    again = threading.Thread(target=keep_auditing, args=(moscow, told.append), kwargs={"stop": stop, "every_s": 60.0})
    again.start()
    stop.set()
    again.join(120)
    assert not again.is_alive()


def wait_for(happened: object) -> None:
    start = time.monotonic()
    while not happened():  # type: ignore[operator]
        assert time.monotonic() - start < 120
        time.sleep(0.01)
