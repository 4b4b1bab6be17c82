"""How sure it is which plot is whose, and what the doubt costs: the joint probabilities of dense clusters.

A track takes the plot of the best assignment (`associate`), never a mean of several plots: means of neighbours draw
together (coalescence). Its covariance, though, and the probabilities of its modes are those of all assignments weighed
by their probability, about that choice (the GNN-JPDA filter: Fitzgerald 1990; Crouse, Bar-Shalom, Willett, Svensson
2010). So objects too close to be told apart are kept apart without false certainty. A pair that stands alone, one plot
in the gate of one track, costs nothing of this.
"""

from __future__ import annotations

from math import atan2, exp, hypot, log, sqrt

import numpy as np

from jointwatch.earth.arrays import Bools, Floats, Ints
from jointwatch.earth.compiled import kernel, part
from jointwatch.tracking.associate import reach
from jointwatch.tracking.bank import CONFIRMED, TIME, P, X
from jointwatch.tracking.gate import LOG_FALSE, turned
from jointwatch.tracking.update import jacobian

SURE = 0.99
"""Above this probability of its plot a track is left as the plot alone would have it."""
GREATEST_GAIN = 40.0
"""Of a pair, as a logarithm: beyond it nothing changes but the digits that are lost."""
GREATEST_NIS = 25.0
"""Of a plot that a mode did not expect: such a mode is out of the question, and its width need only be finite."""
CONVERGED, MOST_ROUNDS = 1e-4, 60
"""Of the logarithms that tracks and plots tell each other; twenty objects within a beam may want more rounds, for
probabilities that would still change in the third digit."""
LENT = 1e-12
"""Of its variances, to each covariance that is widened."""
LEAST_SHARE = 0.01
"""A prediction is not taken for wider than ten sigma of the plot that is taken out of it again."""


def marginals(track: Ints, plot: Ints, gain: Floats) -> tuple[Floats, Floats]:
    """Probability of each pair (p,) that the plot is the track's, and that the plot is free for it (p,).

    track: in order; gain: log ratio to "the track was missed and the plot is something else". By belief propagation
    (Williams, Lau 2014): exact where clusters have no loop, and elsewhere a few per cent off; it always converges.

    >>> beta, _ = marginals(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]), np.full(4, 20.0))  # all alike
    >>> beta.round(3).tolist()
    [0.5, 0.5, 0.5, 0.5]
    """
    beta, free = np.empty(len(track)), np.ones(len(track))
    if len(track):
        _marginals(track, plot, gain, np.arange(len(track)), beta, free)
    return beta, free


@kernel
def _marginals(track: Ints, plot: Ints, gain: Floats, some: Ints, beta: Floats, free: Floats) -> None:
    """Fill the probabilities of some of the pairs, whole tracks of them."""
    plots = reach(plot)
    weight, claim, most, rest = np.empty(len(track)), np.empty(len(track)), np.empty(plots), np.empty(plots)
    for k in some:
        weight[k] = exp(min(gain[k], GREATEST_GAIN))
    for _ in range(MOST_ROUNDS):
        for k in some:
            most[plot[k]], rest[plot[k]] = 0.0, 1.0
        for k in some:
            if k == 0 or track[k - 1] != track[k]:
                _claim(weight, free, claim, k, _end(track, k))
        for k in some:
            _count(most, rest, plot[k], claim[k])
        change = 0.0
        for k in some:
            others = rest[plot[k]] if claim[k] == most[plot[k]] else rest[plot[k]] + most[plot[k]] - claim[k]
            change = max(change, abs(log(others * free[k])))
            free[k] = 1 / others
        if change < CONVERGED:
            break
    total = 1.0
    for k in some:
        if k == 0 or track[k - 1] != track[k]:
            total = 1.0
            for n in range(k, _end(track, k)):
                total += weight[n] * free[n]
        beta[k] = weight[k] * free[k] / total


