"""Official warnings of nine years: how many are read, how well, and whether their launches are found.

    python benchmarks/notices.py [--data DIR] [--left-out YEAR] [--check]

Read: warnings of rocket launching, missile operations or falling debris that yield window and area, and the share
whose last window ends within a day before the warning cancels itself, which each text says apart.

Matched: the weights of `assessment.notice_match` are set on warnings whose launch is known by name (an authority that
names the flight, `ARIANE V199`, from Kourou) or known to be none (missiles with gunnery), of all years but one; the
table says, for the year left out and for every year left out in turn, how often what had a probability came true.
A second label, a warning ended "operations completed" with one single launch in the day before, is held against the
names: it says how good such a label is, and is not used.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np

from jointwatch.assessment import notice_match
from jointwatch.assessment.notice_match import Announced, Launched
from jointwatch.centre import warned
from jointwatch.formats.launch_lists import Launch, read_launches, read_sites
from jointwatch.formats.notice_files import Warned, read_notices
from jointwatch.formats.notice_series import Life, lives

DATA = Path(__file__).parents[2] / "shared" / "data"
LAUNCHES = {"rocket launching", "missile operations", "falling debris"}
FLIGHT = re.compile(r"\b(?:ARIANE|SOYO?UZ|VEGA)\s+V?([ASV]?)\s*(\d+)")
EDGES = (0.0, 0.02, 0.1, 0.3, 0.7, 0.9, 1.0)
GOAL_READ = 0.95


@dataclass(frozen=True)
class Case:
    """A warning with its candidates, and which of them it was about, where that is known."""

    warned: Warned
    year: int
    announced: Announced
    launched: Launched
    right: int | None


def main() -> int:
    """Print what was read and matched; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--left-out", type=int, default=2015)
    parser.add_argument("--check", action="store_true")
    asked = parser.parse_args()
    if not asked.data.is_dir():
        print(f"notices: no data in {asked.data}")
        return 0
    warnings = read_notices(asked.data / "notices" / "nga_rocket_missile_notices_2010_2018.jsonl.gz")
    read, agree = reading(warnings)
    found = known_cases(lives(warnings), asked.data)
    weights = notice_match.fitted([case_of(case) for case in found if case.year != asked.left_out])
    print("weights:", ", ".join(f"{weight:.2f}" for weight in weights))
    off = float(np.abs(weights - notice_match.WEIGHTS).max())
    print(f"off the weights in use by at most {off:.2f}")
    print(f"\nthe year left out, {asked.left_out}:")
    table([case for case in found if case.year == asked.left_out], weights)
    print("\nevery year left out in turn:")
    each = [pair for year in range(2010, 2019) for pair in without(found, year)]
    brier = reliability(each)
    met = read >= GOAL_READ
    print(
        f"notices: {read:.1%} yield window and area (goal {GOAL_READ:.0%}), {agree:.1%} of last windows end within a "
        f"day before the warning does; Brier score of {len(each)} pairs {brier:.4f}: {'met' if met else 'missed'}"
    )
    return 0 if met or not asked.check else 1


def reading(warnings: Sequence[Warned]) -> tuple[float, float]:
    """Return the share that yields window and area, and the share whose windows end as the warning does."""
    about = [each.says for each in warnings if LAUNCHES & set(each.says.subjects) and not each.says.cancels.at_once]
    whole = [says for says in about if says.operations and all(o.windows and o.areas for o in says.operations)]
    ends = [(says.cancels.itself, [w.end for o in says.operations for w in o.windows]) for says in whole]
    gaps = [end - max(last) for end, last in ends if end is not None]
    print(f"{len(whole)} of {len(about)} warnings yield window and area")
    return len(whole) / len(about), sum(timedelta(0) <= gap <= timedelta(days=1) for gap in gaps) / len(gaps)


