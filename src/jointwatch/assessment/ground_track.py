"""Earth-fixed states as seen from the ground: where above, how high, climbing how fast, heading where."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jointwatch.earth import ellipsoid, geodesic
from jointwatch.earth.arrays import Floats
from jointwatch.earth.topocentric import enu_basis


@dataclass(frozen=True, slots=True)
class GroundTrack:
    """Arrays (n,): point below, height, climb rate, speed and heading over the ground, all Earth-relative."""

    latitude_rad: Floats
    longitude_rad: Floats
    height_m: Floats
    climb_m_s: Floats
    ground_speed_m_s: Floats
    heading_rad: Floats


def ground_track(pos_vel: Floats) -> GroundTrack:
    """Ground track of Earth-fixed states (n, 6), metres and metres per second.

    The speed is that of the point below: a vehicle at height h covers R/(R+h) of its own way on the ground.

    >>> track = ground_track(np.array([[ellipsoid.A_M + 100e3, 0.0, 0.0, 500.0, 2000.0, 0.0]]))
    >>> float(track.climb_m_s[0]), round(float(track.ground_speed_m_s[0])), round(float(track.heading_rad[0]), 3)
    (500.0, 1969, 1.571)
    """
    latitude, longitude, height = ellipsoid.geodetic_from_ecef(pos_vel[:, :3])
    v_east, v_north, climb = np.einsum("nij,nj->in", enu_basis(latitude, longitude), pos_vel[:, 3:])
    shrink = ellipsoid.A_M / (ellipsoid.A_M + height)
    return GroundTrack(
        latitude, longitude, height, climb, np.hypot(v_east, v_north) * shrink, np.arctan2(v_east, v_north)
    )


def offsets_en(latitude_rad: float, longitude_rad: float, latitudes_rad: Floats, longitudes_rad: Floats) -> Floats:
    """Metres east and north (n, 2) from one place to others, as geodesic distance along its first azimuth."""
    distance, azimuth, _ = geodesic.inverse(latitude_rad, longitude_rad, latitudes_rad, longitudes_rad)
    return np.stack([distance * np.sin(azimuth), distance * np.cos(azimuth)], axis=-1)


def place_at(latitude_rad: float, longitude_rad: float, offset_en_m: Floats) -> tuple[float, float]:
    """Latitude and longitude, radians, of the place that lies an offset (2,) metres east and north of another."""
    east, north = offset_en_m
    latitude, longitude, _ = geodesic.direct(
        latitude_rad, longitude_rad, np.arctan2(east, north), np.hypot(east, north)
    )
    return float(latitude), float(longitude)


def wrapped(angle_rad: Floats) -> Floats:
    """Angles brought into [-pi, pi)."""
    return np.asarray((angle_rad + np.pi) % (2.0 * np.pi) - np.pi)