@part
def _end(track: Ints, first: int) -> int:
    """Where the pairs of the track of pair `first` end."""
    last = first + 1
    while last < len(track) and track[last] == track[first]:
        last += 1
    return last


@part
def _claim(weight: Floats, free: Floats, claim: Floats, first: int, last: int) -> None:
    """What a track says to each of its plots: the weight of that pair against all else the track could do.

    The greatest term stands apart, so that taking one from the sum loses no digits.
    """
    most, rest = 0.0, 1.0
    for k in range(first, last):
        term = weight[k] * free[k]
        if term > most:
            most, rest = term, rest + most
        else:
            rest += term
    for k in range(first, last):
        term = weight[k] * free[k]
        claim[k] = weight[k] / (rest if term == most else rest + most - term)


@part
def _count(most: Floats, rest: Floats, j: int, claim: float) -> None:
    """Add a claim to those on a plot; the greatest stands apart."""
    if claim > most[j]:
        rest[j] += most[j]
        most[j] = claim
    else:
        rest[j] += claim


@kernel
def weigh(track: Ints, plot: Ints, gain: Floats, judged: Floats, believed: Floats) -> Floats:
    """Probabilities of all pairs (p,); the likelihoods in `judged` become those of all that a crowded track might do.

    judged (p, 4): NIS and log likelihood under boost, then coast. A track whose pair stands alone, its plot in no other
    gate, tells its modes apart by that plot.
    """
    plots = reach(plot)
    sharers, false, first = np.zeros(plots, dtype=np.int64), believed[LOG_FALSE], 0
    for j in plot:
        sharers[j] += 1
    beta, free = np.empty(len(track)), np.ones(len(track))
    some, count = np.empty(len(track), dtype=np.int64), 0
    while first < len(track):
        last = _end(track, first)
        beta[first] = 1 / (1 + exp(-gain[first]))
        if last > first + 1 or sharers[plot[first]] > 1:
            for k in range(first, last):
                some[count] = k
                count += 1
        first = last
    if count == 0:
        return beta
    _marginals(track, plot, gain, some[:count], beta, free)
    first = 0
    while first < count:
        last = first + 1
        while last < count and track[some[last]] == track[some[first]]:
            last += 1
        for c in (1, 3):
            total = 1.0
            for n in range(first, last):
                total += free[some[n]] * exp(min(judged[some[n], c] - false, GREATEST_GAIN))
            for n in range(first, last):
                judged[some[n], c] = log(total)
        first = last
    return beta


@kernel
def unsure(beta: Floats, chosen: Bools) -> bool:
    """Whether any of the chosen pairs may be wrong, so that there is something to `doubt`."""
    least = 1.0
    for k in range(len(beta)):
        if chosen[k]:
            least = min(least, beta[k])
    return least < SURE


@kernel
def doubt(
    numbers: Floats, counts: Ints, rows: Ints, plot: Ints, beta: Floats, chosen: Bools, time_tai_ns: int,
    z: Floats, sigma: Floats, site: Floats,
) -> None:  # fmt: skip
    """Widen the updated filters of confirmed rows by what the assignments that were not chosen would have made of them.

    A track that is not confirmed is left: whether it follows anything is asked by its life, and one that stays as wide
    as before its plots would never show it. So is one whose plot came late.
    """
    first = 0
    while first < len(rows):
        last = _end(rows, first)
        for k in range(first, last):
            asked = chosen[k] and beta[k] < SURE and counts[rows[k], CONFIRMED] == 1
            if asked and counts[rows[k], TIME] <= time_tai_ns:
                for mode in range(2):
                    _widen(numbers, mode, k, first, last, rows, plot, beta, z, sigma, site)
        first = last


