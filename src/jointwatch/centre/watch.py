"""What one perspective makes of what it hears, in the order of the logs: live and in a replay alike.

A `Watch` reads messages and keeps tracks; it writes nothing and knows no clock but that of the entries. The same
messages in the same order give the same picture to the bit, so a replay of the logs is the picture itself, again.
"""

from __future__ import annotations

from dataclasses import replace

import msgspec
import numpy as np

from jointwatch.assessment.estimate import Assessment, assess
from jointwatch.assessment.priors import BoostPriors
from jointwatch.centre.fusion import fused
from jointwatch.centre.held import Held, Received, States
from jointwatch.centre.picture import correlation_view, satellites_view, tracks_view
from jointwatch.centre.published import with_published_orbit
from jointwatch.centre.reported import (
    TRACKLET_AT_MOST_OFF_NS,
    plausible,
    plots_of,
    symmetric,
    tracklet_of,
    upper_triangle,
)
from jointwatch.earth.timescale import NS_PER_S, utc_from_tai_ns
from jointwatch.messages.correlation import Correlation
from jointwatch.messages.encoding import Heard
from jointwatch.messages.notice import Notice
from jointwatch.messages.picture import Picture, PictureSatellite
from jointwatch.messages.plot_report import PlotReport
from jointwatch.messages.tracklet import Tracklet
from jointwatch.sensors.measurement import Plots
from jointwatch.tracking.account import Account
from jointwatch.tracking.known import Known
from jointwatch.tracking.track import History, Status, Track
from jointwatch.tracking.tracker import Tracker

YOUNG_NS, ASSESS_YOUNG_EVERY_NS, ASSESS_EVERY_NS = 120 * NS_PER_S, 10 * NS_PER_S, 30 * NS_PER_S
KEPT_NS = 3600 * NS_PER_S  # as long as the tracker keeps what is lost
FORGET_EVERY_NS = 60 * NS_PER_S
NOTICE_KEPT_NS = 86_400 * NS_PER_S  # a published orbit, after it came
LEAP_NS, LEAPS = 3600 * NS_PER_S, 3  # one entry far ahead of all others says nothing of the time; so many in a row do
JUDGEMENTS = 200  # on launches and reports from outside, the newest
MOST_RADARS = 64  # of one owner: the tracker keeps a column for each, and a name costs nothing
MOST_TRACKS = 256  # of one owner at a time: each is joined and assessed, and a track costs its owner nothing
MOST_ORBITS = 64  # published, of one origin: the newest
AHEAD_AT_MOST_NS = 10 * NS_PER_S  # of the own record's time: half of what own scans may then come late


