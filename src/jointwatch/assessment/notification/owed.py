"""Which launch must be told of to whom, from when and until when, and under which agreement.

An agreement is a rule: values, all of them read from the catalogue, where each has its source.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from jointwatch.assessment.range_class import BOUNDS_M, CLASSES, NO_CLASS, range_class

Holds = Literal["yes", "no", "open"]
Spacing = Literal["single", "simultaneous", "near-simultaneous"]
_BOUNDS = dict(zip(CLASSES, zip((0.0, *BOUNDS_M), (*BOUNDS_M, float("inf")), strict=True), strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """An agreement as a rule. parties: states, two letters; none: all but those outside. covers: which launches.

    with_exceptions: those of them for which it is a norm only. range_over_m, apogee_over_m: of missiles, one is enough.
    at_least_before_ns: before the window begins. fields: what a notification gives. assumed: keys that nobody was seen
    to claim.
    """

    agreement: str
    title: str
    parties: tuple[str, ...]
    outside: tuple[str, ...]
    binding: str
    covers: tuple[str, ...]
    with_exceptions: tuple[str, ...]
    toward_the_other: bool
    range_over_m: float | None
    apogee_over_m: float | None
    at_least_before_ns: int
    at_most_before_ns: int | None
    window_at_most_ns: int | None
    after_within_ns: int | None
    simultaneous_under_ns: int | None
    near_simultaneous_under_ns: int | None
    fields: tuple[str, ...]
    assumed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """A launch as a rule sees it: planned, told of, or seen. state: whose it is.

    generic_class: ICBM, SLBM, ..., "-" not told. range_m, apogee_m: None where they are not known. beyond: the states
    in whose direction it leaves its own territory; None where nobody said.
    """

    state: str
    vehicle: str
    generic_class: str = NO_CLASS
    range_m: float | None = None
    apogee_m: float | None = None
    beyond: tuple[str, ...] | None = None
    from_tai_ns: int
    until_tai_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A notification that one state owes others. force: what the rule makes it; open: what is known does not decide it.

    earliest/latest: between which it is given; report_by: until when, after the window, what became of it is told;
    None: no such time. because: in words.
    """

    rule: Rule
    to: tuple[str, ...]
    force: Literal["obligation", "norm", "voluntary", "open"]
    earliest_tai_ns: int | None
    latest_tai_ns: int
    report_by_tai_ns: int | None
    because: str


def owed(rules: Iterable[Rule], launch: Launch, states: Sequence[str]) -> tuple[Owed, ...]:
    """Return what is owed of a launch to these states, a rule each; nothing where no rule covers it."""
    found = ((rule, _others(rule, launch.state, states)) for rule in rules)
    each = (_owed(rule, launch, to) for rule, to in found if to)
    return tuple(one for one in each if one is not None)


def spacing(rule: Rule, intervals_ns: Sequence[int]) -> Spacing | Literal["apart"]:
    """Return what a rule calls launches so far apart: single, simultaneous, near-simultaneous or "apart".

    Every interval between two that follow each other must be shorter than the rule's; a rule without one has no word.
    """
    longest = max(intervals_ns, default=None)
    if longest is None:
        return "single"
    if rule.simultaneous_under_ns is not None and longest < rule.simultaneous_under_ns:
        return "simultaneous"
    near = rule.near_simultaneous_under_ns
    return "near-simultaneous" if near is not None and longest < near else "apart"


def _others(rule: Rule, state: str, states: Sequence[str]) -> tuple[str, ...]:
    """Return which of these states a rule has the state tell; none where it is no party."""
    inside = set(rule.parties or {*states, state}) - set(rule.outside)
    return tuple(sorted(inside & set(states) - {state})) if state in inside else ()


def _owed(rule: Rule, launch: Launch, to: tuple[str, ...]) -> Owed | None:
    covered, because = _covered(rule, launch)
    if rule.toward_the_other and launch.beyond is not None:
        to = tuple(one for one in to if one in launch.beyond)
        because += f", beyond its own territory toward {', '.join(to)}"
    elif rule.toward_the_other and covered == "yes":
        covered, because = "open", f"{because}; whether it leaves the territory toward another party is not said"
    if covered == "no" or not to:
        return None
    before, after = rule.at_most_before_ns, rule.after_within_ns
    return Owed(
        rule=rule,
        to=to,
        force="open" if covered == "open" else _force(rule, launch),
        earliest_tai_ns=None if before is None else launch.from_tai_ns - before,
        latest_tai_ns=launch.from_tai_ns - rule.at_least_before_ns,
        report_by_tai_ns=None if after is None else launch.until_tai_ns + after,
        because=because,
    )


def _force(rule: Rule, launch: Launch) -> Literal["obligation", "norm", "voluntary"]:
    if rule.binding == "voluntary":
        return "voluntary"
    return "norm" if launch.vehicle in rule.with_exceptions else "obligation"


def _covered(rule: Rule, launch: Launch) -> tuple[Holds, str]:
    """Return whether a rule covers a launch, and why, as the rest of a sentence."""
    if launch.vehicle != "missile":
        return ("yes" if launch.vehicle in rule.covers else "no"), f"it is a {launch.vehicle}"
    if "missile" not in rule.covers:
        return _of_class(rule, launch)
    if rule.range_over_m is None and rule.apogee_over_m is None:
        return "yes", "it is a missile"
    return _over(rule, launch)


def _of_class(rule: Rule, launch: Launch) -> tuple[Holds, str]:
    told = launch.generic_class if launch.generic_class != NO_CLASS else range_class(launch.range_m)
    if told == NO_CLASS:
        return "open", f"it is a missile, and neither class nor range says whether it is of {' or '.join(rule.covers)}"
    if told in rule.covers:
        return "yes", f"it is of the class {told}"
    return "no", f"it is of the class {told}"


def _over(rule: Rule, launch: Launch) -> tuple[Holds, str]:
    """Return whether a missile passes one of a rule's thresholds; a class stands for a range where none is known."""
    low, high = _range_m(launch)
    if rule.range_over_m is not None and low > rule.range_over_m:
        return "yes", f"its range is over {rule.range_over_m / 1e3:,.0f} km"
    apogee = launch.apogee_m
    if rule.apogee_over_m is not None and apogee is not None and apogee > rule.apogee_over_m:
        return "yes", f"it rises over {rule.apogee_over_m / 1e3:,.0f} km"
    if rule.range_over_m is not None and high > rule.range_over_m:
        return "open", f"whether its range is over {rule.range_over_m / 1e3:,.0f} km is not known"
    if rule.apogee_over_m is not None and apogee is None:
        return "open", f"whether it rises over {rule.apogee_over_m / 1e3:,.0f} km is not known"
    return "no", "it passes no threshold"


def _range_m(launch: Launch) -> tuple[float, float]:
    """Return between which ranges a missile's lies, metres."""
    if launch.range_m is not None:
        return launch.range_m, launch.range_m
    return _BOUNDS.get(launch.generic_class, (0.0, float("inf")))
