"""The most probable path through all plots of a coasting object: Gauss-Newton with exact process noise, compiled.

A filter linearises each plot where it then believed the object to be, and cannot take that back. With angles of half a
degree at 3,000 km that belief is a lens 30 km wide whose sagitta, 100 m, is more than the range's error, and the filter
ends overconfident. Here all plots are linearised again along the path that is now believed, until it stays.

# Algorithm
1. The reference: fly from the newest estimate back to the oldest plot.
2. A Kalman filter of the deviation from that reference, forward from the prior through all plots. It is linear, so it
   is the exact answer of the linearised problem, with process noise.
3. Move the newest estimate by its deviation, and begin again if that was far.

Process noise moves the path from the reference by some hundreds of metres, which bend no range by more than a
centimetre; so the reference need not contain it, and the deviation does. Equal to the iterated extended Kalman smoother
(Bell 1994) but for that.
"""

from __future__ import annotations

from math import atan2, ceil, hypot, sqrt

import numpy as np

from jointwatch.earth.arrays import Floats
from jointwatch.earth.compiled import kernel
from jointwatch.earth.ellipsoid import OMEGA_RAD_S
from jointwatch.earth.gravity import gravity, gravity_gradient
from jointwatch.sensors.measurement import LEAST_GROUND_RANGE_M
from jointwatch.tracking.gate import turned
from jointwatch.tracking.window import SITE, VARIANCE

LONGEST_STEP_S = 10.0
NEAR_ENOUGH = 1e-2
"""Square of the last step over the estimate's variance, component by component: a tenth of a sigma."""

_TURN, _FLING = 2 * OMEGA_RAD_S, OMEGA_RAD_S * OMEGA_RAD_S


@kernel
def fly(x: Floats, dt: float) -> None:
    """Move a state (6,) on, or back, by dt seconds: the classical Runge-Kutta method, good to 0.1 mm over 10 s."""
    steps = max(1.0, ceil(abs(dt) / LONGEST_STEP_S))
    h = dt / steps
    for k in range(4 * int(steps)):
        if k % 4 == 0:
            ax, ay, az, au, av, aw = x[0], x[1], x[2], x[3], x[4], x[5]
            rx, ry, rz, vx, vy, vz = ax, ay, az, au, av, aw
        gx, gy, gz = gravity(rx, ry, rz)
        gx, gy = gx + _FLING * rx + _TURN * vy, gy + _FLING * ry - _TURN * vx
        weight = h / 6 if k % 4 == 0 or k % 4 == 3 else h / 3
        x[0] += weight * vx
        x[1] += weight * vy
        x[2] += weight * vz
        x[3] += weight * gx
        x[4] += weight * gy
        x[5] += weight * gz
        d = h if k % 4 == 2 else 0.5 * h
        rx, ry, rz, vx, vy, vz = ax + d * vx, ay + d * vy, az + d * vz, au + d * gx, av + d * gy, aw + d * gz


@kernel
def transition(x: float, y: float, z: float, h: float, G: Floats, F: Floats) -> None:
    """Fill F (6, 6), how deviations grow in h seconds about a path that is at x, y, z halfway: its series to h^4.

    Good to 1e-7 over 10 s. G (3, 3) is filled with the gradient of gravity and of the frame's fling.
    """
    xx, xy, xz, yy, yz, zz = gravity_gradient(x, y, z)
    G[0, 0], G[1, 1], G[2, 2] = xx + _FLING, yy + _FLING, zz
    G[0, 1], G[0, 2], G[1, 2], G[1, 0], G[2, 0], G[2, 1] = xy, xz, yz, xy, xz, yz
    h2, h3, h4 = h * h / 2, h * h * h / 6, h * h * h * h / 24
    for a in range(3):
        for b in range(3):
            one = 1.0 if a == b else 0.0
            w = _TURN if a == 0 and b == 1 else (-_TURN if a == 1 and b == 0 else 0.0)
            ww = -_TURN * _TURN if a == b and a < 2 else 0.0
            wg = _TURN * G[1, b] if a == 0 else (-_TURN * G[0, b] if a == 1 else 0.0)
            gw = -_TURN * G[a, 1] if b == 0 else (_TURN * G[a, 0] if b == 1 else 0.0)
            gg = G[a, 0] * G[0, b] + G[a, 1] * G[1, b] + G[a, 2] * G[2, b]
            F[a, b] = one + G[a, b] * h2 + wg * h3 + gg * h4
            F[a, 3 + b] = one * h + w * h2 + (G[a, b] + ww) * h3 + (gw + wg) * h4
            F[3 + a, b] = G[a, b] * h + wg * h2 + gg * h3
            F[3 + a, 3 + b] = one + w * h + (G[a, b] + ww) * h2 + (gw + wg) * h3


