"""What a joint study costs: 100,000 flights past 15 radars with all measures, for all parties and assumptions.

    python benchmarks/studies.py [--check] [--arcs N] [--workers W]

The study is `europe-2007` with every radar of the debate: its launches, architectures and assumptions, 15 radars; so
many pairs of places that N flights are in reach. Counted is everything from the study's bytes to its rows, on W
processes (two): arcs, looks, detection, hand-overs, errors of launch and impact by the Cramér-Rao bound, classes,
agreements, its package and sites, medians and intervals, chunks on disk, and that workers start; not compilation.
Then a tenth of it with one worker and with two, whose pace counts once they have begun, and the steps of one chunk by
themselves. Then a package of eight elements, all 256 subsets for each party and set of assumptions, over N / 10
flights. The last line is the summary; with --check it exits 1 below a goal. Seconds of processors are the system's own
count, which a busy machine changes little.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import Progress

from jointwatch.sensors.looks import detection_probability
from jointwatch.studies.bundle import paths
from jointwatch.studies.joint.bounds import errors
from jointwatch.studies.joint.chunk import SIZE, STEP_S, Plan
from jointwatch.studies.joint.file import load
from jointwatch.studies.joint.held import Held
from jointwatch.studies.joint.launches import flown
from jointwatch.studies.joint.measures import rows
from jointwatch.studies.joint.work import plan_of, work_through
from jointwatch.studies.joint.worth import worth_rows

ARCS, WORKERS = 100_000, 2
GOAL_S, GOAL_MB, GOAL_SPEEDUP, GOAL_PACKAGE_S = 60.0, 4_000.0, 1.8, 60.0
RUSSIA = ("gabala", "armavir", "lekhtusi", "pionersky", "olenegorsk", "pechora")
UNITED_STATES = (
    *("fylingdales", "thule", "cape-cod", "kurecik", "deveselu", "redzikowo"),
    *("ship-eastern-mediterranean", "ship-constanta"),
)
DAY = "2024-08"  # on which all of them stood, but what an architecture proposes
VISITOR = 'proposed = true\nradars = ["ship-constanta"]\nshared = false\n'
"""Of an architecture without an exchange: a ship that stood for some weeks of 2011."""
PACKAGE = f"""
[package]
on = "{DAY}"
proposed = true
shared = "element"
measures = ["detected", "warning", "track_time"]
[package.elements]
gabala = ["gabala"]
armavir = ["armavir"]
lekhtusi = ["lekhtusi"]
brdy = ["brdy"]
kurecik = ["kurecik"]
deveselu = ["deveselu"]
fylingdales = ["fylingdales"]
"""
"""Eight elements: the exchange of data is one."""


@dataclass(frozen=True)
class Worked:
    """What a study took: seconds on the clock and of processors, chunks a second once workers had begun; what came."""

    clock_s: float
    processors_s: float
    chunks_a_s: float
    flights: int
    rows: int


def written(count: int) -> str:
    """The study as text."""
    text = load("europe-2007")[1].decode()
    old = (
        '"gabala", "armavir", "lekhtusi", "pionersky", "olenegorsk", "pechora"',
        '"fylingdales", "thule", "cape-cod"',
    )
    for before, after in zip(old, (RUSSIA, UNITED_STATES), strict=True):
        assert before in text
        text = text.replace(before, ", ".join(f'"{name}"' for name in after))
    text = text.replace("count = 12500", f"count = {count}").replace('on = "2009-06"', f'on = "{DAY}"')
    none = f'[architectures.none]\non = "{DAY}"\n'
    assert none in text
    return text.replace(none, f'[architectures.nothing-shared]\non = "{DAY}"\n{VISITOR}')


def counted(text: Callable[[int], str], arcs: int) -> bytes:
    """The study with as many pairs of places that so many flights are in reach, to some per cent."""
    plan = plan_of(text(SIZE).encode())
    each = sum(len(flown(cell, 0, SIZE, seed=plan.study.seed)) for cell in plan.cells)
    return text(-(-arcs * SIZE // each)).encode()


def of_one_cell(count: int) -> str:
    """The study of a package: from Iran to the middle of Europe, one class."""
    text = written(count)
    first, end = text.index("# What each element"), text.index("# Where sources disagree")
    launches = '[[launches]]\nfrom = "iran"\nto = ["europe-central"]\nvehicles = ["irbm-solid-3stage"]\n\n'
    return text[:first] + launches + text[end:] + PACKAGE


def processors_s() -> float:
    """Seconds of processors of this process and of all its children that ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def worked(data: bytes, workers: int, *, bar: bool = False) -> Worked:
    """Work a study through in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder, Progress(console=Console(stderr=True), disable=not bar) as progress:
        plan = plan_of(data)
        task = progress.add_task("chunks", total=len(plan))
        begun, used, ends = time.perf_counter(), processors_s(), list[float]()

        def done(there: int) -> None:
            progress.update(task, completed=there)
            ends.append(time.perf_counter())

        chunks = work_through(data, Path(folder), workers=workers, done=done)
        found: list[Any] = [*rows(plan, chunks)]
        again = work_through(data, Path(folder)) if plan.package else ()
        found += worth_rows(plan, again)
        clock, used = time.perf_counter() - begun, processors_s() - used
    flights = sum(round(row.value * row.flights) for row in found if row.measure == "in_reach")
    since = ends[workers:]  # the first is told before any, and then each worker's first has its start in it
    return Worked(clock, used, (len(since) - 1) / (since[-1] - since[0]), flights, len(found))


def steps(plan: Plan, number: int) -> dict[str, float]:
    """Microseconds of processors that a flight of one cell takes in each step of a chunk."""
    cell = plan.cells[number]
    assert plan.looks is not None
    begun, took = [time.process_time()], {}

    def step(name: str) -> None:
        took[name] = time.process_time() - begun[-1]
        begun.append(time.process_time())

    flights = flown(cell, 0, SIZE, seed=plan.study.seed)
    step("arcs")
    k, rcs_m2 = len(flights), plan.cross_sections(cell.vehicle)
    path = paths(flights.flights, slice(0, k), step_s=STEP_S)
    step("positions")
    probability = detection_probability(plan.looks, path.r_m, rcs_m2, threads=1)
    step("looks")
    held = Held.empty(len(plan.deployment.sensors), len(plan.distinct), k)
    held.fill(probability, plan.looks_in_a_step, plan.sets)
    step("held by whom")
    errors(
        flights.flights, path, watch=plan.looks, radars=[s.radar for s in plan.deployment.sensors], rcs_m2=rcs_m2,
        probability=probability, looks_in_a_step=plan.looks_in_a_step, sets=plan.members, first=held.first_by,
        step_s=STEP_S,
    )  # fmt: skip
    step("bound")
    return {name: 1e6 * seconds / max(k, 1) for name, seconds in took.items()}


def subsets_of(plan: Plan) -> int:
    """How many subsets the elements of a plan's package have; none where it has no package."""
    return 1 << len(plan.package.given.names) if plan.package else 0


