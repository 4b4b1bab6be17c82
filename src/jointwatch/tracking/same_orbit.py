"""Whether a track flies along a catalogued orbit, wherever on it: for satellites whose elements are old.

Elements of some weeks ago, or of an object low in the air, still say which plane and which shape an orbit has, and no
longer where on it the satellite is. So the predicted state is moved along its orbit to the point nearest to the track,
and what is then left is judged.
"""

from __future__ import annotations

import numpy as np

from jointwatch.earth.arrays import Bools, Floats
from jointwatch.earth.sidereal import ROTATION_RATE_RAD_S
from jointwatch.earth.states import Ecef
from jointwatch.flight import coast

_REFINED = 3  # times; each leaves a thousandth of what was left
_SPIN = np.array([0.0, 0.0, ROTATION_RATE_RAD_S])


def lies_near(predicted: Floats, x: Floats, within_m: Floats) -> Bools:
    """Whether states (p, 6) lie so near (p,), in metres, to the planes of predicted ones, and go round the same way."""
    r, v, _ = _seen_by_a_star(predicted)
    axis = np.cross(r, v)
    axis /= np.linalg.norm(axis, axis=1, keepdims=True)
    aside = np.abs(np.einsum("pi,pi->p", axis, x[:, :3]))
    turned = np.einsum("pi,pi->p", axis, np.cross(x[:, :3], _seen_by_a_star(x)[1]))
    return np.asarray((aside < within_m) & (turned > 0))


def nearest(predicted: Floats, x: Floats, most_s: Floats) -> Floats:
    """Predicted states (p, 6) moved along their orbits, by most_s (p,) at most, to be nearest to states (p, 6)."""
    ahead_s = np.clip(_angle_ahead(predicted, x), -most_s, most_s)
    moved = _moved(predicted, ahead_s)
    for _ in range(_REFINED):
        r, v, _ = _seen_by_a_star(moved)
        left_s = np.einsum("pi,pi->p", x[:, :3] - r, v) / np.einsum("pi,pi->p", v, v)
        ahead_s = np.clip(ahead_s + left_s, -most_s, most_s)
        moved = _moved(predicted, ahead_s)
    return moved


def _angle_ahead(predicted: Floats, x: Floats) -> Floats:
    """Seconds by which x is ahead of a predicted state, as if it turned evenly."""
    r, v, rate = _seen_by_a_star(predicted)
    axis = np.cross(r, v)
    axis /= np.linalg.norm(axis, axis=1, keepdims=True)
    sine = np.einsum("pi,pi->p", axis, np.cross(r, x[:, :3]))
    return np.asarray(np.arctan2(sine, np.einsum("pi,pi->p", r, x[:, :3])) / rate)


def _moved(states: Floats, ahead_s: Floats) -> Floats:
    """States flown on by so many seconds each, in the Earth's axes of now: the Earth is turned back under them."""
    there = coast.propagate(Ecef(states), ahead_s).pos_vel
    cosine, sine = np.cos(ROTATION_RATE_RAD_S * ahead_s), np.sin(ROTATION_RATE_RAD_S * ahead_s)
    turned = there.copy()
    for first in (0, 3):
        turned[:, first] = cosine * there[:, first] - sine * there[:, first + 1]
        turned[:, first + 1] = sine * there[:, first] + cosine * there[:, first + 1]
    return turned


def _seen_by_a_star(states: Floats) -> tuple[Floats, Floats, Floats]:
    """Positions, velocities without the Earth's spin, in the Earth's axes, and rates of turn in rad/s."""
    r = states[:, :3]
    v = states[:, 3:] + np.cross(_SPIN, r)
    return r, v, np.linalg.norm(np.cross(r, v), axis=1) / np.einsum("pi,pi->p", r, r)
