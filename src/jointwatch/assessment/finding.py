"""What one centre finds of one launch, as plain values with their covariances: the items two centres can compare.

The five items of the Joint Data Exchange Center, as its official background briefing names them (launch time, launch
point, rough direction, impact point, impact time; Moscow, June 2000), with verdict and number of objects besides.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from jointwatch.assessment.estimate import Assessment
from jointwatch.earth.arrays import Floats


@dataclass(frozen=True, slots=True)
class Place:
    """A place (WGS 84, radians) with its covariance (2, 2) in east and north, metres squared."""

    latitude_rad: float
    longitude_rad: float
    cov_en_m2: Floats


@dataclass(frozen=True, slots=True)
class Instant:
    """A time (TAI nanoseconds) with its sigma in seconds."""

    time_tai_ns: int
    sigma_s: float


@dataclass(frozen=True, slots=True)
class Direction:
    """An azimuth clockwise from north with its sigma, radians."""

    azimuth_rad: float
    sigma_rad: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a centre found; None where it has no value. A verdict of "undecided" is no value either."""

    centre: str
    launch_place: Place | None = None
    launch_time: Instant | None = None
    direction: Direction | None = None
    impact_place: Place | None = None
    impact_time: Instant | None = None
    verdict: str | None = None
    objects: int | None = None


def finding(centre: str, assessment: Assessment, *, objects: int | None = None) -> Finding:
    """The finding of a centre that holds this assessment."""
    launch, impact = assessment.launch, assessment.impact
    plain = Finding(centre=centre, verdict=assessment.verdict.verdict, objects=objects)
    if launch is not None:
        plain = replace(
            plain,
            launch_place=Place(launch.latitude_rad, launch.longitude_rad, launch.cov_en_m2),
            launch_time=Instant(launch.time_tai_ns, launch.sigma_s),
            direction=Direction(launch.direction_rad, launch.direction_sigma_rad),
        )
    if impact is not None:
        plain = replace(
            plain,
            impact_place=Place(impact.latitude_rad, impact.longitude_rad, impact.cov_en_m2),
            impact_time=Instant(impact.time_tai_ns, impact.sigma_s),
        )
    return plain
