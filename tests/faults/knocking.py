"""Connections to a centre's door that a partner with a good certificate makes, and what it may do with them."""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Iterator

import msgspec

from jointwatch.exchange.carrier import MOST_ASKED_BYTES, WIRE_VERSION, Pull
from jointwatch.exchange.https.app import MESSAGEPACK
from jointwatch.exchange.tls import client_context
from tests.faults.stations import Station


def context(by: Station, at: Station) -> ssl.SSLContext:
    """Return what lets `by` come to the door of `at`."""
    return client_context(by.keys.line, at.keys.line.authority_pem())


def tcp(at: Station, *, receive_bytes: int = 0) -> socket.socket:
    """Return a connection to the door; receive_bytes: how much of an answer the kernel takes in unread."""
    line = socket.socket()
    if receive_bytes:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
    line.settimeout(10)
    line.connect((at.host, at.port))
    return line


def tls(by: Station, at: Station, *, receive_bytes: int = 0) -> ssl.SSLSocket:
    """Return a connection whose handshake is done."""
    return context(by, at).wrap_socket(tcp(at, receive_bytes=receive_bytes), server_hostname=at.name)


def everything() -> bytes:
    """Return the question for all that there is, from the beginning."""
    return msgspec.msgpack.encode(Pull(WIRE_VERSION, {}, 0, MOST_ASKED_BYTES))


def pull() -> bytes:
    """Return the same as it stands on the line."""
    body = everything()
    head = ["POST /exchange/v1/pull HTTP/1.1", "host: door", f"content-length: {len(body)}"]
    head += [f"{name}: {value}" for name, value in MESSAGEPACK.items()]
    return "\r\n".join([*head, "", ""]).encode() + body


@contextlib.contextmanager
def held_open() -> Iterator[list[socket.socket]]:
    """Yield a list whose sockets are closed afterwards."""
    held: list[socket.socket] = []
    try:
        yield held
    finally:
        for line in held:
            line.close()
