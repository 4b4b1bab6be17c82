"""The report's map: where the radars look, where the object went, where each side put launch and impact."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from jointwatch.display import coastline, outlines, theme, wording
from jointwatch.display.perspective import label, style, style_of_radar
from jointwatch.display.report_data import Estimate, ObjectReport, Path, Point, ReportData
from jointwatch.messages.picture import FaceView, RadarView

ASPECT = 1.45  # width by height of the map
_MARGIN = 0.14  # of the width shown, on each side
_SMALLEST_DEG = 12.0


def map_figure(data: ReportData, item: ObjectReport, *, mark: str) -> str:
    """Return the map as an <svg> element: fields of regard, true and estimated ground tracks, 95 % ellipses."""
    return theme.svg(
        lambda figure: _draw_map(figure, data, item),
        name=f"map-{item.name}",
        title=f"Map: fields of regard of the radars and ground track of {item.name}",
        width_in=7.6,
        height_in=7.6 / ASPECT,
        mark=mark,
    )


def window(points: NDArray[np.float64]) -> tuple[float, float, float, float]:
    """Return west, south, east and north in degrees: all points with a margin, in the map's aspect.

    points: (n, 2) longitude and latitude.
    """
    low, high = points.min(axis=0), points.max(axis=0)
    middle, squeeze = (low + high) / 2.0, np.cos(np.radians((low[1] + high[1]) / 2.0))
    height = max(high[1] - low[1], (high[0] - low[0]) * squeeze / ASPECT, _SMALLEST_DEG) * (1.0 + 2.0 * _MARGIN)
    half = np.array([height * ASPECT / squeeze, height]) / 2.0
    (west, south), (east, north) = middle - half, middle + half
    return float(west), max(float(south), -90.0), float(east), min(float(north), 90.0)


def _draw_map(figure: Figure, data: ReportData, item: ObjectReport) -> None:
    axes = figure.subplots()
    west, south, east, north = window(_points_of_interest(data, item))
    _ground(axes, (west, south, east, north))
    for radar in data.run.radars:
        _radar(axes, data, radar)
    _tracks(axes, data, item)
    _areas(axes, data, item.estimates)
    _endpoints(axes, item)
    axes.set(xlim=(west, east), ylim=(south, north), aspect=1.0 / np.cos(np.radians((south + north) / 2.0)))
    _scale_bar(axes, (west, south, east, north))
    theme.legend(axes, loc="upper left", bbox_to_anchor=(0.0, -0.05), ncols=4, borderaxespad=0.0)


def _points_of_interest(data: ReportData, item: ObjectReport) -> NDArray[np.float64]:
    path = item.truth.path
    sites = np.array([[radar.longitude_deg, radar.latitude_deg] for radar in data.run.radars]).reshape(-1, 2)
    seen = [np.column_stack([_unwrapped(each), each.latitude_deg]) for each in (path, *(t.path for t in item.tracks))]
    points = np.vstack([sites, *seen])
    points = points[np.isfinite(points).all(axis=1)]
    return points if len(points) else np.zeros((1, 2))


def _unwrapped(path: Path) -> NDArray[np.float64]:
    """Return the longitudes without a jump at the antimeridian, where all are known."""
    finite = np.isfinite(path.longitude_deg).all()
    return np.unwrap(path.longitude_deg, period=360.0) if finite else path.longitude_deg


def _ground(axes: Axes, bounds: tuple[float, float, float, float]) -> None:
    axes.set_facecolor(theme.INK["sea"])
    for ring in coastline.within(coastline.land(), *bounds):
        axes.fill(*ring.T, facecolor=theme.INK["land"], edgecolor=theme.INK["coast"], linewidth=0.5, zorder=0)
    for line in coastline.within(coastline.borders(), *bounds):
        axes.plot(*line.T, color=theme.INK["border"], linewidth=0.6, zorder=0.5)
    axes.grid(visible=True, zorder=0.6)
    axes.xaxis.set_major_formatter(lambda x, _: f"{abs((x + 180) % 360 - 180):.0f}° {'E' if x >= 0 else 'W'}")
    axes.yaxis.set_major_formatter(lambda y, _: f"{abs(y):.0f}° {'N' if y >= 0 else 'S'}")
    axes.tick_params(length=0)
    for side in axes.spines.values():
        side.set_visible(True)


def _radar(axes: Axes, data: ReportData, radar: RadarView) -> None:
    reach = {cover.radar: cover.ground_range_km for cover in data.coverage}.get(radar.id, 0.0)
    colour = theme.INK[style_of_radar(data.run, radar)]
    for face in radar.faces if reach > 0 else ():
        _sector(axes, radar, face, reach_km=reach, colour=colour)
    axes.plot(radar.longitude_deg, radar.latitude_deg, "^", color=colour, markersize=6, zorder=5)
    _label(axes, radar.longitude_deg, radar.latitude_deg, wording.short(radar.name), offset=(6, 6))


def _sector(axes: Axes, radar: RadarView, face: FaceView, *, reach_km: float, colour: str) -> None:
    line = outlines.sector(
        radar.latitude_deg,
        radar.longitude_deg,
        azimuth_from_deg=face.azimuth_from_deg,
        azimuth_to_deg=face.azimuth_to_deg,
        ground_range_km=reach_km,
    )
    if face.on_duty:
        axes.fill(*line.T, color=colour, alpha=0.10, linewidth=0, zorder=1)
    axes.plot(*line.T, color=colour, linewidth=0.9, linestyle="-" if face.on_duty else (0, (1, 2.5)), zorder=1.5)


def _tracks(axes: Axes, data: ReportData, item: ObjectReport) -> None:
    path = item.truth.path
    axes.plot(_unwrapped(path), path.latitude_deg, color=theme.INK["truth"], linewidth=1.0, label="truth", zorder=3)
    for track in item.tracks:
        name = style(data.run, track.perspective)
        axes.plot(
            _unwrapped(track.path),
            track.path.latitude_deg,
            color=theme.INK[name],
            linestyle=theme.DASH[name],
            linewidth=2.2,
            label=f"track, {label(data.run, track.perspective)}",
            zorder=3.5,
        )


def _areas(axes: Axes, data: ReportData, estimates: Iterable[Estimate]) -> None:
    for estimate in estimates:
        name = style(data.run, estimate.perspective)
        for point in (estimate.quantities.launch_point, estimate.quantities.impact_point):
            if point is not None and point.ellipse is not None:
                line = outlines.ellipse(point.ellipse)
                axes.plot(*line.T, color=theme.INK[name], linestyle=theme.DASH[name], linewidth=1.3, zorder=4)


def _endpoints(axes: Axes, item: ObjectReport) -> None:
    ends = (("launch", item.truth.quantities.launch_point, "o"), ("impact", item.truth.quantities.impact_point, "X"))
    for word, point, marker in ends:
        if point is not None:
            _endpoint(axes, point, word=word, marker=marker)


def _endpoint(axes: Axes, point: Point, *, word: str, marker: str) -> None:
    ink = theme.INK
    axes.plot(
        point.longitude_deg, point.latitude_deg, marker, color=ink["paper"], markeredgecolor=ink["truth"], zorder=4.5
    )
    _label(axes, point.longitude_deg, point.latitude_deg, word, offset=(8, -11))


def _label(axes: Axes, x: float, y: float, text: str, *, offset: tuple[int, int]) -> None:
    halo = {"boxstyle": "round,pad=0.15", "facecolor": theme.INK["paper"], "edgecolor": "none", "alpha": 0.75}
    axes.annotate(
        text, (x, y), xytext=offset, textcoords="offset points", fontsize=8.5, bbox=halo, zorder=6, clip_on=True
    )


def _scale_bar(axes: Axes, bounds: tuple[float, float, float, float]) -> None:
    west, south, east, north = bounds
    km_per_degree = 111.32 * np.cos(np.radians(south + 0.05 * (north - south)))
    wanted = (east - west) * km_per_degree / 5.0
    size = max(step for step in (10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0) if step <= max(wanted, 10.0))
    x, y = west + 0.03 * (east - west), south + 0.04 * (north - south)
    axes.plot(
        [x, x + size / km_per_degree], [y, y], color=theme.INK["ink"], linewidth=2.5, solid_capstyle="butt", zorder=6
    )
    axes.text(x, y + 0.012 * (north - south), f"{size:.0f} km", fontsize=8, zorder=6)
