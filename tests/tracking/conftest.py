"""A small world for the tracking tests: an own equation of motion (the oracle), two radars, plots with known noise."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from jointwatch.earth.arrays import Floats
from jointwatch.earth.ellipsoid import ecef_from_geodetic
from jointwatch.earth.topocentric import enu_basis
from jointwatch.sensors.measurement import Plots
from jointwatch.sensors.measurement import predict as measured
from jointwatch.sensors.site import Site
from jointwatch.tracking.settings import Settings
from jointwatch.tracking.tracker import Tracker

T0 = 1_612_345_678_000_000_000  # TAI ns, any instant
SOUTH = Site("gabala", *np.radians([40.87, 47.80]), 0.0)
NORTH = Site("armavir", *np.radians([44.92, 40.98]), 0.0)
BOTH = ((SOUTH, "gabala"), (NORTH, "armavir"))
SIGMA = (100.0, 2e-3, 2e-3)  # case A of the peers' study

# The constants once more, so that the oracle shares nothing with what it judges. WGS 84.
GM, RE, J2, OMEGA = 3.986004418e14, 6378137.0, 1.08262982131e-3, 7.292115e-5
SPIN = np.array([0.0, 0.0, OMEGA])


def fall(s: Floats, thrust_m_s2: float) -> Floats:
    r, v = s[:3], s[3:]
    d = np.linalg.norm(r)
    z2 = 5 * (r[2] / d) ** 2
    pull = -GM / d**3 * r * (1 + 1.5 * J2 * (RE / d) ** 2 * (np.array([1, 1, 3]) - z2))
    frame = -2 * np.cross(SPIN, v) - np.cross(SPIN, np.cross(SPIN, r))
    return np.concatenate([v, pull + frame + thrust_m_s2 * v / np.linalg.norm(v)])


def flown(start: Floats, times_s: Floats, thrust: Callable[[float], float] = lambda t: 0.0) -> Floats:
    """States (k, 6) at times from the start on, one way or the other, with thrust along the velocity."""
    steps = {"rtol": 1e-10, "atol": 1e-6, "method": "DOP853", "max_step": 5.0}
    times = np.asarray(times_s, dtype=float)
    return solve_ivp(lambda t, s: fall(s, thrust(t)), (0.0, times[-1]), start, t_eval=times, **steps).y.T


def start(
    lat_deg: float, lon_deg: float, height_km: float, heading_deg: float, climb_deg: float, speed: float
) -> Floats:
    lat, lon, heading, climb = np.radians([lat_deg, lon_deg, heading_deg, climb_deg])
    toward = np.array([np.cos(climb) * np.sin(heading), np.cos(climb) * np.cos(heading), np.sin(climb)])
    return np.concatenate([ecef_from_geodetic(lat, lon, height_km * 1e3), speed * toward @ enu_basis(lat, lon)])


def tai(seconds: float) -> int:
    return T0 + round(seconds * 1e9)


def false_plots(rng: np.random.Generator, count: int) -> Floats:
    """Uniform in range, azimuth and elevation over a field of 110 by 58 degrees out to 6,000 km."""
    low, high = np.array([4e5, *np.radians([107, 2])]), np.array([6e6, *np.radians([217, 60])])
    return low + (high - low) * rng.random((count, 3))


def seen(
    radar: tuple[Site, str],
    seconds: float,
    truth: Floats,
    rng: np.random.Generator,
    *,
    sigma: tuple[float, ...] = SIGMA,
    pd: float = 1.0,
    false: float = 0.0,
) -> Plots:
    """One scan: plots of the true states (n, 6) with their noise, false plots, in any order."""
    site, name = radar
    z = measured(site, np.reshape(truth, (-1, 6))[:, :3])
    z = z[rng.random(len(z)) < pd]
    z = z + np.array(sigma) * rng.standard_normal(z.shape)
    z = np.concatenate([z, false_plots(rng, rng.poisson(false))])
    return Plots(site, name, tai(seconds), rng.permutation(z), np.broadcast_to(sigma, z.shape))


def nees(x: Floats, P: Floats, truth: Floats) -> float:
    d = x - truth
    return float(d @ np.linalg.solve(P, d))


@pytest.fixture(scope="session")
def sky() -> SimpleNamespace:
    """The world's words: T0, tai, SOUTH, NORTH, BOTH, SIGMA, start, fall, flown, seen, false_plots, nees."""
    words = (T0, tai, SOUTH, NORTH, BOTH, SIGMA, start, fall, flown, seen, false_plots, nees)
    names = ("T0", "tai", "SOUTH", "NORTH", "BOTH", "SIGMA", "start", "fall", "flown", "seen", "false_plots", "nees")
    return SimpleNamespace(**dict(zip(names, words, strict=True)))


def after(scans: Iterable[Plots], **settings: Any) -> Tracker:
    """A tracker that has seen these scans."""
    tracker = Tracker(name="t", settings=Settings(**settings) if settings else None)
    for plots in scans:
        tracker.scan(plots)
    return tracker


@pytest.fixture(scope="session")
def alone() -> list[Plots]:
    """Sixty scans of one object by one radar, every 5 s."""
    times = np.arange(0.0, 300.0, 5.0)
    truth = flown(start(33, 52, 250, 200, 35, 4000.0), times)
    rng = np.random.default_rng(4)
    return [seen(BOTH[0], t, truth[k], rng) for k, t in enumerate(times)]


@pytest.fixture(scope="session")
def random_covariances() -> Callable[[np.random.Generator, int, int], Floats]:
    def draw(rng: np.random.Generator, n: int, k: int) -> Floats:
        A = rng.normal(size=(n, k, k))
        scale = np.array([1e3, 1e3, 1e3, 10.0, 10.0, 10.0, 5.0])[:k]
        return scale[:, None] * (A @ A.swapaxes(-1, -2) + 0.1 * np.eye(k)) * scale

    return draw
