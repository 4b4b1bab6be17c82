"""Who says which keys speak for a centre: officers together, handed over, and where a key begins and ends to hold."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange import dsse
from jointwatch.exchange.checkpoint import Checkpoint
from jointwatch.exchange.keyrings import Keyrings, Unverified, roster_log
from jointwatch.exchange.keys import SigningKey
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.refused import Refused
from jointwatch.messages.encoding import PAYLOAD_TYPE, Message, encode
from jointwatch.messages.incident import Incident
from jointwatch.messages.key_bounds import KeyBounds, LogPlace
from jointwatch.messages.party_root import Officer, PartyRoot
from jointwatch.messages.roster import Roster, RosterKey
from tests.exchange import two_centres as world
from tests.exchange.second import keys as second
from tests.exchange.second import notes
from tests.exchange.second.wrong import Wrong

T = 1_800_000_000_000_000_000
ROSTER, LOG = roster_log("moscow"), LogId("moscow", "brussels", "plot")


def key(name: str) -> SigningKey:
    return SigningKey(hashlib.sha256(name.encode()).digest())


def header(log: LogId, number: int) -> dict[str, Any]:
    at = T + number * 10**9
    return {
        "mode": "exercise",
        "run": "run-1",
        "origin": "moscow",
        "log": str(log),
        "logged_tai_ns": at,
        "id": f"{log.klass}-{number}",
    }


def signed(message: Message, *by: str) -> bytes:
    return dsse.sign(PAYLOAD_TYPE, encode(message), [key(name) for name in by]).encode()


def root(number: int, *officers: str, by: Sequence[str], threshold: int = 2, identity: str = "identity") -> bytes:
    named = tuple(Officer(name=name, public_key=key(name).public.data) for name in officers)
    said = PartyRoot(
        **header(ROSTER, number),
        number=number,
        identity=key(identity).public.data,
        threshold=threshold,
        officers=named,
    )
    return signed(said, *by)


def roster(number: int, by: Sequence[str], *, at: int = 10, suffix: str = "", identity: str = "identity") -> bytes:
    named = [(p, key(p + suffix).public.data) for p in ("log", "cosign", "desk")]
    keys = tuple(RosterKey(name=p, purpose=p, public_key=data, valid_from_tai_ns=T) for p, data in named)
    said = Roster(**header(ROSTER, at), number=number, identity=key(identity).public.data, keys=keys)
    return signed(said, *by, *(p + suffix for p in ("log", "cosign", "desk")))


def bounds(of: str, *, by: Sequence[str], at: int = 40, **said: Any) -> bytes:
    return signed(KeyBounds(**header(ROSTER, at), public_key=key(of).public.data, reason="stolen", **said), *by)


def both(*entries: bytes, pinned: str = "identity") -> tuple[Keyrings, second.Keys]:
    """What both verifiers know after these entries of the roster log."""
    fingerprint = key(pinned).public.fingerprint
    ours = Keyrings("moscow", "run-1", "exercise", fingerprint)
    theirs = second.Keys("moscow", "run-1", "exercise", fingerprint)
    for entry in entries:
        ours = ours.learn(entry)
        theirs.learn(entry)
    return ours, theirs


def refused(entry: bytes, ours: Keyrings, theirs: second.Keys, match: str) -> None:
    with pytest.raises(Refused, match=match):
        ours.learn(entry)
    with pytest.raises(Wrong):
        theirs.learn(entry)


OFFICERS = ("a", "b", "c")
FIRST = root(1, *OFFICERS, by=("identity", "a", "b"))


def test_two_of_three_officers_sign_in_place_of_the_identity() -> None:
    for two in (("a", "b"), ("a", "c"), ("c", "b")):
        ours, _ = both(FIRST, roster(1, two))
        assert ours.identity == key("identity").public.fingerprint


@pytest.mark.parametrize("by", [("a",), ("identity",), ("identity", "a"), ("x", "y"), ("a", "x")])
def test_fewer_than_two_officers_are_refused_whoever_else_signs(by: tuple[str, ...]) -> None:
    refused(roster(1, by), *both(FIRST), match="officers signed|known keys signed")


@pytest.mark.parametrize("by", [("a", "b"), ("identity", "a"), ("identity",), ("stranger", "a", "b")])
def test_the_first_root_needs_the_identity_and_enough_of_its_officers(by: tuple[str, ...]) -> None:
    refused(root(1, *OFFICERS, by=by), *both(), match="officers signed|known keys signed")


def test_a_first_root_under_another_identity_is_refused() -> None:
    entry = root(1, *OFFICERS, by=("other", "a", "b"), identity="other")
    refused(entry, *both(), match="is pinned")


def test_a_roster_that_names_another_identity_than_the_root_is_refused() -> None:
    refused(roster(1, ("a", "b"), identity="other"), *both(FIRST), match="so far it was")


def test_a_root_is_handed_over_by_the_old_and_the_new_officers() -> None:
    second_root = root(2, "c", "d", "e", by=("a", "b", "d", "e"))
    ours, theirs = both(FIRST, roster(1, ("a", "b")), second_root)
    refused(roster(2, ("a", "b"), at=20), ours, theirs, match="known keys signed")
    both(FIRST, roster(1, ("a", "b")), second_root, roster(2, ("d", "c"), at=20))


@pytest.mark.parametrize("by", [("a", "b"), ("d", "e"), ("a", "d", "e"), ("a", "b", "d"), ("identity", "d", "e")])
def test_a_root_that_either_side_did_not_sign_enough_is_refused(by: tuple[str, ...]) -> None:
    refused(root(2, "d", "e", "f", by=by), *both(FIRST), match="officers signed|known keys signed")


def test_an_officer_of_both_roots_counts_on_both_sides() -> None:
    both(FIRST, root(2, "b", "c", "d", by=("b", "c")))


@pytest.mark.parametrize("number", [1, 3])
def test_roots_are_numbered_without_a_gap(number: int) -> None:
    refused(root(number, *OFFICERS, by=("identity", "a", "b")), *both(FIRST), match="2 is next")


@pytest.mark.parametrize(("officers", "threshold"), [(("a", "a"), 2), (("a", "b"), 3), (("a", "identity"), 2)])
def test_a_root_that_cannot_be_is_no_message(officers: tuple[str, ...], threshold: int) -> None:
    named = tuple(Officer(name="one", public_key=key(name).public.data) for name in officers)
    with pytest.raises(ValueError, match=r"twice|cannot sign"):
        PartyRoot(
            **header(ROSTER, 1), number=1, identity=key("identity").public.data, threshold=threshold, officers=named
        )


def entry(number: int, *by: str) -> bytes:
    return signed(Incident(**header(LOG, number), about="info", text="said"), *by)


def check_usable(ours: Keyrings, theirs: second.Keys, at: int, data: bytes, *, usable: bool, log: LogId = LOG) -> None:
    assert theirs.usable(data, str(log), at) is usable
    theirs.open(data, str(log))
    if usable:
        ours.open_entry(data, log, at)
    else:
        with pytest.raises(Unverified, match="stolen"):
            ours.open_entry(data, log, at)


def test_from_its_end_on_a_key_signs_nothing_that_may_be_used() -> None:
    end = bounds("desk", by=("a", "b"), until=(LogPlace(log=str(LOG), index=5),), compromised=True)
    ours, theirs = both(FIRST, roster(1, ("a", "b")), end)
    for at in range(8):
        check_usable(ours, theirs, at, entry(30, "desk"), usable=at < 5)


def test_in_a_log_that_is_not_named_a_key_that_ended_does_not_hold_at_all() -> None:
    end = bounds("desk", by=("a", "b"), until=(LogPlace(log="moscow/common/notify", index=5),))
    check_usable(*both(FIRST, roster(1, ("a", "b")), end), 0, entry(30, "desk"), usable=False)


def test_a_key_holds_only_from_its_beginning_on() -> None:
    begin = bounds("desk", by=("a", "b"), since=(LogPlace(log=str(LOG), index=3),))
    ours, theirs = both(FIRST, roster(1, ("a", "b")), begin)
    for at in range(6):
        check_usable(ours, theirs, at, entry(30, "desk"), usable=at >= 3)


@pytest.mark.parametrize(("side", "beyond"), [("since", True), ("until", False)])
def test_a_place_in_a_shard_lies_behind_earlier_shards_and_before_later_ones(side: str, beyond: bool) -> None:
    place = LogPlace(log="moscow/brussels/plot/2026-11", index=3)
    said = bounds("desk", by=("a", "b"), **{side: (place,)})
    ours, theirs = both(FIRST, roster(1, ("a", "b")), said)
    for month, index, holds in (
        ("2026-10", 0, not beyond),
        ("2026-10", 9, not beyond),
        ("2026-11", 2, not beyond),
        ("2026-11", 3, beyond),
        ("2026-12", 0, beyond),
    ):
        log = f"moscow/brussels/plot/{month}"
        assert ours.holds(key("desk").public.data, log, index) == holds, (month, index)
        assert theirs.holds(key("desk").public.data, log, index) == holds, (month, index)


def test_bounds_only_ever_narrow() -> None:
    until = [bounds("desk", by=("a", "b"), at=40 + n, until=(LogPlace(log=str(LOG), index=n),)) for n in (3, 7)]
    ours, theirs = both(FIRST, roster(1, ("a", "b")), *until)
    check_usable(ours, theirs, 3, entry(30, "desk"), usable=False)


@pytest.mark.parametrize("by", [("a",), ("identity",), ("desk",)])
def test_bounds_are_said_by_two_officers(by: tuple[str, ...]) -> None:
    said = bounds("desk", by=by, until=())
    refused(said, *both(FIRST, roster(1, ("a", "b"))), match="officers signed|known keys signed")


def test_without_a_root_the_identity_says_bounds() -> None:
    ours, theirs = both(roster(1, ("identity",)), bounds("desk", by=("identity",), until=()))
    check_usable(ours, theirs, 0, entry(30, "desk"), usable=False)


def checkpoint(size: int, by: str) -> bytes:
    return checkpoints.signed(Checkpoint(LOG.origin("run-1"), size, bytes(32)), key(by))


def accepted(ours: Keyrings, theirs: second.Keys, body: bytes, number: int) -> bool:
    """Whether both verifiers accept a log's checkpoint whose last entry is the `number`-th."""
    found, at, origin = notes.checkpoint(body), T + number * 10**9, LOG.origin("run-1")

    def theirs_do() -> bool:
        try:
            signer, _ = theirs.signer("log", at, lambda one: notes.by(found, origin, notes.LOG, one))
            notes.check_log_signature(found, origin, signer)
            return theirs.holds(signer, str(LOG), max(found.size - 1, 0))
        except Wrong:
            return False

    try:
        ours.open_checkpoint(body, LOG, at)
    except Refused:
        assert not theirs_do()
        return False
    assert theirs_do()
    return True


