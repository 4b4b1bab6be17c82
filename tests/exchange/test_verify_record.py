"""Verification of a centre's record: every row counts, whoever altered it; its centre may go on writing."""

from __future__ import annotations

import base64
import re
import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

import apsw
import pytest

from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange import merkle, schema
from jointwatch.exchange.keys import SigningKey
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.refused import Refused
from jointwatch.exchange.site import site
from jointwatch.exchange.verify.logs import read_log
from jointwatch.exchange.verify.record import verify_record
from jointwatch.messages.heartbeat import Heartbeat
from tests.exchange import two_centres as world

NOTIFY = LogId("moscow", "common", "notify")


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Any]]:
    """Moscow's record, closed: own logs of 600 and some entries, replicas of Brussels'."""
    folder = tmp_path_factory.mktemp("record")
    centres = world.two_centres(folder)
    moscow = centres[0]
    log = moscow.log("brussels", "plot")
    for start in range(0, 600, 150):
        moscow.store.append({log: [moscow.entry(Heartbeat, log, number=start + k) for k in range(150)]})
    world.rehearse(centres)
    for centre in centres:
        centre.close()
    return folder / "moscow.db", centres


@pytest.fixture
def record(finished: tuple[Path, list[Any]], tmp_path: Path) -> Path:
    """A copy to attack."""
    return Path(shutil.copyfile(finished[0], tmp_path / "record.sqlite"))


def faults(path: Path, **trust: Any) -> dict[str, str]:
    return {fault.file: fault.why for fault in verify_record(path, **trust).faults}


def run_sql(path: Path, *statements: str, values: tuple[Any, ...] = ()) -> None:
    db = apsw.Connection(str(path))
    for statement in statements:
        db.execute(statement, values)
    db.close()


def number_of(path: Path, log: LogId) -> int:
    db = apsw.Connection(str(path))
    found = schema.log_ids(db)[log]
    db.close()
    return found


def test_a_whole_record_is_consistent_and_says_how_far_each_log_was_cosigned(
    record: Path, finished: tuple[Path, list[Any]]
) -> None:
    report = verify_record(record)
    assert (report.faults, report.verdict) == ((), "consistent, identity not checked")
    assert (report.run, report.mode) == ("rehearsal-1", "exercise")
    assert report.identities == world.trust_of(finished[1])
    cosigned = {str(seen.log): dict(seen.cosigned) for seen in report.logs}
    assert cosigned["moscow/brussels/plot"] == {"brussels": 601}
    assert cosigned["brussels/common/notify"] == {"moscow": 3}
    assert cosigned["moscow/moscow/record"] == {}
    assert report.covers.startswith("the record of moscow: 9 logs, ")
    assert verify_record(record, world.trust_of(finished[1])).verdict == "verified, identities as pinned"


def test_under_other_pins_it_is_not_verified(record: Path, finished: tuple[Path, list[Any]]) -> None:
    trust = world.trust_of(finished[1])
    found = faults(record, trust={"moscow": trust["brussels"], "brussels": trust["brussels"]})
    assert list(found) == ["moscow/common/roster, checkpoint"]


def test_every_altered_entry_is_named(record: Path) -> None:
    for index in (0, 255, 256, 600):
        copy = Path(shutil.copyfile(record, record.with_name(f"{index}.sqlite")))
        log = LogId("moscow", "brussels", "plot")
        at = schema.row(number_of(copy, log), index)
        run_sql(copy, "UPDATE entry SET data = CAST(data || x'00' AS BLOB) WHERE position = ?", values=(at,))
        ((place, why),) = faults(copy).items()
        assert place.startswith("moscow/brussels/plot, entries ")
        assert why == f"was changed: entry {index} is not the one that was logged"


def test_a_missing_entry_is_named(record: Path) -> None:
    log = LogId("moscow", "brussels", "plot")
    run_sql(record, "DELETE FROM entry WHERE position = ?", values=(schema.row(number_of(record, log), 300),))
    assert faults(record) == {"moscow/brussels/plot, entries 256 to 511": "1 of these 256 entries are missing"}


def test_an_entry_behind_the_last_checkpoint_is_named(record: Path) -> None:
    at = schema.row(number_of(record, NOTIFY), 3)
    run_sql(record, "INSERT INTO entry VALUES (?, x'00')", values=(at,))
    assert "1 stand behind the last checkpoint" in faults(record)["moscow/common/notify, entries"]


@pytest.mark.parametrize("level", [1, 3, 8, 9])
def test_an_altered_inner_node_is_named(record: Path, level: int) -> None:
    number = number_of(record, LogId("moscow", "brussels", "plot"))
    run_sql(
        record,
        "UPDATE node SET hash = zeroblob(32) WHERE log = ?1 AND level = ?2 AND position = 0",
        values=(number, level),
    )
    found = faults(record)  # the roots of old checkpoints rest on the highest of them
    assert found
    assert all(place.startswith("moscow/brussels/plot, ") for place in found)


