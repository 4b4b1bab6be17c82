"""Overhead infrared: a satellite that sees the hot exhaust of a launch, later says so, and says roughly where.

Declared, and off unless a scenario asks: no orbit and no optics, but the delay between launch and report that the study
of the American Physical Society of 2003 assumes, 45 to 65 s after launch (recalled from it: the exhaust has to climb
over the clouds and be followed for some frames), and the launch place with an ellipse, which is an assumption.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite, pi

import numpy as np
from numpy.typing import ArrayLike

from jointwatch.earth.arrays import Bools, Floats, Ints
from jointwatch.earth.ellipsoid import geodetic_from_ecef
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.earth.topocentric import ecef_from_azimuth_elevation_range


@dataclass(frozen=True, slots=True, kw_only=True)
class Infrared:
    """An overhead sensor: delay of its report, seconds, and the one-sigma ellipse of its launch places, metres.

    azimuth_rad: of the ellipse's major axis, from north. sees: share of launches that it reports at all.
    """

    name: str
    delay_least_s: float = 45.0
    delay_greatest_s: float = 65.0
    semi_major_m: float = 10e3
    semi_minor_m: float = 10e3
    azimuth_rad: float = 0.0
    sees: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.delay_least_s <= self.delay_greatest_s < 3600:
            raise ValueError(
                f"infrared {self.name!r}: a delay runs from a least to a greatest number of seconds after launch; "
                f"got {self.delay_least_s:g} to {self.delay_greatest_s:g}"
            )
        if not (0 < self.semi_minor_m <= self.semi_major_m and isfinite(self.semi_major_m)):
            raise ValueError(
                f"infrared {self.name!r}: an ellipse has a major axis not below the minor, both above 0 m; "
                f"got {self.semi_major_m:g} and {self.semi_minor_m:g}"
            )
        if not (0 <= self.sees <= 1 and abs(self.azimuth_rad) <= 2 * pi):
            raise ValueError(f"infrared {self.name!r}: wanted sees between 0 and 1 and an azimuth in radians")


@dataclass(frozen=True, eq=False)
class Reports:
    """What the sensor said of n launches: whether at all, when (TAI ns), and from where (latitude, longitude, rad)."""

    reported: Bools
    time_tai_ns: Ints
    place_rad: Floats


def report(
    sensor: Infrared, launch_tai_ns: ArrayLike, launch_place_rad: ArrayLike, rng: np.random.Generator
) -> Reports:
    """Reports of launches at times (n,) from places (n, 2) of geodetic latitude and longitude, radians.

    rng gives for n launches n uniforms, whether reported; n uniforms, the delays; n x 2 normals, the places. A place
    is moved along the ground of a plane: 1 m of height at 4 km, nothing sideways.

    >>> place = np.radians([[35.2, 53.9]])
    >>> said = report(Infrared(name="overhead"), np.array([0]), place, np.random.default_rng(1))
    >>> (said.time_tai_ns / 1e9).round().tolist()
    [64.0]
    """
    launched = np.atleast_1d(np.asarray(launch_tai_ns, dtype=np.int64))
    place = np.reshape(np.asarray(launch_place_rad, dtype=float), (-1, 2))
    wrong = np.flatnonzero(~np.isfinite(place).all(axis=1))
    if len(place) != len(launched) or len(wrong):
        where = f"the place of launch {wrong[0]} is not a number" if len(wrong) else f"got {len(place)} places"
        raise ValueError(f"infrared {sensor.name!r}: {len(launched)} launches want a place each; {where}")
    n = len(launched)
    reported = rng.random(n) < sensor.sees
    delay_s = sensor.delay_least_s + (sensor.delay_greatest_s - sensor.delay_least_s) * rng.random(n)
    along, across = rng.standard_normal((n, 2)).T * np.array([[sensor.semi_major_m], [sensor.semi_minor_m]])
    away, bearing = np.hypot(along, across), sensor.azimuth_rad + np.arctan2(across, along)
    moved = [_moved(p, d, b) for p, d, b in zip(place, away, bearing, strict=True)]
    times = launched + np.round(delay_s * NS_PER_S).astype(np.int64)
    return Reports(reported, times, np.array(moved).reshape(-1, 2))


def _moved(place_rad: Floats, distance_m: float, bearing_rad: float) -> tuple[float, float]:
    there = ecef_from_azimuth_elevation_range(place_rad[0], place_rad[1], 0.0, [[bearing_rad, 0.0, distance_m]])
    latitude, longitude, _ = geodetic_from_ecef(there)
    return float(np.ravel(latitude)[0]), float(np.ravel(longitude)[0])
