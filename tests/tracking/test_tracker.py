"""The tracker as a whole, by its statistics: consistent, near the bound, awake at burnout, calm among false plots."""

import numpy as np
import pytest

from jointwatch.earth.states import Ecef
from jointwatch.tracking.bound import Looks, cramer_rao
from jointwatch.tracking.settings import Settings
from jointwatch.tracking.track import Status
from jointwatch.tracking.tracker import Tracker

RUNS = 60
NEES_BAND = 6 + 2.6 * np.sqrt(12 / RUNS) * np.array([-1, 1])
"""Of the mean over the runs of a chi-square with six degrees of freedom, 99 %."""


def followed(sky, truth, times, *, seed, radars, settings=None, shuffle=None, **seeing):
    """A tracker after scans of one radar after the other; truth (k, 6) or (k, n, 6)."""
    rng = np.random.default_rng(seed)
    scans = [sky.seen(radars[k % len(radars)], t, truth[k], rng, **seeing) for k, t in enumerate(times)]
    tracker = Tracker(name="test", settings=settings)
    for plots in scans if shuffle is None else [scans[i] for i in shuffle]:
        tracker.scan(plots)
    return tracker


@pytest.fixture(scope="module")
def coasting(sky):
    """Case A: two radars, 1,000 to 1,700 km, 100 m and 2 mrad; the estimates of many runs after each scan from 30 s."""
    times = np.arange(0.0, 240.1, 2.5)
    truth = sky.flown(sky.start(33, 52, 250, 200, 35, 4000.0), times)
    x, P = np.empty((RUNS, len(times), 6)), np.empty((RUNS, len(times), 6, 6))
    for run in range(RUNS):
        rng, tracker = np.random.default_rng(run), Tracker(name="A")
        for k, t in enumerate(times):
            tracker.scan(sky.seen(sky.BOTH[k % 2], t, truth[k], rng))
            if t >= 30:
                now = tracker.predicted(sky.tai(t))
                assert now.ids == ("T-0001",), "one object, one track, from its first plots to the last"
                x[run, k], P[run, k] = now.x[0], now.P[0]
    return times, truth, x, P


def test_the_error_of_a_coasting_object_is_within_a_tenth_of_the_bound(sky, coasting):
    times, truth, x, _ = coasting
    looks = [Looks(site, times[i::2], np.array(sky.SIGMA)) for i, (site, _) in enumerate(sky.BOTH)]
    bound = cramer_rao(Ecef(truth[0]), looks, times)
    error2 = np.mean((x - truth) ** 2, axis=0)
    late = times >= 120
    for part, name in ((slice(0, 3), "position"), (slice(3, 6), "velocity")):
        ratio = np.sqrt(error2[:, part].sum(axis=1) / np.trace(bound[:, part, part], axis1=1, axis2=2))[late].mean()
        print(f"case A, {RUNS} runs, 120-240 s: {name} RMSE / Cramér-Rao bound {ratio:.3f}")
        assert 0.9 < ratio < 1.1


def test_the_covariance_of_a_coasting_object_tells_the_truth(coasting):
    times, truth, x, P = coasting
    d = x - truth
    nees = np.einsum("rki,rki->rk", d, np.linalg.solve(P[:, 12:], d[:, 12:, :, None])[..., 0]) if False else None
    seen = times >= 30
    d, P = d[:, seen], P[:, seen]
    nees = np.sum(d * np.linalg.solve(P, d[..., None])[..., 0], axis=-1).mean(axis=0)
    print(f"case A, {RUNS} runs: NEES {nees.mean():.2f} of 6, {np.mean((nees > NEES_BAND[0]) & (nees < NEES_BAND[1])):.0%} in band")
    assert np.mean((nees > NEES_BAND[0]) & (nees < NEES_BAND[1])) > 0.8
    assert NEES_BAND[0] < nees.mean() < NEES_BAND[1]


