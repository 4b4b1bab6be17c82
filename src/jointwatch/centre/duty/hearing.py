"""What a centre knows by its log: the watch, the tracks of its own sensors alone, and what it has said of them.

A `Duty` is a pure function of the entries that it hears, in the order of the log: own sensors' plots and own words as
they stand in the internal log, and what partners said where the receipt for it stands. Live, in an exercise and after a
restart the same entries give the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from jointwatch.assessment.priors import BoostPriors
from jointwatch.centre.duty import course
from jointwatch.centre.duty.joining import Joining
from jointwatch.centre.duty.listener import Listener, Word
from jointwatch.centre.news import feed_view
from jointwatch.centre.reported import plots_of
from jointwatch.centre.reporting import Said
from jointwatch.centre.watch import FORGET_EVERY_NS, Watch
from jointwatch.exchange.logid import LogId
from jointwatch.messages.correction import Correction
from jointwatch.messages.correlation import Correlation
from jointwatch.messages.encoding import Heard
from jointwatch.messages.feed_verdict import FeedVerdict
from jointwatch.messages.launch_report import LaunchReport
from jointwatch.messages.notice import Notice
from jointwatch.messages.picture import FeedView
from jointwatch.messages.plot_report import PlotReport
from jointwatch.messages.receipt import Receipt
from jointwatch.messages.reference import EntryReference
from jointwatch.messages.release_policy import ReleasePolicy
from jointwatch.messages.tracklet import Tracklet
from jointwatch.tracking.known import Known
from jointwatch.tracking.tracker import Tracker


@dataclass(frozen=True)
class InForce:
    """The release policy in force, and where it stands."""

    policy: ReleasePolicy
    at: EntryReference

    def followed_by(self, policy: ReleasePolicy) -> bool:
        """Whether a policy is the next one."""
        return (policy.number, policy.replaces) == (self.policy.number + 1, self.at.leaf_hash)


class Duty:
    """What one centre makes of what it hears. listeners: hear the same, and say what follows from it.

    joining: what it makes of outbound logs alone, at a centre in service.

    told: own track -> number and time of its last tracklet. said: own track -> what was last reported of it.
    """

    def __init__(
        self,
        centre: str,
        priors: BoostPriors,
        known: Known | None = None,
        listeners: Iterable[Listener] = (),
        joining: Joining | None = None,
    ) -> None:
        self.centre, self.joining = centre, joining
        self.seen_tai_ns = 0  # when plots or tracks were last told of
        self.watch = Watch(centre, priors, known)
        # What tracklets are made of: never a partner's data.
        self.own_tracks = Tracker(name=f"{centre}, own plots", known=known)
        self.told: dict[str, tuple[int, int]] = {}
        self.said: dict[str, Said] = {}
        self.in_force: InForce | None = None
        self.feeds: dict[tuple[str, str], FeedVerdict] = {}  # owner and sensor -> the verdict that stands
        self._listeners = tuple(listeners)
        self._forgot_tai_ns = 0
        self._latest_tai_ns: int | None = None  # as late as it can be for a partner, by the own clock

    def hear(self, owner: str, message: Heard, at: EntryReference) -> Sequence[Word]:
        """Take in an entry, and return what listeners want said because of it."""
        own = owner == self.centre
        internal = own and LogId.parse(at.log).internal
        if internal:
            self.watch.pass_time(message.logged_tai_ns)
        if internal and isinstance(message, Receipt):
            self._latest_tai_ns = message.verified_tai_ns + course.AHEAD_NS
        if isinstance(message, PlotReport | Tracklet):
            latest = message.logged_tai_ns if own else self._latest_tai_ns or 0
            self.seen_tai_ns = max(self.seen_tai_ns, min(message.logged_tai_ns, latest))
        if not own or (internal and isinstance(message, PlotReport | Notice | Correlation)):
            self.watch.hear(owner, message, None if own else self._latest_tai_ns)
        if internal:
            self._note(message, at)
            self._forget(message.logged_tai_ns)
        return [word for listener in self._listeners for word in listener.hear(owner, message, at)]

    def gives(self, klass: str) -> bool:
        """Return whether any partner may have anything of a class, by the policy in force."""
        rules = self.in_force.policy.rules if self.in_force else ()
        return any(rule.klass == klass and rule.audience != "common" for rule in rules)

    def feed_views(self) -> tuple[FeedView, ...]:
        """Return the verdicts on feeds that stand, as people see them."""
        return tuple(feed_view(self.feeds[key]) for key in sorted(self.feeds))

    def _note(self, message: Heard, at: EntryReference) -> None:
        """Note what the own record says: sensors' plots, what was reported, and the policy by which it leaves."""
        if isinstance(message, PlotReport):
            if self.gives("track"):
                self.own_tracks.scan(plots_of(self.centre, message))
        elif isinstance(message, Tracklet):
            self.told[message.track] = (message.number, message.to_tai_ns)
        elif isinstance(message, LaunchReport):
            self.said[message.items.track] = Said(message.items, message.logged_tai_ns, at)
        elif isinstance(message, Correction):
            self.said = {track: said for track, said in self.said.items() if said.at != message.corrects}
        elif isinstance(message, FeedVerdict):
            self.feeds[message.of, message.sensor] = message
        elif isinstance(message, ReleasePolicy) and (self.in_force is None or self.in_force.followed_by(message)):
            self.in_force = InForce(message, at)

    def _forget(self, now_tai_ns: int) -> None:
        """Let go, once a minute, of what was said of tracks that nobody holds any more."""
        if 0 <= now_tai_ns - self._forgot_tai_ns < FORGET_EVERY_NS:
            return
        self._forgot_tai_ns = now_tai_ns
        own, held = {track.id for track in self.own_tracks.tracks()}, {one.id for one in self.watch.held()}
        self.told = {track: told for track, told in self.told.items() if track in own}
        self.said = {
            track: said for track, said in self.said.items() if track in held or self.watch.satellite(track) is not None
        }
