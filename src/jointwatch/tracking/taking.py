"""What a radar should measure of each lane, and the Kalman update with a plot, in time or late; as `lanes`, text.

Rows and their meaning are those of `lanes`.
"""

from __future__ import annotations

from collections.abc import Iterator

from jointwatch.tracking.lanes import (
    AGO,
    ALONG,
    DENSITY,
    LANES,
    LATE,
    NU,
    P1,
    PLACE,
    ROWS,
    WALK,
    WORK,
    X1,
    F,
    H,
    P,
    R,
    S,
    X,
    Z,
    at,
    packed,
    rounding,
    summed,
)
from jointwatch.tracking.straight import straight


def _expect() -> Iterator[str]:
    """Range, and what azimuth and elevation come from; H; S = H P1 H'.

    Straight above the site azimuth has no derivative; the Jacobian is that of an object `least` metres to the side.
    """
    for k in range(3):
        yield f"d{k} = {at(X1 + k)} - o{k}"
    for k, axis in enumerate("enu"):
        yield f"{axis} = d0 * {axis}0 + d1 * {axis}1 + d2 * {axis}2"
        yield f"{at(PLACE + k)} = {axis}"
    yield "ground = sqrt(e * e + n * n)"
    yield f"{at(PLACE + 3)} = ground"
    yield f"{at(Z)} = sqrt(ground * ground + u * u)"
    yield "rho = max(ground, least)"
    yield "by_rho2 = 1 / (rho * rho)"
    yield "by_r2 = 1 / (rho * rho + u * u)"
    yield "by_r = sqrt(by_r2)"
    yield "tilt = -u * by_r2 / rho"
    rows = (
        ("e * by_r", "n * by_r", "u * by_r"),
        ("n * by_rho2", "-e * by_rho2", ""),
        ("e * tilt", "n * tilt", "rho * by_r2"),
    )
    for a, parts in enumerate(rows):
        for b in range(3):
            yield f"h{a}{b} = " + " + ".join(
                f"{part} * {axis}{b}" for part, axis in zip(parts, "enu", strict=True) if part
            )
            yield f"{at(H + 3 * a + b)} = h{a}{b}"
    p = [[at(P1 + packed(a, b)) for b in range(3)] for a in range(3)]
    for a in range(3):
        for b in range(3):
            yield f"t{a}{b} = {summed((f'h{a}{k}', p[k][b]) for k in range(3))}"
    for n, (a, b) in enumerate(_TRIANGLE):
        yield f"{at(S + n)} = {summed((f't{a}{k}', f'h{b}{k}') for k in range(3))}"


_TRIANGLE = ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2))
_GAIN, _SEEN, _REST = WORK, WORK + 21, ROWS
"""Rows of the gain K (7, 3), of dz/dx (3, 7) and of A = 1 - K dz/dx (7, 7), while a plot is taken in."""


def _speak() -> Iterator[str]:
    """What a plot says of the state at the estimate's own time: derivative SEEN, noise in S; X1, P1 at that time.

    A late plot speaks of the present through H F, with the noise of the way back added to its own [Bar-Shalom, Li,
    Kirubarajan 2001; Bar-Shalom, Chen, Mallick 2004, algorithm B]. Without process noise this is the exact answer;
    with it, its correlation with the track is left out, which makes the update cautious.
    """
    yield f"late, t, walk = {at(LATE)}, {at(AGO)}, {at(WALK)}"
    yield f"white = {at(DENSITY)} * t * t * t * {1 / 3!r}"
    yield "wander = walk * t * t * t * t * t * 0.05"
    for a in range(3):
        for b in range(3):
            yield f"h{a}{b} = {at(H + 3 * a + b)}"
        yield f"f{a} = {summed((f'h{a}{k}', at(ALONG + k)) for k in range(3))}"
    for a in range(3):
        for b in range(7):
            flown = summed((f"h{a}{k}", at(F + 7 * k + b)) for k in range(3))
            yield f"{at(_SEEN + 7 * a + b)} = ({flown}) if late > 0.5 else {f'h{a}{b}' if b < 3 else '0.0'}"
    for a, b in _TRIANGLE:
        own = at(R + a) if a == b else "0.0"
        back = f"white * ({summed((f'h{a}{k}', f'h{b}{k}') for k in range(3))}) + wander * f{a} * f{b}"
        yield f"{_s(a, b)} = {own} + (({back}) if late > 0.5 else 0.0)"


