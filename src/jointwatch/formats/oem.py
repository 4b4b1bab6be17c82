"""The Orbit Ephemeris Message, CCSDS 502.0-B-3 section 5: where an object was or will be, with covariances.

Units are those of the file, km and km/s, because a value must come back to the last bit; `Ephemeris.state_m_m_s` gives
metres. Epochs are a day and nanoseconds of that day in the time system the metadata name, which is never assumed to be
UTC; the reference frame is a name, and what it means is for whoever uses the states.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jointwatch.formats.decimals import GREATEST_WHOLE
from jointwatch.formats.epochs import NS_PER_DAY, NS_PER_S, TIME_SYSTEMS, Days, Instant, Nanoseconds
from jointwatch.formats.ndm_text import check_comments, check_texts
from jointwatch.formats.refusal import BadRow

Floats = NDArray[np.float64]

VERSIONS = ("1.0", "2.0", "3.0")
STATE = ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")
ACCELERATION = ("X_DDOT", "Y_DDOT", "Z_DDOT")
LOWER = tuple((row, column) for row in range(6) for column in range(row + 1))
"""Places of a lower triangle, row by row, as covariances are written."""


@dataclass(frozen=True, slots=True)
class Header:
    """Who made a message and when (UTC)."""

    creation_date: Instant
    originator: str
    message_id: str | None = None
    classification: str | None = None
    version: str = "2.0"
    comments: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.version not in VERSIONS:
            raise ValueError(f"CCSDS_OEM_VERS must be one of {', '.join(VERSIONS)}, got {self.version!r}")
        check_texts(ORIGINATOR=self.originator, MESSAGE_ID=self.message_id, CLASSIFICATION=self.classification)
        check_comments(self.comments)


@dataclass(frozen=True, slots=True)
class Metadata:
    """What holds for one segment: the object, its frame and times; optional fields are None where not given."""

    object_name: str
    object_id: str
    center_name: str
    ref_frame: str
    time_system: str
    start: Instant
    stop: Instant
    ref_frame_epoch: Instant | None = None
    useable_start: Instant | None = None
    useable_stop: Instant | None = None
    interpolation: str | None = None
    interpolation_degree: int | None = None
    comments: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        names = ("object_name", "object_id", "center_name", "ref_frame", "interpolation")
        check_texts(**{name.upper(): getattr(self, name) for name in names})
        if self.time_system not in TIME_SYSTEMS:
            raise ValueError(f"TIME_SYSTEM must be one of {', '.join(TIME_SYSTEMS)}, got {self.time_system!r}")
        if self.stop < self.start:
            raise ValueError("STOP_TIME is before START_TIME")
        if (self.interpolation is None) != (self.interpolation_degree is None):
            raise ValueError("INTERPOLATION and INTERPOLATION_DEGREE come together")
        if not 0 <= (self.interpolation_degree or 0) <= GREATEST_WHOLE:
            raise ValueError(f"INTERPOLATION_DEGREE must be at least 0, got {self.interpolation_degree}")
        check_comments(self.comments)


@dataclass(frozen=True, slots=True, eq=False)
class Ephemeris:
    """States of one segment in order of time: epochs (n,), states (n, 6) in km and km/s.

    acceleration_km_s2: (n, 3), not-a-number in rows without one; None where no row has one.
    """

    day: Days
    ns_of_day: Nanoseconds
    state_km_km_s: Floats
    acceleration_km_s2: Floats | None = None
    comments: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _freeze(self, day=np.int32, ns_of_day=np.int64, state_km_km_s=np.float64)
        if self.acceleration_km_s2 is not None:
            _freeze(self, acceleration_km_s2=np.float64)
            if self.acceleration_km_s2.shape != (len(self.day), 3):
                raise ValueError(f"accelerations must be ({len(self.day)}, 3), got {self.acceleration_km_s2.shape}")
        if len(self.day) == 0 or len(self.ns_of_day) != len(self.day) or self.state_km_km_s.shape != (len(self.day), 6):
            raise ValueError(f"an ephemeris has one or more states (n, 6), got {self.state_km_km_s.shape}")
        if not np.isfinite(self.state_km_km_s).all():
            raise BadRow(int(np.argwhere(~np.isfinite(self.state_km_km_s))[0, 0]), "a state must be finite")
        check_ascending(self.day, self.ns_of_day, self.state_km_km_s)
        check_comments(self.comments)

    def __len__(self) -> int:
        return len(self.day)

    def __eq__(self, other: object) -> bool:
        return _equal(self, other)

    __hash__ = None  # type: ignore[assignment]

    @property
    def state_m_m_s(self) -> Floats:
        """The states (n, 6) in metres and metres per second."""
        return self.state_km_km_s * 1e3


@dataclass(frozen=True, slots=True, eq=False)
class Covariances:
    """Covariances (m, 6, 6) of position and velocity in km and km/s, squared, each at an epoch and in a named frame."""

    day: Days
    ns_of_day: Nanoseconds
    frame: tuple[str, ...]
    matrix: Floats
    comments: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _freeze(self, day=np.int32, ns_of_day=np.int64, matrix=np.float64)
        m = len(self.day)
        if m == 0 or len(self.ns_of_day) != m or len(self.frame) != m or self.matrix.shape != (m, 6, 6):
            raise ValueError(f"covariances are one or more (m, 6, 6) with as many epochs, got {self.matrix.shape}")
        if not np.array_equal(self.matrix, np.swapaxes(self.matrix, 1, 2)):
            raise ValueError("a covariance must be symmetric")
        bad = ~np.isfinite(self.matrix).all(axis=(1, 2)) | (np.diagonal(self.matrix, axis1=1, axis2=2) < 0).any(axis=1)
        if bad.any():
            raise BadRow(int(np.flatnonzero(bad)[0]), "a covariance must be finite with no variance below zero")
        for name in self.frame:
            check_texts(COV_REF_FRAME=name)
        check_ascending(self.day, self.ns_of_day, self.matrix)
        check_comments(self.comments)

    def __eq__(self, other: object) -> bool:
        return _equal(self, other)

    __hash__ = None  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Segment:
    """Metadata, the ephemeris and, where given, covariances."""

    metadata: Metadata
    ephemeris: Ephemeris
    covariances: Covariances | None = None

    def __post_init__(self) -> None:
        ns = [self.ephemeris.ns_of_day] + ([self.covariances.ns_of_day] if self.covariances else [])
        if self.metadata.time_system != "UTC" and max(int(part.max()) for part in ns) >= NS_PER_DAY:
            raise ValueError(f"only UTC has a second 60, and the time system is {self.metadata.time_system}")


@dataclass(frozen=True, slots=True)
class Oem:
    """A whole message: header and one or more segments."""

    header: Header
    segments: tuple[Segment, ...]

    def __post_init__(self) -> None:
        if not self.segments:
            raise ValueError("a message has one or more segments, got none")


def check_ascending(day: Days, ns: Nanoseconds, values: Floats) -> None:
    """Raise BadRow at the first epoch earlier than the one before it, or equal to it with other values.

    502.0-B-3 asks for increasing epochs; a state given twice alike, as an example of the standard's own ends, is kept.
    """
    beyond = (ns < 0) | (ns >= NS_PER_DAY + NS_PER_S)
    if beyond.any():
        raise BadRow(int(np.flatnonzero(beyond)[0]), "no such time of a day")
    same = (day[1:] == day[:-1]) & (ns[1:] == ns[:-1])
    repeated = same & (values[1:] == values[:-1]).all(axis=tuple(range(1, values.ndim)))
    later = (day[1:] > day[:-1]) | ((day[1:] == day[:-1]) & (ns[1:] > ns[:-1]))
    if not (later | repeated).all():
        row = int(np.flatnonzero(~(later | repeated))[0]) + 1
        at = Instant(int(day[row]), int(ns[row])).text()
        fault = "came twice with different values" if same[row - 1] else "is earlier than the one before it"
        raise BadRow(row, f"the epoch {at} {fault}; epochs ascend")


def _freeze(record: object, **types: type) -> None:
    for name, dtype in types.items():
        column: NDArray[Any] = np.array(getattr(record, name), dtype=dtype)
        column.setflags(write=False)
        object.__setattr__(record, name, column)


def _equal(one: Ephemeris | Covariances, other: object) -> bool:
    if type(one) is not type(other):
        return False
    for name in one.__dataclass_fields__:
        a, b = getattr(one, name), getattr(other, name)
        arrays = isinstance(a, np.ndarray) and isinstance(b, np.ndarray)
        if not (np.array_equal(a, b, equal_nan=a.dtype.kind == "f") if arrays else a is b or (a == b) is True):
            return False
    return True
