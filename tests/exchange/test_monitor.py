"""A monitor remembers: rollbacks, rewritten histories, gaps and forgeries are found by who looks again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw
import pytest

from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange import equivocation, merkle, schema, tiles
from jointwatch.exchange.database import Database
from jointwatch.exchange.keyrings import roster_log
from jointwatch.exchange.keys import SigningKey
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.monitor.metrics import text
from jointwatch.exchange.monitor.state import Counts, State, bin_of, seconds_of
from jointwatch.exchange.monitor.verifier import Monitor
from jointwatch.exchange.publishing import publish
from jointwatch.exchange.site import logs_of, site
from jointwatch.messages.heartbeat import Heartbeat
from tests.exchange import two_centres as world

NOTIFY = LogId("moscow", "common", "notify")
BEGAN_POSIX_S, BEGAN_TAI_NS = 1_700_000_000, world.START_TAI_NS + 10_000_000_000_000  # all was said long before


@dataclass
class Watched:
    """Two centres, the web folder on which they publish, and a monitor with a clock of its own."""

    folder: Path
    centres: list[Any]
    alarms: list[tuple[str, str, str]] = field(default_factory=list)
    posix_s: float = BEGAN_POSIX_S

    def __post_init__(self) -> None:
        self.state = State(self.folder / "state", self.posix_s)
        self.begin({})

    def begin(self, trust: dict[str, str]) -> None:
        tell = lambda log, kind, what: self.alarms.append((str(log), kind, what))  # noqa: E731
        self.monitor = Monitor(self.state, self.clock, trust, self.folder / "evidence", tell)

    def restart(self) -> None:
        self.state.close()
        self.state = State(self.folder / "state", self.posix_s)
        self.begin({})

    def clock(self) -> tuple[float, int]:
        return self.posix_s, BEGAN_TAI_NS + int((self.posix_s - BEGAN_POSIX_S) * 1e9)

    @property
    def web(self) -> Path:
        return self.folder / "web"

    def publish(self, owner: int = 0) -> None:
        held = Database(self.folder / f"{self.centres[owner].name}.db")
        publish(held, [log for log in held.logs() if log.audience == "common"], self.web)

    def look(self, after_s: float = 5.0) -> list[tuple[str, str]]:
        """The alarms, without their sentences, that one more round gave."""
        self.posix_s += after_s
        before = len(self.alarms)
        self.monitor.round(site(str(self.web)), logs_of(str(self.web)))
        return [(log, kind) for log, kind, _ in self.alarms[before:]]

    def say(self, count: int = 1) -> None:
        moscow = self.centres[0]
        moscow.store.append({NOTIFY: [moscow.entry(Heartbeat, NOTIFY, number=k) for k in range(count)]})

    def metrics(self) -> dict[str, float]:
        lines = [line for line in text(self.state, self.posix_s).splitlines() if not line.startswith("#")]
        return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    centres = world.two_centres(tmp_path)
    world.rehearse(centres)
    found = Watched(tmp_path, centres)
    found.publish()
    yield found
    found.state.close()
    for centre in centres:
        centre.close()


def test_what_goes_on_from_where_it_was_is_verified_round_by_round(watched: Watched) -> None:
    assert watched.look() == []
    for count in (1, 300, 0, 700):
        watched.say(count)
        watched.publish()
        assert watched.look() == []
    assert watched.state.known(NOTIFY).edge.size == 1004
    assert watched.metrics()['jointwatch_log_entries{log="moscow/common/notify"}'] == 1004
    assert watched.metrics()['jointwatch_log_cosigned_entries{log="brussels/common/notify",by="moscow"}'] == 3


def test_a_rollback_is_told_also_by_a_monitor_that_was_ended_and_begun_again(watched: Watched) -> None:
    before = shutil.copytree(watched.web, watched.folder / "before")
    watched.say(5)
    watched.publish()
    assert watched.look() == []
    watched.restart()
    shutil.rmtree(watched.web)
    before.rename(watched.web)
    assert watched.look() == [("moscow/common/notify", "rollback")]
    assert watched.look() == [], "told once"


def rewrite(watched: Watched, count: int) -> None:
    """Moscow's administrator, who has its keys, publishes another history, of its own cosigned by nobody."""
    moscow = watched.centres[0]
    entries = [moscow.entry(Heartbeat, NOTIFY, number=1000 + k) for k in range(count)]
    edge, _ = merkle.CompactRange().extend(map(merkle.leaf_hash, entries))
    claimed = checkpoints.Checkpoint(NOTIFY.origin(moscow.run), edge.size, edge.root())
    shutil.rmtree(watched.web / str(NOTIFY))
    tiles.write_log_directory(watched.web / str(NOTIFY), entries, checkpoints.signed(claimed, moscow.log_key))


