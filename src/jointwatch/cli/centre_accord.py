"""`jointwatch centre accord|propose|agree|dissent|withdraw`: what centres sign together."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jointwatch.cli.centre_line import BY, DESK, FOLDER, drafting, hand_in, line_of, named, reference
from jointwatch.cli.terminal import as_it_is

if TYPE_CHECKING:
    from jointwatch.centre.accord.papers import Standing
    from jointwatch.messages.reference import EntryReference

PAPER = Annotated[str, typer.Argument(help="The proposal, such as moscow=3: as `centre accord` names it.")]
AS_JSON = Annotated[bool, typer.Option("--json", help="As JSON, with everything it says.")]
TITLE = Annotated[str | None, typer.Option(help="Propose a joint statement of this title.")]
POINT = Annotated[list[str], typer.Option(help="A point of the statement; any number, numbered from 1.")]
ABOUT = Annotated[list[str], typer.Option(help="LOG=INDEX of an entry that the statement rests on.")]
RULES = Annotated[Path | None, typer.Option(help="Propose the rules in this TOML file.")]
WITH = Annotated[list[str], typer.Option("--with", help="Propose that this partner joins; without rules, first ones.")]
AMENDS = Annotated[str | None, typer.Option(help="The proposal in whose place this one is put, such as moscow=3.")]
REASON = Annotated[str, typer.Option(help="Why, in a sentence.")]
TEXT = Annotated[str, typer.Option(help="What is said with the signature.")]
POINTS = Annotated[list[str], typer.Option("--point", help='POINT=WHY, such as "2=We saw no impact"; any number.')]


def accord(folder: FOLDER, by: BY = DESK, as_json: AS_JSON = False) -> None:
    """Show how the accord stands: the rules in force and since which entry, proposals and who signed, what is void."""
    import msgspec

    from jointwatch.cli import accord_text

    with line_of(folder, by) as line:
        found = line.accord()
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(found.standing), indent=1).decode())
        return
    for text in accord_text.lines(found.standing, line.about.centre):
        typer.echo(as_it_is(text))


def propose(
    folder: FOLDER,
    title: TITLE = None,
    point: POINT = [],  # noqa: B006 - typer copies it
    about: ABOUT = [],  # noqa: B006
    rules: RULES = None,
    join: WITH = [],  # noqa: B006
    amends: AMENDS = None,
    reason: REASON = "",
    by: BY = DESK,
) -> None:
    """Propose a joint statement (--title, --point), the next rules (--rules), or that a partner joins (--with).

    Whoever is party signs with `centre agree`, or says with `centre dissent` which point it does not share. Once all
    have signed, the proposer's centre concludes it: the rules are in force from that entry on.
    """
    from jointwatch.centre import saying
    from jointwatch.centre.accord import drafting as drafts
    from jointwatch.centre.accord import rules_file
    from jointwatch.cli.errors import UserError
    from jointwatch.messages.accord import JointText

    if sum((title is not None, rules is not None, bool(join))) != 1:
        raise UserError("propose one of three: a statement (--title), rules (--rules FILE), or who joins (--with NAME)")
    with line_of(folder, by) as line, drafting():
        now, known = saying.by(line), line.accord()
        old = paper_of(known.standing, amends) if amends else None
        if title is not None:
            text = JointText(title=title, points=tuple(point), about=tuple(reference(line, one) for one in about))
            said = drafts.statement(now, known.standing, text, reason=reason, amends=old)
        else:
            new = drafts.joined(now, known.standing, join, known.identities) if rules is None else None
            new = new or rules_file.read(rules or Path(), known.identities)
            said = drafts.rules(now, known.standing, new, reason=reason, amends=old)
        hand_in(line, now, said, "propose", reason)


def agree(folder: FOLDER, paper: PAPER, text: TEXT = "", by: BY = DESK) -> None:
    """Sign a proposal of another centre. A signature stands; only the proposer can withdraw the paper."""
    _sign(folder, paper, (), text, by, "agree")


def dissent(folder: FOLDER, paper: PAPER, point: POINTS, text: TEXT = "", by: BY = DESK) -> None:
    """Sign a statement, naming the points that are not shared; or say what keeps rules from being signed.

    Points of a statement are numbers; of rules: members, sensors, releases, thresholds.
    """
    _sign(folder, paper, tuple(point), text, by, "dissent")


def withdraw(folder: FOLDER, paper: PAPER, reason: REASON = "withdrawn", by: BY = DESK) -> None:
    """Withdraw a proposal of this centre's own that is not concluded."""
    from jointwatch.centre import saying
    from jointwatch.centre.accord import drafting as drafts

    with line_of(folder, by) as line, drafting():
        now, known = saying.by(line), line.accord()
        said = drafts.withdrawn(now, known.standing, paper_of(known.standing, paper), reason)
        hand_in(line, now, said, "withdraw", reason)


def vouched(folder: Path, other: str, introduced_by: str | None) -> str | None:
    """Return the identity of a centre by rules that the centre of a folder signed, or a partner that introduces it.

    None where nothing says it, or the centre does not serve: then a fingerprint must be told.
    """
    from jointwatch.cli.errors import UserError

    try:
        with line_of(folder, DESK) as line:
            found = line.accord().standing
            signed = found.signed_identity(line.about.centre, other)
            return signed or (found.introduced_identity(introduced_by, other) if introduced_by else None)
    except UserError:
        return None


def _sign(folder: Path, paper: str, points: tuple[str, ...], text: str, by: str, act: str) -> None:
    from jointwatch.centre import saying
    from jointwatch.centre.accord import drafting as drafts
    from jointwatch.cli.errors import UserError
    from jointwatch.messages.accord import Dissent

    split = [(one.partition("=")[0].strip(), one.partition("=")[2].strip()) for one in points]
    if not all(what and why for what, why in split):
        raise UserError(f'--point wants POINT=WHY, such as "2=We saw no impact"; it is {", ".join(map(repr, points))}')
    dissents = [Dissent(point=what, text=why) for what, why in split]
    with line_of(folder, by) as line, drafting():
        now, known = saying.by(line), line.accord()
        entry = paper_of(known.standing, paper)
        said = drafts.signed(now, known.standing, entry, dissents=dissents, text=text)
        hand_in(line, now, said, act, text)


def paper_of(standing: Standing, text: str) -> EntryReference:
    """Return the entry of a paper that was named on the command line."""
    from jointwatch.cli import accord_text

    log, index = named(text)
    found = next((p.entry for p in standing.papers if (p.entry.log, p.entry.index) == (log, index)), None)
    if found is None:
        open_ = ", ".join(map(accord_text.name, standing.open))
        raise ValueError(f"entry {index} of {log} is no proposal that counts here; open are {open_ or 'none'}")
    return found
