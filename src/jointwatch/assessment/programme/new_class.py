"""Whether a class began to be tested, and when: a test for a rise of its share among the days of testing.

A series is looked at as trials, one for each day with tests: was this class among them? Days, not launches, because a
salvo is one decision; and days with tests, not the calendar, so that a busier year alone is no change. If nothing ever
changed, every order of the same days was equally likely. Against it stands that from some trial on the class came more
often. The statistic is the likelihood ratio, at the best place for the change [K. J. Worsley, The power of likelihood
ratio and cumulative sum tests for a change in a binomial probability, Biometrika 70 (1983) 455]; its probability is
exact, counted along all orders. The places for the change that the data do not contradict are those of K. J. Worsley,
Confidence regions and tests for a change-point in a sequence of exponential family random variables, Biometrika 73
(1986) 91.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import xlogy

from jointwatch.earth.arrays import Bools, Floats

CONFIDENCE = 0.95
_SAME = 1e-9  # two places for a change whose likelihoods differ by rounding alone are equally good


@dataclass(frozen=True)
class Rise:
    """The best place for a rise of a class's share, and what speaks for it.

    before: how many trials came before the rise; share_before, share_after: of the class on either side of it.
    p_value: how often chance alone makes a rise look as good; 1 where there is nothing to see.
    places: every `before` that is not contradicted with the stated confidence, in order; empty where there was no rise.
    """

    trials: int
    of_class: int
    before: int
    share_before: float
    share_after: float
    p_value: float
    places: tuple[int, ...]


def one_a_day(days: NDArray[np.datetime64], of_class: ArrayLike) -> tuple[NDArray[np.datetime64], Bools]:
    """Return the days of testing in order, and on which of them the class was among the tests.

    >>> days, seen = one_a_day(np.array(["2011-06-28", "2011-06-28", "2009-05-20"], "M8[D]"), [False, True, False])
    >>> days.astype(str).tolist(), seen.tolist()
    (['2009-05-20', '2011-06-28'], [False, True])
    """
    order, place = np.unique(np.asarray(days), return_inverse=True)
    seen = np.zeros(len(order), dtype=bool)
    np.logical_or.at(seen, place, np.asarray(of_class, dtype=bool))
    return order, seen


def rise(of_class: ArrayLike, confidence: float = CONFIDENCE) -> Rise:
    """Return the rise that fits a series of trials (n,) best, true where the class was tested, and its evidence.

    >>> found = rise([False] * 19 + [True])
    >>> found.before, round(found.p_value, 3)
    (19, 0.05)
    """
    series = np.asarray(of_class, dtype=bool).ravel()
    n, m = len(series), int(series.sum())
    path = np.concatenate([[0], np.cumsum(series)])
    ratios = _log_ratio(n, m)
    along = ratios[np.arange(n + 1), path]
    if m in (0, n) or along.max() <= _SAME:
        share = m / n if n else 0.0
        return Rise(n, m, n, share, share, 1.0, ())
    k = int(np.argmax(along >= along.max() - _SAME))
    as_good = ratios >= along.max() - _SAME
    before, after = _reached(as_good), _reached(as_good[::-1, ::-1])[::-1, ::-1]
    through = 1.0 - (1.0 - before[np.arange(n + 1), path]) * (1.0 - after[np.arange(n + 1), path])
    often = (along >= along.max() - _SAME) | (through > 1.0 - confidence)
    places = tuple(j for j in range(1, n) if often[j])
    return Rise(n, m, k, float(path[k] / k), float((m - path[k]) / (n - k)), float(before[n, m]), places)


def _log_ratio(n: int, m: int) -> Floats:
    """Log likelihood ratio (n + 1, m + 1) of a rise after k trials, s of them of the class; zero where it is none."""
    k, s = np.arange(n + 1.0)[:, None], np.arange(m + 1.0)[None, :]
    there = (s <= k) & (m - s <= n - k)
    with np.errstate(divide="ignore", invalid="ignore"):
        rises = there & (s * (n - k) < (m - s) * k)
        gain = _best(s, k) + _best(m - s, n - k) - _best(np.array(float(m)), np.array(float(n)))
    return np.where(rises, gain, 0.0)


def _best(s: Floats, k: Floats) -> Floats:
    """Largest log likelihood of s of k trials."""
    return np.asarray(xlogy(s, s / k) + xlogy(k - s, (k - s) / k))


def _reached(as_good: Bools) -> Floats:
    """Probability (n + 1, m + 1) that a random order of k trials, s of them of the class, came to one of the places.

    The last of them was of the class in s of k orders. Only sums of what is positive, so that small probabilities keep
    their digits.
    """
    reached = as_good.astype(float)
    s = np.arange(as_good.shape[1])
    for k in range(1, len(as_good)):
        of_class = np.minimum(s / k, 1.0)
        come = (1.0 - of_class) * reached[k - 1]
        come[1:] += of_class[1:] * reached[k - 1, :-1]
        reached[k] = np.where(as_good[k], 1.0, come)
    return reached
