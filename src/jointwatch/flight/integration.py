"""Free flight of many objects at once: an adaptive Runge-Kutta method of order 8, compiled by Numba.

One kernel, `fly`, serves `coast.propagate`, `trajectory`, `impact` and `apogee`, so that it is compiled once. Plain
float64 arrays in C order; no argument is checked here, `coast` does that.

Every number that comes out, between steps and at the ground too, is the end of a Runge-Kutta step from the last
accepted state, never an interpolation: interpolants were measured to be metres off in the entry.
"""

from __future__ import annotations

from math import copysign, isfinite, isnan, nan, sqrt

import numpy as np

from jointwatch.earth.air import layer_at
from jointwatch.earth.arrays import Floats
from jointwatch.earth.compiled import kernel
from jointwatch.earth.height import height_rate
from jointwatch.flight.dop853 import ERROR, STAGES, WEIGHTS, A
from jointwatch.flight.dynamics import acceleration
from jointwatch.flight.ellipse import leverage_s
from jointwatch.flight.model import Forces

# What a flight may end at. NumPy's integers, because Numba compiles a function again for each literal of Python's.
NOTHING, GROUND, APOGEE = np.int64(0), np.int64(1), np.int64(2)

# The error of one step that is accepted: metres of position, and 300 s times the velocity, about what is left of a
# flight, or more where the impact of a long flight is asked for. It belongs to the method of order 5, so what is kept
# is far better: see tests/flight/test_coast.py.
TOLERANCE_M = 0.03
VELOCITY_WEIGHT_S = 300.0
FIRST_STEP_S = 20.0
SHORTEST_STEP_S = 1e-9
MOST_STEPS = 20_000
# No step may look past 100 km on its way down, and in the air none falls or climbs farther than this, two scale
# heights: from the vacuum the air is invisible, and both the state and its error would be wrong.
LONGEST_CLIMB_M = 15_000.0
AIR_TOP_M = 100_000.0
BESIDE_M = 20.0  # so near a joint of layers is at it
GROUND_TOLERANCE_M, BURIED_M = 1e-4, 1e-2
CLIMB_TOLERANCE_M_S = 1e-6


@kernel
def _slope(y: Floats, inverse_beta: float, forces: Forces, k: Floats) -> None:
    """Write the time derivative of a state."""
    k[0], k[1], k[2] = y[3], y[4], y[5]
    k[3], k[4], k[5] = acceleration(y[0], y[1], y[2], y[3], y[4], y[5], inverse_beta, forces)


@kernel
def _weighed(k: Floats, weights: Floats, rows: int) -> tuple[float, float, float, float, float, float]:
    """The weighed sum of the first rows of k; in six scalars, which stay in registers: a third faster than an array."""
    s0 = s1 = s2 = s3 = s4 = s5 = 0.0
    for i in range(rows):
        w = weights[i]
        s0 += w * k[i, 0]
        s1 += w * k[i, 1]
        s2 += w * k[i, 2]
        s3 += w * k[i, 3]
        s4 += w * k[i, 4]
        s5 += w * k[i, 5]
    return s0, s1, s2, s3, s4, s5


@kernel
def _copy(source: Floats, target: Floats) -> None:
    """Copy a state; a slice assignment would take Numba three seconds to compile."""
    for j in range(6):
        target[j] = source[j]


@kernel
def _step(y: Floats, h: float, inverse_beta: float, forces: Forces, k: Floats, y_new: Floats) -> tuple[float, float]:
    """The squared errors of position and velocity of a step of h seconds from y; y_new: its end, k[0]: slope at y."""
    for stage in range(1, STAGES):
        s0, s1, s2, s3, s4, s5 = _weighed(k, A[stage], stage)
        u, v, w = y[3] + h * s3, y[4] + h * s4, y[5] + h * s5
        k[stage, 0], k[stage, 1], k[stage, 2] = u, v, w
        k[stage, 3], k[stage, 4], k[stage, 5] = acceleration(
            y[0] + h * s0, y[1] + h * s1, y[2] + h * s2, u, v, w, inverse_beta, forces
        )
    s0, s1, s2, s3, s4, s5 = _weighed(k, WEIGHTS, len(k))
    y_new[0], y_new[1], y_new[2] = y[0] + h * s0, y[1] + h * s1, y[2] + h * s2
    y_new[3], y_new[4], y_new[5] = y[3] + h * s3, y[4] + h * s4, y[5] + h * s5
    e0, e1, e2, e3, e4, e5 = _weighed(k, ERROR, len(k))
    return h * h * (e0 * e0 + e1 * e1 + e2 * e2), h * h * (e3 * e3 + e4 * e4 + e5 * e5)


