"""The store: appended means kept under a signature, replicas follow exactly, and an altered file does not open."""

from __future__ import annotations

import os
import random
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path
from typing import Any

import apsw
import pytest

from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange import frame as frames
from jointwatch.exchange import merkle, note
from jointwatch.exchange.checkpoint import Checkpoint, Cosigner
from jointwatch.exchange.frame import Frame
from jointwatch.exchange.keys import SigningKey
from jointwatch.exchange.log import Store
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.refused import Refused

RUN = "run-1"
PLOTS, NOTICES, RECORD = (LogId.parse(f"moscow/{rest}") for rest in ("brussels/plot", "common/notify", "moscow/record"))
LOG_KEY, COSIGN_KEY = SigningKey(b"\1" * 32), SigningKey(b"\2" * 32)
COSIGNER = Cosigner("jointwatch/run-1/brussels", COSIGN_KEY.public)


def open_moscow(path: Path) -> Store:
    return Store(path / "moscow.db", run=RUN, owner="moscow", log_key=LOG_KEY)


def open_brussels(path: Path) -> Store:
    return Store(path / "brussels.db", run=RUN, owner="brussels")


@pytest.fixture
def moscow(tmp_path: Path) -> Iterator[Store]:
    with open_moscow(tmp_path) as store:
        yield store


@pytest.fixture
def brussels(tmp_path: Path) -> Iterator[Store]:
    with open_brussels(tmp_path) as store:
        yield store


def pull(sender: Store, receiver: Store, log: LogId = PLOTS, max_n: int = frames.MAX_ENTRIES) -> int:
    """Carry everything new from sender to receiver; return how many frames it took."""
    for count in range(1_000):
        frame = frames.decode(frames.encode(sender.frame(log, receiver.size(log), max_n)))
        if not frame.entries:
            return count
        checkpoints.opened(frame.checkpoint, log.origin(RUN), LOG_KEY.public)
        receiver.store_mirrored(frame)
    raise AssertionError("the sender never comes to an end")


def test_entries_of_several_logs_are_appended_in_order_under_signed_checkpoints(moscow: Store):
    assert moscow.append({PLOTS: [b"a", b"b"], RECORD: [b"r"]}) == {PLOTS: range(2), RECORD: range(1)}
    assert moscow.append({PLOTS: [b"c"], NOTICES: []}) == {PLOTS: range(2, 3)}
    assert moscow.logs() == (PLOTS, RECORD)
    assert moscow.entries(PLOTS) == [b"a", b"b", b"c"]
    assert (moscow.entry(PLOTS, 1), moscow.entries(PLOTS, 1, 2), moscow.size(NOTICES)) == (b"b", [b"b"], 0)
    for log in (PLOTS, RECORD):
        checkpoint = checkpoints.opened(moscow.checkpoint(log), log.origin(RUN), LOG_KEY.public)
        tree = merkle.tree_of([merkle.leaf_hash(entry) for entry in moscow.entries(log)])
        assert (checkpoint.size, checkpoint.root) == (moscow.size(log), merkle.root(tree, moscow.size(log)))


def test_every_log_up_to_40_entries_has_its_old_roots_proofs_and_checkpoints(moscow: Store):
    entries = [f"entry {k}".encode() for k in range(40)]
    tree = merkle.tree_of([merkle.leaf_hash(entry) for entry in entries])
    for start in range(0, 40, 8):
        moscow.append({PLOTS: entries[start : start + 8]})
    for size in range(41):
        root = merkle.root(tree, size)
        assert moscow.root(PLOTS, size) == root
        assert moscow.consistent(PLOTS, size, root)
        at = checkpoints.opened(moscow.checkpoint(PLOTS, size), PLOTS.origin(RUN), LOG_KEY.public)
        assert (at.size, at.root) == (size, root)
        assert moscow.consistency_proof(PLOTS, size, 40) == merkle.consistency_proof(tree, size, 40)
        for index in range(size):
            assert moscow.inclusion_proof(PLOTS, index, size) == merkle.inclusion_proof(tree, index, size)
    assert not moscow.consistent(PLOTS, 41, root)
    assert not moscow.consistent(PLOTS, 39, root)
    assert not moscow.consistent(PLOTS, -1, root)


def test_what_was_appended_is_there_after_reopening_and_goes_on_growing(tmp_path: Path):
    with open_moscow(tmp_path) as store:
        store.append({PLOTS: [b"a", b"b", b"c"]})
        before = store.checkpoint(PLOTS)
    with open_moscow(tmp_path) as store:
        assert (store.entries(PLOTS), store.checkpoint(PLOTS)) == ([b"a", b"b", b"c"], before)
        store.append({PLOTS: [b"d"]})
        assert store.root(PLOTS, 3) == checkpoints.unverified(before).root


