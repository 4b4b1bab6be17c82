"""The tracker as a whole, by its statistics: consistent, near the bound, awake at burnout, calm among false plots."""

import numpy as np
import pytest
from scipy.stats import chi2

from jointwatch.earth.states import Ecef
from jointwatch.flight.coast import transition_arrays
from jointwatch.sensors.measurement import jacobian, residual
from jointwatch.sensors.measurement import predict as measured
from jointwatch.tracking.bound import Looks, cramer_rao
from jointwatch.tracking.tracker import Tracker

RUNS = 40
NEES_BAND = chi2(6 * RUNS).ppf([0.025, 0.975]) / RUNS
"""95 % of the mean over the runs of what should be chi-square with six degrees of freedom: 5.0 to 7.1."""


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
    """Case A: two radars, 1,000 to 1,700 km, 100 m, 2 mrad: in many runs each scan's estimate, and the best possible.

    The best possible is the efficient estimate: linearised at the truth, from the same plots. It attains the bound.
    """
    times = np.arange(0.0, 200.1, 2.5)
    truth = sky.flown(sky.start(33, 52, 250, 200, 35, 4000.0), times)
    shape = (RUNS, len(times), 6)
    x, P, best = np.full(shape, np.nan), np.full((*shape, 6), np.nan), np.full(shape, np.nan)
    _, Phi = transition_arrays(np.repeat(truth[:1], len(times), axis=0), times)
    A = np.stack([jacobian(sky.BOTH[k % 2][0], truth[k : k + 1, :3])[0] @ Phi[k, :3] for k in range(len(times))])
    A /= np.array(sky.SIGMA)[:, None]
    information = np.cumsum(A.swapaxes(-1, -2) @ A, axis=0)
    for run in range(RUNS):
        rng, tracker, y = np.random.default_rng(run), Tracker(name="A"), np.zeros(6)
        for k, t in enumerate(times):
            plots = sky.seen(sky.BOTH[k % 2], t, truth[k], rng)
            tracker.scan(plots)
            y += A[k].T @ (residual(plots.z, measured(plots.site, truth[k : k + 1, :3]))[0] / sky.SIGMA)
            if t >= 30:
                now = tracker.predicted(sky.tai(t))
                assert now.ids == ("T-0001",), "one object, one track, from its first plots to the last"
                x[run, k], P[run, k] = now.x[0], now.P[0]
                best[run, k] = truth[k] + Phi[k] @ np.linalg.solve(information[k], y)
    return times, truth, x, P, best


@pytest.mark.parametrize(("part", "name"), [(slice(0, 3), "position"), (slice(3, 6), "velocity")])
def test_no_estimate_of_a_coasting_object_could_be_much_better(sky, coasting, part, name):
    times, truth, x, _, best = coasting
    looks = [Looks(site, times[i::2], np.array(sky.SIGMA)) for i, (site, _) in enumerate(sky.BOTH)]
    settled = times >= 60
    bound = np.sqrt(np.trace(cramer_rao(Ecef(truth[0]), looks, times)[:, part, part], axis1=1, axis2=2))[settled]
    ours, least = (np.sqrt(np.sum((e - truth)[:, settled, part] ** 2, axis=2).mean(axis=0)) for e in (x, best))
    print(
        f"case A, {RUNS} runs, 60-200 s: {name} RMSE / Cramér-Rao bound {np.mean(ours / bound):.3f}, "
        f"of the efficient estimate from the same plots {np.mean(least / bound):.3f}"
    )
    assert 0.85 < np.mean(ours / bound) < 1.15, "what so few runs can tell"
    assert np.mean(ours / least) < 1.02
    assert np.max(ours / least) < 1.05


def test_the_covariance_of_a_coasting_object_tells_the_truth(coasting):
    times, truth, x, P, _ = coasting
    settled = times >= 40
    d, P = (x - truth)[:, settled], P[:, settled]
    nees = np.sum(d * np.linalg.solve(P, d[..., None])[..., 0], axis=-1).mean(axis=0)
    inside = np.mean((nees > NEES_BAND[0]) & (nees < NEES_BAND[1]))
    print(f"case A, {RUNS} runs: NEES {nees.mean():.2f} of 6, {inside:.0%} of scans in the 95 % band")
    assert inside >= 0.8
    assert 5.3 < nees.mean() < 6.7


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
    print(
        f"burnout noticed after {np.median(after):.1f} s (median), {max(after):.1f} s at the latest, scans every 2.5 s"
    )
    assert np.median(after) <= 10
    assert max(after) <= 17.5
    assert boost[:, times >= 90].max() < 0.1


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
    """Pd 0.7, five false plots in every scan of each radar: all objects confirmed, and nothing else."""
    times = np.arange(0.0, 150.0, 2.5)
    starts = [sky.start(33 + i, 50 + 1.5 * i, 200 + 30 * i, 170 + 20 * i, 40, 3500.0 + 300 * i) for i in range(4)]
    truth = np.stack([sky.flown(x, times) for x in starts], axis=1)
    tracker = followed(sky, truth, times, seed=5, radars=sky.BOTH, pd=0.7, false=5)
    now = tracker.predicted(sky.tai(times[-1]))
    assert len(now) == 4
    nees = [min(sky.nees(x, P, true) for true in truth[-1]) for x, P in zip(now.x, now.P, strict=True)]
    assert max(nees) < 25
    assert all(sum(n for _, n in track.radars) == track.plots for track in tracker.confirmed())


