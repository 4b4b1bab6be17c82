"""Closed shards put away: out of the record, on the disk elsewhere, and everything that follows goes on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from jointwatch.exchange import archive, audit, frame, stick, tiles
from jointwatch.exchange.archive import Archive, Archived
from jointwatch.exchange.direct import DirectLine
from jointwatch.exchange.guard import Closed, Guard
from jointwatch.exchange.handed_in import HandedIn
from jointwatch.exchange.keyrings import Keyrings
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.refused import Refused
from jointwatch.exchange.site import logs_of, site
from jointwatch.exchange.verify.record import verify_record
from jointwatch.exchange.verify.site import verify_site
from jointwatch.messages.incident import Incident
from tests.exchange import two_centres as world
from tests.exchange.forger import Forger

MAY, JUNE, JULY = "2009-05", "2009-06", "2009-07"
Pair = tuple[world.Centre, world.Centre]


def reopened(centre: world.Centre, *partners: world.Centre) -> Archive:
    """The centre's record opened again, as one that can be archived."""
    centre.store.close()
    store = Archive(
        centre.folder / f"{centre.name}.db",
        run=centre.run,
        owner=centre.name,
        log_key=centre.log_key,
        monthly=centre.monthly,
    )
    centre.store = store
    centre.meet(*partners)
    return store


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    """Two centres with shards of May and June, and what was said in both."""
    moscow, brussels = world.two_centres(tmp_path, monthly=True)
    for centre, other in ((moscow, brussels), (brussels, moscow)):
        reopened(centre, other)
    for day in ("2009-05-30", "2009-06-02"):
        for centre, other in ((moscow, brussels), (brussels, moscow)):
            centre.wait_until(day)
            centre.say(other.name, "plot", f"{centre.name} on {day}")
            centre.say(centre.name, "record", f"{centre.name} for itself on {day}")
            centre.say("common", "notify", f"{centre.name} to all on {day}")
    world.settle([moscow, brussels])
    yield moscow, brussels
    for centre in (moscow, brussels):
        centre.close()


def plot(centre: world.Centre, month: str, audience: str = "brussels") -> LogId:
    return centre.log(audience, "plot").of_month(month)


def put_away(centre: world.Centre, folder: Path, before: str = JULY, partners: tuple[str, ...] = ()) -> None:
    assert isinstance(centre.store, Archive)
    archive.archive(centre.store, before, folder, partners)


def test_every_closed_shard_is_put_away_own_and_mirrored_and_verifies_where_it_lies(pair: Pair, tmp_path: Path):
    moscow, _ = pair
    assert isinstance(moscow.store, Archive)
    before = {log: (moscow.store.size(log), moscow.store.root(log)) for log in moscow.store.logs()}
    done = archive.archive(moscow.store, JULY, tmp_path / "away", ["brussels"])
    assert {found.log.shard for found in done} == {MAY}
    assert Archived(plot(moscow, MAY), 2) in done
    assert Archived(LogId("brussels", "moscow", "plot").of_month(MAY), 2) in done
    assert {log: (moscow.store.size(log), moscow.store.root(log)) for log in moscow.store.logs()} == before
    for log, (size, _) in before.items():
        if log.shard == MAY:
            entries, _ = tiles.read_log_directory(tmp_path / "away" / str(log))
            assert len(entries) == size
            with pytest.raises(Refused, match="were archived; they are kept elsewhere"):
                moscow.store.entries(log)
    assert (tmp_path / "away").stat().st_mode & 0o777 == 0o700
    archived = logs_of(str(tmp_path / "away"))
    report = verify_site(site(str(tmp_path / "away")), archived, world.trust_of(pair))
    assert report.ok, report.faults
    assert len(archived) == len(done) + 2  # and the rosters
    left = verify_record(moscow.store.path, world.trust_of(pair))
    assert left.ok, left.faults
    assert "moscow/brussels/plot begins here with 2009-06; it goes on from 2009-05" in left.covers


def test_the_next_months_go_into_the_same_archive(pair: Pair, tmp_path: Path):
    moscow, brussels = pair
    put_away(moscow, tmp_path / "away", JUNE, ("brussels",))
    put_away(moscow, tmp_path / "away", JULY, ("brussels",))
    for day in ("2009-07-02", "2009-08-02"):
        moscow.wait_until(day)
        moscow.say("brussels", "plot", day)
    world.settle([moscow, brussels])
    put_away(moscow, tmp_path / "away", "2009-08", ("brussels",))
    archived = logs_of(str(tmp_path / "away"))
    assert [log.shard for log in archived if log.whole == moscow.log("brussels", "plot")] == [MAY, JUNE, JULY]
    report = verify_site(site(str(tmp_path / "away")), archived)
    assert report.ok, report.faults


