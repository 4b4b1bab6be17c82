"""What one run answers to a public claim that it touches: a verdict, what the run shows, what it cannot show.

A claim puts one of four questions to a run. `first-detection`: is a flight seen, and early only? `track-share`: is it
followed from beginning to end? `notified`: does the other centre hear of it? `decided`: do the tracks tell a space
launch from a missile? The answer is made of numbers of this run; one flight proves no general statement.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from jointwatch.earth.arrays import Ints
from jointwatch.earth.ellipsoid import geodetic_from_ecef
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.messages.picture import RunView
from jointwatch.sensors.measurement import predict
from jointwatch.sensors.radar import NEVER_TAI_NS
from jointwatch.studies.architecture import Deployed
from jointwatch.studies.course import positions_at
from jointwatch.studies.scenario import Claim
from jointwatch.studies.score import EstimateScore, ObjectScore, Score
from jointwatch.studies.sightings import Sighting

HOLDS, PARTLY, FAILS, OPEN = "holds here", "partly", "does not hold here", "not decided here"
HELD_WITHIN_S = 15.0  # two plots no further apart leave no gap: three looks of the radars of this catalogue
WHOLE = 0.995  # of a flight
DECIDED = 0.95  # probability from which the track alone decides, as the assessment has it


@dataclass(frozen=True)
class Answer:
    """Verdict and sentences for one claim."""

    verdict: str
    shows: str
    limit: str


def answer(claim: Claim, score: Score, run: RunView, deployed: Sequence[Deployed]) -> Answer:
    """Return what a run answers to a claim."""
    if not score.objects:
        return Answer(OPEN, "The run ended before anything was launched.", "Everything the claim is about.")
    found = [_of_object(claim, item, score, run, deployed) for item in score.objects]
    many = len(found) > 1
    lines = [
        f"{item.flown.flight.id}: {shows}" if many else shows
        for item, (_, shows) in zip(score.objects, found, strict=True)
    ]
    return Answer(_together([verdict for verdict, _ in found]), " ".join(lines), _limit(score, run))


def _of_object(
    claim: Claim, item: ObjectScore, score: Score, run: RunView, deployed: Sequence[Deployed]
) -> tuple[str, str]:
    if claim.question == "first-detection":
        return first_detection(item, _named_in(claim.words, item.sightings, run), run, deployed)
    if claim.question == "track-share":
        return track_share(item, score.until_tai_ns)
    return notified(item, run) if claim.question == "notified" else decided(item, run)


def _together(verdicts: Sequence[str]) -> str:
    return verdicts[0] if len(set(verdicts)) == 1 else PARTLY


# -- first-detection -------------------------------------------------------------------------------------------------


def first_detection(
    item: ObjectScore, sightings: Sequence[Sighting], run: RunView, deployed: Sequence[Deployed]
) -> tuple[str, str]:
    """Return whether a flight is seen early and early only: not at all, in its first half, or beyond."""
    earliest = sorted(sightings, key=lambda s: int(s.plot_tai_ns[0]) if len(s.plot_tai_ns) else NEVER_TAI_NS)
    lines = [_seen(item, each, run, deployed) for each in earliest]
    last = max((int(each.plot_tai_ns[-1]) for each in sightings if len(each.plot_tai_ns)), default=None)
    if last is None:
        return FAILS, " ".join(lines)
    end = item.course.impact_tai_ns
    beyond = end is not None and last > (item.course.launch_tai_ns + end) // 2
    return (PARTLY if beyond else HOLDS), " ".join(lines)


def _named_in(words: str, sightings: Sequence[Sighting], run: RunView) -> Sequence[Sighting]:
    """Return the sightings of the radars that a claim names; of all where it names none."""
    named = [each for each in sightings if each.radar in words.lower()]
    return named or sightings


def _seen(item: ObjectScore, each: Sighting, run: RunView, deployed: Sequence[Deployed]) -> str:
    name = _radar_name(run, each.radar)
    if not len(each.plot_tai_ns):
        return f"{name} saw nothing. {each.why}".strip()
    first, last = int(each.plot_tai_ns[0]), int(each.plot_tai_ns[-1])
    site = next(d.radar.site for d in deployed if d.radar.name == each.radar)
    where = positions_at(item.flown, [first])
    height_km = float(geodetic_from_ecef(where[0])[2]) / 1e3
    range_km = float(predict(site, where)[0, 0]) / 1e3
    return (
        f"{name} measured it first {_since(item, first)}, {_beside_cut_off(item, first)}, {height_km:.0f} km up and "
        f"{range_km:,.0f} km away, and last {_since(item, last)}{_share_of_free_flight(item, each)}."
    )


def _beside_cut_off(item: ObjectScore, tai_ns: int) -> str:
    seconds = (tai_ns - item.course.burnout_tai_ns) / NS_PER_S
    return f"{abs(seconds):.0f} s {'before' if seconds < 0 else 'after'} cut-off"


def _share_of_free_flight(item: ObjectScore, each: Sighting) -> str:
    start, end = item.course.burnout_tai_ns, item.course.impact_tai_ns
    if end is None:
        return ""
    return f", in all {_share(each.plot_tai_ns, start, end):.0%} of the time from cut-off to impact"


# -- track-share -----------------------------------------------------------------------------------------------------


def track_share(item: ObjectScore, until_tai_ns: int) -> tuple[str, str]:
    """Return how much of a flight was followed: from launch to impact, or of the ascent where it goes into orbit."""
    launch, impact = item.course.launch_tai_ns, item.course.impact_tai_ns
    end = impact or item.course.burnout_tai_ns
    plots = _all_plots(item)
    if until_tai_ns < end:
        return OPEN, f"The run ended {_since(item, until_tai_ns)}, before the {'flight' if impact else 'ascent'} did."
    whole = f"{(end - launch) / NS_PER_S:,.0f} s {'of flight' if impact else 'of powered ascent'}"
    if not len(plots):
        return FAILS, f"No radar measured it in {whole}."
    share, burn = _share(plots, launch, end), _share(plots, launch, item.course.burnout_tai_ns)
    text = (
        f"It was measured from {_after(item, int(plots[0]))} to {_after(item, int(plots[-1]))}: {share:.0%} of the "
        f"{whole}, and {burn:.0%} of the burn. Unseen were the first {(plots[0] - launch) / NS_PER_S:,.0f} s"
    )
    rest_s = (end - int(plots[-1])) / NS_PER_S
    text += f" and the last {rest_s:,.0f} s." if rest_s > HELD_WITHIN_S else "."
    return (HOLDS if share >= WHOLE else PARTLY), text


def _share(plots_tai_ns: Ints, start_tai_ns: int, end_tai_ns: int) -> float:
    """Return the share of a span that lies between plots close enough together to leave no gap."""
    inside = np.clip(np.sort(plots_tai_ns), start_tai_ns, end_tai_ns)
    steps = np.diff(inside) / NS_PER_S
    return float(steps[steps <= HELD_WITHIN_S].sum()) / ((end_tai_ns - start_tai_ns) / NS_PER_S)


def _all_plots(item: ObjectScore) -> Ints:
    return np.sort(np.concatenate([np.zeros(0, dtype=np.int64), *(each.plot_tai_ns for each in item.sightings)]))


# -- notified --------------------------------------------------------------------------------------------------------


def notified(item: ObjectScore, run: RunView) -> tuple[str, str]:
    """Return whether every centre had another's launch report, and when."""
    lines, heard = [], 0
    for each in item.knowledge:
        name = _centre_name(run, each.centre)
        if each.partner_report is None:
            lines.append(f"No launch report of another centre reached {name}.")
            continue
        heard += 1
        lines.append(f"{name} had verified the other's launch report {_since(item, each.partner_report)}.")
    verdict = HOLDS if heard and heard == len(item.knowledge) else PARTLY if heard else FAILS
    return verdict, " ".join(lines)


