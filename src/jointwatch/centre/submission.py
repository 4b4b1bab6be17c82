"""What clients hand in at the door, taken in: verified, put in one queue, kept in groups, and only then acknowledged.

The queue holds 20,000 entries. Whoever comes when it is full is told to come again; nothing is dropped that was let in.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

from jointwatch.centre.succession import check_promises, check_turns
from jointwatch.earth.timescale import NS_PER_S, now_tai_ns, utc_from_tai_ns
from jointwatch.exchange import dsse
from jointwatch.exchange.carrier import MAX_LOGS
from jointwatch.exchange.handed_in import Counter, HandedIn, Place
from jointwatch.exchange.keyrings import ROSTER, Keyrings
from jointwatch.exchange.logid import COMMON, LogId
from jointwatch.exchange.record import Damaged
from jointwatch.exchange.refused import Refused
from jointwatch.exchange.roles import Caller
from jointwatch.exchange.shard import OPENING
from jointwatch.messages.act import Act
from jointwatch.messages.alert import Alert, Dispatch
from jointwatch.messages.correlation import Correlation
from jointwatch.messages.encoding import Message, MessageRefused, decode, kind_of
from jointwatch.messages.feed_verdict import FeedVerdict
from jointwatch.messages.heartbeat import Heartbeat
from jointwatch.messages.key_bounds import KeyBounds
from jointwatch.messages.party_root import PartyRoot
from jointwatch.messages.plot_report import PlotReport
from jointwatch.messages.receipt import Receipt
from jointwatch.messages.release_policy import ReleasePolicy
from jointwatch.messages.roster import Roster
from jointwatch.messages.shard_opening import ShardOpening

MAX_WAITING = 20_000
MAX_GROUP = 4_096  # entries of one transaction
RULE = "jointwatch submission"
SAID_BY_CENTRE = (Alert, Dispatch, Correlation, FeedVerdict, Receipt, Heartbeat)
"""Kinds that follow from what the centre heard: one hand could set alerts going with them, or say they were sent."""
AHEAD_NS, ACT_BEHIND_NS = 60 * NS_PER_S, 600 * NS_PER_S
"""How far from the centre's clock plots and acts may be: what two officers approve holds for an hour from its act."""


class FullError(Exception):
    """The queue is full; come again."""


class NotYoursError(Exception):
    """The caller's role does not permit this."""


@dataclass
class _Batch:
    """What a caller handed in, checked under the keys as they were then."""

    caller: Caller
    entries: Sequence[HandedIn]
    keys: Keyrings
    places: Future[list[Place]] = field(default_factory=Future)

    @property
    def of_keys(self) -> bool:
        """Whether it says which keys speak for the centre."""
        return any(one.log.klass == ROSTER for one in self.entries)