@kernel
def _height_and_climb(y: Floats, direction: float) -> tuple[float, float]:
    """Height and its rate in the direction of travel through time."""
    height, rate = height_rate(y[0], y[1], y[2], y[3], y[4], y[5])
    return height, direction * rate


@kernel
def _root(
    y: Floats, low: float, at_low: float, high: float, at_high: float, inverse_beta: float, forces: Forces,
    kind: np.int64, direction: float, k: Floats, trial: Floats,
) -> float:  # fmt: skip
    """Seconds after y, between low and high, at which height (GROUND) or climb (APOGEE) is 0; trial is the state there.

    Regula falsi with the Illinois weight [M. Dowell, P. Jarratt, BIT 11 (1971) 168], each value a fresh step.
    """
    middle = high
    for _ in range(60):
        middle = high - at_high * (high - low) / (at_high - at_low)
        _step(y, middle, inverse_beta, forces, k, trial)
        height, climb = _height_and_climb(trial, direction)
        at_middle, close = (height, GROUND_TOLERANCE_M) if kind == GROUND else (climb, CLIMB_TOLERANCE_M_S)
        if abs(at_middle) <= close:
            break
        if at_middle * at_high < 0:
            low, at_low = high, at_high
        else:
            at_low *= 0.5
        high, at_high = middle, at_middle
    return middle


@kernel
def _event_within(
    y: Floats, h: float, before: tuple[float, float], after: tuple[float, float], inverse_beta: float, forces: Forces,
    event: np.int64, direction: float, k: Floats, trial: Floats,
) -> float:  # fmt: skip
    """Seconds after y at which the event happens within an accepted step of h, NaN if it does not; trial: the state.

    before, after: height and climb at the ends of the step.
    1. Where the climb changes sign, the highest or lowest point may matter: an apogee, a hop of an object that just
       left the ground, or a grazing path that dips under it and out again. Find it; it splits the step.
    2. The ground is met if the lower part ends under it. What starts under it and only sinks is on the ground.
    """
    low, at_low, high, at_high = 0.0, before[0], h, after[0]
    rises = before[1] > 0
    if event == NOTHING or (event == GROUND and rises and after[1] > 0):
        return nan
    if before[1] * after[1] < 0 and rises == (event == APOGEE or at_high <= 0):
        turn = _root(y, 0.0, before[1], h, after[1], inverse_beta, forces, APOGEE, direction, k, trial)
        if event == APOGEE:
            return turn
        if rises:
            low, at_low = turn, _height_and_climb(trial, direction)[0]
        else:
            high, at_high = turn, _height_and_climb(trial, direction)[0]
    if event == APOGEE or at_high > 0:
        return nan
    if at_low <= 0:
        _copy(y, trial)
        return 0.0
    return _root(y, low, at_low, high, at_high, inverse_beta, forces, GROUND, direction, k, trial)


@kernel
def _next_step(wanted: float, left: float, now: tuple[float, float], bounds_m: Floats) -> float:
    """The length of the step to try: not past the end, nor through much air at once, nor far into another layer.

    Where layers meet the density has a kink, which no step of order 8 sees. A step ends about there, and the next
    begins with what was missed.
    """
    height, climb = now
    way = max(LONGEST_CLIMB_M, height - AIR_TOP_M)
    if len(bounds_m) > 2 and height < AIR_TOP_M:
        layer = layer_at(height + copysign(BESIDE_M, climb), bounds_m)
        way = min(way, BESIDE_M + abs((bounds_m[layer + 1] if climb > 0 else bounds_m[layer]) - height))
    return min(wanted, left, way / abs(climb))


