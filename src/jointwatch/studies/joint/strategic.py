"""The strategic question, as geometry: which mean speed each flight would have asked for, beside what was claimed.

For each cell, site and view: how the needed speeds are distributed (`needed_10` to `needed_90`, km/s: of so many per
cent of the flights it is no higher; infinite where they were never tracked), and for each speed claimed in public the
share of flights that ask for no more (`within`). A claimed speed is taken as if it were a mean speed from the first
second on, which is more than anything does: of a flight beyond it, it is certain that it was out of reach; of one
within, nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from jointwatch.earth.arrays import Floats
from jointwatch.studies.joint.chunk import Columns, Plan
from jointwatch.studies.joint.deployment import View
from jointwatch.studies.joint.intervals import Told, quantiles, share
from jointwatch.studies.joint.launches import Cell
from jointwatch.studies.joint.measures import table_of
from jointwatch.studies.joint.results import whole
from jointwatch.studies.joint.sites import Ring, Site, rings_of

PARQUET, RINGS = "reach.parquet", "rings.parquet"
PARTS = {"needed_10": 0.1, "needed_25": 0.25, "needed_50": 0.5, "needed_75": 0.75, "needed_90": 0.9}
WITHIN = "within"


@dataclass(frozen=True, slots=True)
class ReachRow:
    """One figure: from which site, to which flights, tracked by whom, under whose assumptions; and its interval.

    claim, claimant, speed_km_s: of a share within a claimed speed; empty and NaN for the speeds needed.
    """

    origin: str
    to: str
    vehicle: str
    site: str
    architecture: str
    party: str
    assumptions: str
    measure: str
    unit: str
    claim: str
    claimant: str
    speed_km_s: float
    value: float
    low: float
    high: float
    flights: int


@dataclass(frozen=True, slots=True)
class RingPoint:
    """One point of a ring, degrees, and whose range it stands for."""

    system: str
    title: str
    claim: str
    claimant: str
    source: str
    tag: str
    range_km: float
    latitude_deg: float
    longitude_deg: float


def reach_rows(plan: Plan, chunks: Iterable[Columns]) -> Iterator[ReachRow]:
    """Return the figures of a study's sites from its chunks in the order of their numbers; none without sites."""
    queue = iter(chunks)
    if not plan.sites:
        return
    for cell in plan.cells:
        parts = [next(queue).needed_speed for _ in range(plan.chunks_of_a_cell)]
        speeds_km_s = np.concatenate(parts, axis=-1).astype(np.float64) / 1e3
        for s, site in enumerate(plan.sites):
            told = [list(_told(site, of_view)) for of_view in speeds_km_s[s]]
            for view, number in zip(plan.deployment.views, plan.view_of, strict=True):
                for measure, unit, claim, claimant, speed, one in told[number]:
                    yield _row(cell, site, view, (measure, unit, claim, claimant, speed), one)


def write(plan: Plan, rows: Sequence[ReachRow], out: Path) -> tuple[Path, ...]:
    """Write the figures of the sites, and the rings, beside the results of a study that has them.

    Raises StudyError where that cannot be done.
    """
    written = []
    if rows:
        written.append(_parquet(out / PARQUET, table_of(rows, ReachRow)))
    rings = rings_of(plan.study)
    if rings:
        written.append(_parquet(out / RINGS, table_of(_points(rings), RingPoint)))
    return tuple(written)


def _parquet(path: Path, table: dict[str, list[object]]) -> Path:
    import polars as pl

    return whole(path, lambda beside: pl.DataFrame(table).write_parquet(beside))


def _told(site: Site, needed_km_s: Floats) -> Iterator[tuple[str, str, str, str, float, Told]]:
    """The figures of a site and a view: measure, unit, claim, claimant, speed, and what is told."""
    for name, told in zip(PARTS, quantiles(needed_km_s, tuple(PARTS.values())), strict=True):
        yield name, "km/s", "", "", float("nan"), told
    for claim in site.claims:
        for speed in sorted({claim.low_km_s, claim.high_km_s}):
            yield WITHIN, "share", claim.name, claim.claimant, speed, share(needed_km_s <= speed)


def _row(cell: Cell, site: Site, view: View, what: tuple[str, str, str, str, float], told: Told) -> ReachRow:
    return ReachRow(
        cell.origin.name, cell.to.name, cell.kind, site.name, view.architecture, view.party, view.assumptions, *what,
        told.value, told.low, told.high, told.flights,
    )  # fmt: skip


def _points(rings: Iterable[Ring]) -> Iterator[RingPoint]:
    for held in rings:
        about = (held.name, held.title, held.claim, held.claimant, held.source, held.tag, held.range_km)
        for north, east in np.rad2deg(np.column_stack([held.latitude_rad, held.longitude_rad])):
            yield RingPoint(*about, float(north), float(east))
