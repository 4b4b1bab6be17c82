"""The plots of one scan that make sense, sorted, and where each stands."""

from __future__ import annotations

from math import cos, isfinite, pi, sin

import numpy as np

from jointwatch.earth.arrays import Floats, Ints
from jointwatch.earth.compiled import kernel

GREATEST_RANGE_M = 1e8
GREATEST_ANGLE_SIGMA_RAD = 0.3  # beyond, the derivative at the plot says nothing of the other end of the cloud
SOUND, NOT_FINITE, NO_VARIANCE, TOO_WIDE, IMPOSSIBLE, REPEATED = range(6)


@kernel
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


@kernel
def sift(z: Floats, sigma: Floats, order: Ints, faults: Ints) -> Ints:
    """Those indices of the order whose plots make sense and are not the one before again; faults (6,) are counted."""
    kept, count = np.empty(len(order), dtype=np.int64), 0
    for n in range(len(order)):
        k = order[n]
        what = fault(z[k], sigma[k])
        if what == SOUND and count > 0:
            before = kept[count - 1]
            if z[k, 0] == z[before, 0] and z[k, 1] == z[before, 1] and z[k, 2] == z[before, 2]:
                what = REPEATED
        faults[what] += 1
        if what == SOUND:
            kept[count] = k
            count += 1
    return kept[:count]


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
