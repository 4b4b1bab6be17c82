"""The path that numbers of several sensors agree on best, each sensor with a constant offset of its own.

A smoother over all numbers of one object: states at every instant, one offset for each sensor and kind, and one
constant acceleration past the stars for what the forces leave out (a leak, the light of the Sun). Gauss's and Newton's
steps on the sum of squares of all of them, of the process noise and of the priors; each step is a linear smoother,
`square_root` (B. Bell, SIAM J. Optim. 4 (1994) 626: the iterated smoother is Gauss's and Newton's method).

Forces: those of the tracker's coast (J2), and as kicks of the velocity at nodes at most three minutes apart the field
to degree 4, Moon and Sun. Not in it: air, light, the field beyond.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from jointwatch.earth.arrays import Bools, Floats, Ints
from jointwatch.earth.ellipsoid import OMEGA_RAD_S
from jointwatch.earth.field import beyond_j2_m_s2
from jointwatch.earth.sun_and_moon import GM_MOON_M3_S2, GM_SUN_M3_S2, moon_m, sun_m, tide_m_s2
from jointwatch.flight.coast import transition_arrays
from jointwatch.tracking.observables import Observables, predicted, residuals

if TYPE_CHECKING:
    from jointwatch.tracking.square_root import Chain

_STEPS_S = ((10e6, 30.0), (20e6, 60.0), (np.inf, 180.0))  # longest between nodes, by distance from the Earth's centre
_SETTLED = 0.01  # of its sigma: a step that moves no state farther ends the steps
_STEPS = 40
_OUT_SIGMAS = 6.0  # what is farther off the path is set aside


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Priors:
    """What is believed before a number is seen.

    x, sigma (6,): state at the time of the first number, with one sigma of each. push_m_s2: one sigma of each component
    of the constant acceleration. offset_sigma (s, 4): one sigma of each sensor's offset by kind, zero where it has
    none. noise_m2_s3: density of the white acceleration that stands for all else the forces leave out.
    """

    x: Floats
    sigma: Floats
    push_m_s2: float
    offset_sigma: Floats
    noise_m2_s3: float


@dataclass(frozen=True, slots=True, eq=False)
class Nodes:
    """Instants of a path: seconds (k,) after the first number, states (k, 6), and where (m,) each number belongs."""

    time_s: Floats
    x: Floats
    of_number: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Smoothed:
    """The path, its covariances (k, 6, 6), and the constants (c,) with their covariance: push, then offsets.

    offset_of: for each sensor and kind (s, 4) the place of its offset among the constants, -1 where it has none.
    residual (m,): measured less path less offset; used (m,): whether the number was; log_likelihood of those used.
    """

    nodes: Nodes
    P: Floats
    constants: Floats
    constants_cov: Floats
    offset_of: Ints
    residual: Floats
    used: Bools
    log_likelihood: float
    settled: bool

    @property
    def push_m_s2(self) -> Floats:
        """The constant acceleration (3,), along the Earth's axes as they stood at the first number."""
        return self.constants[:3]

    def offsets(self) -> tuple[Floats, Floats]:
        """Offsets (s, 4) and their sigmas, NaN where there is none."""
        none, sigma = self.offset_of < 0, np.sqrt(np.diag(self.constants_cov))
        offsets, sigmas = (np.where(none, np.nan, of[self.offset_of]) for of in (self.constants, sigma))
        return offsets, sigmas


def smoothed(
    numbers: Observables, priors: Priors, begun: Smoothed | None = None, *, reject: bool = False, steps: int = _STEPS
) -> Smoothed:
    """The path through all numbers; from `begun`, the path through the first of them, where that is given.

    reject: whether numbers six sigmas off are set aside: new ones off what the path so far foresees, with its
    uncertainty, and all of them off the path each time that it has settled.
    """
    places = np.cumsum((priors.offset_sigma > 0).ravel()).reshape(priors.offset_sigma.shape)
    offset_of = np.where(priors.offset_sigma > 0, 2 + places, -1)  # after the three of the push
    constants = np.zeros(3 + int((priors.offset_sigma > 0).sum())) if begun is None else begun.constants
    nodes = _nodes(numbers, priors.x, begun.nodes if begun else None)
    used = np.ones(len(numbers), dtype=bool)
    if begun is not None and reject:
        used = _expected(numbers, priors, nodes, begun)
    settled = False
    for _ in range(steps):
        P, constants_cov, moved, gain, log_likelihood = _step(numbers, priors, nodes, constants, offset_of, used)
        nodes = replace(nodes, x=nodes.x + moved[:, :6])
        constants = constants + gain
        off = _residual(numbers, nodes, constants, offset_of)
        if np.max(np.abs(moved[:, :6]) / np.sqrt(np.einsum("kii->ki", P))) > _SETTLED:
            continue
        before, used = used, (np.abs(off) < _OUT_SIGMAS * numbers.sigma if reject else used)
        settled = bool(np.array_equal(before, used))
        if settled:
            break
    return Smoothed(nodes, P, constants, constants_cov, offset_of, off, used, log_likelihood, settled)


