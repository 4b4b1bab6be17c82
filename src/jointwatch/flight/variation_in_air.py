"""How a small change of a state, or of the ballistic coefficient, grows in gravity and air; compiled by Numba.

The state and its seven columns of derivatives are integrated together by DOP853: no differences are taken, and the
error of each column is held like the state's. Height is the variable where an object sinks or climbs fast through the
air, time elsewhere: the slope of the density jumps where pieces of the atmosphere meet, and with it the columns'
rates; by height these joints are ends of steps. By either variable the columns remain derivatives at a time, for it
only says how fast one path is walked.

A block is (7, 8). Rows: the six components, and the time in the first number of the last. Columns: the state, its
derivatives by the six components at the start, and by the logarithm of the ballistic coefficient.
"""

from __future__ import annotations

from math import copysign, inf, isfinite, nan, sqrt

import numpy as np

from jointwatch.earth.air import density_and_slope, layer_at
from jointwatch.earth.arrays import Floats
from jointwatch.earth.compiled import kernel
from jointwatch.earth.ellipsoid import OMEGA_RAD_S
from jointwatch.earth.gravity import zonal_gradient, zonal_gravity
from jointwatch.earth.height import height_and_normal, height_rate
from jointwatch.flight.dop853 import ERROR, STAGES, WEIGHTS, A
from jointwatch.flight.integration import (
    FIRST_STEP_S,
    LONGEST_CLIMB_M,
    MOST_STEPS,
    SHORTEST_STEP_S,
    VELOCITY_WEIGHT_S,
)
from jointwatch.flight.model import Forces

# The error of a step that is accepted, by the estimate of order 5; what is kept is of order 8 and far better. Of the
# state in metres, as in `integration`; of a column as a share of its length. That by beta begins at nothing and counts
# for no less than this, or the thinnest air would shorten the steps.
TOLERANCE_M, SHARE, LEAST_BY_BETA_M = 0.1, 1e-6, 1_000.0
# At a lower rate height is no variable to integrate by.
LEAST_RATE_M_S = 50.0
# Height is the variable up to here, on the way up, and a scale height of thin air farther on the way down.
AIR_TOP_M = 130_000.0
# A step by height ends this near to where it should, or was none; so near to a joint of the air an object is there.
NEAR_M = 0.01
BY_TIME = -1  # in place of the number of a piece of the air


@kernel
def _drag(height: float, speed: float, piece: int, inverse_beta: float, forces: Forces) -> tuple[float, float]:
    """Drag over velocity, per second, and the slope of the density's logarithm, per metre."""
    bounds, log_density = forces[3], forces[4]
    if inverse_beta == 0.0 or height > bounds[-1]:
        return 0.0, 0.0
    within = layer_at(height, bounds) if piece == BY_TIME else piece
    density, slope = density_and_slope(height, within, bounds, log_density)
    return 0.5 * density * inverse_beta * speed, slope


@kernel
def _slope(y: Floats, piece: int, inverse_beta: float, forces: Forces, k: Floats) -> None:
    """Write the derivative of a block, by time, or by height within a piece of the air.

    The variational equations (Montenbruck, Gill, 2000, eq. 7.42) of `dynamics.acceleration`. The drag is -q v, and q
    grows, in shares of itself, with the air's density, with the speed, and against the logarithm of beta.
    """
    x, y_, z, vx, vy, vz = y[0, 0], y[1, 0], y[2, 0], y[3, 0], y[4, 0], y[5, 0]
    gx, gy, gz, _, _ = zonal_gravity(x, y_, z, forces[0], forces[1], forces[2])
    xx, xy, xz, yy, yz, zz = zonal_gradient(x, y_, z, forces[0], forces[1], forces[2])
    turn, fling = 2 * OMEGA_RAD_S, OMEGA_RAD_S * OMEGA_RAD_S
    xx, yy = xx + fling, yy + fling
    height, nx, ny, nz = height_and_normal(x, y_, z)
    speed2 = vx * vx + vy * vy + vz * vz
    q, thicker = _drag(height, sqrt(speed2), piece, inverse_beta, forces)
    faster = 1 / speed2 if speed2 > 0 else 0.0
    pace = 1.0 if piece == BY_TIME else 1 / (nx * vx + ny * vy + nz * vz)
    for c in range(8):
        rx, ry, rz, ux, uy, uz = y[0, c], y[1, c], y[2, c], y[3, c], y[4, c], y[5, c]
        more = thicker * (nx * rx + ny * ry + nz * rz) + faster * (vx * ux + vy * uy + vz * uz)
        k[0, c], k[1, c], k[2, c] = pace * ux, pace * uy, pace * uz
        k[3, c] = pace * (xx * rx + xy * ry + xz * rz + turn * uy - q * (more * vx + ux))
        k[4, c] = pace * (xy * rx + yy * ry + yz * rz - turn * ux - q * (more * vy + uy))
        k[5, c] = pace * (xz * rx + yz * ry + zz * rz - q * (more * vz + uz))
    k[3, 0] = pace * (gx + turn * vy + fling * x - q * vx)
    k[4, 0] = pace * (gy - turn * vx + fling * y_ - q * vy)
    k[5, 0] = pace * (gz - q * vz)
    k[6, 0] = pace
    for j in range(3):
        k[3 + j, 7] += pace * q * y[3 + j, 0]


