"""Tracklets: what an owner tells of its local-only tracks, so that others can add it and count nothing twice.

An increment says what the plots since the tracklet before it brought, as the estimate those plots alone would give.
Numbers run without gaps within a track, so that a lost one is noticed, and an increment is told only to who has
counted all before it. The whole track is told otherwise: at first, after a loss, under thrust or in air (an error that
increments would share), and where an increment is none, as process noise can make it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from jointwatch.earth.arrays import Bools, Floats
from jointwatch.earth.ellipsoid import geodetic_from_ecef
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.tracking.coasting import coasted
from jointwatch.tracking.fuse import increment, times
from jointwatch.tracking.settings import Settings
from jointwatch.tracking.track import History, Predicted, Track
from jointwatch.tracking.tracker import Tracker

COASTING, IN_AIR_M = 0.05, 120e3
"""Probability of thrust below which, and height above which, a track is one of free flight, whose information adds up.

An unknown thrust or drag is an error that the tracks of all owners share.
"""

LEAST_SHARE = 1e-4
"""Of the whole track's information, in each direction: an increment that brings less is told as if it brought this."""

LOWEST_SHARE = -0.02
"""Below this not the increment is told but the whole track: a filter's linearisation takes away less."""


@dataclass(frozen=True, slots=True, eq=False)
class Tracklet:
    """An estimate from the owner's own plots alone, with numbers that say which.

    number: 1, 2, ... within the track. since: the tracklet that it adds to; 0: the whole local track.
    from_tai_ns, to_tai_ns: the plots it is made from; plots: how many. x (6,), P (6, 6): m and m/s, Earth-fixed, at
    time_tai_ns. The message of the same name (`messages.tracklet`) carries these fields.
    """

    owner: str
    track: str
    number: int
    since: int
    from_tai_ns: int
    to_tai_ns: int
    time_tai_ns: int
    x: Floats
    P: Floats
    boost_probability: float
    plots: int


def in_free_flight(x: Floats, boost_probability: Floats) -> Bools:
    """Which of the objects (n, 6), under thrust with these probabilities (n,), only fall."""
    return np.asarray((boost_probability < COASTING) & (geodetic_from_ecef(x[:, :3])[2] > IN_AIR_M))


@dataclass(frozen=True, slots=True, eq=False)
class _Told:
    """The last tracklet of a track as it was told, and the whole track it left the hearers with."""

    tracklet: Tracklet
    free: bool
    x: Floats
    P: Floats
    plots: int


