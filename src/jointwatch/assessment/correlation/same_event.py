"""Are two launches one event, and how many objects did each side see of it?

Two estimates are of one event when place, time of the event and direction differ by no more than the 99.9 % point of
chi-square for the sum of their covariances. The time at which either was first seen is not compared: it says where a
radar stands. Objects of one side whose launches cannot be told apart are one event with several objects; what the other
side has of it is held against that, and a count that differs is said and not smoothed over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot, pi, remainder

import numpy as np

from jointwatch.assessment.correlation.area import Area, sigmas_outside
from jointwatch.assessment.correlation.launch import Launch
from jointwatch.assessment.finding import Place
from jointwatch.earth import geodesic
from jointwatch.earth.arrays import Floats
from jointwatch.earth.timescale import NS_PER_S, utc_from_tai_ns

CHI2_999 = {3: 16.266236196238129, 4: 18.46682695290317}  # 99.9 % points of chi-square
LEAST_S, LEAST_RAD = 5.0, np.deg2rad(3.0)  # both sides assume ascents of the same classes, and those only roughly


@dataclass(frozen=True, slots=True)
class Likeness:
    """How far two launches are apart; one_event: no further than chance allows in one case of a thousand.

    event_apart_s: the second's event after the first's. detection_apart_s: the same of when each was first seen; None
    where a side does not tell.
    """

    one_event: bool
    squared: float
    apart_m: float
    event_apart_s: float
    event_sigma_s: float
    detection_apart_s: float | None


@dataclass(frozen=True, slots=True)
class Shared:
    """One event as both sides have it: the objects of each, by name; one side may have none."""

    ours: tuple[str, ...]
    theirs: tuple[str, ...]
    likeness: Likeness | None
    sentence: str

    @property
    def same_count(self) -> bool:
        """Whether both sides have as many objects of it."""
        return len(self.ours) == len(self.theirs)


def likeness(a: Launch, b: Launch) -> Likeness:
    """Return how far two launches are apart, and whether they can be one event."""
    apart_m, _, _ = geodesic.inverse(
        a.place.latitude_rad, a.place.longitude_rad, b.place.latitude_rad, b.place.longitude_rad
    )
    both = Place(a.place.latitude_rad, a.place.longitude_rad, _sum(a.place.cov_en_m2, b.place.cov_en_m2))
    there = Area(np.array([[b.place.latitude_rad, b.place.longitude_rad]]))
    apart_s = (b.event.time_tai_ns - a.event.time_tai_ns) / NS_PER_S
    sigma_s = hypot(a.event.sigma_s, b.event.sigma_s, LEAST_S)
    squared, freedom = sigmas_outside(both, (there,)) ** 2 + (apart_s / sigma_s) ** 2, 3
    if a.direction is not None and b.direction is not None:
        turned = remainder(b.direction.azimuth_rad - a.direction.azimuth_rad, 2 * pi)
        squared += (turned / hypot(a.direction.sigma_rad, b.direction.sigma_rad, LEAST_RAD)) ** 2
        freedom = 4
    seen = None
    if a.detected_tai_ns is not None and b.detected_tai_ns is not None:
        seen = (b.detected_tai_ns - a.detected_tai_ns) / NS_PER_S
    return Likeness(squared <= CHI2_999[freedom], squared, float(apart_m), apart_s, sigma_s, seen)


def events(launches: Sequence[Launch]) -> list[tuple[Launch, ...]]:
    """Return launches of one side by event: those that cannot be told apart in place, time and direction together."""
    groups: list[list[Launch]] = []
    for launch in launches:
        near = [group for group in groups if any(_is_one(launch, other) for other in group)]
        rest = [group for group in groups if not any(group is other for other in near)]
        groups = [*rest, [*(one for group in near for one in group), launch]]
    return [tuple(sorted(group, key=lambda each: each.name)) for group in groups]


def shared(ours: Sequence[Launch], theirs: Sequence[Launch], *, us: str, them: str) -> list[Shared]:
    """Return every event of either side once, with what the other side has of it; nearest pairs first."""
    mine, other = events(ours), events(theirs)
    pairs = sorted(
        (nearest.squared, i, j, nearest)
        for i, a in enumerate(mine)
        for j, b in enumerate(other)
        if (nearest := _nearest(a, b)) is not None
    )
    taken: dict[int, tuple[int, Likeness]] = {}
    for _, i, j, nearest in pairs:
        if i not in taken and j not in {k for k, _ in taken.values()}:
            taken[i] = (j, nearest)
    found = [
        _shared(a, other[taken[i][0]] if i in taken else (), taken[i][1] if i in taken else None, us, them)
        for i, a in enumerate(mine)
    ]
    alone = [b for j, b in enumerate(other) if j not in {k for k, _ in taken.values()}]
    return [*found, *(_shared((), b, None, us, them) for b in alone)]


def _nearest(a: Sequence[Launch], b: Sequence[Launch]) -> Likeness | None:
    """The likeness of the nearest pair of two groups, or None where no pair can be one event."""
    pairs = [likeness(x, y) for x in a for y in b if in_time(x, y)]
    found = min(pairs, key=lambda each: each.squared, default=None)
    return found if found is not None and found.one_event else None


def _is_one(a: Launch, b: Launch) -> bool:
    return in_time(a, b) and likeness(a, b).one_event


def in_time(a: Launch, b: Launch) -> bool:
    """Return whether two launches can be one event by their times alone: the cheap question first."""
    apart_s = (b.event.time_tai_ns - a.event.time_tai_ns) / NS_PER_S
    return (apart_s / hypot(a.event.sigma_s, b.event.sigma_s, LEAST_S)) ** 2 <= max(CHI2_999.values())


def _sum(a: Floats, b: Floats) -> Floats:
    return np.asarray(np.asarray(a, dtype=float) + np.asarray(b, dtype=float))


def _shared(ours: Sequence[Launch], theirs: Sequence[Launch], apart: Likeness | None, us: str, them: str) -> Shared:
    return Shared(
        tuple(each.name for each in ours),
        tuple(each.name for each in theirs),
        apart,
        _alone(ours, theirs, us, them) if apart is None else _both(ours, theirs, apart, us, them),
    )


def _alone(ours: Sequence[Launch], theirs: Sequence[Launch], us: str, them: str) -> str:
    one, none, who = (us, them, ours) if ours else (them, us, theirs)
    return f"{one} has {_objects(who)} launched {_clock(who[0].event.time_tai_ns)}, and {none} reports none of it"


def _both(ours: Sequence[Launch], theirs: Sequence[Launch], apart: Likeness, us: str, them: str) -> str:
    """Return the sentence on one event: how far apart, when each saw it first, and how many objects each has."""
    names = ", ".join(each.name for each in theirs)
    said = (
        f"one event with {names} of {them}: launch points {apart.apart_m / 1e3:.0f} km "
        f"and launch times {abs(apart.event_apart_s):.0f} s apart (sigma {apart.event_sigma_s:.0f} s)"
    )
    if apart.detection_apart_s is not None:
        order = "after" if apart.detection_apart_s > 0 else "before"
        said += f"; {them} first saw it {abs(apart.detection_apart_s):.0f} s {order} {us}"
    if len(ours) == len(theirs):
        return f"{said}; both have {_objects(ours)}"
    return f"{said}; the counts differ: {us} has {_objects(ours)}, {them} {_objects(theirs)}"


def _objects(launches: Sequence[Launch]) -> str:
    return f"{len(launches)} object{'s' if len(launches) != 1 else ''}"


def _clock(tai_ns: int) -> str:
    return f"{utc_from_tai_ns(tai_ns, digits=0)[11:19]}Z"