@part
def _widen(
    numbers: Floats, mode: int, k: int, first: int, last: int, rows: Ints, plot: Ints, beta: Floats,
    z: Floats, sigma: Floats, site: Floats,
) -> None:  # fmt: skip
    """Add to one mode's covariance P the spread of what other plots, or none, would have left, about what is.

    In units of sigma: after plot k the state is x. After plot j it would have been x + G (z_j - z_k), with G = P H';
    after none, x - G D^-1 e with covariance P + G D^-1 G', where D = 1 - H P H' and e is what is left of z_k. Of D the
    diagonal is taken, and that not below a floor: where the beam bends, H at x is not the one that P was made with.
    """
    mine, its, row = z[plot[k]], sigma[plot[k]], rows[k]
    x, p = X + 7 * mode, P + 28 * mode
    H, G, D, W = np.empty(9), np.zeros((7, 3)), np.empty(3), np.zeros((3, 3))
    here, e, missed = np.empty(3), np.empty(3), 1.0
    jacobian(site, numbers[row, x : x + 3], H)
    for b in range(3):
        for c in range(3):
            for a in range(7):
                G[a, b] += numbers[row, p + _upper(a, c)] * H[3 * b + c] / its[b]
        seen = H[3 * b] * G[0, b] + H[3 * b + 1] * G[1, b] + H[3 * b + 2] * G[2, b]
        D[b] = max(1 - seen / its[b], LEAST_SHARE)
        for a in range(7):  # no plot says less than the track knows after it; where the beam bends it may seem to
            G[a, b] *= min(1.0, sqrt(its[b] / max(seen, 1e-300)))
    for n in range(first, last):
        missed -= beta[n]
        if n != k:
            _apart(z[plot[n]], mine, its, e)
            off = e[0] * e[0] * D[0] + e[1] * e[1] * D[1] + e[2] * e[2] * D[2]
            _spread(W, e, beta[n] * min(1.0, GREATEST_NIS / max(off, 1e-300)))
    if missed > 1 - SURE:
        _place(numbers, row, x, site, here)
        _apart(mine, here, its, e)
        nis = 0.0
        for a in range(3):
            nis += e[a] * e[a] / D[a]
            e[a] /= D[a]
            W[a, a] += missed / D[a]
        _spread(W, e, missed * min(1.0, GREATEST_NIS / nis))
    for a in range(7):
        for b in range(a, 7):
            for c in range(3):
                for d in range(3):
                    numbers[row, p + _upper(a, b)] += G[a, c] * W[c, d] * G[b, d]
        numbers[row, p + _upper(a, a)] *= 1 + LENT  # as every update does, so that rounding takes no correlation to one


@part
def _apart(one: Floats, other: Floats, sigma: Floats, e: Floats) -> None:
    """Fill the difference of two measurements, in units of sigma."""
    e[0], e[2] = (one[0] - other[0]) / sigma[0], (one[2] - other[2]) / sigma[2]
    e[1] = turned(one[1] - other[1]) / sigma[1]


@part
def _upper(a: int, b: int) -> int:
    """Where an element of a covariance stands among the 28 of its upper triangle."""
    a, b = min(a, b), max(a, b)
    return 7 * a - a * (a - 1) // 2 + b - a


@part
def _spread(W: Floats, e: Floats, weight: float) -> None:
    for a in range(3):
        for b in range(3):
            W[a, b] += weight * e[a] * e[b]


@part
def _place(numbers: Floats, row: int, x: int, site: Floats, z: Floats) -> None:
    """Fill range, azimuth and elevation of the position in a row's columns from x on."""
    d0, d1, d2 = numbers[row, x] - site[0], numbers[row, x + 1] - site[1], numbers[row, x + 2] - site[2]
    e = d0 * site[3] + d1 * site[4] + d2 * site[5]
    n = d0 * site[6] + d1 * site[7] + d2 * site[8]
    u = d0 * site[9] + d1 * site[10] + d2 * site[11]
    z[0], z[1], z[2] = sqrt(e * e + n * n + u * u), atan2(e, n), atan2(u, hypot(e, n))
