"""Sending what waits: a thread for each receiver, one message at a time, tried until answered or for a day.

Each outcome is an entry beside its alert, in the log that is the queue. A message is sent again only where nothing on
record says what became of it: after a cut line, or where the process ended between the answer and the entry. All tries
of a message carry one id, by which the receiver knows that it has it already.
"""

from __future__ import annotations

import hashlib
import io
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from jointwatch.centre.alerts import marks, warning, webhook
from jointwatch.centre.alerts.outbox import Left, Outbox, Waiting
from jointwatch.centre.alerts.street import NotReached, Street
from jointwatch.centre.alerts.webhook import Answer
from jointwatch.earth.timescale import now_tai_ns
from jointwatch.exchange.keys import SigningKey
from jointwatch.formats import cap_xml
from jointwatch.messages.alert import Alert
from jointwatch.messages.encoding import Heard
from jointwatch.messages.reference import EntryReference
from jointwatch.messages.sentence import plain

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0
TELL_AFTER = 3
"""Tries in vain before people are told."""
UNANSWERED = "sent; this protocol has no answer"


@dataclass(frozen=True)
class Manner:
    """How alerts are sent. status: of an alert as CAP has it; record: keeps a dispatch, or raises OSError."""

    sender: str
    key: SigningKey
    status: Callable[[Alert], str]
    record: Callable[[Waiting, dict[str, Any]], None]
    tell: Callable[[str], None]


class Sending:
    """One receiver's queue, and the thread that empties it."""

    def __init__(self, name: str, street: Street, manner: Manner) -> None:
        self.name, self._street, self._manner = name, street, manner
        self._outbox, self._lock = Outbox(name), threading.Lock()
        self._stop, self._news = threading.Event(), threading.Event()
        self.trouble, self.delivered = "", 0
        self._thread = threading.Thread(target=self._run, name=f"alerts-{name}", daemon=True)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def stop(self) -> None:
        """End once what is under way was answered, or has had its half minute."""
        self._stop.set()
        self._news.set()
        self._thread.join(15)

    def hear(self, message: Heard, at: EntryReference) -> None:
        """Take in an entry of the log of alerts."""
        with self._lock:
            self._outbox.hear(message, at)
        self._news.set()

    def state(self) -> dict[str, Any]:
        """Return how it stands, for the centre's own people."""
        with self._lock:
            return {"waiting": len(self._outbox), "delivered": self.delivered, "trouble": self.trouble}

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                if not self._round():
                    self._news.wait(LONGEST_PAUSE_S)
            except Exception as error:  # whatever it is, the next alert is tried all the same
                self._manner.tell(f"alerts to {self.name} are held up: {type(error).__name__}: {error}"[:400])
                self._stop.wait(LONGEST_PAUSE_S)
            self._news.clear()  # before it is looked at whether to end, and what is next: nothing is slept over

    def _round(self) -> bool:
        """Send what is next, and put on record what is not sent any more; return whether there was anything."""
        waiting, left = self._due()
        for one in left:
            self._keep(one.waiting, _unsent(one.outcome, one.why))
        if waiting is not None:
            self._send(waiting)
        return waiting is not None or bool(left)

    def _due(self) -> tuple[Waiting | None, list[Left]]:
        with self._lock:
            waiting = self._outbox.next(now_tai_ns())
            return waiting, list(self._outbox.left())

    def _send(self, waiting: Waiting) -> None:
        """Try until there is an answer, the message is overtaken or too old, or the centre ends."""
        status, tries = self._manner.status(waiting.alert), 0
        try:
            body = self._body(waiting.alert, status)
        except (ValueError, OverflowError) as error:  # of an entry that no message can say
            self._manner.tell(f"the alert that follows from {waiting.alert.about} cannot be written: {error}"[:400])
            self._keep(waiting, _unsent("refused", f"cannot be written: {plain(str(error))}"[:200]))
            return
        while not self._stop.is_set():
            tries += 1
            answer = self._tried(waiting.alert, body)
            if answer.taken or answer.final:
                self._answered(waiting, answer, {"status": status, "tries": tries, "body_sha256": _digest(body)})
                return
            self._in_vain(answer, tries)
            self._stop.wait(max(answer.pause_s, pause_s(tries)))
            with self._lock:
                if self._outbox.next(now_tai_ns()) is not waiting:
                    return

    def _tried(self, alert: Alert, body: bytes) -> Answer:
        try:
            if self._street.scheme.startswith("tak+"):
                return self._marked(body)
            id = webhook.message_id(self._manner.sender, warning.identifier(alert.run, alert.about))
            fields = webhook.headers(self._manner.key, id, body, posix_s=int(time.time()))
            return webhook.post(self._street, body, fields)
        except (NotReached, OSError) as trouble:
            return Answer(False, False, plain(str(trouble))[:200])

    def _marked(self, body: bytes) -> Answer:
        with self._street.open() as line:
            line.sendall(body)
        return Answer(True, False, UNANSWERED)

    def _body(self, alert: Alert, status: str) -> bytes:
        if self._street.scheme.startswith("tak+"):
            return marks.events(alert, status)
        stream = io.BytesIO()
        cap_xml.write(warning.cap_of(alert, status, self._manner.sender), stream)
        return stream.getvalue()

    def _answered(self, waiting: Waiting, answer: Answer, content: dict[str, Any]) -> None:
        if self.trouble:
            self._manner.tell(f"alerts reach {self.name} again")
        self.trouble = ""
        self.delivered += answer.taken
        outcome = "delivered" if answer.taken else "refused"
        if not answer.taken:
            self._manner.tell(f"{self.name} refuses the alert that follows from {waiting.alert.about}: {answer.text}")
        self._keep(waiting, content | {"outcome": outcome, "answer": answer.text})

    def _in_vain(self, answer: Answer, tries: int) -> None:
        if tries >= TELL_AFTER and not self.trouble:
            self._manner.tell(f"alerts do not reach {self.name}: {answer.text}; tried on, for a day")
        self.trouble = answer.text if tries >= TELL_AFTER else self.trouble

    def _keep(self, waiting: Waiting, content: dict[str, Any]) -> None:
        """Put on record what became of an alert; it is not sent again meanwhile, however long the disk takes."""
        content = {"receiver": self.name, "alert": waiting.at} | content
        tries = 0
        while True:
            try:
                self._manner.record(waiting, content)
                break
            except OSError as error:
                tries += 1
                self.trouble = f"what {self.name} answered cannot be put on record: {error}"
                if self._stop.wait(pause_s(tries)):
                    return
        with self._lock:
            self._outbox.done(waiting.at)


def pause_s(tries: int) -> float:
    """Return how long to wait after so many tries in vain: twice as long each time, up to a minute, a fifth by chance.

    >>> 0.8 <= pause_s(1) <= 1.2 and 48.0 <= pause_s(30) <= 72.0
    True
    """
    return min(FIRST_PAUSE_S * 2.0 ** min(tries - 1, 10), LONGEST_PAUSE_S) * random.uniform(0.8, 1.2)


def dispatch_id(receiver: str, at: EntryReference) -> str:
    """Return the id of the dispatch of an alert to a receiver: there can be no second one.

    >>> dispatch_id("police", EntryReference(log="moscow/moscow/alerts/2026-11", index=7, leaf_hash=bytes(32)))
    'dispatch-police-2026-11-7'
    """
    shard = at.log.split("/")[3:] or ["0"]
    return f"dispatch-{receiver}-{shard[0]}-{at.index}"


def _unsent(outcome: str, why: str) -> dict[str, Any]:
    return {"outcome": outcome, "status": "", "tries": 0, "answer": why}


def _digest(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()
