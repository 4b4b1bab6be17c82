"""Free flight: where objects are later or were before, along a path, at the ground, at their highest.

Gravity with J2 (or to J4), the turning Earth, air where a ballistic coefficient is given; many objects at once. Errors
of the method stay below 0.2 m over a whole flight (tests/flight); the model is another matter: winds and a real
atmosphere move an impact by tens to hundreds of metres (docs/method/flight.md). The `*_arrays`
functions take and give plain arrays. Numba is imported when a first result is wanted.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from jointwatch.earth.arrays import Bools, Floats
from jointwatch.earth.ellipsoid import geodetic_from_ecef
from jointwatch.earth.states import Ecef
from jointwatch.flight.model import EXP, Model

HORIZON_S = 5400.0
TOLERANCE_M = 0.2
AT_ONCE_S = 1e-6  # what is on the ground may be over it by a rounding
PART, ALONE = 8_192, 1_024  # objects worked on at a time: some megabytes, however many there are; fewer one by one
_NOTHING = np.int64(0)  # integration.NOTHING, without importing the kernels


@dataclass(frozen=True, eq=False)
class Impact:
    """Where falling objects meet the ground: seconds (n,) and states, NaN where `reached` (n,) is false."""

    time_s: Floats
    states: Ecef
    reached: Bools


def propagate(states: Ecef, duration_s: ArrayLike, *, beta_kg_m2: ArrayLike = np.inf, model: Model = EXP) -> Ecef:
    """States, m and m/s, a duration later, or earlier where it is negative; one duration for all or one each.

    beta_kg_m2: ballistic coefficient m / (C_D A), one for all or one each; infinite leaves the air out.
    Nothing stops at the ground: ask `impact` first. Backwards through dense air a state may grow beyond all numbers;
    it comes out as NaN.

    >>> start = Ecef(np.array([[6778137.0, 0.0, 0.0, 0.0, 7174.0, 0.0]]))
    >>> back_again = propagate(propagate(start, 600.0), -600.0)
    >>> bool(np.all(np.abs((back_again - start)[0, :3]) < 0.01))
    True
    """
    return Ecef(propagate_arrays(states.pos_vel, duration_s, beta_kg_m2=beta_kg_m2, model=model))


def transition(states: Ecef, duration_s: ArrayLike) -> tuple[Ecef, Floats]:
    """States a duration later or earlier, without air, and Phi (n, 6, 6), their derivatives by the states."""
    x, phi = transition_arrays(states.pos_vel, duration_s)
    return Ecef(x), phi


def trajectory(state: Ecef, times_s: ArrayLike, *, beta_kg_m2: float = np.inf, model: Model = EXP) -> Ecef:
    """States (k) of one object at times (k,) from the given state on, seconds, rising; negative times lie before it.

    >>> path = trajectory(Ecef(np.array([[6778137.0, 0.0, 0.0, 0.0, 7174.0, 0.0]])), [-10.0, 0.0, 10.0])
    >>> len(path), float(path.r_m[1, 0])
    (3, 6778137.0)
    """
    if len(state) != 1:
        raise ValueError(f"trajectory wants one state, got {len(state)}; `propagate` moves many")
    times = np.atleast_1d(np.asarray(times_s, dtype=np.float64))
    if times.ndim != 1 or not np.all(np.isfinite(times)) or np.any(np.diff(times) < 0):
        raise ValueError("times_s must be a row of finite seconds in rising order")
    past = times < 0
    backwards = states_at(state, times[past][::-1], beta_kg_m2=beta_kg_m2, model=model)[0, ::-1]
    onwards = states_at(state, times[~past], beta_kg_m2=beta_kg_m2, model=model)[0]
    return Ecef(np.concatenate([backwards, onwards]))


def states_at(states: Ecef, times_s: Floats, *, beta_kg_m2: ArrayLike = np.inf, model: Model = EXP) -> Floats:
    """States (n, m, 6) of n objects at times (m,) or (n, m), seconds from theirs on, each row further from zero.

    >>> orbit = Ecef(np.array([[6778137.0, 0.0, 0.0, 0.0, 7174.0, 0.0]] * 2))
    >>> states_at(orbit, np.array([[0.0, 10.0], [0.0, 20.0]]))[:, :, 1].round(-2).tolist()
    [[0.0, 71700.0], [0.0, 143500.0]]
    """
    return _fly(states.pos_vel, times_s, beta_kg_m2, model=model)[0]


def impact(
    states: Ecef,
    *,
    beta_kg_m2: ArrayLike = np.inf,
    horizon_s: float = HORIZON_S,
    model: Model = EXP,
    tolerance_m: float = TOLERANCE_M,
    workers: int | None = None,
) -> Impact:
    """Time and state at which each object meets the ellipsoid on its way down, within `horizon_s` seconds from now.

    What is on the ground or under it and does not rise has reached it at time 0. An orbit, and what escapes, does
    not arrive: `reached` says so.
    tolerance_m: what the method may add to the place of an impact; measured against heyoka it adds less than a third
    of that, and to its time less than what the object moves half of that in.
    workers: threads to share many objects among; as many as there are processors unless given.

    >>> from jointwatch.earth.ellipsoid import ecef_from_geodetic
    >>> over = Ecef(np.append(ecef_from_geodetic(0.6, 0.9, 100e3), [0.0, 0.0, 3000.0]))
    >>> impact(over, beta_kg_m2=5000.0).time_s.round(1)
    array([468.2])
    """
    time_s, x, reached = impact_arrays(
        states.pos_vel, beta_kg_m2, horizon_s, model=model, tolerance_m=tolerance_m, workers=workers
    )
    return Impact(time_s, Ecef(x), reached)


def apogee(
    states: Ecef, *, beta_kg_m2: ArrayLike = np.inf, horizon_s: float = HORIZON_S, model: Model = EXP
) -> tuple[Floats, Floats]:
    """Time (n,), seconds from now, and height over the ellipsoid (n,), metres, of the apogee nearest in the flight.

    Of a climbing object the next apogee, of a sinking one the last, at a negative time; NaN beyond the horizon.
    """
    from jointwatch.flight.integration import APOGEE

    x = states.pos_vel
    heights = geodetic_from_ecef(states.r_m + np.stack([0 * states.v_m_s, states.v_m_s * 1e-3]))[2]
    sinking = heights[1] < heights[0]
    _, time_s, there = _fly(x, np.where(sinking, -horizon_s, horizon_s)[:, None], beta_kg_m2, APOGEE, model)
    return time_s, geodetic_from_ecef(there[:, :3])[2]


def propagate_arrays(x: Floats, duration_s: ArrayLike, *, beta_kg_m2: ArrayLike = np.inf, model: Model = EXP) -> Floats:
    """States (n, 6) a duration after the states (n, 6): `propagate` on plain arrays."""
    durations = np.empty((len(x), 1))
    durations[:, 0] = duration_s
    return _fly(x, durations, beta_kg_m2, model=model)[0][:, 0]


def transition_arrays(x: Floats, duration_s: ArrayLike) -> tuple[Floats, Floats]:
    """States (n, 6) a duration after the states (n, 6), and Phi (n, 6, 6): `transition` on plain arrays.

    For a tracker at every scan: 7 us a call and 0.4 us per object and 10 s. The state is good to 0.1 mm over 10 s.
    """
    from jointwatch.flight.variation import vary

    start = np.array(x, dtype=np.float64, order="C")
    n = len(start)
    durations, x_new, phi = np.empty(n), np.empty((n, 6)), np.empty((n, 6, 6))
    durations[:] = duration_s
    vary(start, _finite(durations), x_new, phi, np.empty((4, 7, 6)))
    return x_new, phi


def impact_arrays(
    x: Floats,
    beta_kg_m2: ArrayLike,
    horizon_s: float = HORIZON_S,
    *,
    model: Model = EXP,
    tolerance_m: float = TOLERANCE_M,
    workers: int | None = None,
) -> tuple[Floats, Floats, Bools]:
    """Times (n,), states (n, 6) and whether the ground was reached (n,): `impact` on plain arrays."""
    start, inverse_beta = checked(x, beta_kg_m2)
    check_positive("horizon_s", horizon_s, "seconds")
    check_positive("tolerance_m", tolerance_m, "metres")
    time_s, there = np.empty(len(start)), np.empty_like(start)

    def land(part: slice) -> None:
        time_s[part], there[part] = _land(start[part], inverse_beta[part], model, tolerance_m, horizon_s)

    shared(land, len(start), workers)
    return time_s, there, ~np.isnan(time_s)


def _land(x: Floats, inverse_beta: Floats, model: Model, tolerance_m: float, horizon_s: float) -> tuple[Floats, Floats]:
    """Times and states at the ground of one part."""
    from jointwatch.flight.itinerary import to_ground

    time_s, there, left = to_ground(x, inverse_beta, model, tolerance_m)
    return landed(x, inverse_beta, model, horizon_s, time_s, there, left)


def landed(
    x: Floats, inverse_beta: Floats, model: Model, horizon_s: float, time_s: Floats, there: Floats, left: Bools
) -> tuple[Floats, Floats]:
    """Times (n,) and states (n, 6) at the ground, after the fast legs: what they left is flown one by one.

    What was on the ground is there at once, and what comes later than the horizon is NaN. Both are written in place.
    """
    rest = np.flatnonzero(left)
    if rest.size:
        from jointwatch.flight.integration import GROUND

        horizon = np.full((rest.size, 1), horizon_s)
        _, time_s[rest], there[rest] = one_by_one(x[rest], inverse_beta[rest], horizon, model, GROUND)
    here = time_s < AT_ONCE_S
    time_s[here], there[here] = 0.0, x[here]
    late = ~(time_s <= horizon_s)
    time_s[late], there[late] = np.nan, np.nan
    return time_s, there


def shared(work: Callable[[slice], None], count: int, workers: int | None, *, part: int = PART) -> None:
    """Do the work on parts of the objects, in as many threads as there are processors: kernels let others run."""
    parts = [slice(first, min(first + part, count)) for first in range(0, count, part)]
    threads = min(len(parts), workers or os.cpu_count() or 1) if len(parts) > 1 else 1
    if threads == 1:
        for piece in parts:
            work(piece)
        return
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, parts))


def _fly(
    x: Floats, times: Floats, beta_kg_m2: ArrayLike, event: np.int64 = _NOTHING, model: Model = EXP
) -> tuple[Floats, Floats, Floats]:
    """States (n, m, 6) at the times (n, m) or (m,), and time and state of the event."""
    rows = np.empty((len(x), times.shape[-1]))
    rows[:] = _finite(times)
    return one_by_one(_states(x), _inverse(beta_kg_m2, len(x)), rows, model, event)


def checked(x: Floats, beta_kg_m2: ArrayLike) -> tuple[Floats, Floats]:
    """States (n, 6) and one over each ballistic coefficient (n,), copied for the kernels; nonsense is refused."""
    return _states(x), _inverse(beta_kg_m2, len(x))


def one_by_one(
    x: Floats, inverse_beta: Floats, times: Floats, model: Model, event: np.int64
) -> tuple[Floats, Floats, Floats]:
    """States (n, m, 6) at the times (n, m), time (n,) and state (n, 6) of the event: the way that takes all."""
    from jointwatch.flight.dop853 import STAGES
    from jointwatch.flight.integration import fly

    n, m = times.shape
    states, event_time, event_state = np.full((n, m, 6), np.nan), np.full(n, np.nan), np.full((n, 6), np.nan)
    forces = model.forces

    def go(part: slice) -> None:
        work = np.empty((STAGES + 3, 6))
        fly(
            x[part], inverse_beta[part], forces, times[part], event, states[part], event_time[part], event_state[part],
            work,
        )  # fmt: skip

    if m:
        shared(go, n, None, part=ALONE)
    return states, event_time, event_state


def _states(x: Floats) -> Floats:
    """A copy of the states in the kernels' order; what is no state is refused with its index."""
    start = np.array(x, dtype=np.float64, order="C")
    if start.ndim != 2 or start.shape[1] != 6:
        raise ValueError(f"wanted states as an array (n, 6) of m and m/s, got shape {np.shape(x)}")
    wrong = np.flatnonzero(~np.isfinite(start).all(axis=1))
    if wrong.size:
        raise ValueError(f"every state must be six finite numbers; number {wrong[0]} is {start[wrong[0]].tolist()}")
    return start


def _inverse(beta_kg_m2: ArrayLike, count: int) -> Floats:
    """One over each ballistic coefficient; what is none is refused with its index."""
    beta = np.asarray(beta_kg_m2, dtype=np.float64)
    if beta.ndim and beta.shape != (count,):
        raise ValueError(f"beta_kg_m2 must be one number or one for each of {count} states, got shape {beta.shape}")
    wrong = np.flatnonzero(~(beta > 0))
    if wrong.size:
        which = f" at number {wrong[0]}" if beta.ndim else ""
        raise ValueError(f"beta_kg_m2 must be positive (infinite without air), got {beta.ravel()[wrong[0]]}{which}")
    # filled, not broadcast: Numba would compile everything again for arrays that may not be written
    inverse = np.empty(count)
    inverse[:] = 1 / beta
    return inverse


def _finite(seconds: Floats) -> Floats:
    if not np.all(np.isfinite(seconds)):
        raise ValueError("durations and times must be finite seconds; at least one is not")
    return seconds


def check_positive(name: str, value: float, unit: str) -> None:
    """Refuse a quantity that is not positive and finite."""
    if not 0 < value < np.inf:
        raise ValueError(f"{name} must be positive and finite, in {unit}; got {value}")
