"""The Tracking Data Message, CCSDS 503.0-B-2: what was measured, between whom, with every value's unit known.

    header     who made the message, when
    segment    metadata (participants, path, time system, units, corrections) and the observations under it

Observations are columns, so that a million of them are four arrays: `code` (places in tdm_keywords.KEYWORDS), `day` and
`ns_of_day` (epochs.py) in the segment's time system, which is never assumed to be UTC, and `value` in the unit of the
keyword (tdm_keywords.OBSERVABLES; RANGE in `Metadata.range_units`). Nothing that breaks a rule can be constructed, and
so nothing can be written that the readers would refuse.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import cast

import numpy as np
from numpy.typing import NDArray

from jointwatch.formats.epochs import NS_PER_DAY, Days, Instant, Nanoseconds
from jointwatch.formats.ndm_text import check_comments, check_texts
from jointwatch.formats.tdm_keywords import CODES, KEYWORDS, METADATA, OBSERVABLES, VERSIONS
from jointwatch.formats.tdm_rules import check_metadata, check_order, check_values
from jointwatch.formats.tdm_values import Value, text_of, value_from


@dataclass(frozen=True, slots=True)
class Header:
    """Who made a message and when (UTC)."""

    creation_date: Instant
    originator: str
    message_id: str | None = None
    version: str = "2.0"
    comments: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.version not in VERSIONS:
            raise ValueError(f"CCSDS_TDM_VERS must be one of {', '.join(VERSIONS)}, got {self.version!r}")
        check_texts(ORIGINATOR=self.originator, MESSAGE_ID=self.message_id)
        check_comments(self.comments)


@dataclass(frozen=True)
class Metadata:
    """What holds for all observations of a segment: the keywords of table 3-3 with typed values.

    >>> Metadata({"TIME_SYSTEM": "UTC", "PARTICIPANT_1": "RADAR"}).range_units
    'km'
    """

    values: Mapping[str, Value]
    comments: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        strangers = [keyword for keyword in self.values if keyword not in METADATA]
        if strangers:
            raise ValueError(f"{strangers[0]} is no keyword of the metadata")
        ordered = {keyword: _settled(keyword, self.values[keyword]) for keyword in METADATA if keyword in self.values}
        object.__setattr__(self, "values", MappingProxyType(ordered))
        check_comments(self.comments)
        check_metadata(ordered)

    def __reduce__(self) -> tuple[object, ...]:
        return Metadata, (dict(self.values), self.comments)

    @property
    def time_system(self) -> str:
        """The time system of the observations' epochs: one of epochs.TIME_SYSTEMS."""
        return cast(str, self.values["TIME_SYSTEM"])

    @property
    def participants(self) -> dict[int, str]:
        """Names of the participants by their index."""
        return {n: cast(str, self.values[f"PARTICIPANT_{n}"]) for n in range(1, 6) if f"PARTICIPANT_{n}" in self.values}

    @property
    def path(self) -> tuple[int, ...] | None:
        """Indexes of the participants along the signal's way, transmitter first; None where not given."""
        return cast("tuple[int, ...] | None", self.values.get("PATH"))

    @property
    def range_units(self) -> str:
        """The unit of RANGE: km (the default), s or RU."""
        return cast(str, self.values.get("RANGE_UNITS", "km"))

    @property
    def range_modulus(self) -> float:
        """The ambiguity of RANGE in its unit; 0 where it has none."""
        return cast(float, self.values.get("RANGE_MODULUS", 0.0))

    @property
    def angle_type(self) -> str | None:
        """What ANGLE_1 and ANGLE_2 are: AZEL, RADEC, XEYN, XSYE; None where not given."""
        return cast("str | None", self.values.get("ANGLE_TYPE"))


