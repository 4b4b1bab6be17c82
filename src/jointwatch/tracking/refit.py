"""Fit the tracks of wide angles anew to all their plots at each scan, until a recursive filter can be left alone.

How wide is the question of the contact lens: k = r sigma^2 / (2 sigma_r), the sagitta of a plot's lens over its
thickness. Below a tenth the extended Kalman filter attains the Cramér-Rao bound; above, such a track keeps its plots in
a window (`window`). After the filters' update its coast mode is put to what all plots say together (`smooth`), as mean
and covariance of the lens that it is (`lens`). When the estimate's own lens has become flat, the filter goes on alone.

An object that burns has no window of use: it begins anew with what the coast mode says once a burnout is likely.
"""

from __future__ import annotations

from math import exp, sqrt

import numpy as np

from jointwatch.earth.arrays import Floats, Ints
from jointwatch.earth.compiled import kernel
from jointwatch.earth.ellipsoid import A_M
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.tracking.bank import BURNED, FIRST, MU, TIME, WINDOW, P, X
from jointwatch.tracking.lens import moments
from jointwatch.tracking.normal_point import make_room
from jointwatch.tracking.predict import NOISE_OF
from jointwatch.tracking.smooth import smooth
from jointwatch.tracking.window import COLUMNS, COUNT, NODES, SINCE, SITE, VARIANCE

WIDE = 0.1
"""Lens index of a plot from which a track keeps its plots; the extended filter is at the bound below it."""
FLAT = 0.05
"""Lens index of an estimate, against its own error in range, at which the recursive filter goes on alone."""
LEAST_COAST = 0.2
"""Probability of coasting below which the window begins anew, for the next scan may mix the coast with the boost."""
IN_AIR_M = A_M + 150e3
"""Distance from the Earth's centre below which air may be felt; up to 20 km too high towards the poles."""
MOST, EARLY = 8, 16
"""Linearisations of one scan; and plots up to which a second minimum is looked for (`_mirrored`)."""
AGREED, LOST, REFUTED = 0, 1, 2
DENIED, DOUBTED = 6.0, 4.0
"""Sigma of the sum of squares beyond which a coast is refuted; and where the modes already speak for a boost."""
LEAST_SURE = 0.05
"""Probability of a plot below which it counts for no less."""
WIDENED = 4.0
"""What a boost mode's covariance is multiplied with before it counts: with wide angles its NEES is 10 to 25 of 6. After
the burnout it stays 7 to 32 if that is believed, and is 4 to 10 so, with smaller errors (40 runs each, half a degree at
1,400-4,000 km)."""
_PLACE_SIGMAS = 30.0
"""Width of what is believed of the place before the first plot, in sigma of that plot: a thousandth of its weight."""


@kernel
def _index(z: Floats, sigma: Floats, j: int) -> float:
    """Sagitta over thickness of the lens that a plot is."""
    across = max(sigma[j, 1], sigma[j, 2])
    return float(z[j, 0] * across * across / (2 * sigma[j, 0]))


@kernel
def any_wide(z: Floats, sigma: Floats) -> bool:
    """Whether a plot of a scan is wide."""
    wide = False
    for j in range(len(z)):
        wide = wide or _index(z, sigma, j) >= WIDE
    return wide


@kernel
def begin(
    counts: Ints, size: int, plots: Ints, z: Floats, sigma: Floats, r: Floats, velocity_variance: float,
    time_tai_ns: int, site: Floats, times: Ints, nodes: Floats, before: Floats, heads: Ints, unused: Ints, left: Ints,
) -> None:  # fmt: skip
    """Give windows to the tracks that begin, from row `size` on, with wide plots of those at r (n, 3)."""
    for i in range(len(plots)):
        j, row = plots[i], size + i
        if _index(z, sigma, j) < WIDE:
            continue
        left[0] -= 1
        w = unused[left[0]]
        counts[row, WINDOW] = w + 1
        heads[w, COUNT], heads[w, SINCE] = 0, time_tai_ns
        across = _PLACE_SIGMAS * max(sigma[j, 0], z[j, 0] * max(sigma[j, 1], sigma[j, 2]))
        for a in range(6):
            before[w, 0, a] = r[i, a] if a < 3 else 0.0
            for b in range(6):
                before[w, 1 + a, b] = 0.0
            before[w, 1 + a, a] = across * across if a < 3 else velocity_variance
        _insert(times[w], nodes[w], heads[w], time_tai_ns, z, sigma, j, site, 1.0)