def test_either_all_of_a_batch_is_in_the_record_or_nothing(moscow: Store):
    moscow.append({PLOTS: [b"a"]})
    before = (moscow.size(PLOTS), moscow.checkpoint(PLOTS), moscow.logs())
    for bad in (b"", bytes(65_536)):
        with pytest.raises(Refused, match="1 to 65535"):
            moscow.append({PLOTS: [b"b"], RECORD: [b"x", bad]})
    assert (moscow.size(PLOTS), moscow.checkpoint(PLOTS), moscow.logs()) == before


def test_a_failure_of_the_disk_leaves_the_store_as_it_was(moscow: Store):
    moscow.append({PLOTS: [b"a"]})
    page_count = moscow._db.execute("PRAGMA page_count").get
    moscow._db.execute(f"PRAGMA max_page_count = {page_count + 1}")
    with pytest.raises(OSError, match=r"nothing was written.*full"):
        moscow.append({PLOTS: [bytes(60_000)], RECORD: [b"x"]})
    assert (moscow.size(PLOTS), moscow.size(RECORD), moscow.logs()) == (1, 0, (PLOTS,))
    moscow._db.execute("PRAGMA max_page_count = 1000000")
    assert moscow.append({PLOTS: [b"b"], RECORD: [b"x"]}) == {PLOTS: range(1, 2), RECORD: range(1)}


def test_a_centre_appends_to_its_own_logs_only(moscow: Store, brussels: Store):
    with pytest.raises(Refused, match="signs and appends to its own logs only"):
        moscow.append({LogId("brussels", "moscow", "plot"): [b"forged"]})
    with pytest.raises(Refused, match="opened without its log key"):
        brussels.append({LogId("brussels", "moscow", "plot"): [b"a"]})


