"""What a report says, as plain values: filled by whoever ran the exercise, drawn by `report.render`.

Nothing here is computed by the display: errors against the truth, visible intervals and outlines come from the
rooms that know physics. Times are UTC text as it is printed, with seconds after launch beside it where a figure needs
them; angles in degrees, lengths in kilometres. Everything optional may be missing: an exercise that was stopped
early still has a report, and the report says what is missing.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from jointwatch.messages.picture import Ellipse, Event, RunView

Series = NDArray[np.float64]
JOINT = "joint"


def _empty() -> Series:
    return np.zeros(0)


@dataclass(frozen=True)
class Moment:
    """An instant as a person reads it, and the seconds since the true launch."""

    time_utc: str
    after_launch_s: float


@dataclass(frozen=True)
class Point:
    """A place, true or estimated; of an estimate also its 95 % ellipse and how far it is from the truth."""

    latitude_deg: float
    longitude_deg: float
    ellipse: Ellipse | None = None
    error_km: float | None = None
    error_sigmas: float | None = None  # Mahalanobis distance of the truth; 2.45 is the edge of the 95 % ellipse


@dataclass(frozen=True)
class Instant:
    """A time, true or estimated; `error_s` is estimate minus truth."""

    time_utc: str
    sigma_s: float | None = None
    error_s: float | None = None


@dataclass(frozen=True)
class Value:
    """A number in the unit of its place, true or estimated; `error` is estimate minus truth."""

    value: float
    sigma: float | None = None
    error: float | None = None


@dataclass(frozen=True)
class Quantities:
    """What is asked of every launch. None: not estimated, or not so for this object."""

    launch_point: Point | None = None
    launch_time: Instant | None = None
    direction_deg: Value | None = None  # azimuth of the launch, clockwise from north
    burnout_time: Instant | None = None
    burnout_altitude_km: Value | None = None
    burnout_speed_km_s: Value | None = None
    apogee_km: Value | None = None
    impact_point: Point | None = None
    impact_time: Instant | None = None


@dataclass(frozen=True)
class Path:
    """Where something was at each time; all arrays have one length."""

    time_s: Series  # after the true launch
    longitude_deg: Series
    latitude_deg: Series
    altitude_km: Series


@dataclass(frozen=True)
class Truth:
    """What the scenario says happened. No centre has read it; it is here to score them."""

    kind: str  # missile | space launch
    vehicle: str  # its class in words: "two stages, solid, medium range"
    place: str  # "Semnan province, Iran"
    quantities: Quantities
    path: Path


@dataclass(frozen=True)
class Sighting:
    """What one radar had of the object, and why where it had nothing."""

    radar: str  # id of a radar of the run
    first: Moment | None
    last: Moment | None
    plots: int  # measurements of this object, false ones not counted
    visible_s: tuple[tuple[float, float], ...]  # seconds after launch inside the field of regard of arrays on duty
    plot_s: Series = field(default_factory=_empty)  # seconds after launch of each measurement
    why: str = ""  # a sentence: why nothing, or what ended it


@dataclass(frozen=True)
class Knowledge:
    """When one centre knew what; None: never."""

    centre: str  # id of a centre of the run
    first_plot: Moment | None = None  # the first measurement it had, its own or released to it
    confirmed: Moment | None = None
    burnout: Moment | None = None  # when it took the boost as ended
    report: Moment | None = None  # its first launch report
    partner_report: Moment | None = None  # the partner's first launch report, verified here
    correction: Moment | None = None  # the last correction to its report
    last_plot: Moment | None = None
    note: str = ""


@dataclass(frozen=True)
class TrackCurve:
    """One perspective's track through the exercise; arrays of one length, times as they were when estimated."""

    perspective: str  # a centre's id, or "joint"
    path: Path
    error_km: Series  # distance of the estimate from the truth
    sigma_km: Series  # root of the trace of the position covariance
    bound_km: Series | None = None  # Cramér-Rao bound of the same, where it was computed


@dataclass(frozen=True)
class LaunchCurve:
    """How one perspective's launch point converged."""

    perspective: str
    since_first_s: Series  # seconds after this perspective's first measurement
    error_km: Series
    semi_major_km: Series  # of the 95 % ellipse


