"""Whoever the parties are called, and in whatever order they stand, all figures are the same, to the bit."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from jointwatch.studies.joint.chunk import Plan, chunk
from jointwatch.studies.joint.file import parse
from jointwatch.studies.joint.measures import rows
from jointwatch.studies.joint.worth import worth_rows
from tests.studies.joint.small import small

RADARS = ("gabala", "armavir", "lekhtusi", "fylingdales", "thule", "brdy", "pechora")
SIDES = ("one", "other")
owners = st.lists(st.sampled_from(SIDES), min_size=len(RADARS), max_size=len(RADARS))
assumed = st.sampled_from(["", 'rcs = "lower"', 'claims.brdy.detection = "thinned-array"'])


def text(order: tuple[str, ...], called: dict[str, str], owner: dict[str, str], assumes: dict[str, str]) -> str:
    """A study whose sections of the parties stand in an order, each under the name it is called by."""
    own = {side: [name for name in RADARS if owner[name] == side] for side in SIDES}
    parties = "".join(
        f"[parties.{called[side]}]\ntitle = 'x'\nradars = {[n for n in own[side] if n != 'brdy']}\n"
        f"builds = {[n for n in own[side] if n == 'brdy']}\n"
        for side in order
    )
    sets = "".join(f"[assumptions.{called[side]}]\ntitle = 'x'\n{assumes[side]}\n" for side in reversed(order))
    sections = f"""
{parties}
[architectures.none]
on = "2009-06"
[architectures.both-2007]
on = "2009-06"
proposed = true
[package]
on = "2009-06"
proposed = true
[package.elements]
gabala = ["gabala"]
brdy = ["brdy"]
{sets}
[assumptions.neutral]
title = "x"
"""
    return small(sections, count=10, seed=3, to=("europe-central",), vehicle="irbm-solid-3stage")


def told(study: str, called: dict[str, str]) -> dict[tuple[str, ...], str]:
    """Every figure by what it is of, the parties by who they are and not by their names."""
    plan = Plan(parse(study.encode(), where="symmetric"))
    chunks = [chunk(plan, number) for number in range(len(plan))]
    side = {name: who for who, name in called.items()}
    found = {}
    for row in (*rows(plan, chunks), *worth_rows(plan, chunks)):
        words = [side.get(v, v) for v in (getattr(row, name) for name in type(row).__slots__) if isinstance(v, str)]
        found[type(row).__name__, *words] = repr((row.value, row.low, row.high, row.flights))
    return found


@settings(max_examples=8, deadline=None)
@given(owners, assumed, assumed, st.sampled_from([("red", "blue"), ("a", "zulu"), ("together-2", "x")]))
def test_swapping_the_parties_names_and_their_order_changes_nothing_else(
    owner: list[str], first: str, second: str, names: tuple[str, str]
) -> None:
    whose, assumes = dict(zip(RADARS, owner, strict=True)), dict(zip(SIDES, (first, second), strict=True))
    called, swapped = dict(zip(SIDES, names, strict=True)), dict(zip(SIDES, reversed(names), strict=True))
    as_it_was = told(text(SIDES, called, whose, assumes), called)
    assert as_it_was
    assert told(text(SIDES[::-1], swapped, whose, assumes), swapped) == as_it_was
