"""`jointwatch report`: the report of a run or of a study, drawn again from its folder."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from jointwatch.cli.errors import UserError

app = typer.Typer(add_completion=False)
RUN, STUDY = "run.json", "study.toml"


class Format(StrEnum):
    """What a report is drawn as."""

    HTML = "html"
    PDF = "pdf"


@app.command()
def report(
    folder: Annotated[Path, typer.Argument(help="The folder of a run or of a study.", metavar="RUN_OR_STUDY_DIR")],
    form: Annotated[Format, typer.Option("--format", help="PDF is set by typst: the extra [pdf].")] = Format.HTML,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Else report.html or .pdf in a study's folder, beside a run's.")
    ] = None,
) -> None:
    """Draw the report of a run or of a study again, from what its folder keeps.

    A study is not computed again: all its chunks must be there. Of a run every byte is verified first, and its folder
    stays as it is: its manifest lists what belongs there.
    """
    from jointwatch.cli.study import typst_is_there

    if form is Format.PDF:
        typst_is_there()
    if (folder / STUDY).is_file():
        from jointwatch.cli import study_kept

        made, file = study_kept.report_of(folder, form.value), out or folder / f"report.{form.value}"
    elif (folder / RUN).is_file():
        from jointwatch.cli import report_kept

        file = _outside(folder, out or folder.resolve().with_name(f"{folder.resolve().name}-report.{form.value}"))
        made = report_kept.report_of(folder, form.value)
    else:
        raise UserError(f"{folder} is the folder of no run and of no study: neither {RUN} nor {STUDY} is in it")
    _write(file, made)
    typer.echo(file)


def _outside(folder: Path, file: Path) -> Path:
    if file.resolve().is_relative_to(folder.resolve()):
        raise UserError(f"--out {file}: the manifest of the run lists every file of {folder}; give a place outside it")
    return file


def _write(file: Path, made: bytes) -> None:
    from jointwatch.studies.joint.results import whole

    try:
        whole(file, lambda path: path.write_bytes(made))
    except ValueError as error:
        raise UserError(str(error).partition("; ")[0] + "; give another --out") from None
