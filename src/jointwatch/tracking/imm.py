"""Interacting multiple model: two hypotheses of motion, mixed before they are predicted and weighed after.

The state of each mode is Earth-fixed position and velocity and, seventh, what it alone knows: under `boost` the
acceleration by thrust along the velocity in m/s2, under `coast` how much the air brakes (`drag`). Where modes are mixed
the other lends its prior in place of it (the unbiased mixing of states of unequal length, Yuan, Bar-Shalom, Willett
2012).

A track's coast mode first stands for a coast ever since the first plot, and nothing flows into it from boost, or the
merged width of burnouts that never were would stay in it; when that is refuted it stands for the coast after a burnout
(two hypotheses of which one is dead before the other is needed; Settings.coast_refuted_below).

Source: Blom and Bar-Shalom 1988; Bar-Shalom, Li, Kirubarajan 2001, section 11.6.6. The mixing is in `lanes`.
"""

from __future__ import annotations

from math import erfc, exp, log, sqrt

from jointwatch.earth.arrays import Floats, Ints
from jointwatch.earth.compiled import kernel, part
from jointwatch.tracking.bank import MU, P, X

BOOST, COAST = 0, 1
THRUST = 6
"""Index of the seventh component: of boost, acceleration by thrust; of coast, the drag index."""

LEAST_PROBABILITY = 1e-12
"""Floor of a mode's probability, so that its logarithm exists; far below anything that shows in an estimate."""

SUMMARY = 28
"""What `combine` gives: state (6), upper triangle of its covariance (21), probability of boost."""


@kernel
def reweighed(boost: float, coast: float, log_boost: float, log_coast: float) -> tuple[float, float]:
    """Mode probabilities after a plot, from those before and the log likelihoods under each mode."""
    a, b = log(max(boost, LEAST_PROBABILITY)) + log_boost, log(max(coast, LEAST_PROBABILITY)) + log_coast
    most = max(a, b)
    a, b = max(exp(a - most), LEAST_PROBABILITY), max(exp(b - most), LEAST_PROBABILITY)
    return a / (a + b), b / (a + b)


@part
def combine(numbers: Floats, row: int, summary: Floats) -> None:
    """Fill a summary (28,) with the mean and spread of both modes of a row, and the probability of thrust.

    That probability is the boost mode's, times that of its acceleration being forward: after a burnout the boost mode
    holds out for some scans with none, and that is no boost.
    """
    boost, coast = numbers[row, MU], numbers[row, MU + 1]
    for a in range(6):
        d = numbers[row, X + a] - numbers[row, X + 7 + a]
        summary[a] = numbers[row, X + 7 + a] + boost * d
    n, m = 6, P
    for a in range(6):
        da = numbers[row, X + a] - numbers[row, X + 7 + a]
        for b in range(a, 6):
            db = numbers[row, X + b] - numbers[row, X + 7 + b]
            summary[n] = boost * numbers[row, m] + coast * numbers[row, m + 28] + boost * coast * da * db
            n, m = n + 1, m + 1
        m += 1  # the thrust's column
    forward = 0.5 * erfc(-numbers[row, X + THRUST] / sqrt(2 * numbers[row, P + 27]))
    summary[27] = boost * forward


@kernel
def combined(numbers: Floats, rows: Ints, summaries: Floats) -> None:
    """Fill summaries (k, 28) of these rows."""
    for i in range(len(rows)):
        combine(numbers, rows[i], summaries[i])
