"""What a notification lacks under the agreements, a sentence for each fault, and what is overdue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from jointwatch.assessment.notification.owed import Launch, Owed, Rule, owed
from jointwatch.assessment.notification.standing import Told
from jointwatch.assessment.range_class import NO_CLASS
from jointwatch.earth import geodesic
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.messages.notification import Notification, NotifiedArea

HOUR_NS = 3_600 * NS_PER_S
OF_OURS = " (an assumption: its text was not read)"


def launch(told: Notification) -> Launch:
    """Return the launch a notification tells of, with the range from its launch area to its impact area."""
    return Launch(
        state=told.state,
        vehicle=told.vehicle,
        generic_class=told.generic_class,
        range_m=range_m(told.areas),
        from_tai_ns=told.from_tai_ns,
        until_tai_ns=told.until_tai_ns,
    )


def faults(told: Notification, of: Launch, rules: Sequence[Rule], states: Sequence[str]) -> tuple[str, ...]:
    """Return what is wrong with a notification to these states, given when it says it was logged; none: nothing."""
    due = {one.rule.agreement: one for one in owed(rules, of, states)}
    missing = [one for one in due.values() if one.force == "obligation" and one.rule.agreement not in told.agreements]
    return (
        *(f"it is owed under {one.rule.title}, as {one.because}, and does not name it" for one in missing),
        *(_unfounded(name, rules) for name in told.agreements if name not in due),
        *(fault for one in due.values() if _meant(one, told) for fault in _against(one, told)),
    )


def overdue(told: Told, rules: Iterable[Rule], states: Sequence[str], now_tai_ns: int) -> str:
    """Return in a sentence that what became of a launch should have been told by now; empty where it need not yet."""
    if told.state(now_tai_ns) != "over":
        return ""
    said = told.notification
    begin, end = told.window_tai_ns
    of = replace(launch(said), from_tai_ns=begin, until_tai_ns=end)
    due = [one for one in owed(rules, of, states) if one.report_by_tai_ns is not None and _meant(one, said)]
    late = [one for one in due if one.report_by_tai_ns is not None and one.report_by_tai_ns < now_tai_ns]
    if not late:
        return ""
    rule = late[0].rule
    within_h = (rule.after_within_ns or 0) / HOUR_NS
    return (
        f"{said.id}: its window ended {(now_tai_ns - end) / HOUR_NS:.1f} h ago and {said.origin} has "
        f"not said what became of it; {rule.title} wants that within {within_h:g} h{_marked(rule, 'after_within_h')}"
    )


def _meant(due: Owed, told: Notification) -> bool:
    """Return whether a notification is to be held against a rule: it names it, or it is bound by it."""
    return due.rule.agreement in told.agreements or due.force == "obligation"


def _unfounded(name: str, rules: Sequence[Rule]) -> str:
    rule = next((one for one in rules if one.agreement == name), None)
    if rule is None:
        known = ", ".join(one.agreement for one in rules)
        return f"it names the agreement {name!r}, which is none of {known}"
    return f"it names {rule.title}, which does not have this launch told to any of those it goes to"


def _against(due: Owed, told: Notification) -> Iterator[str]:
    """Yield each fault of a notification under one rule."""
    rule, given = due.rule, told.logged_tai_ns
    if given > due.latest_tai_ns:
        wants = f"at least {rule.at_least_before_ns / HOUR_NS:g} h" if rule.at_least_before_ns else "it beforehand"
        before = f"{_when(told.from_tai_ns - given)}; {rule.title} wants {wants}"
        yield f"it is given {before}{_marked(rule, 'at_least_before_h')}"
    if due.earliest_tai_ns is not None and given < due.earliest_tai_ns:
        most = f"at most {(rule.at_most_before_ns or 0) / HOUR_NS:g} h"
        before = f"{_when(told.from_tai_ns - given)}; {rule.title} wants {most}"
        yield f"it is given {before}{_marked(rule, 'at_most_before_h')}"
    longest = rule.window_at_most_ns
    if longest is not None and told.until_tai_ns - told.from_tai_ns > longest:
        hours = (told.until_tai_ns - told.from_tai_ns) / HOUR_NS
        most = f"{rule.title} has at most {longest / HOUR_NS:g} h"
        yield f"its window is {hours:.1f} h long; {most}{_marked(rule, 'window_at_most_h')}"
    for field in rule.fields:
        if not _gives(told, field):
            yield f"it does not give the {field}, which {rule.title} asks for{_marked(rule, 'fields')}"


def _when(before_ns: int) -> str:
    hours = before_ns / HOUR_NS
    return f"{hours:.1f} h before its window begins" if hours >= 0 else f"{-hours:.1f} h after its window began"


def _marked(rule: Rule, key: str) -> str:
    return OF_OURS if key in rule.assumed else ""


def _gives(told: Notification, field: str) -> bool:
    """Return whether a notification gives what a rule asks for; an impact is asked of missiles only."""
    roles = {area.role for area in told.areas}
    if field == "class":
        return told.vehicle != "missile" or told.generic_class != NO_CLASS
    if field == "direction":
        return told.direction_rad is not None
    if field == "launch area":
        return "launch" in roles
    if told.vehicle != "missile":
        return True
    placed = any(area.role == "impact" and area.corners for area in told.areas)
    return placed if field == "impact coordinates" else "impact" in roles


def range_m(areas: Sequence[NotifiedArea]) -> float | None:
    """Return the longest way from a launch area's middle to an impact area's; None where one of them has no place."""
    starts, ends = (
        [geodesic.middle(*np.array(a.corners).T) for a in areas if a.role == role and a.corners]
        for role in ("launch", "impact")
    )
    if not (starts and ends):
        return None
    start, end = np.array(starts)[:, None, :], np.array(ends)[None, :, :]
    return float(geodesic.inverse(start[..., 0], start[..., 1], end[..., 0], end[..., 1])[0].max())
