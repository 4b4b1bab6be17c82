"""How likely a test would have been missed, with the bound that "one hundred percent confidence" has to meet.

Two numbers are kept apart: how often the flights of a class were missed in a study, and how sure that makes one. After
n flights of which none was missed the share missed may still be near 3/n [J. A. Hanley and A. Lippman-Hand, If nothing
goes wrong, is everything all right?, JAMA 249 (1983) 1743]. The bounds are those of the flights that were drawn: what
all of them share, as a radar's assumed reach, is varied between assumption sets and not inside one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaincinv

from jointwatch.earth.arrays import Floats

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Missed:
    """The share of flights missed by an architecture, and its bounds.

    low, high: ends of the interval with `confidence`; where no flight was missed, or none seen, one-sided.
    """

    flights: int
    share: float
    low: float
    high: float
    confidence: float


def missed(detection: ArrayLike, confidence: float = CONFIDENCE) -> Missed:
    """Return the share missed of flights that are each detected with a probability (n,), and its bounds.

    The interval is that of all or nothing [C. J. Clopper and E. S. Pearson, Biometrika 26 (1934) 404], with the
    expected number in place of a count. Of all spreads between nought and one with the same mean that one is the
    widest, so for flights that are detected with a probability in between it errs on the wide side.

    >>> none = missed(np.ones(1000))
    >>> none.share, round(none.high, 5)
    (0.0, 0.00299)
    """
    seen = np.asarray(detection, dtype=np.float64).ravel()
    if len(seen) == 0 or not np.all((seen >= 0.0) & (seen <= 1.0)):
        raise ValueError(f"detection wants at least one flight, each a probability from 0 to 1; got {_told(seen)}")
    if not 0.0 < confidence < 1.0:
        raise ValueError(f"confidence lies between 0 and 1; got {confidence:g}")
    low, high = interval(float(np.sum(1.0 - seen)), len(seen), confidence)
    return Missed(len(seen), float(np.mean(1.0 - seen)), low, high, confidence)


def interval(count: float, trials: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Return the bounds of a share, of which `count` was found in so many trials; one-sided where it is none or all.

    >>> tuple(round(end, 4) for end in interval(5, 100))
    (0.0164, 0.1128)
    """
    outside = 1.0 - confidence
    if count <= 0.0:
        return 0.0, 1.0 - outside ** (1.0 / trials)
    if count >= trials:
        return outside ** (1.0 / trials), 1.0
    low = betaincinv(count, trials - count + 1.0, outside / 2)
    return float(low), float(betaincinv(count + 1.0, trials - count, 1.0 - outside / 2))


def rule_of_three(trials: int) -> float:
    """Return the most that a share may be, with 95 % confidence, of which nothing was found in so many trials: 3/n.

    >>> rule_of_three(100)
    0.03
    """
    return min(1.0, 3.0 / trials)


def trials_for(share: float, confidence: float = CONFIDENCE) -> int:
    """Return how many flights, all of them seen, it takes to be so sure that less than a share is missed.

    >>> trials_for(0.01), trials_for(0.001), trials_for(1e-6)
    (299, 2995, 2995731)
    """
    if not 0.0 < share < 1.0:
        raise ValueError(f"share lies between 0 and 1, and no number of flights proves 0; got {share:g}")
    return math.ceil(math.log(1.0 - confidence) / math.log1p(-share))


def any_missed(share: ArrayLike, tests: ArrayLike) -> Floats:
    """Return the probability that at least one of some tests is missed, each with the same share, independently.

    >>> any_missed([0.0, 0.01, 0.2], 10).round(3)
    array([0.   , 0.096, 0.893])
    """
    q = np.asarray(share, dtype=np.float64)
    with np.errstate(divide="ignore"):  # a share of one is missed for sure
        return np.asarray(-np.expm1(np.asarray(tests) * np.log1p(-q)))


def all_missed(share: ArrayLike, tests: ArrayLike) -> Floats:
    """Return the probability that a class stays unknown through some tests of it, each missed independently.

    >>> all_missed([0.0, 0.5, 1.0], 3)
    array([0.   , 0.125, 1.   ])
    """
    return np.asarray(np.asarray(share, dtype=np.float64) ** np.asarray(tests))


def _told(seen: Floats) -> str:
    return f"values from {seen.min():g} to {seen.max():g}" if len(seen) else "none"
