"""The start-up guard: whoever was started says nothing new before the partners told it what it said last."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange import equivocation, frame
from jointwatch.exchange.carrier import Answer, NotForYou, Position
from jointwatch.exchange.direct import DirectLine
from jointwatch.exchange.equivocation import Equivocation
from jointwatch.exchange.guard import Closed, Guard
from jointwatch.exchange.https.server import Client, Server
from jointwatch.exchange.keyrings import Keyrings, roster_log
from jointwatch.exchange.keys import SigningKey
from jointwatch.exchange.log import Store
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.refused import Refused
from jointwatch.exchange.salvage import opened
from jointwatch.exchange.tls import ensure_identity
from jointwatch.messages.incident import Incident
from tests.exchange import two_centres as world

NOTIFY = LogId("moscow", "common", "notify")
PLOT = LogId("moscow", "brussels", "plot")
TO_ANKARA = LogId("moscow", "ankara", "plot")
RECORD = LogId("moscow", "moscow", "record")


@pytest.fixture
def three(tmp_path: Path) -> Iterator[list[Any]]:
    """Three centres; Moscow spoke to all, to each and to itself, and all of it was mirrored."""
    centres = world.two_centres(tmp_path, ("moscow", "brussels", "ankara"))
    moscow = centres[0]
    for number in range(3):
        moscow.say("common", "notify", f"notice {number}")
        moscow.say("brussels", "plot", f"plot {number} for brussels")
        moscow.say("ankara", "plot", f"plot {number} for ankara")
        moscow.say("moscow", "record", world.SECRET)
    world.settle(centres)
    yield centres
    for centre in centres:
        centre.close()


def backup(centre: Any, folder: Path) -> Path:
    """A whole and consistent copy of a centre's record, as of now."""
    path = folder / "backup.db"
    centre.store._db.execute("VACUUM INTO ?", (str(path),))
    return path


def restarted(centre: Any, path: Path, *partners: Any) -> tuple[Any, Guard]:
    """The same centre with the same keys on another record, and its guard."""
    centre.store.close()
    found = opened(path, lambda: Store(path, run=centre.run, owner=centre.name, log_key=centre.log_key))
    centre.store = found.store
    centre.meet(*partners)
    keys = Keyrings(centre.name, centre.run, centre.mode, centre.identity.public.fingerprint)
    return centre, Guard(centre.mirror, keys, [partner.name for partner in partners], aside=found.aside)


def line(partner: Any) -> DirectLine:
    return DirectLine(partner.desk, "moscow")


def sizes(store: Store) -> dict[str, int]:
    return {str(log): store.size(log) for log in store.logs() if log.owner == "moscow"}


def test_every_log_waits_for_those_who_may_read_it_and_internal_ones_for_nobody(
    three: list[Any], tmp_path: Path
) -> None:
    moscow, brussels, ankara = three
    moscow, guard = restarted(moscow, backup(moscow, tmp_path), brussels, ankara)
    moscow.say("moscow", "record", "own radars are recorded")
    assert "waits until ankara and brussels said" in guard.closed(NOTIFY)
    with pytest.raises(Closed, match="waits until brussels said what is held of it there"):
        moscow.say("brussels", "plot", "too early")
    assert guard.ask(line(brussels)).accepted == ()
    moscow.say("brussels", "plot", "brussels holds nothing more")
    with pytest.raises(Closed, match=r"common/notify waits until ankara said"):
        moscow.say("common", "notify", "too early")
    guard.ask(line(ankara))
    moscow.say("common", "notify", "all were asked")
    world.settle(three)


def test_a_restored_backup_is_refilled_from_the_partners_before_it_goes_on(three: list[Any], tmp_path: Path) -> None:
    moscow, brussels, ankara = three
    old = backup(moscow, tmp_path)
    moscow.say("brussels", "plot", "said after the backup")
    moscow.say("common", "notify", "and this")
    world.settle(three)
    before, roots = sizes(moscow.store), {log: moscow.store.root(log) for log in moscow.store.logs()}
    moscow, guard = restarted(moscow, old, brussels, ankara)
    found = guard.ask(line(brussels))
    assert [(str(came.log), came.positions) for came in found.accepted] == [
        ("moscow/common/notify", range(3, 4)),
        ("moscow/brussels/plot", range(3, 4)),
    ]
    assert [message.text for came in found.accepted for message in came.messages] == [
        "and this",
        "said after the backup",
    ]
    guard.ask(line(ankara))
    assert sizes(moscow.store) == before
    assert {log: moscow.store.root(log) for log in roots} == roots
    cosigned = checkpoints.unverified(moscow.store.cosigned(NOTIFY, by="jointwatch/rehearsal-1/brussels")).size
    assert cosigned == 4, "its receipt came back with the entries"
    moscow.say("common", "notify", "goes on")
    world.settle(three)
    for partner in (brussels, ankara):
        assert partner.store.root(NOTIFY) == moscow.store.root(NOTIFY)
        assert not partner.mirror.frozen


