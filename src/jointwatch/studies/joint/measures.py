"""What a study says: for each cell and view, shares, medians and means with their intervals.

A cell is a launch region, a destination and a class of vehicles: the finest that is ever told. Rows stand in the order
of the file and in no order of how much is seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

import numpy as np

from jointwatch.earth.arrays import Floats
from jointwatch.studies.joint.announced import announced
from jointwatch.studies.joint.bounds import AFTER_S
from jointwatch.studies.joint.chunk import STEP_S, Columns, Plan, Shorts
from jointwatch.studies.joint.deployment import View
from jointwatch.studies.joint.file import TOGETHER
from jointwatch.studies.joint.intervals import Told, mean, median, share
from jointwatch.studies.joint.launches import Cell
from jointwatch.studies.vehicles import vehicle_class

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

AFTER = {f"{seconds:.0f}": number for number, seconds in enumerate(AFTER_S)}
UNITS = {
    "in_reach": "share",
    "detected": "share",
    "seen_by_neither": "share",
    "first_after_launch": "s",
    "first_after_burnout": "s",
    "time_left": "s",
    "track_time": "s",
    "with_gap": "share",
    "longest_gap": "s",
    "hand_overs": "per flight",
    **{f"launch_error_{after}": "km" for after in AFTER},
    **{f"impact_error_{after}": "km" for after in AFTER},
    "class_known": "share",
    "class_known_after_launch": "s",
    "left_when_class_known": "s",
    "announced": "share",
    "alone_detected": "share",
    "alone_first_after_launch": "s",
    "alone_track_time": "s",
}
"""Measures and their units. in_reach: share of the pairs of places that the class flies between. detected: mean
probability of at least one detection; the first: median time at which that is one half, of flights for which it gets
there; time_left: median from then to impact; track_time: mean time in which some radar holds the flight; with_gap,
longest_gap, hand_overs: between the first and the last of that. The errors: median of the least root mean square error
of the launch and impact points so many seconds after the first detection, by the Cramér-Rao bound; infinite where of
half the flights it cannot be known. class_known: share of the flights of which the range class becomes known with a
probability of 95 %, and when, and what is left then to impact. announced: share of the flights that some agreement
then applied would have the launching state tell the party beforehand. alone: of one radar by itself."""

WITHOUT_VIEW = View("", "", "", ())
ALONE = "alone_"
"""With what the measures of a single radar begin; their rows name it, and no party."""


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: of which flights, seen by whom, under whose assumptions; what it is, and its interval."""

    origin: str
    to: str
    vehicle: str
    architecture: str
    party: str
    assumptions: str
    measure: str
    unit: str
    value: float
    low: float
    high: float
    flights: int
    radar: str = ""


def rows(plan: Plan, chunks: Iterable[Columns]) -> Iterator[Row]:
    """Return the rows of a study from its chunks in the order of their numbers, a cell at a time."""
    queue = iter(chunks)
    for cell in plan.cells:
        held = joined([next(queue) for _ in range(plan.chunks_of_a_cell)])
        flew = np.arange(plan.study.count) < len(held)
        yield _row(cell, WITHOUT_VIEW, "in_reach", share(flew))
        burn_s = vehicle_class(cell.vehicle).profile.burn_time_s
        for number, view in enumerate(plan.deployment.views):
            for name, told in (*told_of(held, number, burn_s), *known_of(held, plan.view_of[number])):
                yield _row(cell, view, name, told)
            yield _row(cell, view, "announced", announced(plan.study, cell, view, held))
            if view.party == TOGETHER:
                yield _row(cell, view, "seen_by_neither", share(1.0 - _double(held.detected_by[number])))
                yield from _alone(plan, cell, view, held)


def told_of(held: Columns, number: int, burn_s: float) -> Iterator[tuple[str, Told]]:
    """Return the measures of a view, by its number, of flights that burn for burn_s."""
    first_s = seconds(held.first_by[number])
    yield "detected", share(held.detected_by[number])
    yield "first_after_launch", median(first_s)
    yield "first_after_burnout", median(first_s - burn_s)
    yield "time_left", median(_double(held.flight_time_s) - first_s)
    yield "track_time", mean(seconds(held.held_by[number]))
    yield "with_gap", share(held.gap[number] > 0)
    yield "longest_gap", mean(seconds(held.longest_gap[number]))
    yield "hand_overs", mean(held.hand_overs[number])


def known_of(held: Columns, number: int) -> Iterator[tuple[str, Told]]:
    """Return what the distinct view of that number could know of flights."""
    for after, row in AFTER.items():
        yield f"launch_error_{after}", median(held.launch_error_km[row, number])
        yield f"impact_error_{after}", median(held.impact_error_km[row, number])
    when = seconds(held.class_known[number])
    yield "class_known", share(held.class_known[number] >= 0)
    yield "class_known_after_launch", median(when)
    yield "left_when_class_known", median(_double(held.flight_time_s) - when)


def _alone(plan: Plan, cell: Cell, view: View, held: Columns) -> Iterator[Row]:
    """Return what each radar of a view makes of the flights by itself; a radar is of no party here."""
    nobodys = replace(view, party="")
    for number in view.sensors:
        radar = plan.deployment.sensors[number].radar.name
        told = {
            "detected": share(held.detected[number]),
            "first_after_launch": median(seconds(held.first[number])),
            "track_time": mean(seconds(held.held[number])),
        }
        for name, figure in told.items():
            yield replace(_row(cell, nobodys, ALONE + name, figure), radar=radar)


def seconds(steps: Shorts) -> Floats:
    """Return steps as seconds, never as NaN.

    >>> seconds(np.array([2, -1], dtype=np.int16))
    array([10., nan])
    """
    return np.where(steps < 0, np.nan, steps * STEP_S)


def joined(parts: list[Columns]) -> Columns:
    """Return several chunks of a cell as one."""
    names = [field.name for field in fields(Columns)]
    return Columns(**{name: np.concatenate([getattr(part, name) for part in parts], axis=-1) for name in names})


def table_of(found: Iterable[object], kind: type[DataclassInstance] = Row) -> dict[str, list[object]]:
    """Return rows of a kind as columns by name, for a data frame."""
    every = list(found)
    return {field.name: [getattr(row, field.name) for row in every] for field in fields(kind)}


def _row(cell: Cell, view: View, measure: str, told: Told) -> Row:
    return Row(
        cell.origin.name, cell.to.name, cell.kind, view.architecture, view.party, view.assumptions, measure,
        UNITS[measure], told.value, told.low, told.high, told.flights,
    )  # fmt: skip


def _double(values: np.ndarray) -> Floats:
    return np.asarray(values, dtype=np.float64)
