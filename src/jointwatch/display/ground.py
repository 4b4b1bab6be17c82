"""The ground of a map on an equal-area sheet: land filled, and lines on the globe drawn as they bend there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from numpy.typing import NDArray

from jointwatch.display import coastline
from jointwatch.display.projection import EqualArea, Sheet

_TORN_KM = 3_000.0


_BEYOND = 0.15  # of the sheet's width that a shape is followed beyond its edge


def land(sheet: Sheet) -> Path:
    """Return all land of the sheet as one shape; what lies far beyond its edges is drawn together there."""
    parts = []
    for ring in _on(sheet, coastline.land()):
        x, y = sheet.projection.forward(*dense(ring).T)
        if _touches(sheet, x, y):
            points = _drawn_in(sheet, x, y)
            codes = np.full(len(points), Path.LINETO)
            codes[0] = Path.MOVETO
            parts.append(Path(points, codes))
    return Path.make_compound_path(*parts)


def strokes(sheet: Sheet, lines: Iterable[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return lines of longitude and latitude as one (n, 2), km on the sheet, parted by NaN, without what is off it."""
    parts = [np.zeros((0, 2))]
    for line in lines:
        x, y = sheet.projection.forward(*dense(line).T)
        if _touches(sheet, x, y):
            inner = _drawn_in(sheet, x, y, thin=False)
            off = (np.column_stack([x, y]) != inner).any(axis=1)
            parts += [np.where(off[:, None], np.nan, inner), np.full((1, 2), np.nan)]
    return np.vstack(parts)


def _on(sheet: Sheet, rings: Iterable[NDArray[np.float64]]) -> Iterator[NDArray[np.float64]]:
    """Rings but for those around the whole sheet, which would fill it."""
    away = EqualArea(-sheet.projection.latitude_deg, sheet.projection.longitude_deg + 180.0)
    antipode = ((away.longitude_deg + 180.0) % 360.0 - 180.0, away.latitude_deg)
    return (ring for ring in rings if not Path(ring).contains_point(antipode))


def _drawn_in(
    sheet: Sheet, x: NDArray[np.float64], y: NDArray[np.float64], *, thin: bool = True
) -> NDArray[np.float64]:
    """Points of a line; those far off the sheet are moved to a frame around it, and each place there stands once."""
    (west, east), (south, north) = sheet.x_km, sheet.y_km
    room = _BEYOND * (east - west)
    held = np.column_stack([np.clip(x, west - room, east + room), np.clip(y, south - room, north + room)])
    if not thin:
        return held
    new = np.append(True, (np.diff(held, axis=0) != 0.0).any(axis=1))
    return np.asarray(held[new])


def fill_land(axes: Axes, sheet: Sheet, *, colour: str, coast: str = "none") -> None:
    """Fill the land of the sheet; coast: the colour of its edge."""
    axes.add_patch(PathPatch(land(sheet), facecolor=colour, edgecolor=coast, linewidth=0.4, zorder=0))


def stroke(axes: Axes, sheet: Sheet, line: NDArray[np.float64], *, zorder: float = 2, **style: Any) -> None:
    """Draw a line given as (n, 2) longitude and latitude in degrees, where the sheet shows it."""
    x, y = sheet.projection.forward(*dense(line).T)
    torn = np.hypot(np.diff(x, prepend=x[0]), np.diff(y, prepend=y[0])) > _TORN_KM  # around the antipode
    if _touches(sheet, x, y):
        axes.plot(np.where(torn, np.nan, x), y, zorder=zorder, **style)


def dense(line: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the line with points no farther apart than 2 degrees: straight on the globe's grid is bent on the map."""
    gap = np.abs(np.diff(line, axis=0)).max(axis=1, initial=0.0)
    if not len(gap) or gap.max() <= 2.0:
        return line
    at = np.concatenate([[0.0], np.cumsum(np.maximum(np.ceil(gap / 2.0), 1.0))])
    every = np.arange(at[-1] + 1)
    return np.column_stack([np.interp(every, at, line[:, 0]), np.interp(every, at, line[:, 1])])


def _touches(sheet: Sheet, x: NDArray[np.float64], y: NDArray[np.float64]) -> bool:
    """Whether the box around a line touches the sheet; what does not is left out of the file."""
    (west, east), (south, north) = sheet.x_km, sheet.y_km
    return bool(x.max() >= west and x.min() <= east and y.max() >= south and y.min() <= north)
