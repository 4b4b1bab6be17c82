"""A partner that makes our own code fail costs a pause and an incident; only a record in disorder ends the service."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

import apsw
import pytest

from jointwatch.centre import following
from jointwatch.centre.following import Following
from jointwatch.exchange.record import Damaged
from jointwatch.exchange.refused import Refused


class Failing:
    """A mirror whose code fails as often as told, and then finds that it is time to end."""

    def __init__(self, stop: threading.Event, *errors: Exception) -> None:
        self.stop, self.errors = stop, list(errors)

    def __getattr__(self, name: str) -> Any:
        if not self.errors:
            self.stop.set()
            raise KeyError("nothing more")
        raise self.errors.pop(0)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch):
    """Follow one partner with these failures; return what was told, what was damaged, and how it stands."""
    monkeypatch.setattr(following, "ASK_AGAIN_S", 0.01)

    def follow(*errors: Exception) -> tuple[list[Refused], list[Damaged], int]:
        stop, refused, damaged = threading.Event(), [], []
        known = SimpleNamespace(partners={"brussels": None}, centre="moscow")
        incidents = SimpleNamespace(refused=lambda partner, refusal: refused.append(refusal))
        guard = SimpleNamespace(waits_for=lambda partner: False)
        mirror = Failing(stop, *errors)
        followed = Following(known, mirror, guard, incidents, None, tell=print, damaged=damaged.append)  # type: ignore[arg-type]
        followed._stop = stop
        followed._follow("brussels", SimpleNamespace(peer="brussels"))  # type: ignore[arg-type]
        return refused, damaged, followed.standing["brussels"].refused

    return follow


def test_what_a_partner_makes_fail_is_told_and_following_goes_on(run) -> None:
    refused, damaged, counted = run(KeyError("a log nobody knows"), ValueError("x"), RecursionError())
    assert not damaged
    assert counted == len(refused) == 4
    assert "following brussels failed: KeyError" in str(refused[0])


@pytest.mark.parametrize("error", [apsw.CorruptError("malformed"), Damaged("tree", "entry 5 is another")])
def test_a_record_in_disorder_ends_it(run, error: Exception) -> None:
    refused, damaged, _ = run(error)
    assert not refused
    assert len(damaged) == 1