@dataclass(frozen=True, slots=True, eq=False)
class Observations:
    """Columns of one data section, all of length n > 0: keyword codes, epochs, values; see the module's head."""

    code: NDArray[np.uint8]
    day: Days
    ns_of_day: Nanoseconds
    value: NDArray[np.float64]
    comments: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        types = {"code": np.uint8, "day": np.int32, "ns_of_day": np.int64, "value": np.float64}
        for name, dtype in types.items():
            column = np.array(getattr(self, name), dtype=dtype)
            column.setflags(write=False)
            object.__setattr__(self, name, column)
        lengths = {len(getattr(self, name)) for name in types}
        if lengths == {0} or len(lengths) != 1:
            raise ValueError(f"a data section has one or more observations in equal columns, got lengths {lengths}")
        check_comments(self.comments)
        check_values(self.code, self.value)
        check_order(self.code, self.day, self.ns_of_day, {})

    def __len__(self) -> int:
        return len(self.code)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Observations):
            return NotImplemented
        names = ("code", "day", "ns_of_day", "value")
        same = all(np.array_equal(getattr(self, name), getattr(other, name)) for name in names)
        return same and self.comments == other.comments

    __hash__ = None  # type: ignore[assignment]

    @property
    def keywords(self) -> tuple[str, ...]:
        """The kinds of observations there are, in the order of table 3-5."""
        return tuple(KEYWORDS[code] for code in np.unique(self.code))

    def of(self, keyword: str) -> tuple[Days, Nanoseconds, NDArray[np.float64]]:
        """Days, nanoseconds of the day and values (m,) of one kind of observation, in order of time."""
        rows = self.code == CODES[keyword]
        return self.day[rows], self.ns_of_day[rows], self.value[rows]


@dataclass(frozen=True, slots=True)
class Segment:
    """Metadata and the observations it holds for."""

    metadata: Metadata
    observations: Observations

    def __post_init__(self) -> None:
        listed = self.metadata.values.get("DATA_TYPES", self.observations.keywords)
        unlisted = [keyword for keyword in self.observations.keywords if keyword not in cast("tuple[str, ...]", listed)]
        if unlisted:
            raise ValueError(f"DATA_TYPES does not list {unlisted[0]}, which the data section holds")
        crossing = [keyword for keyword in self.observations.keywords if not OBSERVABLES[keyword].alone]
        if crossing and len(self.metadata.participants) < 2:
            raise ValueError(f"{crossing[0]} is measured between two participants, and only one is named")
        if self.metadata.time_system != "UTC" and (self.observations.ns_of_day >= NS_PER_DAY).any():
            raise ValueError(f"only UTC has a second 60, and the time system is {self.metadata.time_system}")


@dataclass(frozen=True, slots=True)
class Tdm:
    """A whole message: header and one or more segments."""

    header: Header
    segments: tuple[Segment, ...] = field()

    def __post_init__(self) -> None:
        if not self.segments:
            raise ValueError("a message has one or more segments, got none")


def joined(header: Header, pieces: Iterable[Segment]) -> Tdm:
    """The whole message of pieces as a reader yields them: those that share their metadata object are one segment."""
    groups: list[list[Segment]] = []
    for piece in pieces:
        if groups and groups[-1][0].metadata is piece.metadata:
            groups[-1].append(piece)
        else:
            groups.append([piece])
    return Tdm(header, tuple(_joined(group) for group in groups))


def _joined(group: list[Segment]) -> Segment:
    if len(group) == 1:
        return group[0]
    parts = [piece.observations for piece in group]
    whole = Observations(
        code=np.concatenate([part.code for part in parts]),
        day=np.concatenate([part.day for part in parts]),
        ns_of_day=np.concatenate([part.ns_of_day for part in parts]),
        value=np.concatenate([part.value for part in parts]),
        comments=parts[0].comments,
    )
    return Segment(group[0].metadata, whole)


def _settled(keyword: str, value: Value) -> Value:
    """The value as it will read back; raises ValueError where that is another."""
    settled = value_from(keyword, text_of(value))
    if settled != value:
        raise ValueError(f"{keyword} cannot be {value!r}; it would read back as {settled!r}")
    return settled
