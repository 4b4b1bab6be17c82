"""`jointwatch centre study`: propose the figures of a study as joint statements, and sign what another's agree with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jointwatch.cli.centre_accord import paper_of
from jointwatch.cli.centre_line import BY, DESK, FOLDER, drafting, hand_in, line_of
from jointwatch.cli.terminal import as_it_is

if TYPE_CHECKING:
    from jointwatch.centre.accord.papers import Paper
    from jointwatch.messages.accord import JointText
    from jointwatch.studies.joint.comparison import Differing
    from jointwatch.studies.joint.file import Study
    from jointwatch.studies.joint.measures import Row

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Propose the figures of a study as joint statements; compute another’s again, and sign what agrees.",
)
STUDY = Annotated[str, typer.Argument(help="A built-in study, or a TOML file.", metavar="STUDY")]
PAPERS = Annotated[list[str], typer.Argument(help="The proposals, such as moscow=3, as `accord` names them.")]
OUT = Annotated[Path | None, typer.Option(help="Folder of the study, to go on with; else studies/NAME.")]
WORKERS = Annotated[int | None, typer.Option(min=1, max=256, help="Processes that work on it.")]
SIGN = Annotated[bool, typer.Option("--sign", help="Sign what agrees, and dissent from the points that do not.")]


@app.command()
def propose(folder: FOLDER, study: STUDY, out: OUT = None, workers: WORKERS = None, by: BY = DESK) -> None:
    """Compute a study, or go on with it, and propose its figures as joint statements.

    Each is signed by `centre study check --sign` at the partners, who compute them again.
    """
    from jointwatch.centre import saying
    from jointwatch.centre.accord import drafting as drafts
    from jointwatch.studies.joint import statement

    held, data, rows = _computed(study, out, workers)
    with line_of(folder, by) as line, drafting():
        for text in statement.texts(held, data, rows):
            now, known = saying.by(line), line.accord()
            said = drafts.statement(now, known.standing, text, reason="computed; to be computed again and signed")
            receipts = saying.hand_in(line, said, act="propose", saying=now, text=text.title)
            ((_, index),) = receipts.places[: len(said)]
            typer.echo(as_it_is(f"{now.centre}={index}: proposes {text.title}, in {len(text.points)} points"))


@app.command()
def check(
    folder: FOLDER,
    study: STUDY,
    papers: PAPERS,
    out: OUT = None,
    workers: WORKERS = None,
    sign: SIGN = False,
    by: BY = DESK,
) -> None:
    """Compute a study again, and say which figures of proposed statements agree within the tolerance they state.

    With --sign the statements are signed; every point that holds a figure which does not agree is dissented from, and
    each such figure is named. Exit code 1 where any does not agree, or where all parts together leave some out.
    """
    from jointwatch.studies.joint import comparison
    from jointwatch.studies.joint.file import load

    with line_of(folder, by) as line, drafting():
        standing = line.accord().standing
        proposed = [_proposed(standing.paper(paper_of(standing, text)), text) for text in papers]
        stated = [text for _, text in proposed]
        asked = load(study)
        for text in stated:
            comparison.of_this(*asked, text)  # before it is computed, which takes a while
    held, data, rows = _computed(study, out, workers)
    with drafting():
        found = [comparison.compare(held, data, rows, text) for text in stated]
        unsaid = comparison.missing(held, rows, stated)
    for name, text, differing in zip(papers, stated, found, strict=True):
        _tell(name, text, differing)
    if unsaid:
        typer.echo(f"{len(unsaid)} measures of the study stand in none of these statements:")
        for one in unsaid:
            typer.echo(as_it_is(f"  {one}"))
    if sign:
        _sign(folder, [paper for paper, _ in proposed], found, by)
    if any(found) or (unsaid and comparison.is_whole(stated)):
        raise typer.Exit(1)


def _computed(name: str, out: Path | None, workers: int | None) -> tuple[Study, bytes, list[Row]]:
    """A study, its bytes and all that is stated of it, computed here as far as it is not kept."""
    from jointwatch.cli.errors import UserError
    from jointwatch.cli.study import computed
    from jointwatch.studies.joint.file import StudyError, load
    from jointwatch.studies.joint.stated import all_rows
    from jointwatch.studies.joint.work import kept

    try:
        held, data = load(name)
        folder = out or Path("studies") / held.name
        plan, rows = computed(data, folder, workers)
        return held, data, list(all_rows(plan, rows, lambda: kept(data, folder)))
    except StudyError as error:
        raise UserError(str(error)) from None


def _proposed(paper: Paper | None, name: str) -> tuple[Paper, JointText]:
    """A proposal and the statement that it holds."""
    if paper is None or paper.proposal.statement is None:
        raise ValueError(
            f"{name} proposes rules and no statement; `centre accord` shows which holds figures of a study"
        )
    return paper, paper.proposal.statement


def _tell(name: str, text: JointText, differing: Sequence[Differing]) -> None:
    points = {one.point for one in differing}
    agree = len(text.points) - 1 - len(points)
    typer.echo(as_it_is(f"{name}: {text.title}: {agree} of {len(text.points) - 1} points agree."))
    for one in differing:
        typer.echo(as_it_is(f"  point {one.point}: {one.sentence}"))


def _sign(folder: Path, papers: Sequence[Paper], found: Sequence[Sequence[Differing]], by: str) -> None:
    """Sign each statement, with a dissent from every point that does not agree."""
    from jointwatch.centre import saying
    from jointwatch.centre.accord import drafting as drafts
    from jointwatch.messages.accord import Dissent
    from jointwatch.studies.joint import comparison

    with line_of(folder, by) as line, drafting():
        for paper, differing in zip(papers, found, strict=True):
            now, known = saying.by(line), line.accord()
            against = comparison.dissents(differing)
            dissents = [Dissent(point=str(number), text=why) for number, why in against.items()]
            words = "computed again here; " + ("the other points agree" if against else "all figures it holds agree")
            said = drafts.signed(now, known.standing, paper.entry, dissents=dissents, text=words)
            hand_in(line, now, said, "dissent" if against else "agree", words)