@pytest.fixture(scope="module")
def crossing(sky):
    """Two objects that pass within 3 km, about a beam's sigma, at 600 m/s, halfway through 140 s."""
    times = np.arange(0.0, 140.0, 2.5)
    a = sky.start(33, 52, 250, 200, 35, 4000.0)
    meeting = sky.flown(a, [70.0])[0]
    sideways = np.cross(meeting[:3], meeting[3:])
    passing = meeting + np.concatenate([[1500.0, -1500.0, 1500.0], 600.0 * sideways / np.linalg.norm(sideways)])
    b = sky.flown(passing, [-70.0])[0]
    return times, np.stack([sky.flown(a, times), sky.flown(b, times)], axis=1)


def test_two_crossing_objects_are_kept_apart(sky, crossing):
    times, truth = crossing
    assert np.linalg.norm(truth[:, 0, :3] - truth[:, 1, :3], axis=1).min() < 3e3
    for seed in range(10):
        tracker = followed(sky, truth, times, seed=seed, radars=sky.BOTH)
        now = tracker.predicted(sky.tai(times[-1]))
        assert len(now) == 2
        nearest = np.linalg.norm(now.x[:, None, :3] - truth[-1, None, :, :3], axis=-1).argmin(axis=1)
        at_first = [np.linalg.norm(tracker.history(i).x[2, :3] - truth[2, :, :3], axis=1).argmin() for i in now.ids]
        assert nearest.tolist() == at_first, f"swapped in run {seed}"


def test_a_late_scan_changes_what_it_would_have_changed_in_order(sky):
    """Every second scan of one radar comes 5 s late, after two newer ones; retrodiction is exact in a coast."""
    times = np.arange(0.0, 150.0, 2.5)
    truth = sky.flown(sky.start(33, 52, 250, 200, 35, 4000.0), times)
    order = list(range(len(times)))
    for k in range(21, len(times) - 4, 4):
        order.remove(k)
        order.insert(order.index(k + 2) + 1, k)
    in_order, late = (
        followed(sky, truth, times, seed=1, radars=sky.BOTH, shuffle=s).predicted(sky.tai(150)) for s in (None, order)
    )
    sigma = np.sqrt(np.diag(in_order.P[0]))
    assert (late.x[0] - in_order.x[0]) / sigma == pytest.approx(np.zeros(6), abs=0.02)
    assert np.sqrt(np.diag(late.P[0])) == pytest.approx(sigma, rel=0.01)


def test_late_scans_of_a_burning_object_do_no_harm(sky):
    times = np.arange(0.0, 60.0, 2.5)
    truth = sky.flown(sky.start(35.2, 53, 60, 160, 45, 1200.0), times, lambda t: 30 + t / 2)
    order = list(range(len(times)))
    for k in range(5, len(times) - 4, 4):
        order.remove(k)
        order.insert(order.index(k + 2) + 1, k)
    nees = []
    for seed in range(30):
        now = followed(sky, truth, times, seed=seed, radars=sky.BOTH, shuffle=order).predicted(sky.tai(times[-1]))
        assert len(now) == 1
        nees.append(sky.nees(now.x[0], now.P[0], truth[-1]))
    print(f"burning, every second scan of one radar late: NEES {np.mean(nees):.1f} of 6")
    assert 2 < np.mean(nees) < 9


def test_a_burnt_out_stage_that_lights_again_keeps_its_track(sky):
    times = np.arange(0.0, 200.0, 2.5)
    thrust = lambda t: 45.0 if t < 40 else 25.0 if t > 120 else 0.0  # noqa: E731
    truth = sky.flown(sky.start(35.2, 53, 90, 160, 35, 2500.0), times, thrust)
    tracker = followed(sky, truth, times, seed=2, radars=sky.BOTH)
    history = tracker.history("T-0001")
    at = (history.time_tai_ns - sky.T0) / 1e9
    assert [track.id for track in tracker.tracks()] == ["T-0001"]
    assert history.boost_probability[(at > 80) & (at < 120)].max() < 0.1
    assert history.boost_probability[at > 140].mean() > 0.8
    assert sky.nees(history.x[-1], history.P[-1], truth[-1]) < 22
