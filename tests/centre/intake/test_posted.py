"""A sensor that cannot sign posts what it measured: the centre signs in its name, once, all of it or nothing."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from jointwatch.centre import configuration, founding, submission
from jointwatch.centre.api import metrics
from jointwatch.centre.client import CentreLine
from jointwatch.centre.configuration import Place
from jointwatch.centre.intake import posted
from jointwatch.centre.intake.declared import Declared, table
from jointwatch.centre.service import Service
from jointwatch.earth.timescale import NS_PER_S, now_tai_ns
from jointwatch.exchange import dsse
from jointwatch.exchange.allowance import Allowance
from jointwatch.exchange.carrier import TurnedDown
from jointwatch.exchange.keys import read_key
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.merkle import leaf_hash
from jointwatch.exchange.roles import Caller
from jointwatch.messages.plot_report import PlotReport
from tests.centre import serving
from tests.centre.intake import kept

RECORD = "moscow/moscow/record"
CLIENTS = [founding.Client.parse(text) for text in ("sensor:gabala", "sensor:nowhere", "operator:desk")]
GABALA = Declared(
    latitude_deg=40.87, longitude_deg=47.8, height_m=680.0, sigma_range_m=150.0, sigma_azimuth_deg=0.1,
    sigma_elevation_deg=0.1, called="RADAR-1",
)  # fmt: skip


@pytest.fixture
def service(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Service]:
    mode = getattr(request, "param", "exercise")
    founding.found(tmp_path / "moscow", run="r", mode=mode, listen=serving.address(), clients=CLIENTS)
    path = Place(tmp_path / "moscow").configuration
    path.write_text(f"{path.read_text()}\n{table('gabala', GABALA)}\n")
    running = Service(tmp_path / "moscow", lambda text: None)
    yield running
    running.close()


@pytest.fixture
def gabala(service: Service) -> Iterator[CentreLine]:
    with CentreLine(service.place.clients / "gabala") as line:
        yield line


def scans(*seconds_ago: float, **plot: float) -> bytes:
    now = now_tai_ns() // NS_PER_S * NS_PER_S
    echo = {"range_m": 1.4e6, "azimuth_deg": 155.1, "elevation_deg": 2.75} | plot
    return json.dumps({"scans": [{"tai_ns": int(now - s * NS_PER_S), "plots": [echo]} for s in seconds_ago]}).encode()


def test_plots_stand_in_the_record_under_the_key_that_the_centre_holds_for_the_sensor(
    service: Service, gabala: CentreLine
) -> None:
    answer = gabala.post(scans(20, 10))
    assert {name: answer[name] for name in ("sensor", "scans", "plots")} == {"sensor": "gabala", "scans": 2, "plots": 2}
    log, index = answer["places"][0]
    entry = service.store.entry(LogId.parse(log), index)
    report = service.own_keys.open_entry(entry, LogId.parse(RECORD))
    assert isinstance(report, PlotReport)
    assert (report.sensor, report.site.height_m, report.sigma_range_m) == ("gabala", 680.0, (150.0,))
    key = read_key(service.place.keys / "sensors" / "gabala" / "1.pem")
    assert [signature.keyid for signature in dsse.parse(entry).signatures] == [key.public.fingerprint]
    named = {k.name: k.purpose for k in service.own_keys.rings[-1].roster.keys}
    assert named["sensor:gabala"] == "sensor:gabala"
    assert not (service.place.clients / "gabala" / "signing.pem").exists()
    assert leaf_hash(entry)


def test_what_is_posted_again_is_told_the_places_it_has(service: Service, gabala: CentreLine) -> None:
    body = scans(20, 10)
    first = gabala.post(body)
    assert gabala.post(body) == first
    overlapping = json.loads(body)["scans"][:1] + json.loads(scans(5))["scans"]
    assert gabala.post(json.dumps({"scans": overlapping}).encode())["places"][0] == first["places"][0]
    assert len(kept.reports(service)) == 3


def test_the_same_scans_from_many_connections_at_once_stand_once(service: Service) -> None:
    body, places = scans(3, 2, 1), list[Any]()

    def post() -> None:
        with CentreLine(service.place.clients / "gabala") as line:
            places.append(line.post(body)["places"])

    threads = [threading.Thread(target=post) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert places == [places[0]] * 6
    assert len(kept.reports(service)) == 3


def test_the_sensor_s_own_name_for_itself_is_known_and_no_other(service: Service, gabala: CentreLine) -> None:
    own, other = (json.dumps({"sensor": name} | json.loads(scans(1))).encode() for name in ("radar-1", "PECHORA"))
    assert gabala.post(own)["plots"] == 1
    with pytest.raises(TurnedDown, match=r"of the sensor PECHORA, .* write called = \"PECHORA\"") as refusal:
        gabala.post(other)
    assert refusal.value.status == 422


def test_a_sensor_that_stands_nowhere_is_told_what_to_write_where(service: Service) -> None:
    with CentreLine(service.place.clients / "nowhere") as line, pytest.raises(TurnedDown) as refusal:
        line.post(scans(1))
    assert "write a table [sensors.nowhere] with latitude_deg" in refusal.value.reason


def test_of_a_batch_with_one_wrong_scan_nothing_is_taken(service: Service, gabala: CentreLine) -> None:
    with pytest.raises(TurnedDown, match=r"ahead of this centre.*set the radar's clock.*nothing of this was taken"):
        gabala.post(scans(10, -3600))
    with pytest.raises(TurnedDown, match=r"scans\[0\].plots\[0\].azimuth_deg: wanted a number <= 360.0"):
        gabala.post(scans(10, azimuth_deg=400.0))
    with pytest.raises(TurnedDown, match=r"the scan of .*: a plot_report that cannot be sent: .*range_m"):
        gabala.post(scans(10, range_m=2e9))
    assert kept.reports(service) == []


def test_more_scans_than_a_batch_may_have_are_refused_unsigned(
    service: Service, gabala: CentreLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posted, "MAX_SCANS", 3)
    with pytest.raises(TurnedDown, match="4 scans came at once; hand in at most 3 at a time"):
        gabala.post(scans(4, 3, 2, 1))
    assert kept.reports(service) == []


def test_a_full_queue_says_when_to_come_again(
    service: Service, gabala: CentreLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = scans(1)
    with monkeypatch.context() as full:
        full.setattr(submission, "MAX_WAITING", 0)
        with pytest.raises(TurnedDown, match="the queue is full") as refusal:
            gabala.post(body)
    assert refusal.value.status == 503
    assert gabala.post(body)["plots"] == 1


@pytest.mark.parametrize("service", ["operational"], indirect=True)
def test_an_operational_centre_takes_nothing_of_the_day_before_yesterday(service: Service, gabala: CentreLine) -> None:
    assert gabala.post(scans(3600))["plots"] == 1
    with pytest.raises(TurnedDown, match="over a day old; what is replayed belongs into an exercise"):
        gabala.post(scans(100_000))


def test_an_exercise_may_replay_what_is_years_old(service: Service, gabala: CentreLine) -> None:
    assert gabala.post(scans(5e8))["plots"] == 1


def test_a_sensor_without_a_key_here_is_told_how_to_get_one(service: Service, gabala: CentreLine) -> None:
    (service.place.keys / "sensors" / "gabala" / "1.pem").unlink()
    with pytest.raises(TurnedDown, match="keys draft DIR --enrol sensor:gabala"):
        gabala.post(scans(1))


def test_a_key_of_more_plots_than_a_report_holds_becomes_several(service: Service, gabala: CentreLine) -> None:
    batch = json.loads(scans(1))
    echo = batch["scans"][0]["plots"][0]
    batch["scans"][0]["plots"] = [echo | {"range_m": 1e6 + k} for k in range(2_500)]
    gabala.post(json.dumps(batch).encode())
    assert [len(report.range_m) for report in kept.reports(service)] == [1_000, 1_000, 500]
    assert configuration.read(service.place.folder).sensors["gabala"].called == "RADAR-1"


def test_how_each_sensor_stands_is_told(service: Service, gabala: CentreLine) -> None:
    body = scans(20, 10)
    before = time.time()
    gabala.post(body)
    gabala.post(body)
    with pytest.raises(TurnedDown):
        gabala.post(b"{}")
    at = gabala.health()["sensors"]
    assert at["nowhere"] == {"reports": 0, "last_posix_s": None, "refused": 0, "last_refusal": ""}
    assert (at["gabala"]["reports"], at["gabala"]["refused"]) == (4, 1)
    assert before <= at["gabala"]["last_posix_s"] <= time.time()
    assert "it lacks the field `scans`" in at["gabala"]["last_refusal"]
    told = metrics.text(gabala.health(), metrics.Tally(), 0)
    assert 'jointwatch_sensor_reports_total{sensor="gabala"} 4' in told
    assert 'jointwatch_sensor_refused_total{sensor="nowhere"} 0' in told


def test_a_sensor_that_floods_the_door_waits_and_no_other_does(service: Service, gabala: CentreLine) -> None:
    now = [0.0]
    service.reception._allowances["gabala"] = Allowance(clock=lambda: now[0])
    service.reception._allowances["gabala"].spend(2.4)
    with pytest.raises(TurnedDown, match=r"gabala has had its share .* are for others") as no:
        gabala.post(scans(1))
    assert no.value.status == 429
    with (
        CentreLine(service.place.clients / "nowhere") as other,
        pytest.raises(TurnedDown, match="where nowhere stands"),
    ):
        other.post(scans(1))
    now[0] = 0.8  # at half a processor that pays for the 0.4 s which it had not saved up
    assert gabala.post(scans(1))["plots"] == 1


def test_of_many_batches_at_once_each_is_paid_before_the_next_is_read(
    service: Service, gabala: CentreLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else sixteen lines of one sensor take the door's threads from all others before any of them has paid."""
    read, take = [], service.reception.take
    service.reception._allowances["gabala"] = Allowance(clock=lambda: 0.0)  # as if all of it took no time

    def dear(caller: Caller, body: bytes) -> posted.Posted:
        read.append(body)
        time.sleep(0.2)  # all are at the door by then
        service.reception._allowances["gabala"].spend(5.0)
        return take(caller, body)

    monkeypatch.setattr(service.reception, "take", dear)
    with ThreadPoolExecutor(6) as lines:
        answers = list(lines.map(lambda number: _status(service, scans(number)), range(1, 7)))
    assert sorted(answers) == [200, 429, 429, 429, 429, 429]
    assert len(read) == 1


def _status(service: Service, body: bytes) -> int:
    with CentreLine(service.place.clients / "gabala") as line:
        try:
            line.post(body)
        except TurnedDown as no:
            return no.status
    return 200


def test_what_is_spent_is_what_reading_and_signing_cost(service: Service, gabala: CentreLine) -> None:
    service.reception._allowances["gabala"] = Allowance(clock=lambda: 0.0)
    gabala.post(scans(*range(1, 400)))
    left_s = service.reception._allowances["gabala"]._now()
    assert left_s < 2.0
