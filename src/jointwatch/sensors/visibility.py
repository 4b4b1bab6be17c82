"""From which height on a radar sees what is over a place: its limits, the refracted horizon, the strength of the echo.

Over one place the elevation of an object grows with its height, and so does its range. What one face can look at is
therefore one interval of heights: from where the lower limit of elevation and the least range are passed to where the
upper limit or the greatest range is. Elevations are what the array points at: `earth.refraction` bends the ray, over
ground without hills. A limit below the level counts as level.

The bending is that over a sphere. The angle between two verticals, and the radius that fits their distance, are the
ellipsoid's: heights come within 0.2 % of it (tests/sensors/test_visibility.py). The bearing of a place is taken for
that of what is over it, off by less than 0.03 degrees.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from jointwatch.earth.arrays import Bools, Floats, Ints
from jointwatch.earth.ellipsoid import ecef_from_geodetic
from jointwatch.earth.horizon import MEAN_RADIUS_M
from jointwatch.earth.refraction import minimum_visible_height_m, ray
from jointwatch.earth.topocentric import enu_basis
from jointwatch.sensors.coverage import in_sector
from jointwatch.sensors.detection import of_radar, range_for_probability, snr
from jointwatch.sensors.measurement import predict
from jointwatch.sensors.radar import Face, Radar
from jointwatch.sensors.scan_loss import loss
from jointwatch.sensors.site import Site, frame

SEEN = 0.5
"""Seen means: detected in one look with this probability or a higher one."""
CAP_M = 4_000e3
_ANGLES = np.linspace(0.0, np.pi / 2, 3000) ** 2 / (np.pi / 2)  # the closer to the radar the closer together
_RUNGS = np.linspace(0.0, 1.0, 13) ** 2
_HALVINGS = 14
_NEVER_M = 1e12


@dataclass(frozen=True, eq=False)
class Ground:
    """Places (n) on the ellipsoid: r_m (n, 3), Earth-fixed metres, and the direction up, (n, 3)."""

    r_m: Floats
    up: Floats

    def __len__(self) -> int:
        return len(self.r_m)

    def __getitem__(self, which: Ints | Bools) -> Ground:
        return Ground(self.r_m[which], self.up[which])

    def over(self, height_m: ArrayLike) -> Floats:
        """Positions (n, 3), Earth-fixed metres, at heights in metres, one for all or one for each place."""
        return np.asarray(self.r_m + np.asarray(height_m, dtype=np.float64)[..., None] * self.up)


def ground(latitude_rad: ArrayLike, longitude_rad: ArrayLike) -> Ground:
    """Places on the ellipsoid from latitudes and longitudes in radians, broadcast and made flat."""
    latitude, longitude = (np.ravel(each) for each in np.broadcast_arrays(latitude_rad, longitude_rad))
    return Ground(ecef_from_geodetic(latitude, longitude, 0.0), enu_basis(latitude, longitude)[:, 2])


@dataclass(frozen=True, eq=False)
class Views:
    """Heights over n places that the f faces of a radar can look at: from low_m to high_m (f, n), NaN where none."""

    radar: Radar
    places: Ground
    low_m: Floats
    high_m: Floats


def views(radar: Radar, places: Ground, *, cap_m: float = CAP_M) -> Views:
    """Heights over the ellipsoid, metres, from the ground to cap_m, that each face can look at over each place.

    Whatever the strength of the echo. All faces count, whatever their dates of service.
    """
    ends = np.array([_interval(radar, face, places, cap_m) for face in radar.faces]).reshape(-1, 2, len(places))
    return Views(radar, places, ends[:, 0], ends[:, 1])


def lowest_visible_m(over: Views) -> Floats:
    """Lowest height (n,), metres, that any face can look at over each place; NaN where there is none."""
    return np.asarray(np.fmin.reduce([np.full(len(over.places), np.nan), *over.low_m]))


def probability_at(over: Views, height_m: float, rcs_m2: float) -> Floats:
    """Probability (n,) of detection in one look of an object at a height over each place; 0 out of view.

    rcs_m2: its mean cross-section in the radar's band, by the radar's own law of detection.
    """
    _refuse_cross_section(rcs_m2)
    found = np.zeros(len(over.places))
    for face, low, high in zip(over.radar.faces, over.low_m, over.high_m, strict=True):
        here = np.flatnonzero((low <= height_m) & (height_m <= high))
        at_height = over.places[here].over(height_m)
        found[here] = np.maximum(found[here], _detected(over.radar, face, at_height, rcs_m2))
    return found


def first_detection_m(over: Views, rcs_m2: float) -> Floats:
    """Lowest height (n,), metres, at which an object over each place is seen; NaN where there is none."""
    _refuse_cross_section(rcs_m2)
    each = zip(over.radar.faces, over.low_m, over.high_m, strict=True)
    firsts = [_first_by(over.radar, face, over.places, low, high, rcs_m2) for face, low, high in each]
    return np.asarray(np.fmin.reduce([np.full(len(over.places), np.nan), *firsts]))


def in_straight_lines(radar: Radar, *, height_m: float = 120e3) -> Radar:
    """The radar with its limits of elevation put where straight lines to objects at a height meet them.

    For `sensors.looks`, which knows no refraction: the lift differs by less than 0.5 mrad between 50 and 1,000 km up
    from 2 degrees on, 0.4 km of height at 800 km. Limits below the level are left as they are.
    """
    at = max(height_m, radar.site.height_m + 1.0)

    def moved(limit_rad: float) -> float:
        if not 0 <= limit_rad < np.pi / 2:
            return limit_rad
        return float(ray(limit_rad, at, radar_height_m=max(radar.site.height_m, 0.0)).true_elevation_rad)

    return replace(
        radar,
        faces=tuple(
            replace(
                face,
                elevation_min_rad=moved(face.elevation_min_rad),
                elevation_max_rad=moved(face.elevation_max_rad),
            )
            for face in radar.faces
        ),
    )


def _interval(radar: Radar, face: Face, places: Ground, cap_m: float) -> tuple[Floats, Floats]:
    """Lowest and highest height (n,) that a face can look at over each place."""
    ratio, angle, away = _around(radar.site, places)
    base = max(radar.site.height_m, 0.0)
    limits = [
        base + ratio * np.interp(angle, _ANGLES, _climbs_to(elevation, base))
        for elevation in (max(face.elevation_min_rad, 0.0), face.elevation_max_rad)
    ]
    low = np.maximum(np.maximum(limits[0], _height_at_range(radar.site, places, radar.minimum_range_m)), 0.0)
    high = np.minimum(np.minimum(limits[1], _height_at_range(radar.site, places, radar.instrumented_range_m)), cap_m)
    faced = in_sector(face, predict(radar.site, places.r_m)[:, 1]) | (away < 1.0)
    within = faced & (low <= high)
    return np.where(within, low, np.nan), np.where(within, high, np.nan)


def _first_by(radar: Radar, face: Face, places: Ground, low: Floats, high: Floats, rcs_m2: float) -> Floats:
    """The same of one face: up the rungs of a ladder from its lowest height to its highest, then halving.

    The echo is weaker the higher an object is, for it is farther; only the middle of a face's scan, where less is
    lost, may lie higher. Whoever is too far at the lowest height is left out beforehand.
    """
    first = np.full(len(places), np.nan)
    nearest = np.linalg.norm(places.over(low) - frame(radar.site)[0], axis=1)
    left = np.flatnonzero(nearest <= range_for_probability(radar, rcs_m2, SEEN))
    below = low[left]
    for share in _RUNGS:
        rung = low[left] + share * (high[left] - low[left])
        seen = _seen(radar, face, places[left], rung, rcs_m2)
        first[left[seen]] = _halved(radar, face, places[left[seen]], below[seen], rung[seen], rcs_m2)
        left, below = left[~seen], rung[~seen]
    return first


def _halved(radar: Radar, face: Face, places: Ground, low: Floats, high: Floats, rcs_m2: float) -> Floats:
    """Where between a height not yet seen and one that is, seeing begins; equal where the first rung was seen."""
    for _ in range(_HALVINGS if np.any(high > low) else 0):
        middle = (low + high) / 2
        seen = _seen(radar, face, places, middle, rcs_m2)
        low, high = np.where(seen, low, middle), np.where(seen, middle, high)
    return high


def _seen(radar: Radar, face: Face, places: Ground, height_m: Floats, rcs_m2: float) -> Bools:
    return np.asarray(_detected(radar, face, places.over(height_m), rcs_m2) >= SEEN)


def _detected(radar: Radar, face: Face, r_ecef_m: Floats, rcs_m2: float) -> Floats:
    """Probability of detection in one look of what is in the face's view."""
    z = predict(radar.site, r_ecef_m)
    return of_radar(radar, snr(radar, z[:, 0], rcs_m2) * loss(radar, (face,), z))


