"""What a scan says for or against its radar: plots beside where tracks that others made should be seen.

A plot that a track took is compared with that track. Where a track took none, one plot may lie about it as far off as
a lie of one cause puts it, and no other track may have a better claim to it. Each is weighed under two hypotheses: the
radar is honest, or one constant offset (of range, azimuth, elevation or its clock) is in all its plots, about which
the plots so far have told the mean and variance. Under both a share of the plots is of something else.
"""

from __future__ import annotations

from math import exp, log, pi, sqrt
from typing import Any

import numpy as np

from jointwatch.earth.arrays import Bools, Floats, Ints
from jointwatch.earth.compiled import kernel, part
from jointwatch.tracking import lanes
from jointwatch.tracking.bank import CONFIRMED, MU, TIME
from jointwatch.tracking.gate import look, turned
from jointwatch.tracking.lanes import LANES, TRACKS, H, S, Z
from jointwatch.tracking.predict import fly, gather, mix_modes

CAUSES = 4
"""Range, azimuth, elevation, clock."""

# Columns of what is believed of one cause: mean and variance of the offset, and log of how much likelier it is than
# honesty.
MEAN, VARIANCE, LOG = range(3)

EACH = 2  # tracks of either kind looked at in a scan: enough for a verdict within a minute, and a few microseconds
WITNESSES = 4  # plots by other radars that make a track a witness
STRANGE = 0.1  # share of the plots that are of something else, whatever the radar
FAR = 9.0  # squared distance up to which a lie of one cause may have put a plot: three sigma of its spread
LENS = 0.3  # a track so wide that its bend counts for more than this, in sigmas of range, is no witness
HONEST = 0.3  # sigmas of a single plot that an honest radar may be off, taken for noise

_UNITS = sqrt((2 * pi) ** 3) / (4 / 3 * pi * FAR**1.5)


@part
def others(tally: Ints, row: int, radar: int) -> int:
    """How many plots radars other than this one gave a track."""
    total = 0
    for k in range(tally.shape[1]):
        if k != radar:
            total += tally[row, k] & 0xFFFFFFFF
    return total


@part
def makers(tally: Ints, row: int, radar: int) -> int:
    """The radars of a track other than this one, one bit each."""
    bits = 0
    for k in range(min(tally.shape[1], 62)):
        if k != radar and tally[row, k] & 0xFFFFFFFF:
            bits |= 1 << k
    return bits


@part
def witnesses(
    numbers: Floats, counts: Ints, tally: Ints, taken: Ints, start: int, radar: int, time_tai_ns: int, doubted: int
) -> Ints:
    """Rows of tracks to compare a scan with: some that took a plot, some that did not, from row `start` on.

    Confirmed, in free flight, made by others too, and by none that is in doubt itself.
    """
    found, took, missed, size = np.empty(2 * EACH, dtype=np.int64), 0, 0, len(taken)
    for k in range(size):
        row = (start + k) % size
        if took + missed == 2 * EACH:
            break
        if (took == EACH and taken[row] >= 0) or (missed == EACH and taken[row] < 0):
            continue
        falls = numbers[row, MU + 1] > 0.99 and counts[row, TIME] <= time_tai_ns
        if not (counts[row, CONFIRMED] and falls) or others(tally, row, radar) < WITNESSES:
            continue
        if makers(tally, row, radar) & doubted:
            continue
        found[took + missed] = row
        took, missed = took + (taken[row] >= 0), missed + (taken[row] < 0)
    return found[: took + missed]


@part
def _inverse(block: Floats, at: int, variances: Floats, honest: float, V: Floats) -> float:
    """Fill the inverse (9,) of a lane's innovation covariance, with an honest radar's offset; its determinant."""
    more = 1 + honest * honest
    s00, s11, s22 = (
        block[S * LANES + at] + more * variances[0],
        block[(S + 3) * LANES + at] + more * variances[1],
        block[(S + 5) * LANES + at] + more * variances[2],
    )
    s01, s02, s12 = block[(S + 1) * LANES + at], block[(S + 2) * LANES + at], block[(S + 4) * LANES + at]
    c00, c01, c02 = s11 * s22 - s12 * s12, s02 * s12 - s01 * s22, s01 * s12 - s02 * s11
    det = s00 * c00 + s01 * c01 + s02 * c02
    V[0], V[4], V[8] = c00 / det, (s00 * s22 - s02 * s02) / det, (s00 * s11 - s01 * s01) / det
    V[1] = V[3] = c01 / det
    V[2] = V[6] = c02 / det
    V[5] = V[7] = (s01 * s02 - s00 * s12) / det
    return float(det)


@part
def _product(a: Floats, V: Floats, b: Floats) -> float:
    total = 0.0
    for i in range(3):
        for j in range(3):
            total += a[i] * V[3 * i + j] * b[j]
    return total


@part
def _offset(block: Floats, at: int, z: Floats, j: int, nu: Floats) -> None:
    """Fill the innovation (3,) of a plot in a lane."""
    for k in range(3):
        nu[k] = z[j, k] - block[(Z + k) * LANES + at]
    nu[1] = turned(nu[1])


