"""Between the nodes of a path: polynomials of degree five in time, compiled by Numba."""

from __future__ import annotations

from math import nan

from jointwatch.earth.arrays import Floats, Ints
from jointwatch.earth.compiled import kernel
from jointwatch.flight.dynamics import acceleration
from jointwatch.flight.model import Forces


@kernel
def pulls(states: Floats, inverse_beta: Floats, forces: Forces, out: Floats) -> None:
    """Fill the accelerations (n, 3) of the states (n, 6)."""
    for i in range(len(states)):
        s = states[i]
        pull = acceleration(s[0], s[1], s[2], s[3], s[4], s[5], inverse_beta[i], forces)
        for c in range(3):
            out[i, c] = pull[c]


@kernel
def _between(time_s: Floats, states: Floats, pull: Floats, k: int, t: float, out: Floats) -> None:
    """Write the state at t, between nodes k and k + 1: what has their places, velocities and accelerations.

    [E. Hairer, S. P. Nørsett, G. Wanner, Solving Ordinary Differential Equations I, 1993, section II.6, Hermite]
    """
    h = time_s[k + 1] - time_s[k]
    u = (t - time_s[k]) / h
    for c in range(3):
        slope, bend = h * states[k, 3 + c], 0.5 * h * h * pull[k, c]
        D = states[k + 1, c] - states[k, c] - slope - bend
        V = h * states[k + 1, 3 + c] - slope - 2 * bend
        B = 0.5 * h * h * pull[k + 1, c] - bend
        c3, c4, c5 = 10 * D - 4 * V + B, -15 * D + 7 * V - 2 * B, 6 * D - 3 * V + B
        out[c] = states[k, c] + u * (slope + u * (bend + u * (c3 + u * (c4 + u * c5))))
        out[3 + c] = (slope + u * (2 * bend + u * (3 * c3 + u * (4 * c4 + u * 5 * c5)))) / h


@kernel
def _node_before(time_s: Floats, low: int, last: int, t: float) -> int:
    """The node that begins the segment a time is in."""
    while last - low > 1:
        middle = (low + last) // 2
        if time_s[middle] <= t:
            low = middle
        else:
            last = middle
    return low


@kernel
def sample(
    begin: Ints, end: Ints, time_s: Floats, states: Floats, pull: Floats, times: Floats, out: Floats
) -> None:  # fmt: skip
    """Fill the states (n, m, 6) at the times (n, m); NaN before a path's first node and after its last.

    begin, end: (n,) where the nodes of each path stand in the arrays of all nodes, (k,), (k, 6) and (k, 3).
    """
    for i in range(len(times)):
        low, last = begin[i], end[i] - 1
        k = low
        for j in range(times.shape[1]):
            t = times[i, j]
            if not (last > low and time_s[low] <= t <= time_s[last]):
                for c in range(6):
                    out[i, j, c] = states[low, c] if last == low and t == time_s[low] else nan
                continue
            if j == 0 or t < time_s[k]:
                k = _node_before(time_s, low, last, t)
            while k < last - 1 and time_s[k + 1] < t:
                k += 1
            _between(time_s, states, pull, k, t, out[i, j])
