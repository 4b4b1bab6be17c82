"""What has been counted of an owner's tracklets: which numbers, and the local tracks they add up to.

An account holds, for each of the owner's tracks, what its tracklets taken together say. So long as all arrived that is
the owner's own track; where one is missing it is that track without the plots of the missing one, and a whole track
that comes later brings just their difference. Nothing is counted twice, whatever is repeated or comes late.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from jointwatch.earth.arrays import Bools, Floats
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.flight.coast import transition_arrays
from jointwatch.tracking.coasting import coasted
from jointwatch.tracking.fuse import absorb, increment, times
from jointwatch.tracking.information import definite, inverse
from jointwatch.tracking.settings import Settings
from jointwatch.tracking.track import Predicted
from jointwatch.tracking.tracklet import Tracklet, in_free_flight

COUNTED = "counted already"
OVERLAPS = "overlaps with what is counted"
OLDER = "a whole track older than what is counted"
UNTIMELY = "of a time far from its plots, or from what is counted"
TOO_FAR = "adds to a tracklet far beyond what is counted"
WITHOUT_BASE = "adds to a track never heard whole"
NO_ESTIMATE = "no estimate: not finite, or a covariance that is none"

MOST_MISSING = 256  # an hour of tracklets, were there one every fifteen seconds
LEAST_VARIANCE, MOST_VARIANCE = 1e-12, 1e18  # of metres and of metres per second
# The estimate that an increment's plots alone would give may lie far off, but no farther.
MOST = np.array([1e9, 1e9, 1e9, 1e7, 1e7, 1e7])
INNERMOST_M = 6.2e6


@dataclass(frozen=True, slots=True, eq=False)
class Increment:
    """Information that a tracklet brought about one track: y and Y about a point at a time (`fuse.increment`).

    fresh: the track begins anew, and what was fused from it before no longer holds.
    """

    track: str
    time_tai_ns: int
    about: Floats
    y: Floats
    Y: Floats
    fresh: bool = False


@dataclass(slots=True)
class _Counted:
    """One track: what its tracklets say together, the newest number, and the numbers missing below it."""

    newest: Tracklet
    x: Floats
    P: Floats
    time_tai_ns: int
    free: bool  # whether it was in free flight when last told whole
    missing: set[int] = field(default_factory=set)

    def note(self, one: Tracklet) -> None:
        """Write down the number of a tracklet that was counted; a whole track leaves nothing missing."""
        if one.since:
            self.missing.update(range(self.newest.number + 1, one.since + 1))
            self.missing.discard(one.number)
        else:
            self.missing.clear()
        if one.number > self.newest.number:
            self.newest = one


class Account:
    """The tracks of one owner, as its tracklets tell them.

    `hear` takes tracklets in any order; `counted` says which need not be told again; `at` gives the owner's tracks.
    """

    def __init__(self, owner: str, *, settings: Settings | None = None) -> None:
        self.owner = owner
        self.settings = settings or Settings()
        self.refused: Counter[str] = Counter()
        self._counted: dict[str, _Counted] = {}

    def hear(self, tracklets: Iterable[Tracklet]) -> list[Increment]:
        """What tracklets bring that was not yet counted, each at its own time or, where it is late, at its track's."""
        return [news for group in _rounds(list(tracklets)) for news in self._hear(group)]

    def counted(self) -> dict[str, int]:
        """By track, the number up to which no tracklet is missing: the answer to its owner (`Teller.acknowledge`)."""
        return {name: min(each.missing, default=each.newest.number + 1) - 1 for name, each in self._counted.items()}

    def missing(self, track: str) -> tuple[int, ...]:
        """Numbers of a track's tracklets that have not come."""
        return tuple(sorted(self._counted[track].missing))

    def estimate(self, track: str) -> tuple[int, Floats, Floats]:
        """Time, state (6,) and covariance (6, 6) of a track, as its tracklets together leave it."""
        counted = self._counted[track]
        return counted.time_tai_ns, counted.x, counted.P

    def forget(self, track: str) -> None:
        """Count nothing of a track any more, until it is told whole again."""
        self._counted.pop(track, None)

    def at(self, time_tai_ns: int) -> Predicted:
        """The owner's tracks at a time, but those of which nothing was heard for Settings.lost_after_s.

        Forgotten too are those told of a time more than Settings.jump_limit_s ahead, as far as a partner may choose.
        """
        patience, jump = self.settings.lost_after_s * NS_PER_S, self.settings.jump_limit_s * NS_PER_S
        ages = {name: time_tai_ns - each.newest.to_tai_ns for name, each in self._counted.items()}
        self.refused.update([UNTIMELY] * sum(age < -jump for age in ages.values()))
        self._counted = {name: self._counted[name] for name, age in ages.items() if -jump <= age <= patience}
        rows = list(self._counted.values())
        x, P = self._carried(rows, [time_tai_ns] * len(rows))
        boost, well = np.array([each.newest.boost_probability for each in rows]), _sound(x, P)
        names = tuple(name for name, one in zip(self._counted, well, strict=True) if one)
        return Predicted(time_tai_ns, names, x[well], P[well], boost[well])

    def _hear(self, group: Sequence[Tracklet]) -> list[Increment]:
        """Count tracklets of different tracks."""
        sound, free = _judged(group)
        news, adding = [], []
        for one, well, falls in zip(group, sound, free, strict=True):
            counted = self._counted.get(one.track)
            reason = self._objection(one, counted) if well else NO_ESTIMATE
            if reason:
                self.refused[reason] += 1
            elif counted is not None and (one.since or (falls and counted.free)):
                adding.append(one)
            else:
                self._counted[one.track] = _Counted(one, one.x, one.P, one.time_tai_ns, bool(falls))
                news.append(Increment(one.track, one.time_tai_ns, one.x, np.zeros(6), np.zeros((6, 6)), fresh=True))
        if adding:
            news += self._add(adding)
        return news

    def _objection(self, one: Tracklet, counted: _Counted | None) -> str | None:
        """Why a tracklet cannot be counted; nothing here grows with a number that a partner may choose."""
        jump = self.settings.jump_limit_s * NS_PER_S
        if abs(one.time_tai_ns - one.to_tai_ns) > jump:
            return UNTIMELY
        if counted is None:
            return WITHOUT_BASE if one.since else None
        if abs(one.time_tai_ns - counted.time_tai_ns) > jump:
            return UNTIMELY
        newest, missing = counted.newest.number, counted.missing
        if one.number <= newest and one.number not in missing:
            return COUNTED
        if not one.since:
            return OLDER if one.number < newest else None
        if one.since - newest > MOST_MISSING:
            return TOO_FAR
        last = min(one.number, newest)
        told = sum(one.since < number <= last for number in missing)
        return OVERLAPS if told < last - one.since else None

    def _add(self, adding: Sequence[Tracklet]) -> list[Increment]:
        """Add tracklets to their tracks, at the later of both times."""
        rows = [self._counted[one.track] for one in adding]
        at = [max(one.time_tai_ns, row.time_tai_ns) for one, row in zip(adding, rows, strict=True)]
        x, P = self._carried(rows, at)
        known = _sound(x, P)
        P = np.where(known[:, None, None], P, np.diag(MOST))
        z, R = np.array([one.x for one in adding]), np.array([one.P for one in adding])
        late_s = np.array([(now - one.time_tai_ns) / NS_PER_S for now, one in zip(at, adding, strict=True)])
        whole = np.array([one.since == 0 for one in adding])
        about, y, Y = z.copy(), np.zeros_like(z), inverse(R)
        about[whole], y[whole], Y[whole] = increment(z[whole], R[whole], x[whole], P[whole])
        about, y, Y = carried((about, y, Y), x, late_s)
        taken, adds = whole & (late_s == 0), known & definite(inverse(P) + Y)
        x[adds], P[adds] = absorb(x[adds], P[adds], about[adds], y[adds], Y[adds])
        x[taken], P[taken] = z[taken], R[taken]
        news, well = [], (adds | taken) & _sound(x, P) & _outside(x)
        for i, (row, one) in enumerate(zip(rows, adding, strict=True)):
            if not well[i]:  # a partner's nonsense: forget the track until it is told whole again
                del self._counted[one.track]
                self.refused[NO_ESTIMATE] += 1
                continue
            row.x, row.P, row.time_tai_ns = x[i], P[i], at[i]
            row.note(one)
            news.append(Increment(one.track, at[i], about[i], y[i], Y[i], fresh=not adds[i]))
        return news

    def _carried(self, rows: Sequence[_Counted], at: Sequence[int]) -> tuple[Floats, Floats]:
        x, P = np.array([row.x for row in rows]).reshape(-1, 6), np.array([row.P for row in rows]).reshape(-1, 6, 6)
        ahead_s = np.array([(now - row.time_tai_ns) / NS_PER_S for now, row in zip(at, rows, strict=True)])
        return coasted(x, P, ahead_s, self.settings.coast_noise_m2_s3)


