"""False plots alone: how many tracks are confirmed an hour, and how long a scan of a hundred thousand takes.

    python benchmarks/false_plots.py [--check]

One radar scans every 5 s for an hour and sees nothing real: at VHF (0.5 degrees) and UHF (2 mrad) in a field of 110 by
58 degrees out to 6,000 km, in X band (0.3 mrad) in one of 25 by 25 degrees out to 4,000 km. Then it is jammed. The last
line is the summary; with --check it exits 1 below a goal.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from jointwatch.sensors.measurement import Plots
from jointwatch.sensors.site import Site
from jointwatch.tracking.tracker import Tracker

SITE = Site("gabala", *np.radians([40.87, 47.80]))
T0 = 1_612_345_678_000_000_000
FIELDS = {
    "VHF": ((300.0, 8.7e-3, 8.7e-3), (4e5, 107, 2), (6e6, 217, 60)),
    "UHF": ((100.0, 2e-3, 2e-3), (4e5, 107, 2), (6e6, 217, 60)),
    "X band": ((10.0, 3e-4, 3e-4), (4e5, 150, 2), (4e6, 175, 27)),
}
"""Sigma in m, rad, rad; the near and far corner of the field in m, degrees, degrees."""
FALSE, HOURS, EVERY_S = (5, 100, 1000), 1.0, 5.0
FLOOD, FLOODED = 100_000, 12
FLOOD_S = 1.0
"""Goal: processor seconds of the slowest scan of a flood."""


def scan(rng: np.random.Generator, field: str, count: int, k: int) -> Plots:
    """The k-th scan, of so many false plots."""
    sigma, near, far = FIELDS[field]
    low, high = (np.array([corner[0], *np.radians(corner[1:])]) for corner in (near, far))
    z = low + (high - low) * rng.random((count, 3))
    return Plots(SITE, SITE.name, T0 + round(k * EVERY_S * 1e9), z, np.broadcast_to(sigma, z.shape))


def confirmed_an_hour(field: str, count: int) -> float:
    """Tracks that are confirmed an hour with so many false plots a scan on average."""
    rng, tracker, confirmed = np.random.default_rng(count), Tracker(name="false"), set()
    for k in range(round(HOURS * 3600 / EVERY_S)):
        plots = scan(rng, field, rng.poisson(count), k)
        tracker.scan(plots)
        confirmed |= set(tracker.predicted(plots.time_tai_ns).ids)
    return len(confirmed) / HOURS


def flooded() -> float:
    """Processor seconds of the slowest scan while a radar is jammed for a minute."""
    rng, tracker, slowest = np.random.default_rng(1), Tracker(name="flood"), 0.0
    for k in range(FLOODED):
        plots = scan(rng, "UHF", FLOOD, k)
        started = time.process_time()
        tracker.scan(plots)
        slowest = max(slowest, time.process_time() - started)
    return slowest


def main() -> int:
    """Print one row per field and a summary line; return the exit code."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    most = 0.0
    for field in FIELDS:
        rates = [confirmed_an_hour(field, count) for count in FALSE]
        most = max(most, *rates[:-1])
        said = ", ".join(f"{rate:.0f} at {count:,}" for rate, count in zip(rates, FALSE, strict=True))
        print(f"{field}: false tracks an hour, {said} false plots a scan", flush=True)
    slowest = flooded()
    met = most == 0 and slowest <= FLOOD_S
    print(
        f"false_plots: {most:.0f} false tracks an hour at {FALSE[-2]} false plots a scan (goal 0), "
        f"a scan of {FLOOD:,} in {slowest:.2f} s at most (goal {FLOOD_S:.0f}): {'met' if met else 'missed'}"
    )
    return 0 if met or not options.check else 1


if __name__ == "__main__":
    raise SystemExit(main())
