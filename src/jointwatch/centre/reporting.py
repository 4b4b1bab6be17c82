"""What a centre says of a launch, and when: a report once there is a launch point, corrections when it matters.

A report carries the five items of the Joint Data Exchange Center with their uncertainty. Saying nothing new is
saying nothing: a correction wants a changed verdict, an impact that came or went, or a clearly better estimate.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from jointwatch.assessment.ellipse import Ellipse
from jointwatch.assessment.estimate import Assessment
from jointwatch.centre.held import Held
from jointwatch.centre.places import place, size
from jointwatch.centre.watch import Watch
from jointwatch.earth import geodesic
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.messages.launch_report import Ellipse95, LaunchItems
from jointwatch.messages.quantities import RangeClass
from jointwatch.messages.reference import EntryReference

AT_LEAST_BETWEEN_NS = 20 * NS_PER_S
LONGEST_SOURCE = 128  # a partner chooses how its radars are called, and how many it has
BETTER_AREA = 0.25  # of the ellipse said last: half as wide each way


@dataclass(frozen=True)
class Said:
    """What was last said of an object, when, and where it stands in the own record."""

    items: LaunchItems
    logged_tai_ns: int
    at: EntryReference


@dataclass(frozen=True)
class Due:
    """Something to say now: a first report, or the correction of what was said last, with its reason."""

    held: Held
    items: LaunchItems
    corrects: Said | None
    reason: str


def due(watch: Watch, said: dict[str, Said], *, own: str, now_tai_ns: int) -> list[Due]:
    """Return what a centre must say now of the objects that its own data is in."""
    found = []
    for held in watch.held():
        assessment = watch.assessment(held.id)
        if own not in held.owners or assessment is None or assessment.launch is None:
            continue
        items = items_of(held, assessment)
        last = said.get(held.id)
        if last is None:
            found.append(Due(held, items, None, ""))
        elif reason := news(last, items, now_tai_ns):
            found.append(Due(held, items, last, reason))
    return found


def news(last: Said, items: LaunchItems, now_tai_ns: int) -> str:
    """Return why what was said last must be corrected, or nothing."""
    if last.items.verdict != items.verdict:
        impact = f"; impact {place(items.impact)}" if items.impact and not last.items.impact else ""
        return f"the verdict changes from {last.items.verdict} to {items.verdict}{impact}"
    if 0 <= now_tai_ns - last.logged_tai_ns < AT_LEAST_BETWEEN_NS:  # before the last: the clock was set back
        return ""
    for name, before, after in (
        ("launch", last.items.launch, items.launch),
        ("impact", last.items.impact, items.impact),
    ):
        if before is None or after is None:
            if before is not after:
                return f"there is now an {name}: {place(after)}" if after else f"there is no {name} estimate any more"
        elif _moved(before, after):
            return f"the {name} moves out of the ellipse given before, to {place(after)}"
        elif _area(after) < BETTER_AREA * _area(before):
            return f"the {name} is now {place(after)}, from {size(before)}"
    return ""


def items_of(held: Held, assessment: Assessment) -> LaunchItems:
    """Return the items of an assessment that has a launch point, with the sources named."""
    launch, impact, verdict = assessment.launch, assessment.impact, assessment.verdict
    if launch is None:
        raise ValueError(f"{held.id} has no launch estimate to report")
    return LaunchItems(
        track=held.id,
        launch_time_tai_ns=launch.time_tai_ns,
        launch_time_sigma_s=float(launch.sigma_s),
        detected_tai_ns=held.first_seen_tai_ns,
        launch=_ellipse(launch.ellipse),
        direction_rad=float(launch.direction_rad),
        direction_sigma_rad=float(launch.direction_sigma_rad),
        impact_time_tai_ns=impact.time_tai_ns if impact else None,
        impact_time_sigma_s=float(impact.sigma_s) if impact else None,
        impact=_ellipse(impact.ellipse) if impact else None,
        verdict=verdict.verdict,
        p_space=float(verdict.p_space),
        reason=verdict.reason[:2000],
        range_class=cast(RangeClass, verdict.range_class),
        apogee_m=None if assessment.apogee_height_m is None else float(assessment.apogee_height_m),
        source=named(held.sources),
    )


def named(sources: tuple[str, ...]) -> str:
    """Return the sources that have a name, as many as there is room for: an owner may have masked the others."""
    found = ""
    for name in sources:
        longer = f"{found}/{name}" if found else name
        if not name.endswith("masked") and len(longer) <= LONGEST_SOURCE:
            found = longer
    return found


def _ellipse(ellipse: Ellipse) -> Ellipse95:
    return Ellipse95(
        latitude_rad=float(ellipse.latitude_rad),
        longitude_rad=float(ellipse.longitude_rad),
        semi_major_m=float(ellipse.semi_major_m),
        semi_minor_m=float(ellipse.semi_minor_m),
        azimuth_rad=float(ellipse.azimuth_rad),
    )


def _area(ellipse: Ellipse95) -> float:
    return ellipse.semi_major_m * ellipse.semi_minor_m


def _moved(before: Ellipse95, after: Ellipse95) -> bool:
    distance, _, _ = geodesic.inverse(
        before.latitude_rad, before.longitude_rad, after.latitude_rad, after.longitude_rad
    )
    return float(distance) > before.semi_major_m
