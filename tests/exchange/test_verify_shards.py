"""A run directory with shards, by both verifiers: the chain holds, or whoever signed it broke it and both say so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange import export
from jointwatch.exchange.keyrings import logged_tai_ns
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.verify.run import verify_run
from jointwatch.messages.incident import Incident
from jointwatch.messages.shard_opening import ShardOpening
from tests.exchange import two_centres as world
from tests.exchange.forger import Forger, write_run
from tests.exchange.second import directories
from tests.exchange.second.wrong import Wrong

MAY, JUNE, JULY = "2009-05", "2009-06", "2009-07"
Logs = dict[LogId, list[bytes]]


class Year:
    """Two centres of which one spoke in May, June and July, and the logs that both left."""

    def __init__(self, folder: Path) -> None:
        self.centres = world.two_centres(folder, monthly=True)
        self.moscow = self.centres[0]
        self.forger = Forger(self.moscow)
        for day in ("2009-05-30", "2009-06-02", "2009-07-03"):
            self.moscow.wait_until(day)
            self.moscow.say("brussels", "plot", day)
            self.moscow.say("common", "notify", day)
        self.logs: Logs = {
            log: centre.store.entries(log)
            for centre in self.centres
            for log in centre.store.logs()
            if log.owner == centre.name
        }

    def plot(self, month: str) -> LogId:
        return self.moscow.log("brussels", "plot").of_month(month)

    def entry(self) -> bytes:
        return self.moscow.entry(Incident, self.moscow.log("brussels", "plot"), about="info", text="forged")

    def closing(self, month: str, **other: Any) -> dict[str, Any]:
        entries = self.logs[self.plot(month)]
        good = {"closes": self.forger.note(self.plot(month), entries), "last_tai_ns": logged_tai_ns(entries[-1])}
        return good | other

    def close(self) -> None:
        for centre in self.centres:
            centre.close()


@pytest.fixture
def year(tmp_path: Path) -> Any:
    made = Year(tmp_path)
    yield made
    made.close()


def test_a_run_with_shards_holds_for_both_and_so_does_its_export(year: Year, tmp_path: Path):
    directory = write_run(tmp_path / "run", year.centres, year.logs)
    report = verify_run(directory, world.trust_of(year.centres))
    assert report.ok, report.faults
    assert "begins here" not in report.covers
    directories.check_run(directory, world.trust_of(year.centres))
    export.export_audience(directory, "brussels", tmp_path / "copy")
    assert verify_run(tmp_path / "copy").ok
    directories.check_run(tmp_path / "copy")


def test_a_run_that_begins_with_a_later_shard_holds_and_says_so(year: Year, tmp_path: Path):
    del year.logs[year.plot(MAY)]
    directory = write_run(tmp_path / "run", year.centres, year.logs)
    report = verify_run(directory)
    assert report.ok
    assert report.covers.endswith("; moscow/brussels/plot begins here with 2009-06; it goes on from 2009-05")
    directories.check_run(directory)


def june_without_opening(year: Year) -> None:
    year.logs[year.plot(JUNE)] = [year.entry()]


def july_with_two_openings(year: Year) -> None:
    year.logs[year.plot(JULY)].append(year.forger.opening(JULY, **year.closing(JUNE), id="again"))


def may_grew_after_it_was_closed(year: Year) -> None:
    year.logs[year.plot(MAY)].append(year.entry())


def may_was_cut_before_its_end(year: Year) -> None:
    year.logs[year.plot(MAY)].pop()


def may_has_another_history(year: Year) -> None:
    year.logs[year.plot(MAY)][-1] = year.entry()


def june_is_missing(year: Year) -> None:
    del year.logs[year.plot(JUNE)]


def july_begins_again(year: Year) -> None:
    year.logs[year.plot(JULY)][0] = year.forger.opening(JULY, id="first")


def july_closes_may(year: Year) -> None:
    year.logs[year.plot(JULY)][0] = year.forger.opening(JULY, **year.closing(MAY), id="skips")


def july_closes_another_log(year: Year) -> None:
    note = year.forger.note(year.moscow.log("common", "notify").of_month(JUNE), [b"x"])
    year.logs[year.plot(JULY)][0] = year.forger.opening(JULY, **year.closing(JUNE, closes=note))


def july_closes_another_run(year: Year) -> None:
    text = checkpoints.Checkpoint(year.plot(JUNE).origin("another-run"), 1, bytes(32))
    note = checkpoints.signed(text, year.moscow.log_key)
    year.logs[year.plot(JULY)][0] = year.forger.opening(JULY, **year.closing(JUNE, closes=note))


def july_closes_august(year: Year) -> None:
    note = year.forger.note(year.plot("2009-08"), [b"x"])
    year.logs[year.plot(JULY)][0] = year.forger.opening(JULY, **year.closing(JUNE, closes=note))


def may_closes_an_empty_april(year: Year) -> None:
    note = year.forger.note(year.plot("2009-04"), [])
    year.moscow.wait_until("2009-05-21")
    opening = year.forger.opening(MAY, closes=note, last_tai_ns=world.START_TAI_NS)
    year.logs = {log: entries for log, entries in year.logs.items() if log.klass != "plot"}
    year.logs[year.plot(MAY)] = [opening]


def july_closes_with_a_strangers_key(year: Year) -> None:
    june = year.plot(JUNE)
    text = checkpoints.Checkpoint(june.origin(year.moscow.run), year.moscow.store.size(june), bytes(32))
    note = checkpoints.signed(text, year.moscow.desk_key)
    year.logs[year.plot(JULY)][0] = year.forger.opening(JULY, **year.closing(JUNE, closes=note))


def july_quotes_more_than_the_owner(year: Year) -> None:
    good = year.closing(JUNE)
    line = checkpoints.cosign(good["closes"], "someone", year.centres[1].cosign_key, world.POSIX_S)
    good["closes"] = checkpoints.with_signature(good["closes"], line)
    year.logs[year.plot(JULY)][0] = year.forger.opening(JULY, **good)


def july_says_another_time(year: Year) -> None:
    good = year.closing(JUNE)
    year.logs[year.plot(JULY)][0] = year.forger.opening(JULY, **good | {"last_tai_ns": good["last_tai_ns"] - 1})


def the_whole_log_stands_beside(year: Year) -> None:
    year.logs[year.moscow.log("brussels", "plot")] = [year.entry()]


def a_log_without_shards_has_an_opening(year: Year) -> None:
    log = year.moscow.log("brussels", "track")
    year.logs[log] = [year.moscow.entry(ShardOpening, log, shard=JULY)]


def rosters_in_shards(year: Year) -> None:
    log = LogId("moscow", "common", "roster").of_month(JULY)
    year.logs[log] = [year.moscow.entry(ShardOpening, log, shard=JULY)]


def another_months_opening(year: Year) -> None:
    year.logs[year.plot("2009-08")] = [year.forger.opening(JULY, **year.closing(JULY), id="august")]


WRONG: dict[Callable[[Year], None], str] = {
    june_without_opening: "a shard begins with its opening",
    july_with_two_openings: "an opening is the first entry of a shard",
    may_grew_after_it_was_closed: "closes moscow/brussels/plot/2009-05 with another checkpoint",
    may_was_cut_before_its_end: "closes moscow/brussels/plot/2009-05 with another checkpoint",
    may_has_another_history: "closes moscow/brussels/plot/2009-05 with another checkpoint",
    june_is_missing: "closes moscow/brussels/plot/2009-06; the one before it here is moscow/brussels/plot/2009-05",
    july_begins_again: "closes no shard",
    july_closes_may: "closes moscow/brussels/plot/2009-05; the one before it here is moscow/brussels/plot/2009-06",
    july_closes_another_log: "no earlier shard of that log",
    july_closes_another_run: "another-run",
    july_closes_august: "no earlier shard of that log",
    may_closes_an_empty_april: "no earlier shard of that log",
    july_closes_with_a_strangers_key: "no signature by a known key",
    july_quotes_more_than_the_owner: "lines of others than moscow",
    july_says_another_time: "another time for the last entry",
    the_whole_log_stands_beside: "does not belong here",
    a_log_without_shards_has_an_opening: "an opening is the first entry of a shard",
    rosters_in_shards: "does not belong here",
    another_months_opening: "begins with the opening of the shard of 2009-07",
}


@pytest.mark.parametrize(("wrong", "words"), WRONG.items(), ids=lambda value: getattr(value, "__name__", ""))
def test_a_broken_chain_of_shards_is_refused_by_both(
    wrong: Callable[[Year], None], words: str, year: Year, tmp_path: Path
):
    wrong(year)
    directory = write_run(tmp_path / "run", year.centres, year.logs)
    assert words in " ".join(fault.why for fault in verify_run(directory).faults)
    with pytest.raises(Wrong, match=r"section (6|11|12)"):
        directories.check_run(directory)
