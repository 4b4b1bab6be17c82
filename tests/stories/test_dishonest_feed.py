"""A dishonest feed: eleven minutes of honest plots, then the ranges of Moscow's radar are made 400 m too long.

Both centres see the public catalogue's satellites pass; nothing is launched. The record of Brussels has Moscow's feed
believed, then doubted: the offset, its size and since when. Moscow, whose radar it is, sees the same of its own. The
radar of Brussels stays believed throughout. All of it are entries, so whoever has the record can check it.
"""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from jointwatch.centre.replay import read_logs
from jointwatch.cli.main import app
from jointwatch.cli.reporting import report_page
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.exchange.logid import LogId
from jointwatch.messages.feed_verdict import FeedVerdict
from jointwatch.studies.run import Exercise, Watchers
from jointwatch.studies.scenario import Scenario, load
from tests.conftest import Run, play

HONEST_S, WHOLE_S = 660.0, 1_080.0
TOO_LONG_M = 400.0


def quiet_sky() -> Scenario:
    """Satellites alone, so many that at most 200 pass a radar in half an hour."""
    scenario = load("full-sky")
    assert scenario.sky is not None
    sky = scenario.sky.model_copy(update={"objects": 1_300})
    return scenario.model_copy(update={"flights": (), "notices": (), "sky": sky, "duration_s": WHOLE_S})


def lie(tick: int, exercise: Exercise) -> None:
    """From a time on, Armavir measures ranges too long; its owner declares nothing of it."""
    if tick - exercise.plan.ticks_tai_ns[0] == HONEST_S * NS_PER_S:
        honest = exercise.desk.biases["armavir"]
        exercise.desk.biases["armavir"] = replace(honest, range_m=honest.range_m + TOO_LONG_M)


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The exercise, played once."""
    patch = pytest.MonkeyPatch()
    patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
    folder = tmp_path_factory.mktemp("runs") / "sky"
    run = play(quiet_sky(), "as-proposed", folder, Watchers(before_tick=lie), page=report_page)
    patch.undo()
    return run


def verdicts(run: Run, centre: str, sensor: str) -> list[FeedVerdict]:
    said = read_logs(run.directory)[LogId(centre, centre, "record")]
    return [message for message in said if isinstance(message, FeedVerdict) and message.sensor == sensor]


def shown(*arguments: str) -> str:
    """What a command prints, its lines joined."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["jointwatch", *arguments])  # by which help is told from work
        result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code == 0, result.output
    return re.sub(r"\s+", " ", result.output)


def test_the_partner_names_the_feed_the_fault_and_since_when(day: Run) -> None:
    first, *later = verdicts(day, "brussels", "armavir")
    assert first.standing == "believed"
    doubted = [verdict for verdict in later if verdict.standing == "doubted"]
    (fault,) = doubted[-1].faults
    assert (fault.cause, fault.quantity) == ("offset", "range")
    assert abs(fault.size - TOO_LONG_M) < 3 * fault.sigma
    assert fault.sigma < 0.2 * TOO_LONG_M
    began = first.as_of_tai_ns - first.minutes * 60 * NS_PER_S + round(HONEST_S * NS_PER_S)
    assert 0 < (doubted[0].as_of_tai_ns - began) / NS_PER_S < 300


def test_the_owner_sees_it_too_and_the_honest_radar_is_believed_by_both(day: Run) -> None:
    assert verdicts(day, "moscow", "armavir")[-1].standing == "doubted"
    for centre in ("moscow", "brussels"):
        assert {verdict.standing for verdict in verdicts(day, centre, "gabala")} == {"believed"}


def test_log_show_tells_it_and_the_record_stands(day: Run) -> None:
    told = shown("log", "show", str(day.directory), "--log", "brussels/brussels/record")
    assert "the feed of armavir of moscow: believed: nothing against it in 10 min" in told
    assert "the feed of armavir of moscow: doubted: range off by +" in told
    assert "the feed of gabala of brussels: doubted" not in told
    shown("log", "verify", str(day.directory))


def test_the_page_and_the_report_show_what_stands(day: Run) -> None:
    (brussels,) = [state for state in day.record.snapshots[-1].centres if state.id == "brussels"]
    assert {(feed.of, feed.sensor): feed.standing for feed in brussels.feeds} == {
        ("moscow", "armavir"): "doubted",
        ("brussels", "gabala"): "believed",
    }
    assert any(event.kind == "feed" and "doubted: range off by" in event.text for event in day.record.events)
    report = re.sub(r"\s+", " ", (day.directory / "report.html").read_text())
    assert "What each centre held of each radar" in report
    assert "doubted: range off by +" in report


def test_what_is_said_of_feeds_stays_at_home(day: Run) -> None:
    for log, messages in read_logs(day.directory).items():
        assert log.internal or not any(isinstance(message, FeedVerdict) for message in messages)
