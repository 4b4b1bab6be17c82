"""Following N objects with two radars: ours against Stone Soup's kd-tree EKF, on the same plots.

    python benchmarks/tracking.py [--check] [--peer-python PATH]

30 % ballistic, 70 % in low orbits, all above the horizon of both radars; each scans every 5 s, in turn; 100 m, 2 mrad,
2 mrad, detection 0.9, and 5 false plots a scan (20 for 500 objects). Processor microseconds of a whole scan, once
tracks stand. Ours begins and ends its tracks itself, weighs two modes and writes their histories; the peer, told where
objects start, only follows. Both are scored by GOSPA (20 km, order 2) at the end of the scans that the peer is given.
Stone Soup runs in a process of its own, by default with this Python, or with another that has it
(`uv venv P && uv pip install --python P/bin/python stonesoup==1.9.1`). The last line is the summary; with --check it
exits 1 below a goal.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import linear_sum_assignment

from jointwatch.earth.arrays import Floats
from jointwatch.earth.ellipsoid import ecef_from_geodetic, geodetic_from_ecef
from jointwatch.earth.topocentric import enu_basis
from jointwatch.flight.coast import propagate_arrays
from jointwatch.sensors.measurement import Plots, predict
from jointwatch.sensors.site import Site, frame
from jointwatch.tracking.settings import Settings
from jointwatch.tracking.tracker import Tracker

PER_TRACK_US, FEW_US, RATIO = 2.0, 100.0, 1000.0
"""Goals: of a track and scan at 500 objects, of a scan at 10, and ahead of the peer at 500."""

SITES = (Site("gabala", *np.radians([40.87, 47.80])), Site("armavir", *np.radians([44.92, 40.98])))
SIGMA = np.array([100.0, 2e-3, 2e-3])
LEAST_ELEVATION_RAD, LEAST_HEIGHT_M = 0.035, 120e3
SCANS, PEER_SCANS, EVERY_S = 60, 24, 2.5
T0 = 1_612_345_678_000_000_000
PEER = Path(__file__).parent / "peers" / "stonesoup_gnn.py"


def launched(rng: np.random.Generator, count: int, *, orbit: bool) -> Floats:
    """States (count, 6) of objects over the region, in orbit or on ballistic arcs."""
    latitude, longitude = np.radians(rng.uniform([25, 25], [60, 70], (count, 2)).T)
    height = rng.uniform(300e3, 1500e3, count) if orbit else rng.uniform(150e3, 800e3, count)
    speed = rng.uniform(6800, 7400, count) if orbit else rng.uniform(2000, 5000, count)
    climb = rng.uniform(-0.02, 0.02, count) if orbit else rng.uniform(-0.3, 0.8, count)
    heading = rng.uniform(0, 2 * np.pi, count)
    level = np.cos(climb)
    enu = np.stack([level * np.sin(heading), level * np.cos(heading), np.sin(climb)], axis=1) * speed[:, None]
    v = np.einsum("nji,nj->ni", enu_basis(latitude, longitude), enu)
    return np.concatenate([ecef_from_geodetic(latitude, longitude, height), v], axis=1)


def in_sight(x: Floats) -> np.ndarray:
    """Which of the objects (n, 6) are high enough, and over both horizons, through all scans."""
    seen = np.ones(len(x), dtype=bool)
    for seconds in np.linspace(0, SCANS * EVERY_S, 6):
        r = propagate_arrays(x, seconds)[:, :3]
        seen &= geodetic_from_ecef(r)[2] > LEAST_HEIGHT_M
        for site in SITES:
            seen &= predict(site, r)[:, 2] > LEAST_ELEVATION_RAD
    return seen


def objects(rng: np.random.Generator, count: int) -> Floats:
    """States of the objects at the first scan."""
    kinds = []
    for orbit, share in ((False, round(0.3 * count)), (True, count - round(0.3 * count))):
        x = launched(rng, 40 * count + 400, orbit=orbit)
        kinds.append(x[in_sight(x)][:share])
    return np.concatenate(kinds)


@dataclass(frozen=True)
class World:
    """What happens: states at the first scan, and the scans."""

    start: Floats
    scans: list[Plots]

    def truth(self, scan: int) -> Floats:
        """Positions at a scan."""
        return propagate_arrays(self.start, scan * EVERY_S)[:, :3]


def world(count: int) -> World:
    """So many objects and their plots, with some false."""
    rng = np.random.default_rng(count)
    start = objects(rng, count)
    return World(start, list(scanned(rng, start)))


def scanned(rng: np.random.Generator, start: Floats) -> Iterator[Plots]:
    """The scans of both radars in turn."""
    for k in range(SCANS):
        site, seconds = SITES[k % 2], k * EVERY_S
        z = predict(site, propagate_arrays(start, seconds)[:, :3])
        z = (z + SIGMA * rng.standard_normal(z.shape))[rng.random(len(z)) < 0.9]
        false = rng.uniform([4e5, 0, 0.04], [4e6, 2 * np.pi, 1.0], (20 if len(start) >= 500 else 5, 3))
        z = np.concatenate([z, false])
        yield Plots(site, site.name, T0 + round(seconds * 1e9), z, np.broadcast_to(SIGMA, z.shape))


def gospa(x: Floats, truth: Floats, cut_m: float = 20e3) -> float:
    """Generalised optimal sub-pattern assignment, metres, order 2, alpha 2 [Rahmathullah et al. 2017]."""
    d2 = np.minimum(((x[:, None] - truth[None]) ** 2).sum(-1), cut_m**2)
    rows, columns = linear_sum_assignment(d2)
    return float(np.sqrt(d2[rows, columns].sum() + cut_m**2 / 2 * abs(len(x) - len(truth))))


def ours(of: World) -> tuple[float, float]:
    """Median processor microseconds of a scan once tracks stand, and GOSPA."""
    count = len(of.start)
    tracker = Tracker(name="ours", settings=Settings(new_tracks_per_scan_limit=max(200, 2 * count)))
    spent, score = [], np.nan
    for k, plots in enumerate(of.scans):
        started = time.process_time()
        tracker.scan(plots)
        spent.append(time.process_time() - started)
        if k == PEER_SCANS - 1:
            score = gospa(tracker.predicted(plots.time_tai_ns).x[:, :3], of.truth(k))
    return float(np.median(spent[PEER_SCANS:])) * 1e6, score


def theirs(of: World, python: str) -> tuple[float, float] | None:
    """The same of Stone Soup, or None where it is not installed."""
    rng, scans = np.random.default_rng(7), of.scans[:PEER_SCANS]
    prior = of.start + rng.standard_normal(of.start.shape) * ([5e3] * 3 + [300.0] * 3)
    frames = [frame(site) for site in SITES]
    with tempfile.TemporaryDirectory() as folder:
        plots, result = Path(folder) / "plots.npz", Path(folder) / "result.npz"
        np.savez(
            plots,
            prior=prior,
            sigma=SIGMA,
            origin=[origin for origin, _ in frames],
            basis=[basis for _, basis in frames],
            seconds=np.arange(PEER_SCANS) * EVERY_S,
            z=np.concatenate([scan.z for scan in scans]),
            first=np.cumsum([0, *map(len, scans)]),
        )
        child = subprocess.run(
            [python, str(PEER), str(plots), str(result)], capture_output=True, text=True, check=False
        )
        if "No module named 'stonesoup'" in child.stderr:
            return None
        if child.returncode:
            raise SystemExit(child.stderr)
        done = np.load(result)
        return float(np.median(done["seconds"])) * 1e6, gospa(done["x"][:, :3], of.truth(PEER_SCANS - 1))


def main() -> int:
    """Print one row per number of objects and a summary line; return the exit code."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--peer-python", default=sys.executable)
    options = parser.parse_args()
    ours(world(10))  # compiles what is not compiled
    print(
        f"{'objects':>8}{'us/scan':>10}{'us/track':>10}{'GOSPA m':>10}{'peer us/track':>15}{'GOSPA m':>10}{'ratio':>8}"
    )
    scan_us, ratio = {}, np.nan
    for count in (10, 100, 500):
        of = world(count)
        scan_us[count], score = ours(of)
        line = f"{count:>8}{scan_us[count]:>10.0f}{scan_us[count] / count:>10.2f}{score:>10.0f}"
        peer = theirs(of, options.peer_python)
        if peer:
            ratio = peer[0] / scan_us[count]
            line += f"{peer[0] / count:>15.0f}{peer[1]:>10.0f}{ratio:>8.0f}"
        print(line, flush=True)
    met = scan_us[500] / 500 <= PER_TRACK_US and scan_us[10] <= FEW_US and not ratio < RATIO
    against = "Stone Soup is not installed for that Python" if np.isnan(ratio) else f"{ratio:.0f} times Stone Soup"
    print(
        f"tracking: {scan_us[500] / 500:.2f} us per track and scan at 500 (goal {PER_TRACK_US:.0f}), "
        f"{scan_us[10]:.0f} us a scan at 10 (goal {FEW_US:.0f}), {against} (goal {RATIO:.0f}): "
        f"{'met' if met else 'missed'}"
    )
    return 0 if met or not options.check else 1


if __name__ == "__main__":
    raise SystemExit(main())
