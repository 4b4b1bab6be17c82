"""Which legs a flight takes to the ground: up through the air, over the top, down through the air; by Numba.

Whatever does not go one of these ways (orbits, what skips, what stalls, what flies in thick air only) is left to
`integration`, which is some ten times slower and takes everything.
"""

from __future__ import annotations

from math import inf, log

import numpy as np

from jointwatch.earth.arrays import Bools, Floats, Ints
from jointwatch.earth.compiled import kernel
from jointwatch.earth.height import height_rate
from jointwatch.flight.dynamics import acceleration
from jointwatch.flight.ellipse import LOW_M, gain_m, leverage_s, rate2_over
from jointwatch.flight.lanes import CELL_M, THIN_AIR
from jointwatch.flight.legs import LEAST_RATE_M_S, fly_in_height, fly_in_time, note
from jointwatch.flight.model import Forces, Model

# Air thinner than this share of the ballistic coefficient, kg/m^3 per kg/m^2, is left out: on the way up, with a
# flight of a thousand seconds ahead, and on the way down, if that is steep; less for longer and flatter flights. It
# costs some centimetres at the ground at most. There a leg in height ends and one in time begins, without drag and so
# with steps of minutes. The second figure is for air that thins out slowly, the standard's over 120 km.
THIN_UP, THIN_DOWN, STEEP_M2_S2 = (3e-14, 1e-14), (2e-12, 1e-13), 2_000.0**2
# A flight that rises no farther than this over it may hang there for long, and turns with drag too.
HANG_M = (40_000.0, 150_000.0)
# A flight whose apogee is too low for that turns with drag, from here at most, in no long steps.
TOP_M, STEP_IN_AIR_S, STEP_IN_AIR_M = 120_000.0, 25.0, 10_000.0
TURN_M = 8_000.0  # an apogee so far over the end of a leg in height leaves the rate that this needs
# The lowest height at which the leg in time knows the air: everywhere where its logarithm is a straight line.
AIRS, FLOOR_M = ("exp", "us76"), (20_000.0, 90_000.0)
# The error allowed a step, by the estimate of order 5, in shares of that allowed an impact: what is kept is of order 8.
STEP_SHARE = 2.0
# Between the nodes of a path, and how many there may be; what needs more is left to `integration`.
CAP_S, CAP_M, MOST_NODES = 100.0, 5_000.0, 240


@kernel
def _thin_m(density_kg_m3: float, air: int, forces: Forces) -> float:
    """The height, to a cell of `THIN_AIR`, over which the air is thinner than this; not over the model's air."""
    wanted, low, high = log(density_kg_m3 + 1e-15), 0, THIN_AIR.shape[1] - 1
    while high - low > 1:
        middle = (low + high) // 2
        if THIN_AIR[air, middle] > wanted:
            low = middle
        else:
            high = middle
    return float(min(max(high * CELL_M, LOW_M), forces[3][-1]))


@kernel
def _touch(state: Floats, forces: Forces) -> None:
    """Move a state along its velocity to height zero: the millimetre by which height was not integrated exactly."""
    height, rate = height_rate(state[0], state[1], state[2], state[3], state[4], state[5])
    x, y, z, vx, vy, vz = state[0], state[1], state[2], state[3], state[4], state[5]
    pull = acceleration(x, y, z, vx, vy, vz, 0.0, forces)
    for c in range(3):
        state[c] -= height / rate * state[3 + c]
        state[3 + c] -= height / rate * pull[c]
    state[6] -= height / rate
    state[7] = 0.0


