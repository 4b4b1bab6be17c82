"""What must not be forgotten, written down: incidents in the centre's internal log, signed by its desk.

Of what a partner does again and again the first of its sort is written, else it could fill the record.
"""

from __future__ import annotations

import contextlib
import secrets
import threading
from collections.abc import Callable

import msgspec

from jointwatch.centre.configuration import Configuration
from jointwatch.earth.timescale import now_tai_ns
from jointwatch.exchange.equivocation import Equivocation
from jointwatch.exchange.handed_in import Counter, HandedIn
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.refused import Refused
from jointwatch.messages.encoding import Message
from jointwatch.messages.incident import Incident


class Incidents:
    """Writes a centre's incidents, and tells whoever watches its process."""

    def __init__(
        self, store: Counter, known: Configuration, signed: Callable[[Message], bytes], tell: Callable[[str], None]
    ) -> None:
        self._store, self._known, self._signed, self._tell = store, known, signed, tell
        self._written: set[tuple[str, str]] = set()
        self._lock = threading.Lock()

    def happened(self, about: str, concerns: str, text: str, evidence: bytes = b"") -> None:
        """Tell it, and write it down; a record that takes nothing now does without."""
        self._tell(text)
        log = LogId(self._known.centre, self._known.centre, "record")
        message = Incident(
            mode=self._known.mode,
            run=self._known.run,
            origin=self._known.centre,
            log=str(log),
            logged_tai_ns=now_tai_ns(),
            id=f"incident-{secrets.token_hex(8)}",  # no number: a record that was lost would begin again at 1
            about=about,
            concerns=concerns,
            text=text[:2_000],
            evidence=evidence,
        )
        with contextlib.suppress(Refused, OSError):
            self._store.hand_in([HandedIn(log, message.id, self._signed(message))])

    def refused(self, partner: str, refusal: Refused) -> None:
        """Write down what a partner sent that was not accepted: the first of its sort since the start."""
        with self._lock:
            if (partner, refusal.rule) in self._written:
                return
            self._written.add((partner, refusal.rule))
        evidence = msgspec.json.encode(refusal.evidence) if isinstance(refusal, Equivocation) else b""
        self.happened("refused", partner, f"refused, from {partner}: {refusal}", evidence)
