"""A claim computed: its figures over all cases, its verdict, and what turns it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any

import numpy as np

from jointwatch.catalogue.fact import Fact, Provenance, rows_of
from jointwatch.catalogue.radars import provenance
from jointwatch.earth.arrays import Bools, Floats
from jointwatch.studies.claims.cases import Axis, Cases
from jointwatch.studies.claims.claim import ClaimError, ClaimFile, Compared, Degrees, assumed, load, sources_of
from jointwatch.studies.claims.figure import Figure
from jointwatch.studies.claims.questions.apart import apart
from jointwatch.studies.claims.questions.echo import echo
from jointwatch.studies.claims.questions.facing import facing
from jointwatch.studies.claims.questions.first_sight import first_sight
from jointwatch.studies.claims.questions.hold import hold
from jointwatch.studies.claims.questions.lead import lead
from jointwatch.studies.claims.questions.noticed import noticed
from jointwatch.studies.claims.questions.shown_by import shown_by
from jointwatch.studies.claims.verdict import Verdict, verdict

Question = Callable[[Cases, ClaimFile], list[Figure]]
QUESTIONS: dict[str, Question] = {
    "lead": lead,
    "hold": hold,
    "facing": facing,
    "echo": echo,
    "first-sight": first_sight,
    "apart": apart,
    "shown-by": shown_by,
    "noticed": noticed,
}


@dataclass(frozen=True, eq=False)
class Assessed:
    """One claim with its answer. The first figure is not always the one that decides: `decisive` is."""

    name: str
    claim: ClaimFile
    cases: Cases
    figures: tuple[Figure, ...]
    holds: Bools

    @cached_property
    def verdict(self) -> Verdict:
        """What all cases say."""
        return verdict(self.cases, self.holds)

    @property
    def decisive(self) -> Figure:
        """The figure that the test asks after."""
        return self.figure(self.claim.test.figure)

    def figure(self, name: str) -> Figure:
        """Return a figure by its name."""
        for figure in self.figures:
            if figure.name == name:
                return figure
        held = ", ".join(figure.name for figure in self.figures)
        raise ClaimError(f"{self.name}: the question {self.claim.question!r} has no figure {name!r}; it has {held}")

    def case(self, choices: dict[str, str]) -> int:
        """Return the number of the case with these choices by axis, the others at their defaults."""
        labels = [axis.labels.index(choices.get(axis.name, axis.labels[0])) for axis in self.cases.axes]
        return int(np.flatnonzero(np.all(self.cases.index == labels, axis=1))[0])

    def alone(self, axis: Axis) -> list[tuple[str, int]]:
        """Return for each choice of an axis the case in which only it differs from the defaults."""
        return [(label, self.case({axis.name: label})) for label in axis.labels]

    def ends_with(self, figure: Figure, name: str) -> tuple[float, float]:
        """Return lowest and highest of a figure over the cases that have an axis at its default."""
        here = self.cases.index[:, self.cases.column(name)] == 0
        return Figure(figure.name, figure.title, figure.values[here]).ends()

    def agrees(self, compared: Compared) -> bool:
        """Whether our figure, in the case that a former number was computed for, lies within its stated tolerance."""
        ours = float(self.figure(compared.figure).values[self.case(compared.choices)])
        return compared.low - compared.within <= ours <= compared.high + compared.within


@cache
def assess(name: str) -> Assessed:
    """Compute a built-in claim, once in a process; an unknown name is refused with the nearest ones (ClaimError)."""
    return assess_file(name, load(name))


def assess_file(name: str, claim: ClaimFile) -> Assessed:
    """Compute a claim that was read."""
    if claim.question not in QUESTIONS:
        raise ClaimError(f"{name}: there is no question {claim.question!r}; there are {', '.join(QUESTIONS)}")
    axes = [Axis(key, held.title, assumed(claim, key)) for key, held in claim.assumptions.items()]
    cases = Cases(tuple(axes))
    figures = tuple(QUESTIONS[claim.question](cases, claim))
    held = Assessed(name, claim, cases, figures, np.zeros(0, dtype=np.bool_))
    return Assessed(name, claim, cases, figures, _holds(held))


def _holds(held: Assessed) -> Bools:
    """Whether the claim's test is met in each case; not where the figure does not apply."""
    test, values = held.claim.test, held.decisive.values
    holds = ~np.isnan(values)
    if test.at_least is not None:
        holds &= values >= _bound(held, test.at_least)
    if test.at_most is not None:
        holds &= values <= _bound(held, test.at_most)
    return np.asarray(holds)


