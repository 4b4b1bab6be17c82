"""What is printed of a study's sites: which mean speed was needed, beside each speed claimed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from jointwatch.cli.study_block import Part, block

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

    from jointwatch.studies.joint.chunk import Plan
    from jointwatch.studies.joint.launches import Cell
    from jointwatch.studies.joint.sites import Site
    from jointwatch.studies.joint.strategic import ReachRow


def reach_tables(plan: Plan, rows: Sequence[ReachRow]) -> Iterator[Text | Table]:
    """Return what is printed of each site of a study; nothing where it asks of none."""
    for site in plan.sites:
        held = [row for row in rows if row.site == site.name]
        parts = [part for cell in plan.cells if (part := _part(plan, site, cell, held)) is not None]
        columns = [("", 22), ("needed, km/s", 16), *((f"{speed:g}", 6) for _, speed in _speeds(site))]
        yield from block(f"From {site.title}", _note(site), columns, parts)


def _note(site: Site) -> str:
    claims = "; ".join(
        f"{name} {' to '.join(f'{speed:g}' for _, speed in ends)}"
        for name, ends in groupby(_speeds(site), key=lambda end: end[0])
    )
    beside = f", and the share of flights, %, that ask for no more than each speed claimed ({claims})" if claims else ""
    return (
        f"Mean speed needed after a flight was first tracked by any: median (10 % to 90 %){beside}. Nothing that would "
        "travel is modelled: a flight beyond a speed was out of reach, of one within nothing is said. By the "
        "catalogue's defaults; by party and side: reach.parquet"
    )


def _part(plan: Plan, site: Site, cell: Cell, rows: Sequence[ReachRow]) -> Part | None:
    from jointwatch.studies.joint.file import NEUTRAL, TOGETHER

    launches = (cell.origin.name, cell.to.name, cell.kind)
    held = [r for r in rows if (r.origin, r.to, r.vehicle, r.party, r.assumptions) == (*launches, TOGETHER, NEUTRAL)]
    if not any(row.flights for row in held):
        return None
    names = plan.study.architectures
    return cell.name, [_line(site, name, [row for row in held if row.architecture == name]) for name in names]


def _line(site: Site, architecture: str, rows: Sequence[ReachRow]) -> list[str]:
    needed = {row.measure: _speed(row.value) for row in rows if not row.claim}
    within = {(row.claim, row.speed_km_s): f"{100 * row.value:.1f}" for row in rows if row.claim}
    first = f"{needed['needed_50']} ({needed['needed_10']}-{needed['needed_90']})"
    return [f"  {architecture}", first, *(within[key] for key in _speeds(site))]


def _speeds(site: Site) -> list[tuple[str, float]]:
    """The claims of a site with the ends of what was said, from the lowest speed to the highest."""
    ends = {(claim.name, speed) for claim in site.claims for speed in (claim.low_km_s, claim.high_km_s)}
    return sorted(ends, key=lambda end: (end[1], end[0]))


def _speed(value: float) -> str:
    return "never" if value == float("inf") else f"{value:.1f}"
