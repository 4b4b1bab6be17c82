"""How far outside an announced area an estimate lies, in sigmas of the estimate.

In the plane that touches the Earth at the estimate, drawn so that its covariance is a unit circle, an area keeps its
straight sides, and the nearest of its points is as many sigmas away as it is long. Over 500 km the plane is off by less
than 1 %, which is far below a sigma of any estimate that is 500 km off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from jointwatch.assessment.finding import Place
from jointwatch.assessment.ground_track import offsets_en
from jointwatch.earth.arrays import Floats
from jointwatch.earth.ellipsoid import A_M

LEAST_M = 5e3  # areas are told to the minute of arc, and a site is no point


@dataclass(frozen=True, slots=True, eq=False)
class Area:
    """A polygon's corners (k, 2), latitude and longitude in radians; one corner is a point, with a radius a circle."""

    corners_rad: Floats
    radius_m: float = 0.0


def across_m(area: Area) -> float:
    """Return how wide an area is: the greatest straight line between two of its points, through the Earth."""
    latitude, longitude = area.corners_rad.T
    up = np.column_stack([np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)])
    chords = np.linalg.norm(up[:, None] - up[None, :], axis=-1)
    return float(chords.max()) * A_M + 2.0 * area.radius_m


def sigmas_outside(place: Place, areas: Sequence[Area]) -> float:
    """Return the sigmas (Mahalanobis distance) from an estimate to the nearest point of any of the areas; 0 inside."""
    return min(_sigmas(place, area) for area in areas)


def _sigmas(place: Place, area: Area) -> float:
    covariance = _definite(place.cov_en_m2) + LEAST_M**2 * np.eye(2)
    corners = offsets_en(place.latitude_rad, place.longitude_rad, *area.corners_rad.T)
    outline = _rim(corners[0], area.radius_m) if area.radius_m else corners
    return _from_origin(np.linalg.solve(np.linalg.cholesky(covariance), outline.T).T)


def _definite(cov_en_m2: Floats) -> Floats:
    """Return a covariance with no negative variance in any direction: a partner's numbers are judged, not trusted."""
    values, vectors = np.linalg.eigh(np.asarray(cov_en_m2, dtype=float))
    return np.asarray(vectors * np.maximum(values, 0.0) @ vectors.T)


def _rim(middle: Floats, radius_m: float) -> Floats:
    """The rim of a circle as corners (72, 2)."""
    turned = np.linspace(0.0, 2.0 * np.pi, 72, endpoint=False)
    return np.asarray(middle + radius_m * np.column_stack([np.sin(turned), np.cos(turned)]))


def _from_origin(corners: Floats) -> float:
    """Distance from the origin to a polygon (k, 2), zero inside it; of one corner, or a line of two, to that."""
    if len(corners) >= 3 and _inside(corners):
        return 0.0
    begin, end = corners, np.roll(corners, -1, axis=0)
    along = end - begin
    length = np.maximum((along**2).sum(axis=1), 1e-300)
    part = np.clip(-(begin * along).sum(axis=1) / length, 0.0, 1.0)
    return float(np.hypot(*(begin + part[:, None] * along).T).min())


def _inside(corners: Floats) -> bool:
    """Whether the origin lies in a polygon: a ray to the east crosses its sides an odd number of times."""
    (x1, y1), (x2, y2) = corners.T, np.roll(corners, -1, axis=0).T
    crosses = (y1 > 0.0) != (y2 > 0.0)
    at = x1 - y1 * (x2 - x1) / np.where(crosses, y2 - y1, 1.0)
    return bool((crosses & (at > 0.0)).sum() % 2)
