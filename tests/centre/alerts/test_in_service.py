"""A centre in service alerts: what its desk hands in at the door reaches a receiver as CAP, through restarts, once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from jointwatch.centre import founding, saying
from jointwatch.centre.alerts import desk
from jointwatch.centre.client import CentreLine
from jointwatch.centre.service import Service
from jointwatch.exchange import merkle
from jointwatch.messages.correction import Correction
from jointwatch.messages.examples import EXAMPLES
from jointwatch.messages.launch_report import LaunchReport
from jointwatch.messages.reference import EntryReference
from tests.centre import serving
from tests.centre.alerts.receiver import Receiver, receiving

RECORD = "moscow/moscow/record"
EXAMPLE: Any = EXAMPLES["launch_report"]
ITEMS = msgspec.structs.replace(EXAMPLE.items, source="gabala", withheld=(), commitment=b"")


@pytest.fixture
def moscow(tmp_path: Path) -> Path:
    clients = [founding.Client.parse(text) for text in ("operator:desk", "admin:admin")]
    founding.found(tmp_path / "moscow", run="watch", mode="exercise", listen=serving.address(), clients=clients)
    return tmp_path / "moscow"


@contextmanager
def serving_with(moscow: Path, receiver: Receiver, table: str = "") -> Iterator[Service]:
    """The centre, with one receiver; its own table goes behind the others."""
    path = moscow / "centre.toml"
    own = path.read_text().partition("\n[alerts")[0]
    path.write_text(
        f'{own}\n[alerts]\n{table}[alerts.receivers.police]\naddress = "{receiver.address}"\ninner = true\n'
    )
    service = Service(moscow, lambda text: None)
    try:
        yield service
    finally:
        service.close()


def said(moscow: Path, entry: Any) -> EntryReference:
    """Where an entry stands that the desk handed in, made by a function of its line."""
    with CentreLine(moscow / "clients" / "desk") as line:
        data = entry(line)
        (log, index) = line.submit([data]).places[0]
    return EntryReference(log=log, index=index, leaf_hash=merkle.leaf_hash(data))


def report(moscow: Path, id: str, track: str = "T-0001") -> EntryReference:
    items = msgspec.structs.replace(ITEMS, track=track)
    return said(moscow, lambda line: serving.words(line, LaunchReport, RECORD, id, items=items))


def withdraw(moscow: Path, corrects: EntryReference, id: str) -> None:
    content = {"corrects": corrects, "reason": "it was the sun"}
    said(moscow, lambda line: serving.words(line, Correction, RECORD, id, **content))


def waits(service: Service) -> int:
    return int(service.health()["alerts"]["police"]["waiting"])


def came(receiver: Receiver, *types: str) -> bool:
    """Whether these messages came, each once, apart from updates: how a launch stands beside notices follows too."""
    return [one.type for one in receiver.taken if one.type != "Update"] == list(types)


def test_reports_and_withdrawals_reach_a_receiver_through_restarts_once(moscow: Path) -> None:
    receiver = Receiver()
    with receiving(receiver), serving_with(moscow, receiver) as service:
        at = report(moscow, "r-1")
        serving.wait_for(lambda: came(receiver, "Alert") and waits(service) == 0)
    with serving_with(moscow, receiver) as service:  # nobody answers there now
        withdraw(moscow, at, "w-1")
        serving.wait_for(lambda: waits(service) >= 1)
    with receiving(receiver), serving_with(moscow, receiver) as service:
        serving.wait_for(lambda: came(receiver, "Alert", "Cancel") and waits(service) == 0)
    with receiving(receiver), serving_with(moscow, receiver) as service:
        report(moscow, "r-2")
        serving.wait_for(lambda: came(receiver, "Alert", "Cancel", "Alert") and waits(service) == 0)
    assert len(receiver.taken) == len(receiver.came)
    alert, cancel, again = (one for one in receiver.taken if one.type != "Update")
    assert cancel.references[0] == alert.reference
    assert again.references == ()
    assert {one.incidents for one in receiver.taken} == {("watch:moscow:T-0001",)}
    shown = serving.command("centre", "alerts", moscow, "--out", moscow / "out")
    assert shown.returncode == 0, shown.stderr
    assert "CANCELLED. moscow withdraws its report: it was the sun." in shown.stdout
    assert shown.stdout.count("police: delivered, Exercise 204 No Content") == len(receiver.came)
    assert "Signed with whpk_" in shown.stdout
    assert len(list((moscow / "out").glob("*.xml"))) >= len(receiver.came)


def test_alerts_are_meant_in_earnest_once_two_officers_approved_of_them(tmp_path: Path) -> None:
    """By the acts in the log alone: one officer twice is one, and whatever changes in the table wants it anew."""
    people = ("watch-officer:ivanova", "watch-officer:petrov")
    clients = [founding.Client.parse(text) for text in (*people, "operator:desk", "admin:admin")]
    moscow, receiver = tmp_path / "moscow", Receiver()
    founding.found(moscow, run="watch", mode="operational", listen=serving.address(), clients=clients)
    with receiving(receiver), serving_with(moscow, receiver, 'status = "Actual"\n') as service:
        subject = desk.subject(service.known)
        assert subject.hex() in serving.command("centre", "alerts", moscow).stdout

        def status_of(id: str) -> str:
            report(moscow, id, track=id)
            serving.wait_for(lambda: any(one.incidents[0].endswith(id) for one in receiver.taken))
            return next(one.status for one in receiver.taken if one.incidents[0].endswith(id))

        assert status_of("T-1") == "Draft"
        approve(moscow, "ivanova", subject)
        approve(moscow, "ivanova", subject)
        approve(moscow, "petrov", bytes(32))
        assert status_of("T-2") == "Draft"
        approve(moscow, "petrov", subject)
        assert status_of("T-3") == "Actual"
    assert all("DRAFT" in one.infos[0].headline for one in receiver.taken if one.status == "Draft")
    with receiving(receiver), serving_with(moscow, receiver, 'status = "Actual"\nsender = "another"\n'):
        assert status_of("T-4") == "Draft"


def approve(moscow: Path, officer: str, subject: bytes) -> None:
    """As at the page: an act of the officer's own, under the officer's key."""
    with CentreLine(moscow / "clients" / officer) as line:
        saying_now = saying.by(line)
        act = saying_now.act(officer, "watch-officer", "approve", subject=subject)
        line.submit([saying.signed(act, line.signing_key())])


def test_a_centre_without_alerts_says_so_in_a_sentence(moscow: Path) -> None:
    shown = serving.command("centre", "alerts", moscow)
    assert shown.returncode == 0
    assert "moscow alerts nobody" in shown.stdout
    assert serving.command("centre", "alerts", moscow / "nowhere").returncode == 2
    nothing = serving.command("centre", "tracks", moscow, "--out", moscow / "tracks")
    assert nothing.returncode == 2
    assert "tracks are rebuilt from internal records" in nothing.stderr
