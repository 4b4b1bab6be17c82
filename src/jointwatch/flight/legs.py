"""Legs of many flights at once: in height through the air, in time over the top; compiled by Numba.

A leg fills the lanes of a block with objects and takes the next one as soon as a lane has arrived, so that all lanes
always work and each object has its own steps. `itinerary` says which legs a flight takes.

states: (n, 8), Earth-fixed position and velocity, seconds flown, height. nodes: (n, most, 7), seconds and state at the
ends of steps, where paths are wanted; most is 0 where only the end is. lost: (n,), those that a leg gave up.
"""

from __future__ import annotations

from collections.abc import Callable
from math import cos, sin, sqrt

import numpy as np

from jointwatch.earth.air import layer_at
from jointwatch.earth.arrays import Bools, Floats, Ints
from jointwatch.earth.compiled import kernel
from jointwatch.earth.ellipsoid import OMEGA_RAD_S
from jointwatch.earth.height import height_rate
from jointwatch.flight.dynamics import acceleration
from jointwatch.flight.ellipse import coasting_s
from jointwatch.flight.model import Forces
from jointwatch.flight.unrolled import AT, CAP, IDEAL, INVERSE_BETA, LANES, LAYER, LEFT, REST, ROWS, WANTED

FIRST_STEP_S, FIRST_STEP_UP_M, FIRST_STEP_DOWN_M = 250.0, 8_000.0, 30_000.0
SHORTEST = 1e-5  # a step so short, in metres of height or seconds, goes nowhere
LEAST_RATE_M_S = 300.0  # a leg in height begins at no less: near an apogee height is no variable to integrate by
REST_S = 100.0  # of a flight after its leg in time
FAR_S = 1_500.0  # of a leg in time: over so long a way J2 moves its end by many kilometres
SHARE = 0.2  # of itself that a velocity may change by between two nodes
STRAY_M = 0.1  # how far from its height an object may end a leg in height


@kernel
def _next(waiting: int, going: Bools, lost: Bools) -> int:
    """The next object that goes this leg, or the count of all."""
    while waiting < len(going) and (lost[waiting] or not going[waiting]):
        waiting += 1
    return waiting


@kernel
def load(block: Floats, lane: int, states: Floats, i: int, at: float, first: float, inverse_beta: float) -> None:
    """Put a state in a lane, at a value of the independent variable and with a first step to try."""
    for c in range(7):
        block[c * LANES + lane] = states[i, c]
    block[AT * LANES + lane] = at
    block[WANTED * LANES + lane] = block[IDEAL * LANES + lane] = first
    block[INVERSE_BETA * LANES + lane] = inverse_beta


@kernel
def unload(y: Floats, states: Floats, i: int) -> float:
    """Put a state from a lane back, with its height; the rate at which that grows."""
    height, rate = height_rate(y[0], y[1], y[2], y[3], y[4], y[5])
    for c in range(6):
        states[i, c] = y[c]
    states[i, 7] = height
    return float(rate)


@kernel
def set_layer(block: Floats, lane: int, target_m: float, forces: Forces) -> None:
    """Give a lane the air of the piece it enters, and the way through it, no farther than to the target."""
    bounds, log_density = forces[3], forces[4]
    height = block[AT * LANES + lane]
    layer = layer_at(height, bounds)
    if target_m > height and height >= bounds[layer + 1] and layer < len(bounds) - 2:
        layer += 1
    low, high = bounds[layer], bounds[layer + 1]
    block[LAYER * LANES + lane] = 0.5 * (low + high)
    block[(LAYER + 1) * LANES + lane] = 2 / (high - low)
    for power in range(8):
        value = log_density[layer, power] if power < log_density.shape[1] else 0.0
        block[(LAYER + 2 + power) * LANES + lane] = value
    end = min(target_m, high) if target_m > height else max(target_m, low)
    block[LEFT * LANES + lane] = end - height


@kernel
def note(nodes: Floats, count: Ints, i: int, t: float, y: Floats) -> None:
    """Keep a node of an arc: time, position, velocity; without room, only the count goes on."""
    if count[i] < nodes.shape[1]:
        nodes[i, count[i], 0] = t
        for c in range(6):
            nodes[i, count[i], 1 + c] = y[c]
    count[i] += 1


@kernel
def _way_m(y: Floats, inverse_beta: float, forces: Forces) -> float:
    """The height over which the velocity changes by SHARE of itself."""
    pull = acceleration(y[0], y[1], y[2], y[3], y[4], y[5], inverse_beta, forces)
    _, rate = height_rate(y[0], y[1], y[2], y[3], y[4], y[5])
    speed2, pull2 = y[3] ** 2 + y[4] ** 2 + y[5] ** 2, pull[0] ** 2 + pull[1] ** 2 + pull[2] ** 2
    return float(SHARE * abs(rate) * sqrt(speed2 / pull2))


@kernel
def read(block: Floats, lane: int, y: Floats) -> None:
    """Write a lane's seven variables to y."""
    for c in range(7):
        y[c] = block[c * LANES + lane]


@kernel
def turned(block: Floats, lane: int, t: float, y: Floats) -> None:
    """Write to y the state of a lane in axes at rest, in those that turned with the Earth for t seconds."""
    c, s = cos(OMEGA_RAD_S * t), sin(OMEGA_RAD_S * t)
    x, v = block[lane], block[3 * LANES + lane]
    z, w = block[LANES + lane], block[4 * LANES + lane]
    y[0], y[1], y[2] = c * x + s * z, c * z - s * x, block[2 * LANES + lane]
    y[3] = c * v + s * w + OMEGA_RAD_S * y[1]
    y[4] = c * w - s * v - OMEGA_RAD_S * y[0]
    y[5] = block[5 * LANES + lane]


