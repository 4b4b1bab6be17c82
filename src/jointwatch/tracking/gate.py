"""Which plots may belong to which tracks, and how likely each pair is.

A pair passes when the normalised innovation squared of either mode lies inside the chi-square gate (three degrees of
freedom). First looks, at the range alone and then component by component, are necessary conditions of the same gate and
cost no matrix.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import log, pi

import numpy as np

from jointwatch.earth.arrays import Bools, Floats, Ints
from jointwatch.sensors.measurement import jacobian, residual
from jointwatch.sensors.measurement import predict as measured
from jointwatch.tracking.predict import Prediction
from jointwatch.tracking.screen import Admitted
from jointwatch.tracking.settings import Settings

_LOG_2_PI = log(2 * pi)


@lru_cache(maxsize=32)
def threshold(probability: float, degrees_of_freedom: int = 3) -> float:
    """Chi-square value below which the stated share of true pairs falls.

    >>> round(threshold(0.9999), 2)
    21.11
    """
    from scipy.special import chdtri

    return float(chdtri(degrees_of_freedom, 1 - probability))


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    """What one radar should measure of each track and mode: z (n, 2, 3), H = dz/dr, S = H P H' (n, 2, 3, 3)."""

    z: Floats
    H: Floats
    S: Floats

    def __getitem__(self, rows: Ints) -> Expected:
        return Expected(self.z[rows], self.H[rows], self.S[rows])


def expected(plots: Admitted, prediction: Prediction) -> Expected:
    """The measurements a prediction leads to at the site of the plots, without their own noise."""
    n = len(prediction.x)
    r = np.ascontiguousarray(prediction.x[..., :3]).reshape(-1, 3)
    z = measured(plots.site, r).reshape(n, 2, 3)
    H = jacobian(plots.site, r).reshape(n, 2, 3, 3)
    return Expected(z, H, H @ prediction.P[..., :3, :3] @ H.swapaxes(-1, -2))


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Pairs inside the gate: indices of track (p,) and plot (p,), log likelihood and NIS under each mode (p, 2)."""

    track: Ints
    plot: Ints
    log_likelihood: Floats
    nis: Floats

    def __len__(self) -> int:
        return len(self.track)

    def __getitem__(self, which: Bools) -> Pairs:
        return Pairs(self.track[which], self.plot[which], self.log_likelihood[which], self.nis[which])


def gated(plots: Admitted, expectation: Expected, settings: Settings) -> Pairs:
    """All pairs of tracks (n) and plots (m) inside the gate, in the order of tracks, then plots."""
    gamma = threshold(settings.gate_probability)
    track, plot = _within_range(plots, expectation, gamma)
    nu = residual(plots.z[plot, None], expectation.z[track])
    i = np.arange(3)
    S = expectation.S[track]
    S[..., i, i] += (plots.sigma[plot] ** 2)[:, None]
    near = (nu * nu <= gamma * S[..., i, i]).all(axis=-1).any(axis=-1)
    track, plot, nu, S = track[near], plot[near], nu[near], S[near]
    nis = (nu[..., None, :] @ np.linalg.inv(S) @ nu[..., None])[..., 0, 0]
    log_likelihood = -0.5 * (nis + np.log(np.linalg.det(S)) + 3 * _LOG_2_PI)
    return Pairs(track, plot, log_likelihood, nis)[np.any(nis <= gamma, axis=1)]


def _within_range(plots: Admitted, expectation: Expected, gamma: float) -> tuple[Ints, Ints]:
    """Pairs (track, plot) whose ranges allow it under either mode, plots being sorted by range; a few too many."""
    r, sigma = plots.z[:, 0], plots.sigma[:, 0].max()
    reach = np.sqrt(gamma * (expectation.S[..., 0, 0] + sigma**2))
    first = np.searchsorted(r, (expectation.z[..., 0] - reach).min(axis=1), "left")
    last = np.searchsorted(r, (expectation.z[..., 0] + reach).max(axis=1), "right")
    count = last - first
    start = np.repeat(first - np.cumsum(count) + count, count)
    return np.repeat(np.arange(len(count)), count), start + np.arange(len(start))


def gain(pairs: Pairs, c: Floats, settings: Settings) -> Floats:
    """Log ratio (p,) of "this plot is this track's" to "the track was missed and the plot is something else".

    c (n, 2): probabilities of the modes before the plot. A mode outside its own gate does not speak for the pair.
    """
    weight = np.maximum(c[pairs.track], settings.least_mode_weight_in_gate)
    speaks = pairs.nis <= threshold(settings.gate_probability)
    log_mixture = np.logaddexp.reduce(np.where(speaks, np.log(weight) + pairs.log_likelihood, -np.inf), axis=1)
    detected = settings.detection_probability
    return np.asarray(log_mixture - log(settings.extraneous_plots_per_m_rad2 * (1 - detected) / detected))
