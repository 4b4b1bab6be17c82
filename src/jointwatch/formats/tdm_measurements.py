"""Radar measurements out of a Tracking Data Message: its rows by instant, in the columns of measurements.py.

The sensor is the last participant of PATH, the object the one before it. RANGE in km is taken as the distance between
them (half of the way there and back); the standard leaves that to an agreement between the parties (503.0-B-2,
3.5.2.7), and this is the one we offer. DOPPLER_INSTANTANEOUS is taken as their range rate. Corrections that are given
and not applied are added. Time tags stay as they are, but TT and GPS time become TAI, from which they differ by a
constant: light time is not taken out. Other kinds of observations are named in `unused`.
"""

from __future__ import annotations

from typing import cast

import numpy as np
from numpy.typing import NDArray

from jointwatch.formats.epochs import NS_PER_DAY, Days, Nanoseconds
from jointwatch.formats.measurements import Measurements, check_name, check_values, split_tai
from jointwatch.formats.refusal import Refusal
from jointwatch.formats.tdm import Metadata, Segment, Tdm
from jointwatch.formats.tdm_keywords import CODES

Floats = NDArray[np.float64]
TAI_LESS_NS = {"TAI": 0, "TT": -32_184_000_000, "GPS": 19_000_000_000}
"""TAI less the scale, nanoseconds: by definition (IAU 1991, resolution A4; IS-GPS-200, 3.3.4)."""
TAKEN = {
    "RANGE": ("range_m", 1e3, "CORRECTION_RANGE"),
    "ANGLE_1": ("azimuth_deg", 1.0, "CORRECTION_ANGLE_1"),
    "ANGLE_2": ("elevation_deg", 1.0, "CORRECTION_ANGLE_2"),
    "DOPPLER_INSTANTANEOUS": ("range_rate_m_s", 1e3, "CORRECTION_DOPPLER"),
    "RCS": ("rcs_m2", 1.0, "CORRECTION_RCS"),
}


def measurements(message: Tdm) -> Measurements:
    """The rows of all segments, each in order of time; raises Refusal for what cannot be taken as it stands."""
    systems = {segment.metadata.time_system for segment in message.segments}
    if systems != {"UTC"} and not systems <= set(TAI_LESS_NS):
        raise Refusal(
            "",
            "measurements are taken in UTC or in TAI, TT and GPS time, this message is in "
            f"{', '.join(sorted(systems))}; convert it first",
        )
    parts = [_rows(number, segment) for number, segment in enumerate(message.segments, 1)]
    parts = [part for part in parts if len(part[0])]
    if not parts:
        raise Refusal("", f"no segment holds any of {', '.join(TAKEN)}")
    sensors = tuple(dict.fromkeys(part[3] for part in parts))
    objects = tuple(dict.fromkeys(part[4] for part in parts))
    lengths = [len(part[0]) for part in parts]
    names = [name for name, _, _ in TAKEN.values() if any(name in part[2] for part in parts)]
    blank = [np.full(length, np.nan) for length in lengths]
    return Measurements(
        time_system="UTC" if systems == {"UTC"} else "TAI",
        day=np.concatenate([part[0] for part in parts]),
        ns_of_day=np.concatenate([part[1] for part in parts]),
        sensors=sensors,
        sensor=np.repeat(np.array([sensors.index(part[3]) for part in parts], dtype=np.int32), lengths),
        values={name: np.concatenate([p[2].get(name, b) for p, b in zip(parts, blank, strict=True)]) for name in names},
        objects=objects,
        object=np.repeat(np.array([objects.index(part[4]) for part in parts], dtype=np.int32), lengths),
        unused=_unused(message),
        received=np.repeat([part[5] for part in parts], lengths),
    )


def _unused(message: Tdm) -> tuple[str, ...]:
    kinds = [keyword for segment in message.segments for keyword in segment.observations.keywords]
    return tuple(dict.fromkeys(keyword for keyword in kinds if keyword not in TAKEN))


def _rows(number: int, segment: Segment) -> tuple[Days, Nanoseconds, dict[str, Floats], str, str, bool]:
    """Days, nanoseconds, columns, sensor, object and whether timed at reception, of one segment."""
    where = f"segment {number}"
    metadata, observations = segment.metadata, segment.observations
    taken = [keyword for keyword in observations.keywords if keyword in TAKEN]
    if not taken:
        return np.empty(0, np.int32), np.empty(0, np.int64), {}, "", "", False
    _check(where, metadata, taken)
    wanted = np.isin(observations.code, [CODES[keyword] for keyword in taken])
    epochs = np.stack([observations.day[wanted].astype(np.int64), observations.ns_of_day[wanted]], axis=1)
    unique, place = np.unique(epochs, axis=0, return_inverse=True)
    columns = {TAKEN[keyword][0]: np.full(len(unique), np.nan) for keyword in taken}
    code, value = observations.code[wanted], observations.value[wanted]
    for keyword in taken:
        name, scale, correction = TAKEN[keyword]
        rows = code == CODES[keyword]
        columns[name][place.ravel()[rows]] = (value[rows] + _correction(metadata, correction)) * scale
    path = cast("tuple[int, ...]", metadata.path)
    try:
        check_values(columns, len(unique))
        sensor, seen = (check_name(metadata.participants[index]) for index in (path[-1], path[-2]))
    except ValueError as error:
        raise Refusal(where, str(error)) from None
    days, ns = unique[:, 0].astype(np.int32), unique[:, 1]
    if metadata.time_system != "UTC":
        days, ns = split_tai(unique[:, 0] * NS_PER_DAY + ns + TAI_LESS_NS[metadata.time_system])
    return days, ns, columns, sensor, seen, metadata.values.get("TIMETAG_REF") == "RECEIVE"


def _check(where: str, metadata: Metadata, taken: list[str]) -> None:
    """Raise Refusal where the metadata leave open what the values are."""
    if metadata.path is None or metadata.values.get("MODE") == "SINGLE_DIFF":
        raise Refusal(where, "wanted MODE = SEQUENTIAL with a PATH, which says which participant is the sensor")
    if "RANGE" in taken and (metadata.range_units != "km" or metadata.range_modulus != 0):
        ambiguity = f" with RANGE_MODULUS = {metadata.range_modulus:g}" if metadata.range_modulus else ""
        raise Refusal(where, f"only unambiguous RANGE in km can be taken, got {metadata.range_units}{ambiguity}")
    if {"ANGLE_1", "ANGLE_2"} & set(taken) and metadata.angle_type != "AZEL":
        raise Refusal(where, f"only angles with ANGLE_TYPE = AZEL can be taken, got {metadata.angle_type}")


def _correction(metadata: Metadata, keyword: str) -> float:
    applied = metadata.values.get("CORRECTIONS_APPLIED") == "YES"
    return 0.0 if applied else cast(float, metadata.values.get(keyword, 0.0))