class Intake:
    """One queue and one thread that writes what stands in it.

    take_up: keeps what is said of the centre's own keys, and puts it in force. damaged: told that the record is. short:
    where a release policy gives less than the rules in force promise.
    """

    def __init__(
        self,
        store: Counter,
        keys: Callable[[], Keyrings],
        partners: frozenset[str],
        take_up: Callable[[Sequence[HandedIn]], list[Place]],
        *,
        damaged: Callable[[Damaged], None],
        short: Callable[[ReleasePolicy], Sequence[str]] = lambda _: (),
    ) -> None:
        self._short = short
        self.store, self._keys, self._partners, self._take_up = store, keys, partners, take_up
        self._damaged = damaged
        self._queue: queue.SimpleQueue[_Batch | None] = queue.SimpleQueue()
        self._held: _Batch | None = None
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
        batch = _Batch(caller, [self._checked(caller, entry, keys) for entry in entries], keys)
        if batch.of_keys and not all(one.log.klass == ROSTER for one in batch.entries):
            raise Refused(RULE, "what is said of the centre's keys is handed in by itself")
        with self._lock:
            if self._waiting + len(entries) > MAX_WAITING:
                raise FullError
            self._waiting += len(entries)
        batch.places.set_running_or_notify_cancel()  # whoever stops waiting cannot take back what was let in
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
        if isinstance(message, Act) and (message.person != caller.name or message.role not in caller.roles):
            raise NotYoursError(f"{caller.name} hands in its own acts, not those of {message.person}, {message.role}")
        if isinstance(message, Act | PlotReport) and (why := _not_of_now(message)) and not self.store.knows(message.id):
            raise Refused(RULE, why)
        if isinstance(message, SAID_BY_CENTRE):
            raise NotYoursError(f"of the kind {kind_of(message)} is what the centre says itself, from what it heard")
        log = LogId.parse(message.log)
        if isinstance(message, ShardOpening) or message.id.startswith(OPENING):
            raise Refused(RULE, "a shard is opened by the centre itself, and no other id begins as its openings' do")
        if isinstance(message, PlotReport) and not log.internal:
            raise NotYoursError(f"what a sensor saw goes to {log.owner}'s own logs; the centre releases it, not {log}")
        if log.owner != keys.centre or log.audience not in (COMMON, log.owner, *self._partners):
            raise Refused(RULE, f"{log} is no log that {keys.centre} keeps for itself, for all, or for a partner")
        if log.klass != ROSTER:  # the entries of the roster log are learned one after the other, when they are taken up
            place = self.store.place(log) if keys.bounds else (log, None)
            keys.open_entry(entry, *place)
        return HandedIn(log, message.id, entry)

    def _check_room(self, owner: str, logs: set[LogId]) -> None:
        """Raise Refused where more logs would be begun than a partner takes of one owner."""
        known = {held.whole for held in self.store.logs() if held.owner == owner}
        begun = sorted(logs - known)
        if begun and len(known) + len(begun) > MAX_LOGS:
            raise Refused(RULE, f"{owner} has {len(known)} logs; {begun[-1]} is one too many")

    def _write(self) -> None:
        while batches := self._group():
            self._keep(batches)

    def _group(self) -> list[_Batch]:
        """Return the batches that go into the next transaction; none when the time has come to end."""
        batches, entries = list[_Batch](), 0
        while entries < MAX_GROUP and (not batches or not self._queue.empty()):
            batch = self._held or self._queue.get()
            self._held = None
            if batch is None:
                self._queue.put(None)  # for the next round, after what has come before
                break
            if batches and (batch.of_keys or batches[0].of_keys):
                self._held = batch  # goes alone
                break
            batches.append(batch)
            entries += len(batch.entries)
        return batches

    def _keep(self, batches: Sequence[_Batch]) -> None:
        """Write all batches in one transaction; where one stands in the way of the others, each in one of its own."""
        try:
            places = self._kept(batches)
        except Exception as error:
            if isinstance(error, Damaged):
                self._damaged(error)
            if len(batches) == 1:
                self._wait_no_more(batches)
                batches[0].places.set_exception(error)
                return
            for batch in batches:
                self._keep([batch])
            return
        self._wait_no_more(batches)
        at = 0
        for batch in batches:
            batch.places.set_result(places[at : at + len(batch.entries)])
            at += len(batch.entries)

    def _wait_no_more(self, batches: Sequence[_Batch]) -> None:
        """Make room for others, before whoever handed these in is told: there is room then for what comes next."""
        with self._lock:
            self._waiting -= sum(len(batch.entries) for batch in batches)

    def _kept(self, batches: Sequence[_Batch]) -> list[Place]:
        """Return the places of all entries. What was checked before the keys changed is checked once more."""
        keys, entries = self._keys(), [one for batch in batches for one in batch.entries]
        for batch in batches:
            if batch.keys is not keys:
                batch.entries = [self._checked(batch.caller, one.entry, keys) for one in batch.entries]
        self._check_room(keys.centre, {one.log for one in entries})
        if batches[0].of_keys:
            return self._take_up(entries)
        check_promises(self.store, entries, self._short)  # outside of the lock: the accord is read with one of its own
        with self.store.undisturbed():
            check_turns(self.store, entries)
            return self.store.hand_in(entries)


def action(message: Message) -> str:
    """Return what a caller must be permitted to do, to hand in a message of this kind."""
    if isinstance(message, PlotReport):
        return "submit plots"
    if isinstance(message, ReleasePolicy):
        return "submit policies"
    if isinstance(message, Act):
        return "submit acts"
    return "submit rosters" if isinstance(message, Roster | PartyRoot | KeyBounds) else "submit words"


def _not_of_now(message: Act | PlotReport) -> str:
    """Return why not, for what was not said by now, and for an act that was done some time ago; else nothing.

    An act of another time could approve beforehand, or end what others approve. Plots are what the watch tells the time
    by: a few of another year, and it would let go of all that it holds.
    """
    now, latest = now_tai_ns(), message.logged_tai_ns
    if isinstance(message, PlotReport):
        latest = max(latest, message.time_tai_ns)
    if latest <= now + AHEAD_NS and not (isinstance(message, Act) and latest < now - ACT_BEHIND_NS):
        return ""
    said, here = (utc_from_tai_ns(time, digits=0) for time in (latest, now))
    return f"{kind_of(message)} is of {said}, and the clock of this centre is at {here}; set yours"


def _message(entry: bytes) -> Message:
    try:
        return decode(dsse.parse(entry).payload)
    except MessageRefused as refusal:
        raise Refused("jointwatch messages v1", str(refusal)) from None