def _bound(held: Assessed, bound: float | str) -> Floats:
    return held.figure(bound).values if isinstance(bound, str) else np.asarray(bound)


def inputs(claim: ClaimFile) -> list[Provenance]:
    """Return what every case takes alike: the catalogue's defaults for the radars, and the places that the file names.

    Where an assumption speaks on a parameter, it does so in its stead.
    """
    known = dict(sources_of(claim))
    rows = [row for radar in _radars(claim) for row in _taken(claim, radar)]
    for name, place in claim.places.items():
        rows += rows_of(f"{name}.position_deg", Fact[Degrees](claims={"place": place}), known)
    return rows


def _radars(claim: ClaimFile) -> list[str]:
    named = [claim.about.get(role) for role in ("radar", "first", "second", "beside")]
    varied = claim.assumptions.get("radar")
    asked = [each["value"] for each in varied.claims.values()] if varied else []
    return [radar for radar in [*named, *claim.about.get("third", []), *asked] if radar]


def _taken(claim: ClaimFile, radar: str) -> list[Provenance]:
    """The taken rows of what a radar can face, of the array that is meant, where no assumption speaks on them."""
    name, _, array = radar.partition(":")
    told = (f"faces.{array}", "position_deg", "height_m")
    ranges = () if claim.question in ("echo", "facing") else ("instrumented_range_km", "minimum_range_km")
    looks = ("detection", "sigma_", "revisit_s") if claim.question == "apart" else ()
    return [
        replace(row, parameter=f"{name}.{row.parameter}")
        for row in provenance(name)
        if row.taken
        and row.parameter.startswith((*told, *ranges, *looks))
        and ".boresight_" not in row.parameter
        and not _assumed_of(claim, name, row.parameter)
    ]


def _assumed_of(claim: ClaimFile, radar: str, parameter: str) -> bool:
    """Whether an assumption stands for a parameter of the catalogue."""
    kind = {"instrumented_range_km": "reach_km"}.get(parameter, parameter.rpartition(".")[2])
    named = {parameter, kind, f"{radar}_{kind}"} | ({"split"} if kind == "sector_deg" else set())
    return bool(named & set(claim.assumptions))


def as_json(held: Assessed) -> dict[str, Any]:
    """Return the claim and its answer as plain values: never and not applying are null."""
    verdict = held.verdict
    return {
        "name": held.name,
        "title": held.claim.title,
        "said": [said.model_dump() for said in held.claim.said],
        "reading": held.claim.reading,
        "limit": held.claim.limit,
        "test": held.claim.test.model_dump(exclude_none=True),
        "verdict": verdict.outcome,
        "share_of_cases": verdict.share,
        "by_default": verdict.by_default,
        "depends_on": list(verdict.depends_on),
        "mostly": verdict.mostly,
        "rarer_answer_only_with": {name: list(labels) for name, labels in verdict.rarer.items()},
        "combinations": [{"choices": list(labels), "holds": holds} for labels, holds in verdict.combinations],
        "cases": len(held.cases),
        "figures": [_figure(figure) for figure in held.figures],
        "assumptions": [_axis(held, axis) for axis in held.cases.axes],
        "inputs": [_row(row) for row in inputs(held.claim)],
        "compared": [{**each.model_dump(), "agrees": held.agrees(each)} for each in held.claim.compared],
    }


def _figure(figure: Figure) -> dict[str, Any]:
    low, high = figure.ends()
    return {
        "name": figure.name,
        "title": figure.title,
        "unit": figure.unit,
        "default": _finite(float(figure.values[0])),
        "low": _finite(low),
        "high": _finite(high),
        "never_in_some_case": bool(np.any(np.isinf(figure.values))),
    }


def _axis(held: Assessed, axis: Axis) -> dict[str, Any]:
    values = []
    for label, case in held.alone(axis):
        alone = _finite(float(held.decisive.values[case]))
        values.append({"name": label, **_row(axis.choices[label]), "alone": alone, "holds": bool(held.holds[case])})
    return {"name": axis.name, "title": axis.title, "turning": held.verdict.turning[axis.name], "values": values}


def _row(row: Provenance) -> dict[str, Any]:
    return {
        "parameter": row.parameter,
        "value": row.value,
        "unit": row.unit,
        "claimant": row.claimant,
        "date": row.date,
        "source": row.source,
        "tag": row.tag,
        "assumption": row.assumption,
        "note": row.note,
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
