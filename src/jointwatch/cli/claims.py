"""`jointwatch claims`: what was said in public about these radars, computed: the verdict and what it depends on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from jointwatch.catalogue.fact import Provenance
    from jointwatch.studies.claims.assessed import Assessed
    from jointwatch.studies.claims.cases import Axis

app = typer.Typer(add_completion=False)
STYLES = {"supported": "green", "not supported": "red", "depends": "yellow"}


@app.command()
def claims(
    name: Annotated[
        list[str] | None, typer.Argument(help="Claims to compute, with all detail; else all, as a table.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Compute public claims about these radars, and print the verdicts.

    A verdict is over every combination of the assumptions that a claim's file states: supported in all, not supported
    in any, or what it depends on. Exit code 0 when all could be computed, 1 when one could not.
    """
    from rich.console import Console

    from jointwatch.studies.claims.assessed import as_json as plain

    chosen = _chosen(name or [])
    computed, failed = _computed(chosen)
    console = Console(highlight=False)
    if as_json:
        document = {"claims": [plain(held) for held in computed], "failed": failed}
        typer.echo(json.dumps(document, indent=2, ensure_ascii=False))
    elif name:
        for held in computed:
            for part in _detail(held):
                console.print(part)
    elif computed:
        console.print(_verdicts(computed))
        console.print(_summary(computed))
    for which, why in failed.items():
        typer.echo(f"jointwatch: {which} could not be computed: {why}", err=True)
    raise typer.Exit(1 if failed else 0)


def _chosen(wanted: Sequence[str]) -> Sequence[str]:
    from jointwatch.catalogue.files import nearest
    from jointwatch.cli.errors import UserError
    from jointwatch.studies.claims.claim import names

    for each in wanted:
        if each not in names():
            raise UserError(f"there is no claim {each!r}; {nearest(each, names())}")
    return wanted or names()


def _computed(chosen: Sequence[str]) -> tuple[list[Assessed], dict[str, str]]:
    """The claims, and why those that could not be computed could not."""
    from rich.console import Console

    from jointwatch.studies.claims.assessed import assess

    held, failed = [], {}
    with Console(stderr=True).status("computing") as status:
        for each in chosen:
            status.update(f"computing {each}")
            try:
                held.append(assess(each))
            except (ValueError, LookupError, KeyError) as error:
                failed[each] = str(error)
    return held, failed


# -- the table ---------------------------------------------------------------------------------------------------------


def _verdicts(computed: Sequence[Assessed]) -> Table:
    from rich import box
    from rich.table import Table

    from jointwatch.studies.claims import wording

    table = Table(box=box.SIMPLE_HEAD, show_lines=True, padding=(0, 1), pad_edge=False, expand=True)
    table.add_column("claim", ratio=5)
    table.add_column("computed: by default (all cases)", ratio=4)
    table.add_column("verdict", ratio=4)
    for held in computed:
        first = held.claim.said[0]
        said = (
            f"[bold]{held.name}[/bold]\n{_plain(wording.words(first))}\n[dim]{_plain(_who(held, first.source))}[/dim]"
        )
        why = [wording.reason(held), *([wording.shares(held)] if held.verdict.outcome == "depends" else [])]
        table.add_row(said, _plain(wording.answer(held)), "\n".join([_outcome(held), *map(_plain, why)]))
    return table


def _summary(computed: Sequence[Assessed]) -> str:
    counted = {outcome: sum(held.verdict.outcome == outcome for held in computed) for outcome in STYLES}
    told = ", ".join(f"{count} {outcome}" for outcome, count in counted.items())
    cases = sum(len(held.cases) for held in computed)
    return f"{len(computed)} claims: {told}; {cases:,} cases. Detail and sources: jointwatch claims NAME"


# -- the detail --------------------------------------------------------------------------------------------------------


def _detail(held: Assessed) -> list[RenderableType]:
    from jointwatch.studies.claims import wording

    parts: list[RenderableType] = [f"[bold]{_plain(held.claim.title)}[/bold]  ({held.name})"]
    parts += [_said(held, i) for i in range(len(held.claim.said))]
    parts.append(f"\nRead as: {_plain(held.claim.reading)}\nNot in it: {_plain(held.claim.limit)}")
    parts.append(f"\n{_outcome(held)} {_plain(wording.reason(held))}; {wording.shares(held)}.")
    if told := wording.combinations(held):
        parts.append(f"  {_plain(' / '.join(held.cases.axis(name).title for name in held.verdict.depends_on))}:")
        parts += [f"  {_plain(text)}: {holds}" for text, holds in told]
    parts += [_plain(text) for text in (wording.rarer(held), *wording.marks(held)) if text]
    parts += [_figures(held), _assumptions(held), _alike(held)]
    return [*parts, _compared(held)] if held.claim.compared else parts


