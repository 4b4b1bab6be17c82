"""The parts of a study's report that not every study has: its package, its sites and rings, its programme."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from jointwatch.assessment.programme.capability import Capability
from jointwatch.catalogue import shelf
from jointwatch.catalogue.fact import OURS
from jointwatch.catalogue.places import site_place
from jointwatch.cli.report_inputs import words as parameter_words
from jointwatch.cli.study_programme import account_of
from jointwatch.display.study import cells, parts, places
from jointwatch.studies.joint.chunk import Plan
from jointwatch.studies.joint.file import NEUTRAL, TOGETHER
from jointwatch.studies.joint.given import EXCHANGE
from jointwatch.studies.joint.overall import differ, pooled
from jointwatch.studies.joint.sites import Ring, Site, rings_of
from jointwatch.studies.joint.strategic import PARTS, WITHIN, ReachRow
from jointwatch.studies.joint.worth import UNITS, WorthRow
from jointwatch.studies.programme.chronology import READINGS, iran_tests_2006_2010
from jointwatch.studies.programme.growth import Ring as Shown
from jointwatch.studies.programme.growth import growth, reach_by_year
from jointwatch.studies.programme.noticed import Watched
from jointwatch.studies.programme.tables import Table


def package(plan: Plan, rows: Sequence[WorthRow], briefs: Mapping[str, str]) -> parts.Package | None:
    """Return what the elements of a study's package are worth; None where it has none.

    briefs: titles of the study's architectures, by which an alternative of the same name is called.
    """
    if plan.package is None:
        return None
    given = plan.package.given
    by: dict[tuple[str, ...], list[WorthRow]] = {}
    for row in rows:
        by.setdefault((row.party, row.assumptions, row.measure, row.figure, row.of), []).append(row)
    whole = {key: _pooled(held) for key, held in by.items() if any(row.flights for row in held)}
    worths = list(_worths(whole))
    return parts.Package(
        elements=tuple(cells.Named(name, _element(name, given.elements.get(name, ()))) for name in given.names),
        alternatives=tuple(cells.Named(name, _alternative(name, briefs)) for name in given.alternatives or {}),
        measures=tuple(given.measures),
        figures={
            (r.origin, r.to, r.vehicle, r.party, r.assumptions, r.measure, r.figure, r.of): _figure(r) for r in rows
        },
        pooled=whole,
        parted=tuple(one for one in worths if differ(list(one.by.values()), UNITS[one.measure])),
        compared=len(worths),
    )


def _worths(pooled: Mapping[tuple[str, ...], cells.Figure]) -> Iterator[parts.Parted]:
    """What each element is worth to each party and each alternative adds, by every set of assumptions."""
    sets: dict[tuple[str, str, str, str], dict[str, cells.Figure]] = {}
    for (party, assumed, measure, figure, of), told in pooled.items():
        if figure in ("share", "adds"):
            sets.setdefault((party, measure, figure, of), {})[assumed] = told
    return (parts.Parted(*key, by) for key, by in sets.items())


def reach(plan: Plan, rows: Sequence[ReachRow]) -> tuple[parts.Reach, ...]:
    """Return for each site of a study which mean speeds were needed, beside those that were claimed."""
    return tuple(_reach(site, [row for row in rows if row.site == site.name]) for site in plan.sites)


def rings(plan: Plan) -> tuple[places.Circle, ...]:
    """Return the rings a study draws, each with whose range it is."""
    return tuple(_circle(ring, number) for number, ring in enumerate(rings_of(plan.study)))


def _element(name: str, radars: Sequence[str]) -> str:
    if name == EXCHANGE and not radars:
        return "the exchange of data"
    titles = shelf.titles("radars")
    return ", ".join(titles[radar].partition(" (")[0].partition(",")[0] for radar in radars)


def _alternative(name: str, briefs: Mapping[str, str]) -> str:
    """What an alternative is called: as the architecture that it begins the name of, where there is one."""
    found = (brief for architecture, brief in briefs.items() if f"{architecture}-".startswith(f"{name}-"))
    return next(found, name.replace("-", " "))


def _figure(row: WorthRow | ReachRow) -> cells.Figure:
    return cells.Figure(row.value, row.low, row.high, row.flights, row.unit)


def _pooled(rows: Sequence[WorthRow]) -> cells.Figure:
    told = pooled(rows)
    return cells.Figure(told.value, told.low, told.high, told.flights, rows[0].unit)


def _reach(site: Site, rows: Sequence[ReachRow]) -> parts.Reach:
    together = [row for row in rows if row.party == TOGETHER]
    by = {(*_of(row), row.measure, row.claim, f"{row.speed_km_s:g}"): _figure(row) for row in together}
    views = dict.fromkeys(_of(row) for row in together)
    return parts.Reach(
        site=places.Site(site.name, site.title, *np.rad2deg([site.latitude_rad, site.longitude_rad]).tolist()),
        speeds=tuple(sorted(_speeds(site), key=lambda one: (one.speed_km_s, one.claim))),
        needed={view: tuple(by[*view, part, "", "nan"] for part in PARTS) for view in views},
        within={(*key[:-3], *key[-2:]): figure for key, figure in by.items() if key[-3] == WITHIN},
    )


def _of(row: ReachRow) -> tuple[str, ...]:
    return row.origin, row.to, row.vehicle, row.architecture, row.assumptions


def _speeds(site: Site) -> Iterator[parts.Speed]:
    for claim in site.claims:
        for speed in sorted({claim.low_km_s, claim.high_km_s}):
            yield parts.Speed(claim.name, claim.claimant, speed, claim.tag, claim.tag in OURS)


def _circle(ring: Ring, number: int) -> places.Circle:
    title = f"{ring.title}: {ring.range_km:g} km ({ring.claimant}{', assumed' if ring.tag in OURS else ''})"
    longitude, latitude = (np.rad2deg(side).tolist() for side in (ring.longitude_rad, ring.latitude_rad))
    return places.Circle(title, tuple(longitude), tuple(latitude), number)


def programme(of_class: list[Watched], of_region: list[Watched], called: Mapping[str, str]) -> parts.Programme:
    """Return the account of Iran's tests: its growth by whose word, its rings by year, its tables.

    of_class, of_region: what of each class every view misses. called: what a reader calls what stands in the tables.
    """
    tests = {name: iran_tests_2006_2010(reading) for name, reading in READINGS.items()}
    tables = account_of(of_class, of_region)
    return parts.Programme(
        growth={name: tuple(_steps(by)) for name, by in growth(tests, 2006, 2010).items()},
        rings=tuple(_shown(reach_by_year())),
        rings_from=site_place("semx").title,
        tables=tuple(_read(told, called) for told in tables),
    )


def _read(told: Table, called: Mapping[str, str]) -> parts.Text:
    rows = (tuple(called.get(cell, cell) for cell in row) for row in told.rows)
    head = tuple(called.get(name, name) for name in told.head)
    return parts.Text(called.get(told.title, told.title), head, tuple(rows), told.note)


def names_in_tables(plan: Plan, briefs: Mapping[str, str]) -> dict[str, str]:
    """Return what a reader calls the classes, regions, parties, quantities and titles of a programme's tables."""
    parties = {name: party.title for name, party in plan.study.parties.items()} | {TOGETHER: "all of them together"}
    assumed = {NEUTRAL: "by the neutral assumptions"} | {name: f"as {title} assumes" for name, title in parties.items()}
    pairs = {(cell.origin.name, cell.to.name): (cell.origin.title, cell.to.title) for cell in plan.cells}
    missed = {
        f"Missed by {party} with {architecture}, as {name} assumes": f"Missed by {title} with {brief}, {words}"
        for party, title in parties.items()
        for architecture, brief in briefs.items()
        for name, words in assumed.items()
    }
    return (
        dict(shelf.titles("vehicles"))
        | {f"{origin} to {to}": " to ".join(titles) for (origin, to), titles in pairs.items()}
        | parties
        | {f"as {name} assumes": words for name, words in assumed.items()}
        | {name: parameter_words(name) for name in ("range_km", "apogee_km", "payload_kg", "objects")}
        | {f"Missed with {name}, by class and regions, %": f"Missed with {brief}, by class and regions, %"
           for name, brief in briefs.items()}
        | missed
    )  # fmt: skip


def _steps(by: Capability) -> Iterator[parts.Step]:
    for day, least, most in zip(by.days, by.at_least_m, by.at_most_m, strict=True):
        yield parts.Step(int(str(day)[:4]), float(least) / 1e3, float(most) / 1e3)


def _shown(rings: Sequence[Shown]) -> Iterator[places.Circle]:
    """The rings of a programme, years in which one stayed the same as one."""
    same: dict[tuple[str, str, float], list[Shown]] = {}
    for one in rings:
        same.setdefault((one.kind, one.bound, one.range_m), []).append(one)
    for number, ((kind, bound, range_m), held) in enumerate(same.items()):
        years = sorted(one.year for one in held)
        when = f"{years[0]} to {years[-1]}" if len(years) > 1 else str(years[0])
        longitude, latitude = held[0].lonlat_deg[:-1].T.tolist()
        title = f"end of {when}, {kind}, {bound} {range_m / 1e3:.0f} km"
        yield places.Circle(title, tuple(longitude), tuple(latitude), number)