@dataclass(frozen=True)
class Estimate:
    """One perspective's last word on the object."""

    perspective: str  # a centre's id, or "joint"
    as_of: Moment
    verdict: str  # space launch | missile | undecided
    p_space: float
    range_class: str
    reason: str
    quantities: Quantities
    absent: str = ""  # a sentence: why a quantity is missing


@dataclass(frozen=True)
class ObjectReport:
    """One launched object: the truth, who saw it, who knew what, and what they made of it."""

    name: str
    truth: Truth
    sightings: tuple[Sighting, ...]
    knowledge: tuple[Knowledge, ...]
    estimates: tuple[Estimate, ...]
    tracks: tuple[TrackCurve, ...] = ()
    launches: tuple[LaunchCurve, ...] = ()


@dataclass(frozen=True)
class LogHead:
    """One log when the report was written; the manifest, which lists the report, can only follow it."""

    log: str  # owner/audience/class
    entries: int
    root: str  # SHA-256 of the tree, hexadecimal
    cosigned_by: str  # id of the centre that holds a verified copy, or empty
    cosigned_entries: int  # how far that cosignature reaches


@dataclass(frozen=True)
class Key:
    """A public key by its fingerprint."""

    centre: str
    purpose: str
    fingerprint: str


@dataclass(frozen=True)
class Signature:
    """A signature under the statement, checked when the report was made."""

    centre: str
    fingerprint: str
    signature: str  # base64
    valid: bool


@dataclass(frozen=True)
class JointStatement:
    """The statement as signed, in words, with what the centres did not agree on."""

    time_utc: str
    agreed: bool
    text: tuple[str, ...]
    disagreements: tuple[str, ...]
    payload_sha256: str
    signatures: tuple[Signature, ...]


@dataclass(frozen=True)
class Claim:
    """A claim of the public debate that this run touches."""

    text: str
    claimant: str
    date: str
    source: str
    verdict: str  # holds here | does not hold here | partly | not decided here
    shows: str  # what this run shows
    limit: str  # what it cannot show


@dataclass(frozen=True)
class Judgement:
    """What a centre found a launch, or a report from outside, to be; held_s: until that changed, None: to the end."""

    time_utc: str
    centre: str
    object: str
    standing: str  # explained | open | alarm
    announced: str
    nature: str
    text: str
    held_s: float | None = None


@dataclass(frozen=True)
class FeedVerdict:
    """What a centre held of the plots of one radar from a time on; sensor: empty for a masked one."""

    time_utc: str
    centre: str
    of: str
    sensor: str
    standing: str  # believed | doubted
    text: str


@dataclass(frozen=True)
class Input:
    """One value that went in, and where it comes from."""

    group: str  # "Radar Gabala", "Vehicle", "Scenario", "Software"
    parameter: str
    value: str
    unit: str
    source: str  # who says so, when, where it was read
    tag: str  # seen | seen-2nd | seen-part | recalled | computed | inferred
    assumed: bool  # no source says so: an assumption of this run
    alternatives: str = ""  # what others say


@dataclass(frozen=True)
class Coverage:
    """How far a radar's field of regard reaches over ground for the map, for an object at one stated height."""

    radar: str
    ground_range_km: float


@dataclass(frozen=True)
class ReportData:
    """Everything the report says. Mode, banner, centres, radars and notes are those of `run`."""

    run: RunView
    version: str  # of the software that made the run
    objects: tuple[ObjectReport, ...] = ()
    coverage: tuple[Coverage, ...] = ()
    coverage_height_km: float = 300.0
    events: tuple[Event, ...] = ()
    logs: tuple[LogHead, ...] = ()
    keys: tuple[Key, ...] = ()
    statement: JointStatement | None = None
    judgements: tuple[Judgement, ...] = ()
    feeds: tuple[FeedVerdict, ...] = ()
    claims: tuple[Claim, ...] = ()
    inputs: tuple[Input, ...] = ()
    directory: str = "D"  # what the commands printed at the end call the run directory
    manifest_log: str = ""  # the log whose last entry lists the SHA-256 of every other file
