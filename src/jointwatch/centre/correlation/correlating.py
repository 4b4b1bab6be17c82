"""What every launch is found to be: a listener that holds reports against notices, partners' reports and the catalogue.

Each launch that the centre reports is judged when it is reported, and again when anything is heard that may change the
judgement; what is said is only what changed. Everything follows from the entries that were heard, in their order.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from jointwatch.assessment.correlation.announced import DAY_S, Announcement, about
from jointwatch.assessment.correlation.same_event import events, in_time
from jointwatch.centre.correlation import judging
from jointwatch.centre.correlation.asking import Asking
from jointwatch.centre.correlation.in_force import InForce, announcement_of
from jointwatch.centre.correlation.launches import Reported, launch
from jointwatch.centre.correlation.satellites import satellite
from jointwatch.centre.duty.listener import Word
from jointwatch.centre.reported import symmetric
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.exchange.logid import LogId
from jointwatch.messages.consultation import Query
from jointwatch.messages.correction import Correction
from jointwatch.messages.correlation import Correlation
from jointwatch.messages.encoding import Heard
from jointwatch.messages.launch_report import LaunchItems, LaunchReport
from jointwatch.messages.notice import Notice
from jointwatch.messages.outside_report import OutsideReport
from jointwatch.messages.reference import EntryReference
from jointwatch.messages.release_policy import ReleasePolicy
from jointwatch.messages.tracklet import Tracklet
from jointwatch.tracking.known import Known

KEPT_NS = round(DAY_S) * NS_PER_S  # so long after its launch an object is held against nothing any more
LONGEST_ID = 128
FORGET_EVERY_NS = 60 * NS_PER_S
SPAN_NS, OFTEN = 10 * NS_PER_S, 20  # partners' words make launches be judged anew at once so often in such a time
MOST_LAUNCHES, MOST_ENTRIES = 1_000, 10_000  # of one centre, and of all that report them: the newest


class Correlating:
    """Judges the launches of one centre. known: the satellites of the public catalogue, where it has one."""

    def __init__(self, centre: str, known: Known | None = None) -> None:
        self._centre, self._known = centre, known
        self._ours: dict[str, Reported] = {}
        self._theirs: dict[tuple[str, str], Reported] = {}
        self._reports: dict[bytes, tuple[str, str]] = {}  # entry -> whose, and which track
        self._notices = InForce()
        self._asking = Asking(centre)
        self._said: dict[str, tuple[object, ...]] = {}
        self._satellites: set[tuple[str, str]] = set()
        self._now_tai_ns = self._forgot_tai_ns = 0  # by the own record: what others date decides nothing
        self._stale: set[str] = set()  # own launches to be judged anew
        self._span_tai_ns = self._judged_in_span = 0

    def hear(self, owner: str, message: Heard, at: EntryReference) -> Iterable[Word]:
        """Return what follows from an entry: judgements that are new, questions, and notices that a partner lacks."""
        log = LogId.parse(at.log)
        if owner == self._centre and log.internal:
            self._pass_time(message.logged_tai_ns)
        changes = self._notices.hear(message, at)
        if isinstance(message, LaunchReport | Correction):
            yield from self._reported(owner, log, message, at)
        elif isinstance(message, ReleasePolicy) and log.internal:
            self._asking.policy(message, at)
        elif isinstance(message, Query) and message.to == self._centre and message.subject == "launch":
            yield from self._asked(owner, message, at)
        elif isinstance(message, OutsideReport) and owner == self._centre:
            yield self._word(judging.of_outside(message.contents, self._all()), subject=at, object=message.id)
        elif isinstance(message, Tracklet) and owner != self._centre:
            yield from self._recognised(owner, message)
        if changes:
            yield from self._noticed(owner, log, message, at, changes)
        if owner == self._centre and self._stale and self._judged_in_span < OFTEN:
            yield from self._judged(self._stale)

    # -- reports -----------------------------------------------------------------------------------------------------

    def _reported(
        self, owner: str, log: LogId, message: LaunchReport | Correction, at: EntryReference
    ) -> Iterator[Word]:
        items = message.items if isinstance(message, LaunchReport) else message.replacement
        if items is None:
            yield from self._withdrawn(owner, message, log, at)
        elif owner == self._centre and not log.internal:
            yield from self._told(log.audience, items, at, message.logged_tai_ns)
        else:
            yield from self._new(owner, items, at)

    def _new(self, owner: str, items: LaunchItems, at: EntryReference) -> Iterator[Word]:
        """Take in what is now reported of a launch, here or by a partner."""
        reported = Reported(owner, at, launch(items))
        self._reports[at.leaf_hash] = (owner, items.track)
        if owner == self._centre:
            self._ours[items.track] = reported
            yield from self._judged(self._ours)
            return
        before = self._theirs.pop((owner, items.track), reported)
        self._theirs[owner, items.track] = reported
        self._bound(owner)
        yield from self._asking.pass_on([reported], self._notices)
        yield from self._judged_anew(before, reported)

    def _told(self, partner: str, items: LaunchItems, at: EntryReference, now_tai_ns: int) -> Iterator[Word]:
        """Ask a partner that was just told of a launch, where that launch is an alarm here."""
        own = self._ours.get(items.track)
        if own is None or self._said.get(items.track, ("",))[0] != "alarm":
            return
        near = judging.nearest_in_time(own, list(self._ours.values()))
        event = next(e for e in events([each.launch for each in near]) if own.launch in e)
        yield from self._asking.ask(partner, event, own.launch, at, now_tai_ns)

    def _withdrawn(self, by: str, message: LaunchReport | Correction, log: LogId, at: EntryReference) -> Iterator[Word]:
        """Drop a launch that was taken back; of an own one, say that it is explained, and by what."""
        if not isinstance(message, Correction):
            return
        owner, track = self._reports.get(message.corrects.leaf_hash, ("", ""))
        if by != owner:
            return  # nobody takes back another's words
        if owner == self._centre and log.internal and self._ours.pop(track, None) is not None:
            self._said.pop(track, None)
            content = {"standing": "explained", "announced": "", "text": message.reason}
            yield self._word(content, subject=at, object=track)
        else:
            gone = self._theirs.pop((owner, track), None)
            yield from self._judged_anew(gone)

    # -- what changes judgements ---------------------------------------------------------------------------------------

    def _noticed(
        self, owner: str, log: LogId, message: Heard, at: EntryReference, changes: Sequence[Announcement]
    ) -> Iterator[Word]:
        """Judge anew under the notices as they are now; with a notice that went out, answer whom it answers."""
        if owner == self._centre and not log.internal and isinstance(message, Notice):
            yield from self._asking.went_out(announcement_of(message), at)
        yield from self._asking.pass_on(self._theirs.values(), self._notices)
        names = {own.launch.name for own in self._ours.values() if any(about(own.launch, one) for one in changes)}
        yield from self._judged(names) if owner == self._centre else self._judged_in_time(names)

    def _judged_anew(self, *reported: Reported | None) -> Iterator[Word]:
        """Judge those own launches anew that what a partner reports, or no longer does, may be."""
        theirs = [each.launch for each in reported if each is not None]
        near = {own.launch.name for own in self._ours.values() if any(in_time(own.launch, each) for each in theirs)}
        yield from self._judged_in_time(near)

    def _judged_in_time(self, names: set[str]) -> Iterator[Word]:
        """Judge at once what a partner's word may change, but not as often as it likes: else when time has passed."""
        if not names:
            return
        self._stale |= names
        self._judged_in_span += 1
        if self._judged_in_span <= OFTEN:
            yield from self._judged(self._stale)

    def _judged(self, names: Collection[str]) -> Iterator[Word]:
        """Judge own launches, and say the judgements that are new."""
        ours, theirs = list(self._ours.values()), list(self._theirs.values())
        wanted, self._stale = set(names), self._stale - set(names)
        for own in [each for each in ours if each.launch.name in wanted]:
            found = judging.of_launch(own, ours, theirs, self._notices)
            counts = tuple((event.centre, event.ours, event.theirs) for event in found["partners"])
            new = (found["standing"], found["announced"], found["notice"], counts)
            if self._said.get(own.launch.name) != new:
                self._said[own.launch.name] = new
                yield Word(Correlation, found)

    def _asked(self, owner: str, query: Query, at: EntryReference) -> Iterator[Word]:
        """Take in a partner's question about launches that it reports."""
        for report in query.about:
            reported = self._theirs.get(self._reports.get(report.leaf_hash, ("", "")))
            if reported is not None and reported.owner == owner:
                yield from self._asking.asked(owner, at, reported.launch)

    def _recognised(self, owner: str, tracklet: Tracklet) -> Iterator[Word]:
        """Say that what a partner reports as a launch is a satellite, where its track flies on a catalogued orbit."""
        reported = self._theirs.get((owner, tracklet.track))
        if reported is None or self._known is None or (owner, tracklet.track) in self._satellites or tracklet.since:
            return
        x, P = np.array(tracklet.state), symmetric(tracklet.covariance)
        number = satellite(self._known, x, P, tracklet.time_tai_ns)
        if number is not None:
            self._satellites.add((owner, tracklet.track))
            text = f"{owner}'s {tracklet.track} is satellite {number} of the public catalogue: nothing was launched"
            content = {"standing": "explained", "announced": "", "satellite": number, "text": text}
            yield self._word(content, subject=reported.at, object=f"{owner}:{tracklet.track}"[:LONGEST_ID])

    # ------------------------------------------------------------------------------------------------------------------

    def _word(self, content: dict[str, Any], *, subject: EntryReference, object: str) -> Word:
        return Word(Correlation, {"subject": subject, "object": object, **content})

    def _all(self) -> list[Reported]:
        return [*self._ours.values(), *self._theirs.values()]

    def _bound(self, owner: str) -> None:
        """Keep the newest launches of a partner, and the newest entries: it may report as many as it likes."""
        of_it = [key for key in self._theirs if key[0] == owner]
        for key in of_it[:-MOST_LAUNCHES]:
            del self._theirs[key]
        while len(self._reports) > MOST_ENTRIES:
            del self._reports[next(iter(self._reports))]

    def _pass_time(self, now_tai_ns: int) -> None:
        """Have it be as late as the own record says."""
        self._now_tai_ns = max(self._now_tai_ns, now_tai_ns)
        if self._now_tai_ns - self._span_tai_ns >= SPAN_NS:
            self._span_tai_ns, self._judged_in_span = self._now_tai_ns, 0
        self._forget(self._now_tai_ns)

    def _forget(self, now_tai_ns: int) -> None:
        """Let go of launches of more than a day ago, so that years of them fit the memory."""
        if now_tai_ns - self._forgot_tai_ns < FORGET_EVERY_NS:
            return
        self._forgot_tai_ns, before = now_tai_ns, now_tai_ns - KEPT_NS
        self._ours = {key: each for key, each in self._ours.items() if each.launch.event.time_tai_ns >= before}
        self._theirs = {key: each for key, each in self._theirs.items() if each.launch.event.time_tai_ns >= before}
        kept = {(each.owner, each.launch.name) for each in self._all()}
        self._reports = {at: of for at, of in self._reports.items() if of in kept}
        self._said = {track: said for track, said in self._said.items() if track in self._ours}
        self._satellites &= kept
        self._notices.forget(now_tai_ns)
        self._asking.forget(self._ours.keys(), before, self._notices)