@pytest.fixture(scope="module")
def burning(sky):
    """Thrust growing from 30 to 65 m/s2 until 60 s, then coast; two radars, thirty runs of every scan's estimate."""
    times = np.arange(0.0, 110.1, 2.5)
    truth = sky.flown(sky.start(35.2, 53, 60, 160, 45, 1200.0), times, lambda t: 30 + 35 * t / 60 if t < 60 else 0.0)
    nees, boost = np.empty((30, len(times))), np.empty((30, len(times)))
    for run in range(30):
        rng, tracker = np.random.default_rng(run), Tracker(name="burn")
        for k, t in enumerate(times):
            tracker.scan(sky.seen(sky.BOTH[k % 2], t, truth[k], rng, sigma=(200.0, 2.5e-3, 2.5e-3)))
            if t >= 10:
                now = tracker.predicted(sky.tai(t))
                assert len(now) == 1
                nees[run, k], boost[run, k] = sky.nees(now.x[0], now.P[0], truth[k]), now.boost_probability[0]
    return times, nees, boost


def test_a_burning_object_is_followed_without_false_certainty(burning):
    times, nees, _ = burning
    mean = nees[:, times >= 20].mean(axis=0)
    print(f"boost and burnout: NEES {mean.min():.1f} to {mean.max():.1f} of 6 on average over 30 runs")
    assert mean.max() < 10
    assert mean.min() > 2


def test_burnout_shows_within_a_few_scans(burning):
    times, _, boost = burning
    assert boost[:, (times >= 35) & (times <= 60)].mean() > 0.85
    after = [times[(times > 60) & (row < 0.5)][0] - 60 for row in boost]
    print(f"burnout noticed after {np.median(after):.1f} s (median), {max(after):.1f} s at the latest, scans every 2.5 s")
    assert np.median(after) <= 10
    assert max(after) <= 17.5
    assert boost[:, times >= 90].max() < 0.05


def test_false_plots_alone_confirm_nothing(sky):
    tracker = Tracker(name="false")
    rng = np.random.default_rng(0)
    confirmed = set()
    for k in range(200):
        tracker.scan(sky.seen(sky.BOTH[0], 5.0 * k, np.empty((0, 6)), rng, sigma=(300.0, 3e-3, 3e-3), false=5))
        confirmed |= {track.id for track in tracker.confirmed()}
    assert not confirmed
    assert len(tracker.tracks()) < 5


def test_objects_are_found_among_false_plots_and_missed_looks(sky):
    """Pd 0.7, five false plots in every scan of each radar: all objects confirmed, nothing else, hardly a plot stolen."""
    times = np.arange(0.0, 150.0, 2.5)
    starts = [sky.start(33 + i, 50 + 1.5 * i, 200 + 30 * i, 170 + 20 * i, 40, 3500.0 + 300 * i) for i in range(4)]
    truth = np.stack([sky.flown(x, times) for x in starts], axis=1)
    tracker = followed(sky, truth, times, seed=5, radars=sky.BOTH, pd=0.7, false=5)
    now = tracker.predicted(sky.tai(times[-1]))
    assert len(now) == 4
    nees = [min(sky.nees(x, P, true) for true in truth[-1]) for x, P in zip(now.x, now.P, strict=True)]
    assert max(nees) < 25
    assert all(sum(n for _, n in track.radars) == track.plots for track in tracker.confirmed())


def test_two_crossing_objects_are_kept_apart(sky):
    """They pass each other within 3 km, a beam's sigma, at more than 2 km/s."""
    times = np.arange(0.0, 140.0, 2.5)
    a = sky.start(33, 52, 250, 200, 35, 4000.0)
    meeting = sky.flown(a, [70.0])[0]
    other = meeting + np.concatenate([[1500.0, 1500.0, 1500.0], np.cross(meeting[:3], meeting[3:]) / 2.5e7])
    reverse = other * [1, 1, 1, -1, -1, -1]
    b = sky.flown(other, [0.0])[0]
    b[:3] -= other[3:] * 70  # near enough to where it came from: it falls the same way
    del reverse
    truth = np.stack([sky.flown(a, times), sky.flown(b, times)], axis=1)
    gap = np.linalg.norm(truth[:, 0, :3] - truth[:, 1, :3], axis=1)
    apart = 0
    for seed in range(10):
        tracker = followed(sky, truth, times, seed=seed, radars=sky.BOTH)
        now = tracker.predicted(sky.tai(times[-1]))
        d = np.linalg.norm(now.x[:, None, :3] - truth[-1][None, :, :3], axis=-1)
        first = [np.linalg.norm(tracker.history(i).x[1, :3] - truth[1, :, :3], axis=1).argmin() for i in now.ids]
        apart += len(now) == 2 and d.argmin(axis=1).tolist() == first
    assert gap.min() < 6e3
    assert apart == 10
