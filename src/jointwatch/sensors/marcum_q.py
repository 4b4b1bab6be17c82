"""The generalised Marcum Q function: how likely a steady echo in noise is to exceed a threshold."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaincc, gammaln

from jointwatch.earth.arrays import Floats

# Where the roots of signal and threshold lie this far apart, in units of noise, what is left is below 2e-18 (Chernoff).
_CERTAIN = 6.4
_TERMS_BEYOND = 10.0  # standard deviations of the Poisson weights that are summed past their mean


def marcum_q(order: int, signal: ArrayLike, threshold: float) -> Floats:
    """Probability (...) that the power of `order` samples, each of unit mean noise, sums to more than a threshold.

    signal: (...) sum over the samples of signal power over noise power, at least 0. In the usual notation this is
    Q_order(a, b) with a^2 = 2 signal and b^2 = 2 threshold. Summed as a mixture over k of Poisson weights of mean
    `signal` and tails of gamma distributions of order + k, all positive, so that no digit cancels: relatively 1e-12
    down to noise alone. [J. I. Marcum, RAND RM-754, 1947; D. A. Shnidman, IEEE Trans.
    IT-35 (1989) 389]

    >>> marcum_q(1, [0.0, 10.0, 1e9], 13.815510557964274).round(6)  # Pfa 1e-6; 10 dB
    array([1.00000e-06, 2.48049e-01, 1.00000e+00])
    """
    if order < 1:
        raise ValueError(f"the order of a Marcum Q function is the number of samples, 1 or more; got {order}")
    strength = np.asarray(signal, dtype=float)
    if not (np.all(strength >= 0) and threshold >= 0):
        raise ValueError("a Marcum Q function wants a signal and a threshold of 0 or more; got others, or no number")
    certain = np.sqrt(strength) > np.sqrt(threshold) + _CERTAIN
    mean = np.where(certain, 0.0, strength)
    greatest = float(mean.max(initial=0.0))
    count = int(greatest + _TERMS_BEYOND * np.sqrt(greatest) + 40.0)
    total = np.zeros_like(mean)
    for k, tail in enumerate(gammaincc(order + np.arange(count), threshold)):
        total += _poisson(k, mean) * tail
    return np.where(certain, 1.0, np.minimum(total, 1.0))


def _poisson(k: int, mean: Floats) -> Floats:
    """Weights of k at means (...), by logarithms: a mean of thousands would underflow otherwise."""
    logarithm = np.log(np.maximum(mean, 1e-300))
    return np.asarray(np.where(mean > 0, np.exp(k * logarithm - mean - gammaln(k + 1.0)), float(k == 0)))
