"""Shards by month: each begins by closing the one before, and none can be added to, skipped or closed twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jointwatch.exchange import admission, dsse, frame
from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange.equivocation import Equivocation, check, read
from jointwatch.exchange.keyrings import logged_tai_ns
from jointwatch.exchange.log import Store
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.refused import Refused
from jointwatch.exchange.shard import Monthly
from jointwatch.messages.encoding import decode
from jointwatch.messages.incident import Incident
from jointwatch.messages.shard_opening import ShardOpening, month_of
from tests.exchange import two_centres as world
from tests.exchange.forger import Forger

MAY, JUNE, JULY = "2009-05", "2009-06", "2009-07"


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[world.Centre, world.Centre]]:
    """Two centres that keep their logs in shards, in May."""
    moscow, brussels = world.two_centres(tmp_path, monthly=True)
    yield moscow, brussels
    for centre in (moscow, brussels):
        centre.close()


@pytest.fixture
def through_june(pair: tuple[world.Centre, world.Centre]) -> tuple[world.Centre, world.Centre]:
    """The same, after moscow has said something in May and in June, and everything has arrived."""
    moscow, brussels = pair
    moscow.say("brussels", "plot", "in May")
    moscow.wait_until("2009-06-01")
    moscow.say("brussels", "plot", "in June")
    world.settle(pair)
    return moscow, brussels


def plot(centre: world.Centre, month: str) -> LogId:
    return centre.log("brussels", "plot").of_month(month)


def opening_of(store: Store, log: LogId) -> ShardOpening:
    message = decode(dsse.parse(store.entry(log, 0)).payload)
    assert isinstance(message, ShardOpening)
    return message


def test_the_first_shard_of_a_log_begins_with_an_opening_that_closes_nothing(pair: Any):
    moscow, _ = pair
    log = moscow.log("brussels", "plot")
    entry = moscow.entry(Incident, log, about="info", text="one")
    assert moscow.store.place(log) == (plot(moscow, MAY), 1)
    assert moscow.store.append({log: [entry, entry]}) == {plot(moscow, MAY): range(1, 3)}
    assert opening_of(moscow.store, plot(moscow, MAY)).closes == b""
    assert moscow.store.place(log) == (plot(moscow, MAY), 3)


def test_the_next_shard_quotes_the_last_checkpoint_of_the_one_before(through_june: Any):
    moscow, _ = through_june
    opening = opening_of(moscow.store, plot(moscow, JUNE))
    may, origin = plot(moscow, MAY), plot(moscow, MAY).origin(moscow.run)
    assert opening.closes == admission.owners_note(moscow.store.checkpoint(may), origin)
    assert checkpoints.opened(opening.closes, origin, moscow.log_key.public).size == 2
    assert month_of(opening.last_logged_tai_ns or 0) == MAY
    assert moscow.store.size(plot(moscow, JUNE)) == 2


def test_a_month_in_which_nothing_is_said_has_no_shard(pair: Any):
    moscow, brussels = pair
    moscow.say("brussels", "plot", "in May")
    moscow.wait_until("2009-12-31")
    moscow.say("brussels", "plot", "in December")
    world.settle(pair)
    assert [log.shard for log in brussels.store.logs() if log.klass == "plot"] == [MAY, "2009-12"]


def test_rosters_are_kept_whole_whatever_the_month(through_june: Any):
    moscow, brussels = through_june
    moscow.store.append({LogId("moscow", "common", "roster"): [moscow.roster_entry(number=2)]})
    world.settle([moscow, brussels])
    assert len(brussels.mirror.keys("moscow").rings) == 2
    assert [log.shard for log in moscow.store.logs() if log.klass == "roster"] == ["", ""]


def test_a_log_that_was_begun_without_shards_stays_whole(tmp_path: Path):
    before = world.Centre(tmp_path, "moscow")
    before.say("brussels", "plot", "one")
    before.close()
    keys = {"log_key": before.log_key}
    monthly = Monthly("exercise", lambda: before.clock_tai_ns, before.signed)
    with Store(tmp_path / "moscow.db", run=before.run, owner="moscow", monthly=monthly, **keys) as store:
        log = before.log("brussels", "plot")
        assert store.append({log: [before.entry(Incident, log, about="info", text="two")]}) == {log: range(1, 2)}


def test_a_closed_shard_and_one_that_is_not_the_months_take_no_entry(through_june: Any):
    moscow, _ = through_june
    entry = moscow.entry(Incident, plot(moscow, MAY), about="info", text="late")
    with pytest.raises(Refused, match=r"plot/2009-05 is closed, moscow/brussels/plot/2009-06 follows it; append to"):
        moscow.store.append({plot(moscow, MAY): [entry]})
    with pytest.raises(Refused, match="not open, and this is not its month"):
        moscow.store.append({plot(moscow, JULY): [entry]})
    moscow.store.append({plot(moscow, JUNE): [entry]})


def test_a_batch_that_names_a_shard_and_its_log_is_refused_whole(through_june: Any):
    moscow, _ = through_june
    log, june = moscow.log("brussels", "plot"), plot(moscow, JUNE)
    one, two = (moscow.entry(Incident, log, about="info", text=text) for text in ("one", "two"))
    with pytest.raises(Refused, match="the batch names moscow/brussels/plot/2009-06 twice"):
        moscow.store.append({log: [one], june: [two]})
    assert moscow.store.size(june) == 2


def test_a_clock_that_is_set_back_does_not_lead_back_to_a_closed_shard(through_june: Any):
    moscow, brussels = through_june
    moscow.wait_until("2009-05-25")
    moscow.say("brussels", "plot", "the clock says May")
    world.settle([moscow, brussels])
    assert brussels.store.size(plot(moscow, JUNE)) == 3


def test_a_record_goes_on_in_its_shards_after_a_restart(through_june: Any):
    moscow, brussels = through_june
    moscow.store.close()
    moscow.store = moscow.opened()
    moscow.meet(brussels)
    moscow.say("brussels", "plot", "still June")
    moscow.wait_until("2009-07-01")
    moscow.say("brussels", "plot", "July")
    world.settle([moscow, brussels])
    assert [brussels.store.size(plot(moscow, month)) for month in (MAY, JUNE, JULY)] == [2, 3, 2]
    assert all(brussels.store.root(log) == moscow.store.root(log) for log in brussels.store.logs())


def test_a_partner_is_asked_with_the_newest_shard_alone_and_gets_what_follows(through_june: Any):
    moscow, brussels = through_june
    asked = brussels.mirror.positions("moscow")
    assert set(asked) == {"moscow/common/roster", "moscow/brussels/plot/2009-06"}
    assert moscow.desk.pull("brussels", asked).frames == []


def test_a_long_backlog_over_a_month_arrives_shard_by_shard(pair: Any):
    moscow, brussels = pair
    log = moscow.log("brussels", "plot")
    for day in ("2009-05-31", "2009-06-01"):
        moscow.wait_until(day)
        entries = [moscow.entry(Incident, log, about="info", text=str(k)) for k in range(1_500)]
        moscow.store.append({log: entries})
    rounds = [brussels.follow(moscow) for _ in range(3)]
    assert not any(found.refusals for found in rounds)
    assert [found.more for found in rounds] == [True, True, False]
    assert brussels.store.root(plot(moscow, JUNE)) == moscow.store.root(plot(moscow, JUNE))


def test_nothing_of_a_later_shard_is_taken_before_the_earlier_one_is_held_to_its_end(pair: Any):
    moscow, brussels = pair
    moscow.say("brussels", "plot", "in May")
    world.settle(pair)
    moscow.say("brussels", "plot", "in May, kept back")
    moscow.wait_until("2009-06-01")
    moscow.say("brussels", "plot", "in June")
    data = frame.encode(moscow.store.frame(plot(moscow, JUNE), 0))
    with pytest.raises(Refused, match=r"plot/2009-05 is held up to 2 of 3 entries; .*2009-06 comes after it"):
        brussels.mirror.accept(data)
    world.settle(pair)
    assert brussels.store.size(plot(moscow, JUNE)) == 2


def test_a_centre_that_joins_late_may_begin_with_any_shard(through_june: Any, tmp_path: Path):
    moscow, _ = through_june
    late = world.Centre(tmp_path, "brussels-annex")
    late.meet(moscow)
    late.mirror.store.owner = "brussels"  # the same audience, an empty record
    late.mirror.accept(frame.encode(moscow.store.frame(LogId("moscow", "common", "roster"), 0)))
    assert late.mirror.accept(frame.encode(moscow.store.frame(plot(moscow, JUNE), 0))).positions == range(2)
    with pytest.raises(Refused, match=r"2009-05 is closed, .*2009-06 follows it"):
        late.mirror.accept(frame.encode(moscow.store.frame(plot(moscow, MAY), 0)))
    late.close()


# What a dishonest owner might do: every entry and checkpoint is signed with the right keys.


def entry_of(moscow: world.Centre, text: str = "x") -> bytes:
    return moscow.entry(Incident, moscow.log("brussels", "plot"), about="info", text=text)


Attack = Callable[[world.Centre, Forger], bytes]


def closing(moscow: world.Centre, log: LogId) -> dict[str, Any]:
    note = admission.owners_note(moscow.store.checkpoint(log), log.origin(moscow.run))
    last = moscow.store.entry(log, moscow.store.size(log) - 1)
    return {"closes": note, "last_tai_ns": logged_tai_ns(last)}


def no_opening(moscow: world.Centre, forger: Forger) -> bytes:
    return forger.frame(plot(moscow, JULY), [entry_of(moscow)])


def two_openings(moscow: world.Centre, forger: Forger) -> bytes:
    good = closing(moscow, plot(moscow, JUNE))
    return forger.frame(plot(moscow, JULY), [forger.opening(JULY, **good), forger.opening(JULY, **good)])


def another_months_opening(moscow: world.Centre, forger: Forger) -> bytes:
    return forger.frame(plot(moscow, "2009-08"), [forger.opening(JULY, **closing(moscow, plot(moscow, JUNE)))])


def opening_in_a_log_without_shards(moscow: world.Centre, forger: Forger) -> bytes:
    log = moscow.log("brussels", "track")
    opening = moscow.entry(ShardOpening, log, shard=JULY)
    return forger.frame(log, [opening])


def whole_log_beside_shards(moscow: world.Centre, forger: Forger) -> bytes:
    return forger.frame(moscow.log("brussels", "plot"), [entry_of(moscow)])


def first_again(moscow: world.Centre, forger: Forger) -> bytes:
    return forger.frame(plot(moscow, JULY), [forger.opening(JULY)])


def skips_june(moscow: world.Centre, forger: Forger) -> bytes:
    return forger.frame(plot(moscow, JULY), [forger.opening(JULY, **closing(moscow, plot(moscow, MAY)))])


def closes_what_is_not_written(moscow: world.Centre, forger: Forger) -> bytes:
    june = moscow.store.entries(plot(moscow, JUNE))
    note = forger.note(plot(moscow, JUNE), [*june, entry_of(moscow)])
    return forger.frame(plot(moscow, JULY), [forger.opening(JULY, closes=note, last_tai_ns=moscow.clock_tai_ns)])


def closes_too_early(moscow: world.Centre, forger: Forger) -> bytes:
    note = forger.note(plot(moscow, JUNE), moscow.store.entries(plot(moscow, JUNE), 0, 1))
    return forger.frame(plot(moscow, JULY), [forger.opening(JULY, closes=note, last_tai_ns=moscow.clock_tai_ns)])


def closes_a_later_one(moscow: world.Centre, forger: Forger) -> bytes:
    note = forger.note(plot(moscow, "2009-09"), [entry_of(moscow)])
    return forger.frame(plot(moscow, JULY), [forger.opening(JULY, closes=note, last_tai_ns=moscow.clock_tai_ns)])


def closes_another_log(moscow: world.Centre, forger: Forger) -> bytes:
    note = forger.note(moscow.log("brussels", "track").of_month(JUNE), [entry_of(moscow)])
    return forger.frame(plot(moscow, JULY), [forger.opening(JULY, closes=note, last_tai_ns=moscow.clock_tai_ns)])


def by_a_strangers_key(moscow: world.Centre, forger: Forger) -> bytes:
    log = plot(moscow, JUNE)
    text = checkpoints.Checkpoint(log.origin(moscow.run), moscow.store.size(log), moscow.store.root(log))
    note = checkpoints.signed(text, moscow.cosign_key)
    return forger.frame(plot(moscow, JULY), [forger.opening(JULY, closes=note, last_tai_ns=moscow.clock_tai_ns)])


def with_a_cosignature(moscow: world.Centre, forger: Forger) -> bytes:
    body = moscow.store.checkpoint(plot(moscow, JUNE))
    return forger.frame(plot(moscow, JULY), [forger.opening(JULY, closes=body, last_tai_ns=moscow.clock_tai_ns)])


def shard_of_rosters(moscow: world.Centre, forger: Forger) -> bytes:
    log = LogId("moscow", "common", "roster").of_month(JULY)
    return forger.frame(log, [moscow.entry(ShardOpening, log, shard=JULY)])


def another_time(moscow: world.Centre, forger: Forger) -> bytes:
    good = closing(moscow, plot(moscow, JUNE))
    return forger.frame(plot(moscow, JULY), [forger.opening(JULY, **good | {"last_tai_ns": good["last_tai_ns"] - 1})])


def no_checkpoint(moscow: world.Centre, forger: Forger) -> bytes:
    return forger.frame(plot(moscow, JULY), [forger.opening(JULY, closes=b"x", last_tai_ns=moscow.clock_tai_ns)])


def grows_a_closed_one(moscow: world.Centre, forger: Forger) -> bytes:
    may = moscow.store.entries(plot(moscow, MAY))
    return forger.frame(plot(moscow, MAY), [*may, entry_of(moscow)], start=len(may))


ATTACKS: dict[Attack, str] = {
    no_opening: "a shard begins with its opening; entry 0",
    two_openings: "an opening is the first entry of a shard; entry 1",
    another_months_opening: "begins with the opening of the shard of 2009-07",
    opening_in_a_log_without_shards: "an opening is the first entry of a shard; entry 0",
    whole_log_beside_shards: "is kept in shards",
    first_again: "closes no shard; moscow/brussels/plot/2009-06 is the last one held",
    skips_june: "closes moscow/brussels/plot/2009-05; moscow/brussels/plot/2009-06 is the last one held",
    closes_what_is_not_written: "is held up to 2 of 3 entries",
    closes_too_early: "at 1 entries; 2 were signed and are held",
    closes_a_later_one: "no earlier shard of that log",
    closes_another_log: "no earlier shard of that log",
    by_a_strangers_key: "signed",
    with_a_cosignature: "lines of others than moscow",
    shard_of_rosters: "a roster was wanted",
    another_time: "another time for the last entry",
    no_checkpoint: "note",
    grows_a_closed_one: "2009-05 is closed, moscow/brussels/plot/2009-06 follows it",
}


@pytest.mark.parametrize(("attack", "words"), ATTACKS.items(), ids=lambda value: getattr(value, "__name__", ""))
def test_what_breaks_the_chain_of_shards_is_refused_and_nothing_of_it_is_kept(
    attack: Attack, words: str, through_june: Any
):
    moscow, brussels = through_june
    moscow.wait_until("2009-07-01")
    before = {log: brussels.store.root(log) for log in brussels.store.logs()}
    with pytest.raises(Refused, match=words):
        brussels.mirror.accept(attack(moscow, Forger(moscow)))
    assert {log: brussels.store.root(log) for log in brussels.store.logs()} == before
    assert not brussels.mirror.frozen


def test_a_shard_closed_with_another_history_is_equivocation_and_freezes_the_whole_log(through_june: Any):
    moscow, brussels = through_june
    moscow.wait_until("2009-07-01")
    forger, june = Forger(moscow), plot(moscow, JUNE)
    other = forger.note(june, [moscow.store.entry(june, 0), entry_of(moscow, "another history")])
    opening = forger.opening(JULY, closes=other, last_tai_ns=moscow.clock_tai_ns)
    with pytest.raises(Equivocation):
        brussels.mirror.accept(forger.frame(plot(moscow, JULY), [opening]))
    (evidence,) = (brussels.folder / "brussels-evidence").glob("equivocation-*.json")
    check(read(evidence), [moscow.log_key.public])
    moscow.say("brussels", "plot", "the true July")
    assert all(accepted.log.whole != june.whole for accepted in brussels.follow(moscow).accepted)
    told = moscow.desk.pull("brussels", brussels.mirror.positions("moscow")).frames
    (true_july,) = [each for each in told if frame.decode(each).log == plot(moscow, JULY)]
    with pytest.raises(Refused, match="frozen"):
        brussels.mirror.accept(true_july)