@part
def _causes(block: Floats, at: int, C: Floats) -> None:
    """Fill how each cause (4, 3) shifts a lane's plot: the clock by minus what the object moves in a second."""
    for k in range(3):
        for cause in range(3):
            C[cause, k] = 1.0 if cause == k else 0.0
        rate = 0.0
        for a in range(3):
            rate += block[(H + 3 * k + a) * LANES + at] * block[(lanes.X1 + 3 + a) * LANES + at]
        C[3, k] = -rate


@part
def _bent(block: Floats, at: int, sigma_range_m: float) -> bool:
    """Whether a lane is so wide across the line of sight that its bend would pass for an offset in range."""
    r = block[Z * LANES + at]
    sagitta = 0.5 * r * (block[(S + 3) * LANES + at] + block[(S + 5) * LANES + at])
    return bool(sagitta * sagitta > LENS * LENS * (block[S * LANES + at] + sigma_range_m * sigma_range_m))


@part
def _beside(
    block: Floats, at: int, z: Floats, sigma: Floats, free: Bools, C: Floats, V: Floats, nu: Floats, spread: Floats
) -> int:
    """The one plot that a lie of one cause may have put beside a lane; -1 where there is none, or more than one."""
    only = -1
    for j in range(len(z)):
        if not free[j]:
            continue
        _offset(block, at, z, j, nu)
        _inverse(block, at, sigma[j] * sigma[j], HONEST, V)
        q = _product(nu, V, nu)
        for cause in range(CAUSES):
            a, d = _product(C[cause], V, C[cause]), _product(C[cause], V, nu)
            v = spread[cause] * spread[cause]
            if q - v * d * d / (1 + v * a) <= FAR:
                if only >= 0:
                    return -1
                only = j
                break
    return only


@part
def weigh(state: Floats, bits: Ints, nu: Floats, V: Floats, C: Floats, spread: Floats, by: int) -> None:
    """Let an innovation speak in one window: state (4, 3) of the causes, and the radars it was held against."""
    q = _product(nu, V, nu)
    for cause in range(CAUSES):
        a, d = _product(C[cause], V, C[cause]), _product(C[cause], V, nu)
        b, v = state[cause, MEAN], state[cause, VARIANCE]
        e = d - a * b
        lies = exp(-0.5 * (q - 2 * b * d + b * b * a - v * e * e / (1 + v * a))) / sqrt(1 + v * a)
        strange = STRANGE * _UNITS / sqrt(1 + spread[cause] * spread[cause] * a)
        lying = (1 - STRANGE) * lies + strange
        state[cause, LOG] += log(lying / ((1 - STRANGE) * exp(-0.5 * q) + strange))
        w, K = (1 - STRANGE) * lies / lying, v / (1 + v * a)
        state[cause, MEAN] += w * K * e
        state[cause, VARIANCE] = v - w * v * v * a / (1 + v * a) + w * (1 - w) * K * K * e * e
        if w > 0.5:
            bits[cause] |= by


@kernel
def hear(
    numbers: Floats, counts: Ints, tally: Ints, size: int, rows: Ints, plot: Ints, radar: int, time_tai_ns: int,
    z: Floats, sigma: Floats, site: Floats, moving: Floats, start: int, doubted: int, spread: Floats,
    state: Any, bits: Any,
) -> tuple[int, float]:  # fmt: skip
    """Weigh a scan in the windows (w, 4, 3) of its radar, before its plots update the tracks (rows) that took them.

    Returns the row to begin with the next time, and the greatest log ratio.
    """
    taken, free = np.full(size, -1), np.ones(len(z), dtype=np.bool_)
    for k in range(len(rows)):
        taken[rows[k]] = plot[k]
        free[plot[k]] = others(tally, rows[k], radar) == 0
    chosen = witnesses(numbers, counts, tally, taken, start, radar, time_tai_ns, doubted)
    if len(chosen) == 0:
        return 0, 0.0
    block, C, V, nu = np.empty(lanes.SIZE), np.empty((CAUSES, 3)), np.empty(9), np.empty(3)
    gather(block, numbers, counts, chosen, 0, time_tai_ns, moving)
    mix_modes(block, moving)
    fly(block)
    lanes.spread_place(block)
    look(block, site)
    for i in range(len(chosen)):
        row, at = chosen[i], TRACKS + i
        _causes(block, at, C)
        j = taken[row]
        if j < 0:
            j = _beside(block, at, z, sigma, free, C, V, nu, spread)
        if j < 0 or _bent(block, at, sigma[j, 0]):
            continue
        _offset(block, at, z, j, nu)
        _inverse(block, at, sigma[j] * sigma[j], HONEST, V)
        by = makers(tally, row, radar)
        if taken[row] < 0 and tally[row, radar] & 0xFFFFFFFF >= WITNESSES:
            by |= 1 << radar  # it once said so itself
        for window in range(len(state)):
            weigh(state[window], bits[window], nu, V, C, spread, by)
    most = 0.0
    for window in range(len(state)):
        for cause in range(CAUSES):
            most = max(most, state[window, cause, LOG])
    return chosen[-1] + 1, most
