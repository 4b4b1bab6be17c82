"""Was the end of boost seen? The answer, its time, and which states of a track burn and which coast."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jointwatch.assessment.track_history import MIN_STATES, TrackHistory, seconds_between
from jointwatch.earth.arrays import Bools

# A filter that starts without knowing reports about one half; a run this long above it is an ascent that was seen.
MIN_BOOSTING = 2
# Free flight is believed after three states in a row below this. Looser rules (the last of three below 0.2) called one
# in seven launchers under power a missile at its third plot, when the filter had guessed wrong for a moment.
COASTING_FOR_SURE = 0.1


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

    Boost lasts to the end of the last run of at least two climbing states more likely boosting than not; free flight
    is established by a run of three states below 0.1 after it. The time of cut-off is that of the last boosting state
    with one scan as sigma: a filter needs a scan or two to notice, so it may be earlier, and the engine may have burned
    on until the next plot, so it may be later.
    """
    climbing = np.einsum("ki,ki->k", history.x[:, :3], history.x[:, 3:]) > 0.0  # a fall slowed by air is no boost
    p = np.where(climbing, history.boost_probability, 0.0)
    last = _end_of_last_run(p > 0.5, MIN_BOOSTING)
    boosting = _ascent(p > 0.5, last)
    after = np.arange(p.size) > last
    if _end_of_last_run(after & (p < COASTING_FOR_SURE), MIN_STATES) < 0:
        return Cutoff(boosting, np.zeros_like(after), None, 0.0)
    coasting = after & (p <= 0.5)
    if last < 0:
        return Cutoff(boosting, coasting, None, 0.0)
    times = history.time_tai_ns
    return Cutoff(boosting, coasting, int(times[last]), seconds_between(times[last + 1], times[last]))


def _end_of_last_run(true: Bools, length: int) -> int:
    """Index of the last state of the last run of at least so many true values; -1 where there is none."""
    if true.size < length:
        return -1
    ends = np.flatnonzero(np.convolve(true, np.ones(length), mode="valid") > length - 0.5)
    return int(ends[-1]) + length - 1 if ends.size else -1


def _ascent(likely: Bools, last: int) -> Bools:
    """Return the states up to the last boosting one, from the first boosting one on."""
    boosting = np.zeros_like(likely)
    if last >= 0:
        boosting[int(np.flatnonzero(likely)[0]) : last + 1] = True
    return boosting
