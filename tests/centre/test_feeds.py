"""Standing verdicts on feeds: said by a listener of the log, the same after a restart, for partners' and own radars."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest

from jointwatch.assessment.integrity.declared import tolerance
from jointwatch.centre.declared import declared
from jointwatch.centre.duty.bookmark import _Reader, _Writer
from jointwatch.centre.duty.feeds import EVERY_MINUTES, FIRST_MINUTES, MOST_FEEDS, Feeds
from jointwatch.centre.news import News, feed_view
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.exchange.merkle import leaf_hash
from jointwatch.messages.encoding import decode, encode
from jointwatch.messages.feed_verdict import FeedVerdict
from jointwatch.messages.packed_plots import with_plots
from jointwatch.messages.plot_report import PlotReport, Site
from jointwatch.messages.reference import EntryReference
from jointwatch.studies import dishonest
from jointwatch.studies.feed_trials import Ground, ground
from jointwatch.studies.overflights import Minute

HEADER: dict[str, Any] = {"mode": "exercise", "run": "r-1", "origin": "brussels", "log": "brussels/moscow/plot"}


@pytest.fixture(scope="module")
def traffic() -> tuple[Ground, tuple[Minute, ...]]:
    here = ground(7)
    return here, tuple(here.minutes(25))


def reports(minute: Minute, number: int, sensor: str = "armavir") -> Iterable[PlotReport]:
    site = minute.radar.site
    for k, plots in enumerate(minute.scans()):
        bare = PlotReport(
            **HEADER,
            logged_tai_ns=plots.time_tai_ns + 5 * NS_PER_S,
            id=f"scan-{number}-{k}",
            sensor=sensor,
            site=Site(name=site.name, latitude_rad=site.latitude_rad, longitude_rad=site.longitude_rad, height_m=0.0),
            time_tai_ns=plots.time_tai_ns,
            range_m=(),
            azimuth_rad=(),
            elevation_rad=(),
            sigma_range_m=(),
            sigma_azimuth_rad=(),
            sigma_elevation_rad=(),
        )
        yield with_plots(bare, plots.z, plots.sigma)


def at(index: int) -> EntryReference:
    return EntryReference(log="brussels/moscow/plot", index=index, leaf_hash=leaf_hash(b"%d" % index))


def told(
    feeds: Feeds, minutes: Iterable[Minute], owner: str = "brussels", sensor: str = "armavir"
) -> list[FeedVerdict]:
    """The verdicts that follow from minutes of plots, each as bytes and back."""
    found = []
    for number, minute in enumerate(minutes):
        for report in reports(minute, number, sensor):
            for word in feeds.hear(owner, report, at(number)):
                header = HEADER | {"origin": "moscow", "log": "moscow/moscow/record"}
                said = word.kind(**header, logged_tai_ns=report.logged_tai_ns, id=f"v-{number}", **word.content)
                found.append(decode(encode(said)))
    assert all(isinstance(verdict, FeedVerdict) for verdict in found)
    return found  # type: ignore[return-value]


def test_an_honest_feed_is_believed_after_ten_minutes_and_that_is_said_once(
    traffic: tuple[Ground, tuple[Minute, ...]],
) -> None:
    here, minutes = traffic
    (verdict,) = told(Feeds("moscow", here.known, {("brussels", "armavir"): here.declared}), minutes)
    assert (verdict.of, verdict.sensor, verdict.standing) == ("brussels", "armavir", "believed")
    assert verdict.minutes == FIRST_MINUTES < EVERY_MINUTES
    assert verdict.explained > 0.5 * verdict.plots
    assert verdict.text.startswith("believed: nothing against it in 10 min")
    assert verdict.false_per_1000_h == 1.0
    assert "not looked for" not in verdict.text


def test_a_feed_that_cheats_is_doubted_with_the_evidence(traffic: tuple[Ground, tuple[Minute, ...]]) -> None:
    here, minutes = traffic
    altered = [dishonest.offset(m, (400.0, 0.0, 0.0)) if k >= 12 else m for k, m in enumerate(minutes)]
    first, second, *_ = told(Feeds("moscow", here.known, {("brussels", "armavir"): here.declared}), altered)
    assert (first.standing, second.standing) == ("believed", "doubted")
    (fault,) = second.faults
    assert (fault.cause, fault.quantity) == ("offset", "range")
    assert abs(fault.size - 400.0) < 5 * fault.sigma
    assert fault.since_tai_ns is not None
    assert abs(fault.since_tai_ns - minutes[12].times_tai_ns[0]) <= 180 * NS_PER_S


def test_a_radar_that_nobody_declared_is_held_against_what_its_plots_state(
    traffic: tuple[Ground, tuple[Minute, ...]],
) -> None:
    here, minutes = traffic
    verdicts = told(Feeds("moscow", here.known), [dishonest.offset(m, (0.0, 0.01, 0.0)) for m in minutes[:8]])
    assert [fault.quantity for fault in verdicts[0].faults] == ["azimuth"]
    assert verdicts[0].text.endswith("; what it leaves out is not looked for, as the radar is not declared")


def test_a_declaration_is_of_its_owner_alone(traffic: tuple[Ground, tuple[Minute, ...]]) -> None:
    here, minutes = traffic
    feeds = Feeds("moscow", here.known, {("brussels", "armavir"): here.declared})
    half = [dishonest.thinned(minute, 0.5, np.random.default_rng(k)) for k, minute in enumerate(minutes[:13])]
    assert [verdict.standing for verdict in told(feeds, half, owner="ankara")] == ["believed"]
    assert told(feeds, half)[-1].standing == "doubted"


def test_a_masked_radar_has_a_verdict_too_but_on_what_it_tells_alone(
    traffic: tuple[Ground, tuple[Minute, ...]],
) -> None:
    here, minutes = traffic
    half = [dishonest.thinned(minute, 0.5, np.random.default_rng(k)) for k, minute in enumerate(minutes[:13])]
    (verdict,) = told(Feeds("moscow", here.known, {("brussels", "armavir"): here.declared}), half, sensor="")
    assert (verdict.sensor, verdict.standing) == ("", "believed")
    assert verdict.text.endswith("; what it leaves out is not looked for, as the radar is masked")
    assert feed_view(verdict).text == verdict.text


def test_the_same_log_gives_the_same_verdicts_across_a_bookmark(traffic: tuple[Ground, tuple[Minute, ...]]) -> None:
    here, minutes = traffic
    altered = [dishonest.noisier(m, 1.5, np.random.default_rng(k)) if k > 8 else m for k, m in enumerate(minutes[:14])]
    whole = told(Feeds("moscow", here.known, {("brussels", "armavir"): here.declared}), altered)
    feeds = Feeds("moscow", here.known, {("brussels", "armavir"): here.declared})
    before = told(feeds, altered[:9])
    kept = io.BytesIO()
    _Writer(kept, here.known).dump(feeds)
    again = _Reader(io.BytesIO(kept.getvalue()), here.known).load()
    after = told(again, altered[9:])
    assert [v.text for v in before + after] == [v.text for v in whole]
    assert whole[-1].standing == "doubted"


def test_no_more_radars_of_a_centre_are_judged_than_that(traffic: tuple[Ground, tuple[Minute, ...]]) -> None:
    _, minutes = traffic
    feeds = Feeds("moscow", None)
    for number in range(MOST_FEEDS + 5):
        told(feeds, minutes[:1], sensor=f"radar-{number}")
    assert len(feeds._feeds) == MOST_FEEDS
    told(feeds, minutes[:1], owner="ankara")
    assert len(feeds._feeds) == MOST_FEEDS + 1


def test_plots_of_another_day_are_compared_with_no_orbit(traffic: tuple[Ground, tuple[Minute, ...]]) -> None:
    here, minutes = traffic
    feeds = Feeds("moscow", here.known, {("brussels", "armavir"): here.declared})
    verdicts = told(feeds, [dishonest.misdated(minutes[0], 0.0)])
    for report in reports(minutes[1], 1):
        late = type(report)(**{f: getattr(report, f) for f in report.__struct_fields__} | {"time_tai_ns": 10**18})
        verdicts += feeds.hear("brussels", late, at(1))  # type: ignore[arg-type]
    (feed,) = feeds._feeds.values()
    assert feed.judge.plots < 400
    assert verdicts  # it is late, and that is said
    assert verdicts[-1].content["faults"][0].cause == "late"  # type: ignore[attr-defined]


def test_news_tells_a_verdict_once_and_again_when_it_is_another(traffic: tuple[Ground, tuple[Minute, ...]]) -> None:
    here, minutes = traffic
    altered = [dishonest.offset(m, (0.0, 0.0, 0.01)) if k >= 11 else m for k, m in enumerate(minutes[:16])]
    verdicts = told(Feeds("moscow", here.known, {("brussels", "armavir"): here.declared}), altered)
    news = News("moscow")
    for verdict in (verdicts[0], verdicts[0], *verdicts):
        news.judged([verdict])
    texts = [event.text for event in news.gather()]
    assert len(texts) == 2
    assert texts[1].startswith("brussels, armavir: doubted: elevation off by +0.5")


def test_a_radar_that_follows_few_objects_is_not_asked_for_all(traffic: tuple[Ground, tuple[Minute, ...]]) -> None:
    from dataclasses import replace

    here, _ = traffic
    limited = declared(replace(here.radar, track_capacity=20))
    assert limited.look is None
    assert limited.allowed_offset == tolerance(limited.plot_sigma)
