"""Mean and covariance of a position known well in range and badly across it, which is a lens and no ellipsoid.

Around a radar the same knowledge is close to a Gaussian in range r, azimuth, elevation, range rate, range acceleration
and the heading of the motion across: a track of ranges gives three of them sharply, and the angles the others. So the
Gaussian of the most probable path is taken to these coordinates, and its first two moments come back to second order,
mean + tr(B P) / 2 and A P A' + tr(B P B P) / 2, with divided differences for A and B [Norgaard, Poulsen, Ravn 2000].
The covariance then holds the sagitta of the lens, and the error squared by it is six on average also where the most
probable path's own (the inverse of the information there) gives eight or twenty.

Where the motion across is not known to be other than zero it has no heading; its rates in azimuth and elevation stand
for it and for the acceleration.
"""

from __future__ import annotations

from math import asin, atan2, cos, hypot, sin, sqrt

import numpy as np

from jointwatch.earth.arrays import Floats
from jointwatch.earth.compiled import kernel
from jointwatch.earth.ellipsoid import OMEGA_RAD_S
from jointwatch.earth.gravity import gravity
from jointwatch.sensors.measurement import LEAST_GROUND_RANGE_M
from jointwatch.tracking.gate import turned

SMALL = 1e-3
"""Of a sigma: the step of the differences by which the Gaussian is taken to the other coordinates."""
SURELY = 0.8
"""Motion across has a heading if its square stays above a fifth of itself at every point."""
FAR = sqrt(3.0)
"""Sigma: the step of the divided differences, for which a Gaussian's fourth moment comes out right."""


@kernel
def _local(site: Floats, v0: float, v1: float, v2: float) -> tuple[float, float, float]:
    """An Earth-fixed vector in the site's east, north and up."""
    return (
        v0 * site[3] + v1 * site[4] + v2 * site[5],
        v0 * site[6] + v1 * site[7] + v2 * site[8],
        v0 * site[9] + v1 * site[10] + v2 * site[11],
    )


@kernel
def _free_fall(site: Floats, x: Floats) -> tuple[float, float, float]:
    """Acceleration in the site's east, north and up of a falling body at a state (6,)."""
    gx, gy, gz = gravity(x[0], x[1], x[2])
    gx += OMEGA_RAD_S * (OMEGA_RAD_S * x[0] + 2 * x[4])
    gy += OMEGA_RAD_S * (OMEGA_RAD_S * x[1] - 2 * x[3])
    return _local(site, gx, gy, gz)


@kernel
def around(site: Floats, x: Floats, headed: bool, s: Floats) -> None:
    """Fill s (6,): range, azimuth, elevation, range rate, then range acceleration and heading, or rates of both angles.

    The heading is that of the motion across the line of sight, from upwards towards the right.
    """
    e, n, u = _local(site, x[0] - site[0], x[1] - site[1], x[2] - site[2])
    ve, vn, vu = _local(site, x[3], x[4], x[5])
    ground = max(hypot(e, n), LEAST_GROUND_RANGE_M)
    r = hypot(ground, u)
    ce, cn, cu = e / r, n / r, u / r
    right = (n * ve - e * vn) / ground
    up = vu * ground / r - (e * ve + n * vn) / ground * cu
    s[0], s[1], s[2], s[3] = r, atan2(e, n), asin(cu), ce * ve + cn * vn + cu * vu
    if headed:
        ae, an, au = _free_fall(site, x)
        s[4], s[5] = (right * right + up * up) / r + ce * ae + cn * an + cu * au, atan2(right, up)
    else:
        s[4], s[5] = right / r, up / r


@kernel
def back(site: Floats, s: Floats, headed: bool, x: Floats) -> None:
    """Fill the state x (6,) of coordinates around a radar; its velocity on entering is the guess to begin with."""
    sa, ca, se, ce = sin(s[1]), cos(s[1]), sin(s[2]), cos(s[2])
    e, n = ce * sa, ce * ca
    for k in range(3):
        x[k] = site[k] + s[0] * (e * site[3 + k] + n * site[6 + k] + se * site[9 + k])
    right, up = s[0] * s[4], s[0] * s[5]
    for _ in range(4 if headed else 1):  # Coriolis' force depends on what is sought, by a hundredth
        if headed:
            ae, an, au = _free_fall(site, x)
            across = sqrt(max(s[0] * (s[4] - e * ae - n * an - se * au), 0.0))
            right, up = across * sin(s[5]), across * cos(s[5])
        ve = s[3] * e + right * ca - up * se * sa
        vn = s[3] * n - right * sa - up * se * ca
        vu = s[3] * se + up * ce
        for k in range(3):
            x[3 + k] = ve * site[3 + k] + vn * site[6 + k] + vu * site[9 + k]