def test_a_later_log_key_may_sign_in_place_of_an_earlier_one_but_not_the_other_way_round() -> None:
    known = both(FIRST, roster(1, ("a", "b")), roster(2, ("a", "b"), at=20, suffix="2"))
    assert accepted(*known, checkpoint(7, "log"), 15)
    assert accepted(*known, checkpoint(7, "log2"), 15)
    assert accepted(*known, checkpoint(7, "log2"), 25)
    assert not accepted(*known, checkpoint(7, "log"), 25)
    assert not accepted(*known, checkpoint(7, "desk2"), 25)


def test_a_log_key_that_was_compromised_signs_no_checkpoint_beyond_its_end() -> None:
    end = bounds("log", by=("a", "b"), until=(LogPlace(log=str(LOG), index=5),), compromised=True)
    known = both(FIRST, roster(1, ("a", "b")), roster(2, ("a", "b"), at=20, suffix="2"), end)
    assert [size for size in range(9) if accepted(*known, checkpoint(size, "log"), 15)] == [0, 1, 2, 3, 4, 5]
    assert accepted(*known, checkpoint(8, "log2"), 15)


def test_what_a_stolen_key_signed_is_mirrored_and_marked_but_not_handed_on(tmp_path: Path) -> None:
    moscow, brussels = world.two_centres(tmp_path)
    log, sensor = moscow.log("brussels", "plot"), moscow.desk_key
    moscow.store.append({log: [moscow.entry(Incident, log, about="info", text=str(n)) for n in range(4)]})
    end = moscow.message(
        KeyBounds,
        roster_log("moscow"),
        public_key=sensor.public.data,
        until=(LogPlace(log=str(log), index=2),),
        compromised=True,
        reason="stolen",
    )
    sentence = dsse.sign(PAYLOAD_TYPE, encode(end), [moscow.identity]).encode()
    moscow.store.append({roster_log("moscow"): [sentence]})
    found = {came.log: came for came in brussels.follow(moscow).accepted}[log]
    assert [message and message.text for message in found.messages] == ["0", "1", None, None]
    assert set(found.unverified) == {2, 3}
    assert brussels.store.size(log) == 4
    for centre in (moscow, brussels):
        centre.close()


