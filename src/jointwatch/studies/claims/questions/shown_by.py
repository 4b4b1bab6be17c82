"""How long after a day the tests of a programme first showed a range, by whose figures: a forecast against the record.

The record is the catalogue's list of launches up to the end of `about.until`; a range that it does not show by then
counts as never shown, which says nothing about later years.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from jointwatch.assessment.programme.capability import Days, capability
from jointwatch.catalogue.days import begin_utc
from jointwatch.catalogue.events import load_launches
from jointwatch.studies.claims.cases import Cases
from jointwatch.studies.claims.claim import ClaimError, ClaimFile
from jointwatch.studies.claims.figure import Figure
from jointwatch.studies.programme.chronology import IRANIAN_SITES, READINGS, Basis, Test, chronology, series

SINCE = 1998
COUNTS: tuple[Basis, ...] = ("claimed", "apogee")
"""What was said of the launch itself; not the range of the class that it is taken for."""
BOUNDS = ("at least", "at most")
PAYLOADS = ("any", "as said")
"""As `payload`: whether a range counts with whatever was flown, or only with the payload that the forecast names."""
LAUNCHERS = ("not counted", "counted")
_YEAR_DAYS = 365.25


@dataclass(frozen=True)
class _Asked:
    """What one case counts."""

    reading: str
    bound: str
    payload: str
    launchers: str


def shown_by(cases: Cases, claim: ClaimFile) -> list[Figure]:
    """Return the years from `about.since` until `about.needed_km` was first shown, beside the forecast's years.

    Assumptions: horizon_yr, the forecast; reading, whom to follow; bound; and where they are told payload, launchers.
    """
    last, needed_km, when = int(claim.about["until"]), float(claim.about["needed_km"]), str(claim.about["since"])
    asked = [_asked(cases, i) for i in range(len(cases))]
    since = np.datetime64(begin_utc(when)[:10], "D")
    end = np.datetime64(f"{last + 1}-01-01", "D")
    first = {one: _first(one, needed_km * 1e3, last) for one in dict.fromkeys(asked)}
    reach = {one: _reach_km(one, last, np.array([since, end]) - 1) for one in dict.fromkeys(asked)}
    waited = [_years_between(since, first[one]) for one in asked]
    return [
        Figure("waited_yr", f"{needed_km:,.0f} km first shown in the record, after {when}", np.array(waited)),
        Figure("horizon_yr", "forecast", cases.numbers("horizon_yr")),
        Figure("before_km", "shown before the forecast", np.array([reach[one][0] for one in asked])),
        Figure("record_km", f"shown by the end of {last}", np.array([reach[one][1] for one in asked])),
        Figure("record_yr", "the record goes on for", np.full(len(cases), _years_between(since, end))),
    ]


def _asked(cases: Cases, case: int) -> _Asked:
    held = {axis.name: cases.words(axis.name)[case] for axis in cases.axes}
    one = _Asked(
        held["reading"],
        held["bound"],
        held.get("payload", "any"),
        held.get("launchers", "not counted"),
    )
    known = (READINGS, BOUNDS, PAYLOADS, LAUNCHERS)
    for value, among in zip(vars(one).values(), known, strict=True):
        if value not in among:
            raise ClaimError(f"shown_by: {value!r} is none of {', '.join(among)}")
    return one


def _tests(one: _Asked, last: int) -> list[Test]:
    tests = _record(one.reading, last)
    return [test for test in tests if test.basis in COUNTS] if one.payload == "any" else []


@cache
def _record(reading: str, last: int) -> tuple[Test, ...]:
    return tuple(chronology(IRANIAN_SITES, SINCE, last, READINGS[reading]))


def _first(one: _Asked, needed_m: float, last: int) -> np.datetime64 | None:
    """The first day by which the range was shown; None where the record does not show it.

    No payload of a test was published, so none has shown a range with a stated one. A launcher that reached orbit had
    the speed for any range, with what it carried.
    """
    days: list[np.datetime64] = []
    held = series(_tests(one, last))
    if len(held):
        every = np.unique(np.concatenate([held.first_day, held.last_day]))
        by = capability(held, every)
        reached = (by.at_least_m if one.bound == "at least" else by.at_most_m) >= needed_m
        days += [every[reached.argmax()]] if reached.any() else []
    if one.launchers == "counted":
        days += [_orbited(last)]
    return min(days, default=None)


def _orbited(last: int) -> np.datetime64:
    """The first day on which something of which an orbit was published went up."""
    entries = load_launches()
    tests = [test for test in _record("neutral", last) if entries[test.name].perigee_km is not None]
    return min(np.datetime64(test.last_day, "D") for test in tests)


def _reach_km(one: _Asked, last: int, days: Days) -> list[float]:
    by = capability(series(_tests(one, last)), days)
    reach = by.at_least_m if one.bound == "at least" else by.at_most_m
    return [float(each) / 1e3 for each in reach]


def _years_between(begin: np.datetime64, end: np.datetime64 | None) -> float:
    return np.inf if end is None else float((end - begin) / np.timedelta64(1, "D")) / _YEAR_DAYS
