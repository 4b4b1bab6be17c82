"""The package in a study's report: alternative or addition, and what each element is worth, as tables and a figure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Sheet

from jointwatch.display import theme
from jointwatch.display.study import words
from jointwatch.display.study.blocks import Block, Cell, Drawing, Heading, Para, Row, Span, Table
from jointwatch.display.study.cells import NEUTRAL, CellHead, Figure, Named
from jointwatch.display.study.data import StudyData
from jointwatch.display.study.figures import MARK, WIDTH_IN, parties
from jointwatch.display.study.parts import Package
from jointwatch.display.study.style import ink, mark, rows_of, wrapped
from jointwatch.display.wording import NOTHING

Figures: TypeAlias = Mapping[tuple[str, ...], Figure]
MEASURES = {
    "detected": "share of flights detected",
    "warning": "mean warning before impact, none being 0 s",
    "track_time": "mean time on track",
}


def section(data: StudyData) -> Iterator[Block]:
    """Return the blocks about a study's package."""
    package = data.package
    if package is None:
        return
    yield Heading("What the elements of the package are worth", "worth")
    yield Para(
        "Every subset of the elements was given the same flights. An element is worth its share: the mean, over all "
        "orders in which the elements could have come, of what it adds when it comes (the Shapley value); the shares "
        "sum to what all elements add together. Figures by the neutral assumptions; those of each side are in "
        "package.parquet."
    )
    yield Drawing(
        theme.svg(
            lambda figure: _draw(figure, data, package),
            name="worth",
            title="The worth of each element to each party",
            width_in=WIDTH_IN,
            height_in=0.8 + 0.17 * len(package.elements) * (len(data.seeing) + 0.9),
            mark=MARK,
        ),
        "What each element is worth to whom. A mark: over all launches; the line: from the least to the most of any "
        "region and class. Left in percentage points of the flights detected, right in seconds of warning.",
        "Shapley values of the elements by party",
    )
    for measure in package.measures:
        if package.alternatives:
            yield _alternatives(data, package, measure)
        yield _elements(data, package, measure)


def _draw(figure: Sheet, data: StudyData, package: Package) -> None:
    shown = [name for name in ("detected", "warning") if name in package.measures] or list(package.measures)[:1]
    panels = np.atleast_1d(figure.subplots(1, len(shown), sharey=True))
    tops = rows_of([one.name for one in package.elements], len(data.seeing))
    for axes, measure in zip(panels, shown, strict=True):
        for top, element in zip(tops, package.elements, strict=True):
            for place, party in enumerate(data.seeing):
                _worth(axes, data, package, (party, measure, element), top - place)
        axes.axvline(0.0, color=theme.INK["soft"], linewidth=0.7)
        axes.grid(visible=False, axis="y")
        axes.set_xlabel(
            "percentage points detected" if measure == "detected" else "s, " + MEASURES[measure].split(",")[0]
        )
    middle = (len(data.seeing) - 1) / 2
    panels[0].set_yticks([top - middle for top in tops], [wrapped(one.title, 26) for one in package.elements])
    for axes in panels[1:]:
        axes.tick_params(axis="y", length=0)
    parties(figure, data)


def _worth(axes: Axes, data: StudyData, package: Package, what: tuple[Named, str, Named], y: float) -> None:
    party, measure, element = what
    times = 100.0 if measure == "detected" else 1.0
    key = (party.name, NEUTRAL, measure, "share", element.name)
    cells = [package.figures.get((*cell.key, *key)) for cell in data.cells]
    values = [figure.value * times for figure in cells if figure is not None and figure.flights]
    whole = package.pooled.get(key)
    if values and whole is not None:
        colour = ink(data, party.name)
        axes.plot([min(values), max(values)], [y, y], color=colour, linewidth=1.1)
        axes.plot(whole.value * times, y, mark(data, party.name), color=colour, markersize=5)


