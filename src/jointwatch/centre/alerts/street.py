"""The way to a receiver: an address looked up once, judged, and connected to as it was judged.

A receiver's address is a name that its owner can point anywhere, also into the centre's own network. So every address
that the name stands for must be one of the open internet, unless the receiver is configured as an inner one; the
connection goes to an address that was judged, and redirections are not followed.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from jointwatch.centre.alerts.receivers import Receiver

PORTS = {"https": 443, "http": 80}
CONNECT_S, WHOLE_S = 10.0, 30.0
IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


class NotReached(Exception):  # noqa: N818 - a fact of the line, tried again
    """No answer came, as one sentence; the same may be sent again."""


@dataclass(frozen=True)
class Street:
    """Where a receiver is, and how its line is kept private. folder: that of the centre, where files are named."""

    receiver: Receiver
    folder: Path

    @property
    def scheme(self) -> str:
        """Which of https, http, tak+tls and tak+tcp."""
        return urlsplit(self.receiver.address).scheme

    @property
    def host(self) -> str:
        """The name or the address, as configured."""
        return urlsplit(self.receiver.address).hostname or ""

    @property
    def port(self) -> int:
        """The port, as configured or by the scheme."""
        return urlsplit(self.receiver.address).port or PORTS.get(self.scheme, 0)

    @property
    def path(self) -> str:
        """What is asked for at a web server, its query included."""
        parts = urlsplit(self.receiver.address)
        return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")

    @cached_property
    def tls(self) -> ssl.SSLContext | None:
        """What keeps the line private; None for a line in the clear. Raises OSError with the file's name."""
        if self.scheme in ("http", "tak+tcp"):
            return None
        authority, certificate = self.receiver.authority, self.receiver.certificate
        with _named(f"authority = {authority}"):
            context = ssl.create_default_context(cafile=str(self.folder / authority) if authority else None)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if certificate:
            with _named(f"certificate = {certificate}"):
                context.load_cert_chain(self.folder / certificate)
        return context

    @contextmanager
    def open(self) -> Iterator[socket.socket]:
        """Yield a connection that ends by itself after half a minute; raise NotReached where there is none."""
        line = self._connected()
        timer = threading.Timer(WHOLE_S, _cut, [line])
        timer.daemon = True
        timer.start()
        try:
            yield line
        except (OSError, ssl.SSLError) as error:
            raise NotReached(f"{self.host} port {self.port}: {_why(error)}") from None
        finally:
            timer.cancel()
            line.close()

    def _connected(self) -> socket.socket:
        trouble = "no address"
        for address in self.addresses():
            try:
                line = socket.create_connection((str(address), self.port), CONNECT_S)
                return self.tls.wrap_socket(line, server_hostname=self.host) if self.tls else line
            except OSError as error:
                trouble = _why(error)
        raise NotReached(f"{self.host} port {self.port}: {trouble}")

    def addresses(self) -> list[IpAddress]:
        """Return the addresses that the host stands for now; raise NotReached where one of them is none to go to."""
        try:
            found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise NotReached(f"{self.host} cannot be found: {_why(error)}") from None
        addresses = list(dict.fromkeys(ipaddress.ip_address(str(one[4][0]).partition("%")[0]) for one in found))
        inner = next((address for address in addresses if not is_open(address)), None)
        if inner is not None and not self.receiver.inner:
            raise NotReached(
                f"{self.host} stands for {inner}, which is no address of the open internet; for a receiver in the "
                "centre's own network say inner = true"
            )
        return addresses


@contextmanager
def _named(what: str) -> Iterator[None]:
    """Have an error say which file it is of: OpenSSL does not."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno or 0, f"{what}: {error.strerror or error}") from None


def is_open(address: IpAddress) -> bool:
    """Return whether an address is one of the open internet, also what is wrapped in it.

    >>> texts = "9.9.9.9", "127.0.0.1", "::ffff:10.0.0.1", "169.254.169.254", "fec0::1"
    >>> [is_open(ipaddress.ip_address(text)) for text in texts]
    [True, False, False, False, False]
    """
    if isinstance(address, ipaddress.IPv6Address):
        if address.is_site_local:
            return False  # fec0::/10 [RFC 3879], which Python calls global
        within = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        if any(one is not None and not is_open(one) for one in within):
            return False
        if address.ipv4_mapped is not None:
            return True  # judged by what is in it
    return address.is_global and not (address.is_multicast or address.is_reserved)


def _cut(line: socket.socket) -> None:
    try:
        line.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it has ended already


def _why(error: OSError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not believed: {error.verify_message}"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return (error.strerror or str(error) or type(error).__name__).rstrip(".")
