"""Who is told of a launch: by what was agreed, by whom, and when."""

from __future__ import annotations

import numpy as np
import pytest

from jointwatch.assessment.notification.owed import Launch, Rule, owed
from jointwatch.catalogue.agreements import applied_on, rule_parameters
from jointwatch.catalogue.regions import regions
from jointwatch.studies.joint.announced import told_to

RANGES_M = np.array([200e3, 999e3, 1_500e3, 2_001e3, 5_600e3])
APOGEES_M = np.array([60e3, 501e3, 300e3, 450e3, 1_300e3])


@pytest.mark.parametrize(
    ("by", "to", "day", "told"),
    [
        ("IR", ["RU", "US"], "2009-06", [False] * 5),  # outside the code of 2002, party to nothing
        ("NO", ["RU"], "1995-01", [False] * 5),  # seven years before the code; the notice was a courtesy
        ("NO", ["RU"], "2009-06", [True] * 5),
        ("RU", ["CN"], "2009-06", [False] * 5),  # China has not joined the code
        ("RU", ["CN"], "2010-06", [False, False, False, True, True]),  # over 2,000 km, since October 2009
        ("RU", ["US"], "2001-06", [False, False, False, False, True]),  # of 1988: intercontinental; of 2000: never
    ],
)
def test_a_launch_is_told_as_was_agreed_by_that_day(by: str, to: list[str], day: str, told: list[bool]) -> None:
    assert told_to(to, by, day, RANGES_M, APOGEES_M).tolist() == told


def test_flights_taken_together_are_told_as_one_by_one() -> None:
    rules = [rule for rule in (Rule(**each) for each in rule_parameters()) if rule.agreement in applied_on("2012")]
    rng = np.random.default_rng(5)
    range_m, apogee_m = rng.uniform(50e3, 12_000e3, 60), rng.uniform(30e3, 2_000e3, 60)
    for by, to in (("RU", "CN"), ("US", "RU"), ("IN", "PK"), ("IL", "US")):
        one_by_one = [
            any(
                one.force != "open"
                for one in owed(
                    rules,
                    Launch(state=by, vehicle="missile", range_m=r, apogee_m=a, from_tai_ns=0, until_tai_ns=0),
                    [to],
                )
            )
            for r, a in zip(range_m.tolist(), apogee_m.tolist(), strict=True)
        ]
        assert told_to([to], by, "2012", range_m, apogee_m).tolist() == one_by_one


def test_every_region_of_launches_says_whose_they_were() -> None:
    assert all(len(region.state) == 2 for region in regions() if region.launches)
    assert len(told_to(["US"], "IR", "2009", RANGES_M[:0], APOGEES_M[:0])) == 0
