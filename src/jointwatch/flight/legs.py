"""Many objects flown to the ground in legs: up through the air, over the top, down through the air; by Numba.

Each leg fills the lanes of a block with objects and takes the next one as soon as a lane has arrived, so that all
lanes always work and each object has its own steps. Whatever does not go the ordinary way (orbits, what skips, what
stalls, what is aloft in thick air only) is left to `integration`, which is twenty times slower and takes everything;
`unfinished` says which.
"""

from __future__ import annotations

from math import acos, cos, inf, log, nan, sin, sqrt

import numpy as np

from jointwatch.earth.air import layer_at
from jointwatch.earth.arrays import Bools, Floats, Ints
from jointwatch.earth.compiled import kernel
from jointwatch.earth.ellipsoid import B_M, E2, GM_M3_S2, OMEGA_RAD_S
from jointwatch.earth.height import height_rate
from jointwatch.flight.dynamics import acceleration
from jointwatch.flight.lanes import CELL_M, THIN_AIR, advance_in_height, advance_in_time
from jointwatch.flight.model import Forces, Model
from jointwatch.flight.unrolled import AT, CAP, INVERSE_BETA, LANES, LAYER, LEFT, REST, ROWS, WANTED

# Air thinner than this share of the ballistic coefficient, kg/m^3 per kg/m^2, is left out: on the way up, with a
# flight of a thousand seconds ahead, and on the way down, if that is steep; less for longer and flatter flights. It
# costs some centimetres at the ground at most. There a leg in height ends and one in time begins, without drag and so
# with steps of minutes. The second figure is for air that thins out slowly, the standard's over 120 km.
THIN_UP, THIN_DOWN, STEEP_M2_S2 = (3e-14, 1e-14), (2e-12, 1e-13), 2_000.0**2
# A flight that rises no farther than this over it may hang there for long, and turns with drag too.
HANG_M = (40_000.0, 150_000.0)
LEAST_TOP_M = 60_000.0  # without air too the last leg is in height, for the ground is
# A flight whose apogee is too low for that turns with drag, from here at most, in no long steps.
TOP_M, STEP_IN_AIR_S, STEP_IN_AIR_M = 120_000.0, 25.0, 10_000.0
# It begins at no less than this rate: near an apogee height is no variable to integrate by.
LEAST_RATE_M_S = 300.0
# An apogee this far over the top leaves that rate, and a flight with a lower one turns in the leg in time.
TURN_M = 8_000.0
FIRST_STEP_S, FIRST_STEP_M = 250.0, 15_000.0
FAR_S = 1_500.0
# The lowest height at which the leg in time knows the air: everywhere where its logarithm is a straight line.
AIRS, FLOOR_M = ("exp", "us76"), (20_000.0, 90_000.0)
# The error allowed a step, by the estimate of order 5, in shares of that allowed an impact: what is kept is of order 8.
STEP_SHARE = 2.0
# Between the nodes of a path.
CAP_S, CAP_M, SHARE, MOST_NODES = 100.0, 5_000.0, 0.22, 240
# A step so short, in metres of height or seconds, goes nowhere.
SHORTEST = 1e-5
SINKING_M = 30_000.0  # so far under the ground the perigee must be, for J2 and the figure of the Earth move it


@kernel
def _radius_m(x: float, y: float, z: float) -> float:
    """Radius of the ellipsoid in the direction of a position."""
    radius: float = B_M / sqrt(1 - E2 * (x * x + y * y) / (x * x + y * y + z * z))
    return radius


@kernel
def _coasting_s(x: float, y: float, z: float, vx: float, vy: float, vz: float, top_m: float) -> float:
    """Seconds until an object, in axes at rest, sinks through a height on its Kepler ellipse; NaN if it does not.

    turn: the growth of the eccentric anomaly. The radius there follows from the latitude, which a few rounds settle.
    [R. R. Bate, D. D. Mueller, J. E. White, 1971, sections 4.2 and 4.4]
    """
    r = sqrt(x * x + y * y + z * z)
    mean = GM_M3_S2
    a = 1 / (2 / r - (vx * vx + vy * vy + vz * vz) / mean)
    n = sqrt(mean / a) / a
    climb = (x * vx + y * vy + z * vz) / sqrt(mean * a)
    e_cos = 1 - r / a
    e = sqrt(climb * climb + e_cos * e_cos)
    if not (a > 0 and 1e-4 < e < 1 and a * (1 - e) < _radius_m(x, y, z) - SINKING_M):
        return nan
    here = acos(min(1.0, max(-1.0, e_cos / e)))
    if climb < 0:
        here = 2 * np.pi - here
    radius, seconds = _radius_m(x, y, z) + top_m, nan
    for _ in range(3):
        cosine = (1 - radius / a) / e
        if not -1 < cosine < 1:
            return nan
        turn = 2 * np.pi - acos(cosine) - here
        seconds = (turn + climb * (1 - cos(turn)) - e_cos * sin(turn)) / n
        f, g = 1 - a / r * (1 - cos(turn)), seconds - (turn - sin(turn)) / n
        radius = _radius_m(f * x + g * vx, f * y + g * vy, f * z + g * vz) + top_m
    return float(seconds) if seconds > 0 else nan


