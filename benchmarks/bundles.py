"""What whole bundles of flights cost: 100,000 arcs past 15 radars on a grid of 5 s, and what each of the steps takes.

    python benchmarks/bundles.py [--check] [--arcs N]

All missile classes of the catalogue out of Iran, as `jointwatch coverage` tells of them: burnout by the closed form,
ascent, coast and entry by `flight.trajectories`, looks with refraction, scan loss and detection law by `sensors.looks`,
cumulative detection, gaps and hand-overs by `sensors.cumulative`. Everything is counted, from the class's numbers to
the hand-overs; compilation is not. A bar shows how far it is. Then the steps one by one, in one thread, for a part of
the arcs. The last line is the summary; with --check it exits 1 above the goal.

Not named coverage.py: Numba, looking for the tool of that name, would import it from here.
"""

from __future__ import annotations

import argparse
import resource
import time

import numpy as np
from rich.console import Console
from rich.progress import Progress

from jointwatch.catalogue.regions import region
from jointwatch.catalogue.vehicles import load_vehicles
from jointwatch.sensors.cumulative import PART, watch
from jointwatch.sensors.looks import detection_probability, table
from jointwatch.sensors.radar import Radar
from jointwatch.studies.architecture import catalogue_radar
from jointwatch.studies.bundle import bundle, positions
from jointwatch.studies.vehicles import vehicle_class

GOAL_S = 20.0
ARCS, STEP_S = 100_000, 5.0
RADARS = (
    *("gabala", "armavir", "lekhtusi", "pionersky", "olenegorsk", "pechora", "brdy", "kurecik", "fylingdales"),
    *("thule", "cape-cod", "deveselu", "redzikowo", "ship-eastern-mediterranean", "ship-constanta"),
)


def classes() -> list[str]:
    return [name for name, entry in load_vehicles().items() if entry.kind == "missile" and entry.range_km]


def watched(radars: list[Radar], name: str, count: int, progress: Progress | None) -> tuple[float, int]:
    """Return the mean share of one class's flights that is detected, and how many looks it took."""
    vehicle = vehicle_class(name)
    flights = bundle(vehicle, region("iran"), count)
    steps = [0]
    task = progress.add_task(name, total=count) if progress else None

    def where(part: slice) -> np.ndarray:
        r = positions(flights, part, step_s=STEP_S, beta_kg_m2=vehicle.beta_kg_m2)
        steps[0] += int(np.isfinite(r[..., 0]).sum())
        return r

    def done(arcs: int) -> None:
        if progress is not None and task is not None:
            progress.advance(task, arcs)

    rcs_m2 = [vehicle.rcs_m2.get(radar.band, 0.1) for radar in radars]
    seen = watch(radars, where, count, step_s=STEP_S, rcs_m2=rcs_m2, done=done)
    return float(seen.by_any.mean()), steps[0] * len(radars)


def step_by_step(radars: list[Radar], count: int) -> None:
    """Print the microseconds an arc takes in each step, one thread, two-stage medium range."""
    vehicle, seen_by = vehicle_class("mrbm-solid-2stage"), table(radars)
    begun = [time.perf_counter()]
    flights = bundle(vehicle, region("iran"), count)
    begun.append(time.perf_counter())
    parts = [slice(first, min(first + PART, count)) for first in range(0, count, PART)]
    r = [positions(flights, part, step_s=STEP_S, beta_kg_m2=vehicle.beta_kg_m2) for part in parts]
    begun.append(time.perf_counter())
    for each in r:
        detection_probability(seen_by, each, 0.1, threads=1)
    begun.append(time.perf_counter())
    watch(radars, lambda part: r[part.start // PART], count, step_s=STEP_S, rcs_m2=0.1, workers=1)
    begun.append(time.perf_counter())
    took = 1e6 * np.diff(begun) / count
    names = ("burnout", "positions", "looks alone", "looks, cumulative detection, hand-overs")
    print("one thread, us per arc: " + ", ".join(f"{name} {us:.0f}" for name, us in zip(names, took, strict=True)))


def main() -> int:
    """Print the figures and the summary line; return the exit code."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--arcs", type=int, default=ARCS)
    options = parser.parse_args()
    radars, names = [catalogue_radar(name)[0] for name in RADARS], classes()
    for name in names:
        watched(radars, name, 2, None)
    begun, worked, looks, shares = time.perf_counter(), time.process_time(), 0, []
    counts = np.diff(np.linspace(0, options.arcs, len(names) + 1).astype(int))
    with Progress(console=Console(stderr=True), transient=True) as progress:
        for name, count in zip(names, counts, strict=True):
            share, looked = watched(radars, name, int(count), progress)
            shares.append(share)
            looks += looked
    took, worked = time.perf_counter() - begun, time.process_time() - worked
    for name, share in zip(names, shares, strict=True):
        print(f"{name:<22} detected by any of {len(radars)}: {share:6.1%}")
    step_by_step(radars, max(PART, options.arcs // 50))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    goal_s = GOAL_S * options.arcs / ARCS
    met = took <= goal_s
    print(
        f"bundles: {options.arcs:,} arcs x {len(radars)} radars every {STEP_S:g} s, {looks / 1e6:,.0f} million looks: "
        f"{took:.1f} s (goal {goal_s:g}), {worked:.1f} s of processors, {memory:,.0f} MB: {'met' if met else 'missed'}"
    )
    return 0 if met or not options.check else 1


if __name__ == "__main__":
    raise SystemExit(main())
