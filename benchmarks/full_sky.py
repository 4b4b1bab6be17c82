"""A whole satellite catalogue over two radars: does the tracker keep up, know them all, and report the launches?

    python benchmarks/full_sky.py [--check] [--minutes M] [--objects N]

The scenario `full-sky` without its centres: 24,000 catalogued satellites and four launches before Gabala and Armavir,
a scan of either every five seconds, all plots to one tracker that knows the public catalogue. Printed each minute:
objects in the fields, plots, processor time of a scan, confirmed satellites, and confirmed strangers, launches among
them. The last line is the summary: how many times faster than real time on one core (scans alone, and with the minute's
SGP4), the share of confirmed tracks of satellites that carry the right number, strangers that are no launch, launches
followed. With --check the exit code is 1 below a goal.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass, field

import numpy as np

from jointwatch.earth.arrays import Floats
from jointwatch.earth.states import joined
from jointwatch.earth.timescale import NS_PER_S, tai_ns_from_utc
from jointwatch.sensors.schedule import scan
from jointwatch.studies.architecture import catalogue_radar
from jointwatch.studies.course import positions_at
from jointwatch.studies.scenario import load
from jointwatch.studies.sky import Sky, made
from jointwatch.studies.truth import Flown, fly
from jointwatch.tracking.known import Known
from jointwatch.tracking.track import Status, Track
from jointwatch.tracking.tracker import Tracker

RADARS = ("gabala", "armavir")
FASTER, RIGHT, STRANGERS = 50.0, 0.98, 0.005
"""Goals: times real time; of named tracks, those of the right satellite; strangers by named tracks."""
GATE_M = 30e3  # a track is of the object that is nearest, and within this


@dataclass
class Figures:
    """What came of it."""

    spent_s: list[float] = field(default_factory=list)
    right: int = 0
    named: int = 0
    strangers: set[str] = field(default_factory=set)
    launches: set[str] = field(default_factory=set)


def play(objects: int, minutes: float) -> Figures:
    """Play the scenario, printing a row each minute."""
    scenario = load("full-sky")
    assert scenario.sky is not None
    start = tai_ns_from_utc(scenario.start_utc)
    sky = made(scenario.sky.model_copy(update={"objects": objects}), scenario.seed, start)
    flown = [fly(flight) for flight in scenario.flights]
    radars = [catalogue_radar(name)[0] for name in RADARS]
    tracker, rng, found = Tracker(name="bench", known=Known(sky.published)), np.random.default_rng(1), Figures()
    print(f"{'minute':>7}{'in fields':>10}{'plots':>7}{'ms/scan':>9}{'satellites':>11}{'strangers':>10}  of launches")
    over = plots = 0
    for k in range(round(minutes * 24)):
        radar, now = radars[k % 2], start + round(2.5 * k * NS_PER_S)
        _, there, rcs_m2 = sky.over(radar, now)
        aloft = [item for item in flown if item.aloft(now)]
        launched = np.array([item.rcs_m2[radar.band] for item in aloft])
        truth = joined([*(item.states_at(now) for item in aloft), there])
        seen = scan(radar, radar.faces, now, truth, np.concatenate([launched, rcs_m2]), rng)
        began = time.process_time()
        tracker.scan(seen)
        found.spent_s.append(time.process_time() - began)
        over, plots = over + len(truth), plots + len(seen)
        if k % 24 == 23:
            row = judge(tracker, sky, flown, found)
            spent = 1e3 * float(np.mean(found.spent_s[-24:]))
            print(
                f"{(k + 1) // 24:>7}{over / 24:>10.0f}{plots / 24:>7.0f}{spent:>9.1f}{row[0]:>11}{row[1]:>10}  {row[2]}"
            )
            over = plots = 0
    return found


def judge(tracker: Tracker, sky: Sky, flown: list[Flown], found: Figures) -> tuple[int, int, int]:
    """Hold the confirmed tracks against the truth; satellites, strangers, and how many of these are launches."""
    tracks = [track for track in tracker.tracks() if track.status is Status.CONFIRMED]
    named = [track for track in tracks if track.catalogue_number is not None]
    strangers = [track for track in tracks if track.catalogue_number is None]
    row_of = {number: row for row, number in enumerate(sky.published.numbers.tolist())}
    for track in named:
        row = np.array([row_of[track.catalogue_number]])
        found.named += 1
        found.right += bool(away(track, sky.truth.at(track.time_tai_ns, row)[:, :3]) < GATE_M)
    launches = [track for track in strangers if launch_of(track, flown)]
    found.launches |= {launch_of(track, flown) for track in launches}
    found.strangers |= {track.id for track in strangers} - {track.id for track in launches}
    return len(named), len(strangers), len(launches)


def launch_of(track: Track, flown: list[Flown]) -> str:
    """Return the id of the flight that a track is of, or nothing."""
    near = [away(track, positions_at(item, [track.time_tai_ns])) < GATE_M for item in flown]
    return flown[near.index(True)].flight.id if any(near) else ""


def away(track: Track, position: Floats) -> float:
    """Distance of a track from a place (1, 3), metres; of no place, infinite."""
    return float(np.nan_to_num(np.linalg.norm(track.x[:3] - position[0]), nan=np.inf))


def main() -> int:
    """Play, print the summary, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--minutes", type=float, default=15.0)
    parser.add_argument("--objects", type=int, default=24_000)
    asked = parser.parse_args()
    play(300, 0.5)  # compiles what is not compiled
    found = play(asked.objects, asked.minutes)
    faster = 2.5 / float(np.mean(found.spent_s))
    right, strangers = found.right / max(found.named, 1), len(found.strangers)
    met = faster >= FASTER and right >= RIGHT and strangers <= 1 + STRANGERS * found.named / asked.minutes
    whole = asked.minutes < 15 or len(found.launches) == 4
    print(
        f"full sky: {faster:.0f} times real time on one core (goal {FASTER:.0f}); {right:.1%} of names right "
        f"(goal {RIGHT:.0%}); {strangers} satellites without a name; {len(found.launches)} of 4 launches followed: "
        f"{'met' if met and whole else 'NOT MET'}"
    )
    return 0 if (met and whole) or not asked.check else 1


if __name__ == "__main__":
    sys.exit(main())
