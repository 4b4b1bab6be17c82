"""The tests of a programme from the catalogue, in order of date, each with the reach it showed and on what that rests.

Most tests have no published range. Where a range was claimed it counts; where none was, the range of the vehicle's
class stands for it and is called an assumption; where there is neither, a published apogee gives a lower bound. Sources
that disagree are not averaged: a reading says whom to follow, and the reading `WIDEST` follows all of them at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from jointwatch.assessment.programme.capability import Series
from jointwatch.assessment.programme.shown import shown
from jointwatch.catalogue.days import begin_utc, end_utc
from jointwatch.catalogue.events import LaunchEntry, load_launches
from jointwatch.catalogue.fact import Fact
from jointwatch.catalogue.places import Place, site_place
from jointwatch.catalogue.vehicles import load_vehicle
from jointwatch.flight import reach

Basis = Literal["claimed", "class", "apogee", "none"]
"""On what a reach rests: a claim about this launch or its type then; the class it is taken for, an assumption; a
published apogee alone, a lower bound; nothing."""

IRANIAN_SITES = ("sem", "semx", "shahr", "iran", "kerm", "mashh", "qom", "tabriz")
"""Sites of the catalogue in Iran, by the codes of their list; one of them stands for not known."""


@dataclass(frozen=True)
class Reading:
    """Whom to follow where sources disagree: claims whose names begin so, then the catalogue's defaults; or all."""

    title: str
    follow: tuple[str, ...] = ()
    all_claims: bool = False


NEUTRAL = Reading("the catalogue's defaults")
WIDEST = Reading("every claim at once", all_claims=True)
READINGS: Mapping[str, Reading] = {
    "neutral": NEUTRAL,
    "iran": Reading("what Iran said, where it said something", ("iran-",)),
    "observers": Reading("observers before governments", ("wonk-", "observer-", "iiss-", "us-", "gates-")),
    "widest": WIDEST,
}
"""By the names under which they are printed."""


@dataclass(frozen=True)
class Test:
    """One launch as a reading has it; metres, NaN where nothing is known, `basis` says on what they rest.

    flown_least_m, flown_most_m: bounds of the distance that it flew; at_least_m, at_most_m: of the range that could
    have been had from it, which is further where it was lofted. announced: when it was made public, where known.
    """

    __test__ = False  # to pytest

    name: str
    title: str
    vehicle: str
    first_day: str
    last_day: str
    site: Place
    flown_least_m: float
    flown_most_m: float
    at_least_m: float
    at_most_m: float
    basis: Basis
    worked: bool
    may_have_worked: bool
    announced: str = ""


def iran_tests_2006_2010(reading: Reading = NEUTRAL) -> list[Test]:
    """Return the launches of Iran from 2006 to 2010 as a reading has them, satellites and sounding rockets among them.

    >>> tests = iran_tests_2006_2010()
    >>> len(tests), tests[0].title, tests[-1].title
    (25, 'Shahab 3, 17 January 2006 (2006-S78)', 'Sejjil-2, October 2010 (2010-S82)')
    """
    return chronology(IRANIAN_SITES, 2006, 2010, reading)


def chronology(sites: Sequence[str], first_year: int, last_year: int, reading: Reading = NEUTRAL) -> list[Test]:
    """Return the launches from some sites between two years, both included, in order of their first possible day."""
    everything = [_test(name, entry, reading) for name, entry in load_launches().items() if entry.site.value in sites]
    years = range(first_year, last_year + 1)
    return sorted((one for one in everything if int(one.first_day[:4]) in years), key=lambda one: one.first_day)


def series(tests: Sequence[Test]) -> Series:
    """Return tests as the columns that the assessment of a programme works on.

    >>> len(series(iran_tests_2006_2010()))
    25
    """
    return _series(tests, [one.at_least_m for one in tests], [one.at_most_m for one in tests])


def flown_series(tests: Sequence[Test]) -> Series:
    """Return the same of the distances that were flown: what the tests demonstrated as they were."""
    return _series(tests, [one.flown_least_m for one in tests], [one.flown_most_m for one in tests])


