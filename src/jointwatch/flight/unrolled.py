"""One Runge-Kutta step of many objects, written out from its table as straight-line code.

A loop over objects without branches and calls becomes vector instructions, eight objects at a time; one that walks
through a table does not. So the text of the loop is put together here, from `dop853`'s tables and the name of the
function that gives the slopes, and `lanes` compiles it.

The objects of a block stand in lanes: a block is one row of LANES numbers for each quantity, in one array, at offsets
that are known when it is compiled, so that the compiler sees that no row overlaps another.
"""

from __future__ import annotations

from collections.abc import Iterator

from jointwatch.earth.arrays import Floats
from jointwatch.flight.dop853 import ERROR, NODES, STAGES, WEIGHTS, A

LANES = 64

# Rows of a block. STATE: position and velocity, and the seventh variable where there is one; AT: the independent
# variable, LEFT: how much of it is left, signed; WANTED: the step to try, IDEAL: the one that would just have been
# good last time, CAP: the longest; REST: the flight in seconds after this leg; LAYER: the first of ten rows for the
# air of the lane's layer.
STATE, AT, LEFT, WANTED, IDEAL, CAP, REST, INVERSE_BETA, LAYER = 0, 7, 8, 9, 10, 11, 12, 13, 14
ROWS = LAYER + 10


def advance_source(
    name: str, *, slopes: str, variables: int, shared: tuple[str, ...], per_lane: tuple[int, ...]
) -> str:
    """Return the text of `name(address, tolerance_m, *shared)`: each lane tries one step and keeps it where it is good.

    slopes: a function of the variables, the independent variable, one over the ballistic coefficient, the rows
    `per_lane` and the scalars `shared`; it returns the variables' derivatives by the independent variable and the
    time's, in that order.
    The error is that of the embedded method of order 5, in metres: of the position, of the velocity times what is
    left of the flight (REST and the leg's own), and of the time, the seventh variable, times the speed. What is kept
    is of order 8 and far better.
    """
    return "\n".join(
        [
            f"def {name}(address, {', '.join(('tolerance_m', *shared))}):",
            f"    block = carray(address, {ROWS * LANES})",
            f"    for i in range({LANES}):",
            *("        " + line for line in _body(slopes, variables, shared, per_lane)),
        ]
    )


def lane_source(name: str, *, slopes: str, variables: int, shared: tuple[str, ...], per_lane: tuple[int, ...]) -> str:
    """Return the text of `name(block, i, tolerance_m, *shared)`: the same step, of lane i alone.

    For a device where each thread has a lane.
    """
    return "\n".join(
        [
            f"def {name}(block, i, {', '.join(('tolerance_m', *shared))}):",
            *("    " + line for line in _body(slopes, variables, shared, per_lane)),
        ]
    )


def _row(row: int) -> str:
    return f"block[{row * LANES} + i]"


def _names(letter: str, count: int) -> str:
    return ", ".join(f"{letter}{c}" for c in range(count))


def _weighed(weights: Floats, variable: int) -> str:
    """The weighed sum of one variable's slopes."""
    return " + ".join(f"{float(w)!r} * k{stage}_{variable}" for stage, w in enumerate(weights) if w != 0)


def _body(slopes: str, variables: int, shared: tuple[str, ...], per_lane: tuple[int, ...]) -> Iterator[str]:
    parameters = ", ".join(["ib", *(f"p{row}" for row in per_lane), *shared])
    for variable in range(variables):
        yield f"y{variable} = {_row(STATE + variable)}"
    for row in per_lane:
        yield f"p{row} = {_row(row)}"
    yield f"ib = {_row(INVERSE_BETA)}"
    yield f"at, left, cap, wanted = {_row(AT)}, {_row(LEFT)}, {_row(CAP)}, {_row(WANTED)}"
    yield "reach = min(wanted, cap)"
    yield "whole = reach >= abs(left)"
    yield "h = left if whole else (reach if left > 0 else -reach)"
    yield f"{_slopes(0, variables)} = {slopes}({_names('y', variables)}, at, {parameters})"
    for stage in range(1, STAGES):
        for variable in range(variables):
            yield f"z{variable} = y{variable} + h * ({_weighed(A[stage], variable)})"
        yield (
            f"{_slopes(stage, variables)} = "
            f"{slopes}({_names('z', variables)}, at + {float(NODES[stage])!r} * h, {parameters})"
        )
    for variable in range(variables):
        yield f"z{variable} = y{variable} + h * ({_weighed(WEIGHTS, variable)})"
    for variable in range(variables):
        yield f"e{variable} = {_weighed(ERROR, variable)}"
    yield from _judged(variables)


def _slopes(stage: int, variables: int) -> str:
    return ", ".join([*(f"k{stage}_{variable}" for variable in range(variables)), f"rate{stage}"])


def _judged(variables: int) -> Iterator[str]:
    """Accept or refuse the step and choose the next; NaN and infinity compare as refused."""
    yield f"rest = {_row(REST)} + abs(left * rate0)"
    yield "off2 = e0 * e0 + e1 * e1 + e2 * e2 + rest * rest * (e3 * e3 + e4 * e4 + e5 * e5)"
    if variables > 6:
        # what is slow far up may be at a kilometre a second when it arrives
        yield "off2 += e6 * e6 * (1e6 + y3 * y3 + y4 * y4 + y5 * y5)"
    yield "error2 = off2 * h * h / (tolerance_m * tolerance_m)"
    yield "good = error2 <= 1.0"
    for variable in range(variables):
        yield f"{_row(STATE + variable)} = z{variable} if good else y{variable}"
    yield f"{_row(AT)} = at + h if good else at"
    yield f"{_row(LEFT)} = (0.0 if whole else left - h) if good else left"
    # The step whose error would just be allowed, by a root of the error that is about its sixth where the step was
    # too long, and the more careful eighth where it may be longer.
    yield "root = sqrt(sqrt(sqrt(sqrt(max(error2, 1e-16)))))"
    yield "ideal = abs(h) * min(6.0, max(0.1, 0.9 / (root if good else root * sqrt(sqrt(root)))))"
    yield "ideal = ideal if error2 < 1e300 else 0.1 * abs(h)"
    # On the way down into thicker air it shrinks from step to step: take it that it goes on so.
    yield f"past = {_row(IDEAL)}"
    yield "trend = min(1.0, max(0.4, ideal / past)) if good else 1.0"
    # a step cut short by its end or its cap says nothing against a longer one, nor about the trend
    yield "short = good and abs(h) < wanted"
    yield f"{_row(WANTED)} = max(ideal, wanted) if short else ideal * trend"
    yield f"{_row(IDEAL)} = ideal if good and not short else past"
