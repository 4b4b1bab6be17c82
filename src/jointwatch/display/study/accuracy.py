"""How well launch and impact are known against time, in a study's report: a figure and a table for each cell."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Sheet
from matplotlib.ticker import LogLocator, NullLocator

from jointwatch.display import theme
from jointwatch.display.study.blocks import Block, Cell, Drawing, Heading, Para, Row, Span, Table
from jointwatch.display.study.cells import NEUTRAL, CellHead, Figure, Named
from jointwatch.display.study.data import StudyData
from jointwatch.display.study.figures import MARK, WIDTH_IN, parties
from jointwatch.display.study.style import ink, mark, wrapped
from jointwatch.display.wording import NOTHING, number

KINDS = {"launch_error_": "launch point", "impact_error_": "impact point"}


def times(data: StudyData) -> tuple[int, ...]:
    """Return after how many seconds since first detection the errors of a study are told; none where they are not."""
    begin = next(iter(KINDS))
    found = {key[-1].removeprefix(begin) for key in data.figures if key[-1].startswith(begin)}
    return tuple(sorted(int(text) for text in found if text.isdecimal()))


def is_error(measure: str) -> bool:
    """Return whether a measure is told here."""
    return measure.startswith(tuple(KINDS))


def section(data: StudyData) -> Iterator[Block]:
    """Return the blocks about how well launch and impact are known."""
    after = times(data)
    if not after:
        return
    yield Heading("How well launch and impact are known", "accuracy")
    yield Para(
        "The Cramér-Rao bound of the measurements that each party has, so long after its first detection: no unbiased "
        "estimate from them alone can be better. Medians over the flights, by the neutral assumptions. A flight that "
        "is not tracked well enough by then counts as not known; where that is so of half of them or more, no figure "
        "stands."
    )
    for cell in data.cells:
        if cell.flights and _known(data, cell, after):
            yield _drawing(data, cell, after)
            yield _table(data, cell, after)


def _known(data: StudyData, cell: CellHead, after: Sequence[int]) -> bool:
    return any(
        math.isfinite(figure.value)
        for one in data.architectures
        for party in data.seeing
        for begin in KINDS
        for figure in _figures(data, cell, (one.name, party.name), begin, after)
        if figure is not None
    )


def _figures(
    data: StudyData, cell: CellHead, view: tuple[str, str], begin: str, after: Sequence[int]
) -> list[Figure | None]:
    found = (data.figures.get((*cell.key, *view, NEUTRAL, f"{begin}{seconds}")) for seconds in after)
    return [figure if figure is not None and figure.flights else None for figure in found]


def _drawing(data: StudyData, cell: CellHead, after: Sequence[int]) -> Drawing:
    svg = theme.svg(
        lambda figure: _draw(figure, data, cell, after),
        name=f"accuracy-{cell.number}",
        title=f"Errors of launch and impact point against time: {cell.title}",
        width_in=WIDTH_IN,
        height_in=3.1,
        mark=MARK,
    )
    caption = (
        f"{cell.title}: how well the launch point (above) and the impact point (below) can be known, against the time "
        "since each party’s own first detection."
    )
    return Drawing(svg, caption, f"Errors against time: {cell.title}")


def _draw(figure: Sheet, data: StudyData, cell: CellHead, after: Sequence[int]) -> None:
    panels = figure.subplots(2, len(data.architectures), sharex=True, sharey="row", squeeze=False)
    for row, (begin, name) in zip(panels, KINDS.items(), strict=True):
        for axes, one in zip(row, data.architectures, strict=True):
            for party in data.seeing:
                _line(axes, data, party, after, _figures(data, cell, (one.name, party.name), begin, after))
            axes.set_yscale("log")
        low, high = row[0].get_ylim()
        wider = max(1.0, 5.0 * low / high) ** 0.5  # a factor of five at least: what hardly changes is to look so
        low, high = row[0].set_ylim(low / wider, high * wider)
        row[0].yaxis.set_major_locator(LogLocator(subs=(1.0,) if high > 20 * low else (1.0, 2.0, 5.0)))
        row[0].yaxis.set_minor_locator(NullLocator())
        row[0].yaxis.set_major_formatter(lambda value, _: f"{value:g}")
        row[0].set_ylabel(f"{name.split()[0]}, km")
    for axes, one in zip(panels[0], data.architectures, strict=True):
        axes.set_title(wrapped(one.brief, 24), fontsize=8)
    for axes in panels[1]:
        axes.set(xlabel="s since first detection", xticks=list(after), xlim=(0, after[-1] * 1.08))
        axes.tick_params(axis="x", labelsize=7)
    parties(figure, data, loc="lower center")
    figure.set_layout_engine(None)  # the panels are many, and all alike: no need to try how they fit
    figure.subplots_adjust(left=0.075, right=0.99, top=0.86, bottom=0.235, hspace=0.18, wspace=0.08)


def _line(axes: Axes, data: StudyData, party: Named, after: Sequence[int], figures: Sequence[Figure | None]) -> None:
    known = [(x, one) for x, one in zip(after, figures, strict=True) if one is not None and math.isfinite(one.value)]
    colour = ink(data, party.name)
    for x, one in known:
        if math.isfinite(one.low) and math.isfinite(one.high) and one.low > 0.0:
            axes.plot([x, x], [one.low, one.high], color=colour, linewidth=1.0)
    axes.plot(
        [x for x, _ in known],
        [one.value for _, one in known],
        color=colour,
        marker=mark(data, party.name),
        markersize=3.4,
        linewidth=1.1,
    )


def _table(data: StudyData, cell: CellHead, after: Sequence[int]) -> Table:
    rows: list[Row] = []
    for one in data.architectures:
        rows.append(Span(one.title))
        for party in data.seeing:
            view = (one.name, party.name)
            told = [_cell(figure) for begin in KINDS for figure in _figures(data, cell, view, begin, after)]
            rows.append((party.title, *told))
    caption = (
        f"{cell.title}: errors of the launch and the impact point in km, so many seconds after the first detection; "
        "below each its 95 % interval."
    )
    head = ("Seen by", *(f"{name.split()[0]}, {seconds} s" for name in KINDS.values() for seconds in after))
    count = len(head) - 1
    return Table(caption, head, tuple(rows), align="l" + "r" * count, widths=(2.0, *[1.1] * count))


def _cell(figure: Figure | None) -> Cell:
    if figure is None:
        return Cell(NOTHING)
    if not math.isfinite(figure.value):
        return Cell("not known", mark="soft")
    ends = (figure.low, figure.high)
    return Cell(_km(figure.value), " to ".join(map(_km, ends)) if all(map(math.isfinite, ends)) else "")


def _km(value: float) -> str:
    return number(value, 0 if abs(value) >= 10 else 1)
