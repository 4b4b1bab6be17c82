"""The maps of a study's report: who looks where in each architecture, and rings of published ranges; equal in area."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from jointwatch.display import coastline, outlines, theme
from jointwatch.display.ground import fill_land, stroke, strokes
from jointwatch.display.projection import Sheet, sheet_around
from jointwatch.display.study.data import StudyData
from jointwatch.display.study.figures import MARK, WIDTH_IN
from jointwatch.display.study.places import Architecture, Circle, Radar, Region
from jointwatch.display.study.style import ink, of_line
from jointwatch.display.wording import short

ASPECT = 1.28
_OFFSETS = ((5, 4), (5, -9), (-5, 4), (-5, -9), (5, 11), (-5, 11))


def architectures(data: StudyData, shown: Sequence[Architecture], *, name: str) -> str:
    """Return a map for each of some architectures: every radar that looks with its sectors, and the study's regions."""
    sheet = _sheet(data)
    rows = -(-len(shown) // 2)
    return theme.svg(
        lambda figure: _draw_architectures(figure, data, shown, sheet),
        name=name,
        title="Maps: radars and their sectors in each architecture, regions of launch and destination",
        width_in=WIDTH_IN,
        height_in=0.35 + rows * (WIDTH_IN / 2 / ASPECT + 0.2),
        mark=MARK,
    )


def rings(circles: Sequence[Circle], *, name: str, title: str) -> str:
    """Return a map of rings, each named in the legend; those of one group share a colour."""
    longitude, latitude = (np.concatenate([getattr(one, side) for one in circles]) for side in _SIDES)
    sheet = sheet_around(longitude, latitude, aspect=1.5, least_km=2_000.0)
    return theme.svg(
        lambda figure: _draw_rings(figure, circles, sheet),
        name=name,
        title=title,
        width_in=WIDTH_IN,
        height_in=5.4,
        mark=MARK,
    )


_SIDES = ("longitude_deg", "latitude_deg")


def ground(axes: Axes, sheet: Sheet) -> None:
    """Draw sea, land, coast and borders, and fit the axes to the sheet."""
    axes.set_facecolor(theme.INK["sea"])
    fill_land(axes, sheet, colour=theme.INK["land"], coast=theme.INK["coast"])
    axes.plot(*strokes(sheet, coastline.borders()).T, color=theme.INK["border"], linewidth=0.4, zorder=0.4)
    axes.set(xlim=sheet.x_km, ylim=sheet.y_km, xticks=[], yticks=[], aspect="equal")
    axes.grid(visible=False)
    for side in axes.spines.values():
        side.set_visible(True)


def _sheet(data: StudyData) -> Sheet:
    """The sheet that holds all regions and all radars."""
    boxes = np.vstack([_outline(region) for region in data.regions])
    radars = {radar.name: radar for one in data.architectures for held in one.looks.values() for radar in held}
    places = np.array([[radar.longitude_deg, radar.latitude_deg] for radar in radars.values()]).reshape(-1, 2)
    points = np.vstack([boxes, places])
    return sheet_around(points[:, 0], points[:, 1], aspect=ASPECT, least_km=2_000.0)


def _draw_architectures(figure: Figure, data: StudyData, shown: Sequence[Architecture], sheet: Sheet) -> None:
    rows = -(-len(shown) // 2)
    panels = figure.subplots(rows, 2, squeeze=False).ravel()
    for axes in panels[len(shown) :]:
        axes.set_axis_off()
    for axes, one in zip(panels, shown, strict=False):
        ground(axes, sheet)
        for region in data.regions:
            _region(axes, sheet, region)
        radars = _distinct(radar for held in one.looks.values() for radar in held)
        for radar in radars:
            _sectors(axes, sheet, radar, ink(data, radar.party))
        marks = [(r.title, r.longitude_deg, r.latitude_deg, ink(data, r.party), "^") for r in radars]
        marks += [(s.title, s.longitude_deg, s.latitude_deg, theme.INK["ink"], "*") for s in one.sites]
        _named(axes, sheet, marks)
        axes.set_title(f"{short(one.brief, 44)} ({one.on})", loc="left", fontsize=8.5)
    _legend(figure, data)


def _distinct(radars: Iterable[Radar]) -> list[Radar]:
    """Each radar once, with the most arrays that any party has of it."""
    most: dict[str, Radar] = {}
    for radar in radars:
        if radar.name not in most or len(radar.faces) > len(most[radar.name].faces):
            most[radar.name] = radar
    return list(most.values())


def _sectors(axes: Axes, sheet: Sheet, radar: Radar, colour: str) -> None:
    for face in radar.faces:
        line = outlines.sector(
            radar.latitude_deg,
            radar.longitude_deg,
            azimuth_from_deg=face.azimuth_from_deg,
            azimuth_to_deg=face.azimuth_to_deg,
            ground_range_km=radar.reach_km,
        )
        x, y = sheet.projection.forward(*line.T)
        axes.fill(x, y, color=colour, alpha=0.09, linewidth=0, zorder=1)
        axes.plot(x, y, color=colour, linewidth=0.8, zorder=1.5)


def _region(axes: Axes, sheet: Sheet, region: Region) -> None:
    line = _outline(region)
    style = "-" if region.launches else (0, (3, 1.5))
    stroke(axes, sheet, line, color=theme.INK["alarm" if region.launches else "ink"], linewidth=0.9, linestyle=style)


def _outline(region: Region) -> NDArray[np.float64]:
    south, north, west = region.south_deg, region.north_deg, region.west_deg
    east = west + region.wide_deg
    return np.array([[west, south], [east, south], [east, north], [west, north], [west, south]])


def _named(axes: Axes, sheet: Sheet, marks: Sequence[tuple[str, float, float, str, str]]) -> None:
    """Draw marks with their names, each where it hides the fewest of those before."""
    taken: list[tuple[float, float, float]] = []
    there: list[tuple[float, float]] = []
    scale = (sheet.x_km[1] - sheet.x_km[0]) / (WIDTH_IN / 2 * 72)  # km a point
    for title, longitude, latitude, colour, symbol in marks:
        name = short(title, 20)
        x, y = (float(each) for each in sheet.projection.forward(longitude, latitude))
        axes.plot(x, y, symbol, color=colour, markersize=4.2, markeredgewidth=0, zorder=5)
        if symbol == "*" and any(np.hypot(x - a, y - b) < 6 * scale for a, b in there):
            continue  # beside a radar that is named: of the same place
        there.append((x, y))
        wide = 3.6 * len(name) * scale
        places = [(x + (dx * scale if dx > 0 else dx * scale - wide), y + dy * scale) for dx, dy in _OFFSETS]
        free = [_hidden(at, wide, taken, scale) for at in places]
        at = places[int(np.argmin(free))]
        taken.append((*at, wide))
        halo = {"boxstyle": "round,pad=0.08", "facecolor": theme.INK["paper"], "edgecolor": "none", "alpha": 0.7}
        axes.text(*at, name, fontsize=6.3, bbox=halo, zorder=6, clip_on=True)


def _hidden(at: tuple[float, float], wide: float, taken: Sequence[tuple[float, float, float]], scale: float) -> int:
    tall = 8.5 * scale
    return sum(abs(at[1] - y) < tall and at[0] < x + other and x < at[0] + wide for x, y, other in taken)


def _legend(figure: Figure, data: StudyData) -> None:
    axes = figure.axes[0]
    for party in data.parties:
        axes.plot([], [], "^", color=ink(data, party.name), label=f"radar of {party.title}")
    if any(one.sites for one in data.architectures):
        axes.plot([], [], "*", color=theme.INK["ink"], label="interceptor site: a point")
    axes.plot([], [], color=theme.INK["alarm"], label="launches from here")
    axes.plot([], [], color=theme.INK["ink"], linestyle=(0, (3, 1.5)), label="towards here")
    figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=3, fontsize=8)


def _draw_rings(figure: Figure, circles: Sequence[Circle], sheet: Sheet) -> None:
    axes = figure.subplots()
    ground(axes, sheet)
    for one in circles:
        colour, dash, _ = of_line(one.group)
        line = np.array([one.longitude_deg, one.latitude_deg]).T
        stroke(axes, sheet, _closed(line), color=colour, linestyle=dash, linewidth=1.3, zorder=3, label=one.title)
    handles = _once(axes)
    columns = 1 if max(map(len, handles)) > 40 else 4
    figure.legend(list(handles.values()), list(handles), loc="outside lower center", ncols=columns, fontsize=8)


def _closed(line: NDArray[np.float64]) -> NDArray[np.float64]:
    """The ring closed, its longitudes without a jump."""
    whole = np.vstack([line, line[:1]])
    return np.column_stack([np.unwrap(whole[:, 0], period=360.0), whole[:, 1]])


def _once(axes: Axes) -> dict[str, Artist]:
    """What the legend shows, by its words: lines of one name once."""
    return {text: handle for handle, text in zip(*axes.get_legend_handles_labels(), strict=True)}
