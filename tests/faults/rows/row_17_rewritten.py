"""An administrator rewrites Moscow's own history in its file: without its keys, and then with all of them."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

import apsw

from jointwatch.earth.timescale import now_tai_ns
from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange import equivocation, merkle, schema
from jointwatch.exchange.database import Database
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.monitor.state import State
from jointwatch.exchange.monitor.verifier import Monitor
from tests.faults import forger
from tests.faults.harness import Outcome, seconds_until
from tests.faults.stations import RUN, START_S, Station, Submitter, caught_up_s, pair, settled

TITLE = "rewrite of own history by administrator"
REQUIRED = "audit and peer detect"
NOTIFY = LogId("moscow", "common", "notify")


def run(folder: Path, *, full: bool) -> Outcome:
    with pair(folder) as (moscow, brussels):
        with Submitter(moscow, str(NOTIFY)) as radar:
            time.sleep(20 if full else 2)
            seconds_until(lambda: len(radar.acknowledged) >= 20, START_S, "there is a history to rewrite")
        caught_up_s(brussels, moscow, START_S)
        moscow.stop()
        assert audited(moscow) == "", "an honest record does not verify"
        assert watched(folder, moscow) == []
        honest = Path(shutil.copytree(moscow.database.parent, folder / "honest"))
        held = brussels.sizes()[str(NOTIFY)]
        without_keys(moscow)
        restore(moscow, honest)
        with_all_keys(moscow)
        detected_s = detected(folder, moscow, brussels)
        assert brussels.sizes()[str(NOTIFY)] == held, "a rewritten history was taken in"
        moscow.stop()
        restore(moscow, honest)
        moscow.start()
        seconds_until(moscow.speaks, START_S, "Moscow speaks again from its true record")
        found = settled(moscow, brussels, radar.acknowledged)
    return found.outcome(detected_s, "named by log verify; with all keys: by guard, partner's replica and monitor")


def restore(moscow: Station, honest: Path) -> None:
    """Put the true record back."""
    shutil.rmtree(moscow.database.parent)
    shutil.copytree(honest, moscow.database.parent)


def shard_of(database: Database) -> LogId:
    """Return this month's shard of the notices."""
    return max(log for log in database.logs() if log.whole == NOTIFY)


def audited(station: Station) -> str:
    """Return what `jointwatch log verify` finds wrong with a centre's record; nothing where it holds."""
    done = subprocess.run(
        [sys.executable, "-m", "jointwatch", "log", "verify", str(station.folder)], capture_output=True, text=True
    )
    assert done.returncode in (0, 1), done.stderr
    return done.stdout if done.returncode else ""


def watched(folder: Path, station: Station) -> list[str]:
    """Return the kinds of alarm that one more round of a monitor of the record gave."""
    kinds: list[str] = []
    state = State(folder / "monitor", time.time())
    clock = lambda: (time.time(), now_tai_ns())  # noqa: E731
    monitor = Monitor(state, clock, {}, folder / "monitor.evidence", lambda log, kind, what: kinds.append(kind))
    database = Database(station.database)
    monitor.round(database, database.logs())
    state.close()
    return kinds


def without_keys(moscow: Station) -> None:
    """One row of the file is changed: the audit names the entry, and the next start takes the true one back."""
    log = shard_of(Database(moscow.database))
    db = apsw.Connection(str(moscow.database))
    row = schema.row(schema.log_ids(db)[log], 3)
    data = bytearray(db.execute("SELECT data FROM entry WHERE position = ?", (row,)).get)
    data[len(data) // 2] ^= 1
    db.execute("UPDATE entry SET data = ? WHERE position = ?", (bytes(data), row))
    db.close()
    said = audited(moscow)
    assert "entry 3 is not the one that was logged" in said, f"the audit did not name the entry: {said}"


def with_all_keys(moscow: Station) -> None:
    """The last entries are others; entries, tree and checkpoint are signed anew; what the partner signed is gone."""
    log = shard_of(Database(moscow.database))
    db = apsw.Connection(str(moscow.database))
    number = schema.log_ids(db)[log]
    size = db.execute("SELECT max(size) FROM checkpoint WHERE log = ?", (number,)).get
    entries = schema.entries(db, number, 0, size)
    entries[-2:] = [forger.entry(moscow, NOTIFY, 17), forger.entry(moscow, NOTIFY, 18)]
    edge, nodes = merkle.CompactRange().extend(map(merkle.leaf_hash, entries))
    claimed = checkpoints.Checkpoint(log.origin(RUN), edge.size, edge.root())
    with db:
        db.execute(
            "DELETE FROM entry WHERE position BETWEEN ? AND ?",
            (schema.row(number, 0), schema.row(number + 1, 0) - 1),
        )
        for table in ("node", "checkpoint", "cosignature"):
            db.execute(f"DELETE FROM {table} WHERE log = ?", (number,))
        schema.put_entries(db, number, 0, entries)
        schema.put_nodes(db, number, nodes)
        schema.put_checkpoint(db, number, size, checkpoints.signed(claimed, moscow.keys.log))
    db.close()
    assert audited(moscow) == "", "whoever has all keys makes a record that agrees with itself; this one does not"


def detected(folder: Path, moscow: Station, brussels: Station) -> float:
    """Return how long after the start both histories were found, with evidence that holds against Moscow's key."""
    assert watched(folder, moscow) == ["rewritten"], "the monitor did not remember what it had verified"
    moscow.start()
    folders = (moscow.evidence, brussels.evidence, folder / "monitor.evidence")
    found_s = seconds_until(
        lambda: any(moscow.evidence.glob("*.json")) or any(brussels.evidence.glob("*.json")),
        START_S,
        "evidence of two histories",
    )
    for path in (path for kept in folders for path in kept.glob("*.json")):
        equivocation.check(equivocation.read(path), [moscow.keys.log.public])
    answer = moscow.ask(say=["after-the-rewriting"], log=str(NOTIFY))
    assert "error" in answer, "Moscow goes on from a rewritten history"
    return found_s