def test_without_the_guard_a_restored_backup_is_an_equivocation(three: list[Any], tmp_path: Path) -> None:
    moscow, brussels, ankara = three
    old = backup(moscow, tmp_path)
    moscow.say("common", "notify", "said after the backup")
    world.settle(three)
    moscow, _ = restarted(moscow, old, brussels, ankara)
    moscow.store.may_append = lambda log: None
    moscow.say("common", "notify", "said differently")
    assert isinstance(brussels.follow(moscow).refusals[0], Equivocation)


def test_a_record_lost_as_a_whole_comes_back_but_for_what_nobody_else_holds(three: list[Any], tmp_path: Path) -> None:
    moscow, brussels, ankara = three
    before = sizes(moscow.store)
    moscow, guard = restarted(moscow, tmp_path / "new.db", brussels, ankara)
    outcome = brussels.follow(moscow)
    assert {refusal.rule for refusal in outcome.refusals} == {"no rollback"}, "the partner notices at once"
    for partner in (brussels, ankara):
        moscow.follow(partner)  # their rosters come back too, so that their receipts can be kept
        found = guard.ask(line(partner))
        assert not found.refusals
    assert guard.keys.identity == moscow.identity.public.fingerprint
    assert sizes(moscow.store) == {name: size for name, size in before.items() if name != str(RECORD)}
    cosigned = moscow.store.cosigned(NOTIFY, by="jointwatch/rehearsal-1/brussels")
    assert checkpoints.unverified(cosigned).size == 3
    moscow.say("common", "notify", "a new life")
    moscow.say("moscow", "record", "the internal log begins again")
    world.settle(three)
    assert brussels.store.entries(NOTIFY) == ankara.store.entries(NOTIFY) == moscow.store.entries(NOTIFY)


def test_a_partner_that_is_silent_keeps_closed_what_it_may_read_until_an_officer_leaves_it_out(
    three: list[Any], tmp_path: Path
) -> None:
    moscow, brussels, ankara = three
    moscow, guard = restarted(moscow, backup(moscow, tmp_path), brussels, ankara)
    silent = line(ankara)
    silent.broken = True
    assert guard.ask(silent).cut == "ankara cannot be reached: the line is cut"
    guard.ask(line(brussels))
    with pytest.raises(Closed, match="start without ankara"):
        moscow.say("common", "notify", "too early")
    moscow.say("brussels", "plot", "this is not for ankara")
    guard.without("ankara")
    moscow.say("common", "notify", "an officer answers for it")
    moscow.say("ankara", "plot", "for this too")
    assert guard.waits_for("ankara"), "it is asked as soon as it is back"
    silent.broken = False
    assert guard.ask(silent).refusals == ()
    world.settle(three)


def test_what_was_said_differently_without_asking_is_found_when_the_partner_is_back(
    three: list[Any], tmp_path: Path
) -> None:
    moscow, brussels, ankara = three
    old = backup(moscow, tmp_path)
    for number in range(2):
        moscow.say("common", "notify", f"said after the backup, {number}")
    world.settle(three)
    moscow, guard = restarted(moscow, old, brussels, ankara)
    guard.without("brussels"), guard.without("ankara")
    moscow.say("common", "notify", "said differently")
    found = guard.ask(line(brussels))
    assert [type(refusal) for refusal in found.refusals] == [Equivocation]
    (path,) = tmp_path.glob("moscow-evidence/*.json")
    equivocation.check(equivocation.read(path), [moscow.log_key.public])
    assert "two histories under our own signature" in guard.closed(NOTIFY)
    with pytest.raises(Closed, match="two histories"):
        moscow.say("common", "notify", "never again")
    assert guard.ask(line(brussels)).refusals == ()
    moscow.say("brussels", "plot", "other logs go on")
    _, again = restarted(moscow, old, brussels, ankara)
    assert again.frozen == {NOTIFY}, "a restart does not forget"


