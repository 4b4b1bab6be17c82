"""How a radar spends its looks: a fence that finds, looks that confirm, and tracks, as many as it can keep up.

A fence searches up to some elevation only, over all its azimuths in each revisit. What it detects is looked at again at
once, on other frequencies so that it fades anew; what enough of these looks detect becomes a track. A track is looked
at in each revisit wherever the field of regard reaches, which takes time in proportion to the weakness of its echo.

**Saturation.** Tracks stand in the order in which they were confirmed, of those confirmed in one scan the stronger
first. The first that would exceed the capacity or the time for tracks is dropped, and all behind it: last come, first
dropped. A track is dropped too that leaves the field of regard or is missed three times running. What is dropped above
the fence is not found again.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import bdtrc

from jointwatch.earth.arrays import Bools, Floats, Ints
from jointwatch.sensors.radar import Face, Radar

MISSES_ALLOWED = 2
LARGEST_SHARE = 0.1
"""No track takes more than this share of the time for tracks, however weak its echo."""

_NOT_HELD = np.iinfo(np.int64).max


def confirmed_probability(pd: ArrayLike, *, looks: int, needed: int) -> Floats:
    """Probability (...) that a search look and then `needed` of `looks` more detect, each with probability pd.

    >>> confirmed_probability([1e-6, 0.5, 0.9], looks=3, needed=2).round(3)
    array([0.   , 0.25 , 0.875])
    """
    p = np.asarray(pd, dtype=float)
    return np.asarray(p * _at_least(needed, looks, p))


def beam_positions(radar: Radar, face: Face) -> int:
    """How many beam positions cover a face's fence, one beamwidth apart.

    Positions along a row of constant elevation are counted on the horizon, where a fence has its longest row.
    """
    if radar.beam_azimuth_rad <= 0 or radar.beam_elevation_rad <= 0:
        raise ValueError(f"radar {radar.name!r}: its beam is not stated, and positions of it are asked for")
    top = min(face.elevation_max_rad, radar.fence_top_rad)
    rows = np.ceil(max(top - face.elevation_min_rad, radar.beam_elevation_rad) / radar.beam_elevation_rad - 1e-9)
    return int(rows * np.ceil(face.azimuth_width_rad / radar.beam_azimuth_rad - 1e-9))


def false_alarms_per_scan(radar: Radar, face: Face) -> float:
    """Mean number of false plots in one scan of a face's fence, by Pfa: positions times range cells, confirmed.

    `Radar.false_plots_per_scan` is what a run draws; this is for its choice.
    """
    cells = (radar.instrumented_range_m - radar.minimum_range_m) / radar.range_resolution_m
    alone = beam_positions(radar, face) * cells * radar.false_alarm_probability
    return alone * false_confirmed(radar)


def false_confirmed(radar: Radar) -> float:
    """Share of the search's false alarms that pass the confirming looks; 1 without any."""
    return float(
        _at_least(radar.confirmations_needed, radar.confirming_looks, np.asarray(radar.false_alarm_probability))
    )


def _at_least(needed: int, looks: int, p: Floats) -> Floats:
    """Probability that at least so many of independent looks detect, by the binomial distribution."""
    return np.asarray(bdtrc(needed - 1, looks, p) if needed > 0 else np.ones_like(p))


class TrackList:
    """The objects one radar keeps looking at, by their numbers, from scan to scan; the radar's own, not a centre's.

    count: how many numbers there are, 0 to count - 1. Rows are looked up by number, so any order will do.
    """

    def __init__(self, count: int) -> None:
        self._order = np.full(count, _NOT_HELD, dtype=np.int64)
        self._misses = np.zeros(count, dtype=np.int64)
        self._next = 0
        self.dropped = 0
        """How many were dropped for want of capacity or time, so far; one refused in the scan that found it counts."""

    def held(self, numbers: Ints) -> Bools:
        """Whether each object (n,) is in track."""
        return np.asarray(self._order[numbers] != _NOT_HELD)

    def looked(
        self, radar: Radar, numbers: Ints, *, in_sight: Bools, found: Bools, detected: Bools, snr: Floats
    ) -> Bools:
        """Bring the list through one scan of n objects; return which (n,) yield a plot.

        in_sight: in the field of regard. found: not in track yet, in the fence, detected and confirmed. detected: seen
        in the look of this scan. snr: mean, on which the dwell of a track depends.

        # Algorithm
        1. Drop what left the field, or was missed once too often.
        2. Append what was found, the stronger first.
        3. Drop what exceeds capacity or time, from the first that does.
        """
        absent = np.ones(len(self._order), dtype=bool)
        absent[numbers[in_sight]] = False
        self._order[absent] = _NOT_HELD
        before = self.held(numbers)
        self._misses[numbers] = np.where(before & ~detected, self._misses[numbers] + 1, 0)
        self._order[numbers[self._misses[numbers] > MISSES_ALLOWED]] = _NOT_HELD
        self._append(numbers, found & in_sight & ~before, snr)
        self._shed(radar, numbers, snr)
        return np.asarray(self.held(numbers) & detected)

    def _append(self, numbers: Ints, new: Bools, snr: Floats) -> None:
        rows = np.flatnonzero(new)
        rows = rows[np.argsort(-snr[rows], kind="stable")]
        self._order[numbers[rows]] = self._next + np.arange(len(rows))
        self._misses[numbers[rows]] = 0
        self._next += len(rows)

    def _shed(self, radar: Radar, numbers: Ints, snr: Floats) -> None:
        rows = np.flatnonzero(self.held(numbers))
        rows = rows[np.argsort(self._order[numbers[rows]])]
        place = np.arange(1, len(rows) + 1)
        over = np.cumsum(dwell_s(radar, snr[rows])) > radar.track_share * radar.revisit_s * (1 + 1e-12)
        if radar.track_capacity:
            over |= place > radar.track_capacity
        kept = int(np.argmax(over)) if over.any() else len(rows)
        self._order[numbers[rows[kept:]]] = _NOT_HELD
        self.dropped += len(rows) - kept


def dwell_s(radar: Radar, snr: ArrayLike) -> Floats:
    """Seconds (n,) in each revisit that tracks of a mean SNR take: what brings the echo to the reference SNR.

    At constant power time is energy. The SNR of a look stays that of the range law: the dwell counts against the time
    for tracks, and does not make a look better.
    """
    needed = radar.track_dwell_s * radar.reference_snr / np.maximum(np.asarray(snr, dtype=float), 1e-12)
    return np.asarray(np.minimum(needed, LARGEST_SHARE * radar.track_share * radar.revisit_s))
