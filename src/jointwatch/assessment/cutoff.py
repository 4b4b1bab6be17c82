"""Was the end of boost seen? The answer, its time, and which states of a track burn and which coast.

Free flight is a claim that must have had its chance to be refuted. A track whose velocity is vague fits a coast and a
weak burn alike, so what counts is not how many states say "coasting", but for how long they say it, against what a
weak burn would have added to the speed in that time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jointwatch.assessment.burn_end import BurnEnd, burn_end
from jointwatch.assessment.free_flight import jacobi, speed_sigma_m_s
from jointwatch.assessment.track_history import MIN_STATES, TrackHistory, shifted
from jointwatch.earth.arrays import Bools, Floats, Ints
from jointwatch.earth.ellipsoid import geodetic_from_ecef
from jointwatch.earth.timescale import NS_PER_S

# An ascent that was seen: so long above one half, and as often above what a filter begins with (0.7) and may keep for
# some plots without having learned anything.
MIN_BOOSTING, BOOSTING_S, LEARNED = 2, 4.0, 0.75
# Free flight is believed when all states of so long a time lie below this.
COASTING_FOR_SURE, COASTING_S = 0.1, 10.0
# The weakest burn that must have shown: so much thrust over that time, against so many sigmas of the speed. Upper
# stages of launchers begin at 5 to 9 m/s2. A steady thrust hides in the velocity that is fitted meanwhile, so three
# sigmas are not enough: with them 3 of 60 flights with such a stage, seen to 2 mrad, were taken for free flight for
# some seconds, with five none; seen to half a degree 27, and still 15. It costs some ten seconds after a burnout.
WEAKEST_M_S2, SHOWS_SIGMAS = 5.0, 5.0
# Below, what the air does to a fall may look like thrust; above, many launchers sink under power before their orbit.
CLEAR_OF_AIR_M = 100e3


@dataclass(frozen=True, slots=True)
class Cutoff:
    """What a track says about the end of boost; `time_tai_ns` is None where it was not seen."""

    boosting: Bools  # (k,) the states of the ascent under power
    coasting: Bools  # (k,) the states of free flight; none unless it is established
    time_tai_ns: int | None
    sigma_s: float
    best: int  # row of the latest coasting state above the air, or of the highest where all are below; else -1

    @property
    def coast_established(self) -> bool:
        """Whether free flight is beyond doubt."""
        return bool(self.coasting.any())

    @property
    def ascent_seen(self) -> bool:
        """Whether some of the powered ascent was seen."""
        return bool(self.boosting.any())


def cutoff(history: TrackHistory) -> Cutoff:
    """End of boost in a track, from its boost probabilities and the growth of its Jacobi constant.

    # Algorithm
    1. Boost lasts to the end of the last run of states, 4 s or longer, more likely boosting than not, two of them
       clearly, of an object that climbs or is above the air.
    2. Free flight is established by a run of states below 0.1 after it: three or more, over 10 s or more, long enough
       for a thrust of 5 m/s2 to have shown.
    3. The time of cut-off then follows from what speed was still lacking at each state (`burn_end`); where nothing
       was, the ascent was not seen.
    """
    if not len(history.time_tai_ns):
        return Cutoff(np.zeros(0, dtype=bool), np.zeros(0, dtype=bool), None, 0.0, -1)
    time_s = (history.time_tai_ns - history.time_tai_ns[0]) / NS_PER_S
    height_m = geodetic_from_ecef(history.x[:, :3])[2]
    rises = np.einsum("ki,ki->k", history.x[:, :3], history.x[:, 3:]) > 0.0
    p = np.where(rises | (height_m > CLEAR_OF_AIR_M), history.boost_probability, 0.0)
    last = _last_run(p, time_s)
    after = np.arange(p.size) > last
    boosting = _ascent(p > 0.5, last)
    if not _established(after & (p < COASTING_FOR_SURE), time_s, history):
        return Cutoff(boosting, np.zeros_like(after), None, 0.0, -1)
    coasting = after & (p <= 0.5)
    best = _best(coasting, height_m)
    if last < 0:
        return Cutoff(boosting, coasting, None, 0.0, best)
    end = _end(history, time_s, float(time_s[last]), best)
    if not end.seen:
        return Cutoff(np.zeros_like(after), coasting, None, 0.0, best)
    burnt = boosting & ((time_s <= end.time_s + end.sigma_s) | (np.arange(p.size) == np.flatnonzero(boosting)[0]))
    return Cutoff(burnt, coasting, shifted(int(history.time_tai_ns[0]), end.time_s), end.sigma_s, best)


def _best(coasting: Bools, height_m: Floats) -> int:
    """Index of the latest coasting state above the air, or of the highest where all are below."""
    clear = np.flatnonzero(coasting & (height_m > CLEAR_OF_AIR_M))
    return int(clear[-1]) if clear.size else int(np.argmax(np.where(coasting, height_m, -np.inf)))


def _end(history: TrackHistory, time_s: Floats, guess_s: float, best: int) -> BurnEnd:
    """End of the burn, given the row of the best state in free flight."""
    constant, variance = jacobi(history.x, history.P)
    speed = max(float(np.linalg.norm(history.x[best, 3:])), 1.0)
    lacking = (constant[best] - constant) / speed
    return burn_end(time_s, lacking, (variance + variance[best]) / speed**2, guess_s)


def _established(sure: Bools, time_s: Floats, history: TrackHistory) -> bool:
    """Whether some run of sure states is long enough for the weakest burn to have shown in it."""
    begin = _begins(sure)
    lasting_s = np.where(sure, time_s - time_s[begin], 0.0)
    enough = (np.arange(sure.size) - begin + 1 >= MIN_STATES) & (lasting_s >= COASTING_S)
    shown = WEAKEST_M_S2 * lasting_s >= SHOWS_SIGMAS * speed_sigma_m_s(history.x, history.P)
    return bool((sure & enough & shown).any())


def _last_run(p: Floats, time_s: Floats) -> int:
    """Index of the last state of the last run of likely ones that is long and clear enough; -1 where there is none."""
    likely, clear = p > 0.5, np.concatenate([[0], np.cumsum(p > LEARNED)])
    begin = _begins(likely)
    often = clear[1:] - clear[begin] >= MIN_BOOSTING
    ends = np.flatnonzero(likely & often & (time_s - time_s[begin] >= BOOSTING_S))
    return int(ends[-1]) if ends.size else -1


def _begins(true: Bools) -> Ints:
    """Of each state (k,) the index at which its run of true values began; for a false one its own."""
    index = np.arange(true.size)
    first = true & ~np.concatenate([[False], true[:-1]])
    return np.where(true, np.maximum.accumulate(np.where(first, index, 0)), index)


def _ascent(likely: Bools, last: int) -> Bools:
    """Return the states up to the last boosting one, from the first boosting one on."""
    boosting = np.zeros_like(likely)
    if last >= 0:
        boosting[int(np.flatnonzero(likely)[0]) : last + 1] = True
    return boosting
