"""The report of a study from its folder: of its chunks, where all are kept, and nothing is flown again."""

from __future__ import annotations

from pathlib import Path

from jointwatch import __version__
from jointwatch.cli.errors import UserError
from jointwatch.cli.study_figures import figures_of, told_of
from jointwatch.cli.study_report import asked_as, drawn
from jointwatch.display.study.document import document
from jointwatch.studies.joint.file import StudyError, load
from jointwatch.studies.joint.measures import rows
from jointwatch.studies.joint.results import STUDY
from jointwatch.studies.joint.work import FOLDER, kept, key_of, path_of, plan_of


def report_of(folder: Path, form: str) -> bytes:
    """Return the report of a kept study as "html" or "pdf"; raises UserError where a part of it is not kept."""
    try:
        held, data = load(str(folder / STUDY))
        asked = asked_as(held, data, STUDY)
        plan = plan_of(data)
        _all_there(folder, data, len(plan))
        figures = figures_of(plan, list(rows(plan, kept(data, folder))), data, folder, asked=asked)
        return drawn(document(told_of(figures, data, asked=asked)), form)
    except StudyError as error:
        raise UserError(str(error)) from None


def _all_there(folder: Path, data: bytes, chunks: int) -> None:
    key = key_of(data)
    missing = sum(not path_of(folder / FOLDER, key, number).is_file() for number in range(chunks))
    if missing:
        raise StudyError(
            f"{folder}: {missing} of {chunks} chunks of the study are not kept there, as Jointwatch {__version__} "
            f"makes them; jointwatch study {folder / STUDY} --out {folder} computes them"
        )
