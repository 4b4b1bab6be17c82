"""A client's end of the line to its centre: hand entries in, ask how things stand.

The folder is the one that the centre made for it; it holds the certificate, and the key it signs with, if it signs.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec

from jointwatch.centre.configuration import Address, CentreName, Model, Run, parsed, split
from jointwatch.centre.counter import Receipts, Submission
from jointwatch.exchange import carrier
from jointwatch.exchange.carrier import WIRE_VERSION
from jointwatch.exchange.https.server import Client
from jointwatch.exchange.keys import SigningKey, read_key
from jointwatch.exchange.tls import Identity


class ClientFile(Model):
    """What client.toml says."""

    centre: CentreName
    run: Run
    mode: Literal["exercise", "operational"]
    address: Address
    client: str
    role: str


class CentreLine:
    """The line to the centre, kept open; failures are a `carrier.LineCut`, or `TurnedDown` where the centre said no."""

    def __init__(self, folder: Path, *, timeout_s: float = 35.0) -> None:
        self.about = parsed(folder / "client.toml", ClientFile)
        self.folder = folder
        host, port = split(self.about.address)
        identity = Identity(self.about.client, folder)
        self._line = Client(
            identity,
            self.about.centre,
            identity.authority_pem(),
            host=host,
            port=port,
            timeout_s=timeout_s,
            path="centre/v1",
        )

    def signing_key(self) -> SigningKey:
        """Return the key with which this client signs its entries."""
        return read_key(self.folder / "signing.pem")

    def submit(self, entries: Sequence[bytes]) -> Receipts:
        """Return where these entries stand, on the centre's disk; the same bytes may be tried again at any time."""
        body = msgspec.msgpack.encode(Submission(WIRE_VERSION, list(entries)))
        return carrier.parse(self._line.ask("POST", "submit", body, good=(200,)), Receipts)

    def health(self) -> dict[str, Any]:
        """Return how things stand at the centre."""
        return msgspec.json.decode(self._line.ask("GET", "health", b"", good=(200,)), type=dict[str, Any])

    def close(self) -> None:
        """Hang up."""
        self._line.close()

    def __enter__(self) -> CentreLine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
