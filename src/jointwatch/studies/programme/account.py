"""The whole account of Iran's tests from 2006 to 2010 as tables, in the order in which a reader asks.

What each test showed, how the reach grew by whose word, which class was new, what the sources disagree on, what each
pair of figures would have been as a flight, and, given the flights of the study `programme`, what would have been
missed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from jointwatch.studies.programme.chronology import IRANIAN_SITES, READINGS, chronology, iran_tests_2006_2010
from jointwatch.studies.programme.disagreement import disagreements, pairings
from jointwatch.studies.programme.growth import CLAIMED, days_of_testing, growth, reach_by_year, rises
from jointwatch.studies.programme.noticed import Watched
from jointwatch.studies.programme.tables import (
    Table,
    disagreement_table,
    growth_table,
    missed_by_view_table,
    missed_table,
    pairings_table,
    rings_table,
    rises_table,
    shown_table,
)

SINCE = 1998
"""The first year of the list of launches: whether a class is new shows only against the years before."""


def account(watched: Sequence[Watched] = (), by_region: Sequence[Watched] = ()) -> list[Table]:
    """Return the tables of the programme; those of what would have been missed by each view that is given.

    watched: by class, told with what it means for as many tests as there were; by_region: by class and regions, a table
    for each architecture.

    >>> [table.title for table in account()][:2]
    ['What each test showed, by the catalogue’s defaults', 'The reach shown by the end of each year, by whose word']
    """
    readings = {name: iran_tests_2006_2010(reading) for name, reading in READINGS.items()}
    tests = readings["neutral"]
    names = [one.name for one in tests]
    longer = chronology(IRANIAN_SITES, SINCE, 2010)
    return [
        shown_table(tests, "What each test showed, by the catalogue’s defaults"),
        growth_table(growth(readings, 2006, 2010), "The reach shown by the end of each year, by whose word"),
        growth_table(growth(readings, 2006, 2010, bases=CLAIMED), "The same from claims about the launch alone"),
        rings_table(reach_by_year(), "The rings of the reach map around Semnan province, by the catalogue’s defaults"),
        rings_table(reach_by_year("widest"), "The same by every claim at once"),
        rises_table(rises(longer), days_of_testing(longer), f"Which class was new, against the days since {SINCE}"),
        disagreement_table(disagreements(names), "What the sources disagree on"),
        pairings_table(pairings(names), "The flights that the published figures would have been"),
        *missed_tables(watched, Counter(one.vehicle for one in tests)),
        *by_architecture(by_region),
    ]


def by_architecture(by_region: Sequence[Watched]) -> list[Table]:
    """Return for each architecture what each party misses, by class and regions, under each set of assumptions."""
    return [
        missed_by_view_table(
            [one for one in by_region if one.architecture == name], f"Missed with {name}, by class and regions, %"
        )
        for name in dict.fromkeys(one.architecture for one in by_region)
    ]


def missed_tables(watched: Sequence[Watched], tests: Mapping[str, int]) -> list[Table]:
    """Return for each architecture, party and set of assumptions what share of the tests of each class it misses."""
    views = dict.fromkeys((one.architecture, one.party, one.assumptions) for one in watched)
    by_view = {
        view: {one.vehicle: one.missed for one in watched if (one.architecture, one.party, one.assumptions) == view}
        for view in views
    }
    return [
        missed_table(by_class, tests, f"Missed by {party} with {architecture}, as {assumed} assumes")
        for (architecture, party, assumed), by_class in by_view.items()
    ]
