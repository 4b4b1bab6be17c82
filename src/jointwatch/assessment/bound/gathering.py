"""What looks say of a flight around and after the end of its burn, compiled by Numba: the sums of `assessment.fisher`.

A matrix of six is kept as its lower half. Looks come as information of position (6,), xx xy xz yy yz zz. A moment is a
sum of such over looks, with a power of the time of each after some epoch.
"""

from __future__ import annotations

from math import sqrt

from jointwatch.assessment.fisher import LEAST_RECIPROCAL_CONDITION, STEADY_S, THRUST_SIGMA_M_S2
from jointwatch.earth.arrays import Floats
from jointwatch.earth.compiled import part
from jointwatch.earth.ellipsoid import OMEGA_RAD_S
from jointwatch.earth.gravity import gravity_gradient

_THRUST = THRUST_SIGMA_M_S2**-2


@part
def moments(seen: Floats, count: int, step_s: float, epoch_s: float, until_s: float, M: Floats) -> None:
    """Fill M (5, 6) with the moments of the looks seen (t, 6) of the first steps, half a minute around an epoch."""
    for n in range(5):
        for c in range(6):
            M[n, c] = 0.0
    for t in range(count):
        after = t * step_s - epoch_s
        if abs(after) <= STEADY_S and t * step_s <= until_s:
            power = 1.0
            for n in range(5):
                for c in range(6):
                    M[n, c] += power * seen[t, c]
                power *= after


@part
def times(W: Floats, x: float, y: float, z: float) -> tuple[float, float, float]:
    """A symmetric matrix of three, as (6,), times a vector."""
    return (
        W[0] * x + W[1] * y + W[2] * z,
        W[1] * x + W[3] * y + W[4] * z,
        W[2] * x + W[4] * y + W[5] * z,
    )


@part
def _of_state(M: Floats, J: Floats) -> None:
    """Fill J (6, 6), its lower half, with the information of position and velocity at the epoch of moments."""
    index = ((0, 1, 2), (1, 3, 4), (2, 4, 5))
    for i in range(3):
        for j in range(3):
            c = index[i][j]
            J[i, j], J[3 + i, j], J[3 + i, 3 + j] = M[0, c], M[1, c], M[2, c]


@part
def of_burn(M: Floats, ahead: Floats, J: Floats) -> None:
    """Fill J (6, 6): the information of a state of a burn, under a thrust along the velocity that is not known."""
    _of_state(M, J)
    x, y, z = ahead[0], ahead[1], ahead[2]
    ax, ay, az = times(M[2], x, y, z)
    bx, by, bz = times(M[3], x, y, z)
    cx, cy, cz = times(M[4], x, y, z)
    side = (0.5 * ax, 0.5 * ay, 0.5 * az, 0.5 * bx, 0.5 * by, 0.5 * bz)
    own = _THRUST + 0.25 * (x * cx + y * cy + z * cz)
    for i in range(6):
        for j in range(i + 1):
            J[i, j] -= side[i] * side[j] / own


@part
def of_cutoff(M: Floats, ahead: Floats, thrust: float, J: Floats, gain: Floats) -> float:
    """Fill J (6, 6): what looks before the end of a burn say of the state then; return the least variance of its time.

    The time and the thrust are taken out. gain (6,): how the state, which later looks tell, says more of the time.
    Minus one where no look says anything of it.
    """
    _of_state(M, J)
    x, y, z = ahead[0], ahead[1], ahead[2]
    px, py, pz = times(M[1], x, y, z)
    ax, ay, az = times(M[2], x, y, z)
    bx, by, bz = times(M[3], x, y, z)
    cx, cy, cz = times(M[4], x, y, z)
    end = (thrust * px, thrust * py, thrust * pz, thrust * ax, thrust * ay, thrust * az)
    push = (-0.5 * ax, -0.5 * ay, -0.5 * az, -0.5 * bx, -0.5 * by, -0.5 * bz)
    ee = thrust * thrust * (x * ax + y * ay + z * az)
    et = -0.5 * thrust * (x * bx + y * by + z * bz)
    tt = _THRUST + 0.25 * (x * cx + y * cy + z * cz)
    room = ee * tt - et * et
    if not (ee > 0.0 and room > 1e-12 * ee * tt):
        return -1.0
    for i in range(6):
        gain[i] = (tt * end[i] - et * push[i]) / room
        other = (ee * push[i] - et * end[i]) / room
        for j in range(i + 1):
            J[i, j] -= gain[i] * end[j] + other * push[j]
    return float(tt / room)


