"""Which plots may belong to which tracks, and how likely each pair is.

A pair passes when the normalised innovation squared of either mode lies inside the chi-square gate (three degrees of
freedom). First looks, at the range alone (plots are sorted by it) and then component by component, are necessary
conditions of the same gate and cost no matrix.
"""

from __future__ import annotations

from functools import lru_cache
from math import atan2, erfc, exp, floor, inf, log, log1p, pi, sqrt
from typing import Any

import numpy as np

from jointwatch.earth.arrays import Floats, Ints
from jointwatch.earth.compiled import kernel, part
from jointwatch.sensors.measurement import LEAST_GROUND_RANGE_M
from jointwatch.sensors.site import Site, frame
from jointwatch.tracking import lanes
from jointwatch.tracking.bank import CONFIRMED
from jointwatch.tracking.lanes import LANES, PLACE, TRACKS, C, S, Z
from jointwatch.tracking.predict import fly, gather, keep, mix_modes
from jointwatch.tracking.settings import Settings
from jointwatch.tracking.taking import expect

_LOG_2_PI = log(2 * pi)
_GAMMA, _LEAST_WEIGHT, LOG_FALSE, _LENIENCE = range(4)


@lru_cache(maxsize=32)
def threshold(probability: float, degrees_of_freedom: int = 3) -> float:
    """Chi-square value below which the stated share of true pairs falls.

    >>> round(threshold(0.9999), 2)
    21.11
    """
    if degrees_of_freedom == 3:
        return _threshold_of_three(probability)
    from scipy.special import chdtri

    return float(chdtri(degrees_of_freedom, 1 - probability))


def _threshold_of_three(probability: float) -> float:
    """The same for three degrees of freedom, by bisection of Q(x) = erfc(sqrt(x / 2)) + sqrt(2 x / pi) exp(-x / 2).

    A tracker asks this first of all, and SciPy's special functions take a tenth of a second to import.
    """
    low, high = 0.0, 1500.0
    while low < (x := (low + high) / 2) < high:
        beyond = erfc(sqrt(x / 2)) + sqrt(2 * x / pi) * exp(-x / 2)
        low, high = (x, high) if beyond > 1 - probability else (low, x)
    return high


def belief(settings: Settings) -> Floats:
    """What the kernels need to know to judge a pair."""
    missed = (1 - settings.detection_probability) / settings.detection_probability
    false = log(settings.extraneous_plots_per_m_rad2 * missed)
    return np.array([
        threshold(settings.gate_probability), settings.least_mode_weight_in_gate, false,
        log(settings.extraneous_share_at_first),
    ])  # fmt: skip


@lru_cache(maxsize=256)
def place(site: Site) -> Floats:
    """Position of a site (3), then east, north and up (9), Earth-fixed."""
    origin, basis = frame(site)
    return np.concatenate([origin, basis.ravel()])


@part
def look(block: Floats, site: Floats) -> None:
    """What the radar should measure of each lane, without the plot's own noise: Z, H and S."""
    expect(
        block, site[0], site[1], site[2], site[3], site[4], site[5], site[6], site[7], site[8], site[9], site[10],
        site[11], LEAST_GROUND_RANGE_M,
    )  # fmt: skip
    for i in range(LANES):
        azimuth = atan2(block[PLACE * LANES + i], block[(PLACE + 1) * LANES + i])
        azimuth = azimuth if azimuth >= 0 else azimuth + 2 * pi
        block[(Z + 1) * LANES + i] = azimuth if azimuth < 2 * pi else 0.0
        block[(Z + 2) * LANES + i] = atan2(block[(PLACE + 2) * LANES + i], block[(PLACE + 3) * LANES + i])


@part
def turned(azimuth_rad: float) -> float:
    """A difference of azimuths in [-pi, pi)."""
    return azimuth_rad - 2 * pi * floor((azimuth_rad + pi) / (2 * pi))


@part
def _near(block: Floats, at: int, z: Floats, sigma: Floats, j: int, gamma: float) -> bool:
    """Whether a plot is near a lane's expectation component by component."""
    n0 = z[j, 0] - block[Z * LANES + at]
    if n0 * n0 > gamma * (block[S * LANES + at] + sigma[j, 0] * sigma[j, 0]):
        return False
    n2 = z[j, 2] - block[(Z + 2) * LANES + at]
    if n2 * n2 > gamma * (block[(S + 5) * LANES + at] + sigma[j, 2] * sigma[j, 2]):
        return False
    n1 = turned(z[j, 1] - block[(Z + 1) * LANES + at])
    return bool(n1 * n1 <= gamma * (block[(S + 3) * LANES + at] + sigma[j, 1] * sigma[j, 1]))