def _series(tests: Sequence[Test], least_m: Sequence[float], most_m: Sequence[float]) -> Series:
    return Series(
        first_day=np.array([one.first_day for one in tests], dtype="M8[D]"),
        last_day=np.array([one.last_day for one in tests], dtype="M8[D]"),
        at_least_m=np.array(least_m, dtype=np.float64),
        at_most_m=np.array(most_m, dtype=np.float64),
        worked=np.array([one.worked for one in tests], dtype=bool),
        may_have_worked=np.array([one.may_have_worked for one in tests], dtype=bool),
    )


def _test(name: str, entry: LaunchEntry, reading: Reading) -> Test:
    first, last = _days(entry, reading)
    (flown_least, flown_most), (least, most), basis = _reach(entry, reading)
    outcomes = followed(entry.outcome, reading)
    return Test(
        name=name,
        title=entry.title,
        vehicle=entry.vehicle or "",
        first_day=first,
        last_day=last,
        site=site_place(entry.site.value),
        flown_least_m=flown_least,
        flown_most_m=flown_most,
        at_least_m=least,
        at_most_m=most,
        basis=basis,
        worked=bool(outcomes) and all(outcome == "success" for outcome in outcomes),
        may_have_worked=not outcomes or "success" in outcomes,
        announced=", ".join(followed(entry.announced, reading)),
    )


def followed(fact: Fact[Any] | None, reading: Reading) -> list[Any]:
    """Return the values that a reading takes of a quantity: none where nobody claimed any, else one, or all."""
    if fact is None:
        return []
    if reading.all_claims:
        return [claim.value for claim in fact.claims.values()]
    chosen = [name for start in reading.follow for name in fact.claims if name.startswith(start)]
    return [fact.claims[chosen[0]].value if chosen else fact.value]


def _days(entry: LaunchEntry, reading: Reading) -> tuple[str, str]:
    """First and last day on which a launch may have taken place, as exactly as its sources have it."""
    days = followed(entry.day, reading) or [when[:10] for when in followed(entry.launch_time_utc, reading)]
    last = max(np.datetime64(end_utc(day)[:10], "D") for day in days) - np.timedelta64(1, "D")
    return min(begin_utc(day)[:10] for day in days), str(last)


Ends = tuple[float, float]
_NOTHING: Ends = (np.nan, np.nan)


def _reach(entry: LaunchEntry, reading: Reading) -> tuple[Ends, Ends, Basis]:
    """Bounds of the distance flown and of the reach shown, metres, and their basis; none of a satellite's launcher."""
    vehicle = load_vehicle(entry.vehicle) if entry.vehicle else None
    if vehicle and vehicle.kind == "space":  # it went round
        return _NOTHING, _NOTHING, "none"
    claimed, heights_m = followed(entry.range_km, reading), apogees_m(entry, reading)
    if claimed:
        return _ends(claimed), _with_loft(*_ends(claimed), heights_m, entry, reading), "claimed"
    risen = float(reach.at_energy(min(heights_m), 0.0)) if heights_m else 0.0
    of_class = followed(vehicle.range_km, reading) if vehicle else []
    if of_class:
        least, most = _ends(of_class)
        return (least, most), (max(least, min(risen, most)), most), "class"
    return (_NOTHING, (risen, risen), "apogee") if risen > 0.0 else (_NOTHING, _NOTHING, "none")


def apogees_m(entry: LaunchEntry, reading: Reading) -> list[float]:
    """Return the apogees that a reading takes, metres; without those that this project computed from a range."""
    fact = entry.apogee_km
    if fact is None or (not reading.all_claims and fact.claims[fact.taken].tag == "computed"):
        return []
    computed = {claim.value for claim in fact.claims.values() if claim.tag == "computed"}
    return [1e3 * height for height in followed(fact, reading) if height not in computed]


def _with_loft(least_m: float, most_m: float, heights_m: Sequence[float], entry: LaunchEntry, reading: Reading) -> Ends:
    """The bounds of claimed ranges, and with claimed apogees those of their least-energy equivalents too."""
    if not heights_m:
        return least_m, most_m
    site = site_place(entry.site.value)
    ranges, heights = np.meshgrid([least_m, most_m], heights_m)
    tests = shown(ranges, heights, latitude_rad=site.latitude_rad, longitude_rad=site.longitude_rad)
    least = least_m if reading.all_claims else float(tests.at_least_m.min())
    return least, max(most_m, float(tests.at_most_m.max()))


def _ends(intervals_km: Sequence[Ends]) -> Ends:
    return 1e3 * min(low for low, _ in intervals_km), 1e3 * max(high for _, high in intervals_km)
