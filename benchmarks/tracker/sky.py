"""An hour of 20,000 objects in orbit and six radars around the world: faster than it happens, in how much memory?

    python benchmarks/tracker/sky.py [SECONDS]

Circular orbits of 350 to 1,600 km, inclinations as in the public catalogue's crowded shells; each radar looks all round
from 3 degrees up to 6,000 km every 5 s, in turn; 100 m, 2 mrad, detection 0.9, 20 false plots a scan. Objects come and
go: tracks begin, are lost and are forgotten all the time. One line of JSON for each time that is asked about.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import numpy as np

from jointwatch.earth.arrays import Floats
from jointwatch.earth.ellipsoid import GM_M3_S2, OMEGA_RAD_S
from jointwatch.flight.coast import propagate_arrays
from jointwatch.sensors.measurement import Plots, predict, wrap_azimuth
from jointwatch.sensors.site import Site, frame
from jointwatch.tracking.settings import Settings
from jointwatch.tracking.tracker import Tracker

COUNT = 20_000
PLACES = {
    "gabala": (40.87, 47.80), "armavir": (44.92, 40.98), "pechora": (65.21, 57.28),
    "fylingdales": (54.36, -0.67), "pituffik": (76.57, -68.30), "beale": (39.14, -121.35),
}  # fmt: skip
EVERY_S, GREATEST_RANGE_M, LEAST_ELEVATION_RAD, FALSE = 5.0, 6e6, np.radians(3.0), 20
SIGMA = np.array([100.0, 2e-3, 2e-3])
# Of each track the first 32 and the last 96 estimates are kept, a pass or two: with the usual 512 memory grows for half
# an hour, to 0.7 GB, while the histories of objects that are handed from radar to radar fill.
SETTINGS = Settings(new_tracks_per_scan_limit=5000, history_first=32, history_last=96)
T0 = 1_612_345_678_000_000_000
ASKED_S = (600.0, 1800.0, 3600.0)


@dataclass(frozen=True)
class Moment:
    """How it stands after so many seconds of scans: seconds that tracking took, plots, live tracks, megabytes held."""

    watched_s: float
    wall_s: float
    processor_s: float
    plots: int
    live: int
    memory_mb: float


def orbits(rng: np.random.Generator) -> Floats:
    """Earth-fixed states (n, 6) on circular orbits."""
    shells = np.array([53.0, 70.0, 74.0, 82.5, 86.4, 97.8])
    inclination = np.radians(rng.choice(shells, COUNT, p=[0.4, 0.1, 0.1, 0.1, 0.1, 0.2]) + rng.normal(0, 1, COUNT))
    a = 6378e3 + rng.uniform(350e3, 1600e3, COUNT)
    node, place = rng.uniform(0, 2 * np.pi, (2, COUNT))
    zero = np.zeros(COUNT)
    p = np.stack([np.cos(node), np.sin(node), zero])
    q = np.stack([-np.sin(node) * np.cos(inclination), np.cos(node) * np.cos(inclination), np.sin(inclination)])
    r = a * (p * np.cos(place) + q * np.sin(place))
    v = np.sqrt(GM_M3_S2 / a) * (q * np.cos(place) - p * np.sin(place))
    v -= OMEGA_RAD_S * np.stack([-r[1], r[0], zero])
    return np.concatenate([r, v]).T


def scans(seconds: float) -> Iterator[Plots]:
    """The scans of all radars, in order of time."""
    rng = np.random.default_rng(1)
    x = orbits(rng)
    sites = [Site(name, *np.radians(place)) for name, place in PLACES.items()]
    for k in range(round(seconds / EVERY_S)):
        for n, site in enumerate(sites):
            after = EVERY_S * n / len(sites)
            near = x[np.linalg.norm(x[:, :3] - frame(site)[0], axis=1) < GREATEST_RANGE_M + 1e5]
            z = predict(site, propagate_arrays(near, after)[:, :3])
            seen = (z[:, 2] > LEAST_ELEVATION_RAD) & (z[:, 0] < GREATEST_RANGE_M) & (rng.random(len(z)) < 0.9)
            z = z[seen] + SIGMA * rng.standard_normal((np.count_nonzero(seen), 3))
            false = rng.uniform([4e5, 0, 0.05], [GREATEST_RANGE_M, 2 * np.pi, 1.0], (FALSE, 3))
            z = np.concatenate([z, false])
            z[:, 1] = wrap_azimuth(z[:, 1])
            time_tai_ns = T0 + round((k * EVERY_S + after) * 1e9)
            yield Plots(site, site.name, time_tai_ns, z, np.broadcast_to(SIGMA, z.shape))
        x = propagate_arrays(x, EVERY_S)


def moments(seconds: float) -> Iterator[Moment]:
    """How it stands at the times that are asked about, and at the end."""
    tracker = Tracker(name="sky", settings=SETTINGS)
    wall = processor = 0.0
    plots, asked = 0, sorted({*ASKED_S, seconds})
    for scan in scans(seconds):
        watched = (scan.time_tai_ns - T0) / 1e9
        while asked and watched >= asked[0]:
            yield Moment(asked.pop(0), wall, processor, plots, len(tracker.predicted(scan.time_tai_ns)), held_mb())
        started = time.perf_counter(), time.process_time()
        tracker.scan(scan)
        wall, processor = wall + time.perf_counter() - started[0], processor + time.process_time() - started[1]
        plots += len(scan)
    yield Moment(seconds, wall, processor, plots, len(tracker.predicted(scan.time_tai_ns)), held_mb())


def held_mb() -> float:
    """Megabytes of memory that this process holds now."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024


if __name__ == "__main__":
    for moment in moments(float(sys.argv[1]) if len(sys.argv) > 1 else 3600.0):
        print(json.dumps(asdict(moment)), flush=True)
