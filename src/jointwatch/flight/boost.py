"""A generic ascent: where a rising vehicle is, how fast it goes and how it accelerates, from rest to burnout.

No vehicle's design is in it. Height and distance over the ground are integrals of accelerations that are straight
between nodes (`flight.stages`): continuous within a stage, with a jump and a short coast where stages part. The same
profile serves any burnout: heights grow with the height there, distances with the distance, and what its speeds want
beyond that comes in the last stage. With one stage and no nodes given, height is the one cubic in time from rest to
the burnout, and two fractions say how bent the path is.

First stages of 30 published ascents follow a one-stage profile within 5 km, most within 2 km, and all their burns a
profile fitted to them (`flight.telemetry`) within some 100 m (docs/method/boost.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from jointwatch.earth import geodesic
from jointwatch.earth.arrays import Floats
from jointwatch.earth.ellipsoid import E2, OMEGA_RAD_S, curvature_radii_m, ecef_from_geodetic
from jointwatch.earth.states import Ecef
from jointwatch.earth.topocentric import enu_basis
from jointwatch.flight.stages import Burnout, Stage, bent, checked, course, from_burnouts, motion

_LEVEL = 2.0  # a climb that takes more than this many burn times to the burnout's height ends all but level
_SINKS_M = 1.0


@dataclass(frozen=True)
class BoostProfile:
    """Duration and shape of a powered ascent.

    burn_time_s: T, from rest to the last burnout, staging included.
    altitude_fraction: height gained / (vertical speed at burnout times T), 1/3 to 1/2. Give it, or
    burnout_height_m: height over the ellipsoid at burnout, for ascents that end level (space launches).
    downrange_fraction: distance over the ground / (ground speed at burnout times T), 1/5 to 1/2.
    stages: a reference flight's accelerations, `staged` makes them; empty for one stage and the plainest shape. With
    them the fractions are what they are, and their limits do not hold.
    """

    burn_time_s: float
    altitude_fraction: float | None
    downrange_fraction: float
    burnout_height_m: float | None = None
    stages: tuple[Stage, ...] = ()

    def __post_init__(self) -> None:
        if not 0 < self.burn_time_s < np.inf:
            raise ValueError(f"burn_time_s must be a positive number of seconds, got {self.burn_time_s}")
        if (self.altitude_fraction is None) == (self.burnout_height_m is None):
            raise ValueError("give one of altitude_fraction and burnout_height_m, and None for the other")
        if self.stages:
            if checked(self.stages)[-1].burnout_s != self.burn_time_s:
                raise ValueError(
                    f"burn_time_s must be the last stage's burnout, {self.stages[-1].burnout_s} s, got "
                    f"{self.burn_time_s} s; `staged` makes a profile of stages"
                )
            return
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
        least = 0.0 if self.stages else np.maximum(even / 3 * (1 - 1e-12), 0.0)
        if np.any(gained <= 0) or np.any(gained < least) or (not self.stages and np.any(even < 0)):
            raise ValueError(
                "the ascent would sink on its way: wanted a burnout that climbs or is level, at a height over the "
                f"launch point of at least a third of vertical speed times burn time; got {np.min(gained):.0f} m "
                f"for {np.max(even):.0f} m"
            )
        return gained


def staged(burnouts: Sequence[Burnout] | Sequence[Stage]) -> BoostProfile:
    """The profile of one to three stages, from where each ends or from each one's accelerations.

    Flown to the last burnout's own speed and angle it goes through every burnout given; flown to others it keeps its
    shape. An ascent that ends all but level keeps its height instead of a fraction of its climb.

    >>> profile = staged([
    ...     Burnout(0.0, 60.0, 25e3, 900.0, 12e3, 900.0), Burnout(63.0, 115.0, 100e3, 2000.0, 95e3, 2700.0)])
    >>> profile.burn_time_s, round(profile.altitude_fraction, 3), round(profile.downrange_fraction, 3)
    (115.0, 0.435, 0.306)
    """
    stages = from_burnouts([b for b in burnouts if isinstance(b, Burnout)]) if _ends(burnouts) else burnouts
    stages = checked([stage for stage in stages if isinstance(stage, Stage)])
    path = course(stages)
    (height, distance), (climb, going), _ = motion(path, path.end_s)
    if height <= 0 or distance <= 0 or going <= 0:
        raise ValueError(
            "the last burnout must lie over and beyond the launch point and go on from it; got "
            f"{height:.0f} m up, {distance:.0f} m out, going out at {going:.0f} m/s"
        )
    level = height > _LEVEL * climb * path.end_s
    return BoostProfile(
        path.end_s,
        None if level else float(height / (climb * path.end_s)),
        float(distance / (going * path.end_s)),
        burnout_height_m=float(height) if level else None,
        stages=stages,
    )


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
    climb = _climb(
        profile, latitude_rad, longitude_rad, azimuth_rad, burnout_speed_m_s, burnout_angle_rad, times_s, height_m
    )
    east, north = _stretch(climb.latitude, climb.azimuth, climb.height_m)
    enu = np.stack([climb.along[1] * east, climb.along[1] * north, climb.up[1]], axis=-1)
    velocity = np.einsum("nji,nj->ni", enu_basis(climb.latitude, climb.longitude), enu)
    position = ecef_from_geodetic(climb.latitude, climb.longitude, climb.height_m)
    return Ecef(np.concatenate([position, velocity], axis=-1))


def accelerations(
    profile: BoostProfile,
    *,
    latitude_rad: ArrayLike,
    longitude_rad: ArrayLike,
    azimuth_rad: ArrayLike,
    burnout_speed_m_s: ArrayLike,
    burnout_angle_rad: ArrayLike,
    times_s: ArrayLike,
    height_m: ArrayLike = 0.0,
) -> Floats:
    """Second derivatives (n, 3), in m/s^2, of the Earth-fixed positions that `ascent` gives for the same arguments.

    What a tracker that follows Earth-fixed positions sees: gravity and the turning Earth are in it, so at rest on the
    pad it is not what an accelerometer would show. At a staging instant it is that of what follows.

    The path is r = g + h n over a geodesic g, with n the normal, t its direction and b = n x t:
    n' = k t + w b, t' = -k n, b' = -w n, with k the normal curvature and w the torsion there [M. P. do Carmo,
    Differential Geometry, 1976, sections 3-2 and 4-4].

    >>> felt = accelerations(
    ...     BoostProfile(60.0, 0.5, 0.5), latitude_rad=0.6, longitude_rad=0.9, azimuth_rad=1.0,
    ...     burnout_speed_m_s=1500.0, burnout_angle_rad=0.7, times_s=[0.0, 30.0])
    >>> np.linalg.norm(felt, axis=1).round(1).tolist()
    [24.9, 25.0]
    """
    climb = _climb(
        profile, latitude_rad, longitude_rad, azimuth_rad, burnout_speed_m_s, burnout_angle_rad, times_s, height_m
    )
    basis = enu_basis(climb.latitude, climb.longitude)
    sine, cosine = np.sin(climb.azimuth)[:, None], np.cos(climb.azimuth)[:, None]
    t, n = sine * basis[:, 0] + cosine * basis[:, 1], basis[:, 2]
    b = np.cross(n, t)
    k, w, dk, dw = (value[:, None] for value in _curvatures(climb.latitude, climb.azimuth))
    h, u, a_along, climbing, a_up = (
        value[:, None] for value in (climb.height_m, climb.along[1], climb.along[2], climb.up[1], climb.up[2])
    )
    turning, turning_again = k * t + w * b, dk * t + dw * b - (k**2 + w**2) * n
    return a_along * (t + h * turning) + u**2 * (-k * n + h * turning_again) + 2 * climbing * u * turning + a_up * n


def launch_azimuth_rad(
    inclination_rad: ArrayLike, latitude_rad: ArrayLike, *, speed_m_s: ArrayLike, northwards: ArrayLike
) -> Floats:
    """Azimuth over the turning ground, radians, of a launch into an orbit's plane from a latitude.

    inclination_rad: 0 to pi; one that does not reach the latitude is taken as due east or west, the nearest there is.
    speed_m_s: past the stars at the end of the ascent, 7.8 km/s for low orbits.
    northwards: whether the launch goes up the map (true) or down it.
    The ground's own speed at the launch point is taken off; that the ascent moves on before its end is left out: flown
    by `ascent`, the plane comes out up to 1 degree off. [J. J. Sellers, Understanding Space, 2005, section 9.3]

    >>> plane = np.deg2rad([51.6, 97.4])
    >>> azimuth = launch_azimuth_rad(plane, np.deg2rad([28.6, 34.6]), speed_m_s=7800.0, northwards=[True, False])
    >>> np.rad2deg(azimuth).round(1).tolist()
    [42.8, 191.8]
    """
    inclination, latitude, speed, up = np.broadcast_arrays(inclination_rad, latitude_rad, speed_m_s, northwards)
    sine = np.clip(np.cos(inclination) / np.cos(latitude), -1, 1)
    ground = OMEGA_RAD_S * ecef_from_geodetic(latitude, 0.0, 0.0)[..., 0]
    cosine = np.sqrt(1 - sine**2) * np.where(up, 1.0, -1.0)
    return np.asarray(np.mod(np.arctan2(speed * sine - ground, speed * cosine), 2 * np.pi))


class _Climb(NamedTuple):
    """Points below the vehicle (n,), radians, and its height and distance, each with two derivatives, (3, n)."""

    latitude: Floats
    longitude: Floats
    azimuth: Floats
    height_m: Floats
    up: Floats
    along: Floats


def _climb(profile: BoostProfile, *arguments: ArrayLike) -> _Climb:
    """The ascent over the ground, of the arguments of `ascent` in their order."""
    latitude, longitude, azimuth, speed, angle, times, launch_height = (
        np.atleast_1d(value).astype(np.float64) for value in np.broadcast_arrays(*arguments)
    )
    T = profile.burn_time_s
    if not np.all((times >= 0) & (times <= T)):
        raise ValueError(f"times_s must lie within the burn, 0 to {T} s, got {times.min()} to {times.max()} s")
    vertical = speed * np.sin(angle)
    gained = profile.height_gained_m(vertical, height_m=launch_height)
    ground_speed = _ground_speed(profile, latitude, azimuth, speed * np.cos(angle), launch_height + gained)
    gone = profile.downrange_fraction * ground_speed * T
    up, along = _scaled(profile, times, np.stack([gained, gone], -1), np.stack([vertical, ground_speed], -1))
    if np.any(up[0] < -_SINKS_M):
        raise ValueError(
            f"the ascent would sink on its way: {up[0].min():.0f} m below the launch point; wanted less climb at "
            "burnout for the height there"
        )
    below = geodesic.direct(latitude, longitude, azimuth, along[0])
    return _Climb(*below, launch_height + up[0], up, along)


def _scaled(profile: BoostProfile, times: Floats, end_m: Floats, end_m_s: Floats) -> tuple[Floats, Floats]:
    """Height and distance with their derivatives (3, n), for ends (n, 2) of both and of their rates.

    The reference flight grown to the end asked for, and, for what its rate there lacks, a cubic over the last stage
    that is at rest at ignition, and at burnout is nothing but that rate.
    """
    path = course(profile.stages or (_plainest(profile),))
    reference_m, reference_m_s, _ = motion(path, path.end_s)
    growth = end_m / reference_m
    lacking = end_m_s - growth * reference_m_s
    L = path.end_s - path.last_ignition_s
    s = np.clip((times - path.last_ignition_s) / L, 0, 1)
    burning = times >= path.last_ignition_s
    last = L * s**2 * (s - 1), s * (3 * s - 2), (6 * s - 2) / L * burning
    both = [growth * ours + lacking * more[:, None] for ours, more in zip(motion(path, times), last, strict=True)]
    up, along = np.moveaxis(np.array(both), -1, 0)
    return up, along


def _plainest(profile: BoostProfile) -> Stage:
    """One stage whose height has a constant acceleration, and whose distance the fraction asked for."""
    T = profile.burn_time_s
    along = bent(profile.downrange_fraction, 1.0)
    return Stage(0.0, T, (1.0,) * len(along), along)


def _ends(burnouts: Sequence[Burnout] | Sequence[Stage]) -> bool:
    return all(isinstance(each, Burnout) for each in burnouts)


def _check_fraction(name: str, value: float, *, lowest: float) -> None:
    if not lowest <= value <= 1 / 2:
        raise ValueError(f"{name} must be between {lowest:.4g} and 0.5, where the path rises evenly; got {value}")


def _stretch(latitude: Floats, azimuth: Floats, height_m: Floats) -> tuple[Floats, Floats]:
    """East and north speed at a height for each m/s along a geodesic on the ground below."""
    M, N = curvature_radii_m(latitude)
    return np.sin(azimuth) * (1 + height_m / N), np.cos(azimuth) * (1 + height_m / M)


def _curvatures(latitude: Floats, azimuth: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Normal curvature and torsion of a geodesic of the ellipsoid, 1/m, and their change along it, 1/m^2.

    With M and N the radii of curvature: cos^2 / M + sin^2 / N, and sin cos (1 / M - 1 / N), of the azimuth.
    """
    M, N = curvature_radii_m(latitude)
    sine, cosine = np.sin(azimuth), np.cos(azimuth)
    northwards, turning = cosine / M, np.tan(latitude) * sine / N  # latitude and azimuth along the line
    flattening = (
        E2 * np.sin(latitude) * np.cos(latitude) / (1 - E2 * np.sin(latitude) ** 2)
    )  # N' / N, and a third of M' / M
    by_M, by_N = -3 * flattening / M * northwards, -flattening / N * northwards  # of 1 / M and 1 / N
    apart = 1 / M - 1 / N
    return (
        cosine**2 / M + sine**2 / N,
        sine * cosine * apart,
        cosine**2 * by_M + sine**2 * by_N - 2 * sine * cosine * apart * turning,
        (cosine**2 - sine**2) * apart * turning + sine * cosine * (by_M - by_N),
    )


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
