"""A station goes on from its record as if it had never ended: the same picture, and the same bytes said, each once."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jointwatch.centre.duty import station as stations
from jointwatch.centre.duty.bookmark import Bookmark
from jointwatch.centre.duty.listener import Word
from jointwatch.centre.duty.listeners import listeners
from jointwatch.centre.duty.pace import Pace
from jointwatch.exchange.log import Store
from jointwatch.exchange.logid import LogId
from jointwatch.messages.encoding import Heard, kind_of
from jointwatch.messages.incident import Incident
from jointwatch.messages.launch_report import LaunchReport
from jointwatch.messages.plot_report import PlotReport
from jointwatch.messages.receipt import Receipt
from jointwatch.messages.reference import EntryReference
from jointwatch.messages.tracklet import Tracklet
from tests.centre import observed
from tests.centre.watched import KEY, OUT, RECORD, T0, THEIRS, Watched, entry

S = 1_000_000_000


@pytest.fixture(autouse=True)
def _no_heartbeats_by_the_clock_on_the_wall(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a station that waited ten seconds for its turn says one, and another does not."""
    monkeypatch.setattr(stations, "HEARTBEAT_S", float("inf"))


class Counting:
    """Says after each third report of plots how many it has heard, in the record and to the partner."""

    def __init__(self) -> None:
        self.heard = 0

    def hear(self, owner: str, message: Heard, at: EntryReference) -> Iterator[Word]:
        self.heard += isinstance(message, PlotReport)
        if isinstance(message, PlotReport) and self.heard % 3 == 0:
            content = {"about": "info", "concerns": owner, "text": f"{self.heard} scans", "evidence": b""}
            yield Word(Incident, content)
            yield Word(Incident, content, "moscow/brussels/notify")


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Callable[..., Watched]]:
    found: list[Watched] = []

    def make(*, listens: bool = True) -> Watched:
        folder = tmp_path / str(len(found))
        folder.mkdir()
        found.append(Watched(folder, lambda: [Counting()] if listens else listeners("moscow", None)))
        return found[-1]

    yield make
    for one in found:
        one.close()


def steps(count: int) -> Iterator[tuple[int, Callable[[Watched], None]]]:
    """What happens at the centre, with the time: a scan each five seconds, and what the partner says of its own."""
    rng = np.random.default_rng(3)
    ours, theirs = observed.ascent(200.0), observed.ascent(170.0)
    for k in range(12, 12 + count):
        at = T0 + 5 * S * k
        content = observed.scan(ours[k], at, rng)
        yield (
            at,
            lambda to, k=k, at=at, content=content: to.store.append(  # type: ignore[misc]
                {RECORD: [entry(PlotReport, RECORD, k, at, **content)]}
            ),
        )
        if k % 3 == 0:
            yield at, lambda to, k=k, at=at: mirrored(to, k, at, theirs[k])  # type: ignore[misc]


def mirrored(to: Watched, k: int, at: int, r: Any) -> None:
    said_of_it(to, k, at, r)
    to.store.store_mirrored(to.partner.frame(OUT, to.store.size(OUT), max_bytes=1 << 20))


def said_of_it(to: Watched, k: int, at: int, r: Any) -> None:
    """The partner says where its track is."""
    state = (*r.tolist(), 0.0, -2000.0, 1500.0)
    P = np.diag([1e6] * 3 + [400.0] * 3)[np.triu_indices(6)]
    about = {"track": "T-7", "number": k, "since": 0, "from_tai_ns": T0, "to_tai_ns": at, "time_tai_ns": at}
    rest = {"boost_probability": 0.1, "plots": k, "source": "x", "covariance": tuple(P.tolist()), "state": state}
    to.partner.append({OUT: [entry(Tracklet, OUT, k, at, **about, **rest)]})


def play(to: Watched, after: Callable[[Watched, int], None], count: int = 12) -> None:
    for number, (at, step) in enumerate(steps(count)):
        to.now_tai_ns = at + S
        step(to)
        after(to, number)


@pytest.mark.parametrize("listens", [True, False], ids=["heard again from the beginning", "from a bookmark"])
def test_a_station_that_ends_after_every_round_says_the_same_bytes_as_one_that_never_ends(
    made: Callable[..., Watched], listens: bool
) -> None:
    never, often = made(listens=listens), made(listens=listens)

    def ends(to: Watched, number: int) -> None:
        for _ in range(4):
            to.station = to.opened()
            to.station.round()
            if number % 4 == 0:
                to.station.mark()

    play(never, lambda to, _: to.settle())
    play(often, ends)
    often.station = often.opened()
    assert (often.mark.read(lambda _: True) is None) == listens, "the test's own listener is none of our classes"
    assert often.picture() == never.picture()
    assert often.everything() == never.everything()
    assert {track.owners for track in never.picture().tracks} == {("moscow",), ("brussels",)}
    assert any(isinstance(message, LaunchReport) for message in never.said("moscow/brussels/notify"))


