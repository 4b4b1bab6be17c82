"""Wrong passwords: a few at once, then slowly, for each name and each address, with bounded memory."""

from __future__ import annotations

import pytest

from jointwatch.centre.api import attempts
from jointwatch.centre.api.attempts import Attempts


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_after_five_at_once_there_is_one_in_thirty_seconds() -> None:
    clock = Clock()
    tried = Attempts(clock)
    for _ in range(5):
        assert tried.wait_s("ivanova", "10.0.0.1") == 0
        tried.failed("ivanova", "10.0.0.1")
    assert tried.wait_s("ivanova", "10.0.0.1") == 30
    assert tried.wait_s("ivanova", "10.0.0.2") == 0  # the person herself, elsewhere
    clock.now += 30
    assert tried.wait_s("ivanova", "10.0.0.1") == 0
    tried.failed("ivanova", "10.0.0.1")
    assert tried.wait_s("ivanova", "10.0.0.1") == 30


def test_who_tries_many_names_or_from_many_places_is_slowed_down_too() -> None:
    tried = Attempts(Clock())
    for number in range(20):
        tried.failed(f"name-{number}", "10.0.0.1")
    assert tried.wait_s("another", "10.0.0.1") > 0
    for number in range(50):
        tried.failed("orlov", f"10.0.1.{number}")
    assert tried.wait_s("orlov", "10.0.2.1") > 0


def test_a_day_of_guessing_is_some_thousands_of_guesses_for_one_name() -> None:
    clock, guesses = Clock(), 0
    tried = Attempts(clock)
    while clock.now < 86_400:
        address = f"10.0.{guesses % 250}.{guesses // 250 % 250}"
        if tried.wait_s("orlov", address) == 0:
            tried.failed("orlov", address)
            guesses += 1
        else:
            clock.now += 1
    assert guesses <= 50 + 86_400 / 10 + 1


def test_asking_under_many_names_has_no_wrong_password_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "MOST_KEPT", 100)
    tried = Attempts(Clock())
    for number in range(60):
        tried.failed("orlov", f"10.0.1.{number % 12}")
    waited = tried.wait_s("orlov", "10.0.2.1")
    assert waited > 0
    for number in range(1_000):
        tried.wait_s(f"nobody-{number}", f"10.1.{number}")
    assert tried.wait_s("orlov", "10.0.2.1") == waited


def test_only_so_many_names_are_remembered() -> None:
    tried = Attempts(Clock())
    for number in range(attempts.MOST_KEPT):
        tried.failed(f"n{number}", f"a{number}")
    assert len(tried._left) <= attempts.MOST_KEPT
