"""Quantities as the files write them: numbers that refuse what their unit cannot mean, and days as a source has them.

The unit stands in the key; a value that only makes sense in another unit (metres in a key of kilometres) is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator, Field

from jointwatch.catalogue.days import begin_utc


def _day(text: str) -> str:
    begin_utc(text)
    return text


def _dated(text: str) -> str:
    return text if text == "undated" else _day(text)


def _day_or_none(text: str) -> str:
    return text and _day(text)


def _within(low: float, high: float, what: str) -> Callable[[float], float]:
    """Return a check that a number lies where its unit lets it lie."""

    def check(number: float) -> float:
        if not low <= number <= high:
            raise ValueError(f"{what} lies between {low:g} and {high:,.0f}; is it in another unit? got {number:g}")
        return number

    return check


_speed = _within(0, 15, "a speed in kilometres per second")
_frequency = _within(30, 40_000, "a frequency in megahertz")


def _speeds(ends: tuple[float, float]) -> tuple[float, float]:
    return _speed(ends[0]), _speed(ends[1])


def _interval(ends: tuple[float, float]) -> tuple[float, float]:
    if ends[0] > ends[1]:
        raise ValueError(f"an interval runs from the lower to the higher end; got {ends[0]:g} to {ends[1]:g}")
    return ends


def _elevations(ends: tuple[float, float]) -> tuple[float, float]:
    if not -90 <= ends[0] < ends[1] <= 90:
        raise ValueError(f"elevations run upwards between -90 and 90 degrees; got {ends[0]:g} to {ends[1]:g}")
    return ends


def _bearings(ends: tuple[float, float]) -> tuple[float, float]:
    if not all(0 <= end <= 360 for end in ends):
        raise ValueError(f"bearings lie between 0 and 360 degrees; got {ends[0]:g} to {ends[1]:g}")
    return ends


def _position(place: tuple[float, float]) -> tuple[float, float]:
    if not (abs(place[0]) <= 90 and abs(place[1]) <= 180):
        raise ValueError(f"a position is latitude (to 90), then longitude (to 180), in degrees; got {place}")
    return place


_Pair = Annotated[tuple[float, float], Field(strict=False)]
Position = Annotated[_Pair, AfterValidator(_position)]
Sector = Annotated[_Pair, AfterValidator(_bearings)]
Elevations = Annotated[_Pair, AfterValidator(_elevations)]
Interval = Annotated[_Pair, AfterValidator(_interval)]
Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(gt=0, le=1)]
Count = Annotated[int, Field(gt=0)]
Bearing = Annotated[float, Field(ge=0, lt=360)]
RangeKm = Annotated[Positive, AfterValidator(_within(0, 50_000, "a range in kilometres"))]
HeightM = Annotated[float, AfterValidator(_within(-500, 9_000, "a height of the ground in metres"))]
PowerKw = Annotated[Positive, AfterValidator(_within(0, 100_000, "a radar's power in kilowatts"))]
FrequenciesMhz = Annotated[Interval, AfterValidator(lambda ends: (_frequency(ends[0]), _frequency(ends[1])))]
SpeedsKmS = Annotated[Interval, AfterValidator(_speeds)]
Day = Annotated[str, Field(pattern=r"^\d{4}(-\d\d(-\d\d)?)?$"), AfterValidator(_day)]
"""A year, a month or a day, as exactly as the source has it."""
Dated = Annotated[str, Field(pattern=r"^(undated|\d{4}(-\d\d(-\d\d)?)?)$"), AfterValidator(_dated)]
"""A day, or "undated", which is said and not left out."""
DayOrNone = Annotated[str, Field(pattern=r"^(\d{4}(-\d\d(-\d\d)?)?)?$"), AfterValidator(_day_or_none)]
