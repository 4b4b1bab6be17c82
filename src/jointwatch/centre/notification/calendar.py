"""The calendar of what was told of launches: as its centre hears it, it says what is late, lacking or overdue.

So it does of a launch that its centre found to be unannounced, where an agreement had wanted word of it.

What it says is an `incident` of the centre's own record, once for each thing that is wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from jointwatch.assessment.notification.owed import Rule
from jointwatch.assessment.notification.standing import Board, Told, hear
from jointwatch.centre.duty.listener import Word
from jointwatch.centre.notification.giving import Known, concerns
from jointwatch.centre.notification.untold import untold
from jointwatch.exchange.logid import LogId
from jointwatch.messages.correlation import Correlation
from jointwatch.messages.encoding import Heard
from jointwatch.messages.incident import Incident
from jointwatch.messages.launch_report import LaunchItems, LaunchReport
from jointwatch.messages.notification import Notification, WindowExtension
from jointwatch.messages.post_launch import PostLaunchNotice
from jointwatch.messages.reference import EntryReference

ABOUT, LONGEST = "notice", 2_000
LOOK_AFTER_NS = 60 * 1_000_000_000
"""What is overdue is said within a minute: until then nothing is looked through."""
KEPT_NS = 400 * 86_400 * 1_000_000_000
HOUR_NS = TRACK_NS = 3_600 * 1_000_000_000
"""How long after its last report a track is remembered."""
IN_AN_HOUR = 60
"""Incidents about one centre's notifications: a partner that tells too much does not fill our record with them."""


class Calendar:
    """Hears notifications and what goes on from them. states: by the centre that speaks for them."""

    def __init__(self, centre: str, states: Mapping[str, Sequence[str]], rules: tuple[Rule, ...]) -> None:
        self._centre, self._states, self._rules = centre, dict(states), rules
        self._board: Board = {}
        self._said: dict[str, set[str]] = {}
        self._reports: dict[str, tuple[int, LaunchItems]] = {}
        self._unannounced: dict[str, int] = {}
        self._untold: dict[str, int] = {}
        self._hours: dict[str, tuple[int, int]] = {}
        self._looked_tai_ns = 0

    def hear(self, owner: str, message: Heard, at: EntryReference) -> Iterable[Word]:
        """Return what is wrong with what was just told, and, as time passes by the own record, what is overdue."""
        if isinstance(message, Notification | WindowExtension | PostLaunchNotice):
            before = dict(self._board)
            hear(self._board, message, at)
            changed = [told for key, told in self._board.items() if before.get(key) is not told]
            return tuple(self._wrong(changed, message.logged_tai_ns))
        if owner == self._centre and isinstance(message, LaunchReport) and LogId.parse(at.log).internal:
            self._reports[message.items.track] = (message.logged_tai_ns, message.items)
            return self._missed(message.items.track)
        if owner == self._centre and isinstance(message, Correlation):
            return self._judged(message)
        if owner != self._centre or message.logged_tai_ns < self._looked_tai_ns + LOOK_AFTER_NS:
            return ()
        return tuple(self._looked_through(message.logged_tai_ns))

    def _looked_through(self, now_tai_ns: int) -> Iterator[Word]:
        """Yield what has become overdue, and forget what is long over."""
        self._looked_tai_ns = now_tai_ns
        self._forget(now_tai_ns - KEPT_NS)
        self._forget_tracks(now_tai_ns - TRACK_NS)
        yield from self._wrong([told for told in self._board.values() if told.state(now_tai_ns) == "over"], now_tai_ns)

    def _wrong(self, of: Iterable[Told], now_tai_ns: int) -> Iterator[Word]:
        """Yield what is newly wrong with each notification, in one incident; of one centre so many in an hour."""
        known = Known(self._centre, self._states, (), self._rules)
        for told in of:
            said, id = self._said.setdefault(told.notification.id, set()), told.notification.id
            over = told.state(now_tai_ns) == "over"
            # By how much something is overdue is another text each minute.
            texts = {"overdue" if over else text: text for text in concerns(told, known, now_tai_ns)}
            new = [text.removeprefix(f"{id}: ") for thing, text in texts.items() if thing not in said]
            said |= set(texts)
            if new and self._may_say(told.notification.origin):
                yield self._incident(told.notification.origin, f"{id}: {'; '.join(new)}")

    def _may_say(self, origin: str) -> bool:
        """Return whether there is room for one more incident about a centre in this hour of the own record."""
        hour = self._looked_tai_ns // HOUR_NS
        begun, count = self._hours.get(origin, (hour, 0))
        count = count if begun == hour else 0
        self._hours[origin] = (hour, count + 1)
        return count < IN_AN_HOUR

    def _incident(self, concerns: str, text: str) -> Word:
        return Word(Incident, {"about": ABOUT, "concerns": concerns, "text": text[:LONGEST]})

    def _judged(self, found: Correlation) -> tuple[Word, ...]:
        """Take in whether a launch was announced, and return what is to be said where it was not."""
        if found.announced != "not announced":
            self._unannounced.pop(found.object, None)
            return ()
        self._unannounced[found.object] = found.logged_tai_ns
        return self._missed(found.object)

    def _missed(self, track: str) -> tuple[Word, ...]:
        """Return that a launch was not told of, where an agreement had wanted it; once, as soon as that is known."""
        if track not in self._unannounced or track not in self._reports or track in self._untold:
            return ()
        told_at, items = self._reports[track]
        text = untold(items, self._states, self._rules)
        if not text:
            return ()  # a later report may say how far it goes
        self._untold[track] = told_at
        return (self._incident(track, text),)

    def _forget_tracks(self, before_tai_ns: int) -> None:
        """Keep nothing of tracks that was said before a time."""
        self._reports = {track: report for track, report in self._reports.items() if report[0] >= before_tai_ns}
        self._unannounced = {track: at for track, at in self._unannounced.items() if at >= before_tai_ns}
        self._untold = {track: at for track, at in self._untold.items() if at >= before_tai_ns}

    def _forget(self, before_tai_ns: int) -> None:
        """Keep nothing of launches whose windows ended before a time."""
        self._board = {key: told for key, told in self._board.items() if told.window_tai_ns[1] >= before_tai_ns}
        kept = {told.notification.id for told in self._board.values()}
        self._said = {id: said for id, said in self._said.items() if id in kept}
