"""An object as one perspective holds it: its estimates so far, and whose data is in them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from jointwatch.earth.arrays import Floats, Ints
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.messages.tracklet import Tracklet

FIRST_KEPT, LAST_KEPT = 128, 384  # estimates of one track, as the tracker's own diaries keep
LOST_AFTER_NS = 90 * NS_PER_S  # the tracker's own patience with an object it no longer sees


@dataclass(frozen=True)
class States:
    """Estimates over time, as `assessment` reads them: times (k,), states (k, 6), covariances (k, 6, 6)."""

    time_tai_ns: Ints
    x: Floats
    P: Floats
    boost_probability: Floats


@dataclass(frozen=True)
class Held:
    """One object: its states, when it was seen, by which radars, and which centres' data it rests on."""

    id: str
    status: str  # confirmed | lost
    states: States
    first_seen_tai_ns: int
    last_seen_tai_ns: int
    plots: int
    sources: tuple[str, ...]
    owners: tuple[str, ...]

    @property
    def phase(self) -> str:
        """The likelier of boost and coast at the last estimate."""
        return "boost" if self.states.boost_probability[-1] > 0.5 else "coast"


@dataclass
class Received:
    """A partner's local track, growing with each tracklet that arrives; of a long one the middle is left out."""

    owner: str
    track_id: str
    newest: Tracklet | None = None
    first_seen_tai_ns: int = 0
    times: list[int] = field(default_factory=list)
    xs: list[Floats] = field(default_factory=list)
    Ps: list[Floats] = field(default_factory=list)
    boosts: list[float] = field(default_factory=list)

    def add(self, tracklet: Tracklet, P: Floats) -> None:
        """Take a newer estimate of the same track."""
        if self.newest is None:
            self.first_seen_tai_ns = tracklet.from_tai_ns
        self.newest = tracklet
        self.times.append(tracklet.time_tai_ns)
        self.xs.append(np.array(tracklet.state))
        self.Ps.append(P)
        self.boosts.append(tracklet.boost_probability)
        if len(self.times) > FIRST_KEPT + LAST_KEPT:
            for kept in (self.times, self.xs, self.Ps, self.boosts):
                del kept[FIRST_KEPT]

    def held(self, now_tai_ns: int) -> Held:
        """Return the track as an object of this perspective; lost where nothing new has come for a while."""
        if self.newest is None:
            raise ValueError(f"track {self.track_id} of {self.owner} has no tracklet yet")
        states = States(
            np.array(self.times, dtype=np.int64), np.array(self.xs), np.array(self.Ps), np.array(self.boosts)
        )
        return Held(
            id=f"{self.owner}:{self.track_id}",
            status="lost" if now_tai_ns - self.newest.to_tai_ns > LOST_AFTER_NS else "confirmed",
            states=states,
            first_seen_tai_ns=self.first_seen_tai_ns,
            last_seen_tai_ns=self.newest.to_tai_ns,
            plots=self.newest.plots,
            sources=tuple(self.newest.source.split("/")) if self.newest.source else ("masked",),
            owners=(self.owner,),
        )