class Teller:
    """Tells the tracks of one owner's tracker to one hearer; it remembers what it told, and what was counted.

    radars: the owner's own. A track with a plot of any other is refused: it is no local track, and told on it would
    come back as if it were news.
    unsure: covariance (6, 6) that a track's last estimate owes to what is not known of its radars' biases
    (`registration.consider`); it goes into what is told, since no hearer can know it.
    """

    def __init__(
        self,
        owner: str,
        radars: Iterable[str],
        *,
        settings: Settings | None = None,
        unsure: Callable[[History], Floats] | None = None,
    ) -> None:
        self.owner, self.radars = owner, frozenset(radars)
        self.settings = settings or Settings()
        self._unsure = unsure
        self._told: dict[str, _Told] = {}
        self._counted: dict[str, int] = {}

    def acknowledge(self, counted: Mapping[str, int]) -> None:
        """Take note of what the hearer has: by track, the number up to which no tracklet is missing there.

        A hearer that says nothing, or whose word is lost, is told whole tracks: longer no more than an increment is,
        and right whatever it missed.
        """
        for track, number in counted.items():
            self._counted[track] = max(number, self._counted.get(track, 0))

    def unheard(self) -> list[Tracklet]:
        """The last tracklets of tracks whose hearer has not acknowledged them: to be sent again as they are."""
        return [told.tracklet for name, told in self._told.items() if not self._has_all(name)]

    def tell(self, tracker: Tracker, time_tai_ns: int) -> list[Tracklet]:
        """A tracklet for each confirmed track that has plots the hearer has not counted, all at one time."""
        tracks = [track for track in tracker.confirmed() if self._due(track)]
        if not tracks:
            return []
        for track in tracks:
            self._local(track)
        ahead = self._ahead(tracker, tracks, time_tai_ns)
        before = [self._told.get(track.id) for track in tracks]
        adds, z, R = self._increments(ahead.x, ahead.P, before, time_tai_ns)
        free = in_free_flight(ahead.x, ahead.boost_probability)
        said = []
        for i, (track, last) in enumerate(zip(tracks, before, strict=True)):
            part = last if last and last.free and free[i] and adds[i] and self._has_all(track.id) else None
            x, P = (ahead.x[i], ahead.P[i]) if part is None else (z[i], R[i])
            one = Tracklet(
                owner=self.owner,
                track=track.id,
                number=1 + (last.tracklet.number if last else 0),
                since=part.tracklet.number if part else 0,
                from_tai_ns=part.tracklet.to_tai_ns + 1 if part else track.first_plot_tai_ns,
                to_tai_ns=track.last_plot_tai_ns,
                time_tai_ns=time_tai_ns,
                x=x,
                P=P,
                boost_probability=float(ahead.boost_probability[i]),
                plots=track.plots - (part.plots if part else 0),
            )
            self._told[track.id] = _Told(one, bool(free[i]), ahead.x[i], ahead.P[i], track.plots)
            said.append(one)
        self._forget(tracker)
        return said

    def _ahead(self, tracker: Tracker, tracks: list[Track], time_tai_ns: int) -> Predicted:
        """The tracks at the time of telling, as unsure as their radars' biases make them."""
        ahead = tracker.predicted(time_tai_ns, [track.id for track in tracks])
        if self._unsure is None:
            return ahead
        more = np.array([self._unsure(history) for history in tracker.histories(track.id for track in tracks)])
        ahead_s = np.array([(time_tai_ns - track.time_tai_ns) / NS_PER_S for track in tracks])
        _, more = coasted(np.array([track.x for track in tracks]), more, ahead_s, 0.0)
        return replace(ahead, P=ahead.P + more)

    def _due(self, track: Track) -> bool:
        told = self._told.get(track.id)
        return told is None or track.plots > told.plots or not self._has_all(track.id)

    def _has_all(self, track: str) -> bool:
        """Whether the hearer is known to have counted all that was told of a track."""
        return track in self._told and self._counted.get(track, 0) >= self._told[track].tracklet.number

    def _local(self, track: Track) -> None:
        foreign = [name for name, _ in track.radars if name not in self.radars]
        if foreign:
            raise ValueError(
                f"track {track.id} of {self.owner} has plots of {', '.join(foreign)}, not a radar of its own: it is a "
                "fused track, shown and never told; give a tracker that hears the owner's radars only"
            )

    def _increments(
        self, x: Floats, P: Floats, before: list[_Told | None], time_tai_ns: int
    ) -> tuple[Bools, Floats, Floats]:
        """Which of the tracks (n,) can be told as increments, and the estimates (n, 6), (n, 6, 6) these are."""
        adds, z, R = np.zeros(len(x), dtype=bool), x.copy(), P.copy()
        rows = np.array([i for i, told in enumerate(before) if told is not None], dtype=np.int64)
        told = [each for each in before if each is not None]
        if len(told):
            ago_s = np.array([(time_tai_ns - each.tracklet.time_tai_ns) / NS_PER_S for each in told])
            last = np.array([each.x for each in told]), np.array([each.P for each in told])
            since = coasted(*last, ago_s, self.settings.coast_noise_m2_s3)
            found = as_estimates(x[rows], P[rows], *increment(x[rows], P[rows], *since))
            adds[rows], z[rows], R[rows] = found
        return adds, z, R

    def _forget(self, tracker: Tracker) -> None:
        """Let go of tracks that are no more."""
        if len(self._told) > 2 * len(live := {track.id for track in tracker.tracks()}):
            self._told = {name: told for name, told in self._told.items() if name in live}
            self._counted = {name: number for name, number in self._counted.items() if name in live}


def as_estimates(x: Floats, P: Floats, about: Floats, y: Floats, Y: Floats) -> tuple[Bools, Floats, Floats]:
    """Which increments can be told as estimates, and these: states (n, 6) and covariances (n, 6, 6).

    x, P: the whole tracks. In units of P, along the axes of the increment, each is what that axis' information says;
    an axis that learnt next to nothing is left where the track has it, and wide.
    """
    L = np.linalg.cholesky(P)
    gained, axes = np.linalg.eigh(L.swapaxes(-1, -2) @ Y @ L)
    axes = L @ axes
    says = times(axes.swapaxes(-1, -2), y - times(Y, x - about))
    says = np.where(gained < LEAST_SHARE, 0.0, says)
    wide = 1 / np.maximum(gained, LEAST_SHARE)
    R = (axes * wide[:, None, :]) @ axes.swapaxes(-1, -2)
    return gained[:, 0] > LOWEST_SHARE, x + times(axes, wide * says), 0.5 * (R + R.swapaxes(-1, -2))