@part
def _judge(block: Floats, at: int, z: Floats, sigma: Floats, j: int) -> tuple[float, float]:
    """NIS of a plot under a lane's expectation, and the determinant of its covariance."""
    a, b, c = sigma[j, 0] * sigma[j, 0], sigma[j, 1] * sigma[j, 1], sigma[j, 2] * sigma[j, 2]
    s00, s11, s22 = block[S * LANES + at] + a, block[(S + 3) * LANES + at] + b, block[(S + 5) * LANES + at] + c
    n0 = z[j, 0] - block[Z * LANES + at]
    n1 = turned(z[j, 1] - block[(Z + 1) * LANES + at])
    n2 = z[j, 2] - block[(Z + 2) * LANES + at]
    s01, s02, s12 = block[(S + 1) * LANES + at], block[(S + 2) * LANES + at], block[(S + 4) * LANES + at]
    c00, c01, c02 = s11 * s22 - s12 * s12, s02 * s12 - s01 * s22, s01 * s12 - s02 * s11
    c11, c12, c22 = s00 * s22 - s02 * s02, s01 * s02 - s00 * s12, s00 * s11 - s01 * s01
    det = s00 * c00 + s01 * c01 + s02 * c02
    nis = n0 * (c00 * n0 + 2 * c01 * n1 + 2 * c02 * n2) + n1 * (c11 * n1 + 2 * c12 * n2) + c22 * n2 * n2
    return nis / det, det


@part
def _speaks(c: float, nis: float, like: float, believed: Floats) -> float:
    """Log of what a mode adds to the likelihood of a pair; one outside its own gate does not speak for it."""
    return log(max(c, believed[_LEAST_WEIGHT])) + like if nis <= believed[_GAMMA] else -inf


@part
def _within(z: Floats, value: float) -> int:
    """Index of the first plot whose range is not below a value."""
    low, left = 0, len(z)
    while left > 0:  # no branch but this one: nobody could foresee another
        half = left // 2
        below = z[low + half, 0] < value
        low, left = (low + half + 1 if below else low), (left - half - 1 if below else half)
    return low


@kernel
def gated(
    numbers: Floats, counts: Ints, rows: Ints, time_tai_ns: int, z: Floats, sigma: Floats, site: Floats,
    moving: Floats, believed: Floats, ahead: Floats,
) -> tuple[Ints, Ints, Floats, Floats]:  # fmt: skip
    """All pairs of tracks and plots inside the gate, in the order of tracks, then plots.

    Tracks are indices into rows; gain (p,): log ratio of "this plot is this track's" to "the track was missed and the
    plot is something else"; judged (p, 4): NIS and log likelihood under boost, then under coast. What was expected of a
    track that is in a pair is kept in its row of `ahead` for `update`.
    """
    gamma, widest, found = believed[_GAMMA], 0.0, 0
    for j in range(len(sigma)):
        widest = max(widest, sigma[j, 0])
    pair, judged = np.empty((2 * len(z) + 64, 2), dtype=np.int64), np.empty((2 * len(z) + 64, 5))
    block = np.empty(lanes.SIZE)
    for first in range(0, len(rows), TRACKS):
        gather(block, numbers, counts, rows, first, time_tai_ns, moving)
        mix_modes(block, moving)
        fly(block)
        lanes.spread_place(block)
        look(block, site)
        whole = False
        for i in range(min(TRACKS, len(rows) - first)):
            before = found
            false = believed[LOG_FALSE] + (0.0 if counts[rows[first + i], CONFIRMED] else believed[_LENIENCE])
            boost, coast = block[Z * LANES + i], block[Z * LANES + TRACKS + i]
            by_boost = sqrt(gamma * (block[S * LANES + i] + widest * widest))
            by_coast = sqrt(gamma * (block[S * LANES + TRACKS + i] + widest * widest))
            beyond = max(boost + by_boost, coast + by_coast)
            for j in range(_within(z, min(boost - by_boost, coast - by_coast)), len(z)):
                if z[j, 0] > beyond:
                    break
                if not (_near(block, i, z, sigma, j, gamma) or _near(block, TRACKS + i, z, sigma, j, gamma)):
                    continue
                nis_b, det_b = _judge(block, i, z, sigma, j)
                nis_c, det_c = _judge(block, TRACKS + i, z, sigma, j)
                if nis_b > gamma and nis_c > gamma:
                    continue
                if found == len(pair):
                    pair, judged = _doubled(pair), _doubled(judged)
                like_b = -0.5 * (nis_b + log(det_b) + 3 * _LOG_2_PI)
                like_c = -0.5 * (nis_c + log(det_c) + 3 * _LOG_2_PI)
                a = _speaks(block[C * LANES + i], nis_b, like_b, believed)
                b = _speaks(block[C * LANES + TRACKS + i], nis_c, like_c, believed)
                pair[found, 0], pair[found, 1] = first + i, j
                judged[found, 4] = max(a, b) + log1p(exp(-abs(a - b))) - false
                judged[found, 0], judged[found, 1], judged[found, 2], judged[found, 3] = nis_b, like_b, nis_c, like_c
                found += 1
            if found > before:
                if not whole:
                    lanes.spread_rest(block)
                    whole = True
                keep(block, i, ahead, rows[first + i])
    return pair[:found, 0].copy(), pair[:found, 1].copy(), judged[:found, 4].copy(), judged[:found, :4].copy()


@part
def _doubled(rows: Any) -> Any:
    """The same rows in an array twice as long."""
    longer = np.empty((2 * len(rows), rows.shape[1]), dtype=rows.dtype)
    for k in range(len(rows)):
        for c in range(rows.shape[1]):
            longer[k, c] = rows[k, c]
    return longer