@pytest.mark.parametrize("max_n", [1, 7, 1_000])
def test_a_replica_follows_frame_by_frame_and_can_be_served_again(
    moscow: Store, brussels: Store, tmp_path: Path, max_n: int
):
    rng = random.Random(5)
    for count in (1, 30, 2, 17):
        moscow.append({PLOTS: [rng.randbytes(rng.randint(1, 3_000)) for _ in range(count)]})
    assert pull(moscow, brussels, max_n=max_n) == -(-50 // max_n)
    assert brussels.root(PLOTS) == moscow.root(PLOTS)
    assert brussels.entries(PLOTS) == moscow.entries(PLOTS)
    with Store(tmp_path / "third.db", run=RUN, owner="geneva") as geneva:
        pull(brussels, geneva)
        assert geneva.root(PLOTS) == moscow.root(PLOTS)


def test_an_empty_frame_carries_the_newest_checkpoint_and_writes_nothing(moscow: Store, brussels: Store):
    frame = moscow.frame(PLOTS, 0)
    assert (frame.entries, checkpoints.unverified(frame.checkpoint).size) == ((), 0)
    assert brussels.store_mirrored(frame) == range(0)
    moscow.append({PLOTS: [b"a"]})
    pull(moscow, brussels)
    assert brussels.store_mirrored(moscow.frame(PLOTS, 1)) == range(1, 1)
    assert brussels.checkpoint(PLOTS) == moscow.checkpoint(PLOTS)


def signed_frame(start: int, entries: tuple[bytes, ...], size: int, root: bytes, origin: str = "") -> Frame:
    body = checkpoints.signed(Checkpoint(origin or PLOTS.origin(RUN), size, root), LOG_KEY)
    return Frame(PLOTS, start, entries, body)


def test_a_frame_that_does_not_follow_is_refused_in_words_and_writes_nothing(moscow: Store, brussels: Store):
    moscow.append({PLOTS: [b"a", b"b", b"c", b"d"]})
    pull(moscow, brussels, max_n=2)
    moscow.append({PLOTS: [b"e", b"f"]})
    good = moscow.frame(PLOTS, 4)
    root = moscow.root(PLOTS)
    wrong: list[tuple[Frame, str]] = [
        (moscow.frame(PLOTS, 5), "ends at 4; the frame begins at 5"),
        (moscow.frame(PLOTS, 2), "ends at 4; the frame begins at 2"),
        (Frame(PLOTS, 4, good.entries[:1], good.checkpoint), "frame ends at 5; its checkpoint covers 6"),
        (Frame(PLOTS, 4, (b"e", b"F"), good.checkpoint), "do not lead to its checkpoint's root"),
        (Frame(PLOTS, 4, (b"f", b"e"), good.checkpoint), "do not lead to its checkpoint's root"),
        (signed_frame(4, good.entries, 6, bytes(32)), "do not lead to its checkpoint's root"),
        (signed_frame(4, (), 4, bytes(32)), "do not lead to its checkpoint's root"),
        (signed_frame(4, good.entries, 6, root, NOTICES.origin(RUN)), "the checkpoint is of"),
        (signed_frame(4, good.entries, 6, root, PLOTS.origin("run-0")), "the checkpoint is of"),
        (Frame(PLOTS, 4, good.entries, b"no note"), "a text, an empty line"),
    ]
    for frame, words in wrong:
        with pytest.raises(Refused, match=words):
            brussels.store_mirrored(frame)
    assert brussels.size(PLOTS) == 4
    assert brussels.store_mirrored(good) == range(4, 6)
    with pytest.raises(Refused, match="own log"):
        moscow.store_mirrored(good)


def test_a_cosignature_is_kept_beneath_its_checkpoint_once_verified(moscow: Store, tmp_path: Path):
    moscow.append({PLOTS: [b"a", b"b"]})
    assert moscow.cosigned(PLOTS) is None
    line = checkpoints.cosign(moscow.checkpoint(PLOTS, 1), COSIGNER.name, COSIGN_KEY, 50).line()
    for size, text, words in (
        (2, line, "strict rule"),
        (3, line, "has 2 entries; 3 was asked for"),
        (1, line.replace("brussels", "bruxelles"), "not by"),
        (1, "— nonsense\n", "em dash"),
    ):
        with pytest.raises(Refused, match=words):
            moscow.add_cosignature(PLOTS, size, text, COSIGNER)
    moscow.add_cosignature(PLOTS, 1, line, COSIGNER)
    moscow.append({PLOTS: [b"c"]})
    cosigned = moscow.cosigned(PLOTS)
    assert cosigned is not None
    assert checkpoints.cosigned_at(cosigned, COSIGNER) == 50
    assert checkpoints.opened(cosigned, PLOTS.origin(RUN), LOG_KEY.public).size == 1
    assert len(note.parse(moscow.checkpoint(PLOTS)).signatures) == 1
    later = checkpoints.cosign(moscow.checkpoint(PLOTS), COSIGNER.name, COSIGN_KEY, 60).line()
    moscow.add_cosignature(PLOTS, 3, later, COSIGNER)
    assert checkpoints.cosigned_at(moscow.checkpoint(PLOTS), COSIGNER) == 60


def test_a_listener_hears_of_what_is_on_the_disk(moscow: Store, brussels: Store):
    heard: list[tuple[LogId, int]] = []
    for store in (moscow, brussels):
        store.listen(lambda log, size: heard.append((log, size)))
    moscow.append({PLOTS: [b"a", b"b"], RECORD: [b"r"]})
    pull(moscow, brussels)
    assert heard == [(PLOTS, 2), (RECORD, 1), (PLOTS, 2)]


def test_the_file_is_its_owners_alone_and_open_in_one_process(tmp_path: Path):
    with open_moscow(tmp_path):
        for name in ("moscow.db", "moscow.db-wal", "moscow.db.lock"):
            assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
        with pytest.raises(Refused, match="in use by another process"):
            open_moscow(tmp_path)
    open_moscow(tmp_path).close()


def test_a_file_of_another_run_or_centre_is_not_taken_for_this_ones(tmp_path: Path):
    open_moscow(tmp_path).close()
    for run, owner, words in (
        (RUN, "brussels", "is of owner 'moscow', not 'brussels'"),
        ("run-2", "moscow", "run 'run-1'"),
    ):
        with pytest.raises(Refused, match=words):
            Store(tmp_path / "moscow.db", run=run, owner=owner)


ALTERATIONS: dict[str, tuple[str, str]] = {
    "an entry's byte": ("UPDATE entry SET data = x'00' WHERE position % 1024 = 3", "entry 3 of moscow/brussels/plot"),
    "two entries swapped": (
        "UPDATE entry SET data = CASE position % 1024 WHEN 0 THEN x'62' ELSE x'61' END WHERE position % 1024 < 2",
        "entry 0 of moscow/brussels/plot",
    ),
    "an entry removed": ("DELETE FROM entry WHERE position % 1024 = 4", "altered|lacks"),
    "the last entries removed": ("DELETE FROM entry WHERE position % 1024 > 2", "lacks entry 3"),
    "all entries removed": ("DELETE FROM entry", "lacks entry 0"),
    "an entry added": ("INSERT INTO entry SELECT max(position) + 1, x'00' FROM entry", "beyond its last checkpoint"),
    "a leaf's hash": ("UPDATE node SET hash = zeroblob(32) WHERE level = 0 AND position = 2", "entry 2 of"),
    "a node's hash": ("UPDATE node SET hash = zeroblob(32) WHERE level = 1 AND position = 0", "node 1/0 of"),
    "a node removed": ("DELETE FROM node WHERE level = 2", "node 2/0 of"),
    "the checkpoint's bytes": ("UPDATE checkpoint SET note = x'00' WHERE size = 5", "an empty line"),
    "the last checkpoint removed": ("DELETE FROM checkpoint WHERE size = 5", "beyond its last checkpoint"),
    "all checkpoints removed": ("DELETE FROM checkpoint", "beyond its last checkpoint"),
}


@pytest.mark.parametrize(("statement", "words"), ALTERATIONS.values(), ids=ALTERATIONS)
@pytest.mark.parametrize("opened", [open_moscow, open_brussels], ids=["own", "replica"])
def test_an_altered_row_is_named_when_the_store_is_opened(
    tmp_path: Path, statement: str, words: str, opened: Callable[[Path], Store]
):
    with open_moscow(tmp_path) as moscow, open_brussels(tmp_path) as brussels:
        moscow.append({PLOTS: [b"a", b"b", b"c"]})
        moscow.append({PLOTS: [b"d", b"e"]})
        pull(moscow, brussels, max_n=3)
    with opened(tmp_path) as store:
        path = store.path
    db = apsw.Connection(str(path))
    db.execute(statement)
    assert db.changes() > 0
    db.close()
    with pytest.raises(Refused, match=words):
        opened(tmp_path)


def test_a_rewritten_history_is_found_by_the_owners_own_signature(tmp_path: Path):
    with open_moscow(tmp_path) as moscow:
        moscow.append({PLOTS: [b"a"]})
    forged = checkpoints.signed(Checkpoint(PLOTS.origin(RUN), 1, merkle.leaf_hash(b"b")), COSIGN_KEY)
    db = apsw.Connection(str(tmp_path / "moscow.db"))
    db.execute("UPDATE entry SET data = x'62'")
    db.execute("UPDATE node SET hash = ?", (merkle.leaf_hash(b"b"),))
    db.execute("UPDATE checkpoint SET note = ?", (forged,))
    db.close()
    with pytest.raises(Refused, match="no signature by a known key"):
        open_moscow(tmp_path)


def test_a_file_that_is_no_database_is_refused_in_words(tmp_path: Path):
    (tmp_path / "moscow.db").write_bytes(b"no database" * 1_000)
    with pytest.raises(Refused, match=r"is damaged.*refill it from the partners' replicas"):
        open_moscow(tmp_path)


WRITER = """
import sys
from pathlib import Path
from jointwatch.exchange.keys import SigningKey
from jointwatch.exchange.log import Store
from jointwatch.exchange.logid import LogId

logs = [LogId.parse(name) for name in sys.argv[2:]]
with Store(Path(sys.argv[1]), run="run-1", owner="moscow", log_key=SigningKey(bytes([1]) * 32)) as store:
    number = store.size(logs[0])
    while True:
        written = store.append({log: [f"{number + k}".encode() * 50 for k in range(5)] for log in logs})
        number = written[logs[0]].stop
        print(number, flush=True)
"""


def test_killed_at_any_moment_nothing_acknowledged_is_lost_and_nothing_is_half_there(tmp_path: Path):
    rng = random.Random(9)
    path, logs = tmp_path / "moscow.db", (PLOTS, RECORD)
    acknowledged = 0
    for _ in range(4):
        command = [sys.executable, "-c", WRITER, str(path), *map(str, logs)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ}) as writer:
            assert writer.stdout is not None
            for _ in range(rng.randint(1, 60)):
                acknowledged = int(writer.stdout.readline())
            writer.kill()
            acknowledged = max([acknowledged, *(int(line) for line in writer.stdout if line.endswith("\n"))])
        with open_moscow(tmp_path) as store:
            assert store.size(PLOTS) == store.size(RECORD) >= acknowledged
            assert store.size(PLOTS) % 5 == 0
            for log in logs:
                assert store.entries(log) == [f"{k}".encode() * 50 for k in range(store.size(log))]
                checkpoint = checkpoints.opened(store.checkpoint(log), log.origin(RUN), LOG_KEY.public)
                assert checkpoint.size == store.size(log)


