"""Paths of many falling objects at once: flown once, asked for any time, apogee or crossing afterwards.

A path is its nodes, the ends of integration steps that were kept short enough for it: between two of them a
polynomial of degree five in time has both places, velocities and accelerations, and is within 0.12 m of the flight,
in the entry too; within 1.2 m where something light begins fast near the ground (docs/method/flight.md).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from jointwatch.earth.arrays import Bools, Floats, Ints
from jointwatch.earth.ellipsoid import geodetic_from_ecef
from jointwatch.earth.states import Ecef
from jointwatch.earth.topocentric import enu_basis
from jointwatch.flight import coast
from jointwatch.flight.model import EXP, Model

_PART = 2_048  # paths flown at a time: their nodes take some tens of megabytes
_SAMPLES = 1_000_000  # states sampled at a time
# Nodes of a path flown one by one: so far apart, and then cut until the velocity changes little between two.
_COARSE_S, _FINE_S, _AIR_M, _SLOW_M_S, _MOST_PARTS, _ROUNDS, _MANY = 20.0, 0.5, 130e3, 100.0, 32, 6, 100_000
_LOOKS = 4  # places between two nodes where a crossing is looked for


@dataclass(frozen=True, eq=False)
class Trajectories:
    """Paths of n objects: nodes `first[i]` to `first[i + 1]` are those of path i.

    time_s: (k,) seconds from the start, rising within a path. states: (k, 6) Earth-fixed, m and m/s.
    accelerations: (k, 3), m/s^2. landed: (n,) whether the path ends on the ground; else it ends at the horizon.
    """

    first: Ints
    time_s: Floats
    states: Floats
    accelerations: Floats
    landed: Bools

    def __len__(self) -> int:
        return len(self.landed)

    @property
    def end_s(self) -> Floats:
        """Seconds at which each path ends, (n,)."""
        return self.time_s[self.first[1:] - 1]

    def at(self, times_s: ArrayLike) -> Floats:
        """States (n, m, 6), Earth-fixed, at times (m,) common to all or (n, m); NaN where a path is not flying.

        >>> paths = fly(Ecef(np.array([[6478137.0, 0.0, 0.0, 2000.0, 3000.0, 0.0]])), beta_kg_m2=5000.0)
        >>> paths.at([0.0, 100.0, 1e4])[0, :, 0].round(0)
        array([6478137., 6633802.,      nan])
        """
        times = np.asarray(times_s, dtype=np.float64)
        rows = np.empty((len(self), times.shape[-1] if times.ndim else 1))
        rows[:] = times
        return self._sampled(np.arange(len(self)), rows)

    def each_at(self, path: Ints, times_s: Floats) -> Ecef:
        """States (m) of the paths with the numbers (m,), each at its time (m,)."""
        return Ecef(self._sampled(path, np.ascontiguousarray(times_s, dtype=np.float64)[:, None])[:, 0])

    def _sampled(self, path: Ints, times: Floats) -> Floats:
        from jointwatch.flight.segments import sample

        begin, end, out = self.first[path], self.first[path + 1], np.empty((*times.shape, 6))

        def fill(part: slice) -> None:
            sample(begin[part], end[part], self.time_s, self.states, self.accelerations, times[part], out[part])

        coast.shared(fill, len(path), None, part=max(1, _SAMPLES // max(1, times.shape[1])))
        return out


@dataclass(frozen=True, eq=False)
class Crossings:
    """When a measure of the state changes sign: path (m,) numbers, time_s (m,) seconds, rising (m,) whether upwards."""

    path: Ints
    time_s: Floats
    rising: Bools


def fly(
    states: Ecef, *, beta_kg_m2: ArrayLike = np.inf, horizon_s: float = coast.HORIZON_S, model: Model = EXP
) -> Trajectories:
    """The paths of all objects from their states to the ground, or to the horizon, seconds from now, if not there yet.

    Some 60 nodes of 80 bytes each for a flight of 2,000 km. What starts on the ground and sinks is one node.
    """
    x, inverse_beta = coast.checked(states.pos_vel, beta_kg_m2)
    coast.check_positive("horizon_s", horizon_s, "seconds")
    parts = [slice(begin, begin + _PART) for begin in range(0, max(1, len(x)), _PART)]
    flown: list[_Nodes | None] = [None] * len(parts)

    def work(numbers: slice) -> None:
        for number in range(numbers.start, min(numbers.stop, len(parts))):
            flown[number] = _nodes(x[parts[number]], inverse_beta[parts[number]], horizon_s, model)

    coast.shared(work, len(parts), None, part=1)
    count, time_s, path, pulls, landed = (np.concatenate(rows) for rows in zip(*filter(None, flown), strict=True))
    return Trajectories(np.concatenate([[0], np.cumsum(count)]), time_s, path, pulls, landed)


def apogee(paths: Trajectories) -> tuple[Floats, Floats]:
    """Time (n,), seconds, and height over the ellipsoid (n,), metres, of the highest place of each path."""
    turns = crossings(paths, climb_m_s)
    every = np.arange(len(paths))
    which = np.concatenate([every, every, turns.path])
    time_s = np.concatenate([paths.time_s[paths.first[:-1]], paths.end_s, turns.time_s])
    heights = height_m(paths.each_at(which, time_s))
    order = np.lexsort((heights, which))
    highest = order[np.flatnonzero(np.diff(which[order], append=-1))]
    return time_s[highest], heights[highest]


def crossings(paths: Trajectories, measure: Callable[[Ecef], Floats]) -> Crossings:
    """All times at which a measure of the state goes through zero, in the order of paths and of time.

    measure: takes states (m), returns numbers (m,): `height_m` less 100 km, the elevation over a radar's site, the
    angle to the edge of its sector. It is looked at a few times between nodes, some seconds apart in the air and some
    twenty above; what crosses and comes back in between is missed. The time is found to a microsecond.
    """
    path, time_s = _looks(paths)
    value = measure(paths.each_at(path, time_s))
    here = np.flatnonzero((path[1:] == path[:-1]) & (np.signbit(value[1:]) != np.signbit(value[:-1])))
    which, rising = path[here], np.signbit(value[here])
    low, high = time_s[here], time_s[here + 1]
    for _ in range(26):
        middle = (low + high) / 2
        before = np.signbit(measure(paths.each_at(which, middle))) == rising
        low, high = np.where(before, middle, low), np.where(before, high, middle)
    return Crossings(which, high, rising)


def height_m(states: Ecef) -> Floats:
    """Heights (n,) over the ellipsoid, in metres."""
    return geodetic_from_ecef(states.r_m)[2]


def climb_m_s(states: Ecef) -> Floats:
    """Rates (n,) at which the height grows, in m/s."""
    latitude, longitude, _ = geodetic_from_ecef(states.r_m)
    return np.asarray(np.einsum("ni,ni->n", enu_basis(latitude, longitude)[:, 2], states.v_m_s))


_Nodes = tuple[Ints, Floats, Floats, Floats, Bools]


def _looks(paths: Trajectories) -> tuple[Ints, Floats]:
    """Path and time of every node and of some places between."""
    path = np.repeat(np.arange(len(paths)), np.diff(paths.first))
    steps = np.where(np.diff(path, append=-1) == 0, np.diff(paths.time_s, append=0.0), 0.0)
    between = paths.time_s[:, None] + steps[:, None] * np.arange(_LOOKS) / _LOOKS
    kept = np.ones(between.shape, dtype=np.bool_)
    kept[steps == 0.0, 1:] = False
    return np.repeat(path, kept.sum(axis=1)), between[kept]


def _nodes(x: Floats, inverse_beta: Floats, horizon_s: float, model: Model) -> _Nodes:
    """Count, times, states, accelerations of the nodes, and whether they end on the ground, of one part."""
    from jointwatch.flight.itinerary import nodes_to_ground
    from jointwatch.flight.segments import pulls

    nodes, count, left = nodes_to_ground(x, inverse_beta, model)
    last = np.clip(count, 1, nodes.shape[1]) - 1
    landed = ~left & (nodes[np.arange(len(x)), last, 0] <= horizon_s)
    rows = [nodes[i, : count[i]] if landed[i] else None for i in range(len(x))]
    for i in np.flatnonzero(~landed):
        rows[i], landed[i] = _alone(x[i : i + 1], inverse_beta[i : i + 1], horizon_s, model)
    flat = np.concatenate([np.empty((0, 7)), *(row for row in rows if row is not None)])
    count = np.array([0 if row is None else len(row) for row in rows], dtype=np.int64)
    path, out = np.ascontiguousarray(flat[:, 1:]), np.empty((len(flat), 3))
    pulls(path, np.repeat(inverse_beta, count), model.forces, out)
    return count, np.ascontiguousarray(flat[:, 0]), path, out, landed


def _alone(x: Floats, inverse_beta: Floats, horizon_s: float, model: Model) -> tuple[Floats, bool]:
    """Nodes (k, 7) of one object that does not go the ordinary way, and whether it lands: the finer the lower."""
    from jointwatch.flight.integration import GROUND, NOTHING

    _, time_s, _ = coast.one_by_one(x, inverse_beta, np.array([[horizon_s]]), model, GROUND)
    end = float(np.nan_to_num(time_s[0], nan=horizon_s))
    if end == 0.0:
        return np.concatenate([[[0.0]], x], axis=1), True
    coarse = np.linspace(0.0, end, 2 + int(end / _COARSE_S))[None]
    states, _, _ = coast.one_by_one(x, inverse_beta, coarse, model, NOTHING)
    low = height_m(Ecef(states[0])) < _AIR_M
    fine = [np.linspace(a, b, 1 + int(np.ceil((b - a) / _FINE_S)), endpoint=False) if near else [a]
            for a, b, near in zip(coarse[0], coarse[0, 1:], low[:-1] | low[1:], strict=False)]  # fmt: skip
    times = np.concatenate([*fine, [end]])
    for _ in range(_ROUNDS):
        states, _, _ = coast.one_by_one(x, inverse_beta, times[None], model, NOTHING)
        parts = _parts(times, states[0], inverse_beta, model)
        if parts.max() == 1 or len(times) > _MANY:
            break
        within = np.arange(parts.sum()) - np.repeat(np.cumsum(parts) - parts, parts)
        between = np.repeat(times[:-1], parts) + np.repeat(np.diff(times) / parts, parts) * within
        times = np.append(between, end)
    return np.concatenate([times[:, None], states[0]], axis=1), not np.isnan(time_s[0])


def _parts(times: Floats, states: Floats, inverse_beta: Floats, model: Model) -> Ints:
    """In how many parts each segment must be cut, so that the velocity changes by a share of itself at most."""
    from jointwatch.flight.legs import SHARE
    from jointwatch.flight.segments import pulls

    pull = np.empty((len(times), 3))
    pulls(np.ascontiguousarray(states), np.full(len(times), inverse_beta[0]), model.forces, pull)
    speed = np.maximum(np.linalg.norm(states[:, 3:], axis=1), _SLOW_M_S)
    way = SHARE * speed / np.linalg.norm(pull, axis=1)
    return np.asarray(np.clip(np.ceil(np.diff(times) / np.minimum(way[:-1], way[1:])), 1, _MOST_PARTS), dtype=np.int64)
