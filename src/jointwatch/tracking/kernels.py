"""The modules that hold the tracker's kernels, imported with the first scan: Numba takes a third of a second.

A dozen import statements in the functions that every scan goes through would take a tenth of a small scan's time.
"""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace


@cache
def kernels() -> SimpleNamespace:
    """Return the modules, by name."""
    from jointwatch.tracking import associate, evidence, gate, imm, jpda, life, predict, refit, sieve, update

    modules = (associate, evidence, gate, imm, jpda, life, predict, refit, sieve, update)
    return SimpleNamespace(**{module.__name__.rpartition(".")[2]: module for module in modules})
