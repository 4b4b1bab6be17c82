"""Launch reports: the five items the Joint Data Exchange Centre was to pass on, each with its uncertainty.

Launch time, launch point, rough direction, impact point, impact time [briefing of 6 June 2000 on the Moscow
memorandum of 4 June 2000]; "the sources of the data shall not be specified" is the empty `source`.
"""

from __future__ import annotations

import msgspec

from jointwatch.messages.header import Header
from jointwatch.messages.quantities import (
    Azimuth,
    Commitment,
    Id,
    Latitude,
    Length,
    Longitude,
    MaskedId,
    Probability,
    RangeClass,
    Sentence,
    SigmaRadians,
    SigmaSeconds,
    TaiNs,
    Verdict,
)
from jointwatch.messages.withheld import FieldNames, check_withheld


class Ellipse95(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """A 95 % ellipse on the ground; the azimuth is that of its major axis."""

    latitude_rad: Latitude
    longitude_rad: Longitude
    semi_major_m: Length
    semi_minor_m: Length
    azimuth_rad: Azimuth

    def __post_init__(self) -> None:
        if self.semi_minor_m > self.semi_major_m:
            raise ValueError(
                f"the minor axis, {self.semi_minor_m:g} m, is longer than the major, {self.semi_major_m:g} m"
            )


class LaunchItems(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """What is held of one launch; the whole of a report, or what a correction puts in its place.

    detected_tai_ns: when it was first seen, which says where a sensor is and not when the launch was; null: not told.
    p_space: probability of a space launch, from the track alone. source: sensors' ids, comma-separated; empty: masked.
    impact and its time: none for what does not come down, or where none can be given yet.
    """

    track: Id
    launch_time_tai_ns: TaiNs
    launch_time_sigma_s: SigmaSeconds
    detected_tai_ns: TaiNs | None = None
    launch: Ellipse95
    direction_rad: Azimuth
    direction_sigma_rad: SigmaRadians
    impact_time_tai_ns: TaiNs | None = None
    impact_time_sigma_s: SigmaSeconds | None = None
    impact: Ellipse95 | None = None
    verdict: Verdict
    p_space: Probability | None
    reason: Sentence
    range_class: RangeClass
    apogee_m: Length | None = None
    source: MaskedId
    withheld: FieldNames = ()
    commitment: Commitment = b""

    def __post_init__(self) -> None:
        check_withheld(self, self.__struct_fields__)
        if (self.impact_time_tai_ns is None) != (self.impact_time_sigma_s is None):
            raise ValueError("an impact time and its sigma come together or not at all")


class LaunchReport(Header, kw_only=True, frozen=True, forbid_unknown_fields=True, tag="launch_report"):
    """A centre reports a launch."""

    items: LaunchItems
