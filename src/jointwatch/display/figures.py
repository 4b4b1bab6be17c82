"""The report's figures besides the map, each as one <svg> element: plain values in, lines out."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from jointwatch.display import outlines, theme, wording
from jointwatch.display.perspective import label, radar_name, style
from jointwatch.display.report_data import ObjectReport, Point, ReportData, Series, Sighting, TrackCurve
from jointwatch.messages.picture import Ellipse

_KM_PER_DEGREE = 111.32
_WIDTH_IN = 7.6


def areas_figure(data: ReportData, item: ObjectReport, *, mark: str) -> str:
    """Return launch and impact area enlarged, in km from the true point."""
    return theme.svg(
        lambda figure: _draw_areas(figure, data, item),
        name=f"areas-{item.name}",
        title=f"95 % ellipses of the launch and impact point of {item.name}, in km from the true point",
        width_in=_WIDTH_IN,
        height_in=3.9,
        mark=mark,
    )


def altitude_figure(data: ReportData, item: ObjectReport, *, mark: str) -> str:
    """Return height against time, and below it when each radar could see the object and when it did."""
    return theme.svg(
        lambda figure: _draw_altitude(figure, data, item),
        name=f"altitude-{item.name}",
        title=f"Height of {item.name} against time, with the intervals in which each radar could see it",
        width_in=_WIDTH_IN,
        height_in=3.4 + 0.3 * len(item.sightings),
        mark=mark,
    )


def error_figure(data: ReportData, item: ObjectReport, *, mark: str) -> str:
    """Return the tracks' position errors against time, and the launch point's against time since first detection."""
    return theme.svg(
        lambda figure: _draw_errors(figure, data, item),
        name=f"errors-{item.name}",
        title=f"Errors of track position and launch point of {item.name}, with the uncertainty each centre stated",
        width_in=_WIDTH_IN,
        height_in=3.6,
        mark=mark,
    )


def offset_km(point: Point | Ellipse, origin: Point) -> tuple[float, float]:
    """Return east and north in km from `origin`, on a plane touching there: good to 1 % within some 100 km."""
    north = (point.latitude_deg - origin.latitude_deg) * _KM_PER_DEGREE
    turn = (point.longitude_deg - origin.longitude_deg + 180.0) % 360.0 - 180.0
    return turn * _KM_PER_DEGREE * float(np.cos(np.radians(origin.latitude_deg))), north


def _draw_areas(figure: Figure, data: ReportData, item: ObjectReport) -> None:
    truth = item.truth.quantities
    panels = [("launch point", truth.launch_point), ("impact point", truth.impact_point)]
    shown = [(word, origin) for word, origin in panels if origin is not None]
    for axes, (word, origin) in zip(np.atleast_1d(figure.subplots(1, max(len(shown), 1))), shown, strict=False):
        _area(axes, data, item, word=word, origin=origin)
    handles, labels = figure.axes[0].get_legend_handles_labels()
    if handles:
        figure.legend(handles, labels, loc="outside lower center", ncols=4)


def _area(axes: Axes, data: ReportData, item: ObjectReport, *, word: str, origin: Point) -> None:
    axes.plot(0.0, 0.0, "X", color=theme.INK["truth"], markersize=8, label="truth", zorder=5, linestyle="none")
    reach = 1.0
    for estimate in item.estimates:
        q = estimate.quantities
        point = q.launch_point if word.startswith("launch") else q.impact_point
        if point is not None:
            reach = max(reach, _estimated_area(axes, data, estimate.perspective, point=point, origin=origin))
    axes.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal", xlabel="east, km", ylabel="north, km")
    axes.set_title(f"{word.capitalize()}, 95 % ellipses", fontsize=9.5)


def _estimated_area(axes: Axes, data: ReportData, perspective: str, *, point: Point, origin: Point) -> float:
    """Draw one estimate and return how far it reaches from the truth, in km, with a margin."""
    name = style(data.run, perspective)
    colour, dash, words = theme.INK[name], theme.DASH.get(name, "-"), label(data.run, perspective)
    east, north = offset_km(point, origin)
    axes.plot(east, north, theme.MARK.get(name, "."), color=colour, markersize=4.5, zorder=4)
    if point.ellipse is None:
        axes.plot([], [], color=colour, linestyle=dash, label=words)
        return 1.15 * max(abs(east), abs(north))
    x, y = _outline_km(point.ellipse, origin)
    axes.plot(x, y, color=colour, linestyle=dash, linewidth=1.5, label=words, zorder=3)
    return 1.15 * float(max(np.abs(x).max(), np.abs(y).max()))


def _outline_km(area: Ellipse, origin: Point) -> tuple[Series, Series]:
    along, across = outlines.ellipse_axes_km(area)
    east, north = offset_km(area, origin)
    sin, cos = np.sin(np.radians(area.azimuth_deg)), np.cos(np.radians(area.azimuth_deg))
    return east + along * sin + across * cos, north + along * cos - across * sin


def _draw_altitude(figure: Figure, data: ReportData, item: ObjectReport) -> None:
    rows = max(len(item.sightings), 1)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(6.0, 0.35 + 0.75 * rows))
    path = item.truth.path
    above.plot(path.time_s, path.altitude_km, color=theme.INK["truth"], linewidth=1.2, label="truth")
    for track in item.tracks:
        _curve(above, data, track.perspective, track.path.time_s, track.path.altitude_km)
    above.set(ylabel="height, km", ylim=(0.0, None))
    theme.legend(above, loc="best")
    _sighting_rows(below, data, item.sightings)
    below.set(xlabel="seconds after launch", xlim=_span(item))


def _sighting_rows(axes: Axes, data: ReportData, sightings: tuple[Sighting, ...]) -> None:
    names = {radar.id: style(data.run, radar.feeds) for radar in data.run.radars}
    for row, sighting in enumerate(sightings):
        colour = theme.INK[names.get(sighting.radar, "soft")]
        bars = [(start, end - start) for start, end in sighting.visible_s]
        axes.broken_barh(bars, (row - 0.32, 0.64), facecolor=colour, alpha=0.22, linewidth=0)
        axes.plot(sighting.plot_s, np.full(len(sighting.plot_s), row), "|", color=colour, markersize=9)
        if not bars:
            axes.text(0.01, row, "not in view", transform=axes.get_yaxis_transform(), va="center", fontsize=8.5)
    axes.set_yticks(range(len(sightings)), [wording.short(radar_name(data.run, each.radar)) for each in sightings])
    axes.set_ylim(len(sightings) - 0.4, -0.6)
    axes.grid(visible=False, axis="y")
    axes.tick_params(axis="y", length=0)


def _span(item: ObjectReport) -> tuple[float, float]:
    ends = [item.truth.path.time_s, *(track.path.time_s for track in item.tracks)]
    last = max((float(times[-1]) for times in ends if len(times)), default=60.0)
    return 0.0, max(last, 60.0)


def _draw_errors(figure: Figure, data: ReportData, item: ObjectReport) -> None:
    left, right = figure.subplots(1, 2)
    for track in item.tracks:
        _error_curves(left, data, track)
    for launch in item.launches:
        _curve(right, data, launch.perspective, launch.since_first_s, launch.error_km)
        _faint(right, data, launch.perspective, launch.since_first_s, launch.semi_major_km)
    left.set(xlabel="seconds after launch", ylabel="km", yscale="log")
    left.set_title("Track position: error, and one sigma as stated (faint)", fontsize=9)
    right.set(xlabel="seconds after first measurement", ylabel="km", yscale="log")
    right.set_title("Launch point: error, and 95 % long half-axis (faint)", fontsize=9)
    for axes in (left, right):
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axes.yaxis.set_minor_formatter(lambda value, _: f"{value:g}" if f"{value:e}"[0] in "25" else "")
    if any(track.bound_km is not None for track in item.tracks):
        left.plot([], [], color=theme.INK["soft"], linestyle=":", linewidth=1.3, label="Cramér-Rao bound")
    handles, labels = left.get_legend_handles_labels()
    if handles:
        figure.legend(handles, labels, loc="outside lower center", ncols=5)


def _error_curves(axes: Axes, data: ReportData, track: TrackCurve) -> None:
    _curve(axes, data, track.perspective, track.path.time_s, track.error_km)
    _faint(axes, data, track.perspective, track.path.time_s, track.sigma_km)
    if track.bound_km is not None:
        axes.plot(track.path.time_s, track.bound_km, color=theme.INK["soft"], linestyle=":", linewidth=1.3)


def _curve(axes: Axes, data: ReportData, perspective: str, x: Series, y: Series) -> None:
    name = style(data.run, perspective)
    dash, words = theme.DASH.get(name, "-"), label(data.run, perspective)
    axes.plot(x, y, color=theme.INK[name], linestyle=dash, linewidth=1.5, label=words)


def _faint(axes: Axes, data: ReportData, perspective: str, x: Series, y: Series) -> None:
    colour = theme.INK[style(data.run, perspective)]
    axes.plot(x, y, color=colour, linewidth=4.0, alpha=0.28, solid_capstyle="round")
