"""A smooth generic ascent: where a rising vehicle is at each moment between rest and burnout.

No vehicle's design is in it. Height and distance over the ground are cubics in time that start at rest and end with
the burnout's velocity; two fractions say how bent they are: at 1/2 the acceleration is constant, at 1/3 it grows
evenly from nothing. Distance may bend more, as vehicles start straight up: below 1/3, where a cubic would first go
backwards, it is the power of time that has the fraction (at 1/3 the two are one curve). First stages of 30 published
Falcon ascents have 0.33 to 0.58 in height and 0.23 to 0.33 in distance, and follow these curves within 5 km, most
within 2 km (tests/flight/test_boost.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from jointwatch.earth import geodesic
from jointwatch.earth.arrays import Floats
from jointwatch.earth.ellipsoid import curvature_radii_m, ecef_from_geodetic
from jointwatch.earth.states import Ecef
from jointwatch.earth.topocentric import enu_basis


@dataclass(frozen=True)
class BoostProfile:
    """Duration and shape of a powered ascent.

    burn_time_s: T, from rest to burnout, staging included.
    altitude_fraction: height gained / (vertical speed at burnout times T), 1/3 to 1/2. Give it, or
    burnout_height_m: height over the ellipsoid at burnout, for ascents that end level (space launches).
    downrange_fraction: distance over the ground / (ground speed at burnout times T), 1/5 to 1/2.
    """

    burn_time_s: float
    altitude_fraction: float | None
    downrange_fraction: float
    burnout_height_m: float | None = None

    def __post_init__(self) -> None:
        if not 0 < self.burn_time_s < np.inf:
            raise ValueError(f"burn_time_s must be a positive number of seconds, got {self.burn_time_s}")
        if (self.altitude_fraction is None) == (self.burnout_height_m is None):
            raise ValueError("give one of altitude_fraction and burnout_height_m, and None for the other")
        _check_fraction("downrange_fraction", self.downrange_fraction, lowest=1 / 5)
        if self.altitude_fraction is not None:
            _check_fraction("altitude_fraction", self.altitude_fraction, lowest=1 / 3)

    def height_gained_m(self, vertical_speed_m_s: ArrayLike, *, height_m: ArrayLike = 0.0) -> Floats:
        """Height at burnout over the launch point, in metres, refused where the ascent would sink on its way.

        height_m: height of the launch point over the ellipsoid.

        >>> float(BoostProfile(100.0, 0.4, 0.4).height_gained_m(2000.0))
        80000.0
        """
        even = np.asarray(vertical_speed_m_s, dtype=np.float64) * self.burn_time_s
        if self.burnout_height_m is None:
            gained = np.asarray((self.altitude_fraction or 0.0) * even)
        else:
            gained = self.burnout_height_m - np.asarray(height_m, dtype=np.float64) + 0 * even
        if np.any(even < 0) or np.any(gained <= 0) or np.any(gained < even / 3 * (1 - 1e-12)):
            raise ValueError(
                "the ascent would sink on its way: wanted a burnout that climbs or is level, at a height over the "
                f"launch point of at least a third of vertical speed times burn time; got {np.min(gained):.0f} m "
                f"for {np.max(even):.0f} m"
            )
        return gained


def ascent(
    profile: BoostProfile,
    *,
    latitude_rad: ArrayLike,
    longitude_rad: ArrayLike,
    azimuth_rad: ArrayLike,
    burnout_speed_m_s: ArrayLike,
    burnout_angle_rad: ArrayLike,
    times_s: ArrayLike,
    height_m: ArrayLike = 0.0,
) -> Ecef:
    """Earth-fixed states, m and m/s, at times (n,) after ignition, from 0 to the profile's burn time.

    Everything but the profile broadcasts: many times of one ascent, or one time of many. Speed and angle at burnout
    are relative to the rotating Earth, the angle over the plane of the ellipsoid; the azimuth is that at launch, of
    the geodesic the vehicle follows. Velocities are exact derivatives of the positions.

    >>> states = ascent(
    ...     BoostProfile(60.0, 0.4, 0.4), latitude_rad=0.6, longitude_rad=0.9, azimuth_rad=1.0,
    ...     burnout_speed_m_s=1500.0, burnout_angle_rad=0.7, times_s=[0.0, 60.0])
    >>> np.linalg.norm(states.v_m_s, axis=1).round(6).tolist()
    [0.0, 1500.0]
    """
    latitude, longitude, azimuth, speed, angle, times, launch_height = (
        np.atleast_1d(value).astype(np.float64)
        for value in np.broadcast_arrays(
            latitude_rad, longitude_rad, azimuth_rad, burnout_speed_m_s, burnout_angle_rad, times_s, height_m
        )
    )
    T = profile.burn_time_s
    if np.any(times < 0) or np.any(times > T):
        raise ValueError(f"times_s must lie within the burn, 0 to {T} s, got {times.min()} to {times.max()} s")
    climb = speed * np.sin(angle)
    gained = profile.height_gained_m(climb, height_m=launch_height)
    ground_speed = _ground_speed(profile, latitude, azimuth, speed * np.cos(angle), launch_height + gained)
    height, climbing = _cubic(times / T, gained, climb * T)
    distance, going = _along(times / T, profile.downrange_fraction, ground_speed * T)
    return _over_ground(
        geodesic.direct(latitude, longitude, azimuth, distance), launch_height + height, going / T, climbing / T
    )


def _check_fraction(name: str, value: float, *, lowest: float) -> None:
    if not lowest <= value <= 1 / 2:
        raise ValueError(f"{name} must be between {lowest:.4g} and 0.5, where the path rises evenly; got {value}")


def _cubic(s: Floats, end: Floats, end_slope: Floats) -> tuple[Floats, Floats]:
    """Value and slope at s in [0, 1] of the cubic from rest at 0 to `end` with `end_slope` at 1."""
    square, cube = 3 * end - end_slope, end_slope - 2 * end
    return (square + cube * s) * s**2, (2 * square + 3 * cube * s) * s


def _along(s: Floats, fraction: float, end_slope: Floats) -> tuple[Floats, Floats]:
    """Value and slope at s of the distance that ends at the fraction of its slope there."""
    if fraction >= 1 / 3:
        return _cubic(s, fraction * end_slope, end_slope)
    return fraction * end_slope * s ** (1 / fraction), end_slope * s ** (1 / fraction - 1)


def _stretch(latitude: Floats, azimuth: Floats, height_m: Floats) -> tuple[Floats, Floats]:
    """East and north speed at a height for each m/s along a geodesic on the ground below."""
    M, N = curvature_radii_m(latitude)
    return np.sin(azimuth) * (1 + height_m / N), np.cos(azimuth) * (1 + height_m / M)


def _ground_speed(
    profile: BoostProfile, latitude: Floats, azimuth: Floats, horizontal_m_s: Floats, burnout_height_m: Floats
) -> Floats:
    """Speed of the point below the vehicle at burnout; where burnout is follows from it, hence the iteration."""
    end_latitude, end_azimuth = latitude, azimuth
    for _ in range(4):  # the place moves the speed by less than 1 %, so each pass gains two digits
        east, north = _stretch(end_latitude, end_azimuth, burnout_height_m)
        speed = horizontal_m_s / np.hypot(east, north)
        distance = profile.downrange_fraction * speed * profile.burn_time_s
        end_latitude, _, end_azimuth = geodesic.direct(latitude, 0.0, azimuth, distance)
    east, north = _stretch(end_latitude, end_azimuth, burnout_height_m)
    return horizontal_m_s / np.hypot(east, north)


def _over_ground(
    below: tuple[Floats, Floats, Floats], height_m: Floats, ground_speed_m_s: Floats, climb_m_s: Floats
) -> Ecef:
    """States over points of a geodesic (latitude, longitude, azimuth)."""
    latitude, longitude, azimuth = below
    east, north = _stretch(latitude, azimuth, height_m)
    enu = np.stack([ground_speed_m_s * east, ground_speed_m_s * north, climb_m_s], axis=-1)
    velocity = np.einsum("nji,nj->ni", enu_basis(latitude, longitude), enu)
    return Ecef(np.concatenate([ecef_from_geodetic(latitude, longitude, height_m), velocity], axis=-1))
