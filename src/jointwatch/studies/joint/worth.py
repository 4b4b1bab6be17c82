"""What a study says of its package: for each cell, party and set of assumptions every figure with its interval.

A figure is of a `subset` of the elements (the measure itself), or of what an element is worth: `alone`, `on_top` of all
others, by its `share` (the Shapley value), or two of them `together` (their interaction). Of two alternatives: neither,
one, the other, both (`alternative`), what one `adds` to the other, and by how much the two are worth more together
than apart (`more_together`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from jointwatch.studies.joint.chunk import Columns, Plan
from jointwatch.studies.joint.elements import Figure
from jointwatch.studies.joint.intervals import Told, mean_of_sums, share_of
from jointwatch.studies.joint.launches import Cell
from jointwatch.studies.joint.measures import table_of
from jointwatch.studies.joint.results import whole

UNITS = {"detected": "share", "warning": "s", "track_time": "s"}
"""Measures of which a package can be worth something, and their units. detected: probability of at least one detection;
warning: time from the first, where that probability is one half, to impact, none being 0 s; track_time: time in which
some radar holds the flight. All means over flights."""
PARQUET = "package.parquet"
MEASURED = ("subset", "alternative")  # figures that are the measure itself, and not a difference


@dataclass(frozen=True, slots=True)
class WorthRow:
    """One figure of a package: of which flights, for whom, as who assumes, in which measure; and its interval.

    of: elements or alternatives, joined by "+"; empty for none.
    """

    origin: str
    to: str
    vehicle: str
    party: str
    assumptions: str
    measure: str
    unit: str
    figure: str
    of: str
    value: float
    low: float
    high: float
    flights: int


def worth_rows(plan: Plan, chunks: Iterable[Columns]) -> Iterator[WorthRow]:
    """Return the figures of a study's package from its chunks in the order of their numbers; none without a package."""
    package, queue = plan.package, iter(chunks)
    if package is None:
        return
    for cell in plan.cells:
        held = [next(queue) for _ in range(plan.chunks_of_a_cell)]
        n = sum(map(len, held))
        total, squares = (sum(getattr(part, name)[..., 0] for part in held) for name in _SUMS)
        for g, (party, assumed) in enumerate(package.groups):
            for q, measure in enumerate(package.given.measures):
                for f, figure in enumerate(package.figures):
                    told = _told(measure, figure, float(total[g, q, f]), float(squares[g, q, f]), n)
                    yield _row(cell, party, assumed, measure, figure, told)


def write(rows: Sequence[WorthRow], out: Path) -> tuple[Path, ...]:
    """Write the figures of a package, where there are any, beside the results of its study.

    Raises StudyError where that cannot be done.
    """
    import polars as pl

    if not rows:
        return ()
    return (whole(out / PARQUET, lambda path: pl.DataFrame(table_of(rows, WorthRow)).write_parquet(path)),)


_SUMS = ("package_sum", "package_square")


def _told(measure: str, figure: Figure, total: float, squares: float, n: int) -> Told:
    if UNITS[measure] == "share" and figure.name in MEASURED:
        return share_of(total / n if n else 0.0, n)
    return mean_of_sums(total, squares, n)


def _row(cell: Cell, party: str, assumed: str, measure: str, figure: Figure, told: Told) -> WorthRow:
    return WorthRow(
        cell.origin.name, cell.to.name, cell.kind, party, assumed, measure, UNITS[measure], figure.name,
        "+".join(figure.of), told.value, told.low, told.high, told.flights,
    )  # fmt: skip