@kernel
def _spread(F: Floats, h: float, noise: float, d: Floats, P: Floats, T: Floats) -> None:
    """Carry a deviation d and its covariance P through F, and add white acceleration. T: (7, 6), any content."""
    for a in range(6):
        T[6, a] = 0.0
        for k in range(6):
            T[6, a] += F[a, k] * d[k]
        for b in range(6):
            total = 0.0
            for k in range(6):
                total += F[a, k] * P[k, b]
            T[a, b] = total
    for a in range(6):
        d[a] = T[6, a]
        for b in range(a, 6):
            total = 0.0
            for k in range(6):
                total += T[a, k] * F[b, k]
            P[a, b] = P[b, a] = total
    for a in range(3):
        P[a, a] += noise * h * h * h / 3
        P[3 + a, 3 + a] += noise * h
        P[a, 3 + a] += noise * h * h / 2
        P[3 + a, a] = P[a, 3 + a]


@kernel
def _carry(y: Floats, dt: float, noise: float, d: Floats, P: Floats, F: Floats, T: Floats, G: Floats) -> None:
    """Move the reference y (6,) on by dt, and the deviation from it with its covariance."""
    steps = max(1.0, ceil(dt / LONGEST_STEP_S))
    h = dt / steps
    for _ in range(int(steps)):
        a, b, c = y[0] + h / 4 * y[3], y[1] + h / 4 * y[4], y[2] + h / 4 * y[5]
        fly(y, h)
        a, b, c = a + y[0] - h / 4 * y[3], b + y[1] - h / 4 * y[4], c + y[2] - h / 4 * y[5]
        transition(0.5 * a, 0.5 * b, 0.5 * c, h, G, F)
        _spread(F, h, noise, d, P, T)


@kernel
def measure(node: Floats, y: Floats, H: Floats) -> None:
    """Fill H (4, 3): range, azimuth and elevation of a position (3,), and below how each changes with it."""
    d0, d1, d2 = y[0] - node[SITE], y[1] - node[SITE + 1], y[2] - node[SITE + 2]
    e = d0 * node[SITE + 3] + d1 * node[SITE + 4] + d2 * node[SITE + 5]
    n = d0 * node[SITE + 6] + d1 * node[SITE + 7] + d2 * node[SITE + 8]
    u = d0 * node[SITE + 9] + d1 * node[SITE + 10] + d2 * node[SITE + 11]
    ground = max(hypot(e, n), LEAST_GROUND_RANGE_M)
    r2 = ground * ground + u * u
    r, tilt = sqrt(r2), -u / (ground * r2)
    H[0, 0], H[0, 1], H[0, 2] = r, atan2(e, n), atan2(u, ground)
    for k in range(3):
        east, north, up = node[SITE + 3 + k], node[SITE + 6 + k], node[SITE + 9 + k]
        H[1, k] = (e * east + n * north + u * up) / r
        H[2, k] = (n * east - e * north) / (ground * ground)
        H[3, k] = (e * east + n * north) * tilt + ground / r2 * up


@kernel
def _take(node: Floats, H: Floats, d: Floats, P: Floats, g: Floats) -> float:
    """Take a plot into a deviation and its covariance; its normalised innovation squared. g: (6,), any content."""
    squares = 0.0
    for row in range(3):
        nu = node[row] - H[0, row]
        nu = turned(nu) if row == 1 else nu
        s = node[VARIANCE + row]
        for a in range(6):
            g[a] = P[a, 0] * H[row + 1, 0] + P[a, 1] * H[row + 1, 1] + P[a, 2] * H[row + 1, 2]
        for k in range(3):
            s += H[row + 1, k] * g[k]
            nu -= H[row + 1, k] * d[k]
        for a in range(6):
            d[a] += g[a] * (nu / s)
            for b in range(6):
                P[a, b] -= g[a] * (g[b] / s)
        squares += nu * nu / s
    return squares


@kernel
def smooth(
    times_s: Floats, nodes: Floats, count: int, since_s: float, before: Floats, noise: float, most: int, x: Floats,
    P: Floats,
) -> tuple[float, bool]:  # fmt: skip
    """Fill x (6,) and P (6, 6), what all plots together say at the time of the newest; x comes in as a first guess.

    times_s, nodes: of so many plots in order (`window`), seconds; before: what is believed before them, at since_s.
    Returns the sum of the squares of the normalised innovations along the path, and whether it stayed.
    """
    y, d, g, H = np.empty(6), np.empty(6), np.empty(6), np.empty((4, 3))
    F, T, G = np.empty((6, 6)), np.empty((7, 6)), np.empty((3, 3))
    squares = 0.0
    for _ in range(most):
        for k in range(6):
            y[k] = x[k]
        for i in range(count - 1, -1, -1):
            fly(y, (times_s[i - 1] if i > 0 else since_s) - times_s[i])
        for a in range(6):
            d[a] = before[0, a] - y[a]
            for b in range(6):
                P[a, b] = before[1 + a, b]
        squares, now = 0.0, since_s
        for i in range(count):
            if times_s[i] > now:
                _carry(y, times_s[i] - now, noise, d, P, F, T, G)
            now = times_s[i]
            measure(nodes[i], y, H)
            squares += _take(nodes[i], H, d, P, g)
        near = True
        for k in range(6):
            x[k] = y[k] + d[k]
            near = near and d[k] * d[k] < NEAR_ENOUGH * P[k, k]  # and false where something is not a number
        if near:
            return squares, True
    return squares, False
