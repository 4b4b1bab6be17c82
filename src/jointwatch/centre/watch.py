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
from jointwatch.centre.held import Held, Received, States
from jointwatch.centre.picture import satellites_view, track_view
from jointwatch.centre.published import with_published_orbit
from jointwatch.earth.arrays import Floats
from jointwatch.earth.states import Ecef
from jointwatch.earth.timescale import NS_PER_S, utc_from_tai_ns
from jointwatch.flight import coast
from jointwatch.messages.encoding import Heard
from jointwatch.messages.notice import Notice
from jointwatch.messages.picture import Picture, PictureSatellite
from jointwatch.messages.plot_report import PlotReport
from jointwatch.messages.tracklet import Tracklet
from jointwatch.sensors.measurement import Plots
from jointwatch.sensors.site import Site
from jointwatch.tracking import fuse
from jointwatch.tracking import tracklet as tracklets
from jointwatch.tracking.account import Account
from jointwatch.tracking.known import Known
from jointwatch.tracking.pedigree import Estimate, join
from jointwatch.tracking.track import Predicted, Status, Track
from jointwatch.tracking.tracker import Tracker
from jointwatch.tracking.tracklet import in_free_flight

YOUNG_NS, ASSESS_YOUNG_EVERY_NS, ASSESS_EVERY_NS = 120 * NS_PER_S, 10 * NS_PER_S, 30 * NS_PER_S
TRACKLET_AT_MOST_OFF_NS = 600 * NS_PER_S
LEAST_RADIUS_M, GREATEST_RADIUS_M, GREATEST_SPEED_M_S = 6.2e6, 1e8, 2e4
UNITS = np.array([1e3, 1e3, 1e3, 1.0, 1.0, 1.0])  # of a state's usual errors, so that no variance drowns in another


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
        self._now_tai_ns = 0  # of the entries heard: there is no other clock here
        self._dirty = True
        self._objects: list[Held] = []

    def hear(self, owner: str, message: Heard) -> None:
        """Take in one message of a centre: plots, tracklets and notices change the picture, the rest does not."""
        self._now_tai_ns = max(self._now_tai_ns, message.logged_tai_ns)
        if isinstance(message, PlotReport):
            plots = plots_of(owner, message)
            self._owners[plots.radar] = owner
            self._tracker.scan(plots)
        elif isinstance(message, Tracklet):
            self._receive(owner, message)
        elif isinstance(message, Notice):
            self._notices.append(message)
            self._assessed.clear()
        elif not self._received:
            return  # for what is received, time passes with every message: a track that no more is said of is lost
        self._dirty = True
        self._assess_due()

    def held(self) -> list[Held]:
        """Return every object that was ever confirmed, by id."""
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
        tracks = tuple(
            track_view(held, self._assessed.get(held.id), as_of_tai_ns, beta_kg_m2=beta) for held in self.held()
        )
        satellites = self._satellites(as_of_tai_ns)
        return Picture(self.perspective, utc_from_tai_ns(as_of_tai_ns), as_of_tai_ns, tracks, satellites)

    def satellite(self, held_id: str) -> int | None:
        """Return the catalogue number of an own object that was recognised as a satellite, else None."""
        return self._tracker.catalogue_number(held_id)

    def _satellites(self, as_of_tai_ns: int) -> tuple[PictureSatellite, ...]:
        if self._known is None:
            return ()
        seen = self._tracker.satellites(as_of_tai_ns)
        return satellites_view(seen, [self._known.name_of(number) for number in seen.numbers.tolist()])

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
        objects = [self._of_track(track) for track in self._tracker.tracks(satellites=False) if _was_confirmed(track)]
        for owner in sorted({owner for owner, _ in self._received}):
            received = [track.held(self._now_tai_ns) for (of, _), track in self._received.items() if of == owner]
            pairs = _pairs(objects, received)
            joined = [_fused(held, received[pairs[held.id]]) if held.id in pairs else held for held in objects]
            objects = [*joined, *(held for index, held in enumerate(received) if index not in pairs.values())]
        return sorted(objects, key=lambda held: held.id)

    def _of_track(self, track: Track) -> Held:
        history = self._tracker.history(track.id)
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
        tracklet = self._whole(owner, message)
        if tracklet is None:
            return
        track = self._received.setdefault((owner, tracklet.track), Received(owner, tracklet.track))
        if not track.times or tracklet.time_tai_ns > track.times[-1]:
            track.add(tracklet, symmetric(tracklet.covariance))

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


def tracklet_of(owner: str, message: Tracklet) -> tracklets.Tracklet:
    """Return a message's tracklet as the tracker's room takes it."""
    return tracklets.Tracklet(
        owner=owner,
        track=message.track,
        number=message.number,
        since=message.since,
        from_tai_ns=message.from_tai_ns,
        to_tai_ns=message.to_tai_ns,
        time_tai_ns=message.time_tai_ns,
        x=np.array(message.state),
        P=symmetric(message.covariance),
        boost_probability=message.boost_probability,
        plots=message.plots,
    )


