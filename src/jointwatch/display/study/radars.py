"""What each radar sees by itself, in a study's report: a figure over all launches, and a table by launches and side."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Sheet

from jointwatch.display import theme
from jointwatch.display.study import words
from jointwatch.display.study.blocks import Block, Cell, Drawing, Heading, Para, Row, Span, Table
from jointwatch.display.study.cells import NEUTRAL, CellHead
from jointwatch.display.study.data import StudyData
from jointwatch.display.study.figures import HIGHEST_IN, MARK, WIDTH_IN, legend_of_sides
from jointwatch.display.study.parts import Alone
from jointwatch.display.study.style import of_line, rows_of, wrapped
from jointwatch.display.wording import NOTHING

APART = 0.05
"""A share further than this from the neutral one is marked."""
_ROW_IN = 0.13


def section(data: StudyData) -> Iterator[Block]:
    """Return the blocks about the radars one by one."""
    if not data.alone:
        return
    yield Heading("What each radar sees by itself", "radars")
    yield Para(
        "Each radar alone, whoever owns it and whatever is shared: the same flights, and no help from any other. What "
        "an architecture adds to a party is what these see where the party would not have looked."
    )
    seeing = [one for one in data.alone if any(figure.value > 0.0 for figure in one.detected.values())]
    for part, some in enumerate(_pages(data, seeing)):
        yield _drawing(data, some, part)
    if seeing:
        yield _table(data, seeing)
    blind = [_called(data, one) for one in data.alone if one not in seeing]
    if blind:
        yield Para(f"None of the flights, whoever is right about the radars, would be seen by {'; '.join(blind)}.")


def _pages(data: StudyData, seeing: Sequence[Alone]) -> list[Sequence[Alone]]:
    """The radars in parts, as many in each as a page holds."""
    count = max(1, int((HIGHEST_IN - 0.9) / (_ROW_IN * (len(data.assumptions) + 0.9))))
    return [seeing[begin : begin + count] for begin in range(0, len(seeing), count)]


def _drawing(data: StudyData, some: Sequence[Alone], part: int) -> Drawing:
    svg = theme.svg(
        lambda figure: _draw(figure, data, some),
        name=f"radars-{part}",
        title="Share detected and time of first detection of each radar by itself, as each side assumes",
        width_in=WIDTH_IN,
        height_in=0.9 + _ROW_IN * len(some) * (len(data.assumptions) + 0.9),
        mark=MARK,
    )
    caption = (
        f"Each radar by itself{' (continued)' if part else ''}, as each side assumes. Left, a mark: of all flights of "
        "the study; the line: from the least to the most of any region and class. Right: the median time of first "
        "detection of the flights that it sees, from the earliest to the latest of any region and class."
    )
    return Drawing(svg, caption, "Share detected and time of first detection by radar and set of assumptions")


def _draw(figure: Sheet, data: StudyData, some: Sequence[Alone]) -> None:
    left, right = figure.subplots(1, 2, sharey=True)
    tops = rows_of([one.radar.name for one in some], len(data.assumptions))
    for top, one in zip(tops, some, strict=True):
        for place, held in enumerate(data.assumptions):
            _line(left, right, data, one, held.name, top - place)
    middle = (len(data.assumptions) - 1) / 2
    left.set_yticks([top - middle for top in tops], [wrapped(_called(data, one), 26) for one in some], fontsize=8)
    for axes in (left, right):
        axes.grid(visible=False, axis="y")
        for top in tops[1:]:
            axes.axhline(top + 0.95, color=theme.INK["grid"], linewidth=0.8)
    right.tick_params(axis="y", length=0)
    left.set(xlim=(-2, 102))
    right.set(xlim=(0, None))
    left.set_title("% of all flights detected", loc="left", fontsize=8.5)
    right.set_title("first detection, s after launch", loc="left", fontsize=8.5)
    legend_of_sides(figure, left, data)


def _line(left: Axes, right: Axes, data: StudyData, one: Alone, assumed: str, y: float) -> None:
    number = [held.name for held in data.assumptions].index(assumed)
    colour, _, symbol = of_line(number)
    shares = [value * 100 for value in _values(data, one, assumed, "detected")]
    times = _values(data, one, assumed, "first_after_launch")
    if shares:
        left.plot([min(shares), max(shares)], [y, y], color=colour, linewidth=1.1, solid_capstyle="butt")
        left.plot(one.detected[assumed].value * 100, y, symbol, color=colour, markersize=4.2)
    if times:
        right.plot([min(times), max(times)], [y, y], "-", color=colour, marker="|", markersize=5, linewidth=1.8)
    else:
        right.text(0, y, "never", fontsize=6.5, va="center", color=colour)


def _values(data: StudyData, one: Alone, assumed: str, measure: str) -> list[float]:
    found = (one.figures.get((*cell.key, assumed, measure)) for cell in data.cells if cell.flights)
    return [figure.value for figure in found if figure is not None and figure.flights and math.isfinite(figure.value)]


def _called(data: StudyData, one: Alone) -> str:
    """A radar's title; where it does not look alike in all architectures, with those that are meant."""
    if one.everywhere:
        return one.radar.title
    return f"{one.radar.title} with {words.any_of([data.architecture(name).brief for name in one.architectures])}"