@kernel
def _root(P: Floats, L: Floats) -> None:
    """Cholesky's factor of P (6, 6): lower triangle, zeros above."""
    for a in range(6):
        for b in range(a + 1):
            rest = P[a, b]
            for k in range(b):
                rest -= L[a, k] * L[b, k]
            L[a, b] = sqrt(max(rest, 1e-14 * P[a, a])) if a == b else rest / L[b, b]
        for b in range(a + 1, 6):
            L[a, b] = 0.0


@kernel
def _taken(site: Floats, x: Floats, L: Floats, headed: bool, A: Floats) -> None:
    """Fill A (6, 6) with the columns of L, small changes of the state x, as changes of the coordinates."""
    y, s = np.empty(6), np.empty(6)
    for k in range(6):
        for to in range(2):
            step = SMALL - 2 * SMALL * to
            for a in range(6):
                y[a] = x[a] + step * L[a, k]
            around(site, y, headed, s)
            for a in range(6):
                change = s[a] if to == 0 else (A[a, k] - s[a]) / (2 * SMALL)
                A[a, k] = change if to == 0 or (a != 1 and a != 5) else turned(2 * SMALL * change) / (2 * SMALL)


@kernel
def _has_heading(site: Floats, x: Floats, s: Floats, A: Floats) -> bool:
    """Whether the motion across, v^2 / r in the range acceleration, stays well above zero at every point."""
    variance, height = 0.0, sin(s[2])
    for k in range(6):
        variance += A[4, k] * A[4, k]
    ae, an, au = _free_fall(site, x)
    level = cos(s[2])
    return bool(
        sqrt(2.0) * FAR * sqrt(variance) < SURELY * (s[4] - level * (sin(s[1]) * ae + cos(s[1]) * an) - height * au)
    )


@kernel
def _point(
    site: Floats, s: Floats, A: Floats, i: int, j: int, far: tuple[float, float], headed: bool, x: Floats, to: Floats
) -> None:
    """Fill a state (6,) with the point that lies so many sigma from the middle s along columns i and j of A."""
    y = np.empty(6)
    for a in range(6):
        y[a] = s[a] + far[0] * A[a, i] + far[1] * A[a, j]
        to[a] = x[a]
    back(site, y, headed, to)


@kernel
def _add(P: Floats, weight: float, d: Floats) -> None:
    for a in range(6):
        for b in range(6):
            P[a, b] += weight * d[a] * d[b]


@kernel
def moments(site: Floats, x: Floats, P: Floats) -> None:
    """Put mean and covariance of the lens in place of x (6,) and P (6, 6), the most probable state and its own."""
    L, A, s, mean, d = np.empty((6, 6)), np.empty((6, 6)), np.empty(6), np.empty(6), np.empty(6)
    ahead, behind, corner = np.empty((6, 6)), np.empty((6, 6)), np.empty(6)
    _root(P, L)
    _taken(site, x, L, True, A)
    around(site, x, True, s)
    headed = _has_heading(site, x, s, A)
    if not headed:
        _taken(site, x, L, False, A)
        around(site, x, False, s)
    for a in range(6):
        mean[a] = x[a]
        for b in range(6):
            P[a, b] = 0.0
    for i in range(6):
        _point(site, s, A, i, i, (FAR, 0.0), headed, x, ahead[i])
        _point(site, s, A, i, i, (-FAR, 0.0), headed, x, behind[i])
        for a in range(6):
            d[a] = (ahead[i, a] - behind[i, a]) / (2 * FAR)
        _add(P, 1.0, d)
        for a in range(6):
            d[a] = (ahead[i, a] + behind[i, a] - 2 * x[a]) / (FAR * FAR)
            mean[a] += d[a] / 2
        _add(P, 0.5, d)
        for j in range(i):
            _point(site, s, A, i, j, (FAR, FAR), headed, x, corner)
            for a in range(6):
                d[a] = (corner[a] - ahead[i, a] - ahead[j, a] + x[a]) / (FAR * FAR)
            _add(P, 1.0, d)
    for a in range(6):
        x[a] = mean[a]
