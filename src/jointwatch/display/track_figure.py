"""Tracks as one figure: over the map with their launch and impact ellipses, and their heights against time."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline
from numpy.typing import NDArray

from jointwatch.display import coastline

Floats = NDArray[np.float64]
_EDGE = 0.15  # of the map's width: names of radars there stand to their right
KM_PER_DEG = 111.2
NAMED = 8
"""Tracks that are drawn in a colour of their own, with name and ellipses; those after them are grey."""
_INK, _SOFT, _LAND, _SEA, _COAST, _BORDER = "#1b2025", "#5d6670", "#ece9df", "#dce8ee", "#6f7d87", "#b5ada0"
_COLOURS = ("#b3500f", "#6b3fa8", "#2f5f3b", "#9b1c1c", "#1f5a8a", "#5a4a00", "#a0307c", "#7a3b1e")
_LEAST_DEG = 6.0  # width and height that the map has at least
_SETTINGS = {
    "font.family": ["DejaVu Sans"],
    "font.size": 9.0,
    "text.color": _INK,
    "axes.edgecolor": _SOFT,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "text.parse_math": False,
}


@dataclass(frozen=True, eq=False)
class Line:
    """One track: arrays (k,) of minutes, degrees and kilometres, and where it was under thrust.

    ellipses: of each what it is, longitude, latitude, semi-axes in km, azimuth of the major one; angles in degrees.
    """

    name: str
    minutes: Floats
    longitude_deg: Floats
    latitude_deg: Floats
    height_km: Floats
    boosting: NDArray[np.bool_]
    ellipses: Sequence[tuple[str, float, float, float, float, float]] = ()


@dataclass(frozen=True, eq=False)
class TrackFigure:
    """What is drawn: tracks, radars as name, longitude, latitude in degrees, and the words under the time."""

    lines: Sequence[Line]
    radars: Sequence[tuple[str, float, float]]
    time_label: str


def draw(data: TrackFigure, out: Path) -> None:
    """Write the figure as PNG."""
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    with rc_context(cast(Any, _SETTINGS)):
        figure = Figure(figsize=(11.0, 5.2), layout="constrained")
        FigureCanvasAgg(figure)
        over, beside = figure.subplots(1, 2, width_ratios=(1.15, 1))
        _map(over, data)
        _heights(beside, data)
        figure.savefig(out, dpi=150)


def _map(axes: Axes, data: TrackFigure) -> None:
    """Draw coast, borders, radars, tracks and ellipses; longitudes squeezed by the cosine of the middle latitude."""
    everything, middle = _places(data)
    low, high = everything.min(axis=0), everything.max(axis=0)
    half = np.maximum((high - low) * 0.62, _LEAST_DEG / 2)
    centre = (low + high) / 2
    squeeze = max(0.2, float(np.cos(np.radians(centre[1]))))
    half = np.maximum(half, [half[1] * 0.9 / squeeze, half[0] * squeeze * 0.7])
    (west, south), (east, north) = centre - half, centre + half
    axes.set(xlim=(west, east), ylim=(max(south, -90.0), min(north, 90.0)), aspect=1 / squeeze, facecolor=_SEA)
    for turn in (-360.0, 0.0, 360.0):
        rings = coastline.within(coastline.land(), west - turn, south, east - turn, north)
        if rings:  # as one shape, so that an inland sea, wound the other way, stays sea
            shape = Outline.make_compound_path(*(Outline(ring + np.array([turn, 0.0]), closed=True) for ring in rings))
            axes.add_patch(PathPatch(shape, facecolor=_LAND, edgecolor=_COAST, linewidth=0.5, zorder=1))
        for border in coastline.within(coastline.borders(), west - turn, south, east - turn, north):
            axes.plot(border[:, 0] + turn, border[:, 1], color=_BORDER, linewidth=0.5, zorder=1)
    for name, longitude, latitude in data.radars:
        at = (_near(longitude, middle), latitude)
        axes.plot(*at, "^", color=_INK, markersize=6, zorder=4)
        side = 1 if at[0] < west + _EDGE * (east - west) else -1
        axes.annotate(
            name, at, xytext=(6 * side, -9), textcoords="offset points", fontsize=8, zorder=5, clip_on=True,
            ha="left" if side > 0 else "right",
        )  # fmt: skip
    for number, line in enumerate(data.lines):
        _over(axes, line, number, middle)
    axes.xaxis.set_major_formatter(lambda degrees, _: f"{_near(degrees, 0.0):g}")
    axes.set(xlabel="longitude, °", ylabel="latitude, °")
    axes.set_title("tracks, launch and impact with 95 % ellipses", fontsize=9.5, loc="left")
    axes.annotate(
        coastline.NOTE, (0, 0), xycoords="axes fraction", xytext=(0, -34), textcoords="offset points", va="top",
        fontsize=6, color=_SOFT,
    )  # fmt: skip


def _over(axes: Axes, line: Line, number: int, middle: float) -> None:
    """Draw one track over the map."""
    colour, wide = _ink(number)
    longitude = _near(line.longitude_deg, middle)
    over_the_edge = np.flatnonzero(np.abs(np.diff(longitude)) > 180.0) + 1
    parts = np.insert(longitude, over_the_edge, np.nan), np.insert(line.latitude_deg, over_the_edge, np.nan)
    axes.plot(*parts, color=colour, linewidth=wide, zorder=3)
    if number >= NAMED:
        return
    halfway = len(longitude) // 2
    axes.annotate(
        line.name, (longitude[halfway], line.latitude_deg[halfway]), xytext=(6, 3), textcoords="offset points",
        color=colour, fontsize=8.5, zorder=6, clip_on=True,
    )  # fmt: skip
    for word, at_longitude, at_latitude, major_km, minor_km, azimuth_deg in line.ellipses:
        at = (_near(at_longitude, middle), at_latitude)
        axes.plot(*at, "o" if word == "launch" else "x", color=colour, markersize=5, zorder=5)
        axes.plot(*_ring(*at, major_km, minor_km, azimuth_deg), color=colour, linewidth=0.9, linestyle="--", zorder=4)
        axes.annotate(
            word, at, xytext=(6, -10), textcoords="offset points", color=colour, fontsize=7.5, zorder=6, clip_on=True
        )


def _heights(axes: Axes, data: TrackFigure) -> None:
    """Draw heights against time; where a track was under thrust its line is thick."""
    for number, line in enumerate(data.lines):
        colour, wide = _ink(number)
        axes.plot(line.minutes, line.height_km, color=colour, linewidth=wide, zorder=2)
        if number < NAMED:
            burning = np.where(line.boosting, line.height_km, np.nan)
            axes.plot(line.minutes, burning, color=colour, linewidth=4.0, alpha=0.45, zorder=3)
            top = int(np.argmax(line.height_km))
            at = (line.minutes[top], line.height_km[top])
            axes.annotate(line.name, at, xytext=(4, 4), textcoords="offset points", color=colour, fontsize=8.5)
    if not data.lines:
        axes.text(0.5, 0.5, "no track", transform=axes.transAxes, ha="center")
    axes.set(xlabel=data.time_label, ylabel="height over the ellipsoid, km")
    axes.set_ylim(bottom=min([0.0, *(float(line.height_km.min()) for line in data.lines)]))
    axes.grid(color="#d8d8d8", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.set_title("height; thick: under thrust", fontsize=9.5, loc="left")
    axes.spines[["top", "right"]].set_visible(False)


def _ink(number: int) -> tuple[str, float]:
    return (_COLOURS[number], 1.6) if number < NAMED else ("#8a9199", 0.7)


def _places(data: TrackFigure) -> tuple[Floats, float]:
    """Longitudes and latitudes (n, 2) that the map must hold, unbroken, and the longitude they are unbroken around."""
    parts = [np.array([[longitude, latitude]]) for _, longitude, latitude in data.radars]
    parts += [np.column_stack([line.longitude_deg, line.latitude_deg]) for line in data.lines]
    parts += [np.array([[e[1], e[2]]]) for line in data.lines[:NAMED] for e in line.ellipses]
    places = np.concatenate(parts)
    turned = np.exp(1j * np.radians(places[:, 0])).mean()
    middle = float(np.degrees(np.angle(turned)))
    places[:, 0] = _near(places[:, 0], middle)
    return places, middle


def _near(longitude_deg: Any, middle_deg: float) -> Any:
    """Longitudes within half a turn of the middle."""
    return (longitude_deg - middle_deg + 180.0) % 360.0 - 180.0 + middle_deg


def _ring(longitude: float, latitude: float, major_km: float, minor_km: float, azimuth_deg: float) -> Floats:
    """Longitudes and latitudes (2, 73) of an ellipse, as on a plane: fair to some hundred kilometres."""
    turn, azimuth = np.linspace(0.0, 2 * np.pi, 73), np.radians(azimuth_deg)
    along, across = major_km * np.cos(turn), minor_km * np.sin(turn)
    east, north = along * np.sin(azimuth) + across * np.cos(azimuth), along * np.cos(azimuth) - across * np.sin(azimuth)
    squeeze = max(0.05, float(np.cos(np.radians(latitude))))
    return np.array([longitude + east / KM_PER_DEG / squeeze, latitude + north / KM_PER_DEG])