@kernel
def _adapted(length: float, error: float) -> float:
    """The length for the next try: at most 8 times this one, a tenth if the error is beyond number."""
    if not isfinite(error):
        return 0.1 * length
    eighth_root = sqrt(sqrt(sqrt(max(error, 1e-12))))
    return length * min(8.0, max(0.1, 0.9 / eighth_root))


@kernel
def _fill_before(
    last: float, filled: np.int64, y: Floats, t: float, times: Floats, inverse_beta: float, forces: Forces,
    direction: float, k: Floats, states: Floats,
) -> np.int64:  # fmt: skip
    """Fill the states at the times before `last`, each by a step of its own from y at t; the count of those filled."""
    while filled < len(times) and direction * (times[filled] - last) < 0:
        _step(y, times[filled] - t, inverse_beta, forces, k, states[filled])
        filled += 1
    return filled


@kernel
def _fill_at(t: float, filled: np.int64, y: Floats, times: Floats, states: Floats) -> np.int64:
    """Fill the states at the times equal to t; the count of those filled."""
    while filled < len(times) and times[filled] == t:
        _copy(y, states[filled])
        filled += 1
    return filled


@kernel
def _fly_one(
    y: Floats,
    inverse_beta: float,
    forces: Forces,
    times: Floats,
    event: np.int64,
    states: Floats,
    k: Floats,
    y_new: Floats,
    trial: Floats,
) -> float:
    """Seconds to the event, NaN without; `states` gets the states at `times` before it, `trial` the one at it."""
    end = times[-1]
    direction = copysign(1.0, end)
    t, wanted = 0.0, FIRST_STEP_S
    now = _height_and_climb(y, direction)
    weight_s = max(VELOCITY_WEIGHT_S, leverage_s(y, now[1])) if event == GROUND else VELOCITY_WEIGHT_S
    filled = _fill_at(0.0, np.int64(0), y, times, states)
    for _ in range(MOST_STEPS):
        left = abs(end - t)
        if left == 0.0 or not wanted > SHORTEST_STEP_S:
            break
        length = _next_step(wanted, left, now, forces[3])
        h = direction * length
        _slope(y, inverse_beta, forces, k[0])
        off2, slip2 = _step(y, h, inverse_beta, forces, k, y_new)
        error = sqrt(off2 + weight_s * weight_s * slip2) / TOLERANCE_M
        if not error <= 1.0:  # NaN and infinity are refused too: finite / infinite is 0, and was once accepted
            wanted = _adapted(length, error)
            continue
        t_new = end if length == left else t + h
        then = _height_and_climb(y_new, direction)
        tau = _event_within(y, h, now, then, inverse_beta, forces, event, direction, k, trial)
        last = t_new if isnan(tau) else t + tau
        filled = _fill_before(last, filled, y, t, times, inverse_beta, forces, direction, k, states)
        if not isnan(tau):
            return last
        filled = _fill_at(t_new, filled, y_new, times, states)
        grown = _adapted(length, error)
        wanted = max(wanted, grown) if length < wanted else grown  # a step cut short says nothing against the next
        t, now = t_new, then
        _copy(y_new, y)
    return nan


@kernel
def fly(
    x: Floats, inverse_beta: Floats, forces: Forces, times: Floats, event: np.int64, states: Floats, event_time: Floats,
    event_state: Floats, work: Floats,
) -> None:  # fmt: skip
    """Fill states (n, m, 6) at the times, the time of the event (n,) and the state there (n, 6).

    x: (n, 6) Earth-fixed states at time 0; inverse_beta: (n,).
    times: (n, m) seconds, each row away from 0 in one direction.
    states, event_state: hold NaN on entry, and keep it after the event, and where there is none or the numbers end.
    work: (STAGES + 3, 6), any content.
    """
    k, y, y_new, trial = work[3:], work[0], work[1], work[2]
    for i in range(len(x)):
        _copy(x[i], y)
        event_time[i] = _fly_one(y, inverse_beta[i], forces, times[i], event, states[i], k, y_new, trial)
        if event == GROUND and event_time[i] > 0 and _height_and_climb(trial, 1.0)[0] < -BURIED_M:
            event_time[i] = 0.0  # it rose under the ground and never got over it
            _copy(x[i], trial)
        if not isnan(event_time[i]):
            _copy(trial, event_state[i])
