"""Refraction of radar rays by the lower air: how far they bend, how long they take, and what they let a radar see.

The refractive index falls exponentially with the height over a sphere, the reference atmosphere of ITU-R P.453. A ray
then obeys Bouguer's law, n r cos(theta) constant, and its turn, its ground distance and its length are integrals over
height (ITU-R P.834), taken here by Gauss's rule along a parabola that stays beside the ray, where nothing is
singular, not even at elevation 0. Elevations are from 0 up, heights over the sphere, radio path lengths in metres.

*Apparent* is the elevation at which the ray arrives and the array points; *true* is that of the straight line. A fixed
sphere for WGS 84 costs 0.3 % of a bending. The ionosphere is not in here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from jointwatch.earth.arrays import Floats
from jointwatch.earth.horizon import MEAN_RADIUS_M
from jointwatch.earth.refractivity import MEAN_AIR, Refractivity

_TOP_SCALE_HEIGHTS = 16.0  # above the sea; what is left of the air bends by less than 1e-9 rad
_NODES, _WEIGHTS = (half / 2 for half in np.polynomial.legendre.leggauss(24))
_NODES = _NODES + 0.5  # 24 points on 0 to 1: path lengths to 2e-6 m
_INFINITE_M = 1e10  # farther than the Moon; lengths keep a millimetre
_ITERATIONS = 4  # to 1e-10 rad, and to 1e-7 m of height


@dataclass(frozen=True)
class Ray:
    """Rays from a radar to a height, as arrays (...).

    ground_angle_rad: at the Earth's centre, between radar and object; bending_rad: the turn of the ray on its way;
    path_m: radio length, what an echo's time measures; range_m: straight; true_elevation_rad: of the straight line.
    """

    ground_angle_rad: Floats
    bending_rad: Floats
    path_m: Floats
    range_m: Floats
    true_elevation_rad: Floats


def ray(
    apparent_elevation_rad: ArrayLike,
    target_height_m: ArrayLike = np.inf,
    *,
    radar_height_m: ArrayLike = 0.0,
    air: Refractivity = MEAN_AIR,
) -> Ray:
    """The rays that leave at apparent elevations (...) from 0 to pi/2 and reach the target's height; all broadcast.

    >>> horizontal = ray(0.0, 1_000e3)
    >>> [round(1e3 * float(angle), 1) for angle in (horizontal.bending_rad, horizontal.true_elevation_rad)]  # mrad
    [13.2, -12.6]
    """
    elevation, target, radar = _broadcast(apparent_elevation_rad, target_height_m, radar_height_m)
    _refuse_elevations(elevation)
    if not np.all(target >= radar):
        raise ValueError("wanted targets above the radar, for a ray from 0 deg up goes nowhere else; one is below")
    return _traced(elevation, np.minimum(target, _INFINITE_M), radar, air)


def bending_rad(
    apparent_elevation_rad: ArrayLike,
    target_height_m: ArrayLike = np.inf,
    *,
    radar_height_m: ArrayLike = 0.0,
    air: Refractivity = MEAN_AIR,
) -> Floats:
    """The angle, in radians, by which a ray turns on its way to a height; for a star, apparent minus true elevation.

    >>> round(float(np.rad2deg(bending_rad(np.deg2rad(2.0)))), 2)
    0.36
    """
    return ray(apparent_elevation_rad, target_height_m, radar_height_m=radar_height_m, air=air).bending_rad


def elevation_bias_rad(
    apparent_elevation_rad: ArrayLike,
    target_height_m: ArrayLike,
    *,
    radar_height_m: ArrayLike = 0.0,
    air: Refractivity = MEAN_AIR,
) -> Floats:
    """Apparent minus true elevation, in radians, of an object at a height: what a radar's plot must be lowered by.

    >>> round(1e3 * float(elevation_bias_rad(np.deg2rad(2.0), 200e3)), 1)  # mrad
    5.7
    """
    way = ray(apparent_elevation_rad, target_height_m, radar_height_m=radar_height_m, air=air)
    return np.asarray(np.asarray(apparent_elevation_rad, dtype=np.float64) - way.true_elevation_rad)


def range_delay_m(
    apparent_elevation_rad: ArrayLike,
    target_height_m: ArrayLike,
    *,
    radar_height_m: ArrayLike = 0.0,
    air: Refractivity = MEAN_AIR,
) -> Floats:
    """Measured minus straight range, in metres, of an object at a height: the slower wave and its detour, one way.

    >>> [round(float(delay), 1) for delay in range_delay_m(np.deg2rad([0.0, 5.0, 90.0]), 200e3)]
    [105.4, 24.2, 2.3]
    """
    way = ray(apparent_elevation_rad, target_height_m, radar_height_m=radar_height_m, air=air)
    return np.asarray(way.path_m - way.range_m)


def apparent_elevation_rad(
    true_elevation_rad: ArrayLike,
    range_m: ArrayLike,
    *,
    radar_height_m: ArrayLike = 0.0,
    air: Refractivity = MEAN_AIR,
) -> Floats:
    """Elevation, in radians, at which a radar sees an object whose straight line has an elevation and a length.

    Below what a level ray reaches, the object is out of sight; it is then lifted as much as the level ray at its
    height, so that the value is negative and runs on without a jump.

    >>> round(float(np.rad2deg(apparent_elevation_rad(np.deg2rad(1.0), 1_500e3))), 2)
    1.39
    """
    true, distance, radar = _broadcast(true_elevation_rad, range_m, radar_height_m)
    if not np.all((distance >= 0) & (np.abs(true) <= np.pi / 2)):
        raise ValueError("wanted true elevations within a quarter turn and ranges of at least 0 m, got others")
    r = MEAN_RADIUS_M + radar
    gained = distance * (distance + 2 * r * np.sin(true))  # in the square of the geocentric distance
    target = radar + np.maximum(gained / (np.sqrt(r**2 + gained) + r), 0.0)

    def excess(apparent: Floats) -> Floats:
        return apparent - true - _lift(apparent, target, radar, air)

    level = np.zeros_like(true)
    before, after = level, np.maximum(true + _lift(level, target, radar, air), 0.0)
    hidden = excess(level) > 0
    excess_before = excess(before)
    for _ in range(_ITERATIONS):  # the secant rule, from the elevation a level ray's lift gives
        excess_after = excess(after)
        step = np.where(after == before, 1.0, after - before)
        slope = np.where(after == before, 1.0, (excess_after - excess_before) / step)
        before, excess_before = after, excess_after
        after = np.clip(after - excess_after / np.maximum(slope, 0.5), 0.0, np.pi / 2)
    return np.where(hidden, true + _lift(level, target, radar, air), after)


def minimum_visible_height_m(
    ground_distance_m: ArrayLike,
    apparent_elevation_rad: ArrayLike = 0.0,
    *,
    radar_height_m: ArrayLike = 0.0,
    air: Refractivity = MEAN_AIR,
) -> Floats:
    """Height, in metres, at which an object over a point so far away appears at the given elevation; inf if never.

    `horizon.minimum_visible_height_m` with refraction, and for a radar at a height.

    >>> round(float(minimum_visible_height_m(824e3, np.deg2rad(2.0))) / 1e3)  # km, Gabala to Semnan; 83 without air
    78
    """
    distance, elevation, radar = _broadcast(ground_distance_m, apparent_elevation_rad, radar_height_m)
    _refuse_elevations(elevation)
    if not np.all(distance >= 0):
        raise ValueError(f"ground_distance_m must not be negative; lowest given: {float(np.min(distance)):.1f} m")
    psi = distance / MEAN_RADIUS_M
    top = np.maximum(_top_m(air), radar)
    end = _parabola_length_m(elevation, top - radar, radar, air)
    psi_top, _, _, theta_top = _integrals(elevation, radar, end, air)
    s = np.minimum((MEAN_RADIUS_M + radar) * psi, end)
    for _ in range(_ITERATIONS):  # Newton's rule; the ground angle is almost linear along the parabola
        reached, _, _, theta = _integrals(elevation, radar, s, air)
        height, slope = _parabola(elevation, s, radar, air)
        rate = np.maximum(slope, 1e-12) / np.maximum(np.tan(theta), 1e-12) / (MEAN_RADIUS_M + height)
        s = np.clip(s - (reached - psi) / rate, 0.0, end)
    turned_to = theta_top + np.maximum(psi - psi_top, 0.0)
    straight_on = (MEAN_RADIUS_M + top) * np.cos(theta_top) / np.cos(np.minimum(turned_to, 1.5707)) - MEAN_RADIUS_M
    beyond = np.where(turned_to < np.pi / 2, straight_on, np.inf)
    return np.where(psi > psi_top, beyond, _parabola(elevation, s, radar, air)[0])


def _traced(elevation: Floats, target: Floats, radar: Floats, air: Refractivity) -> Ray:
    """1. Through the air by quadrature. 2. On from its top in a straight line. 3. The straight line from the radar."""
    within = np.clip(_top_m(air), radar, target)
    s = _parabola_length_m(elevation, within - radar, radar, air)
    psi, path, bending, theta = _integrals(elevation, radar, s, air)
    r1, r2, r_end = MEAN_RADIUS_M + radar, MEAN_RADIUS_M + within, MEAN_RADIUS_M + target
    across = r2 * np.cos(theta)
    # the angle turned to at r_end, by how much its sine has grown: nothing is lost when little is left to go
    up, up_end = r2 * np.sin(theta), np.sqrt((r2 * np.sin(theta)) ** 2 + (r_end - r2) * (r_end + r2))
    psi = psi + np.arctan2(up_end, across) - np.arctan2(up, across)
    path = path + up_end - up
    rise = (target - radar) - 2 * r_end * np.sin(psi / 2) ** 2
    return Ray(
        ground_angle_rad=psi,
        bending_rad=bending,
        path_m=path,
        range_m=np.sqrt((target - radar) ** 2 + 4 * r1 * r_end * np.sin(psi / 2) ** 2),
        true_elevation_rad=np.where(target > radar, np.arctan2(rise, r_end * np.sin(psi)), elevation),
    )


def _lift(elevation: Floats, target: Floats, radar: Floats, air: Refractivity) -> Floats:
    return elevation - _traced(elevation, target, radar, air).true_elevation_rad


def _integrals(
    elevation: Floats, radar: Floats, end: Floats, air: Refractivity
) -> tuple[Floats, Floats, Floats, Floats]:
    """Ground angle, radio length and turn of rays up to a point `end` along their parabolas, and their angle there."""
    psi, path, bending = np.zeros_like(end), np.zeros_like(end), np.zeros_like(end)
    for node, weight in zip(_NODES, _WEIGHTS, strict=True):
        s = end * node
        height, slope = _parabola(elevation, s, radar, air)
        n_minus_one, cosine, sine = _direction(elevation, height, radar, air)
        dh = weight * end * slope / np.where(sine > 0, sine, 1.0)
        path += (1 + n_minus_one) * dh
        psi += cosine / (MEAN_RADIUS_M + height) * dh
        bending += n_minus_one / (1 + n_minus_one) / air.scale_height_m * cosine * dh
    _, cosine, sine = _direction(elevation, _parabola(elevation, end, radar, air)[0], radar, air)
    return psi, path, bending, np.arctan2(sine, cosine)


def _direction(elevation: Floats, height: Floats, radar: Floats, air: Refractivity) -> tuple[Floats, Floats, Floats]:
    """n - 1 at a height, and cosine and sine of the ray's angle there by Bouguer's law, without cancellation."""
    r1, rise = MEAN_RADIUS_M + radar, height - radar
    n1 = air.minus_one(radar)
    n = n1 * np.exp(-rise / air.scale_height_m)
    growth = (1 + n1) * rise + n1 * np.expm1(-rise / air.scale_height_m) * (r1 + rise)  # of n r since the radar
    short = (growth + (1 + n1) * r1 * 2 * np.sin(elevation / 2) ** 2) / ((1 + n) * (r1 + rise))  # 1 - cosine
    return n, 1 - short, np.sqrt(np.maximum(short * (2 - short), 0.0))


def _parabola(elevation: Floats, s: Floats, radar: Floats, air: Refractivity) -> tuple[Floats, Floats]:
    """Height and slope of the parabola that leaves with the ray's elevation and curvature, at a distance along it."""
    curvature = np.cos(elevation) ** 2 * _relative_curvature(radar, air)
    return radar + s * (np.sin(elevation) + s * curvature / 2), np.sin(elevation) + s * curvature


def _parabola_length_m(elevation: Floats, rise: Floats, radar: Floats, air: Refractivity) -> Floats:
    sine, curvature = np.sin(elevation), np.cos(elevation) ** 2 * _relative_curvature(radar, air)
    root = np.sqrt(sine**2 + 2 * rise * curvature)
    return np.asarray(2 * rise / np.where(rise > 0, sine + root, 1.0))


def _relative_curvature(radar: Floats, air: Refractivity) -> Floats:
    """Of the ground as a level ray at the radar sees it, per metre."""
    n = air.minus_one(radar)
    return np.asarray(1 / (MEAN_RADIUS_M + radar) - n / (1 + n) / air.scale_height_m)


def _top_m(air: Refractivity) -> float:
    return _TOP_SCALE_HEIGHTS * air.scale_height_m


def _broadcast(*values: ArrayLike) -> list[Floats]:
    return list(np.broadcast_arrays(*(np.asarray(value, dtype=np.float64) for value in values)))


def _refuse_elevations(elevation: Floats) -> None:
    if not np.all((elevation >= 0) & (elevation <= np.pi / 2)):
        raise ValueError("wanted apparent elevations from 0 to pi/2 rad, got others")
