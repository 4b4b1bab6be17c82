"""The filter's algebra for eight tracks at a time, written out as straight-line text and compiled to vector code.

A loop over lanes without branches, calls and small loops becomes vector instructions; the loops of a matrix product
do not. So the text of every product is put together here. Each track has two lanes, one for each mode: boost in the
first eight, coast in the last. A block is one row of LANES numbers for each quantity, in one array, at offsets that
are known when it is compiled. Covariances are held as the 28 elements of their upper triangle, row by row. What the
air does to a coasting lane stands in `drag`, what a plot does to any in `taking`.
"""

from __future__ import annotations

from collections.abc import Iterator

from jointwatch.earth.ellipsoid import A_M, GM_M3_S2, J2, OMEGA_RAD_S
from jointwatch.earth.gravity import INNERMOST_M
from jointwatch.tracking import drag
from jointwatch.tracking.imm import LEAST_PROBABILITY
from jointwatch.tracking.straight import straight

TRACKS = 8
LANES = 2 * TRACKS

# Rows. What a mode is: state and covariance before the prediction and after; F, derivative of the new state's first
# six components by the seven old ones, row by row, and DECAY that of the seventh by itself; ALONG the acceleration that
# one unit of the seventh gives. What is known of the time between: DURATION, AGO without its sign, SIGN; STEPS of
# Runge-Kutta and the length STEP of one; WAY and SPEED, position and velocity by thrust; BURNOUT and IGNITION,
# probabilities of changing mode. THRUST: one for boost, zero for coast; AIR: one where a lane may meet it; DENSITY of
# the white noise, and ROUGH that of a square of drag; MEAN of the seventh component and WALK, its variance per second;
# MU and C, probabilities before and after mixing.
X, P, X1, P1, F, WORK = 0, 7, 35, 42, 70, 112
DURATION, AGO, SIGN, STEPS, STEP, TAKEN, DECAY, WAY, SPEED, BURNOUT, IGNITION, THRUST, DENSITY, MU, C = range(161, 176)
MEAN, WALK, AIR, ROUGH, ALONG = 176, 177, 178, 179, 180
# What a radar should measure: range, azimuth, elevation, their derivatives H by position, S = H P H'; east, north, up
# and ground range. What a plot says: its innovation NU, the variances R of its noise, LATE one where it came late.
Z, H, S, PLACE, NU, R, LATE = 183, 186, 195, 201, 205, 208, 211
ROWS = 212
SIZE = (ROWS + 49) * LANES

LONGEST_STEP_S = 10.0
"""Of the Runge-Kutta method of order 4: against the adaptive method good to 0.1 mm, as in `flight.variation`."""
_STRONGEST_M_S2 = 9.9  # gravity, anywhere off the ground
_AIRS = ROWS  # rows of what the air does at each of four stages, while a lane flies
_TURN = 2 * OMEGA_RAD_S


def packed(a: int, b: int) -> int:
    """Where the element of row a and column b stands among the 28 of an upper triangle, or that of b and a."""
    a, b = min(a, b), max(a, b)
    return 7 * a - a * (a - 1) // 2 + b - a


UPPER = tuple((a, b) for a in range(7) for b in range(a, 7))


def at(row: int, lane: int = 0) -> str:
    """An element of a row, in the lane that the loop is at, or so many lanes on."""
    return f"block[{row * LANES + lane} + i]"


def _p(a: int, b: int) -> str:
    return at(P + packed(a, b))


def summed(pairs: Iterator[tuple[str, str]]) -> str:
    """The sum of products of two."""
    return " + ".join(f"{left} * {right}" for left, right in pairs)


def _pull(stage: int) -> Iterator[str]:
    """Acceleration a of free fall on the turning Earth at z0 to z4, and its six derivatives by position, in WORK.

    As `earth.gravity.gravity` and `gravity_gradient`, whose terms are shared here.
    """
    yield f"by_r2 = 1 / max(z0 * z0 + z1 * z1 + z2 * z2, {INNERMOST_M * INNERMOST_M!r})"
    yield f"g = {-GM_M3_S2!r} * by_r2 * sqrt(by_r2)"
    yield f"j = {1.5 * J2 * A_M * A_M!r} * by_r2"
    yield "s = 5 * z2 * z2 * by_r2"
    yield f"equatorial = g * (1 + j * (1 - s)) + {OMEGA_RAD_S * OMEGA_RAD_S!r}"
    yield "polar = g * (1 + j * (3 - s))"
    yield "c = g * (-3 + j * (-5 + 7 * s)) * by_r2"
    yield "cz = g * (-3 + j * (-15 + 7 * s)) * by_r2"
    yield "czz = g * (-3 + j * (-25 + 7 * s)) * by_r2"
    yield f"a{stage}_0 = equatorial * z0 + {_TURN!r} * z4"
    yield f"a{stage}_1 = equatorial * z1 - {_TURN!r} * z3"
    yield f"a{stage}_2 = polar * z2"
    gradient = ("equatorial + c * z0 * z0", "c * z0 * z1", "cz * z0 * z2", "equatorial + c * z1 * z1", "cz * z1 * z2",
                "polar + czz * z2 * z2")  # fmt: skip
    for k, term in enumerate(gradient):
        yield f"{at(WORK + 6 * stage + k)} = {term}"


