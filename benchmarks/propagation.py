"""What ballistic arcs cost and how right they are: ours, heyoka in two legs, SciPy's DOP853, on the same arcs.

    python benchmarks/propagation.py [--quick] [--check]

Model `exp`: J2, an exponential atmosphere that turns with the Earth over WGS 84; drag everywhere, on every side. Error:
distance of the impact from `peers.reference`, the largest of all arcs. Each side flies at its fastest setting whose
error meets the limit, chosen on these arcs; ours also as it comes. Rates are arcs per second of processor time, the
best of several rounds in turn with the others; the ratio is the median over the rounds, for the machine drifts.
The last line is the summary; with --check it exits 1 below a goal. --quick takes fewer arcs and rounds.
"""

from __future__ import annotations

import gc
import inspect
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from peers import heyoka_phased, reference, scipy_dop853
from peers.arcs import ORDINARY, ROBUSTNESS, Regime, draw

from jointwatch.flight import coast

QUICK = "--quick" in sys.argv
ORDINARY_ARCS, ROBUSTNESS_ARCS, FRESH_ARCS, MANY_ARCS = (
    (2_000, 480, 2_000, 100_000) if QUICK else (10_000, 3_000, 20_000, 1_000_000)
)
ROUNDS = 5 if QUICK else 11
LIMITS_M = (0.2, 1.0)
TIGHT = heyoka_phased.Setting(20, 18, 200e3)  # where the reference starts looking for the impact
GOALS = {"ratio at 0.2 m": 1.0, "two cores": 1.9, "memory GB": 2.0, "warm s": 0.8, "cold s": 12.0}
CAN = inspect.signature(coast.impact_arrays).parameters
TOLERANCES_M = [30.0, 10.0, 3.0, 1.0, 0.3, 0.1, 0.03, 0.01, 0.003] if "tolerance_m" in CAN else []

Fly = Callable[[np.ndarray, float, Any], np.ndarray]


@dataclass(frozen=True)
class Side:
    """One propagator: its settings, and its places of impact (n, 3) from states, beta and a setting."""

    name: str
    settings: Sequence[Any]
    fly: Fly


@dataclass(frozen=True)
class Choice:
    """A side at a setting, with its largest error."""

    side: Side
    setting: Any
    error_m: float


@dataclass(frozen=True)
class Case:
    """Arcs of a regime and where they truly end."""

    regime: Regime
    x: np.ndarray
    truth: np.ndarray

    def error_m(self, places: np.ndarray) -> float:
        off = np.linalg.norm(places - self.truth, axis=1)
        return float(np.max(np.where(np.isfinite(off), off, np.inf)))

    def choice(self, side: Side, setting: Any) -> Choice:
        return Choice(side, setting, self.error_m(side.fly(self.x, self.regime.beta_kg_m2, setting)))


def fly_ours(x: np.ndarray, beta_kg_m2: float, tolerance_m: float | None, **more: Any) -> np.ndarray:
    given = {} if tolerance_m is None else {"tolerance_m": tolerance_m}
    one = {"workers": 1} if "workers" in CAN else {}
    return coast.impact_arrays(x, beta_kg_m2, **{**one, **given, **more})[1][:, :3]


OURS = Side("ours", [None, *TOLERANCES_M], fly_ours)
HEYOKA = Side("heyoka", heyoka_phased.SETTINGS, lambda x, beta, setting: heyoka_phased.fly(x, beta, setting)[1])
SCIPY = Side("SciPy", scipy_dop853.SETTINGS, lambda x, beta, rtol: scipy_dop853.fly(x, beta, rtol)[1])


def case(regime: Regime, count: int, seed: int) -> Case:
    x = draw(regime, count, seed)
    guess_s, _ = heyoka_phased.fly(x, regime.beta_kg_m2, TIGHT)
    return Case(regime, x, reference.impacts(x, regime.beta_kg_m2, guess_s)[1])


