"""A watched folder: a file is taken when nothing changes in it any more, and put away where nothing is lost."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from jointwatch.centre.intake.folder import Watched, put_away
from jointwatch.centre.intake.pace import Pace
from jointwatch.earth.timescale import NS_PER_S


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def names(watched: Watched) -> list[str]:
    return [path.name for path in watched.whole()]


def test_a_file_is_whole_when_nothing_changed_in_it_for_two_seconds(tmp_path: Path, clock: Clock) -> None:
    watched, path = Watched(tmp_path, clock), tmp_path / "a.tdm"
    path.write_text("one")
    assert names(watched) == []
    clock.now = 1.5
    path.write_text("one and more")
    assert names(watched) == []
    clock.now = 3.0
    assert names(watched) == []
    clock.now = 3.6
    assert names(watched) == ["a.tdm"]


def test_a_file_that_is_taken_away_while_the_folder_is_looked_into_stops_nothing(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched, seen = Watched(tmp_path, clock), Path.stat

    def taken_away(path: Path, **words: bool) -> os.stat_result:
        about = seen(path, **words)
        if path.name == "a.tdm":
            path.unlink()
        return about

    for name in ("a.tdm", "b.tdm"):
        (tmp_path / name).write_text("x")
    monkeypatch.setattr(Path, "stat", taken_away)
    watched.whole()
    clock.now = 9.0
    assert names(watched) == ["b.tdm"]


def test_unfinished_names_folders_and_hidden_files_are_left_alone(tmp_path: Path, clock: Clock) -> None:
    watched = Watched(tmp_path, clock)
    for name in (".a.tdm", "b.part", "c.tmp", "d.csv", "e.tdm"):
        (tmp_path / name).write_text("x")
    (tmp_path / "taken").mkdir()
    watched.whole()
    clock.now = 9.0
    assert names(watched) == ["d.csv", "e.tdm"]


def test_a_file_that_was_renamed_into_place_waits_like_any_other(tmp_path: Path, clock: Clock) -> None:
    watched = Watched(tmp_path, clock)
    (tmp_path / "a.part").write_text("x")
    watched.whole()
    clock.now = 5.0
    (tmp_path / "a.part").rename(tmp_path / "a.tdm")
    assert names(watched) == []
    clock.now = 7.0
    assert names(watched) == ["a.tdm"]


def test_what_is_put_away_never_replaces_what_lies_there(tmp_path: Path) -> None:
    for text in ("first", "second", "third"):
        (tmp_path / "a.tdm").write_text(text)
        put_away(tmp_path / "a.tdm")
    assert [(tmp_path / "taken" / name).read_text() for name in ("a.tdm", "a.2.tdm", "a.3.tdm")] == [
        "first",
        "second",
        "third",
    ]


def test_beside_what_was_refused_stands_why(tmp_path: Path) -> None:
    (tmp_path / "a.tdm").write_text("x")
    place = put_away(tmp_path / "a.tdm", refused="line 1: it is no message")
    assert place.read_text() == "x"
    assert (tmp_path / "refused" / "a.tdm.why.txt").read_text() == "line 1: it is no message\n"


@pytest.mark.parametrize("speed", [0.5, 1.0, 7.0, 1000.0])
def test_a_replay_is_never_ahead_of_the_clock_and_ends_on_it(speed: float) -> None:
    now = 10**18
    pace = Pace(5 * NS_PER_S, 605 * NS_PER_S, now, max(speed, 1.0))
    for seconds in range(5, 606, 50):
        clock_then = now + round(pace.due_s(seconds * NS_PER_S) * NS_PER_S)
        assert seconds * NS_PER_S + pace.ahead_ns <= clock_then + 1_000
    assert abs(605 * NS_PER_S + pace.ahead_ns - now - round(pace.due_s(605 * NS_PER_S) * NS_PER_S)) <= 1_000