@part
def add(J: Floats, Phi: Floats, W: Floats) -> None:
    """Add to J (6, 6) what a look says of the state that moves its position by Phi (3, 6)."""
    for j in range(6):
        x, y, z = times(W, Phi[0, j], Phi[1, j], Phi[2, j])
        for i in range(j, 6):
            J[i, j] += Phi[0, i] * x + Phi[1, i] * y + Phi[2, i] * z


@part
def factored(J: Floats, L: Floats, scale: Floats) -> bool:
    """Fill L (6, 6) and scale (6,) with the Cholesky root of the scaled J; whether the looks leave nothing open."""
    for i in range(6):
        if not J[i, i] > 0.0:
            return False
        scale[i] = 1.0 / sqrt(J[i, i])
    for i in range(6):
        for j in range(i + 1):
            rest = J[i, j] * scale[i] * scale[j]
            for n in range(j):
                rest -= L[i, n] * L[j, n]
            if i > j:
                L[i, j] = rest / L[j, j]
            elif rest > 6.0 * LEAST_RECIPROCAL_CONDITION:  # six times: the largest that the greatest value can be
                L[i, i] = sqrt(rest)
            else:
                return False
    return True


@part
def variance(L: Floats, scale: Floats, slope: Floats, work: Floats) -> float:
    """The least variance of what changes by a slope (6 or more,) with the state."""
    total = 0.0
    for i in range(6):
        rest = slope[i] * scale[i]
        for n in range(i):
            rest -= L[i, n] * work[n]
        work[i] = rest / L[i, i]
        total += work[i] * work[i]
    return total


@part
def transitions(
    r: Floats, burnout: Floats, burn_s: float, step_s: float, first: int, last: int, move: Floats, Phi: Floats
) -> None:
    """Fill Phi (t, 3, 6) from the first to before the last step: position by the state at burnout, in free flight.

    Positions r (t, 3) are known, so that the gravity gradient in the middle of a step is; with it a step is a Taylor
    series to the third order. Steps of 5 s keep six digits over half an hour (tests/assessment/test_bound.py).
    move (6, 6): a row for each component of the state at burnout.
    """
    for c in range(6):
        for i in range(6):
            move[c, i] = 1.0 if c == i else 0.0
    turn, fling = 2 * OMEGA_RAD_S, OMEGA_RAD_S * OMEGA_RAD_S
    x, y, z, at_s = burnout[0], burnout[1], burnout[2], burn_s
    for t in range(first, last):
        h = t * step_s - at_s
        xx, xy, xz, yy, yz, zz = gravity_gradient(0.5 * (x + r[t, 0]), 0.5 * (y + r[t, 1]), 0.5 * (z + r[t, 2]))
        xx, yy = xx + fling, yy + fling
        for c in range(6):
            rx, ry, rz, vx, vy, vz = move[c, 0], move[c, 1], move[c, 2], move[c, 3], move[c, 4], move[c, 5]
            ax = xx * rx + xy * ry + xz * rz + turn * vy
            ay = xy * rx + yy * ry + yz * rz - turn * vx
            az = xz * rx + yz * ry + zz * rz
            jx = xx * vx + xy * vy + xz * vz + turn * ay
            jy = xy * vx + yy * vy + yz * vz - turn * ax
            jz = xz * vx + yz * vy + zz * vz
            sx = xx * ax + xy * ay + xz * az + turn * jy
            sy = xy * ax + yy * ay + yz * az - turn * jx
            sz = xz * ax + yz * ay + zz * az
            move[c, 0] = rx + h * (vx + h / 2 * (ax + h / 3 * jx))
            move[c, 1] = ry + h * (vy + h / 2 * (ay + h / 3 * jy))
            move[c, 2] = rz + h * (vz + h / 2 * (az + h / 3 * jz))
            move[c, 3] = vx + h * (ax + h / 2 * (jx + h / 3 * sx))
            move[c, 4] = vy + h * (ay + h / 2 * (jy + h / 3 * sy))
            move[c, 5] = vz + h * (az + h / 2 * (jz + h / 3 * sz))
            Phi[t, 0, c], Phi[t, 1, c], Phi[t, 2, c] = move[c, 0], move[c, 1], move[c, 2]
        x, y, z, at_s = r[t, 0], r[t, 1], r[t, 2], t * step_s
