"""A place on the ground from which something looks at the sky."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import isfinite, pi

import numpy as np

from jointwatch.earth.arrays import Floats
from jointwatch.earth.ellipsoid import ecef_from_geodetic
from jointwatch.earth.topocentric import enu_basis


@dataclass(frozen=True, slots=True)
class Site:
    """A named place: geodetic latitude and longitude (WGS 84, radians) and height above the ellipsoid in metres."""

    name: str
    latitude_rad: float
    longitude_rad: float
    height_m: float = 0.0

    def __post_init__(self) -> None:
        if not all(isfinite(value) for value in (self.latitude_rad, self.longitude_rad, self.height_m)):
            raise ValueError(f"site {self.name!r}: latitude, longitude and height must be finite numbers; got {self}")
        if abs(self.latitude_rad) > pi / 2 or abs(self.longitude_rad) > 2 * pi:
            raise ValueError(
                f"site {self.name!r}: latitude {self.latitude_rad:g} and longitude {self.longitude_rad:g} are meant in "
                "radians; convert degrees with numpy.radians"
            )


@lru_cache(maxsize=256)
def frame(site: Site) -> tuple[Floats, Floats]:
    """Position of the site (3,), Earth-fixed metres, and its basis (3, 3): rows east, north, up; both read-only."""
    origin = np.asarray(ecef_from_geodetic(site.latitude_rad, site.longitude_rad, site.height_m), dtype=float)
    basis = np.asarray(enu_basis(site.latitude_rad, site.longitude_rad), dtype=float)
    origin, basis = origin.reshape(3).copy(), basis.reshape(3, 3).copy()
    origin.setflags(write=False)
    basis.setflags(write=False)
    return origin, basis


def east_north_up(site: Site, r_ecef_m: Floats) -> Floats:
    """Metres (n, 3) east, north and up of the site, for Earth-fixed positions (n, 3) in metres."""
    origin, basis = frame(site)
    return (np.asarray(r_ecef_m, dtype=float) - origin) @ basis.T
