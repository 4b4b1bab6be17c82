"""Everything a track says about its launch, in one bundle: where from, when, which way, where to, and what it is.

>>> from jointwatch.assessment.estimate import BoostPriors, assess
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jointwatch.assessment.classify import Verdict, classify, judge, range_m
from jointwatch.assessment.cutoff import cutoff
from jointwatch.assessment.ellipse import Ellipse
from jointwatch.assessment.impact_area import ImpactEstimate, impact_area, impact_or_reason
from jointwatch.assessment.launch_point import LaunchEstimate, launch_or_reason, launch_point
from jointwatch.assessment.priors import BoostPriors
from jointwatch.assessment.track_history import MIN_STATES, TrackHistory
from jointwatch.earth.arrays import Floats, Ints
from jointwatch.earth.states import Ecef
from jointwatch.flight import coast, orbit

__all__ = [
    "Assessment",
    "BoostPriors",
    "Ellipse",
    "ImpactEstimate",
    "LaunchEstimate",
    "Verdict",
    "assess",
    "classify",
    "impact_area",
    "launch_point",
]


@dataclass(frozen=True, slots=True)
class Assessment:
    """What one track said at one time; a note stands where an estimate does not, or says what it stands on."""

    as_of_tai_ns: int
    launch: LaunchEstimate | None
    launch_note: str
    impact: ImpactEstimate | None
    impact_note: str
    verdict: Verdict
    range_m: float | None  # launch to impact over the ground
    apogee_height_m: float | None  # of the free flight, once it is established


@dataclass(frozen=True, slots=True)
class _Known:
    """The part of a history up to a time."""

    time_tai_ns: Ints
    x: Floats
    P: Floats
    boost_probability: Floats


def assess(history: TrackHistory, priors: BoostPriors, as_of_tai_ns: int | None = None) -> Assessment:
    """Assessment of a track from its states up to a time (TAI ns; None: all of them)."""
    known = history if as_of_tai_ns is None else _until(history, as_of_tai_ns)
    launch, impact = launch_or_reason(known, priors), impact_or_reason(known, priors)
    last_tai_ns = int(known.time_tai_ns[-1]) if len(known.time_tai_ns) else 0
    return Assessment(
        as_of_tai_ns=last_tai_ns if as_of_tai_ns is None else as_of_tai_ns,
        launch=launch if isinstance(launch, LaunchEstimate) else None,
        launch_note=launch.basis if isinstance(launch, LaunchEstimate) else launch,
        impact=impact if isinstance(impact, ImpactEstimate) else None,
        impact_note="" if isinstance(impact, ImpactEstimate) else impact,
        verdict=judge(known, launch, impact),
        range_m=range_m(launch, impact),
        apogee_height_m=_apogee_height_m(known),
    )


def _until(history: TrackHistory, as_of_tai_ns: int) -> _Known:
    many = int(np.searchsorted(history.time_tai_ns, as_of_tai_ns, side="right"))
    return _Known(history.time_tai_ns[:many], history.x[:many], history.P[:many], history.boost_probability[:many])


def _apogee_height_m(history: TrackHistory) -> float | None:
    """Highest point of the free flight, metres above the ellipsoid; of the osculating orbit if over 90 min away."""
    if len(history.time_tai_ns) < MIN_STATES:
        return None
    end = cutoff(history)
    if not end.coast_established:
        return None
    row = end.best
    state = Ecef(history.x[row : row + 1])
    _, height = coast.apogee(state)
    highest = float(height[0] if np.isfinite(height[0]) else orbit.apogee_height_m(state)[0])
    return highest if np.isfinite(highest) else None  # it escapes