def fastest(case: Case, side: Side, limits_m: Sequence[float]) -> list[Choice | None]:
    """Per limit the fastest of all settings that meet it: one look at each, then a race of the six that lead."""
    tried = []
    for setting in side.settings:
        side.fly(case.x[:8], case.regime.beta_kg_m2, setting)  # compiles
        start = time.process_time()
        choice = case.choice(side, setting)
        tried.append((time.process_time() - start, choice))
    winners: list[Choice | None] = []
    for limit in limits_m:
        leading = [c for _, c in sorted(tried, key=lambda pair: pair[0]) if c.error_m <= limit][:6]
        seconds = race(case, leading, 4)
        winners.append(leading[int(np.argmin(seconds.min(axis=0)))] if leading else None)
    return winners


def race(case: Case, choices: Sequence[Choice], rounds: int) -> np.ndarray:
    """Processor seconds (rounds, choices), all in turn in every round."""
    seconds = np.full((rounds, len(choices)), np.inf)
    gc.disable()
    for row in seconds:
        for i, choice in enumerate(choices):
            start = time.process_time()
            choice.side.fly(case.x, case.regime.beta_kg_m2, choice.setting)
            row[i] = time.process_time() - start
    gc.enable()
    return seconds


def compare(case: Case) -> tuple[dict[str, float], list[Choice]]:
    """Print the rows of a regime; the goals' figures, errors of ours as it comes and ratios to heyoka, and the choices.

    Where ours is no faster at another setting than as it comes, it has no row of its own.
    """
    as_it_comes = case.choice(OURS, None)
    ours, heyoka = fastest(case, OURS, LIMITS_M), fastest(case, HEYOKA, LIMITS_M)
    figures, chosen = {"default error": as_it_comes.error_m}, [as_it_comes]
    for limit, our, their in zip(LIMITS_M, ours, heyoka, strict=True):
        if their is None:
            print(f"{case.regime.name:<12}{limit:>6}  heyoka meets it at no setting")
            continue
        choices = [their, as_it_comes, *([] if our is None or our.setting is None else [our])]
        chosen += choices[::2]
        seconds = race(case, choices, ROUNDS)
        ratios = np.median(seconds[:, :1] / seconds, axis=0)
        for choice, best, ratio in zip(choices, seconds.min(axis=0), ratios, strict=True):
            print(row(case, limit, choice, best, ratio))
        figures[f"default ratio {limit}"] = ratios[1] if as_it_comes.error_m <= limit else 0.0
        figures[f"ratio {limit}"] = max(ratios[2:], default=figures[f"default ratio {limit}"])
    return figures, chosen


def row(case: Case, limit_m: float, choice: Choice, best_s: float, ratio: float) -> str:
    setting = "as it comes" if choice.setting is None else str(choice.setting)
    if choice.side is OURS and choice.setting is not None:
        setting = f"tolerance {choice.setting} m"
    if choice.side is SCIPY:
        setting = f"rtol {choice.setting:.0e}"
    missed = "" if choice.error_m <= limit_m else "  over the limit"
    rate = len(case.x) / best_s
    return (
        f"{case.regime.name:<12}{limit_m:>6}  {choice.side.name:<8}{setting:<24}{choice.error_m:>9.2g}{rate:>11,.0f}"
        f"{'' if np.isnan(ratio) else f'{ratio:.2f}':>8}{missed}"
    )


def beside(case: Case, heyoka: Sequence[Choice]) -> None:
    """Print SciPy's rows, on a part of the arcs, and ours in the real atmosphere, which no peer flies."""
    few = Case(case.regime, case.x[:1000], case.truth[:1000])
    for limit, scipy, their in zip(LIMITS_M, fastest(few, SCIPY, LIMITS_M), heyoka, strict=False):
        if scipy is not None:
            seconds = race(few, [their, scipy], 3)
            print(row(few, limit, scipy, seconds[:, 1].min(), float(np.median(seconds[:, 0] / seconds[:, 1]))))
    real = real_atmosphere()
    if real is None:
        return
    us76 = Side("us76", [None], lambda x, beta, tolerance_m: fly_ours(x, beta, tolerance_m, **real))
    truth = us76.fly(case.x, case.regime.beta_kg_m2, 1e-6) if "tolerance_m" in CAN else np.full_like(case.truth, np.nan)
    choice = Case(case.regime, case.x, truth).choice(us76, None)
    print(row(case, LIMITS_M[0], choice, race(case, [choice], 3).min(), float("nan")))


