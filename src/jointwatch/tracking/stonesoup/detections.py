"""Plots as Stone Soup's detections, and detections of its radars as plots."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import numpy as np
from stonesoup.models.measurement.nonlinear import (
    CartesianToAzimuthElevationRange,
    CartesianToElevationBearingRange,
    CartesianToElevationBearingRangeRate,
)
from stonesoup.types.angle import Bearing, Elevation
from stonesoup.types.array import CovarianceMatrix, StateVector
from stonesoup.types.detection import Detection

from jointwatch.earth.arrays import Floats
from jointwatch.earth.ellipsoid import geodetic_from_ecef
from jointwatch.sensors.measurement import Plots, jacobian, predict
from jointwatch.sensors.site import Site, frame
from jointwatch.tracking.stonesoup.axes import Axes, tai_ns, timestamp

BY_BEARING = (CartesianToElevationBearingRange, CartesianToElevationBearingRangeRate)
DEEPEST_M = -20e3


def detections(plots: Plots, axes: Axes) -> set[Detection]:
    """The plots as detections of a radar whose axes are east, north and up; metadata holds the radar's name.

    Bearing runs from east to north, against the clock: a quarter turn less the azimuth.
    """
    origin, basis = axes.place()
    place, east_north_up = frame(plots.site)
    stands = StateVector(basis @ (place - origin))
    turned = StateVector(turns(east_north_up @ basis.T))
    models: dict[bytes, Any] = {}
    found, when = set(), timestamp(plots.time_tai_ns)
    for (range_m, azimuth, elevation), sigma in zip(plots.z.tolist(), plots.sigma, strict=True):
        model = models.get(sigma.tobytes())
        if model is None:
            model = models[sigma.tobytes()] = CartesianToElevationBearingRange(
                ndim_state=6, mapping=axes.position, noise_covar=CovarianceMatrix(np.diag(sigma[[2, 1, 0]] ** 2)),
                translation_offset=stands, rotation_offset=turned,
            )  # fmt: skip
        measured = StateVector([Elevation(elevation), Bearing(np.pi / 2 - azimuth), range_m])
        found.add(Detection(measured, timestamp=when, measurement_model=model, metadata={"radar": plots.radar}))
    return found


def plots(detections: Iterable[Detection], axes: Axes) -> list[Plots]:
    """The detections as plots, one scan for each instant and place, oldest first.

    Taken are detections with their measurement model, one that gives elevation, bearing and range, or azimuth,
    elevation and range; a range rate is left unused. A radar is called what `metadata["radar"]` says, else by its
    place. Where a radar is tilted, errors of its angles are correlated in ours; each sigma is then widened so that the
    ellipse without correlation holds the true one. What no radar is known to have looked for cannot be missed: a scan
    without detections is none.
    """
    groups: dict[tuple[int, str, bytes, bytes], list[Detection]] = defaultdict(list)
    for one in detections:
        model = _radar(one)
        at, turned = _bytes(model.translation_offset), _bytes(model.rotation_offset)
        groups[tai_ns(one.timestamp), str(one.metadata.get("radar", "")), at, turned].append(one)
    return [_scan(time, name, group, axes) for (time, name, *_), group in sorted(groups.items(), key=lambda g: g[0])]


def turns(rows: Floats) -> list[float]:
    """The framework's three angles, roll, pitch and yaw in radians, of a turn (3, 3) of axes.

    Its matrix is Rx(-roll) Ry(pitch) Rz(-yaw), from `stonesoup.functions.build_rotation_matrix`.
    """
    return [
        float(np.arctan2(rows[1, 2], rows[2, 2])),
        float(np.arctan2(rows[0, 2], np.hypot(rows[0, 0], rows[0, 1]))),
        float(np.arctan2(rows[0, 1], rows[0, 0])),
    ]


def _bytes(vector: Any) -> bytes:
    return np.asarray(vector, dtype=float).tobytes()


def _radar(detection: Detection) -> Any:
    """The measurement model of a detection that can be a plot."""
    model = detection.measurement_model
    if not isinstance(model, (*BY_BEARING, CartesianToAzimuthElevationRange)):
        raise ValueError(
            "wanted detections with a model of range and two angles (CartesianToElevationBearingRange, its RangeRate, "
            f"or CartesianToAzimuthElevationRange), got {type(model).__name__}: without both angles there is no plot"
        )
    return model


def _scan(time_tai_ns: int, name: str, group: list[Detection], axes: Axes) -> Plots:
    """Detections of one instant and place as plots."""
    model = _radar(group[0])
    origin, basis = axes.place()
    stands = origin + np.asarray(model.translation_offset, dtype=float)[:, 0] @ basis
    site = _site(name, stands)
    measured = np.array([np.asarray(one.state_vector, dtype=float)[:3, 0] for one in group])
    covariances = {id(one.measurement_model): np.asarray(one.measurement_model.covar()) for one in group}
    R = np.stack([covariances[id(one.measurement_model)][:3, :3] for one in group])
    away, G = _by_bearing(measured) if isinstance(model, BY_BEARING) else _by_cosines(measured)
    turn = np.asarray(model.rotation_matrix, dtype=float) @ basis
    r = stands + away @ turn
    by_measured = jacobian(site, r) @ turn.T @ G
    return Plots(site, site.name, time_tai_ns, predict(site, r), _sigmas(by_measured @ R @ by_measured.swapaxes(1, 2)))


def _site(name: str, stands: Floats) -> Site:
    """The site of a radar at an Earth-fixed position (3,)."""
    latitude, longitude, height = (float(value) for value in geodetic_from_ecef(stands))
    if height < DEEPEST_M:
        raise ValueError(
            f"wanted a radar on the Earth, got one {-height / 1e3:,.0f} km under the ground: where the detections' x, "
            "y, z are east, north and up of a place, say so with Axes(around=Site(...))"
        )
    return Site(name or f"{np.degrees(latitude):.4f}, {np.degrees(longitude):.4f}", latitude, longitude, height)


def _by_bearing(measured: Floats) -> tuple[Floats, Floats]:
    """Metres (n, 3) from the radar in its axes, and derivatives (n, 3, 3) by elevation, bearing and range."""
    elevation, bearing, range_m = measured.T
    sin_e, cos_e, sin_b, cos_b = np.sin(elevation), np.cos(elevation), np.sin(bearing), np.cos(bearing)
    toward = np.stack([cos_e * cos_b, cos_e * sin_b, sin_e], axis=1)
    up = np.stack([-sin_e * cos_b, -sin_e * sin_b, cos_e], axis=1)
    across = np.stack([-cos_e * sin_b, cos_e * cos_b, np.zeros_like(sin_e)], axis=1)
    return _outward(toward, up, across, range_m)


def _by_cosines(measured: Floats) -> tuple[Floats, Floats]:
    """The same by azimuth and elevation from broadside, whose sines are the direction's first two components."""
    azimuth, elevation, range_m = measured.T
    x, y = np.sin(azimuth), np.sin(elevation)
    z = np.sqrt(np.maximum(1 - x * x - y * y, 1e-12))
    toward, zero = np.stack([x, y, z], axis=1), np.zeros_like(x)
    by_azimuth = np.cos(azimuth)[:, None] * np.stack([np.ones_like(x), zero, -x / z], axis=1)
    by_elevation = np.cos(elevation)[:, None] * np.stack([zero, np.ones_like(x), -y / z], axis=1)
    return _outward(toward, by_azimuth, by_elevation, range_m)


def _outward(toward: Floats, by_first: Floats, by_second: Floats, range_m: Floats) -> tuple[Floats, Floats]:
    r = range_m[:, None]
    return r * toward, np.stack([r * by_first, r * by_second, toward], axis=2)


def _sigmas(R: Floats) -> Floats:
    """Sigmas (n, 3) of an uncorrelated ellipse around that of covariances R (n, 3, 3).

    Of a matrix of correlations the greatest eigenvalue is at most the greatest sum of absolute values in a row.
    """
    sigma = np.sqrt(np.diagonal(R, axis1=1, axis2=2))
    correlation = R / (sigma[:, :, None] * sigma[:, None, :])
    widest = np.abs(correlation).sum(axis=2).max(axis=1)
    return sigma * np.sqrt(np.where(widest > 1 + 1e-9, widest, 1.0))[:, None]
