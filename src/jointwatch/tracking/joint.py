"""One picture from the tracklets of several owners: which tracks are one object, and what is known of it by all.

Every owner's tracks are paired by their local tracks alone, anew at every exchange. A pair that no longer fits is
undone, and its objects are rebuilt from the local tracks, which fusion never touches. While a pair lasts, its object
takes each owner's increments as they come. What comes out is a `Fused`, which nothing here takes in again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from jointwatch.earth.arrays import Bools, Floats
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.tracking.account import Account, Increment, carried
from jointwatch.tracking.coasting import coasted
from jointwatch.tracking.fuse import GATE_PROBABILITY, GREATEST_COST, absorb, fuse, intersect, near
from jointwatch.tracking.information import definite, inverse
from jointwatch.tracking.settings import Settings
from jointwatch.tracking.track import Predicted
from jointwatch.tracking.tracklet import Tracklet, in_free_flight

KEEP_PROBABILITY = 0.99999
"""Share of the truly same pairs that stay together at an exchange: 34 for six components."""

STAY = 9.0
"""Of squared distance in favour of a pair that is: another must be e^4.5 times as likely before two objects swap."""

LOWEST_SHARE = -0.5
"""Least that an increment may take from what is known, in some direction: process noise takes little, less is wrong."""

Member = tuple[str, str]
"""An owner and its track."""


@dataclass(frozen=True, slots=True, eq=False)
class Fused:
    """One object as all owners together know it: to be shown, never sent. Its members say whose tracks are in it."""

    id: str
    time_tai_ns: int
    x: Floats
    P: Floats
    boost_probability: float
    members: tuple[Member, ...]


class Joint:
    """The joint picture: `take` tracklets of any owners, then ask for the objects `at` a time.

    undone: how many pairs were taken for one object and found to be two.

    >>> Joint().at(0)
    []
    """

    def __init__(self, *, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.undone = 0
        self._accounts: dict[str, Account] = {}
        self._pending: dict[Member, list[Increment]] = defaultdict(list)
        self._objects: dict[str, Fused] = {}
        self._named = 0

    def take(self, tracklets: Iterable[Tracklet]) -> None:
        """Count tracklets, of any owners and in any order."""
        by_owner: dict[str, list[Tracklet]] = defaultdict(list)
        for one in tracklets:
            if type(one) is not Tracklet:  # a type checker says so too, but a wrong picture must not depend on one
                raise TypeError(f"wanted tracklets, got a {type(one).__name__}; fused tracks are shown and never sent")
            by_owner[one.owner].append(one)
        for owner, told in by_owner.items():
            account = self._accounts.setdefault(owner, Account(owner, settings=self.settings))
            for news in account.hear(told):
                self._pending[owner, news.track].append(news)

    def counted(self, owner: str) -> dict[str, int]:
        """By track of an owner, the number up to which none of its tracklets is missing (`Teller.acknowledge`)."""
        return self._accounts[owner].counted() if owner in self._accounts else {}

    @property
    def refused(self) -> dict[str, int]:
        """How many tracklets were not counted, by reason."""
        totals: dict[str, int] = defaultdict(int)
        for account in self._accounts.values():
            for reason, count in account.refused.items():
                totals[reason] += count
        return dict(sorted(totals.items()))

    def at(self, time_tai_ns: int) -> list[Fused]:
        """Every object at a time, by id.

        # Algorithm
        1. Bring each owner's tracks to the time.
        2. Pair them; what was paired stays so as long as it fits.
        3. Objects whose members are the same as before take the increments that came; the others are put together anew.
        """
        local = {owner: account.at(time_tai_ns) for owner, account in sorted(self._accounts.items())}
        groups = self._grouped(local)
        held = {frozenset(each.members): each for each in self._free()}
        going_on = [held[frozenset(group)] for group in groups if frozenset(group) in held]
        fused, sound = self._continued(going_on, time_tai_ns)
        continued = {each.id: each for each, well in zip(fused, sound, strict=True) if well}
        anew = [group for group in groups if getattr(held.get(frozenset(group)), "id", "") not in continued]
        named = self._names(anew, continued)
        self._objects = {
            each.id: each for each in [*continued.values(), *self._put_together(named, local, time_tai_ns)]
        }
        self._pending.clear()
        return sorted(self._objects.values(), key=lambda one: int(one.id.removeprefix("J-")))

    # -- pairing -----------------------------------------------------------------------------------------------------

    def _grouped(self, local: dict[str, Predicted]) -> list[tuple[Member, ...]]:
        """Members that are one object, each owner's tracks joined in turn to the objects of those before."""
        before = {member: each.id for each in self._objects.values() for member in each.members}
        groups: list[tuple[Member, ...]] = []
        x, P = np.empty((0, 6)), np.empty((0, 6, 6))
        for owner, tracks in local.items():
            mine: list[Member] = [(owner, name) for name in tracks.ids]
            pairs = _pairs(x, P, groups, tracks, mine, before)
            left = np.ones(len(mine), dtype=bool)
            for i, j in pairs:
                groups[i] = (*groups[i], mine[j])
                left[j] = False
            rows, columns = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
            x[rows], P[rows] = fuse(x[rows], P[rows], tracks.x[columns], tracks.P[columns])
            groups += [(one,) for one, alone in zip(mine, left, strict=True) if alone]
            x, P = np.concatenate([x, tracks.x[left]]), np.concatenate([P, tracks.P[left]])
        self.undone += _parted(before, groups)
        return groups

    # -- what goes on ------------------------------------------------------------------------------------------------

    def _free(self) -> list[Fused]:
        """Objects in free flight, as were all their members' tracks; others are put together anew each time."""
        objects = list(self._objects.values())
        x, boost = np.array([one.x for one in objects]), np.array([one.boost_probability for one in objects])
        free = in_free_flight(x.reshape(-1, 6), boost)
        fresh = {member for member, news in self._pending.items() if any(one.fresh for one in news)}
        return [one for one, falls in zip(objects, free, strict=True) if falls and fresh.isdisjoint(one.members)]

    def _continued(self, going_on: Sequence[Fused], time_tai_ns: int) -> tuple[list[Fused], Bools]:
        """Objects with what has come since, and whether each can be believed."""
        if not going_on:
            return [], np.empty(0, dtype=bool)
        ahead_s = np.array([(time_tai_ns - each.time_tai_ns) / NS_PER_S for each in going_on])
        x, P = np.array([each.x for each in going_on]), np.array([each.P for each in going_on])
        x, P = coasted(x, P, ahead_s, self.settings.coast_noise_m2_s3)
        sound = np.ones(len(going_on), dtype=bool)
        news = [[one for member in each.members for one in self._pending.get(member, ())] for each in going_on]
        for nth in range(max(map(len, news))):
            rows = np.array([i for i, each in enumerate(news) if len(each) > nth])
            ones = [news[i][nth] for i in rows]
            late_s = np.array([(time_tai_ns - one.time_tai_ns) / NS_PER_S for one in ones])
            told = (
                np.array([one.about for one in ones]),
                np.array([one.y for one in ones]),
                np.array([one.Y for one in ones]),
            )
            about, y, Y = carried(told, x[rows], late_s)
            well = _takes(Y, P[rows])
            sound[rows] &= well
            rows = rows[well]
            x[rows], P[rows] = absorb(x[rows], P[rows], about[well], y[well], Y[well])
        said = zip(going_on, x, P, strict=True)
        return [Fused(one.id, time_tai_ns, a, b, one.boost_probability, one.members) for one, a, b in said], sound

    # -- what is put together anew -----------------------------------------------------------------------------------

    def _names(self, groups: Sequence[tuple[Member, ...]], taken: dict[str, Fused]) -> dict[str, tuple[Member, ...]]:
        """An id for each group: that of an object one of its members was in, if it is free, else a new one."""
        before = {member: each.id for each in self._objects.values() for member in each.members}
        named: dict[str, tuple[Member, ...]] = {}
        for group in sorted(groups, key=len, reverse=True):
            names = (before[one] for one in group if one in before)
            name = next((one for one in names if one not in taken and one not in named), None)
            if name is None:
                self._named += 1
                name = f"J-{self._named:04d}"
            named[name] = group
        return named

    def _put_together(
        self, named: dict[str, tuple[Member, ...]], local: dict[str, Predicted], time_tai_ns: int
    ) -> list[Fused]:
        """Objects from the local tracks of their members alone: added in free flight, else intersected."""
        row = {(owner, name): i for owner, tracks in local.items() for i, name in enumerate(tracks.ids)}
        groups = list(named.values())
        x = np.array([local[group[0][0]].x[row[group[0]]] for group in groups]).reshape(-1, 6)
        P = np.array([local[group[0][0]].P[row[group[0]]] for group in groups]).reshape(-1, 6, 6)
        boost = np.array([max(local[o].boost_probability[row[o, t]] for o, t in group) for group in groups])
        free = in_free_flight(x, boost)
        for nth in range(1, max(map(len, groups), default=0)):
            for join, which in ((fuse, free), (intersect, ~free)):
                rows = [i for i, group in enumerate(groups) if len(group) > nth and which[i]]
                if rows:
                    other = [groups[i][nth] for i in rows]
                    x_b = np.array([local[one[0]].x[row[one]] for one in other])
                    P_b = np.array([local[one[0]].P[row[one]] for one in other])
                    x[rows], P[rows] = join(x[rows], P[rows], x_b, P_b)[:2]
        said = zip(named.items(), x, P, boost, strict=True)
        return [Fused(name, time_tai_ns, a, b, float(c), group) for (name, group), a, b, c in said]


