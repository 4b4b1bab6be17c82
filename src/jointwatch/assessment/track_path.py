"""The path a track believes in, so that what could be known may be asked where nobody knows the truth."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from jointwatch.assessment.cutoff import Cutoff, cutoff
from jointwatch.assessment.fisher import Path
from jointwatch.assessment.knowable import Knowable, knowable
from jointwatch.assessment.priors import BoostPriors
from jointwatch.assessment.track_history import MIN_STATES, TrackHistory
from jointwatch.earth.arrays import Floats
from jointwatch.earth.states import Ecef
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.flight import coast
from jointwatch.tracking.bound import Looks


def knowable_of(
    history: TrackHistory, looks: Sequence[Looks], at_s: Floats, priors: BoostPriors
) -> tuple[Knowable, ...]:
    """What could be known at times (m,) from the looks made until then, about the path that a track believes in.

    Times, those of the looks too, are in seconds after the track's first estimate. The looks are those that gave it its
    plots. Empty for a track that is too young to have a path.
    """
    if len(history.time_tai_ns) < MIN_STATES:
        return ()
    end, time_s = cutoff(history), seconds_of(history)
    if not end.coast_established:
        burnout_s = float(time_s[-1])
    elif end.time_tai_ns is None:
        burnout_s = -np.inf
    else:
        burnout_s = (end.time_tai_ns - int(history.time_tai_ns[0])) / NS_PER_S
    return knowable(path_of(history, end, burnout_s), looks, at_s, priors, burnout_s=burnout_s)


def path_of(history: TrackHistory, end: Cutoff, burnout_s: float) -> Path:
    """States at times in seconds after a track's first estimate: of its free flight, before that between estimates."""
    time_s = seconds_of(history)

    def path(times: Floats) -> Ecef:
        states = np.stack([np.interp(times, time_s, column) for column in history.x.T], axis=-1)
        free = times >= burnout_s
        if end.coast_established and free.any():
            best = np.repeat(history.x[end.best : end.best + 1], np.count_nonzero(free), axis=0)
            states[free] = coast.propagate_arrays(best, times[free] - time_s[end.best])
        return Ecef(states)

    return path


def seconds_of(history: TrackHistory) -> Floats:
    """Times (k,) of a track's estimates, seconds after the first."""
    return np.asarray((history.time_tai_ns - history.time_tai_ns[0]) / NS_PER_S)
