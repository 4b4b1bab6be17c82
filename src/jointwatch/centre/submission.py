"""What clients hand in at the door, taken in: verified, put in one queue, kept in groups, and only then acknowledged.

The queue holds 20,000 entries. Whoever comes when it is full is told to come again; nothing is dropped that was let in.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

from jointwatch.exchange import dsse
from jointwatch.exchange.handed_in import Counter, HandedIn, Place
from jointwatch.exchange.keyrings import Keyrings
from jointwatch.exchange.logid import COMMON, LogId
from jointwatch.exchange.refused import Refused
from jointwatch.exchange.roles import Caller
from jointwatch.messages.encoding import Message, MessageRefused, decode
from jointwatch.messages.plot_report import PlotReport
from jointwatch.messages.release_policy import ReleasePolicy
from jointwatch.messages.roster import Roster

MAX_WAITING = 20_000
MAX_GROUP = 4_096  # entries of one transaction
RULE = "jointwatch submission"


class FullError(Exception):
    """The queue is full; come again."""


class NotYoursError(Exception):
    """The caller's role does not permit this."""


@dataclass
class _Batch:
    entries: Sequence[HandedIn]
    places: Future[list[Place]] = field(default_factory=Future)


class Intake:
    """One queue and one thread that writes what stands in it."""

    def __init__(self, store: Counter, keys: Callable[[], Keyrings], partners: frozenset[str]) -> None:
        self.store, self._keys, self._partners = store, keys, partners
        self._queue: queue.SimpleQueue[_Batch | None] = queue.SimpleQueue()
        self._waiting, self._lock = 0, threading.Lock()
        self._thread = threading.Thread(target=self._write, name="intake", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """How many entries wait to be written."""
        return self._waiting

    def hand_in(self, caller: Caller, entries: Sequence[bytes]) -> Future[list[Place]]:
        """Return the promise of the entries' places, once each was verified; it is kept when they are on the disk.

        Raises Refused for an entry that does not hold, NotYoursError for one this caller may not hand in, FullError.
        """
        keys = self._keys()
        batch = _Batch([self._checked(caller, entry, keys) for entry in entries])
        with self._lock:
            if self._waiting + len(entries) > MAX_WAITING:
                raise FullError
            self._waiting += len(entries)
        self._queue.put(batch)
        return batch.places

    def close(self) -> None:
        """Write what waits, and end."""
        self._queue.put(None)
        self._thread.join()

    def _checked(self, caller: Caller, entry: bytes, keys: Keyrings) -> HandedIn:
        """Return an entry once caller, place and signature are what they must be."""
        message = _message(entry)
        if not caller.may(action(message)):
            raise NotYoursError(f"{caller.name} may not {action(message)} here: {', '.join(sorted(caller.roles))}")
        if isinstance(message, PlotReport) and message.sensor != caller.sensor:
            raise NotYoursError(f"{caller.name} writes for the sensor {caller.sensor!r}, not for {message.sensor!r}")
        log = LogId.parse(message.log)
        if log.owner != keys.centre or log.audience not in (COMMON, log.owner, *self._partners):
            raise Refused(RULE, f"{log} is no log that {keys.centre} keeps for itself, for all, or for a partner")
        keys.open_entry(entry, log)
        return HandedIn(log, message.id, entry)

    def _write(self) -> None:
        while batches := self._group():
            self._keep(batches)
            with self._lock:
                self._waiting -= sum(len(batch.entries) for batch in batches)

    def _group(self) -> list[_Batch]:
        """Return the batches that go into the next transaction; none when the time has come to end."""
        batches, entries = list[_Batch](), 0
        while entries < MAX_GROUP and (not batches or not self._queue.empty()):
            batch = self._queue.get()
            if batch is None:
                self._queue.put(None)  # for the next round, after what has come before
                break
            batches.append(batch)
            entries += len(batch.entries)
        return batches

    def _keep(self, batches: Sequence[_Batch]) -> None:
        """Write all batches in one transaction; where one stands in the way of the others, each in one of its own."""
        try:
            places = self.store.hand_in([entry for batch in batches for entry in batch.entries])
        except Exception as error:
            if len(batches) == 1:
                batches[0].places.set_exception(error)
                return
            for batch in batches:
                self._keep([batch])
            return
        at = 0
        for batch in batches:
            batch.places.set_result(places[at : at + len(batch.entries)])
            at += len(batch.entries)


def action(message: Message) -> str:
    """Return what a caller must be permitted to do, to hand in a message of this kind."""
    if isinstance(message, PlotReport):
        return "submit plots"
    if isinstance(message, ReleasePolicy):
        return "submit policies"
    return "submit rosters" if isinstance(message, Roster) else "submit words"


def _message(entry: bytes) -> Message:
    try:
        return decode(dsse.parse(entry).payload)
    except MessageRefused as refusal:
        raise Refused("jointwatch messages v1", str(refusal)) from None