def memory_mb(workers: int) -> float:
    """The most that this process had, and for each worker as much as the largest had."""
    self, child = (resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return self + workers * child


def main() -> int:
    """Print the table and the summary line; return the exit code."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--arcs", type=int, default=ARCS)
    parser.add_argument("--workers", type=int, default=WORKERS)
    options = parser.parse_args()
    data = counted(written, options.arcs)
    plan = plan_of(data)
    for cell in (0, 1, len(plan.cells) - 1):  # compiles
        steps(plan, cell)
    radars = len({sensor.radar.name for sensor in plan.deployment.sensors})
    print(
        f"{radars} radars, {len(plan.deployment.sensors)} with what is assumed of them, "
        f"{len(plan.deployment.views)} views, {len(plan.distinct)} of them distinct"
    )
    for cell in (0, 1, len(plan.cells) - 1):
        told = ", ".join(f"{name} {us:.0f}" for name, us in steps(plan, cell).items())
        print(f"{plan.cells[cell].name:<45} us of a processor per flight: {told}")
    whole = worked(data, options.workers, bar=True)
    memory = memory_mb(options.workers)
    part = counted(written, max(options.arcs // 10, SIZE))
    one, two = (worked(part, workers) for workers in (1, 2))
    package_data = counted(of_one_cell, options.arcs // 10)
    package = worked(package_data, options.workers)
    for name, each in (("whole", whole), ("a tenth, one worker", one), ("a tenth, two", two), ("package", package)):
        print(
            f"{name:<20} {each.flights:>9,} flights {each.clock_s:7.1f} s {each.processors_s:7.1f} s of processors "
            f"{1e6 * each.processors_s / max(each.flights, 1):6.0f} us per flight {each.rows:>8,} figures"
        )
    subsets = subsets_of(plan_of(package_data))
    goal_s, goal_package_s = (goal * options.arcs / ARCS for goal in (GOAL_S, GOAL_PACKAGE_S))
    speedup = two.chunks_a_s / one.chunks_a_s
    met = np.array([
        whole.clock_s <= goal_s,
        memory <= GOAL_MB,
        speedup >= GOAL_SPEEDUP,
        package.clock_s <= goal_package_s,
    ])  # fmt: skip
    print(
        f"studies: {whole.flights:,} flights x {radars} radars, all measures: {whole.clock_s:.1f} s on "
        f"{options.workers} workers (goal {goal_s:g}), {whole.processors_s:.0f} s of processors, {memory:,.0f} MB "
        f"(goal {GOAL_MB:,.0f}); two workers, once begun, {speedup:.2f} times one (goal {GOAL_SPEEDUP:g}); "
        f"{subsets} subsets at {package.flights:,} flights: {package.clock_s:.1f} s (goal {goal_package_s:g}): "
        f"{'met' if met.all() else 'missed'}"
    )
    return 0 if met.all() or not options.check else 1


if __name__ == "__main__":
    raise SystemExit(main())
