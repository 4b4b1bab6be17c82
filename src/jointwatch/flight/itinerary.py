"""Which legs a flight takes to the ground: up through the air, over the top, down through the air; by Numba.

Whatever does not go one of these ways (orbits, what skips, what stalls, what flies in thick air only) is left to
`integration`, which is some twenty times slower and takes everything.
"""

from __future__ import annotations

from math import inf, log

import numpy as np

from jointwatch.earth.arrays import Bools, Floats, Ints
from jointwatch.earth.compiled import kernel
from jointwatch.earth.height import height_rate
from jointwatch.flight.dynamics import acceleration
from jointwatch.flight.ellipse import LOW_M, gain_m, leverage_s, rate2_over
from jointwatch.flight.lanes import CELL_M, THIN_AIR, advance
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
TOP_M, STEP_IN_AIR_S, STEP_IN_AIR_M = 120_000.0, 50.0, 10_000.0
TURN_M = 8_000.0  # an apogee so far over the end of a leg in height leaves the rate that this needs
# The thickest air, per ballistic coefficient, that the leg in time may meet: it takes the logarithm of the density for
# a straight line between two values, which is exact in exp and has kinks in us76.
AIRS, THICK = ("exp", "us76"), (1e-5, 3e-12)
# The error allowed a step, by the estimate of order 5, in shares of that allowed an impact: what is kept is of order 8.
STEP_SHARE = 4.0
UP, DOWN, REST, DRAG, CAP = 0, 1, 2, 3, 4  # rows of an itinerary
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
    return float(min(high * CELL_M, forces[3][-1]))


@kernel
def plan(
    x: Floats, inverse_beta: Floats, forces: Forces, air: int, cap_s: float, states: Floats,
    itinerary: Floats, lost: Bools,
) -> None:  # fmt: skip
    """Fill the states (n, 8) to begin with, and for each object what its legs need, in rows (5, n).

    UP: height to climb to, 0 if not; DOWN: height to coast down to, 0 if not; REST: metres at the impact for each m/s
    now; DRAG: one over the ballistic coefficient while coasting; CAP: longest step of that.
    lost (n,): those that go none of these ways.
    """
    for i in range(len(x)):
        height, rate = height_rate(x[i, 0], x[i, 1], x[i, 2], x[i, 3], x[i, 4], x[i, 5])
        for c in range(6):
            states[i, c] = x[i, c]
        states[i, 6], states[i, 7] = 0.0, height
        apex, rest, drag, cap = height + gain_m(x[i]), leverage_s(x[i], rate), 0.0, cap_s
        up = max(LOW_M, _thin_m(THIN_UP[air] * 1e3 / rest / inverse_beta[i], air, forces))
        steepness = min(1.0, max(0.01, rate2_over(x[i], TOP_M - height) / STEEP_M2_S2))
        down = max(LOW_M, _thin_m(THIN_DOWN[air] * steepness / inverse_beta[i], air, forces))
        turn = apex - TURN_M
        top = min(up, turn)
        climbs = rate > 0 and height < top and rate2_over(x[i], top - height) > LEAST_RATE_M_S * LEAST_RATE_M_S
        if height < up and (apex < up + HANG_M[air] or not climbs):  # it turns in the air
            up = down = top if climbs else min(TOP_M, turn)
            drag, cap = inverse_beta[i], min(cap_s, STEP_IN_AIR_S)
            if not climbs:
                cap = min(cap, STEP_IN_AIR_M / max(abs(rate), 1.0))
        coasts = climbs or not (height <= max(down, TOP_M) and rate < -LEAST_RATE_M_S)
        low = coasts and drag > 0 and min(down, up if climbs else height) < _thin_m(THICK[air] / drag, air, forces)
        lost[i] = not height > 0 or low
        itinerary[UP, i], itinerary[DOWN, i] = up if climbs else 0.0, down if coasts else 0.0
        itinerary[REST, i], itinerary[DRAG, i], itinerary[CAP, i] = rest, drag, cap


@kernel
def touch(states: Floats, forces: Forces, nodes: Floats, count: Ints, lost: Bools) -> None:
    """Move states along their velocity to height zero: the millimetre by which height was not integrated exactly.

    The last node of a path is then where it touches the ground.
    """
    for i in range(len(states)):
        if not lost[i]:
            s = states[i]
            height, rate = height_rate(s[0], s[1], s[2], s[3], s[4], s[5])
            pull = acceleration(s[0], s[1], s[2], s[3], s[4], s[5], 0.0, forces)
            for c in range(3):
                s[c] -= height / rate * s[3 + c]
                s[3 + c] -= height / rate * pull[c]
            s[6] -= height / rate
            if 0 < count[i] <= nodes.shape[1]:
                count[i] -= 1
                note(nodes, count, i, s[6], s)


def to_ground(x: Floats, inverse_beta: Floats, model: Model, tolerance_m: float) -> tuple[Floats, Floats, Bools]:
    """Times (n,) and states (n, 6) at the ground, and which did not go the ordinary way (n,)."""
    states, _, _, lost = _flown(x, inverse_beta, model, tolerance_m, cap_s=inf, cap_m=inf, most_nodes=0)
    return states[:, 6].copy(), states[:, :6].copy(), lost


def nodes_to_ground(x: Floats, inverse_beta: Floats, model: Model) -> tuple[Floats, Ints, Bools]:
    """Nodes (n, m, 7), seconds and states, how many of them each has (n,), and which did not go the ordinary way (n,).

    From a node to the next no longer than a polynomial of degree five can follow.
    """
    _, nodes, count, lost = _flown(x, inverse_beta, model, 0.05, cap_s=CAP_S, cap_m=CAP_M, most_nodes=MOST_NODES)
    return nodes, count, lost | (count > MOST_NODES)


def _flown(
    x: Floats, inverse_beta: Floats, model: Model, tolerance_m: float, *, cap_s: float, cap_m: float, most_nodes: int
) -> tuple[Floats, Floats, Ints, Bools]:
    """States at the ground, nodes, their count, and which were lost; only the steps that are needed are compiled."""
    n, air, forces, tolerance = len(x), AIRS.index(model.air), model.forces, STEP_SHARE * tolerance_m
    states, legs, lost = np.empty((n, 8)), np.empty((5, n)), np.zeros(n, dtype=np.bool_)
    nodes, count, ground = np.empty((n, most_nodes, 7)), np.zeros(n, dtype=np.int64), np.zeros(n)
    if most_nodes:
        nodes[:, 0, 0], nodes[:, 0, 1:] = 0.0, x
        count[:] = 1
    plan(x, inverse_beta, forces, air, cap_s, states, legs, lost)

    def in_height(going: Bools, target_m: Floats, rest: Floats) -> None:
        if np.any(going):
            step = advance("in_height")
            fly_in_height(
                step, states, going, target_m, rest, inverse_beta, forces, tolerance, cap_m, nodes, count, lost
            )

    def in_time(way: str, going: Bools) -> None:
        if np.any(going):
            fly_in_time(
                advance(way), states, going, legs[DOWN], legs[DRAG], forces, air, tolerance, legs[CAP], nodes, count,
                lost,
            )  # fmt: skip

    in_height(legs[UP] > 0, legs[UP], legs[REST])
    in_time("in_vacuum", (legs[DOWN] > 0) & (legs[DRAG] == 0))
    in_time("in_air", (legs[DOWN] > 0) & (legs[DRAG] > 0))
    in_height(~lost, ground, ground)
    touch(states, forces, nodes, count, lost)
    return states, nodes, count, lost
