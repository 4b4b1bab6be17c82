"""Compile the kernels and build the font cache once, at installation, so that the first run need not wait for it."""

from __future__ import annotations

import time


def warm() -> float:
    """Return the seconds it took to have every compiled kernel and matplotlib's fonts in their caches."""
    import numpy as np

    started = time.perf_counter()
    from matplotlib import font_manager

    from jointwatch.earth.states import Ecef
    from jointwatch.flight import coast, trajectories

    font_manager.findfont("DejaVu Sans")
    # one that climbs out of the air, and one that turns in it
    flights = Ecef(
        np.array([[6_478_137.0, 0.0, 0.0, 2_000.0, 3_000.0, 0.0], [6_478_137.0, 0.0, 0.0, 400.0, 3_000.0, 0.0]])
    )
    coast.transition(flights, 10.0)
    coast.impact(flights, beta_kg_m2=5_000.0)
    coast.apogee(flights)
    coast.trajectory(flights[:1], np.array([0.0, 10.0]))
    trajectories.fly(flights, beta_kg_m2=5_000.0).at([0.0])
    return time.perf_counter() - started


if __name__ == "__main__":
    print("jointwatch: compiling its kernels once (a few seconds) ...", flush=True)
    print(f"jointwatch: ready, {warm():.1f} s")
