"""The map of coverage: from which height on an object is seen, and how far each radar sees at one height."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path as File
from typing import Any, cast

import numpy as np
from matplotlib import colormaps, rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.cm import ScalarMappable
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from jointwatch.display import coastline
from jointwatch.display.ground import fill_land, stroke
from jointwatch.display.projection import Sheet

ASPECT = 1.5  # of the map
LEVELS_KM = (0.0, 25.0, 50.0, 100.0, 200.0, 400.0, 800.0, 1600.0, 4000.0)
# the report's paper, and colours of radars that stay apart, also by their dashes, on it
_INK, _SOFT, _LAND, _SEA, _COAST, _BORDER = "#1b2025", "#5d6670", "#ece9df", "#dce8ee", "#6f7d87", "#b5ada0"
_COLOURS = ("#b3500f", "#6b3fa8", "#9b1c1c", "#2f5f3b", "#5a4a00", "#a0307c", "#1b2025", "#7a3b1e")
_DASHES: tuple[Any, ...] = ("-", (0, (6, 2)), (0, (2, 1.5)), (0, (6, 2, 1.5, 2)))
_NAMES_BESIDE = 4
_SETTINGS = {
    "font.family": ["DejaVu Sans"],
    "font.size": 9.0,
    "text.color": _INK,
    "axes.edgecolor": _SOFT,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "svg.hashsalt": "coverage",
    "svg.fonttype": "none",
    "text.parse_math": False,
}


@dataclass(frozen=True)
class Mark:
    """A named place, degrees."""

    name: str
    latitude_deg: float
    longitude_deg: float


@dataclass(frozen=True, eq=False)
class CoverageFigure:
    """What is drawn: whether each radar sees (m, b, a), and from which height any does (b, a), on the sheet's grid."""

    sheet: Sheet
    radars: Sequence[Mark]
    seen: NDArray[np.bool_]
    first_km: NDArray[np.floating[Any]]
    altitude_km: float
    title: str
    notes: Sequence[str]
    places: Sequence[Mark] = ()


def draw(data: CoverageFigure, out: File) -> None:
    """Write the figure; its format follows from the suffix, .png or .svg."""
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    with rc_context(cast(Any, _SETTINGS)):
        figure = Figure(figsize=(10.0, 6.3), layout="constrained")
        (FigureCanvasSVG if out.suffix == ".svg" else FigureCanvasAgg)(figure)
        _fill(figure, data)
        dated = {"Date": None} if out.suffix == ".svg" else None
        figure.savefig(out, dpi=150, metadata=dated, bbox_inches="tight", pad_inches=0.12)


def _fill(figure: Figure, data: CoverageFigure) -> None:
    axes = figure.subplots()
    _ground(axes, data.sheet)
    norm, colours = BoundaryNorm(LEVELS_KM, len(LEVELS_KM) - 1), _colours()
    extent = (*data.sheet.x_km, *data.sheet.y_km)
    axes.imshow(
        np.ma.masked_invalid(data.first_km), extent=extent, origin="lower", cmap=colours, norm=norm, alpha=0.62,
        interpolation="nearest", zorder=1, aspect="equal",
    )  # fmt: skip
    _lines(axes, data.sheet)
    handles = [_outline(axes, data, number) for number in range(len(data.radars))]
    named: list[tuple[float, float]] = []
    for number, radar in enumerate(data.radars):
        _mark(axes, data.sheet, radar, "^", _style(number)[0], named)
    for place in data.places:
        _mark(axes, data.sheet, place, "o", "white", named, small=True)
    axes.set(xlim=data.sheet.x_km, ylim=data.sheet.y_km, xticks=[], yticks=[])
    axes.set_title(data.title, loc="left", fontsize=11)
    bar = figure.colorbar(ScalarMappable(norm, colours), ax=axes, shrink=0.8, pad=0.015, alpha=0.62, ticks=LEVELS_KM)
    bar.set_label("first seen at this height or lower, km (no colour: never)")
    bar.ax.set_yticklabels([f"{level:,.0f}" for level in LEVELS_KM])
    _words_below(figure, axes, data, handles)


