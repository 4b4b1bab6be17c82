"""Places as people say them: degrees and hemispheres, and how wide the 95 % ellipse is, always in the same words."""

from __future__ import annotations

from typing import Protocol

import numpy as np


class Ellipse(Protocol):
    """A 95 % ellipse on the ground, radians and metres."""

    @property
    def latitude_rad(self) -> float:
        """Latitude of its centre."""

    @property
    def longitude_rad(self) -> float:
        """Longitude of its centre."""

    @property
    def semi_major_m(self) -> float:
        """Half of its length."""

    @property
    def semi_minor_m(self) -> float:
        """Half of its width."""


def place(ellipse: Ellipse) -> str:
    """Return centre and size: "36.13 N 55.40 E, within 135 x 7 km (95 %)"."""
    latitude, longitude = np.degrees(ellipse.latitude_rad), np.degrees(ellipse.longitude_rad)
    north, east = "N" if latitude >= 0 else "S", "E" if longitude >= 0 else "W"
    return f"{abs(latitude):.2f} {north} {abs(longitude):.2f} {east}, within {size(ellipse)} (95 %)"


def size(ellipse: Ellipse) -> str:
    """Return length and width of an ellipse: "135 x 7 km", with a digit more below ten."""
    return f"{_km(2 * ellipse.semi_major_m)} x {_km(2 * ellipse.semi_minor_m)} km"


def _km(length_m: float) -> str:
    return f"{length_m / 1e3:.0f}" if length_m >= 9.95e3 else f"{length_m / 1e3:.1f}"