def test_a_node_that_is_too_much_or_missing_is_named(record: Path) -> None:
    number = number_of(record, LogId("moscow", "brussels", "plot"))
    more = Path(shutil.copyfile(record, record.with_name("more.sqlite")))
    run_sql(more, "INSERT INTO node VALUES (?, 1, 300, zeroblob(32))", values=(number,))
    assert faults(more)
    run_sql(record, "DELETE FROM node WHERE log = ? AND level = 2 AND position = 7", values=(number,))
    assert faults(record)


def test_a_file_that_is_no_record_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("a letter, not a database, and long enough to be taken for one" * 20)
    with pytest.raises(Refused, match="is no centre's record"):
        verify_record(tmp_path / "text")


def test_a_record_with_a_damaged_page_is_refused_in_words(record: Path) -> None:
    data = bytearray(record.read_bytes())
    for start in range(8192, len(data), 4096):
        data[start : start + 64] = bytes(64)
    record.write_bytes(data)
    with pytest.raises(Refused, match="is no centre's record: database disk image is malformed"):
        verify_record(record)


@pytest.mark.parametrize(
    "view",
    [
        "CREATE VIEW about AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i, i FROM n",
        "CREATE VIEW about AS SELECT 'run' AS name, zeroblob(900000000) AS value",
    ],
)
def test_a_strangers_file_runs_nothing_of_its_own(record: Path, view: str) -> None:
    """A view in the place of a table could go on for ever, or fill the memory."""
    run_sql(record, "DROP TABLE about", view)
    with pytest.raises(Refused, match="'about' in it is not as this program makes it"):
        verify_record(record)


VALUES = {"integer": "7", "real": "1.5", "null": "NULL", "text": "CAST(x'ff' AS TEXT)", "blob": "x'ff'"}
COLUMNS = {
    "about.value": "blob text integer null",
    "log.name": "blob text integer null",
    "entry.data": "text integer real null",
    "node.hash": "text integer real null",
    "checkpoint.note": "text integer real null blob",
    "checkpoint.size": "text real blob",
    "cosignature.size": "text real blob",
    "cosignature.name": "text integer blob",
    "cosignature.line": "text integer blob null",
    "archived.edge": "text integer real null",
    "archived.size": "text real null blob",
}
CASES = [(column, VALUES[kind]) for column, kinds in COLUMNS.items() for kind in kinds.split()]


@pytest.mark.parametrize(("column", "value"), CASES)
def test_a_value_of_another_type_is_found_and_ends_nothing(record: Path, column: str, value: str) -> None:
    """Whoever makes a file can put under its schema what that forbids."""
    table, _, name = column.partition(".")
    run_sql(record, "INSERT INTO archived SELECT 1000, 1, zeroblob(32)")
    strict = schemas(record)
    lax = {of: re.sub(r" STRICT,?| NOT NULL| (TEXT|BLOB|INTEGER)(?! PRIMARY)", "", sql) for of, sql in strict.items()}
    rewrite(record, lax)
    run_sql(record, f"UPDATE OR REPLACE {table} SET {name} = {value}")
    rewrite(record, strict)
    try:
        found = faults(record)
    except Refused:
        return
    assert found


