"""What was reported of launches, as values that can be held against each other."""

from __future__ import annotations

from dataclasses import dataclass

from jointwatch.assessment.classify import DECIDED
from jointwatch.assessment.correlation.launch import Launch
from jointwatch.assessment.ellipse import Ellipse, covariance_en
from jointwatch.assessment.finding import Direction, Instant, Place
from jointwatch.messages.launch_report import Ellipse95, LaunchItems
from jointwatch.messages.reference import EntryReference


@dataclass(frozen=True)
class Reported:
    """The newest report of one launch: who says it, where it stands, and the launch itself."""

    owner: str
    at: EntryReference
    launch: Launch


def launch(items: LaunchItems) -> Launch:
    """Return the launch that a report's items describe, with the verdict that its track alone gives.

    A published orbit makes a space launch of what was undecided. Anybody can publish one: it ends no alarm.
    """
    by_word = items.verdict == "space launch" and items.p_space is not None and items.p_space < DECIDED
    return Launch(
        name=items.track,
        place=_place(items.launch),
        event=Instant(items.launch_time_tai_ns, items.launch_time_sigma_s),
        direction=Direction(items.direction_rad, items.direction_sigma_rad),
        impact=_place(items.impact) if items.impact else None,
        detected_tai_ns=items.detected_tai_ns,
        verdict="undecided" if by_word else items.verdict,
    )


def _place(ellipse: Ellipse95) -> Place:
    given = Ellipse(
        ellipse.latitude_rad, ellipse.longitude_rad, ellipse.semi_major_m, ellipse.semi_minor_m, ellipse.azimuth_rad
    )
    return Place(ellipse.latitude_rad, ellipse.longitude_rad, covariance_en(given))