@kernel
def _advance(target: Floats, y: Floats, h: float, weights: Floats, k: Floats, rows: int) -> None:
    """Target = y + h times the weighed sum of the first rows of k."""
    for j in range(7):
        for c in range(8):
            target[j, c] = y[j, c]
    for i in range(rows):
        w = h * weights[i]
        if w != 0.0:
            for j in range(7):
                for c in range(8):
                    target[j, c] += w * k[i, j, c]


@kernel
def _length2(y: Floats, c: int) -> float:
    """The square of a column's length, metres: its position, and its velocity times about what is left of a flight."""
    far = y[0, c] * y[0, c] + y[1, c] * y[1, c] + y[2, c] * y[2, c]
    fast = y[3, c] * y[3, c] + y[4, c] * y[4, c] + y[5, c] * y[5, c]
    return float(far + VELOCITY_WEIGHT_S * VELOCITY_WEIGHT_S * fast)


@kernel
def _error(off: Floats, y: Floats, tolerance_m: float, share: float) -> float:
    """An error in units of what is allowed, the largest of all columns; infinite if any is beyond number."""
    late2 = off[6, 0] * off[6, 0] * (y[3, 0] * y[3, 0] + y[4, 0] * y[4, 0] + y[5, 0] * y[5, 0])
    most = (_length2(off, 0) + late2) / (tolerance_m * tolerance_m)
    for c in range(1, 8):
        least = 1.0 if c < 7 else LEAST_BY_BETA_M * LEAST_BY_BETA_M
        error = _length2(off, c) / (share * share * max(least, _length2(y, c)))
        most = error if not error <= most else most
    return sqrt(most) if isfinite(most) else inf


@kernel
def _step(
    y: Floats, h: float, piece: int, inverse_beta: float, forces: Forces, tolerance_m: float, share: float, k: Floats,
    trial: Floats, y_new: Floats,
) -> float:  # fmt: skip
    """The error of a step of h seconds, or metres of height, from y; y_new is its end."""
    _slope(y, piece, inverse_beta, forces, k[0])
    for stage in range(1, STAGES):
        _advance(trial, y, h, A[stage], k, stage)
        _slope(trial, piece, inverse_beta, forces, k[stage])
    for j in range(7):
        for c in range(8):
            trial[j, c] = 0.0
    _advance(y_new, trial, h, ERROR, k, STAGES)
    error = _error(y_new, y, tolerance_m, share)
    _advance(y_new, y, h, WEIGHTS, k, STAGES)
    return error


@kernel
def _adapted(length: float, error: float) -> float:
    """The length for the next try: at most 8 times this one, a tenth if the error is beyond number."""
    return length * min(8.0, max(0.1, 0.8 / sqrt(sqrt(sqrt(max(error, 1e-12))))))


@kernel
def _way_in_air(height: float, climb: float, forces: Forces) -> tuple[int, float]:
    """The piece of the air that is ahead, and the metres to its end; `BY_TIME` where height is no good variable.

    climb: rate in the direction of travel.
    """
    bounds, up = forces[3], climb > 0
    top = min(bounds[-1], AIR_TOP_M if up else AIR_TOP_M + LONGEST_CLIMB_M)
    ahead = height + (NEAR_M if up else -NEAR_M)
    if abs(climb) < LEAST_RATE_M_S or ahead > top or ahead <= bounds[0]:
        return BY_TIME, inf
    piece = layer_at(ahead, bounds)
    end = min(bounds[piece + 1], top) if up else bounds[piece]
    return piece, end - height