def test_where_the_disk_refuses_at_any_time_nothing_is_lost_or_said_twice(
    made: Callable[..., Watched], monkeypatch: pytest.MonkeyPatch
) -> None:
    never, refused = made(), made()
    chance, append, failures = random.Random(4), Store.append, []

    def unsure(self: Store, batch: Any) -> Any:
        found = append(self, batch)
        if self is refused.store and chance.random() < 0.4:
            failures.append(len(failures))
            raise OSError("no space left on device")
        return found

    def again(to: Watched, _: int) -> None:
        with monkeypatch.context() as patched:
            patched.setattr(Store, "append", unsure)
            for _ in range(12):
                try:
                    to.station.round()
                except OSError:
                    continue
        to.settle()

    play(never, lambda to, _: to.settle(), 10)
    play(refused, again, 10)
    assert failures
    assert refused.picture() == never.picture()
    assert kinds_of(refused) == kinds_of(never)
    assert refused.everything()["moscow/brussels/plot"] == never.everything()["moscow/brussels/plot"]


def kinds_of(one: Watched) -> dict[str, list[str]]:
    bookkeeping = ("receipt", "heartbeat")
    return {
        log: [kind for message in one.said(log) if (kind := kind_of(message)) not in bookkeeping]
        for log in one.everything()
    }


def test_what_is_for_a_log_that_is_closed_waits_and_is_said_in_order_when_it_opens(
    made: Callable[..., Watched],
) -> None:
    never, shut = made(), made()
    shut.closed = {"brussels"}
    play(never, lambda to, _: to.settle(), 12)
    play(shut, lambda to, _: to.settle(), 12)
    assert "moscow/brussels/plot" not in shut.everything()
    assert "moscow/brussels/notify" not in shut.everything()
    assert shut.picture() == never.picture(), "the own picture waits for nobody"
    shut.station = shut.opened()
    shut.closed = set()
    shut.settle()
    for log in ("moscow/brussels/plot", "moscow/brussels/track"):
        assert times(shut, log) == times(never, log)
    notices = [message.text for message in shut.said("moscow/brussels/notify") if isinstance(message, Incident)]
    assert notices == ["3 scans", "6 scans", "9 scans", "12 scans"]


def times(one: Watched, log: str) -> list[int]:
    return [message.time_tai_ns for message in one.said(log) if isinstance(message, PlotReport | Tracklet)]


