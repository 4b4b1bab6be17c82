"""How an alarm is resolved between centres: who has it asks, and who has the notice passes it on and answers.

The source of a notice may have told every centre itself, and then nobody repeats it: until the report of a launch that
it covers shows that one of them did not get it. The release policy in force decides whether notices may go at all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from jointwatch.assessment.correlation import announced
from jointwatch.assessment.correlation.announced import Announcement
from jointwatch.assessment.correlation.launch import Launch
from jointwatch.centre import release
from jointwatch.centre.correlation.in_force import InForce
from jointwatch.centre.correlation.launches import Reported
from jointwatch.centre.duty.hearing import InForce as PolicyInForce
from jointwatch.centre.duty.listener import Word
from jointwatch.earth.timescale import NS_PER_S, utc_from_tai_ns
from jointwatch.exchange.logid import COMMON
from jointwatch.messages.consultation import Query, Reply
from jointwatch.messages.notice import Notice
from jointwatch.messages.reference import EntryReference
from jointwatch.messages.release_policy import ReleasePolicy

WAITS_NS = 600 * NS_PER_S  # for a reply: the decision time of 1995 was ten minutes
LONGEST_TEXT = 2_000
MOST_OPEN = 64  # questions of one partner
COVERS = ("announced", "told afterwards")


@dataclass
class Asking:
    """Questions put and to be answered, and the notices that went out."""

    centre: str
    _policy: PolicyInForce | None = None
    _asked: set[tuple[str, str]] = field(default_factory=set)
    _passed: set[str] = field(default_factory=set)
    _out: list[tuple[Announcement, EntryReference]] = field(default_factory=list)
    _open: dict[bytes, tuple[str, EntryReference, Launch]] = field(default_factory=dict)

    def policy(self, policy: ReleasePolicy, at: EntryReference) -> None:
        """Take in a release policy of the own record."""
        if self._policy is None or self._policy.followed_by(policy):
            self._policy = PolicyInForce(policy, at)

    def ask(
        self, partner: str, event: Sequence[Launch], launch: Launch, report: EntryReference, now_tai_ns: int
    ) -> Iterator[Word]:
        """Ask a partner, once for all objects of an event, about a launch that nobody announced here.

        report: the entry by which the partner was just told of it.
        """
        known = any((partner, one.name) in self._asked for one in event)
        self._asked.update((partner, one.name) for one in event)
        if known:
            return
        when = utc_from_tai_ns(launch.event.time_tai_ns, digits=0)[11:19]
        content = {
            "to": partner,
            "subject": "launch",
            "about": (report,),
            "text": f"{launch.name}, launched about {when} UTC, is announced by no notice here. Is it by one of yours?",
            "until_tai_ns": now_tai_ns + WAITS_NS,
        }
        yield Word(Query, content, f"{self.centre}/{partner}/notify")

    def asked(self, partner: str, query: EntryReference, launch: Launch) -> Iterator[Word]:
        """Take in a partner's question about a launch of its own; answer where a notice that went out covers it."""
        if any(asked == partner and of.name == launch.name for asked, _, of in self._open.values()):
            return  # one answer to each question, however often it is put
        if sum(asked == partner for asked, *_ in self._open.values()) >= MOST_OPEN:
            return
        self._open[query.leaf_hash] = (partner, query, launch)
        yield from self._answers()

    def pass_on(self, theirs: Iterable[Reported], notices: InForce) -> Iterator[Word]:
        """Pass on what was kept back because its source had told a partner, where that partner reports the launch."""
        reported = list(theirs)
        for announcement, notice, _ in notices.kept_back():
            lacking = [each for each in reported if each.owner in notice.contents.told]
            if notice.id in self._passed or not any(covers(announcement, each.launch) for each in lacking):
                continue
            rule = self._policy.policy.rule(COMMON, "notify") if self._policy else None
            view = release.notice_view(notice, rule) if rule else None
            if view is not None:
                self._passed.add(notice.id)
                yield Word(Notice, view.content, f"{self.centre}/{COMMON}/notify")

    def went_out(self, announcement: Announcement, at: EntryReference) -> Iterator[Word]:
        """Take in a notice that this centre gave all others, and answer the questions that it answers."""
        self._out.append((announcement, at))
        yield from self._answers()

    def forget(self, tracks: Collection[str], before_tai_ns: int, notices: InForce) -> None:
        """Let go of what nothing can follow from any more: launches before a time, tracks and notices that are gone."""
        self._asked = {(partner, track) for partner, track in self._asked if track in tracks}
        self._open = {key: each for key, each in self._open.items() if each[2].event.time_tai_ns >= before_tai_ns}
        self._out = [each for each in self._out if each[0].until_tai_ns >= before_tai_ns]
        self._passed &= {notice.id for _, notice, _ in notices.kept_back()}

    def _answers(self) -> Iterator[Word]:
        for key, (partner, query, launch) in list(self._open.items()):
            found = next(((said, at) for said, at in self._out if covers(said, launch)), None)
            if found is None:
                continue
            del self._open[key]
            said, at = found
            content = {
                "query": query,
                "outcome": "answered",
                "text": f"Yes: {said.says}"[:LONGEST_TEXT],
                "entries": (at,),
            }
            yield Word(Reply, content, f"{self.centre}/{partner}/notify")


def covers(notice: Announcement, launch: Launch) -> bool:
    """Return whether a notice announces a launch, or told of it afterwards."""
    return announced.against(launch, [notice]).standing in COVERS
