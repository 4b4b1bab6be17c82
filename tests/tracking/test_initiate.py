"""How tracks begin: nothing is lost to what is not known at first, and false plots seldom begin a track."""

import numpy as np
import pytest

from jointwatch.flight.coast import propagate_arrays
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
