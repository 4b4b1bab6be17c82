"""Impacts of very many objects on a CUDA device, one thread for each, by the functions that fly them on the processor.

The lanes of a block are here the threads of a block, and stand in the memory that those share; `walk` says what a
thread does. What goes none of the ordinary ways comes back and is flown by `integration`.

Import this only where a device is wanted: it brings Numba and its part for CUDA. The compiler for it comes with the
extra `jointwatch[gpu]`.
"""

from __future__ import annotations

from functools import cache
from types import FunctionType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from jointwatch.earth.arrays import Bools, Floats
from jointwatch.flight.coast import HORIZON_S, TOLERANCE_M, check_positive, checked, landed
from jointwatch.flight.itinerary import AIRS, STEP_SHARE
from jointwatch.flight.model import EXP, Model
from jointwatch.flight.unrolled import LANES, ROWS
from jointwatch.flight.walk import walk

try:
    import numba.cuda

    cuda: Any = numba.cuda
except ImportError:  # a Numba without its part for CUDA, and without the extra
    cuda = None

PART = 1 << 20  # objects on the device at a time: 170 MB there
LEAST_BLOCKS = 128  # fewer leave most of a device idle, and Numba warns of it; blocks without an object end at once
_BLOCK = ROWS * LANES


def available() -> bool:
    """Whether there is a CUDA device, with its driver, and a compiler for it (`jointwatch[gpu]`)."""
    return cuda is not None and bool(cuda.is_available())


def impact_arrays(
    x: Floats,
    beta_kg_m2: ArrayLike,
    horizon_s: float = HORIZON_S,
    *,
    model: Model = EXP,
    tolerance_m: float = TOLERANCE_M,
) -> tuple[Floats, Floats, Bools]:
    """Times (n,), states (n, 6) and whether the ground was reached (n,): as `coast.impact_arrays`, on the device.

    For a hundred thousand objects and more. Compiling takes some twenty seconds, once; it is kept on disk.
    Raises RuntimeError where there is no device or no compiler for it.
    """
    if not available():
        raise RuntimeError(
            "flying on the GPU wants a CUDA device with its driver and the extra jointwatch[gpu], and Numba finds no "
            "such device or no compiler for it here; install what is missing or use `coast.impact_arrays`"
        )
    start, inverse_beta = checked(x, beta_kg_m2)
    check_positive("horizon_s", horizon_s, "seconds")
    check_positive("tolerance_m", tolerance_m, "metres")
    time_s, there, left = np.empty(len(start)), np.empty_like(start), np.empty(len(start), dtype=np.bool_)
    for first in range(0, len(start), PART):
        part = slice(first, first + PART)
        time_s[part], there[part], left[part] = _to_ground(start[part], inverse_beta[part], model, tolerance_m)
    landed(start, inverse_beta, model, horizon_s, time_s, there, left)
    return time_s, there, ~np.isnan(time_s)


def _to_ground(x: Floats, inverse_beta: Floats, model: Model, tolerance_m: float) -> tuple[Floats, Floats, Bools]:
    """Times (n,) and states (n, 6) at the ground, and which did not go the ordinary way (n,): one launch."""
    j2, j3, j4, bounds_m, log_density = model.forces
    states, lost = cuda.device_array((len(x), 8)), cuda.device_array(len(x), dtype=np.bool_)
    _compiled()[max(LEAST_BLOCKS, -(-len(x) // LANES)), LANES](
        cuda.to_device(x), cuda.to_device(inverse_beta), j2, j3, j4, cuda.to_device(bounds_m),
        cuda.to_device(log_density), AIRS.index(model.air), STEP_SHARE * tolerance_m, states, lost,
    )  # fmt: skip
    flown: Floats = states.copy_to_host()
    left: Bools = lost.copy_to_host()
    return flown[:, 6], flown[:, :6], left


@cache
def _compiled() -> Any:
    """The kernel `_threads`, with what it calls."""
    return cuda.jit(_calling_the_devices(_threads), cache=True)


@cache
def _on_device(function: Any) -> Any:
    """A function of ours compiled for the device."""
    return cuda.jit(_calling_the_devices(function.py_func), device=True)


def _calling_the_devices(plain: Any) -> FunctionType:
    """The function with each compiled one that it calls replaced by that for the device."""
    called = {name: plain.__globals__.get(name) for name in plain.__code__.co_names}
    ours = {name: _on_device(value) for name, value in called.items() if hasattr(value, "py_func")}
    return FunctionType(plain.__code__, {**plain.__globals__, **ours}, plain.__name__)


def _threads(
    x: Floats, inverse_beta: Floats, j2: float, j3: float, j4: float, bounds_m: Floats, log_density: Floats,
    air: int, tolerance_m: float, states: Floats, lost: Bools,
) -> None:  # fmt: skip
    """Thread i walks object i, in a block that the threads around it share."""
    i, lane = cuda.grid(1), cuda.threadIdx.x
    block = cuda.shared.array(_BLOCK, np.float64)
    legs, y = cuda.local.array((5, 1), np.float64), cuda.local.array(7, np.float64)
    nodes, count = cuda.local.array((1, 1, 7), np.float64), cuda.local.array(1, np.int64)
    if i < len(x):
        count[0] = 0
        walk(
            x[i : i + 1], inverse_beta[i : i + 1], (j2, j3, j4, bounds_m, log_density), air, tolerance_m,
            states[i : i + 1], lost[i : i + 1], block, lane, legs, y, nodes, count,
        )  # fmt: skip
