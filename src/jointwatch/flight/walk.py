"""One object's flight to the ground, in one lane of a block, for a device where each thread has a lane of its own.

The legs that `itinerary` and `legs` fly many objects by, with the same functions and the text of the same step, one
after the other for one object: compiled for the processor, the results are theirs to the last bit.
"""

from __future__ import annotations

from math import inf, sqrt
from typing import Any

from jointwatch.earth.arrays import Bools, Floats, Ints
from jointwatch.earth.compiled import kernel
from jointwatch.earth.ellipsoid import OMEGA_RAD_S
from jointwatch.earth.height import height_rate
from jointwatch.flight import itinerary
from jointwatch.flight.itinerary import DOWN, DRAG, UP, plan, touch
from jointwatch.flight.lanes import SHARED, WAYS
from jointwatch.flight.legs import (
    FIRST_STEP_DOWN_M,
    FIRST_STEP_S,
    FIRST_STEP_UP_M,
    LEAST_RATE_M_S,
    REST_S,
    SHORTEST,
    STRAY_M,
    load,
    read,
    set_layer,
    set_out,
    turned,
    unload,
)
from jointwatch.flight.model import Forces
from jointwatch.flight.unrolled import AT, CAP, LANES, LEFT, REST, WANTED, lane_source

LEG_REST, LEG_CAP = itinerary.REST, itinerary.CAP
MOST_STEPS = 2_000  # of a leg: a thread must end, and what takes more is lost; ordinary ones take some ten


def _step(way: str) -> Any:
    """The step of one lane, as `lanes.advance` of a whole block."""
    slopes, variables, per_lane = WAYS[way]
    name = f"step_{way}"
    text = lane_source(name, slopes="slopes", variables=variables, shared=SHARED, per_lane=per_lane)
    names = {**globals(), "sqrt": sqrt, "slopes": slopes}
    exec(compile(text, __file__, "exec"), names)  # noqa: S102 - the text is `unrolled`'s own
    return kernel(names[name])


_step_in_height, _step_in_vacuum, _step_in_air = (_step(way) for way in ("in_height", "in_vacuum", "in_air"))


@kernel
def _in_height(
    states: Floats, target_m: float, rest_s: float, inverse_beta: float, forces: Forces, tolerance_m: float,
    block: Floats, lane: int, y: Floats,
) -> bool:  # fmt: skip
    """Move the state to its target height, up or down; whether it came to it as in `legs.fly_in_height`."""
    began = states[0, 7]
    first = FIRST_STEP_UP_M if target_m > began else FIRST_STEP_DOWN_M
    load(block, lane, states, 0, began, first, inverse_beta)
    block[CAP * LANES + lane], block[REST * LANES + lane] = inf, rest_s
    set_layer(block, lane, target_m, forces)
    arrived = False
    for _ in range(MOST_STEPS):
        _step_in_height(block, lane, tolerance_m, forces[0], forces[1], forces[2], 0)
        arrived = block[LEFT * LANES + lane] == 0.0
        if arrived and block[AT * LANES + lane] != target_m:
            set_layer(block, lane, target_m, forces)
        elif arrived or block[WANTED * LANES + lane] < SHORTEST:
            break
    read(block, lane, y)
    onwards = unload(y, states, 0) * (target_m - began) > 0
    states[0, 6] = y[6]
    return bool(arrived and onwards and abs(states[0, 7] - target_m) < STRAY_M)


@kernel
def _in_time(
    states: Floats, top_m: float, inverse_beta: float, forces: Forces, air: int, tolerance_m: float, cap_s: float,
    block: Floats, lane: int, y: Floats,
) -> bool:  # fmt: skip
    """Move the state over its apogee to about a height; whether it came there as in `legs.fly_in_time`."""
    load(block, lane, states, 0, 0.0, FIRST_STEP_S, inverse_beta)
    block[3 * LANES + lane] -= OMEGA_RAD_S * states[0, 1]
    block[4 * LANES + lane] += OMEGA_RAD_S * states[0, 0]
    block[CAP * LANES + lane], block[REST * LANES + lane] = cap_s, REST_S
    if not set_out(block, lane, top_m):
        return False
    arrived = False
    for _ in range(MOST_STEPS):
        if inverse_beta > 0:
            _step_in_air(block, lane, tolerance_m, forces[0], forces[1], forces[2], air)
        else:
            _step_in_vacuum(block, lane, tolerance_m, forces[0], forces[1], forces[2], air)
        arrived = block[LEFT * LANES + lane] == 0.0
        if arrived:
            turned(block, lane, block[AT * LANES + lane], y)
            if height_rate(y[0], y[1], y[2], y[3], y[4], y[5])[0] > 1.5 * top_m:
                arrived = not set_out(block, lane, top_m)
        if arrived or block[WANTED * LANES + lane] < SHORTEST:
            break
    if not arrived:
        return False
    fast = unload(y, states, 0) < -0.5 * LEAST_RATE_M_S
    states[0, 6] += block[AT * LANES + lane]
    return bool(fast and 0.25 * top_m < states[0, 7] < 2 * top_m)


@kernel
def walk(
    x: Floats, inverse_beta: Floats, forces: Forces, air: int, tolerance_m: float, states: Floats, lost: Bools,
    block: Floats, lane: int, legs: Floats, y: Floats, nodes: Floats, count: Ints,
) -> None:  # fmt: skip
    """Fly one object, x (1, 6), to its state at the ground, (1, 8) with seconds and height; lost (1,) if it will not.

    block: its lane is worked in. legs (5, 1), y (7,), nodes (1, 1, 7): any content; count (1,): 0, for no nodes.
    """
    plan(x, inverse_beta, forces, air, inf, states, legs, lost)
    for falling in (False, True):  # one call for both legs in height: the compiler puts its text where it is called
        if falling and legs[DOWN, 0] > 0 and not lost[0]:
            lost[0] = not _in_time(
                states, legs[DOWN, 0], legs[DRAG, 0], forces, air, tolerance_m, legs[LEG_CAP, 0], block, lane, y
            )
        if (falling or legs[UP, 0] > 0) and not lost[0]:
            target_m, rest_s = (0.0, 0.0) if falling else (legs[UP, 0], legs[LEG_REST, 0])
            lost[0] = not _in_height(states, target_m, rest_s, inverse_beta[0], forces, tolerance_m, block, lane, y)
    touch(states, forces, nodes, count, lost)
