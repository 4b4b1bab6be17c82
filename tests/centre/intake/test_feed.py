"""The end at the radar signs what was measured and waits for its centre; it gives up only what the centre refuses."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from jointwatch.centre import founding, submission
from jointwatch.centre.configuration import ConfigurationError
from jointwatch.centre.intake import feed
from jointwatch.centre.intake.feed import Feed, GaveUpError, Patience
from jointwatch.centre.service import Service
from jointwatch.earth.timescale import NS_PER_S, now_tai_ns
from jointwatch.exchange import dsse, tls
from jointwatch.exchange.carrier import TurnedDown
from jointwatch.exchange.keys import read_key
from jointwatch.exchange.logid import LogId
from jointwatch.sensors.measurement import Plots
from jointwatch.sensors.site import Site
from tests.centre import serving
from tests.centre.intake import kept

RECORD = LogId.parse("moscow/moscow/record")
SITE = Site("armavir", 0.78, 0.71, 60.0)


@pytest.fixture
def centre(tmp_path: Path) -> Path:
    clients = [founding.Client.parse(text) for text in ("sensor-writer:armavir", "operator:desk")]
    founding.found(tmp_path / "moscow", run="r", mode="exercise", listen=serving.address(), clients=clients)
    return tmp_path / "moscow"


@pytest.fixture
def service(centre: Path) -> Iterator[Service]:
    running = Service(centre, lambda text: None)
    yield running
    running.close()


def scans(count: int, name: str = "armavir") -> list[Plots]:
    now, z, sigma = now_tai_ns(), np.array([[1.4e6, 1.0, 0.2]]), np.array([[50.0, 1e-3, 1e-3]])
    return [Plots(SITE, name, now - k * NS_PER_S, z + np.array([k, 0.0, 0.0]), sigma) for k in range(count)]


def test_scans_are_signed_here_and_stand_where_the_centre_says(service: Service, centre: Path) -> None:
    with Feed(centre / "clients" / "armavir", Patience()) as armavir:
        places = armavir.hand_in(scans(3))
    entry = service.store.entry(LogId.parse(places[0][0]), places[0][1])
    service.own_keys.open_entry(entry, RECORD)
    own = read_key(centre / "clients" / "armavir" / "signing.pem").public.fingerprint
    assert [signature.keyid for signature in dsse.parse(entry).signatures] == [own]


def test_what_is_handed_in_again_signed_anew_is_told_its_places(service: Service, centre: Path) -> None:
    found = scans(5)
    with Feed(centre / "clients" / "armavir", Patience()) as armavir:
        first = armavir.hand_in(found)
        assert armavir.hand_in(found) == first
        assert armavir.hand_in([*found[:2], *scans(1)])[:2] == first[:2]
    assert len(kept.reports(service)) == 6


def test_many_scans_go_in_batches_that_a_door_takes(
    service: Service, centre: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "MAX_ENTRIES", 40)
    with Feed(centre / "clients" / "armavir", Patience()) as armavir:
        assert len(set(armavir.hand_in(scans(100)))) == 100
    assert len(kept.reports(service)) == 100


def test_a_centre_that_is_not_there_is_waited_for(centre: Path) -> None:
    said, done, started = list[str](), list[int](), list[Service]()
    with Feed(centre / "clients" / "armavir", Patience(said.append)) as armavir:
        thread = threading.Thread(target=lambda: done.append(len(armavir.hand_in(scans(2)))))
        thread.start()
        serving.wait_for(lambda: bool(said))
        started.append(Service(centre, lambda text: None))
        thread.join(60)
    started[0].close()
    assert done == [2]
    assert "cannot be reached" in said[0]
    assert said[0].endswith("trying again")
    assert said[1:] == ["moscow answers again"]


def test_a_full_queue_is_waited_out(service: Service, centre: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said, limit = list[str](), submission.MAX_WAITING
    monkeypatch.setattr(submission, "MAX_WAITING", 0)

    def tell(text: str) -> None:
        """There is room again once it was told that there is none."""
        said.append(text)
        monkeypatch.setattr(submission, "MAX_WAITING", limit)

    with Feed(centre / "clients" / "armavir", Patience(tell)) as armavir:
        assert armavir.hand_in(scans(1))
    assert "the queue is full" in said[0]


def test_whoever_waits_can_be_told_to_stop_or_gives_up_by_itself(centre: Path) -> None:
    stop = threading.Event()
    threading.Timer(0.2, stop.set).start()
    began = time.monotonic()
    for patience in (Patience(stop=stop), Patience(longest_s=0.1)):
        with Feed(centre / "clients" / "armavir", patience) as armavir, pytest.raises(GaveUpError, match="reached"):
            armavir.hand_in(scans(1))
    assert time.monotonic() - began < 60  # and does not wait for ever


def test_what_the_centre_refuses_is_not_tried_again(service: Service, centre: Path) -> None:
    said = list[str]()
    refusal = pytest.raises(TurnedDown, match="writes for the sensor 'armavir', not for 'pechora'")
    with Feed(centre / "clients" / "armavir", Patience(said.append)) as armavir, refusal:
        armavir.hand_in(scans(1, "pechora"))
    assert (said, len(kept.reports(service))) == ([], 0)


def test_a_certificate_that_has_ended_says_how_to_get_another(service: Service, centre: Path) -> None:
    own, box = tls.Identity("moscow", centre / "keys" / "line"), centre / "clients" / "armavir"
    tls.renew_client(own, tls.Identity("armavir", box), now=datetime.now(UTC) - timedelta(days=9))
    with Feed(box, Patience()) as armavir, pytest.raises(ConfigurationError, match="certify DIR sensor-writer:armavir"):
        armavir.hand_in(scans(1))


def test_only_a_sensor_s_folder_feeds_plots(centre: Path) -> None:
    with pytest.raises(ConfigurationError, match="of the operator desk; plots come from a sensor-writer or a sensor"):
        Feed(centre / "clients" / "desk", Patience())
