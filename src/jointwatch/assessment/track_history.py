"""What this room reads of a track: its states over time, their covariances, and how likely it was still burning."""

from __future__ import annotations

from typing import Protocol

from jointwatch.earth.arrays import Floats, Ints
from jointwatch.earth.timescale import NS_PER_S

MIN_STATES = 3  # fewer states than this say nothing about where a track came from: the answer is "not yet"


class TrackHistory(Protocol):
    """States of one track in time order; `jointwatch.tracking`'s `History` is one."""

    @property
    def time_tai_ns(self) -> Ints:
        """Times (k,), TAI nanoseconds."""

    @property
    def x(self) -> Floats:
        """Earth-fixed states (k, 6): metres, metres per second."""

    @property
    def P(self) -> Floats:
        """Covariances (k, 6, 6) of the states."""

    @property
    def boost_probability(self) -> Floats:
        """Probability (k,) that the object was accelerating at that time."""


def seconds_between(later_tai_ns: int, earlier_tai_ns: int) -> float:
    """Seconds from the earlier to the later time; exact to below a nanosecond for any two times of one flight."""
    return (int(later_tai_ns) - int(earlier_tai_ns)) / NS_PER_S


def shifted(time_tai_ns: int, seconds: float) -> int:
    """TAI nanoseconds at a number of seconds after a time."""
    return int(time_tai_ns) + round(seconds * NS_PER_S)
