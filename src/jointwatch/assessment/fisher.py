"""What looks say of a flight around the end of its burn: Fisher's information of the state, the thrust and the end.

Free flight is known exactly, so every look after the end of the burn counts, however late. A burn is not: it is taken
as a steady thrust of unknown strength along the velocity, and believed for half a minute either way, about as long as a
stage's thrust stays what it is. A look t seconds before a moment of the burn then lies t^2/2 per m/s2 along the
velocity from where free flight alone would lead; one before the end of the burn moves by thrust times t for each
second by which the end moves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from jointwatch.earth.arrays import Floats
from jointwatch.earth.states import Ecef
from jointwatch.flight.coast import transition_arrays
from jointwatch.sensors.measurement import jacobian
from jointwatch.tracking.bound import Looks
from jointwatch.tracking.information import inverse

Path = Callable[[Floats], Ecef]
"""True states (k) at times (k,), seconds."""

STEADY_S = 30.0
THRUST_SIGMA_M_S2 = 20.0  # what is known of a thrust before any look, as the tracker's boost mode has it
LEAST_SPEED_M_S = 1e-3  # of what does not move nobody knows where it would be pushed
LEAST_RECIPROCAL_CONDITION = 1e-13  # of the scaled information; below, the looks leave something open


class Seen(NamedTuple):
    """A radar's looks: times (k,), sigmas (k, 3), and the true states then (k, 6)."""

    of: Looks
    times_s: Floats
    sigma: Floats
    states: Floats


def seen(path: Path, looks: Sequence[Looks]) -> tuple[Seen, ...]:
    """The looks with the true states at their times."""
    found = []
    for look in looks:
        times = np.asarray(look.times_s, dtype=np.float64)
        sigma = np.broadcast_to(look.sigma, (times.size, 3))
        states = path(times).pos_vel.reshape(-1, 6) if times.size else np.zeros((0, 6))
        found.append(Seen(look, times, sigma, states))
    return tuple(found)


def while_burning(looks: Sequence[Seen], x: Floats, epoch_s: float, until_s: float) -> Floats | None:
    """Least covariance (6, 6) of the state x (6,) at a moment of the burn, by the looks within half a minute of it.

    until_s: the last look that counts, no later than the end of the burn. None where the looks leave something open.
    """
    information = np.diag(np.r_[np.zeros(6), THRUST_SIGMA_M_S2**-2])
    ahead = (x[3:] / max(float(np.linalg.norm(x[3:])), LEAST_SPEED_M_S))[:, None]
    for look in looks:
        part = _within(look, epoch_s - STEADY_S, min(epoch_s + STEADY_S, until_s))
        after_s = part.times_s[:, None, None] - epoch_s
        information += _information(part, x, epoch_s, 0.5 * after_s**2 * ahead)
    known = _inverted(information)
    return None if known is None else known[:6, :6]


def after_burnout(
    looks: Sequence[Seen], x: Floats, burnout_s: float, thrust_m_s2: float, until_s: float
) -> tuple[Floats, float | None] | None:
    """Least covariance (6, 6) of the state x (6,) at the end of the burn, and one sigma of its time, seconds.

    The state is that of the free flight, carried to that moment. The time is None where no look of the burn says
    anything about it, the whole is None where the looks leave the state open.
    """
    information = np.diag(np.r_[np.zeros(7), THRUST_SIGMA_M_S2**-2])
    ahead = (x[3:] / np.linalg.norm(x[3:]))[:, None]
    for look in looks:
        part = _within(look, burnout_s - STEADY_S, until_s)
        to_go = np.maximum(burnout_s - part.times_s, 0.0)[:, None, None]
        moved = np.concatenate([-thrust_m_s2 * to_go * ahead, -0.5 * to_go**2 * ahead], axis=2)
        information += _information(part, x, burnout_s, moved)
    if information[6, 6] > 0.0 and (known := _inverted(information)) is not None:
        return known[:6, :6], float(np.sqrt(known[6, 6]))
    of_state = _inverted(information[:6, :6])
    return None if of_state is None else (of_state, None)


def _within(look: Seen, first_s: float, last_s: float) -> Seen:
    part = (look.times_s >= first_s) & (look.times_s <= last_s)
    return look._replace(times_s=look.times_s[part], sigma=look.sigma[part], states=look.states[part])


def _information(look: Seen, x: Floats, epoch_s: float, moved: Floats) -> Floats:
    """What looks say of the state at the epoch, and of what else moves the positions (k, 3, m) then."""
    _, Phi = transition_arrays(np.repeat(x[None], look.times_s.size, axis=0), look.times_s - epoch_s)
    D = np.concatenate([Phi[:, :3], moved], axis=2)
    weighted = jacobian(look.of.site, look.states[:, :3]) @ D / look.sigma[..., None]
    return look.of.detection_probability * np.asarray(np.einsum("kap,kaq->pq", weighted, weighted))


def _inverted(information: Floats) -> Floats | None:
    """The covariance of an information matrix; None where it is singular."""
    scale = np.sqrt(np.diag(information))
    if not (scale > 0.0).all():
        return None
    values = np.linalg.eigvalsh(information / np.outer(scale, scale))
    return inverse(information) if values[0] > LEAST_RECIPROCAL_CONDITION * values[-1] else None