@kernel
def _gain_m(x: Floats) -> float:
    """How much farther from the centre the apogee of the Kepler ellipse is, in metres; infinite for what escapes."""
    vx, vy = x[3] - OMEGA_RAD_S * x[1], x[4] + OMEGA_RAD_S * x[0]
    r = sqrt(x[0] * x[0] + x[1] * x[1] + x[2] * x[2])
    inverse_a = 2 / r - (vx * vx + vy * vy + x[5] * x[5]) / GM_M3_S2
    if inverse_a <= 0:
        return inf
    climb = (x[0] * vx + x[1] * vy + x[2] * x[5]) ** 2 * inverse_a / GM_M3_S2
    return float((1 + sqrt((1 - r * inverse_a) ** 2 + climb)) / inverse_a - r)


@kernel
def _rate2_over(x: Floats, rise_m: float) -> float:
    """Square of the radial speed so much farther from the centre, by energy and angular momentum; negative if never."""
    vx, vy = x[3] - OMEGA_RAD_S * x[1], x[4] + OMEGA_RAD_S * x[0]
    r = sqrt(x[0] * x[0] + x[1] * x[1] + x[2] * x[2])
    v2, radial = vx * vx + vy * vy + x[5] * x[5], (x[0] * vx + x[1] * vy + x[2] * x[5]) / r
    there = r + rise_m
    return float(v2 - 2 * GM_M3_S2 * rise_m / (r * there) - (v2 - radial * radial) * (r / there) ** 2)


@kernel
def _leverage_s(x: Floats, climb_m_s: float) -> float:
    """Roughly the metres by which an impact moves for each m/s of the velocity now.

    The seconds of the flight, twice v / g; of a long ellipse its own, and more because the time grows with the speed:
    with q = v^2 r / mu and a = r / (2 - q), dT / dv = 3 T a v / mu.
    """
    vx, vy = x[3] - OMEGA_RAD_S * x[1], x[4] + OMEGA_RAD_S * x[0]
    r = sqrt(x[0] * x[0] + x[1] * x[1] + x[2] * x[2])
    guess = 100 + max(climb_m_s, 0.0) / 4.5
    q = (vx * vx + vy * vy + x[5] * x[5]) * r / GM_M3_S2
    if q < 0.6:
        return guess
    seconds = _coasting_s(x[0], x[1], x[2], vx, vy, x[5], LEAST_TOP_M)
    return 100 + seconds * (1 + 3 * q / (2 - q)) if seconds > 0 else guess


@kernel
def _thin_m(density_kg_m3: float, air: int) -> float:
    """The height, to a cell of `THIN_AIR`, over which the air is thinner than this; not over the model's air."""
    wanted, low, high = log(density_kg_m3 + 1e-15), 0, THIN_AIR.shape[1] - 1
    while high - low > 1:
        middle = (low + high) // 2
        if THIN_AIR[air, middle] > wanted:
            low = middle
        else:
            high = middle
    return float(max(high * CELL_M, LEAST_TOP_M))


@kernel
def _lane(block: Floats, lane: int, row: int) -> float:
    value: float = block[row * LANES + lane]
    return value


@kernel
def _set_layer(block: Floats, lane: int, target_m: float, forces: Forces) -> None:
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
def _note(nodes: Floats, count: Ints, i: int, t: float, y: Floats) -> None:
    """Keep a node of an arc: time, position, velocity; without room, only the count goes on."""
    if count[i] < nodes.shape[1]:
        nodes[i, count[i], 0] = t
        for c in range(6):
            nodes[i, count[i], 1 + c] = y[c]
    count[i] += 1