def test_an_archive_that_was_changed_is_found_and_nothing_more_goes_into_it(pair: Pair, tmp_path: Path):
    moscow, brussels = pair
    put_away(moscow, tmp_path / "away", partners=("brussels",))
    path = tmp_path / "away" / str(plot(moscow, MAY)) / "tile/entries/000.p/2"
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    moscow.wait_until("2009-07-01")
    moscow.say("brussels", "plot", "July")
    world.settle([moscow, brussels])
    with pytest.raises(Refused, match="does not verify, so nothing was taken out: moscow/brussels/plot/2009-05"):
        put_away(moscow, tmp_path / "away", "2009-08", ("brussels",))
    assert not moscow.store.archived(plot(moscow, JUNE))


def test_nothing_is_put_away_that_a_partner_has_not_cosigned_to_its_end(pair: Pair, tmp_path: Path):
    moscow, brussels = pair
    moscow.say("brussels", "plot", "June goes on")
    moscow.wait_until("2009-07-01")
    moscow.say("brussels", "plot", "July")
    with pytest.raises(Refused, match=r"brussels has cosigned 2 of the 3 entries of moscow/brussels/plot/2009-06"):
        put_away(moscow, tmp_path / "away", "2009-08", ("brussels",))
    assert not any(moscow.store.archived(log) for log in moscow.store.logs())
    assert not (tmp_path / "away").exists()
    world.settle([moscow, brussels])
    put_away(moscow, tmp_path / "away", "2009-08", ("brussels",))
    assert moscow.store.archived(plot(moscow, JUNE))


def test_the_exchange_goes_on_where_both_have_put_away_what_is_closed(pair: Pair, tmp_path: Path):
    moscow, brussels = pair
    for centre, other in ((moscow, brussels), (brussels, moscow)):
        put_away(centre, tmp_path / f"away-{centre.name}", partners=(other.name,))
        reopened(centre, other)
    moscow.say("brussels", "plot", "June goes on")
    moscow.wait_until("2009-07-01")
    moscow.say("brussels", "plot", "July")
    world.settle([moscow, brussels])
    assert [brussels.store.size(plot(moscow, month)) for month in (MAY, JUNE, JULY)] == [2, 3, 2]
    audit.audit(moscow.store, rest=lambda _: None)


def test_one_who_comes_late_begins_where_the_record_begins(pair: Pair, tmp_path: Path):
    moscow, brussels = pair
    put_away(moscow, tmp_path / "away", partners=("brussels",))
    brussels.close()
    (tmp_path / "brussels.db").unlink()
    brussels.store = brussels.opened()
    brussels.meet(moscow)
    brussels.begin()
    assert not brussels.follow(moscow).refusals
    assert [log.shard for log in brussels.store.logs() if log.klass == "plot"] == [JUNE]


def test_one_who_holds_half_of_what_is_put_away_is_refused_the_rest_in_words(pair: Pair, tmp_path: Path):
    moscow, brussels = pair
    put_away(moscow, tmp_path / "away", partners=("brussels",))
    half = world.Centre(tmp_path / "half", "brussels")
    half.meet(moscow)
    half.mirror.accept(frame.encode(moscow.store.frame(LogId("moscow", "common", "roster"), 0)))
    half.mirror.accept(Forger(moscow).frame(plot(moscow, MAY), brussels.store.entries(plot(moscow, MAY), 0, 1)))
    (refusal,) = half.follow(moscow).refusals
    assert "held up to 1 of 2 entries" in str(refusal)
    half.close()


def test_another_history_of_what_is_put_away_is_a_conflict_still(pair: Pair, tmp_path: Path):
    moscow, _ = pair
    put_away(moscow, tmp_path / "away", partners=("brussels",))
    may = plot(moscow, MAY)
    assert moscow.store.consistent(may, 2, moscow.store.root(may))
    assert not moscow.store.consistent(may, 2, bytes(32))
    assert not moscow.store.consistent(may, 3, bytes(32))


def test_a_receipt_for_what_is_put_away_is_taken_without_a_word(pair: Pair, tmp_path: Path):
    moscow, brussels = pair
    put_away(moscow, tmp_path / "away", partners=("brussels",))
    reopened(brussels, moscow)  # it sends all its receipts again
    assert str(plot(moscow, MAY)) in brussels.mirror.receipts("moscow")
    world.settle([moscow, brussels])


def test_a_stick_carries_what_is_there(pair: Pair, tmp_path: Path):
    moscow, brussels = pair
    put_away(moscow, tmp_path / "away", partners=("brussels",))
    moscow.say("brussels", "plot", "for the stick")
    held = moscow.desk.acknowledged("brussels")
    (written,) = stick.load(tmp_path / "stick", moscow.desk, "brussels", held, run=moscow.run)
    assert written.name == "moscow_brussels_plot_2009-06_000000000000002.frame"
    assert not stick.take_in(tmp_path / "stick", brussels.mirror, "moscow").refused