def _mix() -> Iterator[str]:
    """Each mode's start, from both [Bar-Shalom, Li, Kirubarajan 2001, section 11.6.6]; the seventh from its own alone.

    The seventh component of one mode means nothing in the other, which lends its prior in that place.
    """
    boost, coast = at(MU), at(MU, TRACKS)
    yield f"bb, bc = {boost} * (1 - {at(BURNOUT)}), {boost} * {at(BURNOUT)}"
    yield f"cb, cc = {coast} * {at(IGNITION)}, {coast} * (1 - {at(IGNITION)})"
    yield "into_b, into_c = bb + cb, bc + cc"
    yield f"{at(C)} = into_b"
    yield f"{at(C, TRACKS)} = into_c"
    yield f"vb = cb / max(into_b, {LEAST_PROBABILITY})"
    yield f"vc = cc / max(into_c, {LEAST_PROBABILITY})"
    yield "wb, wc = 1 - vb, 1 - vc"
    for k in range(6):
        yield f"x{k} = {at(X + k, TRACKS)}"
        yield f"d{k} = {at(X + k)} - x{k}"
        yield f"{at(X + k)} = x{k} + wb * d{k}"
        yield f"{at(X + k, TRACKS)} = x{k} + wc * d{k}"
    yield f"thrust, drag = {at(X + 6)} - mean, -{at(X + 6, TRACKS)}"
    yield f"{at(X + 6)} = mean + wb * thrust"
    yield f"{at(X + 6, TRACKS)} = wc * drag - drag"
    for n, (a, b) in enumerate(UPPER):
        yield f"p, q = {at(P + n)}, {at(P + n, TRACKS)}"
        if b < 6:
            yield f"s = d{a} * d{b}"
            yield f"{at(P + n)} = wb * p + vb * q + wb * vb * s"
            yield f"{at(P + n, TRACKS)} = wc * p + vc * q + wc * vc * s"
        else:
            to = ("thrust", "drag") if a == 6 else (f"d{a}", f"d{a}")
            lent = (" + vb * variance", " + wc * drag_variance") if a == 6 else ("", "")
            yield f"{at(P + n)} = wb * p{lent[0]} + wb * vb * {to[0]} * thrust"
            yield f"{at(P + n, TRACKS)} = vc * q{lent[1]} + wc * vc * {to[1]} * drag"


def _begin() -> Iterator[str]:
    for k in range(6):
        yield f"{at(X1 + k)} = {at(X + k)}"
        for c in range(7):
            yield f"{at(F + 7 * k + c)} = {float(k == c)}"


def _approach() -> Iterator[str]:
    """Whether a coasting lane may come into the air on its way; and how many steps, of what length, lead there.

    It sinks no faster than its rate of climb and gravity together allow: a bound, so that no air is overlooked.
    """
    for k in range(6):
        yield f"y{k} = {at(X + k)}"
    yield f"t = {at(AGO)}"
    yield "r = sqrt(y0 * y0 + y1 * y1 + y2 * y2)"
    yield f"climb = {at(SIGN)} * (y0 * y3 + y1 * y4 + y2 * y5) / max(r, 1.0)"
    yield f"lowest = r + (0.0 if climb > 0.0 else climb * t) - {0.5 * _STRONGEST_M_S2!r} * t * t"
    yield f"air = 0.0 if lowest > {A_M + drag.TOP_M!r} else 1 - {at(THRUST)}"
    yield f"{at(AIR)} = air"
    yield f"steps = max(1.0, ceil(t * ({1 / drag.LONGEST_STEP_S!r} if air > 0.5 else {1 / LONGEST_STEP_S!r})))"
    yield f"{at(STEPS)} = steps"
    yield f"{at(STEP)} = {at(DURATION)} / steps"


