"""A receiver's name leads where it was judged to lead, and to no inner address unless that was configured."""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from jointwatch.centre.alerts import street as streets
from jointwatch.centre.alerts.receivers import Receiver
from jointwatch.centre.alerts.street import NotReached, Street, is_open

INNER = [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "2002:7f00:1::", "64:ff9b::7f00:1", "2001:0:7f00:1::",
]  # fmt: skip


@pytest.mark.parametrize("text", INNER)
def test_inner_addresses_are_known_in_every_wrapping(text: str) -> None:
    assert not is_open(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", ["9.9.9.9", "2620:fe::fe", "::ffff:9.9.9.9"])
def test_open_addresses_are_open(text: str) -> None:
    assert is_open(ipaddress.ip_address(text))


def named(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)


def test_a_name_that_stands_for_one_inner_address_among_others_is_not_gone_to(monkeypatch: pytest.MonkeyPatch) -> None:
    named(monkeypatch, "9.9.9.9", "10.0.0.7")
    with pytest.raises(NotReached, match=r"rebound.example stands for 10.0.0.7, .* say inner = true"):
        Street(Receiver(address="https://rebound.example/"), Path()).addresses()


def test_the_connection_goes_to_the_address_that_was_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name is looked up once: an answer that changes afterwards leads nowhere else."""
    named(monkeypatch, "9.9.9.9")
    gone: list[Any] = []

    def connect(address: tuple[str, int], *_: object) -> None:
        gone.append(address)
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(socket, "create_connection", connect)
    place = Street(Receiver(address="https://rebound.example:8443/x"), Path())
    with pytest.raises(NotReached, match="port 8443: Connection refused"), place.open():
        pass
    assert gone == [("9.9.9.9", 8443)]


@pytest.mark.parametrize(
    ("address", "scheme", "host", "port", "path"),
    [
        ("https://a.example", "https", "a.example", 443, "/"),
        ("https://a.example:8443/cap?x=1", "https", "a.example", 8443, "/cap?x=1"),
        ("tak+tls://[2620:fe::fe]:8089", "tak+tls", "2620:fe::fe", 8089, "/"),
    ],
)
def test_addresses_are_taken_apart(address: str, scheme: str, host: str, port: int, path: str) -> None:
    place = Street(Receiver(address=address), Path())
    assert (place.scheme, place.host, place.port, place.path) == (scheme, host, port, path)


@pytest.mark.parametrize(
    "address",
    [
        "ftp://a.example/", "https://user:pw@a.example/", "https://a.example:0/", "https://a.example:65536/", "https://",
        "https://a.example/#part", "https://a.example/a b", "https://a.example/\r\nhost: b", "tak+tls://a.example",
        "https://a.example\\@b/", "http://a.example/", "tak+tcp://a.example:8087", "HTTPS://A.example/",
    ],
)  # fmt: skip
def test_other_addresses_are_refused(address: str) -> None:
    with pytest.raises(ValueError, match="address"):
        Receiver(address=address)


def test_a_line_that_drips_ends_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streets, "WHOLE_S", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            line, _ = server.accept()
            with suppress(OSError), line:  # that the line is gone, whoever drips meets sooner or later
                while line.send(b"x"):
                    time.sleep(0.05)

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        place = Street(Receiver(address=f"http://127.0.0.1:{server.getsockname()[1]}/", inner=True), Path())
        with suppress(NotReached), place.open() as line:  # a last drop may reset what we cut
            while line.recv(64):
                pass
        thread.join(30)
    assert not thread.is_alive()
