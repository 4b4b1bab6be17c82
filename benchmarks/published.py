"""Two published scenarios of re-entry, remade with `tracking.kalman`: the figures that others found must come out.

    python benchmarks/published.py [--check] [--runs M]

Julier and Uhlmann 2004, with the parameters of the toolbox ekfukf (demos/reentry_demo/reentry_param.m, read in 2026):
a body braked as exp(x5), x5 unknown, a radar ten times a second. That toolbox's filters stay at 8.4 m, extended and
unscented alike. Farina, Ristic and Benvenuti 2002, with the parameters recalled in the study that found an extended
filter to be at the Cramér-Rao bound: a body of known coefficient, a radar every two seconds until the ground. The
beginning of both is believed to be known to a covariance and is drawn so. The last line is the summary; with --check it
exits 1 if a figure does not come out.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass

import numpy as np

from jointwatch.earth.arrays import Floats
from jointwatch.tracking.kalman import Motion, Sensor, bound, follow, nees

RUNS = 300
JULIER_M, JULIER_NEES, FARINA_RATIO = 8.40, 4.45, 1.00
WITHIN = 0.02
"""Of the figures, what 300 runs cannot tell."""


@dataclass(frozen=True)
class Scenario:
    """A published scenario: the truth's motion, beginning and spread of it; what a filter believes; how many looks.

    drawn: whether the truth begins at `begin` and the filter somewhere around it, or the other way round.
    """

    truth: Motion
    motion: Motion
    sensor: Sensor
    begin: Floats
    spread: Floats
    believed: Floats
    P: Floats
    looks: int
    drawn: bool


@dataclass(frozen=True)
class Outcome:
    """Root mean square error of position and velocity, NEES, all over runs and looks, and both over the bound's."""

    position: float
    velocity: float
    nees: float
    position_ratio: float = np.nan
    velocity_ratio: float = np.nan


# Julier and Uhlmann: km and s; x, y, their rates, and the logarithm of how much more it is braked than usual.
R0, H0, GM, B0, DT = 6374.0, 13.406, 3.986e5, -0.59783, 0.1


def _braked(x: Floats) -> tuple[Floats, Floats]:
    """States a step of Euler's method later, and their derivatives."""
    r, v = np.hypot(x[:, 0], x[:, 1]), np.hypot(x[:, 2], x[:, 3])
    D, G = B0 * np.exp(x[:, 4] + (R0 - r) / H0) * v, -GM / r**3
    rate, A = np.zeros_like(x), np.zeros((len(x), 5, 5))
    rate[:, :2] = x[:, 2:4]
    A[:, 0, 2] = A[:, 1, 3] = 1.0
    for i in range(2):
        rate[:, 2 + i] = D * x[:, 2 + i] + G * x[:, i]
        for j in range(2):
            thinner, farther = -D * x[:, j] / (r * H0), -3 * G * x[:, j] / r**2
            A[:, 2 + i, j] = thinner * x[:, 2 + i] + farther * x[:, i] + G * (i == j)
            A[:, 2 + i, 2 + j] = D * x[:, 2 + j] / v**2 * x[:, 2 + i] + D * (i == j)
        A[:, 2 + i, 4] = D * x[:, 2 + i]
    return x + DT * rate, np.eye(5) + DT * A


def _from_the_ground(x: Floats, radar_x: float, at: tuple[int, int]) -> tuple[Floats, Floats]:
    """Range and angle from the x axis of the components `at`, from a radar on that axis, and their derivatives."""
    e, n = x[:, at[0]] - radar_x, x[:, at[1]]
    r2, H = e * e + n * n, np.zeros((len(x), 2, x.shape[1]))
    H[:, 0, at[0]], H[:, 0, at[1]] = e / np.sqrt(r2), n / np.sqrt(r2)
    H[:, 1, at[0]], H[:, 1, at[1]] = -n / r2, e / r2
    return np.stack([np.sqrt(r2), np.arctan2(n, e)], axis=1), H


def julier_uhlmann() -> Scenario:
    """Re-entry with an unknown coefficient, 200 s. The toolbox adds its noise, 2.4064e-5 km2/s2, once in each step."""
    begin = np.array([6500.4, 349.14, -1.8093, -6.7967, 0.6932])
    return Scenario(
        truth=Motion(_braked, np.diag([0, 0, 2.4064e-5, 2.4064e-5, 0])),
        motion=Motion(_braked, np.diag([0, 0, 2.4064e-5, 2.4064e-5, 1e-6])),
        sensor=Sensor(lambda x: _from_the_ground(x, R0, (0, 1)), np.diag([1e-3, 0.17e-3]) ** 2, angles=(1,)),
        begin=begin,
        spread=np.diag([1e-6, 1e-6, 1e-6, 1e-6, 0]),
        believed=begin * [1, 1, 1, 1, 0],
        P=np.diag([1e-6, 1e-6, 1e-6, 1e-6, 1]),
        looks=2000,
        drawn=False,
    )


# Farina and others: m and s; x, its rate, y, its rate.
BETA, T, G_M_S2 = 40_000.0, 2.0, 9.81  # beta in kg/(m s2), weight over drag area
LAYERS = ((9144.0, 1.227, 1.093e-4), (np.inf, 1.754, 1.49e-4))  # below a height: density kg/m3 at 0 and its slope, 1/m
_STEP = np.kron(np.eye(2), [[1, T], [0, 1]])
_PUSH = np.kron(np.eye(2), [[T * T / 2], [T]])