def _table(data: StudyData, seeing: Sequence[Alone]) -> Table:
    rows: list[Row] = []
    for one in seeing:
        rows.append(Span(_heading(data, one)))
        rows += _rows(data, one)
    caption = (
        "Each radar by itself, by region and class, as each side assumes: the share of the flights detected; below it "
        "its 95 % interval, the median time of first detection after launch, and the mean time for which it holds a "
        f"flight. Red: further than {100 * APART:g} percentage points from the neutral figure."
    )
    head = ("Launches", *(words.capital(words.assumed_title(data, held.name)) for held in data.assumptions))
    return Table(caption, head, tuple(rows), align="l" + "r" * (len(head) - 1), widths=(2.6, *[2.0] * (len(head) - 1)))


def _heading(data: StudyData, one: Alone) -> str:
    """The radar, whose it is, its arrays, and in which architectures it looks."""
    arrays = ", ".join(face.name for face in one.radar.faces)
    where = "" if len(one.architectures) == len(data.architectures) else _where(data, one)
    return f"{one.radar.title} ({arrays}), {data.title_of(one.radar.party)}{where}"


def _where(data: StudyData, one: Alone) -> str:
    return f"; with {words.any_of([data.architecture(name).brief for name in one.architectures])}"


def _rows(data: StudyData, one: Alone) -> Iterator[Row]:
    """A row for each region and class of which it sees anything by any set, and one for all the others."""
    unseen: list[str] = []
    for cell in data.cells:
        if cell.flights and any(_share(one, cell, held.name) > 0.0 for held in data.assumptions):
            yield (data.called(cell), *(_told(one, cell, held.name) for held in data.assumptions))
        elif cell.flights:
            unseen.append(data.called(cell))
    if unseen:
        yield ("all others", *(Cell("nothing", mark="soft") for _ in data.assumptions))


def _share(one: Alone, cell: CellHead, assumed: str) -> float:
    figure = one.figures.get((*cell.key, assumed, "detected"))
    return figure.value if figure is not None and figure.flights else 0.0


def _told(one: Alone, cell: CellHead, assumed: str) -> Cell:
    """The figures of a set of assumptions, where they are not those of the neutral one."""
    neutral, told = (_cell(one, cell, name) for name in (NEUTRAL, assumed))
    return Cell("the same", mark="soft") if assumed != NEUTRAL and told == neutral else told


def _cell(one: Alone, cell: CellHead, assumed: str) -> Cell:
    detected, first, held = (
        one.figures.get((*cell.key, assumed, name)) for name in ("detected", "first_after_launch", "track_time")
    )
    if detected is None:
        return Cell(NOTHING)
    soon = f"first {words.quantity(first.value, 's')}" if first is not None and first.flights else "first never"
    long = f"held {words.quantity(held.value, 's')}" if held is not None and held.flights else ""
    far = abs(detected.value - _share(one, cell, NEUTRAL)) > APART
    small = "; ".join(part.replace(" ", "\xa0") for part in (words.interval(detected), soon, long) if part)
    return Cell(words.percent(detected.value), small, "far" if far else "")
