"""Certificates are renewed at two thirds of their life while they are in use, and end when their time is over."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from jointwatch.centre import founding
from jointwatch.centre.client import CentreLine
from jointwatch.centre.renewal import Renewal
from jointwatch.centre.service import Service
from jointwatch.exchange import door, tls
from jointwatch.exchange.carrier import LineCut
from tests.centre import serving

AGE = timedelta(days=5)  # of seven


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    monkeypatch.setattr(Renewal, "keep", lambda self, stop: None)  # it looks when the test does
    founding.found(
        tmp_path / "moscow",
        run="r",
        mode="exercise",
        listen=serving.address(),
        clients=[founding.Client("admin", "admin")],
    )
    running = Service(tmp_path / "moscow", lambda text: None)
    yield running
    running.close()


def shown(service: Service) -> bytes:
    """The certificate that the door shows to a new connection."""
    admin = tls.Identity("admin", service.place.clients / "admin")
    context = tls.client_context(admin, admin.authority_pem())
    with (
        socket.create_connection(("127.0.0.1", service.port), timeout=30) as plain,
        context.wrap_socket(plain, server_hostname="moscow") as line,
    ):
        return line.getpeercert(binary_form=True) or b""


def grow_old(service: Service) -> None:
    """Let certificates lie on the disk that were issued five days ago."""
    then, own = datetime.now(UTC) - AGE, service.keys.line
    own.leaf.unlink()
    tls.ensure_identity(own.directory, own.centre, now=then)
    tls.renew_client(own, tls.Identity("admin", service.place.clients / "admin"), now=then)


def test_nothing_is_renewed_before_two_thirds_of_its_life_are_over(service: Service) -> None:
    assert service.renewal.look() == []


def test_the_door_shows_the_renewed_certificate_and_open_connections_go_on(service: Service) -> None:
    with CentreLine(service.place.clients / "admin") as line:
        line.health()
        before = shown(service)
        grow_old(service)
        assert service.renewal.look() == ["moscow", "admin"]
        after = shown(service)
        line.health()
    assert before != after
    assert tls.expires_posix_s(after) >= tls.expires_posix_s(before)


def test_a_renewed_client_has_the_roles_it_had(service: Service) -> None:
    grow_old(service)
    assert "admin" in service.renewal.look()
    with CentreLine(service.place.clients / "admin") as line:
        assert line.health()["centre"] == "moscow"


def test_a_full_disk_keeps_nothing_from_being_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    line = tls.ensure_identity(tmp_path / "line", "moscow")
    told, stop, looks = list[str](), threading.Event(), list[int]()

    def full(*_: object, **__: object) -> None:
        looks.append(1)
        if len(looks) > 1:
            stop.set()
        raise OSError("no space left on device")

    monkeypatch.setattr(tls, "ensure_identity", full)
    renewal = Renewal(line, [], tmp_path, told.append, now=lambda: datetime.now(UTC) + AGE)
    renewal.keep(stop, every_s=0.001)
    assert len(looks) == 2
    assert "no space left" in told[0]


def test_an_open_connection_is_of_no_use_once_its_certificate_has_ended(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    with CentreLine(service.place.clients / "admin") as line:
        line.health()
        ends = datetime.now(UTC) + tls.LEAF_LIFE + timedelta(hours=1)
        monkeypatch.setattr(door, "time", ends.timestamp)
        with pytest.raises(LineCut, match="has ended"):
            line.health()
