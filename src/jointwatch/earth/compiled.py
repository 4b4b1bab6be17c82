"""How the house compiles: `kernel` turns a function of floats and float64 arrays into machine code, once, on disk.

Import this (and so Numba, a third of a second) only from modules that hold kernels, and those only when a result
is wanted. Numba's cache notices an edit of a kernel's own file, not of the files of the functions it calls: after
an edit of `gravity`, `height`, `air` or `flight.dynamics`, remove the `*.nbi` files.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from threading import Timer
from typing import Any, TypeVar

from numba import njit
from numba.core import event
from numba.extending import register_jitable

_PATIENCE_S = 1.0

Function = TypeVar("Function", bound=Callable[..., Any])

# "numpy": a division by zero gives inf or nan instead of an exception, which would keep loops from vectorising;
# nogil: threads share the work. Of fastmath only the fused multiply-add, half of an integrator's work: the same
# wheel on a processor of the same features gives the same bits. No way in from C: nobody takes it, and it takes time.
_HOW: dict[str, Any] = {"nogil": True, "error_model": "numpy", "fastmath": {"contract"}, "no_cfunc_wrapper": True}
_KERNEL: Any = njit(cache=True, **_HOW)
_PART: Any = register_jitable(no_cpython_wrapper=True, **_HOW)


def kernel(function: Function) -> Function:
    """The function as machine code."""
    made: Function = _KERNEL(function)
    return made


def part(function: Function) -> Function:
    """A function that kernels call as machine code; to Python it stays Python.

    No way in from Python is compiled for it, and no file of its own is kept: less than half the time of a kernel.
    """
    made: Function = _PART(function)
    return made


# A scalar function that becomes part of its caller, so that a loop over many objects can become vector instructions.
inlined = njit(nogil=True, error_model="numpy", fastmath={"contract"}, forceinline=True)


class _Undisturbed(event.Listener):
    """No garbage collection while Numba compiles: of its million objects none is garbage before the end."""

    def __init__(self) -> None:
        self._depth, self._collects = 0, False

    def on_start(self, event: object) -> None:
        if self._depth == 0:
            self._collects = gc.isenabled()
            gc.disable()
        self._depth += 1

    def on_end(self, event: object) -> None:
        self._depth -= 1
        if self._depth == 0 and self._collects:
            gc.enable()


event.register("numba:compile", _Undisturbed())  # type: ignore[no-untyped-call]


@contextmanager
def announced() -> Iterator[None]:
    """Say on standard error that kernels are being compiled, if what is done here lasts: from disk it does not."""
    timer = Timer(_PATIENCE_S, _say)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


@cache
def _say() -> None:
    print("jointwatch: compiling its kernels, once; some ten seconds", file=sys.stderr, flush=True)
