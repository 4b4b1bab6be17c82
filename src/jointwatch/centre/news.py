"""What changed since the last look, as sentences for people: new tracks, burnout, verdicts, losses, reports."""

from __future__ import annotations

from collections.abc import Iterable

from jointwatch.centre.held import Held
from jointwatch.centre.places import place
from jointwatch.centre.reporting import Due
from jointwatch.centre.watch import Watch
from jointwatch.earth.timescale import utc_from_tai_ns
from jointwatch.messages.consultation import Query, Reply
from jointwatch.messages.correction import Correction
from jointwatch.messages.correlation import Correlation
from jointwatch.messages.encoding import Heard
from jointwatch.messages.feed_verdict import FeedVerdict
from jointwatch.messages.incident import Incident
from jointwatch.messages.launch_report import LaunchReport
from jointwatch.messages.not_understood import NotUnderstood
from jointwatch.messages.notice import Notice
from jointwatch.messages.notification import Notification, WindowExtension
from jointwatch.messages.picture import Event, FeedView
from jointwatch.messages.post_launch import PostLaunchNotice


class News:
    """Remembers what was said of each object, and says what is new."""

    def __init__(self, centre: str) -> None:
        self.centre = centre
        self._seen: dict[str, tuple[str, str, str]] = {}
        self._waiting: list[Event] = []
        self._causes: dict[tuple[str, str], tuple[str, ...]] = {}

    def note(self, kind: str, text: str, tai_ns: int) -> None:
        """Keep one sentence for the next `gather`."""
        self._waiting.append(Event(0, utc_from_tai_ns(tai_ns, digits=0), self.centre, kind, text))

    def judged(self, verdicts: Iterable[FeedVerdict]) -> None:
        """Note the verdicts on feeds that are other ones than before."""
        for verdict in verdicts:
            key, causes = (verdict.of, verdict.sensor), tuple(fault.cause + fault.quantity for fault in verdict.faults)
            if self._causes.get(key) != causes:
                name = f"{verdict.of}, {verdict.sensor or 'a masked radar'}"
                self.note("feed", f"{name}: {verdict.text}", verdict.logged_tai_ns)
            self._causes[key] = causes

    def gather(self) -> tuple[Event, ...]:
        """Return what is new, once."""
        waiting, self._waiting = tuple(self._waiting), []
        return waiting

    def look(self, watch: Watch, now_tai_ns: int) -> None:
        """Note what changed in a picture: first confirmation, burnout, a verdict, a track that is lost."""
        for held in watch.held():
            assessment = watch.assessment(held.id)
            verdict = assessment.verdict.verdict if assessment else "undecided"
            now = (held.status, held.phase, verdict)
            before = self._seen.get(held.id)
            self._seen[held.id] = now
            for kind, text in _changes(held, before, now, assessment.verdict.reason if assessment else ""):
                self.note(kind, text, now_tai_ns)
        for name in [name for name in self._seen if watch.satellite(name)]:
            del self._seen[name]
            self.note("track", f"{name}: recognised as satellite {watch.satellite(name)} of the catalogue", now_tai_ns)

        held_ids = {held.id for held in watch.held()}
        self._seen = {name: seen for name, seen in self._seen.items() if name in held_ids}

    def said(self, message: Heard, now_tai_ns: int) -> None:
        """Note what was said that people must see: what a launch was found to be, questions and replies."""
        if isinstance(message, Correlation):
            kind = "alarm" if message.standing == "alarm" else "correlation"
            self.note(kind, f"{message.object}: {message.nature or message.standing}. {message.text}", now_tai_ns)
        elif isinstance(message, Query | Reply):
            self.note("consultation", _asked(message), now_tai_ns)
        elif isinstance(message, Notice) and message.log == f"{self.centre}/common/notify":
            self.note("notice", f"passes on to all: {message.contents.text}", now_tai_ns)

    def came(self, partner: str, message: Heard, now_tai_ns: int) -> None:
        """Note what a partner sent that people must see: its reports, its notices, and what it could not read."""
        if isinstance(message, LaunchReport | Correction):
            self.note("report", f"has {_said_by(partner, message)}, verified and cosigned", now_tai_ns)
        elif isinstance(message, Notice):
            self.note("notice", f"has a notice from {partner}: {message.contents.text}", now_tai_ns)
        elif isinstance(message, NotUnderstood):
            self.note("info", f"{partner}: {message.in_words()}", now_tai_ns)

    def told(self, message: Heard, now_tai_ns: int) -> None:
        """Note what this centre or a partner tells of launches to come, and what is wrong with that."""
        if isinstance(message, Notification | WindowExtension):
            window = f"{_minute(message.from_tai_ns)} to {_minute(message.until_tai_ns)} UTC"
            self.note("notice", f"{message.id}: {_of(message)}, {window}", now_tai_ns)
        elif isinstance(message, PostLaunchNotice):
            self.note("notice", f"{message.id}: {message.outcome}. {message.text}", now_tai_ns)
        elif isinstance(message, Incident) and message.about == "notice":
            self.note("notice", message.text, now_tai_ns)

    def reported(self, due: Due, now_tai_ns: int) -> None:
        """Note a report or a correction that was just said."""
        items = due.items
        if due.corrects is not None:
            self.note("correction", f"{items.track}: corrected, {due.reason}", now_tai_ns)
            return
        when = utc_from_tai_ns(items.launch_time_tai_ns, digits=0)[11:19]
        self.note(
            "report",
            f"{items.track}: launch reported, {when}Z ± {items.launch_time_sigma_s:.0f} s, {place(items.launch)}",
            now_tai_ns,
        )


