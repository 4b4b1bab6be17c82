"""`jointwatch centre consult`: ask another centre, reply, take back what was said, and see what is owed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, TypeVar, get_args

import typer

from jointwatch.cli.centre_line import BY, DESK, FOLDER, drafting, hand_in, line_of, named, reference
from jointwatch.cli.terminal import as_it_is

if TYPE_CHECKING:
    from jointwatch.centre.accord.consultation import Answer, Consultation

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Ask another centre, reply, take back what was said."
)

TO = Annotated[str, typer.Argument(help="The centre that is asked.", metavar="CENTRE")]
TEXT = Annotated[str, typer.Argument(help="What is said, in a sentence or two.", metavar="TEXT")]
ENTRY = Annotated[str, typer.Argument(help="LOG=INDEX, as `consult show` names it.", metavar="ENTRY")]
SUBJECT = Annotated[str, typer.Option(help="launch, object, plots, source, statement or line.")]
ABOUT = Annotated[list[str], typer.Option(help="LOG=INDEX of an entry in question; any number.")]
WITHIN = Annotated[float | None, typer.Option(min=1.0, help="Seconds after which no reply is waited for.")]
OUTCOME = Annotated[str, typer.Option(help='answered, "nothing held" or declined.')]
HELD = Annotated[list[str], typer.Option(help="LOG=INDEX of an entry that answers it; any number.")]
DISCLOSE = Annotated[list[str], typer.Option(help="LOG=INDEX of a released entry: what it withholds is shown.")]
AS_JSON = Annotated[bool, typer.Option("--json", help="As JSON, with everything it says.")]
Word = TypeVar("Word", bound=str)


@app.command()
def show(folder: FOLDER, by: BY = DESK, as_json: AS_JSON = False) -> None:
    """Show what was asked and answered between this centre and the others, and what is owed."""
    import msgspec

    with line_of(folder, by) as line:
        found = line.accord().consultations
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(found), indent=1).decode())
        return
    for one in found.queries:
        for text in _lines(one):
            typer.echo(as_it_is(text))
    for void in found.void:
        typer.echo(as_it_is(void.sentence))
    if not found.queries:
        typer.echo("Nobody asked anything.")


@app.command()
def ask(
    folder: FOLDER,
    to: TO,
    text: TEXT,
    subject: SUBJECT = "launch",
    about: ABOUT = [],  # noqa: B006 - typer copies it
    within: WITHIN = None,
    by: BY = DESK,
) -> None:
    """Ask another centre about something in the record, or about nothing that is in it."""
    from jointwatch.centre import saying
    from jointwatch.centre.accord import asking

    what: asking.Subject = _one_of("subject", subject, get_args(asking.Subject))
    with line_of(folder, by) as line, drafting():
        now = saying.by(line)
        entries = [reference(line, one) for one in about]
        until = None if within is None else now.now_tai_ns + round(within * 1e9)
        hand_in(line, now, [asking.query(now, to, what, text, about=entries, until_tai_ns=until)], "consult")


@app.command()
def reply(
    folder: FOLDER,
    entry: ENTRY,
    text: TEXT,
    outcome: OUTCOME = "answered",
    held: HELD = [],  # noqa: B006 - typer copies it
    disclose: DISCLOSE = [],  # noqa: B006
    by: BY = DESK,
) -> None:
    """Reply to a query: with what is held, that nothing is, or that it is declined.

    With --disclose the reply carries the whole internal entry behind one that was released masked or in part; whoever
    reads it can prove that it is the one.
    """
    from jointwatch.centre import saying
    from jointwatch.centre.accord import asking

    how: asking.Outcome = _one_of("outcome", outcome, get_args(asking.Outcome))
    with line_of(folder, by) as line, drafting():
        now, asked = saying.by(line), line.entry(*named(entry))
        if asked.message is None:
            raise ValueError(f"what stands at {entry} is of a later version, and cannot be replied to")
        entries = [reference(line, one) for one in held]
        shown = [line.disclosure(*named(one)) for one in disclose]
        said = asking.reply(now, (asked.reference, asked.message), how, text, entries=entries, disclosed=shown)
        hand_in(line, now, [said], "reply")


@app.command()
def withdraw(folder: FOLDER, entry: ENTRY, text: TEXT, by: BY = DESK) -> None:
    """Take back a query, a reply, a report or a notice of this centre's own. It stays in its log."""
    from jointwatch.centre import saying
    from jointwatch.centre.accord import asking

    with line_of(folder, by) as line, drafting():
        now = saying.by(line)
        hand_in(line, now, [asking.withdrawal(now, reference(line, entry), text)], "withdraw")


def _one_of(what: str, given: str, known: tuple[Word, ...]) -> Word:
    from jointwatch.cli.errors import UserError

    found = next((word for word in known if word == given), None)
    if found is None:
        raise UserError(f"--{what} is one of {', '.join(known)}; it is {given!r}")
    return found


def _lines(one: Consultation) -> Iterator[str]:
    from jointwatch.earth.timescale import now_tai_ns, utc_from_tai_ns

    said, at = one.said, f"{one.entry.log}={one.entry.index}"
    until = f", until {utc_from_tai_ns(one.until_tai_ns, digits=0)}" if one.until_tai_ns is not None else ""
    yield f"{at}: {said.origin} asks {said.to} about {said.subject}, {one.state(now_tai_ns())}{until}: {said.text}"
    yield from (f"  about entry {entry.index} of {entry.log}" for entry in said.about)
    for answer in one.replies:
        yield from _answer(answer)


def _answer(answer: Answer) -> Iterator[str]:
    said = answer.said
    notes: list[str] = [said.outcome]
    notes += ["late"] if answer.late else []
    notes += ["taken back"] if answer.withdrawn else []
    yield f"  {said.origin}, {', '.join(notes)}: {said.text} ({answer.entry.log}={answer.entry.index})"
    yield from (f"    entry {entry.index} of {entry.log}" for entry in said.entries)
    yield from (f"    {sentence}" for sentence in answer.disclosed)
