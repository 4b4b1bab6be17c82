"""Which launch a warning was about: a probability for each candidate, and for none of them.

A warning gives windows and areas; a launch gives a time and a place. What speaks for the pair: the launch falls into a
window, the more the rarer the windows are; the areas lie near, and on one great circle with the site, as a ground track
does; the warning is not of missiles. At most one of the candidates is the one: their odds stand against those of none
[McFadden 1974, conditional logit].

The weights were set on warnings of 2010 to 2018 that name a flight from Kourou, 68, and on those of missiles with
gunnery, for which no orbital launch is the one; of all years but 2015. benchmarks/notices.py sets them again and prints
how the probabilities come out in the year left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from jointwatch.earth import geodesic
from jointwatch.earth.arrays import Floats, Ints
from jointwatch.earth.horizon import MEAN_RADIUS_M
from jointwatch.earth.timescale import NS_PER_S

MINUTE_NS, HOUR_NS, DAY_NS = 60 * NS_PER_S, 3600 * NS_PER_S, 86_400 * NS_PER_S
SLACK_NS = 10 * MINUTE_NS
FALLS_AFTER_NS = (0, 15 * MINUTE_NS, 40 * MINUTE_NS)  # from the pad, a first stage, the far side of the ocean
NEAR_M = 0.5e6
ALONGSIDE_RAD = np.deg2rad(1.0)
TURNED_RAD = np.deg2rad(np.arange(0.0, 180.0, 1.0))
WEIGHTS = np.array([1.90, 3.40, 2.55, 2.29, 2.82, -6.25])


@dataclass(frozen=True, slots=True, eq=False)
class Announced:
    """What a warning says: windows (n, 2), TAI ns; middles of its areas (k, 2), latitude and longitude in radians."""

    windows_tai_ns: Ints
    areas_rad: Floats
    missiles: bool


@dataclass(frozen=True, slots=True, eq=False)
class Launched:
    """Launches: the earliest and latest time each may have been (m, 2), TAI ns; their sites (m, 2), radians."""

    time_tai_ns: Ints
    site_rad: Floats

    def __len__(self) -> int:
        return len(self.time_tai_ns)


def candidates(announced: Announced, launched: Launched) -> Ints:
    """Return the places of the launches between a day before the first window and a day after the last."""
    first, last = announced.windows_tai_ns[:, 0].min() - DAY_NS, announced.windows_tai_ns[:, 1].max() + DAY_NS
    earliest, latest = launched.time_tai_ns.T
    return np.flatnonzero((latest >= first) & (earliest <= last))


def probabilities(announced: Announced, launched: Launched, weights: Floats = WEIGHTS) -> Floats:
    """Return the probability (m,) of each candidate that the warning was about it; what is missing to 1 is of none."""
    odds = features(announced, launched) @ weights
    most = max(0.0, float(odds.max(initial=0.0)))
    found: Floats = np.exp(odds - most) / (np.exp(-most) + np.exp(odds - most).sum())
    return found


def features(announced: Announced, launched: Launched) -> Floats:
    """Return what speaks for each candidate (m, 6): one, how rare the windows are where it is within one, how far
    from the next, how far the nearest area, how far the areas are off one great circle, missiles.
    """
    inside, gap_h = _in_time(announced, launched)
    distance_m, off_rad = _in_place(announced, launched)
    return np.column_stack(
        [
            np.ones(len(launched)),
            -np.log(share(announced)) * inside,
            -np.log1p(gap_h),
            -np.log1p(distance_m / NEAR_M),
            -np.log1p(off_rad / ALONGSIDE_RAD),
            np.full(len(launched), float(announced.missiles)),
        ]
    )


def share(announced: Announced) -> float:
    """Return what share of the time from the first window to the last, and a day, the windows cover."""
    begin, end = announced.windows_tai_ns[np.argsort(announced.windows_tai_ns[:, 0])].T
    before = np.maximum.accumulate(np.concatenate([begin[:1], end[:-1]]))
    covered = np.maximum(end - np.maximum(begin, before), 0).sum()
    return float(max(covered, MINUTE_NS) / (end.max() - begin.min() + DAY_NS))


def _in_time(announced: Announced, launched: Launched) -> tuple[Floats, Floats]:
    """Return whether (m,) a launch, or what falls of it, can be within a window, and how many hours it is off."""
    begin, end = announced.windows_tai_ns.T
    earliest, latest = (launched.time_tai_ns[:, k, None] for k in (0, 1))
    falls = np.array(FALLS_AFTER_NS)
    within = (earliest + falls.max() >= begin - SLACK_NS) & (earliest - SLACK_NS <= end)
    least = np.maximum(np.maximum(begin - latest, earliest - end), 0).min(axis=1)
    return within.any(axis=1).astype(float), least / HOUR_NS


def _in_place(announced: Announced, launched: Launched) -> tuple[Floats, Floats]:
    """Return how far (m,) the nearest area is, metres, and how far all are off their best great circle, radians."""
    latitude, longitude = (launched.site_rad[:, k, None] for k in (0, 1))
    distance_m, azimuth_rad, _ = geodesic.inverse(latitude, longitude, *announced.areas_rad.T)
    arc = distance_m / MEAN_RADIUS_M
    off = np.arcsin(np.abs(np.sin(arc)[..., None] * np.sin(azimuth_rad[..., None] - TURNED_RAD)))
    return distance_m.min(axis=1), off.max(axis=1).min(axis=1)


def fitted(cases: Sequence[tuple[Announced, Launched, int | None]], *, prior: float = 0.05) -> Floats:
    """Return the weights (6,) that make the known outcomes likeliest, under a normal prior of that precision.

    cases: a warning, its candidates, and which of them it was about: a place, or None.
    """
    from scipy.optimize import minimize

    known = [(features(announced, launched), right) for announced, launched, right in cases if len(launched)]

    def unlikely(weights: Floats) -> tuple[float, Floats]:
        """Return minus the logarithm of the likelihood, and how it changes with the weights."""
        found, slope = prior * float(weights[1:] @ weights[1:]), 2 * prior * np.append(0.0, weights[1:])
        for x, right in known:
            odds = np.append(x @ weights, 0.0)
            total = np.logaddexp.reduce(odds)
            found += float(total - odds[-1 if right is None else right])
            slope += np.exp(odds[:-1] - total) @ x - (0.0 if right is None else x[right])
        return found, slope

    return np.asarray(minimize(unlikely, np.zeros(6), jac=True).x)
