"""A launch seen by a centre's own radar: one that nobody told of, then one that was told of, late, under a name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest

from jointwatch.centre import cards, founding, saying
from jointwatch.centre.client import CentreLine
from jointwatch.centre.configuration import Place
from jointwatch.centre.notification import giving
from jointwatch.centre.notification.forms import NotificationForm
from jointwatch.centre.service import Service
from jointwatch.cli.serving import agreements
from jointwatch.earth.timescale import now_tai_ns
from jointwatch.exchange import dsse
from jointwatch.messages.correlation import Correlation
from jointwatch.messages.encoding import Message, decode
from jointwatch.messages.incident import Incident
from jointwatch.messages.plot_report import PlotReport
from tests.centre import observed, serving

M = TypeVar("M", bound=Message)
RECORD = "moscow/moscow/record"


@pytest.fixture
def moscow(tmp_path: Path) -> Iterator[Service]:
    """The centre of one state, with that of another pinned, which is not there."""
    clients = [founding.Client.parse(text) for text in ("sensor-writer:gabala", "operator:desk", "admin:admin")]
    for name in ("moscow", "brussels"):
        founding.found(tmp_path / name, run="watch", mode="exercise", listen=serving.address(), clients=clients)
    card = cards.read(tmp_path / "brussels")
    cards.pin(Place(tmp_path / "moscow"), card, cards.keys(card).identity)
    file = tmp_path / "moscow" / "centre.toml"
    text = file.read_text().replace("\nlisten", '\nstates = ["RU"]\nlisten', 1)
    file.write_text(text.replace("[partners.brussels]\n", '[partners.brussels]\nstates = ["US"]\n'))
    service = Service(tmp_path / "moscow", lambda text: None, without=("brussels",), agreements=agreements)
    yield service
    service.close()


def said(service: Service, kind: type[M]) -> list[M]:
    """What the centre's own record holds of a kind."""
    logs = [log for log in service.store.logs() if str(log.whole) == RECORD]
    found = [decode(dsse.parse(entry).payload) for log in logs for entry in service.store.entries(log)]
    return [message for message in found if isinstance(message, kind)]


def concerns(service: Service) -> list[str]:
    """What was wrong with what was told of launches, as the centre wrote it down."""
    return [one.text for one in said(service, Incident) if one.about == "notice"]


def told(text: str) -> bool:
    return text.startswith("PLN/RU/") and "moscow tells of a launch by RU (missile)" in text


def watch(service: Service, *, scans: int) -> None:
    """Let Gabala hand in scans of an ascent, the last of them just now."""
    rng, start = np.random.default_rng(5), now_tai_ns()
    places = observed.ascent(200.0)[12 : 12 + scans]
    with CentreLine(service.place.clients / "gabala") as line:
        for k, r in enumerate(places):
            content = observed.scan(r, observed.at_s(start, 5.0 * (k - len(places))), rng)
            line.submit([serving.words(line, PlotReport, RECORD, f"scan-{k}", **content)])


def tell(service: Service) -> str:
    """Tell of the launch, whose window has begun, and return what was wrong with that."""
    begin = datetime.now(UTC) - timedelta(minutes=30)
    form = NotificationForm.model_validate(
        {
            "state": "RU",
            "vehicle": "missile",
            "generic_class": "MRBM",
            "from_utc": f"{begin:%Y-%m-%dT%H:%M:%SZ}",
            "until_utc": f"{begin + timedelta(hours=2):%Y-%m-%dT%H:%M:%SZ}",
            "site": "33 N 52 E",
            "areas": [{"role": "launch", "corners_deg": [[33.0, 52.0]], "radius_km": 50.0}],
        }
    )
    with CentreLine(service.place.clients / "desk") as line:
        words = saying.by(line)
        draft = giving.given(words, form, service.telling())
        saying.hand_in(line, [draft.message], act="notify", saying=words)
    return "; ".join(draft.faults)


def test_a_launch_that_nobody_told_of_is_not_announced_and_the_agreements_that_wanted_word_are_named(
    moscow: Service,
) -> None:
    watch(moscow, scans=40)
    serving.wait_for(lambda: bool(said(moscow, Correlation)))
    assert said(moscow, Correlation)[-1].announced == "not announced"
    serving.wait_for(lambda: bool(concerns(moscow)))
    (concern,) = concerns(moscow)
    assert "nobody told of this launch beforehand; that was owed, if RU launched it" in concern


def test_a_launch_that_was_told_of_is_announced_by_its_identifier_however_late(moscow: Service) -> None:
    assert "it is given 0.5 h after its window began" in tell(moscow)
    watch(moscow, scans=40)
    serving.wait_for(lambda: bool(said(moscow, Correlation)))
    found = said(moscow, Correlation)[-1]
    assert (found.announced, found.notice is not None) == ("announced", True)
    assert re.search(r"PLN/RU/\d{4}/001/000/01", found.text)
    serving.wait_for(lambda: any(told(event.text) for event in moscow.keeper.events() if event.kind == "notice"))
    serving.wait_for(lambda: any("wants at least 24 h" in text for text in concerns(moscow)))
    assert not any("nobody told" in text for text in concerns(moscow))
