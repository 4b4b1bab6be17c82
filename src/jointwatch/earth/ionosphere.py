"""What the ionosphere does to a radar's range and elevation: a longer way in time, and a bent one.

Above some 100 MHz the refractive index falls short of 1 by K N, K = 40.3 / f^2 (N electrons per cubic metre, f in Hz),
so the echo is late by K times the electrons along the line, its slant content. Electrons are laid out as a Chapman
layer; of them only those below the object count, as a thin shell at the height of their median:

    slant content = TEC below the object x M(e),    M = 1 / sqrt(1 - q^2 cos^2 e),   q = r_radar / r_shell
    (thin shell: Klobuchar, IEEE Trans. AES-23 (1987) 325, and the IERS Conventions of 2010, chapter 9.4)

Bending follows from the same integral: by Fermat's principle the direction in which a ray leaves is the derivative of
its phase path by where it ends, which to first order in K (radius r, ground angle psi, length R of the line) is

    apparent - true elevation = K TEC M^3 q^2 cos e (r_object / r_radar) sin(e + psi) / R

It grows with elevation at first and is greatest near 100 mrad, as Weisbrod and Colin computed along rays (IRE Trans.
AP-8 (1960) 107). The magnetic field, gradients along the ground and second order in K are left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import erfc, ndtri

from jointwatch.earth.arrays import Floats
from jointwatch.earth.horizon import MEAN_RADIUS_M

ELECTRONS_M3_S2 = 40.3
"""e^2 / (8 pi^2 epsilon_0 m), in m^3 s^-2 (40.308): delay in metres is this times content over frequency squared."""

TECU = 1e16
"""A usual unit of electron content, electrons per square metre."""

_LEAST_RANGE_M = 1.0


@dataclass(frozen=True)
class Ionosphere:
    """Vertical electron content, per square metre, of a Chapman layer with its peak height and scale height in metres.

    Content goes from some 5 TECU at night to 100 by day near the equator at solar maximum (recalled); 350 and 70 km
    are ordinary for the F2 layer (recalled), and put the median electron at 405 km; the IERS has its shell at 450.

    >>> night = Ionosphere(10 * TECU)
    >>> night.share_below(np.array([100e3, 350e3, 1000e3])).round(3)
    array([0.   , 0.317, 0.992])
    """

    vertical_tec_m2: float
    peak_height_m: float = 350e3
    scale_height_m: float = 70e3

    def __post_init__(self) -> None:
        if not (0 <= self.vertical_tec_m2 < 1e19 and 0 < self.scale_height_m < self.peak_height_m < 2e6):
            raise ValueError(
                f"wanted an electron content of 0 to 1e19 per square metre (1000 TECU) and a scale height below that "
                f"of the peak, itself below 2,000 km; got {self}"
            )

    def share_below(self, height_m: ArrayLike) -> Floats:
        """Share (...) of the content below heights: erfc(exp(-z / 2) / sqrt 2), z in scale heights over the peak."""
        return np.asarray(erfc(self._u(height_m) / np.sqrt(2)))

    def shell_height_m(self, height_m: ArrayLike) -> Floats:
        """Height (...) of the median of the electrons below an object: a thin shell of them stands there."""
        half = np.maximum(self.share_below(height_m), 1e-300) / 2
        u = -ndtri(half / 2)  # erfc(u / sqrt 2) = half
        return np.asarray(np.maximum(self.peak_height_m - 2 * self.scale_height_m * np.log(u), 0.0))

    def _u(self, height_m: ArrayLike) -> Floats:
        z = (np.asarray(height_m, dtype=float) - self.peak_height_m) / self.scale_height_m
        return np.asarray(np.exp(-np.maximum(z, -14.0) / 2))


def obliquity(elevation_rad: ArrayLike, shell_height_m: ArrayLike, *, radar_height_m: ArrayLike = 0.0) -> Floats:
    """Slant over vertical content (...) of a thin shell, for a line that leaves the radar at an elevation.

    >>> obliquity(np.deg2rad([0.0, 5.0, 90.0]), 350e3).round(2)
    array([3.14, 3.04, 1.  ])
    """
    q = (MEAN_RADIUS_M + np.asarray(radar_height_m)) / (MEAN_RADIUS_M + np.asarray(shell_height_m, dtype=float))
    return np.asarray(1 / np.sqrt(1 - (np.minimum(q, 1 - 1e-9) * np.cos(elevation_rad)) ** 2))


def range_delay_m(
    frequency_hz: float,
    elevation_rad: ArrayLike,
    range_m: ArrayLike,
    ionosphere: Ionosphere,
    *,
    radar_height_m: float = 0.0,
) -> Floats:
    """Measured minus straight range, metres (...), one way, of objects at true elevations and ranges.

    >>> day = Ionosphere(30 * TECU)
    >>> range_delay_m(160e6, np.deg2rad([90.0, 2.0]), [4000e3, 4000e3], day).round()
    array([ 472., 1379.])
    """
    _, height, shell = _geometry(elevation_rad, range_m, ionosphere, radar_height_m)
    content = ionosphere.vertical_tec_m2 * ionosphere.share_below(height)
    return _k(frequency_hz) * content * obliquity(elevation_rad, shell, radar_height_m=radar_height_m)


def elevation_bias_rad(
    frequency_hz: float,
    elevation_rad: ArrayLike,
    range_m: ArrayLike,
    ionosphere: Ionosphere,
    *,
    radar_height_m: float = 0.0,
) -> Floats:
    """Apparent minus true elevation, radians (...), of objects at true elevations and ranges.

    >>> day = Ionosphere(30 * TECU)
    >>> (1e3 * elevation_bias_rad(160e6, np.deg2rad([2.0, 6.0, 40.0]), 3000e3, day)).round(2)  # mrad
    array([1.73, 1.78, 0.36])
    """
    e = np.asarray(elevation_rad, dtype=float)
    climb, height, shell = _geometry(e, range_m, ionosphere, radar_height_m)
    content = ionosphere.vertical_tec_m2 * ionosphere.share_below(height)
    M = obliquity(e, shell, radar_height_m=radar_height_m)
    r1 = MEAN_RADIUS_M + radar_height_m
    q = r1 / (MEAN_RADIUS_M + shell)
    return np.asarray(_k(frequency_hz) * content * M**3 * q**2 * np.cos(e) * climb / r1)


def _geometry(
    elevation_rad: ArrayLike, range_m: ArrayLike, ionosphere: Ionosphere, radar_height_m: float
) -> tuple[Floats, Floats, Floats]:
    """How steeply the line climbs as its end sees it, times the end's radius over the line's length; heights of end
    and shell."""
    e = np.asarray(elevation_rad, dtype=float)
    distance = np.maximum(np.asarray(range_m, dtype=float), _LEAST_RANGE_M)
    r1 = MEAN_RADIUS_M + radar_height_m
    gained = distance * (distance + 2 * r1 * np.sin(e))  # in the square of the radius
    height = radar_height_m + gained / (np.sqrt(r1**2 + gained) + r1)
    # r2 sin(e + psi) = R + r1 sin e: both are the line's length past its nearest point to the Earth's centre
    return (distance + r1 * np.sin(e)) / distance, height, ionosphere.shell_height_m(height)


def _k(frequency_hz: float) -> float:
    if not frequency_hz >= 50e6:
        raise ValueError(
            f"the ionosphere's range delay wants a radar's frequency of at least 50 MHz, below which rays bend too far "
            f"for first order; got {frequency_hz!r} Hz"
        )
    return ELECTRONS_M3_S2 / frequency_hz**2
