"""The mirror: each attack on a replica is refused by the rule it breaks, and nothing of it becomes visible."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange import dsse, equivocation, frame, merkle
from jointwatch.exchange.carrier import NotForYou, Position
from jointwatch.exchange.direct import DirectLine
from jointwatch.exchange.equivocation import Equivocation
from jointwatch.exchange.frame import Frame
from jointwatch.exchange.keyrings import roster_log
from jointwatch.exchange.keys import SigningKey
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.refused import Refused
from jointwatch.messages.encoding import PAYLOAD_TYPE, encode
from jointwatch.messages.heartbeat import Heartbeat
from jointwatch.messages.incident import Incident
from jointwatch.messages.plot_report import PlotReport, Site
from jointwatch.messages.roster import Roster, RosterKey
from tests.exchange import two_centres as world

NOTIFY = LogId("moscow", "common", "notify")
PLOT = LogId("moscow", "brussels", "plot")


@pytest.fixture
def centres(tmp_path: Path) -> Iterator[tuple[Any, Any]]:
    """Moscow has said five things in common; Brussels has mirrored three of them."""
    moscow, brussels = world.two_centres(tmp_path)
    for number in range(3):
        moscow.say("common", "notify", f"notice {number}")
    world.settle([moscow, brussels])
    for number in range(3, 5):
        moscow.say("common", "notify", f"notice {number}")
    yield moscow, brussels
    for centre in (moscow, brussels):
        centre.close()


def sent(centre: Any, log: LogId = NOTIFY, start: int = 3, **limits: int) -> Frame:
    found: Frame = centre.store.frame(log, start, **limits)
    return found


def signed_frame(centre: Any, entries: list[bytes], *, start: int = 3, log: LogId = NOTIFY) -> Frame:
    """A frame of any entries, with a checkpoint that the centre's own log key signs over them and what it had said."""
    before = centre.store.entries(log, 0, start)
    edge, _ = merkle.CompactRange().extend(merkle.leaf_hash(entry) for entry in [*before, *entries])
    note = checkpoints.signed(checkpoints.Checkpoint(log.origin(centre.run), edge.size, edge.root()), centre.log_key)
    return Frame(log, start, tuple(entries), note)


def refused(brussels: Any, came: Frame | bytes, rule: str) -> str:
    """The sentence with which a frame is refused; nothing that is held may have changed."""
    before = {log: (brussels.store.size(log), brussels.store.root(log)) for log in brussels.store.logs()}
    receipts = brussels.mirror.receipts("moscow")
    with pytest.raises(Refused) as refusal:
        brussels.mirror.accept(came if isinstance(came, bytes) else frame.encode(came))
    assert rule in refusal.value.rule
    assert {log: (brussels.store.size(log), brussels.store.root(log)) for log in brussels.store.logs()} == before
    assert brussels.mirror.receipts("moscow") == receipts
    return refusal.value.sentence


# What is taken


def test_what_verifies_is_stored_cosigned_and_handed_over(centres: tuple[Any, Any]) -> None:
    moscow, brussels = centres
    outcome = brussels.follow(moscow)
    (accepted,) = outcome.accepted
    assert (accepted.log, accepted.positions) == (NOTIFY, range(3, 5))
    assert [message.text for message in accepted.messages] == ["notice 3", "notice 4"]
    assert brussels.store.root(NOTIFY) == moscow.store.root(NOTIFY)
    cosigned = moscow.store.cosigned(NOTIFY)
    assert checkpoints.unverified(cosigned).size == 5
    assert checkpoints.cosigned_at(cosigned, moscow.mirror.keys("brussels").cosigner(moscow.clock_tai_ns)) == (
        world.POSIX_S
    )


def test_the_same_frame_twice_changes_nothing(centres: tuple[Any, Any]) -> None:
    moscow, brussels = centres
    data = frame.encode(sent(moscow))
    assert len(brussels.mirror.accept(data).messages) == 2
    before = brussels.store.checkpoint(NOTIFY)
    again = brussels.mirror.accept(data)
    assert (again.positions, again.messages) == (range(5, 5), ())
    assert brussels.store.checkpoint(NOTIFY) == before


def test_a_frame_that_overlaps_brings_only_what_is_new(centres: tuple[Any, Any]) -> None:
    moscow, brussels = centres
    accepted = brussels.mirror.accept(frame.encode(sent(moscow, start=1)))
    assert accepted.positions == range(3, 5)
    assert [message.text for message in accepted.messages] == ["notice 3", "notice 4"]


