"""How a small change of a state grows as it falls: state and transition matrix together, compiled by Numba.

Gravity with J2 in the rotating frame, no air. Steps of the classical Runge-Kutta method of order 4, no longer than
10 s, applied to the state and to its variational equations at once; so Phi is the exact derivative of the map that
moves the state. Against the adaptive method one step is good to 0.1 mm, an hour in orbit to some centimetres.
"""

from __future__ import annotations

from math import ceil

from jointwatch.earth.arrays import Floats
from jointwatch.earth.compiled import kernel
from jointwatch.earth.ellipsoid import OMEGA_RAD_S
from jointwatch.earth.gravity import gravity, gravity_gradient

LONGEST_STEP_S = 10.0


@kernel
def _slope(y: Floats, slope: Floats) -> None:
    """Time derivative of seven columns: the state, and the transition matrix (Montenbruck, Gill, 2000, eq. 7.42)."""
    xx, xy, xz, yy, yz, zz = gravity_gradient(y[0, 0], y[0, 1], y[0, 2])
    turn, fling = 2 * OMEGA_RAD_S, OMEGA_RAD_S * OMEGA_RAD_S
    for c in range(7):
        rx, ry, rz = y[c, 0], y[c, 1], y[c, 2]
        slope[c, 0], slope[c, 1], slope[c, 2] = y[c, 3], y[c, 4], y[c, 5]
        slope[c, 3] = (xx + fling) * rx + xy * ry + xz * rz + turn * y[c, 4]
        slope[c, 4] = xy * rx + (yy + fling) * ry + yz * rz - turn * y[c, 3]
        slope[c, 5] = xz * rx + yz * ry + zz * rz
    gx, gy, gz = gravity(y[0, 0], y[0, 1], y[0, 2])
    slope[0, 3], slope[0, 4], slope[0, 5] = (
        gx + turn * y[0, 4] + fling * y[0, 0],
        gy - turn * y[0, 3] + fling * y[0, 1],
        gz,
    )


@kernel
def _advance(target: Floats, y: Floats, h: float, slope: Floats) -> None:
    """target = y + h slope, element by element."""
    for c in range(7):
        for j in range(6):
            target[c, j] = y[c, j] + h * slope[c, j]


@kernel
def _step(y: Floats, h: float, stage: Floats, slope: Floats, total: Floats) -> None:
    """Move y on by h: slopes at the start, twice at the middle, at the end, weighed 1 2 2 1."""
    _advance(total, y, 0.0, y)
    _slope(y, slope)
    _advance(total, total, h / 6, slope)
    for part, weight in ((0.5, 3.0), (0.5, 3.0), (1.0, 6.0)):
        _advance(stage, y, part * h, slope)
        _slope(stage, slope)
        _advance(total, total, h / weight, slope)
    _advance(y, total, 0.0, total)


@kernel
def vary(x: Floats, dt: Floats, x_new: Floats, phi: Floats, work: Floats) -> None:
    """Fill the states x_new (n, 6) and matrices phi (n, 6, 6) after dt (n,) seconds from the states x (n, 6).

    work: (4, 7, 6), any content; row 0 of each is a state, rows 1 to 6 are columns of a transition matrix.
    """
    y, stage, slope, total = work[0], work[1], work[2], work[3]
    for i in range(len(x)):
        for j in range(6):
            y[0, j] = x[i, j]
            for c in range(6):
                y[1 + c, j] = 1.0 if c == j else 0.0
        steps = max(1.0, ceil(abs(dt[i]) / LONGEST_STEP_S))
        for _ in range(int(steps)):
            _step(y, dt[i] / steps, stage, slope, total)
        for j in range(6):
            x_new[i, j] = y[0, j]
            for c in range(6):
                phi[i, j, c] = y[1 + c, j]