def _words_below(figure: Figure, axes: Axes, data: CoverageFigure, handles: Sequence[Line2D]) -> None:
    """Write the legend and, as far below as it is tall, the notes."""
    legend = axes.legend(
        handles=handles, loc="upper left", bbox_to_anchor=(0.0, -0.01), ncols=_NAMES_BESIDE, frameon=False,
        fontsize=8.5, title=f"seen at {data.altitude_km:g} km by", alignment="left", borderaxespad=0.2,
    )  # fmt: skip
    rows = -(-len(handles) // _NAMES_BESIDE)
    notes = axes.annotate(
        "\n".join(data.notes), (0.0, 0.0), xycoords="axes fraction", xytext=(4.0, -32.0 - 13.5 * rows),
        textcoords="offset points", va="top", fontsize=7.5, color=_SOFT,
    )  # fmt: skip
    for each in (legend, notes):
        each.set_in_layout(False)  # the sheet keeps its size, whatever stands below it
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    for each in (legend, notes):
        each.set_in_layout(True)  # and saving takes it in


def _colours() -> ListedColormap:
    return ListedColormap(colormaps["viridis"](np.linspace(0.12, 1.0, len(LEVELS_KM) - 1)))


def _ground(axes: Axes, sheet: Sheet) -> None:
    axes.set_facecolor(_SEA)
    fill_land(axes, sheet, colour=_LAND)


def _lines(axes: Axes, sheet: Sheet) -> None:
    """Coast and borders over the colours, and every tenth or twentieth meridian and parallel with its number."""
    for line in coastline.polylines():
        stroke(axes, sheet, line, color=_COAST, linewidth=0.6)
    for line in coastline.borders():
        stroke(axes, sheet, line, color=_BORDER, linewidth=0.5)
    step = 10 if sheet.x_km[1] - sheet.x_km[0] < 9_000 else 20
    for meridian in range(-180, 180, step):
        along = np.linspace(-80, 80, 161)
        stroke(axes, sheet, np.column_stack([np.full(161, meridian), along]), color=_SOFT, linewidth=0.25)
        _number(axes, sheet, np.full(161, meridian), along, f"{abs(meridian)}° {'E' if meridian >= 0 else 'W'}")
    for parallel in range(-80, 81, step):
        along = np.linspace(-180, 180, 361)
        stroke(axes, sheet, np.column_stack([along, np.full(361, parallel)]), color=_SOFT, linewidth=0.25)
        _number(axes, sheet, along, np.full(361, parallel), f"{abs(parallel)}° {'N' if parallel >= 0 else 'S'}")


def _number(axes: Axes, sheet: Sheet, longitude: Any, latitude: Any, text: str) -> None:
    """Write a number where its line enters the sheet: meridians at the lower edge, parallels at the left one."""
    x, y = sheet.projection.forward(longitude, latitude)
    inside = (x > sheet.x_km[0]) & (x < sheet.x_km[1]) & (y > sheet.y_km[0]) & (y < sheet.y_km[1])
    lowest = "S" in text or "N" in text
    place = int(np.argmin(np.where(inside, x if lowest else y, np.inf)))
    edge, (low, high) = (x, sheet.x_km) if lowest else (y, sheet.y_km)
    if inside.sum() < 3 or edge[place] > low + 0.06 * (high - low):
        return
    nudge = (3, 2) if lowest else (2, 3)
    axes.annotate(
        text, (x[place], y[place]), xytext=nudge, textcoords="offset points", fontsize=6.5, color=_SOFT, clip_on=True,
        zorder=3,
    )  # fmt: skip


def _style(number: int) -> tuple[str, Any]:
    """Colour and dash of a radar; 32 differ in one or the other."""
    return _COLOURS[number % len(_COLOURS)], _DASHES[(number + number // len(_COLOURS)) % len(_DASHES)]


def _outline(axes: Axes, data: CoverageFigure, number: int) -> Line2D:
    """Draw around what one radar sees; return what the legend shows for it."""
    colour, dash = _style(number)
    seen = data.seen[number].astype(float)
    if seen.any() and not seen.all():
        x = np.linspace(*data.sheet.x_km, seen.shape[1])
        y = np.linspace(*data.sheet.y_km, seen.shape[0])
        axes.contour(x, y, seen, levels=[0.5], colors=[colour], linestyles=[dash], linewidths=1.6, zorder=4)
    name = data.radars[number].name + ("" if seen.any() else " (nothing)")
    return Line2D([], [], color=colour, linestyle=dash, linewidth=1.6, label=name)


def _mark(
    axes: Axes, sheet: Sheet, mark: Mark, symbol: str, colour: str, named: list[tuple[float, float]], *,
    small: bool = False,
) -> None:  # fmt: skip
    """Draw a place with its name; that of a small one not where it would fall on another."""
    x, y = (float(each) for each in sheet.projection.forward(mark.longitude_deg, mark.latitude_deg))
    if not (sheet.x_km[0] < x < sheet.x_km[1] and sheet.y_km[0] < y < sheet.y_km[1]):
        return
    axes.plot(
        x, y, symbol, color=colour, markersize=3.5 if small else 8, markeredgecolor=_INK,
        markeredgewidth=0.6, zorder=5,
    )  # fmt: skip
    wide, tall = 0.06 * (sheet.x_km[1] - sheet.x_km[0]), 0.025 * (sheet.y_km[1] - sheet.y_km[0])
    if small and any(abs(x - other[0]) < wide and abs(y - other[1]) < tall for other in named):
        return
    named.append((x, y))
    halo = {"boxstyle": "round,pad=0.12", "facecolor": "white", "edgecolor": "none", "alpha": 0.7}
    axes.annotate(
        mark.name, (x, y), xytext=(4, -9) if small else (6, 5), textcoords="offset points",
        fontsize=7 if small else 8.5, bbox=halo, zorder=6, clip_on=True,
    )  # fmt: skip
