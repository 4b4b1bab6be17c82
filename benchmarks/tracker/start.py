"""How long a Python takes from its first import to its first track: with nothing compiled, and with all on disk."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass

CHILD = """
import json, time
started = time.perf_counter()
import numpy as np
from jointwatch.sensors.measurement import Plots
from jointwatch.sensors.site import Site
from jointwatch.tracking.tracker import Tracker
tracker, site = Tracker(name="first"), Site("here", 0.0, 0.0)
sigma = np.array([[100.0, 2e-3, 2e-3]])
for k in range(4):
    plots = Plots(site, "radar", k * 5 * 10**9, np.array([[1e6 + 5e3 * k, 0.1, 0.3]]), sigma)
    tracker.scan(plots)
assert len(tracker.confirmed()) == 1
print(json.dumps([time.perf_counter() - started, time.process_time()]))
"""


@dataclass(frozen=True)
class Start:
    """Seconds to the first confirmed track, and processor seconds of that process."""

    wall_s: float
    processor_s: float


def starts() -> tuple[Start, Start]:
    """With an empty cache, and the best of three with the cache that this left: compiled once only."""
    with tempfile.TemporaryDirectory() as cache:
        cold = _start(cache)
        return cold, min((_start(cache) for _ in range(3)), key=lambda one: one.wall_s)


def _start(cache: str) -> Start:
    child = subprocess.run(
        [sys.executable, "-c", CHILD],
        env=os.environ | {"NUMBA_CACHE_DIR": cache},
        capture_output=True,
        text=True,
        check=True,
    )
    return Start(*json.loads(child.stdout))