def schemas(path: Path) -> dict[str, str]:
    with closing(apsw.Connection(str(path))) as db:
        return dict(db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'table'"))


def rewrite(path: Path, tables: dict[str, str]) -> None:
    with closing(apsw.Connection(str(path))) as db:
        db.execute("PRAGMA writable_schema = ON")
        db.executemany("UPDATE sqlite_schema SET sql = ?2 WHERE name = ?1", tables.items())
        db.execute("PRAGMA writable_schema = RESET")


def test_a_size_that_is_only_claimed_is_not_looked_for(tmp_path: Path) -> None:
    folder = tmp_path / "moscow" / "common" / "roster"
    folder.mkdir(parents=True)
    root = base64.b64encode(bytes(32)).decode()
    (folder / "checkpoint").write_text(
        f"jointwatch/r/moscow/common/roster\n{1 << 62}\n{root}\n\n\u2014 x {base64.b64encode(bytes(68)).decode()}\n"
    )
    with pytest.raises(Refused, match="at most 1073741824 are looked for"):
        read_log(site(str(tmp_path)), LogId("moscow", "common", "roster"))


def resigned(path: Path, centre: Any, log: LogId, entries: list[bytes]) -> None:
    """An administrator with the log key rewrites the whole log: entries, nodes, the newest checkpoint."""
    db = apsw.Connection(str(path))
    number = schema.log_ids(db)[log]
    low, high = schema.row(number, 0), schema.row(number + 1, 0)
    db.execute("DELETE FROM entry WHERE position >= ? AND position < ?", (low, high))
    db.execute("DELETE FROM node WHERE log = ?", (number,))
    edge, nodes = merkle.CompactRange().extend(map(merkle.leaf_hash, entries))
    schema.put_entries(db, number, 0, entries)
    schema.put_nodes(db, number, nodes)
    claimed = checkpoints.Checkpoint(log.origin(centre.run), edge.size, edge.root())
    db.execute("DELETE FROM checkpoint WHERE log = ?", (number,))
    schema.put_checkpoint(db, number, edge.size, checkpoints.signed(claimed, centre.log_key))
    db.close()


def test_an_administrator_who_re_signs_a_rewritten_log_is_found_by_the_cosignature_that_does_not_fit(
    record: Path, finished: tuple[Path, list[Any]]
) -> None:
    moscow = finished[1][0]
    resigned(record, moscow, NOTIFY, [moscow.entry(Heartbeat, NOTIFY, number=k) for k in range(3)])
    found = faults(record)
    assert list(found) == ["moscow/common/notify, cosignature of brussels at size 3"]


def test_an_old_checkpoint_of_another_history_is_found(record: Path, finished: tuple[Path, list[Any]]) -> None:
    moscow, log = finished[1][0], LogId("moscow", "brussels", "plot")
    other = checkpoints.signed(checkpoints.Checkpoint(log.origin(moscow.run), 200, bytes(32)), moscow.log_key)
    run_sql(record, "INSERT INTO checkpoint VALUES (?, 200, ?)", values=(number_of(record, log), other))
    assert "another history" in faults(record)["moscow/brussels/plot, checkpoint at size 200"]


def test_a_forged_cosignature_and_a_strangers_are_found(record: Path, finished: tuple[Path, list[Any]]) -> None:
    number = number_of(record, NOTIFY)
    db = apsw.Connection(str(record))
    body = schema.checkpoint(db, number, 3)
    db.close()
    for name in ("brussels", "ankara"):
        copy = Path(shutil.copyfile(record, record.with_name(f"{name}.sqlite")))
        line = checkpoints.cosign(body, f"jointwatch/rehearsal-1/{name}", SigningKey.generate(), 5)
        run_sql(copy, "INSERT OR REPLACE INTO cosignature VALUES (?, 3, ?, ?)", values=(number, line.name, line.line()))
        assert list(faults(copy)) == [f"moscow/common/notify, cosignature of {name} at size 3"]


def test_a_record_is_read_while_its_centre_writes_it(tmp_path: Path) -> None:
    moscow, brussels = world.two_centres(tmp_path)
    world.rehearse([moscow, brussels])
    for number in range(5):
        assert verify_record(tmp_path / "moscow.db").ok
        moscow.store.append({NOTIFY: [moscow.entry(Heartbeat, NOTIFY, number=3 + number)]})
    report = verify_record(tmp_path / "moscow.db")
    assert {seen.log: dict(seen.cosigned) for seen in report.logs}[NOTIFY] == {"brussels": 3}
    assert {seen.log: seen.entries for seen in report.logs}[NOTIFY] == 8
    moscow.close(), brussels.close()


def test_several_processes_find_what_one_does(record: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from jointwatch.exchange.verify import logs as verify_logs

    monkeypatch.setattr(verify_logs, "_PROCESSES_FROM", 1)
    alone = verify_record(record, processes=1)
    assert verify_record(record, processes=2) == alone
    at = schema.row(number_of(record, LogId("moscow", "brussels", "plot")), 500)
    run_sql(record, "UPDATE entry SET data = x'00' WHERE position = ?", values=(at,))
    assert verify_record(record, processes=2).faults == verify_record(record, processes=1).faults != ()


def test_another_file_in_the_place_of_the_first_is_read_anew(record: Path) -> None:
    """A centre that sets a damaged record aside writes a new one under the same name."""
    assert verify_record(record).ok
    other = Path(shutil.copyfile(record, record.with_name("other")))
    at = schema.row(number_of(other, NOTIFY), 1)
    run_sql(other, "UPDATE entry SET data = x'00' WHERE position = ?", values=(at,))
    other.replace(record)
    assert list(faults(record)) == ["moscow/common/notify, entries 0 to 2"]


def test_a_clock_that_went_back_is_told_and_is_no_fault(tmp_path: Path) -> None:
    moscow, brussels = world.two_centres(tmp_path)
    world.rehearse([moscow, brussels])
    assert verify_record(tmp_path / "moscow.db").remarks == ()
    for on_s in (100, -5, -40):
        moscow.clock_tai_ns += on_s * 1_000_000_000
        moscow.store.append({NOTIFY: [moscow.entry(Heartbeat, NOTIFY, number=1)]})
    report = verify_record(tmp_path / "moscow.db")
    assert report.ok
    assert report.remarks == ("Clock: that of moscow/common/notify went back 2 times, by up to 39.0 s (at entry 5)",)
    moscow.close(), brussels.close()


def test_an_operational_entry_from_the_future_is_told(tmp_path: Path) -> None:
    moscow, brussels = world.two_centres(tmp_path, mode="operational")
    world.rehearse([moscow, brussels])
    assert verify_record(tmp_path / "moscow.db").remarks == ()
    moscow.clock_tai_ns = 2_000_000_000 * 1_000_000_000 + moscow.clock_tai_ns
    moscow.store.append({NOTIFY: [moscow.entry(Heartbeat, NOTIFY, number=1)]})
    report = verify_record(tmp_path / "moscow.db")
    assert report.ok
    assert "entries of moscow/common/notify are dated up to" in report.remarks[0]
    assert "s in the future" in report.remarks[0]
    moscow.close(), brussels.close()
