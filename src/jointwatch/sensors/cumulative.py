"""Cumulative detection along arcs: how likely each radar has seen an object by its end, when first, and who holds it.

A radar that returns every `revisit_s` has step / revisit looks in a step of time, each with the probability of the
instant and independent of the others (the echo fades from look to look, Swerling 1): of all that are missed the
probability is the product. Search takes the whole field; fences, confirmation and loads are `sensors.schedule`'s.

    result = watch(radars, positions, count, step_s=5.0, rcs_m2=0.1)

Arcs go through in parts, two at a time on two processors, so memory stays in the tens of megabytes however many arcs
there are. The results are for statements about a bundle as a whole; nothing here orders arcs or looks for one.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from jointwatch.earth.arrays import Floats, Ints
from jointwatch.sensors.looks import LookTable, detection_probability, table
from jointwatch.sensors.radar import Radar
from jointwatch.sensors.visibility import SEEN, in_straight_lines

PART = 500
_NONE = np.iinfo(np.int64).max


@dataclass(frozen=True, eq=False)
class HandOvers:
    """From each radar (m, m) to each: how many, and how long both held the object before, seconds, mean and least.

    Negative seconds are a gap between the two. NaN where there was no hand-over.
    """

    count: Ints
    mean_overlap_s: Floats
    least_overlap_s: Floats


@dataclass(frozen=True, eq=False)
class Watched:
    """What m radars make of n arcs, in the order of both.

    probability (m, n), by_any (n,): of at least one detection from launch to end.
    first_s (m, n), first_by_any_s (n,): seconds from the start at which that probability reaches one half; else NaN.
    held_s (m, n): seconds in which one look detects with probability one half.
    gap_s, longest_gap_s (n,): seconds in which no radar holds the object, between two times at which one does.
    """

    names: tuple[str, ...]
    step_s: float
    probability: Floats
    by_any: Floats
    first_s: Floats
    first_by_any_s: Floats
    held_s: Floats
    gap_s: Floats
    longest_gap_s: Floats
    hand_overs: HandOvers

    def __len__(self) -> int:
        return len(self.by_any)


def watch(
    radars: Sequence[Radar],
    positions: Callable[[slice], Floats],
    count: int,
    *,
    step_s: float,
    rcs_m2: ArrayLike,
    tai_ns: int | None = None,
    workers: int | None = None,
    done: Callable[[int], object] = lambda arcs: None,
) -> Watched:
    """What the radars make of arcs, with refraction at the lower limits of their faces.

    positions: for some of the arcs 0 to count, a slice, the Earth-fixed positions (k, t, 3) in metres, or states
    (k, t, 6), every step_s seconds from the start; NaN where not flying. It is called from several threads.
    rcs_m2: mean cross-section, one or one for each radar's band. tai_ns: faces in service at this time; None: all.
    done: is told how many arcs have gone through since it was last told, from the calling thread.
    Interrupted (KeyboardInterrupt), it stops after the parts in work.
    """
    if not 0 < step_s < np.inf:
        raise ValueError(f"step_s wants a step of time above zero, in seconds; got {step_s:g}")
    sections = np.asarray(rcs_m2, dtype=np.float64)
    if not np.all(sections > 0):
        raise ValueError(f"rcs_m2 wants mean cross-sections above zero, in m2; got {rcs_m2!r}")
    seen_by = table([in_straight_lines(radar) for radar in radars])
    looks = np.array([step_s / radar.revisit_s for radar in radars])

    def work(part: slice) -> _Part:
        return _held(seen_by, looks, positions(part), sections, tai_ns)

    parts = [slice(begin, min(begin + PART, count)) for begin in range(0, count, PART)]
    held = _in_threads(work, parts, workers or _processors(), lambda part: done(part.stop - part.start))
    return _joined(seen_by.names, step_s, [*held, _Part.empty(len(radars), 0)])


@dataclass(frozen=True, eq=False)
class _Part:
    """Arrays that `holding.hold` fills, in its order, in steps."""

    cumulative: Floats
    first: Ints
    held: Ints
    by_any: Floats
    first_by_any: Ints
    gap: Ints
    longest_gap: Ints
    handed: Ints
    overlap: Ints
    least: Ints

    @classmethod
    def empty(cls, m: int, n: int) -> _Part:
        def steps(*shape: int) -> Ints:
            return np.zeros(shape, dtype=np.int64)

        return cls(
            cumulative=np.zeros((m, n)),
            first=steps(m, n),
            held=steps(m, n),
            by_any=np.zeros(n),
            first_by_any=steps(n),
            gap=steps(n),
            longest_gap=steps(n),
            handed=steps(m, m),
            overlap=steps(m, m),
            least=np.full((m, m), _NONE),
        )


def _held(radars: LookTable, looks: Floats, r: Floats, rcs_m2: Floats, tai_ns: int | None) -> _Part:
    from jointwatch.sensors.holding import hold

    probability = detection_probability(radars, r, rcs_m2, tai_ns=tai_ns, threads=1)
    part = _Part.empty(len(radars), r.shape[0])
    hold(
        probability, looks, SEEN, part.cumulative, part.first, part.held, part.by_any, part.first_by_any, part.gap,
        part.longest_gap, part.handed, part.overlap, part.least, np.zeros(r.shape[0], np.int64),
    )  # fmt: skip
    return part


def _in_threads(
    work: Callable[[slice], _Part], parts: list[slice], threads: int, done: Callable[[slice], object]
) -> list[_Part]:
    """Results in the order of the parts; no more parts are begun than there are threads to work on them."""
    results: dict[int, _Part] = {}
    queue = iter(enumerate(parts))
    with ThreadPoolExecutor(threads) as pool:
        running: dict[Future[_Part], int] = {}
        while True:
            for number, part in queue:
                running[pool.submit(work, part)] = number
                if len(running) >= threads:
                    break
            if not running:
                return [results[number] for number in range(len(parts))]
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                number = running.pop(future)
                results[number] = future.result()
                done(parts[number])


def _joined(names: tuple[str, ...], step_s: float, parts: list[_Part]) -> Watched:
    """All parts in one, steps turned into seconds."""

    def row(name: str) -> np.ndarray:
        return np.concatenate([getattr(part, name) for part in parts], axis=-1)

    def seconds(name: str) -> Floats:
        steps = row(name)
        return np.where(steps >= 0, steps * step_s, np.nan)

    count = np.sum([part.handed for part in parts], axis=0)
    overlap = np.sum([part.overlap for part in parts], axis=0) * step_s
    least = np.min([part.least for part in parts], axis=0)
    some = count > 0
    return Watched(
        names=names,
        step_s=step_s,
        probability=row("cumulative"),
        by_any=row("by_any"),
        first_s=seconds("first"),
        first_by_any_s=seconds("first_by_any"),
        held_s=seconds("held"),
        gap_s=seconds("gap"),
        longest_gap_s=seconds("longest_gap"),
        hand_overs=HandOvers(
            count,
            np.where(some, overlap / np.maximum(count, 1), np.nan),
            np.where(some, np.where(some, least, 0) * step_s, np.nan),
        ),
    )


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
