"""Windows inside the tracker: plots in any order, more than fit, tracks that burn, tracks that go."""

import numpy as np
import pytest

from jointwatch.earth.states import Ecef
from jointwatch.sensors.measurement import Plots
from jointwatch.sensors.measurement import predict as measured
from jointwatch.tracking.bank import WINDOW
from jointwatch.tracking.bound import Looks, cramer_rao
from jointwatch.tracking.gate import place
from jointwatch.tracking.normal_point import make_room
from jointwatch.tracking.settings import Settings
from jointwatch.tracking.smooth import fly
from jointwatch.tracking.tracker import Tracker
from jointwatch.tracking.window import COLUMNS, NODES, SITE, VARIANCE, Windows

WIDE = (50.0, 8.7e-3, 8.7e-3)


@pytest.fixture
def state(sky):
    return sky.start(20, 66, 1250, 35, 15, 5000.0)


def scans_of(sky, truth, times, radars, seed):
    rng = np.random.default_rng(seed)
    return [
        sky.seen(radars[k % len(radars)], t, x, rng, sigma=WIDE)
        for k, (t, x) in enumerate(zip(times, truth, strict=True))
    ]


def followed(scans, settings=None):
    tracker = Tracker(name="wide", settings=settings)
    for scan in scans:
        tracker.scan(scan)
    return tracker


def test_late_scans_change_nothing_but_the_order(sky, state):
    """Every second scan of one radar comes after two newer ones; its plots take their place among the others."""
    times = np.arange(0.0, 120.1, 2.5)
    scans = scans_of(sky, sky.flown(state, times), times, sky.BOTH, seed=1)
    order = list(range(len(times)))
    for k in range(21, len(times) - 4, 4):
        order.remove(k)
        order.insert(order.index(k + 2) + 1, k)
    in_order, late = (followed([scans[k] for k in of]).predicted(sky.tai(120.0)) for of in (range(len(times)), order))
    sigma = np.sqrt(np.diag(in_order.P[0]))
    assert (late.x[0] - in_order.x[0]) / sigma == pytest.approx(np.zeros(6), abs=0.05)
    assert np.sqrt(np.diag(late.P[0])) == pytest.approx(sigma, rel=0.02)


def test_nothing_is_lost_when_plots_become_normal_points(sky, state):
    """Ten minutes of two radars are 241 plots, of which a window holds 64: the covariance stays that of the bound."""
    times = np.arange(0.0, 600.1, 2.5)
    tracker = followed(
        scans_of(sky, sky.flown(state, times), times, sky.BOTH, seed=2), Settings(coast_noise_m2_s3=1e-2)
    )
    assert tracker._file.bank.counts[0, WINDOW] > 0
    now = tracker.predicted(sky.tai(600.0))
    looks = [Looks(site, times[i::2], np.array(WIDE)) for i, (site, _) in enumerate(sky.BOTH)]
    least = cramer_rao(Ecef(state), looks, np.array([600.0]), noise_m2_s3=1e-2)[0]
    for part in (slice(0, 3), slice(3, 6)):
        ratio = np.sqrt(np.trace(now.P[0, part, part]) / np.trace(least[part, part]))
        assert 0.97 < ratio < 1.03
    assert sky.nees(now.x[0], now.P[0], sky.flown(state, [600.0])[0]) < 20


def test_a_normal_point_lies_on_the_path_and_says_as_much_as_both(sky, state):
    times_s = np.arange(0.0, 5.0 * NODES, 5.0)
    z = measured(sky.SOUTH, sky.flown(state, times_s + 1e-9)[:, :3])
    nodes, head = np.zeros((NODES, COLUMNS)), np.array([NODES, 0])
    nodes[:, :VARIANCE], nodes[:, VARIANCE:SITE] = z, np.square(WIDE)
    nodes[:, SITE:] = place(sky.SOUTH)
    times = np.array([sky.tai(t) for t in times_s])
    last = state.copy()
    fly(last, times_s[-1])
    make_room(times, nodes, head, last, times[-1])
    assert head[0] == NODES - 1
    assert (times[:2] - sky.T0).tolist() == [2_500_000_000, 10_000_000_000]
    off = nodes[0, :3] - measured(sky.SOUTH, sky.flown(state, [2.5])[:, :3])[0]
    assert np.abs(off) / WIDE == pytest.approx(np.zeros(3), abs=2e-3)
    assert nodes[0, VARIANCE:SITE] == pytest.approx(np.square(WIDE) / 2)


def test_a_coast_after_a_boost_is_known_about_as_well_as_its_covariance_says(sky):
    """Eighty seconds of thrust seen with half a degree: what the boost left must not count for more than it is."""
    times = np.arange(0.0, 200.1, 5.0)
    truth = sky.flown(sky.start(20, 62, 400, 330, 35, 4000.0), times, lambda t: 25 + 25 * t / 80 if t < 80 else 0.0)
    nees, boost = [], []
    for seed in range(16):
        now = followed(scans_of(sky, truth, times, sky.BOTH[:1], seed)).predicted(sky.tai(200.0))
        nees.append(sky.nees(now.x[0], now.P[0], truth[-1]))
        boost.append(now.boost_probability[0])
    print(f"two minutes after a burnout seen with half a degree: NEES {np.mean(nees):.1f} of 6")
    assert max(boost) < 0.01
    assert 3 < np.mean(nees) < 10


def test_windows_go_back_to_the_pool_with_their_tracks(sky):
    """An hour of single wide plots that never become a track keeps no more windows than a few scans need."""
    tracker, rng = Tracker(name="wide"), np.random.default_rng(3)
    for k in range(720):
        z = sky.false_plots(rng, 5) + np.array([2e6, 0.0, 0.0])
        tracker.scan(Plots(sky.SOUTH, "gabala", sky.tai(5.0 * k), z, np.broadcast_to(WIDE, z.shape)))
    assert len(tracker._file._windows.times) <= 256


def test_a_pool_hands_out_only_what_nobody_holds():
    windows = Windows()
    windows.reserve(3, np.array([0, 0]))
    assert windows.left[0] == len(windows.times) == 64
    windows.left[0] = 0
    windows.reserve(10, np.array([1, 0, 5]))
    free = windows.unused[: windows.left[0]]
    assert sorted({0, 4} & set(free.tolist())) == []
    assert len(windows.times) == 64
