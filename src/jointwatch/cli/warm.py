"""Compile the kernels and build the font cache once, at installation, so that the first run need not wait for it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jointwatch.earth.states import Ecef


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
    _track(flights[:1])
    _orbit()
    return time.perf_counter() - started


def _track(flight: Ecef) -> None:
    """Follow one object among single false plots until both are lost, and one seen with wide angles."""
    import numpy as np

    from jointwatch.flight import coast
    from jointwatch.sensors.measurement import Plots, predict
    from jointwatch.sensors.site import Site
    from jointwatch.tracking.tracker import Tracker

    tracker, site = Tracker(name="warm"), Site("below", 0.0, 0.0)
    for seconds in (0, 5, 10, 20, 15, 25, 400):
        z = predict(site, coast.propagate(flight, float(seconds)).r_m)
        false = z + np.array([1e5 + 1e4 * seconds, 0.0, 0.0])
        z = np.concatenate([z[: seconds < 400], false])
        tracker.scan(Plots(site, "warm", seconds * 10**9, z, np.broadcast_to([100.0, 2e-3, 2e-3], z.shape)))
        tracker.predicted(seconds * 10**9)
    for seconds in range(500, 900, 5):  # more plots than a window holds
        z = predict(site, coast.propagate(flight, float(seconds - 500)).r_m)
        tracker.scan(Plots(site, "wide", seconds * 10**9, z, np.broadcast_to([50.0, 9e-3, 9e-3], z.shape)))


def _orbit() -> None:
    """Smooth a chain of two nodes."""
    import numpy as np

    from jointwatch.tracking.square_root import Chain, log_likelihood, smooth

    one = np.eye(2)[None]
    chain = Chain(one, one, np.zeros((1, 2)), one, np.eye(2), np.ones(2), np.array([0, 1, 2]))
    smooth(np.zeros(2), np.ones(2), chain)
    log_likelihood(np.zeros(2), np.ones(2), chain)


if __name__ == "__main__":
    print("jointwatch: compiling its kernels once (a few seconds) ...", flush=True)
    print(f"jointwatch: ready, {warm():.1f} s")
