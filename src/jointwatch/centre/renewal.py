"""Certificates renewed while a centre serves: its own, and those of its clients whose folders are still here.

At two thirds of a certificate's life another is issued in its place. Connections made from then on show it; those that
are open go on until their own certificate ends. Clients elsewhere get theirs from `jointwatch centre certify`.
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from jointwatch.exchange import tls

EVERY_S = 30.0
Now = Callable[[], datetime]


class Renewal:
    """The certificates of one centre. contexts: those in use at its door and on its lines."""

    def __init__(
        self,
        line: tls.Identity,
        contexts: Sequence[ssl.SSLContext],
        clients: Path,
        tell: Callable[[str], None],
        *,
        now: Now = lambda: datetime.now(UTC),
    ) -> None:
        self._line, self._contexts, self._clients, self._tell, self._now = line, contexts, clients, tell, now

    def keep(self, stop: threading.Event, every_s: float = EVERY_S) -> None:
        """Look again and again until told to stop; a disk that takes nothing is told, and tried again."""
        while not stop.wait(every_s):
            try:
                self.look()
            except OSError as error:
                self._tell(f"a certificate could not be renewed: {error}")

    def look(self) -> list[str]:
        """Return whose certificates were renewed just now."""
        now = self._now()
        renewed = []
        if tls.renewal_due(self._line, now=now):
            tls.ensure_identity(self._line.directory, self._line.centre, now=now)
            for context in self._contexts:
                tls.reload_leaf(context, self._line)
            renewed.append(self._line.centre)
        for leaf in sorted(self._clients.glob("*/tls-leaf.pem")):
            client = tls.Identity(leaf.parent.name, leaf.parent)
            if tls.renewal_due(client, now=now):
                tls.renew_client(self._line, client, now=now)
                renewed.append(client.centre)
        for name in renewed:
            self._tell(f"the certificate of {name} was renewed")
        return renewed
