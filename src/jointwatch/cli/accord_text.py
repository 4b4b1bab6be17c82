"""How an accord stands, as lines for people."""

from __future__ import annotations

from collections.abc import Iterator

from jointwatch.centre.accord.papers import InForce, Paper, Signature, Standing, place
from jointwatch.earth.timescale import utc_from_tai_ns
from jointwatch.messages.accord import Rules, Thresholds

ENDED = 8
"""Papers at their end that are shown; all are in the logs."""
_NONE = "No rules are in force; `jointwatch centre propose DIR --with PARTNER` proposes the first."


def lines(standing: Standing, centre: str) -> Iterator[str]:
    """Yield what is in force, what is open, what came to its end, and what does not count."""
    found = standing.in_force(centre)
    for one in found:
        yield from _in_force(one)
    yield from [] if found else [_NONE]
    for paper in standing.open:
        yield ""
        yield from _paper(paper)
    ended = sorted((p for p in standing.papers if p.state != "open"), key=lambda paper: paper.proposal.logged_tai_ns)
    for paper in ended[-ENDED:]:
        yield ""
        yield from _paper(paper)
    marks = [waiting.sentence for waiting in standing.waiting] + [void.sentence for void in standing.void]
    yield from ["", *marks] if marks else []


def name(paper: Paper) -> str:
    """Return what a paper is called in commands, such as moscow=3."""
    return f"{paper.proposer}={paper.entry.index}"


def _in_force(one: InForce) -> Iterator[str]:
    at = utc_from_tai_ns(one.since_tai_ns, digits=0)
    yield f"Rules {one.rules.number} are in force since {place(one.since)}, {at}, signed by {', '.join(_signers(one))}."
    yield from _rules(one.rules)


def _signers(one: InForce) -> list[str]:
    return sorted({entry.log.split("/")[0] for entry in one.signed})


def _rules(rules: Rules) -> Iterator[str]:
    yield f"  members: {', '.join(rules.names)}"
    if rules.sensors:
        yield "  sensors: " + ", ".join(f"{one.sensor} ({one.centre})" for one in rules.sensors)
    yield from (f"  {release.centre} releases at least: {release.rule.in_words()}" for release in rules.releases)
    yield from (f"  {line}" for line in thresholds(rules.thresholds))


def thresholds(agreed: Thresholds) -> Iterator[str]:
    """Yield each figure that is agreed, as a line."""
    if agreed.notify_range_m is not None:
        yield f"a launch is notified from a range of {agreed.notify_range_m / 1e3:g} km on"
    if agreed.notify_apogee_m is not None:
        yield f"a launch is notified from an apogee of {agreed.notify_apogee_m / 1e3:g} km on"
    if agreed.notify_before_s is not None:
        yield f"a launch is notified {agreed.notify_before_s / 3600:g} h before"
    if agreed.report_within_s is not None:
        yield f"a launch is reported within {agreed.report_within_s:g} s of being seen"
    if agreed.reply_within_s is not None:
        yield f"a query is replied to within {agreed.reply_within_s:g} s"


def _paper(paper: Paper) -> Iterator[str]:
    said = paper.proposal
    what = f"rules {said.rules.number}" if said.rules else "statement"
    title = f' "{said.statement.title}"' if said.statement else ""
    amends = f", in place of {place(said.amends)}" if said.amends else ""
    yield f"{name(paper)}: {what}{title} proposed by {paper.proposer}{amends}; {_state(paper)}"
    if said.reason:
        yield f"  why: {said.reason}"
    if said.rules is not None:
        yield from _rules(said.rules)
    for number, point in enumerate(said.statement.points if said.statement else (), 1):
        yield f"  {number}. {point}"
    yield from (f"  {line}" for one in paper.signatures for line in _signature(one, "signed"))
    yield from (f"  {line}" for one in paper.objections for line in _signature(one, "did not sign"))


def _state(paper: Paper) -> str:
    if paper.state == "open":
        return f"waits for {' and '.join(paper.waits_for)}" if paper.waits_for else "signed by all, to be concluded"
    return f"{paper.state} by {place(paper.ended)}" if paper.ended else paper.state


def _signature(one: Signature, did: str) -> Iterator[str]:
    yield f"{one.centre} {did} at entry {one.entry.index}" + (f": {one.text}" if one.text else "")
    yield from (f"  dissents from {dissent.point}: {dissent.text}" for dissent in one.dissents)
