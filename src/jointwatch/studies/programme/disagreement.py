"""What the sources of a programme do not agree on, quantity by quantity, and what each pair of figures would have been.

Nothing is averaged or dropped: every claim stands with its claimant, and every range of a launch is put together with
every apogee, so that a reader sees which of them go together and how far apart they lie in flight time and in reach.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from jointwatch.assessment.programme.shown import shown
from jointwatch.catalogue.events import LaunchEntry, load_launches
from jointwatch.catalogue.fact import Provenance, facts_in, rows_of
from jointwatch.catalogue.files import sources
from jointwatch.catalogue.places import site_place
from jointwatch.flight.burnout import minimum_energy


@dataclass(frozen=True)
class Disagreement:
    """One quantity of one launch with every claim about it, the one taken by default first."""

    launch: str
    title: str
    claims: tuple[Provenance, ...]


@dataclass(frozen=True)
class Pairing:
    """A launch flown by one claimed distance and one claimed apogee; `apogee_by` is None for the arc of least energy.

    flight_time_s, and its bounds: NaN where the figures have no ballistic arc; why: what speaks against them, mostly
    empty.
    """

    launch: str
    range_by: str
    distance_m: float
    apogee_by: str | None
    apogee_m: float
    flight_time_s: float
    flight_time_low_s: float
    flight_time_high_s: float
    loft: float
    at_least_m: float
    at_most_m: float
    why: str


def disagreements(names: Sequence[str]) -> list[Disagreement]:
    """Return every quantity of some launches about which claims differ.

    >>> [one.claims[0].parameter for one in disagreements(["gcat-2008-s32"])]
    ['objects', 'range_km']
    """
    held, known = load_launches(), dict(sources())
    found = []
    for name in names:
        for parameter, fact in facts_in(held[name]):
            if len({str(claim.value) for claim in fact.claims.values()}) > 1:
                found.append(Disagreement(name, held[name].title, tuple(rows_of(parameter, fact, known))))
    return found


def pairings(names: Sequence[str]) -> list[Pairing]:
    """Return each claimed distance of some launches, at both its ends, flown at least energy and with each apogee.

    >>> [(pair.range_by, round(pair.distance_m / 1e3), pair.apogee_by) for pair in pairings(["gcat-2008-s32"])]
    [('wonk-2008', 1200, None), ('iran-2008', 2012, None)]
    """
    return [pair for name in names for pair in _of(name, load_launches()[name])]


def _of(name: str, entry: LaunchEntry) -> Iterator[Pairing]:
    cases = list(product(_distances(entry), _apogees(entry)))
    if not cases:
        return
    site = site_place(entry.site.value)
    distances = np.array([distance for (_, distance), _ in cases])
    claimed = np.array([apogee for _, (_, apogee) in cases])
    apogees = np.where(np.isnan(claimed), minimum_energy(distances)[2], claimed)
    bearing = np.nan if entry.bearing_deg is None else np.deg2rad(entry.bearing_deg.value)
    place = {"latitude_rad": site.latitude_rad, "longitude_rad": site.longitude_rad, "bearing_rad": bearing}
    tests = shown(distances, apogees, **place)
    for i, ((range_by, distance), (apogee_by, _)) in enumerate(cases):
        yield Pairing(
            launch=name,
            range_by=range_by,
            distance_m=distance,
            apogee_by=apogee_by,
            apogee_m=float(apogees[i]),
            flight_time_s=float(tests.flight_time_s[i]),
            flight_time_low_s=float(tests.flight_time_low_s[i]),
            flight_time_high_s=float(tests.flight_time_high_s[i]),
            loft=float(tests.loft[i]),
            at_least_m=float(tests.at_least_m[i]) if apogee_by else distance,
            at_most_m=float(tests.at_most_m[i]) if apogee_by else distance,
            why=tests.why[i],
        )


def _distances(entry: LaunchEntry) -> list[tuple[str, float]]:
    claims = entry.range_km.claims if entry.range_km else {}
    return [(by, 1e3 * end) for by, claim in claims.items() for end in dict.fromkeys(claim.value)]


def _apogees(entry: LaunchEntry) -> list[tuple[str | None, float]]:
    """The claimed apogees, metres, after none: least energy, as those are that were computed from a range."""
    claims = entry.apogee_km.claims if entry.apogee_km else {}
    return [(None, np.nan), *((by, 1e3 * claim.value) for by, claim in claims.items() if claim.tag != "computed")]
