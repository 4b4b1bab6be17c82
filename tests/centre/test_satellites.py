"""What turns out to be a satellite is said to be one, and what was reported of it is withdrawn."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from jointwatch.centre.national import Centre
from jointwatch.centre.news import News
from jointwatch.messages.correction import Correction

NOW = 1_642_875_600_000_000_000


class Ledger:
    """A desk that only notes what is said."""

    def __init__(self) -> None:
        self.said: list[tuple[type, str, dict[str, Any]]] = []

    def to(self, partner: str, klass: str) -> str:
        return f"{partner}/{klass}"

    def say(self, kind: type, log: str, **content: Any) -> None:
        self.said.append((kind, log, content))


def watch(satellites: dict[str, int]) -> Any:
    return SimpleNamespace(held=list, assessment=lambda name: None, satellite=satellites.get)


def test_a_report_of_a_satellite_is_withdrawn_from_each_partner_by_a_correction_without_replacement() -> None:
    said = SimpleNamespace(outbound={"brussels": "entry 7", "ankara": "entry 3"})
    centre: Any = SimpleNamespace(
        _said={"T-0411": said}, watch=watch({"T-0411": 67645}), ledger=Ledger(), news=News("moscow"), now_tai_ns=NOW
    )
    Centre._withdraw(centre, "T-0411")
    assert [(kind, log) for kind, log, _ in centre.ledger.said] == [
        (Correction, "brussels/notify"),
        (Correction, "ankara/notify"),
    ]
    assert [content["corrects"] for *_, content in centre.ledger.said] == ["entry 7", "entry 3"]
    assert all("replacement" not in content for *_, content in centre.ledger.said)
    (event,) = centre.news.gather()
    assert event.text == "T-0411 is recognised as satellite 67645 of the public catalogue; nothing was launched"
    assert not centre._said


def test_an_object_that_was_shown_and_is_recognised_is_news_once() -> None:
    news = News("moscow")
    news._seen["T-0003"] = ("confirmed", "coast", "undecided")
    for _ in range(2):
        news.look(watch({"T-0003": 44713}), NOW)
    assert [event.text for event in news.gather()] == ["T-0003: recognised as satellite 44713 of the catalogue"]
