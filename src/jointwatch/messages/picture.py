"""What a centre shows: the picture and its frame, as unsigned view structs shared by centre and display.

A picture is a pure function of logs. It is never an entry of a log and nothing here is signed; it is in this
room because both wings of the house speak of it. Degrees, kilometres and UTC text, as a person reads them.
"""

from __future__ import annotations

import msgspec

from jointwatch.messages.quantities import Mode


class Ellipse(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A 95 % ellipse on the ground; the azimuth of its major axis is clockwise from north."""

    latitude_deg: float
    longitude_deg: float
    semi_major_km: float
    semi_minor_km: float
    azimuth_deg: float


class PointInTime(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An estimated launch or impact: when, with its one-sigma, and where, with its 95 % ellipse."""

    time_utc: str
    sigma_s: float
    ellipse: Ellipse


class PictureTrack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One object as a centre holds it at the picture's time."""

    id: str
    status: str  # tentative | confirmed | lost
    phase: str  # boost | coast
    latitude_deg: float
    longitude_deg: float
    altitude_km: float
    speed_km_s: float  # relative to the rotating Earth
    heading_deg: float
    sigma_km: tuple[float, float, float]  # one sigma along the three axes of the position covariance, largest first
    first_seen_utc: str
    last_seen_utc: str
    plots: int
    sources: tuple[str, ...]  # radars, or "masked" where the partner did not say
    owners: tuple[str, ...]  # centres whose data is in the estimate
    verdict: str  # space launch | missile | undecided
    p_space: float  # probability of a space launch, from the track alone
    reason: str
    range_class: str  # SRBM | MRBM | IRBM | ICBM | - ; by estimated range
    launch: PointInTime | None
    impact: PointInTime | None
    apogee_km: float | None
    prediction: tuple[tuple[float, float, float, float], ...]  # seconds after as_of, longitude, latitude deg, height m


class PictureSatellite(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A satellite of the public catalogue that a centre sees and knows, at the picture's time."""

    number: int  # of the catalogue
    name: str
    latitude_deg: float
    longitude_deg: float
    altitude_km: float
    plots: int


class PictureCorrelation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a centre found a launch, or a report from outside, to be: the newest judgement on it."""

    object: str  # a track, or the id of a report from outside
    standing: str  # explained | open | alarm
    announced: str  # announced | announced elsewhere | ... | not announced; empty: not a launch of its own
    nature: str  # of a report from outside: natural | launched | undecided; empty: a launch
    said_utc: str
    text: str


class Picture(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One perspective: a national picture, or the joint one."""

    perspective: str  # a centre's id, or "joint"
    as_of_utc: str
    as_of_tai_ns: int
    tracks: tuple[PictureTrack, ...]
    satellites: tuple[PictureSatellite, ...] = ()  # seen and recognised; none of them is among the tracks
    correlations: tuple[PictureCorrelation, ...] = ()  # of a national picture


class FeedView(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a centre holds of a feed of plots."""

    of: str  # the centre whose radar it is
    sensor: str  # empty: masked
    standing: str  # believed | doubted
    text: str  # one sentence for people
    as_of_utc: str


class CentreState(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a centre and its line to the partner stand."""

    id: str
    process: str  # up | lost
    link: str  # linked | cut
    entries: int  # in all its own logs
    verified: int  # of the partner's entries, verified and kept here
    cosigned: int  # of its own entries, covered by the partner's cosignature
    text: str  # one sentence for people
    feeds: tuple[FeedView, ...] = ()  # its standing verdicts on radars' plots


class Snapshot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything the page shows at one instant of the exercise clock."""

    seq: int
    time_utc: str
    centres: tuple[CentreState, ...]
    pictures: tuple[Picture, ...]  # each centre's, then the joint one where there is one
    joint_agrees: bool | None  # both centres computed the same joint picture, to the bit; None: not comparable now


class Event(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that happened, as one sentence with its time and who says so."""

    seq: int
    time_utc: str
    centre: str  # a centre's id, or "exercise"
    kind: str  # track | report | correction | link | statement | verdict | notice | alarm | correlation | feed | ...
    text: str


class FaceView(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One array of a radar: what it can face, and whether it was on duty on the day."""

    name: str
    azimuth_from_deg: float
    azimuth_to_deg: float
    elevation_min_deg: float
    elevation_max_deg: float
    on_duty: bool
    note: str


class RadarView(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A radar as the page and report name it; `volume` is the path of its coverage volume (.glb), or empty."""

    id: str
    name: str
    owner: str
    feeds: str  # a centre's id
    latitude_deg: float
    longitude_deg: float
    height_m: float
    range_km: float
    faces: tuple[FaceView, ...]
    volume: str


class CentreView(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A centre as the page and report name it; no place where nobody has given one."""

    id: str
    name: str
    latitude_deg: float | None
    longitude_deg: float | None
    fingerprint: str  # of its identity key


class RunView(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What does not change during a run."""

    run: str
    scenario: str
    variant: str  # as-it-was | as-proposed
    title: str
    mode: Mode
    counterfactual: bool
    banner: str  # cannot be switched off
    start_utc: str
    speed: float  # 0 = as fast as it goes
    centres: tuple[CentreView, ...]
    radars: tuple[RadarView, ...]
    notes: tuple[str, ...]  # what was assumed, what a radar could not have seen