@kernel
def _note_last(nodes: Floats, count: Ints, i: int, state: Floats) -> None:
    """Let the last node be where the path touches the ground."""
    count[i] -= 1
    _note(nodes, count, i, state[6], state)


@kernel
def _turned(block: Floats, lane: int, t: float, y: Floats) -> None:
    """Write to y the state of a lane in axes at rest, in those that turned with the Earth for t seconds."""
    c, s = cos(OMEGA_RAD_S * t), sin(OMEGA_RAD_S * t)
    x, v = _lane(block, lane, 0), _lane(block, lane, 3)
    z, w = _lane(block, lane, 1), _lane(block, lane, 4)
    y[0], y[1], y[2] = c * x + s * z, c * z - s * x, _lane(block, lane, 2)
    y[3] = c * v + s * w + OMEGA_RAD_S * y[1]
    y[4] = c * w - s * v - OMEGA_RAD_S * y[0]
    y[5] = _lane(block, lane, 5)


@kernel
def _way_m(y: Floats, inverse_beta: float, forces: Forces) -> float:
    """The height over which the velocity changes by a share of itself."""
    pull = acceleration(y[0], y[1], y[2], y[3], y[4], y[5], inverse_beta, forces)
    _, rate = height_rate(y[0], y[1], y[2], y[3], y[4], y[5])
    speed2, pull2 = y[3] ** 2 + y[4] ** 2 + y[5] ** 2, pull[0] ** 2 + pull[1] ** 2 + pull[2] ** 2
    return float(SHARE * abs(rate) * sqrt(speed2 / pull2))


@kernel
def _read(block: Floats, lane: int, y: Floats) -> None:
    for c in range(7):
        y[c] = block[c * LANES + lane]


@kernel
def fly_in_height(
    states: Floats, going: Bools, target_m: Floats, rest_s: Floats, inverse_beta: Floats, forces: Forces,
    tolerance_m: float, cap_m: float, nodes: Floats, count: Ints, lost: Bools,
) -> None:  # fmt: skip
    """Move those of the states (n, 8) that are `going` to their target heights; `lost` gets those that did not arrive.

    states: Earth-fixed position and velocity, seconds, height.
    Guard: an arrived object must stand at the height it was integrated to, and still rise or sink.
    """
    block, arc, last, y = np.zeros(ROWS * LANES), np.full(LANES, -1), np.zeros(LANES), np.zeros(7)
    waiting, working, n = 0, LANES, len(states)
    while working > 0:
        working = 0
        for lane in range(LANES):
            i = arc[lane]
            if i >= 0:
                if nodes.shape[1] > 0 and block[AT * LANES + lane] != last[lane]:
                    _read(block, lane, y)
                    _note(nodes, count, i, y[6], y)
                    block[CAP * LANES + lane] = min(cap_m, _way_m(y, inverse_beta[i], forces))
                    last[lane] = block[AT * LANES + lane]
                arrived = block[LEFT * LANES + lane] == 0.0
                if arrived and block[AT * LANES + lane] != target_m[i]:
                    _set_layer(block, lane, target_m[i], forces)
                    arrived = False
                if arrived or block[WANTED * LANES + lane] < SHORTEST:
                    _read(block, lane, y)
                    height, rate = height_rate(y[0], y[1], y[2], y[3], y[4], y[5])
                    onwards = rate * (target_m[i] - states[i, 7]) > 0
                    lost[i] = not (arrived and onwards and abs(height - target_m[i]) < 0.1)
                    for c in range(7):
                        states[i, c] = y[c]
                    states[i, 7] = height
                    arc[lane] = -1
            if arc[lane] < 0:
                while waiting < n and (lost[waiting] or not going[waiting]):
                    waiting += 1
                if waiting < n:
                    arc[lane] = waiting
                    for c in range(7):
                        block[c * LANES + lane] = states[waiting, c]
                    last[lane] = states[waiting, 7]
                    block[AT * LANES + lane] = states[waiting, 7]
                    block[WANTED * LANES + lane] = FIRST_STEP_M
                    block[CAP * LANES + lane] = cap_m
                    block[REST * LANES + lane] = rest_s[waiting]
                    block[INVERSE_BETA * LANES + lane] = inverse_beta[waiting]
                    _set_layer(block, lane, target_m[waiting], forces)
                    waiting += 1
            if arc[lane] >= 0:
                working += 1
        if working > 0:
            advance_in_height(block, tolerance_m, forces[0], forces[1], forces[2])