def _pairs(
    x: Floats, P: Floats, groups: Sequence[tuple[Member, ...]], tracks: Predicted, mine: Sequence[Member],
    before: dict[Member, str],
) -> list[tuple[int, int]]:  # fmt: skip
    """Indices of groups and of an owner's tracks that are one object, at the least total distance."""
    from jointwatch.tracking.associate import assign
    from jointwatch.tracking.gate import threshold

    rows, columns, d2 = near(x, P, tracks.x, tracks.P, greatest=threshold(KEEP_PROBABILITY, 6))
    known = [before.get(groups[i][0]) for i in rows]
    was = np.array([name is not None and name == before.get(mine[j]) for name, j in zip(known, columns, strict=True)])
    was = was.astype(bool)
    may = was | (d2 <= threshold(GATE_PROBABILITY, 6))
    rows, columns, cost = rows[may], columns[may], (d2 - STAY * was)[may]
    chosen = assign(rows, columns, GREATEST_COST - cost)
    return list(zip(rows[chosen].tolist(), columns[chosen].tolist(), strict=True))


def _parted(before: dict[Member, str], groups: Iterable[tuple[Member, ...]]) -> int:
    """How many members that still fly are no longer with those they were one object with."""
    now = {member: i for i, group in enumerate(groups) for member in group}
    homes: dict[str, set[int]] = defaultdict(set)
    for member, name in before.items():
        if member in now:
            homes[name].add(now[member])
    return sum(len(places) - 1 for places in homes.values())


def _takes(Y: Floats, P: Floats) -> Bools:
    """Which objects, known with covariances P (n, 6, 6), can take information Y (n, 6, 6) and stay well known."""
    well = definite(P)
    well[well] = definite(inverse(P[well]) + Y[well])
    L = np.linalg.cholesky(P[well])
    well[well] = np.linalg.eigvalsh(L.swapaxes(-1, -2) @ Y[well] @ L)[:, 0] > LOWEST_SHARE
    return well
