"""A first idea of an orbit from ranges and angles that were measured at different instants."""

from __future__ import annotations

import numpy as np

from jointwatch.earth.arrays import Floats, Ints
from jointwatch.earth.ellipsoid import GM_M3_S2
from jointwatch.flight.coast import transition_arrays
from jointwatch.sensors import measurement
from jointwatch.tracking.observables import Kind, Observables

_APART_S = 1800.0  # between two ranges, for one to be read off between them
_SHARE = 12  # the part of a circular orbit's period from which the first velocity is taken
_FEWEST = 3
_STEPS = 6


class NoFirstOrbitError(ValueError):
    """Nothing to begin with: one sentence."""


def positions(numbers: Observables) -> tuple[Ints, Floats]:
    """Times (p,) and Earth-fixed positions (p, 3) where a sensor's angles stand between two of its ranges."""
    times: list[Ints] = []
    places: list[Floats] = []
    for sensor, site in enumerate(numbers.sites):
        time, z = _between(numbers, sensor)
        if len(time):
            times.append(time)
            places.append(measurement.position(site, z, np.ones_like(z))[0])
    if not times:
        raise NoFirstOrbitError(
            "no sensor has angles (azimuth and elevation of one instant) between two ranges within half an hour; an "
            "orbit from ranges alone or angles alone cannot be begun"
        )
    time, place = np.concatenate(times), np.concatenate(places)
    order = np.argsort(time, kind="stable")
    return time[order], place[order]


def first_orbit(numbers: Observables) -> tuple[int, Floats, float]:
    """Time, TAI ns, and Earth-fixed state (6,) at the first position, and the seconds it was taken from.

    The velocity is that of a coast through the positions of a twelfth of a turn, by least squares.
    """
    time, place = positions(numbers)
    t = (time - time[0]) / 1e9
    turn_s = 2 * np.pi * np.sqrt(np.linalg.norm(place[0]) ** 3 / GM_M3_S2)
    near = t <= turn_s / _SHARE
    t, r = t[near], place[near]
    if len(np.unique(t)) < _FEWEST:
        raise NoFirstOrbitError(
            f"only {len(np.unique(t))} positions (angles between two ranges of one sensor) within "
            f"{turn_s / _SHARE / 60:.0f} min of the first; a first orbit wants {_FEWEST}"
        )
    x = np.concatenate([r[0], (r[-1] - r[0]) / (t[-1] - t[0])])
    for _ in range(_STEPS):
        there, phi = transition_arrays(np.repeat(x[None], len(t), axis=0), t)
        A, off = phi[:, :3].reshape(-1, 6), (r - there[:, :3]).ravel()
        scale = np.repeat([1.0, 1e-3], 3)  # a metre counts as a millimetre a second, so that the matrix is even
        x = x + scale * np.linalg.lstsq(A * scale, off, rcond=None)[0]
    return int(time[0]), x, float(turn_s / _SHARE)


def _between(numbers: Observables, sensor: int) -> tuple[Ints, Floats]:
    """Times and (p, 3) of range, azimuth, elevation of one sensor, the range read off a line."""
    (when, far), (at, azimuth), (up_at, elevation) = (
        _column(numbers, sensor, kind) for kind in (Kind.RANGE, Kind.AZIMUTH, Kind.ELEVATION)
    )
    both, in_azimuth, in_elevation = np.intersect1d(at, up_at, return_indices=True)
    after = np.searchsorted(when, both)
    inside = (after > 0) & (after < len(when)) if len(when) else np.zeros(len(both), dtype=bool)
    late = np.clip(after, 1, max(len(when) - 1, 1))
    if len(when) > 1:
        inside &= (when[late] - when[late - 1]) < _APART_S * 1e9
    here = both[inside]
    z = np.column_stack(
        [
            np.interp((here - numbers.time_tai_ns[0]) / 1e9, (when - numbers.time_tai_ns[0]) / 1e9, far)
            if len(when)
            else np.empty(0),
            azimuth[in_azimuth][inside],
            elevation[in_elevation][inside],
        ]
    )
    return here, z


def _column(numbers: Observables, sensor: int, kind: Kind) -> tuple[Ints, Floats]:
    rows = (numbers.sensor == sensor) & (numbers.kind == kind)
    time, first = np.unique(numbers.time_tai_ns[rows], return_index=True)
    return time, numbers.value[rows][first]
