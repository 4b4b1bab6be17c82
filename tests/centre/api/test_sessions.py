"""Sessions end: after a watch, when the person's file changes or goes, and when there are too many."""

from __future__ import annotations

from pathlib import Path

import pytest

from jointwatch.centre.api.people import Person
from jointwatch.centre.api.sessions import ACTING_S, MOST, MOST_OF_ONE, WATCH_S, Sessions
from jointwatch.centre.configuration import Place

NGO = Person("ngo", "auditor")


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sessions(tmp_path: Path, clock: Clock) -> Sessions:
    (tmp_path / "people").mkdir()
    for number in range(MOST + 2):
        (tmp_path / "people" / f"p{number}.toml").touch()
    (tmp_path / "people" / "ngo.toml").touch()
    return Sessions(Place(tmp_path), clock)


def test_a_token_is_its_session_s_and_no_other_is_any(sessions: Sessions) -> None:
    token, session = sessions.begin(NGO, None)
    assert sessions.of(token) is session
    assert [sessions.of(wrong) for wrong in ("", token[:-1], token + "=", token.lower(), "\udcff")] == [None] * 5
    assert session.guarded_by(session.guard)
    assert not any(session.guarded_by(wrong) for wrong in ("", session.guard[:-1], token, "\udcff", "ä"))


def test_a_session_ends_with_the_watch_and_acts_end_before(sessions: Sessions, clock: Clock) -> None:
    token, session = sessions.begin(NGO, None)
    clock.now += ACTING_S + 1
    assert sessions.of(token) is session
    assert not sessions.may_act(session)
    sessions.acted(session)
    assert sessions.may_act(session)
    clock.now += WATCH_S - ACTING_S
    assert sessions.of(token) is None
    assert len(sessions) == 0


def test_what_was_signed_out_is_so(sessions: Sessions) -> None:
    token, _ = sessions.begin(NGO, None)
    sessions.end(token)
    sessions.end(token)
    assert sessions.of(token) is None


def test_whose_file_goes_or_is_written_anew_is_signed_in_no_more(sessions: Sessions, tmp_path: Path) -> None:
    path = tmp_path / "people" / "ngo.toml"
    token, _ = sessions.begin(NGO, None)
    other = path.with_name("ngo.toml.part")
    other.touch()
    other.replace(path)  # a new password
    assert sessions.of(token) is None
    token, _ = sessions.begin(NGO, None)
    path.unlink()
    assert sessions.of(token) is None


def test_of_too_many_the_oldest_makes_room(sessions: Sessions) -> None:
    own = [sessions.begin(NGO, None)[0] for _ in range(MOST_OF_ONE + 1)]
    assert [sessions.of(token) is not None for token in own] == [False] + [True] * MOST_OF_ONE
    for number in range(MOST + 2):
        sessions.begin(Person(f"p{number}", "auditor"), None)
        assert len(sessions) <= MOST
    assert all(sessions.of(token) is None for token in own)
