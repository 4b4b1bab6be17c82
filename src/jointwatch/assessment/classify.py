"""Space launch or missile? Judged from the track alone, and only once the end of boost was seen.

With free flight established the answer is the probability that its perigee lies above the air (`perigee`). While the
object still burns, or where it left every field of regard burning, the verdict is "undecided" with its reason, and
p_space says only what an unknown remaining burn leaves open (`remaining_burn`).

"Missile" means: it comes down within its first turn. A failed space launch or a sounding rocket does too, and no track
can tell them apart; notices can.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from jointwatch.assessment.cutoff import Cutoff, cutoff
from jointwatch.assessment.ground_track import ground_track
from jointwatch.assessment.impact_area import ImpactEstimate, impact_or_reason
from jointwatch.assessment.launch_point import LaunchEstimate, launch_or_reason
from jointwatch.assessment.perigee import perigee_range_km, probability_above
from jointwatch.assessment.priors import BoostPriors
from jointwatch.assessment.range_class import NO_CLASS, range_class
from jointwatch.assessment.remaining_burn import probability_of_orbit
from jointwatch.assessment.track_history import MIN_STATES, TrackHistory, seconds_between
from jointwatch.earth import geodesic
from jointwatch.earth.timescale import utc_from_tai_ns

VerdictName = Literal["space launch", "missile", "undecided"]
DECIDED = 0.95
NOTHING_KNOWN = 0.5
DEEP_KM = -100.0  # perigees deeper than this are told as a path into the ground, not as heights


@dataclass(frozen=True, slots=True)
class Verdict:
    """Space launch, missile or undecided, with the probability of a space launch, the reason, and the range class."""

    p_space: float
    verdict: VerdictName
    reason: str
    range_class: str  # SRBM | MRBM | IRBM | ICBM | -


def classify(history: TrackHistory, priors: BoostPriors) -> Verdict:
    """Verdict on a track, with its probability and its reason as one sentence."""
    return judge(history, launch_or_reason(history, priors), impact_or_reason(history, priors))


def judge(history: TrackHistory, launch: LaunchEstimate | str, impact: ImpactEstimate | str) -> Verdict:
    """Verdict on a track whose launch and impact have been estimated."""
    if len(history.time_tai_ns) < MIN_STATES:
        reason = f"not yet: the track has {len(history.time_tai_ns)} states, a verdict wants {MIN_STATES}"
        return Verdict(NOTHING_KNOWN, "undecided", reason, NO_CLASS)
    end = cutoff(history)
    if end.coast_established:
        return _by_perigee(history, end, range_class(range_m(launch, impact)))
    if end.ascent_seen:
        return _still_burning(history, end, launch)
    return Verdict(
        NOTHING_KNOWN, "undecided", "not yet: neither powered ascent nor free flight is established", NO_CLASS
    )


def range_m(launch: LaunchEstimate | str, impact: ImpactEstimate | str) -> float | None:
    """Metres over the ground from launch to impact, or None where one of them is not known."""
    if isinstance(launch, str) or isinstance(impact, str):
        return None
    distance, _, _ = geodesic.inverse(
        launch.latitude_rad, launch.longitude_rad, impact.latitude_rad, impact.longitude_rad
    )
    return float(distance)


def _by_perigee(history: TrackHistory, end: Cutoff, class_name: str) -> Verdict:
    """Verdict on an object in free flight."""
    row = end.best
    p = probability_above(history.x[row], history.P[row])
    low, high = perigee_range_km(history.x[row], history.P[row])
    since = "first seen coasting" if end.time_tai_ns is None else f"cut-off seen by {_clock(end.time_tai_ns)}"
    perigee = f"perigee between {low:,.0f} and {high:,.0f} km (2 sigma)"
    if high < DEEP_KM:
        perigee = f"its free path would pass {-high:,.0f} km below the ground"
    if p > DECIDED:
        return Verdict(p, "space launch", f"{since}; {perigee}: it stays above the air", NO_CLASS)
    if p < 1.0 - DECIDED:
        return Verdict(p, "missile", f"{since}; {perigee}: it comes down within its first turn", class_name)
    return Verdict(p, "undecided", f"{since}; {perigee}: the plots so far do not tell an orbit from a fall", NO_CLASS)


def _still_burning(history: TrackHistory, end: Cutoff, launch: LaunchEstimate | str) -> Verdict:
    """Verdict on an object whose end of boost was not seen: undecided, with what is open as the probability."""
    last = int(np.flatnonzero(end.boosting)[-1])
    time = int(history.time_tai_ns[last])
    height = float(ground_track(history.x[last : last + 1]).height_m[0])
    speed = float(np.linalg.norm(history.x[last, 3:]))
    reason = f"last seen still accelerating at {height / 1e3:.0f} km and {speed / 1e3:.1f} km/s, {_clock(time)}; "
    after = len(history.time_tai_ns) - 1 - last
    reason += "cut-off was not seen" if not after else f"{after} plots since do not establish free flight"
    p = None
    if isinstance(launch, LaunchEstimate):
        p = probability_of_orbit(history, end, max(seconds_between(time, launch.time_tai_ns), 1.0))
    return Verdict(NOTHING_KNOWN if p is None else p, "undecided", reason, NO_CLASS)


def _clock(time_tai_ns: int) -> str:
    """Time of day in UTC, to the second, such as 18:34:05Z."""
    return utc_from_tai_ns(time_tai_ns)[11:]
