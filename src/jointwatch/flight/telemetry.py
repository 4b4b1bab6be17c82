"""The ascent that telemetry shows: a profile of one to three stages fitted to heights and speeds against time.

For any record of a launch: a broadcast's numbers, a range's table, a radar's track turned into height and speed. The
accelerations at nodes at most 20 s apart are found by least squares in which a row counts less the farther it is off,
so that misread rows do not pull the rest along. What comes out flies with `boost.ascent` like any other profile.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from jointwatch.earth.arrays import Bools, Floats
from jointwatch.earth.horizon import MEAN_RADIUS_M
from jointwatch.flight.boost import BoostProfile, staged
from jointwatch.flight.stages import Burnout, Stage, checked, motion, pieced

R = MEAN_RADIUS_M
NODES_APART_S = 20.0
_ROWS_PER_NODE = 3
_FEWEST_ROWS = 4
_HEIGHT_M, _SPEED_M_S, _DOWNRANGE_M = 200.0, 5.0, 500.0  # first guess of the scatter; then the record's own
_LEAST_HEIGHT_M, _LEAST_SPEED_M_S, _LEAST_DOWNRANGE_M = 10.0, 0.2, 10.0
_BEND_M_S2 = 20.0  # how far a node is expected off the straight line between its neighbours
_ROUNDS, _SETTLED_M_S2 = 15, 0.01


@dataclass(frozen=True, eq=False)
class Fitted:
    """An ascent fitted to telemetry, and what is left: fitted less told, at the rows used (k,).

    profile, burnout_speed_m_s, burnout_angle_rad, height_m: as `boost.ascent` wants them, for the flight itself.
    burnouts: where each stage ends, heights over the launch point.
    times_s: of the rows used; those after the last burnout are `left_out`.
    downrange_residual_m: None where no distance was given.
    """

    profile: BoostProfile
    burnout_speed_m_s: float
    burnout_angle_rad: float
    height_m: float
    burnouts: tuple[Burnout, ...]
    times_s: Floats
    height_residual_m: Floats
    speed_residual_m_s: Floats
    downrange_residual_m: Floats | None
    left_out: int

    def rows_of(self, number: int) -> Bools:
        """Which rows (k,) lie within a stage's burn, counted from 1, or in the coast before it."""
        begin = self.burnouts[number - 2].burnout_s if number > 1 else -np.inf
        return (self.times_s > begin) & (self.times_s <= self.burnouts[number - 1].burnout_s)


def fit(
    times_s: ArrayLike,
    height_m: ArrayLike,
    speed_m_s: ArrayLike,
    downrange_m: ArrayLike | None = None,
    *,
    stages: Sequence[tuple[float, float]],
    launch_height_m: float = 0.0,
) -> Fitted:
    """The profile that follows telemetry (n,), with what is left, in metres and m/s, at each row used.

    times_s: after launch, in any order, with any gaps. height_m: over the ellipsoid, or the sea where that is what the
    record has. speed_m_s: relative to the turning Earth. downrange_m: over the ground; without it, the distance
    follows from what of the speed is not climb.
    stages: ignition and burnout of each, seconds; rows after the last burnout (a first stage on its way back, a coast)
    are left out, so name only the stages that the record follows. A record that ends before a stage does: give its
    end as the burnout.
    Refused, with the row: numbers that are not finite, negative speeds; with the stage: too few rows, speed lost.

    >>> seconds = np.arange(0.0, 121.0)
    >>> found = fit(seconds, 4.5 * seconds**2, 15.0 * seconds, stages=[(0.0, 120.0)])
    >>> round(found.burnout_speed_m_s), round(float(np.rad2deg(found.burnout_angle_rad)))
    (1800, 37)
    >>> bool(np.abs(found.height_residual_m).max() < 20.0)
    True
    """
    t, h, v, *distance = _told(times_s, height_m, speed_m_s, downrange_m)
    _check_stages(stages)
    used = t <= stages[-1][1]
    record = _Record(t[used], h[used] - launch_height_m, v[used], *(d[used] for d in distance))
    nodes = _nodes(stages, record.t)
    solved = _solved(record, nodes)
    return _fitted(record, solved, launch_height_m, int(np.sum(~used)))


@dataclass(frozen=True, eq=False)
class _Record:
    """Rows to fit (k,): seconds, height over the launch point, speed, distance or None."""

    t: Floats
    h: Floats
    v: Floats
    d: Floats | None = None


@dataclass(frozen=True, eq=False)
class _Hats:
    """Integrals of the hats at the nodes of all stages, at some times: (k, m) metres and m/s for each m/s^2."""

    x: Floats
    v: Floats


