"""Evidence that is gathered as it comes, and when it is enough.

While a feed is honest, the ratio of how probable what came is with a fault and without has the mean 1 at every step,
given all before. Such ratios may be multiplied, averaged over several faults, and looked at after every scan: summed
over all times at which a fault may have begun (Shiryaev and Roberts), they first pass a limit after that many steps on
average, or later, whatever the fault looked for [Pollak 1985, Ann. Statist. 13; Shin, Ramdas and Rinaldo 2023,
E-detectors; the mixture over unknown sizes: Robbins 1970, Ann. Math. Statist. 41]. So a limit is a stated rate of false
accusations and needs no table.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log

import numpy as np

from jointwatch.earth.arrays import Floats

HOURS_PER_FALSE_ACCUSATION = 1000.0
"""Of an honest feed, over all its tests together, or longer."""
TESTS = 7
"""Modules that may accuse: each has its share of the false accusations."""


def limit(step_s: float) -> float:
    """Natural logarithm of the limit for one test that takes a step every so many seconds.

    >>> round(limit(60.0), 2)
    12.95
    """
    return log(HOURS_PER_FALSE_ACCUSATION * TESTS * 3600.0 / step_s)


@dataclass(slots=True)
class Sum:
    """Sums over all beginnings, in logarithms (n,), one for each fault looked for; `log` is of their mean."""

    each: Floats

    @classmethod
    def of(cls, faults: int) -> Sum:
        """A sum before the first step."""
        return cls(np.full(faults, -np.inf))

    def step(self, log_ratio: Floats) -> None:
        """Take the log ratios (n,) of one step."""
        self.each = np.logaddexp(self.each, 0.0) + log_ratio

    @property
    def log(self) -> float:
        """Of the mean over the faults: each fault looked for beside others pays its share."""
        return float(log_mean(self.each))

    @property
    def strongest(self) -> int:
        """Which fault has most for it."""
        return int(np.argmax(self.each))


def log_mean(logs: Floats) -> float:
    """Logarithm of the mean of numbers given by their logarithms."""
    most = float(np.max(logs))
    return most + log(float(np.mean(np.exp(logs - most)))) if np.isfinite(most) else most


def log_sum(logs: Floats) -> Floats:
    """Logarithms (...) of sums over the last axis of numbers given by their logarithms; -inf is zero."""
    most = np.max(logs, axis=-1, keepdims=True)
    most = np.where(np.isfinite(most), most, 0.0)
    with np.errstate(divide="ignore"):
        return np.asarray(most[..., 0] + np.log(np.sum(np.exp(logs - most), axis=-1)))


def log_marginal(Y: Floats, s: Floats, sigma: Floats) -> Floats:
    """Log (...) of what Gaussian data with information Y (..., n, n) and vector s (..., n) say for b ~ N(0, sigma^2).

    Against b = 0: half of s' D (I + D Y D)^-1 D s less half the log of the determinant, D = diag(sigma).
    """
    used = np.flatnonzero(sigma)
    D = sigma[used]
    M = np.eye(len(used)) + D[:, None] * Y[..., used[:, None], used] * D
    scaled = s[..., used] * D
    solved = np.linalg.solve(M, scaled[..., None])[..., 0]
    return np.asarray(0.5 * (np.einsum("...i,...i->...", scaled, solved) - np.linalg.slogdet(M)[1]))