@settings(max_examples=8)
@given(cuts=st.lists(st.integers(1, 4), max_size=6))
def test_however_the_entries_are_cut_into_frames_the_replica_is_the_same(
    cuts: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    moscow, brussels = world.two_centres(tmp_path_factory.mktemp("cuts"))
    for number in range(7):
        moscow.say("common", "notify", f"notice {number}")
    brussels.mirror.accept(frame.encode(sent(moscow, roster_log("moscow"), 0)))
    at = 0
    for cut in [*cuts, 7]:
        accepted = brussels.mirror.accept(frame.encode(sent(moscow, start=at, max_n=cut)))
        at = accepted.positions.stop
    assert brussels.store.entries(NOTIFY) == moscow.store.entries(NOTIFY)
    assert brussels.store.root(NOTIFY) == moscow.store.root(NOTIFY)
    moscow.close(), brussels.close()


def test_a_restart_goes_on_where_it_stood_and_hands_receipts_in_again(centres: tuple[Any, Any]) -> None:
    moscow, brussels = centres
    brussels.meet(moscow)  # a new mirror over the same record
    assert brussels.mirror.positions("moscow")[str(NOTIFY)].size == 3
    assert str(NOTIFY) in brussels.mirror.receipts("moscow")
    assert [str(found.log) for found in brussels.follow(moscow).accepted] == ["moscow/common/notify"]


def test_a_line_that_breaks_before_the_receipts_loses_nothing(centres: tuple[Any, Any]) -> None:
    moscow, brussels = centres
    line = DirectLine(moscow.desk, "brussels")

    class BreaksHalfway:
        peer = "moscow"
        pull = staticmethod(line.pull)

        def cosign(self, notes: Any) -> None:
            line.broken = True
            line.cosign(notes)

    outcome = world.follow(BreaksHalfway(), brussels.mirror)
    assert outcome.cut == "moscow cannot be reached: the line is cut"
    assert outcome.accepted[0].positions == range(3, 5)
    assert world.follow(line, brussels.mirror).cut == outcome.cut
    line.broken = False
    assert world.follow(line, brussels.mirror).cut == ""
    assert checkpoints.unverified(moscow.store.cosigned(NOTIFY)).size == 5


# What is refused


def test_a_gap_is_refused_and_names_what_is_missing(centres: tuple[Any, Any]) -> None:
    moscow, brussels = centres
    sentence = refused(brussels, sent(moscow, start=4), "next position")
    assert "held up to 3; the frame begins at 4" in sentence


def test_an_omitted_entry_is_refused(centres: tuple[Any, Any]) -> None:
    moscow, brussels = centres
    whole = sent(moscow)
    refused(brussels, replace(whole, entries=whole.entries[1:]), "next position")
    moscow.say("common", "notify", "notice 5")
    longer = sent(moscow)
    swapped = (longer.entries[0], longer.entries[0], longer.entries[2])
    refused(brussels, replace(longer, entries=swapped), "tree hash")


def test_reordered_entries_are_refused(centres: tuple[Any, Any]) -> None:
    moscow, brussels = centres
    whole = sent(moscow)
    refused(brussels, replace(whole, entries=whole.entries[::-1]), "tree hash")


def test_a_partner_cannot_begin_logs_without_end(centres: tuple[Any, Any]) -> None:
    moscow, brussels = centres
    for number in range(254):  # beside its rosters and notices
        moscow.say("common", f"class-{number}", "one more")
    world.settle([moscow, brussels])
    moscow.say("common", "class-254", "one too many")
    extra = LogId("moscow", "common", "class-254")
    assert "moscow has 256 logs here" in refused(brussels, sent(moscow, extra, 0), "at most 256 logs")
    moscow.say("common", "class-7", "those that are there go on")
    assert brussels.mirror.accept(frame.encode(sent(moscow, LogId("moscow", "common", "class-7"), 1))).messages


def test_frames_of_another_log_are_refused(centres: tuple[Any, Any]) -> None:
    moscow, brussels = centres
    moscow.say("brussels", "plot", "a plot")
    other = sent(moscow, PLOT, 0)
    assert "is of the log" in refused(brussels, replace(other, log=NOTIFY, start=4), "tlog-checkpoint")
    relabelled = LogId("moscow", "common", "plot")
    refused(brussels, replace(other, log=relabelled), "tlog-checkpoint")


def test_an_entry_of_another_log_is_refused_although_its_own_centre_put_it_there(centres: tuple[Any, Any]) -> None:
    moscow, brussels = centres
    entry = moscow.entry(Incident, PLOT, about="info", text="meant for another log")
    assert "entry 3" in refused(brussels, signed_frame(moscow, [entry]), "header")


def test_frames_for_another_audience_are_refused(centres: tuple[Any, Any]) -> None:
    moscow, brussels = centres
    for audience in ("ankara", "moscow"):
        moscow.say(audience, "plot", "not for brussels")
        refused(brussels, sent(moscow, LogId("moscow", audience, "plot"), 0), "audience")


def test_frames_of_a_centre_that_is_not_pinned_are_refused(centres: tuple[Any, Any], tmp_path: Path) -> None:
    _, brussels = centres
    ankara = world.Centre(tmp_path, "ankara")
    ankara.begin()
    assert "ankara is no partner" in refused(brussels, sent(ankara, roster_log("ankara"), 0), "pinned")
    ankara.close()


def test_another_run_and_another_mode_are_refused(centres: tuple[Any, Any]) -> None:
    moscow, brussels = centres
    for field, value in (("run", "other-run"), ("mode", "operational"), ("origin", "brussels")):
        entry = moscow.entry(Heartbeat, NOTIFY, number=1, **{field: value})
        assert value in refused(brussels, signed_frame(moscow, [entry]), "header")


def test_an_exercise_mirror_refuses_an_operational_roster(tmp_path: Path) -> None:
    moscow = world.Centre(tmp_path, "moscow", mode="operational")
    brussels = world.Centre(tmp_path, "brussels")
    brussels.meet(moscow)
    moscow.begin()
    assert "operational" in refused(brussels, sent(moscow, roster_log("moscow"), 0), "header")
    moscow.close(), brussels.close()


def test_a_forged_entry_is_refused(centres: tuple[Any, Any]) -> None:
    moscow, brussels = centres
    stranger = SigningKey.generate()
    forged = moscow.entry(Heartbeat, NOTIFY, number=1, by=stranger)
    refused(brussels, signed_frame(moscow, [forged]), "DSSE")
    for key in (moscow.log_key, moscow.cosign_key, moscow.identity):  # its own centre's, but not for messages
        refused(brussels, signed_frame(moscow, [moscow.entry(Heartbeat, NOTIFY, number=1, by=key)]), "DSSE")


def test_a_sensors_key_speaks_for_its_own_plots_alone(centres: tuple[Any, Any]) -> None:
    moscow, brussels = centres
    log = LogId("moscow", "brussels", "plot")
    site = Site(name="Armavir", latitude_rad=0.78, longitude_rad=0.71, height_m=150.0)
    scan = dict.fromkeys(
        ("range_m", "azimuth_rad", "elevation_rad", "sigma_range_m", "sigma_azimuth_rad", "sigma_elevation_rad"), ()
    )
    plots = {"site": site, "time_tai_ns": world.START_TAI_NS, **scan}
    wrong = moscow.entry(PlotReport, log, by=moscow.sensor_key, sensor="gabala", **plots)
    refused(brussels, signed_frame(moscow, [wrong], start=0, log=log), "DSSE")
    notice = moscow.entry(Incident, log, by=moscow.sensor_key, about="info", text="a radar does not speak")
    refused(brussels, signed_frame(moscow, [notice], start=0, log=log), "DSSE")
    right = moscow.entry(PlotReport, log, by=moscow.sensor_key, sensor="armavir", **plots)
    assert brussels.mirror.accept(frame.encode(signed_frame(moscow, [right], start=0, log=log))).messages


def test_a_checkpoint_by_a_strangers_key_is_refused(centres: tuple[Any, Any]) -> None:
    moscow, brussels = centres
    whole = sent(moscow)
    claimed = checkpoints.unverified(whole.checkpoint)
    for key in (SigningKey.generate(), moscow.desk_key, brussels.log_key):
        refused(brussels, replace(whole, checkpoint=checkpoints.signed(claimed, key)), "signed-note")


def test_an_altered_checkpoint_is_refused(centres: tuple[Any, Any]) -> None:
    moscow, brussels = centres
    whole = sent(moscow)
    text = whole.checkpoint.replace(b"\n5\n", b"\n6\n", 1)
    refused(brussels, replace(whole, checkpoint=text), "Ed25519")


def test_strangers_lines_beneath_a_checkpoint_are_not_kept(centres: tuple[Any, Any]) -> None:
    moscow, brussels = centres
    whole = sent(moscow)
    line = checkpoints.cosign(whole.checkpoint, "jointwatch/rehearsal-1/ankara", SigningKey.generate(), 1)
    brussels.mirror.accept(frame.encode(replace(whole, checkpoint=checkpoints.with_signature(whole.checkpoint, line))))
    assert b"ankara" not in brussels.store.checkpoint(NOTIFY)


def test_an_entry_that_is_no_message_is_refused_even_under_a_good_signature(centres: tuple[Any, Any]) -> None:
    moscow, brussels = centres
    valid = encode(moscow.message(Heartbeat, NOTIFY, number=1))
    for payload_type, payload in ((PAYLOAD_TYPE, b"\x80"), (PAYLOAD_TYPE, valid + b"\0"), ("text/plain", valid)):
        entry = dsse.sign(payload_type, payload, [moscow.desk_key]).encode()
        refused(brussels, signed_frame(moscow, [entry]), "")


def test_nothing_is_taken_before_the_roster(tmp_path: Path) -> None:
    moscow, brussels = world.two_centres(tmp_path)
    moscow.say("common", "notify", "too early")
    assert "roster comes before" in refused(brussels, sent(moscow, start=0), "roster")
    moscow.close(), brussels.close()


def test_a_roster_of_another_identity_is_refused(tmp_path: Path) -> None:
    moscow, brussels = world.two_centres(tmp_path)
    forged = signed_frame(moscow, [moscow.roster_entry(by=SigningKey.generate())], start=0, log=roster_log("moscow"))
    assert "is pinned" in refused(brussels, forged, "roster")
    moscow.close(), brussels.close()


def test_a_new_roster_must_be_the_next_and_of_the_same_identity(centres: tuple[Any, Any]) -> None:
    moscow, brussels = centres
    log = roster_log("moscow")
    skipped = signed_frame(moscow, [moscow.roster_entry(number=3)], start=1, log=log)
    assert "2 is next" in refused(brussels, skipped, "roster")
    moscow.desk_key = SigningKey.generate()
    moscow.store.append({log: [moscow.roster_entry(number=2)]})
    moscow.say("common", "notify", "under the new desk key")
    outcome = brussels.follow(moscow)
    assert not outcome.refusals
    assert brussels.store.size(NOTIFY) == 6
    assert len(brussels.mirror.keys("moscow").rings) == 2


def test_a_roster_outside_its_log_and_anything_else_within_it_are_refused(centres: tuple[Any, Any]) -> None:
    moscow, brussels = centres
    heartbeat = moscow.entry(Heartbeat, roster_log("moscow"), number=1)
    refused(brussels, signed_frame(moscow, [heartbeat], start=1, log=roster_log("moscow")), "roster")
    key = RosterKey(name="desk", purpose="desk", public_key=bytes(32), valid_from_tai_ns=0)
    stray = moscow.message(Roster, NOTIFY, number=2, identity=moscow.identity.public.data, keys=(key,))
    entry = dsse.sign(PAYLOAD_TYPE, encode(stray), [moscow.identity]).encode()
    refused(brussels, signed_frame(moscow, [entry]), "roster")


@given(data=st.binary(max_size=400))
@settings(max_examples=200)
def test_no_bytes_whatever_do_more_than_be_refused(data: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    if "noise" not in _kept:
        _kept["noise"] = world.two_centres(tmp_path_factory.mktemp("noise"))
    _, brussels = _kept["noise"]
    with pytest.raises(Refused):
        brussels.mirror.accept(data)
    with pytest.raises(Refused):
        brussels.mirror.accept(b"JWF1" + data)


_kept: dict[str, Any] = {}


def test_one_flipped_bit_anywhere_in_a_frame_is_refused_or_without_effect(centres: tuple[Any, Any]) -> None:
    moscow, brussels = centres
    data = frame.encode(sent(moscow))
    for at in range(0, len(data), 7):
        altered = bytearray(data)
        altered[at] ^= 1 << (at % 8)
        with pytest.raises(Refused):
            brussels.mirror.accept(bytes(altered))
    assert brussels.store.size(NOTIFY) == 3
    assert len(brussels.mirror.accept(data).messages) == 2


# Two histories


def test_a_split_view_of_what_is_held_leaves_evidence_and_freezes_that_log_alone(
    centres: tuple[Any, Any], tmp_path: Path
) -> None:
    moscow, brussels = centres
    other = [moscow.entry(Heartbeat, NOTIFY, number=9)]
    twin = signed_frame(moscow, other, start=2)  # entry 2 in another wording, under a good signature
    with pytest.raises(Equivocation) as caught:
        brussels.mirror.accept(frame.encode(twin))
    check_evidence(moscow, caught.value, tmp_path)
    assert "frozen" in refused(brussels, sent(moscow), "one history")
    moscow.say("brussels", "plot", "other logs go on")
    outcome = brussels.follow(moscow)
    assert [str(found.log) for found in outcome.accepted] == ["moscow/brussels/plot"]
    brussels.meet(moscow)
    assert NOTIFY in brussels.mirror.frozen, "a restart does not forget"


def check_evidence(moscow: Any, caught: Equivocation, tmp_path: Path) -> None:
    """The file alone, with the public log key, proves it to anyone; with another key it proves nothing."""
    (path,) = (tmp_path / "brussels-evidence").glob("*.json")
    found = equivocation.read(path)
    assert found == caught.evidence
    equivocation.check(found, [moscow.log_key.public])
    with pytest.raises(Refused):
        equivocation.check(found, [SigningKey.generate().public])


@pytest.mark.parametrize("entries", [1, 3])
def test_another_history_that_is_shorter_or_longer_than_what_is_held_is_proven(
    centres: tuple[Any, Any], tmp_path: Path, entries: int
) -> None:
    moscow, brussels = centres
    other = [moscow.entry(Heartbeat, NOTIFY, number=number) for number in range(entries)]
    with pytest.raises(Equivocation) as caught:
        brussels.mirror.accept(frame.encode(signed_frame(moscow, other, start=1)))
    check_evidence(moscow, caught.value, tmp_path)


def test_checkpoints_of_one_history_are_no_evidence(centres: tuple[Any, Any]) -> None:
    moscow, _ = centres
    store = moscow.store
    honest = equivocation.evidence(
        store.checkpoint(NOTIFY, 3),
        store.checkpoint(NOTIFY, 5),
        store.root(NOTIFY, 3),
        store.consistency_proof(NOTIFY, 3, 5),
    )
    with pytest.raises(Refused, match="belong to one history"):
        equivocation.check(honest, [moscow.log_key.public])


def test_the_same_entries_with_forged_bytes_are_refused_without_accusing_the_owner(centres: tuple[Any, Any]) -> None:
    moscow, brussels = centres
    old = sent(moscow, start=1, max_n=2)
    forged = replace(old, entries=(old.entries[0], moscow.entry(Heartbeat, NOTIFY, number=1)))
    refused(brussels, forged, "tree hash")
    assert not brussels.mirror.frozen


def test_a_rolled_back_log_is_noticed_at_once(tmp_path: Path) -> None:
    moscow, brussels = world.two_centres(tmp_path)
    for number in range(2):
        moscow.say("common", "notify", f"notice {number}")
    world.settle([moscow, brussels])
    restored = rolled_back(moscow, tmp_path / "restored", keep=1)
    outcome = brussels.follow(restored)
    assert [refusal.rule for refusal in outcome.refusals] == ["no rollback"]
    assert "shows 1 entries of moscow/common/notify; 2 were verified" in outcome.refusals[0].sentence
    assert brussels.store.size(NOTIFY) == 2
    for centre in (moscow, brussels, restored):
        centre.close()


def test_a_rolled_back_log_that_goes_on_differently_is_an_equivocation(tmp_path: Path) -> None:
    moscow, brussels = world.two_centres(tmp_path)
    for number in range(2):
        moscow.say("common", "notify", f"notice {number}")
    world.settle([moscow, brussels])
    restored = rolled_back(moscow, tmp_path / "restored", keep=1)
    restored.say("common", "notify", "said differently")
    outcome = brussels.follow(restored)
    assert isinstance(outcome.refusals[0], Equivocation)
    check_evidence(moscow, outcome.refusals[0], tmp_path)
    for centre in (moscow, brussels, restored):
        centre.close()


def rolled_back(centre: Any, folder: Path, *, keep: int) -> Any:
    """The same centre with the same keys, its notices restored from a backup."""
    folder.mkdir()
    twin = world.Centre(folder, centre.name)
    for key in ("identity", "log_key", "cosign_key", "desk_key", "clock_tai_ns", "said"):
        setattr(twin, key, getattr(centre, key))
    twin.store.close()
    twin.store = world.Store(folder / "twin.db", run=centre.run, owner=centre.name, log_key=centre.log_key)
    twin.store.append({roster_log(centre.name): centre.store.entries(roster_log(centre.name))})
    twin.store.append({NOTIFY: centre.store.entries(NOTIFY, 0, keep)})
    twin.desk = world.StoreDesk(twin.store, centre.mirror.keys)
    return twin


def test_an_answer_that_denies_without_proof_is_refused(centres: tuple[Any, Any]) -> None:
    moscow, brussels = centres
    with pytest.raises(Refused, match="proves nothing"):
        brussels.mirror.contradicted(str(NOTIFY), moscow.store.checkpoint(NOTIFY, 5))
    claimed = checkpoints.unverified(moscow.store.checkpoint(NOTIFY, 1))
    with pytest.raises(Refused, match="known key"):
        brussels.mirror.contradicted(str(NOTIFY), checkpoints.signed(claimed, SigningKey.generate()))


# The desk


def test_the_desk_gives_a_peer_what_is_for_it_and_nothing_else(centres: tuple[Any, Any]) -> None:
    moscow, _ = centres
    moscow.say("moscow", "record", world.SECRET)
    moscow.say("ankara", "plot", "for ankara alone")
    moscow.say("brussels", "plot", "for brussels alone")
    logs = {str(frame.decode(data).log) for data in moscow.desk.pull("brussels", {}).frames}
    assert logs == {"moscow/common/roster", "moscow/common/notify", "moscow/brussels/plot"}
    near = Position(0, merkle.EMPTY_ROOT)
    for name in ("moscow/moscow/record", "moscow/ankara/plot", "brussels/common/notify", "../../etc/passwd"):
        with pytest.raises(NotForYou):
            moscow.desk.pull("brussels", {name: near})
        with pytest.raises(NotForYou):
            moscow.desk.cosign("brussels", {name: b""})


def test_keys_come_first_and_plots_last_and_a_backlog_of_plots_holds_up_nothing(centres: tuple[Any, Any]) -> None:
    moscow, _ = centres
    big = "x" * 1_900
    entries = [moscow.entry(Incident, PLOT, about="info", text=big) for _ in range(1_100)]
    moscow.store.append({PLOT: entries})
    answer = moscow.desk.pull("brussels", {})
    assert [frame.decode(data).log.klass for data in answer.frames] == ["roster", "notify", "plot"]
    assert answer.more
    assert sum(map(len, answer.frames)) <= frame.MAX_BYTES + (64 << 10)


def test_the_desk_keeps_no_cosignature_that_does_not_verify(centres: tuple[Any, Any]) -> None:
    moscow, brussels = centres
    body, before = moscow.store.checkpoint(NOTIFY, 5), moscow.store.cosigned(NOTIFY)
    name = "jointwatch/rehearsal-1/brussels"
    stranger = checkpoints.cosign(body, name, SigningKey.generate(), 1)
    wrong_text = checkpoints.cosign(moscow.store.checkpoint(NOTIFY, 4), name, brussels.cosign_key, 1)
    for line in (stranger, wrong_text):
        with pytest.raises(Refused):
            moscow.desk.cosign("brussels", {str(NOTIFY): checkpoints.with_signature(body, line)})
    beyond = checkpoints.Checkpoint(NOTIFY.origin("rehearsal-1"), 9, bytes(32))
    with pytest.raises(Refused, match="5 entries; the note is over 9"):
        moscow.desk.cosign("brussels", {str(NOTIFY): checkpoints.signed(beyond, moscow.log_key)})
    with pytest.raises(Refused, match="no line by the cosign key"):
        moscow.desk.cosign("brussels", {str(NOTIFY): body})
    assert moscow.store.cosigned(NOTIFY) == before


def test_an_altered_old_entry_has_nobody_read_the_whole_log_again(
    centres: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever holds the log key could ask for that again and again."""
    moscow, brussels = centres
    told = sent(moscow, start=2, max_n=3)
    altered = replace(told, entries=(moscow.entry(Heartbeat, NOTIFY, number=2), *told.entries[1:]))
    read: list[int] = []
    entries = brussels.store.entries

    def spy(log: LogId, start: int = 0, stop: int | None = None) -> list[bytes]:
        read.append(start)
        return entries(log, start, stop)

    monkeypatch.setattr(brussels.store, "entries", spy)
    refused(brussels, altered, "tree hash")
    assert read
    assert min(read) >= 2
