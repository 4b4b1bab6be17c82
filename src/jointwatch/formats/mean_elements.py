"""Mean elements of satellites as the readers hand them on, and the list of what they could not read.

Names and units are those of the CCSDS Orbit Mean-Elements Message (CCSDS 502.0-B-3, table 4-3), in small letters: a
set of two lines and a message of the same object give the same record.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

LARGEST_BYTES = 256 * 1024 * 1024  # three times the public catalogue in its wordiest form
_EPOCH = re.compile(
    r"([0-9]{4})-(?:([0-9]{2})-([0-9]{2})|([0-9]{3}))T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?Z?"
)


@dataclass(frozen=True, slots=True)
class MeanElements:
    """One object's mean elements for SGP4, in the frame TEME; angles in degrees.

    object_id: international designator such as `1998-067A`, empty where none is given.
    epoch: UTC, such as `2020-10-13T04:52:48.472320Z`, six to nine decimals.
    mean_motion: revolutions per day, as Kozai defined it; its `dot` and `ddot` are half and a sixth of the derivatives,
    per day squared and cubed, as element sets have them (SGP4 uses neither). bstar: one over Earth radii.
    """

    object_name: str
    object_id: str
    norad_cat_id: int
    classification_type: str
    epoch: str
    mean_motion: float
    eccentricity: float
    inclination: float
    ra_of_asc_node: float
    arg_of_pericenter: float
    mean_anomaly: float
    bstar: float
    mean_motion_dot: float
    mean_motion_ddot: float
    ephemeris_type: int
    element_set_no: int
    rev_at_epoch: int

    def __post_init__(self) -> None:
        reason = self._impossible()
        if reason:
            raise ValueError(reason)

    def _impossible(self) -> str | None:
        angles = (self.inclination, self.ra_of_asc_node, self.arg_of_pericenter, self.mean_anomaly)
        if not 0 <= self.eccentricity < 1:
            return f"an eccentricity of {self.eccentricity} is no orbit round the Earth (0 to below 1)"
        if not 0 < self.mean_motion < 100:
            return f"a mean motion of {self.mean_motion} revolutions a day is none (above 0, below 100)"
        if not 0 <= self.inclination <= 180:
            return f"an inclination of {self.inclination} degrees is outside 0 to 180"
        if not all(-360 <= angle <= 360 for angle in angles):
            return "an angle is outside one turn (-360 to 360 degrees)"
        if self.ephemeris_type not in (0, 2, 3):
            return f"ephemeris type {self.ephemeris_type} is of another theory than SGP4 (0, 2 or 3)"
        return None


@dataclass(frozen=True, slots=True)
class Refused:
    """A record that was skipped: its line or its number in the file, from one on, and why.

    >>> str(Refused(7, "line", "the checksum is 3, the line tallies to 4"))
    'line 7: the checksum is 3, the line tallies to 4'
    """

    number: int
    counted: str
    reason: str

    def __str__(self) -> str:
        return f"{self.counted} {self.number}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file held: the element sets in its order, and the records that were refused."""

    elements: tuple[MeanElements, ...]
    refused: tuple[Refused, ...]


def text_of(data: bytes | str, *, wanted: str) -> str:
    """The text of a file in UTF-8 (a byte that is none becomes U+FFFD, which no reader accepts), bounded in size."""
    if len(data) > LARGEST_BYTES:
        raise ValueError(f"wanted {wanted} of at most {LARGEST_BYTES} bytes, got {len(data)}")
    text = data if isinstance(data, str) else data.decode("utf-8", "replace")
    return text.removeprefix("\ufeff")


def epoch_text(text: str) -> str:
    """A CCSDS calendar or day-of-year time as `2007-03-05T10:34:41.426400Z`; ValueError where it is none.

    >>> epoch_text("2007-064T10:34:41.4264")
    '2007-03-05T10:34:41.426400Z'
    """
    found = _EPOCH.fullmatch(text)
    if found is None:
        raise ValueError(f"the epoch must be UTC such as 2007-064T10:34:41.4264 or 2007-03-05T10:34:41, got {text!r}")
    year, month, day, day_of_year, hour, minute, second, fraction = found.groups()
    if int(hour) > 23 or int(minute) > 59 or int(second) > 60:
        raise ValueError(f"the epoch {text!r} is no time of day")
    calendar = calendar_day(int(year), int(day_of_year)) if day_of_year else _existing(f"{year}-{month}-{day}")
    decimals = (fraction or "").rstrip("0").ljust(6, "0")
    return f"{calendar}T{hour}:{minute}:{second}.{decimals}Z"


@lru_cache(maxsize=4096)
def calendar_day(year: int, day_of_year: int) -> str:
    """The calendar date of a day of the year, the first of January being 1; ValueError where there is no such day.

    >>> calendar_day(2020, 60)
    '2020-02-29'
    """
    start = date(year, 1, 1) if year else None
    if start is None or not 1 <= day_of_year <= 365 + (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)):
        raise ValueError(f"the year {year} has no day {day_of_year}")
    return (start + timedelta(days=day_of_year - 1)).isoformat()


def _existing(day: str) -> str:
    try:
        return date.fromisoformat(day).isoformat()
    except ValueError as error:
        raise ValueError(f"{day} is no day of the calendar") from error