def test_an_open_shard_and_a_whole_log_stay(pair: Pair, tmp_path: Path):
    moscow, _ = pair
    put_away(moscow, tmp_path / "away", "2010-01", ("brussels",))
    assert not moscow.store.archived(plot(moscow, JUNE))
    assert isinstance(moscow.store, Archive)
    for log in (plot(moscow, JUNE), LogId("moscow", "common", "roster")):
        with pytest.raises(Refused, match="is not closed"):
            moscow.store.put_away(log)
    assert archive.archive(moscow.store, "2010-01", tmp_path / "again", ("brussels",)) == ()


def test_an_end_in_the_middle_of_putting_away_leaves_a_record_that_opens_and_the_rest_goes_later(
    pair: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    moscow, brussels = pair
    monkeypatch.setattr(archive, "_ROWS_AT_ONCE", 1)
    steps = iter(range(1))
    real = Archive._remove_some

    def ended(store: Archive, log: LogId) -> int:
        next(steps)
        return real(store, log)

    may, store = plot(moscow, MAY), moscow.store
    assert isinstance(store, Archive)
    with monkeypatch.context() as patch:
        patch.setattr(Archive, "_remove_some", ended)
        with pytest.raises(StopIteration):
            store.put_away(may)
    store = reopened(moscow, brussels)
    assert store.archived(may)
    assert rows(store, may) > 0
    store.put_away(may)
    assert rows(store, may) == 0
    assert store.checkpoint(may).count(b"\xe2\x80\x94") == 2
    assert reopened(moscow, brussels).size(may) == 2


def rows(store: Archive, log: LogId) -> int:
    number = store._ids[log]
    entries = store._db.execute("SELECT count(*) FROM entry WHERE position >> 40 = ?", (number,)).get
    nodes = store._db.execute("SELECT count(*) FROM node WHERE log = ?", (number,)).get
    return int(entries) + int(nodes)


def test_what_was_handed_in_and_put_away_keeps_its_place(pair: Pair, tmp_path: Path):
    moscow, brussels = pair
    assert isinstance(moscow.store, Archive)
    log = moscow.log("brussels", "plot")
    entry = moscow.entry(Incident, log, about="info", text="handed in", id="radar-1")
    (place,) = moscow.store.hand_in([HandedIn(log, "radar-1", entry)])
    moscow.wait_until("2009-07-01")
    moscow.say("brussels", "plot", "July")
    world.settle([moscow, brussels])
    put_away(moscow, tmp_path / "away", "2009-08", ("brussels",))
    assert moscow.store.hand_in([HandedIn(log, "radar-1", entry)]) == [place]


def test_the_room_is_used_again(tmp_path: Path):
    """No vacuum is needed: a record that is archived each month stays as large as its largest months."""
    (moscow,) = world.two_centres(tmp_path, names=("moscow",), monthly=True)
    store = reopened(moscow)
    log, sizes = moscow.log("moscow", "record"), []
    for month in range(6, 12):
        moscow.wait_until(f"2009-{month:02}-15")
        store.append({log: [moscow.entry(Incident, log, about="info", text="x" * 900) for _ in range(400)]})
        archive.archive(store, f"2009-{month:02}", tmp_path / f"away-{month}", ())
        store._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        sizes.append((tmp_path / "moscow.db").stat().st_size)
    assert sizes[-1] <= 1.1 * sizes[1], sizes
    moscow.close()


@pytest.mark.parametrize("archived", [False, True], ids=["all months", "what a partner has not put away"])
def test_a_lost_record_comes_back_from_a_partner_shard_by_shard(pair: Pair, tmp_path: Path, archived: bool):
    moscow, brussels = pair
    if archived:
        put_away(brussels, tmp_path / "away", partners=("moscow",))
    moscow.wait_until("2009-07-01")
    before = {log: moscow.store.root(log) for log in moscow.store.logs() if log.audience in ("brussels", "common")}
    moscow.store.close()
    for path in tmp_path.glob("moscow.db*"):
        path.unlink()
    moscow.store = moscow.opened()
    moscow.meet(brussels)
    keys = Keyrings("moscow", moscow.run, moscow.mode, moscow.identity.public.fingerprint)
    guard = Guard(moscow.mirror, keys, ["brussels"])
    with pytest.raises(Closed):
        moscow.say("brussels", "plot", "before brussels was asked")
    found = guard.ask(DirectLine(brussels.desk, "moscow"))
    assert not found.refusals
    own = {log: root for log, root in before.items() if log.owner == "moscow" and not (archived and log.shard == MAY)}
    assert {log: moscow.store.root(log) for log in own} == own
    moscow.say("brussels", "plot", "July, after the loss")
    world.settle([moscow, brussels])
    assert [log.shard for log in moscow.store.logs() if log.whole == moscow.log("brussels", "plot")][-1] == JULY
