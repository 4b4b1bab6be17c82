"""What the trackers are given: objects over two radars, their plots and false ones; and the score of what they say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from jointwatch.earth.arrays import Bools, Floats
from jointwatch.earth.ellipsoid import ecef_from_geodetic, geodetic_from_ecef
from jointwatch.earth.topocentric import enu_basis
from jointwatch.flight.coast import propagate_arrays
from jointwatch.sensors.measurement import Plots, predict, wrap_azimuth
from jointwatch.sensors.site import Site

SITES = (Site("gabala", *np.radians([40.87, 47.80])), Site("armavir", *np.radians([44.92, 40.98])))
SIGMA = np.array([100.0, 2e-3, 2e-3])
LEAST_ELEVATION_RAD, LEAST_HEIGHT_M = 0.035, 120e3
SCANS, EVERY_S = 60, 2.5
T0 = 1_612_345_678_000_000_000
CUT_M = 20e3


@dataclass(frozen=True)
class World:
    """What happens: states at the first scan, and the scans."""

    start: Floats
    scans: list[Plots]

    def truth(self, scan: int) -> Floats:
        """Positions at a scan."""
        return propagate_arrays(self.start, scan * EVERY_S)[:, :3]


def world(count: int) -> World:
    """So many objects, 30 % ballistic and 70 % in low orbits, and their plots, with some false."""
    rng = np.random.default_rng(count)
    start = objects(rng, count)
    return World(start, list(_scanned(rng, start)))


def objects(rng: np.random.Generator, count: int) -> Floats:
    """States (count, 6) of objects at the first scan that stay high enough, and over both horizons, to the last."""
    kinds = []
    for orbit, share in ((False, round(0.3 * count)), (True, count - round(0.3 * count))):
        x = _launched(rng, 40 * count + 400, orbit=orbit)
        kinds.append(x[_in_sight(x)][:share])
    return np.concatenate(kinds)


def _launched(rng: np.random.Generator, count: int, *, orbit: bool) -> Floats:
    """States (count, 6) of objects over the region, in orbit or on ballistic arcs."""
    latitude, longitude = np.radians(rng.uniform([25, 25], [60, 70], (count, 2)).T)
    height = rng.uniform(300e3, 1500e3, count) if orbit else rng.uniform(150e3, 800e3, count)
    speed = rng.uniform(6800, 7400, count) if orbit else rng.uniform(2000, 5000, count)
    climb = rng.uniform(-0.02, 0.02, count) if orbit else rng.uniform(-0.3, 0.8, count)
    heading = rng.uniform(0, 2 * np.pi, count)
    level = np.cos(climb)
    enu = np.stack([level * np.sin(heading), level * np.cos(heading), np.sin(climb)], axis=1) * speed[:, None]
    v = np.einsum("nji,nj->ni", enu_basis(latitude, longitude), enu)
    return np.concatenate([ecef_from_geodetic(latitude, longitude, height), v], axis=1)


def _in_sight(x: Floats) -> Bools:
    seen = np.ones(len(x), dtype=bool)
    for seconds in np.linspace(0, SCANS * EVERY_S, 6):
        r = propagate_arrays(x, seconds)[:, :3]
        seen &= geodetic_from_ecef(r)[2] > LEAST_HEIGHT_M
        for site in SITES:
            seen &= predict(site, r)[:, 2] > LEAST_ELEVATION_RAD
    return seen


def _scanned(rng: np.random.Generator, start: Floats) -> Iterator[Plots]:
    """The scans of both radars in turn: detection 0.9, and 5 false plots (20 among 500 objects)."""
    for k in range(SCANS):
        site, seconds = SITES[k % 2], k * EVERY_S
        z = predict(site, propagate_arrays(start, seconds)[:, :3])
        z = (z + SIGMA * rng.standard_normal(z.shape))[rng.random(len(z)) < 0.9]
        false = rng.uniform([4e5, 0, 0.04], [4e6, 2 * np.pi, 1.0], (20 if len(start) >= 500 else 5, 3))
        z = np.concatenate([z, false])
        z[:, 1] = wrap_azimuth(z[:, 1])
        yield Plots(site, site.name, T0 + round(seconds * 1e9), z, np.broadcast_to(SIGMA, z.shape))


@dataclass(frozen=True)
class Score:
    """Generalised optimal sub-pattern assignment, 20 km, order 2, alpha 2, and what it is made of.

    metres: the metric [Rahmathullah et al. 2017]; apart_m: root mean square distance of the pairs nearer than the cut;
    missed and false: objects without such a track, tracks without such an object. Means over scans.
    """

    metres: float
    apart_m: float
    missed: float
    false: float

    def __str__(self) -> str:
        return f"{self.metres:>10,.0f}{self.apart_m:>9,.0f}{self.missed:>8.2f}{self.false:>7.2f}"


def score(pairs: list[tuple[Floats, Floats]]) -> Score:
    """The mean score of positions said (n, 3) beside those true (m, 3), one pair for each scan."""
    rows = []
    for said, true in pairs:
        d2 = np.minimum(((said[:, None] - true[None]) ** 2).sum(-1), CUT_M**2)
        d2 = d2[linear_sum_assignment(d2)]
        near = d2[d2 < CUT_M**2]
        without = len(said) + len(true) - 2 * len(near)
        gospa = np.sqrt(near.sum() + CUT_M**2 / 2 * without)
        rows.append((gospa, np.sqrt(near.mean()), len(true) - len(near), len(said) - len(near)))
    return Score(*np.mean(rows, axis=0).tolist())