def carried(told: tuple[Floats, Floats, Floats], x: Floats, late_s: Floats) -> tuple[Floats, Floats, Floats]:
    """Increments as they read so many seconds later, where their objects are then near x (n, 6)."""
    if not np.any(late_s):
        return told
    about, y, Y = told
    before, B = transition_arrays(x, -late_s)
    back = B.swapaxes(-1, -2)
    there = x + np.linalg.solve(B, (about - before)[..., None])[..., 0]
    return there, times(back, y), back @ Y @ B


def _judged(group: Sequence[Tracklet]) -> tuple[Bools, Bools]:
    """Which tracklets are estimates at all, and which are of objects in free flight."""
    x, P = np.array([one.x for one in group]).reshape(-1, 6), np.array([one.P for one in group]).reshape(-1, 6, 6)
    sound, whole = _sound(x, P), np.array([one.since == 0 for one in group])
    sound &= ~whole | _outside(x)
    free = np.zeros(len(group), dtype=bool)
    asked = sound & whole
    free[asked] = in_free_flight(x[asked], np.array([one.boost_probability for one in group])[asked])
    return sound, free


def _sound(x: Floats, P: Floats) -> Bools:
    """Which states (n, 6) and covariances (n, 6, 6) are within reason, and the latter have an inverse."""
    variances = np.einsum("nii->ni", P)
    within = ((variances >= LEAST_VARIANCE) & (variances <= MOST_VARIANCE)).all(axis=1)
    within &= (np.abs(x) <= MOST).all(axis=1)
    return np.asarray(within & definite(np.where(within[:, None, None], P, np.eye(6))))


def _outside(x: Floats) -> Bools:
    """Which states (n, 6) are not deep inside the Earth, where nothing falls as here."""
    return np.asarray(np.sum(x[:, :3] ** 2, axis=1) >= INNERMOST_M**2)


def _rounds(tracklets: Sequence[Tracklet]) -> list[list[Tracklet]]:
    """The tracklets in groups without two of one track, each track's in the order of their numbers."""
    nth: Counter[str] = Counter()
    groups: list[list[Tracklet]] = []
    for one in sorted(tracklets, key=lambda each: each.number):
        if nth[one.track] == len(groups):
            groups.append([])
        groups[nth[one.track]].append(one)
        nth[one.track] += 1
    return groups
