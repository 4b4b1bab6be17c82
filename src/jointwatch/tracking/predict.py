"""Prediction of both modes of many tracks at once, forward or back in time, with exact derivatives.

Both modes fall under gravity with J2 on the rotating Earth (`flight.coast`). The boost mode adds thrust along the
velocity; the coast mode, below 130 km, drag (`drag`). The seventh component of each, the thrust's acceleration and how
much the air brakes, is a first-order Gauss-Markov process (Singer 1970) around a mean. Thrust is integrated in closed
form, drag with gravity, the seventh component standing still on the way.
"""

from __future__ import annotations

from math import exp, expm1

import numpy as np

from jointwatch.earth.arrays import Floats, Ints
from jointwatch.earth.compiled import kernel, part
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.tracking import bank, lanes
from jointwatch.tracking.bank import AHEAD, BURNED, MU, TIME
from jointwatch.tracking.lanes import (
    AGO,
    AIR,
    BURNOUT,
    DECAY,
    DENSITY,
    DURATION,
    IGNITION,
    LANES,
    MEAN,
    ROUGH,
    SIGN,
    SPEED,
    STEPS,
    THRUST,
    TRACKS,
    WALK,
    WAY,
    P,
    X,
    approach,
    begin,
    fall,
    fall_in_air,
    mix,
    push,
)  # fmt: skip
from jointwatch.tracking.settings import Settings

# What `motion` holds; mean, variance, time and white noise for boost, then for coast.
MEAN_OF, VARIANCE_OF, TAU_OF, NOISE_OF, BURNOUT_OF, IGNITION_OF, REFUTED_OF, ROUGH_OF = 0, 2, 4, 6, 8, 9, 10, 11

_MOVED, _SEEN = 35, 18  # rows of X1 and P1; of Z, H and S


def motion(settings: Settings) -> Floats:
    """What the kernels need to know of the two modes."""
    return np.array([
        settings.thrust_mean_m_s2, 0.0, settings.thrust_sigma_m_s2**2, settings.drag_sigma**2,
        settings.thrust_time_s, settings.drag_time_s, settings.boost_noise_m2_s3, settings.coast_noise_m2_s3,
        settings.burnout_rate_per_s, settings.ignition_rate_per_s, settings.coast_refuted_below,
        settings.drag_noise_s,
    ])  # fmt: skip


@part
def gather(
    block: Floats, numbers: Floats, counts: Ints, rows: Ints, first: int, time_tai_ns: int, moving: Floats
) -> None:
    """Bring the tracks of the rows from `first` on into the lanes, with what is known of the time until the plots.

    Lanes beyond the last row hold that row again.
    """
    tau, fading, known = moving[TAU_OF], moving[TAU_OF + 1], np.nan
    burnout = ignition = decay = fade = way = speed = 0.0
    walk = np.array([2 * moving[VARIANCE_OF] / tau, 0.0])
    for i in range(TRACKS):
        row = rows[min(first + i, len(rows) - 1)]
        dt = (time_tai_ns - counts[row, TIME]) / NS_PER_S
        ago = abs(dt)
        sign = 1.0 if dt > 0 else (-1.0 if dt < 0 else 0.0)
        if dt != known:  # most tracks were last seen by one of a few scans
            burnout, ignition = -expm1(-moving[BURNOUT_OF] * max(dt, 0.0)), -expm1(-moving[IGNITION_OF] * max(dt, 0.0))
            decay, fade = exp(-ago / tau), exp(-ago / fading)
            walk[1] = moving[VARIANCE_OF + 1] * (1 - fade * fade) / max(ago, 1e-9)
            way, speed = tau * (ago - tau * (1 - decay)), sign * tau * (1 - decay)
            known = dt
        for mode in range(2):
            at = mode * TRACKS + i
            thrust = 1.0 - mode
            for k in range(7):
                block[(X + k) * LANES + at] = numbers[row, bank.X + 7 * mode + k]
            for k in range(28):
                block[(P + k) * LANES + at] = numbers[row, bank.P + 28 * mode + k]
            block[lanes.MU * LANES + at] = numbers[row, MU + mode]
            block[DURATION * LANES + at], block[AGO * LANES + at], block[SIGN * LANES + at] = dt, ago, sign
            # until then the coast mode means "never burned in sight", and a burnout must not blur it
            block[BURNOUT * LANES + at] = burnout if counts[row, BURNED] else 0.0
            block[IGNITION * LANES + at] = ignition
            block[DECAY * LANES + at] = decay if mode == 0 else fade
            block[WAY * LANES + at], block[SPEED * LANES + at] = thrust * way, thrust * speed
            block[THRUST * LANES + at] = thrust
            block[MEAN * LANES + at], block[WALK * LANES + at] = moving[MEAN_OF + mode], walk[mode]
            block[DENSITY * LANES + at], block[ROUGH * LANES + at] = moving[NOISE_OF + mode], mode * moving[ROUGH_OF]


