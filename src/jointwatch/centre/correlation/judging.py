"""What one launch, or one report from outside, is found to be, as the content of the message that says it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from jointwatch.assessment.correlation import announced, natural, same_event
from jointwatch.assessment.correlation.announced import Announcement
from jointwatch.assessment.correlation.launch import Launch
from jointwatch.assessment.correlation.standing import standing
from jointwatch.centre.correlation.in_force import InForce
from jointwatch.centre.correlation.launches import Reported
from jointwatch.earth import geodesic
from jointwatch.earth.timescale import NS_PER_S, utc_from_tai_ns
from jointwatch.messages.correlation import PartnerEvent
from jointwatch.messages.outside_report import OutsideContents

LONGEST_S = 3_600.0  # of a flight from ground to ground, and of a first turn
FASTEST_M_S, NEARBY_M = 8_000.0, 100e3
GREATEST_SIGMA_S = 1e6  # that a message can hold
MOST_NEAR, MOST_REPORTS, LONGEST_TEXT = 16, 64, 2_000


def of_launch(own: Reported, ours: Sequence[Reported], theirs: Sequence[Reported], notices: InForce) -> dict[str, Any]:
    """Return the judgement on an own launch: announced or not, and what each partner reports of the event."""
    known = notices.announcements()
    held = announced.against(own.launch, [notice for notice, _ in known])
    about = next((at for notice, at in known if notice.name == held.notice), None)
    stands, why = standing(held, own.launch.verdict)
    events = [(event, reports) for event, reports in _events(own, ours, theirs) if reports]
    count = _count(own, ours, next((notice for notice, _ in known if notice.name == held.notice), None))
    return {
        "subject": own.at,
        "object": own.launch.name,
        "standing": stands,
        "announced": held.standing,
        "notice": None if held.standing == "not announced" else about,
        "partners": tuple(_partner_event(event, reports) for event, reports in events)[:16],
        "text": _told([why, _times(own.launch), *count, *(event.sentence for event, _ in events)]),
    }


def of_outside(seen: OutsideContents, launches: Sequence[Reported]) -> dict[str, Any]:
    """Return the judgement on a report from outside: natural, launched or undecided, and which launch it may be."""
    found = natural.judged(
        natural.Outside(
            latitude_rad=seen.latitude_rad,
            longitude_rad=seen.longitude_rad,
            height_m=seen.height_m,
            velocity_m_s=None if seen.velocity_m_s is None else np.array(seen.velocity_m_s),
            speed_m_s=seen.speed_m_s,
            sigma_m_s=seen.sigma_m_s,
        )
    )
    fits = [f"{each.owner}'s {each.launch.name}" for each in launches if _can_be(each.launch, seen)]
    which = f"it may be of {', '.join(fits)}" if fits else "no launch that is reported here fits it"
    return {
        "standing": "explained" if found.nature == "natural" else "open",
        "announced": "",
        "nature": found.nature,
        "text": _told([found.reason] if found.nature == "natural" else [found.reason, which]),
    }


def _events(
    own: Reported, ours: Sequence[Reported], theirs: Sequence[Reported]
) -> Iterator[tuple[same_event.Shared, list[Reported]]]:
    """The event of an own launch as each partner has it, with the partner's reports of it."""
    mine = [each.launch for each in nearest_in_time(own, ours)]
    for centre in sorted({each.owner for each in theirs}):
        said = nearest_in_time(own, [each for each in theirs if each.owner == centre])
        for event in same_event.shared(mine, [each.launch for each in said], us=own.owner, them=centre):
            if own.launch.name in event.ours:
                yield event, [each for each in said if each.launch.name in event.theirs][:MOST_REPORTS]


def _told(sentences: Sequence[str]) -> str:
    return ". ".join(f"{each[:1].upper()}{each[1:]}" for each in sentences)[:LONGEST_TEXT]


def _times(launch: Launch) -> str:
    """The sentence that keeps the time of the event and that of its detection apart."""
    when = utc_from_tai_ns(launch.event.time_tai_ns, digits=0)[11:19]
    behind_s = launch.behind_event_s()
    seen = "when it was first seen is not told" if behind_s is None else f"first seen {behind_s:.0f} s later"
    return f"launched at {when}Z ± {launch.event.sigma_s:.0f} s, {seen}"


def _count(own: Reported, ours: Sequence[Reported], notice: Announcement | None) -> list[str]:
    """The sentence on a count that differs between what is held here of an event and what its notice speaks of."""
    near = [each.launch for each in nearest_in_time(own, ours)]
    event = next(e for e in same_event.events(near) if own.launch in e)
    said = None if notice is None else notice.launches
    if said is None or said == len(event):
        return []
    objects = f"{len(event)} object{'s' if len(event) != 1 else ''}"
    return [f"the counts differ: {own.owner} has {objects} of this event, and the notice speaks of {said}"]


def nearest_in_time(own: Reported, others: Sequence[Reported]) -> list[Reported]:
    """Return the reports whose launches are nearest to an own one in time, itself first where it is among them.

    A partner may report as many launches as it likes, with errors as large as it likes; not all are looked at.
    """
    at = own.launch.event.time_tai_ns
    near = sorted(others, key=lambda each: (each.at != own.at, abs(each.launch.event.time_tai_ns - at)))
    return near[:MOST_NEAR]


def _partner_event(event: same_event.Shared, reports: Sequence[Reported]) -> PartnerEvent:
    apart = event.likeness
    return PartnerEvent(
        centre=reports[0].owner,
        reports=tuple(each.at for each in reports),
        ours=len(event.ours),
        theirs=len(reports),
        apart_m=apart.apart_m if apart else None,
        event_apart_s=apart.event_apart_s if apart else None,
        event_sigma_s=min(apart.event_sigma_s, GREATEST_SIGMA_S) if apart else None,
        detection_apart_s=apart.detection_apart_s if apart else None,
    )


def _can_be(launch: Launch, seen: OutsideContents) -> bool:
    """Whether something so launched can have been where a light was seen, then."""
    since_s = (seen.seen_tai_ns - launch.event.time_tai_ns) / NS_PER_S
    if not -3.0 * launch.event.sigma_s <= since_s <= LONGEST_S:
        return False
    if seen.latitude_rad is None or seen.longitude_rad is None:
        return True
    place = launch.place
    away_m, _, _ = geodesic.inverse(place.latitude_rad, place.longitude_rad, seen.latitude_rad, seen.longitude_rad)
    spread_m = 3.0 * float(np.sqrt(np.trace(place.cov_en_m2)))
    return bool(away_m <= FASTEST_M_S * max(since_s, 0.0) + NEARBY_M + spread_m)
