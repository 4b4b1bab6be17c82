"""Compile the kernels and build the font cache once, at installation, so that the first run need not wait for it."""

from __future__ import annotations

import time


def warm() -> float:
    """Return the seconds it took to have every compiled kernel and matplotlib's fonts in their caches."""
    import numpy as np

    started = time.perf_counter()
    from matplotlib import font_manager

    from jointwatch.earth.states import Ecef
    from jointwatch.flight import coast

    font_manager.findfont("DejaVu Sans")
    fast = Ecef(np.array([[6_678_137.0, 0.0, 0.0, 0.0, 3_000.0, 2_500.0]]))
    coast.transition(fast, 10.0)
    coast.impact(fast, beta_kg_m2=5_000.0)
    coast.apogee(fast)
    coast.trajectory(fast, np.array([0.0, 10.0]))
    return time.perf_counter() - started


if __name__ == "__main__":
    print("jointwatch: compiling its kernels once (a few seconds) ...", flush=True)
    print(f"jointwatch: ready, {warm():.1f} s")
