"""Consoles of a centre in service: the files it makes for them, and what each of them is shown, through every kill."""

from __future__ import annotations

import signal
import socket
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from jointwatch.centre import configuration, consoles
from jointwatch.centre.client import CentreLine
from jointwatch.centre.configuration import ConfigurationError, Place
from jointwatch.centre.renewal import Renewal
from jointwatch.exchange import tls
from jointwatch.exchange.tls import Identity
from tests import ports
from tests.centre import serving
from tests.exchange import nats_server

SECRET = "what stays in brussels"


def with_nats(centre: Path, consoles: str = '"ops-1", "ops-2"') -> int:
    """The port that centre.toml now names for the party's NATS server."""
    port = ports.free()
    with (centre / "centre.toml").open("a") as file:
        file.write(f'\n[nats]\naddress = "127.0.0.1:{port}"\nconsoles = [{consoles}]\n')
    return port


class Party:
    """Moscow and Brussels in service; Brussels has a NATS server and two consoles."""

    def __init__(self, folder: Path) -> None:
        self.moscow, self.brussels = serving.found(folder, "moscow", "brussels")
        self.port = with_nats(self.brussels)
        self.running: list[subprocess.Popen[bytes]] = []

    def nats(self) -> subprocess.Popen[bytes]:
        with (self.brussels.parent / "nats.txt").open("ab") as log:
            command = [nats_server.binary(), "-c", str(self.brussels / "clients" / "broker" / "nats.conf")]
            return self.noted(subprocess.Popen(command, stdout=log, stderr=log))

    def console(self, name: str) -> subprocess.Popen[bytes]:
        with self.screen(name).open("ab") as screen:
            folder = self.brussels / "clients" / name
            command = [*serving.JOINTWATCH, "centre", "console", str(folder)]
            return self.noted(subprocess.Popen(command, stdout=screen, stderr=screen))

    def noted(self, process: subprocess.Popen[bytes]) -> subprocess.Popen[bytes]:
        self.running.append(process)
        return process

    def screen(self, name: str) -> Path:
        return self.brussels.parent / f"{name}.txt"

    def shown(self, name: str, text: str) -> int:
        """How many lines of a console's screen end in this text."""
        return sum(line.endswith(text) for line in self.screen(name).read_text().splitlines())

    def say(self, centre: Path, log: str, text: str) -> None:
        with CentreLine(centre / "clients" / "desk") as line:
            line.submit([serving.entry(line, log, text.replace(" ", "-"), text)])

    def end(self) -> None:
        for process in self.running:
            if process.poll() is None:
                process.kill()
                process.wait(serving.ENDED_S)


@pytest.fixture
def party(tmp_path: Path) -> Iterator[Party]:
    found = Party(tmp_path)
    with serving.serving(found.moscow), serving.serving(found.brussels):
        serving.opened(found.moscow, found.brussels)
        try:
            yield found
        finally:
            found.end()


def test_consoles_show_what_their_centre_holds_once_through_every_kill(party: Party) -> None:
    nats = party.nats()
    screens = {name: party.console(name) for name in ("ops-1", "ops-2")}
    said: list[str] = []

    def everyone_saw(text: str) -> None:
        said.append(text)
        serving.wait_for(lambda: all(party.shown(name, text) for name in screens))

    party.say(party.moscow, "moscow/common/notify", "said by moscow")
    everyone_saw("said by moscow")
    party.say(party.brussels, "brussels/moscow/notify", "said by brussels")
    everyone_saw("said by brussels")
    nats.send_signal(signal.SIGKILL)
    nats.wait(serving.ENDED_S)
    party.say(party.moscow, "moscow/common/notify", "while there was no server")
    party.nats()
    everyone_saw("while there was no server")
    screens["ops-2"].send_signal(signal.SIGKILL)
    screens["ops-2"].wait(serving.ENDED_S)
    party.say(party.moscow, "moscow/common/notify", "while a console was away")
    party.console("ops-2")
    everyone_saw("while a console was away")
    assert [(name, text, party.shown(name, text)) for name in screens for text in said] == [
        (name, text, 1) for name in screens for text in said
    ]
    assert not any("refused" in party.screen(name).read_text() for name in screens)
    serving.wait_for(lambda: serving.health(party.brussels)["nats"] == {"linked": True, "cut": ""})
    assert "nats" not in serving.health(party.moscow)
    screens["ops-1"].send_signal(signal.SIGTERM)
    assert screens["ops-1"].wait(serving.ENDED_S) == 0