@pytest.mark.parametrize("count", [3, 4, 300])
def test_a_rewritten_history_is_told_with_evidence_that_anyone_checks(watched: Watched, count: int) -> None:
    assert watched.look() == []
    rewrite(watched, count)
    assert watched.look() == [("moscow/common/notify", "rewritten")]
    (path,) = (watched.folder / "evidence").iterdir()
    equivocation.check(equivocation.read(path), [watched.centres[0].log_key.public])
    assert watched.look() == []
    assert watched.state.known(NOTIFY).edge.size == 3, "what was verified stays"


def test_a_changed_entry_is_told_and_nothing_behind_it_is_verified(watched: Watched) -> None:
    assert watched.look() == []
    watched.say(2)
    watched.publish()
    path = watched.web / str(NOTIFY) / "tile/entries/000.p/5"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    assert watched.look() == [("moscow/common/notify", "unreadable")]
    metrics = watched.metrics()
    assert metrics['jointwatch_log_gap_entries{log="moscow/common/notify"}'] == 2
    assert metrics['jointwatch_log_entries{log="moscow/common/notify"}'] == 3
    assert metrics['jointwatch_log_availability_ratio{log="moscow/common/notify",window="24h"}'] == 0.5


def test_a_gap_is_told_and_closes_when_what_was_missing_is_there_again(watched: Watched) -> None:
    watched.say(2)
    watched.publish()
    path = watched.web / str(NOTIFY) / "tile/entries/000.p/5"
    data = path.read_bytes()
    path.unlink()
    assert watched.look() == [("moscow/common/notify", "unreadable")]
    path.write_bytes(data)
    assert watched.look() == []
    assert watched.metrics()['jointwatch_log_gap_entries{log="moscow/common/notify"}'] == 0


def test_a_strangers_checkpoint_and_a_strangers_entry_are_told(watched: Watched) -> None:
    moscow = watched.centres[0]
    moscow.store.append({NOTIFY: [moscow.entry(Heartbeat, NOTIFY, number=7, by=SigningKey.generate())]})
    watched.publish()
    assert watched.look() == [("moscow/common/notify", "refused")]
    assert watched.metrics()['jointwatch_log_authenticity_ratio{log="moscow/common/notify",window="90d"}'] == 0.75
    claimed = checkpoints.unverified((watched.web / str(NOTIFY) / "checkpoint").read_bytes())
    (watched.web / str(NOTIFY) / "checkpoint").write_bytes(checkpoints.signed(claimed, SigningKey.generate()))
    assert watched.look() == [("moscow/common/notify", "unsigned")]


def test_an_identity_other_than_the_pinned_or_the_first_seen_is_told(watched: Watched, tmp_path: Path) -> None:
    pins = world.trust_of(watched.centres)
    watched.begin(pins | {"moscow": pins["brussels"]})
    assert ("moscow/common/roster", "identity") in watched.look()
    watched.begin({})
    assert watched.look() == []
    (tmp_path / "other").mkdir()
    others = world.two_centres(tmp_path / "other")
    world.rehearse(others)
    shutil.rmtree(watched.web)
    held = Database(tmp_path / "other" / "moscow.db")
    publish(held, [log for log in held.logs() if log.audience == "common"], watched.web)
    assert ("moscow/common/roster", "identity") in watched.look()
    for centre in others:
        centre.close()


