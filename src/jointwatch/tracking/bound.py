"""How well could these radars possibly know? The Cramér-Rao bound for a coasting object.

Without process noise the bound is the inverse of the information of all looks, each carried to one epoch through the
transition matrix (Taylor 1979, for deterministic motion): no unbiased estimator has a smaller covariance.
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


def cramer_rao(state: Ecef, looks: Sequence[Looks], at_s: Floats) -> Floats:
    """Least covariances (m, 6, 6), m and m/s, of the object's state at times (m,), from the looks made until then.

    state: of one object at the epoch; all times in seconds after the epoch. Where the looks do not determine the state
    (before the second one), the matrix holds infinity.
    """
    at = np.asarray(at_s, dtype=np.float64)
    times, information = _information(state, looks)
    order = np.argsort(times, kind="stable")
    total = np.concatenate([np.zeros((1, 6, 6)), np.cumsum(information[order], axis=0)])
    until = total[np.searchsorted(times[order], at, side="right")]
    _, Phi = _flown(state, at)
    back = np.linalg.inv(Phi)
    return _bounded(back.swapaxes(-1, -2) @ until @ back)


def _information(state: Ecef, looks: Sequence[Looks]) -> tuple[Floats, Floats]:
    """Times (k,) of all looks and what each says about the state at the epoch (k, 6, 6)."""
    times, pieces = [np.empty(0)], [np.empty((0, 6, 6))]
    for look in looks:
        x, Phi = _flown(state, np.asarray(look.times_s, dtype=np.float64))
        weighted = (jacobian(look.site, x[:, :3]) @ Phi[:, :3]) / np.broadcast_to(look.sigma, (len(x), 3))[..., None]
        times.append(np.asarray(look.times_s, dtype=np.float64))
        pieces.append(look.detection_probability * weighted.swapaxes(-1, -2) @ weighted)
    return np.concatenate(times), np.concatenate(pieces)


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
