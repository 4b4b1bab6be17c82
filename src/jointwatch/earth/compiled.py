"""How the house compiles: `kernel` turns a function of floats and float64 arrays into machine code, once, on disk.

Import this (and so Numba, a third of a second) only from modules that hold kernels, and those only when a result
is wanted. Numba's cache notices an edit of a kernel's own file, not of the files of the functions it calls: after
an edit of `gravity`, `height`, `air` or `flight.dynamics`, remove the `*.nbi` files.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import Timer

from numba import njit

_PATIENCE_S = 1.0

# "numpy": a division by zero gives inf or nan instead of an exception, which would keep loops from vectorising;
# nogil: threads share the work. Of fastmath only the fused multiply-add, half of an integrator's work: the same
# wheel on a processor of the same features gives the same bits.
kernel = njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})

# A scalar function that becomes part of its caller, so that a loop over many objects can become vector instructions.
inlined = njit(nogil=True, error_model="numpy", fastmath={"contract"}, forceinline=True)


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
