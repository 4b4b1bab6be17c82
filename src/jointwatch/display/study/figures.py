"""The figures of a study's report besides its maps, each as one <svg> element: plain values in, marks and lines out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Sheet

from jointwatch.display import theme
from jointwatch.display.study import words
from jointwatch.display.study.cells import NEUTRAL, CellHead, Figure
from jointwatch.display.study.data import StudyData
from jointwatch.display.study.parts import Programme
from jointwatch.display.study.style import ink, mark, of_line, rows_of, wrapped
from jointwatch.display.wording import short

WIDTH_IN, HIGHEST_IN = 7.4, 8.2
MARK = "STUDY · COMPUTED"


def pages(cells: Sequence[CellHead], each_in: float) -> list[Sequence[CellHead]]:
    """Return cells in parts, as many in each as a page holds panels of a height for."""
    count = max(1, int(HIGHEST_IN / each_in))
    return [cells[begin : begin + count] for begin in range(0, len(cells), count)]


def panel_in(data: StudyData) -> float:
    """Return how high a panel with a row for each architecture is."""
    return 0.52 + 0.2 * len(data.architectures)


def glance(data: StudyData) -> str:
    """Return what each architecture sees, for whom, over all launches: share and time of first detection."""
    rows = len(data.architectures) * (len(data.seeing) + 0.9)
    return theme.svg(
        lambda figure: _draw_glance(figure, data),
        name="glance",
        title="Share of flights detected and time of first detection, by architecture and party",
        width_in=WIDTH_IN,
        height_in=0.85 + 0.13 * rows,
        mark=MARK,
    )


def by_cell(data: StudyData, cells: Sequence[CellHead], name: str) -> str:
    """Return shares and times of first detection with their intervals, a pair of panels for each cell."""
    return theme.svg(
        lambda figure: _draw_cells(figure, data, cells),
        name=name,
        title="Share detected and time of first detection with their intervals, by architecture and party",
        width_in=WIDTH_IN,
        height_in=0.7 + len(cells) * panel_in(data),
        mark=MARK,
    )


def growth(told: Programme) -> str:
    """Return how far the tests had reached by the end of each year, by reading: bounds as bands."""
    return theme.svg(
        lambda figure: _draw_growth(figure, told),
        name="growth",
        title="The reach shown by the end of each year, by whose word",
        width_in=WIDTH_IN,
        height_in=3.4,
        mark=MARK,
    )


def _draw_glance(figure: Sheet, data: StudyData) -> None:
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=(1.0, 1.0))
    members = len(data.seeing)
    tops = rows_of([one.name for one in data.architectures], members)
    for top, one in zip(tops, data.architectures, strict=True):
        for place, party in enumerate(data.seeing):
            told, y = data.over_all(one.name, party.name), top - place
            colour = ink(data, party.name)
            left.plot(np.array(told.detected_span) * 100, [y, y], color=colour, linewidth=1.1, solid_capstyle="butt")
            left.plot(told.detected.value * 100, y, mark(data, party.name), color=colour, markersize=5)
            right.plot(told.first_span_s, [y, y], "-", color=colour, marker="|", markersize=6, linewidth=2.2)
            if not math.isfinite(told.first_span_s[0]):
                right.text(0, y, "never", fontsize=7.5, va="center", color=colour)
    left.set_yticks(
        [top - (members - 1) / 2 for top in tops], [wrapped(one.brief, 26) for one in data.architectures], fontsize=8.5
    )
    _ruled(left, tops)
    _ruled(right, tops)
    left.set(xlim=(-2, 102))
    right.set(xlim=(0, None))
    left.set_title("% of all flights detected", loc="left", fontsize=8.5)
    right.set_title("first detection, s after launch", loc="left", fontsize=8.5)
    right.tick_params(axis="y", length=0)
    parties(figure, data)


def _draw_cells(figure: Sheet, data: StudyData, cells: Sequence[CellHead]) -> None:
    panels = figure.subplots(len(cells), 2, sharex="col", squeeze=False)
    for (left, right), cell in zip(panels, cells, strict=True):
        for row, one in enumerate(data.architectures):
            for place, party in enumerate(data.seeing):
                y = -(row + 0.22 * (place - (len(data.seeing) - 1) / 2))
                view = (one.name, party.name, NEUTRAL)
                _whisker(left, data, party.name, data.figures.get((*cell.key, *view, "detected")), y, 100.0)
                _whisker(right, data, party.name, data.figures.get((*cell.key, *view, "first_after_launch")), y, 1.0)
        left.set_yticks(
            [-row for row in range(len(data.architectures))],
            [short(one.brief, 32) for one in data.architectures],
            fontsize=7.5,
        )
        right.set_yticks([-row for row in range(len(data.architectures))], [])
        for axes in (left, right):
            axes.set_ylim(0.55 - len(data.architectures), 0.5)
            axes.tick_params(axis="y", length=0)
        left.set(xlim=(-2, 102))
        left.set_title(data.called(cell), loc="left", fontsize=8.5)
    for axes, label in zip(panels[-1], ("% detected", "first detection, s after launch"), strict=True):
        axes.set_xlabel(label)
    panels[-1][1].set_xlim(0, None)
    parties(figure, data)


def _whisker(axes: Axes, data: StudyData, party: str, figure: Figure | None, y: float, times: float) -> None:
    if figure is None or not figure.flights:
        return
    colour, ends = ink(data, party), np.array([figure.low, figure.high]) * times
    axes.plot(ends, [y, y], color=colour, linewidth=1.1, solid_capstyle="butt")
    axes.plot(figure.value * times, y, mark(data, party), color=colour, markersize=3.6)


def _draw_growth(figure: Sheet, told: Programme) -> None:
    axes = figure.subplots()
    readings = list(told.growth.items())
    for number, (name, steps) in enumerate(readings):
        colour, dash, symbol = of_line(number)
        shift = 0.09 * (number - (len(readings) - 1) / 2)
        known = [step for step in steps if math.isfinite(step.at_least_km)]
        x = np.array([step.year for step in known]) + shift
        least = np.array([step.at_least_km for step in known])
        most = np.array([step.at_most_km if math.isfinite(step.at_most_km) else step.at_least_km for step in known])
        axes.vlines(x, least, most, color=colour, linewidth=3.2, alpha=0.35)
        axes.plot(x, least, color=colour, linestyle=dash, marker=symbol, markersize=4, linewidth=1.2, label=name)
    axes.set(ylabel="reach shown, km", ylim=(0, None))
    years = sorted({step.year for _, steps in readings for step in steps})
    axes.set_xticks(years, [f"end of {year}" for year in years])
    figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=5)


def _ruled(axes: Axes, tops: Sequence[float]) -> None:
    for top in tops[1:]:
        axes.axhline(top + 0.95, color=theme.INK["grid"], linewidth=0.8)
    axes.grid(visible=False, axis="y")


def parties(figure: Sheet, data: StudyData, loc: Any = "outside lower center") -> None:
    """Draw the legend of the parties below a figure."""
    axes = figure.axes[0]
    for party in data.seeing:
        axes.plot(
            [], [], mark(data, party.name), color=ink(data, party.name), markersize=5, label=party.title, linestyle="-"
        )
    figure.legend(*axes.get_legend_handles_labels(), loc=loc, ncols=4)


def legend_of_sides(figure: Sheet, axes: Axes, data: StudyData) -> None:
    """Draw the legend of the sets of assumptions, and of all else that the axes name, below a figure."""
    for place, held in enumerate(data.assumptions):
        colour, _, symbol = of_line(place)
        label = words.assumed_title(data, held.name)
        axes.plot([], [], color=colour, marker=symbol, markersize=4, label=label)
    figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=3, fontsize=8)