def test_timeliness_is_that_of_what_was_said_since_it_began(watched: Watched) -> None:
    watched.look()
    assert not [name for name in watched.metrics() if "timeliness" in name and "notify" in name]
    moscow = watched.centres[0]
    watched.posix_s = BEGAN_POSIX_S + 1000
    for late_s in (0.1, 0.1, 0.1, 30.0):
        moscow.clock_tai_ns = watched.clock()[1] - int(late_s * 1e9) - 1_000_000_000
        watched.say()
    watched.publish()
    assert watched.look(0.0) == []
    at = 'jointwatch_log_timeliness_seconds{log="moscow/common/notify",window="24h",quantile="%s"}'
    assert watched.metrics()[at % "0.5"] == pytest.approx(0.1, rel=0.15)
    assert watched.metrics()[at % "0.99"] == pytest.approx(30.0, rel=0.15)


def test_a_clock_that_runs_ahead_is_told(watched: Watched) -> None:
    watched.look(60.0)
    watched.centres[0].clock_tai_ns = watched.clock()[1] + 90_000_000_000
    watched.say()
    watched.publish()
    assert watched.look(0.0) == [("moscow/common/notify", "clock")]
    assert watched.metrics()['jointwatch_log_clock_ahead_seconds{log="moscow/common/notify"}'] == pytest.approx(91)


def test_a_roster_may_be_dated_ahead_as_it_says_from_when_it_is_in_force(watched: Watched) -> None:
    """An hour ahead is what `centre keys draft` gives it, so every change of keys rang here."""
    watched.look(60.0)
    moscow = watched.centres[0]
    moscow.clock_tai_ns = watched.clock()[1] + 3_600_000_000_000
    moscow.store.append({roster_log("moscow"): [moscow.roster_entry(number=2)]})
    watched.publish()
    assert watched.look(0.0) == []
    assert watched.metrics()['jointwatch_log_clock_ahead_seconds{log="moscow/common/roster"}'] == 0.0


def test_windows_forget_what_is_older_and_memory_stays_bounded(watched: Watched) -> None:
    name = str(NOTIFY)
    for hour in range(24 * 200):
        watched.state.count(NOTIFY, BEGAN_POSIX_S + 3600 * hour, Counts(asked=1, answered=1, verified=2))
    now = BEGAN_POSIX_S + 3600 * 24 * 200
    assert watched.state.counted(name, "24h", now).asked in (23, 24)
    assert watched.state.counted(name, "90d", now).verified in (2 * 24 * 90 - 2, 2 * 24 * 90)
    db = apsw.Connection(str(watched.folder / "state"))
    assert db.execute("SELECT count(*) FROM counted WHERE log = ?", (name,)).get <= 24 * 90 + 24 + 4
    db.close()


def test_a_site_that_is_down_counts_against_every_log(watched: Watched) -> None:
    watched.look()
    watched.monitor.unreachable()
    at = 'jointwatch_log_availability_ratio{log="brussels/common/roster",window="24h"}'
    assert watched.metrics()[at] == 0.5


def test_a_bin_holds_what_is_near_it() -> None:
    for seconds in (0.002, 0.05, 1.0, 45.0, 3600.0):
        assert seconds_of(bin_of(seconds)) == pytest.approx(seconds, rel=0.15)


def test_a_record_is_watched_like_a_site(watched: Watched) -> None:
    """The whole record of a centre in use, internal logs included; an altered row below what was verified stays found
    by `log verify`, one above it by the monitor."""
    held = Database(watched.folder / "moscow.db")
    watched.monitor.round(held, held.logs())
    assert watched.alarms == []
    watched.say(3)
    db = apsw.Connection(str(watched.folder / "moscow.db"))
    at = schema.row(schema.log_ids(db)[NOTIFY], 4)
    db.execute("UPDATE entry SET data = x'00' WHERE position = ?", (at,))
    db.close()
    watched.monitor.round(held, held.logs())
    assert [(log, kind) for log, kind, _ in watched.alarms] == [("moscow/common/notify", "unreadable")]
