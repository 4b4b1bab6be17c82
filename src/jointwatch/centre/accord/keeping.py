"""The accord of a centre in service: read from its record as that grows, and concluded where all have signed.

Proposing and signing are acts of people. That the last signature is there needs nobody's judgement: the proposer's
centre writes it down, so that rules are in force as soon as everybody who must sign them has.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from jointwatch.centre import saying
from jointwatch.centre.accord import drafting
from jointwatch.centre.accord.papers import Standing
from jointwatch.centre.accord.reading import Reading
from jointwatch.centre.configuration import Configuration
from jointwatch.exchange import dsse, merkle
from jointwatch.exchange.guard import Closed
from jointwatch.exchange.handed_in import Counter, HandedIn
from jointwatch.exchange.keyrings import Keyrings, Unverified
from jointwatch.exchange.logid import COMMON, LogId
from jointwatch.exchange.record import Record
from jointwatch.exchange.refused import Refused
from jointwatch.messages.accord import ACCORD
from jointwatch.messages.encoding import Heard, Message, hear

RETRY_S = 1.0
ROWS = 1_024
KeysOf = Callable[[str], Keyrings]


class AccordRecord:
    """The accord as a record has it, read on from where it was read last. keys_of: a centre's keys as known here."""

    def __init__(self, record: Record, centres: Iterable[str], keys_of: KeysOf) -> None:
        self._record, self._keys_of, self._lock = record, keys_of, threading.Lock()
        held = {log.owner for log in record.logs() if log.klass == ACCORD and log.audience == COMMON}
        self.centres = tuple(sorted({record.owner, *centres, *held}))
        self._bounds, self._reading = -1, Reading(self.centres)

    def standing(self) -> Standing:
        """Return how the accord stands now."""
        with self._lock:
            bounds = sum(len(self._keys(centre).bounds) for centre in self.centres)
            if bounds != self._bounds:  # what was said of keys holds for the past too
                self._bounds, self._reading = bounds, Reading(self.centres)
            for centre in self.centres:
                self._read_on(centre)
            return self._reading.standing()

    def _read_on(self, centre: str) -> None:
        log = LogId(centre, COMMON, ACCORD)
        start, size = self._reading.heard(centre), self._record.size(log)
        keys = self._keys(centre)
        while start < size:
            stop = min(size, start + ROWS)
            entries = self._record.entries(log, start, stop)
            said = [(merkle.leaf_hash(e), _usable(keys, e, log, k)) for k, e in enumerate(entries, start)]
            self._reading.hear(centre, said)
            start = stop

    def _keys(self, centre: str) -> Keyrings:
        try:
            return self._keys_of(centre)
        except Refused:  # it is no partner any more; what it signed stands
            return Keyrings(centre, self._record.run, "")


class AccordKeeper:
    """Concludes, within a `with` block, what this centre proposed and all have signed. sign: as the centre's desk."""

    def __init__(
        self,
        store: Counter,
        known: Configuration,
        keys_of: KeysOf,
        *,
        sign: Callable[[Message], bytes],
        tell: Callable[[str], None],
    ) -> None:
        self.record = AccordRecord(store, known.partners, keys_of)
        self._store, self._known, self._sign, self._tell = store, known, sign, tell
        self._grown, self._stop, self._trouble = threading.Event(), threading.Event(), ""
        self._thread = threading.Thread(target=self._keep, name="accord", daemon=True)
        store.listen(self._heard)

    def __enter__(self) -> AccordKeeper:
        self._grown.set()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._grown.set()
        self._thread.join(15)

    def _heard(self, log: LogId, _size: int) -> None:
        if log.klass == ACCORD:
            self._grown.set()

    def _keep(self) -> None:
        while not self._stop.is_set():
            self._grown.wait()
            self._grown.clear()
            try:
                self._conclude()
            except (Refused, OSError) as error:  # still closed after a start, or the disk is full: tried again
                if not isinstance(error, Closed) and str(error) != self._trouble:
                    self._trouble = str(error)
                    self._tell(f"what all have signed could not be concluded yet: {error}")
                self._stop.wait(RETRY_S)
                self._grown.set()

    def _conclude(self) -> None:
        known = self._known
        said = saying.now(known.centre, known.run, known.mode)
        for message in drafting.conclusions(said, self.record.standing()):
            log = said.common(ACCORD)
            (place,) = self._store.hand_in([HandedIn(log, message.id, self._sign(message))])
            self._tell(f"concluded by entry {place.index} of {log}: all have signed")
        self._trouble = ""


def _usable(keys: Keyrings, entry: bytes, log: LogId, index: int) -> Heard | None:
    """Return the message of an entry; None where a key signed it that does not hold there."""
    try:
        keys.check_bounds(entry, log, index)
    except Unverified:
        return None
    return hear(dsse.parse(entry).payload)
