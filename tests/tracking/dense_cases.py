"""Objects too close for comfort, and what a tracker makes of them: kept, exchanged, invented, sure of itself.

`NRL` follows the ballistic demonstration of the U.S. Naval Research Laboratory's Tracker Component Library
(demoBallisticScenario.m, Crouse 2015): a radar in the Aleutians (10 m, 0.1 degrees, detection 0.8), a missile on its
way over the Pacific and a second 50 m behind it in range, five false plots a scan within 50 km and 2 degrees. There
tracks begin from two true plots; here the tracker begins its own.

`sky` is the small world of conftest.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from jointwatch.earth.arrays import Bools, Floats, Ints
from jointwatch.earth.ellipsoid import GM_M3_S2, ecef_from_geodetic
from jointwatch.flight.coast import propagate_arrays
from jointwatch.sensors.measurement import Plots, position
from jointwatch.sensors.measurement import predict as measured
from jointwatch.sensors.site import Site
from jointwatch.tracking import associate, jpda
from jointwatch.tracking.settings import Settings
from jointwatch.tracking.tracker import Tracker

T0 = 1_612_345_678_000_000_000  # TAI ns, any instant
NOT_AN_OBJECT = 200.0
"""Squared Mahalanobis distance (NEES) beyond which a track is not that of an object."""


@dataclass(frozen=True)
class Case:
    """Times (k,), positions (k, n, 3), the radars in turn, and how they see; scored from a time on."""

    times: Floats
    truth: Floats
    radars: tuple[tuple[Site, str], ...]
    sigma: tuple[float, float, float]
    pd: float
    false: Callable[[np.random.Generator, Floats], Floats]
    settings: Settings
    scored_from_s: float = 60.0

    def scans(self, seed: int) -> Iterator[Plots]:
        rng = np.random.default_rng(seed)
        for k, t in enumerate(self.times):
            site, name = self.radars[k % len(self.radars)]
            clean = measured(site, self.truth[k])
            z = clean[rng.random(len(clean)) < self.pd]
            z = z + np.array(self.sigma) * rng.standard_normal(z.shape)
            z = rng.permutation(np.concatenate([z, self.false(rng, clean[0])]))
            yield Plots(site, name, T0 + round(t * 1e9), z, np.broadcast_to(self.sigma, z.shape))


@dataclass(frozen=True)
class Score:
    """Share of objects with a track; tracks beyond these; objects whose last track is not their first; NEES (of 3)."""

    kept: float
    extra: float
    exchanges: float
    nees: float


def score(case: Case, seed: int) -> Score:
    """What the tracker makes of one run."""
    tracker, held = Tracker(name="dense", settings=case.settings), []
    kept, extra, nees, scored = 0, 0, [], 0
    for k, plots in enumerate(case.scans(seed)):
        tracker.scan(plots)
        if case.times[k] - case.times[0] < case.scored_from_s:
            continue
        now, scored = tracker.predicted(plots.time_tai_ns), scored + 1
        off = now.x[:, None, :3] - case.truth[k][None]
        d2 = np.einsum("ijk,ikl,ijl->ij", off, np.linalg.inv(now.P[:, :3, :3]), off)
        tracks, objects = linear_sum_assignment(np.minimum(d2, NOT_AN_OBJECT))
        own = d2[tracks, objects] < NOT_AN_OBJECT
        kept, extra = kept + own.sum(), extra + len(now) - own.sum()
        nees += d2[tracks, objects][own].tolist()
        held.append({one: now.ids[track] for track, one in zip(tracks[own], objects[own], strict=True)})
    exchanges = sum(held[-1].get(one, name) != name for one, name in held[0].items())
    return Score(kept / (scored * case.truth.shape[1]), extra / scored, exchanges, float(np.mean(nees or [np.nan])))


def scores(case: Case, runs: int) -> Score:
    """Means over so many runs."""
    of = [score(case, seed) for seed in range(runs)]
    return Score(*(float(np.mean([getattr(one, name) for one in of])) for name in Score.__dataclass_fields__))


def nrl(sky: Any) -> Case:
    """The missile on its arc of least energy from the Sea of Japan to the middle of the Pacific, above 10 degrees."""
    radar = Site("aleutian", *np.radians([51.8631, -177.98669]), 0.0)
    start, end = (
        ecef_from_geodetic(*np.radians(place), 0.0) for place in ([39.61693, 134.54975], [40.56751, -159.53953])
    )
    a, b, chord = np.linalg.norm(start), np.linalg.norm(end), np.linalg.norm(end - start)
    cosine = start @ end / (a * b)
    p = a * b * (1 - cosine) / chord  # semi-latus rectum of the ellipse of least energy
    v = np.sqrt(GM_M3_S2 * p) / (a * b * np.sqrt(1 - cosine**2)) * (end - (1 - b / p * (1 - cosine)) * start)
    coarse = np.arange(0.0, 1400.0, 5.0)
    arc = sky.flown(np.concatenate([start, v]), coarse)
    seen = coarse[measured(radar, arc[:, :3])[:, 2] > np.radians(10)]
    times = np.linspace(seen[0], seen[-1], 100)
    one = measured(radar, sky.flown(np.concatenate([start, v]), times)[:, :3])
    behind = one + np.array([50.0, 0.0, 0.0])
    truth = np.stack([position(radar, z, np.ones_like(z))[0] for z in (one, behind)], axis=1)

    def false(rng: np.random.Generator, centre: Floats) -> Floats:
        wide = np.array([50e3, *np.radians([2.0, 2.0])])
        count = rng.poisson(1e-2 * np.prod(2 * wide))
        return centre + wide * rng.uniform(-1, 1, (count, 3))

    settings = Settings(extraneous_plots_per_m_rad2=1e-2, detection_probability=0.8)
    angle = np.radians(0.1)
    return Case(times, truth, ((radar, "aleutian"),), (10.0, angle, angle), 0.8, false, settings, 177.0)


def cluster(sky: Any, count: int, wide_m: float, apart_m_s: float, sigma: tuple[float, float, float]) -> Case:
    """A cloud of objects that were thrown apart, seen by two radars; two false plots a scan."""
    rng = np.random.default_rng(count)
    x = np.tile(sky.start(33, 52, 250, 200, 35, 4000.0), (count, 1))
    x += rng.normal(size=x.shape) * np.repeat([wide_m, apart_m_s], 3)
    times = np.arange(0.0, 240.0, 2.5)
    truth = np.stack([propagate_arrays(x, t)[:, :3] for t in times])
    return Case(times, truth, sky.BOTH, sigma, 0.9, _two_false(sky), Settings())


def stage_and_booster(sky: Any) -> Case:
    """A stage and the booster that it leaves behind at 10 m/s, seen from then on by two X-band radars (10 m)."""
    x = np.tile(sky.start(33, 52, 250, 200, 35, 4000.0), (2, 1))
    x[1, 3:] -= 10.0 * x[1, 3:] / np.linalg.norm(x[1, 3:])
    times = np.arange(5.0, 300.0, 2.5)
    truth = np.stack([propagate_arrays(x, t)[:, :3] for t in times])
    return Case(times, truth, sky.BOTH, (10.0, 5e-4, 5e-4), 0.9, _two_false(sky), Settings())


def _two_false(sky: Any) -> Callable[[np.random.Generator, Floats], Floats]:
    return lambda rng, _: sky.false_plots(rng, rng.poisson(2.0))


@contextmanager
def plain_assignment() -> Iterator[None]:
    """The stated optimal assigner in place of ours: SciPy's on the same gains, each plot taken as if it were sure."""
    ours = associate.chosen_of, jpda.weigh
    associate.chosen_of = _best_by_scipy
    jpda.weigh = lambda rows, plot, gain, judged, believed: np.ones(len(rows))
    try:
        yield
    finally:
        associate.chosen_of, jpda.weigh = ours


def _best_by_scipy(track: Ints, plot: Ints, gain: Floats) -> Bools:
    if not len(track):
        return np.zeros(0, dtype=bool)
    matrix = np.zeros((track.max() + 1, plot.max() + 1))
    matrix[track, plot] = np.maximum(gain, 0.0)
    rows, columns = linear_sum_assignment(matrix, maximize=True)
    best = set(zip(rows.tolist(), columns.tolist(), strict=True))
    return np.array([(i, j) in best and g > 0 for i, j, g in zip(track.tolist(), plot.tolist(), gain, strict=True)])
