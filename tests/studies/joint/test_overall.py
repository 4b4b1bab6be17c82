"""What two architectures are to each other, read from rows that were written by hand."""

from __future__ import annotations

import math

import pytest

from jointwatch.studies.joint.file import NEUTRAL, load
from jointwatch.studies.joint.measures import Row
from jointwatch.studies.joint.overall import Found, alternatives

ONE, OTHER, BOTH = "gabala-armavir-2007", "third-site-2007", "both-2007"


def row(architecture: str, measure: str, value: float, flights: int) -> Row:
    unit = "1" if measure == "detected" else "s"
    return Row("iran", "turkey", "x", architecture, "russia", NEUTRAL, measure, unit, value, value, value, flights)


def told(first: dict[str, float]) -> tuple[int, int]:
    """In how many cases Russia sees sooner with both, and of how many, where it first sees at these times."""
    rows = [row(name, "detected", float(math.isfinite(at)), 100) for name, at in first.items()]
    rows += [row(name, "first_after_launch", at, 100 * math.isfinite(at)) for name, at in first.items()]
    (found,) = (one for one in alternatives(Found(rows), load("europe-2007")[0]) if one.party == "russia")
    return found.sees_sooner, found.cells


@pytest.mark.parametrize(
    ("one", "other", "both", "sooner"),
    [
        (150.0, 200.0, 145.0, 1),
        (150.0, 200.0, 150.0, 0),
        (150.0, math.nan, 150.0, 0),
        (math.nan, math.nan, 150.0, 1),
        (math.nan, math.nan, math.nan, 0),
    ],
)
def test_sooner_is_a_step_before_the_better_of_the_two_and_nobody_sees_sooner_than_never(
    one: float, other: float, both: float, sooner: int
) -> None:
    assert told({ONE: one, OTHER: other, BOTH: both}) == (sooner, 1)
