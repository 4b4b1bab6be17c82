"""All figures of a study as two centres state them: its rows, what its package is worth, and those of its sites.

Each is a row whose `radar` names what it is of: a radar by itself, elements of the package ("none" for none of them), a
site, or a site with a claimed speed. Subsets of the package that are no alternative are not stated: what the elements
are worth follows from them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from jointwatch.studies.joint import measures, strategic, worth
from jointwatch.studies.joint.chunk import Columns, Plan
from jointwatch.studies.joint.measures import Row
from jointwatch.studies.joint.strategic import ReachRow
from jointwatch.studies.joint.worth import WorthRow

PACKAGE, SITE = "package_", "site_"
"""With what the measures of a package and of a site begin."""
POINTS = "points"
"""The unit of a difference of shares, which may be below 0."""


def all_rows(plan: Plan, rows: Iterable[Row], chunks: Callable[[], Iterable[Columns]]) -> Iterator[Row]:
    """Return the rows of a study and, as rows, the figures of its package and its sites from its chunks."""
    yield from rows
    yield from (of_package(row) for row in worth.worth_rows(plan, chunks()) if row.figure != "subset")
    yield from map(of_site, strategic.reach_rows(plan, chunks()))


def of_package(row: WorthRow) -> Row:
    """Return a figure of a package as a row without an architecture."""
    name = f"{PACKAGE}{row.figure}_{row.measure}"
    return Row(
        row.origin, row.to, row.vehicle, "", row.party, row.assumptions, name, unit_of(name), row.value, row.low,
        row.high, row.flights, radar=row.of or "none",
    )  # fmt: skip


def of_site(row: ReachRow) -> Row:
    """Return a figure of a site as a row."""
    of = f"{row.site}+{row.claim}+{row.speed_km_s:g}" if row.claim else row.site
    return Row(
        row.origin, row.to, row.vehicle, row.architecture, row.party, row.assumptions, f"{SITE}{row.measure}", row.unit,
        row.value, row.low, row.high, row.flights, radar=of,
    )  # fmt: skip


def unit_of(measure: str) -> str:
    """Return the unit of a measure as it is stated, empty for one that is not known.

    >>> [unit_of(name) for name in ("detected", "package_adds_detected", "package_alternative_detected", "site_within")]
    ['share', 'points', 'share', 'share']
    """
    if measure.startswith(SITE):
        return "share" if measure == f"{SITE}{strategic.WITHIN}" else "km/s"
    if not measure.startswith(PACKAGE):
        return measures.UNITS.get(measure, "")
    figure = next((name for name in worth.MEASURED if measure.startswith(f"{PACKAGE}{name}_")), "")
    unit = next((unit for name, unit in worth.UNITS.items() if measure.endswith(f"_{name}")), "")
    return POINTS if unit == "share" and not figure else unit
