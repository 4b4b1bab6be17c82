"""A centre in service keeps the watch: plots at the door become tracks, a picture, and reports in its own record."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from jointwatch.centre import founding
from jointwatch.centre.client import CentreLine
from jointwatch.centre.service import Service
from jointwatch.earth.timescale import now_tai_ns
from jointwatch.exchange import dsse
from jointwatch.exchange.carrier import TurnedDown
from jointwatch.messages.encoding import decode, kind_of
from jointwatch.messages.plot_report import PlotReport
from jointwatch.messages.release_policy import ReleasePolicy
from tests.centre import observed, serving

RECORD = "moscow/moscow/record"


@pytest.fixture
def moscow(tmp_path: Path) -> Path:
    clients = [founding.Client.parse(text) for text in ("sensor-writer:gabala", "admin:admin")]
    founding.found(tmp_path / "moscow", run="watch", mode="exercise", listen=serving.address(), clients=clients)
    return tmp_path / "moscow"


@pytest.fixture
def service(moscow: Path) -> Iterator[Service]:
    service = Service(moscow, lambda text: None)
    yield service
    service.close()


def kinds(service: Service) -> list[str]:
    logs = [log for log in service.store.logs() if str(log.whole) == RECORD]
    return [kind_of(decode(dsse.parse(entry).payload)) for log in logs for entry in service.store.entries(log)]


def observe(centre: Path, *, scans: int, since_s: float = 60.0) -> None:
    """Hand in so many scans of an ascent, the last of them just now."""
    rng, start = np.random.default_rng(5), now_tai_ns()
    places = observed.ascent(200.0)[round(since_s / 5) :][:scans]
    with CentreLine(centre / "clients" / "gabala") as line:
        for k, r in enumerate(places):
            at = observed.at_s(start, 5.0 * (k - len(places)))
            content = observed.scan(r, at, rng)
            line.submit([serving.words(line, PlotReport, RECORD, f"scan-{k}", **content)])


def test_plots_become_a_picture(moscow: Path, service: Service) -> None:
    assert service.keeper.picture() is None
    observe(moscow, scans=12)
    serving.wait_for(lambda: bool((found := service.keeper.picture()) and found.tracks))
    (track,) = service.keeper.picture().tracks
    assert (track.status, track.sources, track.owners) == ("confirmed", ("gabala",), ("moscow",))
    serving.wait_for(lambda: "launch_report" in kinds(service))
    assert (kinds(service).count("plot_report"), kinds(service).count("release_policy")) == (12, 1)
    serving.wait_for(lambda: (service.health()["policy"] or {}).get("number") == 1)  # once it is heard


@pytest.mark.parametrize("field", ["logged_tai_ns", "time_tai_ns"])
def test_plots_of_another_year_do_not_end_the_watch(moscow: Path, service: Service, field: str) -> None:
    """Who holds one sensor's credential must not have the centre let go of what all its other sensors see."""
    content = observed.scan(observed.ascent(200.0)[20], now_tai_ns(), np.random.default_rng(1))
    content[field] = now_tai_ns() + 10**9 * 86_400 * 365
    with (
        CentreLine(moscow / "clients" / "gabala") as line,
        pytest.raises(TurnedDown, match=r"plot_report is of .* set"),
    ):
        line.submit([serving.words(line, PlotReport, RECORD, f"far-{k}", **content) for k in range(8)])
    observe(moscow, scans=12)
    serving.wait_for(lambda: bool((found := service.keeper.picture()) and found.tracks))


def test_a_centre_that_holds_words_alone_watches_nothing(moscow: Path, service: Service) -> None:
    with CentreLine(moscow / "clients" / "gabala") as line, pytest.raises(TurnedDown):
        line.submit([serving.entry(line, RECORD, "words")])
    assert service.health()["watch"] == {"watching": False, "feeds": [], "policy": None, "trouble": ""}


def test_a_policy_out_of_turn_is_not_written_and_the_same_one_again_keeps_its_place(tmp_path: Path) -> None:
    clients = [founding.Client.parse(text) for text in ("releaser:anna", "releaser:boris", "admin:admin")]
    founding.found(tmp_path / "moscow", run="watch", mode="exercise", listen=serving.address(), clients=clients)
    with (tmp_path / "moscow" / "centre.toml").open("a") as file:
        file.write("\n[release]\n")
    service = Service(tmp_path / "moscow", lambda text: None)
    anna, boris = (CentreLine(tmp_path / "moscow" / "clients" / name) for name in ("anna", "boris"))

    def policy(number: int, replaces: bytes | None, id: str) -> bytes:
        content = {"number": number, "replaces": replaces, "rules": (), "reason": "agreed"}
        one, two = (serving.words(by, ReleasePolicy, RECORD, id, **content, logged_tai_ns=now) for by in (anna, boris))
        return dsse.joined([dsse.parse(one), dsse.parse(two)]).encode()

    try:
        now = now_tai_ns()
        serving.wait_for(lambda: service.health()["policy"] is not None)
        first = bytes.fromhex(service.health()["policy"]["leaf_hash"])
        for wrong in (policy(2, bytes(32), "other-2"), policy(3, first, "other-3")):
            with pytest.raises(TurnedDown, match="is not the next: the last one in the record is number 1"):
                anna.submit([wrong])
        (place,) = anna.submit([second := policy(2, first, "p-2")]).places
        assert anna.submit([second]).places == [place]
        with pytest.raises(TurnedDown, match="the last one in the record is number 2"):
            anna.submit([policy(2, first, "once-more")])
        serving.wait_for(lambda: service.health()["policy"]["number"] == 2)
    finally:
        anna.close()
        boris.close()
        service.close()
