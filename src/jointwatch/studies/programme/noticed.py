"""How likely a test of each class would have been missed, by each architecture, party and set of assumptions.

The flights are those of a study. What is told is told of a class, of all its regions together or of each region: never
of anything finer. A flight counts as noticed by the probability that any radar of the view detects it at least once.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

import numpy as np

from jointwatch.assessment.programme.missed import Missed, missed
from jointwatch.earth.arrays import Floats
from jointwatch.studies.joint.chunk import Columns, Plan


@dataclass(frozen=True)
class Watched:
    """Whose eyes, under whose assumptions, and what share of the tests of a class would have passed them.

    origin, to: regions of launch and destination; empty where all regions of the study count together.
    """

    architecture: str
    party: str
    assumptions: str
    vehicle: str
    missed: Missed
    origin: str = ""
    to: str = ""


def missed_by_class(plan: Plan, chunks: Iterable[Columns]) -> list[Watched]:
    """Return the share missed for each class and view, from a study's chunks in the order of their numbers.

    A class of which no flight was possible in the study's regions is left out.
    """
    groups = {number: ("", "", cell.vehicle) for number, cell in enumerate(plan.cells)}
    return _missed(plan, chunks, groups)


def missed_by_region(plan: Plan, chunks: Iterable[Columns]) -> list[Watched]:
    """Return the same for each region of launch, destination and class apart."""
    groups = {number: (cell.origin.name, cell.to.name, cell.vehicle) for number, cell in enumerate(plan.cells)}
    return _missed(plan, chunks, groups)


def _missed(plan: Plan, chunks: Iterable[Columns], groups: dict[int, tuple[str, str, str]]) -> list[Watched]:
    detected: dict[Hashable, list[Floats]] = {group: [] for group in groups.values()}
    for number, held in enumerate(chunks):
        # single precision may come out above one by its last digit
        group = groups[plan.part(number)[0].number]
        detected[group].append(np.clip(held.detected_by.astype(np.float64), 0.0, 1.0))
    found = []
    for group in dict.fromkeys(groups.values()):
        origin, to, vehicle = group
        seen = np.concatenate(detected[group], axis=1)
        for view, row in zip(plan.deployment.views, seen, strict=True):
            if len(row):
                held_by = (view.architecture, view.party, view.assumptions)
                found.append(Watched(*held_by, vehicle, missed(row), origin, to))
    return found