def known_cases(found: Sequence[Life], data: Path) -> list[Case]:
    """Return the warnings whose launch is known, or known to be none."""
    launches, launched = warned.placed(
        read_launches(data / "launches" / "orbital_launches_1990_2018.csv"), read_sites(data / "launches" / "sites.tsv")
    )
    flights = _flights(launches)
    cases, agreeing, judged = [], 0, 0
    for life in found:
        of = warned.announced(life.warned.says)
        named = FLIGHT.search(life.warned.authority)
        if of is None or not (named or set(life.warned.says.subjects) == {"missile operations", "gunnery"}):
            continue
        near = notice_match.candidates(of, launched)
        flown = _named(life, flights)
        right = next((k for k, place in enumerate(near) if launches[place] == flown), None)
        values = Launched(launched.time_tai_ns[near], launched.site_rad[near])
        cases.append(Case(life.warned, life.warned.issued.year, of, values, right))
        single = _only_one_before(life, [launches[place] for place in near])
        if named and right is not None and single is not None:
            judged += 1
            agreeing += launches[near[right]] == single
    names = sum(FLIGHT.search(case.warned.authority) is not None for case in cases)
    flown = sum(case.right is not None for case in cases)
    print(f"{names} warnings name a flight, {flown} of which flew within their days")
    print(f'"operations completed" within a day of one launch: {agreeing} of {judged} are of the launch named')
    return cases


def _flights(launches: Sequence[Launch]) -> dict[tuple[str, int], Launch]:
    """Return Kourou's launches by kind and number: the list names Ariane and Vega; Soyuz flew in their order."""
    kourou = sorted((launch for launch in launches if launch.site == "CSG"), key=lambda launch: launch.earliest)
    soyuz = [launch for launch in kourou if launch.vehicle.startswith("Soyuz")]
    found = {("S", number): launch for number, launch in enumerate(soyuz, 1)}
    for launch in kourou:
        if of := re.match(r"v([av]?)(\d+)", launch.flight):
            found["V" if of[1] == "v" else "A", int(of[2])] = launch
    return found


def _named(life: Life, flights: dict[tuple[str, int], Launch]) -> Launch | None:
    named = FLIGHT.search(life.warned.authority)
    return flights.get((named[1] or "A", int(named[2]))) if named else None


def _only_one_before(life: Life, near: Sequence[Launch]) -> Launch | None:
    if not life.reason.startswith("OPERATION") or life.ended is None:
        return None
    before = [launch for launch in near if timedelta(0) <= life.ended - launch.earliest <= timedelta(days=1)]
    return before[0] if len(before) == 1 else None


def case_of(case: Case) -> tuple[Announced, Launched, int | None]:
    """Return what the weights are set on."""
    return case.announced, case.launched, case.right


def without(cases: Sequence[Case], year: int) -> list[tuple[float, bool]]:
    """Return probabilities and outcomes of a year, by weights set on the others."""
    weights = notice_match.fitted([case_of(case) for case in cases if case.year != year])
    return [pair for case in cases if case.year == year for pair in pairs(case, weights)]


def pairs(case: Case, weights: np.ndarray) -> list[tuple[float, bool]]:
    """Return the probability of each candidate, and whether it was the one."""
    if not len(case.launched):
        return []
    found = notice_match.probabilities(case.announced, case.launched, weights)
    return [(float(p), k == case.right) for k, p in enumerate(found)]


def table(cases: Sequence[Case], weights: np.ndarray) -> float:
    """Print and return the reliability of some cases."""
    return reliability([pair for case in cases for pair in pairs(case, weights)])


def reliability(found: Sequence[tuple[float, bool]]) -> float:
    """Print how often what had a probability came true; return the Brier score."""
    p, true = np.array([pair[0] for pair in found]), np.array([pair[1] for pair in found])
    print(f"{'probability':>14}{'pairs':>8}{'mean':>8}{'came true':>12}")
    for low, high in pairwise(EDGES):
        here = (p >= low) & ((p < high) | (high == 1.0))
        if here.any():
            print(f"{low:>6.2f} to {high:.2f}{here.sum():>8}{p[here].mean():>8.3f}{true[here].mean():>12.3f}")
    return float(np.mean((p - true) ** 2))


if __name__ == "__main__":
    sys.exit(main())