class Watch:
    """The tracks and assessments of one perspective: a national picture, or the joint one.

    known: the satellites of the public catalogue. What is recognised as one is shown as such, and is no object here.
    """

    def __init__(self, perspective: str, priors: BoostPriors, known: Known | None = None) -> None:
        self.perspective = perspective
        self._known = known
        self._priors = priors
        self._tracker = Tracker(name=perspective, known=known)
        self._owners: dict[str, str] = {}  # radar -> the centre it feeds
        self._received: dict[tuple[str, str], Received] = {}
        self._accounts: dict[str, Account] = {}
        self._assessed: dict[str, Assessment] = {}
        self._notices: list[Notice] = []
        self._correlations: dict[str, Correlation] = {}
        self._now_tai_ns, self._leaps = 0, 0  # of the entries heard: there is no other clock here
        self._timed = False  # whether somebody says the time, and entries do not
        self._forgot_tai_ns = 0
        self._dirty = True
        self._objects: list[Held] = []

    def hear(self, owner: str, message: Heard, at_most_tai_ns: int | None = None) -> None:
        """Take in one message of a centre: plots, tracklets, notices and judgements change the picture.

        at_most_tai_ns: as late as it can be, by another clock than that of whoever says this.
        """
        logged_tai_ns = message.logged_tai_ns
        if not self._timed:
            self._pass_time(logged_tai_ns if at_most_tai_ns is None else min(logged_tai_ns, at_most_tai_ns))
        if isinstance(message, PlotReport):
            if self._is_of_the_future(owner, message.time_tai_ns):
                return
            plots = self._told_apart(owner, plots_of(owner, message))
            if not self._is_one_too_many(plots.radar, owner):
                self._owners[plots.radar] = owner
                self._tracker.scan(plots)
        elif isinstance(message, Tracklet):
            self._receive(owner, message)
        elif isinstance(message, Notice):
            if message.contents.orbit is None or any(message.contents == known.contents for known in self._notices):
                return
            self._publish(message)
        elif isinstance(message, Correlation):
            if owner != self.perspective:
                return  # judgements on launches are a centre's own: no partner's word ends an alarm
            self._correlations.pop(message.object, None)
            self._correlations[message.object] = message
            while len(self._correlations) > JUDGEMENTS:
                del self._correlations[next(iter(self._correlations))]
            return
        elif not self._received:
            return  # for what is received, time passes with every message: a track that no more is said of is lost
        self._dirty = True
        self._assess_due()

    def pass_time(self, tai_ns: int) -> None:
        """Have it be as late as the own record says: from then on no entry of anybody else moves the time."""
        self._timed = True
        self._pass_time(tai_ns)

    def be_at(self, tai_ns: int) -> None:
        """Have it be as late as several centres say, so that no clock of one alone can be wrong; never earlier."""
        self._timed, self._now_tai_ns = True, max(self._now_tai_ns, tai_ns)
        self._forget_due()

    def held(self) -> list[Held]:
        """Return every object that was confirmed, by id; one that is lost for an hour more."""
        if self._dirty:
            self._objects = self._joined()
            self._dirty = False
        return self._objects

    def assessment(self, held_id: str) -> Assessment | None:
        """Return the latest assessment of an object."""
        return self._assessed.get(held_id)

    def picture(self, as_of_tai_ns: int) -> Picture:
        """Return the picture at a time, from what has been heard."""
        beta = float(np.exp(self._priors.log_beta_mean))
        tracks = tracks_view(self.held(), self._assessed, as_of_tai_ns, beta_kg_m2=beta)
        satellites = self._satellites(as_of_tai_ns)
        found = tuple(correlation_view(said) for said in self._correlations.values())
        return Picture(self.perspective, utc_from_tai_ns(as_of_tai_ns), as_of_tai_ns, tracks, satellites, found)

    def satellite(self, held_id: str) -> int | None:
        """Return the catalogue number of an own object that was recognised as a satellite, else None."""
        return self._tracker.catalogue_number(held_id)

    def _satellites(self, as_of_tai_ns: int) -> tuple[PictureSatellite, ...]:
        if self._known is None:
            return ()
        seen = self._tracker.satellites(as_of_tai_ns)
        return satellites_view(seen, [self._known.name_of(number) for number in seen.numbers.tolist()])

    # -- remembering and forgetting ----------------------------------------------------------------------------------

    def _pass_time(self, logged_tai_ns: int) -> None:
        """Have it be as late as the entries say, and forget what is over once a minute.

        So many own entries in a row that are far behind say that the clock had been wrong, and it is earlier again.
        """
        ahead_ns = logged_tai_ns - self._now_tai_ns
        far = ahead_ns > LEAP_NS or (self._timed and ahead_ns < -LEAP_NS)
        self._leaps = self._leaps + 1 if far and self._now_tai_ns else 0
        if (far or ahead_ns > 0) and not 0 < self._leaps < LEAPS:
            self._now_tai_ns, self._leaps = logged_tai_ns, 0
        self._forget_due()

    def _forget_due(self) -> None:
        if not 0 <= self._now_tai_ns - self._forgot_tai_ns < FORGET_EVERY_NS:
            self._forgot_tai_ns = self._now_tai_ns
            self._forget()

    def _forget(self) -> None:
        """Let go of what is over, so that what is kept follows what is in the sky and not how long it was watched."""
        over_tai_ns = self._now_tai_ns - KEPT_NS
        for (owner, name), track in list(self._received.items()):
            if track.newest is not None and track.newest.to_tai_ns < over_tai_ns:
                del self._received[owner, name]
                self._accounts[owner].forget(name)
                self._dirty = True
        held = {one.id for one in self.held()}
        self._assessed = {name: found for name, found in self._assessed.items() if name in held}
        self._correlations = {
            name: said
            for name, said in self._correlations.items()
            if name in held or said.logged_tai_ns > self._now_tai_ns - NOTICE_KEPT_NS
        }
        old_tai_ns = self._now_tai_ns - NOTICE_KEPT_NS
        self._notices = [one for one in self._notices if one.logged_tai_ns > old_tai_ns]

    def _is_of_the_future(self, owner: str, tai_ns: int) -> bool:
        return self._timed and owner != self.perspective and tai_ns - self._now_tai_ns > AHEAD_AT_MOST_NS

    def _told_apart(self, owner: str, plots: Plots) -> Plots:
        """The plots, their radar under a name of its own where another owner has one of that name."""
        if self._owners.get(plots.radar, owner) == owner:
            return plots
        return replace(plots, radar=f"{owner}:{plots.radar}")

    def _is_one_too_many(self, radar: str, owner: str) -> bool:
        return radar not in self._owners and list(self._owners.values()).count(owner) >= MOST_RADARS

    def _publish(self, notice: Notice) -> None:
        """Keep a published orbit, of one origin the newest, and assess anew what it may decide."""
        of_it = [one for one in self._notices if one.origin == notice.origin]
        if len(of_it) >= MOST_ORBITS:
            self._notices.remove(of_it[0])
        self._notices.append(notice)
        undecided = [name for name, found in self._assessed.items() if found.verdict.verdict == "undecided"]
        for name in undecided:
            del self._assessed[name]

    # -- assessing ---------------------------------------------------------------------------------------------------

    def _assess_due(self) -> None:
        """Assess what is new; each ten seconds in its first two minutes, then each thirty; once more what was lost."""
        for held in self.held():
            last = self._assessed.get(held.id)
            newest = int(held.states.time_tai_ns[-1])
            every_ns = ASSESS_YOUNG_EVERY_NS if newest - held.first_seen_tai_ns < YOUNG_NS else ASSESS_EVERY_NS
            behind_ns = newest - last.as_of_tai_ns if last else every_ns
            if behind_ns >= every_ns or (held.status == "lost" and behind_ns > 0):
                self._assess(held, newest)

    def _assess(self, held: Held, newest_tai_ns: int) -> None:
        found = assess(held.states, self._priors, newest_tai_ns)
        for notice in self._notices:
            found = with_published_orbit(found, held.states, notice.contents)
        self._assessed[held.id] = found

    # -- what is held ------------------------------------------------------------------------------------------------

    def _joined(self) -> list[Held]:
        """Own objects, each joined with the local tracks that owners sent of it; then what only they have."""
        tracks = [track for track in self._tracker.tracks(satellites=False) if track.status is not Status.TENTATIVE]
        histories = self._tracker.histories(track.id for track in tracks)
        objects = [self._of_track(*both) for both in zip(tracks, histories, strict=True)]
        for owner in sorted({owner for owner, _ in self._received}):
            received = [track.held(self._now_tai_ns) for (of, _), track in self._received.items() if of == owner]
            objects = fused(objects, received)
        return sorted(objects, key=lambda held: held.id)

    def _of_track(self, track: Track, history: History) -> Held:
        radars = tuple(sorted(name for name, _ in track.radars))
        return Held(
            id=track.id,
            status=str(track.status),
            states=States(history.time_tai_ns, history.x, history.P, history.boost_probability),
            first_seen_tai_ns=track.first_plot_tai_ns,
            last_seen_tai_ns=track.last_plot_tai_ns,
            plots=track.plots,
            sources=radars,
            owners=tuple(sorted({self._owners[name] for name in radars})),
        )

    def _receive(self, owner: str, message: Tracklet) -> None:
        """Take a partner's local track as its newest estimate; an older one than held is not news."""
        if self._is_untimely(owner, message) or self._is_one_track_too_many(owner, message.track):
            return
        tracklet = self._whole(owner, message)
        if tracklet is None:
            return
        track = self._received.setdefault((owner, tracklet.track), Received(owner, tracklet.track))
        if not track.times or tracklet.time_tai_ns > track.times[-1]:
            track.add(tracklet, symmetric(tracklet.covariance))

    def _is_untimely(self, owner: str, message: Tracklet) -> bool:
        """Whether a tracklet is of a time that nothing can be carried from to now, or speaks of plots of another."""
        if abs(message.to_tai_ns - message.time_tai_ns) > TRACKLET_AT_MOST_OFF_NS:
            return True
        if self._is_of_the_future(owner, message.time_tai_ns):
            return True
        return self._now_tai_ns - message.to_tai_ns > KEPT_NS  # it would be forgotten at once

    def _is_one_track_too_many(self, owner: str, track: str) -> bool:
        return (owner, track) not in self._received and sum(of == owner for of, _ in self._received) >= MOST_TRACKS

    def _whole(self, owner: str, message: Tracklet) -> Tracklet | None:
        """A tracklet with all that was told of its track before; None where that is no estimate, or counted already."""
        if not message.since and not plausible(message, symmetric(message.covariance)):
            return None
        account = self._accounts.setdefault(owner, Account(owner))
        news = account.hear([tracklet_of(owner, message)])
        if not message.since:
            return message
        if not news:
            return None
        time_tai_ns, x, P = account.estimate(message.track)
        all_told = msgspec.structs.replace(
            message,
            since=0,
            time_tai_ns=time_tai_ns,
            state=tuple(float(value) for value in x),
            covariance=upper_triangle(P),
        )
        return all_told if plausible(all_told, P) else None