@part
def fly(block: Floats) -> None:
    """States after the duration, and their derivatives F by those before.

    Lanes that no air can reach do not pay for it, unless one beside them can be reached.
    """
    approach(block)
    steps, air = 1.0, 0.0
    for i in range(LANES):
        steps, air = max(steps, block[STEPS * LANES + i]), max(air, block[AIR * LANES + i])
    begin(block)
    for step in range(int(steps)):
        if air > 0.5:
            fall_in_air(block, float(step))
        else:
            fall(block, float(step))
    push(block)


@part
def mix_modes(block: Floats, moving: Floats) -> None:
    """States and covariances each mode starts from, and probabilities of the modes, after possible changes of mode."""
    mix(block, moving[MEAN_OF], moving[VARIANCE_OF], moving[VARIANCE_OF + 1])


@kernel
def predict(numbers: Floats, counts: Ints, rows: Ints, time_tai_ns: int, moving: Floats, ahead: Floats) -> None:
    """Fill rows of numbers, `ahead` (k, 73), with the tracks at a common time, forward or back.

    Of two modes the likelier is assumed to go on, both where neither is below one in a thousand.
    """
    block = np.empty(lanes.SIZE)
    for first in range(0, len(rows), TRACKS):
        gather(block, numbers, counts, rows, first, time_tai_ns, moving)
        fly(block)
        lanes.spread(block)
        for i in range(min(TRACKS, len(rows) - first)):
            scatter(block, i, lanes.X1, lanes.P1, ahead, first + i)
            boost, coast = numbers[rows[first + i], MU], numbers[rows[first + i], MU + 1]
            boost, coast = 0.0 if boost < 1e-3 else boost, 0.0 if coast < 1e-3 else coast
            ahead[first + i, MU], ahead[first + i, MU + 1] = boost / (boost + coast), coast / (boost + coast)


@part
def keep(block: Floats, i: int, ahead: Floats, row: int) -> None:
    """Keep what is expected of both modes of one track in a row of `ahead`."""
    for mode in range(2):
        at, n = mode * TRACKS + i, mode * (AHEAD // 2)
        for k in range(_MOVED):
            ahead[row, n + k] = block[(lanes.X1 + k) * LANES + at]
        for k in range(_SEEN):
            ahead[row, n + _MOVED + k] = block[(lanes.Z + k) * LANES + at]
        ahead[row, n + _MOVED + _SEEN] = block[lanes.C * LANES + at]


@part
def recall(block: Floats, ahead: Floats, rows: Ints, first: int) -> None:
    """Bring into the lanes what is expected of the tracks of the rows from `first` on, as `keep` left it.

    Lanes beyond the last row hold that row again.
    """
    for i in range(TRACKS):
        row = rows[min(first + i, len(rows) - 1)]
        for mode in range(2):
            at, n = mode * TRACKS + i, mode * (AHEAD // 2)
            for k in range(_MOVED):
                block[(lanes.X1 + k) * LANES + at] = ahead[row, n + k]
            for k in range(_SEEN):
                block[(lanes.Z + k) * LANES + at] = ahead[row, n + _MOVED + k]
            block[lanes.C * LANES + at] = ahead[row, n + _MOVED + _SEEN]


@part
def scatter(block: Floats, i: int, x_row: int, p_row: int, numbers: Floats, row: int) -> None:
    """Put both modes' states and covariances of one track, from these rows of the block, into a row of numbers."""
    for mode in range(2):
        at = mode * TRACKS + i
        for k in range(7):
            numbers[row, bank.X + 7 * mode + k] = block[(x_row + k) * LANES + at]
        for k in range(28):
            numbers[row, bank.P + 28 * mode + k] = block[(p_row + k) * LANES + at]
