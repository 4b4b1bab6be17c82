"""How soon a dishonest feed is found, and how often an honest one is accused.

    python benchmarks/integrity.py [--seeds N] [--hours H] [--most MINUTES] [--workers N] [--check]

Three parts. A feed that begins to cheat after an honest hour; one that cheats from its first scan on, of which nobody
knows anything yet; and honest feeds, H hours for each seed. Traffic: the passes of a made-up catalogue over one
declared radar, at most 200 in half an hour; public elements are wrong as in the world. Times are minutes from the first
cheated scan to the verdict. Figures of weight take 200 seeds and 20 hours: two hours of a processor. The last line is
the summary; with --check it exits 1 below a goal.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import TypeVar

import numpy as np
from scipy.stats import chi2

from jointwatch.studies.feed_trials import CHEATS, Found, Honest, honest, trial

SOON_MIN = 30.0
MOST_FALSE_PER_1000_H = 1.0
FROM_THE_START = tuple(name for name in CHEATS if not name.startswith("replay"))
R = TypeVar("R")


def interval(count: int, hours: float) -> tuple[float, float]:
    """Return the 95 % interval of a rate per 1,000 hours, of a Poisson count [Garwood 1936]."""
    low = chi2.ppf(0.025, 2 * count) / 2 if count else 0.0
    return 1e3 * low / hours, 1e3 * chi2.ppf(0.975, 2 * count + 2) / 2 / hours


def for_each_seed(work: Callable[[int], R], seeds: int, workers: int, what: str) -> Iterator[R]:
    """Yield the result for each seed, saying now and then how far it is."""
    began = time.monotonic()
    with ProcessPoolExecutor(workers) as pool:
        for done, result in enumerate(pool.map(work, range(seeds)), 1):
            if done % 10 == 0:
                print(
                    f"  {what}: {done} of {seeds} seeds, {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True
                )
            yield result


def table(title: str, found: list[Found], names: tuple[str, ...]) -> dict[str, float]:
    """Print when each cheat was found; return the share that was found within half an hour."""
    print(f"\n{title}: minutes until it is found")
    heads = "".join(f"{head:>7}" for head in ("10 %", "half", "90 %", "99 %", "last"))
    print(f"{'':<28}{'found':>9}{heads}{'in 30 min':>11}{'also named':>12}")
    shares = {}
    for name in names:
        mine = [each for each in found if each.cheat == name]
        minutes = np.array([np.inf if each.after_min is None else each.after_min for each in mine])
        points = np.sort(minutes)[np.ceil(np.array([0.1, 0.5, 0.9, 0.99, 1.0]) * len(minutes)).astype(int) - 1]
        shares[name] = float((minutes <= SOON_MIN).mean())
        cells = "".join(f"{'-' if np.isinf(point) else format(point, '.0f'):>7}" for point in points)
        also = sum(bool(each.others) for each in mine)
        count = f"{int(np.isfinite(minutes).sum())}/{len(mine)}"
        print(f"{CHEATS[name].title:<28}{count:>9}{cells}{100 * shares[name]:>9.1f} %{also:>12}")
    for name in names:
        words = next((each.words for each in found if each.cheat == name and each.words), "")
        print(f"  for example, {CHEATS[name].title}: {words}")
    return shares


def main() -> int:
    """Print the three tables and the summary; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--hours", type=int, default=2, help="of an honest feed, for each seed")
    parser.add_argument("--most", type=int, default=180, help="minutes after which a cheat is given up")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    every = tuple(CHEATS)
    begun = partial(trial, cheats=every, most_minutes=given.most)
    sudden = [one for some in for_each_seed(begun, given.seeds, given.workers, "begins") for one in some]
    soon = table("Begins after an honest hour", sudden, every)
    always = partial(trial, cheats=FROM_THE_START, most_minutes=given.most, honest_minutes=0)
    first = [one for some in for_each_seed(always, given.seeds, given.workers, "from the start") for one in some]
    start = table("From the first scan on", first, FROM_THE_START)
    accusations, hours = judged_honest(given.seeds, given.hours, given.workers)
    low, high = interval(accusations, hours)
    least = min(soon[name] for name in every)
    rate = 1e3 * accusations / hours
    met = least >= 0.5 and rate <= MOST_FALSE_PER_1000_H
    clock = start["clock-0.05"]
    print(
        f"integrity: found within 30 min of beginning, the least of {len(every)} cheats, {100 * least:.0f} % (goal "
        f"50 %), a clock 50 ms off from the start {100 * clock:.0f} %; {accusations} false accusations in {hours} h: "
        f"{rate:.2f} per 1,000 h [{low:.2f}, {high:.2f}] (goal {MOST_FALSE_PER_1000_H:g}): {'met' if met else 'missed'}"
    )
    return 0 if met or not given.check else 1


def judged_honest(seeds: int, hours: int, workers: int) -> tuple[int, int]:
    """Print what honest feeds were accused of; return how often, and in how many hours."""
    if hours == 0:
        return 0, 1
    results: list[Honest] = list(for_each_seed(partial(honest, hours=hours), seeds, workers, "honest"))
    accused = [words for each in results for words in each.accused]
    peaks = np.array([each.peaks for each in results])
    print(f"\nHonest feeds: {len(accused)} accusations in {seeds * hours} h")
    for words in accused:
        print(f"  {words}")
    bound = np.log(hours * 60 / 0.1)
    above = (peaks > bound).mean(axis=0)
    print(f"  evidence beyond {bound:.1f} nats at some time, of all seeds (at most 10 % by the bound):")
    for name, share, most in zip(("offsets", "noise", "detections"), above, peaks.max(axis=0), strict=True):
        print(f"    {name:<12}{100 * share:>6.1f} %   highest {most:.1f}")
    return len(accused), seeds * hours


if __name__ == "__main__":
    raise SystemExit(main())