def test_what_is_written_together_is_kept_or_undone_together(tmp_path: Path):
    with Store(tmp_path / "a.sqlite", run="r", owner="moscow", log_key=SigningKey.generate()) as store:
        log = LogId("moscow", "common", "assess")
        told: list[int] = []
        store.listen(lambda _, size: told.append(size))
        with suppress(ZeroDivisionError), store.together():
            store.append({log: [b"one"]})
            raise ZeroDivisionError
        assert (store.size(log), told) == (0, [])
        with store.together():
            store.append({log: [b"one"]})
            store.append({log: [b"two"]})
            assert told == []
        assert (store.size(log), told) == (2, [1, 2])
    with Store(tmp_path / "a.sqlite", run="r", owner="moscow") as again:
        assert again.entries(log) == [b"one", b"two"]


def test_batches_of_many_threads_are_written_together_each_whole_and_in_one_place(moscow: Store):
    batches = [[f"{thread}/{batch}/{k}".encode() for k in range(3)] for thread in range(8) for batch in range(20)]
    with ThreadPoolExecutor(8) as pool:
        places = [found[PLOTS] for found in pool.map(lambda entries: moscow.append({PLOTS: entries}), batches)]
    for entries, place in zip(batches, places, strict=True):
        assert moscow.entries(PLOTS, place.start, place.stop) == entries
    assert sorted(index for place in places for index in place) == list(range(8 * 20 * 3))
    tree = merkle.tree_of([merkle.leaf_hash(entry) for entry in moscow.entries(PLOTS)])
    at = checkpoints.opened(moscow.checkpoint(PLOTS), PLOTS.origin(RUN), LOG_KEY.public)
    assert (at.size, at.root) == (480, merkle.root(tree, 480))


