"""A day of watching in simulated time: does what a centre needs of memory follow the sky, or the hours?

One radar sees a pass each six minutes for four, scans each ten seconds; a launch each two hours. Its partner tells of
as many tracks of its own. All of it goes through the record, the station, the listeners and the release policy, as in
service; the clock alone is simulated. Prints the memory of each hour and a summary line; `--check` makes it exit 1
where the day grows by more than the goal after its first four hours.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from jointwatch.centre.duty.listeners import listeners
from jointwatch.earth.arrays import Floats
from jointwatch.earth.ellipsoid import ecef_from_geodetic
from jointwatch.earth.states import Ecef
from jointwatch.flight import coast
from jointwatch.messages.plot_report import PlotReport
from jointwatch.messages.tracklet import Tracklet
from tests.centre import observed
from tests.centre.watched import OUT, RECORD, T0, Watched, entry

HOURS, EVERY_S, PASS_S, BETWEEN_S, LAUNCH_S = 24, 10, 240, 360, 7_200
SETTLED_H, GOAL_MB = 4, 8.0
S = 10**9
P = tuple(np.diag([1e6] * 3 + [400.0] * 3)[np.triu_indices(6)].tolist())


def passing(rng: np.random.Generator) -> Floats:
    """States (k, 6) of one pass near the radar, each ten seconds."""
    latitude, longitude = observed.SITE.latitude_rad, observed.SITE.longitude_rad
    r = ecef_from_geodetic(latitude + rng.uniform(-0.1, 0.1), longitude + rng.uniform(-0.1, 0.1), rng.uniform(5e5, 9e5))
    sideways = np.cross(r, rng.standard_normal(3))
    v = np.sqrt(observed.GM / np.linalg.norm(r)) * sideways / np.linalg.norm(sideways) - np.cross(observed.SPIN, r)
    times = np.arange(-PASS_S / 2, PASS_S / 2, EVERY_S)
    return np.array([coast.propagate(Ecef(np.concatenate([r, v])[None]), t).pos_vel[0] for t in times])


def ticks(hours: int) -> Iterator[tuple[int, Floats, list[tuple[int, Floats]]]]:
    """Each ten seconds: the time, what the own radar sees (n, 3), and number and state of what the partner tracks."""
    rng, own, theirs, launch = np.random.default_rng(24), np.zeros((0, 6)), np.zeros((0, 6)), observed.ascent(200.0)
    for k in range(hours * 3600 // EVERY_S):
        seconds = k * EVERY_S
        if seconds % BETWEEN_S == 0:
            own, theirs, begun = passing(rng), passing(rng), k
        seen = [own[k - begun, :3]] if k - begun < len(own) else []
        after = seconds % LAUNCH_S // 5
        seen += [launch[after]] if 12 <= after < len(launch) else []
        told = [(k - (k - begun), theirs[k - begun])] if k - begun < len(theirs) else []
        yield T0 + seconds * S, np.array(seen).reshape(-1, 3), told


def step(centre: Watched, rng: np.random.Generator, k: int, tick: tuple[int, Floats, list[tuple[int, Floats]]]) -> None:
    """Have the centre hear one tick."""
    at, seen, told = tick
    centre.now_tai_ns = at + S
    if len(seen):
        centre.store.append({RECORD: [entry(PlotReport, RECORD, k, at, **observed.scan(seen, at, rng))]})
    for name, x in told:
        about = {"track": f"P-{name}", "number": k + 1, "since": 0, "from_tai_ns": at, "to_tai_ns": at}
        rest = {"time_tai_ns": at, "boost_probability": 0.0, "plots": 9, "source": "x", "covariance": P}
        centre.partner.append({OUT: [entry(Tracklet, OUT, k, at, **about, **rest, state=tuple(x.tolist()))]})
        held = centre.store.size(OUT)
        centre.store.store_mirrored(centre.partner.frame(OUT, held, max_bytes=1 << 20))
    while centre.station.round():
        pass


def memory_mb() -> float:
    """What this process holds, once nothing waits to be collected."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def day(hours: int, folder: Path) -> list[float]:
    """Print and return the memory after each hour."""
    centre, rng, found = Watched(folder, lambda: listeners("moscow", None)), np.random.default_rng(7), list[float]()
    started = time.process_time()
    for k, tick in enumerate(ticks(hours)):
        step(centre, rng, k, tick)
        if (k + 1) * EVERY_S % 3600 == 0:
            found.append(memory_mb())
            entries, shown = sum(map(centre.store.size, centre.store.logs())), len(centre.picture().tracks)
            took = time.process_time() - started
            print(f"hour {len(found)}: {found[-1]:.1f} MB, {entries:,} entries, {shown} held, {took:.0f} s", flush=True)
    centre.close()
    return found


def main() -> int:
    """Print each hour and a summary line; return the exit code."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--hours", type=int, default=HOURS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = day(options.hours, Path(folder))
    hours = min(SETTLED_H, len(found))
    settled = found[hours - 1]
    grown = max(found[hours - 1 :]) - settled
    met = grown <= GOAL_MB
    print(
        f"watch_day: {len(found)} h, {settled:.0f} MB after {hours} h and at most {grown:.1f} MB more after that "
        f"(goal {GOAL_MB:.0f}): {'met' if met else 'missed'}"
    )
    return 0 if met or not options.check else 1


if __name__ == "__main__":
    raise SystemExit(main())
