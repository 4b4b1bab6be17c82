"""Alerts from reports: the first report of a launch is an alert, what changes it an update, its withdrawal the end.

A pure function of what is heard, in the order of the log: the centre's own reports and what partners reported to it.
Where two logs of one reporter speak of a launch, the first of them leads: it alone updates, and either can withdraw.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from jointwatch.centre.duty.listener import Word
from jointwatch.exchange.logid import COMMON, LogId
from jointwatch.messages.alert import MAX_EARLIER, Alert, EarlierAlert
from jointwatch.messages.correction import Correction
from jointwatch.messages.correlation import Correlation, Standing
from jointwatch.messages.encoding import Heard
from jointwatch.messages.launch_report import LaunchItems, LaunchReport
from jointwatch.messages.reference import EntryReference

ALERTS = "alerts"
"""The class of the internal log that alerts and dispatches stand in."""
MAX_LAUNCHES = 1_024
"""Launches of one reporter that can still be updated; of more, the one that was said first is let go."""
IN_AN_HOUR, HOUR_NS = 600, 3_600 * 1_000_000_000
"""Alerts of one partner's launches: what it reports beyond that stands in its log, and calls nobody."""
MAX_ENTRIES = 256
"""Entries of one launch that a correction may name; of more, the oldest but one is let go."""

MAX_SAME = 16
"""Launches of others that are named as the same event."""

Key = tuple[str, str]


def alerts_log(centre: str) -> LogId:
    """Return the log of a centre's alerts, the queue of what is to be sent.

    >>> str(alerts_log("moscow"))
    'moscow/moscow/alerts'
    """
    return LogId(centre, centre, ALERTS)


@dataclass
class Launch:
    """What was said of a launch. log: the one that leads; entries: those that said it; said: the alerts.

    standing, judged, same_as: what it was found to be when held against all else that is known. under: the own launch
    that a partner's was found to be, whose alerts tell of both.
    """

    log: str
    items: LaunchItems
    standing: Standing | Literal[""] = ""
    judged: str = ""
    same_as: tuple[str, ...] = ()
    under: Key | None = None
    entries: list[EntryReference] = field(default_factory=list)
    said: list[EarlierAlert] = field(default_factory=list)


