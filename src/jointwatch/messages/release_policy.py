"""Release policy: to whom a centre releases what, in which form, how late, how seldom, and of which part of the world.

What no rule lets go is withheld. A policy is an entry of the centre's own internal log; each one after the first is
signed by two officers of release, and names the entry it replaces.
"""

from __future__ import annotations

from math import pi
from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

from jointwatch.messages.header import Header
from jointwatch.messages.quantities import Hash, Latitude, Longitude, Sentence, Word

Class: TypeAlias = Literal["notify", "assess", "track", "plot"]
Form: TypeAlias = Literal["whole", "source masked", "five items"]
_DAY_NS = 86_400 * 1_000_000_000
Span = Annotated[int, Meta(ge=0, le=366 * _DAY_NS, description="nanoseconds, at most a leap year")]


class Region(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """A part of the ground between two parallels, from a western meridian eastward to an eastern one.

    Where west lies east of east, the region spans the meridian of 180 degrees. -pi and pi are the same meridian.
    """

    south_rad: Latitude
    north_rad: Latitude
    west_rad: Longitude
    east_rad: Longitude

    def __post_init__(self) -> None:
        if self.south_rad > self.north_rad:
            raise ValueError("the region's southern edge lies north of its northern one")

    def holds(self, latitude_rad: float, longitude_rad: float) -> bool:
        """Return whether a place, longitude within -pi to pi, lies in the region or on its edge."""
        if not self.south_rad <= latitude_rad <= self.north_rad:
            return False
        same = (longitude_rad, -longitude_rad) if abs(longitude_rad) == pi else (longitude_rad,)
        if self.west_rad <= self.east_rad:
            return any(self.west_rad <= each <= self.east_rad for each in same)
        return any(each >= self.west_rad or each <= self.east_rad for each in same)


class ReleaseRule(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """What goes to one audience in one class: reports or notices (notify), findings (assess), tracklets, plots.

    audience: common for notices and findings, which all may read; a partner for the rest. form: five items (of reports
    only): time, place and direction of the launch, time and place of the impact, nothing else. every_ns: of one sensor
    or object at most one message in this time. delay_ns: nothing leaves before it is so old. region: every place of an
    object lies in it; of plots, those leave that do.
    """

    audience: Word
    klass: Class
    form: Form
    every_ns: Span = 0
    delay_ns: Span = 0
    region: Region | None = None

    def __post_init__(self) -> None:
        if self.form == "five items" and self.klass != "notify":
            raise ValueError(f'"five items" is a form of reports; the class is {self.klass!r}, theirs is "notify"')

        if self.audience == "common":
            self._check_common()
        elif self.klass == "assess":
            raise ValueError("findings are for all; the audience of their rule is common")

    def _check_common(self) -> None:
        if self.klass not in ("notify", "assess"):
            raise ValueError(f"the class {self.klass!r} goes to partners; to all go notices and findings")
        if self.klass == "notify" and self.form != "whole":
            raise ValueError("a notice is passed on whole or not at all")
        if self.every_ns or (self.klass == "assess" and self.delay_ns):
            raise ValueError("notices and findings are not thinned, and findings not delayed")

    def in_words(self) -> str:
        """Return the rule as one line, as records of release cite it."""
        words = [f"{self.audience} {self.klass}: {self.form}"]
        words += [f"one in {self.every_ns / 1e9:g} s"] if self.every_ns else []
        words += [f"{self.delay_ns / 1e9:g} s late"] if self.delay_ns else []
        words += ["within a region"] if self.region else []
        return ", ".join(words)


class ReleasePolicy(Header, kw_only=True, frozen=True, forbid_unknown_fields=True, tag="release_policy"):
    """The `number`-th policy of the origin, in force from this entry on. replaces: the leaf hash of the one before.

    rules: at most one for each audience and class; without one, nothing of that class goes to that audience.
    """

    number: Annotated[int, Meta(ge=1, le=2**31)]
    replaces: Hash | None = None
    rules: Annotated[tuple[ReleaseRule, ...], Meta(max_length=256)]
    reason: Sentence

    def __post_init__(self) -> None:
        if (self.number == 1) != (self.replaces is None):
            raise ValueError("the first policy replaces none, and each later one names the entry it replaces")
        if self.log != f"{self.origin}/{self.origin}/record":
            raise ValueError(f"a release policy stands in the origin's own record, not in {self.log}")
        pairs = [(rule.audience, rule.klass) for rule in self.rules]
        if len(set(pairs)) != len(pairs):
            raise ValueError("two rules are for one audience and class")
        if any(rule.audience == self.origin for rule in self.rules):
            raise ValueError("a rule is for a partner or for common; nothing is released to oneself")

    def rule(self, audience: str, klass: str) -> ReleaseRule | None:
        """Return the rule for an audience and class; none: it is withheld."""
        return next((rule for rule in self.rules if (rule.audience, rule.klass) == (audience, klass)), None)