@kernel
def _height_and_rate(y: Floats) -> tuple[float, float]:
    """Height and its rate, of a block's state."""
    return height_rate(y[0, 0], y[1, 0], y[2, 0], y[3, 0], y[4, 0], y[5, 0])


@kernel
def _plan(
    y: Floats, left: float, wanted: float, by_time: bool, inverse_beta: float, forces: Forces
) -> tuple[int, float, float]:
    """The piece of the air to step in, or `BY_TIME`; the step, metres or signed seconds; about how long it takes.

    By height no farther than the next joint and not if the end is nearer; by time not through much air at once, nor
    from above deep into it: what no stage of a step meets it cannot see.
    """
    height, rate = _height_and_rate(y)
    direction = copysign(1.0, left)
    if inverse_beta == 0.0:
        length = min(wanted, abs(left))
        return BY_TIME, direction * length, length
    piece, way = _way_in_air(height, direction * rate, forces)
    reach = min(wanted * abs(rate), abs(way), LONGEST_CLIMB_M)
    if by_time or piece == BY_TIME or reach >= abs(left * rate):
        length = min(wanted, abs(left), max(LONGEST_CLIMB_M, height - AIR_TOP_M) / abs(rate))
        return BY_TIME, direction * length, length
    return piece, copysign(reach, way), reach / abs(rate)


@kernel
def _as_planned(y: Floats, y_new: Floats, h: float, duration: float) -> bool:
    """Whether a step by height ended at its height and not after the end, the object still moving that way."""
    height, rate = _height_and_rate(y)
    then, onwards = _height_and_rate(y_new)
    before = (duration - y_new[6, 0]) * (duration - y[6, 0]) >= 0
    return before and rate * onwards > 0 and abs(then - height - h) <= NEAR_M


@kernel
def _vary_one(
    y: Floats, duration: float, inverse_beta: float, forces: Forces, tolerance_m: float, share: float, k: Floats,
    trial: Floats, y_new: Floats,
) -> bool:  # fmt: skip
    """Move a block on by a duration; whether it got there."""
    wanted, by_time = FIRST_STEP_S, False
    for _ in range(MOST_STEPS):
        left = duration - y[6, 0]
        if left == 0.0 or not wanted > SHORTEST_STEP_S:
            break
        piece, h, tried = _plan(y, left, wanted, by_time, inverse_beta, forces)
        error = _step(y, h, piece, inverse_beta, forces, tolerance_m, share, k, trial, y_new)
        if not error <= 1.0:
            wanted = _adapted(tried, error)
            continue
        by_time = piece != BY_TIME and not _as_planned(y, y_new, h, duration)
        if by_time:
            continue
        if piece == BY_TIME and h == left:
            y_new[6, 0] = duration
        grown = _adapted(tried, error)
        wanted = max(wanted, grown) if tried < wanted else grown  # a step cut short says nothing against the next
        for j in range(7):
            for c in range(8):
                y[j, c] = y_new[j, c]
    there: bool = y[6, 0] == duration
    return there


@kernel
def vary_in_air(
    x: Floats, dt: Floats, inverse_beta: Floats, forces: Forces, tolerance_m: float, share: float, x_new: Floats,
    phi: Floats,
) -> None:  # fmt: skip
    """Fill the states x_new (n, 6) and their derivatives phi (n, 6, 7) after dt (n,) seconds from the states x (n, 6).

    NaN where the numbers end: backwards through dense air, and where a path leads into the Earth's interior.
    """
    k, y, trial, y_new = np.zeros((STAGES, 7, 8)), np.zeros((7, 8)), np.zeros((7, 8)), np.zeros((7, 8))
    for i in range(len(x)):
        for j in range(6):
            y[j, 0] = x[i, j]
            for c in range(7):
                y[j, 1 + c] = 1.0 if c == j else 0.0
        y[6, 0] = 0.0
        there = _vary_one(y, dt[i], inverse_beta[i], forces, tolerance_m, share, k, trial, y_new)
        for j in range(6):
            x_new[i, j] = y[j, 0] if there else nan
            for c in range(7):
                phi[i, j, c] = y[j, 1 + c] if there else nan
