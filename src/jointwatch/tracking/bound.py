"""How well could these radars possibly know? The Cramér-Rao bound for a coasting object.

Without process noise the bound is the inverse of the information of all looks, each carried to one epoch through the
transition matrix (Taylor 1979, for deterministic motion): no unbiased estimator has a smaller covariance. With process
noise it is the recursion of Tichavský, Muravchik, Nehorai (1998) along the path without noise, from which noise that
suits a coast departs by too little to bend a range.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from jointwatch.earth.arrays import Floats
from jointwatch.earth.states import Ecef
from jointwatch.flight.coast import transition_arrays
from jointwatch.sensors.measurement import jacobian
from jointwatch.sensors.site import Site
from jointwatch.tracking.information import inverse

LEAST_RECIPROCAL_CONDITION = 1e-13
"""Of the scaled information; below, the looks leave some direction of the state open."""


@dataclass(frozen=True, slots=True, eq=False)
class Looks:
    """When one radar looks and how well: times_s (k,) after the epoch, sigma (3,) or (k, 3) in m, rad, rad.

    detection_probability: of each look; the expected information is used, which is a little optimistic below one
    (the information reduction factor, Niu, Willett, Bar-Shalom 2001).
    """

    site: Site
    times_s: Floats
    sigma: Floats
    detection_probability: float = 1.0


def cramer_rao(
    state: Ecef, looks: Sequence[Looks], at_s: Floats, *, noise_m2_s3: float = 0.0, before: Floats | None = None
) -> Floats:
    """Least covariances (m, 6, 6), m and m/s, of the object's state at times (m,), from the looks made until then.

    state: of one object at the epoch; all times in seconds after the epoch. Where the looks do not determine the state
    (before the second one), the matrix holds infinity.
    noise_m2_s3: spectral density of a white acceleration in each axis; before: information (6, 6) on the state at the
    epoch, the inverse of a covariance, that is there without any look, and tells of times from then on.

    How well can one radar know an object 1,500 km away after half a minute, in metres along each Earth-fixed axis?

    >>> from jointwatch.sensors.site import Site
    >>> radar = Site("on the equator", 0.0, 0.0)
    >>> passing = Ecef(np.array([[7.4e6, 0.0, 1.1e6, 0.0, 5000.0, -1000.0]]))
    >>> looks = [Looks(radar, np.arange(0.0, 31.0, 5.0), np.array([100.0, 2e-3, 2e-3]))]
    >>> np.sqrt(np.diagonal(cramer_rao(passing, looks, np.array([30.0]))[0])[:3]).round()
    array([1475., 1319., 1387.])
    """
    at = np.asarray(at_s, dtype=np.float64)
    times, information = _information(state, looks)
    if before is not None:
        times, information = np.append(times, 0.0), np.concatenate([information, np.reshape(before, (1, 6, 6))])
    order = np.argsort(times, kind="stable")
    times, information = times[order], information[order]
    if noise_m2_s3 > 0:
        return _bounded(_wandering(state, times, information, at, noise_m2_s3))
    _, Phi = _flown(state, times)
    total = np.concatenate([np.zeros((1, 6, 6)), np.cumsum(Phi.swapaxes(-1, -2) @ information @ Phi, axis=0)])
    until = total[np.searchsorted(times, at, side="right")]
    back = np.linalg.inv(_flown(state, at)[1])
    return _bounded(back.swapaxes(-1, -2) @ until @ back)


def _information(state: Ecef, looks: Sequence[Looks]) -> tuple[Floats, Floats]:
    """Times (k,) of all looks and what each says about the state at its own time (k, 6, 6)."""
    times, pieces = [np.empty(0)], [np.empty((0, 6, 6))]
    for look in looks:
        x, _ = _flown(state, np.asarray(look.times_s, dtype=np.float64))
        H = np.zeros((len(x), 3, 6))
        H[..., :3] = jacobian(look.site, x[:, :3]) / np.broadcast_to(look.sigma, (len(x), 3))[..., None]
        times.append(np.asarray(look.times_s, dtype=np.float64))
        pieces.append(look.detection_probability * H.swapaxes(-1, -2) @ H)
    return np.concatenate(times), np.concatenate(pieces)


def _wandering(state: Ecef, times: Floats, information: Floats, at: Floats, noise_m2_s3: float) -> Floats:
    """Information (m, 6, 6) at times (m,), from pieces (k, 6, 6) at rising times (k,), of an object that wanders."""
    moments = np.concatenate([times, at])
    pieces = np.concatenate([information, np.zeros((len(at), 6, 6))])
    order = np.argsort(moments, kind="stable")
    _, Phi = _flown(state, moments[order])
    step = Phi[1:] @ np.linalg.inv(Phi[:-1])
    known = np.zeros((len(moments), 6, 6))
    for k, one in enumerate(order):
        known[one] = pieces[one]
        if k:
            past = known[order[k - 1]]
            known[one] += _later(past, step[k - 1], moments[one] - moments[order[k - 1]], noise_m2_s3)
    return known[len(times) :]


def _later(information: Floats, step: Floats, seconds: float, noise_m2_s3: float) -> Floats:
    """Information (6, 6) some seconds later: (Phi I^-1 Phi' + Q)^-1, which also a singular I has."""
    back = np.linalg.inv(step)
    carried = np.asarray(back.T @ information @ back)
    if seconds <= 0:
        return carried
    t = seconds
    inverse_noise = np.array([[12 / t**3, -6 / t**2], [-6 / t**2, 4 / t]]) / noise_m2_s3  # of t^3/3, t^2/2, t
    lost = carried @ np.linalg.solve(carried + np.kron(inverse_noise, np.eye(3)), carried)
    return np.asarray(carried - 0.5 * (lost + lost.T))


def _flown(state: Ecef, times_s: Floats) -> tuple[Floats, Floats]:
    """State (k, 6) and transition matrices (k, 6, 6) from the epoch to each time."""
    if len(state) != 1:
        raise ValueError(f"wanted the state of one object, got {len(state)}; ask for one bound at a time")
    return transition_arrays(np.repeat(state.pos_vel, len(times_s), axis=0), times_s)


def _bounded(information: Floats) -> Floats:
    """Inverses of information matrices (m, 6, 6); infinity where one is singular."""
    scale = np.sqrt(np.maximum(np.einsum("...ii->...i", information), np.finfo(float).tiny))
    unit = information / (scale[..., :, None] * scale[..., None, :])
    values = np.linalg.eigvalsh(unit)
    known = values[:, 0] > LEAST_RECIPROCAL_CONDITION * np.maximum(values[:, -1], np.finfo(float).tiny)
    bound = np.full_like(information, np.inf)
    bound[known] = inverse(information[known])
    return bound
