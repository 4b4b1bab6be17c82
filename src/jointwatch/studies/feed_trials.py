"""Trials of the judge of feeds: how soon it finds each way of cheating, and how often it accuses an honest feed.

Traffic: a made-up sky by figures of the public catalogue over one declared radar, so many objects that at most 200
pass in half an hour; their true orbits lie about the published ones as a scenario's do. One trial has a sky and an
honest radar of its own, whose small offsets are drawn as its declaration allows. It is honest for an hour, then cheats
in every way, each told to a judge that has heard that hour.
"""

from __future__ import annotations

import copy
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from jointwatch.assessment.integrity.declared import Declared
from jointwatch.assessment.integrity.fault import Fault
from jointwatch.assessment.integrity.judge import Judge
from jointwatch.centre.declared import declared
from jointwatch.earth.arrays import Floats
from jointwatch.earth.timescale import NS_PER_S, tai_ns_from_utc
from jointwatch.sensors.bias import Bias
from jointwatch.sensors.radar import Radar
from jointwatch.studies import dishonest, scenario
from jointwatch.studies.architecture import catalogue_radar
from jointwatch.studies.overflights import MINUTE_NS, Minute, minutes
from jointwatch.studies.sky import Sky, made
from jointwatch.tracking.known import Known

RADAR = "armavir"
OBJECTS = 1_300
HONEST_MINUTES = 60
START_UTC = "2022-01-22T00:00:00Z"
HOUR = 60
REGION_RAD = np.radians(30.0)
Alter = Callable[[Minute, "Memory", np.random.Generator], Minute]


@dataclass(frozen=True, slots=True)
class Cheat:
    """A way to cheat: what it makes of a minute, and the causes it should be found for."""

    title: str
    alter: Alter
    causes: tuple[str, ...]


@dataclass(slots=True)
class Memory:
    """The honest minutes of the last hour, and the region of this trial."""

    told: deque[Minute]
    sector_rad: tuple[float, float]
    sigma: tuple[float, float, float]


def _two_sigma(which: int) -> Alter:
    def alter(minute: Minute, memory: Memory, _: np.random.Generator) -> Minute:
        by = [0.0, 0.0, 0.0]
        by[which] = 2 * memory.sigma[which]
        return dishonest.offset(minute, (by[0], by[1], by[2]))

    return alter


def _clock(by_s: float) -> Alter:
    return lambda minute, memory, rng: dishonest.misdated(minute, by_s)


def _blank(minute: Minute, memory: Memory, rng: np.random.Generator) -> Minute:
    return dishonest.blanked(minute, memory.sector_rad)


def _replay(minute: Minute, memory: Memory, rng: np.random.Generator) -> Minute:
    return dishonest.replayed(memory.told[0], HOUR * 60.0)


def _shaken_replay(minute: Minute, memory: Memory, rng: np.random.Generator) -> Minute:
    return dishonest.replayed(memory.told[0], HOUR * 60.0, rng)


CHEATS: dict[str, Cheat] = {
    "range": Cheat("range off by 2 sigma", _two_sigma(0), ("offset",)),
    "azimuth": Cheat("azimuth off by 2 sigma", _two_sigma(1), ("offset",)),
    "elevation": Cheat("elevation off by 2 sigma", _two_sigma(2), ("offset",)),
    "clock-0.5": Cheat("clock off by 0.5 s", _clock(0.5), ("offset",)),
    "clock-0.05": Cheat("clock off by 50 ms", _clock(0.05), ("offset",)),
    "withheld": Cheat(
        "20 % of plots withheld", lambda minute, _, rng: dishonest.thinned(minute, 0.2, rng), ("withheld",)
    ),
    "replay": Cheat("an hour replayed", _replay, ("repeated",)),
    "replay-shaken": Cheat("an hour replayed, shaken", _shaken_replay, ("withheld", "blanked")),
    "noise": Cheat("noise times 1.5", lambda minute, _, rng: dishonest.noisier(minute, 1.5, rng), ("noise",)),
    "blanked": Cheat(
        "a region blanked (30 deg)",
        _blank,
        ("blanked", "withheld"),
    ),
}


@dataclass(frozen=True, slots=True)
class Found:
    """When a cheat was found, minutes after it began (None: not in the time given), by which cause and in what words.

    others: causes named before or beside it that are not it.
    """

    cheat: str
    after_min: float | None
    words: str
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """One trial's radar, sky and judge: the same seed gives the same, to the bit."""

    radar: Radar
    declared: Declared
    sky: Sky
    known: Known
    bias: Bias
    start_tai_ns: int
    rng: np.random.Generator

    def minutes(self, count: int) -> Iterator[Minute]:
        """So many minutes of honest plots."""
        return minutes(self.radar, self.sky, self.start_tai_ns, count, self.rng, self.bias)

    def judge(self) -> Judge:
        """A judge that has heard nothing."""
        return Judge(self.known, self.declared)