@kernel
def fly_to_ground(
    x: Floats, inverse_beta: Floats, forces: Forces, air: int, floor_m: float, tolerance_m: float, cap_s: float,
    cap_m: float, states: Floats, nodes: Floats, count: Ints, lost: Bools,
) -> None:  # fmt: skip
    """Fill the states (n, 8) at the ground of objects at the states x (n, 6): Earth-fixed, seconds, height.

    floor_m: the lowest height at which the air of the leg in time holds.
    lost (n,): those that did not go the ordinary way; their rows mean nothing.
    """
    n = len(x)
    climbing, coasting, sinking = np.zeros(n, np.bool_), np.zeros(n, np.bool_), np.ones(n, np.bool_)
    up, down, rest, ground = np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(n)
    drag, cap = np.zeros(n), np.full(n, cap_s)
    least2 = LEAST_RATE_M_S * LEAST_RATE_M_S
    for i in range(n):
        height, rate = height_rate(x[i, 0], x[i, 1], x[i, 2], x[i, 3], x[i, 4], x[i, 5])
        for c in range(6):
            states[i, c] = x[i, c]
        states[i, 6], states[i, 7] = 0.0, height
        if nodes.shape[1] > 0:
            note(nodes, count, i, 0.0, x[i])
        apex = height + gain_m(x[i])
        rest[i] = leverage_s(x[i], rate)
        up[i] = _thin_m(THIN_UP[air] * 1e3 / rest[i] / inverse_beta[i], air, forces)
        steepness = min(1.0, max(0.01, rate2_over(x[i], TOP_M - height) / STEEP_M2_S2))
        down[i] = _thin_m(THIN_DOWN[air] * steepness / inverse_beta[i], air, forces)
        turn = apex - TURN_M
        top = min(up[i], turn)
        climbing[i] = rate > 0 and height < top and rate2_over(x[i], top - height) > least2
        if height < up[i] and (apex < up[i] + HANG_M[air] or not climbing[i]):  # it turns in the air
            up[i] = down[i] = top if climbing[i] else min(TOP_M, turn)
            drag[i], cap[i] = inverse_beta[i], min(cap_s, STEP_IN_AIR_S, STEP_IN_AIR_M / max(abs(rate), 1.0))
        coasting[i] = climbing[i] or not (height <= max(down[i], TOP_M) and rate < -LEAST_RATE_M_S)
        low = down[i] < floor_m or (height < floor_m and not climbing[i])
        lost[i] = not height > 0 or (coasting[i] and low and drag[i] > 0)
    fly_in_height(states, climbing, up, rest, inverse_beta, forces, tolerance_m, cap_m, nodes, count, lost)
    fly_in_time(states, coasting, down, drag, forces, air, tolerance_m, cap, nodes, count, lost)
    fly_in_height(states, sinking, ground, ground, inverse_beta, forces, tolerance_m, cap_m, nodes, count, lost)
    for i in range(n):
        if not lost[i]:
            _touch(states[i], forces)
            if 0 < count[i] <= nodes.shape[1]:
                count[i] -= 1
                note(nodes, count, i, states[i, 6], states[i])  # the last node is where the path touches the ground


def to_ground(x: Floats, inverse_beta: Floats, model: Model, tolerance_m: float) -> tuple[Floats, Floats, Bools]:
    """Times (n,) and states (n, 6) at the ground, and which did not go the ordinary way (n,)."""
    states, _, _, lost = _flown(x, inverse_beta, model, tolerance_m, cap_s=inf, cap_m=inf, most_nodes=0)
    return states[:, 6].copy(), states[:, :6].copy(), lost


def nodes_to_ground(x: Floats, inverse_beta: Floats, model: Model) -> tuple[Floats, Ints, Bools]:
    """Nodes (n, m, 7), seconds and states, how many of them each has (n,), and which did not go the ordinary way (n,).

    From a node to the next no longer than a polynomial of degree five can follow.
    """
    _, nodes, count, lost = _flown(x, inverse_beta, model, 0.1, cap_s=CAP_S, cap_m=CAP_M, most_nodes=MOST_NODES)
    return nodes, count, lost | (count > MOST_NODES)


def _flown(
    x: Floats, inverse_beta: Floats, model: Model, tolerance_m: float, *, cap_s: float, cap_m: float, most_nodes: int
) -> tuple[Floats, Floats, Ints, Bools]:
    n, air = len(x), AIRS.index(model.air)
    states, lost = np.empty((n, 8)), np.zeros(n, dtype=np.bool_)
    nodes, count = np.empty((n, most_nodes, 7)), np.zeros(n, dtype=np.int64)
    fly_to_ground(
        x, inverse_beta, model.forces, air, FLOOR_M[air], STEP_SHARE * tolerance_m, cap_s, cap_m, states, nodes,
        count, lost,
    )  # fmt: skip
    return states, nodes, count, lost