def test_what_stays_at_home_is_shown_to_no_console_and_a_stranger_is_not_let_in(party: Party) -> None:
    party.nats()
    party.console("ops-1")
    party.say(party.brussels, "brussels/brussels/record", SECRET)
    party.say(party.brussels, "brussels/common/notify", "afterwards")
    serving.wait_for(lambda: party.shown("ops-1", "afterwards") == 1)
    assert SECRET not in party.screen("ops-1").read_text()
    folder = party.brussels / "clients" / "ops-1"
    assert not any(SECRET.encode() in serving.held_by(file) for file in folder.rglob("*"))
    desk = party.brussels / "clients" / "desk"  # known at the door, and no console
    (desk / "console.toml").write_text((folder / "console.toml").read_text().replace("ops-1", "desk"))
    party.console("desk")
    serving.wait_for(lambda: "cut off: brussels cannot be reached" in party.screen("desk").read_text())


def test_a_centre_without_its_nats_server_serves_as_ever(tmp_path: Path) -> None:
    (brussels,) = serving.found(tmp_path, "brussels")
    port = with_nats(brussels)
    with serving.serving(brussels):
        with CentreLine(brussels / "clients" / "desk") as line:
            assert line.submit([serving.entry(line, "brussels/common/notify", "one")]).places
        told = serving.health(brussels)["nats"]
        assert not told["linked"]
        assert told["cut"]
        said = serving.command("centre", "status", brussels).stdout
        assert "The consoles' NATS server cannot be reached: " in said
    assert f"nats-server -c {brussels}/clients/broker/nats.conf" in (brussels / "serving.txt").read_text()
    assert f"127.0.0.1:{port}" in (brussels / "serving.txt").read_text()


def test_the_files_are_private_and_issued_again_only_when_due(tmp_path: Path) -> None:
    (brussels,) = serving.found(tmp_path, "brussels")
    with_nats(brussels)
    place, known = Place(brussels), configuration.read(brussels)
    assert known.nats is not None
    line = Identity("brussels", place.keys / "line")
    wanted = {"brussels": "SHA256:" + "A" * 43}
    first = consoles.prepare(place, known, known.nats, line, wanted)
    leaves = [place.clients / name / "tls-leaf.pem" for name in ("broker", *known.nats.consoles)]
    before = [leaf.read_bytes() for leaf in leaves]
    assert [oct(leaf.stat().st_mode & 0o777) for leaf in leaves] == ["0o600"] * 3
    assert consoles.prepare(place, known, known.nats, line, wanted) == first
    assert [leaf.read_bytes() for leaf in leaves] == before
    assert not list(brussels.glob("clients/*/*.key"))


def test_a_renewed_certificate_is_shown_at_a_signal_and_nobody_is_cut_off(party: Party) -> None:
    nats = party.nats()
    party.console("ops-1")
    party.say(party.brussels, "brussels/common/notify", "before")
    serving.wait_for(lambda: party.shown("ops-1", "before"))
    old, cut = shown(party), party.screen("ops-1").read_text().count("cut off")
    line = Identity("brussels", party.brussels / "keys" / "line")
    clients = party.brussels / "clients"
    for name in ("broker", "ops-1"):
        tls.renew_client(line, Identity(name, clients / name), now=datetime.now(UTC) - timedelta(days=5))
    Renewal(line, [], clients, lambda _text: None).look()
    assert not any(tls.renewal_due(Identity(name, clients / name)) for name in ("broker", "ops-1"))
    nats.send_signal(signal.SIGHUP)
    serving.wait_for(lambda: shown(party) != old)
    party.say(party.brussels, "brussels/common/notify", "after")
    serving.wait_for(lambda: party.shown("ops-1", "after"))
    assert party.screen("ops-1").read_text().count("cut off") == cut


def shown(party: Party) -> bytes:
    """The certificate that the server shows to a new connection."""
    ops = Identity("ops-2", party.brussels / "clients" / "ops-2")
    context = tls.client_context(ops, ops.authority_pem())
    with socket.create_connection(("127.0.0.1", party.port), timeout=30) as near:
        near.recv(4_096)
        with context.wrap_socket(near, server_hostname="broker") as found:
            return found.getpeercert(binary_form=True) or b""


@pytest.mark.parametrize(
    ("names", "why"),
    [
        ('"ops-1", "ops-1"', "nats.consoles: 'ops-1' is taken; each console has a name of its own"),
        ('"brussels"', "nats.consoles: 'brussels' is taken"),
        ('"broker"', "nats.consoles: 'broker' is taken"),
        ('"Ops 1"', "nats.consoles.0: "),
    ],
)
def test_a_console_s_name_that_cannot_be_is_named_with_file_and_key(tmp_path: Path, names: str, why: str) -> None:
    (brussels,) = serving.found(tmp_path, "brussels")
    with_nats(brussels, names)
    done = serving.command("centre", "serve", brussels)
    assert done.returncode == 2
    assert f"{brussels}/centre.toml: {why}" in done.stderr.replace("\n", " ")


def test_without_the_client_for_nats_the_reason_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consoles, "find_spec", lambda _name: None)
    with pytest.raises(ConfigurationError, match=r"nats: needs the client for NATS; install it with: pip install"):
        consoles.need_extra(tmp_path / "centre.toml")
