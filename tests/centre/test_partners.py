"""What a centre of an exercise hears of its partners, whose processes stand beside its own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jointwatch.centre import orders
from jointwatch.centre.national import Centre
from jointwatch.exchange.desk import StoreDesk
from jointwatch.exchange.https import line

NOW = 1_642_875_600_000_000_000
WITHHELD = orders.ReleasePolicy(plots=False, tracklets=True, reports=True, mask_source=True)


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[list[Centre]]:
    """Two centres that have met and are linked."""
    opening: dict[str, Any] = {"run": "r-1", "mode": "exercise", "now_tai_ns": NOW, "state": str(tmp_path)}
    opening |= {"sensors": (), "release": WITHHELD, "priors": ()}
    found = [Centre(orders.Open(centre=name, **opening)) for name in ("brussels", "moscow")]
    said = [centre.introduction() for centre in found]
    known = [orders.Partner(c.id, s.identity, s.certificate_authority) for c, s in zip(found, said, strict=True)]
    doors = [centre.obey(orders.Meet((other,), NOW)).port for centre, other in zip(found, reversed(known), strict=True)]
    for centre, other, port in zip(found, reversed(known), reversed(doors), strict=True):
        centre.obey(orders.Link(other.id, port))
    yield found
    for centre in found:
        centre.close()


def test_a_partner_that_pauses_for_seconds_is_waited_for_as_the_clock_stands_still(
    pair: list[Centre], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise the two would have another joint picture at that tick, which only a partner that is gone may cost."""
    answered = StoreDesk.pull

    def late(*asked: Any, **more: Any) -> Any:
        time.sleep(3.0)
        return answered(*asked, **more)

    monkeypatch.setattr(StoreDesk, "pull", late)
    events = pair[0].obey(orders.Exchange(NOW)).events
    assert pair[0].partners.cut == {}
    assert [event.text for event in events if event.kind == "link"] == ["linked with moscow over mutual TLS"]


def test_an_answer_that_begins_late_within_its_time_is_taken(
    pair: list[Centre], monkeypatch: pytest.MonkeyPatch
) -> None:
    """How long an answer may take to come whole begins when it may have begun: it was thrown away when it had come."""
    answered = StoreDesk.pull
    monkeypatch.setattr(StoreDesk, "pull", lambda *asked, **more: time.sleep(1.0) or answered(*asked, **more))
    monkeypatch.setattr(line, "ANSWER_S", 0.2)
    pair[0].obey(orders.Exchange(NOW))
    assert pair[0].partners.cut == {}