def test_a_partner_that_is_itself_behind_opens_the_log(three: list[Any], tmp_path: Path) -> None:
    moscow, brussels, ankara = three
    moscow.say("common", "notify", "not mirrored yet")
    moscow, guard = restarted(moscow, backup(moscow, tmp_path), brussels, ankara)
    for partner in (brussels, ankara):
        assert guard.ask(line(partner)).refusals == ()
    moscow.say("common", "notify", "goes on")
    world.settle(three)


def forged(data: bytes) -> bytes:
    """The frame with another key's signature beneath."""
    came = frame.decode(data)
    note = checkpoints.signed(checkpoints.unverified(came.checkpoint), SigningKey.generate())
    return frame.encode(frame.Frame(came.log, came.start, came.entries, note))


def of_brussels(data: bytes) -> bytes:
    came = frame.decode(data)
    return frame.encode(frame.Frame(LogId("brussels", "common", "notify"), came.start, came.entries, came.checkpoint))


def internal(data: bytes) -> bytes:
    came = frame.decode(data)
    return frame.encode(frame.Frame(RECORD, came.start, came.entries, came.checkpoint))


ATTACKS: dict[str, Callable[[bytes], bytes]] = {
    "another key's signature": forged,
    "another centre's log": of_brussels,
    "a log it may not read": internal,
    "a byte altered": lambda data: data[:-1] + bytes([data[-1] ^ 1]),
    "noise": lambda data: data[4:],
}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_what_was_not_signed_by_ourselves_is_not_taken_back_and_opens_nothing(
    three: list[Any], tmp_path: Path, attack: Callable[[bytes], bytes]
) -> None:
    moscow, brussels, _ = three
    old = backup(moscow, tmp_path)
    moscow.say("brussels", "plot", "said after the backup")
    world.settle(three)
    moscow, guard = restarted(moscow, old, brussels)

    class Dishonest:
        peer = "brussels"

        def give_back(self, positions: Any) -> Answer:
            answer = line(brussels).give_back(positions)
            return Answer(answer.v, [attack(data) for data in answer.frames], answer.conflicts, answer.more)

    before = sizes(moscow.store)
    assert len(guard.ask(Dishonest()).refusals) == 1
    assert sizes(moscow.store) == before
    assert guard.closed(PLOT)
    assert guard.ask(line(brussels)).refusals == ()
    assert not guard.closed(PLOT)


def test_a_replica_is_given_back_to_its_owner_alone(three: list[Any]) -> None:
    brussels = three[1]
    brussels.say("ankara", "plot", "for ankara alone")
    logs = {str(frame.decode(data).log) for data in brussels.desk.give_back("moscow", {}).frames}
    assert logs == {"moscow/common/roster", "moscow/common/notify", "moscow/brussels/plot"}
    assert brussels.desk.give_back("london", {}).frames == []
    near = Position(1, bytes(32))
    assert brussels.desk.give_back("moscow", {str(TO_ANKARA): near}).conflicts == {str(TO_ANKARA): b""}
    for name in ("ankara/common/notify", "brussels/common/notify", str(RECORD)):
        with pytest.raises(NotForYou):
            brussels.desk.give_back("moscow", {name: near})


def test_a_lost_record_of_many_frames_comes_back_over_https(tmp_path: Path) -> None:
    moscow, brussels = world.two_centres(tmp_path)
    log = moscow.log("brussels", "plot")
    texts = [f"{number} " + "x" * 1_800 for number in range(3_000)]
    entries = [moscow.entry(Incident, log, about="info", text=text) for text in texts]
    for start in range(0, len(entries), 700):
        moscow.store.append({log: entries[start : start + 700]})
    while brussels.follow(moscow).more:
        pass
    own = {centre.name: ensure_identity(tmp_path / f"{centre.name}-line", centre.name) for centre in (moscow, brussels)}
    moscow, guard = restarted(moscow, tmp_path / "new.db", brussels)
    pin = {"moscow": own["moscow"].authority_pem()}
    with (
        Server(brussels.desk, own["brussels"], pin) as door,
        Client(
            own["moscow"], "brussels", own["brussels"].authority_pem(), host="127.0.0.1", port=door.port, timeout_s=60
        ) as there,
    ):
        found = guard.ask(there)
    assert found.refusals == ()
    assert len(found.accepted) > 2
    assert moscow.store.entries(log) == entries
    assert moscow.store.root(log) == brussels.store.root(log)
    with pytest.raises(Refused, match="only own logs are refilled"):
        moscow.store.refill(brussels.store.frame(roster_log("brussels"), 0))
    for centre in (moscow, brussels):
        centre.close()