def test_a_bookmark_that_does_not_hold_is_as_good_as_none(made: Callable[..., Watched]) -> None:
    one, other = made(listens=False), made(listens=False)
    play(one, lambda to, _: to.settle(), 15)
    one.station.mark()
    whole = one.mark.path.read_bytes()
    assert one.mark.read(lambda _: True) is not None
    assert one.mark.read(lambda _: False) is None, "of another record"
    assert Bookmark(one.mark.path, lambda: (THEIRS,), None).read(lambda _: True) is None, "of another desk"
    other_made = Bookmark(one.mark.path, lambda: (KEY,), None, {"states": ["RU"]})
    assert other_made.read(lambda _: True) is None, "of a watch made with other values"
    for at in range(0, len(whole), len(whole) // 20):
        one.mark.path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert one.mark.read(lambda _: True) is None, f"altered at {at}"
    before = one.picture()
    one.station = one.opened()
    assert one.picture() == before, "heard again from the beginning"
    other.mark.path.write_bytes(whole)
    other.station = other.opened()
    assert other.picture().tracks == (), "the record it is of is not this one"


def test_nothing_but_arrays_and_our_own_classes_is_made_of_a_bookmark(made: Callable[..., Watched]) -> None:
    one = made()
    for foreign in (sqlite3.connect, np.load, print, Path("x")):
        one.mark.write(one.station._course.place(one.station._heard), foreign)  # type: ignore[arg-type]
        assert one.mark.read(lambda _: True) is None


def test_a_partner_at_a_hundred_times_the_agreed_rate_is_heard_at_that_rate_and_own_sensors_first(
    made: Callable[..., Watched],
) -> None:
    """Ten thousand entries at once of a partner that may say ten a second: its own clock decides nothing."""
    flooded, clock = made(), [0.0]
    flooded.pace = Pace({"brussels": 10}, lambda _, text: flooded.told.append(text), lambda: clock[0])
    flooded.station = flooded.opened()
    incident = {"about": "info", "concerns": "moscow", "text": "again", "evidence": b""}
    flood = LogId("brussels", "common", "notify")
    for start in range(0, 10_000, 1_000):
        said = [entry(Incident, flood, start + k, T0, **incident) for k in range(1_000)]
        flooded.partner.append({flood: said})
        held = flooded.store.size(flood)
        flooded.store.store_mirrored(flooded.partner.frame(flood, held, max_bytes=1 << 22))
    rng, places = np.random.default_rng(1), observed.ascent(200.0)
    for k in range(12, 24):
        clock[0] += 5.0
        flooded.now_tai_ns = at = T0 + 5 * S * k
        flooded.store.append({RECORD: [entry(PlotReport, RECORD, k, at, **observed.scan(places[k], at, rng))]})
        flooded.station.round()
        assert sum(isinstance(one, PlotReport) for one in flooded.said("moscow/brussels/plot")) >= k - 12
    flooded.settle()
    received = sum(one.head.size - one.first_index for one in flooded.said(str(RECORD)) if isinstance(one, Receipt))
    assert 600 <= received - len(flooded.said("moscow/brussels/notify")) <= 760, (
        "ten seconds at once, then ten a second"
    )
    assert len(flooded.picture().tracks) == 1
    assert len(flooded.told) == 1
    assert "sends more than the 10 entries a second that were agreed: 10,000 wait to be heard" in flooded.told[0]


FAR = 86_400 * 365 * S


@pytest.mark.parametrize("seen_s", [FAR, 3600 * S, 0], ids=["seen in a year", "seen in an hour", "logged in a year"])
def test_a_partner_that_says_it_is_another_year_blinds_nobody(made: Callable[..., Watched], seen_s: int) -> None:
    """Its words stay in the log; the watch goes by the clock of the centre that keeps it."""
    plots, rng, lied = LogId("brussels", "moscow", "plot"), np.random.default_rng(4), False

    def lie(to: Watched, number: int) -> None:
        nonlocal lied
        if number == 6:
            at, lied = to.now_tai_ns, True
            content = [observed.scan(observed.ascent(30.0)[k], at + seen_s, rng, "far") for k in range(20, 28)]
            said = [entry(PlotReport, plots, k, at + FAR, **one) for k, one in enumerate(content)]
            to.partner.append({plots: said})
            to.store.store_mirrored(to.partner.frame(plots, 0, max_bytes=1 << 20))
        to.settle()

    honest, deceived = made(), made()
    play(honest, lambda to, _: to.settle())
    play(deceived, lie)
    deceived.now_tai_ns = honest.now_tai_ns
    assert lied
    ours = [[track.id for track in one.picture().tracks if "far" not in track.sources] for one in (honest, deceived)]
    assert ours[0] == ours[1]
    assert len(ours[0]) == 2


def test_a_partner_that_was_silent_for_a_day_is_heard_from_where_it_stopped(made: Callable[..., Watched]) -> None:
    """Its tracks are lost meanwhile and forgotten; its own day comes at once, each entry once, in its order."""
    centre, day = made(), 86_400 * S
    r = observed.ascent(170.0)[20]
    mirrored(centre, 1, T0, r)
    centre.settle()
    assert [track.status for track in centre.picture().tracks] == ["confirmed"]
    rng, places = np.random.default_rng(1), observed.ascent(200.0)
    for hour in range(1, 25):  # own radars go on
        centre.now_tai_ns = at = T0 + hour * 3600 * S
        centre.store.append({RECORD: [entry(PlotReport, RECORD, hour, at, **observed.scan(places[20], at, rng))]})
        centre.settle()
    assert centre.picture().tracks == ()
    assert not centre.station._duty.watch._received
    for k in range(2, 200):
        said_of_it(centre, k, T0 + k * day // 200, r)
    held = centre.store.size(OUT)
    centre.store.store_mirrored(centre.partner.frame(OUT, held, max_bytes=1 << 22))
    mirrored(centre, 200, centre.now_tai_ns, r)
    centre.settle()
    received = [one for one in centre.said(str(RECORD)) if isinstance(one, Receipt) and one.head.log == str(OUT)]
    assert [one.first_index for one in received] == [0, *(one.head.size for one in received[:-1])]
    assert received[-1].head.size == 200
    (track,) = centre.picture().tracks
    assert (track.status, track.owners) == ("confirmed", ("brussels",))


def test_plots_that_a_sensor_hands_in_for_a_log_of_their_own_are_watched_and_released_too(
    made: Callable[..., Watched],
) -> None:
    centre, rng, places = made(listens=False), np.random.default_rng(1), observed.ascent(200.0)
    home = LogId("moscow", "moscow", "plot")
    for k in range(12, 18):
        centre.now_tai_ns = at = T0 + 5 * S * k
        centre.store.append({home: [entry(PlotReport, home, k, at, **observed.scan(places[k], at, rng))]})
        centre.settle()
    assert [track.sources for track in centre.picture().tracks] == [("gabala",)]
    assert len(times(centre, "moscow/brussels/plot")) == 6
    centre.station = centre.opened()
    centre.settle()
    assert len(times(centre, "moscow/brussels/plot")) == 6