def ground(seed: int, objects: int = OBJECTS, radar_name: str = RADAR) -> Ground:
    """Draw a trial's sky and its radar's small offsets."""
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, 77])))
    radar, _ = catalogue_radar(radar_name)
    start = tai_ns_from_utc(START_UTC) // MINUTE_NS * MINUTE_NS + int(rng.integers(0, 24 * 60)) * MINUTE_NS
    given = scenario.load("full-sky").sky
    if given is None:
        raise ValueError("the scenario full-sky has no sky; trials draw theirs by its figures")
    sky = made(given.model_copy(update={"objects": objects}), seed, start)
    said = declared(radar)
    offsets = np.array(said.allowed_offset) * rng.standard_normal(4)
    bias = Bias(*(float(value) for value in offsets))
    return Ground(radar, said, sky, Known(sky.published), bias, start, rng)


def hear(judge: Judge, minute: Minute) -> bool:
    """Tell a judge a minute's scans, each five seconds after it was made; whether its verdict changed."""
    changed = False
    for plots in minute.scans():
        changed |= judge.hear(plots, plots.time_tai_ns + 5 * NS_PER_S)
    return changed


@dataclass(frozen=True, slots=True)
class Honest:
    """An honest feed's hours: what it was accused of, and the highest that the log evidence of each test ever rose."""

    hours: int
    accused: tuple[str, ...]
    peaks: tuple[float, ...]  # offsets, scatter, detections


def honest(seed: int, hours: int, objects: int = OBJECTS) -> Honest:
    """Judge an honest feed for so many hours."""
    trial, accused = ground(seed, objects), []
    judge, peaks = trial.judge(), np.full(3, -np.inf)
    for minute in trial.minutes(hours * HOUR):
        standing = set(judge.faults)
        hear(judge, minute)
        accused += [judge.faults[cause].in_words() for cause in sorted(set(judge.faults) - standing)]
        peaks = np.maximum(peaks, _logs(judge))
    return Honest(hours, tuple(accused), tuple(float(peak) for peak in peaks))


def trial(
    seed: int,
    cheats: tuple[str, ...],
    most_minutes: int,
    *,
    honest_minutes: int = HONEST_MINUTES,
    objects: int = OBJECTS,
) -> list[Found]:
    """How long each cheat goes on before it is found, in a trial that was honest for so long before."""
    here = ground(seed, objects)
    start = float(here.rng.uniform(*_field(here.radar)))
    memory = Memory(deque(maxlen=HOUR), (start, start + REGION_RAD), here.declared.plot_sigma)
    judge, found, traffic = here.judge(), [], here.minutes(honest_minutes + most_minutes)
    for _ in range(honest_minutes):
        minute = next(traffic)
        hear(judge, minute)
        memory.told.append(minute)
    judges = {name: copy.deepcopy(judge, {id(here.known): here.known}) for name in cheats}
    rngs = {name: np.random.Generator(np.random.PCG64([seed, index])) for index, name in enumerate(cheats)}
    for k, minute in enumerate(traffic, 1):
        for name in list(judges):
            hear(judges[name], CHEATS[name].alter(minute, memory, rngs[name]))
            if any(fault.cause in CHEATS[name].causes for fault in judges[name].standing):
                found.append(_found(name, k, judges.pop(name).standing))
        memory.told.append(minute)
        if not judges:
            break
    return found + [Found(name, None, "", _others(name, left.standing)) for name, left in judges.items()]


def _logs(judge: Judge) -> Floats:
    offsets, detections = judge.offsets, judge.detections
    if offsets is None or detections is None:
        return np.full(3, -np.inf)
    return np.array([offsets.log, judge.scatter.log, detections.log])


def _found(name: str, minutes_after: float, named: tuple[Fault, ...]) -> Found:
    right = next(fault for fault in named if fault.cause in CHEATS[name].causes)
    return Found(name, minutes_after, right.in_words(), _others(name, named))


def _others(name: str, named: tuple[Fault, ...]) -> tuple[str, ...]:
    return tuple(fault.in_words() for fault in named if fault.cause not in CHEATS[name].causes)


def _field(radar: Radar) -> tuple[float, float]:
    """Azimuths, rad, at which a region of 30 degrees may begin."""
    face = radar.faces[0]
    return face.azimuth_from_rad, face.azimuth_from_rad + face.azimuth_width_rad - REGION_RAD
