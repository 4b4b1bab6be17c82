"""Notifications drafted: from what was filled in to the message, with its identifier and the agreements it is under.

A draft signs nothing and knows no line; what is wrong with it under the agreements is said by `weighed`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import radians
from typing import Any, Literal

from jointwatch.assessment.notification import faults
from jointwatch.assessment.notification.owed import Launch, Owed, Rule, Spacing, owed, spacing
from jointwatch.assessment.notification.standing import Told
from jointwatch.centre.notification import identifier
from jointwatch.centre.notification.forms import (
    AreaForm,
    CancellationForm,
    ExtensionForm,
    NotificationForm,
    OutcomeForm,
)
from jointwatch.centre.notification.identifier import Format
from jointwatch.centre.saying import Saying
from jointwatch.earth.timescale import tai_ns_from_utc
from jointwatch.exchange.logid import LogId
from jointwatch.messages.notice import NoticeArea
from jointwatch.messages.notification import Notification, NotifiedArea, WindowExtension
from jointwatch.messages.post_launch import PostLaunchNotice

NOTIFY = "notify"
MINUTE_NS = 60 * 1_000_000_000


@dataclass(frozen=True)
class Weighed:
    """A notification under the agreements: what is owed of its launch, and what it lacks, a sentence each."""

    owed: tuple[Owed, ...]
    faults: tuple[str, ...]


def notified(
    saying: Saying, form: NotificationForm, number: int, rules: Sequence[Rule], states: Sequence[str]
) -> Notification:
    """Return the notification that a form asks for, the number-th of its state in its year.

    states: those that the partners it goes to speak for.
    """
    begin, end = tai_ns_from_utc(form.from_utc), tai_ns_from_utc(form.until_utc)
    log = saying.to(form.to, NOTIFY) if form.to else saying.common(NOTIFY)
    named = form.agreements
    if named is None:
        due = owed(rules, planned(form), states)
        named = tuple(one.rule.agreement for one in due if one.force in ("obligation", "norm", "voluntary"))
    id = identifier.first(form.state, begin, number, identifier.OF_OCCASION[form.occasion])
    return Notification(
        **(saying.header(log, "notification") | {"id": str(id)}),
        state=form.state,
        occasion=form.occasion,
        agreements=named,
        vehicle=form.vehicle,
        generic_class=form.generic_class,
        designation=form.designation,
        launches=form.launches,
        spacing=_spacing(form, rules),
        from_tai_ns=begin,
        until_tai_ns=end,
        site=form.site,
        direction_rad=None if form.direction_deg is None else radians(form.direction_deg),
        areas=tuple(_area(area) for area in form.areas),
        text=form.text,
    )


def extended(saying: Saying, told: Told, form: ExtensionForm) -> WindowExtension:
    """Return the extension of a notification's window."""
    begin, _ = told.window_tai_ns
    return WindowExtension(
        **_header(saying, told, 2),
        notification=told.at,
        from_tai_ns=begin if form.from_utc is None else tai_ns_from_utc(form.from_utc),
        until_tai_ns=tai_ns_from_utc(form.until_utc),
        text=form.text,
    )


def reported(saying: Saying, told: Told, form: OutcomeForm) -> PostLaunchNotice:
    """Return what became of a launch that was told of."""
    return PostLaunchNotice(
        **_header(saying, told, 3),
        announced=told.at,
        outcome=form.outcome,
        launch_time_tai_ns=tai_ns_from_utc(form.launch_utc),
        direction_rad=None if form.direction_deg is None else radians(form.direction_deg),
        vehicle=_vehicle(told),
        areas=tuple(NoticeArea(role=area.role, corners=_corners(area)) for area in form.areas),
        text=form.text,
        source=form.source,
    )


def cancelled(saying: Saying, told: Told, form: CancellationForm) -> PostLaunchNotice:
    """Return that a launch which was told of will not be."""
    return PostLaunchNotice(
        **_header(saying, told, 4),
        announced=told.at,
        outcome="cancelled",
        launch_time_tai_ns=None,
        vehicle=_vehicle(told),
        text=form.text,
        source=form.source,
    )


def planned(form: NotificationForm) -> Launch:
    """Return the launch that a form is about, as the agreements see it; without a range, that between its areas."""
    return Launch(
        state=form.state,
        vehicle=form.vehicle,
        generic_class=form.generic_class,
        range_m=faults.range_m([_area(area) for area in form.areas]) if form.range_km is None else form.range_km * 1e3,
        apogee_m=None if form.apogee_km is None else form.apogee_km * 1e3,
        beyond=form.beyond,
        from_tai_ns=tai_ns_from_utc(form.from_utc),
        until_tai_ns=tai_ns_from_utc(form.until_utc),
    )


def weighed(
    said: Notification, form: NotificationForm, rules: Sequence[Rule], states: Sequence[str], told: Iterable[Told]
) -> Weighed:
    """Return a drafted notification under the agreements, and beside what was told before."""
    of = planned(form)
    return Weighed(owed(rules, of, states), (*faults.faults(said, of, rules, states), *_twice(said, told)))


def _twice(said: Notification, told: Iterable[Told]) -> Iterable[str]:
    """Yield that the same launch was told of before, and still stands."""
    for one in told:
        was = one.notification
        same = (was.state, was.occasion, was.vehicle, was.site) == (said.state, said.occasion, said.vehicle, said.site)
        begin, end = one.window_tai_ns
        if same and one.outcome is None and begin <= said.until_tai_ns and said.from_tai_ns <= end:
            yield f"{was.id} tells of a {was.vehicle} from the same site in an overlapping window already"


def _spacing(form: NotificationForm, rules: Sequence[Rule]) -> Spacing:
    """Return what several launches are called; ValueError where they need a notification each."""
    if form.launches == 1:
        return "single"
    if form.interval_min is None:
        raise ValueError("interval_min is missing: of several launches, the longest time between two")
    rule = next((rule for rule in rules if rule.near_simultaneous_under_ns is not None), None)
    word = "apart" if rule is None else spacing(rule, [round(form.interval_min * MINUTE_NS)])
    if word == "apart":
        raise ValueError(f"launches {form.interval_min:g} min apart are told of in a notification each")
    return word


def _header(saying: Saying, told: Told, format: Format) -> dict[str, Any]:
    """Return the header of what goes on from a notification: in its log, under the next identifier."""
    first = identifier.parse(told.notification.id)
    id = str(first.next(told.followed, format))
    return saying.header(LogId.parse(told.notification.log), NOTIFY) | {"id": id}


def _vehicle(told: Told) -> Literal["missile", "space launch", "sounding rocket", "unknown"]:
    vehicle = told.notification.vehicle
    return "unknown" if vehicle == "spacecraft" or vehicle == "other" else vehicle


def _area(form: AreaForm) -> NotifiedArea:
    return NotifiedArea(
        role=form.role,
        corners=_corners(form),
        radius_m=None if form.radius_km is None else form.radius_km * 1e3,
        name=form.name,
    )


def _corners(form: AreaForm) -> tuple[tuple[float, float], ...]:
    return tuple((radians(latitude), radians(longitude)) for latitude, longitude in form.corners_deg)
