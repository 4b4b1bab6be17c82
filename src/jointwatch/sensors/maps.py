"""Maps of what a set of radars sees of an object of a stated cross-section: at one height, and from which height on.

A map says, place by place: how likely each radar detects the object in one look where it stands at a height; from
which height on each can look there at all; from which on one look detects it with probability one half, and which
radar is then the first. No place is marked out, ordered or looked for; shares are of whole regions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jointwatch.earth.arrays import Bools, Floats, Ints
from jointwatch.earth.horizon import MEAN_RADIUS_M
from jointwatch.sensors.radar import Radar
from jointwatch.sensors.visibility import (
    CAP_M,
    SEEN,
    Ground,
    first_detection_m,
    ground,
    lowest_visible_m,
    probability_at,
    views,
)

NOBODY = -1


@dataclass(frozen=True, eq=False)
class CoverageMap:
    """What m radars see over places (...), in the radars' order.

    probability: (m, ...) of detection in one look, at altitude_m; 0 out of view.
    lowest_visible_m, first_detection_m: (m, ...) metres; NaN where never, up to `visibility.CAP_M`.
    """

    names: tuple[str, ...]
    altitude_m: float
    rcs_m2: tuple[float, ...]
    probability: NDArray[np.float32]
    lowest_visible_m: NDArray[np.float32]
    first_detection_m: NDArray[np.float32]

    @property
    def seen(self) -> Bools:
        """Whether each radar (m, ...) sees the object at altitude_m: in one look with probability one half."""
        return np.asarray(self.probability >= SEEN)

    @property
    def together(self) -> Bools:
        """Whether any of the radars sees it there, (...)."""
        return np.asarray(self.seen.any(axis=0))

    @property
    def first_detection_by_any_m(self) -> NDArray[np.float32]:
        """Lowest height (...) in metres at which any of the radars sees the object; NaN where never."""
        return np.asarray(np.fmin.reduce(self.first_detection_m, axis=0))

    @property
    def first_radar(self) -> Ints:
        """Number of the radar (...) that sees a rising object first, the earlier named of equals; `NOBODY` if none."""
        heights = np.where(np.isnan(self.first_detection_m), np.inf, self.first_detection_m)
        return np.where(np.isfinite(heights.min(axis=0)), heights.argmin(axis=0), NOBODY)


def coverage_map(
    radars: Sequence[Radar],
    latitude_rad: ArrayLike,
    longitude_rad: ArrayLike,
    *,
    altitude_m: float,
    rcs_m2: ArrayLike,
    done: Callable[[str], object] = lambda name: None,
) -> CoverageMap:
    """What the radars see over places, latitudes and longitudes in radians that broadcast to (...).

    altitude_m: over the ellipsoid, zero or more. rcs_m2: mean cross-section, one, or one for each radar's band.
    done: is told the name of each radar when it is through. All faces count, whatever their dates of service.
    """
    if not radars:
        raise ValueError("a map of coverage wants at least one radar; got none")
    if not 0 <= altitude_m < np.inf:
        raise ValueError(f"altitude_m wants a height of zero or more, in metres; got {altitude_m:g}")
    sections = _cross_sections(rcs_m2, len(radars))
    shape = np.broadcast_shapes(np.shape(latitude_rad), np.shape(longitude_rad))
    places = ground(latitude_rad, longitude_rad)
    layers = np.full((3, len(radars), len(places)), np.nan, dtype=np.float32)
    layers[0] = 0.0
    for i, radar in enumerate(radars):
        near = _within_reach(radar, places)
        over = views(radar, places[near])
        layers[0, i, near] = probability_at(over, altitude_m, sections[i])
        layers[1, i, near] = lowest_visible_m(over)
        layers[2, i, near] = first_detection_m(over, sections[i])
        done(radar.name)
    names, each = tuple(radar.name for radar in radars), layers.reshape(3, len(radars), *shape)
    return CoverageMap(names, altitude_m, sections, *each)


def global_grid(step_deg: float = 0.25) -> tuple[Floats, Floats]:
    """Latitudes (a,) from pole to pole and longitudes (b,) from -180 degrees on, radians, evenly spaced."""
    count = round(180 / step_deg)
    return np.radians(np.linspace(-90, 90, count + 1)), np.radians(np.linspace(-180, 180, 2 * count, endpoint=False))


def cell_areas_m2(latitude_rad: Floats, longitude_rad: Floats) -> Floats:
    """Areas (a, b), square metres, around the points of an even grid, on a sphere (0.3 % off the ellipsoid)."""
    edges = np.clip(
        np.concatenate([latitude_rad[:1], (latitude_rad[1:] + latitude_rad[:-1]) / 2, latitude_rad[-1:]]),
        -np.pi / 2,
        np.pi / 2,
    )
    wide = MEAN_RADIUS_M**2 * float(longitude_rad[1] - longitude_rad[0])
    return np.repeat(wide * np.diff(np.sin(edges))[:, None], len(longitude_rad), axis=1)


def _cross_sections(rcs_m2: ArrayLike, count: int) -> tuple[float, ...]:
    sections = np.asarray(rcs_m2, dtype=np.float64)
    if sections.shape not in ((), (count,)) or not np.all((sections > 0) & np.isfinite(sections)):
        raise ValueError(
            f"rcs_m2 wants one mean cross-section above zero, in m2, or one for each of the {count} radars; "
            f"got {rcs_m2!r}"
        )
    return tuple(float(each) for each in np.broadcast_to(sections, (count,)))


def _within_reach(radar: Radar, places: Ground) -> Ints:
    """Numbers of the places near enough to be in view up to `CAP_M`: for speed, and generous."""
    apart = np.linalg.norm(places.up - ground(radar.site.latitude_rad, radar.site.longitude_rad).up, axis=1)
    farthest = np.arccos(MEAN_RADIUS_M / (MEAN_RADIUS_M + CAP_M)) + np.radians(3.0)
    return np.flatnonzero(apart <= 2 * np.sin(min(farthest, np.pi) / 2))