@kernel
def fly_in_height(
    advance: Callable[..., None], states: Floats, going: Bools, target_m: Floats, rest_s: Floats, inverse_beta: Floats,
    forces: Forces, tolerance_m: float, cap_m: float, nodes: Floats, count: Ints, lost: Bools,
) -> None:  # fmt: skip
    """Move the states that are `going` to their target heights, up or down.

    rest_s: metres by which an impact moves for each m/s at the end of this leg.
    Guard: what has arrived must stand at the height it was integrated to, and still rise or sink.
    """
    block, arc, last, y = np.zeros(ROWS * LANES), np.full(LANES, -1), np.zeros(LANES), np.zeros(7)
    noting, waiting, working = nodes.shape[1] > 0, _next(0, going, lost), 1
    while working > 0:
        working = 0
        for lane in range(LANES):
            i, at = arc[lane], block[AT * LANES + lane]
            if i >= 0:
                if noting and at != last[lane]:
                    read(block, lane, y)
                    note(nodes, count, i, y[6], y)
                    block[CAP * LANES + lane] = min(cap_m, _way_m(y, inverse_beta[i], forces))
                    last[lane] = at
                arrived = block[LEFT * LANES + lane] == 0.0
                if arrived and at != target_m[i]:
                    set_layer(block, lane, target_m[i], forces)
                elif arrived or block[WANTED * LANES + lane] < SHORTEST:
                    read(block, lane, y)
                    began = states[i, 7]
                    onwards = unload(y, states, i) * (target_m[i] - began) > 0
                    lost[i] = not (arrived and onwards and abs(states[i, 7] - target_m[i]) < STRAY_M)
                    states[i, 6] = y[6]
                    arc[lane] = -1
            if arc[lane] < 0 and waiting < len(states):
                arc[lane], last[lane] = waiting, states[waiting, 7]
                first = FIRST_STEP_UP_M if target_m[waiting] > states[waiting, 7] else FIRST_STEP_DOWN_M
                load(block, lane, states, waiting, states[waiting, 7], first, inverse_beta[waiting])
                block[CAP * LANES + lane], block[REST * LANES + lane] = cap_m, rest_s[waiting]
                if noting:
                    block[CAP * LANES + lane] = min(cap_m, _way_m(states[waiting], inverse_beta[waiting], forces))
                set_layer(block, lane, target_m[waiting], forces)
                waiting = _next(waiting + 1, going, lost)
            if arc[lane] >= 0:
                working += 1
        if working > 0:
            advance(block.ctypes, tolerance_m, forces[0], forces[1], forces[2], 0)


@kernel
def set_out(block: Floats, lane: int, top_m: float) -> bool:
    """Let a lane coast until it sinks through a height, or most of the way, where J2 moves that; whether it will."""
    seconds = coasting_s(
        block[lane], block[LANES + lane], block[2 * LANES + lane],
        block[3 * LANES + lane], block[4 * LANES + lane], block[5 * LANES + lane], top_m,
    )  # fmt: skip
    block[LEFT * LANES + lane] = seconds if seconds < FAR_S else 0.8 * seconds
    return bool(seconds > 0)


@kernel
def fly_in_time(
    advance: Callable[..., None], states: Floats, going: Bools, top_m: Floats, inverse_beta: Floats, forces: Forces,
    air: int, tolerance_m: float, cap_s: Floats, nodes: Floats, count: Ints, lost: Bools,
) -> None:  # fmt: skip
    """Move the states that are `going` over their apogee and down to about their height `top_m`.

    air: which row of `lanes.THIN_AIR`. Guard: what has arrived must sink fast, near its height.
    """
    block, arc, last, y = np.zeros(ROWS * LANES), np.full(LANES, -1), np.zeros(LANES), np.zeros(7)
    noting, waiting, working = nodes.shape[1] > 0, _next(0, going, lost), 1
    while working > 0:
        working = 0
        for lane in range(LANES):
            i, t = arc[lane], block[AT * LANES + lane]
            if i >= 0:
                arrived = block[LEFT * LANES + lane] == 0.0
                if arrived or (noting and t != last[lane]):
                    turned(block, lane, t, y)
                if noting and t != last[lane]:
                    note(nodes, count, i, states[i, 6] + t, y)
                    last[lane] = t
                if arrived and height_rate(y[0], y[1], y[2], y[3], y[4], y[5])[0] > 1.5 * top_m[i]:
                    arrived = not set_out(block, lane, top_m[i])
                if arrived or block[WANTED * LANES + lane] < SHORTEST:
                    fast = unload(y, states, i) < -0.5 * LEAST_RATE_M_S
                    lost[i] = not (arrived and fast and 0.25 * top_m[i] < states[i, 7] < 2 * top_m[i])
                    states[i, 6] += t
                    arc[lane] = -1
            if arc[lane] < 0 and waiting < len(states):
                x = states[waiting]
                load(block, lane, states, waiting, 0.0, FIRST_STEP_S, inverse_beta[waiting])
                block[3 * LANES + lane], block[4 * LANES + lane] = x[3] - OMEGA_RAD_S * x[1], x[4] + OMEGA_RAD_S * x[0]
                block[CAP * LANES + lane], block[REST * LANES + lane] = cap_s[waiting], REST_S
                lost[waiting] = not set_out(block, lane, top_m[waiting])
                arc[lane], last[lane] = -1 if lost[waiting] else waiting, 0.0
                waiting = _next(waiting + 1, going, lost)
            if arc[lane] >= 0 or waiting < len(states):
                working += 1
        if working > 0:
            advance(block.ctypes, tolerance_m, forces[0], forces[1], forces[2], air)