def _alternatives(data: StudyData, package: Package, measure: str) -> Table:
    one, other = package.alternatives
    rows: list[Row] = []
    for cell in _flown(data):
        rows.append(Span(cell.title))
        rows += [_alternative(package, (cell, party, measure)) for party in data.seeing]
    caption = (
        f"Alternative or addition: {MEASURES[measure]}, with neither, one, the other, and both of {one.title} and "
        f"{other.title}; then what each adds to the other. Below each figure its 95 % interval."
    )
    titles = [one.title, other.title]
    head = ("For", "Neither", *titles, "Both", *(f"{title} adds" for title in titles))
    return Table(caption, head, tuple(rows), align="lrrrrrr", widths=(2.0, *[1.2] * 6))


def _alternative(package: Package, what: tuple[CellHead, Named, str]) -> tuple[str | Cell, ...]:
    cell, party, measure = what
    one, other = (each.name for each in package.alternatives)
    key = (*cell.key, party.name, NEUTRAL, measure)
    held = [package.figures.get((*key, "alternative", of)) for of in ("", one, other, f"{one}+{other}")]
    gains = [package.figures.get((*key, "adds", of)) for of in (one, other)]
    return party.title, *map(_level, held), *map(_gain, gains)


def _elements(data: StudyData, package: Package, measure: str) -> Table:
    rows: list[Row] = [Span("All launches")]
    rows += [_shares(package, (party, measure), package.pooled, ()) for party in data.seeing]
    for cell in _flown(data):
        rows.append(Span(cell.title))
        rows += [_shares(package, (party, measure), package.figures, cell.key) for party in data.seeing]
    caption = f"The worth of each element: {MEASURES[measure]}. Below each share its 95 % interval."
    head = ("For", *(one.title for one in package.elements))
    count = len(package.elements)
    return Table(caption, head, tuple(rows), align="l" + "r" * count, widths=(2.0, *[1.4] * count))


def _shares(
    package: Package, what: tuple[Named, str], figures: Figures, key: tuple[str, ...]
) -> tuple[str | Cell, ...]:
    party, measure = what
    of = (*key, party.name, NEUTRAL, measure, "share")
    return party.title, *(_gain(figures.get((*of, one.name))) for one in package.elements)


def parted(data: StudyData, package: Package) -> Table:
    """Return what of a package is worth another by whose assumptions are taken, with the figure of each set."""
    titles = {one.name: one.title for one in (*package.elements, *package.alternatives)}
    rows: list[Row] = []
    for one in package.parted:
        what = f"{titles[one.of]} {'adds' if one.figure == 'adds' else 'is worth'}"
        figures = [one.by.get(held.name) for held in data.assumptions]
        rows.append((Cell(what, MEASURES[one.measure]), data.title_of(one.party), *map(_gain, figures)))
    sets = (words.capital(words.assumed_title(data, one.name)) for one in data.assumptions)
    count = len(data.assumptions)
    return Table(
        "What of the package depends on whose assumptions are taken; below each figure its 95 % interval.",
        ("What", "For", *sets),
        tuple(rows),
        align="ll" + "r" * count,
        widths=(2.6, 1.6, *[1.3] * count),
    )


def _level(figure: Figure | None) -> Cell:
    if figure is None or not figure.flights:
        return Cell(NOTHING)
    return Cell(words.quantity(figure.value, figure.unit), words.interval(figure))


def _gain(figure: Figure | None) -> Cell:
    """A difference, in points or in its unit, with the interval in the same."""
    if figure is None or not figure.flights:
        return Cell(NOTHING)
    if figure.unit != "share":
        return _level(figure)
    ends = [f"{100 * end:z.1f}".replace("-", "−") for end in (figure.low, figure.high)]
    return Cell(f"{100 * figure.value:z.1f}".replace("-", "−"), f"{ends[0]} to {ends[1]}")


def _flown(data: StudyData) -> list[CellHead]:
    return [cell for cell in data.cells if cell.flights]
