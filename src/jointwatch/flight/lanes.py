"""A step of many objects at once, compiled to vector instructions: in time where air is thin, in height where not.

In vacuum and in thin air the independent variable is time and the axes are at rest. In the thick air it is height, in
axes that turn with the Earth: the ground and the joints of the atmosphere's layers are then ends of steps, and no
root is sought. `unrolled` says how a block of lanes is laid out.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from math import sqrt
from typing import Any, Literal

import numba
import numpy as np

from jointwatch.earth.air import exponential
from jointwatch.earth.compiled import announced, inlined
from jointwatch.earth.ellipsoid import A_M, B_M, E2, OMEGA_RAD_S
from jointwatch.earth.gravity import zonal_gravity
from jointwatch.earth.standard_atmosphere import HIGHEST_M, density_kg_m3
from jointwatch.flight.unrolled import LAYER, advance_source

W = OMEGA_RAD_S
LAYER_ROWS = 10  # middle and one over the half width of the layer, then eight coefficients

# Logarithm of the density every 2,500 m, for the leg in time: the drag there is so small that a straight line between
# two values (1e-3 of the density in US76, exact in exp) moves an impact by less than a centimetre. One row for each
# value of Model.air; a constant of the compiled code, for only then does the compiler know that nobody writes to it.
CELL_M = 2_500.0
_HEIGHTS_M = np.arange(0.0, HIGHEST_M + CELL_M, CELL_M)
THIN_AIR = np.stack([np.log(1.225) - _HEIGHTS_M / 7_200.0, np.log(density_kg_m3(_HEIGHTS_M))])
_LAST_CELL = len(_HEIGHTS_M) - 2.0


@inlined
def _slopes_in_vacuum(
    x: float, y: float, z: float, vx: float, vy: float, vz: float, t: float, inverse_beta: float,
    j2: float, j3: float, j4: float, air: int,
) -> tuple[float, float, float, float, float, float, float]:  # fmt: skip
    """Derivatives by time without air, in axes at rest."""
    ax, ay, az, _, _ = zonal_gravity(x, y, z, j2, j3, j4)
    return vx, vy, vz, ax, ay, az, 1.0


@inlined
def _slopes_in_air(
    x: float, y: float, z: float, vx: float, vy: float, vz: float, t: float, inverse_beta: float,
    j2: float, j3: float, j4: float, air: int,
) -> tuple[float, float, float, float, float, float, float]:  # fmt: skip
    """Derivatives by time in thin air, in axes at rest. Height as in `earth.height.height_m`."""
    ax, ay, az, inverse_r2, sin2 = zonal_gravity(x, y, z, j2, j3, j4)
    inverse_r = sqrt(inverse_r2)
    inverse_w = 1 / (1 - E2 * (1 - sin2))
    R = B_M * sqrt(inverse_w)
    eps2 = E2 * E2 * sin2 * (1 - sin2) * inverse_w * inverse_w
    place = ((x * x + y * y + z * z) * inverse_r - R) * (1 - 0.5 * eps2 * R * inverse_r) * (1 / CELL_M)
    cell = int(min(max(0.0, place), _LAST_CELL))  # in this order a NaN is cell 0
    low = THIN_AIR[air, cell]
    log_density = low + (place - cell) * (THIN_AIR[air, cell + 1] - low)
    wx, wy = vx + W * y, vy - W * x
    drag = 0.5 * exponential(min(max(log_density, -45.0), 1.0)) * inverse_beta * sqrt(wx * wx + wy * wy + vz * vz)
    return vx, vy, vz, ax - drag * wx, ay - drag * wy, az - drag * vz, 1.0


@inlined
def _slopes_in_height(
    x: float, y: float, z: float, vx: float, vy: float, vz: float, t: float, height: float, inverse_beta: float,
    middle: float, scale: float, c0: float, c1: float, c2: float, c3: float, c4: float, c5: float, c6: float, c7: float,
    j2: float, j3: float, j4: float, air: int,
) -> tuple[float, float, float, float, float, float, float, float]:  # fmt: skip
    """Derivatives by height over the ellipsoid, of the time too, in axes that turn with the Earth.

    The normal of the ellipsoid points along (x, y, (1 + lean) z), 1 + lean = (N + h) / (N (1 - e2) + h); series in
    e2 and h / N, good to 1e-8 rad up to 500 km, so that what is flown is at the height it says to a millimetre.
    """
    ax, ay, az, inverse_r2, sin2 = zonal_gravity(x, y, z, j2, j3, j4)
    share = height * (1 - 0.5 * E2 * sin2) * (1 / A_M)
    e = E2 * (1 - share * (1 - share * (1 - share)))
    lean = e * (1 + e * (1 + e * (1 + e)))
    slant = lean * (2 + lean) * sin2
    norm = (1 + 0.5 * slant * (1 - 0.25 * slant * (1 - 0.5 * slant))) * sqrt(1 / inverse_r2)
    time_per_m = norm / (x * vx + y * vy + (1 + lean) * z * vz)
    u = (height - middle) * scale
    log_density = c0 + u * (c1 + u * (c2 + u * (c3 + u * (c4 + u * (c5 + u * (c6 + u * c7))))))
    drag = 0.5 * exponential(log_density) * inverse_beta * sqrt(vx * vx + vy * vy + vz * vz)
    ax += W * (2 * vy + W * x) - drag * vx
    ay += W * (W * y - 2 * vx) - drag * vy
    az -= drag * vz
    return (
        vx * time_per_m, vy * time_per_m, vz * time_per_m, ax * time_per_m, ay * time_per_m, az * time_per_m,
        time_per_m, time_per_m,
    )  # fmt: skip


_BLOCK = numba.types.CPointer(numba.float64)  # type: ignore[no-untyped-call]
_SIGNATURE = numba.void(_BLOCK, *4 * [numba.float64], numba.int64)
_LAYER = tuple(range(LAYER, LAYER + LAYER_ROWS))
SHARED = ("j2", "j3", "j4", "air")  # what the slopes take last, the same for all lanes
# What each step takes: its slopes, how many variables, and the rows of a block that belong to a lane's air.
WAYS: dict[str, tuple[Any, int, tuple[int, ...]]] = {
    "in_height": (_slopes_in_height, 7, _LAYER),
    "in_vacuum": (_slopes_in_vacuum, 6, ()),
    "in_air": (_slopes_in_air, 6, ()),
}


@cache
def advance(way: Literal["in_height", "in_vacuum", "in_air"]) -> Callable[..., None]:
    """Return the compiled step of a block: takes its address, tolerance_m, J2, J3, J4 and the row of THIN_AIR.

    A C function, and handed to what calls it: code that Numba links is optimised again in each caller, seconds each
    time. Compiled when first asked for, and under this file's name, so that Numba keeps it on disk.
    """
    slopes, variables, per_lane = WAYS[way]
    name = f"advance_{way}"
    text = advance_source(name, slopes="slopes", variables=variables, shared=SHARED, per_lane=per_lane)
    names = {**globals(), "carray": numba.carray, "slopes": slopes}  # type: ignore[attr-defined]
    exec(compile(text, __file__, "exec"), names)  # noqa: S102 - the text is `unrolled`'s own
    compile_ = numba.cfunc(_SIGNATURE, cache=True, error_model="numpy", fastmath={"contract"})
    with announced():
        step: Callable[..., None] = compile_(names[name])
    return step
