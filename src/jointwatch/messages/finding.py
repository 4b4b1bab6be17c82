"""Findings: one centre's own assessment of each object, made before the joint statement."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from jointwatch.messages.header import Header
from jointwatch.messages.quantities import (
    Azimuth,
    Finite,
    Id,
    Latitude,
    Length,
    Longitude,
    Probability,
    RangeClass,
    Sentence,
    SigmaRadians,
    TaiNs,
    Verdict,
)

MAX_OBJECTS = 64


class PointFinding(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """A place and time on the ground with the covariance of (east m, north m, time s): upper triangle, row by row."""

    latitude_rad: Latitude
    longitude_rad: Longitude
    time_tai_ns: TaiNs
    covariance: Annotated[tuple[Finite, ...], Meta(min_length=6, max_length=6)]

    def __post_init__(self) -> None:
        if any(self.covariance[k] < 0 for k in (0, 3, 5)):
            raise ValueError("a variance on the covariance's diagonal is negative")


class ObjectFinding(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """What is held of one object. tracks: the tracks it was made from; sensors: who saw it, as far as it is known.

    launch with direction, and impact: none where the track does not bear them.
    """

    object: Id
    tracks: Annotated[tuple[Id, ...], Meta(max_length=64)]
    first_seen_tai_ns: TaiNs
    launch: PointFinding | None = None
    direction_rad: Azimuth | None = None
    direction_sigma_rad: SigmaRadians | None = None
    impact: PointFinding | None = None
    verdict: Verdict
    p_space: Probability
    reason: Sentence
    range_class: RangeClass
    apogee_m: Length | None = None
    sensors: Annotated[tuple[Id, ...], Meta(max_length=64)] = ()


class Finding(Header, kw_only=True, frozen=True, forbid_unknown_fields=True, tag="finding"):
    """A centre's findings as of a time, one per object."""

    as_of_tai_ns: TaiNs
    objects: Annotated[tuple[ObjectFinding, ...], Meta(max_length=MAX_OBJECTS)]
    sentences: Annotated[tuple[Sentence, ...], Meta(max_length=64)] = ()
