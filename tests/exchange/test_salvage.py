"""A damaged record: set aside, what verifies taken over, the rest given back by the partners, and what is lost told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange import dsse, merkle, schema
from jointwatch.exchange.audit import audit
from jointwatch.exchange.checkpoint import Checkpoint
from jointwatch.exchange.direct import DirectLine
from jointwatch.exchange.guard import Closed
from jointwatch.exchange.keys import SigningKey
from jointwatch.exchange.log import Store
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.record import Damaged
from jointwatch.exchange.refused import Refused
from jointwatch.exchange.salvage import opened
from jointwatch.messages.encoding import decode
from jointwatch.messages.incident import Incident
from tests.exchange import two_centres as world
from tests.exchange.damage import flip, write_back
from tests.exchange.test_guard import restarted

NOTIFY = LogId("moscow", "common", "notify")
RECORD = LogId("moscow", "moscow", "record")
THEIRS = LogId("brussels", "common", "notify")


@pytest.fixture
def two(tmp_path: Path) -> Iterator[list[Any]]:
    """Both spoke; Brussels mirrored all but Moscow's last two notices."""
    centres = world.two_centres(tmp_path)
    moscow, brussels = centres
    for number in range(6):
        moscow.say("common", "notify", f"notice {number}.")
        moscow.say("moscow", "record", f"record {number}.")
        brussels.say("common", "notify", f"answer {number}.")
    world.settle(centres)
    for number in range(6, 8):
        moscow.say("common", "notify", f"notice {number}.")
    yield centres
    for centre in centres:
        centre.close()


def damaged(centre: Any, words: bytes) -> Path:
    """The centre's record after one bit turned in an entry; its process goes on and does not know."""
    write_back(centre.store)
    flip(centre.store.path, words)
    return Path(centre.store.path)


def texts(store: Store, log: LogId) -> list[str]:
    messages = [decode(dsse.parse(entry).payload) for entry in store.entries(log)]
    return [message.text for message in messages if isinstance(message, Incident)]


def test_a_bit_flip_is_found_the_record_is_read_only_and_comes_back_whole(two: list[Any], tmp_path: Path) -> None:
    moscow, brussels = two
    entries, cosigned = moscow.store.entries(NOTIFY), moscow.store.size(NOTIFY)
    moscow, guard = restarted(moscow, moscow.store.path, brussels)
    guard.ask(DirectLine(brussels.desk, "moscow"))
    path = damaged(moscow, b"notice 2.")
    with pytest.raises(Damaged, match="entry 2 of moscow/common/notify") as damage:
        audit(moscow.store, rest=lambda _: None)
    guard.damaged(damage.value.sentence)
    for audience, klass in (("common", "notify"), ("moscow", "record")):
        with pytest.raises(Closed, match="is read-only, as it is damaged: entry 2 of"):
            moscow.say(audience, klass, "not written")
    moscow, guard = restarted(moscow, path, brussels)
    assert "of moscow/common/notify do not lead to the signed root" in guard.lost[NOTIFY]
    assert moscow.store.size(NOTIFY) == 2
    assert guard.closed(NOTIFY)
    found = guard.ask(DirectLine(brussels.desk, "moscow"))
    assert [(str(came.log), came.positions) for came in found.accepted] == [(str(NOTIFY), range(2, 6))]
    assert guard.lost == {}
    assert moscow.store.entries(NOTIFY) == entries, "also what the partner had not mirrored yet"
    assert moscow.store.size(NOTIFY) == cosigned
    assert texts(moscow.store, RECORD) == [f"record {number}." for number in range(6)]
    assert texts(moscow.store, THEIRS) == [f"answer {number}." for number in range(6)]
    moscow.say("common", "notify", "goes on")
    moscow.say("moscow", "record", "goes on")
    world.settle(two)
    assert brussels.store.entries(NOTIFY) == moscow.store.entries(NOTIFY)


