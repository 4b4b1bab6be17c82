"""The plots of one scan that make sense, sorted, and where each stands."""

from __future__ import annotations

from math import cos, isfinite, pi, sin

import numpy as np

from jointwatch.earth.arrays import Floats, Ints
from jointwatch.earth.compiled import kernel, part

GREATEST_RANGE_M = 1e8
GREATEST_ANGLE_SIGMA_RAD = 0.3  # beyond, the derivative at the plot says nothing of the other end of the cloud
FEW = 48  # plots, up to which merging is quicker
SOUND, NOT_FINITE, NO_VARIANCE, TOO_WIDE, IMPOSSIBLE, REPEATED = range(6)


@part
def fault(z: Floats, sigma: Floats) -> int:
    """What is wrong with a plot, or SOUND."""
    for k in range(3):
        if not (isfinite(z[k]) and isfinite(sigma[k])):
            return NOT_FINITE
    if not (sigma[0] > 0 and sigma[1] > 0 and sigma[2] > 0):
        return NO_VARIANCE
    if sigma[0] > z[0] or sigma[1] > GREATEST_ANGLE_SIGMA_RAD or sigma[2] > GREATEST_ANGLE_SIGMA_RAD:
        return TOO_WIDE
    if not (0 < z[0] <= GREATEST_RANGE_M and abs(z[2]) <= pi / 2):
        return IMPOSSIBLE
    return SOUND


def ordered(z: Floats) -> Ints:
    """Indices of the plots by range, then azimuth, then elevation, what is no number last."""
    if len(z) < FEW:
        return merged(z)
    order = np.argsort(z[:, 0])
    ranges = z[order, 0]
    return np.lexsort((z[:, 2], z[:, 1], z[:, 0])) if (ranges[1:] == ranges[:-1]).any() else order


@kernel
def sift(z: Floats, sigma: Floats, order: Ints, least: Floats, faults: Ints) -> tuple[Floats, Floats]:
    """The plots that make sense, each once, in this order; their sigmas, the least at least.

    faults (6,): how many plots had which fault are added.
    """
    sound, widths, count = np.empty((len(z), 3)), np.empty((len(z), 3)), 0
    for n in range(len(order)):
        k = order[n]
        what = fault(z[k], sigma[k])
        if what == SOUND and count > 0 and _same(z, k, sound, count - 1):
            what = REPEATED
        faults[what] += 1
        if what == SOUND:
            for c in range(3):
                sound[count, c], widths[count, c] = z[k, c], max(sigma[k, c], least[c])
            count += 1
    return sound[:count], widths[:count]


@kernel
def merged(z: Floats) -> Ints:
    """`ordered` of few plots: for a dozen, NumPy's five calls take longer than all else that is done with them."""
    order, other, width = np.arange(len(z)), np.empty(len(z), dtype=np.int64), 1
    while width < len(z):
        for low in range(0, len(z), 2 * width):
            a, middle, end = low, min(low + width, len(z)), min(low + 2 * width, len(z))
            b = middle
            for n in range(low, end):
                if a < middle and (b == end or not _before(z, order[b], order[a])):
                    other[n], a = order[a], a + 1
                else:
                    other[n], b = order[b], b + 1
        order, other, width = other, order, 2 * width
    return order


@part
def _before(z: Floats, i: int, j: int) -> bool:
    """Whether plot i comes before plot j."""
    for c in range(3):
        a, b = z[i, c], z[j, c]
        if a < b or (a == a and b != b):
            return True
        if b < a or (b == b and a != a):
            return False
    return False


@part
def _same(z: Floats, i: int, other: Floats, j: int) -> bool:
    return bool(z[i, 0] == other[j, 0] and z[i, 1] == other[j, 1] and z[i, 2] == other[j, 2])


@kernel
def stand(z: Floats, sigma: Floats, site: Floats, r: Floats, R: Floats) -> None:
    """Fill Earth-fixed positions (n, 3) and covariances (n, 3, 3), as `sensors.measurement.position` gives them."""
    G = np.empty((3, 3))  # rows: derivatives by range, azimuth, elevation, times sigma
    for n in range(len(z)):
        rho, sin_a, cos_a, sin_e, cos_e = z[n, 0], sin(z[n, 1]), cos(z[n, 1]), sin(z[n, 2]), cos(z[n, 2])
        for k in range(3):
            east, north, up = site[3 + k], site[6 + k], site[9 + k]
            toward = cos_e * sin_a * east + cos_e * cos_a * north + sin_e * up
            r[n, k] = site[k] + rho * toward
            G[0, k] = sigma[n, 0] * toward
            G[1, k] = sigma[n, 1] * rho * cos_e * (cos_a * east - sin_a * north)
            G[2, k] = sigma[n, 2] * rho * (cos_e * up - sin_e * (sin_a * east + cos_a * north))
        for a in range(3):
            for b in range(3):
                R[n, a, b] = G[0, a] * G[0, b] + G[1, a] * G[1, b] + G[2, a] * G[2, b]
