"""Every radar's look at every position: whether it is in the field of regard, how likely it is seen, how far it is.

For studies of 10^5 arcs and more: the answers of `coverage.in_field_of_regard` and `detection.probability`, in about a
nanosecond a look, along straight lines as there. The loops are in `sensors.field`; Numba is imported with the first
result.

    watch = table(radars)
    first = in_field(watch, track.r_m, tai_ns=times).argmax(axis=-1)
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jointwatch.earth.arrays import Bools, Floats, Ints
from jointwatch.earth.ellipsoid import A_M, B_M
from jointwatch.sensors.detection import of_radar
from jointwatch.sensors.measurement import predict
from jointwatch.sensors.radar import Face, Radar
from jointwatch.sensors.site import Site, frame

_OPEN = np.iinfo(np.int64)
# A line that leaves a site at sea level this steeply cannot meet the Earth again; below, the body is asked after. Over
# a site 5 km high or deep, up and the direction away from the scaled sphere differ by 5e-6.
_GRAZING_RAD = 1e-3
_LEAST_RANGE_M = 1e-6
# Up to here one thread is faster than two; and their parts end where blocks of `sensors.field` do.
_ALONE, _STEP = 100_000, 128


@dataclass(frozen=True, eq=False)
class LookTable:
    """Radars as plain arrays for `sensors.field`, in this order; made once by `table`."""

    names: tuple[str, ...]
    sites: tuple[Site, ...]
    radars: Floats
    faces: Floats
    service: Ints
    first_face: Ints
    laws: Floats

    def __len__(self) -> int:
        return len(self.names)


def table(radars: Sequence[Radar]) -> LookTable:
    """Return the radars as arrays for the functions below."""
    if not radars:
        raise ValueError("a table of looks wants at least one radar; got none")
    faces = [(radar, face) for radar in radars for face in radar.faces]
    return LookTable(
        names=tuple(radar.name for radar in radars),
        sites=tuple(radar.site for radar in radars),
        radars=np.array([_radar_row(radar) for radar in radars]),
        faces=np.array([_face_row(radar, face) for radar, face in faces]).reshape(-1, 9),
        service=np.array([_service(face) for _, face in faces], dtype=np.int64).reshape(-1, 2),
        first_face=np.cumsum([0, *(len(radar.faces) for radar in radars)]),
        laws=_laws(radars),
    )


def in_field(
    radars: LookTable, r_ecef_m: ArrayLike, *, tai_ns: ArrayLike | None = None, threads: int | None = None
) -> Bools:
    """Whether each radar could look at each position (m, ...): in a face's sector, within elevations and ranges.

    r_ecef_m: (..., 3) Earth-fixed metres, or states (..., 6). tai_ns: one TAI time in nanoseconds or one for each
    position: only faces in service then look; None: all faces the radars were given. threads: None for all processors.
    The answers of `coverage.in_field_of_regard`, but straight over a radar, where a bearing means nothing, any sector
    will do; in the very place of the radar nothing is seen, nor where a coordinate is NaN.
    """
    return _look(radars, r_ecef_m, tai_ns, None, threads)[0]


def detection_probability(
    radars: LookTable,
    r_ecef_m: ArrayLike,
    rcs_m2: ArrayLike,
    *,
    tai_ns: ArrayLike | None = None,
    threads: int | None = None,
) -> NDArray[np.float32]:
    """Probability (m, ...) that each radar detects an object in one look, by its law; 0 outside the field of regard.

    rcs_m2: mean cross-section, one for all radars or one each (m,), in their bands. The rest as for `in_field`.
    In single precision, 1e-7 (a steady echo or several pulses: from a table, 1e-5): 10^5 arcs past a dozen radars are
    10^9 numbers, nearly all of them 0. A plot of noise is no detection of an object outside the field, so 0 there and
    not Pfa. [see `sensors.detection`]
    """
    return _look(radars, r_ecef_m, tai_ns, rcs_m2, threads)[1]


def range_and_elevation(radars: LookTable, r_ecef_m: ArrayLike) -> tuple[Floats, Floats]:
    """Slant range, metres, and elevation, radians, (m, ...) from each radar to each position (..., 3) or (..., 6)."""
    r = np.asarray(r_ecef_m, dtype=np.float64)
    z = np.stack([predict(site, r[..., :3].reshape(-1, 3)) for site in radars.sites])
    shape = (len(radars), *r.shape[:-1])
    return z[..., 0].reshape(shape), z[..., 2].reshape(shape)


def _look(
    radars: LookTable, r_ecef_m: ArrayLike, tai_ns: ArrayLike | None, rcs_m2: ArrayLike | None, threads: int | None
) -> tuple[Bools, NDArray[np.float32]]:
    """Whether each position is in each field, and with a cross-section given the probabilities."""
    from jointwatch.sensors.field import look

    r = np.ascontiguousarray(r_ecef_m, dtype=np.float64)
    if r.ndim == 0 or r.shape[-1] not in (3, 6):
        raise ValueError(f"positions (..., 3) in metres or states (..., 6) are wanted; got an array of shape {r.shape}")
    shape, rows = (len(radars), *r.shape[:-1]), r.reshape(-1, r.shape[-1])
    seen = np.empty((len(radars), len(rows)), dtype=np.bool_)
    sections = _cross_sections(radars, rcs_m2)
    probability = np.zeros(seen.shape if rcs_m2 is not None else (0, 0), dtype=np.float32)
    times, service = _times(radars, tai_ns, r.shape[:-1])

    def part(ends: tuple[int, int]) -> None:
        look(
            rows, times, radars.radars, radars.faces, service, radars.first_face, sections, radars.laws, *ends,
            seen, probability,
        )  # fmt: skip

    parts = _parts(len(rows), threads)
    if len(parts) < 2:
        part((0, len(rows)))
    else:
        with ThreadPoolExecutor(len(parts)) as pool:
            list(pool.map(part, parts))
    return seen.reshape(shape), probability.reshape(shape) if rcs_m2 is not None else probability


def _parts(count: int, threads: int | None) -> list[tuple[int, int]]:
    """Where each thread begins and ends."""
    wanted = threads or (_processors() if count > _ALONE else 1)
    ends = np.linspace(0, count, wanted + 1).astype(int) // _STEP * _STEP
    ends[-1] = count
    return [(int(a), int(b)) for a, b in pairwise(ends) if b > a]


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _times(radars: LookTable, tai_ns: ArrayLike | None, shape: tuple[int, ...]) -> tuple[Ints, Ints]:
    """Times as the kernel wants them, one or one for each position, and the times of service that count."""
    if tai_ns is None:
        return np.zeros(1, dtype=np.int64), np.full_like(radars.service, [[_OPEN.min, _OPEN.max]])
    times = np.asarray(tai_ns)
    if not np.issubdtype(times.dtype, np.integer):
        raise TypeError(f"tai_ns wants whole TAI nanoseconds; got {times.dtype}")
    times = times.astype(np.int64, copy=False)
    if times.ndim == 0:
        return times.reshape(1), radars.service
    return np.ascontiguousarray(np.broadcast_to(times, shape)).reshape(-1), radars.service


def _cross_sections(radars: LookTable, rcs_m2: ArrayLike | None) -> Floats:
    """One cross-section for each radar."""
    sections = np.asarray(0.0 if rcs_m2 is None else rcs_m2, dtype=np.float64)
    if not np.all(np.isfinite(sections) & (sections >= 0)) or sections.shape not in ((), (len(radars),)):
        raise ValueError(
            f"rcs_m2 wants one cross-section of zero or more, or one for each of the {len(radars)} radars; "
            f"got {rcs_m2!r}"
        )
    return np.array(np.broadcast_to(sections, (len(radars),)))


def _radar_row(radar: Radar) -> list[float]:
    """Return the columns of `field` for a radar."""
    origin, basis = frame(radar.site)
    scaled = origin / np.array([A_M, A_M, B_M])
    lowest = min((face.elevation_min_rad for face in radar.faces), default=0.0)
    highest = max((face.elevation_max_rad for face in radar.faces), default=0.0)
    outside = float(scaled @ scaled)
    return [
        *origin,
        *basis[2],
        max(radar.minimum_range_m, _LEAST_RANGE_M) ** 2,
        radar.instrumented_range_m**2,
        _signed_square(np.sin(lowest)) if lowest > -np.pi / 2 else -2.0,
        _signed_square(np.sin(highest)) if highest < np.pi / 2 else 2.0,
        float(lowest < _GRAZING_RAD),
        outside - min(1.0, outside) + 1e-12,
        radar.reference_snr / radar.reference_rcs_m2 * radar.reference_range_m**4,
        -np.log(radar.false_alarm_probability),
        radar.scan_loss_exponent,
        float(_tabled(radar)),
    ]


def _tabled(radar: Radar) -> bool:
    return radar.swerling != 1 or radar.pulses != 1


def _laws(radars: Sequence[Radar]) -> Floats:
    """Return a table of each radar's law of detection, or none where all have the one that needs none."""
    if not any(map(_tabled, radars)):
        return np.empty((len(radars), 0))
    from jointwatch.sensors.field import LAW_COUNT, LAW_FROM, LAW_STEP

    strength = np.exp(LAW_FROM + LAW_STEP * np.arange(LAW_COUNT))
    return np.array([of_radar(radar, strength) for radar in radars])


def _face_row(radar: Radar, face: Face) -> list[float]:
    """Return the columns of `field` for a face; where a limit limits nothing, 2 stands for it, for rounding's sake."""
    east, north, up = frame(radar.site)[1]
    half = face.azimuth_width_rad / 2
    middle = face.azimuth_from_rad + half
    ahead = np.sin(middle) * east + np.cos(middle) * north
    tilt = radar.boresight_elevation_rad
    return [
        *ahead,
        _signed_square(np.cos(half)) if half < np.pi else -2.0,
        _signed_square(np.sin(face.elevation_min_rad)) if face.elevation_min_rad > -np.pi / 2 else -2.0,
        _signed_square(np.sin(face.elevation_max_rad)) if face.elevation_max_rad < np.pi / 2 else 2.0,
        *(np.cos(tilt) * ahead + np.sin(tilt) * up),
    ]


def _service(face: Face) -> tuple[int, int]:
    since, until = face.on_duty_from_tai_ns, face.on_duty_until_tai_ns
    return _OPEN.min if since is None else since, _OPEN.max if until is None else until


def _signed_square(value: float) -> float:
    return float(value * abs(value))
