"""What changed since the last look, as sentences for people: new tracks, burnout, verdicts, losses, reports."""

from __future__ import annotations

from jointwatch.centre.held import Held
from jointwatch.centre.places import place
from jointwatch.centre.reporting import Due
from jointwatch.centre.watch import Watch
from jointwatch.earth.timescale import utc_from_tai_ns
from jointwatch.messages.picture import Event


class News:
    """Remembers what was said of each object, and says what is new."""

    def __init__(self, centre: str) -> None:
        self.centre = centre
        self._seen: dict[str, tuple[str, str, str]] = {}
        self._waiting: list[Event] = []

    def note(self, kind: str, text: str, tai_ns: int) -> None:
        """Keep one sentence for the next `gather`."""
        self._waiting.append(Event(0, utc_from_tai_ns(tai_ns, digits=0), self.centre, kind, text))

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
