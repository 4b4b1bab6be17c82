"""Lambert's azimuthal equal-area projection: maps that hold a pole or the date line like any other place.

On a sphere of the Earth's area. Source: J. P. Snyder, Map Projections, USGS Professional Paper 1395 (1987), chapter 24.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

RADIUS_KM = 6371.007  # of the sphere with the area of WGS 84
_FARTHEST = 0.9999  # of the way to the antipode, which becomes a circle


@dataclass(frozen=True)
class EqualArea:
    """A map around a centre, degrees; x to the east and y to the north there, km, true in area everywhere."""

    latitude_deg: float
    longitude_deg: float

    def forward(self, longitude_deg: ArrayLike, latitude_deg: ArrayLike) -> tuple[NDArray[np.float64], ...]:
        """Return x and y in km of places in degrees.

        >>> [abs(float(each.round())) for each in EqualArea(90.0, 0.0).forward(90.0, 0.0)]  # pole to equator
        [9010.0, 0.0]
        """
        phi, lam = np.radians(np.asarray(latitude_deg)), np.radians(np.asarray(longitude_deg) - self.longitude_deg)
        phi0 = np.radians(self.latitude_deg)
        cosine = np.sin(phi0) * np.sin(phi) + np.cos(phi0) * np.cos(phi) * np.cos(lam)
        k = RADIUS_KM * np.sqrt(2.0 / (1.0 + np.maximum(cosine, -_FARTHEST)))
        return k * np.cos(phi) * np.sin(lam), k * (
            np.cos(phi0) * np.sin(phi) - np.sin(phi0) * np.cos(phi) * np.cos(lam)
        )

    def inverse(self, x_km: ArrayLike, y_km: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return longitude and latitude in degrees; NaN beyond the antipode's circle.

        >>> longitude, latitude = EqualArea(50.0, 170.0).inverse(*EqualArea(50.0, 170.0).forward(-170.0, 60.0))
        >>> float(longitude.round(6)), float(latitude.round(6))
        (-170.0, 60.0)
        """
        x, y = np.broadcast_arrays(np.asarray(x_km, dtype=float) / RADIUS_KM, np.asarray(y_km, dtype=float) / RADIUS_KM)
        rho = np.hypot(x, y)
        c = 2.0 * np.arcsin(np.where(rho <= 2.0, rho, np.nan) / 2.0)
        share = np.where(rho > 0, np.sin(c) / np.where(rho > 0, rho, 1.0), 1.0)
        phi0 = np.radians(self.latitude_deg)
        phi = np.arcsin(np.clip(np.cos(c) * np.sin(phi0) + y * share * np.cos(phi0), -1.0, 1.0))
        lam = np.arctan2(x * share, np.cos(c) * np.cos(phi0) - y * share * np.sin(phi0))
        return (np.degrees(lam) + self.longitude_deg + 180.0) % 360.0 - 180.0, np.degrees(phi)


@dataclass(frozen=True)
class Sheet:
    """A rectangle of a map: its projection and its edges in km."""

    projection: EqualArea
    x_km: tuple[float, float]
    y_km: tuple[float, float]

    def grid(self, across: int = 560) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return longitudes and latitudes (b, a) in degrees of an even grid over the sheet, from its south-west."""
        down = max(2, round(across * (self.y_km[1] - self.y_km[0]) / (self.x_km[1] - self.x_km[0])))
        x, y = np.meshgrid(np.linspace(*self.x_km, across), np.linspace(*self.y_km, down))
        return self.projection.inverse(x, y)


def sheet_around(longitude_deg: ArrayLike, latitude_deg: ArrayLike, *, aspect: float, least_km: float) -> Sheet:
    """Return the sheet that holds all places with a margin, in a shape (width by height), not below a size."""
    lam, phi = np.radians(np.ravel(longitude_deg)), np.radians(np.ravel(latitude_deg))
    middle = np.array([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)]).mean(axis=1)
    centre = EqualArea(
        float(np.degrees(np.arctan2(middle[2], np.hypot(*middle[:2])))),
        float(np.degrees(np.arctan2(middle[1], middle[0]))),
    )
    x, y = centre.forward(np.degrees(lam), np.degrees(phi))
    half_y = max(float(np.ptp(y)) / 2, float(np.ptp(x)) / 2 / aspect, least_km / 2) * 1.08
    half_y = min(half_y, 2.0 * RADIUS_KM)
    half_x, mid_x, mid_y = half_y * aspect, float(x.max() + x.min()) / 2, float(y.max() + y.min()) / 2
    return Sheet(centre, (mid_x - half_x, mid_x + half_x), (mid_y - half_y, mid_y + half_y))