def test_an_answer_never_carries_what_a_key_signed_that_the_rosters_in_it_do_not_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key changes between the reading of the roster log and that of the next log."""
    moscow, brussels = world.two_centres(tmp_path)
    moscow.say("brussels", "notify", "before")
    old, read = moscow.log_key, moscow.store.frame
    changed: list[LogId] = []

    def frame(log: LogId, *asked: Any, **more: Any) -> Any:
        if log.klass == "notify" and not changed:
            changed.append(log)
            moscow.log_key = moscow.store._key = SigningKey.generate()
            moscow.store.append({roster_log("moscow"): [moscow.roster_entry(number=2)]})
            moscow.say("brussels", "notify", "after")
        return read(log, *asked, **more)

    monkeypatch.setattr(moscow.store, "frame", frame)
    found = brussels.follow(moscow)
    assert changed
    assert moscow.log_key is not old
    assert not found.refusals
    assert brussels.store.size(changed[0]) == 2
    for centre in (moscow, brussels):
        centre.close()


def test_a_roster_log_is_short_and_says_nothing_twice() -> None:
    """All of it is held ready: a partner that went on for ever would have the other never come up again."""
    ours, theirs = both(FIRST, roster(1, ("a", "b")))
    for number in range(1_022):
        entry = bounds("stranger", by=("a", "b"), at=100 + number)
        ours = ours.learn(entry)
        theirs.learn(entry)
        if not number:
            refused(entry, ours, theirs, match="stands twice")
    refused(bounds("stranger", by=("a", "b"), at=9_999), ours, theirs, match="has 1024 entries")
