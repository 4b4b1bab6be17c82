"""What all cases together say: holds in all, in none, or depends, and then on which assumptions.

A set of assumptions decides when, with these fixed, all cases agree whatever the others are. The smallest such set is
named; of equals, the one whose assumptions turn the answer most often. `turning` is the share of all pairs of cases
that differ in one assumption only, and disagree.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations, product

import numpy as np

from jointwatch.earth.arrays import Bools, Floats
from jointwatch.studies.claims.cases import Cases
from jointwatch.studies.claims.claim import Outcome

FEW = 3  # assumptions that a reader can hold together


@dataclass(frozen=True)
class Verdict:
    """The outcome; the share of cases in which the claim holds; whether the default case does.

    depends_on: axes of the smallest deciding set where that has at most three, else, with `mostly`, the axes that turn
    the answer at least half as often as the one that turns it most. combinations: labels of the deciding axes and
    whether the claim then holds; empty with `mostly`. turning: by axis, how often it turns the answer. rarer: by axis,
    the choices with which the rarer of the two answers goes, where these are not all.
    """

    outcome: Outcome
    share: float
    by_default: bool
    depends_on: tuple[str, ...] = ()
    mostly: bool = False
    combinations: tuple[tuple[tuple[str, ...], bool], ...] = ()
    turning: dict[str, float] = field(default_factory=dict)
    rarer: dict[str, tuple[str, ...]] = field(default_factory=dict)


def verdict(cases: Cases, holds: Bools) -> Verdict:
    """Return what the cases say, from whether the claim holds in each (n,)."""
    turning = {axis.name: turned(cases, holds, axis.name) for axis in cases.axes}
    share, default = float(holds.mean()), bool(holds[0])
    if share in (0.0, 1.0):
        return Verdict("supported" if share else "not supported", share, default, turning=turning)
    rarer = goes_with(cases, holds if share < 0.5 else ~holds)
    deciding = smallest_deciding(cases, holds, turning)
    if not deciding:
        most = max(turning.values())
        often = sorted((name for name in turning if turning[name] >= most / 2), key=lambda name: -turning[name])
        return Verdict("depends", share, default, tuple(often), True, (), turning, rarer)
    fewer, which = cases.distinct(deciding)
    labels = product(*(axis.labels for axis in fewer.axes))
    told = tuple((each, bool(holds[which == number][0])) for number, each in enumerate(labels))
    return Verdict("depends", share, default, deciding, False, told, turning, rarer)


def smallest_deciding(cases: Cases, holds: Bools, turning: dict[str, float]) -> tuple[str, ...]:
    """Return the smallest set of axes that decides, the one that turns the answer most first; empty above three."""
    moving = [axis.name for axis in cases.axes if turning[axis.name] > 0]
    for size in range(1, FEW + 1):
        found = [names for names in combinations(moving, size) if decides(cases, holds, names)]
        if found:
            best = max(found, key=lambda names: sum(turning[name] for name in names))
            return tuple(sorted(best, key=lambda name: -turning[name]))
    return ()


def goes_with(cases: Cases, these: Bools) -> dict[str, tuple[str, ...]]:
    """Return by axis the choices that some of these cases have, for the axes of which they do not have all."""
    told = {}
    for column, axis in enumerate(cases.axes):
        held = np.unique(cases.index[these, column])
        if len(held) < len(axis.choices):
            told[axis.name] = tuple(axis.labels[i] for i in held)
    return told


def decides(cases: Cases, holds: Bools, names: tuple[str, ...]) -> bool:
    """Whether all cases that agree on these axes agree on the claim."""
    fewer, which = cases.distinct(names)
    held = np.bincount(which, weights=holds, minlength=len(fewer))
    return bool(np.all((held == 0) | (held == np.bincount(which, minlength=len(fewer)))))


def turned(cases: Cases, holds: Bools, name: str) -> float:
    """Share of the pairs of cases differing on this axis alone that disagree on the claim."""
    column = cases.column(name)
    sizes = [len(axis.choices) for axis in cases.axes]
    along = np.moveaxis(holds.reshape(sizes), column, -1).reshape(-1, sizes[column])
    k = along.shape[1]
    if k < 2:
        return 0.0
    yes = along.sum(axis=1)
    return float((yes * (k - yes)).mean() / (k * (k - 1) / 2))


def spread(cases: Cases, figure: Floats, name: str) -> dict[str, tuple[float, float]]:
    """Return lowest and highest of a figure for each choice of an axis, whatever the others are; NaN left out."""
    told = {}
    for number, label in enumerate(cases.axis(name).labels):
        held = figure[cases.index[:, cases.column(name)] == number]
        held = held[~np.isnan(held)]
        told[label] = (float(held.min()), float(held.max())) if held.size else (float("nan"), float("nan"))
    return told
