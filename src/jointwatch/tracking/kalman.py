"""Kalman filters for any motion and any sensor, many runs or objects at once: linear, extended and iterated; the bound.

A motion and a sensor are functions on rows of states that give their derivatives beside their values. For studies and
for the field's published scenarios (benchmarks/published.py); the tracker's own filters are compiled.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from jointwatch.earth.arrays import Floats
from jointwatch.tracking.information import inverse

Rows = Callable[[Floats], tuple[Floats, Floats]]
"""What a function makes of states (n, d): values (n, k), and their derivatives (n, k, d) by the states."""


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """From one measurement to the next: `step` gives the new states, noise (d, d) is the covariance added."""

    step: Rows
    noise: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Sensor:
    """What is measured: `look` gives it, noise (m, m) is its covariance; of the components in `angles` a turn is 0."""

    look: Rows
    noise: Floats
    angles: tuple[int, ...] = ()

    def residual(self, z: Floats, expected: Floats) -> Floats:
        """Measured less expected (n, m), angles in [-pi, pi)."""
        off = z - expected
        for k in self.angles:
            off[..., k] = (off[..., k] + np.pi) % (2 * np.pi) - np.pi
        return off


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    """Estimates after each measurement: x (k, n, d), P (k, n, d, d), nis (k, n), which averages m if all is well."""

    x: Floats
    P: Floats
    nis: Floats


def predict(x: Floats, P: Floats, motion: Motion) -> tuple[Floats, Floats]:
    """States (n, d) and covariances (n, d, d) one step later."""
    there, F = motion.step(x)
    return there, F @ P @ F.swapaxes(-1, -2) + motion.noise


def update(x: Floats, P: Floats, z: Floats, sensor: Sensor, *, iterations: int = 1) -> tuple[Floats, Floats, Floats]:
    """States (n, d), covariances and normalised innovations squared (n,) after measurements z (n, m).

    iterations: 1 is the extended Kalman filter; more put the sensor straight anew at each result, Gauss and Newton's
    method for the most probable state (Bell, Cathey 1993). The covariance is Joseph's.
    """
    if iterations < 1:
        raise ValueError(f"update wants one iteration or more, got {iterations}")
    expected, H = sensor.look(x)
    nu = sensor.residual(z, expected)
    S = H @ P @ H.swapaxes(-1, -2) + sensor.noise
    nis = np.einsum("ni,ni->n", nu, np.linalg.solve(S, nu[..., None])[..., 0])
    better = x
    for again in range(iterations):
        if again:
            expected, H = sensor.look(better)
            nu = sensor.residual(z, expected) - (H @ (x - better)[..., None])[..., 0]
            S = H @ P @ H.swapaxes(-1, -2) + sensor.noise
        K = np.linalg.solve(S, H @ P).swapaxes(-1, -2)
        better = x + (K @ nu[..., None])[..., 0]
    A = np.eye(x.shape[-1]) - K @ H
    P1 = A @ P @ A.swapaxes(-1, -2) + K @ sensor.noise @ K.swapaxes(-1, -2)
    return better, 0.5 * (P1 + P1.swapaxes(-1, -2)), nis


def follow(z: Floats, x: Floats, P: Floats, motion: Motion, sensor: Sensor, *, iterations: int = 1) -> Followed:
    """Estimates after each of the measurements z (k, n, m), made one step after the other from x (n, d), P (d, d).

    One run of forty steps at one metre a second, measured to two metres:

    >>> F, H = np.array([[1.0, 1.0], [0.0, 1.0]]), np.array([[1.0, 0.0]])
    >>> steady = Motion(lambda x: (x @ F.T, np.broadcast_to(F, (len(x), 2, 2))), np.zeros((2, 2)))
    >>> ruler = Sensor(lambda x: (x @ H.T, np.broadcast_to(H, (len(x), 1, 2))), np.array([[4.0]]))
    >>> seen = follow(np.arange(1.0, 41.0)[:, None, None], np.zeros((1, 2)), 100 * np.eye(2), steady, ruler)
    >>> seen.x[-1, 0].round(2), np.sqrt(np.diag(seen.P[-1, 0])).round(2)
    (array([40.,  1.]), array([0.62, 0.03]))
    """
    P = np.broadcast_to(P, (*x.shape, x.shape[-1]))
    states, covariances, nis = [], [], []
    for measured in z:
        x, P = predict(x, P, motion)
        x, P, off = update(x, P, measured, sensor, iterations=iterations)
        states.append(x)
        covariances.append(P)
        nis.append(off)
    return Followed(np.array(states), np.array(covariances), np.array(nis))


def bound(paths: Floats, P: Floats, motion: Motion, sensor: Sensor) -> Floats:
    """Least covariances (k, d, d) after each measurement, of any estimator that starts with covariance P (d, d).

    paths (k + 1, n, d): true states of n runs with the motion's noise in them, the first before all measurements;
    information is averaged over the runs [Tichavsky, Muravchik, Nehorai 1998, eq. 21]. Runs that begin at one state
    give the bound for estimators that know it to P: with beginnings spread as P it is a loose one.
    """
    if np.linalg.matrix_rank(motion.noise) < len(motion.noise):
        raise ValueError("the bound wants noise in every component of the motion; this noise has a direction without")
    Qi, Ri = inverse(motion.noise), inverse(sensor.noise)
    J, least = inverse(np.asarray(P, dtype=np.float64)), []
    for before, after in pairwise(paths):
        _, F = motion.step(before)
        _, H = sensor.look(after)
        to = -np.mean(F.swapaxes(-1, -2), axis=0) @ Qi
        own = np.mean(F.swapaxes(-1, -2) @ Qi @ F, axis=0)
        seen = np.mean(H.swapaxes(-1, -2) @ Ri @ H, axis=0)
        J = Qi + seen - to.T @ np.linalg.solve(J + own, to)
        least.append(inverse(J))
    return np.array(least)


def nees(x: Floats, P: Floats, truth: Floats) -> Floats:
    """Normalised estimation errors squared (...,) of states (..., d): d on average where covariances tell the truth."""
    off = x - truth
    return np.asarray(np.sum(off * np.linalg.solve(P, off[..., None])[..., 0], axis=-1))