def while_the_store_is_busy(store: Store, batches: Sequence[dict[LogId, list[bytes]]]) -> list[Future[Any]]:
    """Hand batches in from a thread each, in this order, while the lock is held; wait for what becomes of them."""
    with ThreadPoolExecutor(len(batches)) as pool:
        with store._lock:
            found = []
            for count, batch in enumerate(batches, 1):
                found.append(pool.submit(store.append, batch))
                while len(store._queue) < count:
                    time.sleep(0.001)
        wait(found)
    return found


def test_what_waits_goes_to_the_disk_in_one_transaction_under_one_checkpoint_a_log(moscow: Store):
    told: list[tuple[LogId, int]] = []
    moscow.listen(lambda log, size: told.append((log, size)))
    found = while_the_store_is_busy(moscow, [{PLOTS: [b"a", b"b"]}, {NOTICES: [b"n"]}, {PLOTS: [b"c"]}])
    assert [future.result() for future in found] == [
        {PLOTS: range(2)},
        {NOTICES: range(1)},
        {PLOTS: range(2, 3)},
    ]
    assert moscow._db.execute("SELECT size FROM checkpoint ORDER BY size").fetchall() == [(1,), (3,)]
    assert sorted(told) == [(PLOTS, 2), (PLOTS, 3), (NOTICES, 1)]


def test_a_batch_that_the_disk_has_no_room_for_holds_back_no_other(moscow: Store):
    moscow.append({PLOTS: [b"a"], NOTICES: [b"n"]})
    page_count = moscow._db.execute("PRAGMA page_count").get
    moscow._db.execute(f"PRAGMA max_page_count = {page_count + 2}")
    first, large, last = while_the_store_is_busy(
        moscow, [{NOTICES: [b"o"]}, {PLOTS: [bytes(60_000)]}, {NOTICES: [b"p"]}]
    )
    assert (first.result(), last.result()) == ({NOTICES: range(1, 2)}, {NOTICES: range(2, 3)})
    with pytest.raises(OSError, match="nothing was written"):
        large.result()
    assert (moscow.entries(PLOTS), moscow.entries(NOTICES)) == ([b"a"], [b"n", b"o", b"p"])


def test_within_together_nothing_of_another_thread_is_written(moscow: Store):
    with ThreadPoolExecutor(1) as pool:
        with suppress(ZeroDivisionError), moscow.together():
            other = pool.submit(moscow.append, {PLOTS: [b"theirs"]})
            while not moscow._queue:
                time.sleep(0.001)
            moscow.append({PLOTS: [b"ours"]})
            raise ZeroDivisionError
        assert other.result() == {PLOTS: range(1)}
    assert moscow.entries(PLOTS) == [b"theirs"]
