"""When did the engine stop? From the growth of the Jacobi constant up to what free flight has afterwards.

A filter notices the end of a burn some scans late: while it is unsure its estimates follow the plots and not the burn.
What it knows of free flight later is far better, so the question is put backwards: how much speed was still lacking at
each estimate, and at what time would that have been none? Before the end, under a steady thrust a, lacking = a times
the time to go; after it, nothing. The posterior over the end and over a (logarithms from 4 to 80 m/s2 alike) is summed
on a grid. Against it stands that nothing was ever lacking: then the burn had ended before the first plot.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from jointwatch.earth.arrays import Floats

THRUSTS_M_S2 = np.geomspace(4.0, 80.0, 32)
BEFORE_S, AFTER_S = 30.0, 20.0  # estimates used, of the first guess: a thrust is steady for about so long
ENDS = 80  # of the grid
ROUNDS = 5
# Errors of neighbouring estimates are half in common: the boost filter remembers two or three scans.
IN_COMMON = 2.0
UNSTEADY = 0.2  # of the time from the nearest estimate: a thrust that doubles within a minute
LEAST_SIGMA_S = 1.5  # of what the best cases keep: a thrust is not steady, and the filter follows it with a lag


class BurnEnd(NamedTuple):
    """Seconds of the end with one sigma, and whether the burn was seen at all."""

    time_s: float
    sigma_s: float
    seen: bool


def burn_end(time_s: Floats, lacking_m_s: Floats, variance: Floats, guess_s: float) -> BurnEnd:
    """End of a burn, from the speed (n,) that was lacking at each time (n,), with variances, m2/s2, and a first guess.

    >>> time = np.arange(0.0, 60.0, 5.0)
    >>> end = burn_end(time, 30.0 * np.maximum(33.0 - time, 0.0), np.full(12, 400.0), guess_s=45.0)
    >>> round(end.time_s), end.sigma_s < 2.5, end.seen
    (33, True, True)
    >>> burn_end(time, np.zeros(12), np.full(12, 400.0), guess_s=10.0).seen
    False
    """
    end = BurnEnd(guess_s, AFTER_S, True)
    for _ in range(ROUNDS):
        first_s, last_s = _around(time_s, end.time_s)
        near = (time_s >= first_s) & (time_s <= last_s)
        found = _posterior(time_s[near], lacking_m_s[near], IN_COMMON * variance[near])
        settled = abs(found.time_s - end.time_s) < BEFORE_S / 10.0
        end = found._replace(seen=found.seen or not bool(near[0]))
        if settled:
            break
    return end


def _around(time_s: Floats, guess_s: float) -> tuple[float, float]:
    """Times between which estimates count: some before the guess and some after it, however wide the gap between."""
    before, after = time_s[time_s <= guess_s], time_s[time_s > guess_s + AFTER_S]
    last = after[0] if after.size else time_s[-1]
    return float(before[-1] if before.size else time_s[0]) - BEFORE_S, float(last)


def _posterior(time_s: Floats, lacking_m_s: Floats, variance: Floats) -> BurnEnd:
    """Mean and sigma of the end, and whether a burn within these estimates explains them better than none."""
    ends = np.linspace(time_s[0], time_s[-1], ENDS)
    expected = THRUSTS_M_S2[:, None, None] * np.maximum(ends[:, None] - time_s, 0.0)
    misfit = 0.5 * ((lacking_m_s - expected) ** 2 / variance).sum(axis=-1)
    least = float(misfit.min())
    likelihood = np.exp(least - misfit)
    weights = likelihood.sum(axis=0) / likelihood.sum()
    mean = float(weights @ ends)
    unsteady = UNSTEADY * float(np.abs(time_s - mean).min())
    sigma = float(np.sqrt(weights @ (ends - mean) ** 2 + unsteady**2 + LEAST_SIGMA_S**2))
    never = float(np.exp(least - 0.5 * (lacking_m_s**2 / variance).sum()))
    return BurnEnd(mean, sigma, bool(likelihood.mean() > never))
