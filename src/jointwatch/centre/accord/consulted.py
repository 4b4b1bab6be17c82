"""The consultations in a centre's record, read on as it grows; and what was disclosed in them, proven or not."""

from __future__ import annotations

import threading
from collections.abc import Callable

from jointwatch.centre.accord.consultation import NOTIFY, Consultations, Entry, consultations
from jointwatch.centre.accord.papers import Standing, place
from jointwatch.centre.disclosure import disclosed
from jointwatch.exchange import dsse, merkle
from jointwatch.exchange.keyrings import Keyrings, Unverified
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.record import Record
from jointwatch.exchange.refused import Refused
from jointwatch.messages.consultation import Disclosure, Query, Reply
from jointwatch.messages.correction import Correction
from jointwatch.messages.encoding import decode, kind_in, kind_of
from jointwatch.messages.reference import EntryReference

ROWS = 1_024
KINDS = frozenset({"query", "reply", "correction"})


class ConsultationRecord:
    """What was asked and answered. standing: how the accord stands, for the time in which a reply is due."""

    def __init__(self, record: Record, keys_of: Callable[[str], Keyrings], standing: Callable[[], Standing]) -> None:
        self._record, self._keys_of, self._standing = record, keys_of, standing
        self._heard: dict[LogId, int] = {}
        self._entries: list[Entry] = []
        self._bounds, self._lock = -1, threading.Lock()

    def consultations(self) -> Consultations:
        """Return all consultations that the record holds."""
        rules = self._standing().in_force(self._record.owner)
        limits = [one.rules.thresholds.reply_within_s for one in rules]
        within = min((limit for limit in limits if limit is not None), default=None)
        with self._lock:
            self._read_on()
            return consultations(self._entries, reply_within_s=within, shown=self._shown)

    def _read_on(self) -> None:
        logs = [log for log in self._record.logs() if log.klass == NOTIFY]
        bounds = sum(len(self._keys(log.owner).bounds) for log in logs)
        if bounds != self._bounds:
            self._bounds, self._heard, self._entries = bounds, {}, []
        for log in logs:
            start, size = self._heard.get(log, 0), self._record.size(log)
            while start < size and not self._record.archived(log):
                stop = min(size, start + ROWS)
                for index, entry in enumerate(self._record.entries(log, start, stop), start):
                    self._entries += self._read(log, index, entry)
                self._heard[log] = start = stop

    def _read(self, log: LogId, index: int, entry: bytes) -> list[Entry]:
        """Return an entry that belongs to a consultation, as a list of one; none of any other."""
        payload = dsse.parse(entry).payload
        if kind_in(payload) not in KINDS:
            return []
        try:
            self._keys(log.owner).check_bounds(entry, log, index)
            message = decode(payload)
        except (Unverified, ValueError):  # not to be used, or of a later version
            return []
        if not isinstance(message, Query | Reply | Correction):
            return []
        return [(EntryReference(log=str(log), index=index, leaf_hash=merkle.leaf_hash(entry)), message)]

    def _shown(self, given: Disclosure) -> str:
        """Return what a disclosure proves of a released entry that is in the record, and who signed what it shows."""
        released = given.released
        try:
            log = LogId.parse(released.log)
            if released.index >= self._record.size(log):
                return f"{place(released)}, of which something is disclosed, is not here"
            message = disclosed(self._record.entry(log, released.index), given)
            self._keys(log.owner).open_entry(given.entry, LogId.parse(message.log))
        except Refused as refusal:
            return f"what is disclosed of {place(released)} does not hold: {refusal.sentence}"
        return f"behind {place(released)} stood this {kind_of(message)} of {log.owner}, as was committed to"

    def _keys(self, centre: str) -> Keyrings:
        try:
            return self._keys_of(centre)
        except Refused:
            return Keyrings(centre, self._record.run, "")
