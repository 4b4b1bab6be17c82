"""The joint picture of a centre in service: what every centre said up to each of its heartbeats, in one order.

A heartbeat to a partner names how long the own logs for it were. What stands in them up to there was said by then; it
counts as said when it was logged, but never before the heartbeat before it nor after its own. So neither the order in
which logs arrive nor a clock that was set back changes what is heard when: the same logs give the same picture.
Nothing waits in memory but what one heartbeat of each centre stands for; the rest is read of the logs when it is due.

Nobody's word alone moves the time. A heartbeat more than a minute ahead of the other centre waits until that one has
come as far, and until then its centre counts as one that says nothing; one that its own centre contradicts later is
passed over, once the other has said in a heartbeat of its own that it holds both.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from jointwatch.assessment.priors import BoostPriors
from jointwatch.centre.duty.course import AHEAD_NS, AT_ONCE, Course, Cursor, Entry
from jointwatch.centre.joint import JointPicture
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.exchange.desk import urgency
from jointwatch.exchange.keyrings import ROSTER
from jointwatch.exchange.logid import COMMON, LogId
from jointwatch.exchange.run_directory import MANIFEST
from jointwatch.messages.heartbeat import Heartbeat
from jointwatch.messages.picture import Picture
from jointwatch.messages.reference import LogHead
from jointwatch.tracking.known import Known

APART_NS = NS_PER_S  # heartbeats closer than this to the last one, or before it, are none
PER_S, LEAST, MOST = 400, 256, 4_096
"""Entries of one centre for each second up to its heartbeat that are heard, and how few and many at once."""


@dataclass
class Voice:
    """What one centre says to another, and to all: heard up to a heartbeat. beats: where to look for the next.

    begun: whether both of the pair have given one. waits: whether the next one is too far ahead to be heard.
    """

    owner: str
    audience: str
    until_tai_ns: int = 0
    beats: Cursor = field(default_factory=Cursor)
    begun: bool = False
    waits: bool = False

    @property
    def notify(self) -> LogId:
        """The log in which its heartbeats stand."""
        return LogId(self.owner, self.audience, "notify")

    def of(self, log: LogId) -> bool:
        """Whether a log is among what is said."""
        said = log.owner == self.owner and log.audience in (self.audience, COMMON)
        return said and log.klass not in (ROSTER, MANIFEST)

    def heads(self, beat: Heartbeat) -> list[LogHead]:
        """Return up to where a heartbeat says that all was said, the most urgent logs first."""
        return sorted((head for head in beat.holds if self.of(LogId.parse(head.log))), key=_urgency)


class Joining:
    """Hears the outbound logs that a centre holds, its own and its partners'."""

    def __init__(self, centre: str, partners: Iterable[str], priors: BoostPriors, known: Known | None = None) -> None:
        names = tuple(sorted(partners))
        self._voices = [Voice(*pair) for name in names for pair in ((centre, name), (name, centre))]
        self._joint = JointPicture((centre, *names), priors, known)
        self._heard: dict[str, int] = {}  # log -> how many of its entries were taken in, or passed over

    @property
    def horizon_tai_ns(self) -> int:
        """The time up to which all centres were heard that have begun to speak; 0 where one was not heard yet."""
        return min((voice.until_tai_ns for voice in self._voices if voice.begun), default=0)

    def picture(self) -> Picture | None:
        """Return the joint picture at its horizon; None before all were heard."""
        horizon = self.horizon_tai_ns
        return self._joint.watch.picture(horizon) if horizon else None

    def fits(self, course: Course) -> bool:
        """Whether the logs are here as far as they were heard."""
        return all(size <= course.size(LogId.parse(name)) for name, size in self._heard.items())

    def round(self, course: Course) -> bool:
        """Hear what the centre that was heard least far said up to its next heartbeat; return whether there was any."""
        self._begin(course)
        begun = [voice for voice in self._voices if voice.begun]
        if not begun:
            return False
        voice = min(begun, key=lambda one: (one.until_tai_ns, one.owner, one.audience))
        found, beat = self._next(voice, course)
        other = self._other(voice)
        if beat is not None and beat.logged_tai_ns > other.until_tai_ns + AHEAD_NS:
            theirs, answer = self._next(other, course)
            if answer is None:
                moved, other.beats = theirs != other.beats, theirs
                return moved
            if answer.logged_tai_ns < beat.logged_tai_ns:
                voice.until_tai_ns, voice.waits = other.until_tai_ns, True  # up to there it said nothing
                voice, found, beat = other, theirs, answer
        if beat is None:
            moved, voice.beats = found != voice.beats, found
            return moved
        return self._hear(voice, beat, found, course)

    def _begin(self, course: Course) -> None:
        """Let the pairs take part, from now on, of which both have given a heartbeat: a newcomer holds up nobody."""
        horizon = self.horizon_tai_ns
        for voice in [one for one in self._voices if not one.begun]:
            pair = voice, self._other(voice)
            if all(self._has_spoken(one, course) for one in pair):
                for one in pair:
                    one.begun, one.until_tai_ns = True, horizon

    def _has_spoken(self, voice: Voice, course: Course) -> bool:
        found, beat = self._next(voice, course)
        if beat is None:
            voice.beats = found
        return beat is not None

    def _hear(self, voice: Voice, beat: Heartbeat, behind: Cursor, course: Course) -> bool:
        """Hear what a heartbeat stands for; return whether all of that is here."""
        heads = voice.heads(beat)
        if any(course.size(LogId.parse(head.log)) < head.size for head in heads):
            return self._takes_back(voice, heads, behind, course)
        self._take(voice, course, heads, beat.logged_tai_ns)
        voice.beats, voice.until_tai_ns, voice.waits = behind, beat.logged_tai_ns, False
        other = self._other(voice)
        if other.waits:
            self._pass_over(other, beat, course)
        self._joint.hear_until(self.horizon_tai_ns)
        return True

    def _other(self, voice: Voice) -> Voice:
        return next(one for one in self._voices if (one.audience, one.owner) == (voice.owner, voice.audience))

    def _takes_back(self, voice: Voice, heads: list[LogHead], behind: Cursor, course: Course) -> bool:
        """Pass over a heartbeat that stands for more than there is, if a later one names less; else wait for it."""
        named = {head.log: head.size for head in heads}
        later = [one.message for one in course.next_of(voice.notify, behind)[1]]
        beats = [message for message in later if isinstance(message, Heartbeat)]
        if not any(head.size < named.get(head.log, 0) for beat in beats for head in voice.heads(beat)):
            return False
        voice.beats = behind
        return True

    def _pass_over(self, voice: Voice, witness: Heartbeat, course: Course) -> None:
        """Pass over heartbeats too far ahead, up to an earlier one behind them that the other centre holds as well."""
        for head in witness.holds:
            log = LogId.parse(head.log)
            if log.whole != voice.notify or log.shard < voice.beats.shard:
                continue
            start = voice.beats.index if log.shard == voice.beats.shard else 0
            stop = min(head.size, course.size(log))
            for entry in course.entries(log, max(start, stop - AT_ONCE), stop):
                earlier = entry.message.logged_tai_ns <= witness.logged_tai_ns + AHEAD_NS
                if isinstance(entry.message, Heartbeat) and earlier:
                    voice.beats, voice.waits = Cursor(log.shard, entry.at.index), False
                    return

    def _next(self, voice: Voice, course: Course) -> tuple[Cursor, Heartbeat | None]:
        """Return the next heartbeat, if it is among the next entries, and the cursor behind it or them."""
        at, entries = course.next_of(voice.notify, voice.beats)
        for entry in entries:
            message = entry.message
            if isinstance(message, Heartbeat) and message.logged_tai_ns >= voice.until_tai_ns + APART_NS:
                return Cursor(LogId.parse(entry.at.log).shard, entry.at.index + 1), message
        return at, None

    def _take(self, voice: Voice, course: Course, heads: list[LogHead], until_tai_ns: int) -> None:
        """Take in the newest of what was said, as much as there was time for, and pass over the rest."""
        seconds = (until_tai_ns - voice.until_tai_ns) // NS_PER_S
        room = min(max(LEAST, PER_S * seconds), MOST)
        for head in heads:
            log, start = LogId.parse(head.log), self._heard.get(head.log, 0)
            begin = max(start, head.size - room)
            for first in range(begin, head.size, AT_ONCE):
                for entry in course.entries(log, first, min(head.size, first + AT_ONCE)):
                    self._say(entry, voice.until_tai_ns, until_tai_ns)
            room -= max(0, head.size - begin)
            self._heard[head.log] = max(start, head.size)

    def _say(self, entry: Entry, after_tai_ns: int, until_tai_ns: int) -> None:
        at = min(max(entry.message.logged_tai_ns, after_tai_ns + 1), until_tai_ns)
        self._joint.said(entry.owner, entry.at.log, entry.at.index, entry.message, at)


def heads(course: Course, centre: str, partner: str) -> tuple[LogHead, ...]:
    """Return how long a centre's own logs for a partner are, and the one of the partner's heartbeats as it is here.

    Each in its two newest shards.
    """
    voice, theirs = Voice(centre, partner), Voice(partner, centre).notify
    logs = [log for log in course.logs() if voice.of(log) or log.whole == theirs]
    newest = [log for log in logs if sum(log < other and log.whole == other.whole for other in logs) < 2]
    return tuple(course.head(log) for log in newest)


def _urgency(head: LogHead) -> tuple[int, LogId]:
    return urgency(LogId.parse(head.log))
