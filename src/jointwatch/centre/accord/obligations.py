"""A centre's own release policy against the rules in force: what it promised to let go, and would not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import pi

from jointwatch.messages.accord import Rules
from jointwatch.messages.release_policy import Region, ReleaseRule

FULLNESS = ("five items", "source masked", "whole")


def falls_short(centre: str, policy: Iterable[ReleaseRule], rules: Rules) -> tuple[str, ...]:
    """Return where a policy of `centre` gives less than the rules promise, a sentence each; none: it keeps them."""
    own = {(rule.audience, rule.klass): rule for rule in policy}
    promised = (release.rule for release in rules.releases if release.centre == centre)
    return tuple(
        f"rules {rules.number} promise {rule.in_words()!r}; the policy {why}"
        for rule in promised
        for why in _less(own.get((rule.audience, rule.klass)), rule)
    )


def covers(outer: Region | None, inner: Region | None) -> bool:
    """Return whether all of the inner region lies in the outer; None is the whole ground.

    >>> covers(Region(south_rad=-1.0, north_rad=1.0, west_rad=3.0, east_rad=-3.0), None)
    False
    """
    if outer is None or inner is None:
        return outer is None
    if not (outer.south_rad <= inner.south_rad and inner.north_rad <= outer.north_rad):
        return False
    width = _width(outer)
    if width >= 2 * pi:
        return True
    begins = (inner.west_rad - outer.west_rad) % (2 * pi)
    return begins + _width(inner) <= width + 1e-12


def _less(own: ReleaseRule | None, promised: ReleaseRule) -> Iterator[str]:
    if own is None:
        yield "withholds it"
        return
    if FULLNESS.index(own.form) < FULLNESS.index(promised.form):
        yield f"gives {own.form} only"
    if own.every_ns > promised.every_ns:
        yield f"thins it to one in {own.every_ns / 1e9:g} s"
    if own.delay_ns > promised.delay_ns:
        yield f"holds it back {own.delay_ns / 1e9:g} s"
    if not covers(own.region, promised.region):
        yield "keeps to a region that is smaller"


def _width(region: Region) -> float:
    """Return the angle from the western meridian eastward to the eastern one, from 0 up to and with a whole turn."""
    width = region.east_rad - region.west_rad
    return width if width >= 0 else width + 2 * pi
