"""The tables of a study's report: rows of text from its figures, in the order of the study's file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from jointwatch.display.study import accuracy, words
from jointwatch.display.study.blocks import Cell, Mark, Row, Span, Table
from jointwatch.display.study.cells import NEUTRAL, TOGETHER, Alternative, CellHead, Figure, Overall
from jointwatch.display.study.data import StudyData
from jointwatch.display.study.parts import Text
from jointwatch.display.wording import NOTHING, number

_NEUTRALLY = "By the neutral assumptions; below each figure its 95 % interval."
FIRST = ("detected", "first_after_launch", "time_left", "track_time", "with_gap", "hand_overs")
"""Measures with a column in the table of each launch region, destination and class."""


def at_a_glance(data: StudyData) -> Table:
    """Return what each architecture sees, for whom: the one table of the first page."""
    rows = tuple(
        (
            Cell(words.capital(one.brief), one.on),
            *(Cell(*_two_lines(data.over_all(one.name, party.name)), "strong") for party in data.seeing),
            *(Cell(*_assumed(data, one.name, side.name)) for side in data.parties),
        )
        for one in data.architectures
    )
    caption = (
        "Share of all flights detected, and below it the median time of first detection after launch, from the "
        "earliest to the latest of any region and class, by the neutral assumptions. Right: the share that a party "
        "detects where its own assumptions hold and, below it, where those of the others do."
    )
    sides = (f"{party.title}, by whose numbers" for party in data.parties)
    head = ("Architecture", *(words.capital(party.title) for party in data.seeing), *sides)
    return Table(caption, head, rows, align="l" + "r" * (len(head) - 1), widths=(1.8, *[1.35] * (len(head) - 1)))


def _assumed(data: StudyData, architecture: str, party: str) -> tuple[str, str, Mark]:
    """What a party sees by its own assumptions, and by those of each other."""
    own = data.over_all(architecture, party, party).detected.value
    others = [
        data.over_all(architecture, party, side.name).detected.value for side in data.parties if side.name != party
    ]
    other = "others’ " + " / ".join(map(words.percent, others)) if others else ""
    return f"own {words.percent(own)}", other, "far" if _differ([own, *others]) else ""


def _differ(values: list[float]) -> bool:
    return len(values) > 1 and max(values) - min(values) > 0.05


def alternatives(data: StudyData) -> Iterator[Table]:
    """Return one table for every two architectures and both of them: each alone, both, and what both add."""
    for three in dict.fromkeys((one.one, one.other, one.both) for one in data.alternatives):
        names = [data.architecture(name).brief for name in three]
        rows = tuple(_alternative(data, one) for one in data.alternatives if (one.one, one.other, one.both) == three)
        caption = (
            "Alternative or addition: the share of all flights detected, and below it the first detection after "
            "launch, by each alone and by both. More, sooner: in how many of the regions and classes both see more "
            "flights than the better of the two alone, beyond the intervals, or see them 5 s sooner or more."
        )
        yield Table(caption, ("For", *names, "More", "Sooner"), rows, align="lrrrrr", widths=(2, 2, 2, 2, 1, 1))


def _alternative(data: StudyData, one: Alternative) -> tuple[str | Cell, ...]:
    figures = (Cell(*_two_lines(data.over_all(name, one.party))) for name in (one.one, one.other, one.both))
    return data.title_of(one.party), *figures, f"{one.sees_more} of {one.cells}", f"{one.sees_sooner} of {one.cells}"


def _two_lines(told: Overall) -> tuple[str, str]:
    return words.percent(told.detected.value), words.between(*told.first_span_s, "s")


def radars(data: StudyData) -> Table:
    """Return who looks with what in each architecture."""
    rows: list[Row] = []
    for one in data.architectures:
        rows.append(Span(f"{one.title}. {words.arrangement(one)}"))
        for party in data.parties:
            held = ", ".join(
                f"{radar.title} ({', '.join(face.name for face in radar.faces)})" for radar in one.looks[party.name]
            )
            rows.append((party.title, held or "nothing"))
    caption = "With which radars, and in brackets with which of their arrays, each party looks in each architecture."
    return Table(caption, ("Party", "Looks with"), tuple(rows), widths=(1, 3.6))


def launches(data: StudyData) -> Table:
    """Return the launches of the study: from where to where, by what, and how many of them are in reach."""
    rows = tuple(
        (
            cell.origin.title,
            cell.to.title,
            cell.vehicle.title,
            number(cell.pairs, 0),
            number(cell.flights, 0),
            words.percent(cell.flights / cell.pairs),
        )
        for cell in data.cells
    )
    caption = "The launches: pairs of places spread evenly over both regions, flown where the class reaches that far."
    head = ("From", "To", "Class", "Pairs of places", "Flown", "In reach")
    return Table(caption, head, rows, align="lllrrr", widths=(1, 1.5, 2.4, 1, 0.8, 0.8))


def by_cell(data: StudyData) -> Iterator[Table]:
    """Return for each launch region, destination and class its figures with their intervals, by neutral assumptions."""
    for cell in data.cells:
        if cell.flights:
            yield _of_cell(data, cell)


def _of_cell(data: StudyData, cell: CellHead) -> Table:
    rows: list[Row] = []
    for one in data.architectures:
        rows.append(Span(one.title))
        for party in data.seeing:
            figures = [_figure(data, cell, one.name, party.name, NEUTRAL, name) for name in FIRST]
            rows.append((party.title, *(Cell(*_told(figure)) for figure in figures)))
    caption = f"{cell.title}: {number(cell.flights, 0)} flights. {_NEUTRALLY}"
    head = ("Seen by", *(words.capital(words.measure(name)) for name in FIRST))
    return Table(caption, head, tuple(rows), align="l" + "r" * len(FIRST), widths=(2.1, *[1.3] * len(FIRST)))


def further(data: StudyData) -> Iterator[Table]:
    """Return what else was measured: a table for each measure that has no column elsewhere, a column for each view."""
    known = {*FIRST, "in_reach", "seen_by_neither", "first_after_burnout", "longest_gap"}
    names = dict.fromkeys(key[-1] for key in data.figures if key[-1] not in known)
    for name in ("first_after_burnout", "longest_gap", "seen_by_neither", *names):
        if accuracy.is_error(name):
            continue
        yield from _of_measure(data, name)


def _of_measure(data: StudyData, name: str) -> Iterator[Table]:
    parties = [TOGETHER] if name == "seen_by_neither" else [party.name for party in data.seeing]
    rows: list[Row] = []
    for one in data.architectures:
        rows.append(Span(one.title))
        for cell in data.cells:
            figures = [_figure(data, cell, one.name, party, NEUTRAL, name) for party in parties]
            if any(figure.flights for figure in figures):
                rows.append((data.called(cell), *(Cell(*_told(figure)) for figure in figures)))
    if any(not isinstance(row, Span) for row in rows):
        caption = (
            f"{words.capital(words.measure(name))}, by the neutral assumptions; below each figure its 95 % interval."
        )
        head = ("Launches", *(words.capital(data.title_of(party)) for party in parties))
        yield Table(caption, head, tuple(rows), align="l" + "r" * len(parties), widths=(2.6, *[1.0] * len(parties)))


def _figure(data: StudyData, cell: CellHead, *view: str) -> Figure:
    nothing = Figure(float("nan"), float("nan"), float("nan"), 0)
    return data.figures.get((*cell.key, *view), nothing)


def _told(figure: Figure) -> tuple[str, str]:
    if not figure.flights:
        return NOTHING, ""
    return words.quantity(figure.value, figure.unit), words.interval(figure)


def assumptions(data: StudyData) -> Table:
    """Return the sets of assumptions side by side: each value that any of them takes otherwise than the default."""
    said = {(one.name, choice.subject, choice.parameter): choice for one in data.assumptions for choice in one.choices}
    keys = dict.fromkeys((subject, parameter) for _, subject, parameter in said)
    rows: list[Row] = []
    for subject, parameter in keys:
        default = next(
            said[one.name, subject, parameter].default
            for one in data.assumptions
            if (one.name, subject, parameter) in said
        )
        held = [said.get((one.name, subject, parameter)) for one in data.assumptions]
        rows.append(
            (
                Cell(subject, parameter),
                *(
                    Cell(choice.value, choice.said_by) if choice else Cell(default, "the default", "soft")
                    for choice in held
                ),
            )
        )
    head = ("Value", *(_head(data, one.name, one.title) for one in data.assumptions))
    caption = (
        "The assumptions side by side: every value that a side takes otherwise than the catalogue’s default, with "
        "whose word it is. All else is the same for all, and listed with its source at the end."
    )
    return Table(caption, head, tuple(rows), widths=(1.4, *[2.0] * len(data.assumptions)))


def _head(data: StudyData, name: str, title: str) -> str:
    return f"Neutral: {title}" if name == NEUTRAL else f"{data.title_of(name)}: {title}"


def dissent(data: StudyData) -> Table:
    """Return every answer that depends on whose assumptions are taken, with the figure of each set."""
    rows: list[Row] = []
    before = ""
    for one in data.dissents:
        if one.cell.title != before:
            rows.append(Span(one.cell.title))
        before = one.cell.title
        figures = [one.by[held.name] for held in data.assumptions if held.name in one.by]
        shown = [Cell(*(_told(figure) if figure.flights else ("never", ""))) for figure in figures]
        what = Cell(data.architecture(one.architecture).brief, words.measure(one.measure))
        rows.append((what, data.title_of(one.party), *shown))
    head = (
        "Architecture",
        "Seen by",
        *(words.capital(words.assumed_title(data, one.name)) for one in data.assumptions),
    )
    caption = "What depends on whose assumptions are taken; below each figure its 95 % interval."
    return Table(
        caption,
        head,
        tuple(rows),
        align="ll" + "r" * len(data.assumptions),
        widths=(2.6, 1.6, *[1.3] * len(data.assumptions)),
    )


def sources(data: StudyData) -> Table:
    """Return every input with who says so, how it is known, and what others say."""
    rows: list[Row] = []
    before = ""
    for each in data.inputs:
        if each.group != before:
            rows.append(Span(each.group))
        before = each.group
        gap = "" if each.unit in ("", "°") else "\xa0"
        rows.append(
            (
                each.parameter,
                f"{each.value}{gap}{each.unit}",
                each.source,
                Cell(each.tag or NOTHING, "assumed" if each.assumed else "", "far" if each.assumed else ""),
                each.alternatives,
            )
        )
    head = ("Parameter", "Value", "Who says so, when, read where", "How known", "Others say")
    return Table(
        "Every value of the catalogue that the study rests on, as the neutral set takes it.",
        head,
        tuple(rows),
        widths=(1.3, 1.2, 3.3, 1.1, 2.3),
    )


def text(table: Text) -> Table:
    """Return a table of texts as it came, its columns' names with capitals."""
    caption = f"{table.title}. {table.note}" if table.note else f"{table.title}."
    return Table(caption, tuple(map(words.capital, table.head)), table.rows, widths=widths_of(table.head, table.rows))


def widths_of(head: Sequence[str], rows: Iterable[Sequence[str]]) -> tuple[float, ...]:
    """Return the widths of columns by what stands in them: neither the shortest text nor the longest decides."""
    held = list(rows)
    columns = zip(*held, strict=True) if held else ((name,) for name in head)
    lengths = [sorted(map(len, column)) for column in columns]
    whole = [[name, *(row[place] for row in held)] for place, name in enumerate(head)]
    unbroken = [max(min(len(word), 16) for text in texts for word in (text.split() or [""])) for texts in whole]
    usual = [max(word, long[3 * len(long) // 4]) for word, long in zip(unbroken, lengths, strict=True)]
    return tuple(float(min(max(length, 5), 34)) for length in usual)
