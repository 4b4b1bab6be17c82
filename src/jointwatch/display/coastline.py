"""Coast and borders of the world for small maps: longitude and latitude in degrees, no network.

Natural Earth 1:110 million, public domain; `SOURCE` says how it came here and must be printed beside a map,
because borders are drawn as they are held, which takes no position on who should hold them.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Line = NDArray[np.float64]  # (n, 2) longitude, latitude in degrees

NOTE = "Coast and borders: Natural Earth 1:110m, borders as held, without taking a position on any of them."
_CUT_DEG = 179.99  # the data is cut at the antimeridian; the cut is no coast


class World(NamedTuple):
    """The file as it is: closed rings of land, open lines of borders."""

    source: str
    land: tuple[Line, ...]
    borders: tuple[Line, ...]


@cache
def world() -> World:
    """Return the whole data set, read once; arrays are read-only."""
    raw = json.loads(resources.files("jointwatch.display").joinpath("coastline.json").read_text("utf-8"))
    return World(raw["source"], _lines(raw["land"]), _lines(raw["borders"]))


def land() -> tuple[Line, ...]:
    """Return closed rings of land, for filling: nonzero or even-odd, inland seas are wound the other way.

    >>> len(land()) > 100, bool((land()[0][0] == land()[0][-1]).all())
    (True, True)
    """
    return world().land


def borders() -> tuple[Line, ...]:
    """Return the borders between countries as open lines, each once."""
    return world().borders


@cache
def polylines() -> tuple[Line, ...]:
    """Return the coast as lines for stroking: the rings of land without the cut along the antimeridian."""
    return tuple(part for ring in land() for part in _without_cut(ring))


def within(lines: tuple[Line, ...], west_deg: float, south_deg: float, east_deg: float, north_deg: float) -> list[Line]:
    """Return those lines whose bounding box touches the window; whole lines, not clipped.

    >>> len(within(borders(), 40, 30, 60, 45)) < len(borders())
    True
    """
    low, high = np.array([west_deg, south_deg]), np.array([east_deg, north_deg])
    return [line for line in lines if (line.max(axis=0) >= low).all() and (line.min(axis=0) <= high).all()]


def _lines(raw: list[list[list[float]]]) -> tuple[Line, ...]:
    lines = tuple(np.array(points, dtype=float) for points in raw)
    for line in lines:
        line.setflags(write=False)
    return lines


def _without_cut(ring: Line) -> list[Line]:
    on_cut = np.abs(ring[:, 0]) > _CUT_DEG
    breaks = np.flatnonzero(on_cut[:-1] & on_cut[1:]) + 1
    return [part for part in np.split(ring, breaks) if len(part) > 1]
