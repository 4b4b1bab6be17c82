"""A stolen sensor credential: from now on nothing by it is taken, and what it brought since the theft is marked."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jointwatch.centre import founding
from jointwatch.centre.client import CentreLine
from jointwatch.centre.configuration import Place
from jointwatch.centre.service import Service
from jointwatch.cli import main as command
from jointwatch.earth.timescale import NS_PER_S, now_tai_ns, utc_from_tai_ns
from jointwatch.exchange.carrier import TurnedDown
from jointwatch.exchange.door import Guests
from jointwatch.exchange.keyrings import Unverified
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.roles import Caller
from tests.centre import serving
from tests.centre.intake import kept

TABLE = "\n[sensors.{}]\nlatitude_deg = 40.0\nlongitude_deg = 47.0\n"
ECHO = {"range_m": 1e6, "azimuth_deg": 10.0, "elevation_deg": 5.0}
SIGMAS = {"sigma_range_m": 9.0, "sigma_azimuth_deg": 0.1, "sigma_elevation_deg": 0.1}


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    clients = [founding.Client.parse(text) for text in ("sensor:gabala", "sensor:armavir", "admin:admin")]
    folder = tmp_path / "moscow"
    founding.found(folder, run="r", mode="exercise", listen=serving.address(), clients=clients)
    path = Place(folder).configuration
    path.write_text(path.read_text() + TABLE.format("gabala") + TABLE.format("armavir"))
    running = Service(folder, lambda text: None)
    yield running
    running.close()


def post(service: Service, name: str, *seconds: int) -> list[int]:
    now = now_tai_ns()
    scans = [{"tai_ns": now - s * NS_PER_S, "plots": [ECHO | SIGMAS]} for s in seconds]
    with CentreLine(service.place.clients / name) as line:
        return [index for _, index in line.post(json.dumps({"scans": scans}).encode())["places"]]


def revoked(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str]:
    monkeypatch.setattr(sys, "argv", ["jointwatch", "centre", *map(str, words)])
    with pytest.raises(SystemExit) as ended:
        command.main()
    printed = capsys.readouterr()
    assert isinstance(ended.value.code, int | None)
    return ended.value.code or 0, printed.out + printed.err


def test_later_plots_are_refused_earlier_ones_marked_and_the_radar_let_in_again(
    service: Service, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    honest = post(service, "gabala", 30, 20)
    said_by = utc_from_tai_ns(now_tai_ns())
    serving.wait_for(lambda: utc_from_tai_ns(now_tai_ns()) != said_by)  # the time of the theft is told in seconds
    theft = utc_from_tai_ns(now_tai_ns())
    stolen, other = post(service, "gabala", 10, 9, 8), post(service, "armavir", 5)
    folder, draft = service.place.folder, tmp_path / "change.json"
    with CentreLine(service.place.clients / "gabala") as thief:
        thief.health()
        code, said = revoked(monkeypatch, capsys, "revoke", folder, "sensor:gabala", "--since", theft, "--out", draft)
        assert code == 0, said
        assert f"3 entries of {serving.shard('moscow/moscow/record')} carry its key since {theft}; the first is" in said
        with pytest.raises(TurnedDown, match="the certificate of gabala is on the deny list"):  # on the open line too
            thief.post(b"{}")
    for number in (1, 3):
        key = folder / "officers" / f"officer-{number}.pem"
        assert revoked(monkeypatch, capsys, "keys", "sign", draft, "--key", key)[0] == 0
    code, said = revoked(monkeypatch, capsys, "keys", "publish", folder, draft)
    assert code == 0, said

    log = LogId.parse(serving.shard("moscow/moscow/record"))
    for index in (*honest, *other):
        service.own_keys.open_entry(service.store.entry(log, index), log, index)
    for index in stolen:
        with pytest.raises(Unverified, match="the key sensor:gabala was compromised"):
            service.own_keys.open_entry(service.store.entry(log, index), log, index)
    assert service.marks.counts() == {str(log): 3}
    assert post(service, "armavir", 1)

    serving.next_second()  # the deny list knows seconds
    assert revoked(monkeypatch, capsys, "certify", folder, "sensor:gabala")[0] == 0
    with pytest.raises(TurnedDown, match=r"was compromised|no key that this centre holds"):
        post(service, "gabala", 2)
    enrol(folder, tmp_path / "again.json", lambda *words: revoked(monkeypatch, capsys, "keys", *words))
    serving.wait_for(lambda: _posts(service))
    assert [report.sensor for report in kept.reports(service)].count("gabala") == 6


def enrol(folder: Path, draft: Path, keys: Callable[..., tuple[int, str]], in_force_in_s: int = 3) -> None:
    """Have a new key of the sensor named; drafted anew, with more time, where it was signed too late."""
    words = ("--enrol", "sensor:gabala", "--in-force-in", in_force_in_s, "--out", draft)
    assert keys("draft", folder, *words)[0] == 0
    for number in (1, 2):
        keys("sign", draft, "--key", folder / "officers" / f"officer-{number}.pem")
    code, said = keys("publish", folder, draft)
    if code and "draft it anew" in said.replace("\n", " "):
        enrol(folder, draft, keys, 4 * in_force_in_s)
    else:
        assert code == 0, said


def _posts(service: Service) -> bool:
    try:
        return bool(post(service, "gabala", 1))
    except TurnedDown:
        return False


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("sensor:gabala", "--since", "2026-11-22T09:00:00Z"), "--since and --out go together"),
        (("sensor:gabala", "--since", "today", "--out", "x.json"), "--since: "),
        (("auditor:ngo", "--since", "2026-11-22T09:00:00Z", "--out", "x.json"), "auditor:ngo signs nothing"),
        (("sensor:gabal", "--since", "2026-11-22T09:00:00Z", "--out", "x.json"), "the roster names no key"),
        (("gabala",), "wanted ROLE:NAME"),
    ],
)
def test_wrong_use_is_one_sentence(
    service: Service,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    sentence: str,
) -> None:
    code, said = revoked(monkeypatch, capsys, "revoke", service.place.folder, *words)
    assert (code, sentence in said) == (2, True), said


def caller(issued_posix_s: float, role: str = "sensor") -> Caller:
    return Caller("gabala", frozenset({role}), "SHA256:x", "gabala", issued_posix_s=issued_posix_s)


@pytest.mark.parametrize(
    ("line", "old", "new"),
    [
        ("gabala@1970-01-01T00:16:40Z stolen", True, False),
        ("gabala@1970-01-01T00:16:40", True, False),
        ("gabala@1970-01-01T02:16:40+02:00", True, False),
        ("gabala@yesterday", True, True),  # who cannot be told from the thief is not let in
        ("armavir@1970-01-01T00:16:40Z", False, False),
        ("gabala 1970-01-01T00:16:40Z", False, False),
    ],
)
def test_the_deny_list_turns_away_what_was_issued_by_then(tmp_path: Path, line: str, old: bool, new: bool) -> None:
    (tmp_path / "denied.txt").write_text(f"SHA256:{'a' * 43} another\n{line}\n")
    guests = Guests({}, deny_list=tmp_path / "denied.txt")
    assert [guests.denied(caller(issued)) for issued in (1_000.0, 1_001.0)] == [old, new]
    assert not guests.denied(caller(0.0, "peer-reader"))  # a partner of that name is another
