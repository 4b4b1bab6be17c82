"""The joint picture against a partner that lies about times, lengths and amounts: the same at both, and still there."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from jointwatch.centre.duty.course import AHEAD_NS
from jointwatch.centre.duty.joining import MOST, Joining
from jointwatch.centre.joint import JointPicture
from jointwatch.earth.timescale import tai_ns_from_utc
from jointwatch.exchange.logid import LogId
from jointwatch.messages.heartbeat import Heartbeat
from jointwatch.messages.picture import Picture
from jointwatch.messages.plot_report import PlotReport
from jointwatch.messages.reference import LogHead
from tests.centre import observed
from tests.centre.joined import ASCENT, Pair, S, both, both_in, observe, pull, rng, see, settled
from tests.centre.watched import T0, Watched, entry

DAY = 86_400 * S
NOTIFY = LogId("brussels", "moscow", "notify")


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    with both(tmp_path) as found:
        yield found


def beat(brussels: Watched, at_tai_ns: int, number: int = 10_000, holds: tuple[LogHead, ...] = ()) -> None:
    """A heartbeat that Brussels gives Moscow beside its own."""
    said = entry(Heartbeat, NOTIFY, number, at_tai_ns, number=number, holds=holds)
    brussels.store.append({NOTIFY: [said]})


def joining(of: Watched) -> Joining:
    found = of.station._duty.joining
    assert found is not None
    return found


def heard_lately(picture: Picture) -> bool:
    """Whether the last plots of both centres are in the picture: the two radars look at once, every five seconds."""
    first, last = (
        max(getattr(track, name) for track in picture.tracks) for name in ("first_seen_utc", "last_seen_utc")
    )
    seconds = (tai_ns_from_utc(last) - tai_ns_from_utc(first)) / S
    plots = sum(track.plots for track in picture.tracks)
    late_s = (picture.as_of_tai_ns - tai_ns_from_utc(last)) / S
    return late_s < 10.0 and plots > 2 * seconds / 5.0 - 3


def lag_ns(of: Watched) -> int:
    return of.now_tai_ns - joining(of).horizon_tai_ns


@pytest.mark.parametrize("ahead_ns", [2 * AHEAD_NS, DAY, 100 * 365 * DAY])
def test_one_heartbeat_from_far_ahead_stops_neither_time_nor_its_centre(pair: Pair, ahead_ns: int) -> None:
    moscow, brussels = pair
    observe(pair, range(12, 16), random.Random(1))
    settled(pair)
    beat(brussels, brussels.now_tai_ns + ahead_ns)
    pull(moscow, brussels)
    for k in range(16, 20):  # Brussels says nothing more for now: time goes on without it
        see(moscow, k)
    assert lag_ns(moscow) < 15 * S
    observe(pair, range(20, 30), random.Random(2))
    first, second = settled(pair)
    assert first == second
    assert both_in(first)
    assert joining(moscow)._heard["brussels/moscow/plot"] > brussels.store.size(LogId.parse("brussels/moscow/plot")) - 3
    assert lag_ns(moscow) < 15 * S
    assert len(joining(moscow)._joint._waiting) < 30


def test_a_clock_that_is_an_hour_fast_waits_for_the_other_and_loses_nothing(pair: Pair) -> None:
    moscow, brussels = pair
    for k in range(12, 18):
        see(moscow, k)
        see(brussels, k, off_ns=3600 * S)
        for to, of in (pair, pair[::-1]):
            pull(to, of)
    assert moscow.now_tai_ns - 15 * S < joining(moscow).horizon_tai_ns <= moscow.now_tai_ns
    first, second = settled(pair)
    assert first == second
    assert {owner for track in first.tracks for owner in track.owners} <= {"moscow"}


def test_after_a_night_without_anything_to_see_the_joint_picture_goes_on_at_once(pair: Pair) -> None:
    observe(pair, range(12, 16), random.Random(3))
    settled(pair)
    for one in pair:
        one.now_tai_ns += 8 * 3600 * S
        one.settle()
    for k in range(20, 34):
        for one in pair:
            record, at = LogId(one.centre, one.centre, "record"), T0 + 8 * 3600 * S + 5 * S * k
            one.now_tai_ns = at + S
            content = observed.scan(ASCENT[k], at, rng(), f"radar-of-{one.centre}")
            one.store.append({record: [entry(PlotReport, record, k, at, **content)]})
            one.settle()
        for to, of in (pair, pair[::-1]):
            pull(to, of)
    first, second = settled(pair)
    assert first == second
    assert lag_ns(pair[0]) < 15 * S
    assert both_in(first)


def test_a_heartbeat_for_more_than_there_is_holds_up_nothing_once_the_next_one_names_less(pair: Pair) -> None:
    moscow, brussels = pair
    observe(pair, range(12, 16), random.Random(4))
    settled(pair)
    plots = LogId("brussels", "moscow", "plot")
    more = LogHead(log=str(plots), size=10**9, root=b"r" * 32)
    beat(brussels, brussels.now_tai_ns + 2 * S, holds=(more,))
    observe(pair, range(17, 30), random.Random(5))
    first, second = settled(pair)
    assert first == second
    assert both_in(first)
    assert lag_ns(moscow) < 15 * S


def test_plots_from_a_day_ahead_do_not_end_what_the_other_sees(pair: Pair) -> None:
    moscow, brussels = pair
    observe(pair, range(12, 24), random.Random(6))
    plots = LogId("brussels", "moscow", "plot")
    for number, ahead in enumerate((20 * S, 3600 * S, DAY)):
        content = observed.scan(ASCENT[20], brussels.now_tai_ns + ahead, rng(), "radar-of-brussels")
        said = entry(PlotReport, plots, 900 + number, brussels.now_tai_ns, **content)
        brussels.store.append({plots: [said]})
    for k in range(24, 30):
        see(moscow, k)
        see(brussels, k)
        for to, of in (pair, pair[::-1]):
            pull(to, of)
    first, second = settled(pair)
    assert first == second
    assert both_in(first)
    assert heard_lately(first)


def test_what_is_no_part_of_what_it_says_is_not_heard_where_it_is_named(pair: Pair) -> None:
    """Its roster, its word to others, another centre's logs."""
    moscow, brussels = pair
    observe(pair, range(12, 14), random.Random(7))
    names = ("brussels/common/roster", "brussels/ankara/plot", "moscow/moscow/record", "brussels/brussels/record")
    beat(brussels, brussels.now_tai_ns + 2 * S, holds=tuple(LogHead(log=one, size=1, root=b"r" * 32) for one in names))
    observe(pair, range(15, 24), random.Random(8))
    first, second = settled(pair)
    assert first == second
    assert lag_ns(moscow) < 15 * S


def test_of_a_flood_the_newest_is_heard_and_what_is_urgent_first(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    brussels = pair[1]
    observe(pair, range(12, 14), random.Random(9))
    settled(pair)
    heard: list[str] = []

    def said(self: JointPicture, owner: str, log: str, position: int, message: object, at_tai_ns: int) -> None:
        heard.append(log)

    monkeypatch.setattr(JointPicture, "said", said)
    plots = LogId("brussels", "moscow", "plot")
    content = observed.scan(ASCENT[14][:0], brussels.now_tai_ns, rng(), "radar-of-brussels")
    flood = [entry(PlotReport, plots, 5_000 + k, brussels.now_tai_ns, **content) for k in range(3 * MOST)]
    brussels.store.append({plots: flood})
    observe(pair, range(14, 17), random.Random(10))
    settled(pair)
    assert len(heard) <= 2 * MOST
    assert str(plots) in heard
    assert str(NOTIFY) in heard
