"""Conics between two places of the turning Earth: which velocity leaves one so as to come down at the other.

A transfer orbit to a place that moves. `r`: positions (n, 3) from the Earth's centre, Earth-fixed at departure; `r_a`,
`top`: radius of the apogee. Velocities are relative to the turning Earth. A sphere's gravity; `flight.arcs` makes up
for the rest.
"""

from __future__ import annotations

import numpy as np

from jointwatch.earth.arrays import Floats
from jointwatch.earth.ellipsoid import OMEGA_RAD_S
from jointwatch.flight.conic import onward, over_apogee

HIGHEST_LEAST_M = 2.5e6  # apogees of arcs of least energy end at 1,320 km on an Earth at rest
_SPIN = np.array([0.0, 0.0, OMEGA_RAD_S])


def comes_down(burnout: Floats, radius: Floats) -> tuple[Floats, Floats, Floats]:
    """Where the conic from a burnout comes down to a radius (n, 3), the radius of its apogee, and the time."""
    r, v = burnout[:, :3], burnout[:, 3:] + np.cross(_SPIN, burnout[:, :3])
    r1 = np.linalg.norm(r, axis=-1)
    out = r / r1[:, None]
    up = np.einsum("ni,ni->n", v, out)
    level = v - up[:, None] * out
    across = np.linalg.norm(level, axis=-1)
    forward = level / np.maximum(across, 1e-9)[:, None]
    swept, r_a, time = onward(r1, radius, across, up)
    end = radius[:, None] * (np.cos(swept)[:, None] * out + np.sin(swept)[:, None] * forward)
    return _turned(end, -OMEGA_RAD_S * time), r_a, time


def _turned(r: Floats, angle: Floats) -> Floats:
    """Positions (n, 3) turned about the Earth's axis."""
    c, s = np.cos(angle), np.sin(angle)
    return np.asarray(np.stack([c * r[:, 0] - s * r[:, 1], s * r[:, 0] + c * r[:, 1], r[:, 2]], axis=-1))


def carried(r: Floats, start: Floats, end: Floats) -> Floats:
    """Positions turned by the least turn that takes the direction of `start` to that of `end` (Rodrigues' formula)."""
    a, b = (v / np.linalg.norm(v, axis=-1)[:, None] for v in (start, end))
    axis, cosine = np.cross(a, b), np.einsum("ni,ni->n", a, b)[:, None]
    along_axis = np.einsum("ni,ni->n", axis, r)[:, None] * axis / (1 + cosine)
    return np.asarray(cosine * r + np.cross(axis, r) + along_axis)


def leaving(r: Floats, heading: Floats, aim: Floats, r_a: Floats, time: Floats, about: Floats) -> tuple[Floats, Floats]:
    """Velocity (n, 3) relative to the Earth at r that reaches a place of the turning ground, and its conic's apogee.

    Through the apogee radius r_a; where that is NaN, in the time; where both are, with the least speed.
    heading: the way to take where the other is not much longer; about: seconds the flight takes, roughly.
    """
    lowest = np.maximum(np.linalg.norm(r, axis=-1), np.linalg.norm(aim, axis=-1)) + 1.0
    timed, free = np.isnan(r_a) & ~np.isnan(time), np.isnan(r_a) & np.isnan(time)
    top = np.maximum(np.where(np.isnan(r_a), lowest, r_a), lowest)
    if np.any(timed):
        top[timed] = _apogee_in_time(r[timed], heading[timed], aim[timed], time[timed], lowest[timed])
    if np.any(free):
        top[free] = _apogee_of_least_speed(r[free], heading[free], aim[free], lowest[free], about[free])
    return _launched(r, heading, aim, top, np.where(timed, time, about))[0], top


def _launched(r: Floats, heading: Floats, aim: Floats, r_a: Floats, about: Floats) -> tuple[Floats, Floats]:
    """Velocity relative to the Earth at r over an apogee to a place that turns meanwhile, and the time it takes."""
    r1, r2 = np.linalg.norm(r, axis=-1), np.linalg.norm(aim, axis=-1)
    time = about
    for _ in range(4):  # the ground turns by less than a tenth of what the flight covers: a digit and more each time
        phi, forward = _way(r, heading, _turned(aim, OMEGA_RAD_S * time))
        across, up, time = over_apogee(r1, r2, phi, r_a)
    return up[:, None] * r / r1[:, None] + across[:, None] * forward - np.cross(_SPIN, r), time


def _way(r: Floats, heading: Floats, there: Floats) -> tuple[Floats, Floats]:
    """Angle at the centre from r to a place, and the unit vector at r that leads there.

    The shorter way, but for a place that the turning Earth took past the antipode: to that the way that was headed.
    """
    out = r / np.linalg.norm(r, axis=-1)[:, None]
    cosine = np.einsum("ni,ni->n", there, out)
    level = there - cosine[:, None] * out
    sine = np.linalg.norm(level, axis=-1)
    past = (cosine < 0) & (np.einsum("ni,ni->n", level, heading) < 0)
    phi = np.arctan2(sine, cosine)
    forward = level / np.maximum(sine, 1e-3)[:, None]
    return np.where(past, 2 * np.pi - phi, phi), np.where(past[:, None], -forward, forward)


def _apogee_in_time(r: Floats, heading: Floats, aim: Floats, time: Floats, lowest: Floats) -> Floats:
    """Radius of the apogee of the conic that takes a time: it grows with it."""
    r1, r2 = np.linalg.norm(r, axis=-1), np.linalg.norm(aim, axis=-1)
    phi, _ = _way(r, heading, _turned(aim, OMEGA_RAD_S * time))
    low, high = np.zeros_like(r1), np.full_like(r1, np.log1p(4e7))
    for _ in range(50):
        middle = (low + high) / 2
        early = over_apogee(r1, r2, phi, lowest + np.expm1(middle))[2] < time
        low, high = np.where(early, middle, low), np.where(early, high, middle)
    return np.asarray(lowest + np.expm1(low))


def _apogee_of_least_speed(r: Floats, heading: Floats, aim: Floats, lowest: Floats, about: Floats) -> Floats:
    """Radius of the apogee with the least speed past the ground at r, by golden section to 200 m."""
    from jointwatch.flight.least_speed import least

    height = np.empty_like(lowest)
    r, heading, aim = (np.ascontiguousarray(rows, dtype=np.float64) for rows in (r, heading, aim))
    least(r, heading, aim, np.ascontiguousarray(lowest), np.ascontiguousarray(about), HIGHEST_LEAST_M, height)
    return lowest + height
