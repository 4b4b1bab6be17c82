"""The strategic question in a study's report: the mean speeds that were needed, beside those that each side claimed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Sheet

from jointwatch.display import coastline, theme
from jointwatch.display.study import maps, words
from jointwatch.display.study.blocks import Block, Cell, Drawing, Heading, Para, Row, Span, Table
from jointwatch.display.study.cells import NEUTRAL, CellHead, Figure
from jointwatch.display.study.data import StudyData
from jointwatch.display.study.figures import MARK, WIDTH_IN, legend_of_sides, pages, panel_in
from jointwatch.display.study.parts import Reach, Speed
from jointwatch.display.study.style import of_line, wrapped
from jointwatch.display.wording import NOTHING, number

_DASHES = ((0, (1, 1)), (0, (4, 1.5)), (0, (6, 1.5, 1, 1.5)), (0, (8, 2)), (0, (2, 1, 2, 4)))


def section(data: StudyData) -> Iterator[Block]:
    """Return the blocks about the sites and rings of a study."""
    if not data.reach and not data.rings:
        return
    yield Heading("The strategic question, as geometry", "reach")
    if data.reach:
        yield Para(
            "From a point on the map to every place where a flight will be after it was first tracked, the way is "
            "divided by the time left until then; the least of these is the mean speed that was needed. Nothing that "
            "would travel is modelled. A claimed speed is taken as if it were a mean speed from the first second on, "
            "which is more than anything does: a flight that asks for more was out of reach; of one that asks for "
            "less nothing is said."
        )
    for one in data.reach:
        cells = [cell for cell in data.cells if cell.flights]
        for part, some in enumerate(pages(cells, panel_in(data))):
            yield _drawing(data, one, some, part)
        yield _table(data, one)
    if data.rings:
        yield Drawing(
            maps.rings(data.rings, name="news-rings", title="Rings of published ranges of systems in the news"),
            "Circles of published ranges around the places where the systems were said to be; a circle says how far, "
            f"and nothing of what for. {coastline.NOTE} Equal-area projection.",
            "Rings of published ranges",
        )


def _drawing(data: StudyData, one: Reach, cells: Sequence[CellHead], part: int) -> Drawing:
    svg = theme.svg(
        lambda figure: _draw(figure, data, one, cells),
        name=f"reach-{one.site.name}-{part}",
        title=f"Mean speeds needed from {one.site.title}",
        width_in=WIDTH_IN,
        height_in=1.2 + len(cells) * panel_in(data),
        mark=MARK,
    )
    title = f"{one.site.title}{' (continued)' if part else ''}"
    caption = (
        f"From {title}: the mean speed that was needed once any radar had tracked a flight. Thin line: of 10 "
        "to 90 % of the flights; thick: 25 to 75 %; mark: the median; by each set of assumptions. Where a line ends "
        "at the right edge, the rest was never tracked, or too late for any speed shown. Upright: the speeds that "
        "were claimed."
    )
    return Drawing(svg, caption, f"Needed mean speeds from {one.site.title} beside claimed ones")


def _draw(figure: Sheet, data: StudyData, one: Reach, cells: Sequence[CellHead]) -> None:
    panels = figure.subplots(len(cells), 1, sharex=True, squeeze=False)[:, 0]
    most = _edge(one)
    for axes, cell in zip(panels, cells, strict=True):
        for row, architecture in enumerate(data.architectures):
            for place, held in enumerate(data.assumptions):
                y = -(row + 0.24 * (place - (len(data.assumptions) - 1) / 2))
                figures = one.needed.get((*cell.key, architecture.name, held.name), ())
                _box(axes, figures, y, number=place, most=most)
        _claimed(axes, one.speeds)
        axes.set_yticks(
            [-row for row in range(len(data.architectures))],
            [wrapped(architecture.brief, 26) for architecture in data.architectures],
            fontsize=7.5,
        )
        axes.set(xlim=(0, most), ylim=(0.6 - len(data.architectures), 0.55))
        axes.grid(visible=False, axis="y")
        axes.set_title(data.called(cell), loc="left", fontsize=8.5)
    panels[-1].set_xlabel("needed mean speed, km/s")
    legend_of_sides(figure, panels[0], data)


def _edge(one: Reach) -> float:
    """How far the axis goes: beyond all that was claimed, and most of what was needed; km/s."""
    claimed = [speed.speed_km_s for speed in one.speeds]
    medians = [figures[2].value for figures in one.needed.values() if math.isfinite(figures[2].value)]
    return 1.25 * max([*claimed, *(min(each, 15.0) for each in medians), 5.0])


def _box(axes: Axes, figures: Sequence[Figure], y: float, *, number: int, most: float) -> None:
    if not figures or not figures[0].flights:
        return
    colour, _, symbol = of_line(number)
    ends = [min(figure.value, 2 * most) for figure in figures]
    axes.plot([ends[0], ends[4]], [y, y], color=colour, linewidth=1.0)
    axes.plot([ends[1], ends[3]], [y, y], color=colour, linewidth=3.0, solid_capstyle="butt", alpha=0.6)
    axes.plot(ends[2], y, symbol, color=colour, markersize=4, zorder=4)


def _claimed(axes: Axes, speeds: Sequence[Speed]) -> None:
    for place, name in enumerate(dict.fromkeys(speed.claim for speed in speeds)):
        held = [speed for speed in speeds if speed.claim == name]
        for speed in held:
            axes.axvline(
                speed.speed_km_s, color=theme.INK["alarm"], linestyle=_DASHES[place % len(_DASHES)], linewidth=0.9
            )
        shown = " to ".join(f"{speed.speed_km_s:g}" for speed in held)
        axes.plot(
            [], [], color=theme.INK["alarm"], linestyle=_DASHES[place % len(_DASHES)], linewidth=0.9,
            label=f"{shown} km/s: {name}{' (assumed)' if held[0].assumed else ''}",
        )  # fmt: skip


def _table(data: StudyData, one: Reach) -> Table:
    rows: list[Row] = []
    for cell in data.cells:
        held = [row for name in data.architectures if (row := _row(data, one, (*cell.key, name.name), name.brief))]
        rows += [Span(cell.title), *held] if held else []
    said = "; ".join(dict.fromkeys(f"{s.claim}: {s.claimant}{' [assumed]' if s.assumed else ''}" for s in one.speeds))
    sides = " / ".join(party.title for party in data.parties)
    caption = (
        f"From {one.site.title}: the mean speed needed once tracked by any radar, median and, below it, of 10 to 90 % "
        "of the flights; and the share of the flights that ask for no more than each claimed speed, by the neutral "
        f"assumptions, below it by those of {sides}." + (f" Claimed by: {said}." if said else "")
    )
    head = ("With", "Needed, km/s", *(f"{speed.speed_km_s:g} km/s ({speed.claim})" for speed in one.speeds))
    return Table(caption, head, tuple(rows), align="l" + "r" * (len(head) - 1), widths=(1.7, *[1.2] * (len(head) - 1)))


def _row(data: StudyData, one: Reach, key: tuple[str, ...], title: str) -> tuple[str | Cell, ...]:
    figures = one.needed.get((*key, NEUTRAL), ())
    if not figures or not figures[0].flights:
        return ()
    return (title, _needed(figures), *(_share(data, one, key, speed) for speed in one.speeds))


def _needed(figures: Sequence[Figure]) -> Cell:
    return Cell(_speed(figures[2].value), f"{_speed(figures[0].value)} to {_speed(figures[4].value)}")


def _speed(value: float) -> str:
    return number(value, 1) if math.isfinite(value) else "never"


def _share(data: StudyData, one: Reach, key: tuple[str, ...], speed: Speed) -> Cell:
    def told(assumed: str) -> str:
        figure = one.within.get((*key, assumed, speed.claim, f"{speed.speed_km_s:g}"))
        return words.percent(figure.value) if figure else NOTHING

    return Cell(told(NEUTRAL), " / ".join(told(party.name) for party in data.parties))
