"""All figures of a study that was worked through, from its chunks: what is printed, written and told of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jointwatch.cli.study_programme import PROGRAMME, by_region, programme_files
from jointwatch.cli.study_report import study_data
from jointwatch.display.study.data import StudyData
from jointwatch.studies.joint import grids, results, strategic, worth
from jointwatch.studies.joint.chunk import Plan
from jointwatch.studies.joint.measures import Row
from jointwatch.studies.joint.strategic import ReachRow
from jointwatch.studies.joint.work import kept
from jointwatch.studies.joint.worth import WorthRow
from jointwatch.studies.programme.noticed import Watched


@dataclass(frozen=True)
class Figures:
    """The figures of a study: its rows, its package's, its sites', and of a programme's tests what was missed."""

    plan: Plan
    rows: Sequence[Row]
    worth: Sequence[WorthRow]
    reach: Sequence[ReachRow]
    missed: tuple[list[Watched], list[Watched]] | None


def figures_of(plan: Plan, rows: Sequence[Row], data: bytes, folder: Path, *, asked: str) -> Figures:
    """Return all figures of a study, whose rows are known, from the chunks in its folder; raises StudyError.

    asked: the study as it was named on the command line.
    """
    return Figures(
        plan,
        rows,
        list(worth.worth_rows(plan, kept(data, folder))),
        list(strategic.reach_rows(plan, kept(data, folder))),
        by_region(plan, data, folder) if asked == PROGRAMME else None,
    )


def write(figures: Figures, data: bytes, folder: Path) -> tuple[Path, ...]:
    """Write the figures beside the chunks they are of; raises StudyError where one file cannot be written."""
    groups = grids.groups(figures.plan, figures.worth, figures.reach)
    return (
        *results.write(figures.plan, data, figures.rows, folder, groups),
        *worth.write(figures.worth, folder),
        *strategic.write(figures.plan, figures.reach, folder),
        *(programme_files(figures.missed[1], folder) if figures.missed else ()),
    )


def told_of(figures: Figures, data: bytes, *, asked: str) -> StudyData:
    """Return what the report of a study says."""
    return study_data(
        figures.plan,
        data,
        figures.rows,
        asked=asked,
        worth=figures.worth,
        reach=figures.reach,
        missed=figures.missed,
    )
