"""A partner with valid keys that lies: the watch goes on, the own launch stays an alarm, and the record stays small."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from jointwatch.centre.duty.listeners import listeners
from jointwatch.centre.watch import MOST_TRACKS
from jointwatch.exchange import dsse, merkle
from jointwatch.exchange.logid import LogId
from jointwatch.messages.correlation import Correlation
from jointwatch.messages.encoding import PAYLOAD_TYPE, Message, encode, kind_of
from jointwatch.messages.launch_report import LaunchReport
from jointwatch.messages.notice import Notice, NoticeArea, NoticeContents
from jointwatch.messages.outside_report import OutsideContents, OutsideReport
from jointwatch.messages.plot_report import PlotReport
from jointwatch.messages.reference import EntryReference
from jointwatch.messages.tracklet import Tracklet
from tests.centre import observed
from tests.centre.dishonest import KINDS, Dishonest
from tests.centre.watched import RECORD, T0, THEIRS, Watched, entry

S = 1_000_000_000
LOGS = ("brussels/moscow/notify", "brussels/moscow/track", "brussels/moscow/plot", "brussels/common/notify")


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Callable[[], Watched]]:
    found: list[Watched] = []

    def make() -> Watched:
        folder = tmp_path / str(len(found))
        folder.mkdir()
        states = {"moscow": ["RU"], "brussels": ["BE"]}
        found.append(Watched(folder, lambda: listeners("moscow", None, states=states)))
        return found[-1]

    yield make
    for one in found:
        one.close()


def lie(to: Watched, liar: Dishonest, count: int) -> None:
    """So many entries of the partner, of any kind, in any of its logs."""
    for _ in range(count):
        log = LogId.parse(liar.rng.choice(LOGS))
        index = to.partner.size(log) if log in to.partner.logs() else 0
        try:
            data = encode(liar.message(liar.rng.choice(KINDS), str(log), index, to.now_tai_ns))
        except ValueError:  # not even the schema lets it say so
            continue
        said = dsse.sign(PAYLOAD_TYPE, data, [THEIRS]).encode()
        to.partner.append({log: [said]})
        liar.known.append(EntryReference(log=str(log), index=index, leaf_hash=merkle.leaf_hash(said)))
        held = to.store.size(log) if log in to.store.logs() else 0
        to.store.store_mirrored(to.partner.frame(log, held, max_bytes=1 << 22))


def say(to: Watched, kind: type[Message], klass: str, now_tai_ns: int, **content: Any) -> EntryReference:
    """One entry of the partner, received."""
    log = LogId("brussels", "moscow", klass)
    held = to.store.size(log) if log in to.store.logs() else 0
    said = entry(kind, log, held, now_tai_ns, **content)
    to.partner.append({log: [said]})
    to.store.store_mirrored(to.partner.frame(log, held, max_bytes=1 << 22))
    return EntryReference(log=str(log), index=held, leaf_hash=merkle.leaf_hash(said))


def tracklet(at: int, x: Any, *, track: str = "B-1", number: int = 1, source: str = "x") -> dict[str, Any]:
    P = np.diag([1e8] * 3 + [1e6] * 3)[np.triu_indices(6)]
    times = {"from_tai_ns": at, "to_tai_ns": at, "time_tai_ns": at}
    rest = {"boost_probability": 0.1, "plots": 5, "source": source, "covariance": tuple(P.tolist())}
    return {"track": track, "number": number, "since": 0, "state": (*x.tolist(), 0.0, -2000.0, 1500.0), **times, **rest}


def standing(to: Watched) -> str:
    """How the own launch stands, as the record says and as the picture shows."""
    record = to.said(str(RECORD))
    track = next(one.items.track for one in record if isinstance(one, LaunchReport))
    said = [one.standing for one in record if isinstance(one, Correlation) and one.object == track][-1]
    shown = {one.object: one.standing for one in to.picture().correlations}
    assert shown[track] == said
    return said


def watch_a_launch(to: Watched, lies: Callable[[], None], scans: int) -> None:
    rng, places = np.random.default_rng(3), observed.ascent(200.0)
    for k in range(12, 12 + scans):
        at = T0 + 5 * S * k
        to.now_tai_ns = at + S
        to.store.append({RECORD: [entry(PlotReport, RECORD, k, at, **observed.scan(places[k], at, rng))]})
        lies()
        to.settle()
        to.picture()


@pytest.mark.parametrize("seed", range(3))
def test_whatever_a_partner_says_the_watch_goes_on_and_the_own_launch_is_an_alarm(
    made: Callable[[], Watched], seed: int
) -> None:
    lied_to, liar = made(), Dishonest(seed)

    def lies() -> None:
        at_home = lied_to.store.entries(RECORD)
        liar.known += [
            EntryReference(log=str(RECORD), index=k, leaf_hash=merkle.leaf_hash(one))
            for k, one in list(enumerate(at_home))[-4:]
        ]
        lie(lied_to, liar, 12)

    watch_a_launch(lied_to, lies, 20)
    record = lied_to.said(str(RECORD))
    ours = [one.items.track for one in record if isinstance(one, LaunchReport)]
    assert ours
    judged = [one for one in record if isinstance(one, Correlation) and one.object == ours[0]]
    assert judged[-1].standing == "alarm"
    before = lied_to.picture()
    lied_to.station.mark()
    lied_to.station = lied_to.opened()
    assert lied_to.picture() == before, "from the bookmark"
    lied_to.mark.path.unlink()
    lied_to.station = lied_to.opened()
    assert lied_to.picture() == before, "from the record"
    said = Counter(
        kind_of(one) for log in lied_to.everything() if log.startswith("moscow") for one in lied_to.said(log)
    )
    assert sum(said.values()) < 2 * 20 * 12, said


def test_plots_dated_ahead_make_no_own_scan_too_old(made: Callable[[], Watched]) -> None:
    """Three scans in a row two days ahead were believed, and every own scan after them was late."""
    lied_to, places, rng = made(), observed.ascent(170.0), np.random.default_rng(1)

    def lies() -> None:
        ahead = lied_to.now_tai_ns + 2 * 86_400 * S
        for k in range(4):
            say(lied_to, PlotReport, "plot", ahead, **observed.scan(places[12], ahead + k * S, rng, "b"))
            say(lied_to, PlotReport, "plot", ahead, **observed.scan(places[12], lied_to.now_tai_ns + 60 * S, rng, "b"))

    watch_a_launch(lied_to, lies, 12)
    assert standing(lied_to) == "alarm"
    assert [track.sources for track in lied_to.picture().tracks] == [("gabala",)]


def test_a_radar_called_as_an_own_one_makes_no_own_launch_a_partners(made: Callable[[], Watched]) -> None:
    lied_to, places, rng = made(), observed.ascent(200.0), np.random.default_rng(1)

    def lies() -> None:
        say(lied_to, PlotReport, "plot", lied_to.now_tai_ns, **observed.scan(places[50], lied_to.now_tai_ns - S, rng))

    watch_a_launch(lied_to, lies, 12)
    assert standing(lied_to) == "alarm"


def test_radars_with_names_as_long_as_may_be_do_not_stop_the_report(made: Callable[[], Watched]) -> None:
    lied_to, places, rng = made(), observed.ascent(200.0), np.random.default_rng(1)
    scans = iter(range(12, 99))

    def lies() -> None:
        k, at = next(scans), lied_to.now_tai_ns - S
        for name in ("x" * 128, "y" * 128):
            say(lied_to, PlotReport, "plot", at, **observed.scan(places[k], at, rng, name))

    watch_a_launch(lied_to, lies, 12)
    assert standing(lied_to) == "alarm"
    assert any(track.owners == ("brussels", "moscow") for track in lied_to.picture().tracks)


@pytest.mark.parametrize("days", [-10, -1, 1, 10, 30_000])
def test_tracks_of_another_day_neither_stop_the_picture_nor_age_the_own_ones(
    made: Callable[[], Watched], days: int
) -> None:
    lied_to, places = made(), observed.ascent(170.0)
    numbers = iter(range(1, 99))

    def lies() -> None:
        at = lied_to.now_tai_ns + days * 86_400 * S
        for _ in range(4):
            say(lied_to, Tracklet, "track", at, **tracklet(at, places[20], number=next(numbers)))

    watch_a_launch(lied_to, lies, 12)
    assert standing(lied_to) == "alarm"
    assert [(track.status, track.owners) for track in lied_to.picture().tracks] == [("confirmed", ("moscow",))]


def test_a_light_that_is_called_as_an_own_track_explains_nothing(made: Callable[[], Watched]) -> None:
    lied_to = made()
    seen = OutsideContents(
        seen_tai_ns=T0, latitude_rad=0.5, longitude_rad=0.9, height_m=3e4, velocity_m_s=(-3e4, 0.0, 0.0), source="us"
    )

    def lies() -> None:
        for _ in range(5):
            say(lied_to, OutsideReport, "notify", lied_to.now_tai_ns, contents=seen)

    watch_a_launch(lied_to, lies, 12)
    assert standing(lied_to) == "alarm"
    assert sum(isinstance(one, Correlation) for one in lied_to.said(str(RECORD))) == 1, (
        "nothing is written because of it"
    )


def test_no_partner_judges_an_own_launch(made: Callable[[], Watched]) -> None:
    lied_to = made()
    watch_a_launch(lied_to, lambda: None, 12)
    track = next(one.items.track for one in lied_to.said(str(RECORD)) if isinstance(one, LaunchReport))
    at = EntryReference(log=str(RECORD), index=0, leaf_hash=b"l" * 32)
    told = {"subject": at, "object": track, "standing": "explained", "announced": "", "text": "Nothing was launched"}
    say(lied_to, Correlation, "notify", lied_to.now_tai_ns, **told)
    lied_to.settle()
    assert standing(lied_to) == "alarm"


WORLD = tuple((latitude, longitude) for latitude in (-1.5, 0.0, 1.5) for longitude in (-3.1, -1.5, 0.0, 1.5, 3.1))


@pytest.mark.parametrize(
    ("until_tai_ns", "corners", "role"),
    [
        (T0 + 3_600 * S, ((1.5, -3.1), (1.5, 3.1), (-1.5, 3.1), (-1.5, -3.1)), "launch"),
        (T0 + 3_600 * S, WORLD, "impact"),
        (2**63 - 1, ((0.5, 0.8), (0.5, 1.0), (0.7, 1.0), (0.7, 0.8)), "launch"),
    ],
    ids=["the whole world", "coming down anywhere", "at any time"],
)
def test_a_notice_of_everything_announces_nothing(
    made: Callable[[], Watched], until_tai_ns: int, corners: Any, role: Any
) -> None:
    lied_to = made()
    contents = NoticeContents(
        occasion="pre-launch",
        from_tai_ns=0 if until_tai_ns == 2**63 - 1 else T0 - 3_600 * S,
        until_tai_ns=until_tai_ns,
        received_tai_ns=T0,
        vehicle="missile",
        areas=(NoticeArea(role=role, corners=corners),),
        text="anything",
        source="us",
    )
    watch_a_launch(lied_to, lambda: None, 8)
    say(lied_to, Notice, "notify", lied_to.now_tai_ns, contents=contents)
    lied_to.settle()
    assert standing(lied_to) == "alarm"


def test_tracks_and_notices_without_end_are_held_to_a_number(made: Callable[[], Watched]) -> None:
    lied_to, places = made(), observed.ascent(170.0)
    watch = lied_to.station._duty.watch
    watch.pass_time(T0)
    for k in range(MOST_TRACKS + 20):
        message = msgspec.convert(
            {
                **HEAD,
                "logged_tai_ns": T0,
                "id": f"t-{k}",
                "kind": "tracklet",
                **tracklet(T0, places[20], track=f"B-{k}"),
            },
            Tracklet,
        )
        watch._receive("brussels", message)
    assert len(watch._received) == MOST_TRACKS


HEAD = {"mode": "exercise", "run": "r", "origin": "brussels", "log": "brussels/moscow/track"}
