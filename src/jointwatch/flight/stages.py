"""The powered stages of an ascent, as accelerations that are straight between nodes, and their exact integrals.

Height over the launch point and distance over the ground are each the double integral of an acceleration that is
continuous within a stage and may jump between stages; between a burnout and the next ignition the vehicle falls
freely. Nothing of a vehicle's design is here: only where it is, and how fast, at each moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from jointwatch.earth.arrays import Floats
from jointwatch.earth.ellipsoid import GM_M3_S2
from jointwatch.earth.horizon import MEAN_RADIUS_M

R = MEAN_RADIUS_M
_NODES = 9  # of a stage of which only the ends are known
_STEEPEST, _HALVINGS = 12.0, 50


@dataclass(frozen=True)
class Stage:
    """One stage's burn: when, and its accelerations at nodes spread evenly from ignition to burnout.

    ignition_s, burnout_s: seconds after launch.
    climb_m_s2, along_m_s2: second derivatives of height and of distance over the ground, of as many nodes each.
    """

    ignition_s: float
    burnout_s: float
    climb_m_s2: tuple[float, ...]
    along_m_s2: tuple[float, ...]

    def __post_init__(self) -> None:
        if not 0 <= self.ignition_s < self.burnout_s < np.inf:
            raise ValueError(
                f"a stage burns from ignition_s to a later burnout_s, got {self.ignition_s} to {self.burnout_s} s"
            )
        if len(self.climb_m_s2) != len(self.along_m_s2) or len(self.climb_m_s2) < 2:
            raise ValueError(
                "climb_m_s2 and along_m_s2 want one value at each of the same two or more nodes, got "
                f"{len(self.climb_m_s2)} and {len(self.along_m_s2)}"
            )


@dataclass(frozen=True)
class Burnout:
    """Where one stage of an ascent ends, as published or assumed.

    height_m over the launch point, distance_m over the ground from it, both with their rates of change.
    """

    ignition_s: float
    burnout_s: float
    height_m: float
    climb_m_s: float
    distance_m: float
    ground_speed_m_s: float


@dataclass(frozen=True, eq=False)
class Course:
    """The pieces (m,) of an ascent between nodes: begin, seconds, and (m, 2) for height and distance.

    Within a piece the acceleration is a + j dt, the rate v + a dt + j dt^2 / 2, and so on.
    """

    begin_s: Floats
    x_m: Floats
    v_m_s: Floats
    a_m_s2: Floats
    j_m_s3: Floats
    last_ignition_s: float
    end_s: float


def checked(stages: Sequence[Stage]) -> tuple[Stage, ...]:
    """The stages, refused unless there are one to three, the first ignites at 0 and none before the last burnt out."""
    if not 1 <= len(stages) <= 3:
        raise ValueError(f"an ascent has one to three stages, got {len(stages)}")
    if stages[0].ignition_s != 0:
        raise ValueError(f"the first stage ignites at 0 s, got {stages[0].ignition_s} s; count seconds from launch")
    for number, (before, after) in enumerate(pairwise(stages), start=2):
        if after.ignition_s < before.burnout_s:
            raise ValueError(
                f"stage {number} ignites at {after.ignition_s} s, before the burnout at {before.burnout_s} s: stages "
                "that burn at once are one stage here"
            )
    return tuple(stages)


@lru_cache(maxsize=256)
def course(stages: tuple[Stage, ...]) -> Course:
    """`pieced`, remembered: a profile is asked for many times."""
    return pieced(stages)


def pieced(stages: Sequence[Stage]) -> Course:
    """The whole ascent in pieces, from rest; free fall between one stage's burnout and the next one's ignition."""
    begin: list[float] = []
    pieces: list[tuple[Floats, ...]] = []
    x, v, clock = np.zeros(2), np.zeros(2), 0.0
    for stage in stages:
        legs: list[tuple[float, float, Floats, Floats]] = []
        if stage.ignition_s > clock:
            fall = free_fall(x, v)
            legs.append((clock, stage.ignition_s, fall, fall))
        times = np.linspace(stage.ignition_s, stage.burnout_s, len(stage.climb_m_s2))
        nodes = np.array([stage.climb_m_s2, stage.along_m_s2]).T
        legs += zip(times, times[1:], nodes, nodes[1:], strict=False)
        for start, stop, a0, a1 in legs:
            dt = stop - start
            j = (a1 - a0) / dt
            begin.append(start)
            pieces.append((x, v, a0, j))
            x, v = x + dt * (v + dt * (a0 / 2 + dt * j / 6)), v + dt * (a0 + dt * j / 2)
        clock = stage.burnout_s
    at, rate, bend, jerk = (np.array(part) for part in zip(*pieces, strict=True))
    return Course(np.array(begin), at, rate, bend, jerk, last_ignition_s=stages[-1].ignition_s, end_s=clock)


def motion(path: Course, times_s: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Height and distance (..., 2), metres, their rates, m/s, and second derivatives, m/s^2, at times (...).

    At a staging instant the second derivatives are those of what follows it.
    """
    t = np.asarray(times_s, dtype=np.float64)
    row = np.clip(np.searchsorted(path.begin_s, t, side="right") - 1, 0, None)
    dt = (t - path.begin_s[row])[..., None]
    x, v, a, j = path.x_m[row], path.v_m_s[row], path.a_m_s2[row], path.j_m_s3[row]
    return x + dt * (v + dt * (a / 2 + dt * j / 6)), v + dt * (a + dt * j / 2), a + dt * j


