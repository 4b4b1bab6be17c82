"""`jointwatch study`: what each architecture would have seen of whole bundles of launches, for each side."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jointwatch.cli.errors import UserError
from jointwatch.cli.terminal import as_it_is, print_line

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table

    from jointwatch.cli.study_figures import Figures
    from jointwatch.display.study.data import StudyData
    from jointwatch.studies.joint.chunk import Plan
    from jointwatch.studies.joint.measures import Row

app = typer.Typer(add_completion=False)
_INTERRUPTED = 130


@app.command()
def study(
    name: Annotated[str, typer.Argument(metavar="STUDY", help="A built-in study, or a TOML file of your own.")],
    out: Annotated[Path | None, typer.Option(help="Folder to write, or to go on with; else studies/NAME.")] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, max=256, help="Processes that work on it; else one for each processor.")
    ] = None,
    cluster: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="A Dask scheduler, tcp://HOST:PORT, whose workers do it.")
    ] = None,
    pdf: Annotated[bool, typer.Option("--pdf", help="The report as PDF too, set by typst: the extra [pdf].")] = False,
) -> None:
    """Compute what architectures would have seen of bundles of launches, for each party, as each side assumes.

    Writes the study, its report (report.html), its figures with their intervals (results.parquet, results.nc) and its
    finished chunks, with which an interrupted study goes on. The figures are the same to the bit for any number of
    workers, here or on a cluster.
    """
    from jointwatch.cli import study_figures, study_report
    from jointwatch.display.study.document import document
    from jointwatch.studies.joint.file import StudyError, load

    if workers and cluster:
        raise UserError("--workers and --cluster: the work is done here or there; give one of them")
    if pdf:
        typst_is_there()
    try:
        held, data = load(name)
        folder = out or Path("studies") / held.name
        plan, rows = computed(data, folder, workers, cluster)
        figures = study_figures.figures_of(plan, rows, data, folder, asked=name)
        files = study_figures.write(figures, data, folder)
        told = study_figures.told_of(figures, data, asked=name)
        files += study_report.write(document(told), folder, pdf=pdf)
    except StudyError as error:
        raise UserError(str(error)) from None
    _print(figures, told, files)


def _print(figures: Figures, told: StudyData, files: Sequence[Path]) -> None:
    """Print what was asked, the tables, and at the end the answer and where everything stands."""
    from rich.console import Console

    console = Console(highlight=False)
    print_line(console, told.title, style="bold")
    for line in (*told.summary.splitlines(), ""):
        console.print(as_it_is(line), markup=False)
    for part in _printed(figures, console.width):
        console.print(part)
    for line in _ending(figures.plan, figures.rows, told, files):
        console.print(as_it_is(line), markup=False, soft_wrap=line.startswith("  "))


def _printed(figures: Figures, width: int) -> Iterator[RenderableType]:
    from jointwatch.cli.study_package import package_tables
    from jointwatch.cli.study_programme import programme_tables
    from jointwatch.cli.study_reach import reach_tables

    yield from _tables(figures.plan, figures.rows)
    yield from package_tables(figures.plan, figures.worth)
    yield from reach_tables(figures.plan, figures.reach)
    if figures.missed:
        yield from programme_tables(*figures.missed, width)


def computed(data: bytes, folder: Path, workers: int | None, cluster: str | None = None) -> tuple[Plan, list[Row]]:
    """Return the plan of a study and all its rows, with progress on standard error."""
    from rich.progress import Progress

    from jointwatch.studies.joint.file import StudyError
    from jointwatch.studies.joint.measures import rows
    from jointwatch.studies.joint.work import plan_of, work_through

    plan = plan_of(data)
    with _stopped(folder), Progress(console=_errors(), transient=True) as progress:
        task = progress.add_task("flights", total=len(plan))
        chunks = work_through(
            data,
            folder,
            workers=workers or _processors(),
            cluster=cluster,
            done=lambda there: progress.update(task, completed=there),
        )
        found = list(rows(plan, chunks))
    if not any(row.value > 0 for row in found if row.measure == "in_reach"):
        raise StudyError(
            "launches: no class reaches any destination from where it is launched, so that there is no flight to be "
            "seen; take other classes or destinations"
        )
    return plan, found


def typst_is_there() -> None:
    """Raise UserError where a PDF cannot be set."""
    from jointwatch.display.study import sheets

    try:
        sheets.check()
    except sheets.TypstMissingError as error:
        raise UserError(str(error)) from None


@contextmanager
def _stopped(folder: Path) -> Iterator[None]:
    """A study that is interrupted says that it can go on."""
    try:
        yield
    except KeyboardInterrupt:
        typer.echo(f"jointwatch: interrupted; what was finished is kept in {folder}: run it again to go on", err=True)
        raise typer.Exit(_INTERRUPTED) from None


def _tables(plan: Plan, rows: Sequence[Row]) -> Iterator[Table]:
    """One table for each region, destination and class that has flights."""
    for cell in plan.cells:
        key = (cell.origin.name, cell.to.name, cell.kind)
        held = {
            (r.architecture, r.party, r.assumptions, r.measure): r for r in rows if (r.origin, r.to, r.vehicle) == key
        }
        reach = held["", "", "", "in_reach"]
        flights = round(reach.value * reach.flights)
        title = f"{cell.name}: {flights:,} flights, {reach.value:.0%} of the pairs of places are in reach"
        yield _table(plan, held, title) if flights else _empty(title)


def _table(plan: Plan, held: dict[tuple[str, str, str, str], Row], title: str) -> Table:
    from jointwatch.studies.joint.file import NEUTRAL

    table, sides = _empty(title), list(plan.study.parties)
    table.add_column("seen by")
    for column in ("detected, %", f"as {' / '.join(sides)} assume", "first", "left"):
        table.add_column(column, justify="right")
    before = ""
    for view in (view for view in plan.deployment.views if view.assumptions == NEUTRAL):
        key = (view.architecture, view.party)
        assumed = " / ".join(f"{100 * held[*key, side, 'detected'].value:.1f}" for side in sides)
        times = [_seconds(held[*key, NEUTRAL, name]) for name in ("first_after_launch", "time_left")]
        if view.architecture != before:
            table.add_row(f"[bold]{view.architecture}[/bold]")
        table.add_row(f"  {view.party}", _share(held[*key, NEUTRAL, "detected"]), assumed, *times)
        before = view.architecture
    return table


def _empty(title: str) -> Table:
    from rich import box
    from rich.table import Table

    return Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False)


def _share(row: Row) -> str:
    return f"{100 * row.value:.1f} ({100 * row.low:.1f}-{100 * row.high:.1f})"


def _seconds(row: Row) -> str:
    return f"{row.value:.0f} s" if row.flights else "never"


def _ending(plan: Plan, rows: Sequence[Row], told: StudyData, files: Sequence[Path]) -> Iterator[str]:
    """The answer, of how many flights it is, and where everything stands: what is read first on a terminal."""
    from jointwatch.display.study.answer import answer

    flights = sum(round(row.value * row.flights) for row in rows if row.measure == "in_reach")
    radars = {sensor.radar.name for sensor in plan.deployment.sensors}
    yield (
        "In the tables: shares with their 95 % intervals, by the catalogue's defaults and as each side assumes; "
        "medians of the time of first detection after launch, and from then to impact."
    )
    yield ""
    for about, sentence in answer(told):
        yield f"{about}. {sentence}".replace("\xa0", " ").replace("\u202f", ",")  # as a terminal has them
    yield ""
    yield (
        f"{flights:,} flights of {len(plan.cells) * plan.study.count:,} pairs of places, {len(radars)} radars, "
        f"{len(rows):,} figures. Written:"
    )
    yield from (f"  {path}" for path in files)


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _errors() -> Console:
    from rich.console import Console

    return Console(stderr=True)