# -- decided ---------------------------------------------------------------------------------------------------------


def decided(item: ObjectScore, run: RunView) -> tuple[str, str]:
    """Return whether the tracks told what it was: rightly by themselves, with help, or not."""
    if not item.estimates:
        return FAILS, "No centre held a track of it, so nothing was decided."
    truth = "space launch" if item.flown.kind == "space" else "missile"
    last = item.estimates[-1]
    text = (
        f"In truth it was a {truth}; {_whose(run, last)} ends with “{last.track.verdict}”{_when_decided(item, last)}."
    )
    if all(_by_the_track_alone(each) == truth for each in item.estimates):
        return HOLDS, f"{text} The track alone decides it: probability of a space launch {last.track.p_space:.2f}."
    text += f" The track alone leaves the probability of a space launch at {last.track.p_space:.2f}"
    if last.track.verdict == truth:
        return PARTLY, f"{text}; what decided it: {last.track.reason}."
    return FAILS, f"{text}: {last.track.reason}."


def _by_the_track_alone(each: EstimateScore) -> str:
    p = each.track.p_space
    alone = "space launch" if p > DECIDED else "missile" if p < 1.0 - DECIDED else "undecided"
    return alone if alone == each.track.verdict else "undecided"


def _when_decided(item: ObjectScore, last: EstimateScore) -> str:
    if last.track.verdict == "undecided":
        return ""
    views = next(each.views for each in item.followed if each.perspective == last.perspective)
    first = next(time for time, track in views if track.verdict == last.track.verdict)
    return f", first said {_since(item, first)}"


def _whose(run: RunView, each: EstimateScore) -> str:
    return "the joint picture" if each.perspective == "joint" else _centre_name(run, each.perspective)


# -- words -----------------------------------------------------------------------------------------------------------


def _limit(score: Score, run: RunView) -> str:
    flights = score.objects
    bearings = ", ".join(f"{item.flown.flight.azimuth_deg:.0f}°" for item in flights)
    many = "One flight on one bearing" if len(flights) == 1 else f"{len(flights)} flights on bearings"
    lines = [f"{many} ({bearings}), played once; other places, bearings, heights and classes may come out otherwise."]
    if run.counterfactual:
        lines.append("The arrangement shown was proposed and never made.")
    return " ".join(lines)


def _since(item: ObjectScore, tai_ns: int) -> str:
    return f"{item.course.since_launch_s(tai_ns):,.0f} s after launch"


def _after(item: ObjectScore, tai_ns: int) -> str:
    return f"T+{item.course.since_launch_s(tai_ns):.0f} s"


def _radar_name(run: RunView, radar: str) -> str:
    return next((view.name for view in run.radars if view.id == radar), radar)


def _centre_name(run: RunView, centre: str) -> str:
    return next((view.name for view in run.centres if view.id == centre), centre)