def free_fall(x_m: Floats, v_m_s: Floats) -> Floats:
    """Second derivatives (2,) of height and distance without thrust, held through a coast of some seconds.

    On a sphere that does not turn: leaving the turning out costs 0.3 m/s^2 at 2 km/s, 3 m/s and 15 m after ten
    seconds.
    """
    r, climb, going = R + x_m[0], v_m_s[0], v_m_s[1]
    return np.array([-GM_M3_S2 / r**2 + r * (going / R) ** 2, -2 * going * climb / r])


def from_burnouts(burnouts: Sequence[Burnout]) -> tuple[Stage, ...]:
    """Stages that pass through each burnout, with the straightest acceleration there is between them.

    It is straight from ignition to burnout; but in the first stage it is bent where a straight one would first go
    backwards, as it would in distance: vehicles start straight up.

    >>> one = from_burnouts([Burnout(0.0, 60.0, 36e3, 1500.0, 18e3, 900.0)])
    >>> [round(a, 2) for a in one[0].climb_m_s2[::4]]
    [10.0, 25.0, 40.0]
    """
    stages: list[Stage] = []
    x, v, clock = np.zeros(2), np.zeros(2), 0.0
    for end in burnouts:
        if end.ignition_s > clock:
            dt, a = end.ignition_s - clock, free_fall(x, v)
            x, v = x + dt * (v + dt * a / 2), v + dt * a
        L = end.burnout_s - end.ignition_s
        there = np.array([end.height_m, end.distance_m]), np.array([end.climb_m_s, end.ground_speed_m_s])
        a0, a1 = (
            (6 * (there[0] - x) / L - 4 * v - 2 * there[1]) / L,
            (4 * there[1] + 2 * v - 6 * (there[0] - x) / L) / L,
        )
        climb, along = (tuple(np.linspace(p, q, _NODES).tolist()) for p, q in zip(a0, a1, strict=True))
        if not stages:
            climb, along = (
                bent(far / (fast * L), fast / L) if 0 < 3 * far < fast * L else straight
                for far, fast, straight in zip(*there, (climb, along), strict=True)
            )
        stages.append(Stage(end.ignition_s, end.burnout_s, climb, along))
        x, v, clock = *there, end.burnout_s
    return checked(stages)


@lru_cache(maxsize=4096)
def bent(fraction: float, mean_m_s2: float) -> tuple[float, ...]:
    """Accelerations at `_NODES` nodes, of a given mean, that come from rest to a fraction of speed times time.

    Straight at 1/3 and above; below, where a straight one would first go backwards, growing as the power of time that
    has the fraction. At 1/3 the two are one.

    >>> [round(a, 2) for a in bent(1 / 3, 1.0)[::4]], [round(a, 2) for a in bent(1 / 4, 1.0)[::4]]
    ([0.0, 1.0, 2.0], [0.0, 0.74, 3.01])
    """
    s = np.linspace(0, 1, _NODES)
    if fraction >= 1 / 3:
        first = 6 * fraction - 2
        shape = first + (2 - 2 * first) * s
    else:
        shape = s ** _power(fraction)
    return tuple((mean_m_s2 / _ends(shape)[1] * shape).tolist())


def _power(fraction: float) -> float:
    """The power of time whose chords between the nodes cover a fraction below 1/3: by halving."""
    low, high = 1.0, _STEEPEST
    if fraction < _covered(high):
        raise ValueError(
            f"a stage that covers {fraction:.3f} of speed times burn time starts too late; wanted at least "
            f"{_covered(high):.3f}"
        )
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if _covered(middle) > fraction else (low, middle)
    return (low + high) / 2


def _covered(power: float) -> float:
    distance, speed = _ends(np.linspace(0, 1, _NODES) ** power)
    return distance / speed


def _ends(nodes: Floats) -> tuple[float, float]:
    """Distance and speed at 1 of an acceleration from rest at 0, straight between nodes spread evenly."""
    dt = 1 / (len(nodes) - 1)
    gained = dt * (nodes[:-1] + nodes[1:]) / 2
    speed = np.concatenate([[0.0], np.cumsum(gained)])
    distance = np.sum(dt * (speed[:-1] + dt * (nodes[:-1] / 3 + nodes[1:] / 6)))
    return float(distance), float(speed[-1])
