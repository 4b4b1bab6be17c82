"""What a programme had shown by the end of each year, under each reading, as numbers and as rings on a map.

A ring is a circle of a published or shown range around the place where most of the tests came from; it says how far,
and nothing about where anything was meant to go. Demonstrated is what was flown; the least-energy equivalent is how far
the same flights could have gone, which is further where they were lofted.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from jointwatch.assessment.programme.capability import Capability, capability, year_ends
from jointwatch.assessment.programme.new_class import Rise, one_a_day, rise
from jointwatch.catalogue.places import Place, site_place
from jointwatch.earth.arrays import Floats
from jointwatch.studies.programme.chronology import (
    IRANIAN_SITES,
    READINGS,
    Basis,
    Test,
    chronology,
    flown_series,
    series,
)
from jointwatch.studies.reach import ring

BASES: tuple[Basis, ...] = ("claimed", "class", "apogee", "none")
CLAIMED: tuple[Basis, ...] = ("claimed",)


DEMONSTRATED, LEAST_ENERGY = "demonstrated", "least energy"


@dataclass(frozen=True, eq=False)
class Ring:
    """A circle on the map: the reach by the end of a year, its lower or its upper bound ("at least", "at most").

    kind: demonstrated, as flown, or of least energy, as the same flights could have gone. latitude_rad, longitude_rad:
    (k,), from north on clockwise, not closed.
    """

    year: int
    bound: str
    range_m: float
    latitude_rad: Floats
    longitude_rad: Floats
    kind: str = LEAST_ENERGY

    @property
    def lonlat_deg(self) -> Floats:
        """Longitude and latitude, degrees, (k + 1, 2): closed, for a map."""
        places = np.rad2deg(np.stack([self.longitude_rad, self.latitude_rad], axis=-1))
        return np.asarray(np.concatenate([places, places[:1]]))


def growth(
    tests: Mapping[str, Sequence[Test]], first_year: int, last_year: int, bases: Collection[Basis] = BASES
) -> dict[str, Capability]:
    """Return for each reading what its tests had shown by the end of each year, counting reaches on these bases alone.

    Without "class" only what was claimed of a launch counts; with it, a claim of one year about a class is taken for
    its earlier launches too.

    >>> from jointwatch.studies.programme.chronology import READINGS, iran_tests_2006_2010
    >>> by = growth({name: iran_tests_2006_2010(READINGS[name]) for name in ("neutral", "iran")}, 2008, 2009)
    >>> by["neutral"].at_least_m.tolist(), by["iran"].at_least_m.tolist()
    ([1200000.0, 2000000.0], [2012000.0, 2012000.0])
    """
    ends = year_ends(first_year, last_year)
    return {name: capability(series([one for one in each if one.basis in bases]), ends) for name, each in tests.items()}


def rises(tests: Sequence[Test]) -> dict[str, Rise]:
    """Return for each class of vehicle in a series of tests whether and when it began to be tested more often.

    Only launches whose class is known count; a month without a day counts as a day of its own.

    >>> from jointwatch.studies.programme.chronology import iran_tests_2006_2010
    >>> solid = rises(iran_tests_2006_2010())["mrbm-solid-2stage"]
    >>> solid.trials, solid.of_class, solid.before, round(solid.p_value, 2)
    (18, 6, 5, 0.13)
    """
    known = [one for one in tests if one.vehicle]
    days = np.array([one.first_day for one in known], dtype="M8[D]")
    names = dict.fromkeys(one.vehicle for one in known)
    return {name: rise(one_a_day(days, [one.vehicle == name for one in known])[1]) for name in names}


def days_of_testing(tests: Sequence[Test]) -> list[str]:
    """Return the days, in order, that `rises` counts: those with a launch of a known class."""
    return sorted({one.first_day for one in tests if one.vehicle})


def flown_growth(tests: Sequence[Test], first_year: int, last_year: int) -> Capability:
    """Return the bounds of the longest distance that tests had flown by the end of each year.

    >>> from jointwatch.studies.programme.chronology import WIDEST, iran_tests_2006_2010
    >>> tests = iran_tests_2006_2010(WIDEST)
    >>> flown, might = flown_growth(tests, 2009, 2009), growth({"": tests}, 2009, 2009)[""]
    >>> float(flown.at_most_m[0]) / 1e3, float(might.at_most_m[0] / 1e3).__round__()
    (2500.0, 2677)
    """
    return capability(flown_series(tests), year_ends(first_year, last_year))


def reach_by_year(
    reading: str = "neutral", first_year: int = 2006, last_year: int = 2010, place: Place | str = "semx"
) -> list[Ring]:
    """Return the rings of Iran's tests as a reading has them, demonstrated and of least energy, year by year.

    Around the place in Semnan province from which most of the longest flights began.

    >>> rings = reach_by_year()
    >>> [round(one.range_m / 1e3) for one in rings if (one.kind, one.bound) == ("demonstrated", "at least")]
    [1200, 1200, 1200, 2000, 2000]
    """
    tests = chronology(IRANIAN_SITES, first_year, last_year, READINGS[reading])
    flown = reach_map(flown_growth(tests, first_year, last_year), place, DEMONSTRATED)
    return flown + reach_map(growth({reading: tests}, first_year, last_year)[reading], place)


def reach_map(by: Capability, place: Place | str, kind: str = LEAST_ENERGY) -> list[Ring]:
    """Return the rings of every year around a place, or a site of the catalogue; none where nothing had been shown."""
    centre = site_place(place) if isinstance(place, str) else place
    rings = []
    for bound, ranges in (("at least", by.at_least_m), ("at most", by.at_most_m)):
        for day, range_m in zip(by.days, ranges, strict=True):
            if 0.0 < range_m < np.inf:
                latitude, longitude = ring(centre.latitude_rad, centre.longitude_rad, float(range_m))
                rings.append(Ring(int(str(day)[:4]), bound, float(range_m), latitude, longitude, kind))
    return rings