@kernel
def open_windows(
    numbers: Floats, counts: Ints, rows: Ints, plot: Ints, z: Floats, sigma: Floats, site: Floats, time_tai_ns: int,
    times: Ints, nodes: Floats, before: Floats, heads: Ints, unused: Ints, left: Ints,
) -> None:  # fmt: skip
    """Give windows to tracks whose estimate is, at the time of a wide plot, itself a lens: before they are updated."""
    for i in range(len(rows)):
        row, j = rows[i], plot[i]
        if counts[row, WINDOW] or _index(z, sigma, j) < WIDE or time_tai_ns <= counts[row, TIME]:
            continue
        dt = (time_tai_ns - counts[row, TIME]) / NS_PER_S
        if _flatness(numbers, row, site, dt, sigma[j, 0]) > FLAT:
            left[0] -= 1
            counts[row, WINDOW] = unused[left[0]] + 1
            _restart(numbers, counts, row, before, heads)


@kernel
def _flatness(numbers: Floats, row: int, site: Floats, dt: float, sigma_range_m: float) -> float:
    """Lens index of a coasting estimate dt seconds on: its variance across the sight over 2 r sigma_r."""
    r2 = total = along = 0.0
    for a in range(3):
        da = numbers[row, X + 7 + a] - site[a]
        r2 += da * da
        total += dt * dt * numbers[row, _at(a + 3, a + 3)]
        for b in range(3):
            along += numbers[row, _at(a, b)] * da * (numbers[row, X + 7 + b] - site[b])
        total += numbers[row, _at(a, a)]
    along = max(along / r2, 1e-4 * sigma_range_m * sigma_range_m)
    return max(total - along, 0.0) / (2 * sqrt(r2 * along))


@kernel
def _at(a: int, b: int) -> int:
    """Column of an element of the coast mode's covariance."""
    low, high = min(a, b), max(a, b)
    return P + 28 + 7 * low - low * (low - 1) // 2 + high - low


@kernel
def _restart(numbers: Floats, counts: Ints, row: int, before: Floats, heads: Ints) -> None:
    """Begin a row's window anew with what its coast mode says; after a boost, with twice the sigma."""
    widened = WIDENED if counts[row, BURNED] else 1.0
    w = counts[row, WINDOW] - 1
    heads[w, COUNT], heads[w, SINCE] = 0, counts[row, TIME]
    for a in range(6):
        before[w, 0, a] = numbers[row, X + 7 + a]
        for b in range(6):
            before[w, 1 + a, b] = widened * numbers[row, _at(a, b)]


@kernel
def _write(numbers: Floats, row: int, x: Floats, covariance: Floats) -> None:
    """Put x (6,) and covariance (6, 6) into the coast mode of a row, uncorrelated with its seventh component."""
    for a in range(6):
        numbers[row, X + 7 + a] = x[a]
        numbers[row, _at(a, 6)] = 0.0
        for b in range(a + 1):
            numbers[row, _at(a, b)] = covariance[a, b]


@kernel
def _insert(
    times: Ints,
    nodes: Floats,
    head: Ints,
    time_tai_ns: int,
    z: Floats,
    sigma: Floats,
    j: int,
    site: Floats,
    sure: float,
) -> None:
    """Put a plot, the track's with a probability, among the nodes in the order of their times.

    One in doubt counts for as much less: its variance is divided by that probability.
    """
    at = head[COUNT]
    while at > 0 and times[at - 1] > time_tai_ns:
        times[at] = times[at - 1]
        for k in range(COLUMNS):
            nodes[at, k] = nodes[at - 1, k]
        at -= 1
    times[at] = time_tai_ns
    for k in range(3):
        nodes[at, k], nodes[at, VARIANCE + k] = z[j, k], sigma[j, k] * sigma[j, k] / max(sure, LEAST_SURE)
    for k in range(12):
        nodes[at, SITE + k] = site[k]
    head[COUNT] += 1


@kernel
def _mirrored(x: Floats, covariance: Floats, y: Floats) -> None:
    """Fill y (6,) with the state that moves the other way along the direction in which the velocity is known least.

    Two radars that see an object's ranges bend know its speed about the axis through both, and not its sense.
    """
    e = np.ones(6)
    for _ in range(16):
        norm = 0.0
        for a in range(3):
            e[3 + a] = 0.0
            for b in range(3):
                e[3 + a] += covariance[3 + a, 3 + b] * e[b]
            norm += e[3 + a] * e[3 + a]
        for a in range(3):
            e[a] = e[3 + a] / sqrt(norm)
    speed = x[3] * e[0] + x[4] * e[1] + x[5] * e[2]
    for k in range(3):
        y[k], y[3 + k] = x[k], x[3 + k] - 2 * speed * e[k]