def disturbance_m_s2(time_tai_ns: Ints, r_ecef_m: Floats) -> Floats:
    """Acceleration (n, 3), m/s^2, that the tracker's coast leaves out and this path has: the field, Moon and Sun."""
    moon = tide_m_s2(moon_m(time_tai_ns), GM_MOON_M3_S2, r_ecef_m)
    sun = tide_m_s2(sun_m(time_tai_ns), GM_SUN_M3_S2, r_ecef_m)
    return np.asarray(beyond_j2_m_s2(r_ecef_m) + moon + sun)


def _nodes(numbers: Observables, x: Floats, begun: Nodes | None) -> Nodes:
    """Nodes for all numbers: those there are, and on from the last of them by coasting; the steps do the rest."""
    first = int(numbers.time_tai_ns[0])
    instants = np.unique((numbers.time_tai_ns - first) / 1e9)
    times, states = ([0.0], [x]) if begun is None else (begun.time_s.tolist(), list(begun.x))
    for instant in instants[instants > times[-1]]:
        while times[-1] < instant:
            longest = next(s for far, s in _STEPS_S if np.linalg.norm(states[-1][:3]) < far)
            left = instant - times[-1]
            h = left / np.ceil(left / longest) if left > longest else left
            states.append(transition_arrays(states[-1][None], h)[0][0])
            times.append(instant if h == left else times[-1] + h)
    time_s = np.array(times)
    return Nodes(time_s, np.array(states), np.searchsorted(time_s, (numbers.time_tai_ns - first) / 1e9))


def _kick(first: int, time_s: Floats, r: Floats, push: Floats) -> Floats:
    """All acceleration (n, 3) beside that of the coast."""
    return disturbance_m_s2(first + np.rint(time_s * 1e9).astype(np.int64), r) + turned(time_s) @ push


def turned(time_s: Floats) -> Floats:
    """What turns (n, 3, 3) vectors that stand still past the stars into the Earth's axes, alike at the first number."""
    c, s = np.cos(OMEGA_RAD_S * time_s), np.sin(OMEGA_RAD_S * time_s)
    turn = np.zeros((len(time_s), 3, 3))
    turn[:, 0, 0], turn[:, 0, 1], turn[:, 1, 0], turn[:, 1, 1], turn[:, 2, 2] = c, s, -s, c, 1.0
    return turn


def _residual(numbers: Observables, nodes: Nodes, constants: Floats, offset_of: Ints) -> Floats:
    z, _ = predicted(numbers, nodes.x[nodes.of_number])
    place = offset_of[numbers.sensor, numbers.kind]
    return residuals(numbers, z + np.where(place < 0, 0.0, constants[place]))


def _step(
    numbers: Observables, priors: Priors, nodes: Nodes, constants: Floats, offset_of: Ints, used: Bools
) -> tuple[Floats, Floats, Floats, Floats, float]:
    """Covariances of the states and of the constants, how far states (k, 6) and constants move, and the likelihood."""
    from jointwatch.tracking.square_root import smooth

    z, P, log_likelihood = smooth(*_problem(numbers, priors, nodes, constants, offset_of, used))
    log_likelihood -= float(np.log(numbers.sigma[used]).sum())
    return P[:, :6, :6], P[-1, 6:, 6:], z[:, :6], z[-1, 6:], log_likelihood


