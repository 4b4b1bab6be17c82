"""Outlines on the ground for maps: sectors and ellipses as longitude and latitude in degrees."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from jointwatch.earth import geodesic
from jointwatch.messages.picture import Ellipse

Line = NDArray[np.float64]  # (n, 2) longitude, latitude in degrees


def sector(
    latitude_deg: float,
    longitude_deg: float,
    *,
    azimuth_from_deg: float,
    azimuth_to_deg: float,
    ground_range_km: float,
    points: int = 61,
) -> Line:
    """Return the closed outline of a radar's sector, longitude and latitude in degrees.

    Azimuths run clockwise from north, `to` may be smaller than `from` (through north). A full circle has no
    straight edges.

    >>> outline = sector(44.9, 41.0, azimuth_from_deg=55, azimuth_to_deg=185, ground_range_km=1800)
    >>> outline.shape, bool((outline[0] == outline[-1]).all())
    ((63, 2), True)
    """
    width = (azimuth_to_deg - azimuth_from_deg) % 360.0 or 360.0
    azimuth = np.radians(azimuth_from_deg + np.linspace(0.0, width, points))
    arc = _reach(latitude_deg, longitude_deg, azimuth, np.full(points, ground_range_km))
    if width == 360.0:
        return arc
    centre = np.array([[longitude_deg, latitude_deg]])
    return np.vstack([centre, arc, centre])


def ellipse(area: Ellipse, *, points: int = 73) -> Line:
    """Return the closed outline of an ellipse on the ground, longitude and latitude in degrees.

    >>> ellipse(Ellipse(35.0, 54.0, 20.0, 8.0, 63.0)).shape
    (73, 2)
    """
    along, across = ellipse_axes_km(area, points=points)
    azimuth = np.radians(area.azimuth_deg) + np.arctan2(across, along)
    return _reach(area.latitude_deg, area.longitude_deg, azimuth, np.hypot(along, across))


def ellipse_axes_km(area: Ellipse, *, points: int = 73) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the outline along the long axis and across it (to its right), in km from the centre."""
    angle = np.linspace(0.0, 2.0 * np.pi, points)
    return area.semi_major_km * np.cos(angle), area.semi_minor_km * np.sin(angle)


def _reach(latitude_deg: float, longitude_deg: float, azimuth: Line, distance_km: Line) -> Line:
    start = np.full(azimuth.shape, np.radians(latitude_deg)), np.full(azimuth.shape, np.radians(longitude_deg))
    latitude, longitude, _ = geodesic.direct(*start, azimuth, distance_km * 1e3)
    # Unwrapped, so that an outline across the antimeridian stays one line beside its radar.
    return np.column_stack(
        [longitude_deg + (np.degrees(longitude) - longitude_deg + 180.0) % 360.0 - 180.0, np.degrees(latitude)]
    )
