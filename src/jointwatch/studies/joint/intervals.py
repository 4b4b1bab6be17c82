"""Intervals for what a sample of flights says of its class and region: of shares, of means, of medians.

All are for independent draws. Places that fill a region evenly vary less than that, and a mean of probabilities less
than a count of yes and no, so that what is printed is rather too wide than too narrow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, sqrt
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

Z = 1.959963984540054  # both sides of 95 %


class Interval(Protocol):
    """A figure with its interval."""

    @property
    def value(self) -> float:
        """The figure itself."""

    @property
    def low(self) -> float:
        """The lower end of its interval."""

    @property
    def high(self) -> float:
        """The upper end of its interval."""


@dataclass(frozen=True, slots=True)
class Told:
    """A figure, the ends of its 95 % interval, and of how many flights; NaN where there are none."""

    value: float
    low: float
    high: float
    flights: int


NOTHING = Told(float("nan"), float("nan"), float("nan"), 0)


def share(of_each: ArrayLike) -> Told:
    """Return the mean of probabilities, or of yes and no, with a Wilson interval: never below 0 nor above 1.

    [E. B. Wilson, Probable inference, the law of succession, and statistical inference, 1927]

    >>> told = share([True] * 10)
    >>> told.value, round(told.low, 3), told.high
    (1.0, 0.722, 1.0)
    """
    p = np.asarray(of_each, dtype=np.float64)
    return share_of(float(p.mean()), p.size) if p.size else NOTHING


def share_of(value: float, n: int) -> Told:
    """Return a share of n flights with its Wilson interval."""
    if not n:
        return NOTHING
    value = min(value, 1.0)
    middle = (value + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * sqrt(value * (1 - value) / n + Z * Z / (4 * n * n))
    return Told(value, max(0.0, min(value, middle - half)), min(1.0, max(value, middle + half)), n)


def mean(values: ArrayLike) -> Told:
    """Return the mean of the values that are there, with two standard errors to either side; NaN is not there.

    The interval of what is never negative does not begin below 0. Of n values that are all one it has no width, and
    up to 3.7 in n of those not drawn may be another.

    >>> told = mean([1.0, 2.0, 3.0, float("nan")])
    >>> told.value, round(told.low, 2), told.flights
    (2.0, 0.87, 3)
    """
    known = _known(values)
    n = known.size
    if not n:
        return NOTHING
    value = float(known.mean())
    half = Z * float(known.std(ddof=1)) / sqrt(n) if n > 1 else float("nan")
    low = max(0.0, value - half) if half > value >= 0.0 and known.min() >= 0.0 else value - half
    return Told(value, low, value + half, n)


def mean_of_sums(total: float, squares: float, n: int) -> Told:
    """Return the mean of n values from their sum and that of their squares, with two standard errors to either side.

    >>> mean_of_sums(6.0, 14.0, 3) == mean([1.0, 2.0, 3.0])
    True
    """
    if not n:
        return NOTHING
    value = total / n
    half = Z * sqrt(max(0.0, squares - n * value * value) / (n - 1) / n) if n > 1 else float("nan")
    return Told(value, value - half, value + half, n)


def median(values: ArrayLike) -> Told:
    """Return the median of the values that are there, between the two of them that hold it in 95 % of all samples.

    Infinity is there: a median of it means that of half of them or more the value is beyond all bounds.
    The ranks are those of the sign test: of n values as many lie below the true median as a fair coin falls heads. An
    end for which there are too few values is NaN. [H. A. David and H. N. Nagaraja, Order Statistics, 2003, 7.1]

    >>> told = median(range(1, 11))
    >>> told.value, told.low, told.high
    (5.5, 2.0, 9.0)
    """
    every = np.asarray(values, dtype=np.float64)
    known = every[~np.isnan(every)]
    n = known.size
    if not n:
        return NOTHING
    rank = _rank(n)
    places = [(n - 1) // 2, n // 2, *((rank - 1, n - rank) if rank else ())]
    middle, other, *ends = np.partition(known, places)[places].tolist()  # a fourth of the time of sorting all
    low, high = ends or (float("nan"), float("nan"))
    return Told(middle if middle == other else (middle + other) / 2, low, high, n)


def quantiles(values: ArrayLike, parts: Sequence[float]) -> list[Told]:
    """Return, for each part, the least value that this part of all does not exceed, with its 95 % interval.

    Between the order statistics that hold the true one, by the ranks of a coin that falls heads with that chance.
    Infinite values count as the highest, NaN is left out; an end for which there are too few values is NaN.

    >>> quantiles([1.0, 2.0, 3.0, float("inf")], [0.75])[0].value
    3.0
    """
    every = np.asarray(values, dtype=np.float64)
    known = np.sort(every[~np.isnan(every)])
    n = known.size
    if not n:
        return [NOTHING for _ in parts]

    def at(rank: int) -> float:
        return float(known[rank - 1]) if 1 <= rank <= n else float("nan")

    ranks = [(max(1, ceil(part * n)), *_ranks(n, part)) for part in parts]
    return [Told(at(middle), at(low), at(high), n) for middle, low, high in ranks]


@lru_cache
def _ranks(n: int, part: float) -> tuple[int, int]:
    """The highest rank below which, and the least from which on, a quantile lies by chance in at most 2.5 %."""
    at_most = special.bdtr(np.arange(n, dtype=np.float64), n, part)
    return int(np.sum(at_most <= 0.025)), int(np.sum(at_most < 0.975)) + 1


def _rank(n: int) -> int:
    """The highest rank from either end below which a fair coin falls in at most 2.5 % of n throws; 0 for none."""
    near = max(0, int(n / 2 - Z * sqrt(n) / 2) - 2)
    ranks = np.arange(near, min(n, near + 8) + 1)
    fits = ranks[special.bdtr(ranks - 1.0, n, 0.5) <= 0.025] if n else ranks[:0]
    return int(fits.max(initial=0))


def _known(values: ArrayLike) -> np.ndarray:
    every = np.asarray(values, dtype=np.float64)
    return np.asarray(every[np.isfinite(every)])
