"""What share of flights of a class an architecture would have noticed, for whom, and what that says of so many tests.

The flights are those of a small study that stands in the claim's file: regions and classes, as in any study, and
nothing finer. Places lie evenly over a region, so a share is that of the class and the region as a whole.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from pydantic import ValidationError

from jointwatch.assessment.programme.missed import Missed, all_missed, any_missed, rule_of_three
from jointwatch.studies.claims.cases import Cases
from jointwatch.studies.claims.claim import ClaimError, ClaimFile
from jointwatch.studies.claims.figure import Figure
from jointwatch.studies.joint.chunk import Plan, chunk
from jointwatch.studies.joint.file import Study, StudyError, load
from jointwatch.studies.programme.noticed import missed_by_class, missed_by_region

Key = tuple[str, str, str, str, str]
"""Destination region (empty: all), class, architecture, party, assumptions."""


def noticed(cases: Cases, claim: ClaimFile) -> list[Figure]:
    """Return the share noticed, and of `about.tests` tests the probability that all, and that any, are noticed.

    Assumptions: vehicle, architecture, party, assumed, and to, without which all regions count together: each a name of
    the study in `about.study`, which is given there, or built in and then has `about.count` pairs of places a cell.
    """
    held, tests = _missed(_study(claim.about)), int(claim.about["tests"])
    found = [_of_case(held, cases, i) for i in range(len(cases))]
    share = np.array([one.share for one in found])
    flights = np.array([one.flights for one in found], dtype=np.float64)
    return [
        Figure("noticed_share", "share of the flights that are noticed", 1.0 - share),
        Figure("low_share", "at least, with 95 % confidence", 1.0 - np.array([one.high for one in found])),
        Figure("all_share", f"all of {tests} tests are noticed", 1.0 - any_missed(share, tests)),
        Figure("any_share", f"one or more of {tests} tests is noticed", 1.0 - all_missed(share, tests)),
        Figure("flights", "flights that were drawn", flights),
        Figure(
            "three_share",
            "missed at most, if none of them had been",
            np.array([rule_of_three(one.flights) for one in found]),
        ),
    ]


def _study(about: dict[str, Any]) -> Study:
    given = about["study"]
    try:
        if isinstance(given, str):
            return load(given)[0].model_copy(update={"count": int(about["count"])})
        return Study.model_validate(given)
    except StudyError as error:
        raise ClaimError(f"about.study: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise ClaimError(f"about.study.{key}: {first['msg'].removeprefix('Value error, ')}") from None


def _missed(study: Study) -> dict[Key, Missed]:
    try:
        plan = Plan(study)
    except StudyError as error:
        raise ClaimError(f"about.study: {error}") from None
    chunks = [chunk(plan, number) for number in range(len(plan))]
    return {
        (one.to, one.vehicle, one.architecture, one.party, one.assumptions): one.missed
        for one in [*missed_by_region(plan, chunks), *missed_by_class(plan, chunks)]
    }


def _of_case(held: dict[Key, Missed], cases: Cases, case: int) -> Missed:
    chosen = {axis.name: cases.words(axis.name)[case] for axis in cases.axes}
    key = (chosen.get("to", ""), chosen["vehicle"], chosen["architecture"], chosen["party"], chosen["assumed"])
    if key not in held:
        raise ClaimError(f"the study has no flights for {', '.join(filter(None, key))}")
    return held[key]