def _told(*columns: ArrayLike | None) -> list[Floats]:
    """The columns as float arrays of one length, each number finite, no speed negative."""
    told: list[Floats] = []
    for name, column in zip(("times_s", "height_m", "speed_m_s", "downrange_m"), columns, strict=True):
        if column is None:
            continue
        values = np.atleast_1d(np.asarray(column, dtype=np.float64))
        if told and values.shape != told[0].shape:
            raise ValueError(f"{name} wants as many values as times_s, {told[0].shape}, got {values.shape}")
        bad = ~np.isfinite(values) | ((values < 0) if name == "speed_m_s" else False)
        if np.any(bad):
            row = int(np.flatnonzero(bad)[0])
            wanted = "finite numbers, zero or more" if name == "speed_m_s" else "finite numbers"
            raise ValueError(
                f"{name} wants {wanted}; {int(np.sum(bad))} are not, the first at row {row}: {values[row]}; leave "
                "those rows out of every column"
            )
        told.append(values)
    return told


def _check_stages(stages: Sequence[tuple[float, float]]) -> None:
    checked([Stage(float(begin), float(end), (0.0, 0.0), (0.0, 0.0)) for begin, end in stages])


def _nodes(stages: Sequence[tuple[float, float]], t: Floats) -> list[Floats]:
    """Node times of each stage: at most 20 s apart, farther where the rows are few."""
    nodes = []
    for number, (begin, end) in enumerate(stages, start=1):
        rows = int(np.sum((t >= begin) & (t <= end)))
        if rows < _FEWEST_ROWS:
            raise ValueError(
                f"stage {number} ({begin:g} to {end:g} s) has {rows} rows of telemetry; wanted at least "
                f"{_FEWEST_ROWS}, or leave the stage out"
            )
        pieces = int(np.clip(np.ceil((end - begin) / NODES_APART_S), 2, max(2, rows // _ROWS_PER_NODE)))
        nodes.append(np.linspace(begin, end, pieces + 1))
    return nodes


def _solved(record: _Record, nodes: list[Floats]) -> tuple[Stage, ...]:
    """The stages by Gauss and Newton's steps, twice: the first time with a guess of the scatter.

    A row r sigmas off weighs (1 + r^2)^-1/2. The free fall between the stages is that of the latest step.
    """
    hats = _hats(record.t, nodes)
    scatter = np.array([_HEIGHT_M, _SPEED_M_S, _DOWNRANGE_M])
    a = _first_guess(record, hats, nodes)
    for _ in range(2):
        a = _stepped(record, hats, nodes, a, scatter)
        left = _left(record, _stages(nodes, a))
        own = [1.4826 * np.median(np.abs(each)) for each in left if each is not None]
        scatter = np.maximum(own, [_LEAST_HEIGHT_M, _LEAST_SPEED_M_S, _LEAST_DOWNRANGE_M][: len(own)])
    return _stages(nodes, a)


def _stepped(record: _Record, hats: _Hats, nodes: list[Floats], a: Floats, scatter: Floats) -> Floats:
    bends = _bends(nodes) / _BEND_M_S2
    both = np.kron(np.eye(2), bends)
    for _ in range(_ROUNDS):
        (h, d), (climb, going) = _state(record.t, _stages(nodes, a))
        grown = 1 + h / R
        speed = np.hypot(climb, going * grown)
        slope = 1 / np.maximum(speed, 1.0)
        of_climb = (slope * climb)[:, None] * hats.v + (slope * going**2 * grown / R)[:, None] * hats.x
        of_going = (slope * going * grown**2)[:, None] * hats.v
        none = np.zeros_like(hats.x)
        rows = [(h - record.h, np.hstack([hats.x, none])), (speed - record.v, np.hstack([of_climb, of_going]))]
        if record.d is not None:
            rows.append((d - record.d, np.hstack([none, hats.x])))
        weighed = [_weighed(off / sigma, by / sigma) for (off, by), sigma in zip(rows, scatter, strict=False)]
        off = np.concatenate([each for each, _ in weighed] + [both @ a])
        step = _least_squares(np.vstack([by for _, by in weighed] + [both]), -off)
        a = a + step
        if np.max(np.abs(step)) < _SETTLED_M_S2:
            break
    return a


def _least_squares(by: Floats, told: Floats) -> Floats:
    """The solution by normal equations, columns of length one: ten times faster than by the rows, and as good here."""
    length = np.linalg.norm(by, axis=0)
    scaled = by / length
    return np.asarray(np.linalg.lstsq(scaled.T @ scaled, scaled.T @ told, rcond=1e-14)[0] / length)


def _weighed(off: Floats, by: Floats) -> tuple[Floats, Floats]:
    weight = (1 + off**2) ** -0.25  # its square is the weight
    return weight * off, weight[:, None] * by


def _first_guess(record: _Record, hats: _Hats, nodes: list[Floats]) -> Floats:
    """Climb from the heights alone, then distance from what is left of the speed."""
    bends = _bends(nodes) / _BEND_M_S2
    nothing = np.zeros(len(bends))

    def solve(by: Floats, told: Floats) -> Floats:
        return _least_squares(np.vstack([by, bends]), np.concatenate([told, nothing]))

    up = solve(hats.x / _HEIGHT_M, record.h / _HEIGHT_M)
    going = np.sqrt(np.maximum(record.v**2 - (hats.v @ up) ** 2, 0.0)) / (1 + record.h / R)
    return np.concatenate([up, solve(hats.v / _SPEED_M_S, going / _SPEED_M_S)])


def _bends(nodes: list[Floats]) -> Floats:
    """Second differences of the accelerations within each stage: rows that keep gaps in the record smooth."""
    m = sum(len(times) for times in nodes)
    rows, first = [], 0
    for times in nodes:
        for node in range(first, first + len(times) - 2):
            rows.append(np.bincount([node, node + 1, node + 2], weights=[1.0, -2.0, 1.0], minlength=m))
        first += len(times)
    return np.array(rows)


def _hats(t: Floats, nodes: list[Floats]) -> _Hats:
    """What one m/s^2 at each node, falling to nothing at its neighbours, adds to place and rate at times."""
    x, v = [], []
    for times in nodes:
        dt = times[1] - times[0]
        s = np.clip((t[:, None] - times[:-1]) / dt, 0, 1)
        after = np.maximum(t[:, None] - times[1:], 0)
        rising_v, falling_v = dt * s**2 / 2, dt * (s - s**2 / 2)
        rising_x, falling_x = dt**2 * s**3 / 6 + after * dt / 2, dt**2 * (s**2 / 2 - s**3 / 6) + after * dt / 2
        pad = np.zeros((len(t), 1))
        x.append(np.hstack([falling_x, pad]) + np.hstack([pad, rising_x]))
        v.append(np.hstack([falling_v, pad]) + np.hstack([pad, rising_v]))
    return _Hats(np.hstack(x), np.hstack(v))


def _stages(nodes: list[Floats], a: Floats) -> tuple[Stage, ...]:
    ends = np.cumsum([len(times) for times in nodes])[:-1]
    up, along = (np.split(half, ends) for half in np.split(a, 2))
    return tuple(
        Stage(float(times[0]), float(times[-1]), tuple(c.tolist()), tuple(g.tolist()))
        for times, c, g in zip(nodes, up, along, strict=True)
    )


def _state(t: Floats, stages: tuple[Stage, ...]) -> tuple[Floats, Floats]:
    """Height and distance (2, k), and their rates, of the stages at times."""
    x, v, _ = motion(pieced(stages), t)
    return x.T, v.T


def _left(record: _Record, stages: tuple[Stage, ...]) -> tuple[Floats, Floats, Floats | None]:
    """Fitted less told: height, speed, distance."""
    (h, d), (climb, going) = _state(record.t, stages)
    speed = np.hypot(climb, going * (1 + h / R))
    return h - record.h, speed - record.v, None if record.d is None else d - record.d


def _fitted(record: _Record, stages: tuple[Stage, ...], launch_height_m: float, left_out: int) -> Fitted:
    ends = np.array([stage.burnout_s for stage in stages])
    (h, d), (climb, going) = _state(ends, stages)
    speed = np.hypot(climb, going * (1 + h / R))
    _check_gain(stages, speed)
    height, speeds, downrange = _left(record, stages)
    profile = staged(stages)
    if profile.burnout_height_m is not None:
        profile = BoostProfile(
            profile.burn_time_s, None, profile.downrange_fraction, profile.burnout_height_m + launch_height_m, stages
        )
    return Fitted(
        profile,
        float(speed[-1]),
        float(np.arctan2(climb[-1], going[-1] * (1 + h[-1] / R))),
        launch_height_m,
        tuple(
            Burnout(stage.ignition_s, stage.burnout_s, *(float(value) for value in state))
            for stage, *state in zip(stages, h, climb, d, going, strict=True)
        ),
        record.t,
        height,
        speeds,
        downrange,
        left_out,
    )


def _check_gain(stages: tuple[Stage, ...], speed: Floats) -> None:
    for number, (before, after) in enumerate(pairwise([0.0, *speed]), start=1):
        if after <= before:
            raise ValueError(
                f"stage {number} ({stages[number - 1].ignition_s:g} to {stages[number - 1].burnout_s:g} s) would end "
                f"at {after:.0f} m/s, slower than the one before at {before:.0f} m/s: the record does not follow its "
                "burn; leave the stage out"
            )
