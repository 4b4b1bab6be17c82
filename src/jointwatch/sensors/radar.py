"""A radar as values: where it stands, what its faces can look at and since when, and how well it measures.

Two radars differ in data only. The catalogue holds the numbers with their sources; here they arrive as plain values.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isfinite, pi

from jointwatch.earth.timescale import utc_from_tai_ns
from jointwatch.sensors.site import Site

NEVER_TAI_NS = 2**63 - 1
"""As `on_duty_from_tai_ns`: a face that was planned and never stood on duty."""


@dataclass(frozen=True, slots=True)
class Face:
    """One array: the sector it scans (clockwise, radians from north), its elevation limits, and its time of service.

    A sector through north has a `to` below its `from`; equal ends mean all round. Service is the half-open interval
    [from, until) in TAI nanoseconds; None is an open end.
    """

    name: str
    azimuth_from_rad: float
    azimuth_to_rad: float
    elevation_min_rad: float
    elevation_max_rad: float
    on_duty_from_tai_ns: int | None = None
    on_duty_until_tai_ns: int | None = None

    def __post_init__(self) -> None:
        if not -pi / 2 <= self.elevation_min_rad < self.elevation_max_rad <= pi / 2:
            raise ValueError(
                f"face {self.name!r}: elevations run from a lower to a higher angle within a quarter turn, in radians; "
                f"got {self.elevation_min_rad:g} to {self.elevation_max_rad:g}"
            )
        if not all(isfinite(angle) and abs(angle) <= 2 * pi for angle in (self.azimuth_from_rad, self.azimuth_to_rad)):
            raise ValueError(
                f"face {self.name!r}: azimuths {self.azimuth_from_rad:g} and {self.azimuth_to_rad:g} are meant in "
                "radians; convert degrees with numpy.radians"
            )

    @property
    def azimuth_width_rad(self) -> float:
        """Width of the sector in radians, above 0 and up to a full turn."""
        return (self.azimuth_to_rad - self.azimuth_from_rad) % (2 * pi) or 2 * pi


@dataclass(frozen=True, slots=True, kw_only=True)
class Radar:
    """A radar: its site, faces, range law, accuracy, rhythm and false alarms.

    The range law says: at `reference_range_m` an object of mean cross-section `reference_rcs_m2` returns the mean
    signal-to-noise ratio `reference_snr` (a ratio, not decibels). Accuracy: the three `sigma_` are floors that stay at
    any signal strength; beam widths and range resolution, where given, add the part that falls with the signal.
    `false_plots_per_scan` is the mean number per scan of one face.
    """

    name: str
    site: Site
    band: str
    faces: tuple[Face, ...]
    reference_range_m: float
    reference_rcs_m2: float
    reference_snr: float
    instrumented_range_m: float
    minimum_range_m: float
    sigma_range_m: float
    sigma_azimuth_rad: float
    sigma_elevation_rad: float
    revisit_s: float
    false_alarm_probability: float
    false_plots_per_scan: float
    beam_azimuth_rad: float = field(default=0.0)
    beam_elevation_rad: float = field(default=0.0)
    range_resolution_m: float = field(default=0.0)

    def __post_init__(self) -> None:
        for name in _ABOVE_ZERO:
            if not (isfinite(value := getattr(self, name)) and value > 0):
                raise ValueError(f"radar {self.name!r}: {name} must be above zero; got {value!r}")
        for name in _NOT_NEGATIVE:
            if not (isfinite(value := getattr(self, name)) and value >= 0):
                raise ValueError(f"radar {self.name!r}: {name} must not be negative; got {value!r}")
        if self.false_alarm_probability >= 1:
            raise ValueError(f"radar {self.name!r}: false_alarm_probability lies between 0 and 1, both excluded")
        if self.minimum_range_m >= self.instrumented_range_m:
            raise ValueError(
                f"radar {self.name!r}: minimum_range_m {self.minimum_range_m:g} must be below instrumented_range_m "
                f"{self.instrumented_range_m:g}"
            )


_ABOVE_ZERO = (
    "reference_range_m",
    "reference_rcs_m2",
    "reference_snr",
    "instrumented_range_m",
    "sigma_range_m",
    "sigma_azimuth_rad",
    "sigma_elevation_rad",
    "revisit_s",
    "false_alarm_probability",
)
_NOT_NEGATIVE = (
    "minimum_range_m",
    "false_plots_per_scan",
    "beam_azimuth_rad",
    "beam_elevation_rad",
    "range_resolution_m",
)


def on_duty(face: Face, tai_ns: int) -> bool:
    """Whether the face was in service at a TAI time in nanoseconds."""
    begun = face.on_duty_from_tai_ns is None or tai_ns >= face.on_duty_from_tai_ns
    ended = face.on_duty_until_tai_ns is not None and tai_ns >= face.on_duty_until_tai_ns
    return begun and not ended


def faces_on_duty(radar: Radar, tai_ns: int) -> tuple[Face, ...]:
    """Faces of the radar that were in service at a TAI time in nanoseconds, in the radar's order."""
    return tuple(face for face in radar.faces if on_duty(face, tai_ns))


def service(face: Face) -> str:
    """Return the time of an array's service in words."""
    if face.on_duty_from_tai_ns == NEVER_TAI_NS:
        return "planned and never stood on duty"
    since = f"from {utc_from_tai_ns(face.on_duty_from_tai_ns)[:10]}" if face.on_duty_from_tai_ns is not None else ""
    until = (
        f"until {utc_from_tai_ns(face.on_duty_until_tai_ns - 1)[:10]}" if face.on_duty_until_tai_ns is not None else ""
    )
    return f"on duty {since} {until}".strip().replace("  ", " ") if since or until else "on duty, dates not known"
