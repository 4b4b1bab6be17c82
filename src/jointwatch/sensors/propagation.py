"""What air and ionosphere add to the range and elevation that a radar measures, and what lifts objects into its sight.

A `Medium` is what lies between. The lower air is traced along rays (`earth.refraction`); since a scan asks for every
object again and again, the answers are tabulated once per radar height and air (a second), and read by cubic splines
(a microsecond): within 2e-5 rad and 0.2 m at the very horizon, a tenth of it a degree up. The ionosphere is a closed
form (`earth.ionosphere`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from jointwatch.earth import ionosphere as ionospheric
from jointwatch.earth import refraction
from jointwatch.earth.arrays import Floats
from jointwatch.earth.horizon import MEAN_RADIUS_M
from jointwatch.earth.ionosphere import Ionosphere
from jointwatch.earth.refractivity import Refractivity
from jointwatch.sensors.radar import Radar
from jointwatch.sensors.site import Site

_NEAREST_M, _FARTHEST_M = 1e3, 5e7
_LOWEST_RAD = -0.03  # below it nothing is in sight of a radar under 3 km
_RANGES, _ELEVATIONS = 240, 240
_BEND_RAD = 0.01  # the grid of elevations is finest within so much of the horizon


@dataclass(frozen=True)
class Medium:
    """What lies between radar and object; None is nothing."""

    air: Refractivity | None = None
    ionosphere: Ionosphere | None = None


NOTHING = Medium()
"""Straight lines at the speed of light."""


def air_excess(site: Site, z: Floats, air: Refractivity) -> Floats:
    """Range, metres, and elevation, radians, (n, 2) that the lower air adds to true rows (n, 3) of range and angles."""
    delay, lift = _tables(site.height_m, air)
    x, y = _elevation_axis(z[:, 2]), _range_axis(z[:, 0])
    return np.stack([delay(x, y, grid=False), lift(x, y, grid=False)], axis=-1)


def ionosphere_excess(radar: Radar, z: Floats, layer: Ionosphere) -> Floats:
    """Range, metres, and elevation, radians, (n, 2) that the ionosphere adds to true rows (n, 3) at the radar's
    frequency."""
    if radar.frequency_hz <= 0:
        raise ValueError(f"radar {radar.name!r}: its frequency_hz is not stated, and the ionosphere's delay wants it")
    f, e, r, height = radar.frequency_hz, z[:, 2], z[:, 0], radar.site.height_m
    delay = ionospheric.range_delay_m(f, e, r, layer, radar_height_m=height)
    lift = ionospheric.elevation_bias_rad(f, e, r, layer, radar_height_m=height)
    return np.stack([delay, lift], axis=-1)


def apparent_elevation_rad(site: Site, z: Floats, air: Refractivity | None) -> Floats:
    """Elevation (n,), radians, at which objects at true rows (n, 3) appear through the lower air.

    Out of sight it is that of the level ray, and runs on below 0 without a jump. The ionosphere, at VHF
    another third of that near 2 degrees for what is above its layer, is left out of what is in sight.

    >>> gabala = Site("Gabala", 0.713, 0.834, 300.0)
    >>> far = np.array([[1.5e6, 2.1, np.deg2rad(1.0)]])
    >>> np.rad2deg(apparent_elevation_rad(gabala, far, Refractivity())).round(2)
    array([1.38])
    """
    if air is None:
        return np.asarray(z[:, 2])
    return np.asarray(z[:, 2] + air_excess(site, z, air)[:, 1])


@lru_cache(maxsize=64)
def _tables(radar_height_m: float, air: Refractivity) -> tuple[Any, Any]:
    """Splines of the delay, metres, and the lift, radians, over elevation and range."""
    from scipy.interpolate import RectBivariateSpline  # a third of a second, for those who ask of the air

    x = np.linspace(_elevation_axis(np.array(_LOWEST_RAD)), _elevation_axis(np.array(np.pi / 2)), _ELEVATIONS)
    y = np.linspace(np.log(_NEAREST_M), np.log(_FARTHEST_M), _RANGES)
    true = np.clip(_BEND_RAD * np.sinh(x), _LOWEST_RAD, np.pi / 2)[:, None]
    distance = np.exp(y)[None, :]
    apparent = refraction.apparent_elevation_rad(true, distance, radar_height_m=radar_height_m, air=air)
    r = MEAN_RADIUS_M + radar_height_m
    gained = distance * (distance + 2 * r * np.sin(true))
    height = np.maximum(radar_height_m + gained / (np.sqrt(np.maximum(r**2 + gained, 1.0)) + r), radar_height_m)
    delay = refraction.range_delay_m(np.maximum(apparent, 0.0), height, radar_height_m=radar_height_m, air=air)
    return RectBivariateSpline(x, y, delay), RectBivariateSpline(x, y, apparent - true)


def _elevation_axis(true_rad: Floats) -> Floats:
    return np.asarray(np.arcsinh(np.clip(true_rad, _LOWEST_RAD, np.pi / 2) / _BEND_RAD))


def _range_axis(range_m: Floats) -> Floats:
    return np.asarray(np.log(np.clip(range_m, _NEAREST_M, _FARTHEST_M)))
