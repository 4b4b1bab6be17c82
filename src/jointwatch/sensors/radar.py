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

    As they stand, the other fields change nothing. frequency_hz: 0 where not stated. swerling: 1, echoes fade from look
    to look, or 0; pulses: summed without phase in one look, the reference SNR then being that of one. Scan loss: the
    power of the cosine off a boresight in the middle of each sector at this elevation. Search (`sensors.search`): looks
    for new objects below `fence_top_rad` only, `confirming_looks` more at once, of which `confirmations_needed` must
    detect. Tracks: at most `track_capacity` (0: no limit), each taking `track_dwell_s` at the reference point in every
    revisit, out of `track_share` of the time.
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
    frequency_hz: float = field(default=0.0)
    swerling: int = field(default=1)
    pulses: int = field(default=1)
    boresight_elevation_rad: float = field(default=0.0)
    scan_loss_exponent: float = field(default=0.0)
    fence_top_rad: float = field(default=pi / 2)
    confirming_looks: int = field(default=0)
    confirmations_needed: int = field(default=0)
    track_capacity: int = field(default=0)
    track_dwell_s: float = field(default=0.0)
    track_share: float = field(default=1.0)

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
        _check_law(self)
        _check_search(self)

    @property
    def searches_all(self) -> bool:
        """Whether every look at the field of regard stands alone: no fence, no confirmation, no limit on tracks."""
        held = self.track_capacity == 0 and self.track_dwell_s == 0.0
        return held and self.confirming_looks == 0 and self.fence_top_rad >= pi / 2


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
    "frequency_hz",
    "scan_loss_exponent",
    "track_dwell_s",
)


def _check_law(radar: Radar) -> None:
    """Refuse a law of detection that is none, or a scan loss without a boresight to lose from."""
    if radar.swerling not in (0, 1) or radar.pulses < 1:
        raise ValueError(
            f"radar {radar.name!r}: swerling is 0 or 1 and pulses at least 1; got {radar.swerling!r}, {radar.pulses!r}"
        )
    if not abs(radar.boresight_elevation_rad) <= pi / 2:
        raise ValueError(f"radar {radar.name!r}: boresight_elevation_rad must lie within a quarter turn, in radians")
    wide = [face.name for face in radar.faces if face.azimuth_width_rad > pi + 1e-9]
    if radar.scan_loss_exponent > 0 and wide:
        raise ValueError(
            f"radar {radar.name!r}: one fixed array scans less than half a turn, and face {wide[0]!r} is wider; "
            "give each array as a face of its own, or scan_loss_exponent = 0 for an antenna that turns"
        )


def _check_search(radar: Radar) -> None:
    """Refuse a search or a limit on tracks that cannot be."""
    if not abs(radar.fence_top_rad) <= pi / 2:
        raise ValueError(f"radar {radar.name!r}: fence_top_rad must lie within a quarter turn, in radians")
    if not 0 <= radar.confirmations_needed <= radar.confirming_looks:
        raise ValueError(
            f"radar {radar.name!r}: confirmations_needed lies between 0 and confirming_looks = "
            f"{radar.confirming_looks}; got {radar.confirmations_needed}"
        )
    if radar.track_capacity < 0 or not 0 < radar.track_share <= 1:
        raise ValueError(
            f"radar {radar.name!r}: track_capacity must not be negative and track_share lies above 0 and up to 1; "
            f"got {radar.track_capacity} and {radar.track_share:g}"
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