def _fall(*, in_air: bool) -> Iterator[str]:
    """One step of the classical Runge-Kutta method for the state; the stages' gradients are left in WORK."""
    yield f"h = {at(STEP)} if step < {at(STEPS)} else 0.0"
    yield f"{at(TAKEN)} = h"
    for k in range(6):
        yield f"y{k} = {at(X1 + k)}"
    if in_air:
        yield from drag.ratio(at(X + 6), at(AIR))
    for stage, part in enumerate(("0.0", "0.5", "0.5", "1.0")):
        slope = _slopes(stage - 1)
        for k in range(6):
            yield f"z{k} = y{k}" + (f" + {part} * h * {slope[k]}" if stage else "")
        for k in range(3):
            yield f"v{stage}_{k} = z{k + 3}"
        yield from _pull(stage)
        if in_air:
            yield from drag.braking(stage, [at(_AIRS + drag.ROWS * stage + k) for k in range(drag.ROWS)])
    yield from _weighed("y", [at(X1 + k) for k in range(6)])


def _vary(column: int, *, in_air: bool) -> Iterator[str]:
    """The same step for a column of the transition matrix [Montenbruck, Gill 2000, eq. 7.42]."""
    yield f"h = {at(TAKEN)}"
    for k in range(6):
        yield f"y{k} = {at(F + 7 * k + column)}"
    for stage, part in enumerate(("0.0", "0.5", "0.5", "1.0")):
        xx, xy, xz, yy, yz, zz = (at(WORK + 6 * stage + k) for k in range(6))
        slope = _slopes(stage - 1)
        for k in range(6):
            yield f"z{k} = y{k}" + (f" + {part} * h * {slope[k]}" if stage else "")
        for k in range(3):
            yield f"v{stage}_{k} = z{k + 3}"
        yield f"a{stage}_0 = {xx} * z0 + {xy} * z1 + {xz} * z2 + {_TURN!r} * z4"
        yield f"a{stage}_1 = {xy} * z0 + {yy} * z1 + {yz} * z2 - {_TURN!r} * z3"
        yield f"a{stage}_2 = {xz} * z0 + {yz} * z1 + {zz} * z2"
        if in_air:
            rows = [at(_AIRS + drag.ROWS * stage + k) for k in range(drag.ROWS)]
            yield from drag.varied(stage, rows, by_index=column == 6)
    yield from _weighed("y", [at(F + 7 * k + column) for k in range(6)])


def _slopes(stage: int) -> list[str]:
    return [f"v{stage}_{k}" for k in range(3)] + [f"a{stage}_{k}" for k in range(3)]


def _weighed(start: str, target: list[str]) -> Iterator[str]:
    one, two, three, four = (_slopes(stage) for stage in range(4))
    for k in range(6):
        middle = f"2 * ({two[k]} + {three[k]})"
        yield f"{target[k]} = {start}{k} + h * {1 / 6!r} * ({one[k]} + {middle} + {four[k]})"


def _push() -> Iterator[str]:
    """Thrust along the velocity, a first-order Gauss-Markov process in closed form [Singer 1970]; both modes' seventh.

    The mean of v/|v| when v is uncertain is close to v / sqrt(|v|^2 + tr P_vv): a velocity not yet known gives no push.
    """
    yield f"dt, way_by_a, speed_by_a = {at(DURATION)}, {at(WAY)}, {at(SPEED)}"
    for k in range(3):
        yield f"v{k} = 0.5 * ({at(X + 3 + k)} + {at(X1 + 3 + k)})"
    yield f"inverse = 1 / sqrt(v0 * v0 + v1 * v1 + v2 * v2 + {_p(3, 3)} + {_p(4, 4)} + {_p(5, 5)})"
    yield f"mean, by_dt = {at(MEAN)}, dt / (dt * dt + 1e-18)"
    yield f"excess = {at(X + 6)} - mean"
    yield "way = mean * dt * dt * 0.5 + excess * way_by_a"
    yield "speed = mean * dt + excess * speed_by_a"
    yield f"{at(X1 + 6)} = mean + excess * {at(DECAY)}"
    for a in range(3):
        yield f"u{a} = {at(THRUST)} * v{a} * inverse"
        yield f"{at(ALONG + a)} = u{a} + {at(F + 7 * (3 + a) + 6)} * by_dt"
        yield f"{at(X1 + a)} += way * u{a}"
        yield f"{at(X1 + 3 + a)} += speed * u{a}"
        yield f"{at(F + 7 * a + 6)} += way_by_a * u{a}"
        yield f"{at(F + 7 * (3 + a) + 6)} += speed_by_a * u{a}"
    yield f"drag2 = {summed((at(ALONG + a), at(ALONG + a)) for a in range(3))}"
    yield f"{at(DENSITY)} = {at(DENSITY)} + {at(ROUGH)} * (4 + excess * excess) * drag2"
    for a in range(3):
        for b in range(3):
            yield f"toward = ({float(a == b)} - u{a} * u{b}) * inverse"
            yield f"{at(F + 7 * a + 3 + b)} += way * toward"
            yield f"{at(F + 7 * (3 + a) + 3 + b)} += speed * toward"