def plots_of(owner: str, report: PlotReport) -> Plots:
    """Return the plots of a report that can be used: whole, and with errors above zero.

    A radar that is masked goes by its centre's name.
    """
    site = Site(report.site.name, report.site.latitude_rad, report.site.longitude_rad, report.site.height_m)
    measured = (report.range_m, report.azimuth_rad, report.elevation_rad)
    sigmas = (report.sigma_range_m, report.sigma_azimuth_rad, report.sigma_elevation_rad)
    rows = np.zeros((0, 6))
    if len({len(column) for column in (*measured, *sigmas)}) == 1:  # else something was withheld that tracking needs
        rows = np.column_stack([*measured, *sigmas]).reshape(-1, 6)
    rows = rows[(rows[:, 3:] > 0.0).all(axis=1)]
    return Plots(site, report.sensor or f"{owner}, masked", report.time_tai_ns, rows[:, :3], rows[:, 3:])


def plausible(tracklet: Tracklet, P: Floats) -> bool:
    """Whether a partner's estimate can be one: of now, near the Earth, and with a covariance that is one."""
    of_now = abs(tracklet.time_tai_ns - tracklet.logged_tai_ns) <= TRACKLET_AT_MOST_OFF_NS
    radius_m, speed_m_s = np.linalg.norm(tracklet.state[:3]), np.linalg.norm(tracklet.state[3:])
    near = LEAST_RADIUS_M <= radius_m <= GREATEST_RADIUS_M and speed_m_s <= GREATEST_SPEED_M_S
    return bool(of_now and near and np.linalg.eigvalsh(P / np.outer(UNITS, UNITS))[0] > 0.0)


def symmetric(upper: tuple[float, ...]) -> Floats:
    """Return the 6 x 6 covariance whose upper triangle, row by row, has these 21 terms."""
    P = np.zeros((6, 6))
    P[np.triu_indices(6)] = upper
    return P + np.triu(P, 1).T


def upper_triangle(P: Floats) -> tuple[float, ...]:
    """Return the 21 terms of a covariance's upper triangle, row by row."""
    return tuple(float(value) for value in P[np.triu_indices(6)])


def _was_confirmed(track: Track) -> bool:
    return track.status is not Status.TENTATIVE


def _pairs(own: list[Held], received: list[Held]) -> dict[str, int]:
    """Which received track is which own object, at the newest time any of them has; coasting objects only."""
    mine = [held for held in own if held.phase == "coast"]
    theirs = {held.id: index for index, held in enumerate(received) if held.phase == "coast"}
    if not mine or not theirs:
        return {}
    time = max(int(held.states.time_tai_ns[-1]) for held in (*mine, *(received[i] for i in theirs.values())))
    paired = fuse.pair(_at(mine, time), _at([received[i] for i in theirs.values()], time))
    return {own_id: theirs[other_id] for own_id, other_id in paired}


def _at(objects: list[Held], time_tai_ns: int) -> Predicted:
    x = np.array([held.states.x[-1] for held in objects])
    P = np.array([held.states.P[-1] for held in objects])
    ahead_s = np.array([(time_tai_ns - int(held.states.time_tai_ns[-1])) / NS_PER_S for held in objects])
    there, phi = coast.transition(Ecef(x), ahead_s)
    boost = np.array([held.states.boost_probability[-1] for held in objects])
    return Predicted(time_tai_ns, tuple(held.id for held in objects), there.pos_vel, phi @ P @ phi.mT, boost)


def _fused(own: Held, other: Held) -> Held:
    """Return the own object with its last estimate joined with an owner's local track of it.

    Information adds where each rests on other plots than the other does, and nothing but gravity drives the object.
    """
    time = int(own.states.time_tai_ns[-1])
    x, P, there = own.states.x[-1], own.states.P[-1], _at([other], time)
    free = in_free_flight(x[None], own.states.boost_probability[-1:])[0]
    joined = join(
        Estimate(time, x, P, frozenset(own.owners) if free else None),
        Estimate(time, there.x[0], there.P[0], frozenset(other.owners)),
    )
    x, P = joined.x, joined.P
    states = replace(own.states, x=np.vstack([own.states.x[:-1], x]), P=np.concatenate([own.states.P[:-1], P[None]]))
    return replace(
        own,
        states=states,
        first_seen_tai_ns=min(own.first_seen_tai_ns, other.first_seen_tai_ns),
        last_seen_tai_ns=max(own.last_seen_tai_ns, other.last_seen_tai_ns),
        plots=own.plots + other.plots,
        sources=tuple(sorted({*own.sources, *other.sources})),
        owners=tuple(sorted({*own.owners, *other.owners})),
    )
