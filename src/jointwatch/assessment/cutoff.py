"""Was the end of boost seen? The answer, its time, and which states of a track burn and which coast."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jointwatch.assessment.track_history import MIN_STATES, TrackHistory, seconds_between
from jointwatch.earth.arrays import Bools

# A filter that starts without knowing reports about one half; a run this long above it is an ascent that was seen.
MIN_BOOSTING = 2
COASTING_FOR_SURE = 0.2  # the last boost probability of an object that is taken to coast


@dataclass(frozen=True, slots=True)
class Cutoff:
    """What a track says about the end of boost; `time_tai_ns` is None where it was not seen."""

    boosting: Bools  # (k,) the states of the ascent under power
    coasting: Bools  # (k,) the states of free flight; none unless it is established
    time_tai_ns: int | None
    sigma_s: float

    @property
    def coast_established(self) -> bool:
        """Whether free flight is beyond doubt."""
        return bool(self.coasting.any())

    @property
    def ascent_seen(self) -> bool:
        """Whether some of the powered ascent was seen."""
        return bool(self.boosting.any())


def cutoff(history: TrackHistory) -> Cutoff:
    """End of boost in a track, from its boost probabilities.

    Boost lasts to the end of the last run of at least two states more likely boosting than not; free flight is
    established by at least three states after it, the last of them below 0.2. The time of cut-off is that of the
    last boosting state with one scan as sigma: a filter needs a scan or two to notice, so it may be earlier, and the
    engine may have burned on until the next plot, so it may be later.
    """
    climbing = np.einsum("ki,ki->k", history.x[:, :3], history.x[:, 3:]) > 0.0  # a fall slowed by air is no boost
    likely = (np.asarray(history.boost_probability) > 0.5) & climbing
    last = _end_of_last_run(likely)
    boosting = _ascent(likely, last)
    after = np.arange(likely.size) > last
    coasting = after & ~likely
    established = coasting.sum() >= MIN_STATES and history.boost_probability[-1] < COASTING_FOR_SURE
    if not established:
        return Cutoff(boosting, np.zeros_like(likely), None, 0.0)
    if last < 0:
        return Cutoff(boosting, coasting, None, 0.0)
    times = history.time_tai_ns
    return Cutoff(boosting, coasting, int(times[last]), seconds_between(times[last + 1], times[last]))


def _end_of_last_run(likely: Bools) -> int:
    """Index of the last state of the last run of MIN_BOOSTING true values; -1 where there is none."""
    ends = np.convolve(likely, np.ones(MIN_BOOSTING), mode="valid") >= MIN_BOOSTING
    found = np.flatnonzero(ends) if likely.size >= MIN_BOOSTING else np.array([], dtype=int)
    return int(found[-1]) + MIN_BOOSTING - 1 if found.size else -1


def _ascent(likely: Bools, last: int) -> Bools:
    """Return the states up to the last boosting one, from the first boosting one on."""
    boosting = np.zeros_like(likely)
    if last >= 0:
        boosting[int(np.flatnonzero(likely)[0]) : last + 1] = True
    return boosting