def _refuse_cross_section(rcs_m2: float) -> None:
    if not 0 < rcs_m2 < np.inf:
        raise ValueError(f"rcs_m2 wants a mean cross-section above zero, in m2; got {rcs_m2:g}")


def _around(site: Site, places: Ground) -> tuple[Floats, Floats, Floats]:
    """Radius that fits each place over the mean one, the angle between the verticals, and the chord in metres."""
    _, basis = frame(site)
    foot = np.asarray(ecef_from_geodetic(site.latitude_rad, site.longitude_rad, 0.0)).reshape(3)
    half = np.clip(np.linalg.norm(places.up - basis[2], axis=1) / 2, 0.0, 1.0)
    chord = np.linalg.norm(places.r_m - foot, axis=1)
    apart = half > 1e-6
    fitting = np.where(apart, chord / np.where(apart, 2 * half, 1.0), MEAN_RADIUS_M)
    return fitting / MEAN_RADIUS_M, 2 * np.arcsin(half), chord


@lru_cache(maxsize=256)
def _climbs_to(elevation_rad: float, base_m: float) -> Floats:
    """Height in metres over the radar at which an elevation is reached, at each of `_ANGLES`; `_NEVER_M` if never."""
    if elevation_rad >= np.pi / 2:
        return np.full(len(_ANGLES), _NEVER_M)
    heights = minimum_visible_height_m(_ANGLES * MEAN_RADIUS_M, elevation_rad, radar_height_m=base_m)
    climbs = np.minimum(heights - base_m, _NEVER_M)
    climbs.setflags(write=False)
    return climbs


def _height_at_range(site: Site, places: Ground, range_m: float) -> Floats:
    """Height in metres at which an object over each place is as far as that; negative where the place itself is."""
    way = places.r_m - frame(site)[0]
    b = np.einsum("ij,ij->i", way, places.up)
    c = np.einsum("ij,ij->i", way, way) - range_m**2
    return np.where(c <= 0, np.sqrt(np.maximum(b * b - c, 0.0)) - b, -1.0)