class Alerts:
    """Hears what is reported to a centre, and says what its receivers are to be told."""

    def __init__(self, centre: str) -> None:
        self._centre = centre
        self._launches: dict[Key, Launch] = {}
        self._of: dict[tuple[str, int, bytes], Key] = {}
        self._now_tai_ns = 0
        self._hours: dict[str, tuple[int, int]] = {}  # partner -> the hour, and how many alerts of its launches in it

    def hear(self, owner: str, message: Heard, at: EntryReference) -> Iterable[Word]:
        """Return the alert that an entry gives rise to; none for most."""
        if owner == self._centre:
            self._now_tai_ns = max(self._now_tai_ns, message.logged_tai_ns)
        if isinstance(message, Correlation) and owner == self._centre:
            return self._judged(message, at, self._now_tai_ns)
        if not isinstance(message, LaunchReport | Correction):
            return ()
        log = LogId.parse(at.log)
        if log.audience not in (self._centre, COMMON):
            return ()  # what partners are told of it stands in the record as it is
        sent = self._now_tai_ns or message.logged_tai_ns
        if isinstance(message, LaunchReport):
            return self._reported((owner, message.items.track), message.items, "", at, sent)
        return self._corrected(owner, message, at, sent)

    def _corrected(self, owner: str, message: Correction, at: EntryReference, sent: int) -> Iterable[Word]:
        """A correction counts by what it points at: what nobody was alerted to cannot be cancelled."""
        key = self._of.get(_name(message.corrects))
        if key is not None and key[0] != owner:
            return ()  # nobody corrects another's words
        if message.replacement is not None:
            found = key or (owner, message.replacement.track)
            return self._reported(found, message.replacement, message.reason, at, sent)
        return () if key is None else self._cancelled(key, message.reason, at, sent)

    def _reported(self, key: Key, items: LaunchItems, reason: str, at: EntryReference, sent: int) -> Iterable[Word]:
        lead = str(LogId.parse(at.log).whole)
        launch = self._launches.setdefault(key, Launch(lead, items))
        self._note(key, launch, at)
        self._forget_oldest(key[0])
        if launch.log != lead or launch.under in self._launches:
            launch.items = items if launch.log == lead else launch.items
            return ()
        if not self._may_say(key[0]):
            launch.items = items
            return ()
        if launch.said and not reason:
            reason = _what_changed(launch, items, sent)
        launch.items = items
        word = self._word("update" if launch.said else "alert", key, launch, reason, at, sent)
        self._remember(launch, EarlierAlert(about=at, sent_tai_ns=sent))
        return (word,)

    def _judged(self, message: Correlation, at: EntryReference, sent: int) -> Iterable[Word]:
        """A judgement on a launch that receivers know of is an update where it changes how the launch stands."""
        key = self._of.get(_name(message.subject))
        if key is None:
            return ()
        launch, others = self._launches[key], [self._of.get(_name(one)) for one in _reports(message)]
        before = launch.standing, launch.same_as
        launch.standing, launch.judged = message.standing, message.text
        launch.same_as = tuple(sorted({":".join(other) for other in others if other not in (None, key)}))[:MAX_SAME]
        if (launch.standing, launch.same_as) == before or not launch.said:
            return ()
        word = self._word(
            "update", key, launch, f"held against notices and other reports: {message.text}"[:2_000], at, sent
        )
        self._remember(launch, EarlierAlert(about=at, sent_tai_ns=sent))
        for other in filter(None, others):
            if other in self._launches and other != key:
                self._launches[other].under = key
        return (word,)

    def _cancelled(self, key: Key, reason: str, at: EntryReference, sent: int) -> Iterable[Word]:
        launch = self._launches.pop(key)
        for entry in launch.entries:
            self._of.pop(_name(entry), None)
        return (self._word("cancel", key, launch, reason, at, sent),) if launch.said else ()

    def _word(self, type: str, key: Key, launch: Launch, reason: str, at: EntryReference, sent: int) -> Word:
        content: dict[str, Any] = {
            "type": type,
            "about": at,
            "reported_by": key[0],
            "sent_tai_ns": sent,
            "items": launch.items,
            "reason": reason,
            "standing": launch.standing,
            "judged": launch.judged,
            "same_as": launch.same_as,
            "earlier": tuple(launch.said),
        }
        return Word(Alert, content, str(alerts_log(self._centre)))

    def _note(self, key: Key, launch: Launch, at: EntryReference) -> None:
        """Remember that an entry is of this launch, so that what corrects the entry is known to be about it."""
        self._of[_name(at)] = key
        launch.entries.append(at)
        if len(launch.entries) > MAX_ENTRIES:
            self._of.pop(_name(launch.entries.pop(1)), None)

    def _remember(self, launch: Launch, said: EarlierAlert) -> None:
        launch.said.append(said)
        if len(launch.said) > MAX_EARLIER:
            del launch.said[1]

    def _may_say(self, reporter: str) -> bool:
        """Return whether there is room for one more alert of a partner's launches in this hour of the own record."""
        hour = self._now_tai_ns // HOUR_NS
        begun, count = self._hours.get(reporter, (hour, 0))
        count = count if begun == hour else 0
        self._hours[reporter] = (hour, count + 1)
        return reporter == self._centre or count < IN_AN_HOUR

    def _forget_oldest(self, reporter: str) -> None:
        of_it = [key for key in self._launches if key[0] == reporter]
        if len(of_it) > MAX_LAUNCHES:
            oldest = of_it[0]
            for entry in self._launches.pop(oldest).entries:
                self._of.pop(_name(entry), None)


def _what_changed(launch: Launch, items: LaunchItems, sent_tai_ns: int) -> str:
    """Return what a further report changes, in the words that a correction of the former one would have."""
    from jointwatch.centre import reporting  # brings the tracker

    return reporting.news(reporting.Said(launch.items, 0, launch.entries[-1]), items, sent_tai_ns) or "newer data"


def _reports(message: Correlation) -> list[EntryReference]:
    return [report for partner in message.partners for report in partner.reports]


def _name(reference: EntryReference) -> tuple[str, int, bytes]:
    return reference.log, reference.index, reference.leaf_hash