def feed_view(verdict: FeedVerdict) -> FeedView:
    """Return a verdict on a feed as people see it."""
    return FeedView(
        of=verdict.of,
        sensor=verdict.sensor,
        standing=verdict.standing,
        text=verdict.text,
        as_of_utc=utc_from_tai_ns(verdict.as_of_tai_ns, digits=0),
    )


def _of(message: Notification | WindowExtension) -> str:
    if isinstance(message, WindowExtension):
        return f"{message.origin} extends the window"
    what = message.designation or message.vehicle
    return f"{message.origin} tells of a {message.occasion} by {message.state} ({what})"


def _minute(tai_ns: int) -> str:
    return utc_from_tai_ns(tai_ns, digits=0)[:16].replace("T", " ")


def _asked(message: Query | Reply) -> str:
    if isinstance(message, Query):
        return f"asks {message.to}: {message.text}"
    return f"replies, {message.outcome}: {message.text}"


def _changes(
    held: Held, before: tuple[str, str, str] | None, now: tuple[str, str, str], reason: str
) -> list[tuple[str, str]]:
    status, phase, verdict = now
    changes = []
    if before is None:
        seen_by = ", ".join(held.sources)
        changes.append(("track", f"{held.id}: confirmed in {phase}, seen by {seen_by}, {held.plots} plots"))
        if verdict == "undecided" and reason:
            changes.append(("verdict", f"{held.id}: undecided. {reason}"))
    old_status, old_phase, old_verdict = before or ("confirmed", phase, "undecided")
    if (old_phase, phase) == ("boost", "coast"):
        changes.append(("track", f"{held.id}: burnout, now coasting"))
    if verdict != old_verdict:
        changes.append(("verdict", f"{held.id}: {verdict}. {reason}"))
    if status == "lost" and old_status != "lost":
        changes.append(
            (
                "track",
                f"{held.id}: not seen any more; last plot {utc_from_tai_ns(held.last_seen_tai_ns, digits=0)[11:19]}Z",
            )
        )
    return changes


def _said_by(partner: str, message: LaunchReport | Correction) -> str:
    if isinstance(message, LaunchReport):
        return f"a launch report of {partner} on its {message.items.track}"
    about = f" on its {message.replacement.track}" if message.replacement else ""
    return f"a correction of {partner}{about}"