def _sinking(x: Floats) -> tuple[Floats, Floats]:
    """States 2 s later, drag held over the step as the paper has it, and their derivatives."""
    low = x[:, 2] < LAYERS[0][0]
    c1, c2 = (np.where(low, LAYERS[0][k], LAYERS[1][k]) for k in (1, 2))
    v = x[:, [1, 3]]
    speed = np.hypot(*v.T)
    k = -0.5 * G_M_S2 / BETA * c1 * np.exp(-c2 * x[:, 2])
    a = (k * speed)[:, None] * v
    A = np.zeros((len(x), 2, 4))
    A[:, :, 2] = -c2[:, None] * a
    A[:, :, [1, 3]] = k[:, None, None] * (v[:, :, None] * v[:, None, :] / speed[:, None, None])
    A[:, 0, 1] += k * speed
    A[:, 1, 3] += k * speed
    return x @ _STEP.T + (a - [0, G_M_S2]) @ _PUSH.T, _STEP + _PUSH @ A


def farina() -> Scenario:
    """Re-entry with a known coefficient, seen until 120 s, just over the ground."""
    speed, angle = 2290.0, np.radians(190.0)
    noise = 1.0 * np.kron(np.eye(2), [[T**3 / 3, T**2 / 2], [T**2 / 2, T]])
    P, begin = np.diag([1e3, 20.0, 1e3, 20.0]) ** 2, np.array([232e3, np.cos(angle), 88e3, np.sin(angle)])
    begin[[1, 3]] *= speed
    motion = Motion(_sinking, noise)
    radar = Sensor(lambda x: _from_the_ground(x, 0.0, (0, 2)), np.diag([100.0, 0.017]) ** 2, angles=(1,))
    return Scenario(motion, motion, radar, begin, 0 * P, begin, P, looks=60, drawn=True)


def flown(of: Scenario, runs: int, rng: np.random.Generator) -> Floats:
    """True states (looks + 1, runs, d)."""
    path = [of.begin + rng.standard_normal((runs, len(of.begin))) @ _root(of.spread).T]
    L = _root(of.truth.noise)
    for _ in range(of.looks):
        path.append(of.truth.step(path[-1])[0] + rng.standard_normal(path[-1].shape) @ L.T)
    return np.array(path)


def _root(P: Floats) -> Floats:
    """L with L L' = P, which may be singular."""
    values, vectors = np.linalg.eigh(P)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)))


def outcome(of: Scenario, runs: int, *, seed: int = 1, iterations: int = 1, looks: int | None = None) -> Outcome:
    """What a filter reaches; with `looks`, over the first of them only."""
    rng = np.random.default_rng(seed)
    path = flown(of, runs, rng)[: None if looks is None else looks + 1]
    z = np.array([of.sensor.look(x)[0] for x in path[1:]])
    z += rng.standard_normal(z.shape) @ np.sqrt(of.sensor.noise)
    first = of.believed + rng.standard_normal((runs, len(of.begin))) @ _root(of.P).T * of.drawn
    got = follow(z, first, of.P, of.motion, of.sensor, iterations=iterations)
    at = ((0, 2), (1, 3)) if of.drawn else ((0, 1), (2, 3))
    off2 = [np.sum((got.x - path[1:])[..., list(k)] ** 2, axis=-1).mean(axis=1) for k in at]
    position, velocity = (float(np.sqrt(of.mean())) for of in off2)
    consistency = float(nees(got.x, got.P, path[1:]).mean())
    if np.linalg.matrix_rank(of.motion.noise) < len(of.begin):
        return Outcome(position, velocity, consistency)
    least = np.einsum("kii->ki", bound(path, of.P, of.motion, of.sensor))
    ratios = (float(np.mean(np.sqrt(o / least[:, list(k)].sum(axis=1)))) for o, k in zip(off2, at, strict=True))
    return Outcome(position, velocity, consistency, *ratios)


def main() -> int:
    """Print both scenarios' figures and a summary line; return the exit code."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--runs", type=int, default=RUNS)
    options = parser.parse_args()
    julier, farinas = julier_uhlmann(), farina()
    print(f"{options.runs} runs{'position m':>24}{'velocity m/s':>14}{'NEES':>12}{'over the bound':>24}")
    for name, iterations in (("extended", 1), ("iterated", 3)):
        j = outcome(julier, options.runs, iterations=iterations)
        print(f"Julier, {name:<10}{j.position * 1e3:>14.2f}{j.velocity * 1e3:>14.2f}{j.nees:>8.2f} of 5")
        f = outcome(farinas, options.runs, iterations=iterations)
        print(
            f"Farina, {name:<10}{f.position:>14.0f}{f.velocity:>14.1f}{f.nees:>8.2f} of 4"
            f"{f.position_ratio:>12.3f} position{f.velocity_ratio:>8.3f} velocity"
        )
    met = abs(j.position * 1e3 / JULIER_M - 1) < WITHIN and abs(f.position_ratio / FARINA_RATIO - 1) < WITHIN
    print(
        f"published: Julier-Uhlmann {j.position * 1e3:.2f} m (published {JULIER_M:.2f}), NEES {j.nees:.2f} "
        f"({JULIER_NEES:.2f}), Farina {f.position_ratio:.3f} of the bound ({FARINA_RATIO:.2f}): "
        f"{'come out' if met else 'do not come out'}"
    )
    return 0 if met or not options.check else 1


if __name__ == "__main__":
    raise SystemExit(main())
