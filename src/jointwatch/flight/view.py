"""What a site looks at, as numbers: a sector, elevations, a greatest range."""

from __future__ import annotations

from dataclasses import dataclass
from math import acos, isfinite, pi

import numpy as np

from jointwatch.earth.arrays import Bools, Floats
from jointwatch.earth.ellipsoid import A_M


@dataclass(frozen=True, slots=True)
class View:
    """Where a site stands and what it looks at: geodetic WGS 84, radians and metres.

    The sector runs clockwise from azimuth_from_rad to azimuth_to_rad, through north if need be; equal ends are the full
    circle. Elevations are geometric: refraction, half a degree at the horizon, is the caller's to allow for. Below the
    horizontal the Earth hides what is under its limb as seen from height_m.
    """

    latitude_rad: float
    longitude_rad: float
    height_m: float = 0.0
    elevation_min_rad: float = 0.0
    elevation_max_rad: float = pi / 2
    azimuth_from_rad: float = 0.0
    azimuth_to_rad: float = 0.0
    range_max_m: float = float("inf")

    def __post_init__(self) -> None:
        angles = (self.latitude_rad, self.longitude_rad, self.azimuth_from_rad, self.azimuth_to_rad)
        if not all(isfinite(angle) and abs(angle) <= 2 * pi for angle in angles) or abs(self.latitude_rad) > pi / 2:
            raise ValueError(f"latitude, longitude and azimuths are meant in radians, got {self}")
        if not isfinite(self.height_m) or not self.range_max_m > 0:
            raise ValueError(f"height_m must be finite and range_max_m positive, got {self}")
        if not -pi / 2 <= self.elevation_min_rad < self.elevation_max_rad <= pi / 2:
            raise ValueError(
                "elevation_min_rad must lie below elevation_max_rad, both within -pi/2 to pi/2, got "
                f"{self.elevation_min_rad:g} and {self.elevation_max_rad:g}"
            )

    @property
    def lowest_rad(self) -> float:
        """The least elevation, or that of the Earth's limb where that is higher."""
        limb_rad = -acos(A_M / (A_M + max(self.height_m, 0.0)))
        return max(self.elevation_min_rad, limb_rad)


def in_view(enu: Floats, view: View) -> Bools:
    """Whether positions (..., 3), metres east, north and up of the site, are in view.

    >>> in_view(np.array([[0.0, 0.0, 500e3], [0.0, 500e3, -1.0]]), View(0.7, 0.8)).tolist()
    [True, False]
    """
    east, north, up = np.moveaxis(enu, -1, 0)
    reach = np.sqrt(east**2 + north**2 + up**2)
    inside = (up >= reach * np.sin(view.lowest_rad)) & (reach <= view.range_max_m)
    if view.elevation_max_rad < pi / 2:
        inside &= up <= reach * np.sin(view.elevation_max_rad)
    width = (view.azimuth_to_rad - view.azimuth_from_rad) % (2 * pi)
    if width:
        inside &= np.mod(np.arctan2(east, north) - view.azimuth_from_rad, 2 * pi) <= width
    return np.asarray(inside)
