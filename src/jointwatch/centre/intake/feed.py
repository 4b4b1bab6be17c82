"""The end at the radar: what it told is signed there, or posted as it is, and handed in until the centre has it.

A line that is cut, a full queue and a full disk are waited out; what the centre says no to is said to whoever runs the
radar. Handing in again does no harm, so after any end whatever is not known to be there is handed in once more.
"""

from __future__ import annotations

import io
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from jointwatch.centre.client import CentreLine
from jointwatch.centre.configuration import ConfigurationError
from jointwatch.centre.intake import reports
from jointwatch.centre.intake.reports import Destination
from jointwatch.centre.intake.scans import as_batch
from jointwatch.earth.timescale import now_tai_ns
from jointwatch.exchange import dsse, roles, tls
from jointwatch.exchange.carrier import LineCut, TurnedDown
from jointwatch.formats import scans_json
from jointwatch.messages.encoding import PAYLOAD_TYPE, encode
from jointwatch.sensors.measurement import Plots

WAITED_OUT = (408, 429, 500, 503, 507)
"""Statuses of a centre that cannot now, and will; with any other one the same will never be taken."""
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 20.0
MAX_ENTRIES, MAX_BYTES = 500, 2 << 20  # of one batch; a door takes twice that
T = TypeVar("T")
PlaceInLog = tuple[str, int]


class GaveUpError(Exception):
    """The centre was not there for as long as it was to be waited for."""


@dataclass
class Patience:
    """How long a centre is waited for, in seconds. tell: is told when the waiting begins, and when it ends."""

    tell: Callable[[str], None] = lambda text: None
    stop: threading.Event = field(default_factory=threading.Event)
    longest_s: float = float("inf")


class Feed:
    """A sensor's line to its centre, from the folder that the centre made for it. Use as a context manager."""

    def __init__(self, folder: Path, patience: Patience, address: str | None = None) -> None:
        self._folder, self._address, self._patience = folder, address, patience
        self._line = self._opened()
        self.about = self._line.about
        if self.about.role not in roles.OF_A_SENSOR:
            raise ConfigurationError(
                f"{folder} is of the {self.about.role} {self.about.client}; plots come from a sensor-writer or a sensor"
            )
        self.signs = self.about.role not in roles.HELD_BY_CENTRE
        self._to = Destination(self.about.centre, self.about.run, self.about.mode)

    def hand_in(self, scans: Sequence[Plots]) -> list[PlaceInLog]:
        """Return where the scans of a radar stand, signed here or by its centre; raises TurnedDown, GaveUpError."""
        if not self.signs:
            return self._posted(scans)
        places: list[PlaceInLog] = []
        for batch in _batches(self._signed(scans)):
            places += self._until_taken(partial(_submitted, batch))
        return places

    def post(self, body: bytes) -> dict[str, Any]:
        """Return what the centre made of a radar's own text, which it signs; raises TurnedDown, GaveUpError."""
        return self._until_taken(lambda line: line.post(body))

    def _posted(self, scans: Sequence[Plots]) -> list[PlaceInLog]:
        places: list[PlaceInLog] = []
        for first in range(0, len(scans), MAX_ENTRIES):
            body = io.BytesIO()
            scans_json.write(as_batch(scans[first : first + MAX_ENTRIES]), body)
            answer = self.post(body.getvalue())
            places += [(log, index) for log, index in answer["places"]]
        return places

    def close(self) -> None:
        """Hang up."""
        self._line.close()

    def _opened(self) -> CentreLine:
        return CentreLine(self._folder, address=self._address)

    def __enter__(self) -> Feed:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _signed(self, scans: Sequence[Plots]) -> Iterator[bytes]:
        key, now = self._line.signing_key(), now_tai_ns()
        for plots in scans:
            for report in reports.drafted(plots, self._to, logged_tai_ns=now):
                yield dsse.sign(PAYLOAD_TYPE, encode(report), [key]).encode()

    def _until_taken(self, ask: Callable[[CentreLine], T]) -> T:
        """Return what the centre answers once it does: cut lines and busy centres are waited out."""
        wait_s, began = FIRST_WAIT_S, time.monotonic()
        while True:
            try:
                answer = ask(self._line)
            except LineCut as cut:
                if isinstance(cut, TurnedDown) and cut.status not in WAITED_OUT:
                    raise
                self._check_certificate()
                if wait_s == FIRST_WAIT_S:
                    self._patience.tell(f"{cut.reason}; trying again")
                if time.monotonic() - began > self._patience.longest_s or self._patience.stop.wait(wait_s):
                    raise GaveUpError(cut.reason) from None
                wait_s = min(2 * wait_s, LONGEST_WAIT_S)
                self._line.close()
                self._line = self._opened()  # with the certificate that lies there now
            else:
                if wait_s > FIRST_WAIT_S:
                    self._patience.tell(f"{self.about.centre} answers again")
                return answer

    def _check_certificate(self) -> None:
        """Raise ConfigurationError where the certificate has ended: no centre will answer to it."""
        leaf = tls.Identity(self.about.client, self._line.folder).leaf
        ended_s = tls.expires_posix_s(ssl.PEM_cert_to_DER_cert(_certificate(leaf)))
        if time.time() > ended_s:
            raise ConfigurationError(
                f"the certificate in {leaf} has ended; have {self.about.centre} make another with `jointwatch centre "
                f"certify DIR {self.about.role}:{self.about.client}`"
            )


def _certificate(leaf: Path) -> str:
    text = leaf.read_text()
    return text[text.index("-----BEGIN CERTIFICATE") :]


def _submitted(batch: Sequence[bytes], line: CentreLine) -> list[PlaceInLog]:
    return line.submit(batch).places


def _batches(entries: Iterator[bytes]) -> Iterator[list[bytes]]:
    """Yield entries in lists that a door takes at once."""
    batch, size = list[bytes](), 0
    for entry in entries:
        if batch and (len(batch) == MAX_ENTRIES or size + len(entry) > MAX_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(entry)
        size += len(entry)
    if batch:
        yield batch
