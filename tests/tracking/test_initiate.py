"""How tracks begin: nothing is lost to what is not known at first, and false plots seldom begin a track."""

import numpy as np
import pytest

from jointwatch.flight.coast import propagate_arrays
from jointwatch.sensors.measurement import Plots
from jointwatch.sensors.measurement import predict as measured
from jointwatch.tracking.settings import Settings
from jointwatch.tracking.tracker import Tracker


@pytest.fixture(scope="module")
def coasting(sky):
    """Eighty coasting objects that two radars see from far away, for a minute."""
    rng = np.random.default_rng(0)
    draw = rng.uniform([25, 35, 200, 0, -10, 3000], [55, 65, 900, 360, 40, 7000], (400, 6))
    x = np.array([sky.start(*row) for row in draw])
    later = propagate_arrays(x, 60.0)[:, :3]
    up = [(measured(site, r)[:, 2] > 0.05) for site, _ in sky.BOTH for r in (x[:, :3], later)]
    return x[np.all(up, axis=0)][:80]


def error_after_a_minute(sky, coasting, settings):
    rng, tracker = np.random.default_rng(1), Tracker(name="far", settings=settings)
    for k in range(24):
        truth = propagate_arrays(coasting, 2.5 * k)
        tracker.scan(sky.seen(sky.BOTH[k % 2], 2.5 * k, truth, rng, pd=0.9))
    now = tracker.predicted(sky.tai(57.5)).x[:, None, :3]
    nearest = np.linalg.norm(now - truth[None, :, :3], axis=-1).min(axis=0)
    assert len(now) == len(truth) == 80
    return np.sqrt(np.mean(nearest**2))


def test_what_coasts_loses_nothing_to_a_boost_that_never_was(sky, coasting):
    in_doubt, told = (error_after_a_minute(sky, coasting, Settings(initial_boost_probability=p)) for p in (0.7, 0.001))
    print(f"far coasting objects after a minute: {in_doubt:.0f} m, told that they coast {told:.0f} m")
    assert in_doubt < 1.02 * told


FIELDS = {
    "VHF": ((300.0, 8.7e-3, 8.7e-3), (4e5, 107, 2), (6e6, 217, 60)),
    "X band": ((10.0, 3e-4, 3e-4), (4e5, 150, 2), (4e6, 175, 27)),
}
"""Sigma in m, rad, rad; the near and far corner of the field in m, degrees, degrees."""


def false_plots(rng, field, count):
    _, near, far = FIELDS[field]
    low, high = (np.array([corner[0], *np.radians(corner[1:])]) for corner in (near, far))
    return low + (high - low) * rng.random((rng.poisson(count), 3))


@pytest.mark.parametrize("field", FIELDS)
def test_a_hundred_false_plots_in_every_scan_confirm_nothing_for_twenty_minutes(sky, field):
    rng, tracker = np.random.default_rng(2), Tracker(name="false")
    for k in range(240):
        z = false_plots(rng, field, 100)
        tracker.scan(Plots(*sky.BOTH[0], sky.tai(5.0 * k), z, np.broadcast_to(FIELDS[field][0], z.shape)))
        assert len(tracker.predicted(sky.tai(5.0 * k))) == 0


@pytest.mark.parametrize("field", FIELDS)
def test_an_object_among_a_hundred_false_plots_is_confirmed_within_half_a_minute(sky, field):
    times, sigma = np.arange(0.0, 45.0, 5.0), np.array(FIELDS[field][0])
    truth = sky.flown(sky.start(33, 49, 250, 170, 35, 4000.0), times)
    taken = []
    for seed in range(20):
        rng, tracker = np.random.default_rng(seed), Tracker(name="begin")
        for k, t in enumerate(times):
            clean = measured(sky.SOUTH, truth[k : k + 1, :3])
            z = clean + sigma * rng.standard_normal(3)
            z = np.concatenate([z[: rng.random() < 0.9 or k == 0], false_plots(rng, field, 100)])
            tracker.scan(Plots(*sky.BOTH[0], sky.tai(t), z, np.broadcast_to(sigma, z.shape)))
            now = tracker.predicted(sky.tai(t))
            if len(now) and np.linalg.norm(now.x[0, :3] - truth[k, :3]) < 100e3:
                taken.append(t)
                break
    print(
        f"{field}, 100 false plots a scan: confirmed after {np.mean(taken):.0f} s on average, {max(taken):.0f} at most"
    )
    assert sum(t <= 30.0 for t in taken) >= 18