def _now() -> Iterator[str]:
    yield f"late = {at(LATE)}"
    for old, new in [(X + k, X1 + k) for k in range(7)] + [(P + n, P1 + n) for n in range(28)]:
        yield f"{at(new)} = {at(old)} if late > 0.5 else {at(new)}"


def _s(a: int, b: int) -> str:
    return at(S + _TRIANGLE.index((min(a, b), max(a, b))))


def _p1(a: int, b: int) -> str:
    return at(P1 + packed(a, b))


def _covary(b: int) -> Iterator[str]:
    """Column b of P1 dz/dx'; it stands where the gain will."""
    for a in range(7):
        yield f"{at(_GAIN + 3 * a + b)} = {summed((_p1(a, k), at(_SEEN + 7 * b + k)) for k in range(7))}"


def _gain() -> Iterator[str]:
    for a in range(7):
        for b in range(3):
            yield f"q{a}{b} = {at(_GAIN + 3 * a + b)}"
    for a, b in _TRIANGLE:
        yield f"s{a}{b} = {_s(a, b)} + {summed((at(_SEEN + 7 * a + k), f'q{k}{b}') for k in range(7))}"
    yield "c00, c01, c02 = s11 * s22 - s12 * s12, s02 * s12 - s01 * s22, s01 * s12 - s02 * s11"
    yield "c11, c12, c22 = s00 * s22 - s02 * s02, s01 * s02 - s00 * s12, s00 * s11 - s01 * s01"
    yield "inverse = 1 / (s00 * c00 + s01 * c01 + s02 * c02)"
    for a in range(7):
        for b in range(3):
            product = summed((f"q{a}{k}", f"c{min(k, b)}{max(k, b)}") for k in range(3))
            yield f"{at(_GAIN + 3 * a + b)} = ({product}) * inverse"


def _leave(a: int) -> Iterator[str]:
    """Element a of the state after the plot, in X; and row a of A."""
    gain = [at(_GAIN + 3 * a + k) for k in range(3)]
    yield f"{at(X + a)} = {at(X1 + a)} + {summed((gain[k], at(NU + k)) for k in range(3))}"
    for b in range(7):
        product = summed((gain[k], at(_SEEN + 7 * k + b)) for k in range(3))
        yield f"{at(_REST + 7 * a + b)} = {float(a == b)} - ({product})"


def _joseph(a: int) -> Iterator[str]:
    """Row a of the covariance after the plot, in P: Joseph's form A P A' + K R K' [Bucy, Joseph 1968].

    Positive definite whatever the gain's rounding; variances grow by 1e-12 of themselves and by what rounding may cost,
    so that it cannot take a correlation to one.
    """
    for b in range(7):
        yield f"t{b} = {summed((at(_REST + 7 * a + k), _p1(k, b)) for k in range(7))}"
    for b in range(3):
        yield f"n{b} = {summed((at(_GAIN + 3 * a + k), _s(k, b)) for k in range(3))}"
    for b in range(a, 7):
        left = summed((f"t{k}", at(_REST + 7 * b + k)) for k in range(7))
        noise = summed((f"n{k}", at(_GAIN + 3 * b + k)) for k in range(3))
        rounded = f" * (1 + 1e-12) + {rounding(_REST + 7 * a, P1)}" if a == b else ""
        yield f"{at(P + packed(a, b))} = ({left} + {noise}){rounded}"


_SITE = ("o0", "o1", "o2", "e0", "e1", "e2", "n0", "n1", "n2", "u0", "u1", "u2", "least")
_GAINED = [_gain(), *map(_leave, range(7)), *map(_joseph, range(7))]
expect = straight("expect", _SITE, [_expect()], lanes=LANES, module=__name__)
take = straight("take", (), [_speak(), _now(), *map(_covary, range(3)), *_GAINED], lanes=LANES, module=__name__)
