"""A client's end of the line to its centre: hand entries in, ask how things stand.

The folder is the one that the centre made for it; it holds the certificate, and the key it signs with, if it signs.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlencode

import msgspec

from jointwatch.centre.accord.agreed import Agreed
from jointwatch.centre.addresses import Address, split
from jointwatch.centre.configuration import CentreName, Model, Run, parsed
from jointwatch.centre.counter import Receipts, Submission
from jointwatch.centre.notification.board import Notices
from jointwatch.exchange import carrier
from jointwatch.exchange.carrier import WIRE_VERSION
from jointwatch.exchange.https.server import Client
from jointwatch.exchange.keys import SigningKey, read_key
from jointwatch.exchange.tls import Identity
from jointwatch.messages.consultation import Disclosure
from jointwatch.messages.encoding import Message
from jointwatch.messages.reference import EntryReference


class ClientFile(Model):
    """What client.toml says."""

    centre: CentreName
    run: Run
    mode: Literal["exercise", "operational"]
    address: Address
    client: str
    role: str


class Shown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An entry: the reference to it, and the message in it, where it is understood."""

    reference: EntryReference
    message: Message | None


class CentreLine:
    """The line to the centre, kept open; failures are a `carrier.LineCut`, or `TurnedDown` where the centre said no.

    address: where the centre is, where that is not what the folder says.
    """

    def __init__(self, folder: Path, *, timeout_s: float = 35.0, address: str | None = None) -> None:
        self.about = parsed(folder / "client.toml", ClientFile)
        self.folder = folder
        host, port = split(address or self.about.address)
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

    def post(self, body: bytes) -> dict[str, Any]:
        """Return what the centre made of a sensor's JSON, TDM or CSV, once it is on its disk; may be tried again."""
        return msgspec.json.decode(self._line.ask("POST", "plots", body, good=(200,)), type=dict[str, Any])

    def health(self) -> dict[str, Any]:
        """Return how things stand at the centre."""
        return msgspec.json.decode(self._line.ask("GET", "health", b"", good=(200,)), type=dict[str, Any])

    def accord(self) -> Agreed:
        """Return how the accord stands at the centre, and under which identities it knows the others."""
        return msgspec.json.decode(self._line.ask("GET", "accord", b"", good=(200,)), type=Agreed)

    def entry(self, log: str, index: int) -> Shown:
        """Return an entry that the centre holds; a `TurnedDown` says that there is none."""
        body = self._line.ask("GET", f"entry?{urlencode({'log': log, 'index': index})}", b"", good=(200,))
        return msgspec.json.decode(body, type=Shown)

    def notices(self) -> Notices:
        """Return what was told of launches, and for which states the centres speak."""
        return carrier.parse(self._line.ask("GET", "notices", b"", good=(200,)), Notices)

    def disclosure(self, log: str, index: int) -> Disclosure:
        """Return what stands behind an entry that this centre has released."""
        body = self._line.ask("GET", f"disclosure?{urlencode({'log': log, 'index': index})}", b"", good=(200,))
        return msgspec.msgpack.decode(body, type=Disclosure)

    def close(self) -> None:
        """Hang up."""
        self._line.close()

    def __enter__(self) -> CentreLine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