def _expected(numbers: Observables, priors: Priors, nodes: Nodes, begun: Smoothed) -> Bools:
    """Which numbers (m,) are used at first: of those the path was made of the same, of new ones what it foresees."""
    many = len(begun.used)
    known = np.append(begun.used, np.zeros(len(numbers) - many, dtype=bool))
    if many == len(numbers):
        return known
    P, constants_cov, moved, gain, _ = _step(numbers, priors, nodes, begun.constants, begun.offset_of, known)
    constants = begun.constants + gain
    off = _residual(numbers, replace(nodes, x=nodes.x + moved), constants, begun.offset_of)
    _, H = predicted(numbers, nodes.x[nodes.of_number])
    place = begun.offset_of[numbers.sensor, numbers.kind]
    variance = numbers.sigma**2 + np.einsum("mi,mij,mj->m", H, P[nodes.of_number], H)
    variance += np.where(place < 0, 0.0, np.diag(constants_cov)[place])
    return np.append(begun.used, (np.abs(off) < _OUT_SIGMAS * np.sqrt(variance))[many:])


def likelihood(numbers: Observables, priors: Priors, path: Smoothed) -> float:
    """The logarithm of the likelihood of the numbers used, for other priors, the path taken as it is."""
    from jointwatch.tracking.square_root import log_likelihood

    found = log_likelihood(*_problem(numbers, priors, path.nodes, path.constants, path.offset_of, path.used))
    return found - float(np.log(numbers.sigma[path.used]).sum())


def _problem(
    numbers: Observables, priors: Priors, nodes: Nodes, constants: Floats, offset_of: Ints, used: Bools
) -> tuple[Floats, Floats, Chain]:
    """Prior mean and sigma of what state and constants are more than they are taken for, and the chain of nodes."""
    from jointwatch.tracking.square_root import Chain

    H, off = _looks(numbers, nodes, constants, offset_of)
    first = np.searchsorted(nodes.of_number[used], np.arange(len(nodes.time_s) + 1))
    scale = 1.0 / numbers.sigma[used]
    chain = Chain(*_motion(numbers, nodes, constants[:3], priors), H[used] * scale[:, None], off[used] * scale, first)
    offsets = priors.offset_sigma[priors.offset_sigma > 0]
    sigma = np.concatenate([priors.sigma, np.full(3, priors.push_m_s2), offsets])
    return np.concatenate([priors.x - nodes.x[0], -constants]), sigma, chain


def _motion(numbers: Observables, nodes: Nodes, push: Floats, priors: Priors) -> tuple[Floats, Floats, Floats, Floats]:
    """From each node to the next: transition and its inverse (k-1, n, n), by how much (k-1, n) it misses, noise."""
    h = np.diff(nodes.time_s)
    kick = _kick(int(numbers.time_tai_ns[0]), nodes.time_s, nodes.x[:, :3], push)
    start = nodes.x[:-1].copy()
    start[:, 3:] += 0.5 * h[:, None] * kick[:-1]
    end, phi = transition_arrays(start, h)
    end[:, 3:] += 0.5 * h[:, None] * kick[1:]
    n, turn = 9 + int((priors.offset_sigma > 0).sum()), turned(nodes.time_s)
    F, gap, G = np.tile(np.eye(n), (len(h), 1, 1)), np.zeros((len(h), n)), np.zeros((len(h), n, 6))
    back = F.copy()
    F[:, :6, :6], gap[:, :6] = phi, end - nodes.x[1:]
    F[:, :6, 6:9] = 0.5 * h[:, None, None] * (phi[:, :, 3:] @ turn[:-1])
    F[:, 3:6, 6:9] += 0.5 * h[:, None, None] * turn[1:]
    back[:, :6, :6] = np.linalg.inv(phi)
    back[:, :6, 6:9] = -back[:, :6, :6] @ F[:, :6, 6:9]
    # the triangle of Cholesky of [h^3/3, h^2/2; h^2/2, h] q
    i, root = np.arange(3), np.sqrt(priors.noise_m2_s3)
    G[:, i, i], G[:, i + 3, i] = (root * np.sqrt(h**3 / 3))[:, None], (root * np.sqrt(3 * h) / 2)[:, None]
    G[:, i + 3, i + 3] = (root * np.sqrt(h) / 2)[:, None]
    return F, back, gap, G


def _looks(numbers: Observables, nodes: Nodes, constants: Floats, offset_of: Ints) -> tuple[Floats, Floats]:
    """Derivative (m, n) of each number by state and constants, and how far (m,) it is off the path."""
    z, by_state = predicted(numbers, nodes.x[nodes.of_number])
    H = np.zeros((len(numbers), 6 + len(constants)))
    H[:, :6] = by_state
    place = offset_of[numbers.sensor, numbers.kind]
    rows = np.flatnonzero(place >= 0)
    H[rows, 6 + place[rows]] = 1.0
    return H, residuals(numbers, z + np.where(place < 0, 0.0, constants[place]))