def _said(held: Assessed, index: int) -> str:
    from jointwatch.studies.claims import wording
    from jointwatch.studies.claims.claim import sources_of

    said = held.claim.said[index]
    source = sources_of(held.claim)[said.source]
    side = "against: " if said.against else ""
    where = ", ".join(filter(None, (source.title, source.address)))
    note = f"; {_plain(said.note)}" if said.note else ""
    who = f"{_plain(_who(held, said.source))}\n  [dim]{_plain(where)}[/dim]"
    return f"{side}{_plain(wording.words(said))}  ({said.tag}{note})\n  {who}"


def _figures(held: Assessed) -> Table:
    from jointwatch.studies.claims.figure import shown

    leading = held.verdict.depends_on[:1]
    table = _table("figure", "default", "all cases")
    if leading:
        axis = held.cases.axis(leading[0])
        table.add_column(f"{axis.title}: {axis.labels[0]}")
    for figure in held.figures:
        mark = "[bold]" if figure is held.decisive else ""
        row = [f"{mark}{_plain(figure.title)}", figure.shown(), figure.shown_ends() or "the same"]
        if leading:
            ends = held.ends_with(figure, leading[0])
            row.append(" to ".join(dict.fromkeys(shown(figure.name, end) for end in ends)))
        table.add_row(*row)
    return table


def _assumptions(held: Assessed) -> Table:
    table = _table("assumption", "value, by whom", "alone", "")
    for axis in sorted(held.cases.axes, key=lambda axis: -held.verdict.turning[axis.name]):
        turns = held.verdict.turning[axis.name]
        title = f"{_plain(axis.title)}\n[dim]turns {turns:.0%}[/dim]" if turns else _plain(axis.title)
        for number, (label, case) in enumerate(held.alone(axis)):
            holds = "holds" if held.holds[case] else "does not"
            table.add_row(title if number == 0 else "", _value(axis, label), held.decisive.shown(case), holds)
    return table


def _value(axis: Axis, label: str) -> str:
    from jointwatch.studies.claims.wording import value

    row = axis.choices[label]
    plain = value(row)
    what = plain if plain == label else f"{label} = {plain}"
    note = f"\n[dim]{_plain(row.note)}[/dim]" if row.note else ""
    return f"{_plain(what)}  {_sure(row)}\n{_plain(_whom(row.claimant, row.date))}{note}"


def _alike(held: Assessed) -> Table:
    from jointwatch.studies.claims.assessed import inputs
    from jointwatch.studies.claims.wording import value

    table = _table("taken alike in all cases", "value", "by whom")
    for row in inputs(held.claim):
        note = f"\n[dim]{_plain(row.note)}[/dim]" if row.assumption else ""
        table.add_row(
            _plain(row.parameter),
            f"{_plain(value(row))}  {_sure(row)}",
            f"{_plain(_whom(row.claimant, row.date))}{note}",
        )
    return table


def _compared(held: Assessed) -> Table:
    from jointwatch.studies.claims import wording

    table = _table("beside former numbers", "here", "then", "who is right")
    for title, ours, theirs, why in wording.compared(held):
        table.add_row(_plain(title), ours, _plain(theirs), _plain(why))
    return table


def _table(*columns: str) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _outcome(held: Assessed) -> str:
    outcome = held.verdict.outcome
    return f"[{STYLES[outcome]}]{outcome}[/{STYLES[outcome]}]"


def _sure(row: Provenance) -> str:
    return f"[yellow]ASSUMPTION, {row.tag}[/yellow]" if row.assumption else f"[dim]{row.tag}[/dim]"


def _who(held: Assessed, source: str) -> str:
    from jointwatch.studies.claims.claim import sources_of

    found = sources_of(held.claim)[source]
    return _whom(found.claimant, found.date)


def _whom(claimant: str, date: str) -> str:
    """Who and when, the date once where the claimant's name has it already."""
    year = date[:4]
    return claimant if not date or year in claimant else f"{claimant}, {date}"


def _plain(text: Any) -> str:
    from rich.markup import escape

    return escape(str(text))
