"""What turns out to be a satellite is said to be one, and what was reported of it is withdrawn."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from jointwatch.centre.duty import telling
from jointwatch.centre.news import News
from jointwatch.messages.correction import Correction

NOW = 1_642_875_600_000_000_000


def watch(satellites: dict[str, int]) -> Any:
    return SimpleNamespace(held=list, assessment=lambda name: None, satellite=satellites.get)


def test_a_report_of_a_satellite_is_withdrawn_and_said_to_be_one() -> None:
    withdrawn: list[tuple[str, str]] = []
    said: list[tuple[object, object]] = []
    duty: Any = SimpleNamespace(
        centre="moscow", said={"T-0411": SimpleNamespace(at="where it stands")}, watch=watch({"T-0411": 67645})
    )
    ledger: Any = SimpleNamespace(
        now_tai_ns=NOW, internal=lambda: "", say=lambda kind, _, **content: said.append((kind, content["corrects"]))
    )
    outlet: Any = SimpleNamespace(withdraw=lambda track, reason: withdrawn.append((track, reason)))
    telling.report(duty, ledger, outlet, news := News("moscow"))
    (event,) = news.gather()
    assert event.text == "T-0411 is recognised as satellite 67645 of the public catalogue; nothing was launched"
    assert withdrawn == [("T-0411", event.text)]
    assert said == [(Correction, "where it stands")]


def test_an_object_that_was_shown_and_is_recognised_is_news_once() -> None:
    news = News("moscow")
    news._seen["T-0003"] = ("confirmed", "coast", "undecided")
    for _ in range(2):
        news.look(watch({"T-0003": 44713}), NOW)
    assert [event.text for event in news.gather()] == ["T-0003: recognised as satellite 44713 of the catalogue"]