@kernel
def _unlikely(squares: float, count: int, limit: float) -> bool:
    """Whether a sum of squares of 3 numbers of each plot lies so many sigma above what it should be."""
    return squares > 3 * count + limit * sqrt(6.0 * count)


@kernel
def _fit(
    times: Ints, nodes: Floats, head: Ints, before: Floats, now: int, noise: float, limit: float, site: Floats,
    x: Floats, covariance: Floats, y: Floats, other: Floats, seconds: Floats,
) -> int:  # fmt: skip
    """Fill x and covariance with what all plots of a window say, x coming in as a guess; whether they agree.

    Returns AGREED, or LOST where no path stayed, or REFUTED where the best is too far from the plots. Of two paths
    that may be, the mean and spread of both is given. y, other, seconds: (6,), (6, 6), (64,), any content.
    """
    count = head[COUNT]
    for i in range(count):
        seconds[i] = (times[i] - now) / NS_PER_S
    least, found = np.inf, False
    for k in range(6):
        y[k] = x[k]
    for attempt in range(2):
        if attempt == 1:
            if found and count > EARLY and not _unlikely(least, count, limit):
                break
            _mirrored(x, covariance, y)
        since = (head[SINCE] - now) / NS_PER_S
        squares, stayed = smooth(seconds, nodes, count, since, before, noise, MOST, y, other)
        if stayed:
            moments(site, y, other)
            _merge(x, covariance, y, other, 1 / (1 + exp(0.5 * (squares - least))) if found else 1.0)
            least, found = min(least, squares), True
    if not found:
        return LOST
    return REFUTED if _unlikely(least, count, limit) else AGREED


@kernel
def _merge(x: Floats, covariance: Floats, y: Floats, other: Floats, weight: float) -> None:
    """Put mean and spread of two estimates, of which y weighs so much, in place of the first."""
    for a in range(6):
        for b in range(6):
            spread = (1 - weight) * weight * (y[a] - x[a]) * (y[b] - x[b])
            covariance[a, b] = (1 - weight) * covariance[a, b] + weight * other[a, b] + spread
    for a in range(6):
        x[a] = (1 - weight) * x[a] + weight * y[a]


@kernel
def refit(
    numbers: Floats, counts: Ints, rows: Ints, plot: Ints, sure: Floats, z: Floats, sigma: Floats, site: Floats,
    time_tai_ns: int, moving: Floats, times: Ints, nodes: Floats, before: Floats, heads: Ints, unused: Ints, left: Ints,
) -> None:  # fmt: skip
    """Put the coast mode of updated rows that have a window to what all their plots say together.

    sure (k,): probabilities that the plots are theirs.
    """
    x, covariance, y, other, seconds = np.empty(6), np.empty((6, 6)), np.empty(6), np.empty((6, 6)), np.empty(NODES)
    for i in range(len(rows)):
        row, j = rows[i], plot[i]
        w = counts[row, WINDOW] - 1
        if w < 0 or time_tai_ns < heads[w, SINCE]:
            continue
        height2 = 0.0
        for a in range(6):
            x[a] = numbers[row, X + 7 + a]
            height2 += x[a] * x[a] if a < 3 else 0.0
            for b in range(6):
                covariance[a, b] = numbers[row, _at(a, b)]
        burning = counts[row, BURNED] == 1 and numbers[row, MU + 1] < LEAST_COAST
        if height2 < IN_AIR_M * IN_AIR_M or (burning and heads[w, SINCE] > counts[row, FIRST]):
            _restart(numbers, counts, row, before, heads)
            continue
        kept, head, now = nodes[w], heads[w], counts[row, TIME]
        if head[COUNT] == NODES:
            make_room(times[w], kept, head, x, now)
        _insert(times[w], kept, head, time_tai_ns, z, sigma, j, site, sure[i])
        noise, limit = moving[NOISE_OF + 1], DOUBTED if burning else DENIED
        verdict = _fit(times[w], kept, head, before[w], now, noise, limit, site, x, covariance, y, other, seconds)
        # of the first plots of a coast, Gauss and Newton may lose the path and find it again with more
        if verdict == REFUTED or (verdict == LOST and (counts[row, BURNED] == 1 or head[COUNT] > EARLY)):
            _restart(numbers, counts, row, before, heads)
        elif verdict == AGREED:
            _write(numbers, row, x, covariance)
            if _flatness(numbers, row, site, 0.0, sigma[j, 0]) < FLAT:
                unused[left[0]] = w
                left[0] += 1
                counts[row, WINDOW] = 0
