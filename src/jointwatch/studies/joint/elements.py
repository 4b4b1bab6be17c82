"""The elements of a package: what every subset of them makes of the same flights, for each party, as each side assumes.

A subset is an architecture that brings the radars of its elements; where it has the exchange of data, each party has
what they all see. Subsets, parties and assumptions often come to the same radars: each combination is worked out once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from jointwatch.earth.arrays import Floats, Ints
from jointwatch.sensors.combinations import Combined, Tree, combined, tree
from jointwatch.sensors.visibility import SEEN
from jointwatch.studies.joint.deployment import Deployment, Sensor, deploy
from jointwatch.studies.joint.file import Study, StudyError
from jointwatch.studies.joint.given import EXCHANGE, ArchitectureGiven, PackageGiven
from jointwatch.studies.package import subsets, weights

Singles = NDArray[np.float32]


@dataclass(frozen=True)
class Figure:
    """One figure of a package: what it is, and of which elements or alternatives."""

    name: str
    of: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Package:
    """A package made ready: for whom and as who assumes (g), every subset's combination (g, 2^n), and its figures.

    The first 2^n of the f figures are the subsets themselves; weights (f - 2^n, 2^n): of the subsets in each other.
    """

    given: PackageGiven
    groups: tuple[tuple[str, str], ...]
    tree: Tree
    combination: Ints
    figures: tuple[Figure, ...]
    weights: Floats


def packaged(study: Study, deployment: Deployment) -> tuple[Package | None, tuple[Sensor, ...]]:
    """Return the package of a study, None where none is asked for, and all sensors, those of the deployment first.

    Raises StudyError where an element's radars are nobody's, or did not stand on the day.
    """
    given = study.package
    if given is None:
        return None, deployment.sensors
    names = [_name(some) for some in subsets(given.names)]
    held = _deployed(study, given)
    numbers = {sensor: number for number, sensor in enumerate(deployment.sensors)}
    for sensor in held.sensors:
        numbers.setdefault(sensor, len(numbers))
    seen = {
        (view.party, view.assumptions, view.architecture): frozenset(numbers[held.sensors[i]] for i in view.sensors)
        for view in held.views
    }
    of = tree([tuple(some) for some in seen.values()])
    groups = tuple(dict.fromkeys((view.party, view.assumptions) for view in held.views))
    combination = np.array([[of.number[seen[*group, name]] for name in names] for group in groups])
    figures, weighted = _figures(given)
    return Package(given, groups, of, combination, figures, weighted), tuple(numbers)


def sums(
    package: Package, probability: Singles, looks: Floats, flight_time_s: Floats, *, step_s: float
) -> tuple[Floats, Floats]:
    """Return the sums over flights of all figures, and of their squares: (g, measures, f, 1).

    probability (m, k, t): of one look of each sensor at each step. looks (m,): in a step.
    """
    held = combined(probability, looks, SEEN, package.tree)
    valued = [_measured(name, held, flight_time_s, step_s) for name in package.given.measures]
    shape = (len(package.groups), len(valued), len(package.figures), 1)
    total, squares = np.zeros(shape), np.zeros(shape)
    for g, chosen in enumerate(package.combination):
        for q, values in enumerate(valued):
            # plain sums, in one order whatever library of linear algebra there is and on however many threads
            subset = values[chosen]
            each = np.concatenate([subset, np.einsum("fs,sk->fk", package.weights, subset)])
            total[g, q, :, 0], squares[g, q, :, 0] = each.sum(axis=1), (each * each).sum(axis=1)
    return total, squares


def _measured(name: str, held: Combined, flight_time_s: Floats, step_s: float) -> Floats:
    """A measure of all combinations (c + 1, k), the last of which is that of no radar: what nothing would be."""
    held_s, first_s = held.held * step_s, held.first * step_s
    warning_s = np.where(held.first < 0, 0.0, flight_time_s - first_s)
    values = {"detected": held.detected, "warning": warning_s, "track_time": held_s}[name]
    return np.concatenate([values, np.zeros((1, values.shape[1]))])


def _deployed(study: Study, given: PackageGiven) -> Deployment:
    """The views of every subset, each as an architecture of its own."""
    asked = {_name(some): _brings(given, some) for some in subsets(given.names)}
    try:
        return deploy(study.model_copy(update={"architectures": asked}))
    except StudyError as error:
        raise StudyError(re.sub(r"^architectures\.[^:]*: ", "package: ", str(error))) from None


def _brings(given: PackageGiven, some: tuple[str, ...]) -> ArchitectureGiven:
    radars = tuple(radar for name in some if name != EXCHANGE for radar in given.elements[name])
    shared = given.shared is True or EXCHANGE in some
    return ArchitectureGiven(on=given.on, proposed=given.proposed, radars=radars, shared=shared)


def _figures(given: PackageGiven) -> tuple[tuple[Figure, ...], Floats]:
    """The figures of a package, and the weights (f - 2^n, 2^n) of its subsets in all but these themselves."""
    names = given.names
    each, of = np.eye(1 << len(names)), weights(len(names))
    pairs = list(combinations(range(len(names)), 2))
    rows = [
        *((Figure("alone", (name,)), row) for name, row in zip(names, of.alone, strict=True)),
        *((Figure("on_top", (name,)), row) for name, row in zip(names, of.on_top, strict=True)),
        *((Figure("share", (name,)), row) for name, row in zip(names, of.share, strict=True)),
        *((Figure("together", (names[i], names[j])), of.together[i, j]) for i, j in pairs),
        *_alternatives(given, each),
    ]
    themselves = (Figure("subset", some) for some in subsets(names))
    return (*themselves, *(figure for figure, _ in rows)), np.array([row for _, row in rows])


def _alternatives(given: PackageGiven, each: Floats) -> list[tuple[Figure, Floats]]:
    """A, B, A and B, what each adds to the other, and by how much both are worth more than the two apart."""
    if given.alternatives is None:
        return []
    (a, b), (some, others) = given.alternatives, given.alternatives.values()
    bits = {name: 1 << i for i, name in enumerate(given.names)}
    in_a, in_b = (each[sum(bits[name] for name in set(names))] for names in (some, others))
    both = each[sum(bits[name] for name in {*some, *others})]
    return [
        (Figure("alternative", ()), each[0]),
        (Figure("alternative", (a,)), in_a),
        (Figure("alternative", (b,)), in_b),
        (Figure("alternative", (a, b)), both),
        (Figure("adds", (a,)), both - in_b),
        (Figure("adds", (b,)), both - in_a),
        (Figure("more_together", (a, b)), both - in_a - in_b + each[0]),
    ]


def _name(some: tuple[str, ...]) -> str:
    return "+".join(some)