def real_atmosphere() -> dict[str, Any] | None:
    """What to give ours for J2 to J4 and the US Standard Atmosphere 1976; None where it cannot."""
    if "model" in CAN:
        return {"model": import_module("jointwatch.flight.model").US76}
    return {"air": "us76"} if "air" in CAN else None


def two_cores(case: Case, heyoka: Choice) -> float:
    """Print how many times faster two cores are by the clock, ours by threads, heyoka by processes; that of ours."""
    x, beta = np.tile(case.x, (100_000 // len(case.x), 1)), case.regime.beta_kg_m2
    halves = np.array_split(x, 2)
    with multiprocessing.get_context("spawn").Pool(2) as pool, ThreadPoolExecutor(2) as threads:
        ways: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
            "ours, threads": (
                lambda: fly_ours(x, beta, None),
                lambda: (
                    fly_ours(x, beta, None, workers=2)
                    if "workers" in CAN
                    else [*threads.map(lambda half: fly_ours(half, beta, None), halves)]
                ),
            ),
            "heyoka, processes": (
                lambda: pool.starmap(heyoka_phased.fly, [(x, beta, heyoka.setting)]),
                lambda: pool.starmap(heyoka_phased.fly, [(half, beta, heyoka.setting) for half in halves], 1),
            ),
        }
        gains = []
        for name, both in ways.items():
            walls = np.array([[wall_s(way) for way in both] for _ in range(4)])[1:]
            gains.append(float(walls[:, 0].min() / walls[:, 1].min()))
            one, two = len(x) / walls.min(axis=0)
            print(
                f"{name:<20}{one:>11,.0f} arcs/s on one core, {two:>9,.0f} on two, by the clock: {gains[-1]:.2f} times"
            )
    return gains[0]


def wall_s(way: Callable[[], object]) -> float:
    start = time.perf_counter()
    way()
    return time.perf_counter() - start


MANY = """
import resource, sys, time
sys.path.insert(0, {here!r})
from peers.arcs import ORDINARY, draw
from jointwatch.flight import coast
coast.impact_arrays(draw(ORDINARY, 8, 1), 5000.0)
x = draw(ORDINARY, {count}, 1)
before, cpu = time.perf_counter(), time.process_time()
reached = coast.impact_arrays(x, 5000.0)[2].all()
print(time.perf_counter() - before, time.process_time() - cpu)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9, int(reached))
"""
FIRST = """
import numpy as np
from jointwatch.flight import coast
x = np.array([[6478137.0, 0.0, 0.0, 2000.0, 3000.0, 1000.0]])
assert coast.impact_arrays(x, 5000.0)[2].all()
"""


def many() -> float:
    """Print the rate of very many arcs in one call; the largest memory of the process, GB."""
    code = MANY.format(here=str(Path(__file__).parent), count=MANY_ARCS)
    out = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    wall, cpu, memory_gb, reached = map(float, out)
    print(
        f"{MANY_ARCS:,} arcs in one call: {wall:.1f} s by the clock, {MANY_ARCS / cpu:,.0f} arcs per processor second, "
        f"at most {memory_gb:.2f} GB{'' if reached else ', NOT ALL REACHED'}"
    )
    return memory_gb if reached else float("inf")


def on_device() -> None:
    """Print the rate of very many arcs on a CUDA device, transfers included, and how far they end from the processor's.

    Nothing where there is no device.
    """
    from jointwatch.flight import device

    if not device.available():
        return
    x = np.tile(draw(ORDINARY, min(MANY_ARCS, 1_000_000), 1), (1 if QUICK else 10, 1))
    device.impact_arrays(x[:8], 5000.0)  # compiles
    seconds = min(wall_s(lambda: device.impact_arrays(x, 5000.0)) for _ in range(3))
    few = x[:100_000]
    places, truth = (fly.impact_arrays(few, 5000.0)[1][:, :3] for fly in (device, coast))
    off_m = np.linalg.norm(places - truth, axis=1).max()
    print(
        f"GPU: {len(x):,} arcs, {len(x) / seconds:,.0f} arcs/s by the clock, at most {off_m:.1g} m from the processor's"
    )


def first_result() -> tuple[float, float]:
    """Print and return seconds from nothing to a first impact: compiling, and with the cache; whole processes."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "NUMBA_CACHE_DIR": folder}

        def process() -> float:
            def run() -> object:
                return subprocess.run([sys.executable, "-c", FIRST], check=True, env=environment, capture_output=True)

            return wall_s(run)

        cold, warm = process(), min(process() for _ in range(3))
    print(f"first impact: {cold:.1f} s when all is compiled, {warm:.2f} s from the cache")
    return cold, warm


def fresh(choices: Sequence[Choice]) -> float:
    """Print the errors on arcs nobody chose a setting by; that of ours as it comes."""
    other = case(ORDINARY, FRESH_ARCS, seed=77)
    errors = [other.choice(choice.side, choice.setting).error_m for choice in choices]
    said = ", ".join(
        f"{c.side.name} ({c.setting or 'as it comes'}) {e:.2g}" for c, e in zip(choices, errors, strict=True)
    )
    print(f"{FRESH_ARCS:,} fresh arcs, largest errors in m: {said}")
    return errors[0]


def main() -> int:
    """Print the table and a summary line; return the exit code."""
    print(f"{'regime':<12}{'limit m':>7} {'side':<8} {'setting':<24}{'error m':>8}{'arcs/cpu s':>11}{'ratio':>8}")
    ordinary = case(ORDINARY, ORDINARY_ARCS, seed=5)
    figures, chosen = compare(ordinary)
    rows = {ORDINARY.name: figures}
    beside(ordinary, [choice for choice in chosen if choice.side is HEYOKA])
    for regime in ROBUSTNESS:
        rows[regime.name], _ = compare(case(regime, ROBUSTNESS_ARCS, seed=6))
    fresh_error = fresh(chosen)
    print(f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores: what follows is by the clock")
    gain = two_cores(ordinary, next(choice for choice in chosen if choice.side is HEYOKA))
    memory_gb = many()
    on_device()
    cold_s, warm_s = first_result()
    return summary(rows, fresh_error, gain, memory_gb, cold_s, warm_s)


def summary(
    rows: dict[str, dict[str, float]], fresh_error: float, gain: float, memory_gb: float, cold_s: float, warm_s: float
) -> int:
    """Print the summary line; the exit code."""
    error = max(fresh_error, *(figures["default error"] for figures in rows.values()))
    worst = min(rows, key=lambda name: rows[name]["default ratio 0.2"])
    ratio, fast = rows[worst]["default ratio 0.2"], rows[ORDINARY.name]["ratio 1.0"]
    goals = [
        (f"error {error:.2g} m (goal 0.2)", error <= LIMITS_M[0]),
        (
            f"at 0.2 m {ratio:.2f} times heyoka, {worst} (goal {GOALS['ratio at 0.2 m']})",
            ratio >= GOALS["ratio at 0.2 m"],
        ),
        (f"at 1 m, ordinary, {fast:.2f} times (towards 4)", True),
        (f"two cores {gain:.2f} (goal {GOALS['two cores']})", gain >= GOALS["two cores"]),
        (f"{memory_gb:.2f} GB (goal {GOALS['memory GB']})", memory_gb <= GOALS["memory GB"]),
        (f"first result {warm_s:.2f} s (goal {GOALS['warm s']})", warm_s <= GOALS["warm s"]),
        (f"compiled in {cold_s:.1f} s (goal {GOALS['cold s']})", cold_s <= GOALS["cold s"]),
    ]
    print("propagation: " + "; ".join(said if met else f"{said} MISSED" for said, met in goals))
    return 0 if all(met for _, met in goals) or "--check" not in sys.argv else 1


if __name__ == "__main__":
    raise SystemExit(main())
