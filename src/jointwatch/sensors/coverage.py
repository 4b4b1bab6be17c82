"""What a radar can face: its field of regard, the shape of it, and one sentence when something lies outside.

Straight lines of sight: refraction, which lifts an object near the horizon by up to half a degree, is left out.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from jointwatch.earth.arrays import Bools, Floats
from jointwatch.earth.ellipsoid import A_M, B_M, geodetic_from_ecef
from jointwatch.earth.geodesic import inverse
from jointwatch.earth.horizon import minimum_visible_height_m
from jointwatch.earth.timescale import utc_from_tai_ns
from jointwatch.sensors.detection import range_for_probability
from jointwatch.sensors.measurement import predict
from jointwatch.sensors.radar import Face, Radar, on_duty, service
from jointwatch.sensors.site import Site, frame


def in_sector(face: Face, azimuth_rad: ArrayLike) -> Bools:
    """Whether azimuths (radians) lie in the face's sector, ends included; a sector may run through north."""
    past_start = np.mod(np.asarray(azimuth_rad, dtype=float) - face.azimuth_from_rad, 2 * np.pi)
    return np.asarray(past_start <= face.azimuth_width_rad)


def in_elevation(face: Face, elevation_rad: ArrayLike) -> Bools:
    """Whether elevations (radians) lie within the face's limits."""
    elevation = np.asarray(elevation_rad, dtype=float)
    return np.asarray((elevation >= face.elevation_min_rad) & (elevation <= face.elevation_max_rad))


def in_line_of_sight(site: Site, r_ecef_m: Floats) -> Bools:
    """Whether the Earth leaves the straight line from the site to each position (n, 3) free.

    With the axes scaled so that the ellipsoid is the unit sphere, straight lines stay straight: the line is blocked
    where its nearest point to the centre lies between the ends and inside the sphere.
    """
    scale = np.array([A_M, A_M, B_M])
    start = frame(site)[0] / scale
    path = np.atleast_2d(r_ecef_m) / scale - start
    length2 = np.maximum(np.einsum("ij,ij->i", path, path), 1e-30)
    share = np.clip(-(path @ start) / length2, 0.0, 1.0)
    nearest = start + share[:, None] * path
    return np.asarray(np.einsum("ij,ij->i", nearest, nearest) >= min(1.0, float(start @ start)) - 1e-12)


def in_field_of_regard(radar: Radar, faces: tuple[Face, ...], r_ecef_m: Floats) -> Bools:
    """Whether each Earth-fixed position (n, 3) in metres can be looked at by one of the faces.

    Sector and elevation of a face, the radar's least and greatest range, and the Earth's body; not the strength of the
    echo. Without a face: nothing.
    """
    z = predict(radar.site, r_ecef_m)
    faced = np.zeros(len(z), dtype=bool)
    for face in faces:
        faced |= in_sector(face, z[:, 1]) & in_elevation(face, z[:, 2])
    reached = (z[:, 0] >= radar.minimum_range_m) & (z[:, 0] <= radar.instrumented_range_m)
    return np.asarray(faced & reached & in_line_of_sight(radar.site, r_ecef_m))


def range_to_altitude(site: Site, azimuth_rad: ArrayLike, elevation_rad: ArrayLike, altitude_m: float) -> Floats:
    """Slant range in metres at which lines of sight leave the layer below an altitude; broadcast over both angles.

    The surface of that altitude is taken as the ellipsoid with both axes longer by it (off by less than 20 m at
    1,000 km).
    """
    azimuth, elevation = np.broadcast_arrays(np.asarray(azimuth_rad, float), np.asarray(elevation_rad, float))
    origin, basis = frame(site)
    toward = np.stack(
        [np.cos(elevation) * np.sin(azimuth), np.cos(elevation) * np.cos(azimuth), np.sin(elevation)], axis=-1
    )
    scale = np.array([A_M + altitude_m, A_M + altitude_m, B_M + altitude_m])
    start, way = origin / scale, (toward @ basis) / scale
    a, half_b, c = np.sum(way * way, axis=-1), way @ start, float(start @ start) - 1.0
    if c > 0:
        raise ValueError(f"site {site.name!r} stands higher than the altitude asked for, {altitude_m:g} m")
    return np.asarray((-half_b + np.sqrt(half_b**2 - a * c)) / a)