def test_what_nobody_else_holds_ends_where_it_was_altered_and_this_is_told(two: list[Any], tmp_path: Path) -> None:
    moscow, brussels = two
    path = damaged(moscow, b"record 3.")
    moscow, guard = restarted(moscow, path, brussels)
    assert texts(moscow.store, RECORD) == ["record 0.", "record 1.", "record 2."]
    assert RECORD in guard.lost
    moscow.say("moscow", "record", "own sensors are recorded at once")
    guard.ask(DirectLine(brussels.desk, "moscow"))
    assert moscow.store.size(NOTIFY) == 8
    assert set(guard.lost) == {RECORD}


def test_what_was_written_into_the_file_with_another_key_is_not_signed_anew(two: list[Any]) -> None:
    """Whoever can write to the file could otherwise have the centre itself sign what it never said."""
    moscow, brussels = two
    forged = [moscow.entry(Incident, RECORD, about="info", text=f"forged {number}.") for number in range(6)]
    edge, nodes = merkle.CompactRange().extend(map(merkle.leaf_hash, forged))
    body = checkpoints.signed(Checkpoint(RECORD.origin(moscow.run), 6, edge.root()), SigningKey.generate())
    number, db = moscow.store._ids[RECORD], moscow.store._db
    db.execute("DELETE FROM checkpoint WHERE log = ?", (number,))
    schema.put_checkpoint(db, number, 6, body)
    db.execute("DELETE FROM node WHERE log = ?", (number,))
    schema.put_nodes(db, number, nodes)
    for at, entry in enumerate([*forged[:5], b"altered"]):
        db.execute("UPDATE entry SET data = ? WHERE position = ?", (entry, schema.row(number, at)))
    moscow, guard = restarted(moscow, moscow.store.path, brussels)
    assert RECORD in guard.lost
    assert moscow.store.size(RECORD) == 0


def test_a_damaged_roster_keeps_even_the_internal_log_closed_until_it_is_given_back(two: list[Any]) -> None:
    moscow, brussels = two
    path = damaged(moscow, moscow.identity.public.data)
    moscow, guard = restarted(moscow, path, brussels)
    with pytest.raises(Closed, match="record waits until brussels"):
        moscow.say("moscow", "record", "too early")
    assert guard.ask(DirectLine(brussels.desk, "moscow")).refusals == ()
    assert guard.lost == {}
    assert (moscow.store.size(NOTIFY), moscow.store.size(RECORD)) == (8, 6)


def test_a_replica_that_was_altered_is_pulled_again(two: list[Any]) -> None:
    moscow, brussels = two
    path = damaged(moscow, b"answer 1.")
    moscow, _ = restarted(moscow, path, brussels)
    assert texts(moscow.store, THEIRS) == [], "its six entries had come in one frame, under one checkpoint"
    assert moscow.follow(brussels).refusals == ()
    assert texts(moscow.store, THEIRS) == [f"answer {number}." for number in range(6)]


def test_the_damaged_file_stays_as_it_was(two: list[Any], tmp_path: Path) -> None:
    moscow, brussels = two
    path = damaged(moscow, b"notice 2.")
    moscow.store.close()
    before = path.read_bytes()
    moscow, guard = restarted(moscow, path, brussels)
    guard.ask(DirectLine(brussels.desk, "moscow"))
    (aside,) = tmp_path.glob("moscow.damaged-*/moscow.db")
    assert aside.read_bytes() == before


def test_a_file_that_is_no_database_any_more_is_set_aside_and_all_comes_back(two: list[Any], tmp_path: Path) -> None:
    moscow, brussels = two
    moscow.store.close()
    moscow.store.path.write_bytes(b"no database" * 5_000)
    moscow, guard = restarted(moscow, moscow.store.path, brussels)
    assert guard.ask(DirectLine(brussels.desk, "moscow")).refusals == ()
    assert (moscow.store.size(NOTIFY), moscow.store.size(RECORD)) == (6, 0)


def test_a_sound_record_of_another_centre_or_in_use_is_not_set_aside(two: list[Any], tmp_path: Path) -> None:
    path = two[0].store.path
    with pytest.raises(Refused, match="in use"):
        opened(path, lambda: Store(path, run="rehearsal-1", owner="moscow"))
    two[0].store.close()
    with pytest.raises(Refused, match="is of owner 'moscow'"):
        opened(path, lambda: Store(path, run="rehearsal-1", owner="brussels"))
    assert not list(tmp_path.glob("*.damaged-*"))
