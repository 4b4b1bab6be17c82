"""The compiled kernels against the filter written in NumPy: the same algorithm, so the same numbers."""

from dataclasses import replace

import numpy as np
import pytest

from jointwatch.sensors.measurement import Plots
from jointwatch.sensors.measurement import predict as measured
from jointwatch.tracking import bank, gate, imm, predict
from jointwatch.tracking.bank import PACKED
from jointwatch.tracking.screen import Screen
from jointwatch.tracking.settings import Settings
from jointwatch.tracking.update import update
from tests.tracking import numpy_filter as plain

SETTINGS = Settings(ignition_rate_per_s=0.01)
BURNED = np.arange(21) % 2 == 0
AGREEMENT = 1e-9
"""Relative to each quantity's own sigma or size: the rounding of products summed in another order."""


@pytest.fixture(scope="module")
def world(sky, random_covariances):
    """Twenty-one tracks, some newer than the scan, some a minute old, nine in the air; and fifty plots among them."""
    rng = np.random.default_rng(31)
    n, now = 21, sky.tai(100)
    x, P, mu = np.zeros((n, 2, 7)), random_covariances(rng, 2 * n, 7).reshape(n, 2, 7, 7), rng.dirichlet([1, 1], n)
    x[..., :6] = sky.start(33, 51, 300, 190, 40, 4000.0)
    x[12:, :, :6] = sky.start(33, 51, 70, 190, -35, 3500.0)
    x[..., :3] += rng.normal(size=(n, 1, 3)) * 2e4
    x[:, imm.BOOST, 6], x[:, imm.COAST, 6] = rng.normal(30, 20, n), rng.normal(0, 3, n)
    P[12:] *= 1e-4  # by the width of a first look drag is not felt before its derivative is of no use
    time = now + (rng.choice([-60.0, -12.0, -2.5, 0.0, 5.0], n) * 1e9).astype(np.int64)
    time[12:] = np.maximum(time[12:], now - 12_000_000_000)
    r = plain.predict(x, P, (now - time) / 1e9, SETTINGS).x[rng.integers(0, n, 50), 0, :3]
    sigma = np.array([100.0, 2e-3, 2e-3]) * rng.uniform(0.5, 20, (50, 1))
    z = measured(sky.SOUTH, r + rng.normal(size=(50, 3)) * 2e3)
    plots = Screen(SETTINGS).admit(Plots(sky.SOUTH, "gabala", now, z, sigma))
    return x, P, mu, time, plots


@pytest.fixture
def held(world):
    """The tracks as a bank holds them: numbers and counts."""
    x, P, mu, time, _ = world
    numbers, counts = np.full((len(x), bank.NUMBERS), np.nan), np.zeros((len(x), bank.PAGES), dtype=np.int64)
    numbers[:, bank.X : bank.P] = x.reshape(-1, 14)
    upper = np.triu_indices(7)
    numbers[:, bank.P : bank.MU] = P[:, :, *upper].reshape(-1, 56)
    numbers[:, bank.MU : bank.NIS] = mu
    counts[:, bank.TIME] = time
    counts[:, bank.CONFIRMED], counts[:, bank.BURNED] = 1, BURNED
    return numbers, counts


@pytest.fixture(scope="module")
def formulas(world):
    """Pairs, gains, and the mixed and predicted tracks, by NumPy."""
    x, P, mu, time, plots = world
    duration = (plots.time_tai_ns - time) / 1e9
    x, P, c = plain.mix(x, P, mu, plain.transition(duration, SETTINGS, BURNED), SETTINGS)
    prediction = plain.predict(x, P, duration, SETTINGS)
    expectation = plain.expected(plots, prediction)
    pairs = plain.gated(plots, expectation, SETTINGS)
    return x, P, c, duration, prediction, expectation, pairs, plain.gain(pairs, c, SETTINGS)


def ahead_of(held):
    return np.full((len(held[0]), bank.AHEAD), np.nan)


def pairs_of(held, plots, ahead=None):
    motion, belief, site = predict.motion(SETTINGS), gate.belief(SETTINGS), gate.place(plots.site)
    everyone, ahead = np.arange(len(held[0])), ahead_of(held) if ahead is None else ahead
    return gate.gated(*held, everyone, plots.time_tai_ns, plots.z, plots.sigma, site, motion, belief, ahead)