def range_envelope(
    radar: Radar,
    face: Face,
    *,
    altitude_cap_m: float,
    rcs_m2: float,
    azimuth_count: int = 73,
    elevation_count: int = 13,
) -> tuple[Floats, Floats, Floats]:
    """Azimuths (a,), elevations (e,) in radians and the range in metres (a, e) to which the face sees, for drawing.

    Range is the least of three: the instrumented range, the range of detection with probability one half in one look
    of an object of the stated mean cross-section, and the way to the altitude cap. Azimuths run on past 2 pi where
    the sector runs through north.
    """
    azimuths = face.azimuth_from_rad + np.linspace(0.0, face.azimuth_width_rad, azimuth_count)
    elevations = np.linspace(face.elevation_min_rad, face.elevation_max_rad, elevation_count)
    reach = min(radar.instrumented_range_m, range_for_probability(radar, rcs_m2))
    to_cap = range_to_altitude(radar.site, azimuths[:, None], elevations[None, :], altitude_cap_m)
    return azimuths, elevations, np.minimum(reach, to_cap)


def why_not(
    radar: Radar, faces: tuple[Face, ...], tai_ns: int, r_ecef_m: Floats, *, rcs_m2: float | None = None
) -> str:
    """One sentence saying why the radar does not see a position (3,) in metres; empty where nothing stands against it.

    faces: those that look, as the variant has it. Asked in this order: is an array on duty, does the bearing lie in its
    sector, is the object above its lower and below its upper limit and the horizon, within its ranges, and, with
    rcs_m2 given, within the range of detection with probability one half.
    """
    r, azimuth, elevation = predict(radar.site, np.reshape(r_ecef_m, (1, 3)))[0]
    if not faces:
        times = "; ".join(f"{face.name} was {service(face)}" for face in radar.faces)
        return f"{radar.name}: no array was on duty on {_day(tai_ns)} ({times})."
    facing = [face for face in faces if in_sector(face, azimuth)]
    if not facing:
        return _outside(radar, faces, tai_ns, azimuth)
    return _too_low_or_far(radar, facing, r, elevation, r_ecef_m, rcs_m2)


def _outside(radar: Radar, faces: tuple[Face, ...], tai_ns: int, azimuth: float) -> str:
    """The sentence for a bearing outside every sector that looks, naming an array that would have faced it."""
    looking = " and ".join(_sector(face) for face in faces)
    others = [f for f in radar.faces if f not in faces and in_sector(f, azimuth) and not on_duty(f, tai_ns)]
    idle = "".join(f"; {_sector(face)} would face it but {face.name} was {service(face)}" for face in others)
    outside = f"the bearing {_degrees(azimuth)} lies outside {looking}, all that looked on {_day(tai_ns)}"
    return f"{radar.name}: {outside}{idle}."


def _too_low_or_far(
    radar: Radar, facing: list[Face], r: float, elevation: float, r_ecef_m: Floats, rcs_m2: float | None
) -> str:
    """The sentence for a bearing that is faced: elevation, horizon, ranges, strength of the echo, in this order."""
    lowest, highest = min(f.elevation_min_rad for f in facing), max(f.elevation_max_rad for f in facing)
    if elevation < lowest or not in_line_of_sight(radar.site, r_ecef_m)[0]:
        where = "below the horizon, at" if elevation < 0 else "at"
        begins = f"the array begins at {_degrees(lowest)}, {_height_needed(radar.site, r_ecef_m, lowest)}"
        return f"{radar.name}: {where} elevation {_degrees(elevation)}; {begins}."
    if not any(in_elevation(face, elevation) for face in facing):
        return f"{radar.name}: at elevation {_degrees(elevation)}, above the array's limit of {_degrees(highest)}."
    if not radar.minimum_range_m <= r <= radar.instrumented_range_m:
        limit = f"from {radar.minimum_range_m / 1e3:.0f} to {radar.instrumented_range_m / 1e3:.0f} km"
        return f"{radar.name}: the range {r / 1e3:.0f} km lies outside what the radar listens to, {limit}."
    reach = np.inf if rcs_m2 is None else range_for_probability(radar, rcs_m2)
    if r > reach:
        return (
            f"{radar.name}: at {r / 1e3:.0f} km the echo of {rcs_m2:g} m2 is too weak; "
            f"it is seen with probability one half at {reach / 1e3:.0f} km."
        )
    return ""


def _height_needed(site: Site, r_ecef_m: Floats, elevation_rad: float) -> str:
    """Half a sentence: how high something over the same place would show at an elevation (on a sphere)."""
    latitude, longitude, _ = geodetic_from_ecef(np.reshape(r_ecef_m, 3))
    distance_m, _, _ = inverse(site.latitude_rad, site.longitude_rad, latitude, longitude)
    height_km = float(minimum_visible_height_m(distance_m, elevation_rad)) / 1e3
    return f"{height_km:.0f} km up over that place" if np.isfinite(height_km) else "never over that place"


def _sector(face: Face) -> str:
    return f"the {face.name} sector {_degrees(face.azimuth_from_rad)} to {_degrees(face.azimuth_to_rad)}"


def _day(tai_ns: int) -> str:
    return utc_from_tai_ns(tai_ns)[:10]


def _degrees(angle_rad: float) -> str:
    return f"{float(np.degrees(angle_rad)):.1f}°".replace(".0°", "°")
