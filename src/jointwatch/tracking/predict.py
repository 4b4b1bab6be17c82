"""Prediction of both modes of many tracks at once, forward or back in time, with exact derivatives.

Both modes fall under gravity with J2 on the rotating Earth (`flight.coast`); the boost mode adds thrust along the
velocity. Its acceleration is a first-order Gauss-Markov process (Singer 1970) around a mean, integrated in closed form.
"""

from __future__ import annotations

from math import ceil, exp, expm1

import numpy as np

from jointwatch.earth.arrays import Floats, Ints
from jointwatch.earth.compiled import kernel
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.tracking import bank, lanes
from jointwatch.tracking.bank import BURNED, MU, TIME
from jointwatch.tracking.lanes import (
    AGO,
    BURNOUT,
    DECAY,
    DENSITY,
    DURATION,
    IGNITION,
    LANES,
    SIGN,
    SPEED,
    STEP,
    STEPS,
    THRUST,
    TRACKS,
    WAY,
    P,
    X,
    begin,
    fall,
    mix,
    push,
)  # fmt: skip
from jointwatch.tracking.settings import Settings

LONGEST_STEP_S = 10.0
"""Of the Runge-Kutta method of order 4: against the adaptive method good to 0.1 mm, as in `flight.variation`."""

# What `motion` holds.
MEAN_OF, SIGMA_OF, TAU_OF, NOISE_OF, BURNOUT_OF, IGNITION_OF, REFUTED_OF = 0, 1, 2, 3, 5, 6, 7


def motion(settings: Settings) -> Floats:
    """What the kernels need to know of the two modes."""
    return np.array([
        settings.thrust_mean_m_s2, settings.thrust_sigma_m_s2, settings.thrust_time_s, settings.boost_noise_m2_s3,
        settings.coast_noise_m2_s3, settings.burnout_rate_per_s, settings.ignition_rate_per_s,
        settings.coast_refuted_below,
    ])  # fmt: skip


@kernel
def gather(
    block: Floats, numbers: Floats, counts: Ints, rows: Ints, first: int, time_tai_ns: int, moving: Floats
) -> int:
    """Bring the tracks of the rows from `first` on into the lanes, with what is known of the time until the plots.

    Returns the most steps that one of them needs. Lanes beyond the last row hold that row again.
    """
    tau, most, known = moving[TAU_OF], 1, np.nan
    burnout = ignition = decay = way = speed = 0.0
    for i in range(TRACKS):
        row = rows[min(first + i, len(rows) - 1)]
        dt = (time_tai_ns - counts[row, TIME]) / NS_PER_S
        ago = abs(dt)
        sign = 1.0 if dt > 0 else (-1.0 if dt < 0 else 0.0)
        steps = max(1.0, ceil(ago / LONGEST_STEP_S))
        if dt != known:  # most tracks were last seen by one of a few scans
            burnout, ignition = -expm1(-moving[BURNOUT_OF] * max(dt, 0.0)), -expm1(-moving[IGNITION_OF] * max(dt, 0.0))
            decay = exp(-ago / tau)
            way, speed = tau * (ago - tau * (1 - decay)), sign * tau * (1 - decay)
            known = dt
        most = max(most, int(steps))
        for mode in range(2):
            at = mode * TRACKS + i
            thrust = 1.0 - mode
            for k in range(7):
                block[(X + k) * LANES + at] = numbers[row, bank.X + 7 * mode + k]
            for k in range(28):
                block[(P + k) * LANES + at] = numbers[row, bank.P + 28 * mode + k]
            block[lanes.MU * LANES + at] = numbers[row, MU + mode]
            block[DURATION * LANES + at], block[AGO * LANES + at], block[SIGN * LANES + at] = dt, ago, sign
            block[STEPS * LANES + at], block[STEP * LANES + at] = steps, dt / steps
            # until then the coast mode means "never burned in sight", and a burnout must not blur it
            block[BURNOUT * LANES + at] = burnout if counts[row, BURNED] else 0.0
            block[IGNITION * LANES + at] = ignition
            block[DECAY * LANES + at] = decay if mode == 0 else 1.0
            block[WAY * LANES + at], block[SPEED * LANES + at] = thrust * way, thrust * speed
            block[THRUST * LANES + at] = thrust
            block[DENSITY * LANES + at] = moving[NOISE_OF + mode]
    return most


@kernel
def wander(moving: Floats) -> float:
    """Variance of the thrust's acceleration that a second adds, m2/s5."""
    return float(2 * moving[SIGMA_OF] * moving[SIGMA_OF] / moving[TAU_OF])


@kernel
def fly(block: Floats, steps: int, moving: Floats) -> None:
    """States after the duration, and their derivatives F by those before."""
    begin(block)
    for step in range(steps):
        fall(block, float(step))
    push(block, moving[MEAN_OF])


@kernel
def mix_modes(block: Floats, moving: Floats) -> None:
    """States and covariances each mode starts from, and probabilities of the modes, after possible changes of mode."""
    mix(block, moving[MEAN_OF], moving[SIGMA_OF] * moving[SIGMA_OF])


@kernel
def predict(numbers: Floats, counts: Ints, rows: Ints, time_tai_ns: int, moving: Floats, ahead: Floats) -> None:
    """Fill rows of numbers, `ahead` (k, 73), with the tracks at a common time, forward or back.

    Of two modes the likelier is assumed to go on, both where neither is below one in a thousand.
    """
    block = np.empty(lanes.SIZE)
    for first in range(0, len(rows), TRACKS):
        fly(block, gather(block, numbers, counts, rows, first, time_tai_ns, moving), moving)
        lanes.spread(block, wander(moving))
        for i in range(min(TRACKS, len(rows) - first)):
            scatter(block, i, lanes.X1, lanes.P1, ahead, first + i)
            boost, coast = numbers[rows[first + i], MU], numbers[rows[first + i], MU + 1]
            boost, coast = 0.0 if boost < 1e-3 else boost, 0.0 if coast < 1e-3 else coast
            ahead[first + i, MU], ahead[first + i, MU + 1] = boost / (boost + coast), coast / (boost + coast)


@kernel
def scatter(block: Floats, i: int, x_row: int, p_row: int, numbers: Floats, row: int) -> None:
    """Put both modes' states and covariances of one track, from these rows of the block, into a row of numbers."""
    for mode in range(2):
        at = mode * TRACKS + i
        for k in range(7):
            numbers[row, bank.X + 7 * mode + k] = block[(x_row + k) * LANES + at]
        for k in range(28):
            numbers[row, bank.P + 28 * mode + k] = block[(p_row + k) * LANES + at]