def test_the_same_pairs_pass_the_gate_with_the_same_likelihoods_and_gains(world, held, formulas):
    *_, pairs, gain = formulas
    track, plot, gains, judged = pairs_of(held, world[-1])
    assert len(pairs) > 100
    assert track.tolist() == pairs.track.tolist()
    assert plot.tolist() == pairs.plot.tolist()
    assert judged[:, 0::2] == pytest.approx(pairs.nis, rel=AGREEMENT, abs=AGREEMENT)
    assert judged[:, 1::2] == pytest.approx(pairs.log_likelihood, rel=AGREEMENT)
    assert gains == pytest.approx(gain, rel=AGREEMENT)


def test_an_update_in_time_or_late_gives_the_same_tracks(world, held, formulas):
    numbers, counts = held
    plots, (x, P, c, duration, prediction, expectation, pairs, _) = world[-1], formulas
    track, first = np.unique(pairs.track, return_index=True)
    assert {-1.0, 0.0, 1.0} == set(np.sign(duration[track]))
    theirs, which = prediction[track], pairs.plot[first]
    one_each = replace(plots, **{name: getattr(plots, name)[which] for name in ("z", "sigma")})
    seen = plain.innovation(one_each, theirs, expectation[track])
    x1, P1 = plain.update(x[track], P[track], theirs, seen, duration[track] < 0)
    ahead = ahead_of(held)
    judged = pairs_of(held, plots, ahead)[3][first]
    motion, site = predict.motion(SETTINGS), gate.place(plots.site)
    update(numbers, counts, track, which, judged, plots.time_tai_ns, plots.z, plots.sigma, site, motion, ahead)
    sigma = np.sqrt(np.einsum("...ii->...i", P1))
    got_x, got_P = numbers[track, : bank.P].reshape(-1, 2, 7), numbers[track, bank.P : bank.MU].reshape(-1, 2, 28)
    assert (got_x - x1) / sigma == pytest.approx(np.zeros_like(x1), abs=AGREEMENT)
    off = (got_P[..., PACKED] - P1) / (sigma[..., :, None] * sigma[..., None, :])
    assert off == pytest.approx(np.zeros_like(P1), abs=AGREEMENT)
    mu = plain.reweighed(c[track], pairs.log_likelihood[first])
    assert numbers[track, bank.MU : bank.NIS] == pytest.approx(mu, rel=1e-7)  # of logarithms in the hundreds
    assert (counts[track, bank.BURNED] == (BURNED[track] | (mu[:, 1] < SETTINGS.coast_refuted_below))).all()
    assert (counts[track, bank.TIME] == np.maximum(world[3][track], plots.time_tai_ns)).all()


def test_predicted_tracks_and_their_summaries_are_the_same(sky, world, held):
    x, P, mu, time, _ = world
    ahead, summaries, rows = np.empty((len(x), bank.NUMBERS)), np.empty((len(x), imm.SUMMARY)), np.arange(len(x))
    predict.predict(*held, rows, sky.tai(160), predict.motion(SETTINGS), ahead)
    imm.combined(ahead, rows, summaries)
    there = plain.predict(x, P, (sky.tai(160) - time) / 1e9, SETTINGS)
    mean, spread = plain.combined(there.x, there.P, mu)
    assert summaries[:, :6] == pytest.approx(mean, rel=AGREEMENT)
    sigma = np.sqrt(np.einsum("...ii->...i", spread))
    off = summaries[:, 6:27] - spread[:, *np.triu_indices(6)]
    assert off / (sigma[:, :, None] * sigma[:, None, :])[:, *np.triu_indices(6)] == pytest.approx(
        0 * off, abs=AGREEMENT
    )
    assert summaries[:, 27] == pytest.approx(plain.boost_probability(there.x, there.P, mu), abs=AGREEMENT)


def test_a_track_gives_the_same_bits_whoever_flies_beside_it(world, held):
    numbers, counts = held
    plots = world[-1]
    motion, belief, site = predict.motion(SETTINGS), gate.belief(SETTINGS), gate.place(plots.site)
    together = pairs_of(held, plots)
    for row in (0, 5, 20):
        where = np.array([row]), plots.time_tai_ns, plots.z, plots.sigma, site
        one = gate.gated(numbers, counts, *where, motion, belief, ahead_of(held))
        assert (one[3] == together[3][together[0] == row]).all()
