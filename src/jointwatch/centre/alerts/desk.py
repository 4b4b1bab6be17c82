"""The desk that alerts: reads the log of alerts as it grows, hands each to the receivers' queues, keeps what they said.

A receiver that is new gets the alerts of the last day. A message says Actual only where centre.toml does, in the mode
operational, and two watch officers have approved that, within the hour before; until then it is a draft.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

from jointwatch.centre import approval
from jointwatch.centre.alerts.outbox import HOLDS_NS, Waiting
from jointwatch.centre.alerts.sending import Manner, Sending, dispatch_id
from jointwatch.centre.alerts.series import alerts_log
from jointwatch.centre.alerts.street import Street
from jointwatch.centre.configuration import Configuration, ConfigurationError, Place
from jointwatch.earth.timescale import now_tai_ns
from jointwatch.exchange import dsse, merkle
from jointwatch.exchange.guard import Closed
from jointwatch.exchange.handed_in import Counter, HandedIn
from jointwatch.exchange.keyrings import Keyrings, Unverified
from jointwatch.exchange.keys import SigningKey, read_or_create_key
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.refused import Refused
from jointwatch.exchange.shard import shards_of
from jointwatch.messages.alert import Alert, Dispatch
from jointwatch.messages.encoding import Heard, Message, hear
from jointwatch.messages.reference import EntryReference

AT_ONCE = 256
LOOK_S = 5.0


class AlertDesk:
    """A centre's receivers and their queues, from `begin` to `end`. signed: a message as an entry of the desk."""

    def __init__(
        self,
        store: Counter,
        place: Place,
        known: Configuration,
        own_keys: Callable[[], Keyrings],
        signed: Callable[[Message], bytes],
        tell: Callable[[str], None],
    ) -> None:
        self._store, self._known, self._own_keys, self._signed, self._tell = store, known, own_keys, signed, tell
        self._log, self._read = alerts_log(known.centre), dict[LogId, int]()
        self._grown, self._stop = threading.Event(), threading.Event()
        manner = Manner(sender_of(known), key_of(place), self._status, self._record, tell)
        streets = {name: Street(one, place.folder) for name, one in known.alerts.receivers.items()}
        _check(streets, place)
        self.sendings = {name: Sending(name, street, manner) for name, street in streets.items()}
        self._thread = threading.Thread(target=self._watch, name="alerts", daemon=True)

    def __enter__(self) -> AlertDesk:
        self._catch_up()
        self._store.listen(self._heard)
        for sending in self.sendings.values():
            sending.start()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End once what is under way is answered; what waits is sent after the next start."""
        self._stop.set()
        self._grown.set()
        self._thread.join(15)
        for sending in self.sendings.values():
            sending.stop()

    def health(self) -> dict[str, Any]:
        """Return how the receivers stand."""
        return {name: sending.state() for name, sending in self.sendings.items()}

    def _heard(self, log: LogId, _size: int) -> None:
        if log.whole == self._log:
            self._grown.set()

    def _watch(self) -> None:
        while not self._stop.is_set():
            self._grown.wait(LOOK_S)
            self._grown.clear()
            try:
                for log in self._shards():
                    self._read_on(log)
            except Exception as error:  # what was not read is read the next time
                self._tell(f"the log of alerts cannot be read: {type(error).__name__}: {error}"[:400])
                self._stop.wait(LOOK_S)

    def _read_on(self, log: LogId) -> None:
        start, size = self._read.get(log, 0), self._store.size(log)
        while start < size:
            stop = min(size, start + AT_ONCE)
            self._tell_all(self._entries(log, start, stop))
            start = self._read[log] = stop

    def _catch_up(self) -> None:
        """Take up what the log holds of the last day: alerts and what became of them; all before is over."""
        recent, over = list[tuple[Heard, EntryReference]](), now_tai_ns() - HOLDS_NS
        for log in reversed(self._shards()):
            self._read[log] = stop = self._store.size(log)
            while stop > 0 and not (recent and recent[-1][0].logged_tai_ns < over):
                start = max(0, stop - AT_ONCE)
                recent += reversed(list(self._entries(log, start, stop)))
                stop = start
        self._tell_all(one for one in reversed(recent) if one[0].logged_tai_ns >= over)

    def _tell_all(self, entries: Iterator[tuple[Heard, EntryReference]]) -> None:
        for message, at in entries:
            for sending in self.sendings.values():
                sending.hear(message, at)

    def _entries(self, log: LogId, start: int, stop: int) -> Iterator[tuple[Heard, EntryReference]]:
        keys = self._own_keys()
        for index, entry in enumerate(self._store.entries(log, start, stop), start):
            try:
                keys.check_bounds(entry, log, index)
            except Unverified:
                continue
            at = EntryReference(log=str(log), index=index, leaf_hash=merkle.leaf_hash(entry))
            yield hear(dsse.parse(entry).payload), at

    def _shards(self) -> list[LogId]:
        logs = self._store.logs()
        found = [self._log] * (self._log in logs) + shards_of(self._log, logs)
        return [log for log in found if not self._store.archived(log)]

    def _status(self, alert: Alert) -> str:
        """Return what an alert is sent as: what is meant in earnest is a draft until two officers approve of it."""
        status = self._known.alerts.status
        if alert.mode == "exercise":
            return status if status in ("Test", "Draft") else "Exercise"
        if status != "Actual":
            return status
        return "Actual" if approved(self._store, self._known, self._own_keys(), alert.sent_tai_ns) else "Draft"

    def _record(self, waiting: Waiting, content: dict[str, Any]) -> None:
        """Keep a dispatch. Raises OSError where it cannot be kept now; one that is kept already stays as it is."""
        known = self._known
        message = Dispatch(
            mode=known.mode,
            run=known.run,
            origin=known.centre,
            log=str(self._log),
            logged_tai_ns=now_tai_ns(),
            id=dispatch_id(content["receiver"], waiting.at),
            **content,
        )
        try:
            self._store.hand_in([HandedIn(self._log, message.id, self._signed(message))])
        except Closed as closed:
            raise OSError(str(closed)) from None
        except Refused as refusal:
            self._tell(f"not on record: {message.receiver}, {message.outcome}: {refusal}")


def sender_of(known: Configuration) -> str:
    """Return the name that a centre's alerts are sent under."""
    return known.alerts.sender or known.centre


def key_of(place: Place) -> SigningKey:
    """Return the key that signs what is sent, and nothing else; made when it is first wanted."""
    return read_or_create_key(place.keys / "alerts.pem")


def subject(known: Configuration) -> bytes:
    """Return the SHA-256 that two watch officers approve before alerts go out as Actual: who tells whom, and where."""
    said = {"centre": known.centre, "run": known.run, "mode": known.mode, "alerts": known.alerts.model_dump()}
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).digest()


def approved(store: Counter, known: Configuration, own: Keyrings, at_tai_ns: int) -> bool:
    """Return whether two watch officers had approved, at a time, that this centre's alerts are meant in earnest."""
    found = approval.officers(store, own, subject(known), now_tai_ns=at_tai_ns)
    return known.mode == "operational" and len(found) >= approval.ENOUGH


def _check(streets: dict[str, Street], place: Place) -> None:
    """Raise ConfigurationError for a file that a receiver's line needs and that is not what it must be."""
    for name, street in streets.items():
        try:
            street.tls  # noqa: B018 - made here, so that a wrong file is told at the start
        except OSError as error:
            raise ConfigurationError(
                f"{place.configuration}: alerts.receivers.{name}: {error.strerror or error}; wanted a PEM file in "
                f"{place.folder}"
            ) from None
