"""A claim's answer in words: what it computes to, what the verdict is, and on what it rests."""

from __future__ import annotations

from jointwatch.catalogue.fact import Provenance
from jointwatch.studies.claims.assessed import Assessed
from jointwatch.studies.claims.claim import Said
from jointwatch.studies.claims.figure import shown

PLACES = ("launch_place", "destination")
"""Assumptions whose values are places."""


def words(said: Said) -> str:
    """Return what was said, in quotation marks where these are the words themselves."""
    return f"“{said.words}”" if said.quoted else said.words


def answer(held: Assessed) -> str:
    """Return the figure that decides, by default and over all cases.

    >>> from jointwatch.studies.claims.assessed import assess
    >>> answer(assess("gabala-faces-iran"))
    'share of the places that an array on duty faces: 100%'
    """
    figure = held.decisive
    ends = figure.shown_ends()
    return f"{figure.title}: {figure.shown()}" + (f" ({ends})" if ends else "")


def reason(held: Assessed) -> str:
    """Return what the verdict rests on: the assumptions that decide, or the share of the cases; one line."""
    verdict = held.verdict
    if verdict.outcome != "depends":
        count = len(held.cases)
        return f"in {'all ' if count > 1 else 'the '}{count} case{'s' if count > 1 else ''}"
    titles = ", ".join(held.cases.axis(name).title for name in verdict.depends_on)
    mostly = "mostly " if verdict.mostly else ""
    return f"{mostly}on {titles}"


def shares(held: Assessed) -> str:
    """Return in which share of the cases the claim holds, and whether by default."""
    verdict = held.verdict
    by_default = "as by default" if verdict.by_default else "not by default"
    return f"holds in {verdict.share:.0%} of {len(held.cases):,} cases, {by_default}"


def rarer(held: Assessed) -> str:
    """Return with which assumptions the rarer answer goes; empty where it goes with all of them."""
    verdict = held.verdict
    if not verdict.rarer:
        return ""
    parts = [f"{held.cases.axis(name).title}: {', '.join(labels)}" for name, labels in verdict.rarer.items()]
    return f"It {'fails' if verdict.share >= 0.5 else 'holds'} only with {'; '.join(parts)}."


def combinations(held: Assessed) -> list[tuple[str, str]]:
    """Return what the deciding assumptions lead to: choices of the last together where they agree."""
    together: dict[tuple[tuple[str, ...], bool], list[str]] = {}
    for labels, holds in held.verdict.combinations:
        together.setdefault((labels[:-1], holds), []).append(labels[-1])
    return [
        (" / ".join(filter(None, (*labels, ", ".join(last)))), "holds" if holds else "does not hold")
        for (labels, holds), last in together.items()
    ]


def marks(held: Assessed) -> list[str]:
    """Return the share of the cases that also pass each further bound."""
    told = []
    for mark in held.claim.marks:
        values = held.figure(mark.figure).values
        passed = (values >= mark.at_least) & (values <= mark.at_most)
        told.append(f"{mark.words}: in {float(passed.mean()):.0%} of the cases")
    return told


def compared(held: Assessed) -> list[tuple[str, str, str, str]]:
    """Return for each former number: figure, ours, theirs, and whether they agree with why."""
    told = []
    for each in held.claim.compared:
        figure = held.figure(each.figure)
        ours = figure.shown(held.case(each.choices))
        low, high = shown(each.figure, each.low), shown(each.figure, each.high)
        theirs = low if low == high else f"{low} to {high}"
        verdict = "agrees" if held.agrees(each) else "DIFFERS"
        told.append((figure.title, ours, f"{theirs}, {each.by}", f"{verdict}. {each.note}"))
    return told


def value(row: Provenance) -> str:
    """Return a value with its unit, as a reader wants it; of places, latitude and longitude."""
    unit = row.unit
    if row.parameter in PLACES or row.parameter.endswith("position_deg"):
        return row.shown.replace(" to ", ", ") + "°"
    return f"{row.shown}{unit}" if unit == "°" else f"{row.shown} {unit}".strip()