@kernel
def _aim(block: Floats, lane: int, top_m: float) -> bool:
    """Let a lane coast until it sinks through a height, or, where J2 will have moved that far, most of the way."""
    seconds = _coasting_s(
        _lane(block, lane, 0), _lane(block, lane, 1), _lane(block, lane, 2),
        _lane(block, lane, 3), _lane(block, lane, 4), _lane(block, lane, 5), top_m,
    )  # fmt: skip
    block[LEFT * LANES + lane] = seconds if seconds < FAR_S else 0.8 * seconds
    return seconds > 0


@kernel
def fly_in_time(
    states: Floats, going: Bools, top_m: Floats, inverse_beta: Floats, forces: Forces, air: int,
    tolerance_m: float, cap_s: Floats, nodes: Floats, count: Ints, lost: Bools,
) -> None:  # fmt: skip
    """Move those of the states (n, 8) that are `going` over their apogee and down to about their height `top_m`.

    Guard: what arrives must sink, from a height over the ground and not much over the top.
    """
    block, arc, last, y = np.zeros(ROWS * LANES), np.full(LANES, -1), np.zeros(LANES), np.zeros(7)
    waiting, working, n = 0, LANES, len(states)
    while working > 0:
        working = 0
        for lane in range(LANES):
            i = arc[lane]
            if i >= 0:
                t = block[AT * LANES + lane]
                arrived = block[LEFT * LANES + lane] == 0.0
                if (nodes.shape[1] > 0 and t != last[lane]) or arrived:
                    _turned(block, lane, t, y)
                if nodes.shape[1] > 0 and t != last[lane]:
                    _note(nodes, count, i, states[i, 6] + t, y)
                    last[lane] = t
                height, rate = 0.0, 0.0
                if arrived:
                    height, rate = height_rate(y[0], y[1], y[2], y[3], y[4], y[5])
                    if height > 1.5 * top_m[i]:
                        arrived = not _aim(block, lane, top_m[i])
                if arrived or block[WANTED * LANES + lane] < SHORTEST:
                    lost[i] = not (arrived and 0.25 * top_m[i] < height < 2 * top_m[i] and rate < -0.5 * LEAST_RATE_M_S)
                    for c in range(6):
                        states[i, c] = y[c]
                    states[i, 6] += t
                    states[i, 7] = height
                    arc[lane] = -1
            if arc[lane] < 0:
                while waiting < n and (lost[waiting] or not going[waiting]):
                    waiting += 1
                if waiting < n:
                    x = states[waiting]
                    vx, vy = x[3] - OMEGA_RAD_S * x[1], x[4] + OMEGA_RAD_S * x[0]
                    for c in range(6):
                        block[c * LANES + lane] = x[c]
                    block[3 * LANES + lane], block[4 * LANES + lane] = vx, vy
                    lost[waiting] = not _aim(block, lane, top_m[waiting])
                    if not lost[waiting]:
                        arc[lane] = waiting
                        last[lane] = 0.0
                        block[AT * LANES + lane] = 0.0
                        block[WANTED * LANES + lane] = FIRST_STEP_S
                        block[CAP * LANES + lane] = cap_s[waiting]
                        block[REST * LANES + lane] = 100.0
                        block[INVERSE_BETA * LANES + lane] = inverse_beta[waiting]
                        waiting += 1
            if arc[lane] >= 0 or waiting < n:
                working += 1
        if working > 0:
            advance_in_time(block, tolerance_m, forces[0], forces[1], forces[2], air)


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
            _note(nodes, count, i, 0.0, x[i])
        apex = height + _gain_m(x[i])
        rest[i] = _leverage_s(x[i], rate)
        up[i] = _thin_m(THIN_UP[air] * 1e3 / rest[i] / inverse_beta[i], air)
        steepness = min(1.0, max(0.01, _rate2_over(x[i], TOP_M - height) / STEEP_M2_S2))
        down[i] = _thin_m(THIN_DOWN[air] * steepness / inverse_beta[i], air)
        turn = apex - TURN_M
        top = min(up[i], turn)
        climbing[i] = rate > 0 and height < top and _rate2_over(x[i], top - height) > least2
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
                _note_last(nodes, count, i, states[i])


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
