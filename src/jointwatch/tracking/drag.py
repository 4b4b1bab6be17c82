"""What the air does to a falling object of unknown ballistic coefficient, for the coast mode of the filter.

The acceleration is -rho(h) |v| v g / (2 beta0), with v relative to the Earth, with which the air turns. The seventh
component of the coast mode says how much more, or less, the air brakes an object than one of beta0 = 3,000 kg/m2:
g(x) = x / 2 + sqrt(1 + x^2 / 4), so that beta = beta0 / g. As an exponential, the usual choice (Julier, Uhlmann 1997),
it is always positive and has no scale of its own; but it is straight for light objects, of which an exponential, put
straight by a filter, would be overshot by orders of magnitude when the drag is first felt.

Density is that of the US Standard Atmosphere 1976, by one polynomial for its logarithm, so that lanes at any height do
the same; a given day is farther from the standard than the polynomial is. Lift, wind and thrust are left out.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike

from jointwatch.earth.arrays import Floats
from jointwatch.earth.ellipsoid import B_M, E2

TOP_M = 130_000.0
"""Above, drag is left out: 3e-5 m/s2 at 5 km/s, below what the coast's noise allows for."""
LONGEST_STEP_S = 1.25
"""Of the Runge-Kutta method in the air: half a scale height at a steep 3 km/s."""
BETA0_KG_M2 = 3_000.0
ROWS = 9
"""Numbers that `braking` leaves for `varied` at each stage."""

# Logarithm of the density, kg/m3, in powers of the height in units of 100 km: least squares through 2,601 heights from
# the ground to TOP_M, within 4 % of `earth.standard_atmosphere` (tests/tracking/test_drag.py).
_LOG_DENSITY = (0.16592, -7.11985, -42.45258, 65.94371, 41.31999, -181.30182, 146.24534, -37.19826)
# Nothing falls so that drag over speed exceeds this, 1/s: 0.37 v sin(angle) / scale height at worst, 0.2 at 7 km/s, and
# 0.5 at a final speed of 20 m/s. A guess of the filter, deep in the air at orbital speed, must stay a number.
_MOST_PER_S = 0.5
_TOP = 1e-5 * TOP_M


def ratio_of(index: ArrayLike) -> Floats:
    """How much more the air brakes than a body of 3,000 kg/m2, by the drag index x: x / 2 + sqrt(1 + x^2 / 4).

    >>> ratio_of([-3.0, 0.0, 3.0]).round(2)
    array([0.3, 1. , 3.3])
    """
    return np.exp(np.arcsinh(np.asarray(index, dtype=np.float64) / 2))


def index_of(ballistic_coefficient_kg_m2: ArrayLike) -> Floats:
    """The drag index of a ballistic coefficient m / (C_D A), kg/m2: the inverse of `ratio_of`.

    >>> index_of([900.0, 3000.0, 10000.0]).round(1)
    array([ 3.,  0., -3.])
    """
    ratio = BETA0_KG_M2 / np.asarray(ballistic_coefficient_kg_m2, dtype=np.float64)
    return ratio - 1 / ratio


def density_kg_m3(height_m: ArrayLike) -> Floats:
    """Density as the filter takes it; below the ground as on it, above TOP_M as there."""
    u = np.clip(np.asarray(height_m, dtype=np.float64), 0.0, TOP_M) * 1e-5
    return np.asarray(np.exp(np.polynomial.polynomial.polyval(u, _LOG_DENSITY)))


def ratio(index: str, air: str) -> Iterator[str]:
    """Text: `thick`, the ratio over 2 beta0, nothing out of the air; `by_index`, the slope of its logarithm."""
    yield f"index = {index}"
    yield "root = sqrt(1 + 0.25 * index * index)"
    yield "large = root + 0.5 * max(index, -index)"
    yield f"thick = {air} * {0.5 / BETA0_KG_M2!r} * (large if index > 0.0 else 1 / large)"
    yield "by_index = 0.5 / root"


def braking(stage: int, rows: list[str]) -> Iterator[str]:
    """Text: adds drag to the acceleration of a stage at z0 to z5, and leaves what its variation needs in rows.

    After `lanes._pull`, whose names are used: by_r2, and s = 5 sin^2 of the geocentric latitude. The height is that
    over the ellipsoid in the same geocentric direction: `earth.height.height_m` but for a metre. It is all -q v, and q
    grows, in shares of itself, with the density, the speed and the index.
    """
    yield "sine2, by_r = 0.2 * s, sqrt(by_r2)"
    yield f"widening = 1 / (1 - {E2!r} * (1 - sine2))"
    yield f"radius = {B_M!r} * sqrt(widening)"
    yield f"u = {1e-5!r} * (1 / by_r - radius)"
    yield f"inside = (1.0 if u > 0.0 else 0.0) if {_TOP!r} > u else 0.0"
    yield f"u = max(u, 0.0) if {_TOP!r} > u else {_TOP!r}"
    yield f"value, slope = {_LOG_DENSITY[-1]!r}, 0.0"
    for coefficient in reversed(_LOG_DENSITY[:-1]):
        yield "slope = slope * u + value"
        yield f"value = value * u + {coefficient!r}"
    yield from _exponential("value")
    yield "speed2 = z3 * z3 + z4 * z4 + z5 * z5"
    yield "free = thick * e * sqrt(speed2)"
    yield f"q = free if {_MOST_PER_S!r} > free else {_MOST_PER_S!r}"
    yield f"own = free if {_MOST_PER_S!r} > free else 0.0"
    for k in range(3):
        yield f"a{stage}_{k} = a{stage}_{k} - q * z{k + 3}"
    yield f"thicker = own * inside * slope * {1e-5!r}"
    yield f"wider = {E2!r} * radius * widening * by_r2"
    yield f"{rows[0]} = q"
    for k in range(3):
        lean = f"wider * ({'z2 - ' if k == 2 else '-'}sine2 * z{k})"
        yield f"{rows[1 + k]} = thicker * (z{k} * by_r + {lean})"
    yield f"{rows[4]} = own / max(speed2, 1e-6)"
    yield f"{rows[5]} = own * by_index"
    for k in range(3):
        yield f"{rows[6 + k]} = z{k + 3}"


def varied(stage: int, rows: list[str], *, by_index: bool) -> Iterator[str]:
    """Text: adds to a column's acceleration at a stage how drag varies with the column's z0 to z5, and by the index."""
    q, n0, n1, n2, faster, more = rows[:6]
    v = rows[6:]
    yield f"grown = {n0} * z0 + {n1} * z1 + {n2} * z2 + {faster} * ({v[0]} * z3 + {v[1]} * z4 + {v[2]} * z5)"
    if by_index:
        yield f"grown = grown + {more}"
    for k in range(3):
        yield f"a{stage}_{k} = a{stage}_{k} - ({q} * z{k + 3} + grown * {v[k]})"


def _exponential(x: str) -> Iterator[str]:
    """Text: e, the exponential of -45 to 10, as `earth.air.exponential`."""
    yield f"part = {x} * {1 / 64!r}"
    yield "e = 1 + part * 0.1"
    for n in range(9, 0, -1):
        yield f"e = 1 + part * {1 / n!r} * e"
    for _ in range(6):
        yield "e = e * e"