def _flown(a: int) -> Iterator[str]:
    """Row a of WORK = F P."""
    for b in range(7):
        yield f"{at(WORK + 7 * a + b)} = {summed((at(F + 7 * a + k), _p(k, b)) for k in range(7))}"


def _spread(a: int, columns: range) -> Iterator[str]:
    """Row a of P1 = F P F' + Q, in some columns: WORK F', and the noise.

    White acceleration in both modes, and a seventh component that wanders as a random walk: the thrust's over more than
    a minute is wider than the Gauss-Markov process, on the safe side; the drag index's ends as wide as that. Back in
    time the velocity's part changes sign against the others (put t -> -t, v -> -v).
    """
    yield f"t, sign, density, walk = {at(AGO)}, {at(SIGN)}, {at(DENSITY)}, {at(WALK)}"
    yield f"u0, u1, u2 = {at(ALONG)}, {at(ALONG + 1)}, {at(ALONG + 2)}"
    yield "t2 = t * t"
    row = [at(WORK + 7 * a + k) for k in range(7)]
    for b in columns:
        if b < 6:
            product = summed((row[k], at(F + 7 * b + k)) for k in range(7))
        else:
            product = f"{row[6]} * {at(DECAY)}" if a < 6 else f"{at(DECAY)} * {at(DECAY)} * {_p(6, 6)}"
        rounded = f" + {rounding(F + 7 * a, P)}" if a == b < 6 else ""
        yield f"{at(P1 + packed(a, b))} = {product} + {_noise(a, b)}{rounded}"


def rounding(row: int, covariance: int) -> str:
    """What a variance of B P B' needs on top, given the row of B, lest rounding make the whole indefinite.

    Each of the sums of 14 products is off by up to 14 u |B||P||B'|, u = 1.1e-16, and |B||P||B'| <= D_a D_b with
    D_a^2 = 7 sum B_ak^2 P_kk; seven such errors in a row are outweighed by 7 * 14 u D_a^2 on the diagonal [Higham 2002,
    section 3.5, and Gershgorin]. That is 1e-13 of what the variance was before: nothing, but after a plot a million
    times better than all before it.
    """
    total = summed((f"{at(row + k)} * {at(row + k)}", at(covariance + packed(k, k))) for k in range(7))
    return f"1e-13 * ({total})"


def _noise(a: int, b: int) -> str:
    """An element of Q, a <= b; walk: the seventh component's variance per second."""
    same = float(a % 3 == b % 3)
    if b < 3:
        return f"({same} * density * t2 * t * {1 / 3!r} + walk * t2 * t2 * t * 0.05 * u{a} * u{b})"
    if a < 3 and b < 6:
        return f"sign * ({same} * density * t2 * 0.5 + walk * t2 * t2 * 0.125 * u{a} * u{b - 3})"
    if b < 6:
        return f"({same} * density * t + walk * t2 * t * {1 / 3!r} * u{a - 3} * u{b - 3})"
    if a < 3:
        return f"walk * t2 * t * {1 / 6!r} * u{a}"
    return f"sign * walk * t2 * 0.5 * u{a - 3}" if a < 6 else "walk * t"


mix = straight("mix", ("mean", "variance", "drag_variance"), [_mix()], lanes=TRACKS, module=__name__)
begin = straight("begin", (), [_begin()], lanes=LANES, module=__name__)
approach = straight("approach", (), [_approach()], lanes=LANES, module=__name__)
fall = straight(
    "fall", ("step",), [_fall(in_air=False), *(_vary(c, in_air=False) for c in range(6))], lanes=LANES, module=__name__
)
fall_in_air = straight(
    "fall_in_air",
    ("step",),
    [_fall(in_air=True), *(_vary(c, in_air=True) for c in range(7))],
    lanes=LANES,
    module=__name__,
)
push = straight("push", (), [_push()], lanes=LANES, module=__name__)
spread = straight(
    "spread", (), [*map(_flown, range(6)), *(_spread(a, range(a, 7)) for a in range(7))], lanes=LANES, module=__name__
)
spread_place = straight(
    "spread_place",
    (),
    [*map(_flown, range(3)), *(_spread(a, range(a, 3)) for a in range(3))],
    lanes=LANES,
    module=__name__,
)
# What `spread_place` left out of `spread`.
spread_rest = straight(
    "spread_rest",
    (),
    [*map(_flown, range(3, 6)), *(_spread(a, range(max(a, 3), 7)) for a in range(7))],
    lanes=LANES,
    module=__name__,
)
